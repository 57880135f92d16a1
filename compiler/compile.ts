/**
 * All phases in order: files of text in; trees, diagnostics, IR and scenarios out.
 *
 * Never throws for bad text. The IR of a program with mistakes is best effort, for drawing and for
 * tools; only one that is `ok` may be published or run.
 */
import type { Program, Scenario, SourceFile, Span } from '../language/ast.ts';
import { type Diagnostic, diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { parse } from '../language/parse.ts';
import { analyze } from './analyze.ts';
import { replaceWith } from './bind.ts';
import { check } from './check.ts';
import type { Environment } from './checks/question.ts';
import { echoes } from './echoes.ts';
import type { Ir } from './ir.ts';
import { lower } from './lower.ts';
import { lowerScenario, outlineScenario } from './lower-scenario.ts';
import type { ScenarioIr } from './scenario-ir.ts';
import type { Checked } from './symbols.ts';

export type { Environment };

export type Compiled = {
  /** As given, with every diagnostic of the file in the order of the text. */
  files: { path: string; text: string; ast: SourceFile; diagnostics: Diagnostic[] }[];
  programs: { path: string; ir: Ir; ok: boolean }[];
  scenarios: { path: string; scenario: ScenarioIr; ok: boolean }[];
};

/** Compiles files that belong together: a scenario may tell of a program in another of them. */
export function compile(files: readonly { path: string; text: string }[], environment: Environment = {}): Compiled {
  const read = files.map(({ path, text }) => {
    const { value: ast, diagnostics } = parse(text);
    return { path, text, ast, syntax: diagnostics, diagnostics: [...diagnostics] };
  });
  const known = new Map<string, { file: (typeof read)[number]; checked: Checked; ir: Ir }>();
  const result: Compiled = { files: read, programs: [], scenarios: [] };

  for (const file of read) {
    for (const program of file.ast.programs) {
      const unread = syntaxErrors(file, program);
      const { own, report } = collector(file.diagnostics, echoes(file, { file, program }));
      if (known.has(program.name.text))
        report(diagnostic('duplicate-name', program.name.span, { name: program.name.text }));
      const checked = check(program, file.text, environment, report);
      const ir = lower(checked, report);
      // Parts that could not be read may hold the very things that would be missed here.
      if (!unread) analyze(ir, program, report);
      if (!known.has(ir.name)) known.set(ir.name, { file, checked, ir });
      result.programs.push({ path: file.path, ir, ok: !unread && !hasErrors(own) });
    }
  }
  for (const file of read) {
    for (const node of file.ast.scenarios) {
      const program = known.get(node.program.text);
      const told = program && { file: program.file, program: program.checked.program };
      const { own, report } = collector(file.diagnostics, echoes(file, told));
      if (program === undefined) report(unknownProgram(node, known.keys()));
      const scenario = program === undefined ? outlineScenario(node) : lowerScenario(node, file.text, program, report);
      result.scenarios.push({ path: file.path, scenario, ok: !syntaxErrors(file, node) && !hasErrors(own) });
    }
    file.diagnostics = file.diagnostics.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  }
  return { ...result, files: read.map(({ path, text, ast, diagnostics }) => ({ path, text, ast, diagnostics })) };
}

/** Adds to the file's diagnostics, each once and without echoes: a place that is looked at twice says a thing once. */
function collector(
  all: Diagnostic[],
  isEcho: (one: Diagnostic) => boolean,
): { own: Diagnostic[]; report: (one: Diagnostic) => void } {
  const own: Diagnostic[] = [];
  const seen = new Set<string>();
  const report = (one: Diagnostic) => {
    const id = `${one.code} ${one.span.start} ${one.span.end} ${one.message}`;
    if (seen.has(id)) return;
    seen.add(id);
    own.push(one);
    if (!isEcho(one)) all.push(one);
  };
  return { own, report };
}

const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some((one) => one.severity === 'error');

/** Whether something of `node` could not be read; errors outside every declaration may be lost parts of any. */
function syntaxErrors(file: { ast: SourceFile; syntax: readonly Diagnostic[] }, node: Program | Scenario): boolean {
  const declarations = [...file.ast.programs, ...file.ast.scenarios];
  const holds = (span: Span, at: number) => at >= span.start && at <= span.end;
  return file.syntax.some(
    ({ severity, span }) =>
      severity === 'error' &&
      (holds(node.span, span.start) || !declarations.some((one) => holds(one.span, span.start))),
  );
}

function unknownProgram(node: Scenario, names: Iterable<string>): Diagnostic {
  const near = nearest(node.program.text, names);
  const details =
    near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, node.program.span) };
  return diagnostic('unknown-program', node.program.span, { name: node.program.text }, details);
}
