/**
 * What time owes a person: planned messages, deadlines, escalations, reviews and nudges.
 *
 * Each duty has the moment it is due and what doing it means. The earliest due moment, together
 * with the earliest moment at which a watched condition may change, is the enrollment's single
 * next due time. Nothing is scheduled anywhere else, so nothing has to be cancelled.
 */
import type { Ir, Nudge } from '../compiler/ir.ts';
import { nextReview } from './cadence.ts';
import { addDuration, durationText } from './calendar.ts';
import { holds, resumedAnchor } from './evaluate.ts';
import type { Facts } from './facts.ts';
import type { Moment } from './moment.ts';
import { deliver, envOf, escalate, note, perform, rulesInForce, startRun, withFacts } from './moment.ts';
import { feasible } from './quiet.ts';
import { askNext, deadline } from './visit.ts';

export type Duty = {
  at: number;
  /** For *what comes next*: `a review`, `the second nudge of this silence`. */
  what: string;
  perform: (moment: Moment) => Moment;
};

/** Everything that time will bring in the person's present visit, in order of precedence among equals. */
export function duties(moment: Moment): Duty[] {
  const { facts, ir, enrollment } = moment;
  const found: Duty[] = facts.planned.map((message) => ({
    at: message.sendAt,
    what: 'a message that waits for the end of quiet hours',
    perform: (now) => sendPlanned(now, message.id),
  }));
  if (facts.finished) return found;
  const stage = ir.stages[facts.visit.stage];
  if (!stage) return found;

  const { question } = facts;
  if (question?.expiresAt != null) {
    found.push({ at: question.expiresAt, what: 'the deadline of the open question', perform: expireQuestion });
  }
  for (const escalation of stage.escalations) {
    if (facts.visit.done[escalation.id] !== undefined) continue;
    found.push({
      at: addDuration(resumedAnchor(facts.visit.since, { facts }), escalation.after, facts.zone),
      what: `an escalation to ${escalation.to}`,
      perform: (now) =>
        escalate(
          markDone(now, escalation.id),
          escalation.to,
          `In stage ${stage.name} for ${durationText(escalation.after)}.`,
        ),
    });
  }
  if (stage.review) {
    // A review that fell into an interruption is not made up for: the visit stood still.
    const resumedAt = facts.visit.pauses.at(-1)?.to ?? 0;
    const after = Math.max(facts.visit.since, resumedAt, facts.review.lastAt ?? 0);
    found.push({
      at: nextReview(stage.review, facts.visit.since, after, facts.zone, enrollment),
      what: 'a review',
      perform: review,
    });
  }
  // Somebody is being spoken to at this moment: a nudge would talk over it.
  if (!facts.run) {
    for (const nudge of stage.nudges) {
      const due = nudgeDue(nudge, ir, facts, moment.now);
      if (due)
        found.push({
          at: due.at,
          what: `nudge ${due.count} of ${nudge.atMost}`,
          perform: (now) => performNudge(now, nudge, due.count),
        });
    }
  }
  return found;
}

/** The next due time: the earliest duty or possible change of a condition after now; null when time brings nothing. */
export function nextDue(moment: Moment): { at: number; what: string } | null {
  let next: { at: number; what: string } | null = null;
  const consider = (at: number, what: string) => {
    if (Number.isFinite(at) && (next === null || at < next.at)) next = { at: Math.max(at, moment.now + 1), what };
  };
  for (const duty of duties(moment)) consider(duty.at, duty.what);
  if (!moment.facts.finished) {
    for (const rule of rulesInForce(moment.ir, moment.facts.visit.stage)) {
      if (rule.trigger.kind !== 'holds' && rule.trigger.kind !== 'becomes') continue;
      consider(holds(rule.condition, envOf(moment)).until, `the moment “${rule.source}” may change`);
    }
  }
  return next;
}

function markDone(moment: Moment, id: string): Moment {
  const { visit } = moment.facts;
  return withFacts(moment, { visit: { ...visit, done: { ...visit.done, [id]: moment.now } } });
}

/** Sends a message whose time has come, unless its reason has gone. */
function sendPlanned(moment: Moment, id: string): Moment {
  const message = moment.facts.planned.find((one) => one.id === id);
  const rest = withFacts(moment, { planned: moment.facts.planned.filter((one) => one.id !== id) });
  if (!message) return rest;
  if (message.lapsesWhenHeard && moment.facts.heardAt > message.plannedAt) {
    return note(rest, { kind: 'withdrawn', id, why: 'The person spoke first.' });
  }
  if (message.lapsesWhenHeard && moment.facts.visit.number !== message.visit) {
    return note(rest, { kind: 'withdrawn', id, why: 'The stage it was meant for is over.' });
  }
  if (message.question && moment.facts.question?.id !== message.question.id) {
    return note(rest, { kind: 'withdrawn', id, why: 'The question is no longer open.' });
  }
  // Done late, or in another zone than it was planned in: it may be night again.
  const sendAt = feasible(moment.now, moment.ir.quiet, moment.facts.zone);
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
  const declared = moment.ir.stages[moment.facts.visit.stage]?.questions.find((one) => one.id === open?.question);
  if (!open || !declared || open.askedAt >= at) return moment;
  const expiresAt = deadline(declared, at, moment.facts.zone);
  const asked = withFacts(moment, { question: { ...open, askedAt: at, expiresAt } });
  return note(asked, { kind: 'asked', question: open.question, expiresAt });
}

function expireQuestion(moment: Moment): Moment {
  const open = moment.facts.question;
  if (!open) return moment;
  const declared = moment.ir.stages[moment.facts.visit.stage]?.questions.find((one) => one.id === open.question);
  const closed = note(withFacts(moment, { question: null }), { kind: 'unanswered', question: open.question });
  return askNext(perform(closed, declared?.otherwise ?? [], 'say'));
}

/** A review. When nothing has happened since the last one it costs nothing. */
function review(moment: Moment): Moment {
  const { facts } = moment;
  const outcome = facts.run ? 'busy' : facts.review.changed ? 'run' : 'nothing-changed';
  const reviewed = withFacts(moment, {
    // In a conversation what has changed is not yet looked at: the next review will.
    review: { lastAt: moment.now, changed: outcome === 'busy' ? facts.review.changed : false },
  });
  const noted = note(reviewed, { kind: 'reviewed', outcome });
  return outcome === 'run' ? startRun(noted, 'review') : noted;
}

/** When the next nudge of this silence is due, never in quiet hours; null when there have been enough. */
function nudgeDue(nudge: Nudge, ir: Ir, facts: Facts, now: number): { at: number; count: number } | null {
  const sign = nudge.without === undefined ? facts.heardAt : (facts.series[nudge.without]?.at(-1)?.at ?? 0);
  const heardAt = Math.max(sign, facts.visit.since);
  const past = facts.visit.nudges[nudge.id];
  // A sign of life after the last nudge begins a new silence.
  const sent = past && past.lastAt >= heardAt ? past.sent : 0;
  if (sent >= nudge.atMost) return null;
  const inTurn = addDuration(resumedAnchor(heardAt, { facts }), nudge.after, facts.zone, sent + 1);
  // After a late nudge the next one keeps its distance.
  const apart = past && sent > 0 ? addDuration(resumedAnchor(past.lastAt, { facts }), nudge.after, facts.zone) : 0;
  const at = Math.max(inTurn, apart);
  if (Number.isNaN(at)) return null;
  // One that is done late keeps out of the quiet hours that have begun since.
  return { at: feasible(at <= now ? now : at, ir.quiet, facts.zone), count: sent + 1 };
}

function performNudge(moment: Moment, nudge: Nudge, count: number): Moment {
  const { visit } = moment.facts;
  const nudged = withFacts(moment, {
    visit: { ...visit, nudges: { ...visit.nudges, [nudge.id]: { sent: count, lastAt: moment.now } } },
  });
  return startRun(note(nudged, { kind: 'nudged', nudge: nudge.id, count, atMost: nudge.atMost }), 'nudge');
}
