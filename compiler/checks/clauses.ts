/** Clauses that can be said once are said once, and `keeping` names fields. */
import type { Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { saidOnce } from '../expand.ts';
import { meant } from '../names.ts';
import type { Checked, Report } from '../symbols.ts';
import type { Check } from './question.ts';

export const clauses: Check = {
  outside: ofProgram,
  part: ({ stage }, _, report) => once(stage?.items ?? [], report),
};

function ofProgram({ program, symbols }: Checked, report: Report): void {
  once(program.items, report);
  for (const item of program.items) {
    if (item.kind !== 'reenter') continue;
    for (const name of item.keeping) {
      if (symbols.fields.has(name.text)) continue;
      const collection = symbols.series.has(name.text) ? 'series' : symbols.lists.has(name.text) ? 'list' : undefined;
      if (collection !== undefined)
        report(diagnostic('keeps-entries', name.span, { name: name.text, what: collection }));
      else {
        const details = meant(name, symbols.fields.keys(), { hint: 'Only fields of `data` can be kept.' });
        report(diagnostic('unknown-name', name.span, { name: name.text }, details));
      }
    }
  }
}

function once(items: readonly { kind: string; span: Span }[], report: Report): void {
  const seen = new Map<string, Span>();
  for (const { kind, span } of items) {
    if (!saidOnce.has(kind)) continue;
    const before = seen.get(kind);
    if (before === undefined) seen.set(kind, span);
    else
      report(
        diagnostic(
          'duplicate-clause',
          span,
          { clause: kind },
          { related: [{ message: 'It is said here first.', span: before }] },
        ),
      );
  }
}
