/** Diagnostics as text above their source lines: what case files compare. */
import type { Diagnostic } from '../../language/diagnostics.ts';
import { lineMap } from '../../language/position.ts';

export function renderAll(source: string, diagnostics: Diagnostic[]): string {
  if (diagnostics.length === 0) return 'no diagnostics';
  return diagnostics.map((found) => render(source, found)).join('\n');
}

function render(source: string, found: Diagnostic): string {
  const lines = lineMap(source);
  const { line, column } = lines.position(found.span.start);
  const bounds = lines.line(line);
  const width = Math.max(1, Math.min(found.span.end, bounds.end) - found.span.start);
  const out = [
    `${line}:${column} ${found.severity} ${found.code}: ${found.message}`,
    `  | ${source.slice(bounds.start, bounds.end)}`,
    `  | ${' '.repeat(column - 1)}${'^'.repeat(width)}`,
  ];
  if (found.hint !== undefined) out.push(`  ${found.hint}`);
  for (const edit of found.fix?.edits ?? []) {
    const at = lines.position(edit.span.start);
    const old = JSON.stringify(source.slice(edit.span.start, edit.span.end));
    out.push(`  fix: ${found.fix?.title} (${at.line}:${at.column} ${old} becomes ${JSON.stringify(edit.text)})`);
  }
  return out.join('\n');
}
