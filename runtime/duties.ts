/**
 * What time owes a person: planned messages, deadlines, escalations, checks, reviews and nudges.
 *
 * Each duty has the moment it is due and what doing it means. The earliest due moment, together
 * with the earliest moment at which a watched condition may change, is the enrollment's single
 * next due time. Nothing is scheduled anywhere else, so nothing has to be cancelled. What falls on
 * one moment is done in the order of the list here, and within it in the order of the text.
 */
import type { Nudge, Stage } from '../compiler/ir.ts';
import { nextReview } from './cadence.ts';
import { durationText } from './calendar.ts';
import { climbDue, climbOn, escalate } from './climb.ts';
import { type Duty, ranks } from './duty.ts';
import { evaluate, holds, resumedAnchor } from './evaluate.ts';
import type { ThreadId } from './facts.ts';
import { focus, isPresentVisit, isThere, threadsOf, within } from './focus.ts';
import { after, envOf, isOver, type Moment, markDone, note, rulesInForce, withFacts } from './moment.ts';
import { expireProposal } from './propose.ts';
import { deadline, expireQuestion, questionOf } from './questions.ts';
import { deliver, mayWrite, startRun } from './speak.ts';
import { headOf, timedRules } from './timed-rules.ts';

/** Everything that time will bring, in every thread. */
export function duties(moment: Moment): Duty[] {
  const found = [...messages(moment), ...climbs(moment)];
  if (isOver(moment)) return found;
  found.push(...deadlines(moment));
  for (const thread of threadsOf(moment)) found.push(...ofThread(focus(moment, thread), thread));
  return found;
}

/**
 * What to do now: the duty that has waited longest, then by rank; none when nothing is due. Where it is
 * a check of an item, those of the other items at that moment come with it.
 */
export function nextDuties(moment: Moment): Duty[] {
  const due = duties(moment)
    .filter((duty) => duty.at <= moment.now)
    .sort((a, b) => a.at - b.at || a.rank - b.rank);
  const [first] = due;
  if (first?.of === undefined) return due.slice(0, 1);
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

/** The next due time: the earliest duty or possible change of a condition after now; null when time brings nothing. */
export function nextDue(moment: Moment): { at: number; what: string } | null {
  let next: { at: number; what: string } | null = null;
  const consider = (at: number, what: string) => {
    if (Number.isFinite(at) && (next === null || at < next.at)) next = { at: Math.max(at, moment.now + 1), what };
  };
  for (const duty of duties(moment)) consider(duty.at, duty.what);
  for (const thread of threadsOf(moment)) {
    const there = focus(moment, thread);
    const env = envOf(there);
    for (const rule of rulesInForce(there.flow, there.facts.visit.stage)) {
      const { trigger } = rule;
      const may = `the moment “${headOf(rule.source)}” may change`;
      if (trigger.kind === 'holds' || trigger.kind === 'becomes') consider(holds(rule.condition, env).until, may);
      if (trigger.kind === 'becomes' && trigger.of) consider(holds(trigger.of, env).until, may);
      // Its moment may be another one by then.
      if (trigger.kind === 'reached') consider(evaluate(trigger.at, env).until, may);
    }
  }
  for (const track of isOver(moment) ? [] : Object.values(moment.ir.tracks)) {
    if (track.when) consider(holds(track.when, envOf(moment)).until, `the moment “${track.source}” may change`);
  }
  return next;
}

// ---------------------------------------------------------------- of the person

function messages(moment: Moment): Duty[] {
  return moment.facts.planned.map((message) => ({
    at: message.sendAt,
    what: 'a message that waits for its time',
    rank: ranks.message,
    perform: (now) => sendPlanned(now, message.id),
  }));
}

function deadlines({ facts }: Moment): Duty[] {
  const found: Duty[] = [];
  for (const open of [...(facts.question ? [facts.question] : []), ...facts.roleQuestions]) {
    if (open.expiresAt === null) continue;
    found.push({
      at: open.expiresAt,
      what: 'the deadline of an open question',
      rank: ranks.deadline,
      perform: (now) => expireQuestion(now, open.id),
    });
  }
  for (const open of facts.proposals) {
    if (open.expiresAt === null) continue;
    found.push({
      at: open.expiresAt,
      what: 'the deadline of a proposal',
      rank: ranks.deadline,
      perform: (now) => expireProposal(now, open.id),
    });
  }
  return found;
}

function climbs(moment: Moment): Duty[] {
  return moment.facts.climbs.flatMap((climb): Duty[] => {
    const at = climbDue(moment, climb);
    if (at === null) return [];
    const perform = (now: Moment) => climbOn(now, climb.id);
    return [{ at, what: 'the next rung of an escalation', rank: ranks.escalation, perform }];
  });
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
  const sendAt = mayWrite(moment);
  const shown = message.question ? askedAt(rest, sendAt) : rest;
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
  return deliver(shown, message);
}

/** The open question is shown at `at` and no sooner: the time for an answer runs from there. */
function askedAt(moment: Moment, at: number): Moment {
  const open = moment.facts.question;
  const declared = open ? questionOf(moment, open.thread, open.question) : undefined;
  if (!open || !declared || open.askedAt >= at) return moment;
  return within(moment, open.thread, (there) => {
    const expiresAt = deadline(there, declared, at);
    const asked = withFacts(there, { question: { ...open, askedAt: at, expiresAt } });
    return note(asked, { kind: 'asked', question: open.question, expiresAt });
  });
}

// ---------------------------------------------------------------- of a thread

function ofThread(moment: Moment, thread: ThreadId): Duty[] {
  const stage = moment.flow.stages[moment.facts.visit.stage];
  if (!stage || moment.facts.visit.number === 0) return [];
  const found = [
    ...escalations(moment, stage),
    ...timedRules(moment),
    ...review(moment, stage),
    ...nudges(moment, stage),
  ];
  return found.map((duty) => ({ ...duty, perform: (now) => within(now, thread, duty.perform) }));
}

function escalations(moment: Moment, stage: Stage): Duty[] {
  const { facts } = moment;
  return stage.escalations.flatMap((escalation): Duty[] => {
    if (facts.visit.done[escalation.id] !== undefined) return [];
    const at = after(moment, resumedAnchor(facts.visit.since, { facts }), escalation.after);
    if (Number.isNaN(at)) return [];
    const length = escalation.after;
    const long = 'op' in length ? 'a time' : durationText(length);
    return [
      {
        at,
        what: `an escalation to ${escalation.to}`,
        rank: ranks.escalation,
        perform: (now) => escalate(markDone(now, escalation.id), escalation.to, `In stage ${stage.name} for ${long}.`),
      },
    ];
  });
}

function review(moment: Moment, stage: Stage): Duty[] {
  const { facts, thread } = moment;
  if (!stage.review) return [];
  // The reviews of tracks and items wait for each other, and for the conversation.
  if (thread.kind !== 'main' && facts.run) return [];
  // A review that fell into an interruption is not made up for: the visit stood still.
  const resumedAt = facts.visit.pauses.at(-1)?.to ?? 0;
  const past = Math.max(facts.visit.since, resumedAt, facts.review.lastAt ?? 0);
  const at = nextReview(stage.review, facts.visit.arrivedAt, past, envOf(moment), moment.enrollment);
  return [{ at, what: 'a review', rank: ranks.review, perform: performReview }];
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
function nudges(moment: Moment, stage: Stage): Duty[] {
  if (moment.facts.run) return [];
  return stage.nudges.flatMap((nudge): Duty[] => {
    const due = nudgeDue(moment, nudge);
    if (!due) return [];
    return [
      {
        at: due.at,
        what: `nudge ${due.count} of ${nudge.atMost}`,
        rank: ranks.nudge,
        perform: (now) => performNudge(now, nudge, due.count),
      },
    ];
  });
}

/** When the next nudge of this silence is due, at a time at which Regimen may write; null when there have been enough. */
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
    visit: { ...visit, nudges: { ...visit.nudges, [nudge.id]: { sent: count, lastAt: moment.now } } },
  });
  return startRun(note(nudged, { kind: 'nudged', nudge: nudge.id, count, atMost: nudge.atMost }), 'nudge');
}
