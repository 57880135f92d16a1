/**
 * Answers the questions of the editor page: text in, plain data out.
 *
 * Runs in the language worker, and in tests without one. It asks the very same language service as
 * the language server, and so the very same `compile` as the command and the server: all say the
 * same about a text. Between requests it keeps what it made of the last text and nothing else, and
 * it never throws: a fault of ours becomes an answer that says so.
 */
import { drawGraph } from '../compiler/draw-graph.ts';
import { importedPaths, plainPath } from '../compiler/expand.ts';
import { type Graph, graph as graphOf } from '../compiler/graph.ts';
import { codeActions } from '../compiler/service/code-actions.ts';
import { codeLenses } from '../compiler/service/code-lenses.ts';
import { completion } from '../compiler/service/completion.ts';
import { type Definition, definition, references } from '../compiler/service/definition.ts';
import { folding } from '../compiler/service/folding.ts';
import { hover } from '../compiler/service/hover.ts';
import { inlayHints } from '../compiler/service/inlay-hints.ts';
import { outline as outlineTree } from '../compiler/service/outline.ts';
import { type FileEdits, prepareRename, rename } from '../compiler/service/rename.ts';
import { semanticTokens } from '../compiler/service/semantic-tokens.ts';
import { createWorkspace, folderOf, type Group } from '../compiler/service/workspace.ts';
import type { SourceFile } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { format } from '../language/format.ts';
import { type ToldScenario, tellScenario, type WantedScenario } from '../runtime/tell-scenario.ts';
import { upcomingReviews } from '../runtime/upcoming-reviews.ts';
import {
  type Answers,
  type Checked,
  type OutlineItem,
  type Project,
  type Question,
  type QuestionKind,
  type Request,
  type Response,
  textCharactersMax,
} from './protocol.ts';

/** Where the text lies before anything is told of a project. */
const usualPath = 'program.regimen';
/** Times of a cadence shown beside it. */
const hintTimes = 3;

let workspace = createWorkspace();
let project: Project = { path: usualPath, files: [], environment: {}, skills: {} };
/** The last picture, and the graph it shows. */
let drawn: { graph: string; svg: string | null } = { graph: '', svg: null };

/** Tells what there is besides the text. What was made of another project is forgotten. */
export function know(told: Project): void {
  project = { ...told, path: plainPath(told.path) };
  workspace = createWorkspace();
  workspace.know(folderOf(project.path), project.environment);
}

/** The files that the text imports, directly or through others, in the workspace, and no others beside it. */
function bringImports(): void {
  const known = new Map(project.files.map(({ path, text }) => [plainPath(path), text]));
  const brought = new Set([project.path]);
  // A set is walked to its end, also over what is added on the way.
  for (const path of brought) {
    const file = workspace.file(path);
    for (const imported of file === undefined ? [] : importedPaths(file)) {
      const text = known.get(imported);
      if (text === undefined || brought.has(imported)) continue;
      workspace.put(imported, text);
      brought.add(imported);
    }
  }
  for (const path of workspace.paths()) if (!brought.has(path)) workspace.drop(path);
}

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
  const { path } = project;
  workspace.put(path, text);
  bringImports();
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
      return ownDefinition(definition(workspace, path, question.offset));
    case 'refer':
      return references(workspace, path, question.offset).filter((one) => one.path === path);
    case 'prepare-rename':
      return prepareRename(workspace, path, question.offset);
    case 'rename': {
      const renamed = rename(workspace, path, question.offset, question.name);
      return 'refused' in renamed ? renamed : ownEdits(renamed.files);
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

/** What is declared in an imported file is not on the page. */
const ownDefinition = (found: Definition | undefined): Definition | null =>
  found === undefined ? null : { ...found, targets: found.targets.filter((one) => one.path === project.path) };

/** The page has one text: a name that stands in an imported file as well is not changed here alone. */
function ownEdits(files: FileEdits): Answers['rename'] {
  if (files.some((file) => file.path !== project.path))
    return { refused: 'It stands in an imported file too, which cannot be changed here.' };
  return { edits: files.flatMap((file) => file.edits) };
}

const ownFile = ({ compiled }: Group) => compiled.files.find((one) => one.path === project.path);
const ownProgram = ({ compiled }: Group) => compiled.programs.find((one) => one.path === project.path);

const fileOf = (group: Group): SourceFile =>
  ownFile(group)?.ast ?? { imports: [], fragments: [], programs: [], scenarios: [], span: { start: 0, end: 0 } };

/** All the editor shows about a text at once: problems, outline and graph. */
function check(group: Group): Checked {
  const diagnostics = ownFile(group)?.diagnostics ?? [];
  const ir = ownProgram(group)?.ir;
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
function draw(group: Group): string | null {
  const ir = ownProgram(group)?.ir;
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
    const one = await tellScenario(compiled, project.path, scenario, project.skills);
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
