/**
 * Speaking: what is said, when it may be said, and the agent's runs.
 *
 * An answer to the person goes out at once. What Regimen starts by itself waits for the end of
 * quiet hours and for the caps of `messages at most`; when its time has come it is looked at again.
 */
import type { MessageAuthor, MessageReason, PlannedMessage, RunReason, ThreadId } from './facts.ts';
import type { Effect } from './inputs.ts';
import { announce, isPaused, type Moment, newId, note, withFacts } from './moment.ts';
import { feasible, keepCounted, mayWriteAt } from './quiet.ts';
import type { TimelineEntry } from './timeline.ts';

/** Messages that wait to be sent; when there are more, the oldest is let go. Far below the rounds of a step. */
export const plannedMax = 50;

type Message = {
  text: string;
  reason: MessageReason;
  author: MessageAuthor;
  question?: { id: string; options: string[] };
  lapsesWhenMoved?: boolean;
  /** When that began to which it belongs; absent: when it was written. */
  begunAt?: number;
};

type Delivery = Extract<Effect, { type: 'deliver' }>;

/** Looks for a moment that both quiet hours and caps allow; each puts it off at most this often. */
const looksMax = 20;

/**
 * The first moment, from `from` on, at which Regimen may write by itself: outside quiet hours, within the caps. What
 * began at one moment, `begunAt`, comes together.
 */
export function mayWrite({ ir, facts, now }: Moment, from = now, begunAt = from): number {
  let at = from;
  for (let look = 0; look < looksMax; look += 1) {
    const later = feasible(mayWriteAt(at, ir, facts, begunAt), ir.quiet, facts.zone);
    if (later <= at) return at;
    at = later;
  }
  return at;
}

/** Says something now, or plans it for the first moment at which it may be said. */
export function say(moment: Moment, message: Message, atOnce = false): Moment {
  const text = message.text.trim();
  if (text === '') return moment;
  const [id, named] = newId(moment);
  const { facts } = named;
  // What comes up while it is paused waits for the end, whenever that is.
  const waiting = isPaused(named) && !named.answering;
  const sendAt = named.answering || atOnce || waiting ? named.now : mayWrite(named, named.now, message.begunAt);
  if (sendAt <= named.now && !waiting) {
    const begun = named.answering || atOnce ? {} : { unasked: { visit: facts.visit.number, ...lapsing(message) } };
    return deliver(named, { ...message, id, text }, begun);
  }
  const planned: PlannedMessage = {
    ...message,
    id,
    text,
    sendAt,
    plannedAt: named.now,
    visit: facts.visit.number,
    lapsesWhenHeard: lapsesWhenHeard(message),
  };
  const waits = note(withFacts(named, { planned: [...facts.planned, planned] }), {
    kind: 'planned',
    id,
    text,
    sendAt,
    reason: message.reason,
  });
  return waits.facts.planned.length > plannedMax ? letOldestGo(waits) : waits;
}

const lapsesWhenHeard = ({ reason }: Message): boolean => reason === 'nudge' || reason === 'review';

/** When a message that has been written, and waits outside the step, is not to be sent any more. */
function lapsing(message: Message): { lapses?: 'heard' | 'moved' } {
  if (lapsesWhenHeard(message)) return { lapses: 'heard' };
  return message.lapsesWhenMoved === true ? { lapses: 'moved' } : {};
}

/** A message whose time has come, and whose reason still holds. */
export const deliverPlanned = (moment: Moment, message: PlannedMessage): Moment =>
  deliver(
    moment,
    { ...message, begunAt: begunOf(message) },
    { unasked: { visit: message.visit, ...lapsing(message) } },
  );

/** When that began to which a message belongs that waits. */
export const begunOf = ({ begunAt, plannedAt }: PlannedMessage): number => begunAt ?? plannedAt;

/** A question stays: the person is waited for. */
function letOldestGo(moment: Moment): Moment {
  const oldest = moment.facts.planned.find((message) => message.question === undefined);
  if (!oldest) return moment;
  const planned = moment.facts.planned.filter((message) => message !== oldest);
  const why = `More than ${plannedMax} messages wait.`;
  return note(withFacts(moment, { planned }), { kind: 'withdrawn', id: oldest.id, why });
}

/** Sends a message now. One that is no answer counts towards the caps. */
function deliver(moment: Moment, message: Message & { id: string }, begun: Pick<Delivery, 'unasked'>): Moment {
  const { id, text, reason, author, question, begunAt = moment.now } = message;
  const effect: Delivery = { type: 'deliver', id, text, reason, author, ...begun };
  const entry: TimelineEntry = { kind: 'message', id, text, reason, author };
  if (question) {
    effect.question = question;
    entry.question = question.id;
  }
  const noted = announce(moment, effect, entry);
  const caps = moment.ir.messagesAtMost;
  if (!caps || moment.answering) return noted;
  const { wroteAt, zone } = noted.facts;
  const counted = { wroteAt: keepCounted([...wroteAt, moment.now], caps, zone) };
  return withFacts(noted, caps.apart === undefined ? counted : { ...counted, wroteOf: begunAt });
}

export function withdrawPlanned(moment: Moment, why: string): Moment {
  return moment.facts.planned.reduce(
    (next, message) => note(next, { kind: 'withdrawn', id: message.id, why }),
    withFacts(moment, { planned: [] }),
  );
}

/** Withdraws what rules of these visits wanted to say and what still waits; what came with the very move stays. */
export function withdrawPrompts(moment: Moment, visits: ReadonlySet<number>): Moment {
  const isOver = ({ lapsesWhenMoved, visit, plannedAt }: PlannedMessage) =>
    lapsesWhenMoved === true && visits.has(visit) && plannedAt < moment.now;
  const over = moment.facts.planned.filter(isOver);
  if (over.length === 0) return moment;
  return over.reduce(
    (next, { id }) => note(next, { kind: 'withdrawn', id, why: 'The stage it was meant for is over.' }),
    withFacts(moment, { planned: moment.facts.planned.filter((message) => !isOver(message)) }),
  );
}

// ---------------------------------------------------------------- the agent

/** Starts an agent run; one in hand becomes void, and what it was asked to speak with passes on. */
export function startRun(moment: Moment, reason: RunReason, skill?: string): Moment {
  const voided = voidRun(moment, 'Something newer came.');
  const before = moment.facts.run;
  const speakWith = skill ?? before?.skill;
  if (speakWith === undefined && skillHere(moment) === undefined) return voided;
  const [id, named] = newId(voided);
  const thread: ThreadId = skill === undefined && before?.skill !== undefined ? before.thread : named.thread;
  const run = {
    id,
    reason,
    since: named.now,
    // Whoever waited for the answer of the run that is void waits for this one.
    answering: named.answering || before?.answering === true,
    ...(speakWith === undefined ? {} : { skill: speakWith }),
    thread,
  };
  const effect: Effect = { type: 'run', id, reason, ...(speakWith === undefined ? {} : { skill: speakWith }) };
  return announce(withFacts(named, { run }), effect, { kind: 'run-started', run: id, reason });
}

/** The skill of the stage at hand. */
export const skillHere = ({ flow, facts }: Moment): string | undefined => flow.stages[facts.visit.stage]?.skill;

export function voidRun(moment: Moment, why: string): Moment {
  const { run } = moment.facts;
  return run ? note(withFacts(moment, { run: null }), { kind: 'run-void', run: run.id, why }) : moment;
}
