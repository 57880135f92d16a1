/**
 * Answers the questions of the editor page: text in, plain data out.
 *
 * Runs in the language worker, and in tests without one. It asks the very same language service as
 * the language server, and so the very same `compile` as the command and the server: all say the
 * same about a text. Between requests it keeps what it made of the last text and nothing else, and
 * it never throws: a fault of ours becomes an answer that says so.
 */
import { drawGraph } from '../compiler/draw-graph.ts';
import { type Graph, graph as graphOf } from '../compiler/graph.ts';
import { codeActions } from '../compiler/service/code-actions.ts';
import { codeLenses } from '../compiler/service/code-lenses.ts';
import { completion } from '../compiler/service/completion.ts';
import { definition, references } from '../compiler/service/definition.ts';
import { folding } from '../compiler/service/folding.ts';
import { hover } from '../compiler/service/hover.ts';
import { inlayHints } from '../compiler/service/inlay-hints.ts';
import { outline as outlineTree } from '../compiler/service/outline.ts';
import { prepareRename, rename } from '../compiler/service/rename.ts';
import { semanticTokens } from '../compiler/service/semantic-tokens.ts';
import { createWorkspace, type Group } from '../compiler/service/workspace.ts';
import type { SourceFile } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { format } from '../language/format.ts';
import { type ToldScenario, tellScenario, type WantedScenario } from '../runtime/tell-scenario.ts';
import { upcomingReviews } from '../runtime/upcoming-reviews.ts';
import {
  type Answers,
  type Checked,
  type OutlineItem,
  type Question,
  type QuestionKind,
  type Request,
  type Response,
  textCharactersMax,
} from './protocol.ts';

/** The page has one text; this is what the worker calls it. */
const path = 'program.regimen';
/** Times of a cadence shown beside it. */
const hintTimes = 3;

const workspace = createWorkspace();
/** The last picture, and the graph it shows. */
let drawn: { graph: string; svg: string | null } = { graph: '', svg: null };

export async function answer({ id, version, question }: Request): Promise<Response> {
  try {
    return { id, version, ok: true, value: await answerQuestion(question) };
  } catch (error) {
    return { id, version, ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

/** What is said about a text that is too long to be looked at. */
const nothing: { [Kind in QuestionKind]: (text: string) => Answers[Kind] } = {
  check: tooLong,
  draw: () => null,
  complete: () => [],
  hover: () => null,
  define: () => null,
  refer: () => [],
  'prepare-rename': () => ({ refused: 'This text is too long to rename anything in it.' }),
  rename: () => ({ refused: 'This text is too long to rename anything in it.' }),
  actions: () => [],
  outline: () => [],
  fold: () => [],
  tokens: () => [],
  lenses: () => [],
  hints: () => [],
  run: () => [],
  // Too long to be looked at is too long to be changed; the check says so.
  format: (text) => ({ text, changed: false }),
};

async function answerQuestion(question: Question): Promise<Answers[QuestionKind]> {
  const { text } = question;
  if (text.length > textCharactersMax) return nothing[question.kind](text);
  if (question.kind === 'format') return format(text);
  workspace.put(path, text);
  const environment = question.environment ?? {};
  if (JSON.stringify(environment) !== JSON.stringify(workspace.environment(''))) workspace.know('', environment);
  const group = workspace.group(path);
  if (group === undefined) return nothing[question.kind](text);
  switch (question.kind) {
    case 'check':
      return check(group);
    case 'draw':
      return draw(group);
    case 'complete':
      return completion(workspace, path, question.offset);
    case 'hover':
      return hover(workspace, path, question.offset);
    case 'define':
      return definition(workspace, path, question.offset) ?? null;
    case 'refer':
      return references(workspace, path, question.offset);
    case 'prepare-rename':
      return prepareRename(workspace, path, question.offset);
    case 'rename': {
      const renamed = rename(workspace, path, question.offset, question.name);
      return 'refused' in renamed ? renamed : { edits: renamed.files.flatMap((file) => file.edits) };
    }
    case 'actions':
      return codeActions(workspace, path, question.span);
    case 'outline':
      return outlineTree(fileOf(group), text);
    case 'fold':
      return folding(text);
    case 'tokens':
      return semanticTokens(workspace, path);
    case 'lenses':
      return codeLenses(workspace, path);
    case 'hints':
      return inlayHints(workspace, path, {
        times: ({ zone, ...review }) => upcomingReviews(review, question.now, zone, hintTimes),
      });
    case 'run':
      return run(group, question.wanted);
  }
}

const fileOf = ({ compiled }: Group): SourceFile =>
  compiled.files[0]?.ast ?? { imports: [], fragments: [], programs: [], scenarios: [], span: { start: 0, end: 0 } };

/** All the editor shows about a text at once: problems, outline and graph. */
function check(group: Group): Checked {
  const diagnostics = group.compiled.files[0]?.diagnostics ?? [];
  const ir = group.compiled.programs[0]?.ir;
  return {
    diagnostics,
    errors: diagnostics.filter((one) => one.severity === 'error').length,
    warnings: diagnostics.filter((one) => one.severity === 'warning').length,
    program: ir === undefined ? null : { name: ir.name, title: ir.title },
    outline: outline(fileOf(group)),
    graph: ir === undefined ? null : graphOf(ir),
  };
}

/** A graph that has only moved in the text is the same picture: laying it out is the slow part. */
function draw({ compiled }: Group): string | null {
  const ir = compiled.programs[0]?.ir;
  const graph: Graph | null = ir === undefined ? null : graphOf(ir);
  const shown = JSON.stringify(graph, (key, value) => (key === 'span' ? undefined : value));
  if (shown !== drawn.graph) {
    const svg = graph === null || graph.nodes.length === 0 ? null : drawGraph(graph, { direction: 'TB' });
    drawn = { graph: shown, svg };
  }
  return drawn.svg;
}

async function run({ compiled }: Group, wanted: readonly WantedScenario[]): Promise<ToldScenario[]> {
  const told: ToldScenario[] = [];
  for (const scenario of wanted) {
    const one = await tellScenario(compiled, path, scenario);
    if (one !== undefined) told.push(one);
  }
  return told;
}

/** Programs, their stages and the scenarios of a file, in the order of the text. */
export function outline(file: SourceFile): OutlineItem[] {
  const items: OutlineItem[] = [];
  for (const program of file.programs) {
    items.push({ kind: 'program', name: program.name.text, nameSpan: program.name.span, span: program.span });
    for (const item of program.items) {
      if (item.kind !== 'stage') continue;
      items.push({ kind: 'stage', name: item.name.text, nameSpan: item.name.span, span: item.span });
    }
  }
  for (const scenario of file.scenarios) {
    const name = scenario.title.parts.filter((part) => typeof part === 'string').join('…');
    items.push({ kind: 'scenario', name, nameSpan: scenario.title.span, span: scenario.span });
  }
  return items.sort((a, b) => a.span.start - b.span.start);
}

function tooLong(text: string): Checked {
  const found = `a text of ${text.length.toLocaleString('en')} characters`;
  const problem = diagnostic(
    'unexpected-text',
    { start: 0, end: 0 },
    { expected: `at most ${textCharactersMax.toLocaleString('en')} characters`, found },
    { hint: 'Split it into several programs, or check it with the command.' },
  );
  return { diagnostics: [problem], errors: 1, warnings: 0, program: null, outline: [], graph: null };
}
