/**
 * The tree of a Regimen file, as the author wrote it: nothing resolved, nothing checked.
 *
 * Comes from `parse` (text → tokens → CST → this). Names are still words; units are still
 * unconverted; every node carries the offsets it came from. The compiler's `check` turns it
 * into a checked program. A file full of mistakes still gives a tree: parts that could not be
 * read are absent (lists are shorter) or `undefined` where the type says so.
 */

/**
 * Offsets into the source text, in UTF-16 code units; `end` is exclusive. `file` is the path of
 * another file where the words stand: a fragment that was brought in with `import` and `use`.
 */
export type Span = { start: number; end: number; file?: string };

/** A word the author chose or referred to. */
export type Name = { text: string; span: Span };

/** One `.regimen` or `.scenario` file: both kinds of declaration may stand in either. */
export type SourceFile = {
  imports: Import[];
  fragments: Fragment[];
  programs: Program[];
  scenarios: Scenario[];
  span: Span;
};

/** `import quiet_nights, clinical from "./shared.regimen"`: names of fragments in another file. */
export type Import = { kind: 'import'; names: Name[]; from: TextLiteral; span: Span };

/** `fragment quiet_nights { … }`: items written once, put where `use quiet_nights` stands. */
export type Fragment = { kind: 'fragment'; name: Name; items: (ProgramItem | StageItem)[]; span: Span };

/** `use quiet_nights`, in a program, a stage, a track or a list. */
export type Use = { kind: 'use'; name: Name; span: Span };

// ---------------------------------------------------------------- programs

export type Program = { kind: 'program'; name: Name; title?: TextLiteral; items: ProgramItem[]; span: Span };

export type ProgramItem =
  | { kind: 'about'; text: TextLiteral; span: Span }
  | EnrollPolicy
  | { kind: 'reenter'; after?: Length; keeping: Name[]; span: Span }
  /** `cohort by group`: people with the same value of this field belong together. */
  | { kind: 'cohort'; by: Name; span: Span }
  /** `timezone theirs else "Europe/London"` or `timezone "Europe/London"`. */
  | { kind: 'timezone'; theirs: boolean; fallback: TextLiteral; span: Span }
  | { kind: 'quiet'; from: TimeLiteral; to: TimeLiteral; span: Span }
  /** `budget $0.40 per month`, for each person. */
  | { kind: 'budget'; usd: number; per: 'month'; span: Span }
  | { kind: 'agent'; name: Name; span: Span }
  /** `skill companion`: of every stage that names none. */
  | { kind: 'skill'; name: Name; span: Span }
  | { kind: 'roles'; names: Name[]; span: Span }
  /** `services billing, crm`: systems outside that may record, and that can be called. */
  | { kind: 'services'; names: Name[]; span: Span }
  /** `messages at most 5 per day, 20 per week, 2h apart`: of what Regimen starts by itself. */
  | { kind: 'messages'; perDay?: number; perWeek?: number; apart?: DurationLiteral; span: Span }
  | Ladder
  | Holidays
  | { kind: 'parameters'; fields: Field[]; unread?: Name[]; span: Span }
  | Bands
  | Window
  | Track
  | List
  | Migrate
  | Use
  /** `unread`: names of fields whose type could not be read. */
  | { kind: 'data'; fields: Field[]; unread?: Name[]; span: Span }
  | Table
  | Let
  | { kind: 'anytime'; items: Rule[]; span: Span }
  | Stage;

/** `ladder clinical { nurse for 4h then lead for 1 day then operator }`: who is told next while nobody acknowledges. */
export type Ladder = { kind: 'ladder'; name: Name; rungs: { to: Name; for?: Length; span: Span }[]; span: Span };

/** `holidays berlin { 2026-05-25 "Whit Monday" 2026-12-25 }`; `holidays gulf, weekend fri, sat { … }`. */
export type Holidays = {
  kind: 'holidays';
  name: Name;
  /** Empty: Saturday and Sunday. */
  weekend: Weekday[];
  days: { date: DateLiteral; title?: TextLiteral; span: Span }[];
  span: Span;
};

/**
 * `bands change by recent { at least 180 : +4 units  under 80 : -2 units }`, or without `by`, rows of
 * conditions: `bands step { when lift = "deadlift" : 5 kg  otherwise : 2.5 kg }`. The first row that fits counts.
 */
export type Bands = { kind: 'bands'; name: Name; by?: Expr; rows: Band[]; span: Span };

export type Band = {
  /** `range`: bounds with whether they belong to it; `missing`: the value by which is missing. */
  fits:
    | { kind: 'range'; from?: { value: Expr; inclusive: boolean }; to?: { value: Expr; inclusive: boolean } }
    | { kind: 'is'; value: Expr }
    | { kind: 'when'; condition: Expr }
    | { kind: 'missing' }
    | { kind: 'otherwise' };
  value: Expr;
  span: Span;
};

/** `window second = v1 + 19 days to v1 + 23 days`: days from the first to the last, both included. */
export type Window = { kind: 'window'; name: Name; from: Expr; to: Expr; span: Span };

/** `track diary "Diary" when in_diary_period { … }`: stages that run beside the others in one enrollment. */
export type Track = {
  kind: 'track';
  name: Name;
  title?: TextLiteral;
  /** Begins when this turns to holding; without it, at enrollment. */
  when?: Expr;
  items: FlowItem[];
  span: Span;
};

/**
 * `list lifts by name { data { … } starts with { name: "squat" } stage … }`: things of a person, each in stages of its
 * own.
 */
export type List = {
  kind: 'list';
  name: Name;
  title?: TextLiteral;
  key?: Name;
  fields: Field[];
  unread?: Name[];
  /** Items that are there from enrollment. */
  starts: { fields: Assignment[]; span: Span }[];
  items: FlowItem[];
  span: Span;
};

/** What stands in a track or a list. */
export type FlowItem = Let | Bands | Window | { kind: 'anytime'; items: Rule[]; span: Span } | Stage | Use;

/** `migrate from 3 { stage intro becomes intake  field why becomes reason  drop mood  set week = 1 }`. */
export type Migrate = {
  kind: 'migrate';
  from: number;
  steps: (
    | { kind: 'becomes'; what: 'stage' | 'field' | 'series' | 'list' | 'track'; old: Name; new: Name; span: Span }
    | { kind: 'drop'; name: Name; span: Span }
    | { kind: 'set'; name: Name; value: Expr; span: Span }
  )[];
  span: Span;
};
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
  /** `nurse, billing may set`: roles and services; the agent among them stands in `agentMay` too. */
  othersMay?: { who: Name[]; verb: 'set' | 'record'; span: Span };
  /** `personal`: must not reach a group or a service unless the program says so. */
  personal?: Span;
  /** `shared`: one entry for the whole cohort. */
  shared?: Span;
  /** `once per id`: of a series, a second entry with the same value of this field changes nothing. */
  oncePer?: Name;
  /** Of a parameter: `per person`; otherwise one value for the workspace. */
  perPerson?: Span;
  span: Span;
};

export type TypeNode =
  | { kind: 'number'; unit?: Name; min?: number; max?: number; span: Span }
  | { kind: 'text'; span: Span }
  | { kind: 'yes-no'; span: Span }
  | { kind: 'date'; span: Span }
  | { kind: 'time'; span: Span }
  | { kind: 'moment'; span: Span }
  | { kind: 'duration'; span: Span }
  /** One of the roles of the program. */
  | { kind: 'role'; span: Span }
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
  /** `protected stage`: entered only by what the agent cannot write. */
  protected?: Span;
  items: StageItem[];
  span: Span;
};

export type StageItem =
  | { kind: 'skill'; name: Name; span: Span }
  | { kind: 'review'; cadence: Cadence; spread?: DurationLiteral; span: Span }
  /** `nudge after 4 days without runs, at most 2 times`; `of` is undefined for silence. */
  | { kind: 'nudge'; after: Length; without?: Name; atMost?: number; span: Span }
  | Ask
  | Let
  | Bands
  | Window
  | Rule
  | { kind: 'escalate'; to: Name; after: Length; span: Span }
  | Use
  /** Actions written straight into the stage happen when it is entered. */
  | Action;

/** `ask "…" (yes | no) as heart, within 2 days else escalate to nurse`; `ask nurse "…" …`. An action too. */
export type Ask = {
  kind: 'ask';
  /** A role; without it, the participant. */
  to?: Name;
  text: TextLiteral;
  answer: TypeNode;
  as: Name;
  within?: Length;
  /** What happens when nobody answers in time: `else escalate to nurse`. */
  otherwise: Action[];
  span: Span;
};

export type Weekday = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun';

/** When reviews and checks fall, in the person's own time zone. */
export type Cadence = {
  /**
   * `daily`, `mon, wed, fri`, `weekly`, `every 3 days`, `every 4h`, `every 2 weeks on thu`,
   * `monthly on 1`, `monthly on last`, `monthly on second thu`, `every 3 months on 1`, `business days in berlin`.
   */
  kind: 'daily' | 'weekdays' | 'weekly' | 'every' | 'monthly' | 'business-days';
  days: Weekday[];
  /**
   * The length between two, for `every`: days, weeks (with or without `days`), hours or minutes; for `monthly`: months.
   */
  every?: DurationLiteral;
  /**
   * For `monthly`: days of the month, -1 is the last; or the nth (1 to 5, -1 the last) of `days[0]`. Neither: the
   * day of the month on which the visit began.
   */
  monthDays?: number[];
  nth?: number;
  calendar?: Name;
  /** `at 09:00, 14:00`; each a time or an expression of one. */
  at: Expr[];
  /** `3 times between 09:00 and 21:00`, spaced evenly, the first at the beginning. */
  spaced?: { times: Expr; from: Expr; to: Expr };
  span: Span;
};

/** What makes something happen: in a stage or in `anytime`. */
export type Rule =
  /** `command "date" (date) as new_date { … }`: what follows the word is the argument. */
  | {
      kind: 'command';
      words: TextLiteral[];
      argument?: { type: TypeNode; as: Name; span: Span };
      body: Action[];
      span: Span;
    }
  | { kind: 'on'; series: Name; where?: Expr; body: Action[]; span: Span }
  /** `when x { … }`, `when x, once { … }`. */
  | { kind: 'when'; condition: Expr; once?: Span; body: Action[]; span: Span }
  /** `check daily at 07:00 { … }`. */
  | { kind: 'check'; cadence: Cadence; body: Action[]; span: Span }
  /**
   * `at due - 1 day at 09:00 { … }`: when the moment is reached; one that lies behind when the stage is entered is
   * passed over.
   */
  | { kind: 'at'; moment: Expr; once?: Span; body: Action[]; span: Span }
  /** `pause while travelling`: all timers of the stage stand still. */
  | { kind: 'pause'; condition: Expr; span: Span }
  | Transition;

/** `approved by clinician within 1 day else escalate to lead, refused { … }`. */
export type Approval = {
  by: Name;
  within?: Length;
  /** When nobody has decided in time. */
  otherwise: Action[];
  refused: Action[];
  span: Span;
};

/** `advance to graduated with week = 9 when …`, `leave as lost after 21 days of silence`. */
export type Transition = {
  kind: 'transition';
  direction: 'advance' | 'return' | 'leave' | 'resume';
  to?: Name;
  /** The name a person leaves under. */
  as?: Name;
  with: Assignment[];
  when?: Expr;
  after?: { duration: Length; silence: boolean; span: Span };
  approved?: Approval;
  span: Span;
};

export type Assignment = { name: Name; value: Expr; span: Span };

export type Action =
  /** `say now "…"`: at once, whatever the hour; for what cannot wait. */
  | { kind: 'say'; text: TextLiteral; now?: Span; span: Span }
  /** `say in turn "…", "…"`: one after the other, each time the next. */
  | { kind: 'say-in-turn'; texts: TextLiteral[]; span: Span }
  /** `tell nurse "…"`; also a field that holds a role, or `cohort`. */
  | { kind: 'tell'; to: Name; text: TextLiteral; span: Span }
  /** `send report to lead "…"`: a document with a name; `to participant` for the person. */
  | { kind: 'send'; what: Name; to: Name; text: TextLiteral; span: Span }
  /** `call billing charge { amount: fee }`. */
  | { kind: 'call'; service: Name; action: Name; fields: Assignment[]; span: Span }
  /** `propose dose = dose + 2 approved by clinician within 1 day else escalate to lead`. */
  | { kind: 'propose'; name: Name; value: Expr; approved: Approval; span: Span }
  | Ask
  /** `add tasks { title: "…" }`. */
  | { kind: 'add'; list: Name; fields: Assignment[]; span: Span }
  /** `each tasks where not done { tell owner "…" }`. */
  | { kind: 'each'; list: Name; where?: Expr; body: Action[]; span: Span }
  /** `clear why`: missing again. */
  | { kind: 'clear'; name: Name; span: Span }
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

export type DurationUnit = 'minutes' | 'hours' | 'days' | 'weeks' | 'months' | 'years' | 'business-days';

/** `14 days`, `2h`, `30 min`, `4 business days in berlin`. Days and longer are calendar units in the person's zone. */
export type DurationLiteral = {
  kind: 'duration';
  amount: number;
  unit: DurationUnit;
  /** Of business days: holidays by name, or a field that holds such a name. */
  calendar?: Name;
  span: Span;
};

/** A length of time: nearly always written out, but also a name, a lookup, or an expression in parentheses. */
export type Length = Expr;

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
  | { kind: 'absence'; series: Name; where?: Expr; duration: Length; span: Span }
  /** `14 days of silence`. */
  | { kind: 'silence'; duration: Length; span: Span }
  /** `last run`: the newest entry of a series, or missing. */
  | { kind: 'last'; series: Name; span: Span }
  /** `last run was today or yesterday`. */
  | { kind: 'last-was'; series: Name; days: ('today' | 'yesterday')[]; span: Span }
  /** `day of last run`: the date of a moment, in the person's zone. */
  | { kind: 'day-of'; of: Expr; span: Span }
  /** `3 days since dose changed`, `60 days since last run`, `2 weeks since enrolled`, `… since entered`. */
  | { kind: 'since'; duration: Length; anchor: Anchor; span: Span }
  /** `judged "…" at 0.8`: the agent's judgement with evidence. */
  | {
      kind: 'judged';
      criterion: TextLiteral;
      at: number;
      /** `, at most 5 times else no`: after so many judgements that do not hold, this is the answer. */
      atMost?: number;
      otherwise?: Expr;
      span: Span;
    }
  /** `stage`, `stage of diary`: the name of the stage the person (or the item at hand) is in. */
  | { kind: 'stage-of'; track?: Name; span: Span }
  /** `quit_date at 09:00`: a moment of that day. */
  | { kind: 'at-time'; date: Expr; time: Expr; span: Span }
  /** `today in second`: whether a day lies in a window. */
  | { kind: 'in-window'; of: Expr; window: Name; span: Span }
  /** `enrolled`, `entered`: the moment of it. */
  | { kind: 'enrolled'; span: Span }
  | { kind: 'entered'; span: Span }
  /** `occurred`: when the entry at hand happened. */
  | { kind: 'occurred'; span: Span };

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
    | { kind: 'last'; duration: Length; span: Span }
    | { kind: 'calendar'; period: 'day' | 'week' | 'month' | 'year'; span: Span }
    /** `since dose changed`, `since entered`, `since phase_start`. */
    | { kind: 'since'; anchor: Anchor; span: Span };
  /** `last 6 of sessions, of those where missed`: asked of what was selected. */
  ofThose?: Expr;
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
  | {
      kind: 'each';
      /** All seven for `each day`. */
      days: Weekday[];
      at: TimeLiteral;
      /** `, 20 times`: the first twenty such days; without it, each day once. */
      times?: number;
      deed: Deed;
      span: Span;
    }
  /** `day 3 at 07:30  runs { … }`, `on wed at 07:30  they say "workout"`. */
  | { kind: 'on'; moment: ScenarioMoment; deed: Deed; span: Span }
  /** A deed now, without moving the clock. */
  | { kind: 'deed'; deed: Deed; span: Span }
  | { kind: 'wait'; duration: DurationLiteral; span: Span }
  /** `wait until day 33 at 12:00`. */
  | { kind: 'wait-until'; moment: ScenarioMoment; span: Span }
  | { kind: 'expect'; expectations: Expectation[]; span: Span };

/** `author approves, refused`: the deed must be refused; what the program does not let them do is then no mistake. */
export type Deed = {
  refused?: Span;
} /** By the person; or `nurse records …`, `billing records …`, `cohort records …`. `of day 23 at 08:00`: when it occurred. */ & (
  | { kind: 'record'; by?: Name; series: Name; fields: Assignment[]; occurred?: ScenarioMoment; span: Span }
  /** `nurse corrects doses of day 23 { taken: yes }`, `nurse retracts doses of day 23`; without a name, the person. */
  | { kind: 'correct'; by?: Name; series: Name; of: ScenarioMoment; fields?: Assignment[]; span: Span }
  /** `nurse sets smear = negative`. `list` and `key`: `nurse sets tasks["Laptop"] done = yes`. */
  | { kind: 'sets'; by: Name; item?: { list: Name; key: Expr }; fields: Assignment[]; span: Span }
  /** `manager adds tasks { title: "…" }`. */
  | { kind: 'adds'; by: Name; list: Name; fields: Assignment[]; span: Span }
  /** `clinician approves`, `clinician approves dose = 14`, `clinician refuses`. */
  | { kind: 'decides'; by: Name; approve: boolean; fields: Assignment[]; span: Span }
  /** `nurse answers 5`: the question the role was asked. */
  | { kind: 'role-answers'; by: Name; value: Expr; span: Span }
  /** `nurse acknowledges`: the newest open escalation. */
  | { kind: 'acknowledges'; by: Name; span: Span }
  /** `cohort tells "…"`: another one's program told the whole cohort. */
  | { kind: 'tells'; by: Name; text: TextLiteral; span: Span }
  /** `they move to "Asia/Tokyo"`. */
  | { kind: 'moves'; zone: TextLiteral; span: Span }
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
    }
);

export type Expectation =
  /** `stage training`. */
  | { kind: 'stage'; stage: Name; span: Span }
  /** `left as lost`. */
  | { kind: 'left'; as: Name; span: Span }
  /** `escalated to nurse`, `escalated to nurse "190"`, `not escalated to lead`: since the start. */
  | { kind: 'escalated'; to: Name; contains?: TextLiteral; negated: boolean; span: Span }
  /** `nudges = 2`, `messages = 3`, `reviews >= 1`: counted since the start. */
  | {
      kind: 'count';
      of: 'nudges' | 'messages' | 'reviews' | 'escalations' | 'proposals';
      /** `messages today = 5`, `messages this week <= 3`. */
      within?: 'day' | 'week';
      operator: BinaryOperator;
      value: number;
      span: Span;
    }
  /**
   * Since the previous expect: `told nurse "…"`, `sent report to lead`, `called billing charge`, `proposed dose = 14`;
   * with `not` or `no` before.
   */
  | { kind: 'told'; to: Name; contains?: TextLiteral; negated: boolean; span: Span }
  | { kind: 'sent'; what: Name; to?: Name; contains?: TextLiteral; negated: boolean; span: Span }
  | { kind: 'called'; service: Name; action?: Name; negated: boolean; span: Span }
  | { kind: 'proposed'; what?: Name; value?: Expr; negated: boolean; span: Span }
  /** `asked "…"`, `asked nurse "…"`. */
  | { kind: 'asked'; to?: Name; contains?: TextLiteral; negated: boolean; span: Span }
  /** `message "Rest"`: since the previous expect, a message contains this. `no message "…"`, `no message`. */
  | { kind: 'message'; contains?: TextLiteral; negated: boolean; span: Span }
  /** `no message between 21:00 and 08:00`: since the start. */
  | { kind: 'no-message-between'; from: TimeLiteral; to: TimeLiteral; span: Span }
  /** Anything else is a condition over the person's data: `week = 2`, `done = 1`. */
  | { kind: 'condition'; condition: Expr; span: Span };
