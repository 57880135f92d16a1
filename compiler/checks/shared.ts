/** A shared series is there for something: an entry for the whole cohort is heard or asked about. */
import { diagnostic } from '../../language/diagnostics.ts';
import { findSeries, type Symbols } from '../symbols.ts';
import type { Check } from './question.ts';

/** Deeper trees than the parser makes are not looked into. */
const DEPTH_MAX = 2000;

export const shared: Check = ({ program, symbols }, report) => {
  const all = [...symbols.series.values()].filter((one) => one.shared);
  if (all.length === 0) return;
  const named = new Set<string>();
  for (const item of program.items) if (item.kind !== 'data') seriesIn(item, symbols, named, 0);
  for (const { name, span } of all) {
    if (!named.has(name)) report(diagnostic('unused-shared', span, { name }));
  }
};

/** Every series that a tree names, wherever it does: by a name, or where a series must stand. */
function seriesIn(node: unknown, symbols: Symbols, into: Set<string>, depth: number): void {
  if (typeof node !== 'object' || node === null || depth > DEPTH_MAX) return;
  if ('text' in node && typeof node.text === 'string') {
    const series = findSeries(symbols, node.text);
    if (series !== undefined) into.add(series.name);
  }
  for (const part of Object.values(node)) seriesIn(part, symbols, into, depth + 1);
}
