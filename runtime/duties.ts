/**
 * What time owes a person: planned messages, deadlines, escalations, checks, reviews and nudges.
 *
 * Each duty has the moment it is due and what doing it means. The earliest due moment, together
 * with the earliest moment at which a watched condition may change, is the enrollment's single
 * next due time. Nothing is scheduled anywhere else, so nothing has to be cancelled. What falls on
 * one moment is done in the order of `ranks` (`duty.ts`), and within a rank in the order of the text.
 */
import type { Nudge, Rule, Stage, Track } from '../compiler/ir.ts';
import { nextReview } from './cadence.ts';
import { durationText } from './calendar.ts';
import { climbDue, climbOn, escalate } from './climb.ts';
import { type Duty, ranks, wordsOf } from './duty.ts';
import { evaluate, holds, holdsHere, resumedAnchor } from './evaluate.ts';
import type { OpenQuestion, ThreadId } from './facts.ts';
import { focus, isPresentVisit, isThere, threadsOf, within } from './focus.ts';
import { after, envOf, isOver, isPaused, isSpent, type Moment, markDone, note, put, withFacts } from './moment.ts';
import { resumeFromPause } from './pause.ts';
import { expireProposal } from './propose.ts';
import { expireQuestion, showQuestionAt } from './questions.ts';
import { rulesAt } from './rules.ts';
import { begunOf, deliverPlanned, mayWrite, startRun } from './speak.ts';
import { headOf, timedRules } from './timed-rules.ts';

/** Everything that time will bring, in every thread. */
export function duties(moment: Moment): Duty[] {
  if (isPaused(moment)) return endOfPause(moment);
  const found: Duty[] = [];
  messages(moment, found);
  climbs(moment, found);
  if (isOver(moment)) return found;
  deadlines(moment, found);
  for (const thread of threadsOf(moment)) {
    if (thread.kind === 'main') ofPlace(moment, found);
    else found.push(...ofThread(focus(moment, thread), thread));
  }
  return found;
}

/**
 * What to do now: the duty that has waited longest, then by rank; none when nothing is due. Where it is
 * a check of an item, those of the other items at that moment come with it.
 */
export function nextDuties(owed: readonly Duty[], now: number): Duty[] {
  const due = owed.filter((duty) => duty.at <= now);
  if (due.length > 1) due.sort((a, b) => a.at - b.at || a.rank - b.rank);
  const first = due[0];
  if (first?.of === undefined) return due.length > 1 ? due.slice(0, 1) : due;
  const apart = due.findIndex((duty) => duty.at !== first.at || duty.rank !== first.rank || duty.of === undefined);
  return apart < 0 ? due : due.slice(0, apart);
}

/** Whether a duty of an item is due after what has been done meanwhile. */
export function isStillDue(moment: Moment, { of }: Duty): boolean {
  if (of === undefined || isOver(moment) || !isThere(moment, of.thread)) return false;
  const there = focus(moment, of.thread);
  if (there.facts.finished) return false;
  return ofThread(there, of.thread).some((duty) => duty.of?.id === of.id && duty.at <= moment.now);
}

/**
 * The next due time: the earliest duty or possible change of a condition after now; null when time brings
 * nothing. `owed` are the duties, where they are known already.
 */
export function nextDue(moment: Moment, owed: readonly Duty[] = duties(moment)): { at: number; what: string } | null {
  let least = Number.POSITIVE_INFINITY;
  let dueFor: Duty | Rule | Track | null = null;
  const consider = (at: number, what: Duty | Rule | Track) => {
    if (!(at < least) || !Number.isFinite(at)) return;
    least = Math.max(at, moment.now + 1);
    dueFor = what;
  };
  const found = () => (dueFor === null ? null : { at: least, what: wordsFor(dueFor) });
  for (const duty of owed) consider(duty.at, duty);
  if (isPaused(moment)) return found();
  for (const thread of threadsOf(moment)) {
    const there = focus(moment, thread);
    const env = envOf(there);
    for (const ready of rulesAt(there.flow, there.facts.visit.stage).watched) {
      const { rule, condition, turnsOn } = ready;
      if (isSpent(there, ready)) continue;
      // Its moment may be another one by then.
      if (rule.trigger.kind === 'reached') consider(evaluate(rule.trigger.at, env).until, rule);
      else consider(holdsHere(condition, env).until, rule);
      if (turnsOn !== condition) consider(holdsHere(turnsOn, env).until, rule);
    }
  }
  for (const track of isOver(moment) ? [] : Object.values(moment.ir.tracks)) {
    if (track.when) consider(holds(track.when, envOf(moment)).until, track);
  }
  return found();
}

/** What is due then, or may turn. */
function wordsFor(due: Duty | Rule | Track): string {
  if ('perform' in due) return wordsOf(due);
  return `“${'trigger' in due ? headOf(due) : due.source}” may change`;
}

// ---------------------------------------------------------------- of the person

/** While it is paused nothing else is owed. */
function endOfPause({ facts: { paused } }: Moment): Duty[] {
  if (paused?.until == null) return [];
  const perform = (now: Moment) => resumeFromPause(now, null);
  return [{ at: paused.until, what: 'the end of the pause', rank: ranks.message, perform }];
}

function messages({ facts }: Moment, found: Duty[]): void {
  for (const message of facts.planned) {
    found.push({
      at: message.sendAt,
      what: 'a message that waits for its time',
      rank: ranks.message,
      perform: (now) => sendPlanned(now, message.id),
    });
  }
}

function deadlines({ facts }: Moment, found: Duty[]): void {
  const ofQuestion = ({ id, expiresAt }: OpenQuestion): void => {
    if (expiresAt === null) return;
    found.push({
      at: expiresAt,
      what: 'the deadline of an open question',
      rank: ranks.deadline,
      perform: (now) => expireQuestion(now, id),
    });
  };
  if (facts.question) ofQuestion(facts.question);
  for (const open of facts.roleQuestions) ofQuestion(open);
  for (const open of facts.proposals) {
    if (open.expiresAt === null) continue;
    found.push({
      at: open.expiresAt,
      what: 'the deadline of a proposal',
      rank: ranks.deadline,
      perform: (now) => expireProposal(now, open.id),
    });
  }
}

function climbs(moment: Moment, found: Duty[]): void {
  for (const climb of moment.facts.climbs) {
    const at = climbDue(moment, climb);
    if (at === null) continue;
    const perform = (now: Moment) => climbOn(now, climb.id);
    found.push({ at, what: 'the next rung of an escalation', rank: ranks.escalation, perform });
  }
}

/** Sends a message whose time has come, unless its reason has gone. */
function sendPlanned(moment: Moment, id: string): Moment {
  const message = moment.facts.planned.find((one) => one.id === id);
  const rest = withFacts(moment, { planned: moment.facts.planned.filter((one) => one.id !== id) });
  if (!message) return rest;
  if (message.lapsesWhenHeard && moment.facts.heardAt > message.plannedAt) {
    return note(rest, { kind: 'withdrawn', id, why: 'The person spoke first.' });
  }
  if (message.lapsesWhenHeard && !isPresentVisit(moment, message.visit)) {
    return note(rest, { kind: 'withdrawn', id, why: 'The stage it was meant for is over.' });
  }
  if (message.question && moment.facts.question?.id !== message.question.id) {
    return note(rest, { kind: 'withdrawn', id, why: 'The question is no longer open.' });
  }
  // Done late, in another zone than it was planned in, or after others: it may be night again, or enough for today.
  const sendAt = mayWrite(moment, moment.now, begunOf(message));
  const later = message.question !== undefined && (rest.facts.question?.askedAt ?? sendAt) < sendAt;
  const shown = later ? showQuestionAt(rest, sendAt) : rest;
  if (sendAt > moment.now) {
    const { text, reason } = message;
    return note(withFacts(shown, { planned: [...shown.facts.planned, { ...message, sendAt }] }), {
      kind: 'planned',
      id,
      text,
      sendAt,
      reason,
    });
  }
  return deliverPlanned(shown, message);
}

// ---------------------------------------------------------------- of a thread

/** The duties of the place at hand, each done in its thread. */
function ofThread(moment: Moment, thread: ThreadId): Duty[] {
  const found: Duty[] = [];
  ofPlace(moment, found);
  return found.map((duty) => ({ ...duty, perform: (now) => within(now, thread, duty.perform) }));
}

function ofPlace(moment: Moment, found: Duty[]): void {
  const stage = moment.flow.stages[moment.facts.visit.stage];
  if (!stage || moment.facts.visit.number === 0) return;
  escalations(moment, stage, found);
  timedRules(moment, found);
  review(moment, stage, found);
  nudges(moment, stage, found);
}

function escalations(moment: Moment, stage: Stage, found: Duty[]): void {
  const { facts } = moment;
  for (const { id, to, after: length } of stage.escalations) {
    if (facts.visit.done[id] !== undefined) continue;
    const at = after(moment, resumedAnchor(facts.visit.since, { facts }), length);
    if (Number.isNaN(at)) continue;
    const long = () => ('op' in length ? 'a time' : durationText(length));
    found.push({
      at,
      what: `an escalation to ${to}`,
      rank: ranks.escalation,
      perform: (now) => escalate(markDone(now, id), to, `In stage ${stage.name} for ${long()}.`),
    });
  }
}

function review(moment: Moment, stage: Stage, found: Duty[]): void {
  const { facts, thread } = moment;
  if (!stage.review) return;
  // The reviews of tracks and items wait for each other, and for the conversation.
  if (thread.kind !== 'main' && facts.run) return;
  // A review that fell into an interruption is not made up for: the visit stood still.
  const resumedAt = facts.visit.pauses.at(-1)?.to ?? 0;
  const past = Math.max(facts.visit.since, resumedAt, facts.review.lastAt ?? 0);
  const at = nextReview(stage.review, facts.visit.arrivedAt, past, envOf(moment), moment.enrollment);
  found.push({ at, what: 'a review', rank: ranks.review, perform: performReview });
}

/** A review. When nothing has happened since the last one it costs nothing. */
function performReview(moment: Moment): Moment {
  const { facts } = moment;
  const outcome = facts.run ? 'busy' : facts.review.changed ? 'run' : 'nothing-changed';
  const reviewed = withFacts(moment, {
    // In a conversation what has changed is not yet looked at: the next review will.
    review: { lastAt: moment.now, changed: outcome === 'busy' ? facts.review.changed : false },
  });
  const noted = note(reviewed, { kind: 'reviewed', outcome });
  return outcome === 'run' ? startRun(noted, 'review') : noted;
}

/** Nudges. While somebody is being spoken to there are none: they would talk over it. */
function nudges(moment: Moment, stage: Stage, found: Duty[]): void {
  if (moment.facts.run) return;
  for (const nudge of stage.nudges) {
    const due = nudgeDue(moment, nudge);
    if (!due) continue;
    const { at, count } = due;
    const what = () => `nudge ${count} of ${nudge.atMost}`;
    found.push({ at, what, rank: ranks.nudge, perform: (now) => performNudge(now, nudge, count) });
  }
}

/**
 * When the next nudge of this silence is due, at a time at which Regimen may write; null when there have been enough.
 */
function nudgeDue(moment: Moment, nudge: Nudge): { at: number; count: number } | null {
  const { facts, now } = moment;
  const sign = nudge.without === undefined ? facts.heardAt : (facts.series[nudge.without]?.at(-1)?.at ?? 0);
  const heardAt = Math.max(sign, facts.visit.since);
  const past = facts.visit.nudges[nudge.id];
  // A sign of life after the last nudge begins a new silence.
  const sent = past && past.lastAt >= heardAt ? past.sent : 0;
  if (sent >= nudge.atMost) return null;
  const inTurn = after(moment, resumedAnchor(heardAt, { facts }), nudge.after, sent + 1);
  // After a late nudge the next one keeps its distance.
  const apart = past && sent > 0 ? after(moment, resumedAnchor(past.lastAt, { facts }), nudge.after) : 0;
  const at = Math.max(inTurn, apart);
  if (Number.isNaN(at)) return null;
  // One that is done late keeps out of the quiet hours that have begun since.
  return { at: mayWrite(moment, at <= now ? now : at), count: sent + 1 };
}

function performNudge(moment: Moment, nudge: Nudge, count: number): Moment {
  const { visit } = moment.facts;
  const nudged = withFacts(moment, {
    visit: { ...visit, nudges: put(visit.nudges, nudge.id, { sent: count, lastAt: moment.now }) },
  });
  return startRun(note(nudged, { kind: 'nudged', nudge: nudge.id, count, atMost: nudge.atMost }), 'nudge');
}

/** The place at hand with a review that is due passed over: one that only another version of the program asks for. */
export function passOverReview(moment: Moment): Moment {
  const stage = moment.flow.stages[moment.facts.visit.stage];
  const found: Duty[] = [];
  if (stage !== undefined) review(moment, stage, found);
  const isDue = found.some(({ at }) => at <= moment.now);
  return isDue ? withFacts(moment, { review: { ...moment.facts.review, lastAt: moment.now } }) : moment;
}
