/**
 * `regimen fmt`: sets programs and scenarios out in the one style. What cannot be read, or not without
 * changing its meaning, is left as it is and reported.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { type FormatProblem, format } from '../../language/format.ts';
import { limits } from '../../language/limits.ts';
import { lineMap } from '../../language/position.ts';
import { type Command, CommandProblem, type ExitCode, type Given, type Terminal } from '../command.ts';
import { findFiles, readText, reason, type SourceFile } from '../find-files.ts';
import { type Finding, placeOf } from '../finding.ts';
import { printFinding } from '../print-findings.ts';

/** How messages name what came in through standard input. */
const stdinName = '<stdin>';
/** No text in UTF-8 that the language takes is longer. */
const stdinBytesMax = limits.textLength * 4;

export const fmt: Command = {
  name: 'fmt',
  usage: '[paths…] [options]',
  about: `Formats .regimen and .scenario files in place, and says which ones it changed. There is one style
and nothing to choose. Comments stay. The result is read again before it is written, to prove that it means the same.
A path is a file or a folder, which is searched; without one it is the folder you are in.
A file that cannot be read is left as it is, and the mistake is shown. Ends with 1 when there is such a file.`,
  options: {
    check: { type: 'boolean', about: 'change nothing; end with 1 when something would change' },
    stdin: { type: 'boolean', about: 'format what comes in, and write it out; so does the path -' },
  },
  examples: [
    { line: 'regimen fmt', about: 'everything below this folder' },
    { line: 'regimen fmt programs/couch_to_5k.regimen', about: 'one program' },
    { line: 'regimen fmt --check', about: 'in continuous integration' },
    { line: 'regimen fmt - < draft.regimen', about: 'for editors and pipes' },
  ],
  wordsMax: 1000,

  async run(given, terminal): Promise<ExitCode> {
    const check = given.options.check === true;
    if (given.options.stdin === true || given.words.includes('-')) return formatStdin(given, check, terminal);
    const files = findFiles(given.words.length === 0 ? ['.'] : given.words, process.cwd());
    const outcomes = files.map((file) => formatFile(file, check, terminal));
    const [changed, refused] = [count(outcomes, 'changed'), count(outcomes, 'refused')];
    const told = summary(files.length, changed, refused, check);
    terminal.out(terminal.color.out(refused > 0 ? 'bold' : 'green', told));
    return refused > 0 || (check && changed > 0) ? 1 : 0;
  },
};

type Outcome = 'same' | 'changed' | 'refused';

const count = (outcomes: Outcome[], outcome: Outcome) => outcomes.filter((one) => one === outcome).length;

/** `4 files, 2 formatted, 1 left as it is`; `1 file, all in style`. */
function summary(files: number, changed: number, refused: number, check: boolean): string {
  const parts = [`${files} ${files === 1 ? 'file' : 'files'}`];
  if (changed > 0) parts.push(check ? `${changed} not in style` : `${changed} formatted`);
  if (refused > 0) parts.push(`${refused} left as ${refused === 1 ? 'it is' : 'they are'}`);
  if (parts.length === 1) parts.push('all in style');
  return parts.join(', ');
}

function formatFile(file: SourceFile, check: boolean, terminal: Terminal): Outcome {
  const text = readText(file);
  const result = format(text);
  if ('problem' in result) {
    terminal.err(`${printFinding(findingOf(file.path, text, result.problem), terminal.color.err)}\n`);
    return 'refused';
  }
  // Bytes, because reading drops a byte-order mark, which is to go.
  if (Buffer.from(result.text).equals(readFileSync(file.absolute))) return 'same';
  if (!check) write(file, result.text);
  terminal.out(`${check ? 'not in style' : 'formatted'} ${file.path}`);
  return 'changed';
}

function write(file: SourceFile, text: string): void {
  try {
    writeFileSync(file.absolute, text);
  } catch (error) {
    throw new CommandProblem(`${file.path} cannot be written: ${reason(error)}.`, 1);
  }
}

async function formatStdin(given: Given, check: boolean, terminal: Terminal): Promise<ExitCode> {
  if (given.words.some((word) => word !== '-')) {
    throw new CommandProblem('Either name files, or let a text come in with `-`: not both at once.');
  }
  const text = await readStdin();
  const result = format(text);
  if ('problem' in result) {
    terminal.err(printFinding(findingOf(stdinName, text, result.problem), terminal.color.err));
    return 1;
  }
  if (check) {
    if (result.changed) terminal.err(`not in style ${stdinName}`);
    return result.changed ? 1 : 0;
  }
  // The terminal ends the last line.
  if (result.text !== '') terminal.out(result.text.slice(0, -1));
  return 0;
}

async function readStdin(): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of process.stdin) {
    length += part.length;
    if (length > stdinBytesMax)
      throw new CommandProblem('What comes in is too long for a program. Split it into several.');
    parts.push(part);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    throw new CommandProblem('What comes in is not text in UTF-8. Convert it to UTF-8 and try again.');
  }
}

function findingOf(path: string, text: string, problem: FormatProblem): Finding {
  const { code, message, hint, span } = problem;
  const place = placeOf(lineMap(text), span);
  return { path, text, code, severity: 'error', message, ...(hint !== undefined && { hint }), place, related: [] };
}
