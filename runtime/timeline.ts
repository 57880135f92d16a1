/**
 * The timeline: what happened to one enrollment, in order, append-only.
 *
 * A row either is an input (it carries it, and `cause` is its own number) or follows from one.
 * Folding the inputs with `step` gives the stored state and the same rows again; a test proves it.
 * `describe.ts` turns a row into a sentence.
 */
import type { Value } from '../compiler/ir.ts';
import type { MessageAuthor, MessageReason, RunReason } from './facts.ts';
import type { Input } from './inputs.ts';

export type TimelineRow = {
  /** 1, 2, 3 … in the enrollment. */
  seq: number;
  /** ms; the moment of the step. */
  at: number;
  /** `seq` of the input this follows from. */
  cause: number;
} & TimelineEntry;

export type TimelineEntry =
  | { kind: 'input'; input: Input }
  | {
      kind: 'entered';
      stage: string;
      title: string;
      direction: 'start' | 'advance' | 'return' | 'restart' | 'interrupt' | 'resume';
      from?: string;
      rule?: string;
      because?: string;
      visit: number;
    }
  | {
      kind: 'finished';
      as: string;
      outcome: 'success' | 'failure' | 'neutral' | 'left';
      from: string;
      rule?: string;
      because?: string;
    }
  /** A rule that did something without moving the person. */
  | { kind: 'ruled'; rule: string; because: string }
  | { kind: 'set'; field: string; from: Value; to: Value; by: 'program' | 'agent' | 'answer' }
  | {
      kind: 'recorded';
      series: string;
      fields: Record<string, Value>;
      occurredAt: number;
      by: 'program' | 'person' | 'agent' | 'operator' | 'service';
    }
  | { kind: 'message'; id: string; text: string; reason: MessageReason; author: MessageAuthor; question?: string }
  | { kind: 'planned'; id: string; text: string; sendAt: number; reason: MessageReason }
  | { kind: 'withdrawn'; id: string; why: string }
  | { kind: 'reviewed'; outcome: 'nothing-changed' | 'run' | 'busy' }
  | { kind: 'nudged'; nudge: string; count: number; atMost: number }
  | { kind: 'asked'; question: string; expiresAt: number | null }
  | { kind: 'answered'; question: string; value: Value }
  | { kind: 'unanswered'; question: string }
  | { kind: 'escalated'; to: string; text: string }
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
  /** Something that came in could not be taken as it was; nothing changed by it. */
  | { kind: 'refused'; what: string; why: string };
