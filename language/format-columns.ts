/**
 * Lines as chunks, and the columns they share.
 *
 * A line is measured before it is aligned, and only what does not depend on how the text looked
 * decides about columns: formatting a formatted text changes nothing.
 */
import { columnWidth } from './column-width.ts';
import type { BreakLevel, Stop } from './format-marks.ts';

/** `pad` is the number of spaces before it. */
export type Chunk = { text: string; width: number; pad: number; level: 0 | BreakLevel; stop?: Stop };

/** One line of the result. A line without chunks holds its comment alone. */
export type Line = {
  indent: number;
  chunks: Chunk[];
  comment: string;
  /** The comment stands at this column at least (0: right behind the text). */
  commentColumn: number;
  blankBefore: boolean;
};

/** Spaces between two columns. */
export const columnGap = 2;

export function newLine(indent: number): Line {
  return { indent, chunks: [], comment: '', commentColumn: 0, blankBefore: false };
}

export function newChunk(text: string, pad: number, level: 0 | BreakLevel = 0, stop?: Stop): Chunk {
  return { text, width: columnWidth(text), pad, level, ...(stop && { stop }) };
}

/** The greatest of many widths; `Math.max` would take them as arguments, of which there may be too many. */
export function widest(widths: readonly number[]): number {
  return widths.reduce((most, width) => Math.max(most, width), 0);
}

/** The columns a line takes, without its comment; or those before one of its chunks. */
export function lineWidth(line: Line, before = line.chunks.length): number {
  let width = line.indent;
  for (let i = 0; i < before; i++) {
    const chunk = line.chunks[i];
    if (chunk) width += chunk.pad + chunk.width;
  }
  return width;
}

export function printLine(line: Line): string {
  let text = '';
  for (const chunk of line.chunks) text += ' '.repeat(chunk.pad) + chunk.text;
  if (line.comment === '') return ' '.repeat(text === '' ? 0 : line.indent) + text;
  if (text === '') return ' '.repeat(line.indent) + line.comment;
  const gap = Math.max(columnGap, line.commentColumn - lineWidth(line));
  return ' '.repeat(line.indent) + text + ' '.repeat(gap) + line.comment;
}

export type Column = {
  stop: Stop;
  gap: number;
  /** A line with more than this before the stop is too long to set the column for others. */
  beforeMax: number;
  /** A line may not become longer than this by being aligned. */
  lineMax: number;
};

/**
 * Lets a stop stand in one column over these lines, as far as they have it and fit. `others` are
 * lines without the stop that the column passes to the right of.
 */
export function alignStop(lines: readonly Line[], column: Column, others: readonly Line[] = []): number | undefined {
  const { stop, gap, beforeMax, lineMax } = column;
  let group = lines.flatMap((line) => {
    const index = line.chunks.findIndex((chunk) => chunk.stop === stop);
    const chunk = line.chunks[index];
    if (index < 0 || !chunk) return [];
    const before = lineWidth(line, index);
    return [{ chunk, before, after: lineWidth(line) - before - chunk.pad, short: before - line.indent <= beforeMax }];
  });
  group = group.filter(({ short }) => short).sort((a, b) => a.before - b.before);
  const passed = widest(
    others.map((line) => lineWidth(line)).filter((width, index) => width - (others[index]?.indent ?? 0) <= beforeMax),
  );
  // The longest beginnings give way where a line would become too long.
  while (group.length > 1) {
    const longest = group.at(-1)?.before ?? 0;
    const at = Math.max(longest, passed) + gap;
    if (group.every(({ after }) => at + after <= lineMax)) {
      for (const { chunk, before } of group) chunk.pad = at - before;
      return at;
    }
    group = group.filter(({ before }) => before < longest);
  }
  return undefined;
}

/** Comments at the ends of neighboring lines stand in one column, unless a line is much longer than the others. */
export function alignComments(lines: readonly Line[]): void {
  let run: Line[] = [];
  const close = () => {
    const ends = run.map((line) => Math.max(lineWidth(line) + columnGap, line.commentColumn));
    const most = ends.reduce((least, end) => Math.min(least, end), Number.POSITIVE_INFINITY) + commentReach;
    const column = widest(ends.filter((end) => end <= most));
    for (const line of run) line.commentColumn = column;
    run = [];
  };
  for (const line of lines) {
    const goesOn = line.comment !== '' && line.chunks.length > 0;
    const before = run.at(-1);
    if (before && (!goesOn || line.blankBefore || line.indent !== before.indent)) close();
    if (goesOn) run.push(line);
  }
  if (run.length > 0) close();
}

/** How far a comment is moved to the right to stand under the others. */
const commentReach = 40;

/** Breaks a line at its chunks of this level, as few times as possible. What follows stands at `indent`. */
export function fillLine(line: Line, level: BreakLevel, columnsMax: number, indent: number): Line[] {
  const parts: Chunk[][] = [];
  for (const chunk of line.chunks) {
    const last = parts.at(-1);
    if (last && (chunk.level === 0 || chunk.level > level)) last.push(chunk);
    else parts.push([chunk]);
  }
  const rows: Line[] = [];
  for (const part of parts) {
    const current = rows.at(-1);
    if (current && lineWidth({ ...current, chunks: [...current.chunks, ...part] }) <= columnsMax) {
      current.chunks.push(...part);
      continue;
    }
    const [first, ...rest] = part;
    if (!first) continue;
    if (current) rows.push({ ...newLine(indent), chunks: [{ ...first, pad: 0 }, ...rest] });
    else rows.push({ ...newLine(line.indent), chunks: [first, ...rest], blankBefore: line.blankBefore });
  }
  const last = rows.at(-1);
  if (last) last.comment = line.comment;
  return rows.length > 0 ? rows : [line];
}
