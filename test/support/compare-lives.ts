/**
 * One life lived twice: by the step with its machine, and by the small interpreter. They must agree
 * after every input on the rules taken, the facts and the place.
 */
import fc from 'fast-check';
import * as assert from 'uvu/assert';
import type { Input } from '../../runtime/inputs.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import type { State } from '../../runtime/state.ts';
import { StepProblem, type StepResult, step } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { type Happened, placeSeen, reference } from './reference-interpreter.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const origin = Date.UTC(2026, 2, 27, 9, 30);

/** Something that happens in a life, and how long after the thing before. */
export type Told = {
  passes: number;
  ago: number;
  what:
    | { kind: 'says'; word: string }
    | { kind: 'zone'; word: string }
    | { kind: 'records'; minutes: number; ok: boolean }
    /** A nurse sets a field, of the person or of a task; only where the program has threads. */
    | { kind: 'sets'; value: boolean; task: string | null }
    | { kind: 'time' };
};

/** What people say in random programs. */
export const toldWords = [
  'cool',
  'steps',
  'task third',
  'Task  fourth',
  'set 4',
  'set much',
  'set',
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
  'Log!',
  'hello',
];
/** Random happenings; people say words of `from`. */
export const told = (from: string[]): fc.Arbitrary<Told> =>
  fc.record({
    passes: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 1, max: 300 }).map((minutes) => minutes * minute),
      fc.integer({ min: 4, max: 100 }).map((hours) => hours * 60 * minute),
      fc.integer({ min: 5, max: 70 }).map((days) => days * day),
    ),
    ago: fc.oneof(
      fc.constant(0),
      fc.integer({ min: 0, max: 5 * 24 * 60 }).map((minutes) => minutes * minute),
    ),
    what: fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('says' as const), word: fc.constantFrom(...from) }) },
      {
        weight: 5,
        arbitrary: fc.record({
          kind: fc.constant('records' as const),
          minutes: fc.integer({ min: 1, max: 120 }),
          ok: fc.boolean(),
        }),
      },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('zone' as const),
          word: fc.constantFrom('Asia/Kolkata', 'America/Los_Angeles'),
        }),
      },
      { weight: 4, arbitrary: fc.record({ kind: fc.constant('time' as const) }) },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('sets' as const),
          value: fc.boolean(),
          task: fc.constantFrom(null, 'first', 'second', 'third'),
        }),
      },
    ),
  });

/** Coming into a final stage is told twice, as entered and as finished. */
const taken = (rows: TimelineRow[]): string[] =>
  rows.flatMap((row) => {
    const again = row.kind === 'finished' && row.outcome !== 'left';
    return 'rule' in row && row.rule !== undefined && !again ? [row.rule] : [];
  });

/** Lives one life twice and compares after every input; throws what differs. Gives how much was compared. */
export function compareLife(
  program: LoadedProgram,
  life: Told[],
  field: 'ok' | 'completed',
): { steps: number; rules: number } {
  let steps = 0;
  let rules = 0;
  const zone = 'Europe/London';
  const one = reference(program.ir, zone, origin);
  const first = attempt(program, null, { type: 'enroll', id: 'e', zone }, origin);
  const expected = attemptReference(() => one.tell(origin, { kind: 'enrolls' }));
  assert.is(first === null, expected === null);
  if (!first || !expected) return { steps, rules };
  assert.equal(taken(first.rows), expected);
  let { state } = first;
  let now = origin;
  for (const [index, { passes, ago, what }] of life.entries()) {
    now += passes;
    const at = now - ago;
    const tasks = state.facts.lists.tasks ?? [];
    const isThere = (task: string) => tasks.some((one) => one.id === task);
    const [input, happened] = both(program, what, `i${index}`, at, index % 2 === 1, field, isThere);
    const result = attempt(program, state, input, now);
    const rulesTaken = attemptReference(() => one.tell(now, happened));
    assert.is(result === null, rulesTaken === null, 'both come to rest, or neither');
    // What could not be done is undone here and half done there: they part.
    if (!result || !rulesTaken) return { steps, rules };
    steps += 1;
    rules += rulesTaken.length;
    assert.equal(taken(result.rows), rulesTaken, `the rules taken at ${index}`);
    state = result.state;
    const { facts } = state;
    const there = one.state();
    assert.is(JSON.stringify(facts.data), JSON.stringify(there.data));
    assert.is(facts.visit.stage, there.stage);
    assert.is(facts.visit.number, there.visit);
    assert.equal(
      facts.interrupted.map((visit) => visit.stage),
      there.aside,
    );
    assert.is(facts.finished === null, there.finished === null);
    if (facts.finished?.outcome === 'left') assert.is(`left as ${facts.finished.as}`, there.finished);
    const tracks = Object.entries(facts.tracks).map(([name, thread]) => [name, placeSeen(thread)]);
    assert.equal(Object.fromEntries(tracks), there.tracks);
    const items = Object.entries(facts.lists).flatMap(([list, all]) =>
      all.map(({ id, fields, thread }) => ({
        list,
        id,
        fields,
        stage: thread.visit.stage,
        finished: thread.finished !== null,
      })),
    );
    assert.equal(items, there.items);
    for (const name of Object.keys(program.ir.series)) {
      assert.equal(
        facts.series[name]?.map((entry) => [entry.at, entry.fields]),
        there.series[name]?.map((entry) => [entry.at, entry.fields]),
      );
    }
  }
  return { steps, rules };
}

/** The same thing, as either of the two takes it. */
function both(
  program: LoadedProgram,
  what: Told['what'],
  id: string,
  at: number,
  byPerson: boolean,
  field: string,
  isThere: (task: string) => boolean,
): [Input, Happened] {
  switch (what.kind) {
    case 'says':
      return [
        { type: 'message', id, text: what.word, channel: 'web' },
        { kind: 'says', text: what.word },
      ];
    case 'zone':
      return [
        { type: 'zone', id, zone: what.word },
        { kind: 'zone', zone: what.word },
      ];
    case 'time':
      return [{ type: 'time', id }, { kind: 'time' }];
    case 'sets': {
      const item = what.task === null ? {} : { item: { list: 'tasks', item: what.task } };
      const field = what.task === null ? 'away' : 'done';
      // A program without threads has neither.
      if (!Object.hasOwn(program.ir.lists, 'tasks')) return [{ type: 'time', id }, { kind: 'time' }];
      const set = { field, value: what.value, ...item };
      const known = what.task === null || isThere(what.task);
      return [{ type: 'set', id, role: 'nurse', ...set }, known ? { kind: 'sets', ...set } : { kind: 'time' }];
    }
    case 'records': {
      const fields = { minutes: what.minutes, [field]: what.ok };
      return [
        { type: 'record', id, series: 'runs', fields, occurredAt: at, by: byPerson ? 'person' : 'service' },
        { kind: 'records', series: 'runs', fields: fieldsOf(program, fields), at, byPerson },
      ];
    }
  }
}

const fieldsOf = (program: LoadedProgram, given: Record<string, number | boolean>) =>
  Object.fromEntries(Object.keys(program.ir.series.runs?.fields ?? {}).map((name) => [name, given[name] ?? null]));

function attempt(program: LoadedProgram, state: State | null, input: Input, now: number): StepResult | null {
  try {
    return step(program, state, input, now, 'e1');
  } catch (problem) {
    if (problem instanceof StepProblem) return null;
    throw problem;
  }
}

function attemptReference(tell: () => string[]): string[] | null {
  try {
    return tell();
  } catch (problem) {
    if (problem instanceof RangeError) return null;
    throw problem;
  }
}
