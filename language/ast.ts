/**
 * The tree of a Regimen file, as the author wrote it: nothing resolved, nothing checked.
 *
 * Comes from `parse` (text → tokens → CST → this). Names are still words; units are still
 * unconverted; every node carries the offsets it came from. The compiler's `check` turns it
 * into a checked program. A file full of mistakes still gives a tree: parts that could not be
 * read are absent (lists are shorter) or `undefined` where the type says so.
 */

/** Offsets into the source text, in UTF-16 code units; `end` is exclusive. */
export type Span = { start: number; end: number };

/** A word the author chose or referred to. */
export type Name = { text: string; span: Span };

/** One `.regimen` or `.scenario` file: both kinds of declaration may stand in either. */
export type SourceFile = { programs: Program[]; scenarios: Scenario[]; span: Span };

// ---------------------------------------------------------------- programs

export type Program = { kind: 'program'; name: Name; title?: TextLiteral; items: ProgramItem[]; span: Span };

export type ProgramItem =
  | { kind: 'about'; text: TextLiteral; span: Span }
  | EnrollPolicy
  | { kind: 'reenter'; after?: DurationLiteral; keeping: Name[]; span: Span }
  /** `timezone theirs else "Europe/London"` or `timezone "Europe/London"`. */
  | { kind: 'timezone'; theirs: boolean; fallback: TextLiteral; span: Span }
  | { kind: 'quiet'; from: TimeLiteral; to: TimeLiteral; span: Span }
  /** `budget $0.40 per month`, for each person. */
  | { kind: 'budget'; usd: number; per: 'month'; span: Span }
  | { kind: 'agent'; name: Name; span: Span }
  | { kind: 'roles'; names: Name[]; span: Span }
  /** `unread`: names of fields whose type could not be read. */
  | { kind: 'data'; fields: Field[]; unread?: Name[]; span: Span }
  | Table
  | Let
  | { kind: 'anytime'; items: Rule[]; span: Span }
  | Stage;

/** `enroll anyone [verified [at "acme.com"]] [, others ask]`. Without `others`, they are refused. */
export type EnrollPolicy = {
  kind: 'enroll';
  verified: boolean;
  domain?: TextLiteral;
  others: 'ask' | 'refuse';
  span: Span;
};

/** A line of `data`, or a field of a record: `week : number 1 to 9 = 1  agent may set`. */
export type Field = {
  name: Name;
  type: TypeNode;
  /** Written with `?`: the value may be missing. */
  optional: boolean;
  initial?: Expr;
  /** `agent may set` (fields) or `agent may record` (series). */
  agentMay?: { verb: 'set' | 'record'; span: Span };
  span: Span;
};

export type TypeNode =
  | { kind: 'number'; unit?: Name; min?: number; max?: number; span: Span }
  | { kind: 'text'; span: Span }
  | { kind: 'yes-no'; span: Span }
  | { kind: 'date'; span: Span }
  | { kind: 'time'; span: Span }
  | { kind: 'choice'; options: Name[]; span: Span }
  | { kind: 'record'; fields: Field[]; span: Span }
  | { kind: 'series'; of: TypeNode; span: Span };

/** `table workout by week, run_no { … }`: one key per row, the second key across the top. */
export type Table = {
  kind: 'table';
  name: Name;
  keys: Name[];
  /** The header line: values of the second key. Empty when there is one key. */
  columns: Expr[];
  rows: { key: Expr; cells: Expr[]; span: Span }[];
  span: Span;
};

export type Let = { kind: 'let'; name: Name; value: Expr; span: Span };

export type Stage = {
  kind: 'stage';
  name: Name;
  title?: TextLiteral;
  final?: { outcome?: 'success' | 'failure'; span: Span };
  items: StageItem[];
  span: Span;
};

export type StageItem =
  | { kind: 'skill'; name: Name; span: Span }
  | { kind: 'review'; cadence: Cadence; spread?: DurationLiteral; span: Span }
  /** `nudge after 4 days without runs, at most 2 times`; `of` is undefined for silence. */
  | { kind: 'nudge'; after: DurationLiteral; without?: Name; atMost?: number; span: Span }
  | Ask
  | Let
  | Rule
  | { kind: 'escalate'; to: Name; after: DurationLiteral; span: Span }
  /** Actions written straight into the stage happen when it is entered. */
  | Action;

export type Ask = {
  kind: 'ask';
  text: TextLiteral;
  answer: TypeNode;
  as: Name;
  within?: DurationLiteral;
  /** What happens when nobody answers in time: `else escalate to nurse`. */
  otherwise: Action[];
  span: Span;
};

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** When reviews fall, in the person's own time zone. */
export type Cadence = {
  /** `daily`, `mon, wed, fri`, `weekly`, `every 3 days`. */
  kind: 'daily' | 'weekdays' | 'weekly' | 'every';
  days: Weekday[];
  /** Days between reviews, for `every`. */
  every?: number;
  at?: TimeLiteral;
  span: Span;
};

/** What makes something happen: in a stage or in `anytime`. */
export type Rule =
  | { kind: 'command'; words: TextLiteral[]; body: Action[]; span: Span }
  | { kind: 'on'; series: Name; where?: Expr; body: Action[]; span: Span }
  | { kind: 'when'; condition: Expr; body: Action[]; span: Span }
  | Transition;

/** `advance to graduated with week = 9 when …`, `leave as lost after 21 days of silence`. */
export type Transition = {
  kind: 'transition';
  direction: 'advance' | 'return' | 'leave' | 'resume';
  to?: Name;
  /** The name a person leaves under. */
  as?: Name;
  with: Assignment[];
  when?: Expr;
  after?: { duration: DurationLiteral; silence: boolean; span: Span };
  span: Span;
};

export type Assignment = { name: Name; value: Expr; span: Span };

export type Action =
  | { kind: 'say'; text: TextLiteral; span: Span }
  | { kind: 'say-with-skill'; skill: Name; span: Span }
  | { kind: 'set'; name: Name; value: Expr; span: Span }
  | { kind: 'record'; series: Name; fields: Assignment[]; span: Span }
  /** `advance to x with …`, `return to x`, `leave as x`, `resume`. */
  | {
      kind: 'move';
      direction: 'advance' | 'return' | 'leave' | 'resume';
      to?: Name;
      as?: Name;
      with: Assignment[];
      span: Span;
    }
  | { kind: 'restart'; span: Span }
  | { kind: 'interrupt'; with: Name; span: Span }
  | { kind: 'escalate-now'; to: Name; text?: TextLiteral; span: Span }
  /** `when … { … } else { … }` inside a body. */
  | { kind: 'if'; condition: Expr; then: Action[]; otherwise: Action[]; span: Span };

// ---------------------------------------------------------------- literals

/** A text with `{expression}` holes. A text without holes has one part. */
export type TextLiteral = { kind: 'text'; parts: (string | Expr)[]; span: Span };

export type DurationUnit = 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years';

/** `14 days`, `2h`, `30 min`. Days and longer are calendar units in the person's zone. */
export type DurationLiteral = { kind: 'duration'; amount: number; unit: DurationUnit; span: Span };

/** `18:00`, as minutes after midnight. */
export type TimeLiteral = { kind: 'time'; minutes: number; span: Span };

/** `2026-01-05`. */
export type DateLiteral = { kind: 'date'; iso: string; span: Span };

// ---------------------------------------------------------------- expressions

export type Expr =
  | { kind: 'number'; value: number; unit?: Name; span: Span }
  | { kind: 'yes-no'; value: boolean; span: Span }
  | TextLiteral
  | DurationLiteral
  | TimeLiteral
  | DateLiteral
  | { kind: 'name'; name: Name; span: Span }
  | { kind: 'today'; span: Span }
  | { kind: 'now'; span: Span }
  | { kind: 'member'; of: Expr; field: Name; span: Span }
  | { kind: 'lookup'; table: Name; keys: Expr[]; span: Span }
  | { kind: 'call'; function: Name; args: Expr[]; span: Span }
  | { kind: 'selection'; selection: Selection; span: Span }
  | { kind: 'binary'; operator: BinaryOperator; left: Expr; right: Expr; span: Span }
  | { kind: 'not'; of: Expr; span: Span }
  | { kind: 'negate'; of: Expr; span: Span }
  /** `x else y`: y where x is missing. */
  | { kind: 'else'; left: Expr; right: Expr; span: Span }
  /** `x is set`, `x is known`, `x is not set`, `x is missing`. */
  | { kind: 'is-known'; of: Expr; negated: boolean; span: Span }
  /** `no runs [where …] for 14 days`. */
  | { kind: 'absence'; series: Name; where?: Expr; duration: DurationLiteral; span: Span }
  /** `14 days of silence`. */
  | { kind: 'silence'; duration: DurationLiteral; span: Span }
  /** `last run`: the newest entry of a series, or missing. */
  | { kind: 'last'; series: Name; span: Span }
  /** `last run was today or yesterday`. */
  | { kind: 'last-was'; series: Name; days: ('today' | 'yesterday')[]; span: Span }
  /** `day of last run`: the date of a moment, in the person's zone. */
  | { kind: 'day-of'; of: Expr; span: Span }
  /** `3 days since dose changed`, `60 days since last run`, `2 weeks since enrolled`, `… since entered`. */
  | { kind: 'since'; duration: DurationLiteral; anchor: Anchor; span: Span }
  /** `judged "…" at 0.8`: the agent's judgement with evidence. */
  | { kind: 'judged'; criterion: TextLiteral; at: number; span: Span };

export type BinaryOperator = 'and' | 'or' | '=' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/';

export type Anchor =
  | { kind: 'enrolled'; span: Span }
  | { kind: 'entered'; span: Span }
  | { kind: 'changed'; field: Name; span: Span }
  | { kind: 'moment'; of: Expr; span: Span };

/** `runs.minutes where completed, this visit`; `last 3 of fbg`; `runs in last 7 days`. */
export type Selection = {
  series: Name;
  field?: Name;
  where?: Expr;
  /** The newest `n` entries, after `where` and the window. */
  last?: number;
  window?:
    | { kind: 'visit'; span: Span }
    | { kind: 'last'; duration: DurationLiteral; span: Span }
    | { kind: 'calendar'; period: 'day' | 'week' | 'month'; span: Span };
  span: Span;
};

// ---------------------------------------------------------------- scenarios

export type Scenario = {
  kind: 'scenario';
  title: TextLiteral;
  program: Name;
  steps: ScenarioStep[];
  span: Span;
};

/** A moment in a scenario: a date, a weekday (the next one), or `day 3` counted from the start as day 1. */
export type ScenarioMoment = {
  weekday?: Weekday;
  date?: DateLiteral;
  day?: number;
  at?: TimeLiteral;
  span: Span;
};

export type ScenarioStep =
  /** `start mon 2026-01-05 09:00 in "Europe/London" [at training] [with week = 5]`. */
  | { kind: 'start'; moment: ScenarioMoment; zone?: TextLiteral; at?: Name; with: Assignment[]; span: Span }
  /** `each of mon, wed, fri at 07:30  runs { … }`: on the next such days, in order. */
  | { kind: 'each'; days: Weekday[]; at: TimeLiteral; deed: Deed; span: Span }
  /** `day 3 at 07:30  runs { … }`, `on wed at 07:30  they say "workout"`. */
  | { kind: 'on'; moment: ScenarioMoment; deed: Deed; span: Span }
  /** A deed now, without moving the clock. */
  | { kind: 'deed'; deed: Deed; span: Span }
  | { kind: 'wait'; duration: DurationLiteral; span: Span }
  /** `wait until day 33 at 12:00`. */
  | { kind: 'wait-until'; moment: ScenarioMoment; span: Span }
  | { kind: 'expect'; expectations: Expectation[]; span: Span };

export type Deed =
  | { kind: 'record'; series: Name; fields: Assignment[]; span: Span }
  | { kind: 'says'; text: TextLiteral; span: Span }
  | { kind: 'answers'; value: Expr; span: Span }
  /** `agent says "…"`, `agent sets why = "…"`, `agent judges "…" 0.9 quoting "…"`: used by the next agent run. */
  | { kind: 'agent-says'; text: TextLiteral; span: Span }
  | { kind: 'agent-sets'; fields: Assignment[]; span: Span }
  | {
      kind: 'agent-judges';
      criterion: TextLiteral;
      holds: boolean;
      confidence: number;
      quotes: TextLiteral[];
      span: Span;
    };

export type Expectation =
  /** `stage training`. */
  | { kind: 'stage'; stage: Name; span: Span }
  /** `left as lost`. */
  | { kind: 'left'; as: Name; span: Span }
  /** `escalated to nurse`: since the start. */
  | { kind: 'escalated'; to: Name; span: Span }
  /** `nudges = 2`, `messages = 3`, `reviews >= 1`: counted since the start. */
  | { kind: 'count'; of: 'nudges' | 'messages' | 'reviews'; operator: BinaryOperator; value: number; span: Span }
  /** `message "Rest"`: since the previous expect, a message contains this. `no message "…"`, `no message`. */
  | { kind: 'message'; contains?: TextLiteral; negated: boolean; span: Span }
  /** `no message between 21:00 and 08:00`: since the start. */
  | { kind: 'no-message-between'; from: TimeLiteral; to: TimeLiteral; span: Span }
  /** Anything else is a condition over the person's data: `week = 2`, `done = 1`. */
  | { kind: 'condition'; condition: Expr; span: Span };
