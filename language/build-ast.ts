/**
 * CST to AST: a whole file. The pieces are in `build-programs.ts`, `build-stages.ts`, `build-rules.ts`,
 * `build-actions.ts`, `build-scenarios.ts`, `build-expressions.ts` and `build-literals.ts`.
 *
 * Comes after the parser and works on partial trees; adds diagnostics only for what the grammar
 * lets through on purpose (unknown lines, impossible times, clauses given twice).
 */
import type { SourceFile } from './ast.ts';
import { buildFragment, buildImport, buildProgram } from './build-programs.ts';
import { buildScenario } from './build-scenarios.ts';
import { type Build, type CstNode, nodes, present, tokenSpan, tokens } from './cst.ts';
import { diagnostic } from './diagnostics.ts';
import { fixOf } from './fixes.ts';
import { itemOf } from './kept-items.ts';
import { reportUnknown } from './unknown.ts';

export function buildAst(build: Build, from: CstNode | undefined): SourceFile {
  const imports = present(
    nodes(from, 'importDeclaration').map((child) => itemOf(build, child, () => buildImport(build, child))),
  );
  const fragments = nodes(from, 'fragmentDeclaration').map((child) =>
    itemOf(build, child, () => buildFragment(build, child)),
  );
  const programs = nodes(from, 'programDeclaration').map((child) => buildProgram(build, child));
  const scenarios = present(
    nodes(from, 'scenarioDeclaration').map((child) => itemOf(build, child, () => buildScenario(build, child))),
  );
  for (const unknown of nodes(from, 'unknown')) reportUnknown(build, unknown, 'file');
  for (const brace of tokens(from, 'RightBrace')) {
    if (brace.image === '') continue;
    const span = tokenSpan(brace);
    const fix = fixOf('remove-brace', '', { span, text: '' });
    build.diagnostics.push(diagnostic('extra-brace', span, {}, { fix }));
  }
  const span = { start: 0, end: build.text.length };
  return { imports, fragments, programs, scenarios, span };
}
