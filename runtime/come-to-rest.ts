/**
 * The loop of a step: machine events, conditions and due duties are worked off until nothing is left to do now.
 *
 * In this order, again and again: events that wait (a command, an entry, a decision) go to their machines; then every
 * thread takes what its conditions set off; then comes the duty that has waited longest, after which there may be new
 * events. Each of these loops has a limit; a program that passes it ends in a `StepProblem` that names it.
 * What a transition does is `taking.ts`'s business, what time owes that of `duties.ts`.
 */
import { duties, isStillDue, nextDuties } from './duties.ts';
import type { Duty } from './duty.ts';
import { holds } from './evaluate.ts';
import type { ThreadId } from './facts.ts';
import { isAlone, within } from './focus.ts';
import { forgetFalse, trackKey } from './forget-false.ts';
import { type LoadedProgram, machineKey } from './load.ts';
import { envOf, isEmpty, isOver, isPaused, type MachineEvent, type Moment, note, withFacts } from './moment.ts';
import { takenNow } from './pause.ts';
import { StepProblem } from './step-problem.ts';
import { hasSomethingToTake, turnIdle } from './taking.ts';
import { CirclesProblem, takeTransitions, transitionsMax } from './transition.ts';
import { enter, placeToBegin } from './visit.ts';

/** Duties and machine events worked off in one step; for each item of a list as many again as it may need. */
const roundsMax = 200;
const roundsForEachItem = 10;
/** How often the threads are looked at in a row, one letting another go on. */
const passesMax = 100;

/** The moment in which nothing more happens by itself, and the duties that time owes later. */
export function comeToRest(program: LoadedProgram, start: Moment): { moment: Moment; owed: Duty[] } {
  let rounds = 0;
  const countRound = (moment: Moment): void => {
    rounds += 1;
    if (rounds <= roundsMax || rounds <= roundsFor(moment)) return;
    throw new StepProblem(
      `“${program.ir.title}” did not come to rest within ${roundsFor(moment)} rounds in stage ${moment.facts.visit.stage}.`,
    );
  };
  /** Every event is sent before conditions are looked at. */
  const answerEvents = (from: Moment): Moment => {
    let moment = takenNow(from);
    for (let event = moment.events[0]; event !== undefined; event = moment.events[0]) {
      countRound(moment);
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
    const due = nextDuties(owed, moment.now);
    if (due.length === 0) return { moment, owed };
    for (const duty of due) {
      // The first of them is.
      if (duty !== due[0] && !isStillDue(moment, duty)) continue;
      countRound(moment);
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
      moment = goOn(program, beginTrack(moment, track), { kind: 'track', track });
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
function beginTrack(moment: Moment, name: string): Moment {
  const track = moment.ir.tracks[name];
  if (!track?.when || isOver(moment) || moment.events.length > 0) return moment;
  const key = trackKey(name);
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
  const nodes = program.nodes[machineKey(looked.thread)];
  if (isOver(looked) || finished || visit.number === 0 || !nodes) return looked;
  const answered = isUnanswered(event) ? null : event;
  if (answered === null && !hasSomethingToTake(looked)) return turnIdle(looked);
  if (looked.flow.stages[visit.stage]?.final !== undefined) return looked;
  try {
    const rested = takeTransitions(nodes, visit.stage, looked, answered);
    return isOver(rested) || rested.facts.finished ? rested : turnIdle(rested);
  } catch (problem) {
    if (problem instanceof CirclesProblem) {
      throw new StepProblem(
        `“${program.ir.title}” moves people in circles: ${problem.message}, more than ${transitionsMax} transitions in one step.`,
        problem,
      );
    }
    throw problem;
  }
}

/** Whether no rule answers to it: then only conditions are left to look at. */
const isUnanswered = (event: MachineEvent | null): boolean => event === null || isEmpty(event.answers);
