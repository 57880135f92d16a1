/**
 * One step: `step(program, state, input, now, enrollment)` → the next state, what the timeline says, what the
 * world must do, and when to look again.
 *
 * Pure: no clock, no randomness, no input or output. The same function runs in production, in
 * scenarios, in the simulator and in the browser. It reads as it works: the input is applied to the facts
 * (`apply-input.ts`); what follows from it, and what time owes, is worked off (`come-to-rest.ts`); what came of it
 * is put together, with the next due time (`duties.ts`).
 */
import { exitState } from '../compiler/machine.ts';
import { applyInput } from './apply-input.ts';
import { asStored } from './as-stored.ts';
import { cohortOf, joinCohort } from './cohort.ts';
import { comeToRest } from './come-to-rest.ts';
import { completeFacts } from './complete-facts.ts';
import { nextDue } from './duties.ts';
import type { Facts } from './facts.ts';
import { forgetAllFalse } from './forget-false.ts';
import type { Effect, Input, RunResult } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import { isEmpty, type Moment, momentOf } from './moment.ts';
import { withdrawnExit } from './move.ts';
import type { State } from './state.ts';
import { StepProblem } from './step-problem.ts';
import { passOver, reachedNow } from './timed-rules.ts';
import type { TimelineRow } from './timeline.ts';

export { StepProblem } from './step-problem.ts';

export type StepResult = {
  state: State;
  /** Empty when time passed and nothing came of it. */
  rows: TimelineRow[];
  effects: Effect[];
  /** ms; null: time alone will bring nothing. */
  nextDueAt: number | null;
  /** The rule's or duty's words for what happens then. */
  nextDueWhat: string | null;
  /** Whom the person belongs with; null: with nobody yet, or with everybody where the program has no cohorts. */
  cohort: string | null;
};

/**
 * `state` is null exactly when the input is `enroll`. `now` is in ms. `enrollment` is the id that effects are named
 * after. Throws `StepProblem` where the step cannot be completed; then nothing has happened.
 */
export function step(
  program: LoadedProgram,
  state: State | null,
  given: Input,
  now: number,
  enrollment: string,
): StepResult {
  const input = asStored(given);
  if ((state === null) !== (input.type === 'enroll')) {
    throw new StepProblem(
      state === null ? 'Nobody is enrolled yet: the first input must be `enroll`.' : 'This person is enrolled already.',
    );
  }
  const before = state ? completeFacts(state.facts) : null;
  if (state && !isKnownStage(program, state.stage)) {
    throw new StepProblem(`The stored stage “${state.stage}” is not in this version of ${program.ir.name}.`);
  }
  const seq = (state?.seq ?? 0) + 1;
  // Clocks may step back a little between machines; a person's time never does.
  const at = Math.max(now, state?.at ?? now);
  const start = momentOf(program.ir, before ?? ({} as Facts), at, { enrollment, seq, answering: isTheirOwn(input) });
  // A condition that time has made false counts as false, also where the input makes it true again.
  const looked = state ? forgetAllFalse(withReached(start)) : start;
  const applied = applyInput(looked, input);
  if (!isKnownStage(program, applied.facts.visit.stage)) {
    throw new StepProblem(`There is no stage “${applied.facts.visit.stage}” in ${program.ir.name}.`);
  }
  const wasKnown =
    input.type === 'enroll' ? input.shared !== undefined : cohortOf(program.ir, start.facts.data) !== null;
  return conclude(program, state, input, { applied, before, enrollment, wasKnown });
}

/** Whether the person has just spoken: what is said now is an answer to them. */
const isTheirOwn = (input: Input): boolean =>
  input.type === 'message' ||
  (input.type === 'answer' && input.role === undefined) ||
  (input.type === 'enroll' && input.by === 'person');

function withReached(moment: Moment): Moment {
  const reached = reachedNow(moment);
  return isEmpty(reached) ? moment : { ...moment, reached };
}

/**
 * The second half of a step: what follows from an input that has been applied is worked off, and the result
 * is put together. `before` are the facts as they were (null at enrollment); `wasKnown`: so was the cohort.
 */
export function conclude(
  program: LoadedProgram,
  state: State | null,
  input: Input,
  of: { applied: Moment; before: Facts | null; enrollment: string; wasKnown: boolean },
): StepResult {
  const { applied, before, enrollment, wasKnown } = of;
  const seq = (state?.seq ?? 0) + 1;
  const rested = comeToRest(program, applied);
  const moment = joinCohort(passOver(rested.moment), wasKnown);
  const next = nextDue(moment, moment === rested.moment ? rested.owed : undefined);
  const nextDueAt = next?.at ?? null;
  const nextDueWhat = next?.what ?? null;
  const cohort = cohortOf(program.ir, moment.facts.data);

  if (state && input.type === 'time' && moment.log.length === 0 && moment.facts === before) {
    return { state, rows: [], effects: [], nextDueAt, nextDueWhat, cohort };
  }
  const at = moment.now;
  const rows: TimelineRow[] = [{ kind: 'input', input, seq, at, cause: seq }];
  for (const entry of moment.log) {
    // Each entry was made for this log alone: it becomes the row, which spares a copy of it.
    const row = entry as TimelineRow;
    row.seq = seq + rows.length;
    row.at = at;
    row.cause = seq;
    rows.push(row);
  }
  const { facts } = moment;
  const stage = facts.finished?.outcome === 'left' ? exitState(facts.finished.as) : facts.visit.stage;
  return {
    state: { enrollment, seq: seq + rows.length - 1, stage, at, facts },
    rows,
    effects: moment.effects,
    nextDueAt,
    nextDueWhat,
    cohort,
  };
}

/** A stage of the program, or what somebody who has left is in. */
function isKnownStage(program: LoadedProgram, stage: string): boolean {
  const { ir } = program;
  if (Object.hasOwn(ir.stages, stage) || stage === exitState(withdrawnExit)) return true;
  const flows = [ir, ...Object.values(ir.tracks), ...Object.values(ir.lists)];
  return flows.some((flow) => flow.exits.some((exit) => exitState(exit) === stage));
}

/** The input that says: look what is due. */
export const timeInput = (state: State): Input => ({ type: 'time', id: `time:${state.seq + 1}` });

/** The input that brings an agent run's result back; its id follows from the run, so a second result is a repeat. */
export const runFinished = (run: string, result: RunResult): Input => ({
  type: 'run-finished',
  id: `finished:${run}`,
  run,
  result,
});
