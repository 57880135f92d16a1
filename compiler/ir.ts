/**
 * The intermediate representation: a checked program as plain JSON, versioned.
 *
 * `lower` makes it, and everything after reads it: the XState machine (`emit`), the runtime's
 * step, the stage graph, *why not*, the agent's tools. It holds no functions and no types of the
 * checker; names are resolved; every rule has a stable id. Published versions are stored in this
 * form, so a change of shape raises `irVersion`.
 */
import type { DurationUnit, Span, Weekday } from '../language/ast.ts';

export const irVersion = 1;

export type Ir = {
  irVersion: typeof irVersion;
  name: string;
  title: string;
  about: string;
  /** Which contacts are enrolled by themselves; the others wait for an operator (`ask`) or are refused. */
  enroll: { verified: boolean; domain?: string; others: 'ask' | 'refuse' };
  /** Absent: a person who has left cannot come back by themselves. */
  reenter?: { after: Duration; keeping: string[] };
  /** IANA zone used where the person's own is not known, or always when `theirs` is false. */
  zone: { theirs: boolean; fallback: string };
  /** Minutes after midnight, the person's time. `from` may be later than `to` (over midnight). */
  quiet?: { from: number; to: number };
  budget?: { usdPerMonth: number };
  /** The type of agent that talks. */
  agent: string;
  roles: string[];
  data: Record<string, DataField>;
  series: Record<string, Series>;
  tables: Record<string, Table>;
  /** By id: the name for the program's own, `stage/name` for a stage's. */
  lets: Record<string, Let>;
  /** The judged criteria of the whole program, by id. */
  criteria: Record<string, { id: string; text: string; stage: string; atLeast: number }>;
  /** Rules of `anytime`: they precede the stage's own. */
  anytime: Rule[];
  stages: Record<string, Stage>;
  /** In the order of the text; the first is where people start. */
  stageOrder: string[];
  initial: string;
  /** Names people can leave under, from every `leave as`. */
  exits: string[];
};

export type Duration = { amount: number; unit: DurationUnit };

export type ValueType =
  | { kind: 'number'; unit?: string; min?: number; max?: number }
  | { kind: 'text' }
  | { kind: 'yes-no' }
  | { kind: 'date' }
  | { kind: 'time' }
  | { kind: 'choice'; options: string[] };

export type DataField = {
  name: string;
  type: ValueType;
  optional: boolean;
  /** Null: missing until somebody sets it. */
  initial: Value;
  agentMaySet: boolean;
  span: Span;
};

export type Series = {
  name: string;
  /** What one entry is called: `run` of `runs`. */
  singular: string;
  /** Fields of an entry. A plain series (`series number kg`) has the one field `value`. */
  fields: Record<string, { name: string; type: ValueType; optional: boolean }>;
  agentMayRecord: boolean;
  span: Span;
};

export type Table = {
  name: string;
  keys: string[];
  /** Values of the second key; empty when there is one key. */
  columns: Value[];
  rows: { key: Value; cells: Value[] }[];
};

export type Let = { id: string; name: string; value: Expr; span: Span };

/** A text with holes, filled when it is said. */
export type Text = { parts: (string | Expr)[] };

export type Stage = {
  name: string;
  title: Text;
  /** A person who enters a final stage has finished. */
  final?: 'success' | 'failure' | 'neutral';
  skill?: string;
  review?: { cadence: Cadence; spreadMinutes: number; span: Span };
  nudges: Nudge[];
  questions: Question[];
  /** `escalate to nurse after 30 days` in the stage. */
  escalations: { id: string; after: Duration; to: string; span: Span }[];
  /** What happens on entry, after the transition's own assignments. */
  entry: Effect[];
  /** In order of precedence. */
  rules: Rule[];
  span: Span;
};

/** When reviews fall, in the person's zone. `at` is minutes after midnight. */
export type Cadence =
  | { kind: 'on-days'; days: Weekday[]; at: number }
  /** Counted in calendar days from the start of the visit. */
  | { kind: 'every'; days: number; at: number };

export type Nudge = {
  id: string;
  /** Silence of this length, or absence of entries of `without`; each further nudge after as much again. */
  after: Duration;
  without?: string;
  /** In one silence; it starts anew when the silence is broken. */
  atMost: number;
  span: Span;
};

export type Question = {
  id: string;
  text: Text;
  type: ValueType;
  /** The data field that takes the answer. */
  field: string;
  within?: Duration;
  otherwise: Effect[];
  span: Span;
};

/**
 * One thing that can happen: a trigger, a condition, what it does, and where it moves the person.
 * A handler with `when … else …` in its body becomes several rules with the same trigger whose
 * conditions exclude each other: conditions are judged as things stood when the handler began.
 */
export type Rule = {
  /** Stable and readable: `training/advance-1`, `anytime/command-1`, `training/command-2.else`. */
  id: string;
  trigger: /** Taken as soon as the condition holds. */
    | { kind: 'holds' }
    /** Once, each time the condition turns from not holding to holding. */
    | { kind: 'becomes' }
    /** The person's message is one of these words (compared without case and outer spaces and punctuation). */
    | { kind: 'command'; words: string[] }
    /** An entry of this series was recorded; `condition` sees it as `entry` and the rest as it stood before. */
    | { kind: 'recorded'; series: string };
  condition?: Expr;
  effects: Effect[];
  move?: Move;
  /** The author's words for the whole rule. */
  source: string;
  span: Span;
};

export type Move =
  | { direction: 'advance' | 'return'; to: string }
  /** A new visit of the same stage. */
  | { direction: 'restart' }
  /** Goes to `to`; `resume` comes back with the timers of the interrupted visit intact. */
  | { direction: 'interrupt'; to: string }
  | { direction: 'resume' }
  | { direction: 'leave'; as: string };

/** What a rule does besides moving, in order; assignments see the ones before them. */
export type Effect =
  | { kind: 'set'; field: string; value: Expr }
  | { kind: 'record'; series: string; fields: Record<string, Expr> }
  | { kind: 'say'; text: Text }
  | { kind: 'say-with-skill'; skill: string }
  | { kind: 'escalate'; to: string; text?: Text };

/**
 * A value while a program runs. Missing is null and is never zero.
 * Moments are `{ at }` in milliseconds since 1970 UTC; dates `{ date: '2026-01-05' }`;
 * times of day `{ minutes }` after midnight; entries of a series `{ entry, at }`.
 */
export type Value =
  | null
  | number
  | string
  | boolean
  | { at: number }
  | { date: string }
  | { minutes: number }
  | { duration: Duration }
  | { entry: Record<string, Value>; at: number };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type AggregateName = 'count' | 'sum' | 'mean' | 'min' | 'max' | 'latest' | 'first';
export type FunctionName = 'min' | 'max' | 'round' | 'floor' | 'ceil' | 'abs' | 'clamp';

/** An expression. Comparing or calculating with a missing value gives missing; as a condition, missing does not hold. */
export type Expr = { span: Span } & (
  | { op: 'value'; value: Value }
  /** A text with holes, as a value. */
  | { op: 'text'; text: Text }
  | { op: 'data'; name: string }
  | { op: 'let'; id: string }
  /** A field of the entry at hand: inside `where`, or of the entry a `recorded` rule looks at. */
  | { op: 'entry'; field: string }
  | { op: 'now' }
  | { op: 'today' }
  /** Of an entry (a field) or of a moment (`day`: its date in the person's zone). */
  | { op: 'field'; of: Expr; field: string }
  | { op: 'day'; of: Expr }
  | { op: 'and' | 'or'; left: Expr; right: Expr }
  | { op: 'not'; of: Expr }
  | { op: 'compare'; by: Comparison; left: Expr; right: Expr }
  /** Numbers; or a date or moment plus or minus a duration. */
  | { op: 'arithmetic'; by: '+' | '-' | '*' | '/'; left: Expr; right: Expr }
  | { op: 'negate'; of: Expr }
  | { op: 'else'; left: Expr; right: Expr }
  | { op: 'known'; of: Expr }
  | { op: 'call'; function: FunctionName; args: Expr[] }
  | { op: 'aggregate'; by: AggregateName; selection: Selection }
  /** The newest entry of a series, of the whole enrollment, or missing. */
  | { op: 'last'; series: string }
  /** Whether the newest entry fell on one of these local days: 0 is today, 1 yesterday. */
  | { op: 'last-was'; series: string; daysAgo: number[] }
  /** No entry (matching `where`) for this long: since the newest, or since the start of the visit (in `anytime`: of the enrollment). */
  | { op: 'absence'; series: string; where?: Expr; duration: Duration; scope: 'visit' | 'enrollment' }
  /**
   * Nothing heard from the person for this long, in the same sense. In `leave` (scope `stage`) all
   * visits in a row of the stage count as one: a week started again does not make anybody less silent.
   */
  | { op: 'silence'; duration: Duration; scope: 'visit' | 'stage' | 'enrollment' }
  /** This long has passed since the anchor; does not hold while the anchor never happened. */
  | { op: 'since'; duration: Duration; anchor: Anchor }
  | { op: 'judged'; criterion: string }
  | { op: 'lookup'; table: string; keys: Expr[] }
);

export type Anchor =
  | { kind: 'enrolled' }
  | { kind: 'entered' }
  | { kind: 'changed'; field: string }
  | { kind: 'moment'; of: Expr };

export type Selection = {
  series: string;
  field?: string;
  where?: Expr;
  last?: number;
  window?:
    | { kind: 'visit' }
    | { kind: 'last'; duration: Duration }
    | { kind: 'calendar'; period: 'day' | 'week' | 'month' };
};
