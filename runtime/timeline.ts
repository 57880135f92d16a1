/**
 * The timeline: what happened to one enrollment, in order, append-only.
 *
 * A row either is an input (it carries it, and `cause` is its own number) or follows from one.
 * Folding the inputs with `step` gives the stored state and the same rows again; a test proves it.
 * `describe.ts` turns a row into a sentence.
 */
import type { Value } from '../compiler/ir.ts';
import type { MessageAuthor, MessageReason, RunReason, ThreadId } from './facts.ts';
import type { Input } from './inputs.ts';

export type TimelineRow = {
  /** 1, 2, 3 … in the enrollment. */
  seq: number;
  /** ms; the moment of the step. */
  at: number;
  /** `seq` of the input this follows from. */
  cause: number;
  /** Absent: the program's main flow. */
  thread?: ThreadId;
} & TimelineEntry;

export type TimelineEntry =
  | { kind: 'input'; input: Input }
  | {
      kind: 'entered';
      stage: string;
      title: string;
      /** `move`: an operator did, or undid it. */
      direction: 'start' | 'advance' | 'return' | 'restart' | 'interrupt' | 'resume' | 'move';
      from?: string;
      rule?: string;
      /** The rule in the author's words, or an operator's reason. */
      because?: string;
      /** The operator. */
      by?: string;
      visit: number;
    }
  | {
      kind: 'finished';
      as: string;
      outcome: 'success' | 'failure' | 'neutral' | 'left';
      from: string;
      rule?: string;
      because?: string;
      /** The operator who took the person out. */
      by?: string;
    }
  | { kind: 'paused'; by: string; reason: string; until: number | null }
  /** `by` null: the pause had an end. */
  | { kind: 'resumed'; by: string | null; since: number }
  /** A rule that did something without moving the person. */
  | { kind: 'ruled'; rule: string; because: string }
  /** A track began. */
  | { kind: 'begun'; track: string; because: string }
  | {
      kind: 'set';
      field: string;
      from: Value;
      to: Value;
      by: 'program' | 'agent' | 'answer' | 'role' | 'migration';
      role?: string;
      item?: { list: string; item: string };
    }
  | {
      kind: 'recorded';
      series: string;
      fields: Record<string, Value>;
      occurredAt: number;
      by: 'program' | 'person' | 'agent' | 'operator' | 'service' | 'role' | 'cohort';
      role?: string;
    }
  /** An entry of a series that is recorded once per value of a field had been recorded already. */
  | { kind: 'repeated'; series: string; fields: Record<string, Value> }
  /** An entry was put right, or taken back (`fields` null). */
  | {
      kind: 'corrected';
      series: string;
      entry: string;
      from: Record<string, Value>;
      fields: Record<string, Value> | null;
    }
  | { kind: 'added'; list: string; item: string; fields: Record<string, Value> }
  | { kind: 'told'; id: string; to: string; text: string; question?: string }
  | { kind: 'output'; id: string; name: string; to: string; text: string }
  | { kind: 'called'; id: string; service: string; action: string; fields: Record<string, Value> }
  | { kind: 'proposed'; id: string; proposal: string; by: string; what: string; value: Value; expiresAt: number | null }
  | { kind: 'decided'; id: string; proposal: string; approved: boolean; value: Value; role: string }
  /** Nobody decided in time, or the place it was proposed in is over. */
  | { kind: 'lapsed'; id: string; proposal: string; why: string }
  | { kind: 'acknowledged'; climb: string; role: string }
  | { kind: 'message'; id: string; text: string; reason: MessageReason; author: MessageAuthor; question?: string }
  | { kind: 'planned'; id: string; text: string; sendAt: number; reason: MessageReason }
  | { kind: 'withdrawn'; id: string; why: string }
  /** A message that was written is not sent before then. */
  | { kind: 'held'; id: string; until: number; why: string }
  | { kind: 'reviewed'; outcome: 'nothing-changed' | 'run' | 'busy' }
  | { kind: 'nudged'; nudge: string; count: number; atMost: number }
  | { kind: 'asked'; question: string; expiresAt: number | null }
  /** `question` is the program's, `id` the one that was open. */
  | { kind: 'answered'; question: string; id: string; value: Value }
  | { kind: 'unanswered'; question: string; id: string }
  | { kind: 'escalated'; to: string; text: string; climb?: string; rung?: number }
  | { kind: 'run-started'; run: string; reason: RunReason }
  | { kind: 'run-void'; run: string; why: string }
  | { kind: 'run-failed'; run: string; problem: string }
  | {
      kind: 'judged';
      criterion: string;
      holds: boolean;
      confidence: number;
      quotes: string[];
      counts: boolean;
      why?: string;
    }
  /** The person goes on in another version. `stage`: where they stand in it. */
  | { kind: 'adopted'; from: number; to: number; via?: number[]; stage: string; by: string }
  | { kind: 'reverted'; from: number; to: number; stage: string; by: string }
  /** Something that came in could not be taken as it was; nothing changed by it. */
  | { kind: 'refused'; what: string; why: string };
