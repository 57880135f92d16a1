/**
 * Applies plans and rolls them back: so many people by one job, then the next job.
 *
 * A job that is cut short is done again and finds who is left. People with something in hand are waited for: the step
 * in which something happens to them makes them ready (a trigger, 0013), and so does having been waited for long
 * enough. `wakePlans` finds the plans in which somebody is.
 */
import { Refusal } from '../control.ts';
import type { VersionControl, VersionPlan } from '../version-plan.ts';
import { adoptPatienceMs, type Going, goNext, leaveOut, nextEnrollments } from './adopt-people.ts';
import { addAudit, checkReason } from './audit.ts';
import { clockNow } from './clock.ts';
import { programStandstill, workspaceStandstill } from './holds.ts';
import { addOperatorItem } from './items.ts';
import { addQueueJobs } from './jobs.ts';
import { problemLengthMax } from './limits.ts';
import { readPlan } from './plan-rows.ts';
import { problemOf } from './problem.ts';
import { doSet } from './set-by-set.ts';
import type { Sql, Store, Tx } from './store.ts';

/** People taken over in one transaction. */
const peopleAtOnce = 50;
/** Such transactions in one job; what is left is for the next. */
const batchesMax = 20;
/** Attempts of one such job; it waits longer after each. */
const adoptAttemptsMax = 14;

export type AdoptJob = { workspace: string; plan: string };

/** The job that goes on with a plan. */
export async function addAdoptJob(sql: Sql, job: AdoptJob): Promise<void> {
  const key = `adopt:${job.workspace}:${job.plan}`;
  await addQueueJobs(sql, [{ task: 'adopt', payload: job, key, attempts: adoptAttemptsMax, priority: 2 }]);
}

/** Begins to apply a plan, or goes on with it. `instead`: one that is being applied ends, whoever is left in it. */
export async function applyPlan(
  store: Store,
  { id, by, reason, waits = true }: Parameters<VersionControl['applyPlan']>[0],
  { instead = false }: { instead?: boolean } = {},
): Promise<VersionPlan> {
  const why = checkReason(reason);
  await store.sql.begin(async (tx) => {
    const plan = await lockPlan(store, tx, id);
    if (plan.status === 'rolling-back' || plan.status === 'rolled-back')
      throw new Refusal('conflict', 'This plan was rolled back: make a new one.');
    if (plan.status === 'planned') {
      await makeRoom(store, tx, plan, instead);
      await tx`
        update version_plans set status = 'applying', waits = ${waits}, reason = ${why}, applied_by = ${by},
          applied_at = ${new Date(await clockNow(store, tx))}
        where workspace_id = ${store.workspace} and id = ${id}`;
      await audit(store, tx, plan, { actor: by, action: 'apply-plan', reason: why });
    }
    if (plan.status !== 'applied') await addAdoptJob(tx, { workspace: store.workspace, plan: id });
  });
  return readPlan(store, store.sql, id);
}

/** Begins to take everybody back, or goes on with it. */
export async function rollbackPlan(
  store: Store,
  { id, by, reason }: Parameters<VersionControl['rollbackPlan']>[0],
): Promise<VersionPlan> {
  const why = checkReason(reason);
  await store.sql.begin(async (tx) => {
    const plan = await lockPlan(store, tx, id);
    if (plan.status === 'planned') throw new Refusal('conflict', 'Nobody was taken over by this plan yet.');
    if (plan.status === 'rolled-back') return;
    if (plan.status !== 'rolling-back') {
      await makeRoom(store, tx, plan, false);
      await tx`
        update version_plans set status = 'rolling-back', rolled_back_by = ${by},
          rolled_back_at = ${new Date(await clockNow(store, tx))}
        where workspace_id = ${store.workspace} and id = ${id}`;
      await tx`
        update version_plan_people set status = 'stayed'
        where workspace_id = ${store.workspace} and plan_id = ${id} and status in ('ready', 'waiting')`;
      await audit(store, tx, plan, { actor: by, action: 'roll-back-plan', reason: why });
    }
    await addAdoptJob(tx, { workspace: store.workspace, plan: id });
  });
  return readPlan(store, store.sql, id);
}

/** Goes on with a plan for some batches, and leaves the rest to the next job. */
export async function workOnPlan(store: Store, { plan: id }: AdoptJob): Promise<void> {
  for (let batch = 0; batch < batchesMax; batch += 1) {
    const going = await goingOn(store, id);
    if (going === null) return;
    const done = await goBatch(store, going);
    if (done < peopleAtOnce && (await nextEnrollments(store, going, 1)).length === 0) return finish(store, going);
  }
  await addAdoptJob(store.sql, { workspace: store.workspace, plan: id });
}

const goBatch = (store: Store, going: Going): Promise<number> =>
  doSet(
    {
      next: (limit, only) => goNext(store, going, limit, only),
      waiting: (limit) => nextEnrollments(store, going, limit),
      leaveOut: (enrollment, error) => leaveOut(store, going, enrollment, problemOf(error)),
    },
    peopleAtOnce,
  );

/** What is to be done now; null where the plan is not under way. */
async function goingOn(store: Store, id: string): Promise<Going | null> {
  const plan = await readPlan(store, store.sql, id);
  const { program, to, status, waits, appliedAt, appliedBy, rolledBackBy } = plan;
  if (status !== 'applying' && status !== 'rolling-back') return null;
  // What is due would be done first, and while all stands still nothing is.
  if ((await workspaceStandstill(store)) !== null || (await programStandstill(store, program)) !== null) return null;
  const back = status === 'rolling-back';
  return {
    id,
    program,
    to,
    back,
    waitsUntil: waits && appliedAt !== null ? appliedAt + adoptPatienceMs : null,
    by: (back ? rolledBackBy : appliedBy) ?? 'command',
  };
}

/** Nobody's turn is left. Where people wait, it stays under way. */
async function finish(store: Store, { id, back }: Going): Promise<void> {
  const left = back ? ['adopted'] : ['ready', 'waiting'];
  await store.sql`
    update version_plans v set status = ${back ? 'rolled-back' : 'applied'}
    where v.workspace_id = ${store.workspace} and v.id = ${id} and v.status = ${back ? 'rolling-back' : 'applying'}
      and not exists (select 1 from version_plan_people p
        where p.workspace_id = v.workspace_id and p.plan_id = v.id and p.status = any(${left}))`;
}

/** Plans that one look gives a job. */
const plansWokenMax = 100;

/**
 * Adds the job of every plan under way, of all workspaces, that has none and in which somebody's turn has come: all
 * stood still for a while; or they waited, and something has happened to them, or it has been long enough. Who waits on
 * is not looked at.
 */
export async function wakePlans(store: Store): Promise<void> {
  const { queue: sql } = store;
  // Each status is written out: Postgres knows how few are in it, and goes by the index.
  const somebody = (status: ReturnType<typeof sql>) => sql`exists (select 1 from version_plan_people p
    where p.workspace_id = v.workspace_id and p.plan_id = v.id and p.status = ${status})`;
  const plans = await sql<AdoptJob[]>`
    select v.workspace_id as workspace, v.id as plan
    from version_plans v
    join programs g on g.workspace_id = v.workspace_id and g.name = v.program and g.paused_at is null
    join workspaces w on w.id = v.workspace_id and w.paused_at is null
    where v.status in ('applying', 'rolling-back')
      and not exists (select 1 from graphile_worker.jobs j where j.key = 'adopt:' || v.workspace_id || ':' || v.id)
      and case when v.status = 'rolling-back' then ${somebody(sql`'adopted'`)}
        else ${somebody(sql`'ready'`)} or (v.applied_at <= now_in(v.workspace_id, ${store.clock})
          - ${adoptPatienceMs} * interval '1 millisecond' and ${somebody(sql`'waiting'`)}) end
    limit ${plansWokenMax}`;
  for (const { workspace, plan } of plans) await addAdoptJob(store.of(workspace).sql, { workspace, plan });
}

/** Tells an operator that a plan has stopped for now; `wakePlans` goes on with it, in case it was the weather. */
export async function giveUpPlan(store: Store, { plan: id }: AdoptJob, problem: string): Promise<void> {
  await store.sql.begin(async (tx) => {
    const { program, to, status } = await readPlan(store, tx, id);
    await addOperatorItem(store, tx, {
      id: `plan:${id}:${status}`,
      kind: 'failure',
      enrollment: null,
      person: null,
      program,
      to: 'operator',
      text: `Going over to version ${to} stopped before everybody was done, and is tried again: ${problem.slice(0, problemLengthMax)}`,
      at: await clockNow(store, tx),
    });
  });
}

// ---------------------------------------------------------------- beginning

async function lockPlan(store: Store, tx: Tx, id: string): Promise<VersionPlan> {
  const plan = await readPlan(store, tx, id);
  // Of one program one plan is under way at a time.
  await tx`select 1 from programs where workspace_id = ${store.workspace} and name = ${plan.program} for update`;
  return readPlan(store, tx, id);
}

/** One that only waits for people makes room: the newer plan looks at them again. */
async function makeRoom(store: Store, tx: Tx, { program, id }: VersionPlan, instead: boolean): Promise<void> {
  const [other] = await tx<{ id: string; to: number; status: string; ready: boolean }[]>`
    select v.id, v.to_version as to, v.status, exists (select 1 from version_plan_people p
      where p.workspace_id = v.workspace_id and p.plan_id = v.id and p.status = 'ready') as ready
    from version_plans v
    where v.workspace_id = ${store.workspace} and v.program = ${program} and v.id <> ${id}
      and v.status in ('applying', 'rolling-back')`;
  if (other === undefined) return;
  if (other.status === 'rolling-back' || (other.ready && !instead))
    throw new Refusal('conflict', `A plan for version ${other.to} of ${program} is under way: let it end first.`);
  await tx`
    update version_plan_people set status = 'stayed', why = 'A newer plan was applied.'
    where workspace_id = ${store.workspace} and plan_id = ${other.id} and status in ('ready', 'waiting')`;
  await tx`
    update version_plans set status = 'applied' where workspace_id = ${store.workspace} and id = ${other.id}`;
}

function audit(
  store: Store,
  tx: Tx,
  { id, program, to, counts }: VersionPlan,
  entry: { actor: string; action: string; reason: string },
): Promise<void> {
  return addAudit(store, tx, { ...entry, target: `program:${program}`, details: { plan: id, to, ...counts } });
}
