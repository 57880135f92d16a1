/**
 * Saved plans, read again: each with how far it has come, and its people. `version-plans.ts` makes them.
 */
import { Refusal } from '../control.ts';
import type { PlannedPerson, PlannedStatus, VersionControl, VersionPlan, VersionReport } from '../version-plan.ts';
import { pageMax } from './limits.ts';
import type { Sql, Store } from './store.ts';

const noOne: Record<PlannedStatus, number> = {
  ready: 0,
  cannot: 0,
  waiting: 0,
  adopted: 0,
  failed: 0,
  gone: 0,
  stayed: 0,
  returned: 0,
  kept: 0,
};

type PlanRow = {
  id: string;
  status: VersionPlan['status'];
  waits: boolean;
  report: VersionReport;
  reason: string | null;
  created_at: Date;
  created_by: string;
  applied_at: Date | null;
  applied_by: string | null;
  rolled_back_at: Date | null;
  rolled_back_by: string | null;
  progress: Partial<Record<PlannedStatus, number>> | null;
};

/** A plan, with how far it has come. Refuses an unknown one. */
export async function readPlan(store: Store, sql: Sql, id: string): Promise<VersionPlan> {
  const [row] = await sql<PlanRow[]>`
    ${columns(sql)} where v.workspace_id = ${store.workspace} and v.id = ${id}`;
  if (row === undefined) throw new Refusal('unknown-plan', `There is no plan ${id.slice(0, 100)}.`);
  return shown(row);
}

/** The plans of a program, the newest first. */
export async function readPlans(
  store: Store,
  { program, limit }: Parameters<VersionControl['versionPlans']>[0],
): Promise<VersionPlan[]> {
  const { sql } = store;
  const rows = await sql<PlanRow[]>`
    ${columns(sql)} where v.workspace_id = ${store.workspace} and v.program = ${program}
    order by v.created_at desc, v.to_version desc, v.id limit ${pageOf(limit)}`;
  return rows.map(shown);
}

/** Persons of a plan, in the order of their enrollments. */
export async function readPlanPeople(
  store: Store,
  { id, status, after = '', limit }: Parameters<VersionControl['versionPlanPeople']>[0],
): Promise<PlannedPerson[]> {
  await readPlan(store, store.sql, id);
  return store.sql<PlannedPerson[]>`
    select enrollment_id as enrollment, from_version as from, stage, verdict, status, why from version_plan_people
    where workspace_id = ${store.workspace} and plan_id = ${id} and enrollment_id > ${after}
      ${status === undefined ? store.sql`` : store.sql`and status = ${status}`}
    order by enrollment_id limit ${pageOf(limit)}`;
}

const columns = (sql: Sql) => sql`
  select v.id, v.status, v.waits, v.report, v.reason, v.created_at, v.created_by, v.applied_at, v.applied_by,
    v.rolled_back_at, v.rolled_back_by,
    (select json_object_agg(c.status, c.people) from (
      select p.status, count(*)::integer as people from version_plan_people p
      where p.workspace_id = v.workspace_id and p.plan_id = v.id group by p.status) c) as progress
  from version_plans v`;

function shown(row: PlanRow): VersionPlan {
  const { report, progress, created_at, created_by, applied_at, applied_by, rolled_back_at, rolled_back_by, ...plan } =
    row;
  return {
    // Of plans made before these were counted.
    ...{ waiting: 0, moving: [] },
    ...report,
    ...plan,
    progress: { ...noOne, ...progress },
    createdAt: created_at.getTime(),
    createdBy: created_by,
    appliedAt: applied_at?.getTime() ?? null,
    appliedBy: applied_by,
    rolledBackAt: rolled_back_at?.getTime() ?? null,
    rolledBackBy: rolled_back_by,
  };
}

const pageOf = (limit: number): number => Math.max(0, Math.min(Math.trunc(limit) || 0, pageMax));
