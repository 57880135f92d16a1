/**
 * Mistakes that only follow from another: what they say would send the author the wrong way.
 *
 * Where a line could not be read, what its readable half seems to mean is not worth a word; and a
 * field whose type could not be read is no unknown name, and lacks no value. The mistake itself is always told.
 */
import type { Program, Span } from '../language/ast.ts';
import type { Code } from '../language/catalogue.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { lineMap } from '../language/position.ts';

const unreadable: ReadonlySet<Code> = new Set<Code>(['unexpected-text', 'unknown-word', 'unknown-character']);
const ofNames: ReadonlySet<Code> = new Set<Code>(['unknown-name', 'unknown-series']);
const ofUnread: ReadonlySet<Code> = new Set<Code>([...ofNames, 'needs-value']);
const ofMarks: ReadonlySet<Code> = new Set<Code>(['not-for-role', 'not-for-agent']);
const ofLostStages: ReadonlySet<Code> = new Set<Code>([
  'unknown-stage',
  'unreachable-stage',
  'resume-without-interrupt',
]);
const ofLostPrograms: ReadonlySet<Code> = new Set<Code>([...ofNames, ...ofLostStages, 'unknown-table', 'unknown-exit']);

type Source = { text: string; syntax: readonly Diagnostic[] };

/** Tells which diagnostics of a file's declarations are echoes of syntax errors in it, or in their program. */
export function echoes(
  file: Source,
  told: { file: Source; program: Program } | undefined,
): (one: Diagnostic) => boolean {
  if (file.syntax.length === 0 && (told === undefined || told.file.syntax.length === 0)) return () => false;
  const own = cutLines(file);
  const unread = new Set(
    told?.program.items.flatMap((item) => ('unread' in item ? (item.unread ?? []).map((name) => name.text) : [])),
  );
  const theirs = told && cutLines(told.file);
  // Marks stand at the end of a line, which is lost with the rest of it.
  const fields = told?.program.items.flatMap((item) => (item.kind === 'data' ? item.fields : [])) ?? [];
  const lostMark = fields.some((field) => theirs?.has(field.span));
  const lostProgram = told && theirs?.has(told.program.name.span);
  const lostStage = told?.program.items.some((item) => item.kind === 'stage' && theirs?.has(item.name.span));
  return (one) =>
    own.has(one.span) ||
    (ofUnread.has(one.code) && unread.has(file.text.slice(one.span.start, one.span.end))) ||
    (one.code === 'maybe-blank' && unread.size > 0) ||
    (lostMark && ofMarks.has(one.code)) ||
    (lostStage === true && ofLostStages.has(one.code)) ||
    (lostProgram === true && ofLostPrograms.has(one.code));
}

/** The lines of a file that could not be read to their end. */
function cutLines(file: Source): { has(span: Span): boolean } {
  const lost = file.syntax.filter((one) => unreadable.has(one.code));
  if (lost.length === 0) return { has: () => false };
  const lines = lineMap(file.text);
  const lineOf = (span: Span) => lines.position(span.start).line;
  const cut = new Set(lost.map((one) => lineOf(one.span)));
  return { has: (span) => cut.has(lineOf(span)) };
}
