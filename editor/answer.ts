/**
 * Answers the questions of the editor page: text in, plain data out.
 *
 * Runs in the language worker, and in tests without one. It calls the very same `compile` as the
 * command and the server, so all three say the same about a text. It remembers nothing between
 * requests and never throws: a fault of ours becomes an answer that says so.
 */
import { compile, type Environment } from '../compiler/compile.ts';
import { complete } from '../compiler/complete.ts';
import { drawGraph } from '../compiler/draw-graph.ts';
import { graph as graphOf } from '../compiler/graph.ts';
import type { SourceFile } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { format } from '../language/format.ts';
import { hover } from './hover.ts';
import {
  type Answers,
  type Checked,
  type OutlineItem,
  type Question,
  type Request,
  type Response,
  textCharactersMax,
} from './protocol.ts';

export function answer({ id, version, question }: Request): Response {
  try {
    return { id, version, ok: true, value: answerQuestion(question) };
  } catch (error) {
    return { id, version, ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}

function answerQuestion(question: Question): Answers[Question['kind']] {
  switch (question.kind) {
    case 'check':
      return check(question.text, question.environment);
    case 'complete':
      return question.text.length > textCharactersMax
        ? []
        : complete(question.text, question.offset, question.environment);
    case 'hover':
      return question.text.length > textCharactersMax ? null : hover(question.text, question.offset);
    case 'format':
      // Too long to be looked at is too long to be changed; the check says so.
      return question.text.length > textCharactersMax ? { text: question.text, changed: false } : format(question.text);
  }
}

/** All the editor shows about a text: problems, outline and graph. */
function check(text: string, environment: Environment = {}): Checked {
  if (text.length > textCharactersMax) return tooLong(text);
  const { files, programs } = compile([{ path: 'program.regimen', text }], environment);
  const file = files[0];
  const diagnostics = file?.diagnostics ?? [];
  const ir = programs[0]?.ir;
  const graph = ir === undefined ? null : graphOf(ir);
  return {
    diagnostics,
    errors: diagnostics.filter((one) => one.severity === 'error').length,
    warnings: diagnostics.filter((one) => one.severity === 'warning').length,
    program: ir === undefined ? null : { name: ir.name, title: ir.title },
    outline: file === undefined ? [] : outline(file.ast),
    graph,
    drawing: graph === null || graph.nodes.length === 0 ? null : drawGraph(graph, { direction: 'TB' }),
  };
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
  return { diagnostics: [problem], errors: 1, warnings: 0, program: null, outline: [], graph: null, drawing: null };
}
