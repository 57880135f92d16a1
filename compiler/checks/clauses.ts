/** Clauses that can be said once are said once, and `keeping` names fields. */
import type { Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { nearest } from '../../language/nearest.ts';
import { replaceWith } from '../bind.ts';
import type { Report } from '../symbols.ts';
import { stagesOf } from '../walk.ts';
import type { Check } from './question.ts';

const programClauses = new Set(['about', 'enroll', 'reenter', 'timezone', 'quiet', 'budget', 'agent']);
const stageClauses = new Set(['skill', 'review']);

export const clauses: Check = ({ program, symbols }, report) => {
  once(program.items, programClauses, report);
  for (const stage of stagesOf(program)) once(stage.items, stageClauses, report);
  for (const item of program.items) {
    if (item.kind !== 'reenter') continue;
    for (const name of item.keeping) {
      if (symbols.fields.has(name.text)) continue;
      const near = nearest(name.text, symbols.fields.keys());
      const details =
        near === undefined
          ? { hint: 'Only fields of `data` can be kept.' }
          : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
      report(diagnostic('unknown-name', name.span, { name: name.text }, details));
    }
  }
};

function once(items: readonly { kind: string; span: Span }[], kinds: ReadonlySet<string>, report: Report): void {
  const seen = new Map<string, Span>();
  for (const { kind, span } of items) {
    if (!kinds.has(kind)) continue;
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
