/**
 * CST to AST: a whole file. The pieces are in `build-programs.ts`, `build-stages.ts`,
 * `build-scenarios.ts`, `build-expressions.ts` and `build-literals.ts`.
 *
 * Comes after the parser and works on partial trees; adds diagnostics only for what the grammar
 * lets through on purpose (unknown lines, impossible times, clauses given twice).
 */
import type { CstNode } from 'chevrotain';
import type { SourceFile } from './ast.ts';
import { buildProgram } from './build-programs.ts';
import { buildScenario } from './build-scenarios.ts';
import { type Build, nodes, present, tokenSpan, tokens } from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { reportUnknown } from './unknown.ts';

export function buildAst(build: Build, from: CstNode | undefined): SourceFile {
  const programs = nodes(from, 'programDeclaration').map((child) => buildProgram(build, child));
  const scenarios = present(nodes(from, 'scenarioDeclaration').map((child) => buildScenario(build, child)));
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'file');
  for (const brace of tokens(from, 'RightBrace')) {
    if (brace.image === '') continue;
    const span = tokenSpan(brace);
    const fix = { title: 'Remove this `}`', edits: [{ span, text: '' }] };
    build.diagnostics.push(diagnostic('extra-brace', span, {}, { fix }));
  }
  return { programs, scenarios, span: { start: 0, end: build.text.length } };
}
