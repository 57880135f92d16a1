/**
 * Offsets to lines and columns and back.
 *
 * Everything inside Regimen speaks in offsets (UTF-16 code units, as JavaScript strings do);
 * lines and columns exist only where a person or an editor sees them. Lines end with LF or CRLF
 * (a lone CR also counts), and both numbers start at 1.
 */

/** Line and column, both counted from 1; the column counts UTF-16 code units. */
export type Position = { line: number; column: number };

export type LineMap = {
  /** How many lines the text has; an empty text has one. */
  count: number;
  /** The place of an offset. Offsets outside the text are moved to its nearest end. */
  position(offset: number): Position;
  /** The offset of a place. Places outside the text are moved to the nearest one inside. */
  offset(position: Position): number;
  /** Where a line (from 1) starts and ends, without its line ending. */
  line(line: number): { start: number; end: number };
};

/** Reads the line starts once; each question after that takes a binary search. */
export function lineMap(text: string): LineMap {
  const starts = lineStarts(text);
  const lineStart = (index: number) => starts[index] ?? text.length;
  const lineEnd = (index: number) => {
    let end = index + 1 < starts.length ? lineStart(index + 1) : text.length;
    while (end > lineStart(index) && (text.charCodeAt(end - 1) === 10 || text.charCodeAt(end - 1) === 13)) end--;
    return end;
  };
  const within = (line: number) => Math.min(Math.max(line, 1), starts.length) - 1;
  return {
    count: starts.length,
    position(offset) {
      const at = Math.min(Math.max(offset, 0), text.length);
      let low = 0;
      let high = starts.length - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (lineStart(middle) <= at) low = middle;
        else high = middle - 1;
      }
      return { line: low + 1, column: at - lineStart(low) + 1 };
    },
    offset({ line, column }) {
      const index = within(line);
      return Math.min(lineStart(index) + Math.max(column, 1) - 1, lineEnd(index));
    },
    line(line) {
      const index = within(line);
      return { start: lineStart(index), end: lineEnd(index) };
    },
  };
}

/** Most texts end their lines in one way, which is found without looking at every character. */
function lineStarts(text: string): number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}
