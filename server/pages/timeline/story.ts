/**
 * Timeline rows → stories: an input and all that followed from it, by day, newest day first.
 *
 * Pure. Inside a day the stories run from the newest to the oldest; inside a story things stand in
 * the order they happened.
 */
import type { RowGroup, ShownRow } from '../../enrollment-page.ts';
import { dayKey } from '../format.ts';

export type Story = { cause: number; at: number; head: ShownRow; rest: ShownRow[] };
export type StoryDay = { key: string; at: number; stories: Story[] };

/** Rows in any order, each `seq` once. `show` null shows everything; otherwise stories with a row of that group. */
export function storyDays(rows: ShownRow[], show: RowGroup | null, zone: string): StoryDay[] {
  const byCause = new Map<number, ShownRow[]>();
  for (const row of [...rows].sort((a, b) => a.seq - b.seq)) {
    const story = byCause.get(row.cause);
    if (story) story.push(row);
    else byCause.set(row.cause, [row]);
  }
  const days = new Map<string, StoryDay>();
  const newestFirst = [...byCause.values()].sort((a, b) => (b[0]?.cause ?? 0) - (a[0]?.cause ?? 0));
  for (const [head, ...rest] of newestFirst) {
    if (head === undefined) continue;
    if (show !== null && head.group !== show && !rest.some((row) => row.group === show)) continue;
    const key = dayKey(head.at, zone);
    const day = days.get(key) ?? { key, at: head.at, stories: [] };
    day.stories.push({ cause: head.cause, at: head.at, head, rest });
    days.set(key, day);
  }
  return [...days.values()];
}

/** The rows known and the rows that came, each `seq` once. */
export function withRows(known: ShownRow[], came: ShownRow[]): ShownRow[] {
  const seqs = new Set(known.map((row) => row.seq));
  return [...known, ...came.filter((row) => !seqs.has(row.seq))];
}
