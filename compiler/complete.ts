/**
 * What can be written at a place: keywords that may come there, and names in scope.
 *
 * Works on broken text: the place is read from the characters before it (`cursor.ts`), the names
 * from whatever tree the parser could make. The list is in order of fitness; the editor filters it
 * by the word being typed.
 */
import type { Fragment, Program, SourceFile } from '../language/ast.ts';
import { parse } from '../language/parse.ts';
import { bind } from './bind.ts';
import type { Environment } from './checks/question.ts';
import {
  type Completion,
  type CompletionKind,
  entryFields,
  expectations,
  expressionWords,
  fieldNames,
  flowAtHand,
  type Item,
  keyword,
  keywordsFor,
  listNames,
  memberNames,
  type Names,
  peopleNames,
  plainNames,
  roleNames,
  seriesItem,
  seriesNames,
  stageNames,
  typeNamed,
  units,
  valueNames,
  values,
  weekdays,
  windowsAtHand,
  word,
  yesNo,
} from './completion-items.ts';
import { type Cursor, cursorAt, placesOf } from './cursor.ts';
import { findCollection } from './symbols.ts';
import { deedsIn, stagesOf } from './walk.ts';

export type { Completion, CompletionKind };

/**
 * What can be written at `offset` (UTF-16 code units; outside the text it is moved to the nearest end).
 * Empty inside words of a text and in comments. `environment.skills` are offered where a skill is due.
 * `known` is for a host that has the tree already, with what other files hold: programs that a scenario
 * may be about, fragments that can be imported.
 */
export function complete(
  text: string,
  offset: number,
  environment: Environment = {},
  known: { ast?: SourceFile; programs?: readonly Program[]; fragments?: readonly Fragment[] } = {},
): Completion[] {
  const cursor = cursorAt(text, Math.min(Math.max(offset, 0), text.length));
  if (cursor === undefined) return [];
  const { programs: own, scenarios, fragments } = known.ast ?? parse(text).value;
  const programs = [...own, ...(known.programs ?? [])];
  const scenario = scenarios.find((one) => offset >= one.span.start && offset <= one.span.end);
  const program =
    programs.find((one) => one.name.text === scenario?.program.text) ??
    own.find((one) => offset >= one.span.start && offset <= one.span.end) ??
    programs[0];
  const symbols = bind(program ?? nothing, () => {});
  const skills = environment.skills ?? (program === undefined ? [] : skillsIn(program));
  const seen = new Set<string>();
  return suggest({ symbols, programs, fragments: [...fragments, ...(known.fragments ?? [])], skills, cursor })
    .filter((item) => !seen.has(`${item.kind} ${item.label}`) && seen.add(`${item.kind} ${item.label}`))
    .map((item) => ({ ...item, replace: cursor.replace }));
}

const nothing: Program = {
  kind: 'program',
  name: { text: '', span: { start: 0, end: 0 } },
  items: [],
  span: { start: 0, end: 0 },
};

function skillsIn(program: Program): string[] {
  const names = stagesOf(program).flatMap((stage) =>
    stage.items.flatMap((item) => (item.kind === 'skill' ? [item.name.text] : [])),
  );
  for (const { action } of deedsIn(program)) if (action?.kind === 'say-with-skill') names.push(action.skill.text);
  return [...new Set(names)];
}

function suggest(names: Names): Item[] {
  const { block, words } = names.cursor;
  if (words.at(-1) === '.') return memberNames(names);
  if (block === 'table' || block === 'holidays') return [];
  if (block === 'ladder') return inLadder(names);
  if (block === 'data' || block === 'record') return inData(names);
  if (block === 'entry') return inEntry(names);
  if (beginsItem(names.cursor)) return [...itemStarts(names.cursor), ...(inExpression(names) ?? atStart(names))];
  return afterWord(names) ?? inExpression(names) ?? atStart(names);
}

// ---------------------------------------------------------------- places

function inData({ cursor: { words, block } }: Names): Item[] {
  const colon = words.indexOf(':');
  if (colon < 0) return [];
  if (words.length === colon + 1) return keywordsFor('type').filter((item) => item.label !== 'may');
  if (words.at(-1) === '=') return yesNo;
  if (words.at(-1) === 'may')
    return [
      word('set', 'The agent may change this field.'),
      word('record', 'The agent may add entries to this series.'),
    ];
  return block === 'data'
    ? [
        {
          label: 'agent may',
          kind: 'keyword',
          detail: 'Lets the agent write it.',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: a stop of a snippet.
          insert: 'agent may ${1|set,record|}',
        },
      ]
    : [];
}

function inLadder({ symbols, cursor: { words } }: Names): Item[] {
  const last = words.at(-1);
  if (last === undefined || last === 'then') return roleNames(symbols);
  if (last === 'for') return [];
  return /^\d/.test(last) ? units : [word('for', 'How long they have.'), word('then', 'Who is told after them.')];
}

function inEntry({ symbols, cursor: { words, series } }: Names): Item[] {
  const found = findCollection(symbols, series ?? '');
  if (found === undefined) return [];
  const [colon, name] = [words.at(-1), words.at(-2)];
  if (colon === ':' && name !== undefined) return values(found.fields.get(name)?.type);
  if (words.length > 0 && colon !== ',') return [];
  return entryFields(found).map((item) => ({ ...item, insert: `${item.insert}: ` }));
}

/** Places where only one kind of name can stand. */
function afterWord(names: Names): Item[] | undefined {
  const { symbols, skills, programs, fragments, cursor } = names;
  const { words, block } = cursor;
  const flow = flowAtHand(names);
  const last = words.at(-1);
  const before = words.at(-2);
  switch (last) {
    case 'to':
      if (before === 'advance' || before === 'return') return stageNames(flow, () => true);
      if (before === 'escalate' || before === 'told') return peopleNames(symbols);
      if (words.at(-3) === 'send' || words.at(-3) === 'sent')
        return [
          ...peopleNames(symbols),
          word('participant', 'The person.'),
          word('cohort', 'Everybody in the cohort.'),
        ];
      return undefined;
    case 'with':
      if (before === 'interrupt') return stageNames(flow, (final) => !final);
      if (before === 'say') return [word('skill', 'The skill that finds the words.')];
      return fieldNames(symbols);
    case 'at':
      return block === 'scenario' && words[0] === 'start' ? stageNames(flow, () => true) : undefined;
    case 'stage':
      if (block === 'scenario') return stageNames(flow, () => true);
      return before === 'restart' || block === 'program' ? [] : undefined;
    case 'skill':
      return skills.map((name) => ({ label: name, kind: 'skill', detail: 'A skill.', insert: name }));
    case 'as':
      if (words[0] === 'ask') return fieldNames(symbols);
      return [...flow.exits.keys()].map((name) => ({
        label: name,
        kind: 'exit',
        detail: 'People leave under this name.',
        insert: name,
      }));
    case 'on':
      return block === 'stage' || block === 'anytime'
        ? words.includes('weekly')
          ? weekdays
          : seriesNames(symbols)
        : weekdays;
    case 'without':
    case 'record':
    case 'no':
      return before === '=' ? undefined : seriesNames(symbols);
    case 'last':
      return before === 'in' ? [] : [...symbols.series.values()].map((series) => seriesItem(series, series.singular));
    case 'tell':
    case 'told':
      return peopleNames(symbols);
    case 'then':
      return block === 'ladder' ? roleNames(symbols) : undefined;
    case 'call':
    case 'called':
      return plainNames(symbols.services, 'role', 'A service outside.');
    case 'add':
    case 'adds':
      return listNames(symbols);
    case 'each':
      return block === 'scenario' ? undefined : listNames(symbols);
    case 'use':
    case 'import':
      return plainNames(
        fragments.map(({ name }) => name.text),
        'fragment',
        'A fragment.',
      );
    case 'by':
      if (before === 'approved') return peopleNames(symbols);
      if (words[0] === 'cohort') return fieldNames(symbols);
      return words[0] === 'table' || words[0] === 'bands' ? valueNames(names) : [];
    case 'in':
      if (before === 'days' || before === 'day')
        return [
          ...plainNames(symbols.calendars.keys(), 'option', 'A calendar of holidays.'),
          word('last', 'Only entries of a while ago: `in last 7 days`.'),
        ];
      return [
        ...plainNames(windowsAtHand(names), 'window', 'A window of days.'),
        word('last', 'Only entries of a while ago: `in last 7 days`.'),
      ];
    case 'clear':
    case 'propose':
    case 'set':
    case 'keeping':
    case 'sets':
      return before === 'is' ? undefined : fieldNames(symbols);
    case 'of':
      if (block === 'file')
        return programs.map(({ name }) => ({
          label: name.text,
          kind: 'program',
          detail: 'A program.',
          insert: name.text,
        }));
      if (words[0] === 'each') return weekdays;
      if (before === 'stage') return plainNames(symbols.tracks.keys(), 'stage', 'A track.');
      if (words.at(-2) === 'days' || words.at(-2) === 'weeks')
        return [word('silence', 'Nothing heard from the person.')];
      return before === 'day' ? [word('last', 'The newest entry of a series.')] : seriesNames(symbols);
    case 'final':
      return [word('success', 'Who gets here has succeeded.'), word('failure', 'Who gets here has not.')];
    case 'review':
      return ['daily', 'weekdays', 'weekly', 'every'].flatMap((one) => keyword(one)).concat(weekdays);
    case 'this':
      return ['visit', 'day', 'week', 'month'].map((one) => word(one, `Only entries of this ${one}.`));
    case 'advance':
    case 'return':
    case 'escalate':
      return [word('to', 'Where to.')];
    case 'leave':
      return [word('as', 'Under which name.')];
    case 'cohort':
      return block === 'program' ? [word('by', 'The field whose value they share.')] : undefined;
    case 'interrupt':
      return [word('with', 'With which stage.')];
    case 'ask':
    case 'command':
    case 'about':
    case 'program':
    case 'let':
    case 'table':
    case 'bands':
    case 'window':
    case 'ladder':
    case 'holidays':
    case 'track':
    case 'list':
    case 'fragment':
      return [];
    default:
      return last !== undefined && /^\d+(\.\d+)?$/.test(last) ? units : undefined;
  }
}

const opensExpression = new Set([
  'when',
  'where',
  '=',
  '!=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  'and',
  'or',
  'not',
  '(',
  '[',
  'is',
  'else',
  'expect',
  'since',
]);
const transitions = new Set(['advance', 'return', 'leave', 'resume']);

/** Inside conditions and calculations: a value where one is due, otherwise what can join it to the next. */
function inExpression(names: Names): Item[] | undefined {
  const { symbols, cursor } = names;
  const { words, block } = cursor;
  const inside = block === 'hole' || words.some((one) => opensExpression.has(one));
  if (!inside) return undefined;
  const last = words.at(-1);
  if (last === 'is' || last === '=' || last === '!=') {
    const options = values(typeNamed(names, words.at(-2) ?? ''));
    const presence =
      last === 'is' ? ['set', 'known', 'missing'].map((one) => word(one, 'Whether the value is there.')) : [];
    if (options.length > 0) return [...options, ...presence];
    if (last === 'is') return [...presence, ...valueNames(names)];
  }
  if (last === ',' && words.includes('with')) return fieldNames(symbols);
  const due = last === undefined || opensExpression.has(last) || last === ',';
  if (due) {
    const stage = last === 'expect' || (block === 'scenario' && last === ',') ? expectations : [];
    return [...stage, ...valueNames(names), ...expressionWords(true)];
  }
  const clauses = transitions.has(words[0] ?? '')
    ? ['when', 'with', 'after'].filter((one) => !words.includes(one)).flatMap(keyword)
    : [];
  return [...expressionWords(false), ...clauses, ...(block === 'hole' ? [] : itemStarts(cursor))];
}

/** A new line begins a new item, unless the one before is plainly not done: `… when done > 3 and`. */
function beginsItem({ lineStart, words, block }: Cursor): boolean {
  const last = words.at(-1);
  if (!lineStart || block === 'hole') return false;
  return last === undefined || !(opensExpression.has(last) || last === ',' || unfinished.has(last));
}

const unfinished = new Set(['to', 'with', 'as', 'for', 'of', 'at', 'after', 'without', 'no', 'this', 'in']);

/** Where an item begins, or a clause of the item at hand. */
function atStart({ cursor }: Names): Item[] {
  const { words } = cursor;
  const first = words[0] ?? '';
  const clausesOf: Record<string, string[]> = {
    advance: ['when', 'with', 'after'],
    return: ['when', 'with', 'after'],
    leave: ['when', 'after'],
    resume: ['when', 'after'],
    review: ['spread'],
    nudge: ['after', 'without'],
    ask: ['within'],
    on: ['where'],
    enroll: ['verified'],
    reenter: ['after', 'keeping'],
    timezone: ['theirs'],
    stage: ['final'],
    escalate: ['after'],
  };
  const clauses = (Object.hasOwn(clausesOf, first) ? (clausesOf[first] ?? []) : [])
    .filter((one) => !words.includes(one))
    .flatMap(keyword);
  return [...clauses, ...itemStarts(cursor)];
}

function itemStarts({ block }: Cursor): Item[] {
  return (placesOf[block] ?? []).flatMap(keywordsFor);
}
