/**
 * One step: `step(program, state, input, now)` → the next state, what the timeline says, what the
 * world must do, and when to look again.
 *
 * Pure: no clock, no randomness, no input or output. The same function runs in production, in
 * scenarios, in the simulator and in the browser. It applies the input to the facts, lets the
 * machines take transitions until nothing more is enabled, does what time owes, and computes the
 * next due time. A step that would go on for ever stops with a `StepProblem` that names the limit.
 */
import { exitState } from '../compiler/machine.ts';
import { applyInput } from './apply-input.ts';
import { asStored } from './as-stored.ts';
import { cohortOf, joinCohort } from './cohort.ts';
import { completeFacts } from './complete-facts.ts';
import { duties, isStillDue, nextDue, nextDuties } from './duties.ts';
import type { Duty } from './duty.ts';
import { holds, holdsHere } from './evaluate.ts';
import type { Facts, ThreadId } from './facts.ts';
import { isAlone, within } from './focus.ts';
import type { Effect, Input, RunResult } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import { machineKey } from './load.ts';
import type { MachineEvent, Moment } from './moment.ts';
import { envOf, isEmpty, isOver, isPaused, mainThread, momentOf, note, withFacts } from './moment.ts';
import { withdrawnExit } from './move.ts';
import { takenNow } from './pause.ts';
import { rulesAt } from './rules.ts';
import type { State } from './state.ts';
import { hasSomethingToTake, turnIdle } from './taking.ts';
import { passOver, reachedNow } from './timed-rules.ts';
import type { TimelineRow } from './timeline.ts';
import { CirclesProblem, takeTransitions, transitionsMax } from './transition.ts';
import { enter, placeToBegin } from './visit.ts';

/** Duties and machine events worked off in one step; for each item of a list as many again as it may need. */
export const roundsMax = 200;
export const roundsForEachItem = 10;
/** How often the threads are looked at in a row, one letting another go on. */
export const passesMax = 100;

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
  const input = asStored(given);
  if ((state === null) !== (input.type === 'enroll')) {
    throw new StepProblem(
      state === null ? 'Nobody is enrolled yet: the first input must be `enroll`.' : 'This person is enrolled already.',
    );
  }
  const before = state ? completeFacts(state.facts) : null;
  const seq = (state?.seq ?? 0) + 1;
  if (state && !isPlace(program, state.stage)) {
    throw new StepProblem(`The stored stage “${state.stage}” is not in this version of ${program.ir.name}.`);
  }
  // Clocks may step back a little between machines; a person's time never does.
  const at = Math.max(now, state?.at ?? now);
  const answering =
    input.type === 'message' ||
    (input.type === 'answer' && input.role === undefined) ||
    (input.type === 'enroll' && input.by === 'person');
  const start = momentOf(program.ir, before ?? ({} as Facts), at, { enrollment, seq, answering });
  // A condition that time has made false counts as false, also where the input makes it true again.
  const looked = state ? forgetAllFalse(withReached(start)) : start;
  const applied = applyInput(looked, input);
  if (!isPlace(program, applied.facts.visit.stage)) {
    throw new StepProblem(`There is no stage “${applied.facts.visit.stage}” in ${program.ir.name}.`);
  }
  const wasKnown =
    input.type === 'enroll' ? input.shared !== undefined : cohortOf(program.ir, start.facts.data) !== null;
  return conclude(program, state, input, { applied, before, enrollment, wasKnown });
}

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
  const rested = workOff(program, applied);
  const moment = joinCohort(passOver(rested.moment), wasKnown);
  const next = nextDue(moment, moment === rested.moment ? rested.owed : undefined);
  const due = {
    nextDueAt: next?.at ?? null,
    nextDueWhat: next?.what ?? null,
    cohort: cohortOf(program.ir, moment.facts.data),
  };

  if (state && input.type === 'time' && moment.log.length === 0 && moment.facts === before) {
    return { state, rows: [], effects: [], ...due };
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
    state: { enrollment, seq: seq + rows.length - 1, stage, at: moment.now, facts },
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

/** Transitions, waiting machine events and due duties, until nothing is left but what is `owed` later. */
function workOff(program: LoadedProgram, start: Moment): { moment: Moment; owed: Duty[] } {
  let rounds = 0;
  const round = (moment: Moment): void => {
    rounds += 1;
    if (rounds <= roundsMax || rounds <= roundsFor(moment)) return;
    throw new StepProblem(
      `“${program.ir.title}” did not come to rest within ${roundsFor(moment)} rounds in stage ${moment.facts.visit.stage}.`,
    );
  };
  /** Every event is sent before conditions are looked at. */
  const answerEvents = (from: Moment): Moment => {
    let moment = takenNow(from);
    for (let [event] = moment.events; event; [event] = moment.events) {
      round(moment);
      const one = event;
      moment = within({ ...moment, events: moment.events.slice(1) }, one.thread, (there) =>
        settle(program, there, one),
      );
    }
    return moment;
  };
  let moment = settleAll(program, answerEvents(start));
  for (;;) {
    if (moment.events.length > 0) {
      moment = settleAll(program, answerEvents(moment));
      continue;
    }
    const owed = duties(moment);
    const [first, ...others] = nextDuties(owed, moment.now);
    if (!first) return { moment, owed };
    round(moment);
    moment = answerEvents(first.perform(moment));
    for (const duty of others) {
      if (!isStillDue(moment, duty)) continue;
      round(moment);
      moment = answerEvents(duty.perform(moment));
    }
    moment = settleAll(program, moment);
  }
}

function roundsFor({ facts }: Moment): number {
  const items = Object.values(facts.lists).reduce((count, list) => count + list.length, 0);
  return roundsMax + items * roundsForEachItem;
}

/** Lets every thread take what its conditions set off, until none has anything to take. */
function settleAll(program: LoadedProgram, start: Moment): Moment {
  if (isPaused(start)) return start;
  let moment = start;
  for (let pass = 0; pass < passesMax; pass += 1) {
    // Handlers of what has just happened come before conditions.
    if (moment.events.length > 0) return moment;
    const { facts, log } = moment;
    moment = settle(program, moment, null);
    if (isAlone(moment.ir) && moment.facts === facts && moment.log === log) return moment;
    for (const track of Object.keys(moment.ir.tracks))
      moment = goOn(program, begin(moment, track), { kind: 'track', track });
    for (const list of Object.values(moment.ir.lists)) {
      for (const { id } of moment.facts.lists[list.name] ?? [])
        moment = goOn(program, moment, { kind: 'item', list: list.name, item: id });
    }
    if (moment.facts === facts && moment.log === log) return moment;
  }
  throw new StepProblem(
    `“${program.ir.title}” did not come to rest: its tracks and items set each other off more than ${passesMax} times.`,
  );
}

/** A track or an item begins its first stage, or goes on where it is. */
function goOn(program: LoadedProgram, moment: Moment, thread: ThreadId): Moment {
  // A flow without stages (a plain collection) has nowhere to go.
  if (isOver(moment) || moment.events.length > 0 || !program.machines[machineKey(thread)]) return moment;
  return within(moment, thread, (there) => {
    if (there.facts.finished) return there;
    const { stage, number } = there.facts.visit;
    return number === 0 ? enter(there, stage, { direction: 'start' }) : settle(program, there, null);
  });
}

/** A track whose condition has turned to holding begins, unless it runs. */
function begin(moment: Moment, name: string): Moment {
  const track = moment.ir.tracks[name];
  if (!track?.when || isOver(moment) || moment.events.length > 0) return moment;
  const key = `track:${name}`;
  const { holding, tracks } = moment.facts;
  if (holding[key] || !holds(track.when, envOf(moment)).holds) return moment;
  const held = withFacts(moment, { holding: { ...holding, [key]: true } });
  if (tracks[name] && !tracks[name].finished) return held;
  const begun = withFacts(held, { tracks: { ...tracks, [name]: placeToBegin(track, moment.now) } });
  return note(begun, { kind: 'begun', track: name, because: track.source });
}

/**
 * Sends one event to the machine of the thread at hand, which takes transitions until none is
 * enabled; without one, what conditions set off is taken.
 */
function settle(program: LoadedProgram, moment: Moment, event: MachineEvent | null): Moment {
  const looked = forgetFalse(moment);
  const { visit, finished } = looked.facts;
  const places = program.places[machineKey(looked.thread)];
  if (isOver(looked) || finished || visit.number === 0 || !places) return looked;
  if (isUnanswered(event) && !hasSomethingToTake(looked)) return turnIdle(looked);
  if (looked.flow.stages[visit.stage]?.final !== undefined) return looked;
  try {
    const rested = takeTransitions(places, visit.stage, looked, event);
    return isOver(rested) || rested.facts.finished ? rested : turnIdle(rested);
  } catch (problem) {
    if (problem instanceof CirclesProblem) {
      throw new StepProblem(
        `“${program.ir.title}” moves people in circles: more than ${transitionsMax} transitions in one step, in stage ${visit.stage}.`,
        problem,
      );
    }
    throw problem;
  }
}

/** Whether no rule answers to it: then only conditions are left to look at. */
const isUnanswered = (event: MachineEvent | null): boolean => event === null || isEmpty(event.answers);

function forgetAllFalse(moment: Moment): Moment {
  const { ir, facts } = moment;
  let next = forgetFalse(moment);
  if (isAlone(ir)) return next;
  for (const track of Object.keys(ir.tracks)) {
    if (facts.tracks[track]) next = within(next, { kind: 'track', track }, forgetFalse);
  }
  for (const list of Object.keys(ir.lists)) {
    for (const { id } of facts.lists[list] ?? []) next = within(next, { kind: 'item', list, item: id }, forgetFalse);
  }
  return next;
}

/** A `becomes` rule whose condition no longer holds may turn again; so may the condition of a track. */
function forgetFalse(moment: Moment): Moment {
  const { holding } = moment.facts;
  if (isEmpty(holding)) return moment;
  const still: Record<string, true> = { ...holding };
  const env = envOf(moment);
  for (const { handler, turnsOn } of rulesAt(moment.flow, moment.facts.visit.stage).turning) {
    if (still[handler] && !holdsHere(turnsOn, env).holds) delete still[handler];
  }
  if (moment.thread.kind === mainThread.kind) {
    for (const track of Object.values(moment.ir.tracks)) {
      const key = `track:${track.name}`;
      if (still[key] && !holds(track.when, env).holds) delete still[key];
    }
  }
  return Object.keys(still).length === Object.keys(holding).length ? moment : withFacts(moment, { holding: still });
}

/** A stage of the program, or what somebody who has left is in. */
function isPlace(program: LoadedProgram, stage: string): boolean {
  const { ir } = program;
  if (Object.hasOwn(ir.stages, stage) || stage === exitState(withdrawnExit)) return true;
  const flows = [ir, ...Object.values(ir.tracks), ...Object.values(ir.lists)];
  return flows.some((flow) => flow.exits.some((exit) => exitState(exit) === stage));
}
