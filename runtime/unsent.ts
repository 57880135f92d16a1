/**
 * Messages that were written and have not been sent: whether what they were written for still holds.
 *
 * A message may wait outside the step, for the person's own quiet hours or for other programs. Before it is
 * sent it is looked at again; what has become untrue is withdrawn by an input, so that the timeline says so.
 */
import type { Facts, MessageReason, Visit } from './facts.ts';
import type { Input } from './inputs.ts';
import { type Moment, note } from './moment.ts';
import { showQuestionAt } from './questions.ts';

export type Unsent = {
  reason: MessageReason | 'notice';
  /** ms. */
  writtenAt: number;
  /** Regimen began it. */
  unasked: boolean;
  /** The number of the visit it was written in; null: that is not known. */
  visit: number | null;
  lapses: 'heard' | 'moved' | null;
  /** Of the question it asks. */
  question: string | null;
};

/** Why a message is not to be sent any more; null: it still holds. */
export function lapsed(message: Unsent, facts: Facts): string | null {
  const { finished, heardAt } = facts;
  if (finished?.outcome === 'left' && message.writtenAt < finished.at) return 'The person has left.';
  if (!message.unasked) return null;
  if (message.question !== null && facts.question?.id !== message.question) return 'The question is no longer open.';
  if (message.lapses === null) return null;
  if (message.lapses === 'heard' && heardAt > message.writtenAt) return 'The person spoke first.';
  const isOver = finished !== null && message.writtenAt < finished.at;
  if (isOver || !isUnderWay(message.visit, facts, message.lapses === 'moved'))
    return 'The stage it was meant for is over.';
  return null;
}

/** Whether a visit is somebody's present one, in any flow; `aside`: or one that goes on after an interruption. */
function isUnderWay(number: number | null, facts: Facts, aside: boolean): boolean {
  if (number === null) return true;
  type Place = { visit: Visit; interrupted: Visit[] };
  const items = Object.values(facts.lists).flatMap((list) => list.map(({ thread }) => thread));
  const places: Place[] = [facts, ...Object.values(facts.tracks), ...items];
  return places.some(
    ({ visit, interrupted }) => visit.number === number || (aside && interrupted.some((one) => one.number === number)),
  );
}

/** A message is held back: the timeline says until when, and a question in it is not shown before then. */
export function putOff(moment: Moment, input: Extract<Input, { type: 'held' }>): Moment {
  const { message, until, why, question } = input;
  const noted = until > moment.now ? note(moment, { kind: 'held', id: message, until, why }) : moment;
  if (question === undefined || noted.facts.question?.id !== question) return noted;
  return showQuestionAt(noted, Math.max(until, moment.now));
}

/** A message that the timeline has as written was not sent: that is noted, and it counts toward the caps no more. */
export function withdrawUnsent(
  moment: Moment,
  { message, why, writtenAt }: Extract<Input, { type: 'unsent' }>,
): Moment {
  const noted = note(moment, { kind: 'withdrawn', id: message, why });
  const { wroteAt, wroteOf, ...facts } = noted.facts;
  const counted = writtenAt === undefined ? -1 : wroteAt.lastIndexOf(writtenAt);
  if (counted < 0) return noted;
  const left = wroteAt.toSpliced(counted, 1);
  // Of the one before it is not known when it had begun.
  const isLastStill = wroteOf !== undefined && left.at(-1) === writtenAt;
  return { ...noted, facts: { ...facts, wroteAt: left, ...(isLastStill ? { wroteOf } : {}) } };
}

/** The input that holds a message back; its id follows from the message and the moment. */
export const heldInput = (message: string, until: number, why: string, question: string | null): Input => ({
  type: 'held',
  id: `held:${message}:${until}`,
  message,
  until,
  why,
  ...(question === null ? {} : { question }),
});

/**
 * The input that withdraws a message written at `writtenAt` (ms); its id follows from the message, so that it is
 * withdrawn once.
 */
export const unsentInput = (message: string, why: string, writtenAt: number): Input => ({
  type: 'unsent',
  id: `unsent:${message}`,
  message,
  why,
  writtenAt,
});
