/**
 * The program that `regimen chat` talks to: the file that was named, or the only one there is.
 */
import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { compileOne } from '../compiler/compile-one.ts';
import type { Ir } from '../compiler/ir.ts';
import type { SourceText } from '../runtime/control.ts';
import { CommandProblem, type Terminal } from './command.ts';
import { filesBeside, readText, showPath } from './find-files.ts';
import { findingsOf } from './finding.ts';
import { printFinding } from './print-findings.ts';
import { readImports } from './read-imports.ts';

/** `folder` is absolute; `path` and those of `imports` are seen from it, as `regimen dev` publishes them. */
export type ChatProgram = { path: string; folder: string; text: string; imports: SourceText[]; ir: Ir };

/** The program to talk to; null when it has errors, which have then been shown. */
export function readProgram(path: string | undefined, terminal: Terminal): ChatProgram | null {
  const file = path ?? onlyProgram();
  if (extname(file) !== '.regimen') throw new CommandProblem(`${file} is not a program. Name a .regimen file.`);
  const absolute = resolve(file);
  const text = readText({ path: file, absolute });
  const folder = dirname(absolute);
  const main = { path: basename(absolute), text };
  const imports = readImports([main], folder, (one) => ({ path: one.path, text: readText(one) }));
  const { programs, wrong } = compileOne(main, imports);
  const [program] = programs;
  const findings = wrong.flatMap((one) =>
    findingsOf(showPath(join(folder, one.path), process.cwd()), one.text, one.errors),
  );
  for (const finding of findings) terminal.err(`${printFinding(finding, terminal.color.err)}\n`);
  if (findings.length > 0 || program === undefined) {
    terminal.err(
      findings.length > 0 ? `${file} has errors. Fix them and try again.` : `There is no program in ${file}.`,
    );
    return null;
  }
  return { path: main.path, folder, text, imports, ir: program.ir };
}

function onlyProgram(): string {
  const cwd = process.cwd();
  const folder = existsSync(join(cwd, 'programs')) ? join(cwd, 'programs') : cwd;
  const programs = filesBeside(folder, cwd).filter(({ kind }) => kind === 'program');
  const [first, second] = programs;
  if (first === undefined)
    throw new CommandProblem('There is no program here. Name its file: `regimen chat programs/couch_to_5k.regimen`.');
  if (second !== undefined)
    throw new CommandProblem(
      `There are several programs in ${showPath(folder, cwd)}. Name the file of one: ${programs
        .slice(0, 5)
        .map(({ path }) => path)
        .join(', ')}.`,
    );
  return first.path;
}
