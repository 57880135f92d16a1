/**
 * The facts of one enrollment: everything the program can ask about, and nothing derived.
 *
 * They are the context of the person's XState snapshot, are stored as JSON with it, and equal the
 * fold of the timeline. All moments are milliseconds since 1970 UTC. Nothing here knows the clock.
 */
import type { Value } from '../compiler/ir.ts';

export type Facts = {
  enrolledAt: number;
  /** IANA name of the person's zone. */
  zone: string;
  data: Record<string, Value>;
  /** When each data field last got a different value. */
  changedAt: Record<string, number>;
  /** Entries of each series in the order they occurred. */
  series: Record<string, Entry[]>;
  visit: Visit;
  /** Visits set aside by `interrupt`, the newest last. */
  interrupted: Visit[];
  /** How many visits there have been, in all stages. */
  visits: number;
  /** When the person last said or did something. */
  heardAt: number;
  /** The person's newest messages, bounded: what a judgement may quote. */
  heard: HeardMessage[];
  /** Conditions of `becomes` rules that held when last looked at, by rule id. */
  holding: Record<string, true>;
  judgements: Record<string, Judgement>;
  /** The agent run in hand, if any. A result for any other run is void. */
  run: RunInHand | null;
  /** The open question, if any: one at a time. */
  question: OpenQuestion | null;
  /** Messages waiting for the end of quiet hours, in order. */
  planned: PlannedMessage[];
  /** When the last review was done, and whether anything has happened since. */
  review: { lastAt: number | null; changed: boolean };
  /** Set when the person has finished: by a final stage or by leaving. */
  finished: { as: string; at: number; outcome: 'success' | 'failure' | 'neutral' | 'left' } | null;
};

/** One stay in one stage. */
export type Visit = {
  stage: string;
  /** 1 for the first visit of the enrollment. */
  number: number;
  since: number;
  /** When the person came here from another stage: visits in a row of one stage share it. */
  arrivedAt: number;
  /** Stretches in which the visit was set aside by `interrupt`: its timers stood still. */
  pauses: { from: number; to: number }[];
  nudges: Record<string, { sent: number; lastAt: number }>;
  /** Stage escalations and questions that have been done in this visit, by id. */
  done: Record<string, number>;
};

export type HeardMessage = { id: string; text: string; at: number };

/** An entry of a series: a fact with the time it occurred, which may lie before the time it was recorded. */
export type Entry = {
  id: string;
  at: number;
  recordedAt: number;
  /** The number of the visit in which it was recorded: decides where an entry at the very start of a visit belongs. */
  visit: number;
  fields: Record<string, Value>;
};

export type Judgement = { holds: boolean; confidence: number; quotes: string[]; at: number; visit: number };

export type RunReason = 'reply' | 'review' | 'nudge' | 'say';

/** `skill` where the run speaks with another skill than the stage's; `answering` when the person's own words set it off. */
export type RunInHand = { id: string; reason: RunReason; since: number; answering: boolean; skill?: string };

export type OpenQuestion = {
  id: string;
  /** The program's question. */
  question: string;
  askedAt: number;
  /** When nobody's answer becomes an event; null: it waits for ever. */
  expiresAt: number | null;
  visit: number;
};

export type PlannedMessage = {
  id: string;
  text: string;
  sendAt: number;
  plannedAt: number;
  reason: MessageReason;
  /** The visit it was planned in. */
  visit: number;
  /** The message lapses when the person has spoken since it was planned, or the visit is over. */
  lapsesWhenHeard: boolean;
  question?: { id: string; options: string[] };
  /** The agent wrote it (and whether that agent is the scripted one), or the program did. */
  author: MessageAuthor;
};

export type MessageReason = 'reply' | 'command' | 'review' | 'nudge' | 'question' | 'say';
export type MessageAuthor = 'program' | 'agent' | 'scripted-agent';
