/**
 * Who is due: looked up and claimed along one index, never by looking at those who are not.
 *
 * A claim is program by program, so that nobody in a paused one is even looked at. Whoever was never
 * reviewed comes first, then who has waited longest; who waits for room for an agent run comes last
 * and only as far as there is room. What others have claimed is passed over.
 */
import type { LockedEnrollment } from './commit.ts';
import type { Store, Tx } from './store.ts';

/** The order of work in the sweep; `enrollments.sweep_rank`. */
export const ranks = { neverReviewed: 0, reviewed: 1, waitsForRun: 2 } as const;

export type Claimed = LockedEnrollment & { failures: number; rank: number };

/** A row of `due`; `at` as Postgres writes it, to the microsecond. */
export type LeftOver = { program: string; rank: number; at: string; id: string };

/**
 * Programs that are not paused, with the moment their first one is due (ms), the earliest first. `last`: the rank up
 * to which people are looked at.
 */
export async function dueByProgram(
  store: Store,
  last: (typeof ranks)[keyof typeof ranks] = ranks.waitsForRun,
): Promise<{ program: string; at: number }[]> {
  const rows = await store.sql<{ program: string; at: Date }[]>`
    select p.name as program, first.at
    from workspaces w
    join programs p on p.workspace_id = w.id
    cross join lateral (
      select min(one.at) as at from generate_series(0, ${last}::integer) as rank
      cross join lateral (
        select d.at from due d
        where d.workspace_id = p.workspace_id and d.program = p.name and d.rank = rank.rank
        order by d.at limit 1) one) first
    where w.id = ${store.workspace} and w.paused_at is null and p.paused_at is null and first.at is not null
    order by first.at, p.name`;
  return rows.map(({ program, at }) => ({ program, at: at.getTime() }));
}

/**
 * Claims those of one rank who are due by `now`, until the transaction ends: the claimed, and rows of the list that are
 * left over, as their enrollments say otherwise.
 */
export async function claim(
  store: Store,
  tx: Tx,
  { program, rank, now, limit }: { program: string; rank: number; now: number; limit: number },
): Promise<{ claimed: Claimed[]; leftOver: LeftOver[] }> {
  if (limit <= 0) return { claimed: [], leftOver: [] };
  const rows = await tx<(Omit<Claimed, 'steppedAt' | 'rank'> & { stepped_at: Date; at: string; listed: boolean })[]>`
    select e.id, e.program, e.version, e.person_id as person, e.state, e.stepped_at, e.failures, d.at::text,
      (d.program, d.rank, d.at) is not distinct from (e.program, e.sweep_rank, e.sweep_at) as listed
    from due d join enrollments e on e.workspace_id = d.workspace_id and e.id = d.enrollment_id
    where d.workspace_id = ${store.workspace} and d.program = ${program} and d.rank = ${rank} and d.at <= ${new Date(now)}
    order by d.at limit ${limit} for update of e skip locked`;
  const claimed: Claimed[] = [];
  const leftOver: LeftOver[] = [];
  for (const { stepped_at, at, listed, ...row } of rows) {
    if (listed) claimed.push({ ...row, rank, steppedAt: stepped_at.getTime() });
    else leftOver.push({ program, rank, at, id: row.id });
  }
  return { claimed, leftOver };
}

/** Takes rows out of the list whose enrollments are locked and say otherwise. */
export async function removeLeftOver(store: Store, tx: Tx, rows: readonly LeftOver[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    delete from due d using jsonb_to_recordset(${tx.json(rows as never)}) as x(program text, rank smallint, at timestamptz, id text)
    where d.workspace_id = ${store.workspace} and d.program = x.program and d.rank = x.rank and d.at = x.at
      and d.enrollment_id = x.id`;
}
