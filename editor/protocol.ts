/**
 * What the page and its language worker say to each other: plain data, one answer for one request.
 *
 * Every request carries the whole text (programs are small) and the version of the document it was
 * taken from, so that an answer about an older text can be recognized and dropped. Positions are
 * offsets in UTF-16 code units into exactly that text; the page turns them into lines.
 */
import type { Environment } from '../compiler/compile.ts';
import type { Completion } from '../compiler/complete.ts';
import type { Graph } from '../compiler/graph.ts';
import type { Span } from '../language/ast.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { Formatted } from '../language/format.ts';

/** The longest text the editor will look at: far beyond any program, and still quick to check. */
export const textCharactersMax = 500_000;

export type Question =
  /** `environment` tells what there is besides the text, such as the skills. */
  | { kind: 'check'; text: string; environment?: Environment }
  | { kind: 'complete'; text: string; offset: number; environment?: Environment }
  | { kind: 'hover'; text: string; offset: number }
  | { kind: 'format'; text: string };

export type QuestionKind = Question['kind'];

/** `id` pairs an answer with its request; `version` is the version of the document in the page. */
export type Request = { id: number; version: number; question: Question };

/** One thing of the outline. `name` is where its name stands, `span` the whole of it. */
export type OutlineItem = { kind: 'program' | 'stage' | 'scenario'; name: string; nameSpan: Span; span: Span };

export type Checked = {
  diagnostics: Diagnostic[];
  errors: number;
  warnings: number;
  /** The first program in the text; null when there is none yet. */
  program: { name: string; title: string } | null;
  outline: OutlineItem[];
  /** The stage graph of the first program, best effort while there are mistakes; null without a program. */
  graph: Graph | null;
  /** The same graph, drawn: an SVG document whose parts carry `data-stage` and `data-rule`. */
  drawing: string | null;
};

/** What a word means; `code` is shown as program text, `note` as prose. */
export type Hover = { span: Span; code: string; note: string };

export type Answers = { check: Checked; complete: Completion[]; hover: Hover | null; format: Formatted };

export type Response = { id: number; version: number } & (
  | { ok: true; value: Answers[QuestionKind] }
  /** The worker itself is at fault: bad text is answered with diagnostics, never with this. */
  | { ok: false; problem: string }
);
