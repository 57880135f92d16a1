/**
 * The list of what waits for operators and roles.
 *
 * What must be decided comes before what is only to be passed on; in both the oldest first. What can be
 * filled in (an answer, another value) is read from the enrollment as it stands.
 */
import type { OperatorItem } from '../control.ts';
import type { State } from '../state.ts';
import { type Waiting, waiting } from '../waiting.ts';
import { clockNow } from './clock.ts';
import { pageMax } from './limits.ts';
import { loadVersion } from './programs.ts';
import type { Store } from './store.ts';

type Row = Omit<OperatorItem, 'at'> & { at: Date };

/** What is open, at most a page of it. */
export async function openItems(store: Store): Promise<OperatorItem[]> {
  const rows = await store.sql<Row[]>`
    select i.id, i.kind, i.enrollment_id as enrollment, i.program, i.addressee as to, i.text, i.at, i.details,
      case when p.id is null then null else jsonb_build_object('id', p.id, 'email', p.email) end as person
    from operator_items i left join people p on p.workspace_id = i.workspace_id and p.id = i.person_id
    where i.workspace_id = ${store.workspace} and i.closed_at is null
    order by i.kind in ('message', 'document', 'call'), i.at, i.id limit ${pageMax}`;
  const open = await waitingOf(store, rows);
  return rows.map((row): OperatorItem => {
    const found = open.get(row.details.climb ?? row.id);
    const item = { ...row, at: row.at.getTime() };
    if (found === undefined) return item;
    const { answer, value, until, place } = found;
    return { ...item, details: { ...item.details, answer, value, expiresAt: until, place } };
  });
}

/** What the enrollments of these items wait for, by its id. */
async function waitingOf(store: Store, rows: readonly Row[]): Promise<Map<string, Waiting>> {
  const needed = rows.filter(({ kind, details }) => kind === 'proposal' || kind === 'question' || details.climb);
  const ids = [...new Set(needed.flatMap(({ enrollment }) => enrollment ?? []))];
  if (ids.length === 0) return new Map();
  const enrollments = await store.sql<{ program: string; version: number; state: State }[]>`
    select program, version, state from enrollments
    where workspace_id = ${store.workspace} and id = any(${ids})`;
  const now = await clockNow(store);
  const found = new Map<string, Waiting>();
  for (const { program, version, state } of enrollments) {
    const loaded = await loadVersion(store, store.sql, program, version);
    for (const one of waiting(loaded, state, now)) found.set(one.id, one);
  }
  return found;
}
