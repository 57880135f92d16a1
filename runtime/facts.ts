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
  /** How many visits there have been, in all stages of all flows. */
  visits: number;
  /** When the person last said or did something. */
  heardAt: number;
  /** The person's newest messages, bounded: what a judgement may quote. */
  heard: HeardMessage[];
  /** Conditions of `becomes` rules that held when last looked at, by the handler's id; of tracks as `track:<name>`. */
  holding: Record<string, true>;
  /** When each check, `at` and `once` rule of `anytime` was last done, by rule id: it survives moves. */
  done: Record<string, number>;
  judgements: Record<string, Judgement>;
  /** The agent run in hand, if any. A result for any other run is void. */
  run: RunInHand | null;
  /** The open question to the person, if any: one at a time. */
  question: OpenQuestion | null;
  /** Questions to the person that wait until the open one is answered, in order. */
  waiting: WaitingQuestion[];
  /** Open questions to roles, the oldest first. */
  roleQuestions: OpenQuestion[];
  /** What waits for somebody's approval, the oldest first. */
  proposals: OpenProposal[];
  /** Escalations that climb a ladder and that nobody has acknowledged, the oldest first. */
  climbs: Climb[];
  /** Items of each list, in the order they were added. */
  lists: Record<string, Item[]>;
  /** Tracks that run or have run, by name; each item has its own thread. */
  tracks: Record<string, Thread>;
  /** How often each `say in turn` has spoken. */
  turns: Record<string, number>;
  /** When Regimen last wrote by itself: the newest moments, as many as the caps may ask for (`keepCounted`). */
  wroteAt: number[];
  /** When what was written last had begun; absent unless the program keeps messages apart. */
  wroteOf?: number;
  /** Messages waiting for the end of quiet hours, in order. */
  planned: PlannedMessage[];
  /** When the last review was done, and whether anything has happened since. */
  review: { lastAt: number | null; changed: boolean };
  /** Set when the person has finished: by a final stage or by leaving. */
  finished: { as: string; at: number; outcome: 'success' | 'failure' | 'neutral' | 'left' } | null;
  /**
   * Absent unless an operator has paused the program for this person. `until`: when it goes on by itself.
   * `unanswered`: the person has said something that nobody has answered.
   */
  paused?: { since: number; by: string; reason: string; until: number | null; unanswered: boolean };
  /** The pauses that are over, the oldest first; absent where there were none. */
  stoodStill?: { from: number; to: number }[];
  /** Where an operator last moved the person away from; absent where nobody did. */
  movedFrom?: MovedFrom;
};

/** `to`: the number of the visit the move began. `data`: what the fields that it set were before. */
export type MovedFrom = { at: number; to: number; visit: Visit; interrupted: Visit[]; data: Record<string, Value> };

/**
 * A place in a flow: of a track or of an item. The main flow's place stands in the facts themselves;
 * while a thread is worked on, it takes that place (`focus.ts`).
 */
export type Thread = {
  /** When the track began, or the item was added. */
  since: number;
  visit: Visit;
  interrupted: Visit[];
  holding: Record<string, true>;
  done: Record<string, number>;
  review: { lastAt: number | null; changed: boolean };
  finished: Facts['finished'];
};

/** Which place in which flow: the program's, a track's, an item's. */
export type ThreadId =
  | { kind: 'main' }
  | { kind: 'track'; track: string }
  | { kind: 'item'; list: string; item: string };

export type Item = {
  id: string;
  addedAt: number;
  fields: Record<string, Value>;
  changedAt: Record<string, number>;
  thread: Thread;
};

export type OpenProposal = {
  /** Of this proposal; effects and decisions name it. */
  id: string;
  /** The program's proposal. */
  proposal: string;
  thread: ThreadId;
  /** The value that would be set. */
  value: Value;
  proposedAt: number;
  expiresAt: number | null;
  visit: number;
};

export type Climb = { id: string; ladder: string; rung: number; at: number; text: string };

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
  /**
   * Stage escalations and questions that have been done in this visit, by id; and when each check and `at` rule was
   * last done.
   */
  done: Record<string, number>;
};

export type HeardMessage = { id: string; text: string; at: number };

/** An entry of a series: a fact with the time it occurred, which may lie before the time it was recorded. */
export type Entry = {
  id: string;
  at: number;
  /** The local day it occurred on, in the zone the person was in when it was recorded. */
  day: string;
  recordedAt: number;
  /** How many visits had begun when it was recorded: decides where an entry at the very start of a visit belongs. */
  visit: number;
  fields: Record<string, Value>;
};

/** `count`: how often the criterion has been judged in this visit. */
export type Judgement = {
  holds: boolean;
  confidence: number;
  quotes: string[];
  at: number;
  visit: number;
  count: number;
};

export type RunReason = 'reply' | 'review' | 'nudge' | 'say';

/**
 * `skill` where the run speaks with another skill than the stage's; `answering` when the person's own words set it off.
 */
export type RunInHand = {
  id: string;
  reason: RunReason;
  since: number;
  answering: boolean;
  skill?: string;
  /** Whose stage it speaks for. */
  thread: ThreadId;
};

export type OpenQuestion = {
  id: string;
  /** The program's question. */
  question: string;
  askedAt: number;
  /** When nobody's answer becomes an event; null: it waits for ever. */
  expiresAt: number | null;
  visit: number;
  thread: ThreadId;
};

/** A question of a body that waits its turn. */
export type WaitingQuestion = { question: string; visit: number; thread: ThreadId };

export type PlannedMessage = {
  id: string;
  text: string;
  sendAt: number;
  plannedAt: number;
  /** When that began to which it belongs, such as the run that brought it; absent: when it was planned. */
  begunAt?: number;
  reason: MessageReason;
  /** The visit it was planned in. */
  visit: number;
  /** The message lapses when the person has spoken since it was planned, or the visit is over. */
  lapsesWhenHeard: boolean;
  /**
   * A rule of a stage said it that time or a condition sets off: it lapses when the person goes on before it is said.
   */
  lapsesWhenMoved?: boolean;
  question?: { id: string; options: string[] };
  /** The agent wrote it (and whether that agent is the scripted one), or the program did. */
  author: MessageAuthor;
};

export type MessageReason = 'reply' | 'command' | 'review' | 'nudge' | 'question' | 'say';
export type MessageAuthor = 'program' | 'agent' | 'scripted-agent';
