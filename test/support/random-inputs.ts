/**
 * Random happenings in a person's life: what they say, what machines record, what agents propose
 * (also what they may not), and how time passes, also backwards. Plain data, so that a failing
 * story can be read; `inputOf` makes inputs of them, which need the state they meet.
 */
import fc from 'fast-check';
import type { Value } from '../../compiler/ir.ts';
import type { Input, RunResult } from '../../runtime/inputs.ts';
import type { State } from '../../runtime/state.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

export type Happening = { passes: number; stops: boolean; what: What };
type What =
  | { kind: 'says'; text: string }
  | { kind: 'answers'; value: string; known: boolean }
  | { kind: 'records'; series: string; fields: Record<string, Value>; ago: number | null; by: 'person' | 'service' }
  | { kind: 'zone'; zone: string }
  | { kind: 'time' }
  | { kind: 'finishes'; result: RunResult; late: boolean }
  | { kind: 'fails' }
  /** What roles and services do; `which` picks among what waits, where there is anything. */
  | { kind: 'acts'; role: string; which: number; deed: Deed }
  /** What operators do to the person's place; `lasts` in ms. */
  | {
      kind: 'operates';
      how: 'pause' | 'resume' | 'move' | 'back' | 'withdraw';
      lasts: number | null;
      to: string | null;
    };
type Deed =
  | { kind: 'decides'; approve: boolean; value?: Value }
  | { kind: 'acknowledges' }
  | { kind: 'answers'; value: string }
  | { kind: 'sets'; field: string; value: Value; item: boolean }
  | { kind: 'adds'; title: string }
  | { kind: 'corrects'; fields?: Record<string, Value> };

const words = [
  'hurt',
  'fine',
  'bye',
  'go',
  'again',
  'nest',
  'log',
  'speak',
  'back',
  'deeper',
  'out',
  'stop',
  'Hello there',
  'I want this',
  'yes',
  'no',
  'good',
  '2',
  '1e999',
  '__proto__',
  '',
  '🙂',
];
const passes = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 180 }).map((minutes) => minutes * minute) },
  { weight: 5, arbitrary: fc.integer({ min: 1, max: 80 }).map((hours) => hours * 60 * minute + 17) },
  { weight: 1, arbitrary: fc.integer({ min: 5, max: 900 }).map((days) => days * day) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 5000 }).map((ms) => -ms * 60) },
);
const odd: fc.Arbitrary<Value> = fc.constantFrom<Value[]>(
  1,
  5,
  101,
  -1,
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  'yes',
  'no',
  'x'.repeat(5000),
  true,
  null,
  { date: '2026-05-01' },
  { date: '9999-12-31' },
  { date: '2026-02-30' },
  '2026-06-01',
  { minutes: 1e9 },
  { at: 1e99 },
);
const fields = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ minutes: fc.integer({ min: 0, max: 200 }), ok: fc.boolean() }) as fc.Arbitrary<
      Record<string, Value>
    >,
  },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom('minutes', 'ok', 'value', 'constructor', '__proto__'), odd) },
);
/** Milliseconds before now; some lie ahead, some outside all calendars. */
const ago = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 9 }).map((days) => days * day) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(-30_000, -90_000, -400 * day, 1e15, -1e18, Number.NaN, Number.NEGATIVE_INFINITY, 0.5),
  },
);
const series = fc.constantFrom('runs', 'runs', 'runs', 'tries', 'constructor', '__proto__');
const result: fc.Arbitrary<RunResult> = fc.record({
  says: fc.array(fc.constantFrom('How are you?', '  ', 'y'.repeat(20_000)), { maxLength: 12 }),
  sets: fc.array(
    fc.record({ field: fc.constantFrom('flag', 'note', 'due', 'n', 'ready', 'constructor', '__proto__'), value: odd }),
    { maxLength: 3 },
  ),
  records: fc.array(
    fc.record(
      { series, fields, occurredAt: fc.constantFrom(Date.UTC(2026, 2, 1), 1e18, Number.NaN) },
      { requiredKeys: ['series', 'fields'] },
    ),
    { maxLength: 3 },
  ),
  judgements: fc.array(
    fc.record({
      criterion: fc.constantFrom('a/criterion-1', 'b/criterion-1', 'constructor', 'nothing'),
      holds: fc.boolean(),
      confidence: fc.constantFrom(0.1, 0.9, 1, 7, Number.NaN, Number.POSITIVE_INFINITY, -1),
      quotes: fc.array(fc.constantFrom('want this', 'never said', ''), { maxLength: 2 }),
    }),
    { maxLength: 2 },
  ),
  author: fc.constantFrom('agent' as const, 'scripted-agent' as const),
});

const what: fc.Arbitrary<What> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...words).map((text): What => ({ kind: 'says', text })) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('answers' as const),
      value: fc.constantFrom('yes', 'bad', '7', '__proto__', ''),
      known: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('records' as const),
      series,
      fields,
      ago,
      by: fc.constantFrom('person' as const, 'service' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        'Asia/Kolkata',
        'America/Los_Angeles',
        'Australia/Lord_Howe',
        'Pacific/Kiritimati',
        'Mars/Olympus',
        '',
      )
      .map((zone): What => ({ kind: 'zone', zone })),
  },
  { weight: 5, arbitrary: fc.constant<What>({ kind: 'time' }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('finishes' as const), result, late: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant<What>({ kind: 'fails' }) },
);

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record(
      { kind: fc.constant('decides' as const), approve: fc.boolean(), value: fc.constantFrom<Value[]>(3, 99, 'x') },
      { requiredKeys: ['kind', 'approve'] },
    ),
  },
  fc.constant<Deed>({ kind: 'acknowledges' }),
  fc.record({ kind: fc.constant('answers' as const), value: fc.constantFrom('5', 'yes', '', '__proto__') }),
  fc.record({
    kind: fc.constant('sets' as const),
    field: fc.constantFrom('away', 'done', 'n', 'by', 'constructor'),
    value: fc.constantFrom<Value[]>(true, false, 5, { date: '2026-04-03' }, null),
    item: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('adds' as const), title: fc.constantFrom('a', 'A', 'b', '', '__proto__') }),
  fc.record(
    {
      kind: fc.constant('corrects' as const),
      fields: fc.constantFrom({ minutes: 7, ok: true }, { minutes: 99, ok: false }),
    },
    { requiredKeys: ['kind'] },
  ),
);
const act: fc.Arbitrary<What> = fc.record({
  kind: fc.constant('acts' as const),
  role: fc.constantFrom('nurse', 'nurse', 'lead', 'operator', 'lab', 'nobody'),
  which: fc.nat(3),
  deed,
});

/** `stops`: time goes from due moment to due moment on the way, as a sweep does; otherwise nobody looked meanwhile. */
export const happening: fc.Arbitrary<Happening> = fc.record({ passes, stops: fc.boolean(), what });

/** A pause is ended more often than it is begun, and hardly anybody is taken out. */
const operated = fc.record({
  kind: fc.constant('operates' as const),
  how: fc.oneof(
    { weight: 3, arbitrary: fc.constant('pause' as const) },
    { weight: 5, arbitrary: fc.constant('resume' as const) },
    { weight: 4, arbitrary: fc.constant('move' as const) },
    { weight: 3, arbitrary: fc.constant('back' as const) },
    { weight: 1, arbitrary: fc.constant('withdraw' as const) },
  ),
  lasts: fc.option(fc.integer({ min: 1, max: 20 * day })),
  to: fc.option(fc.constantFrom('a', 'b', 'care', 'done', 'd')),
});

/** The same with what roles and services do. */
export const anyHappening: fc.Arbitrary<Happening> = fc.record({
  passes,
  stops: fc.boolean(),
  what: fc.oneof(
    { weight: 4, arbitrary: what },
    { weight: 3, arbitrary: act },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom(
          'alarm',
          'task one',
          'task',
          'many',
          'cool',
          'report',
          'hurt',
          'go',
          'propose',
          'propose',
          'propose',
        )
        .map((text): What => ({ kind: 'says', text })),
    },
  ),
});

/** And with what operators do to the person's place. */
export const operatedHappening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 4, arbitrary: anyHappening },
  { weight: 1, arbitrary: fc.record({ passes, stops: fc.boolean(), what: operated }) },
);

/** The input, or null where there is none (no run to finish). `old` are runs that are over. */
export function inputOf({ what: one }: Happening, state: State, id: string, now: number, old: string[]): Input | null {
  switch (one.kind) {
    case 'says':
      return { type: 'message', id, text: one.text, channel: 'web' };
    case 'answers':
      return {
        type: 'answer',
        id,
        question: (one.known && state.facts.question?.id) || 'none',
        value: one.value,
        channel: 'web',
      };
    case 'records': {
      const occurredAt = one.ago === null ? {} : { occurredAt: now - one.ago };
      return { type: 'record', id, series: one.series, fields: one.fields, by: one.by, ...occurredAt };
    }
    case 'zone':
      return { type: 'zone', id, zone: one.zone };
    case 'time':
      return { type: 'time', id };
    case 'finishes': {
      const run = one.late ? old.at(-1) : state.facts.run?.id;
      return run === undefined ? null : { type: 'run-finished', id, run, result: one.result };
    }
    case 'acts':
      return actOf(one, state, id);
    case 'operates':
      return operation(one, state, id, now);
    case 'fails':
      return state.facts.run
        ? { type: 'run-failed', id, run: state.facts.run.id, problem: 'The model is away.' }
        : null;
  }
}

function operation(
  { how, lasts, to }: Extract<What, { kind: 'operates' }>,
  { facts }: State,
  id: string,
  now: number,
): Input {
  const by = 'person:boss';
  const reason = 'At random.';
  switch (how) {
    case 'pause':
      return { type: 'pause', id, by, reason, ...(lasts === null ? {} : { until: now + lasts }) };
    case 'resume':
      return { type: 'resume', id, by };
    case 'move':
      return { type: 'move', id, by, reason, to: to ?? facts.visit.stage };
    case 'back':
      return { type: 'move', id, by, reason, to: facts.movedFrom?.visit.stage ?? 'nowhere', back: true };
    case 'withdraw':
      return { type: 'withdraw', id, by, reason };
  }
}

function actOf(
  { role: given, which, deed: one }: Extract<What, { kind: 'acts' }>,
  { facts }: State,
  id: string,
): Input {
  // Every second time by somebody who may everything.
  const role = which % 2 === 0 ? given : 'operator';
  const pick = <T extends { id: string }>(things: readonly T[] | undefined): string =>
    things?.[which % Math.max(1, things.length)]?.id ?? 'none';
  switch (one.kind) {
    case 'decides': {
      const value = one.value === undefined ? {} : { value: one.value };
      return { type: 'decide', id, role, proposal: pick(facts.proposals), approve: one.approve, ...value };
    }
    case 'acknowledges':
      return { type: 'acknowledge', id, role, climb: pick(facts.climbs) };
    case 'answers':
      return { type: 'answer', id, role, question: pick(facts.roleQuestions), value: one.value, channel: 'web' };
    case 'sets': {
      const item = one.item ? { item: { list: 'tasks', item: pick(facts.lists.tasks) } } : {};
      return { type: 'set', id, role, field: one.field, value: one.value, ...item };
    }
    case 'adds':
      return { type: 'add', id, role, list: 'tasks', fields: { title: one.title } };
    case 'corrects': {
      const fields = one.fields === undefined ? {} : { fields: one.fields };
      return { type: 'correct', id, series: 'runs', entry: pick(facts.series.runs), by: 'role', role, ...fields };
    }
  }
}
