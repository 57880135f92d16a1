/**
 * What must be true of every adoption, whatever the two programs and whatever has happened.
 *
 * Random lives in one random program go over to another. It never fails but by a reason; nothing it was given
 * changes; what it gives is sound in the new version, survives JSON, and is the fold of its timeline. A version
 * that says the same changes nothing; what nothing has followed can be undone exactly.
 */
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adopt, outlook, revert, whyNotRevert } from '../../runtime/adopt.ts';
import { checkState } from '../../runtime/check-state.ts';
import { describe } from '../../runtime/describe.ts';
import { fold, inputsOf, versionsOf } from '../../runtime/fold.ts';
import type { Input } from '../../runtime/inputs.ts';
import { type LoadedProgram, load } from '../../runtime/load.ts';
import type { State } from '../../runtime/state.ts';
import { StepProblem, type StepResult, step, timeInput } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { freeze } from '../support/freeze.ts';
import { anyHappening, type Happening, inputOf } from '../support/random-inputs.ts';
import { build, programText, richText } from '../support/random-programs.ts';

const origin = Date.UTC(2026, 2, 27, 9, 30);
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** Names that every object has may be keys of a record here, which not every comparison bears. */
function same(found: unknown, wanted: unknown, what: string): void {
  const [left, right] = [copy(found), copy(wanted)];
  if (isDeepStrictEqual(left, right)) return;
  const parts = (value: unknown) => (typeof value === 'object' && value !== null ? Object.entries(value) : []);
  const apart = parts(left).find(([key, one]) => !isDeepStrictEqual(one, (right as Record<string, unknown>)?.[key]));
  const at = apart?.[0] ?? '';
  const there = JSON.stringify((right as Record<string, unknown>)?.[at]);
  assert.unreachable(`${what}: ${at} is ${JSON.stringify(apart?.[1])} and was to be ${there}`);
}

type Life = { state: State; rows: TimelineRow[]; now: number; nextDueAt: number | null };

/** Null where the program cannot come to rest: that is another test's business. */
function attempt(take: () => StepResult): StepResult | null {
  try {
    return take();
  } catch (problem) {
    if (problem instanceof StepProblem) return null;
    throw problem;
  }
}

function live(program: LoadedProgram, life: Life, happenings: readonly Happening[], mark: string): Life | null {
  let { state, now, nextDueAt } = life;
  const rows = [...life.rows];
  for (const [index, happening] of happenings.entries()) {
    now = Math.max(now + happening.passes, state.at);
    const input = inputOf(happening, state, `${mark}${index}`, now, []);
    const result = input && attempt(() => step(program, state, input, now, 'e1'));
    if (result === null) continue;
    rows.push(...result.rows);
    state = copy(result.state);
    nextDueAt = result.nextDueAt;
  }
  const rested = attempt(() => step(program, state, timeInput(state), now, 'e1'));
  if (rested === null) return null;
  return { state: copy(rested.state), rows: [...rows, ...rested.rows], now, nextDueAt: rested.nextDueAt ?? nextDueAt };
}

function begin(program: LoadedProgram): Life | null {
  const enroll: Input = { type: 'enroll', id: 'enroll', zone: 'Europe/London' };
  const begun = attempt(() => step(program, null, enroll, origin, 'e1'));
  return begun && { state: copy(begun.state), rows: [...begun.rows], now: origin, nextDueAt: begun.nextDueAt };
}

const over = { type: 'adopt', id: 'over', from: 1, to: 2, by: 'ann' } as const;

/** Adopts, with all that is checked of each. */
function goOver(before: LoadedProgram, after: LoadedProgram, life: Life): { result: StepResult } | 'refused' | null {
  assert.equal(checkState(before.ir, life.state), [], 'a state that a step made is sound');
  const state = freeze(copy(life.state));
  const look = outlook({ before, after }, over, state, life.now);
  let adopted: ReturnType<typeof adopt>;
  try {
    adopted = adopt({ before, after }, state, over, life.now);
  } catch (problem) {
    if (problem instanceof StepProblem) return null;
    throw problem;
  }
  assert.is(adopted.ok, look.ok, 'what is foreseen comes about');
  if (!adopted.ok) {
    assert.ok(adopted.misfit.why.endsWith('.'), adopted.misfit.why);
    return 'refused';
  }
  const { result } = adopted;
  assert.equal(checkState(after.ir, copy(result.state)), [], 'what it gives is sound');
  assert.ok(isDeepStrictEqual(copy(result.state), result.state), 'the state survives JSON');
  for (const row of result.rows) assert.ok(describe(row, after.ir, 'UTC').title !== '');
  return { result };
}

const pairs = fc.record({
  before: fc.oneof(programText, richText, richText),
  after: fc.oneof(programText, richText, richText),
  happenings: fc.array(anyHappening, { minLength: 1, maxLength: 14 }),
  later: fc.array(anyHappening, { maxLength: 6 }),
});

test('going over to any program ends in a sound state or a reason, and folds', () => {
  const seen = { adopted: 0, refused: 0, undone: 0 };
  fc.assert(
    fc.property(pairs, ({ before: first, after: second, happenings, later }) => {
      const [before, after] = [build(first).program, build(second).program];
      const begun = before && begin(before);
      const life = before && begun && live(before, begun, happenings, 'a');
      if (!before || !after || !life) return;
      const gone = goOver(before, after, life);
      if (gone === null) return;
      if (gone === 'refused') {
        seen.refused += 1;
        return;
      }
      seen.adopted += 1;
      const programs = new Map([
        [1, before],
        [2, after],
      ]);
      const { result } = gone;
      const lived = live(
        after,
        { ...life, state: copy(result.state), rows: [...life.rows, ...result.rows] },
        later,
        'b',
      );
      if (lived) {
        const told = inputsOf(lived.rows);
        const folded = fold(programs, versionsOf(told, 2)[0] ?? 2, told, 'e1');
        same(folded.state, lived.state, 'the fold of the timeline');
        same(folded.rows, lived.rows, 'its rows');
        assert.is(folded.version, 2);
      }
      if (whyNotRevert(result.rows) !== null) return;
      seen.undone += 1;
      const back = { type: 'revert', id: 'back', adoption: 'over', from: 2, to: 1, by: 'ann' } as const;
      const undone = revert(before, result.state, life.state, back, life.now);
      same(undone.state.facts, life.state.facts, 'back where they were');
      assert.is(undone.nextDueAt, life.nextDueAt);
      const all = [...life.rows, ...result.rows, ...undone.rows];
      const again = fold(programs, 1, inputsOf(all), 'e1');
      same(again.state, undone.state, 'the fold of the way back');
      same(again.rows, all, 'its rows');
      assert.is(again.version, 1);
    }),
    { numRuns: 200, seed: 11 },
  );
  assert.ok(seen.adopted > 40 && seen.refused > 10 && seen.undone > 5, JSON.stringify(seen));
});

test('a version that says the same changes nothing', () => {
  let kept = 0;
  fc.assert(
    fc.property(pairs, ({ before: text, happenings }) => {
      const { program } = build(text);
      const begun = program && begin(program);
      const life = program && begun && live(program, begun, happenings, 'a');
      if (!program || !life || life.state.facts.finished) return;
      const gone = goOver(program, load(program.ir, program.source), life);
      assert.ok(gone !== 'refused');
      if (gone === null || life.state.facts.run) return;
      kept += 1;
      const { result } = gone;
      assert.equal(
        result.rows.map(({ kind }) => kind),
        ['input', 'adopted'],
      );
      same(result.state.facts, life.state.facts, 'the facts');
      assert.is(result.nextDueAt, life.nextDueAt);
    }),
    { numRuns: 250, seed: 11 },
  );
  assert.ok(kept > 20, String(kept));
});

test.run();
