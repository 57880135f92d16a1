/**
 * Who is due: looked up and claimed along one index, never by looking at those who are not.
 *
 * A claim is program by program, so that nobody in a paused one is even looked at. Whoever was never
 * reviewed comes first, then who has waited longest; who waits for room for an agent run comes last
 * and only as far as there is room. What others have claimed is passed over.
 */
import type { LockedEnrollment } from './committed.ts';
import type { Store, Tx } from './store.ts';
import type { Place } from './write-states.ts';

/** The order of work in the sweep; `enrollments.sweep_rank`. */
export const ranks = { neverReviewed: 0, reviewed: 1, waitsForRun: 2 } as const;
export type Rank = (typeof ranks)[keyof typeof ranks];

/** An enrollment that is locked for this sweep. */
export type Claimed = Omit<LockedEnrollment, 'state'> & {
  /** As JSON: the states of a whole batch need not be in memory at once. */
  state: string;
  /** The number of the timeline's last row. */
  seq: number;
  /** Sweeps in a row that could not step it. */
  failures: number;
  rank: Rank;
  place: Place;
};

/** A row of `due` that its enrollment does not bear out; `at` as Postgres writes it, to the microsecond. */
export type LeftOver = { program: string; rank: Rank; at: string; id: string };

/**
 * Programs that are not paused, with the moment their first person is due (ms), the earliest first. Looks at people of
 * the ranks up to `lastRank`.
 */
export async function dueByProgram(
  store: Store,
  lastRank: Rank = ranks.waitsForRun,
): Promise<{ program: string; at: number }[]> {
  const rows = await store.sql<{ program: string; at: Date }[]>`
    select p.name as program, first.at
    from workspaces w
    join programs p on p.workspace_id = w.id
    cross join lateral (
      select min(one.at) as at from generate_series(0, ${lastRank}::integer) as rank
      cross join lateral (
        select d.at from due d
        where d.workspace_id = p.workspace_id and d.program = p.name and d.rank = rank.rank
        order by d.at limit 1) one) first
    where w.id = ${store.workspace} and w.paused_at is null and p.paused_at is null and first.at is not null
    order by first.at, p.name`;
  return rows.map(({ program, at }) => ({ program, at: at.getTime() }));
}

/** Whom to claim: people of a program and a rank who are due from `from` (as Postgres writes it) to `now` (ms). */
export type Wanted = { program: string; rank: Rank; from: string; now: number; limit: number };

/** `reached`: where in the list the last one stands; null where there were fewer than the limit. */
export type Claim = { claimed: Claimed[]; leftOver: LeftOver[]; reached: string | null };

type Row = Omit<Claimed, 'steppedAt' | 'rank' | 'place'> & {
  stepped_at: Date;
  place: string;
  due: string;
  at: string;
  /** Whether the list says of the enrollment what it says itself. */
  listed: boolean;
};

/** Locks who is due until the transaction ends; nobody where the program, or the workspace, is paused meanwhile. */
export async function claim(store: Store, tx: Tx, { program, rank, from, now, limit }: Wanted): Promise<Claim> {
  if (limit <= 0) return { claimed: [], leftOver: [], reached: null };
  const rows = await tx<Row[]>`
    select e.id, e.program, e.version, e.person_id as person, e.state::text, e.seq, e.stepped_at, e.failures,
      e.ctid::text as place, d.ctid::text as due, d.at::text,
      (d.program, d.rank, d.at) is not distinct from (e.program, e.sweep_rank, e.sweep_at) as listed
    from due d join enrollments e on e.workspace_id = d.workspace_id and e.id = d.enrollment_id
    where d.workspace_id = ${store.workspace} and d.program = ${program} and d.rank = ${rank}
      and d.at between ${from}::text::timestamptz and ${new Date(now)}
      and exists (select from programs p join workspaces w on w.id = p.workspace_id
        where p.workspace_id = ${store.workspace} and p.name = ${program} and p.paused_at is null and w.paused_at is null)
    order by d.at limit ${limit} for update of e skip locked`;
  const claimed: Claimed[] = [];
  const leftOver: LeftOver[] = [];
  for (const { stepped_at, place, due, at, listed, ...row } of rows) {
    if (listed) claimed.push({ ...row, rank, place: { enrollment: place, due }, steppedAt: stepped_at.getTime() });
    else leftOver.push({ program, rank, at, id: row.id });
  }
  return { claimed, leftOver, reached: rows.length < limit ? null : (rows.at(-1)?.at ?? null) };
}

/** Takes rows out of the list whose enrollments are locked and say otherwise. */
export async function removeLeftOver(store: Store, tx: Tx, rows: readonly LeftOver[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    delete from due d using jsonb_to_recordset(${tx.json(rows as never)}) as x(program text, rank smallint, at timestamptz, id text)
    where d.workspace_id = ${store.workspace} and d.program = x.program and d.rank = x.rank and d.at = x.at
      and d.enrollment_id = x.id`;
}
