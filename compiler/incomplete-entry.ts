/**
 * Whether an entry that is recorded, or an item that is added, says all that it has to: in a program and in a
 * scenario. Names that its series or list does not know are told where they are looked up.
 */
import type { Span } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { listed } from './names.ts';
import type { Collection, ListSymbol, Report } from './symbols.ts';

export function tellIncompleteEntry(series: Collection, given: ReadonlySet<string>, span: Span, report: Report): void {
  const needed = [...series.fields.values()].filter(({ optional }) => !optional).map(({ name }) => name);
  const missing = missingOf(needed, series.fields, given);
  if (missing !== undefined)
    report(diagnostic('incomplete-entry', span, { series: series.name, missing, entry: 'entry' }));
}

export function tellIncompleteItem(list: ListSymbol, given: ReadonlySet<string>, span: Span, report: Report): void {
  const fields = [...list.fields.values()];
  const needed = fields.filter(({ name, required }) => required === true || name === list.key).map(({ name }) => name);
  const missing = missingOf(needed, list.fields, given);
  if (missing !== undefined)
    report(diagnostic('incomplete-entry', span, { series: list.name, missing, entry: 'item' }));
}

/** What is needed and not given. Something given under a name nobody knows is told as that, and not missed as well. */
function missingOf(
  needed: readonly string[],
  known: ReadonlyMap<string, unknown>,
  given: ReadonlySet<string>,
): string | undefined {
  const missing = needed.filter((name) => !given.has(name));
  const unknown = [...given].filter((name) => !known.has(name));
  return missing.length > unknown.length ? listed(missing, '') : undefined;
}
