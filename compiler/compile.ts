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
import { type Collected, collector, type Gathering, hasErrors, isError, onlyWithin } from './collect.ts';
import { type CompileMemory, readAgain } from './compile-memory.ts';
import { echoes } from './echoes.ts';
import { checkImports, expand, type Library, libraryOf } from './expand.ts';
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
  const read = files.map((file) => readOne(file, memory));
  const work = workOn(read, environment, memory);
  const programs = read.flatMap((file) =>
    file.ast.programs.map((written, index) => compileProgram(work, file, written, index)),
  );
  const scenarios = read.flatMap((file) => {
    const lowered = file.ast.scenarios.map((node) => compileScenario(work, file, node));
    file.diagnostics = arranged(file);
    return lowered;
  });
  return {
    files: read.map(({ path, text, ast, diagnostics }) => ({ path, text, ast, diagnostics })),
    programs,
    scenarios,
  };
}

/** One object, so that a memory sees that nothing more is known than before. */
const nothingKnown: Environment = {};

/** A file that has been read, with what is told of it so far. */
type File = Gathering & { path: string; ast: SourceFile };

function readOne({ path, text }: { path: string; text: string }, memory: CompileMemory | undefined): File {
  const { value: ast, diagnostics } = memory === undefined ? parse(text) : readAgain(memory.readings, path, text);
  return { path, text, ast, syntax: diagnostics, diagnostics: [...diagnostics], seen: new Set() };
}

/** What all programs and scenarios of one compile share. */
type Work = {
  environment: Environment;
  memory: CompileMemory | undefined;
  /** What the last compile left of each program. */
  before: CompileMemory['programs'] | undefined;
  library: Library<File>;
  texts: ReadonlyMap<string, string>;
  fileAt: (path: string) => File | undefined;
  /** What was found of the imports of each file. */
  imports: ReadonlyMap<File, Collected>;
  /** The programs that scenarios can tell of, by name. */
  known: Map<string, Known>;
};

type Known = { file: File; checked: Checked; ir: Ir; memory: ProgramMemory | undefined };

function workOn(read: readonly File[], environment: Environment, memory: CompileMemory | undefined): Work {
  const before = memory?.programs;
  if (memory !== undefined) memory.programs = new Map();
  const library = libraryOf(read);
  const byPath = new Map(read.map((file) => [file.path, file]));
  const fileAt = (path: string) => byPath.get(path);
  const imports = new Map(
    read.map((file) => {
      const collected = collector(file, echoes(file, undefined), fileAt);
      checkImports(file, library, collected.report);
      return [file, collected];
    }),
  );
  const texts = new Map(read.map(({ path, text }) => [path, text]));
  return { environment, memory, before, library, texts, fileAt, imports, known: new Map() };
}

/** The program at `index` of a file through all phases. */
function compileProgram(work: Work, file: File, written: Program, index: number): Compiled['programs'][number] {
  const { environment, memory, library, fileAt, known } = work;
  const collected = collector(file, echoes(file, { file, program: written }), fileAt);
  const { own, report } = collected;
  const { program, used } = expand(written, file, library, report);
  const unread =
    syntaxErrors(file, written) ||
    used.some((one) => {
      const source = fileAt(one.file.path);
      return source !== undefined && syntaxErrors(source, one.fragment);
    });
  if (known.has(program.name.text))
    report(diagnostic('duplicate-name', program.name.span, { name: program.name.text }));
  const place = `${index} ${file.path}`;
  const kept = memory && programMemory(work.before?.get(place), program, environment);
  if (kept !== undefined) memory?.programs.set(place, kept);
  const checked = check(program, file.text, environment, report, work.texts, kept);
  const ir = lower(checked, report, kept);
  // Parts that could not be read may hold the very things that would be missed here.
  if (!unread) analyze(ir, program, report, environment, own, undefined, kept?.analyses);
  if (!known.has(ir.name)) known.set(ir.name, { file, checked, ir, memory: kept });
  const ofImports = tellMistakesOfImports(work, file, collected);
  const ok = !unread && !hasErrors(own) && !hasErrors(ofImports);
  return { path: file.path, ir, ok, checked };
}

/** Tells at the imports of a file which imported files have mistakes; gives all that is told of its imports. */
function tellMistakesOfImports({ library, imports }: Work, file: File, { abroad }: Collected): readonly Diagnostic[] {
  const ofFile = imports.get(file);
  if (ofFile === undefined) return [];
  // Files that import each other in a circle are told so, each at its own imports.
  const goesRound = ofFile.own.some(({ code }) => code === 'import-cycle');
  const mistakeIn = (other: File) =>
    imports.get(other)?.own.find((one) => isError(one) && !(goesRound && one.code === 'import-cycle')) ??
    abroad.get(other) ??
    other.syntax.find((one) => isError(one) && !isOfTheirs(other.ast, one.span));
  importedMistakes(file, library, mistakeIn, ofFile.report);
  return ofFile.own;
}

function compileScenario(work: Work, file: File, node: Scenario): Compiled['scenarios'][number] {
  const program = work.known.get(node.program.text);
  const told = program && { file: program.file, program: program.checked.program };
  const { own, report } = collector(file, echoes(file, told), work.fileAt);
  if (program === undefined) report(unknownProgram(node, work.known.keys()));
  const lowered = (tell: Report) =>
    program === undefined
      ? outlineScenario(node)
      : lowerScenario(node, file.text, program, program.file === file ? tell : onlyWithin(node.span, tell));
  const scenario = scenarioAgain(program?.memory, node, report, lowered);
  return { path: file.path, scenario, ok: !syntaxErrors(file, node) && !hasErrors(own) };
}

/** What is told of a file, in the order of the text; with errors no more than anybody reads. */
function arranged(file: File): Diagnostic[] {
  if (isEmpty(file)) file.diagnostics.push(nothingHere(file.text));
  const ordered = file.diagnostics.sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
  return hasErrors(ordered) ? firstOf(ordered) : ordered;
}

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
