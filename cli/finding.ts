/**
 * What is wrong in a file, ready to be shown: a diagnostic or a problem of a skill, with lines and
 * columns instead of offsets. All formats are made from this.
 */
import type { Diagnostic } from '../language/diagnostics.ts';
import { type LineMap, lineMap } from '../language/position.ts';

/** Lines and columns count from 1; columns count UTF-16 code units, and `end` is just behind the last. */
export type Place = { line: number; column: number; endLine: number; endColumn: number };

export type Finding = {
  /** As people see it: relative to where they stand. */
  path: string;
  text: string;
  code: string;
  severity: 'error' | 'warning';
  message: string;
  hint?: string;
  place: Place;
  related: { message: string; place: Place }[];
  /** What would mend it, where one mending is the obvious one; spans are offsets in `text`. */
  fix?: NonNullable<Diagnostic['fix']>;
};

/** The findings of one file, in the order of the text. */
export function findingsOf(path: string, text: string, diagnostics: readonly Diagnostic[]): Finding[] {
  if (diagnostics.length === 0) return [];
  const lines = lineMap(text);
  return diagnostics
    .map((diagnostic) => ({
      path,
      text,
      code: diagnostic.code,
      severity: diagnostic.severity,
      message: diagnostic.message,
      ...(diagnostic.hint === undefined ? {} : { hint: diagnostic.hint }),
      place: placeOf(lines, diagnostic.span),
      related: diagnostic.related.map(({ message, span }) => ({ message, place: placeOf(lines, span) })),
      ...(diagnostic.fix === undefined ? {} : { fix: diagnostic.fix }),
    }))
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column);
}

/** A problem of a skill file is known by its line alone. */
export function skillFinding(path: string, text: string, line: number, message: string): Finding {
  const lines = lineMap(text);
  const { start, end } = lines.line(line);
  return {
    path,
    text,
    code: 'skill-file',
    severity: 'error',
    message,
    place: placeOf(lines, { start, end }),
    related: [],
  };
}

export function count(findings: readonly Finding[], severity: Finding['severity']): number {
  return findings.filter((finding) => finding.severity === severity).length;
}

/** A span as lines and columns. */
export function placeOf(lines: LineMap, span: { start: number; end: number }): Place {
  const start = lines.position(span.start);
  const end = lines.position(Math.max(span.end, span.start));
  return { line: start.line, column: start.column, endLine: end.line, endColumn: end.column };
}
