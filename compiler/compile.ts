/**
 * All phases in order: files of text in; trees, diagnostics, IR and scenarios out.
 *
 * Never throws for bad text. The IR of a program with mistakes is best effort, for drawing and for
 * tools; only one that is `ok` may be published or run.
 */
import type { Fragment, Program, Scenario, SourceFile, Span } from '../language/ast.ts';
import { type Diagnostic, diagnostic } from '../language/diagnostics.ts';
import { limits } from '../language/limits.ts';
import { nearest } from '../language/nearest.ts';
import { parse } from '../language/parse.ts';
import { analyze } from './analyze.ts';
import { check } from './check.ts';
import type { Environment } from './checks/question.ts';
import { type CompileMemory, readAgain } from './compile-memory.ts';
import { echoes } from './echoes.ts';
import { checkImports, expand, libraryOf } from './expand.ts';
import { importedMistakes } from './imported-mistakes.ts';
import type { Ir } from './ir.ts';
import { lower } from './lower.ts';
import { lowerScenario, outlineScenario } from './lower-scenario.ts';
import { replaceWith } from './names.ts';
import { type ProgramMemory, programMemory, scenarioAgain } from './program-memory.ts';
import type { ScenarioIr } from './scenario-ir.ts';
import type { Checked, Report } from './symbols.ts';

export type { Environment };

export type Compiled = {
  /** As given, with every diagnostic of the file in the order of the text. */
  files: { path: string; text: string; ast: SourceFile; diagnostics: Diagnostic[] }[];
  /** `checked` is what the names of the program turned out to mean; the expressions of its scenarios are in it too. */
  programs: { path: string; ir: Ir; ok: boolean; checked: Checked }[];
  scenarios: { path: string; scenario: ScenarioIr; ok: boolean }[];
};

/**
 * Compiles files that belong together: a scenario may tell of a program in another of them. `memory` is for a host
 * that compiles the same files again and again; each path is there once.
 */
export function compile(
  files: readonly { path: string; text: string }[],
  environment: Environment = nothingKnown,
  memory?: CompileMemory,
): Compiled {
  const read = files.map(({ path, text }) => {
    const { value: ast, diagnostics } = memory === undefined ? parse(text) : readAgain(memory.readings, path, text);
    return { path, text, ast, syntax: diagnostics, diagnostics: [...diagnostics], seen: new Set<string>() };
  });
  const before = memory?.programs;
  if (memory !== undefined) memory.programs = new Map();
  type Known = { file: (typeof read)[number]; checked: Checked; ir: Ir; memory: ProgramMemory | undefined };
  const known = new Map<string, Known>();
  const result: Compiled = { files: read, programs: [], scenarios: [] };
  const library = libraryOf(read);
  const texts = new Map(read.map((file) => [file.path, file.text]));
  const byPath = new Map(read.map((file) => [file.path, file]));
  /** Diagnostics about words in another file go there. */
  const elsewhere = (path: string) => byPath.get(path);
  const imports = new Map(
    read.map((file) => {
      const collected = collector(file, echoes(file, undefined), elsewhere);
      checkImports(file, library, collected.report);
      return [file, collected];
    }),
  );

  for (const file of read) {
    const ownImports = imports.get(file);
    for (const [index, written] of file.ast.programs.entries()) {
      const { own, abroad, report } = collector(file, echoes(file, { file, program: written }), elsewhere);
      const { program, used } = expand(written, file, library, report);
      const unread =
        syntaxErrors(file, written) ||
        used.some((one) => {
          const source = elsewhere(one.file.path);
          return source !== undefined && syntaxErrors(source, one.fragment);
        });
      if (known.has(program.name.text))
        report(diagnostic('duplicate-name', program.name.span, { name: program.name.text }));
      const place = `${index} ${file.path}`;
      const kept = memory && programMemory(before?.get(place), program, environment);
      if (kept !== undefined) memory?.programs.set(place, kept);
      const checked = check(program, file.text, environment, report, texts, kept);
      const ir = lower(checked, report, kept);
      // Parts that could not be read may hold the very things that would be missed here.
      if (!unread) analyze(ir, program, report, environment, own, undefined, kept?.analyses);
      if (!known.has(ir.name)) known.set(ir.name, { file, checked, ir, memory: kept });
      const goesRound = ownImports?.own.some(({ code }) => code === 'import-cycle') === true;
      const mistakeIn = (other: (typeof read)[number]) =>
        imports.get(other)?.own.find((one) => isError(one) && !(goesRound && one.code === 'import-cycle')) ??
        abroad.get(other) ??
        other.syntax.find((one) => isError(one) && !isOfTheirs(other.ast, one.span));
      if (ownImports !== undefined) importedMistakes(file, library, mistakeIn, ownImports.report);
      const ok = !unread && !hasErrors(own) && !hasErrors(ownImports?.own ?? []);
      result.programs.push({ path: file.path, ir, ok, checked });
    }
  }
  for (const file of read) {
    for (const node of file.ast.scenarios) {
      const program = known.get(node.program.text);
      const told = program && { file: program.file, program: program.checked.program };
      const { own, report } = collector(file, echoes(file, told), elsewhere);
      if (program === undefined) report(unknownProgram(node, known.keys()));
      const lowered = (tell: Report) =>
        program === undefined
          ? outlineScenario(node)
          : lowerScenario(node, file.text, program, program.file === file ? tell : onlyWithin(node.span, tell));
      const scenario = scenarioAgain(program?.memory, node, report, lowered);
      result.scenarios.push({ path: file.path, scenario, ok: !syntaxErrors(file, node) && !hasErrors(own) });
    }
    if (isEmpty(file)) file.diagnostics.push(nothingHere(file.text));
    const ordered = file.diagnostics.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
    file.diagnostics = hasErrors(ordered) ? firstOf(ordered) : ordered;
  }
  return { ...result, files: read.map(({ path, text, ast, diagnostics }) => ({ path, text, ast, diagnostics })) };
}

/** One object, so that a memory sees that nothing more is known than before. */
const nothingKnown: Environment = {};

type Gathering = {
  text: string;
  syntax: readonly Diagnostic[];
  diagnostics: Diagnostic[];
  /** What was told already: a place that is looked at twice says a thing once. */
  seen: Set<string>;
};

/**
 * `abroad`: the first error in each other file. Adds to the file's diagnostics, each once and without echoes. What is about the words of another file
 * (a fragment) is added there.
 */
function collector(
  home: Gathering,
  isEcho: (one: Diagnostic) => boolean,
  elsewhere: (path: string) => Gathering | undefined,
): { own: Diagnostic[]; abroad: Map<Gathering, Diagnostic>; report: (one: Diagnostic) => void } {
  const own: Diagnostic[] = [];
  const abroad = new Map<Gathering, Diagnostic>();
  const report = (told: Diagnostic) => {
    const { file } = told.span;
    const one = alone(told);
    own.push(one);
    const target = file === undefined ? home : elsewhere(file);
    if (target !== undefined && target !== home && isError(one) && !abroad.has(target)) abroad.set(target, one);
    const id = `${one.code} ${one.span.start} ${one.span.end} ${one.message}`;
    if (target === undefined || target.seen.has(id)) return;
    target.seen.add(id);
    if (!(file === undefined ? isEcho : echoes(target, undefined))(one)) target.diagnostics.push(one);
  };
  return { own, abroad, report };
}

/** A diagnostic with only what stands in its own file. */
function alone(one: Diagnostic): Diagnostic {
  const { file } = one.span;
  const here = ({ span }: { span: Span }) => span.file === file;
  const bare = <Part extends { span: Span }>(part: Part): Part => ({
    ...part,
    span: { start: part.span.start, end: part.span.end },
  });
  const { fix, ...rest } = bare(one);
  return {
    ...rest,
    related: one.related.filter(here).map(bare),
    ...(fix?.edits.every(here) ? { fix: { ...fix, edits: fix.edits.map(bare) } } : {}),
  };
}

/** Leaves out what is shown elsewhere: these places are in the text of a program in another file. */
function onlyWithin({ start, end }: Span, report: Report): Report {
  return (one) => {
    report({ ...one, related: one.related.filter(({ span }) => span.start >= start && span.end <= end) });
  };
}

const isError = ({ severity }: Diagnostic): boolean => severity === 'error';
const hasErrors = (diagnostics: readonly Diagnostic[]): boolean => diagnostics.some(isError);
const holds = (span: Span, at: number): boolean => at >= span.start && at <= span.end;

/** Whether a place lies in a program or a scenario of a file: what is wrong there is nobody else's. */
const isOfTheirs = ({ programs, scenarios }: SourceFile, { start }: Span): boolean =>
  [...programs, ...scenarios].some(({ span }) => holds(span, start));

/** Whether something of `node` could not be read; errors outside every declaration may be lost parts of any. */
function syntaxErrors(
  file: { ast: SourceFile; syntax: readonly Diagnostic[] },
  node: Program | Scenario | Fragment,
): boolean {
  const declarations = [...file.ast.programs, ...file.ast.scenarios, ...file.ast.fragments];
  return file.syntax.some(
    ({ severity, span }) =>
      severity === 'error' &&
      (holds(node.span, span.start) || !declarations.some((one) => holds(one.span, span.start))),
  );
}

/** As much as anybody reads, and how much more there is. Where there are only warnings, all are told. */
function firstOf(ordered: Diagnostic[]): Diagnostic[] {
  const most = limits.meaningDiagnostics;
  const more = ordered.length - most;
  const next = ordered[most];
  if (next === undefined) return ordered;
  return [...ordered.slice(0, most), diagnostic('too-many-mistakes', next.span, { more, most })];
}

/** Whether a file says nothing, without a mistake in it: no words at all, or comments alone. */
function isEmpty({ ast, syntax }: { ast: SourceFile; syntax: readonly Diagnostic[] }): boolean {
  const { imports, fragments, programs, scenarios } = ast;
  return !hasErrors(syntax) && imports.length + fragments.length + programs.length + scenarios.length === 0;
}

function nothingHere(text: string): Diagnostic {
  const but = text.trim() === '' ? '' : ' but comments';
  return diagnostic('nothing-here', { start: 0, end: Math.min(1, text.length) }, { but });
}

function unknownProgram(node: Scenario, names: Iterable<string>): Diagnostic {
  const near = nearest(node.program.text, names);
  const details =
    near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, node.program.span) };
  return diagnostic('unknown-program', node.program.span, { name: node.program.text }, details);
}
