/**
 * What must be so of every text, however broken: asked of the real doors.
 *
 * `checkInput` gives the first promise that a text breaks, as a sentence, or null. It needs no
 * knowledge of what was done to the text, but for the outline: the stages that stand before the
 * first change must still be in the tree.
 */
import type { IRecognitionException } from 'chevrotain';
import { compile } from '../../compiler/compile.ts';
import { complete } from '../../compiler/complete.ts';
import { format } from '../../language/format.ts';
import { RegimenGrammar, readTokens, readWhole } from '../../language/grammar.ts';
import { limits } from '../../language/limits.ts';
import { nestingDiagnostic } from '../../language/nesting.ts';
import { parse } from '../../language/parse.ts';
import { soundReader } from '../../language/read-sound.ts';
import { tokenize } from '../../language/tokens.ts';
import { spanProblem } from '../support/spans.ts';

export type Input = {
  text: string;
  beside: readonly { path: string; text: string }[];
  /** Stages that must be found, in this order. */
  stages: readonly { program: string; name: string }[];
  /**
   * Whether to read it with both readers, and to let everything read it anew that takes a tree or stops at the first
   * mistake: as long as all the rest.
   */
  isThorough: boolean;
  /** Where completions are asked for, as shares of the text's length. */
  cursors: readonly number[];
};

/**
 * Longest time for one thing asked of a text of up to a thousand lines; longer texts have as much for each thousand.
 */
export const slowMs = 50;
/** Times a slow thing is tried again: what is slow because garbage was collected is not slow every time. */
const retries = 9;
/** Of these, the ones that follow each other at once; a rest (ms) comes before each other one. */
const retriesAtOnce = 4;
const restMs = 250;

/** The broken promise, or null where all are kept. `slowest` (ms) stands for `slowMs` where only what hangs is looked for. */
export function checkInput(input: Input, slowest = slowMs): string | null {
  const { text } = input;
  const budget = slowest * Math.max(1, text.split('\n').length / 1000, text.length / 45_000);
  const timed = <T>(what: string, run: () => T): T => {
    let before = threadMs();
    const result = run();
    let took = threadMs() - before;
    for (let again = 0; took > budget && again < retries; again++) {
      if (again >= retriesAtOnce) rest();
      before = threadMs();
      run();
      took = Math.min(took, threadMs() - before);
    }
    if (took > budget) throw new Broken(`${what} takes ${Math.round(took)} ms, allowed are ${Math.round(budget)} ms`);
    return result;
  };
  try {
    const { value: tree, diagnostics } = timed('parse', () => parse(text));
    must(spanProblem(tree, text), 'the spans of the tree are sound');
    must(diagnosticsProblem(text, diagnostics), 'the diagnostics of parse are sound');
    if (input.isThorough) must(readersProblem(text), 'both readers agree');
    must(lostStage(tree, input.stages), 'no stage before the change is lost');

    const path = 'fuzzed.regimen';
    const compiled = timed('compile', () => compile([...input.beside, { path, text }]));
    const file = compiled.files.at(-1);
    must(diagnosticsProblem(text, file?.diagnostics ?? []), 'the diagnostics of compile are sound');
    const errors = file?.diagnostics.some((one) => one.severity === 'error') ?? false;
    const silent = !errors && [...compiled.programs, ...compiled.scenarios].some((one) => one.path === path && !one.ok);
    must(silent ? 'it is not ok, and no error says why' : undefined, 'what cannot run is told');

    // Editors have the tree already.
    const known = input.isThorough ? {} : { ast: tree };
    for (const share of input.cursors)
      timed('complete', () => complete(text, Math.floor(share * text.length), {}, known));
    if (!input.isThorough && diagnostics.some(({ severity }) => severity === 'error')) return null;
    const formatted = timed('format', () => format(text));
    if ('problem' in formatted) {
      const unproven = formatted.problem.code === 'not-proven';
      must(unproven ? 'it could not prove that the meaning stays' : undefined, 'fmt keeps what a text means');
    } else {
      const told = input.beside.length === 0 ? codes(file?.diagnostics ?? []) : codesOf(text);
      must(formatProblem(text, formatted.text, told), 'fmt keeps its promises');
    }
    return null;
  } catch (error) {
    if (error instanceof Broken) return error.message;
    return `threw ${error instanceof Error ? `${error.name}: ${error.message}\n${place(error)}` : String(error)}`;
  }
}

class Broken extends Error {}

/** A machine that is short of memory for a moment makes everything slow; what is slow by itself is so later, too. */
function rest(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, restMs);
}

/** What this thread has taken of the processor: what others do on the machine does not count. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

function must(problem: string | undefined, promise: string): void {
  if (problem !== undefined) throw new Broken(`${promise}: ${problem}`);
}

/** The first lines of a stack that lie in this repository. */
const place = (error: Error) =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /\/(language|compiler|runtime)\//.test(line))
    .slice(0, 3)
    .join('\n');

function diagnosticsProblem(
  text: string,
  diagnostics: readonly { code: string; span: { start: number; end: number }; message: string; hint?: string }[],
): string | undefined {
  // Each program and scenario may add some of its own to those of reading.
  if (diagnostics.length > 20 * limits.diagnostics + 1) return `there are ${diagnostics.length}`;
  for (const { code, span, message, hint } of diagnostics) {
    if (!(span.start >= 0 && span.start <= span.end && span.end <= text.length))
      return `${code} lies outside: ${JSON.stringify(span)}`;
    const unfilled = /undefined|\bNaN\b|\[object|\{(found|expected|word|place|remedy|most|more|name|what)\}/.exec(
      `${message} ${hint ?? ''}`,
    );
    // What was found may itself be such a word.
    if (unfilled && !text.includes(unfilled[0])) return `${code} says “${message}”`;
  }
  return undefined;
}

function lostStage(tree: ReturnType<typeof parse>['value'], expected: Input['stages']): string | undefined {
  const found = new Set(
    tree.programs.flatMap((program) =>
      // The change may give a stage back to the list or track that a mistake before it had closed.
      program.items
        .flatMap((item) => (item.kind === 'list' || item.kind === 'track' ? item.items : [item]))
        .flatMap((item) => (item.kind === 'stage' ? [`${program.name.text} ${item.name.text}`] : [])),
    ),
  );
  const lost = expected.find(({ program, name }) => !found.has(`${program} ${name}`));
  return lost && `stage ${lost.name} of ${lost.program} is not in the tree`;
}

const readSound = soundReader(new RegimenGrammar({ validate: false }));

/**
 * The reader of sound texts reads exactly the texts in which the parser finds nothing wrong; and what is read by
 * both together, sound parts and stages with mistakes, is what the parser alone makes of it.
 */
function readersProblem(text: string): string | undefined {
  const tokens = tokenize(text).value;
  if (nestingDiagnostic(tokens)) return undefined;
  const quick = readSound(tokens, 'file');
  const whole = readWhole(tokens, 'file');
  if (quick === undefined && whole.errors.length === 0) return 'the quick one gives up';
  if (quick !== undefined && whole.errors.length > 0) return 'the quick one overlooks a mistake';
  const both = readTokens(tokens, 'file');
  if (JSON.stringify(both.errors.map(plainError)) !== JSON.stringify(whole.errors.map(plainError)))
    return 'their mistakes differ';
  return same(both.tree, whole.tree) ? undefined : 'their trees differ';
}

/** Whether two trees are alike; they share their tokens. What is undefined counts as not there. */
function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  const [a, b] = [one as Record<string, unknown>, other as Record<string, unknown>];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].every((key) => same(a[key], b[key]));
}

const plainError = ({ message, token, context }: IRecognitionException) => [
  message,
  token.startOffset,
  context.ruleStack,
];

/** The promises of the formatter, asked without its own proof; `told` is what the compiler says of the text. */
function formatProblem(text: string, formatted: string, told: string): string | undefined {
  const again = format(formatted);
  if ('problem' in again) return `its result cannot be formatted: ${again.problem.message}`;
  if (again.text !== formatted) return `a second time changes the text: ${firstDifference(formatted, again.text)}`;
  if (meaning(text) !== meaning(formatted)) return 'the tree is another one';
  if (comments(text) !== comments(formatted)) return 'comments are not those of before';
  if (codesOf(formatted) !== told) return 'the compiler says something else about it';
  return undefined;
}

/** A place is whatever has a start and an end, under any name. */
const withoutPlaces = (_: string, value: unknown) =>
  typeof value === 'object' && value !== null && 'start' in value && 'end' in value ? undefined : value;
const meaning = (text: string) => JSON.stringify(parse(text).value, withoutPlaces);
const codesOf = (text: string): string =>
  codes(compile([{ path: 'fuzzed.regimen', text }]).files[0]?.diagnostics ?? []);
/** What cannot be seen between two tokens is left out by the formatter, and with it what was said of it. */
const codes = (told: readonly { code: string }[]): string =>
  told
    .map((one) => one.code)
    .filter((code) => code !== 'hidden-character')
    .sort()
    .join();

/** What lies between the tokens, without blanks and the commas that may come and go. */
function comments(text: string): string {
  const found: string[] = [];
  let end = 0;
  const gap = (start: number) => {
    for (const line of text.slice(end, start).split(/[\r\n]+/)) {
      const comment = line.indexOf('//');
      if (comment >= 0) found.push(line.slice(comment).trimEnd());
    }
  };
  for (const token of tokenize(text).value) {
    gap(token.startOffset);
    end = token.startOffset + token.image.length;
  }
  gap(text.length);
  return found.sort().join('\n');
}

function firstDifference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return JSON.stringify([one.slice(Math.max(0, at - 20), at + 30), other.slice(Math.max(0, at - 20), at + 30)]);
}
