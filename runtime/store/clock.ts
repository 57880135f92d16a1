/**
 * What time it is, asked of the database so that all processes agree.
 *
 * In development the clock can be moved forward (never back). It then runs on from there, or, when
 * virtual, stands still, so that timelines are exact to the millisecond. Moving it does nothing
 * else: `advance.ts` also does what comes due on the way.
 */
import type { Sql, Store } from './store.ts';

/** The present moment in ms, inside whatever transaction `sql` is. */
export async function clockNow(store: Store, sql: Sql = store.sql): Promise<number> {
  const [row] = await sql<{ now: Date }[]>`select ${clockIn(store, sql)} as now`;
  return (row as { now: Date }).now.getTime();
}

/** The present moment as a part of a question that asks for more. */
export function clockIn(store: Store, sql: Sql) {
  if (store.clock === 'machine') return sql`clock_timestamp()`;
  return sql`(
    select coalesce(case when ${store.clock === 'virtual'} then frozen_at end,
      clock_timestamp() + coalesce(offset_ms, 0) * interval '1 millisecond')
    from (select ${store.workspace}::text as workspace_id) as here
    left join development_clock using (workspace_id))`;
}

/** Moves the development clock forward to a moment; does nothing when it is there already or later. */
export async function setClock(store: Store, to: number): Promise<void> {
  if (store.clock === 'machine') throw new Error('The clock can only be moved in development.');
  const at = new Date(to);
  if (store.clock === 'virtual') {
    await store.sql`
      insert into development_clock (workspace_id, frozen_at) values (${store.workspace}, ${at})
      on conflict (workspace_id) do update
        set frozen_at = greatest(development_clock.frozen_at, excluded.frozen_at)`;
    return;
  }
  await store.sql`
    insert into development_clock (workspace_id, offset_ms)
    values (${store.workspace}, greatest(0, ceil(extract(epoch from ${at}::timestamptz - clock_timestamp()) * 1000)))
    on conflict (workspace_id) do update
      set offset_ms = greatest(development_clock.offset_ms, excluded.offset_ms), frozen_at = null`;
}
