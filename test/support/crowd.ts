/**
 * Many people at once: one real enrollment, copied in SQL as often as wanted.
 *
 * The copies are what the runtime itself would have written, under other ids: the same state, the same
 * due time. Their timelines are empty, so they cannot be rebuilt.
 */
import { clockNow } from '../../runtime/store/clock.ts';
import type { Store } from '../../runtime/store/store.ts';

/** The id of a copy; the original is best number 0, so that all ids have one length. */
export const copyId = (number: number): string => `e-${String(number).padStart(9, '0')}`;

/** Copies numbered `from` to `to`; the sweep takes them for due at `sweepAt` (ms), without it never. */
export async function addCopies(
  store: Store,
  original: string,
  from: number,
  to: number,
  sweepAt: number | null = null,
): Promise<void> {
  const at = new Date(await clockNow(store));
  await store.sql`
    insert into people (workspace_id, id, email, name, zone, created_at)
    select ${store.workspace}, 'p-' || lpad(n::text, 9, '0'), 'p' || n || '@example.com', 'Person ' || n, 'Europe/London', ${at}
    from generate_series(${from}::integer, ${to}::integer) n`;
  await store.sql`
    insert into enrollments (workspace_id, id, program, version, person_id, attempt, status, stage, state, seq, next_due_at,
      sweep_at, last_reviewed_at, created_at, stepped_at)
    select e.workspace_id, 'e-' || lpad(n::text, 9, '0'), e.program, e.version, 'p-' || lpad(n::text, 9, '0'), 1, e.status, e.stage,
      replace(e.state::text, ${original}, 'e-' || lpad(n::text, 9, '0'))::json, e.seq, e.next_due_at,
      ${sweepAt === null ? null : new Date(sweepAt)}::timestamptz, e.last_reviewed_at,
      e.created_at, e.stepped_at
    from enrollments e, generate_series(${from}::integer, ${to}::integer) n
    where e.workspace_id = ${store.workspace} and e.id = ${original}`;
}

/** The copies from `from` to `to` are due at `at` (ms). */
export async function makeDue(store: Store, from: number, to: number, at: number): Promise<void> {
  await store.sql`
    update enrollments set sweep_at = ${new Date(at)}
    where workspace_id = ${store.workspace} and id between ${copyId(from)} and ${copyId(to)}`;
}
