/**
 * The lists that operators and services read, page by page: enrollments and sweeps.
 */
import { Refusal } from '../control.ts';
import type { EnrollmentFilter, ListedEnrollment, OperatorControl, Page, Sweep } from '../operator-control.ts';
import { ranks } from './claim.ts';
import { clockNow } from './clock.ts';
import { unknownEnrollment } from './commit.ts';
import { pageFrom, pageOf, readCursor } from './cursor.ts';
import { type EnrollmentRow, enrollmentColumns, summaryOf } from './enrollment-rows.ts';
import type { Sql, Store } from './store.ts';

/** What time owed and nobody did for longer than this is overdue. */
export const overdueAfterMs = 5 * 60_000;
/** So many who are overdue are looked up one by one; of more, the newest are found by going through all. */
const lateMax = 10_000;

/** The newest first. */
export async function listEnrollments(
  store: Store,
  { limit: wanted, after, ...filter }: Parameters<OperatorControl['listEnrollments']>[0],
): Promise<Page<ListedEnrollment>> {
  const { sql } = store;
  const limit = pageOf(wanted);
  const now = await clockNow(store);
  const before = new Date(now - overdueAfterMs);
  const late = await lateIds(store, filter, before);
  const place = after === undefined ? null : readPlace(after);
  const rows = await sql<EnrollmentRow[]>`
    ${enrollmentColumns(sql)}
    where e.workspace_id = ${store.workspace} ${conditions(sql, filter, before, late)}
      ${place === null ? sql`` : sql`and (e.created_at, e.id) < (${place[0]}::text::timestamptz, ${place[1]})`}
    order by e.created_at desc, e.id desc limit ${limit + 1}`;
  const listed = await shown(store, sql, rows, now);
  return pageFrom(
    rows.map((row, index) => ({ row, one: listed[index] as ListedEnrollment })),
    limit,
    ({ row }) => [row.place, row.id],
    ({ one }) => one,
  );
}

/** One enrollment; refuses an unknown one. */
export async function listedEnrollment(store: Store, id: string): Promise<ListedEnrollment> {
  const rows = await store.sql<EnrollmentRow[]>`
    ${enrollmentColumns(store.sql)} where e.workspace_id = ${store.workspace} and e.id = ${id}`;
  const [one] = await shown(store, store.sql, rows, await clockNow(store));
  if (one === undefined) throw unknownEnrollment(id);
  return one;
}

function readPlace(after: string): [string, string] {
  const place = readCursor<[string, string]>(after, ['string', 'string']);
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/.test(place[0])) return place;
  throw new Refusal('malformed', 'The cursor is not one that was given out. Begin with the first page, without one.');
}

function conditions(sql: Sql, filter: EnrollmentFilter, before: Date, late: readonly string[] | null) {
  const { program, version, person, stage, cohort, status, overdue } = filter;
  return sql`
    ${program === undefined ? sql`` : sql`and e.program = ${program}`}
    ${version === undefined ? sql`` : sql`and e.version = ${version}`}
    ${person === undefined ? sql`` : sql`and e.person_id = ${person}`}
    ${stage === undefined ? sql`` : sql`and e.stage = ${stage}`}
    ${cohort === undefined ? sql`` : sql`and e.cohort = ${cohort}`}
    ${status === undefined ? sql`` : sql`and e.status = ${status}`}
    ${overdue === true ? sql`and e.status = 'active' and e.next_due_at < ${before}` : sql``}
    ${late === null ? sql`` : sql`and e.id = any(${late})`}
    ${overdue === false ? sql`and (e.status <> 'active' or e.next_due_at is null or e.next_due_at >= ${before})` : sql``}`;
}

/**
 * Whom time owes something since `before`: found along what is due and what is failing, as the sweep puts off who
 * fails, and in the end leaves them to an operator. So it costs as much as there is overdue, whoever else there is.
 * Null where there are so many that they are met soon among all.
 */
async function lateIds(store: Store, { overdue, program }: EnrollmentFilter, before: Date): Promise<string[] | null> {
  if (overdue !== true) return null;
  const { sql } = store;
  const late = await sql<{ id: string }[]>`
    select late.id from programs g cross join generate_series(0, ${ranks.waitsForRun}::integer) as rank
    cross join lateral (
      select d.enrollment_id as id from due d
      where d.workspace_id = g.workspace_id and d.program = g.name and d.rank = rank and d.at < ${before}
      limit ${lateMax + 1}) late
    where g.workspace_id = ${store.workspace} ${program === undefined ? sql`` : sql`and g.name = ${program}`}
    union all (
      select f.id from enrollments f where f.workspace_id = ${store.workspace} and f.failures > 0 limit ${lateMax + 1})
    limit ${lateMax + 1}`;
  return late.length > lateMax ? null : late.map(({ id }) => id);
}

async function shown(store: Store, sql: Sql, rows: readonly EnrollmentRow[], now: number): Promise<ListedEnrollment[]> {
  const found: ListedEnrollment[] = [];
  for (const row of rows) {
    const { summary } = await summaryOf(store, sql, row, now);
    const { paused } = row.state.facts;
    found.push({
      ...summary,
      seq: row.state.seq,
      cohort: row.cohort,
      paused: paused && row.status === 'active' ? paused : null,
    });
  }
  return found;
}

/** Sweeps that found something, the newest first. */
export async function readSweeps(
  store: Store,
  { limit: wanted, after }: { limit: number; after?: string },
): Promise<Page<Sweep>> {
  const limit = pageOf(wanted);
  const [before] = after === undefined ? [Number.MAX_SAFE_INTEGER] : readCursor<[number]>(after, ['number']);
  const rows = await store.sql<
    (Omit<Sweep, 'id' | 'at' | 'durationMs'> & { id: string; at: Date; duration_ms: number })[]
  >`
    select id, at, due, succeeded, failed, duration_ms from sweeps
    where workspace_id = ${store.workspace} and id < ${before}::bigint order by id desc limit ${limit + 1}`;
  return pageFrom(
    rows,
    limit,
    (row) => [Number(row.id)],
    ({ id, at, duration_ms, ...row }) => ({ ...row, id: Number(id), at: at.getTime(), durationMs: duration_ms }),
  );
}
