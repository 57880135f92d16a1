/**
 * The tokens of a text that is cut again and again: only the lines that changed are cut, and the tokens behind
 * them move.
 *
 * That is enough because a token never goes beyond its line, and neither does what is wrong with one.
 */
import type { IToken } from 'chevrotain';
import type { Span } from './ast.ts';
import type { Diagnostic } from './diagnostics.ts';
import { mayBeOdd } from './odd-characters.ts';
import { tokenize } from './tokens.ts';

/** A text, its tokens, and what is wrong with them. The tokens are moved in place. */
export type KeptText = {
  text: string;
  tokens: IToken[];
  diagnostics: Diagnostic[];
  /**
   * Whether it is known that no character may be odd (`odd-characters.ts`), and that nothing is nested too deep
   * (`nesting.ts`).
   */
  isPlain: boolean;
  isShallow: boolean;
};

/** `changed` are the lines of the old text in whose place there are others now; undefined where all was cut. */
export type Cut = { tokens: IToken[]; diagnostics: Diagnostic[]; changed: Changed | undefined };

/** From `start` to `end` in the old text, in whose place now stand `length` characters. */
type Changed = { start: number; end: number; length: number };

/**
 * The tokens of `text`, as `tokenize` gives them. `beforeMoving` is told of the change while the old tokens are
 * still where they were.
 */
export function cutAgain(kept: KeptText, text: string, beforeMoving: (changed: Changed) => void): Cut {
  const cut = kept.tokens.length === 0 ? cutWhole(kept, text) : cutChanged(kept, text, beforeMoving);
  kept.text = text;
  kept.tokens = cut.tokens;
  kept.diagnostics = cut.diagnostics;
  return cut;
}

function cutWhole(kept: KeptText, text: string): Cut {
  kept.isPlain = false;
  kept.isShallow = false;
  const { value: tokens, diagnostics } = tokenize(text);
  return { tokens, diagnostics, changed: undefined };
}

const LINE_FEED = 10;
const RETURN = 13;

/** The old tokens with those of the changed lines in their place. */
function cutChanged(kept: KeptText, text: string, beforeMoving: (changed: Changed) => void): Cut {
  const { text: before, tokens } = kept;
  const changed = changedLines(before, text);
  const { start, end, length } = changed;
  const { value, diagnostics } = tokenize(text, start, start + length);
  beforeMoving(changed);
  const from = indexFrom(tokens, start);
  const to = indexFrom(tokens, end);
  kept.isPlain &&= !mayBeOdd(text.slice(start, start + length));
  kept.isShallow &&= sameTypes(tokens, from, to, value);
  const linesBefore = linesUpTo(tokens[from - 1], text, start);
  for (const token of value) token.startLine = (token.startLine as number) + linesBefore;
  const moved = length - (end - start);
  const lines = linesIn(text, start, start + length) - linesIn(before, start, end);
  if (moved !== 0 || lines !== 0) {
    for (let index = to; index < tokens.length; index++) {
      const token = tokens[index] as IToken;
      token.startOffset += moved;
      token.endOffset = (token.endOffset as number) + moved;
      token.startLine = (token.startLine as number) + lines;
    }
  }
  const told = kept.diagnostics.filter(({ span }) => span.start < start).concat(diagnostics);
  for (const one of kept.diagnostics) if (one.span.start >= end) told.push(movedBy(one, moved));
  return { tokens: tokens.slice(0, from).concat(value, tokens.slice(to)), diagnostics: told, changed };
}

function movedBy(told: Diagnostic, by: number): Diagnostic {
  const moved = <Placed extends { span: Span }>(one: Placed): Placed => ({
    ...one,
    span: { start: one.span.start + by, end: one.span.end + by },
  });
  const { related, fix } = told;
  return { ...moved(told), related: related.map(moved), ...(fix && { fix: { ...fix, edits: fix.edits.map(moved) } }) };
}

/** The whole lines that are not the same. */
function changedLines(before: string, now: string): Changed {
  const most = Math.min(before.length, now.length);
  const same = longest(most, (from, to) => before.slice(from, to) === now.slice(from, to));
  const start = same === 0 ? 0 : before.lastIndexOf('\n', same - 1) + 1;
  const behind = longest(
    most - start,
    (from, to) =>
      before.slice(before.length - to, before.length - from) === now.slice(now.length - to, now.length - from),
  );
  let end = before.length - behind;
  // What is the same at the end of both begins within a line, but where whole lines came or went.
  if (!beginsLine(before, end, start) || !beginsLine(now, now.length - behind, start)) {
    const lineEnd = before.indexOf('\n', end);
    end = lineEnd < 0 ? before.length : lineEnd + 1;
  }
  return { start, end, length: now.length - (before.length - end) - start };
}

/** How far from 0, up to `most`, all stretches are the same. Halves are compared, which is faster than characters. */
function longest(most: number, isSame: (from: number, to: number) => boolean): number {
  let [known, left] = [0, most];
  while (left > 0) {
    const half = (left + 1) >> 1;
    if (isSame(known, known + half)) {
      known += half;
      left -= half;
    } else left = half - 1;
  }
  return known;
}

/** Whether a line begins at an offset, or is known to: at `start`. */
const beginsLine = (text: string, at: number, start: number): boolean =>
  at === start || text.charCodeAt(at - 1) === LINE_FEED;

/** The index of the first token that begins at `offset` or behind it. */
function indexFrom(tokens: readonly IToken[], offset: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as IToken).startOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Whether the tokens in place of those `from` up to `to` are of the same types. */
const sameTypes = (tokens: readonly IToken[], from: number, to: number, others: readonly IToken[]): boolean =>
  others.length === to - from &&
  others.every(({ tokenTypeIdx }, index) => tokens[from + index]?.tokenTypeIdx === tokenTypeIdx);

/** How many lines have ended before an offset; `last` is the last token before it. */
function linesUpTo(last: IToken | undefined, text: string, offset: number): number {
  if (last === undefined) return linesIn(text, 0, offset);
  return (last.startLine as number) - 1 + linesIn(text, (last.endOffset as number) + 1, offset);
}

/** Ends of lines between two offsets, counted as the scanner counts them. */
function linesIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) count++;
  }
  return count;
}
