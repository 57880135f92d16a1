/**
 * The things completion can offer: names of a program and words of the language, each with a line
 * about it and what to write. Where each may stand is decided by `complete`.
 */
import type { Fragment, Program, Span } from '../language/ast.ts';
import { type KeywordPlace, keywords } from '../language/keywords.ts';
import type { Cursor } from './cursor.ts';
import { aggregates, functions } from './infer-series.ts';
import { OPERATOR } from './names.ts';
import {
  type Collection,
  type FlowSymbol,
  findCollection,
  findSeries,
  type SeriesSymbol,
  type Symbols,
} from './symbols.ts';
import { describeType, type Type } from './value-types.ts';

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
  | 'exit'
  | 'fragment'
  | 'list'
  | 'window';

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

export type Item = Omit<Completion, 'replace'>;
export type Names = {
  symbols: Symbols;
  programs: Program[];
  fragments: readonly Fragment[];
  skills: readonly string[];
  cursor: Cursor;
};

// ---------------------------------------------------------------- names

/** The track or list the cursor is in; the program's own stages otherwise. */
export function flowAtHand({ symbols, cursor: { flow = '' } }: Names): FlowSymbol {
  return symbols.tracks.get(flow) ?? symbols.lists.get(flow) ?? symbols.main;
}

/** The windows that can be seen from the cursor, the nearest first. */
export function windowsAtHand(names: Names): string[] {
  const { symbols, cursor } = names;
  const flow = flowAtHand(names);
  const stage = flow.stages.get(cursor.stage ?? '');
  return [...new Set([...(stage?.windows.keys() ?? []), ...flow.windows.keys(), ...symbols.main.windows.keys()])];
}

export function valueNames(names: Names): Item[] {
  const { symbols, cursor } = names;
  const flow = flowAtHand(names);
  const own = symbols.lists.get(cursor.flow ?? '')?.items;
  const series = (cursor.series === undefined ? undefined : findCollection(symbols, cursor.series)) ?? own;
  const within = seriesAtHand(names) ?? series;
  const stage = flow.stages.get(cursor.stage ?? '');
  // In a track the program's own come last.
  const lets = new Set([...(stage?.lets.values() ?? []), ...flow.lets.values(), ...symbols.lets.values()]);
  const windows = windowsAtHand(names);
  return [
    ...(within === undefined ? [] : entryFields(within)),
    ...[...lets]
      // Both ends of a window are lets that are named through it.
      .filter((one) => !one.name.includes('.'))
      .map(
        (one): Item => ({
          label: one.name,
          kind: 'let',
          detail: one.stage === undefined ? 'Worked out from other values.' : `Worked out in stage ${one.stage}.`,
          insert: one.name,
        }),
      ),
    ...[...windows].map((name): Item => ({ label: name, kind: 'window', detail: 'A window of days.', insert: name })),
    ...fieldNames(symbols),
    ...[...symbols.tables.values()].map(
      (table): Item => ({
        label: table.name,
        kind: 'table',
        detail: `A table by ${table.keys.map((key) => key.name).join(' and ')}.`,
        insert: `${table.name}[${table.keys.map((key, index) => `\${${index + 1}:${key.name}}`).join(', ')}]`,
      }),
    ),
    ...(symbols.series.size + symbols.lists.size === 0
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
    ...listNames(symbols),
  ];
}

/** The series of an open `count(runs where …` or `no runs where …`. */
function seriesAtHand({ symbols, cursor: { words } }: Names): Collection | undefined {
  const where = words.lastIndexOf('where');
  const name = where < 1 ? undefined : words[where - 1];
  if (name === undefined || words.slice(where).includes(')')) return undefined;
  return findCollection(symbols, name) ?? findCollection(symbols, words[where - 3] ?? '');
}

export function typeNamed(names: Names, name: string): Type | undefined {
  const { symbols, cursor } = names;
  const series =
    seriesAtHand(names) ?? (cursor.series === undefined ? undefined : findCollection(symbols, cursor.series));
  const member =
    cursor.words.at(-3) === '.' ? [...symbols.series.values()].find((one) => one.fields.has(name)) : undefined;
  return series?.fields.get(name)?.type ?? member?.fields.get(name)?.type ?? symbols.fields.get(name)?.type;
}

export function memberNames({ symbols, cursor: { words } }: Names): Item[] {
  const before = [...words.slice(0, -1)].reverse().find((one) => findSeries(symbols, one) !== undefined);
  const series = before === undefined ? undefined : findSeries(symbols, before);
  return series === undefined ? [] : entryFields(series);
}

export function values(type: Type | undefined): Item[] {
  if (type?.kind === 'yes-no') return yesNo;
  return type?.kind === 'choice'
    ? type.options.map((name) => ({ label: name, kind: 'option', detail: 'One of the choices.', insert: name }))
    : [];
}

export function entryFields(series: Collection): Item[] {
  return [...series.fields.values()].map(({ name, type, optional }) => ({
    label: name,
    kind: 'field',
    detail: `Of ${series.list ? 'an item' : 'an entry'} of ${series.name}: ${describeType(type)}${optional ? ', may be missing' : ''}.`,
    insert: name,
  }));
}

export function fieldNames(symbols: Symbols): Item[] {
  return [...symbols.fields.values()].map(({ name, type, optional }) => ({
    label: name,
    kind: 'field',
    detail: `${describeType(type)}${optional ? ', may be missing' : ''}`,
    insert: name,
  }));
}

export function seriesNames(symbols: Symbols): Item[] {
  return [...symbols.series.values()].map((series) => seriesItem(series, series.name));
}

export function seriesItem(series: SeriesSymbol, label: string): Item {
  return { label, kind: 'series', detail: `A series with ${[...series.fields.keys()].join(', ')}.`, insert: label };
}

export function listNames(symbols: Symbols): Item[] {
  return [...symbols.lists.keys()].map((name) => ({
    label: name,
    kind: 'list',
    detail: 'A list of items.',
    insert: name,
  }));
}

export function stageNames(flow: FlowSymbol, fits: (final: boolean) => boolean): Item[] {
  return [...flow.stages.values()]
    .filter((stage) => fits(stage.node.final !== undefined))
    .map((stage) => ({
      label: stage.name,
      kind: 'stage',
      detail: stage.node.final === undefined ? 'A stage.' : 'A final stage.',
      insert: stage.name,
    }));
}

/** Names of one kind that need no more said about each. */
export const plainNames = (names: Iterable<string>, kind: CompletionKind, detail: string): Item[] =>
  [...names].map((name) => ({ label: name, kind, detail, insert: name }));

/** Whom something can be told or asked: roles, ladders and values that are a role. */
export function peopleNames(symbols: Symbols): Item[] {
  const holders = [...symbols.fields.values()].filter(({ node }) => node?.type.kind === 'role');
  return [
    ...roleNames(symbols),
    ...plainNames(symbols.ladders.keys(), 'role', 'A ladder: one after the other, until somebody acknowledges.'),
    ...plainNames(
      holders.map(({ name }) => name),
      'field',
      'A role.',
    ),
  ];
}

export function roleNames(symbols: Symbols): Item[] {
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

export function expressionWords(due: boolean): Item[] {
  return keywordsFor('expression').filter((item) => beginsValue.has(item.label) === due);
}

export function keywordsFor(place: KeywordPlace): Item[] {
  return keywords.filter((one) => one.where.includes(place)).map(keywordItem);
}

export const keyword = (name: string): Item[] =>
  keywords
    .filter((one) => one.word === name)
    .slice(0, 1)
    .map(keywordItem);

function keywordItem({ word: label, doc, snippet }: { word: string; doc: string; snippet: string }): Item {
  return { label, kind: 'keyword', detail: doc, insert: snippet };
}

export const word = (label: string, detail: string): Item => ({ label, kind: 'keyword', detail, insert: label });
export const yesNo: Item[] = [word('yes', 'It is so.'), word('no', 'It is not so.')].map((item) => ({
  ...item,
  kind: 'option',
}));
export const units: Item[] = ['days', 'hours', 'weeks', 'months', 'min', 'years'].map((one) =>
  word(one, 'A length of time.'),
);
export const weekdays: Item[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].map((one) =>
  word(one, 'A day of the week.'),
);
export const expectations: Item[] = [
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
