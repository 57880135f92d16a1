/** Whether the spans of a tree lie in its text and inside one another. */
import type { Span } from '../../language/ast.ts';

/** The first thing wrong with the spans of a tree, or undefined. */
export function spanProblem(
  node: unknown,
  text: string,
  outer: Span = { start: 0, end: text.length },
): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  let within = outer;
  const span = (node as { span?: Span }).span;
  if (span) {
    const at = `${JSON.stringify(span)} in ${JSON.stringify(outer)}: ${JSON.stringify(node).slice(0, 200)}`;
    if (!Number.isInteger(span.start) || !Number.isInteger(span.end)) return `no offsets: ${at}`;
    if (span.start > span.end) return `ends before it starts: ${at}`;
    if (span.start < outer.start || span.end > outer.end) return `sticks out: ${at}`;
    within = span;
  }
  for (const [key, value] of Object.entries(node)) {
    const problem = key === 'span' ? undefined : spanProblem(value, text, within);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
