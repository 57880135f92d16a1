/**
 * What can be written at a place: keywords that may come there, and names in scope.
 *
 * Works on broken text: the place is read from the characters before it (`cursor.ts`), the names
 * from whatever tree the parser could make. The list is in order of fitness; the editor filters it
 * by the word being typed.
 */
import type { Program, Span } from '../language/ast.ts';
import { type KeywordPlace, keywords } from '../language/keywords.ts';
import { parse } from '../language/parse.ts';
import { bind } from './bind.ts';
import type { Environment } from './check.ts';
import { OPERATOR } from './checks/roles.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { aggregates, functions } from './infer-series.ts';
import { findSeries, type SeriesSymbol, type Symbols } from './symbols.ts';
import { describeType, type Type } from './value-types.ts';
import { deedsIn, stagesOf } from './walk.ts';

export type CompletionKind =
  | 'keyword'
  | 'stage'
  | 'field'
  | 'series'
  | 'let'
  | 'table'
  | 'skill'
  | 'role'
  | 'function'
  | 'option'
  | 'program'
  | 'exit';

export type Completion = {
  label: string;
  kind: CompletionKind;
  /** One line about it. */
  detail: string;
  /** What to write, with `${1:…}` stops. */
  insert: string;
  /** What it takes the place of. */
  replace: Span;
};

type Item = Omit<Completion, 'replace'>;
type Names = { symbols: Symbols; programs: Program[]; skills: readonly string[]; cursor: Cursor };

export function complete(text: string, offset: number, environment: Environment = {}): Completion[] {
  const cursor = cursorAt(text, Math.min(Math.max(offset, 0), text.length));
  if (cursor === undefined) return [];
  const { programs, scenarios } = parse(text).value;
  const scenario = scenarios.find((one) => offset >= one.span.start && offset <= one.span.end);
  const program =
    programs.find((one) => one.name.text === scenario?.program.text) ??
    programs.find((one) => offset >= one.span.start && offset <= one.span.end) ??
    programs[0];
  const symbols = bind(program ?? nothing, () => {});
  const skills = environment.skills ?? (program === undefined ? [] : skillsIn(program));
  const seen = new Set<string>();
  return suggest({ symbols, programs, skills, cursor })
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
  if (block === 'table') return [];
  if (block === 'data' || block === 'record') return inData(names);
  if (block === 'entry') return inEntry(names);
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

function inEntry({ symbols, cursor: { words, series } }: Names): Item[] {
  const found = findSeries(symbols, series ?? '');
  if (found === undefined) return [];
  const [colon, name] = [words.at(-1), words.at(-2)];
  if (colon === ':' && name !== undefined) return values(found.fields.get(name)?.type);
  if (words.length > 0 && colon !== ',') return [];
  return entryFields(found).map((item) => ({ ...item, insert: `${item.insert}: ` }));
}

/** Places where only one kind of name can stand. */
function afterWord(names: Names): Item[] | undefined {
  const { symbols, skills, programs, cursor } = names;
  const { words, block } = cursor;
  const last = words.at(-1);
  const before = words.at(-2);
  switch (last) {
    case 'to':
      if (before === 'advance' || before === 'return') return stageNames(symbols, () => true);
      return before === 'escalate' ? roleNames(symbols) : undefined;
    case 'with':
      if (before === 'interrupt') return stageNames(symbols, (final) => !final);
      if (before === 'say') return [word('skill', 'The skill that finds the words.')];
      return fieldNames(symbols);
    case 'at':
      return block === 'scenario' && words[0] === 'start' ? stageNames(symbols, () => true) : [];
    case 'stage':
      if (block === 'scenario') return stageNames(symbols, () => true);
      return before === 'restart' || block === 'program' ? [] : undefined;
    case 'skill':
      return skills.map((name) => ({ label: name, kind: 'skill', detail: 'A skill.', insert: name }));
    case 'as':
      if (words[0] === 'ask') return fieldNames(symbols);
      return [...symbols.exits.keys()].map((name) => ({
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
    case 'interrupt':
      return [word('with', 'With which stage.')];
    case 'ask':
    case 'command':
    case 'about':
    case 'program':
    case 'let':
    case 'table':
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
  const clauses = (clausesOf[first] ?? []).filter((one) => !words.includes(one)).flatMap(keyword);
  return [...clauses, ...itemStarts(cursor)];
}

function itemStarts({ block }: Cursor): Item[] {
  const place =
    block === 'file' ||
    block === 'program' ||
    block === 'anytime' ||
    block === 'stage' ||
    block === 'action' ||
    block === 'scenario';
  return place ? keywordsFor(block) : [];
}

// ---------------------------------------------------------------- names

function valueNames(names: Names): Item[] {
  const { symbols, cursor } = names;
  const series = cursor.series === undefined ? undefined : findSeries(symbols, cursor.series);
  const within = seriesAtHand(names) ?? series;
  const lets = [...(symbols.stages.get(cursor.stage ?? '')?.lets.values() ?? []), ...symbols.lets.values()];
  return [
    ...(within === undefined ? [] : entryFields(within)),
    ...lets.map(
      (one): Item => ({
        label: one.name,
        kind: 'let',
        detail: one.stage === undefined ? 'Worked out from other values.' : `Worked out in stage ${one.stage}.`,
        insert: one.name,
      }),
    ),
    ...fieldNames(symbols),
    ...[...symbols.tables.values()].map(
      (table): Item => ({
        label: table.name,
        kind: 'table',
        detail: `A table by ${table.keys.map((key) => key.name).join(' and ')}.`,
        insert: `${table.name}[${table.keys.map((key, index) => `\${${index + 1}:${key.name}}`).join(', ')}]`,
      }),
    ),
    ...(symbols.series.size === 0
      ? []
      : aggregates.map(
          (name): Item => ({
            label: name,
            kind: 'function',
            detail: 'Of the entries of a series.',
            insert: `${name}(\${1})`,
          }),
        )),
    ...Object.entries(functions).map(
      ([name, { takes }]): Item => ({
        label: name,
        kind: 'function',
        detail: `Takes ${takes}.`,
        insert: `${name}(\${1})`,
      }),
    ),
    ...seriesNames(symbols),
  ];
}

/** The series of an open `count(runs where …` or `no runs where …`. */
function seriesAtHand({ symbols, cursor: { words } }: Names): SeriesSymbol | undefined {
  const where = words.lastIndexOf('where');
  const name = where < 1 ? undefined : words[where - 1];
  if (name === undefined || words.slice(where).includes(')')) return undefined;
  return findSeries(symbols, name) ?? findSeries(symbols, words[where - 3] ?? '');
}

function typeNamed(names: Names, name: string): Type | undefined {
  const { symbols, cursor } = names;
  const series = seriesAtHand(names) ?? (cursor.series === undefined ? undefined : findSeries(symbols, cursor.series));
  const member =
    cursor.words.at(-3) === '.' ? [...symbols.series.values()].find((one) => one.fields.has(name)) : undefined;
  return series?.fields.get(name)?.type ?? member?.fields.get(name)?.type ?? symbols.fields.get(name)?.type;
}

function memberNames({ symbols, cursor: { words } }: Names): Item[] {
  const before = [...words.slice(0, -1)].reverse().find((one) => findSeries(symbols, one) !== undefined);
  const series = before === undefined ? undefined : findSeries(symbols, before);
  return series === undefined ? [] : entryFields(series);
}

function values(type: Type | undefined): Item[] {
  if (type?.kind === 'yes-no') return yesNo;
  return type?.kind === 'choice'
    ? type.options.map((name) => ({ label: name, kind: 'option', detail: 'One of the choices.', insert: name }))
    : [];
}

function entryFields(series: SeriesSymbol): Item[] {
  return [...series.fields.values()].map(({ name, type, optional }) => ({
    label: name,
    kind: 'field',
    detail: `Of an entry of ${series.name}: ${describeType(type)}${optional ? ', may be missing' : ''}.`,
    insert: name,
  }));
}

function fieldNames(symbols: Symbols): Item[] {
  return [...symbols.fields.values()].map(({ name, type, optional }) => ({
    label: name,
    kind: 'field',
    detail: `${describeType(type)}${optional ? ', may be missing' : ''}`,
    insert: name,
  }));
}

function seriesNames(symbols: Symbols): Item[] {
  return [...symbols.series.values()].map((series) => seriesItem(series, series.name));
}

function seriesItem(series: SeriesSymbol, label: string): Item {
  return { label, kind: 'series', detail: `A series with ${[...series.fields.keys()].join(', ')}.`, insert: label };
}

function stageNames(symbols: Symbols, fits: (final: boolean) => boolean): Item[] {
  return [...symbols.stages.values()]
    .filter((stage) => fits(stage.node.final !== undefined))
    .map((stage) => ({
      label: stage.name,
      kind: 'stage',
      detail: stage.node.final === undefined ? 'A stage.' : 'A final stage.',
      insert: stage.name,
    }));
}

function roleNames(symbols: Symbols): Item[] {
  return [...new Set([...symbols.roles, OPERATOR])].map((name) => ({
    label: name,
    kind: 'role',
    detail: 'A role.',
    insert: name,
  }));
}

// ---------------------------------------------------------------- keywords

/** Words that begin a value, against those that join one to the next. */
const beginsValue = new Set(['not', 'yes', 'no', 'today', 'now', 'last', 'day', 'judged']);

function expressionWords(due: boolean): Item[] {
  return keywordsFor('expression').filter((item) => beginsValue.has(item.label) === due);
}

function keywordsFor(place: KeywordPlace): Item[] {
  return keywords.filter((one) => one.where.includes(place)).map(keywordItem);
}

const keyword = (name: string): Item[] =>
  keywords
    .filter((one) => one.word === name)
    .slice(0, 1)
    .map(keywordItem);

function keywordItem({ word: label, doc, snippet }: { word: string; doc: string; snippet: string }): Item {
  return { label, kind: 'keyword', detail: doc, insert: snippet };
}

const word = (label: string, detail: string): Item => ({ label, kind: 'keyword', detail, insert: label });
const yesNo: Item[] = [word('yes', 'It is so.'), word('no', 'It is not so.')].map((item) => ({
  ...item,
  kind: 'option',
}));
const units: Item[] = ['days', 'hours', 'weeks', 'months', 'min', 'years'].map((one) => word(one, 'A length of time.'));
const weekdays: Item[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((one) =>
  word(one, 'A day of the week.'),
);
const expectations: Item[] = [
  word('stage', 'The stage the person is in.'),
  {
    label: 'message',
    kind: 'keyword',
    detail: 'A message with these words, since the expectation before.',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a stop of a snippet.
    insert: 'message "${1}"',
  },
  { label: 'left as', kind: 'keyword', detail: 'The person has left under this name.', insert: 'left as ' },
  word('nudges', 'How many nudges since the start.'),
  word('messages', 'How many messages since the start.'),
];
