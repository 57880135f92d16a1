/**
 * A shared series is there for something: an entry for the whole cohort is heard or asked about. And it is
 * recorded for all of them, so neither the program nor the agent of one person records in it.
 */
import type { Span } from '../../language/ast.ts';
import { diagnostic } from '../../language/diagnostics.ts';
import { type Checked, findSeries, type Report, type Symbols } from '../symbols.ts';
import { deedsIn } from '../walk.ts';
import type { Check } from './question.ts';

/** Deeper trees than the parser makes are not looked into. */
const DEPTH_MAX = 2000;

export const shared: Check = { whole: ask };

function ask({ program, symbols }: Checked, report: Report): void {
  const all = [...symbols.series.values()].filter((one) => one.shared);
  if (all.length === 0) return;
  const named = new Set<string>();
  for (const item of program.items) if (item.kind !== 'data') seriesIn(item, symbols, named, 0);
  for (const { name, span } of all) {
    if (!named.has(name)) report(diagnostic('unused-shared', span, { name }));
  }
  for (const { action } of deedsIn(program)) {
    if (action?.kind === 'record') byOne(symbols, action.series.text, action.span, report);
    if (action?.kind === 'ask') byOne(symbols, action.as.text, action.as.span, report);
  }
  for (const item of program.items) {
    if (item.kind !== 'data') continue;
    for (const { name, agentMay } of item.fields) {
      if (agentMay?.verb === 'record') byOne(symbols, name.text, agentMay.span, report);
    }
  }
}

/** What one person's program or agent records is that person's alone. */
function byOne(symbols: Symbols, name: string, span: Span, report: Report): void {
  if (symbols.series.get(name)?.shared) report(diagnostic('shared-by-one', span, { name }));
}

/** Every series that a tree names, wherever it does: by a name, or where a series must stand. */
function seriesIn(node: unknown, symbols: Symbols, into: Set<string>, depth: number): void {
  if (typeof node !== 'object' || node === null || depth > DEPTH_MAX) return;
  if ('text' in node && typeof node.text === 'string') {
    const series = findSeries(symbols, node.text);
    if (series !== undefined) into.add(series.name);
  }
  for (const part of Object.values(node)) seriesIn(part, symbols, into, depth + 1);
}
