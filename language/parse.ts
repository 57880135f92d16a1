/**
 * Text in, tree and diagnostics out: the door of this folder.
 *
 * `parse` never throws. It reads the tokens, and where they do not parse and their braces do not
 * come out, it repairs the braces and keeps the reading that understood more. Every line has at
 * most one syntax error: what follows on the same line is nearly always its echo.
 */
import type { IToken } from 'chevrotain';
import type { ProgramItem, SourceFile, StageItem } from './ast.ts';
import { buildAst } from './build-ast.ts';
import { type Build, tokenSpan } from './cst.ts';
import { type Code, type Diagnostic, diagnostic, type WithDiagnostics } from './diagnostics.ts';
import { readTokens } from './grammar.ts';
import { type ReadingMemory, readingMemory, tokensOf } from './kept-items.ts';
import { limits } from './limits.ts';
import { syntaxDiagnostic } from './messages.ts';
import { nestingDiagnostic } from './nesting.ts';
import { mayBeOdd, oddCharacters } from './odd-characters.ts';
import { type LineMap, lineMap } from './position.ts';
import { comeOutEven, repairBraces } from './repair-braces.ts';
import { amountBeside } from './tokens.ts';

/**
 * Reads a `.regimen` or `.scenario` file. Offsets in the tree and the diagnostics are UTF-16 code
 * units into `text`. Diagnostics come in the order of the text, at most `limits.diagnostics`. `memory` makes
 * the next reading of the same file fast and changes nothing in what comes out, except that items which are read
 * from the same tokens without a mistake are the same objects again, their spans moved; a tree that was given out
 * before with this memory is of no use any more.
 */
export function parse(text: string, memory: ReadingMemory = readingMemory()): WithDiagnostics<SourceFile> {
  if (text.length > limits.textLength) {
    const words = { length: text.length, most: limits.textLength };
    return { value: emptyFile(text), diagnostics: [diagnostic('too-long', { start: 0, end: 1 }, words)] };
  }
  if (memory.given !== undefined && memory.text === text) return memory.given;
  try {
    memory.given = undefined;
    const given = read(text, memory);
    if (memory.text === text) memory.given = given;
    return given;
  } catch (error) {
    // The nesting limit keeps the parser within an ordinary stack; a host with a smaller one
    // (a worker, a deep call) still gets an answer.
    if (!(error instanceof RangeError)) throw error;
    const tooDeep = diagnostic('too-deep', { start: 0, end: Math.min(1, text.length) }, { most: limits.nesting });
    return { value: emptyFile(text), diagnostics: [tooDeep] };
  }
}

const emptyFile = (text: string): SourceFile => ({
  imports: [],
  fragments: [],
  programs: [],
  scenarios: [],
  span: { start: 0, end: text.length },
});

function read(text: string, memory: ReadingMemory): WithDiagnostics<SourceFile> {
  const cut = tokensOf(memory, text);
  memory.isPlain ||= !mayBeOdd(text);
  const odd = memory.isPlain ? [] : oddCharacters(text, cut.tokens, cut.diagnostics);
  const tooDeep = memory.isShallow ? undefined : nestingDiagnostic(cut.tokens);
  memory.isShallow = tooDeep === undefined;
  const tokens = tooDeep ? cut.tokens.slice(0, tooDeep.cut) : cut.tokens;
  const before = [...cut.diagnostics, ...odd];
  if (tooDeep) before.push(tooDeep.diagnostic);
  let reading = readOnce(text, tokens, memory);
  if (reading.syntax.length > 0) {
    const repaired = repairBraces(tokens);
    if (repaired.changed) {
      const second = readOnce(text, repaired.tokens, memory);
      const more = understood(second.file) - understood(reading.file);
      // Where all braces have a partner, the mistake is likely another one, and the file only indented oddly.
      const isLikely = stages(second.file) > stages(reading.file) || (more === 0 && !comeOutEven(tokens));
      if (more > 0 || isLikely) {
        reading = { ...second, syntax: [...repaired.diagnostics, ...second.syntax] };
      }
    }
  }
  // What was cut off leaves an end nobody wrote: its syntax errors would only confuse.
  const syntax = tooDeep ? [] : reading.syntax;
  return { value: reading.file, diagnostics: ordered(text, [...before, ...reading.others], syntax) };
}

type Reading = { file: SourceFile; syntax: Diagnostic[]; others: Diagnostic[] };

const syntaxCodes = new Set<Code>(['unexpected-text', 'unknown-word', 'unclosed-brace', 'extra-brace']);

function readOnce(text: string, tokens: IToken[], memory: ReadingMemory): Reading {
  const { tree, errors, gaveUpAt } = readTokens(tokens, 'file', memory);
  const build: Build = { text, diagnostics: [], depths: new Map(), memory, inside: [] };
  const file = buildAst(build, tree);
  // After giving up, the parser met an end that nobody wrote: what it says of that is left out.
  const told = gaveUpAt ? errors.filter((error) => error.token.tokenType.name !== 'EOF') : errors;
  const syntax = told.map((error) => syntaxDiagnostic(error, tokens, text));
  const others: Diagnostic[] = [];
  if (gaveUpAt) others.push(diagnostic('gave-up', tokenSpan(gaveUpAt), { most: limits.syntaxErrors }));
  for (const found of build.diagnostics) (syntaxCodes.has(found.code) ? syntax : others).push(found);
  return { file, syntax, others };
}

/** How much of a file was understood: its items, a stage counting as much as what it holds. */
function understood(file: SourceFile): number {
  let count = 0;
  for (const holder of [...file.programs, ...file.fragments]) {
    count++;
    for (const item of holder.items) count += 1 + held(item);
  }
  count += file.imports.length;
  for (const scenario of file.scenarios) count += 1 + scenario.steps.length;
  return count;
}

/**
 * How many stages there are, wherever they stand: one that is lost takes everything along that is asked of it. One with
 * nothing inside may be what a mistake has left of it.
 */
const stages = ({ programs, fragments }: SourceFile): number =>
  [...programs, ...fragments].reduce((count, { items }) => count + stagesAmong(items), 0);

const stagesAmong = (items: readonly (ProgramItem | StageItem)[]): number =>
  items.reduce((count, item) => {
    if (item.kind === 'stage') return item.items.length > 0 ? count + 1 : count;
    return item.kind === 'track' || item.kind === 'list' ? count + stagesAmong(item.items) : count;
  }, 0);

/** What stands inside an item. */
function held(item: ProgramItem | StageItem): number {
  if (item.kind === 'stage' || item.kind === 'anytime') return item.items.length;
  if (item.kind !== 'track' && item.kind !== 'list') return 0;
  // The `data` of a list is an item, too: outside the list it would be one of the program.
  const data = item.kind === 'list' && item.fields.length > 0 ? 1 : 0;
  return item.items.reduce((count, inner) => count + 1 + (inner.kind === 'stage' ? inner.items.length : 0), data);
}

/** In the order of the text, one syntax error to a line, and no more than the limit. */
function ordered(text: string, others: Diagnostic[], syntax: Diagnostic[]): Diagnostic[] {
  if (others.length === 0 && syntax.length === 0) return [];
  const lines = lineMap(text);
  const confidences = new Set(others.flatMap(({ code, span }) => (code === 'not-a-confidence' ? [span.end] : [])));
  const told = others.filter((one) => !isSignOfConfidence(one, text, confidences));
  const all = [...told, ...firstOfEachLine(lines, text, syntax, others)].sort((a, b) => a.span.start - b.span.start);
  const more = all.length - limits.diagnostics;
  if (more <= 0) return all;
  const kept = all.slice(0, limits.diagnostics);
  const span = all[limits.diagnostics]?.span ?? { start: 0, end: 0 };
  return [...kept, diagnostic('too-many-mistakes', span, { more, most: limits.diagnostics })];
}

/**
 * `80%`, where how sure the agent must be is told to be `0.8`: the number takes its sign along. `confidences` are the
 * ends of such numbers.
 */
const isSignOfConfidence = ({ code, span }: Diagnostic, text: string, confidences: ReadonlySet<number>): boolean =>
  code === 'unknown-character' && text[span.start] === '%' && confidences.has(span.start);

/**
 * Behind a `%` between two values, which could not be read, a line does not say what its author wrote. Nor is there
 * anything to say about the amount beside the sign of a currency that could not be read.
 */
function firstOfEachLine(lines: LineMap, text: string, syntax: Diagnostic[], others: Diagnostic[]): Diagnostic[] {
  const unreadable = new Map<number, number>();
  for (const { code, span } of others) {
    if (code !== 'unknown-character') continue;
    const amount = amountBeside(text, span);
    if (text[span.start] === '%' || amount !== undefined)
      unreadable.set(lines.position(span.start).line, Math.min(span.start, (amount?.start ?? Infinity) - 1));
  }
  const kept = new Map<number, Diagnostic>();
  for (const found of syntax) {
    const { line } = lines.position(found.span.start);
    if ((unreadable.get(line) ?? Infinity) < found.span.start) continue;
    const other = kept.get(line);
    if (!other || found.span.start < other.span.start) kept.set(line, found);
  }
  return [...kept.values()];
}
