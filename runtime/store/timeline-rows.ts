/**
 * Reads timelines: rows of the table back into the shape the rest of the runtime knows.
 */
import type { TimelineEntry, TimelineRow } from '../timeline.ts';
import { pageMax } from './limits.ts';
import type { Sql, Store } from './store.ts';

/** A row as the table has it. */
export type Stored = { seq: number; at: Date; cause: number; entry: TimelineEntry };

/** Rows of one enrollment, oldest first: the newest few, or a page after a row. */
export async function readTimeline(
  store: Store,
  sql: Sql,
  enrollment: string,
  which: { newest: number } | { after?: number; limit?: number },
): Promise<TimelineRow[]> {
  if ('newest' in which) {
    const newest = await sql<Stored[]>`
      select seq, at, cause, entry from timeline
      where workspace_id = ${store.workspace} and enrollment_id = ${enrollment}
      order by seq desc limit ${which.newest}`;
    return newest.map(timelineRow).reverse();
  }
  const limit = Math.min(which.limit ?? pageMax, pageMax);
  const page = await sql<Stored[]>`
    select seq, at, cause, entry from timeline
    where workspace_id = ${store.workspace} and enrollment_id = ${enrollment} and seq > ${which.after ?? 0}::bigint
    order by seq limit ${limit}`;
  return page.map(timelineRow);
}

/** All rows of one enrollment, page by page. */
export async function readWholeTimeline(store: Store, sql: Sql, enrollment: string): Promise<TimelineRow[]> {
  const rows: TimelineRow[] = [];
  for (;;) {
    const page = await readTimeline(store, sql, enrollment, { after: rows.at(-1)?.seq ?? 0 });
    rows.push(...page);
    if (page.length < pageMax) return rows;
  }
}

/** Such a row as the rest of the runtime knows it. */
export function timelineRow({ seq, at, cause, entry }: Stored): TimelineRow {
  return { seq, at: at.getTime(), cause, ...entry };
}
