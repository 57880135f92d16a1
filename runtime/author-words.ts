/**
 * The author's words for a part of a program, fit to be quoted in a line: without comments, one blank apart.
 *
 * Pure. The place of a part begins within the brackets around its first word, as in `(a else 0) > 3`: those
 * that are then missing are quoted too.
 */
import type { Span } from '../language/ast.ts';
import type { LoadedProgram } from './load.ts';

export function wordsAt({ source, imported }: LoadedProgram, span: Span): string {
  const text = span.file === undefined ? source : (imported.get(span.file) ?? '');
  const { start, end } = withBrackets(text, span.start, span.end);
  return text
    .slice(start, end)
    .replace(commentOrText, (found) => (found.startsWith('//') ? ' ' : found))
    .replace(/\s+/g, ' ')
    .trim();
}

/** Texts are taken along, so that what stands in them is not read as a comment or a bracket. */
const commentOrText = /"(?:\\.|[^"\\])*"|\/\/[^\n]*/g;

function withBrackets(text: string, from: number, to: number): { start: number; end: number } {
  let [start, end] = [from, to];
  const { opened, closed } = unmatched(text.slice(start, end));
  for (let missing = closed; missing > 0; missing -= 1) {
    const before = /\(\s*$/.exec(text.slice(0, start));
    if (before === null) return { start: from, end: to };
    start = before.index;
  }
  for (let missing = opened; missing > 0; missing -= 1) {
    const after = /^\s*\)/.exec(text.slice(end));
    if (after === null) return { start: from, end: to };
    end += after[0].length;
  }
  return { start, end };
}

/** Brackets that are opened and not closed, and closed without having been opened. */
function unmatched(text: string): { opened: number; closed: number } {
  let [opened, closed] = [0, 0];
  for (const sign of text.replace(commentOrText, '')) {
    if (sign === '(') opened += 1;
    if (sign === ')' && opened > 0) opened -= 1;
    else if (sign === ')') closed += 1;
  }
  return { opened, closed };
}
