/**
 * Whose turn it is to speak: several programs have one voice for a person.
 *
 * A conversation that goes on with one program is not broken into by another; of two that begin by
 * themselves the more important comes first, the other a little later. Nobody waits for ever: after
 * `turnWaitMaxMs` it is their turn in any case. Answers to the person never wait.
 */
import type { MessageReason, RunReason } from './facts.ts';

/** So long after the last word a conversation still goes on. */
export const talkMs = 10 * 60_000;
/** What two programs begin by themselves is at least so far apart. */
export const apartMs = 60_000;
/** Whoever waits for somebody who is writing looks again after this long. */
export const lookAgainMs = 30_000;
/** Nobody waits longer than this for the others. */
export const turnWaitMaxMs = 2 * 60 * 60_000;

/** What is said first, the lowest first. */
const importance: Record<MessageReason | RunReason, number> = {
  reply: 0,
  command: 0,
  question: 1,
  say: 2,
  review: 3,
  nudge: 4,
};

/** Below zero: the first is the more important. */
export const byImportance = (one: MessageReason | RunReason, other: MessageReason | RunReason): number =>
  importance[one] - importance[other];

/** What goes on between the person and the other programs; all in ms. */
export type OtherVoices = {
  /** The last word of a conversation: what the person wrote, or was answered. Null: there was none lately. */
  talkedAt: number | null;
  /** When another program last began to speak by itself. */
  beganAt: number | null;
  /** Another program is writing an answer. */
  answering: boolean;
};

/** When it is the turn of what has waited for the others alone since `readyAt`; `now` where it is. */
export function turnAt(readyAt: number, others: OtherVoices, now: number): number {
  const free = Math.max(
    others.talkedAt === null ? now : others.talkedAt + talkMs,
    others.beganAt === null ? now : others.beganAt + apartMs,
    others.answering ? now + lookAgainMs : now,
  );
  return Math.max(now, Math.min(free, readyAt + turnWaitMaxMs));
}

export type WaitingRun = { id: string; reason: RunReason; since: number };

/** When it is the turn of an agent run that nobody asked for, beside those that others have in hand. */
export function runTurnAt(own: WaitingRun, inHand: readonly WaitingRun[], others: OtherVoices, now: number): number {
  const before = inHand.some((other) => comesBefore(other, own));
  return turnAt(own.since, { ...others, answering: others.answering || before }, now);
}

function comesBefore(other: WaitingRun, own: WaitingRun): boolean {
  const order = byImportance(other.reason, own.reason) || other.since - own.since;
  return order < 0 || (order === 0 && other.id < own.id);
}
