/**
 * The inside of a text: where it ends, its escapes and its `{holes}`.
 *
 * A hole may hold texts of its own (`"{workout[week] else "rest"}"`), so the end of a text is
 * found by walking its holes. A text never crosses a line. When the walk does not come out, the
 * text ends at its first unescaped quote, and the hole that has no end is reported.
 */
import { limits } from './limits.ts';

/** A stretch of a text: words to be said, or the offsets of a hole's expression. */
export type TextPiece =
  | { kind: 'words'; text: string; start: number; end: number }
  | { kind: 'hole'; start: number; end: number }
  | { kind: 'unclosed-hole'; start: number; end: number }
  | { kind: 'unknown-escape'; start: number; end: number };

/** Finds the end (exclusive) of the text whose opening quote is at `offset`. */
export function scanText(source: string, offset: number): { end: number; closed: boolean } {
  const reach = Math.min(source.length, offset + limits.textLiteralLength);
  const end = endOfText(source, offset, reach, 0) ?? endIgnoringHoles(source, offset, reach);
  if (end !== undefined) return { end, closed: true };
  let lineEnd = offset;
  while (lineEnd < source.length && !isLineEnd(source.charCodeAt(lineEnd))) lineEnd++;
  return { end: lineEnd, closed: false };
}

/**
 * Cuts a closed or unclosed text (from its opening quote at `start` to `end`) into pieces, in
 * order. Offsets count in `source`.
 */
export function readText(source: string, start: number, end: number, closed: boolean): TextPiece[] {
  const stop = closed ? end - 1 : end;
  const pieces: TextPiece[] = [];
  // The words before `read`, and where they begin.
  let words = '';
  let from = start + 1;
  let read = from;
  const flush = (at: number) => {
    words += source.slice(read, at);
    if (words !== '') pieces.push({ kind: 'words', text: words, start: from, end: at });
    words = '';
  };
  for (let i = start + 1; i < stop; i++) {
    const code = source.charCodeAt(i);
    if (code === BACKSLASH && i + 1 < stop) {
      const next = source.charAt(i + 1);
      if (!'"\\n{}'.includes(next)) pieces.push({ kind: 'unknown-escape', start: i, end: i + 2 });
      words += source.slice(read, i) + (next === 'n' ? '\n' : next);
      read = i + 2;
      i++;
    } else if (code === OPENING) {
      flush(i);
      const close = endOfHole(source, i, stop, 0);
      if (close === undefined) {
        pieces.push({ kind: 'unclosed-hole', start: i, end: stop });
        return pieces;
      }
      pieces.push({ kind: 'hole', start: i + 1, end: close - 1 });
      i = close - 1;
      from = close;
      read = close;
    }
  }
  flush(stop);
  return pieces;
}

const [BACKSLASH, QUOTE, OPENING, CLOSING] = [92, 34, 123, 125];

/** The end of the text opened at `open`, or undefined when a line or `reach` ends before it. */
function endOfText(source: string, open: number, reach: number, depth: number): number | undefined {
  if (depth > limits.textNesting) return undefined;
  for (let i = open + 1; i < reach; i++) {
    const code = source.charCodeAt(i);
    if (isLineEnd(code)) return undefined;
    if (code === BACKSLASH && !isLineEnd(source.charCodeAt(i + 1))) i++;
    else if (code === QUOTE) return i + 1;
    else if (code === OPENING) {
      const close = endOfHole(source, i, reach, depth);
      if (close === undefined) return undefined;
      i = close - 1;
    }
  }
  return undefined;
}

function endOfHole(source: string, open: number, reach: number, depth: number): number | undefined {
  for (let i = open + 1; i < reach; i++) {
    const code = source.charCodeAt(i);
    if (isLineEnd(code) || code === OPENING) return undefined;
    if (code === CLOSING) return i + 1;
    if (code === QUOTE) {
      const close = endOfText(source, i, reach, depth + 1);
      if (close === undefined) return undefined;
      i = close - 1;
    }
  }
  return undefined;
}

function endIgnoringHoles(source: string, open: number, reach: number): number | undefined {
  for (let i = open + 1; i < reach; i++) {
    const code = source.charCodeAt(i);
    if (isLineEnd(code)) return undefined;
    if (code === BACKSLASH && !isLineEnd(source.charCodeAt(i + 1))) i++;
    else if (code === QUOTE) return i + 1;
  }
  return undefined;
}

const isLineEnd = (code: number) => code === 10 || code === 13;
