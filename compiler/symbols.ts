/**
 * What the names of a program stand for: the tables that `bind` fills and the checker reads.
 */
import type {
  Bands,
  DurationUnit,
  Expr,
  Field,
  Holidays,
  Ladder,
  List,
  Name,
  Program,
  Span,
  Stage,
  Table,
  Track,
  Window,
} from '../language/ast.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { Value, ValueType } from './ir.ts';
import type { Type } from './value-types.ts';

export type FieldSymbol = {
  name: string;
  declared: ValueType;
  type: Type;
  optional: boolean;
  /** Written under `data` or `parameters`; absent where an `ask … as` brought the field in. */
  node?: Field;
  initial: Value;
  agentMaySet: boolean;
  /** Roles and services that may set it. */
  maySet: string[];
  personal: boolean;
  /** Read only in the program: one value for the workspace, or one for each person. */
  parameter?: 'workspace' | 'person';
  /** An `ask … as` brought it in. */
  answered?: boolean;
  /** Of an item: has neither a value to begin with nor `?`, so whoever adds an item gives it. */
  required?: boolean;
  span: Span;
};

export type EntryField = { name: string; declared: ValueType; type: Type; optional: boolean };

/** What can be selected from: the entries of a series, or (`list`) the items of a list. */
export type Collection = {
  name: string;
  singular: string;
  /** Of a list: its fields and `stage`. */
  fields: Map<string, EntryField>;
  /** `series number kg`: its one field is `value`. */
  plain: boolean;
  list?: true;
};

export type SeriesSymbol = Collection & {
  agentMayRecord: boolean;
  /** Roles and services that may record. */
  mayRecord: string[];
  personal: boolean;
  shared: boolean;
  /** A second entry with the same value of this field changes nothing. */
  oncePer?: string;
  span: Span;
};

/**
 * A name for a value. `flow` and `stage` say where it can be seen. Where `bands` is there, the value is the
 * first row that fits, and `node.value` is only what stands first. A window is two of these: `second.opens`,
 * `second.closes`.
 */
export type LetSymbol = {
  id: string;
  name: string;
  /** The track or list; absent: the program's main flow. */
  flow?: string;
  stage?: string;
  node: { name: Name; value: Expr; span: Span };
  bands?: Bands;
  /** Where it is the first or last day of a window. */
  window?: 'opens' | 'closes';
};

export type WindowSymbol = { name: string; opens: LetSymbol; closes: LetSymbol; node: Window };

export type TableSymbol = {
  name: string;
  node: Table;
  keys: { name: string; type: Type }[];
  cell: Type;
  columns: Value[];
  rows: { key: Value; cells: Value[] }[];
};

export type StageSymbol = {
  name: string;
  node: Stage;
  lets: Map<string, LetSymbol>;
  windows: Map<string, WindowSymbol>;
};

/** Stages with the lets that they all see. */
export type FlowSymbol = {
  /** Of a track or a list; the program's own flow has the name of the program. */
  name: string;
  kind: 'main' | 'track' | 'list';
  /** What its ids begin with: nothing, or `diary.`. */
  prefix: string;
  /** Of the flow itself, bands and both ends of windows among them. */
  lets: Map<string, LetSymbol>;
  windows: Map<string, WindowSymbol>;
  stages: Map<string, StageSymbol>;
  /** Every `leave as` in it, with the first place that says it. */
  exits: Map<string, Span>;
};

export type TrackSymbol = FlowSymbol & { kind: 'track'; node: Track };

export type ListSymbol = FlowSymbol & {
  kind: 'list';
  node: List;
  singular: string;
  key?: string;
  /** What each item has. */
  fields: Map<string, FieldSymbol>;
  /** The items as something to select from. */
  items: Collection;
};

export type Symbols = {
  fields: Map<string, FieldSymbol>;
  series: Map<string, SeriesSymbol>;
  tables: Map<string, TableSymbol>;
  /** The lets, windows, stages and exits of the program's own flow (those of `main`). */
  lets: Map<string, LetSymbol>;
  stages: Map<string, StageSymbol>;
  exits: Map<string, Span>;
  main: FlowSymbol;
  tracks: Map<string, TrackSymbol>;
  lists: Map<string, ListSymbol>;
  /** Every let of the program by its id. */
  letsById: Map<string, LetSymbol>;
  /** As declared, without `operator`. */
  roles: Set<string>;
  services: Set<string>;
  ladders: Map<string, Ladder>;
  calendars: Map<string, Holidays>;
};

/** What a name in an expression turned out to mean. Stands at the whole expression, whatever its kind. */
export type Resolution =
  /** A field of `data`, or a parameter. */
  | { kind: 'data'; name: string }
  /** Also at `second.opens` (a member). */
  | { kind: 'let'; id: string }
  | { kind: 'entry'; field: string }
  /** A field of the item at hand; `stage` is its stage. */
  | { kind: 'item'; field: string; list: string }
  /** What followed the word of the command. */
  | { kind: 'argument' }
  /** A word that stands for itself: of a choice, a stage (`flow` is where; absent: the program), a role, a calendar. */
  | { kind: 'option'; option: string; of?: 'stage' | 'role' | 'calendar'; flow?: string }
  /** At a lookup whose name is a list: `lifts["squat"]`. */
  | { kind: 'item-of'; list: string }
  /** At `lifts["squat"].due`, where `due` is a let of the list: in what a scenario expects. */
  | { kind: 'let-of'; id: string; list: string }
  /** At `stage`, `stage of diary`. In `where` over a list it is an `item` instead. */
  | { kind: 'stage'; of: 'own' | 'program' | { track: string } }
  /** At `today in second`: the ids of both ends. */
  | { kind: 'window'; opens: string; closes: string }
  /** A word of the language, not of the author: `over` in `second is over`. */
  | { kind: 'word' }
  /** `second is over`, with the ids of the two lets. */
  | { kind: 'window-state'; opens: string; closes: string; state: WindowState };

/** Where today lies beside a window: before its first day, in it, after its last. */
export type WindowState = 'ahead' | 'open' | 'over';

/** What the expressions of a program were found to mean, by their nodes; what is said of one is forgotten with it. */
export type Findings = {
  resolutions: WeakMap<Expr, Resolution>;
  /** By the id of the let, once it has been looked into. */
  letTypes: Map<string, { type: Type; maybe: boolean }>;
  /** Expressions that stand for something else than they say. */
  standIns: WeakMap<Expr, StandIn>;
  /** Who is told where the name is no role, ladder or word for people: a value that is a role. */
  recipients: WeakMap<Name, Resolution>;
};

/** What an expression stands for because of what is beside it. */
export type StandIn = {
  /** An entry of a plain series stands for its value (`last weight > 80`). */
  unwrapped?: true;
  /** A length of time written beside a number of such a unit is that number: `30 min` beside a `number min` is 30. */
  number?: number;
  /**
   * Any other length beside such a number is how many of the unit it is: `change` beside a `number min` is
   * `change / 1 min`.
   */
  count?: DurationUnit;
  /**
   * A number of a unit of time where a length is needed: `today + wait` with `wait : number days` is so many times 1
   * day.
   */
  length?: DurationUnit;
};

export const findings = (): Findings => ({
  resolutions: new WeakMap(),
  letTypes: new Map(),
  standIns: new WeakMap(),
  recipients: new WeakMap(),
});

/** Notes what an expression stands for. */
export function standsFor({ standIns }: Findings, expr: Expr, what: StandIn): void {
  standIns.set(expr, { ...standIns.get(expr), ...what });
}

/** A program whose names are resolved: all that `lower` needs. */
export type Checked = Findings & {
  program: Program;
  /** The whole text of the file that the spans of the expressions at hand point into. */
  text: string;
  /** The texts of other files, for spans that name one. */
  texts: ReadonlyMap<string, string>;
  /** Whether the lets are in that text too. Not so for a scenario, which may be in another file. */
  letsInText: boolean;
  symbols: Symbols;
};

export type Report = (diagnostic: Diagnostic) => void;

/** Series by its name or by the name of one entry: `runs`, `run`. */
export function findSeries(symbols: Symbols, word: string): SeriesSymbol | undefined {
  const exact = symbols.series.get(word);
  if (exact !== undefined) return exact;
  for (const series of symbols.series.values()) if (singulars(series.name).includes(word)) return series;
  return undefined;
}

/** What a word selects from: a series (also by the name of one entry), or a list. */
export function findCollection(symbols: Symbols, word: string): Collection | undefined {
  return symbols.lists.get(word)?.items ?? findSeries(symbols, word);
}

/** A let by its id. */
export function findLet(symbols: Symbols, id: string): LetSymbol | undefined {
  return symbols.letsById.get(id);
}

/** The program's own flow, its tracks and its lists. */
export function flowSymbols(symbols: Symbols): (FlowSymbol | TrackSymbol | ListSymbol)[] {
  return [symbols.main, ...symbols.tracks.values(), ...symbols.lists.values()];
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
