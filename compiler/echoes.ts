/**
 * Mistakes that only follow from another: what they say would send the author the wrong way.
 *
 * Where a line could not be read, what its readable half seems to mean is not worth a word; and a
 * field whose type could not be read is no unknown name, and lacks no value. What a stage has not may be what could
 * not be read in it. The mistake itself is always told.
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
  const stages = told?.program.items.filter((item) => item.kind === 'stage') ?? [];
  // What could not be read outside all stages may have been said for every one of them.
  const isSkillUnread = (stage: Span) =>
    theirs?.starts.some((at) => {
      const around = stages.find(({ span }) => at >= span.start && at < span.end);
      return around === undefined || around.name.span.start === stage.start;
    }) === true;
  const lostStage = stages.some(({ name }) => theirs?.has(name.span));
  return (one) =>
    own.has(one.span) ||
    (ofUnread.has(one.code) && unread.has(file.text.slice(one.span.start, one.span.end))) ||
    (one.code === 'maybe-blank' && unread.size > 0) ||
    (lostMark && ofMarks.has(one.code)) ||
    (one.code === 'no-skill' && isSkillUnread(one.span)) ||
    (lostStage === true && ofLostStages.has(one.code)) ||
    (lostProgram === true && ofLostPrograms.has(one.code));
}

/** The lines of a file that could not be read to their end, and where on them reading ended. */
function cutLines(file: Source): { has(span: Span): boolean; starts: readonly number[] } {
  const lost = file.syntax.filter((one) => unreadable.has(one.code));
  const starts = lost.map(({ span }) => span.start);
  if (lost.length === 0) return { has: () => false, starts };
  const lines = lineMap(file.text);
  const lineOf = (span: Span) => lines.position(span.start).line;
  const cut = new Set(lost.map((one) => lineOf(one.span)));
  return { has: (span) => cut.has(lineOf(span)), starts };
}
