/**
 * What the names of a program stand for: the tables that `bind` fills and the checker reads.
 */
import type { Expr, Field, Let, Program, Span, Stage, Table } from '../language/ast.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { Value, ValueType } from './ir.ts';
import type { Type } from './value-types.ts';

export type FieldSymbol = {
  name: string;
  declared: ValueType;
  type: Type;
  optional: boolean;
  /** Written under `data`; absent where an `ask … as` brought the field in. */
  node?: Field;
  initial: Value;
  agentMaySet: boolean;
  /** An `ask … as` brought it in. */
  answered?: boolean;
  span: Span;
};

export type EntryField = { name: string; declared: ValueType; type: Type; optional: boolean };

export type SeriesSymbol = {
  name: string;
  singular: string;
  fields: Map<string, EntryField>;
  /** `series number kg`: its one field is `value`. */
  plain: boolean;
  agentMayRecord: boolean;
  span: Span;
};

export type LetSymbol = { id: string; name: string; stage?: string; node: Let };

export type TableSymbol = {
  name: string;
  node: Table;
  keys: { name: string; type: Type }[];
  cell: Type;
  columns: Value[];
  rows: { key: Value; cells: Value[] }[];
};

export type StageSymbol = { name: string; node: Stage; lets: Map<string, LetSymbol> };

export type Symbols = {
  fields: Map<string, FieldSymbol>;
  series: Map<string, SeriesSymbol>;
  tables: Map<string, TableSymbol>;
  lets: Map<string, LetSymbol>;
  stages: Map<string, StageSymbol>;
  roles: Set<string>;
  /** Every `leave as`, with the first place that says it. */
  exits: Map<string, Span>;
};

/** What a name in an expression turned out to mean. */
export type Resolution =
  | { kind: 'data'; name: string }
  | { kind: 'let'; id: string }
  | { kind: 'entry'; field: string }
  | { kind: 'option'; option: string };

/** A program whose names are resolved: all that `lower` needs. */
export type Checked = {
  program: Program;
  /** The whole text of the file that the spans of the expressions at hand point into. */
  text: string;
  /** Whether the lets are in that text too. Not so for a scenario, which may be in another file. */
  letsInText: boolean;
  symbols: Symbols;
  resolutions: Map<Expr, Resolution>;
  /** By the id of the let, once it has been looked into. */
  letTypes: Map<string, { type: Type; maybe: boolean }>;
  /** Entries of plain series that stand for their value (`last weight > 80`). */
  unwrapped: Set<Expr>;
};

export type Report = (diagnostic: Diagnostic) => void;

/** Series by its name or by the name of one entry: `runs`, `run`. */
export function findSeries(symbols: Symbols, word: string): SeriesSymbol | undefined {
  const exact = symbols.series.get(word);
  if (exact !== undefined) return exact;
  for (const series of symbols.series.values()) if (singulars(series.name).includes(word)) return series;
  return undefined;
}

/** A let by its id. */
export function findLet(symbols: Symbols, id: string): LetSymbol | undefined {
  const [first = '', name] = id.split('/');
  return name === undefined ? symbols.lets.get(first) : symbols.stages.get(first)?.lets.get(name);
}

/** What one entry may be called, the likeliest first: `runs` → `run`, `entries` → `entry`. */
export function singulars(name: string): string[] {
  const words: string[] = [];
  if (/[^aeiou]ies$/.test(name)) words.push(`${name.slice(0, -3)}y`);
  if (/(ss|x|ch|sh|zz)es$/.test(name)) words.push(name.slice(0, -2));
  if (/[^s]s$/.test(name)) words.push(name.slice(0, -1));
  if (/[^s]ses$/.test(name)) words.push(name.slice(0, -2));
  words.push(name);
  return words;
}
