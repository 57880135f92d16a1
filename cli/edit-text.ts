/**
 * Applies edits to a text, and writes a text into its file as it was: with its byte-order mark and
 * through a file beside it, so that nobody ever finds half a program.
 */
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { CommandProblem } from './command.ts';
import { reason } from './find-files.ts';

export type Edit = { span: { start: number; end: number }; text: string };

/** The text with these edits, which must not overlap. Offsets are those of the text as it is given. */
export function editText(text: string, edits: readonly Edit[]): string {
  let edited = text;
  for (const { span, text: replacement } of [...edits].sort((a, b) => b.span.start - a.span.start))
    edited = edited.slice(0, span.start) + replacement + edited.slice(span.end);
  return edited;
}

/** Whether two sets of edits touch: then only one of them can be applied. Two insertions at one place touch. */
export function overlap(some: readonly Edit[], others: readonly Edit[]): boolean {
  return some.some((a) => others.some((b) => a.span.start <= b.span.end && b.span.start <= a.span.end));
}

/** Writes the whole file or nothing. Throws `CommandProblem` where it cannot be written. */
export function writeText(file: { path: string; absolute: string }, text: string): void {
  const beside = `${file.absolute}.${process.pid}.new`;
  try {
    const mark = readFileSync(file.absolute).subarray(0, 3).equals(Buffer.from('\uFEFF')) ? '\uFEFF' : '';
    // Refused here where the file may not be written, although its folder may.
    writeFileSync(file.absolute, '', { flag: 'a' });
    writeFileSync(beside, mark + text, { mode: statSync(file.absolute).mode });
    renameSync(beside, file.absolute);
  } catch (error) {
    rmSync(beside, { force: true });
    throw new CommandProblem(`${file.path} cannot be written: ${reason(error)}.`, 1);
  }
}
