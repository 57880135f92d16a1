/**
 * The lists that operators and services read, page by page: enrollments and sweeps.
 */
import type { EnrollmentSummary } from '../control.ts';
import { Refusal } from '../control.ts';
import { fillText } from '../evaluate.ts';
import type { EnrollmentFilter, ListedEnrollment, OperatorControl, Page, Sweep } from '../operator-control.ts';
import type { State } from '../state.ts';
import { clockNow } from './clock.ts';
import { unknownEnrollment } from './commit.ts';
import { pageFrom, pageOf, readCursor } from './cursor.ts';
import { loadVersion } from './programs.ts';
import type { Sql, Store } from './store.ts';

/** What time owed and nobody did for longer than this is overdue. */
export const overdueAfterMs = 5 * 60_000;

type Row = {
  id: string;
  program: string;
  version: number;
  attempt: number;
  status: 'active' | 'finished';
  state: State;
  cohort: string | null;
  person: EnrollmentSummary['person'];
  next_due_at: Date | null;
  created_at: Date;
  finished_at: Date | null;
  /** `created_at` to the last digit. */
  place: string;
};

/** The newest first. */
export async function listEnrollments(
  store: Store,
  { limit: wanted, after, ...filter }: Parameters<OperatorControl['listEnrollments']>[0],
): Promise<Page<ListedEnrollment>> {
  const { sql } = store;
  const limit = pageOf(wanted);
  const now = await clockNow(store);
  const place = after === undefined ? null : readPlace(after);
  const rows = await sql<Row[]>`
    ${columns(sql)}
    where e.workspace_id = ${store.workspace} ${conditions(sql, filter, now)}
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
  const rows = await store.sql<Row[]>`
    ${columns(store.sql)} where e.workspace_id = ${store.workspace} and e.id = ${id}`;
  const [one] = await shown(store, store.sql, rows, await clockNow(store));
  if (one === undefined) throw unknownEnrollment(id);
  return one;
}

function readPlace(after: string): [string, string] {
  const place = readCursor<[string, string]>(after, ['string', 'string']);
  if (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?\+00$/.test(place[0])) return place;
  throw new Refusal('malformed', 'The cursor is not one that was given out. Begin with the first page, without one.');
}

const columns = (sql: Sql) => sql`
  select e.id, e.program, e.version, e.attempt, e.status, e.state, e.cohort, e.next_due_at, e.created_at, e.finished_at,
    (e.created_at at time zone 'UTC')::text || '+00' as place,
    jsonb_build_object('id', p.id, 'email', p.email, 'name', p.name) as person
  from enrollments e join people p on p.workspace_id = e.workspace_id and p.id = e.person_id`;

function conditions(sql: Sql, filter: EnrollmentFilter, now: number) {
  const { program, version, person, stage, cohort, status, overdue } = filter;
  return sql`
    ${program === undefined ? sql`` : sql`and e.program = ${program}`}
    ${version === undefined ? sql`` : sql`and e.version = ${version}`}
    ${person === undefined ? sql`` : sql`and e.person_id = ${person}`}
    ${stage === undefined ? sql`` : sql`and e.stage = ${stage}`}
    ${cohort === undefined ? sql`` : sql`and e.cohort = ${cohort}`}
    ${status === undefined ? sql`` : sql`and e.status = ${status}`}
    ${overdue === true ? sql`and e.status = 'active' and e.next_due_at < ${new Date(now - overdueAfterMs)}` : sql``}
    ${overdue === false ? sql`and (e.status <> 'active' or e.next_due_at is null or e.next_due_at >= ${new Date(now - overdueAfterMs)})` : sql``}`;
}

async function shown(store: Store, sql: Sql, rows: readonly Row[], now: number): Promise<ListedEnrollment[]> {
  const found: ListedEnrollment[] = [];
  for (const { state, next_due_at, created_at, finished_at, place: _, ...row } of rows) {
    const { ir } = await loadVersion(store, sql, row.program, row.version);
    const { paused } = state.facts;
    found.push({
      ...row,
      programTitle: ir.title,
      stage: state.stage,
      stageTitle: stageTitle(ir, state, now),
      seq: state.seq,
      paused: paused && row.status === 'active' ? paused : null,
      nextDueAt: next_due_at?.getTime() ?? null,
      createdAt: created_at.getTime(),
      finishedAt: finished_at?.getTime() ?? null,
    });
  }
  return found;
}

/** The stage's title as it reads for this person; after leaving, how they left. */
export function stageTitle(ir: Parameters<typeof fillText>[1]['ir'], { stage, facts }: State, now: number): string {
  const found = Object.hasOwn(ir.stages, stage) ? ir.stages[stage] : undefined;
  if (found !== undefined) return fillText(found.title, { ir, facts, now }).text;
  return `Left: ${(facts.finished?.as ?? stage).replaceAll('_', ' ')}`;
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
