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
import type { CodeAction } from '../compiler/service/code-actions.ts';
import type { CodeLens } from '../compiler/service/code-lenses.ts';
import type { Definition, Reference } from '../compiler/service/definition.ts';
import type { Fold } from '../compiler/service/folding.ts';
import type { Hover } from '../compiler/service/hover.ts';
import type { InlayHint } from '../compiler/service/inlay-hints.ts';
import type { OutlineNode } from '../compiler/service/outline.ts';
import type { Refusal, TextEdit } from '../compiler/service/rename.ts';
import type { SemanticToken } from '../compiler/service/semantic-tokens.ts';
import type { Span } from '../language/ast.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import type { Formatted } from '../language/format.ts';
import type { Skill } from '../runtime/services.ts';
import type { ToldScenario, WantedScenario } from '../runtime/tell-scenario.ts';

/** The longest text the editor will look at: far beyond any program, and still quick to check. */
export const textCharactersMax = 500_000;

/** What there is besides the text: told once, before anything is asked. */
export type Project = {
  /** Where the text lies, seen from the folder of programs: imports are looked up from there. */
  path: string;
  /** Files it can import. */
  files: { path: string; text: string }[];
  environment: Environment;
  /** Skills with their scripts, which tell the agent's part where scenarios are run. */
  skills: Record<string, Skill>;
};

type About = { text: string };

export type Question =
  | ({ kind: 'check' } & About)
  /** Asked apart from the check, so that problems never wait for the layout of a picture. */
  | ({ kind: 'draw' } & About)
  | ({ kind: 'complete'; offset: number } & About)
  | ({ kind: 'hover'; offset: number } & About)
  | ({ kind: 'define'; offset: number } & About)
  | ({ kind: 'refer'; offset: number } & About)
  | ({ kind: 'prepare-rename'; offset: number } & About)
  | ({ kind: 'rename'; offset: number; name: string } & About)
  | ({ kind: 'actions'; span: Span } & About)
  | ({ kind: 'outline' } & About)
  | ({ kind: 'fold' } & About)
  | ({ kind: 'tokens' } & About)
  | ({ kind: 'lenses' } & About)
  /** `now`: ms since 1970, from which the next times of a cadence are counted. */
  | ({ kind: 'hints'; now: number } & About)
  /** Tells these scenarios: by where they start or, where the text has moved since, by their title. */
  | ({ kind: 'run'; wanted: WantedScenario[] } & About)
  | ({ kind: 'format' } & About);

export type QuestionKind = Question['kind'];

/** What the worker is told: of its project, or to answer a question. */
export type Told = { project: Project } | Request;

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
};

export type Answers = {
  check: Checked;
  /** The graph, drawn: an SVG document whose parts carry `data-stage` and `data-rule`; null with nothing to draw. */
  draw: string | null;
  complete: Completion[];
  hover: Hover | null;
  define: Definition | null;
  refer: Reference[];
  'prepare-rename': { span: Span; text: string } | Refusal;
  rename: { edits: TextEdit[] } | Refusal;
  actions: CodeAction[];
  outline: OutlineNode[];
  fold: Fold[];
  tokens: SemanticToken[];
  lenses: CodeLens[];
  hints: InlayHint[];
  run: ToldScenario[];
  format: Formatted;
};

export type Response = { id: number; version: number } & (
  | { ok: true; value: Answers[QuestionKind] }
  /** The worker itself is at fault: bad text is answered with diagnostics, never with this. */
  | { ok: false; problem: string }
);
