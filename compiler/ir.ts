/**
 * The intermediate representation: a checked program as plain JSON, versioned.
 *
 * `lower` makes it, and everything after reads it: the XState machine (`emit`), the runtime's
 * step, the stage graph, *why not*, the agent's tools. It holds no functions and no types of the
 * checker; names are resolved; every rule has a stable id. Published versions are stored in this
 * form, so a change of shape raises `irVersion`.
 */
import type { DurationUnit, Span, Weekday } from '../language/ast.ts';

export const irVersion = 2;

/**
 * Stages with their rules: the program itself, a track, or what each item of a list goes through.
 * A track's or a list's stages carry their flow in their ids (`diary.morning/check-1`), never in their names.
 */
export type Flow = {
  name: string;
  /** Rules of `anytime`: they precede the stage's own. */
  anytime: Rule[];
  stages: Record<string, Stage>;
  /** In the order of the text; the first is where people (or items) start. */
  stageOrder: string[];
  initial: string;
  /** Names people can leave under, from every `leave as` in this flow. Leaving ends the whole enrollment. */
  exits: string[];
};

/** The program; it is its own main flow. */
export type Ir = {
  irVersion: typeof irVersion;
  name: string;
  title: string;
  about: string;
  /** Which contacts are enrolled by themselves; the others wait for an operator (`ask`) or are refused. */
  enroll: { verified: boolean; domain?: string; others: 'ask' | 'refuse' };
  /** Absent: a person who has left cannot come back by themselves. */
  reenter?: { after: Length; keeping: string[] };
  /** The field of `data` whose value the people of a cohort share; absent: everybody in the program is one cohort. */
  cohort?: string;
  /** IANA zone used where the person's own is not known, or always when `theirs` is false. */
  zone: { theirs: boolean; fallback: string };
  /** Minutes after midnight, the person's time. `from` may be later than `to` (over midnight). */
  quiet?: { from: number; to: number };
  budget?: { usdPerMonth: number };
  /** The type of agent that talks. */
  agent: string;
  roles: string[];
  services: string[];
  ladders: Record<string, { name: string; rungs: { to: string; for?: Length }[]; span: Span }>;
  /** Holiday calendars by name; dates as `2026-05-25`. */
  calendars: Record<string, { name: string; weekend: Weekday[]; days: Record<string, string> }>;
  /** Of what Regimen starts by itself, for one person. */
  messagesAtMost?: { perDay?: number; perWeek?: number; apart?: Duration };
  data: Record<string, DataField>;
  series: Record<string, Series>;
  tables: Record<string, Table>;
  /**
   * By id: the name for the program's own, `stage/name` for a stage's, `track.stage/name` and `track./name` in a track
   * or list.
   */
  lets: Record<string, Let>;
  /** The judged criteria of the whole program, by id. */
  criteria: Record<
    string,
    { id: string; text: string; stage: string; atLeast: number; atMost?: number; otherwise?: boolean }
  >;
  /** Questions that an `ask` in a body asks, by id; those of a stage stand in the stage. */
  asks: Record<string, Question>;
  /** What somebody must approve, by id. */
  proposals: Record<string, Proposal>;
  tracks: Record<string, Track>;
  lists: Record<string, List>;
  /** What a `migrate` block says about people inside an earlier version, by its number. */
  migrations: Record<string, Migration>;
  /** Rules of `anytime`: they precede the stage's own. */
  anytime: Rule[];
  stages: Record<string, Stage>;
  /** In the order of the text; the first is where people start. */
  stageOrder: string[];
  initial: string;
  /** Names people can leave under, from every `leave as`. */
  exits: string[];
};

export type Track = Flow & {
  title: string;
  /** Begins when this turns to holding (again after its end); absent: at enrollment. */
  when?: Expr;
  source: string;
  span: Span;
};

/** A list's items each go through its flow. Without a key, items are numbered. */
export type List = Flow & {
  title: string;
  /** What one item is called: `task` of `tasks`. */
  singular: string;
  /** The field that names an item; adding a second item of that name changes nothing. */
  key?: string;
  fields: Record<string, DataField>;
  starts: Record<string, Expr>[];
  span: Span;
};

/**
 * A change that waits for somebody's word. An approved field is set by the runtime; then the rules
 * with the trigger `decided` are taken. `otherwise` is done when nobody has decided in time.
 */
export type Proposal = {
  id: string;
  by: string;
  within?: Length;
  otherwise: Effect[];
  /** The field of `data` (or of the item) it would set; absent: a move. */
  field?: string;
  /** The author's words for what is proposed. */
  source: string;
  span: Span;
};

export type Migration = {
  from: number;
  stages: Record<string, string>;
  fields: Record<string, string>;
  series: Record<string, string>;
  lists: Record<string, string>;
  tracks: Record<string, string>;
  drop: string[];
  set: { field: string; value: Expr }[];
};

/** `calendar` of business days: holidays by name, or the field that holds such a name; absent: Monday to Friday. */
export type Duration = { amount: number; unit: DurationUnit; calendar?: { name: string } | { field: string } };

/** A length of time, written out or to be evaluated (told apart by `op`). A missing one is never over. */
export type Length = Duration | Expr;

export type ValueType =
  | { kind: 'number'; unit?: string; min?: number; max?: number }
  | { kind: 'text' }
  | { kind: 'yes-no' }
  | { kind: 'date' }
  | { kind: 'time' }
  | { kind: 'moment' }
  | { kind: 'duration' }
  /** A role of the program is a choice over its roles. */
  | { kind: 'choice'; options: string[] };

export type DataField = {
  name: string;
  type: ValueType;
  optional: boolean;
  /** Null: missing until somebody sets it. */
  initial: Value;
  agentMaySet: boolean;
  /** Roles and services that may set it. */
  maySet: string[];
  personal: boolean;
  /** A value the program cannot change: one for the workspace, or one for each person. */
  parameter?: 'workspace' | 'person';
  span: Span;
};

export type Series = {
  name: string;
  /** What one entry is called: `run` of `runs`. */
  singular: string;
  /** Fields of an entry. A plain series (`series number kg`) has the one field `value`. */
  fields: Record<string, { name: string; type: ValueType; optional: boolean }>;
  agentMayRecord: boolean;
  /** Roles and services that may record. */
  mayRecord: string[];
  personal: boolean;
  /** One entry for the whole cohort. */
  shared: boolean;
  /** A second entry with the same value of this field changes nothing (the row says so: `repeated`). */
  oncePer?: string;
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
  protected: boolean;
  skill?: string;
  review?: { cadence: Cadence; spreadMinutes: number; span: Span };
  nudges: Nudge[];
  questions: Question[];
  /** `escalate to nurse after 30 days` in the stage. */
  escalations: { id: string; after: Length; to: string; span: Span }[];
  /** What happens on entry, after the transition's own assignments. */
  entry: Effect[];
  /** In order of precedence. */
  rules: Rule[];
  span: Span;
};

/** Minutes after midnight, or an expression of a time of day; a missing one never comes. */
export type TimeOfDay = number | Expr;

/** When reviews and checks fall, in the person's zone. Several times of a day are in the order of the text. */
export type Cadence =
  | { kind: 'on-days'; days: Weekday[]; at: TimeOfDay[] }
  /** Counted in calendar days from the start of the visit. */
  | { kind: 'every'; days: number; at: TimeOfDay[] }
  /** Every so many weeks on these days, counted from the week in which the visit began. */
  | { kind: 'weeks'; every: number; days: Weekday[]; at: TimeOfDay[] }
  /** Exact hours or minutes, counted from the start of the visit. */
  | { kind: 'interval'; minutes: number }
  /** Days of the month (-1 is the last; one that a month lacks is its last), or the nth weekday of it. */
  | { kind: 'monthly'; days: number[]; at: TimeOfDay[] }
  | { kind: 'monthly-weekday'; nth: number; day: Weekday; at: TimeOfDay[] }
  /**
   * Every so many months, counted from the month in which the visit began: on these days of the month, on the
   * nth weekday, or where neither is there, on the day of the month on which it began.
   */
  | { kind: 'months'; every: number; days?: number[]; nth?: number; day?: Weekday; at: TimeOfDay[] }
  | { kind: 'business-days'; calendar?: { name: string } | { field: string }; at: TimeOfDay[] }
  /** So many times on each of these days (rounded down, at most 48), evenly between the two, the first at `from`. */
  | { kind: 'spaced'; days: Weekday[]; times: Expr; from: TimeOfDay; to: TimeOfDay };

export type Nudge = {
  id: string;
  /** Silence of this length, or absence of entries of `without`; each further nudge after as much again. */
  after: Length;
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
  /** The role that is asked; absent: the person. */
  to?: string;
  within?: Length;
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
    /**
     * Once, each time the condition turns from not holding to holding. With `once`, never again in this
     * visit (in `anytime`: in this enrollment). `of`: what turns, where the rule is one of several ways
     * through a body; the rule's own condition then only says which way is taken.
     */
    | { kind: 'becomes'; once?: true; of?: Expr }
    /** At each moment of the cadence while the visit lasts. */
    | { kind: 'cadence'; cadence: Cadence }
    /**
     * When the moment (a date counts from its first moment) is reached. One that has passed when the
     * visit begins is passed over; one that moves on after it was reached is reached again, unless `once`.
     */
    | { kind: 'reached'; at: Expr; once?: true }
    /** Somebody has approved or refused the proposal. */
    | { kind: 'decided'; proposal: string; approved: boolean }
    /** The person's message is one of these words (compared without case and outer spaces and punctuation). */
    | { kind: 'command'; words: string[]; argument?: ValueType }
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
  /** `item`: a field of the item at hand. A value that is missing clears an optional field. */
  | { kind: 'set'; field: string; value: Expr; item?: true }
  | { kind: 'record'; series: string; fields: Record<string, Expr> }
  /** `now`: neither quiet hours nor caps hold it back. */
  | { kind: 'say'; text: Text; now?: true }
  | { kind: 'say-with-skill'; skill: string }
  /** Each time the next of the texts; the count is kept by id for the whole enrollment. */
  | { kind: 'say-in-turn'; id: string; texts: Text[] }
  /** `to`: a role or a ladder. */
  | { kind: 'escalate'; to: Recipient; text?: Text }
  | { kind: 'tell'; to: Recipient; text: Text }
  /** A document: a letter, a report, a notice. */
  | { kind: 'output'; name: string; to: Recipient; text: Text }
  /** `service.action(fields)`, outside; what comes of it comes back as entries the service records. */
  | { kind: 'call'; service: string; action: string; fields: Record<string, Expr> }
  | { kind: 'ask'; question: string }
  /** Proposes; nothing where the same proposal is already open for this thread. */
  | { kind: 'propose'; proposal: string; value?: Expr }
  | { kind: 'add'; list: string; fields: Record<string, Expr> }
  /** Once for each item, in the order they were added, each with the item at hand. */
  | { kind: 'each'; list: string; where?: Expr; effects: Effect[] };

/** A role, `participant`, `cohort`, or an expression of a role's name; missing: nobody. */
export type Recipient = string | Expr;

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
  | { entry: Record<string, Value>; at: number; day?: string };

export type Comparison = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type AggregateName =
  | 'count'
  | 'sum'
  | 'mean'
  | 'min'
  | 'max'
  | 'latest'
  | 'first'
  /** How many of the newest selected in a row satisfy `ofThose` (all, where there is none). */
  | 'streak'
  /** On how many different local days there is one. */
  | 'days'
  /** The longest run of whole local days without one, from the start of the window to yesterday. */
  | 'gap';
export type FunctionName =
  /** Of numbers, dates, moments, times or durations. */
  | 'min'
  | 'max'
  | 'clamp'
  | 'round'
  | 'floor'
  | 'ceil'
  | 'abs'
  /** The remainder, with the sign of the divisor. */
  | 'mod'
  /** Of a date: `mon` …, 1 to 31, 1 to 12, the year. */
  | 'weekday'
  | 'day_of_month'
  | 'month_of'
  | 'year_of'
  /** Whether a date is a business day: `business_day(today, berlin)`. */
  | 'business_day';

/**
 * An expression. Comparing or calculating with a missing value gives missing; as a condition, missing does not hold.
 */
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
  /**
   * Also: date - date and moment - moment (a duration), duration ± duration, duration * number, duration / number,
   * duration / duration (a number).
   */
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
  /**
   * No entry (matching `where`) for this long: since the newest, or since the start of the visit (in `anytime`: of the
   * enrollment).
   */
  | { op: 'absence'; series: string; where?: Expr; duration: Length; scope: 'visit' | 'enrollment' }
  /**
   * Nothing heard from the person for this long, in the same sense. In `leave` (scope `stage`) all
   * visits in a row of the stage count as one: a week started again does not make anybody less silent.
   */
  | { op: 'silence'; duration: Length; scope: 'visit' | 'stage' | 'enrollment' }
  /** This long has passed since the anchor; does not hold while the anchor never happened. */
  | { op: 'since'; duration: Length; anchor: Anchor }
  | { op: 'judged'; criterion: string }
  | { op: 'lookup'; table: string; keys: Expr[] }
  /** A field of the item at hand: in a list's flow, in `each`, and in `where` over a list. */
  | { op: 'item'; field: string }
  /** The item of that key as an entry (its fields, and `stage`), or missing. */
  | { op: 'item-of'; list: string; key: Expr }
  /** A let of a list, as the item of that key sees it; only in what a scenario expects. */
  | { op: 'let-of'; id: string; list: string; key: Expr }
  /**
   * The name of the stage: of the flow at hand (`own`), of the program, of a track (the last one where it has ended);
   * missing where it has not begun.
   */
  | { op: 'stage'; of: 'own' | 'program' | { track: string } }
  /** What followed the word of the command at hand. */
  | { op: 'argument' }
  /** The moment of enrollment; the moment the present visit began (interruptions moved out of the way). */
  | { op: 'enrolled' }
  | { op: 'entered' }
  /** The moment at which the entry at hand occurred. */
  | { op: 'occurred' }
  /** The first way whose condition holds; missing where none does. */
  | { op: 'choose'; ways: { when?: Expr; value: Expr }[] }
  /** A moment of that day, in the person's zone. */
  | { op: 'at-time'; date: Expr; time: Expr }
);

export type Anchor =
  | { kind: 'enrolled' }
  | { kind: 'entered' }
  | { kind: 'changed'; field: string }
  | { kind: 'moment'; of: Expr };

export type Selection = {
  /** A series, or (`list`) a list, whose items are then the entries, with `stage` among their fields. */
  series: string;
  list?: true;
  field?: string;
  where?: Expr;
  last?: number;
  window?:
    | { kind: 'visit' }
    | { kind: 'last'; duration: Length }
    | { kind: 'calendar'; period: 'day' | 'week' | 'month' | 'year' }
    | { kind: 'since'; anchor: Anchor };
  /** Asked of what was selected: after `where`, the window and `last`. */
  ofThose?: Expr;
};
