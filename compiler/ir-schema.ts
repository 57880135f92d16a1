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
const one = <const V extends string | number>(word: V) => ({ const: word }) as const;
const oneOf = <const V extends readonly (string | number)[]>(...words: V) => ({ enum: words }) as const;
const anyOf = <const S extends readonly unknown[]>(...schemas: S) => ({ anyOf: schemas }) as const;

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
  object({
    op: one('call'),
    function: oneOf('min', 'max', 'round', 'floor', 'ceil', 'abs', 'clamp'),
    args: list(expr),
    span,
  }),
  object({
    op: one('aggregate'),
    by: oneOf('count', 'sum', 'mean', 'min', 'max', 'latest', 'first'),
    selection: to('selection'),
    span,
  }),
  object({ op: one('last'), series: text, span }),
  object({ op: one('last-was'), series: text, daysAgo: list(count), span }),
  object({ op: one('absence'), series: text, where: expr, duration, scope: oneOf('visit', 'enrollment'), span }, [
    'where',
  ]),
  object({ op: one('silence'), duration, scope: oneOf('visit', 'stage', 'enrollment'), span }),
  object({ op: one('since'), duration, anchor: to('anchor'), span }),
  object({ op: one('judged'), criterion: text, span }),
  object({ op: one('lookup'), table: text, keys: list(expr), span }),
);

const program = object(
  {
    irVersion: one(irVersion),
    name: text,
    title: text,
    about: text,
    enroll: to('enroll'),
    reenter: to('reenter'),
    zone: to('zone'),
    quiet: to('quiet'),
    budget: to('budget'),
    agent: text,
    roles: texts,
    data: record(to('dataField')),
    series: record(to('series')),
    tables: record(to('table')),
    lets: record(to('let')),
    criteria: record(to('criterion')),
    anytime: rules,
    stages: record(to('stage')),
    stageOrder: texts,
    initial: text,
    exits: texts,
  },
  ['reenter', 'quiet', 'budget'],
);

export const irSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `urn:regimen:ir:${irVersion}`,
  title: `A compiled Regimen program, version ${irVersion} of its shape`,
  ...program,
  $defs: {
    enroll: object({ verified: flag, domain: text, others: oneOf('ask', 'refuse') }, ['domain']),
    reenter: object({ after: duration, keeping: texts }),
    zone: object({ theirs: flag, fallback: text }),
    quiet: object({ from: minutes, to: minutes }),
    budget: object({ usdPerMonth: amount }),
    dataField: object({ name: text, type: valueType, optional: flag, initial: value, agentMaySet: flag, span }),
    series: object({ name: text, singular: text, fields: record(to('entryField')), agentMayRecord: flag, span }),
    entryField: object({ name: text, type: valueType, optional: flag }),
    table: object({ name: text, keys: texts, columns: list(value), rows: list(to('row')) }),
    row: object({ key: value, cells: list(value) }),
    let: object({ id: text, name: text, value: expr, span }),
    criterion: object({ id: text, text, stage: text, atLeast: confidence }),
    stage: object(
      {
        name: text,
        title: filled,
        final: oneOf('success', 'failure', 'neutral'),
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
      object({ kind: one('on-days'), days: list(weekday), at: minutes }),
      object({ kind: one('every'), days: { type: 'integer', minimum: 1 }, at: minutes }),
    ),
    nudge: object({ id: text, after: duration, without: text, atMost: count, span }, ['without']),
    question: object(
      { id: text, text: filled, type: valueType, field: text, within: duration, otherwise: effects, span },
      ['within'],
    ),
    escalation: object({ id: text, after: duration, to: text, span }),
    rule: object({ id: text, trigger: to('trigger'), condition: expr, effects, move: to('move'), source: text, span }, [
      'condition',
      'move',
    ]),
    trigger: anyOf(
      object({ kind: oneOf('holds', 'becomes') }),
      object({ kind: one('command'), words: texts }),
      object({ kind: one('recorded'), series: text }),
    ),
    move: anyOf(
      object({ direction: oneOf('advance', 'return', 'interrupt'), to: text }),
      object({ direction: oneOf('restart', 'resume') }),
      object({ direction: one('leave'), as: text }),
    ),
    effect: anyOf(
      object({ kind: one('set'), field: text, value: expr }),
      object({ kind: one('record'), series: text, fields: record(expr) }),
      object({ kind: one('say'), text: filled }),
      object({ kind: one('say-with-skill'), skill: text }),
      object({ kind: one('escalate'), to: text, text: filled }, ['text']),
    ),
    text: object({ parts: list(to('textPart')) }),
    textPart: anyOf(text, expr),
    expr: expressions,
    anchor: anyOf(
      object({ kind: oneOf('enrolled', 'entered') }),
      object({ kind: one('changed'), field: text }),
      object({ kind: one('moment'), of: expr }),
    ),
    selection: object({ series: text, field: text, where: expr, last: count, window: to('window') }, [
      'field',
      'where',
      'last',
      'window',
    ]),
    window: anyOf(
      object({ kind: one('visit') }),
      object({ kind: one('last'), duration }),
      object({ kind: one('calendar'), period: oneOf('day', 'week', 'month') }),
    ),
    valueType: anyOf(
      object({ kind: one('number'), unit: text, min: number, max: number }, ['unit', 'min', 'max']),
      object({ kind: oneOf('text', 'yes-no', 'date', 'time') }),
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
    duration: object({ amount: number, unit: oneOf('minutes', 'hours', 'days', 'weeks', 'months', 'years') }),
    /** Places in the source, in UTF-16 code units. */
    span: object({ start: count, end: count }),
  },
} as const;
