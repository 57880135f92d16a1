/**
 * A person goes over to another version of the program, and back.
 *
 * `adopt(programs, state, input, now)` gives what a step gives, or says why this person cannot go. Facts are led over
 * (`carry-way.ts`), and the result is held against the new version before anything is built upon it. What had been
 * done stays done: conditions of `when` that hold at that moment count as seen, checks and reviews that the new
 * version would have had before are passed over. What holds from then on (an `advance … when`, an escalation after so
 * many days) is done at once. Before it, the caller lets time pass under the old version.
 *
 * Pure, and an input like every other: the fold of a timeline goes through it (`fold.ts`).
 */

import { handlerOf } from '../compiler/emit.ts';
import type { Rule } from '../compiler/ir.ts';
import type { Carried } from './carry-facts.ts';
import { type Arrived, carryOver } from './carry-way.ts';
import { checkState } from './check-state.ts';
import { cohortOf } from './cohort.ts';
import { completeFacts } from './complete-facts.ts';
import { passOverReview } from './duties.ts';
import { holds, holdsHere } from './evaluate.ts';
import type { Facts, RunInHand } from './facts.ts';
import { isThere, threadsOf, within } from './focus.ts';
import type { Input } from './inputs.ts';
import type { LoadedProgram } from './load.ts';
import type { Misfit } from './misfit.ts';
import { envOf, isOver, lastDone, type Moment, mainThread, momentOf, note, withFacts } from './moment.ts';
import { ask, askNext, askRolesOfStage } from './questions.ts';
import { rulesAt, rulesToTake } from './rules.ts';
import { startRun, voidRun } from './speak.ts';
import type { State } from './state.ts';
import { conclude, type StepResult } from './step.ts';
import { StepProblem } from './step-problem.ts';
import { passOverChecks, reachedNow } from './timed-rules.ts';
import type { TimelineRow } from './timeline.ts';
import { hopsOf, type Programs, type Versions } from './version-way.ts';
import { enter } from './visit.ts';

/**
 * Whether a person can go over. `isSaid`: by a `migrate` block. `isAtRest`: nothing is in hand that would be cut
 * short: no agent run, no question and no proposal that the new version does not have; and nobody has paused it.
 */
export type Outlook = { ok: true; isSaid: boolean; isAtRest: boolean } | { ok: false; misfit: Misfit };

/** The outlook, and where the very step leads them on to: the stage, or under which name they finish; null: nowhere. */
export type Foresight =
  | { ok: true; isSaid: boolean; isAtRest: boolean; goesOn: { to: string; finishes: boolean } | null }
  | { ok: false; misfit: Misfit };

type Prepared = { ok: true; arrived: Arrived } | { ok: false; misfit: Misfit };

/** Looks whether a person could go over at `now`; nothing happens. */
export function outlook(programs: Programs, versions: Versions, state: State, now: number): Outlook {
  const prepared = prepare(programs, versions, state, now);
  if (!prepared.ok) return prepared;
  const { carried, isSaid } = prepared.arrived;
  return { ok: true, isSaid, isAtRest: isAtRest(carried) };
}

/** The same, with where they would go on to at once. Of who waits that is not known yet: null. */
export function foresee(
  programs: Programs,
  versions: { from: number; to: number; via?: number[] },
  state: State,
  now: number,
): Foresight {
  const prepared = prepare(programs, versions, state, now);
  if (!prepared.ok) return prepared;
  const { carried, isSaid } = prepared.arrived;
  const told = { ok: true, isSaid, isAtRest: isAtRest(carried) } as const;
  // The whole step is taken only for those whom something leads on: that is some of many.
  if (!told.isAtRest || !isLedOn(programs.after, state, carried, now)) return { ...told, goesOn: null };
  try {
    const adopted = adopt(programs, state, { type: 'adopt', id: 'foreseen', ...versions, by: 'plan' }, now);
    return adopted.ok ? { ...told, goesOn: wentOn(state, adopted.result.state) } : adopted;
  } catch (problem) {
    if (!(problem instanceof StepProblem)) throw problem;
    const why = `What follows at once goes in circles: ${problem.message}`;
    return { ok: false, misfit: { kind: 'refused', why, remedy: 'Let a move between these stages ask for more.' } };
  }
}

function isAtRest({ facts, closed }: Carried): boolean {
  const isCut = facts.run !== null || closed.questions.length > 0 || closed.proposals.length > 0;
  return !isCut && facts.paused === undefined;
}

/**
 * Whether a move of the program's own flow holds in the stage that somebody arrives in, or the block ends their way.
 */
function isLedOn({ ir }: LoadedProgram, { enrollment, at }: State, { facts, ends }: Carried, now: number): boolean {
  if (ends.some(({ thread }) => thread.kind === 'main')) return true;
  const env = envOf(momentOf(ir, facts, Math.max(now, at), { enrollment }));
  return rulesAt(ir, facts.visit.stage).conditional.some(
    ({ rule, becomes, condition }) => !becomes && rule.move && holdsHere(condition, env).holds,
  );
}

function wentOn(before: State, { facts }: State): { to: string; finishes: boolean } | null {
  if (facts.finished !== null) return { to: facts.finished.as, finishes: true };
  return facts.visit.number === before.facts.visit.number ? null : { to: facts.visit.stage, finishes: false };
}

/** The person goes over. Throws `StepProblem` when what follows does not come to rest; then nothing has happened. */
export function adopt(
  programs: Programs,
  state: State,
  input: Extract<Input, { type: 'adopt' }>,
  now: number,
): { ok: true; result: StepResult } | { ok: false; misfit: Misfit } {
  const prepared = prepare(programs, input, state, now);
  if (!prepared.ok) return prepared;
  const { carried, known, stage } = prepared.arrived;
  const { ir } = programs.after;
  const { enrollment } = state;
  const { run } = carried.facts;
  const start = momentOf(ir, carried.facts, Math.max(now, state.at), { enrollment, seq: state.seq + 1 });
  const { from, to, by, via } = input;
  const way = via === undefined ? {} : { via };
  const told = closeOpen(note(start, { kind: 'adopted', from, to, ...way, stage, by }), carried, input);
  const quiet = voidRun(told, `It was begun in version ${from}.`);
  const ended = carried.ends.reduce(
    (next, end) => within(next, end.thread, (there) => enter(there, end.stage, { direction: 'advance' })),
    quiet,
  );
  const settled = threadsOf(ended).reduce(
    (next, thread) => within(next, thread, (there) => settleIn(there, known)),
    ended,
  );
  const again = carried.closed.again.reduce(
    (next, { question, thread }) => (isThere(next, thread) ? within(next, thread, (at) => ask(at, question)) : next),
    settled,
  );
  const asked = askNext(threadsOf(again).reduce((next, thread) => within(next, thread, askRolesOfStage), again));
  const applied = run === null ? asked : runAgain(asked, run);
  const cohort = cohortOf(programs.before.ir, state.facts.data);
  const wasKnown = cohort !== null && cohort === cohortOf(ir, carried.facts.data);
  const result = conclude(programs.after, state, input, { applied, before: state.facts, enrollment, wasKnown });
  return { ok: true, result };
}

/**
 * The adoption is undone: the person is where they were in `earlier`, the state before it, and time goes on in
 * `program`, the version of then. Only where nothing has happened since (`whyNotRevert`).
 */
export function revert(
  program: LoadedProgram,
  state: State,
  earlier: State,
  input: Extract<Input, { type: 'revert' }>,
  now: number,
): StepResult {
  const { enrollment } = state;
  const { from, to, by } = input;
  const facts = completeFacts(earlier.facts);
  const start = momentOf(program.ir, facts, Math.max(now, state.at), { enrollment, seq: state.seq + 1 });
  const applied = note(
    { ...start, reached: reachedNow(start) },
    { kind: 'reverted', from, to, stage: facts.visit.stage, by },
  );
  const wasKnown = cohortOf(program.ir, facts.data) !== null;
  return conclude(program, state, input, { applied, before: facts, enrollment, wasKnown });
}

/** Why an adoption cannot be undone; null where it can. `rows`: from the adoption's own on, to the newest. */
export function whyNotRevert(rows: readonly TimelineRow[]): string | null {
  const [first] = rows;
  if (first?.kind !== 'input' || first.input.type !== 'adopt') return 'It is not known when the person went over.';
  const isOwn = (row: TimelineRow) => row.cause === first.seq;
  if (!rows.every(isOwn)) return 'Something has happened in the new version since.';
  const isQuiet = ({ kind, ...row }: TimelineRow) =>
    kind === 'input' || kind === 'adopted' || (kind === 'set' && 'by' in row && row.by === 'migration');
  return rows.every(isQuiet) ? null : 'Going over has brought something about that cannot be taken back.';
}

// ---------------------------------------------------------------- before

function prepare(programs: Programs, versions: Versions, state: State, now: number): Prepared {
  const { before, after } = programs;
  const refused = (why: string, remedy = ''): Prepared => ({ ok: false, misfit: { kind: 'refused', why, remedy } });
  if (before.ir.name !== after.ir.name) return refused(`${after.ir.name} is another program.`);
  const whole = withWholeFacts(state);
  const [damage] = checkState(before.ir, whole);
  if (whole === null || damage !== undefined)
    return refused(
      `The stored state is damaged: ${damage ?? 'it is missing'}.`,
      'Look at the enrollment: rebuilding it from its timeline shows what differs.',
    );
  if (whole.facts.finished !== null) return refused('The person has finished.');
  const over = carryOver(hopsOf(programs, versions), whole.facts, Math.max(now, whole.at));
  if (!over.ok) return over;
  const { carried } = over.arrived;
  const [wrong] = checkState(after.ir, { ...whole, facts: withoutEnded(carried) });
  if (wrong !== undefined) return refused(`The person would stand wrongly: ${wrong}.`);
  return over;
}

/** A snapshot of before there were tracks and lists is made whole; anything else is left for `checkState` to judge. */
function withWholeFacts(state: State | null): State | null {
  const { facts } = state ?? {};
  if (state === null || typeof facts !== 'object' || facts === null) return state;
  const isOld = typeof facts.series === 'object' && facts.series !== null && typeof facts.judgements === 'object';
  if (!isOld || facts.judgements === null) return state;
  try {
    return { ...state, facts: completeFacts(facts) };
  } catch {
    return state;
  }
}

/** Threads that end in the same step stand nowhere in between. */
function withoutEnded({ facts, ends }: Carried): Facts {
  const finished = { as: '', at: 0, outcome: 'neutral' } as const;
  let next = facts;
  for (const { thread } of ends) {
    if (thread.kind === 'main') next = { ...next, finished };
    const at = thread.kind === 'track' ? next.tracks[thread.track] : undefined;
    if (thread.kind === 'track' && at)
      next = { ...next, tracks: { ...next.tracks, [thread.track]: { ...at, finished } } };
    if (thread.kind !== 'item') continue;
    const items = (next.lists[thread.list] ?? []).map((item) =>
      item.id === thread.item ? { ...item, thread: { ...item.thread, finished } } : item,
    );
    next = { ...next, lists: { ...next.lists, [thread.list]: items } };
  }
  return next;
}

// ---------------------------------------------------------------- arriving

/** Tells what the block has set, and what is not open any more. */
function closeOpen(moment: Moment, { sets, closed }: Carried, { to }: Versions): Moment {
  const why = (id: string): string =>
    closed.otherUnit.includes(id) ? `Version ${to} counts it in another unit.` : `Version ${to} does not have it.`;
  const set = sets.reduce((next, one) => note(next, { kind: 'set', ...one, by: 'migration' }), moment);
  const gone = [...closed.questions.map(({ id }) => id), ...closed.messages];
  const asked = gone.reduce((next, id) => note(next, { kind: 'withdrawn', id, why: why(id) }), set);
  return closed.proposals.reduce(
    (next, { id, proposal }) => note(next, { kind: 'lapsed', id, proposal, why: why(id) }),
    asked,
  );
}

/**
 * Settles the place at hand: what holds counts as seen, what was due counts as done. `known`: handlers there were
 * before.
 */
function settleIn(moment: Moment, known: ReadonlySet<string>): Moment {
  const { facts, flow } = moment;
  if (facts.visit.number === 0) return moment;
  const holding: Record<string, true> = { ...facts.holding };
  const look = (rules: readonly Rule[], env: ReturnType<typeof envOf>) => {
    for (const { id, trigger, condition } of rules) {
      // One that happens once and has happened is not looked at any more.
      if (trigger.kind !== 'becomes' || (trigger.once && lastDone(moment, handlerOf(id)) !== undefined)) continue;
      if (holds(trigger.of ?? condition, env).holds) holding[handlerOf(id)] = true;
      else delete holding[handlerOf(id)];
    }
  };
  // What stands still is seen as it stood then; what it knew already turns when it goes on.
  const isFresh = ({ id }: Rule) => !known.has(handlerOf(id));
  for (const visit of facts.interrupted) {
    const now = visit.pauses.at(-1)?.from ?? moment.now;
    const rules = flow.stages[visit.stage]?.rules ?? [];
    look(rules.filter(isFresh), { ...envOf(moment), facts: { ...facts, visit }, now });
  }
  const rules = rulesToTake(flow, facts.visit.stage);
  if (facts.paused) look(rules.filter(isFresh), { ...envOf(moment), now: facts.paused.since });
  else look(rules, envOf(moment));
  const settled = withFacts(moment, { holding });
  // A pause makes up for nothing when it ends.
  return facts.paused ? settled : passOverReview(passOverChecks(settled));
}

/** The agent speaks all the same, now as the new version has it. */
function runAgain(moment: Moment, { thread, reason, skill, answering }: RunInHand): Moment {
  if (isOver(moment)) return moment;
  const place = isThere(moment, thread) ? thread : mainThread;
  const begun = within({ ...moment, answering }, place, (there) => startRun(there, reason, skill));
  return { ...begun, answering: moment.answering };
}
