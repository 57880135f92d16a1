/**
 * The published shape of the IR: a JSON Schema (draft 2020-12), as strict as `ir.ts`.
 *
 * `ir.ts` says what each part means; this says what is allowed, for readers in other languages. Nothing
 * may be added, nothing left out. A test derives a type from this schema and holds it against the types
 * of `ir.ts`, so that neither can change without the other; `docs/ir.schema.json` is this as a file.
 */
import { irVersion } from './ir.ts';

const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const flag = { type: 'boolean' } as const;
const count = { type: 'integer', minimum: 0 } as const;
const positive = { type: 'integer', minimum: 1 } as const;
/** From the end where it is negative: -1 is the last. */
const dayOfMonth = { type: 'integer', minimum: -31, maximum: 31 } as const;
/** Minutes after midnight. */
const minutes = { type: 'integer', minimum: 0, maximum: 1439 } as const;
const amount = { type: 'number', minimum: 0 } as const;
const confidence = { type: 'number', minimum: 0, maximum: 1 } as const;
const weekday = { enum: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] } as const;
const texts = { type: 'array', items: text } as const;

/** Every part of the IR that has a name of its own is a definition: one is as flat as a type of `ir.ts`. */
const to = <const N extends string>(name: N) => ({ $ref: `#/$defs/${name}` }) as const;
const span = to('span');
const expr = to('expr');
const filled = to('text');
const duration = to('duration');
const length = to('length');
const recipient = to('recipient');
const value = to('value');
const valueType = to('valueType');
const effects = { type: 'array', items: to('effect') } as const;
const rules = { type: 'array', items: to('rule') } as const;

/** An object with exactly these properties; `optional` names the ones that may be left out. */
function object<const P extends Record<string, unknown>, const O extends readonly (keyof P & string)[] = readonly []>(
  properties: P,
  optional?: O,
) {
  const required = Object.keys(properties).filter((name) => !optional?.includes(name)) as Exclude<
    keyof P & string,
    O[number]
  >[];
  return { type: 'object', properties, required, additionalProperties: false } as const;
}

const record = <const S>(items: S) => ({ type: 'object', additionalProperties: items }) as const;
const list = <const S>(items: S) => ({ type: 'array', items }) as const;
const one = <const V extends string | number | boolean>(word: V) => ({ const: word }) as const;
const oneOf = <const V extends readonly (string | number)[]>(...words: V) => ({ enum: words }) as const;
const anyOf = <const S extends readonly unknown[]>(...schemas: S) => ({ anyOf: schemas }) as const;

const units = oneOf('minutes', 'hours', 'days', 'weeks', 'months', 'years', 'business-days');
const times = list(to('timeOfDay'));

const functions = oneOf(
  ...(['min', 'max', 'clamp', 'round', 'floor', 'ceil', 'abs', 'mod'] as const),
  ...(['weekday', 'day_of_month', 'month_of', 'year_of', 'business_day'] as const),
);
const summaries = oneOf('count', 'sum', 'mean', 'min', 'max', 'latest', 'first', 'streak', 'days', 'gap');

/** `op` stands first in each: a reader that looks for the one that fits is done with the others at once. */
const expressions = anyOf(
  object({ op: one('value'), value, span }),
  object({ op: one('text'), text: filled, span }),
  object({ op: one('data'), name: text, span }),
  object({ op: one('let'), id: text, span }),
  object({ op: one('entry'), field: text, span }),
  object({ op: oneOf('now', 'today'), span }),
  object({ op: one('field'), of: expr, field: text, span }),
  object({ op: oneOf('day', 'not', 'negate', 'known'), of: expr, span }),
  object({ op: oneOf('and', 'or', 'else'), left: expr, right: expr, span }),
  object({ op: one('compare'), by: oneOf('=', '!=', '<', '<=', '>', '>='), left: expr, right: expr, span }),
  object({ op: one('arithmetic'), by: oneOf('+', '-', '*', '/'), left: expr, right: expr, span }),
  object({ op: one('call'), function: functions, args: list(expr), span }),
  object({ op: one('aggregate'), by: summaries, selection: to('selection'), span }),
  object({ op: one('last'), series: text, span }),
  object({ op: one('last-was'), series: text, daysAgo: list(count), span }),
  object(
    { op: one('absence'), series: text, where: expr, duration: length, scope: oneOf('visit', 'enrollment'), span },
    ['where'],
  ),
  object({ op: one('silence'), duration: length, scope: oneOf('visit', 'stage', 'enrollment'), span }),
  object({ op: one('since'), duration: length, anchor: to('anchor'), span }),
  object({ op: one('judged'), criterion: text, span }),
  object({ op: one('lookup'), table: text, keys: list(expr), span }),
  object({ op: one('item'), field: text, span }),
  object({ op: one('item-of'), list: text, key: expr, span }),
  object({ op: one('let-of'), id: text, list: text, key: expr, span }),
  object({ op: one('stage'), of: to('stageOf'), span }),
  object({ op: oneOf('argument', 'occurred', 'enrolled', 'entered'), span }),
  object({ op: one('choose'), ways: list(to('way')), span }),
  object({ op: one('at-time'), date: expr, time: expr, span }),
);

/** Stages with their rules: of the program, a track, or a list. */
const flow = {
  name: text,
  anytime: rules,
  stages: record(to('stage')),
  stageOrder: texts,
  initial: text,
  exits: texts,
} as const;

const program = object(
  {
    irVersion: one(irVersion),
    ...flow,
    title: text,
    about: text,
    enroll: to('enroll'),
    reenter: to('reenter'),
    cohort: text,
    zone: to('zone'),
    quiet: to('quiet'),
    budget: to('budget'),
    agent: text,
    roles: texts,
    services: texts,
    ladders: record(to('ladder')),
    calendars: record(to('calendar')),
    messagesAtMost: to('messagesAtMost'),
    data: record(to('dataField')),
    series: record(to('series')),
    tables: record(to('table')),
    lets: record(to('let')),
    criteria: record(to('criterion')),
    asks: record(to('question')),
    proposals: record(to('proposal')),
    tracks: record(to('track')),
    lists: record(to('list')),
    migrations: record(to('migration')),
  },
  ['reenter', 'cohort', 'quiet', 'budget', 'messagesAtMost'],
);

export const irSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:regimen:ir:${irVersion}`,
  title: `A compiled Regimen program, version ${irVersion} of its shape`,
  ...program,
  $defs: {
    enroll: object({ verified: flag, domain: text, others: oneOf('ask', 'refuse') }, ['domain']),
    reenter: object({ after: length, keeping: texts }),
    zone: object({ theirs: flag, fallback: text }),
    quiet: object({ from: minutes, to: minutes }),
    budget: object({ usdPerMonth: amount }),
    ladder: object({ name: text, rungs: list(to('rung')), span }),
    rung: object({ to: text, for: length }, ['for']),
    calendar: object({ name: text, weekend: list(weekday), days: record(text) }),
    messagesAtMost: object({ perDay: count, perWeek: count, apart: duration }, ['perDay', 'perWeek', 'apart']),
    dataField: object(
      {
        name: text,
        type: valueType,
        optional: flag,
        initial: value,
        agentMaySet: flag,
        maySet: texts,
        personal: flag,
        parameter: oneOf('workspace', 'person'),
        span,
      },
      ['parameter'],
    ),
    series: object(
      {
        name: text,
        singular: text,
        fields: record(to('entryField')),
        agentMayRecord: flag,
        mayRecord: texts,
        personal: flag,
        shared: flag,
        oncePer: text,
        span,
      },
      ['oncePer'],
    ),
    entryField: object({ name: text, type: valueType, optional: flag }),
    table: object({ name: text, keys: texts, columns: list(value), rows: list(to('row')) }),
    row: object({ key: value, cells: list(value) }),
    let: object({ id: text, name: text, value: expr, span }),
    criterion: object({ id: text, text, stage: text, atLeast: confidence, atMost: count, otherwise: flag }, [
      'atMost',
      'otherwise',
    ]),
    proposal: object({ id: text, by: text, within: length, otherwise: effects, field: text, source: text, span }, [
      'within',
      'field',
    ]),
    track: object({ ...flow, title: text, when: expr, source: text, span }, ['when']),
    list: object(
      {
        ...flow,
        title: text,
        singular: text,
        key: text,
        fields: record(to('dataField')),
        starts: list(record(expr)),
        span,
      },
      ['key'],
    ),
    migration: object({
      from: count,
      stages: record(text),
      fields: record(text),
      series: record(text),
      lists: record(text),
      tracks: record(text),
      drop: texts,
      set: list(to('assignment')),
    }),
    assignment: object({ field: text, value: expr }),
    stage: object(
      {
        name: text,
        title: filled,
        final: oneOf('success', 'failure', 'neutral'),
        protected: flag,
        skill: text,
        review: to('review'),
        nudges: list(to('nudge')),
        questions: list(to('question')),
        escalations: list(to('escalation')),
        entry: effects,
        rules,
        span,
      },
      ['final', 'skill', 'review'],
    ),
    review: object({ cadence: to('cadence'), spreadMinutes: amount, span }),
    cadence: anyOf(
      object({ kind: one('on-days'), days: list(weekday), at: times }),
      object({ kind: one('every'), days: positive, at: times }),
      object({ kind: one('weeks'), every: positive, days: list(weekday), at: times }),
      object({ kind: one('interval'), minutes: amount }),
      object({ kind: one('monthly'), days: list(dayOfMonth), at: times }),
      object({ kind: one('monthly-weekday'), nth: dayOfMonth, day: weekday, at: times }),
      object(
        { kind: one('months'), every: positive, days: list(dayOfMonth), nth: dayOfMonth, day: weekday, at: times },
        ['days', 'nth', 'day'],
      ),
      object({ kind: one('business-days'), calendar: to('calendarName'), at: times }, ['calendar']),
      object({ kind: one('spaced'), days: list(weekday), times: expr, from: to('timeOfDay'), to: to('timeOfDay') }),
    ),
    timeOfDay: anyOf(minutes, expr),
    calendarName: anyOf(object({ name: text }), object({ field: text })),
    nudge: object({ id: text, after: length, without: text, atMost: count, span }, ['without']),
    question: object(
      { id: text, text: filled, type: valueType, field: text, to: text, within: length, otherwise: effects, span },
      ['to', 'within'],
    ),
    escalation: object({ id: text, after: length, to: text, span }),
    rule: object({ id: text, trigger: to('trigger'), condition: expr, effects, move: to('move'), source: text, span }, [
      'condition',
      'move',
    ]),
    trigger: anyOf(
      object({ kind: one('holds') }),
      object({ kind: one('becomes'), once: one(true), of: expr }, ['once', 'of']),
      object({ kind: one('cadence'), cadence: to('cadence') }),
      object({ kind: one('reached'), at: expr, once: one(true) }, ['once']),
      object({ kind: one('decided'), proposal: text, approved: flag }),
      object({ kind: one('command'), words: texts, argument: valueType }, ['argument']),
      object({ kind: one('recorded'), series: text }),
    ),
    move: anyOf(
      object({ direction: oneOf('advance', 'return', 'interrupt'), to: text }),
      object({ direction: oneOf('restart', 'resume') }),
      object({ direction: one('leave'), as: text }),
    ),
    effect: anyOf(
      object({ kind: one('set'), field: text, value: expr, item: one(true) }, ['item']),
      object({ kind: one('record'), series: text, fields: record(expr) }),
      object({ kind: one('say'), text: filled, now: one(true) }, ['now']),
      object({ kind: one('say-with-skill'), skill: text }),
      object({ kind: one('say-in-turn'), id: text, texts: list(filled) }),
      object({ kind: one('escalate'), to: recipient, text: filled }, ['text']),
      object({ kind: one('tell'), to: recipient, text: filled }),
      object({ kind: one('output'), name: text, to: recipient, text: filled }),
      object({ kind: one('call'), service: text, action: text, fields: record(expr) }),
      object({ kind: one('ask'), question: text }),
      object({ kind: one('propose'), proposal: text, value: expr }, ['value']),
      object({ kind: one('add'), list: text, fields: record(expr) }),
      object({ kind: one('each'), list: text, where: expr, effects }, ['where']),
    ),
    recipient: anyOf(text, expr),
    text: object({ parts: list(to('textPart')) }),
    textPart: anyOf(text, expr),
    expr: expressions,
    stageOf: anyOf(oneOf('own', 'program'), object({ track: text })),
    way: object({ when: expr, value: expr }, ['when']),
    anchor: anyOf(
      object({ kind: oneOf('enrolled', 'entered') }),
      object({ kind: one('changed'), field: text }),
      object({ kind: one('moment'), of: expr }),
    ),
    selection: object(
      {
        series: text,
        list: one(true),
        field: text,
        where: expr,
        last: count,
        window: to('window'),
        ofThose: expr,
      },
      ['list', 'field', 'where', 'last', 'window', 'ofThose'],
    ),
    window: anyOf(
      object({ kind: one('visit') }),
      object({ kind: one('last'), duration: length }),
      object({ kind: one('calendar'), period: oneOf('day', 'week', 'month', 'year') }),
      object({ kind: one('since'), anchor: to('anchor') }),
    ),
    valueType: anyOf(
      object({ kind: one('number'), unit: text, min: number, max: number }, ['unit', 'min', 'max']),
      object({ kind: oneOf('text', 'yes-no', 'date', 'time', 'moment', 'duration') }),
      object({ kind: one('choice'), options: texts }),
    ),
    value: anyOf(
      { type: 'null' },
      number,
      text,
      flag,
      object({ at: number }),
      object({ date: text }),
      object({ minutes: number }),
      object({ duration }),
      object({ entry: record(value), at: number }),
    ),
    duration: object({ amount: number, unit: units, calendar: to('calendarName') }, ['calendar']),
    /** Told apart by `op`. */
    length: anyOf(duration, expr),
    /** Places in the source, in UTF-16 code units; `file` where it is another file than the program's. */
    span: object({ start: count, end: count, file: text }, ['file']),
  },
} as const;
