/**
 * What can happen to an enrollment: the inputs of `step`, and what one step asks of the world.
 *
 * Inputs are plain JSON, are kept in the timeline as they came, and are all that is needed to
 * rebuild the state. Ids come from outside (`id`) or are derived from the step (`effects`).
 */
import type { Value } from '../compiler/ir.ts';
import type { SharedEntry } from './cohort.ts';
import type { MessageAuthor, MessageReason, RunReason } from './facts.ts';

/** Unique ids are chosen by the sender, so that the same input sent twice is known as one. */
export type Input =
  /**
   * Always the first. `data` carries what `reenter … keeping` keeps. `at` starts elsewhere than at the first stage
   * (scenarios, operators).
   */
  | {
      type: 'enroll';
      id: string;
      zone: string;
      data?: Record<string, Value>;
      at?: string;
      /** The person enrolled by talking: what the program says at once is an answer. */
      by?: 'person' | 'operator';
      /** What the person's cohort shared before they came; absent while it is not known which one it is. */
      shared?: SharedEntry[];
    }
  | { type: 'message'; id: string; text: string; channel: string }
  /** `occurredAt` in ms; absent means now. `by` says who tells: the person, the agent or a machine. */
  | {
      type: 'record';
      id: string;
      series: string;
      fields: Record<string, Value>;
      occurredAt?: number;
      /** `role`: who, where a role, a service or the cohort tells. */
      by: 'person' | 'agent' | 'operator' | 'service' | 'role' | 'cohort';
      role?: string;
    }
  /**
   * An entry was wrong (`fields`), or never happened (no `fields`). `entry`: its id. What follows is judged anew; what
   * was sent stays sent.
   */
  | {
      type: 'correct';
      id: string;
      series: string;
      entry: string;
      fields?: Record<string, Value>;
      by: 'person' | 'operator' | 'service' | 'role' | 'cohort';
      role?: string;
    }
  /** A role, a service or an operator sets a field, or a field of an item. Parameters are set so too, by operators. */
  | {
      type: 'set';
      id: string;
      field: string;
      value: Value;
      item?: { list: string; item: string };
      role: string;
    }
  | { type: 'add'; id: string; list: string; fields: Record<string, Value>; role: string }
  /** `value`: set this instead of what was proposed. */
  | { type: 'decide'; id: string; proposal: string; approve: boolean; value?: Value; role: string }
  /** Stops an escalation from climbing. */
  | { type: 'acknowledge'; id: string; climb: string; role: string }
  /** A pressed button, or a message that answers the open question. */
  | { type: 'answer'; id: string; question: string; value: string; channel: string; role?: string }
  /** Somebody else's program told the whole cohort; `document`: the name of what was sent to it. */
  | { type: 'told'; id: string; text: string; document?: string }
  /** The person has come into a cohort: what it shared before. */
  | { type: 'joined'; id: string; shared: SharedEntry[] }
  /**
   * The person goes over to another version of the program (`adopt.ts`); `to` below `from`: back to an earlier one.
   * `via`: the versions in between whose blocks lead them. `called`: what the blocks call all these, in the order of
   * the way, where they came from a place in which they have other numbers.
   */
  | { type: 'adopt'; id: string; from: number; to: number; via?: number[]; called?: number[]; by: string }
  /** The adoption of that id is undone: the facts are what they were before it. */
  | { type: 'revert'; id: string; adoption: string; from: number; to: number; by: string }
  | { type: 'zone'; id: string; zone: string }
  /**
   * An operator moves the person to a stage of the program's own flow; `data` is set before. `back`: undoes the last
   * move, where nothing has moved them since. `by`: a person's id, or `service:<key id>`.
   */
  | { type: 'move'; id: string; to: string; reason: string; by: string; data?: Record<string, Value>; back?: true }
  /** The program stands still for this person; `until` (ms): it goes on by itself. */
  | { type: 'pause'; id: string; reason: string; by: string; until?: number }
  | { type: 'resume'; id: string; by: string }
  /** Somebody asks whether the program advances the person: it looks again, and decides as ever. */
  | { type: 'advance'; id: string; by: string; to?: string }
  /**
   * A message that was written is held back until `until` (ms): for the person's wishes, or for another program.
   * `question`: the one it asks, which is not shown before then.
   */
  | { type: 'held'; id: string; message: string; until: number; why: string; question?: string }
  /**
   * A message that waited to be sent has been withdrawn: what it was written for is gone. `writtenAt` (ms): when its
   * step wrote it, which then counts toward the caps no more; absent in inputs from before that was told.
   */
  | { type: 'unsent'; id: string; message: string; why: string; writtenAt?: number }
  /** An operator takes the person out. */
  | { type: 'withdraw'; id: string; reason: string; by: string }
  /** Nothing but the time: what is due is done. */
  | { type: 'time'; id: string }
  | { type: 'run-finished'; id: string; run: string; result: RunResult }
  /** The run could not be done, after its retries. */
  | { type: 'run-failed'; id: string; run: string; problem: string };

/** What an agent run did: proposed events, applied by one step. */
export type RunResult = {
  says: string[];
  sets: { field: string; value: Value }[];
  records: { series: string; fields: Record<string, Value>; occurredAt?: number }[];
  judgements: { criterion: string; holds: boolean; confidence: number; quotes: string[] }[];
  author: MessageAuthor;
};

/** What a step asks of the world. `id` is derived from the enrollment, the timeline position and the index. */
export type Effect =
  | {
      type: 'deliver';
      id: string;
      text: string;
      reason: MessageReason;
      author: MessageAuthor;
      /** Answers to show as buttons, with the question they answer. */
      question?: { id: string; options: string[] };
      /**
       * Regimen began it: it may be held back, for the person's own wishes and for other programs. `visit`: the one it
       * was written in. `lapses`: it is not sent any more once the person has spoken (`heard`) or gone on (`moved`).
       */
      unasked?: { visit: number; lapses?: 'heard' | 'moved' };
    }
  /** `nudge` names the nudge, `skill` the skill to speak with where it is not the stage's. */
  | { type: 'run'; id: string; reason: RunReason; skill?: string }
  /** Something an operator or a role must look at. `climb` where a ladder is climbed: what to acknowledge. */
  | { type: 'escalate'; id: string; to: string; text: string; climb?: string }
  /** Words for a role. `question`: the answer is wanted. */
  | { type: 'tell'; id: string; to: string; text: string; question?: { id: string; options: string[] } }
  /** Words, or a document, for the others of a cohort; `cohort` is null where it is everybody in the program. */
  | { type: 'tell-cohort'; id: string; cohort: string | null; text: string; document?: string }
  /** The person has come into this cohort: what it shared before is wanted. */
  | { type: 'join-cohort'; id: string; cohort: string }
  /** A document with a name, for a role. */
  | { type: 'output'; id: string; name: string; to: string; text: string }
  /** A call of a service outside; repeated with the same id, it must do nothing more. */
  | { type: 'call'; id: string; service: string; action: string; fields: Record<string, Value> }
  /** Somebody must decide. */
  | { type: 'propose'; id: string; proposal: string; by: string; what: string; value: Value; expiresAt: number | null };
