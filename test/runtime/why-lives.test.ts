/**
 * *Why not*, asked about simulated people of every sample program, and checked by other means: values by reading the
 * timeline as a person would, clauses by reckoning with the values that are shown, moments by letting time pass.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Value } from '../../compiler/ir.ts';
import { why } from '../../runtime/explain.ts';
import type { Input } from '../../runtime/inputs.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import { liveThrough } from '../../runtime/population/life.ts';
import type { State } from '../../runtime/state.ts';
import { runFinished, step, timeInput } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import type { WhyClause } from '../../runtime/why.ts';
import { samplePrograms } from '../support/programs.ts';

const test = suite('why lives');
const day = 24 * 60 * 60_000;

const people = 6;
const daysOfLife = 50;
/** Steps between two questions; a prime, so that all hours of the day are among them. */
const each = 17;
/** How far it is seen whether what was said comes true. */
const aheadDays = 40;
const pauseDays = 3;
const dueMax = 2_000;

type Asked = { what: string; program: LoadedProgram; state: State; now: number; rows: TimelineRow[] };

/** Everybody, every so often. */
function ask(look: (asked: Asked) => void): void {
  for (const { path, program } of samplePrograms())
    for (let person = 1; person <= people; person += 1) {
      const rows: TimelineRow[] = [];
      let steps = 0;
      liveThrough({ program, seed: 11, person, start: '2026-03-04', days: daysOfLife }, ({ now, result }) => {
        rows.push(...result.rows);
        steps += 1;
        if ((steps + person) % each !== 0 || result.state.facts.finished) return;
        const what = `${path}, person ${person} on ${new Date(now).toISOString()}`;
        look({ what, program, state: result.state, now, rows });
      });
    }
}

test('the values are those that the timeline tells', () => {
  let read = 0;
  ask(({ what, program, state, now, rows }) => {
    const { ir } = program;
    const told = readByHand(rows);
    for (const { clauses } of why(program, state, now).transitions)
      for (const { source, values } of clauses)
        for (const value of values) {
          const field = ir.data[value.source];
          if (field === undefined || field.parameter !== undefined || ir.lets[value.source] !== undefined) continue;
          read += 1;
          assert.equal(
            value.value,
            told.has(value.source) ? told.get(value.source) : field.initial,
            `${what}: ${source}`,
          );
        }
  });
  assert.ok(read > 200, `${read} values were read`);
});

/** The last value of every field of the person, as rows tell it. */
function readByHand(rows: readonly TimelineRow[]): Map<string, Value> {
  const told = new Map<string, Value>();
  for (const row of rows) {
    if (row.kind === 'input' && row.input.type === 'enroll')
      for (const [field, value] of Object.entries(row.input.data ?? {})) told.set(field, value);
    if (row.kind === 'set' && row.item === undefined) told.set(row.field, row.to);
  }
  return told;
}

test('a clause holds where a reader who puts its values in finds it true', () => {
  let reckoned = 0;
  ask(({ what, program, state, now }) => {
    for (const clause of why(program, state, now).transitions.flatMap((one) => one.clauses)) {
      const expected = byHand(clause);
      if (expected === null) continue;
      reckoned += 1;
      assert.is(clause.holds, expected, `${what}: ${clause.source} with ${JSON.stringify(clause.values)}`);
    }
  });
  assert.ok(reckoned > 200, `${reckoned} clauses were reckoned`);
});

const comparing: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

/** `held >= 6`, `change > 0`, `not paid`, `week is set`; null for what is not as plain as that. */
function byHand({ source, values }: WhyClause): boolean | null {
  const known = new Map(values.map((one) => [one.source, one.value]));
  const [, isNot, name = ''] = /^(not )?([a-z_]+)$/.exec(source) ?? [];
  if (known.has(name)) return (known.get(name) === true) === (isNot === undefined);
  const [, thing = '', state] = /^([a-z_]+) is (known|set|missing)$/.exec(source) ?? [];
  if (known.has(thing)) return (known.get(thing) === null) === (state === 'missing');
  const [, left = '', sign = '', right = ''] = /^([a-z_]+|-?\d+) ([<>=!]+) ([a-z_]+|-?\d+)$/.exec(source) ?? [];
  const [a, b] = [left, right].map((one) => (known.has(one) ? known.get(one) : /\d/.test(one) ? Number(one) : null));
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  return comparing[sign]?.(a, b) ?? null;
}

test('what time alone is said to bring comes at that moment, and nothing that was not said comes before it', () => {
  const seen = { came: 0, stayed: 0 };
  ask((asked) => letTimePass(asked, seen));
  assert.ok(seen.came > 30 && seen.stayed > 30, JSON.stringify(seen));
});

test('the same in a pause with an end: its timers stand still, and what falls into it is not made up for', () => {
  const seen = { came: 0, stayed: 0 };
  ask((asked) => {
    const until = asked.now + pauseDays * day;
    const pause: Input = { type: 'pause', id: 'pause', by: 'operator', reason: 'A test.', until };
    const { state } = step(asked.program, asked.state, pause, asked.now, asked.state.enrollment);
    letTimePass({ ...asked, state }, seen);
  });
  assert.ok(seen.came > 30 && seen.stayed > 30, JSON.stringify(seen));
});

test('in a pause without an end time alone brings nothing about', () => {
  let asked = 0;
  ask(({ what, program, state: before, now }) => {
    const pause: Input = { type: 'pause', id: 'pause', by: 'operator', reason: 'A test.' };
    const { state } = step(program, before, pause, now, before.enrollment);
    const found = why(program, state, now);
    assert.is(found.next, null, what);
    for (const { rule, by, holds, holdsAt, clauses } of found.transitions) {
      asked += 1;
      assert.equal([holds, holdsAt], [false, null], `${what}: ${rule}`);
      // Words by which people leave are heard in a pause too.
      if (by !== 'command') assert.is(clauses[0]?.source, 'the pause is over', `${what}: ${rule}`);
    }
  });
  assert.ok(asked > 200);
});

/** Why now, and then time passes: what was said to hold by itself does so then, and nothing else comes before. */
function letTimePass({ what, program, state, now }: Asked, seen: { came: number; stayed: number }): void {
  const said = new Map<string, number | null>();
  for (const { rule, by, holds, holdsAt } of why(program, state, now).transitions)
    if ((by === 'facts' || by === 'moment') && !holds) said.set(rule, holdsAt);
  const until = now + aheadDays * day;
  const change = firstChange(program, state, now, until);
  const at = change?.at ?? until;
  for (const [rule, holdsAt] of said)
    assert.ok(
      holdsAt === null || holdsAt >= at,
      `${what}: ${rule} was to hold at ${told(holdsAt)}, ${told(at)} came first`,
    );
  if (change?.rule === undefined || !said.has(change.rule)) {
    seen.stayed += 1;
    return;
  }
  seen.came += 1;
  assert.is(told(said.get(change.rule) ?? null), told(at), `${what}: ${change.rule}`);
  // A moment before, time alone has not moved them.
  const before = pass(program, state, Math.max(now, at - 1));
  assert.not.ok(
    before.rows.some((row) => 'rule' in row && row.rule === change.rule),
    `${what}: ${change.rule}`,
  );
}

const told = (at: number | null): string => (at === null ? 'never' : new Date(at).toISOString());

/** After these the facts are others than those of which it was said. */
const changing: ReadonlySet<TimelineRow['kind']> = new Set([
  'entered',
  'finished',
  'set',
  'recorded',
  'added',
  'begun',
  'answered',
  'unanswered',
  'ruled',
  'lapsed',
]);

/** The first change while nobody says anything; with its rule, where the program's own flow went on by one. */
function firstChange(
  program: LoadedProgram,
  state: State,
  now: number,
  until: number,
): { at: number; rule?: string } | null {
  let here = pass(program, state, now);
  for (let moments = 0; moments < dueMax; moments += 1) {
    const row = here.rows.find(({ kind }) => changing.has(kind));
    if (row !== undefined) {
      const isOwn = (row.kind === 'entered' || row.kind === 'finished') && row.thread === undefined;
      return { at: here.at, ...(isOwn && row.rule !== undefined ? { rule: row.rule } : {}) };
    }
    if (here.due === null || here.due > until) return null;
    here = pass(program, here.state, here.due);
  }
  throw new Error('There is no end to what is due.');
}

type Passed = { state: State; rows: TimelineRow[]; due: number | null; at: number };

/** Time passes; agents that are asked have nothing to say. */
function pass(program: LoadedProgram, state: State, at: number): Passed {
  let input: Input = timeInput(state);
  const rows: TimelineRow[] = [];
  for (let next = state; ; ) {
    const result = step(program, next, input, at, state.enrollment);
    next = result.state;
    rows.push(...result.rows);
    const { run } = next.facts;
    if (run === null) return { state: next, rows, due: result.nextDueAt, at };
    input = runFinished(run.id, { says: [], sets: [], records: [], judgements: [], author: 'agent' });
  }
}

test.run();
