/**
 * What must be true of every story, whatever the program and whatever happens.
 *
 * Random programs, random lives. After each step: nothing it was given has changed, doing it again
 * gives the same, the state survives JSON, and the timeline keeps every promise it makes.
 */

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { minutesOf } from '../../runtime/calendar.ts';
import { describe } from '../../runtime/describe.ts';
import { why } from '../../runtime/explain.ts';
import type { Input } from '../../runtime/inputs.ts';
import type { LoadedProgram } from '../../runtime/load.ts';
import type { State } from '../../runtime/state.ts';
import { StepProblem, type StepResult, step, timeInput } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { freeze } from '../support/freeze.ts';
import { anyHappening, type Happening, happening, inputOf, operatedHappening } from '../support/random-inputs.ts';
import { build, programText, richText } from '../support/random-programs.ts';

/** Shortly before clocks change in Europe, a little after they did in America. */
const origin = Date.UTC(2026, 2, 27, 9, 30);
/** Due moments stopped at on the way to one happening. */
const stopsMax = 60;

type Life = {
  program: LoadedProgram;
  now: number;
  state: State;
  rows: TimelineRow[];
  nextDueAt: number | null;
  effects: Set<string>;
  oldRuns: string[];
  /** Nudges in the present silence, by visit and nudge. */
  nudges: Map<string, number>;
};

const problems: string[] = [];

/** A step with all that is checked of each; null where the program itself cannot come to rest. */
function stepped(program: LoadedProgram, state: State | null, input: Input, now: number): StepResult | null {
  const given = freeze({ state: copy(state), input: structuredClone(input) });
  let result: StepResult;
  try {
    result = step(program, given.state, given.input, now, 'e1');
  } catch (problem) {
    if (!(problem instanceof StepProblem)) throw problem;
    problems.push(problem.message);
    return null;
  }
  assert.is(
    written(step(program, given.state, given.input, now, 'e1')),
    written(result),
    'a repeated step gives the same',
  );
  assert.ok(isDeepStrictEqual(copy(result.state), result.state), 'the state survives JSON');
  return result;
}

const written = (value: unknown) => JSON.stringify(value);

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

function isQuiet(program: LoadedProgram, at: number, zone: string): boolean {
  const { quiet } = program.ir;
  if (!quiet) return false;
  const minutes = minutesOf(at, zone);
  return quiet.from <= quiet.to
    ? minutes >= quiet.from && minutes < quiet.to
    : minutes >= quiet.from || minutes < quiet.to;
}

/** Takes a step and holds what came of it against the promises. */
function take(life: Life, input: Input): boolean {
  const { program, state: before } = life;
  const result = stepped(program, before, input, life.now);
  if (!result) return false;
  const { state, rows, effects } = result;
  const { facts } = before;
  const clock = Math.max(life.now, before.at);
  if (result.nextDueAt !== null) assert.ok(result.nextDueAt > clock, 'what is due next lies ahead');
  assert.is(state.seq, before.seq + rows.length);
  const left = facts.finished?.outcome === 'left';
  assert.is(
    state.stage,
    state.facts.finished?.outcome === 'left' ? `left_as_${state.facts.finished.as}` : state.facts.visit.stage,
  );
  if (facts.finished) {
    assert.is(state.stage, before.stage, 'who has finished is not moved');
    assert.not(rows.some((row) => row.kind === 'entered' || row.kind === 'ruled' || row.kind === 'finished'));
  }
  if (left) {
    // An escalation that climbs is not about the person alone: somebody must have seen it.
    const climbing = effects.filter((effect) => effect.type === 'escalate' && effect.climb !== undefined);
    assert.equal(effects, climbing, 'nothing is done after leaving');
    assert.not(
      rows.some((row) => row.kind === 'message' || row.kind === 'planned'),
      'nothing is said after leaving',
    );
    assert.equal(state.facts.planned, []);
  }
  for (const effect of effects) {
    assert.not(life.effects.has(effect.id), `${effect.id} is unique`);
    life.effects.add(effect.id);
  }
  const answers =
    input.type === 'message' ||
    input.type === 'answer' ||
    (input.type === 'run-finished' && facts.run?.id === input.run && facts.run.answering);
  let run = facts.run?.id ?? null;
  for (const [index, row] of rows.entries()) {
    assert.is(row.seq, before.seq + 1 + index);
    assert.is(row.cause, before.seq + 1);
    assert.ok(row.at >= before.at, 'time does not go back');
    assert.ok(describe(row, program.ir, state.facts.zone).title !== '', 'every row can be told');
    switch (row.kind) {
      case 'message':
        if (!answers) assert.not(isQuiet(program, row.at, state.facts.zone), `“${row.text}” is said in quiet hours`);
        break;
      case 'run-started':
        assert.is(run, null, 'at most one run is in hand');
        run = row.run;
        break;
      case 'run-void':
        assert.is(run, row.run);
        life.oldRuns.push(row.run);
        run = null;
        break;
      case 'input':
        if (row.input.type === 'run-finished' || row.input.type === 'run-failed') {
          if (row.input.run === run) run = null;
          life.oldRuns.push(row.input.run);
        }
        if (row.input.type === 'message' || row.input.type === 'answer') life.nudges.clear();
        break;
      case 'recorded':
        life.nudges.clear();
        break;
      case 'nudged': {
        assert.not(isQuiet(program, row.at, state.facts.zone), 'nobody is nudged in quiet hours');
        const key = `${state.facts.visit.number} ${row.nudge}`;
        const count = (life.nudges.get(key) ?? 0) + 1;
        assert.ok(count <= row.atMost, `${row.nudge} came ${count} times in one silence`);
        life.nudges.set(key, count);
      }
    }
  }
  assert.is(state.facts.run?.id ?? null, run);
  life.rows.push(...rows);
  life.state = copy(state);
  life.nextDueAt = result.nextDueAt;
  return true;
}

/** Goes to `to`, stopping at due moments. False when the program got stuck. */
function pass(life: Life, to: number): boolean {
  for (let stops = 0; stops < stopsMax && life.nextDueAt !== null && life.nextDueAt <= to; stops += 1) {
    life.now = life.nextDueAt;
    if (!take(life, timeInput(life.state))) return false;
  }
  life.now = to;
  return true;
}

function begin(program: LoadedProgram): Life | null {
  const first = stepped(program, null, { type: 'enroll', id: 'enroll', zone: 'Europe/London' }, origin);
  if (!first) return null;
  const life: Life = {
    program,
    now: origin,
    state: copy(first.state),
    rows: [...first.rows],
    nextDueAt: first.nextDueAt,
    effects: new Set(first.effects.map((effect) => effect.id)),
    oldRuns: [],
    nudges: new Map(),
  };
  return life;
}

function live(life: Life, happenings: Happening[]): boolean {
  for (const [index, one] of happenings.entries()) {
    const to = life.now + one.passes;
    if (one.stops && one.passes > 0) {
      if (!pass(life, to)) return false;
    } else life.now = to;
    const input = inputOf(one, life.state, `i${index}`, life.now, life.oldRuns);
    // A step that fails changes nothing: life goes on without the input.
    if (input) take(life, input);
  }
  return true;
}

/** Stepping the stored inputs again gives the same rows and the same state. */
function foldsToTheSame({ program, rows, state: expected }: Life): void {
  let state: State | null = null;
  const again: TimelineRow[] = [];
  for (const row of copy(rows)) {
    if (row.kind !== 'input') continue;
    const result = step(program, state, row.input, row.at, 'e1');
    state = copy(result.state);
    again.push(...result.rows);
  }
  for (const [index, row] of rows.entries()) assert.is(written(again[index]), written(row));
  assert.is(again.length, rows.length);
  assert.is(written(state), written(expected));
}

/** Each planned message was said or withdrawn, once. */
function nothingIsForgotten({ rows, state }: Life): void {
  const waiting = new Set(state.facts.planned.map((message) => message.id));
  for (const row of rows) {
    if (row.kind !== 'planned') continue;
    const ends = rows.filter((one) => (one.kind === 'message' || one.kind === 'withdrawn') && one.id === row.id);
    assert.is(ends.length, waiting.has(row.id) ? 0 : 1, `“${row.text}” is said or withdrawn, once`);
  }
}

test('every story keeps the promises', () => {
  let stories = 0;
  fc.assert(
    fc.property(programText, fc.array(happening, { minLength: 5, maxLength: 40 }), (text, happenings) => {
      const { program } = build(text);
      const life = program && begin(program);
      if (!life) return;
      stories += 1;
      live(life, happenings);
      nothingIsForgotten(life);
      foldsToTheSame(life);
    }),
    {
      includeErrorInReport: true,
      seed: 20260105,
      numRuns: 150,
    },
  );
  assert.ok(stories > 120, `${stories} stories were told`);
});

test('every story with tracks, items, roles and proposals keeps them too', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(richText, fc.array(anyHappening, { minLength: 5, maxLength: 40 }), (text, happenings) => {
      const { program } = build(text);
      const life = program && begin(program);
      if (!life) return;
      live(life, happenings);
      nothingIsForgotten(life);
      foldsToTheSame(life);
      for (const row of life.rows) seen.set(row.kind, (seen.get(row.kind) ?? 0) + 1);
    }),
    { includeErrorInReport: true, seed: 20260106, numRuns: 160 },
  );
  for (const kind of ['begun', 'added', 'told', 'output', 'called', 'proposed', 'decided', 'lapsed', 'acknowledged'])
    assert.ok((seen.get(kind) ?? 0) > 0, `${kind} never happened`);
});

test('every story in which operators move, pause and take out keeps them, and is silent while it is paused', () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(richText, fc.array(operatedHappening, { minLength: 5, maxLength: 40 }), (text, happenings) => {
      const { program } = build(text);
      const life = program && begin(program);
      if (!life) return;
      live(life, happenings);
      nothingIsForgotten(life);
      foldsToTheSame(life);
      let paused = false;
      for (const row of life.rows) {
        const what = row.kind === 'entered' && row.direction === 'move' ? 'moved' : row.kind;
        seen.set(what, (seen.get(what) ?? 0) + 1);
        const isSpeech = row.kind === 'run-started' || row.kind === 'nudged' || row.kind === 'asked';
        // A word by which they leave is answered.
        assert.not(paused && isSpeech, `${row.kind} in a pause`);
        if (row.kind === 'paused') paused = true;
        if (row.kind === 'resumed' || row.kind === 'finished') paused = false;
      }
    }),
    { includeErrorInReport: true, seed: 20260107, numRuns: 120 },
  );
  for (const kind of ['moved', 'paused', 'resumed', 'refused', 'finished'])
    assert.ok((seen.get(kind) ?? 0) > 0, `${kind} never happened`);
});

/** The first thing that came about by a rule. */
const firstTaken = (rows: TimelineRow[]) =>
  rows.find((row) => row.kind === 'ruled' || row.kind === 'entered' || row.kind === 'finished');

test('what *why* says holds is taken by the next look, and nothing else is', () => {
  let held = 0;
  fc.assert(
    fc.property(
      programText,
      fc.array(happening, { minLength: 2, maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 30 * 24 * 60 }), { minLength: 4, maxLength: 4 }),
      (text, happenings, minutes) => {
        const { program } = build(text);
        const life = program && begin(program);
        if (!life || !live(life, happenings) || life.state.facts.finished) return;
        const { state } = life;
        const now = Math.max(life.now, state.at);
        const transitions = why(program, state, now).transitions.filter((one) => one.by === 'facts');
        const moments = minutes.map((one) => now + one * 60_000);
        for (const clause of transitions.flatMap((one) => one.clauses))
          if (clause.holdsAt !== null) moments.push(clause.holdsAt, clause.holdsAt - 1);
        for (const at of moments) {
          if (at < now) continue;
          const then = why(program, state, at).transitions.filter((one) => one.by === 'facts');
          const first = then.find((one) => one.holds);
          const result = stepped(program, state, timeInput(state), at);
          if (!result) continue;
          const taken = firstTaken(result.rows);
          const before = result.rows.slice(1, taken ? result.rows.indexOf(taken) : undefined);
          if (first) {
            held += 1;
            assert.ok(taken, `${first.rule} holds and is taken`);
            if (taken?.kind !== 'ruled') assert.is(taken?.rule, first.rule);
          } else if (before.length === 0 && taken && taken.kind !== 'ruled') {
            assert.unreachable(`${taken.rule} was taken although it did not hold`);
          }
        }
        for (const [index, one] of transitions.entries()) {
          for (const [place, clause] of one.clauses.entries()) {
            const at = (moment: number) =>
              why(program, state, moment).transitions.filter(({ by }) => by === 'facts')[index]?.clauses[place]?.holds;
            if (clause.holdsAt === null) {
              if (!clause.holds)
                for (const moment of moments.slice(0, 4))
                  assert.is(at(moment), false, `${clause.source} never holds by time`);
            } else {
              assert.is(at(clause.holdsAt), true, `${clause.source} holds when it is said to`);
              assert.is(at(clause.holdsAt - 1), clause.holdsAt - 1 < now ? at(clause.holdsAt - 1) : false);
            }
          }
        }
      },
    ),
    { includeErrorInReport: true, seed: 7, numRuns: 120 },
  );
  assert.ok(held > 50, `${held} transitions were seen to hold`);
});

test('few programs move people in circles', () => {
  assert.equal(
    [...new Set(problems.map((one) => one.replace(/in stage \w+/, 'in a stage')))].filter(
      (one) => !/circles|come to rest/.test(one),
    ),
    [],
  );
});

test.run();
