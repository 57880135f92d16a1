/**
 * Tables in columns: the keys of the rows on the left, and each value under its column's heading.
 */
import { type Chunk, type Line, widest } from './format-columns.ts';

/** Between a row's key and its values, and between values. */
const keyGap = 4;
const cellGap = 3;
/** A longer value does not widen its column: it runs on, and the rest of its row with it. */
const cellMax = 44;

type Cell = { first: Chunk; width: number };
/** `key` is undefined in the heading, whose values begin one column further. */
type Row = { key: Cell | undefined; values: Cell[] };

/** Sets the columns of a table's lines; lines of comments are left alone. */
export function layTable(lines: readonly Line[], hasHeading: boolean): void {
  const rows = lines
    .filter((line) => line.chunks.length > 0)
    .map((line, index) => rowOf(line, hasHeading && index === 0));
  const keys = rows.flatMap(({ key }) => key ?? []);
  const keyWidth = widest(keys.map(({ width }) => width));
  // Numbers are read from their last digit, words from their first letter.
  const right = keys.every(({ first }) => /^[-\d$]/.test(first.text));
  const widths = columnWidths(rows.map(({ values }) => values.map(({ width }) => width)));
  for (const { key, values } of rows) {
    let at = 0;
    if (key) {
      key.first.pad = right ? keyWidth - key.width : 0;
      at = key.first.pad + key.width;
    }
    let column = keys.length > 0 ? keyWidth + keyGap : 0;
    values.forEach((value, index) => {
      value.first.pad = Math.max(index === 0 ? 0 : cellGap, column - at);
      at += value.first.pad + value.width;
      column += (widths[index] ?? 0) + cellGap;
    });
  }
}

function rowOf(line: Line, isHeading: boolean): Row {
  const cells: Cell[] = [];
  for (const chunk of line.chunks) {
    const last = cells.at(-1);
    if (last && chunk.stop !== 'cell') last.width += chunk.pad + chunk.width;
    else cells.push({ first: chunk, width: chunk.width });
  }
  const [key, ...values] = cells;
  return isHeading || !key ? { key: undefined, values: cells } : { key, values };
}

/** The widest value of each column, of those that are not much too long. */
function columnWidths(rows: number[][]): number[] {
  const count = widest(rows.map((row) => row.length));
  return Array.from({ length: count }, (_, index) => {
    const widths = rows.flatMap((row) => row[index] ?? []);
    const short = widths.filter((width) => width <= cellMax);
    return widest(short.length > 0 ? short : widths);
  });
}
