/**
 * Reads bulk moves and their people; `bulk-moves.ts` makes them, `bulk-jobs.ts` does them.
 */
import { Refusal } from '../control.ts';
import type {
  Bulk,
  BulkDeed,
  BulkFilter,
  BulkPerson,
  BulkPersonStatus,
  BulkStatus,
  OperatorControl,
  Page,
} from '../operator-control.ts';
import { pageFrom, pageOf, readCursor } from './cursor.ts';
import type { Sql, Store } from './store.ts';

const noPeople: Record<BulkPersonStatus, number> = { ready: 0, cannot: 0, done: 0, refused: 0, undone: 0, stayed: 0 };

type Row = {
  id: string;
  program: string;
  parameters: { deed: BulkDeed; filter: BulkFilter };
  reason: string;
  actor: string;
  status: BulkStatus;
  created_at: Date;
  applied_at: Date | null;
  applied_by: string | null;
  undone_at: Date | null;
  undone_by: string | null;
  counts: Partial<Record<BulkPersonStatus, number>> | null;
};

/** What is known of a bulk move. `lock`: nobody else changes its status meanwhile. */
export async function readBulk(store: Store, sql: Sql, id: string, lock = false): Promise<Bulk> {
  const [row] = await sql<Row[]>`
    ${columns(store, sql)} where b.workspace_id = ${store.workspace} and b.id = ${id} ${lock ? sql`for update of b` : sql``}`;
  if (row === undefined) throw new Refusal('unknown-bulk', `There is no bulk move ${id.slice(0, 100)}.`);
  return shown(row);
}

/** Bulk moves, the newest first. */
export async function readBulks(
  store: Store,
  { limit: wanted, after, program }: { limit: number; after?: string; program?: string },
): Promise<Page<Bulk>> {
  const { sql } = store;
  const limit = pageOf(wanted);
  const place = after === undefined ? null : readCursor<[number, string]>(after, ['number', 'string']);
  const rows = await sql<Row[]>`
    ${columns(store, sql)} where b.workspace_id = ${store.workspace}
      ${program === undefined ? sql`` : sql`and b.program = ${program}`}
      ${place === null ? sql`` : sql`and (b.created_at, b.id) < (${new Date(place[0])}, ${place[1]})`}
    order by b.created_at desc, b.id desc limit ${limit + 1}`;
  return pageFrom(rows, limit, (row) => [row.created_at.getTime(), row.id], shown);
}

const columns = (store: Store, sql: Sql) => sql`
  select b.id, b.program, b.parameters, b.reason, b.actor, b.status, b.created_at, b.applied_at,
    b.applied_by, b.undone_at, b.undone_by,
    (select jsonb_object_agg(status, count) from (
      select p.status, count(*)::integer as count from bulk_move_people p
      where p.workspace_id = ${store.workspace} and p.bulk_id = b.id group by p.status) by_status) as counts
  from bulk_moves b`;

function shown({
  parameters,
  actor,
  created_at,
  applied_at,
  applied_by,
  undone_at,
  undone_by,
  counts,
  ...row
}: Row): Bulk {
  return {
    ...row,
    ...parameters,
    by: actor,
    createdAt: created_at.getTime(),
    appliedAt: applied_at?.getTime() ?? null,
    appliedBy: applied_by,
    undoneAt: undone_at?.getTime() ?? null,
    undoneBy: undone_by,
    counts: { ...noPeople, ...counts },
    undoable: parameters.deed.action !== 'withdraw',
  };
}

/** The people of a bulk move, by enrollment. */
export async function readBulkPeople(
  store: Store,
  { id, status, limit: wanted, after }: Parameters<OperatorControl['bulkPeople']>[0],
): Promise<Page<BulkPerson>> {
  const { sql } = store;
  await readBulk(store, sql, id);
  const limit = pageOf(wanted);
  const [place] = after === undefined ? [''] : readCursor<[string]>(after, ['string']);
  const rows = await sql<BulkPerson[]>`
    select b.enrollment_id as enrollment, b.status, b.stage, b.outcome,
      jsonb_build_object('id', p.id, 'email', p.email, 'name', p.name) as person
    from bulk_move_people b
    join enrollments e on e.workspace_id = b.workspace_id and e.id = b.enrollment_id
    join people p on p.workspace_id = e.workspace_id and p.id = e.person_id
    where b.workspace_id = ${store.workspace} and b.bulk_id = ${id} and b.enrollment_id > ${place}
      ${status === undefined ? sql`` : sql`and b.status = ${status}`}
    order by b.enrollment_id limit ${limit + 1}`;
  return pageFrom(
    rows,
    limit,
    (row) => [row.enrollment],
    (row) => row,
  );
}
