/**
 * The shape of a duty: something that time owes a person, when, and what doing it means.
 */
import type { ThreadId } from './facts.ts';
import type { Moment } from './moment.ts';

export type Duty = {
  at: number;
  /** For *what comes next*: `a review`, `nudge 2 of 3`; what has to be put together, when it is asked for. */
  what: string | (() => string);
  /** Among duties of one moment the lowest comes first. */
  rank: Rank;
  /** Of what is done in an item's thread: which duty it is, and where. */
  of?: { thread: ThreadId; id: string };
  perform: (moment: Moment) => Moment;
};

/** What falls on one moment is done in this order. */
export const ranks = { message: 0, deadline: 1, escalation: 2, check: 3, review: 4, nudge: 5 } as const;
type Rank = (typeof ranks)[keyof typeof ranks];

export const wordsOf = ({ what }: Duty): string => (typeof what === 'string' ? what : what());
