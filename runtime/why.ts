/**
 * Why, and why not: for every transition of the person's stage, which clause is false, with its values.
 */
import type { Value } from '../compiler/ir.ts';
import type { ThreadId } from './facts.ts';

export type Why = {
  stage: string;
  /** Pauses because of which nothing happens by itself, whatever holds; the widest first. */
  pauses: WhyPause[];
  /** In order of precedence, `anytime` first. */
  transitions: WhyTransition[];
  /** The tracks that run and the items that are under way, with the transitions of their stages. */
  threads: WhyThread[];
  /** Why the next due time is what it is, in a sentence; null also while the program or the workspace is paused. */
  next: { at: number; what: string } | null;
};

/** `until` (ms) null: until somebody lets it go on. */
export type WhyPause = {
  what: 'workspace' | 'program' | 'person';
  since: number;
  by: string;
  reason: string;
  until: number | null;
};

export type WhyThread = {
  thread: ThreadId;
  /** `Diary`, `Lifts: squat`. */
  title: string;
  stage: string;
  /** The stage's title as it reads now. */
  stageTitle: string;
  transitions: WhyTransition[];
};

export type WhyTransition = {
  rule: string;
  /** `advance to graduated`. */
  move: string;
  /** The same for people, with the title the stage would have: `Advance to “Week 2”`. */
  title: string;
  /**
   * What can bring it about: facts and time by themselves, a word the person says, an entry of a series, a moment,
   * somebody's word.
   */
  by: 'facts' | 'command' | 'entry' | 'moment' | 'decision';
  holds: boolean;
  /**
   * When time alone would make all its clauses true (of a check or an `at` rule: at which of its moments), in ms;
   * null when it holds, when time alone will not, and when somebody has to do something first.
   */
  holdsAt: number | null;
  clauses: WhyClause[];
};

export type WhyClause = {
  /** The author's words; of what has to happen first, ours: `walk is recorded where minutes > 30`. */
  source: string;
  holds: boolean;
  /** What it can be reckoned from: `done` is 1, `beginning of the visit` is a moment. */
  values: { source: string; value: Value }[];
  /** When time alone would make it true, in ms; null when it holds, or when time alone will not as far as is looked. */
  holdsAt: number | null;
};
