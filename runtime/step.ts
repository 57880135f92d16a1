/**
 * One step: `step(program, state, input, now)` → the next state, what the timeline says, what the
 * world must do, and when to look again.
 *
 * Pure: no clock, no randomness, no input or output. The same function runs in production, in
 * scenarios, in the simulator and in the browser. It applies the input to the facts, lets the
 * machine take transitions until nothing more is enabled, does what time owes, and computes the
 * next due time. A step that would go on for ever stops with a `StepProblem` that names the limit.
 */
import { transition } from 'xstate';
import { applyInput } from './apply-input.ts';
import { duties, nextDue } from './duties.ts';
import { holds } from './evaluate.ts';
import type { Facts } from './facts.ts';
import type { Effect, Input, RunResult } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import { transitionsMax } from './load.ts';
import type { Moment } from './moment.ts';
import { envOf, rulesInForce, withFacts } from './moment.ts';
import type { State } from './state.ts';
import type { TimelineRow } from './timeline.ts';

/** Duties and machine events worked off in one step. */
export const roundsMax = 200;

export type StepResult = {
  state: State;
  /** Empty when time passed and nothing came of it. */
  rows: TimelineRow[];
  effects: Effect[];
  /** ms; null: time alone will bring nothing. */
  nextDueAt: number | null;
  /** The rule's or duty's words for what happens then. */
  nextDueWhat: string | null;
};

/** The step cannot be completed: a limit was reached or the stored state does not fit the program. */
export class StepProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StepProblem';
  }
}

/** `state` is null exactly when the input is `enroll`. `enrollment` is the id that effects are named after. */
export function step(
  program: LoadedProgram,
  state: State | null,
  given: Input,
  now: number,
  enrollment: string,
): StepResult {
  // As it will be stored: what JSON does not know (NaN, Infinity) must not mean one thing now and another when rebuilt.
  const input = JSON.parse(JSON.stringify(given)) as Input;
  if ((state === null) !== (input.type === 'enroll')) {
    throw new StepProblem(
      state === null ? 'Nobody is enrolled yet: the first input must be `enroll`.' : 'This person is enrolled already.',
    );
  }
  const before = state?.facts ?? null;
  const seq = (state?.seq ?? 0) + 1;
  if (state && !isState(program, state.stage)) {
    throw new StepProblem(`The stored stage “${state.stage}” is not in this version of ${program.ir.name}.`);
  }
  const start: Moment = {
    ir: program.ir,
    enrollment,
    seq,
    // Clocks may step back a little between machines; a person's time never does.
    now: Math.max(now, state?.at ?? now),
    answering:
      input.type === 'message' || input.type === 'answer' || (input.type === 'enroll' && input.by === 'person'),
    facts: before ?? ({} as Facts),
    log: [],
    effects: [],
    made: 0,
    events: [],
  };
  // A condition that time has made false counts as false, also where the input makes it true again.
  const applied = applyInput(state ? forgetFalse(start) : start, input);
  if (!isState(program, applied.facts.visit.stage)) {
    throw new StepProblem(`There is no stage “${applied.facts.visit.stage}” in ${program.ir.name}.`);
  }
  const settled = workOff(program, { stage: state?.stage ?? applied.facts.visit.stage, moment: applied });
  const { moment } = settled;
  const next = nextDue(moment);
  const due = { nextDueAt: next?.at ?? null, nextDueWhat: next?.what ?? null };

  if (state && input.type === 'time' && moment.log.length === 0 && moment.facts === before) {
    return { state, rows: [], effects: [], ...due };
  }
  const entries = [{ kind: 'input' as const, input }, ...moment.log];
  const rows: TimelineRow[] = entries.map((entry, index) => ({
    seq: seq + index,
    at: moment.now,
    cause: seq,
    ...entry,
  }));
  return {
    state: { enrollment, seq: seq + rows.length - 1, stage: settled.stage, at: moment.now, facts: moment.facts },
    rows,
    effects: moment.effects,
    ...due,
  };
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

type Place = { stage: string; moment: Moment };

/** Transitions, waiting machine events and due duties, until nothing is left. */
function workOff(program: LoadedProgram, place: Place): Place {
  let at = settle(program, place, { type: 'time', answers: {} });
  for (let round = 0; round < roundsMax; round += 1) {
    const [event, ...rest] = at.moment.events;
    if (event) {
      at = settle(program, { ...at, moment: { ...at.moment, events: rest } }, event);
      continue;
    }
    const { moment } = at;
    const due = duties(moment)
      .filter((duty) => duty.at <= moment.now)
      .sort((a, b) => a.at - b.at)[0];
    if (!due) return at;
    at = settle(program, { ...at, moment: due.perform(moment) }, { type: 'time', answers: {} });
  }
  throw new StepProblem(`“${program.ir.title}” did not come to rest within ${roundsMax} rounds in stage ${at.stage}.`);
}

/** Sends one event to the machine, which takes transitions until none is enabled. */
function settle(
  program: LoadedProgram,
  { stage, moment }: Place,
  event: { type: string; answers: Record<string, true> },
): Place {
  const looked = forgetFalse(moment);
  if (looked.facts.finished && stage !== looked.facts.visit.stage) return { stage, moment: looked };
  const snapshot = program.machine.resolveState({ value: stage, context: { moment: looked } });
  if (snapshot.status !== 'active') return { stage, moment: looked };
  try {
    const [next] = transition(program.machine, snapshot, event);
    return { stage: String(next.value), moment: (next.context as { moment: Moment }).moment };
  } catch (problem) {
    if (problem instanceof Error && problem.message.startsWith('Infinite loop')) {
      throw new StepProblem(
        `“${program.ir.title}” moves people in circles: more than ${transitionsMax} transitions in one step, in stage ${stage}.`,
        problem,
      );
    }
    throw problem;
  }
}

/** A `becomes` rule whose condition no longer holds may turn again. */
function forgetFalse(moment: Moment): Moment {
  const { holding } = moment.facts;
  if (Object.keys(holding).length === 0) return moment;
  const still: Record<string, true> = { ...holding };
  for (const rule of rulesInForce(moment.ir, moment.facts.visit.stage)) {
    if (still[rule.id] && !holds(rule.condition, envOf(moment)).holds) delete still[rule.id];
  }
  return Object.keys(still).length === Object.keys(holding).length ? moment : withFacts(moment, { holding: still });
}

function isState(program: LoadedProgram, stage: string): boolean {
  return Object.hasOwn(program.machine.root.states, stage);
}
