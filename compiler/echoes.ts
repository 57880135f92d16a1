/**
 * Mistakes that only follow from another: what they say would send the author the wrong way.
 *
 * Where a line could not be read, what its readable half seems to mean is not worth a word; and a
 * field whose type could not be read is no unknown name. The mistake itself is always told.
 */
import type { Program } from '../language/ast.ts';
import type { Code } from '../language/catalogue.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { lineMap } from '../language/position.ts';

const unreadable: ReadonlySet<Code> = new Set<Code>(['unexpected-text', 'unknown-word']);
const ofNames: ReadonlySet<Code> = new Set<Code>(['unknown-name', 'unknown-series']);

/** Tells which diagnostics of a file's declarations are echoes of its `syntax` errors. */
export function echoes(
  file: { text: string; syntax: readonly Diagnostic[] },
  program: Program | undefined,
): (one: Diagnostic) => boolean {
  const lines = lineMap(file.text);
  const lineOf = (one: Diagnostic) => lines.position(one.span.start).line;
  const cut = new Map<number, number>();
  for (const one of file.syntax) if (unreadable.has(one.code)) cut.set(lineOf(one), one.span.start);
  const unread = new Set(
    program?.items.flatMap((item) => (item.kind === 'data' ? (item.unread ?? []).map((name) => name.text) : [])),
  );
  return (one) =>
    cut.has(lineOf(one)) ||
    (ofNames.has(one.code) && unread.has(file.text.slice(one.span.start, one.span.end))) ||
    (one.code === 'maybe-blank' && unread.size > 0);
}
