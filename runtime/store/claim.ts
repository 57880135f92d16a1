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
        select e.sweep_at as at from enrollments e
        where e.workspace_id = p.workspace_id and e.program = p.name and e.sweep_rank = rank and e.sweep_at is not null
        order by e.sweep_at limit 1) one) first
    where w.id = ${store.workspace} and w.paused_at is null and p.paused_at is null and first.at is not null
    order by first.at, p.name`;
  return rows.map(({ program, at }) => ({ program, at: at.getTime() }));
}

/** Claims those of one rank who are due by `now`, until the transaction ends. */
export async function claim(
  store: Store,
  tx: Tx,
  { program, rank, now, limit }: { program: string; rank: number; now: number; limit: number },
): Promise<Claimed[]> {
  if (limit <= 0) return [];
  const rows = await tx<(Omit<Claimed, 'steppedAt' | 'rank'> & { stepped_at: Date })[]>`
    select id, program, version, person_id as person, state, stepped_at, failures from enrollments
    where workspace_id = ${store.workspace} and program = ${program} and sweep_rank = ${rank} and sweep_at <= ${new Date(now)}
    order by sweep_at limit ${limit} for update skip locked`;
  return rows.map(({ stepped_at, ...row }) => ({ ...row, rank, steppedAt: stepped_at.getTime() }));
}
