/**
 * What the terminal shows about diagnostics, without colors, and the fix that an editor would offer:
 * what case files compare and people read.
 */
import { findingsOf } from '../../cli/finding.ts';
import { printFinding } from '../../cli/print-findings.ts';
import { applyEdits } from '../../compiler/service/rename.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import type { Fix } from '../../language/fixes.ts';

export function renderAll(text: string, diagnostics: readonly Diagnostic[], path = 'case.regimen'): string {
  if (diagnostics.length === 0) return 'no diagnostics';
  return findingsOf(path, text, diagnostics)
    .map((finding) => {
      const said = printFinding(finding, (_, words) => words);
      return finding.fix === undefined ? said : `${said}\n${renderFix(text, finding.fix)}`;
    })
    .join('\n\n');
}

const renderFix = (text: string, fix: Fix) => `fix: ${fix.title}\n${changedLines(text, applyEdits(text, fix.edits))}`;

/** The lines that differ: those that go with a minus, those that come with a plus. */
export function changedLines(before: string, after: string): string {
  const old = before.split('\n');
  const made = after.split('\n');
  let start = 0;
  while (start < old.length && start < made.length && old[start] === made[start]) start++;
  let end = 0;
  while (end < old.length - start && end < made.length - start && old.at(-1 - end) === made.at(-1 - end)) end++;
  const middle = (lines: string[], mark: string) =>
    lines.slice(start, lines.length - end).map((line) => `  ${mark} ${line}`.trimEnd());
  return [...middle(old, '-'), ...middle(made, '+')].join('\n');
}
