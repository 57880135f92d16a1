/**
 * What to say about a line nobody knows: where it stands, what it may have meant, what may stand
 * there instead.
 */
import type { Span } from './ast.ts';
import { type Build, type CstNode, nodeSpan, token, tokenSpan } from './cst.ts';
import { type Details, diagnostic } from './diagnostics.ts';
import { fixOf } from './fixes.ts';
import { type KeywordPlace, keywords } from './keywords.ts';
import { nearest } from './nearest.ts';
import { didYouMean, joined, quotesInside } from './suggest.ts';
import { quoted } from './tokens.ts';

type Place =
  | 'file'
  | 'program'
  | 'data'
  | 'table'
  | 'bands'
  | 'ladder'
  | 'holidays'
  | 'migrate'
  | 'anytime'
  | 'track'
  | 'list'
  | 'stage'
  | 'body'
  | 'scenario';

/** How each place is spoken of, and the kinds of keyword whose misspelling may be met there. */
const places: Record<Place, { phrase: string; lists: KeywordPlace[]; holds?: string }> = {
  file: { phrase: 'outside of a program', lists: ['file'] },
  program: { phrase: 'in a program', lists: ['program', 'type'] },
  data: {
    phrase: 'in `data`',
    lists: ['type'],
    holds: 'Write a field as `name : type`, such as `week : number 1 to 9 = 1`.',
  },
  table: {
    phrase: 'in a table',
    lists: [],
    holds: 'A table holds numbers, texts, names and times, one row on a line.',
  },
  bands: {
    phrase: 'in bands',
    lists: [],
    holds:
      'Write what values a row holds and what it gives: `at least 180 : 4`, `80 to under 140 : 0`, `otherwise : 0`.',
  },
  ladder: {
    phrase: 'in a ladder',
    lists: [],
    holds: 'Write who is told and for how long before the next: `nurse for 4h then lead`.',
  },
  holidays: {
    phrase: 'among holidays',
    lists: [],
    holds: 'Write dates, each with its name if you like: `2026-05-25 "Whit Monday"`.',
  },
  migrate: { phrase: 'in `migrate`', lists: ['migrate'] },
  track: { phrase: 'in a track', lists: ['track'] },
  list: { phrase: 'in a list', lists: ['list', 'track'] },
  anytime: { phrase: 'in `anytime`', lists: ['anytime', 'clause', 'expression'] },
  stage: { phrase: 'in a stage', lists: ['stage', 'clause', 'expression'] },
  body: { phrase: 'inside these braces', lists: ['action', 'clause', 'expression'] },
  scenario: { phrase: 'in a scenario', lists: ['scenario', 'clause', 'expression'] },
};

/** Where a keyword belongs that stands in the wrong place. */
const homes: Partial<Record<KeywordPlace, string>> = {
  file: 'outside the braces of programs and scenarios',
  program: 'directly inside a program',
  anytime: 'in a stage or in `anytime`',
  stage: 'directly inside a stage',
  action: 'inside the braces of a rule, such as those of a `command`',
  scenario: 'in a scenario',
};

const LONELY_BRACE = 'Braces follow a `command` or an `on`, or a `when` that begins a new line.';

/** Words people bring along, and what Regimen calls them. */
const habits: Record<string, string> = {
  if: 'when',
  prompt: 'say',
  message: 'say',
  goto: 'advance to',
  next: 'advance to',
  exit: 'leave as',
  left: 'leave',
  end: 'leave as',
  var: 'let',
  const: 'let',
  state: 'stage',
  step: 'stage',
  phase: 'stage',
  field: 'data',
  fields: 'data',
  remind: 'nudge',
  question: 'ask',
  schedule: 'review',
  test: 'scenario',
  settings: 'parameters',
  config: 'parameters',
  params: 'parameters',
  calendar: 'holidays',
  vacation: 'holidays',
  variables: 'data',
  notify: 'tell',
  alert: 'tell',
  email: 'tell',
  foreach: 'each',
  unset: 'clear',
  remove: 'clear',
  delete: 'clear',
  append: 'add',
  insert: 'add',
  invoke: 'call',
  webhook: 'call',
  include: 'use',
  mixin: 'fragment',
  template: 'fragment',
  parallel: 'track',
  thread: 'track',
  collection: 'list',
  ranges: 'bands',
  suspend: 'pause',
  freeze: 'pause',
  suggest: 'propose',
  rename: 'field',
};

/** What there is in place of an `if` among values. */
export const BY_CASE =
  'Values by case are bands: `bands goal { when injured : 1  otherwise : 3 }`, and `goal` is the value.';

const byTheStage = 'Write it with the stage, after its name: `stage done final success { … }`.';

/** What to write at a word that needs more than another one, or undefined. */
export const phrasingFor = (word: string): string | undefined => own(phrasings, word);

/** Phrases that need more than another word: what to write, by the word at which reading stopped. */
const phrasings: Record<string, string> = {
  between: 'Write both ends: `week >= 2 and week <= 5`.',
  than: 'Write `>` for “more than” and `<` for “less than”.',
  least: 'Write `>=` for “at least”: `done >= 3`.',
  most: 'Write `<=` for “at most”: `done <= 3`.',
  more: 'Write `>` for “more than”: `done > 3`.',
  less: 'Write `<` for “less than”: `done < 3`.',
  of: 'Functions take parentheses: `count(runs)`, `mean(last 3 of weights)`.',
  not: 'Write `not` before the whole condition: `not today in second`, `not felt = hard`.',
  unless: 'Write `when not …`: `resume when not injured`.',
  final: byTheStage,
  where: 'Ask something of the series, in parentheses: `count(runs where completed) > 0`.',
  else: '`else { … }` follows the closing brace of a `when … { … }`.',
  silence: 'Write how long first: `21 days of silence`.',
  for: 'Write `21 days of silence`, or `no runs for 14 days`.',
  contains: 'Write `message "…"` alone: the message need only contain that text.',
  can: 'Write `agent may set` or `agent may record`.',
  default: 'Write the first value after `=`: `week : number 1 to 9 = 1`.',
  mod: 'The remainder is a function: `mod(week, 2)`.',
  '?': BY_CASE,
  '|': 'A table needs no lines between its cells, only spaces.',
};

/** Words that mean something in a scenario only in other words. */
const inScenarios: Record<string, string> = {
  set: 'Facts change by `agent sets week = 2`, by an answer or an entry, or in `start … with week = 2`.',
  after: 'Write `wait 14 days`, or say when: `day 15 at 09:00 …`.',
  say: 'Say who: `they say "…"` is the person, `agent says "…"` the agent.',
  record: 'Only name the series: `runs { completed: yes }`.',
  stage: 'Write `expect stage training`.',
  day: 'Days are counted in digits: `day 3 at 07:30`.',
  advance: 'A scenario tells what happens outside; expect the stage: `expect stage training`.',
};

/** What there is in place of `then`. */
export const THEN = 'What happens then stands in braces:';

/** What to do where more than one must agree. */
export const TWO_DECIDE =
  'One role decides. Where two must, let the first approve the way into a stage that waits for the second.';

/** What to do where any of several may decide. */
const ANY_DECIDES =
  'One role decides. Where any of several people may, make them one role: a role can be bound to a group.';

/** Reports the node of the rule `unknown` found in a list of items. */
export function reportUnknown(build: Build, from: CstNode, place: Place): void {
  const first = token(from, 'AnyToken');
  const span = first ? tokenSpan(first) : { start: nodeSpan(from).start, end: nodeSpan(from).start + 1 };
  const word = build.text.slice(span.start, span.end);
  if (word === '') return;
  const { phrase, lists, holds } = places[place];
  const candidates = keywords.filter((entry) => entry.where.some((where) => lists.includes(where)));
  const isWord = /^\p{L}/u.test(word);
  const words = candidates.map((entry) => entry.word);
  const fitting = Object.entries(habits).filter(([, habit]) => words.includes(habit.split(' ')[0] ?? ''));
  const brought = new Map(fitting);
  const known = keywords.some((entry) => entry.word === word);
  const near = isWord && !known ? (brought.has(word) ? word : nearest(word, [...words, ...brought.keys()])) : undefined;
  const meant = near && (brought.get(near) ?? near);
  const starters =
    usual[place] ??
    candidates
      .filter((entry) => entry.where[0] === lists[0] || entry.where.some((where) => where === lists[0]))
      .map((entry) => entry.word);
  const list = joined([...new Set(starters.map((starter) => `\`${starter}\``))], 'or');
  const home = keywords
    .find((entry) => entry.word === word && !words.includes(word))
    ?.where.find((where) => homes[where] !== undefined);
  const misplaced = home && `\`${word}\` belongs ${homes[home]}.`;
  const braces = word === '{' ? LONELY_BRACE : undefined;
  const date = place === 'scenario' && /^\d+[/.]\d+[/.]\d{4}/.test(build.text.slice(span.start));
  const phrasing =
    (date ? 'Write dates as year, month and day: `2026-01-05`.' : undefined) ??
    (place === 'scenario' && word.startsWith('"') && !/\bnot message\s*$/.test(build.text.slice(0, span.start))
      ? 'Put a comma between what you expect: `expect week = 1, message "…"`.'
      : undefined) ??
    byLine(place, build.text.slice(span.start, span.start + LINE_START)) ??
    byWhatStandsBefore(build.text.slice(Math.max(0, span.start - LINE_START), span.start), word) ??
    own(place === 'scenario' ? inScenarios : {}, word) ??
    (brought.has(word) ? undefined : phrasingFor(word));
  const such = usual[place] ? 'a word such as ' : '';
  const instead = quotesInside(build.text, span) ?? hyphened(build.text, span) ?? otherwise(build.text, span, place);
  const expected = braces ?? phrasing ?? misplaced ?? holds ?? `A line here begins with ${such}${list}.`;
  build.diagnostics.push(
    diagnostic(
      'unknown-word',
      span,
      { found: quoted(word), place: phrase, expected },
      instead ?? (meant && !phrasing ? (ifThen(build.text, span) ?? didYouMean(meant, span)) : {}),
    ),
  );
}

/** `skill run-coach`: a name with hyphens was read up to the first of them. */
function hyphened(text: string, { start }: Span): Details | undefined {
  const [before] = /[\p{L}_]\w*$/u.exec(text.slice(Math.max(0, start - LINE_START), start)) ?? [];
  const [rest] = /^(?:-\w+)+(?=\s|$)/.exec(text.slice(start, start + LINE_START)) ?? [];
  if (before === undefined || rest === undefined) return undefined;
  const name = `${before}${rest.replaceAll('-', '_')}`;
  const span = { start: start - before.length, end: start + rest.length };
  return {
    hint: `A name is one word, with underscores: \`${name}\`.`,
    fix: fixOf('write', name, { span, text: name }),
  };
}

/**
 * `else` behind a rule of a stage, which has none; and inside braces the words other languages have for `else when`.
 */
function otherwise(text: string, { start }: Span, place: Place): Details | undefined {
  const [found] = /^(?:else|elif|elsif|elseif)\b/.exec(text.slice(start, start + LINE_START)) ?? [];
  if (found === undefined) return undefined;
  if (place === 'body') {
    if (found === 'else') return undefined;
    const fix = fixOf('write', 'else when', { span: { start, end: start + found.length }, text: 'else when' });
    return { hint: 'Write `else when … { … }`.', fix };
  }
  const follows = /\}\s*$/.test(text.slice(Math.max(0, start - LINE_START), start));
  return follows ? { hint: ELSE_OUTSIDE } : undefined;
}

const ELSE_OUTSIDE =
  'Rules outside of braces have no `else`: write another rule for when it does not hold, `when not … { … }`.';

/** `if … then { … }` on one line is `when … { … }`; without braces there is more to say than another word. */
function ifThen(text: string, span: Span): Details | undefined {
  const line = text.slice(span.start).split('\n', 1)[0] ?? '';
  const [, condition, braces] = /^if\b([^{}]*?)\s*\bthen\b\s*(\{)?/.exec(line) ?? [];
  if (condition === undefined) return undefined;
  const hint = `${THEN} \`when${condition} { … }\`.`;
  if (braces === undefined) return { hint };
  const then = span.start + 2 + condition.length;
  const end = span.start + line.indexOf('{', 2 + condition.length);
  return { hint, fix: fixOf('write', 'when … {', { span, text: 'when' }, { span: { start: then, end }, text: ' ' }) };
}

/** Where more can stand than anybody wants to read in a sentence: what stands there most. */
const usual: Partial<Record<Place, string[]>> = {
  program: ['about', 'enroll', 'quiet', 'roles', 'parameters', 'data', 'table', 'bands', 'let', 'anytime', 'stage'],
  stage: ['skill', 'review', 'nudge', 'ask', 'check', 'on', 'when', 'command', 'say', 'set', 'advance', 'leave'],
  body: ['say', 'tell', 'ask', 'set', 'record', 'when', 'advance', 'escalate'],
};

/** As much of a line as tells what was meant. */
const LINE_START = 80;

/** Verbs of roles as they are said of oneself: `nurse record`. */
const bareVerb = /^([\p{L}_]\w*) (record|correct|retract|set|add|approve|refuse|answer|acknowledge)\b/u;

function byLine(place: Place, line: string): string | undefined {
  if (place === 'data') return inData(line);
  if (place === 'scenario') {
    const [, who, verb] = bareVerb.exec(line) ?? [];
    return who && verb ? `Write \`${who} ${verb}s …\`.` : undefined;
  }
  if (/^every\b/.test(line) && place !== 'program') return 'Write `check` before it: `check every 4h { … }`.';
  return /^for each\b/.test(line) ? 'Leave `for` out: `each tasks { … }`.' : undefined;
}

/** What was being said when reading stopped at `word`. */
function byWhatStandsBefore(before: string, word: string): string | undefined {
  if (/[=(,:]\s*if\s+$/.test(before)) return BY_CASE;
  if (word === 'and' && /\bapproved by \w+\s*$/.test(before)) return TWO_DECIDE;
  if (word === 'or' && /\bapproved by \w+\s*$/.test(before)) return ANY_DECIDES;
  if (word === 'to' && /\bsay\s+"[^"\n]*"\s*$/.test(before))
    return 'What is said is for the person. A role is told: `tell nurse "…"`.';
  const [, list] = word === '[' ? (/\bstage of (\w+)\s*$/.exec(before) ?? []) : [];
  if (list !== undefined) return `The stage of an item is asked like a field: \`${list}["…"].stage is …\`.`;
  if (word === 'with' && /\brestart\s+stage\s*$/.test(before)) {
    return 'To set something on the way, move to the same stage: `advance to training with week = week + 1 when …`.';
  }
  if (word.startsWith('"') && /\bnot message\s*$/.test(before)) return 'Write `no message "…"`.';
  if (/^\d/.test(word) && /:\s*number[^\n]*\?\s*$/.test(before))
    return 'The range stands before the question mark: `number percent 0 to 100?`.';
  return undefined;
}

function inData(line: string): string | undefined {
  if (line.startsWith('=')) return 'The first value comes right after the type: `week : number = 1  agent may set`.';
  if (/^agent\b/.test(line)) return phrasings.can;
  if (/^\w+ *\|/.test(line)) return 'Put choices in parentheses: `(easy | ok | hard)`.';
  return undefined;
}

/** The entry of a record, and nothing that every object has. */
const own = (record: Record<string, string>, word: string) => (Object.hasOwn(record, word) ? record[word] : undefined);
