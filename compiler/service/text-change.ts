/**
 * One text to another as few edits as are cheap to find: lines that are the same at both ends stay,
 * and what is between is told line by line, so that cursors and folds keep their places.
 */
import type { TextEdit } from './rename.ts';

/** Middles with more lines are replaced as a whole. */
const LINES_COMPARED_MAX = 2000;

/** Edits that turn `before` into `after`, in the order of the text; none where they are the same. */
export function textChange(before: string, after: string): TextEdit[] {
  if (before === after) return [];
  const old = linesOf(before);
  const made = linesOf(after);
  let head = 0;
  while (head < old.length && head < made.length && old[head] === made[head]) head++;
  let tail = 0;
  while (tail < old.length - head && tail < made.length - head && old.at(-1 - tail) === made.at(-1 - tail)) tail++;
  const start = lengthOf(old, 0, head);
  const oldMiddle = old.slice(head, old.length - tail);
  const madeMiddle = made.slice(head, made.length - tail);
  // Formatting mostly keeps lines: where as many came out as went in, each is its own edit.
  if (oldMiddle.length !== madeMiddle.length || oldMiddle.length > LINES_COMPARED_MAX) {
    return [{ span: { start, end: start + lengthOf(oldMiddle, 0, oldMiddle.length) }, text: madeMiddle.join('') }];
  }
  const edits: TextEdit[] = [];
  let at = start;
  oldMiddle.forEach((line, index) => {
    const next = madeMiddle[index] ?? '';
    if (line !== next) edits.push({ span: { start: at, end: at + line.length }, text: next });
    at += line.length;
  });
  return edits;
}

/** Lines with their endings. */
const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? [];

function lengthOf(lines: readonly string[], from: number, to: number): number {
  let length = 0;
  for (let index = from; index < to; index++) length += lines[index]?.length ?? 0;
  return length;
}
