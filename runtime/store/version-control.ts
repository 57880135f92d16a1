/**
 * The versions' part of the control surface on Postgres: `runtime/version-plan.ts` says what each promises.
 */
import type { Environment } from '../../compiler/compile.ts';
import type { Ir } from '../../compiler/ir.ts';
import { type Control, Refusal } from '../control.ts';
import type { VersionControl } from '../version-plan.ts';
import { applyPlan, rollbackPlan } from './adopt-jobs.ts';
import { readPlan, readPlanPeople, readPlans } from './plan-rows.ts';
import { loadVersion } from './programs.ts';
import { publish } from './publish.ts';
import type { Store, Tx } from './store.ts';
import { planVersion, previewVersion } from './version-plans.ts';

export function createVersionControl(store: Store, environment: () => Promise<Environment>): VersionControl {
  return {
    previewVersion: async (input) => previewVersion(store, input, await environment()),
    planVersion: (input) => planVersion(store, input),
    versionPlan: (id) => readPlan(store, store.sql, id),
    versionPlans: (input) => readPlans(store, input),
    versionPlanPeople: (input) => readPlanPeople(store, input),
    applyPlan: (input) => applyPlan(store, input),
    rollbackPlan: (input) => rollbackPlan(store, input),
  };
}

/** Publishes; where the publisher says so, the people inside go over to a fresh version as soon as they can. */
export async function publishFor(
  store: Store,
  input: Parameters<Control['publish']>[0],
  environment: Environment,
): ReturnType<Control['publish']> {
  const published = await publish(store, input, environment);
  const { name: program, version: to, fresh } = published;
  // Asked again after it was cut short between the two, it goes on where it was.
  if (input.people !== 'adopt' || !(fresh || (await isUnplanned(store, program, to)))) return published;
  const plan = await planVersion(store, { program, to, by: input.by });
  if (plan.progress.ready > 0) {
    const reason = `Version ${to} was published for people inside, too.`;
    await applyPlan(store, { id: plan.id, by: input.by, reason }, { instead: true }).catch(unlessGoingBack);
  }
  return { ...published, people: { going: plan.progress.ready, staying: plan.progress.cannot } };
}

async function isUnplanned(store: Store, program: string, to: number): Promise<boolean> {
  const [plan] = await store.sql`
    select 1 from version_plans
    where workspace_id = ${store.workspace} and program = ${program} and to_version = ${to} limit 1`;
  return plan === undefined;
}

/** What is published is published; while people are being taken back, this plan is there to be applied afterwards. */
function unlessGoingBack(error: unknown): void {
  if (!(error instanceof Refusal && error.code === 'conflict')) throw error;
}

/** Changes of version looked back at; older rows are told in the words of the first of these. */
const changesMax = 50;

/** The versions that somebody was on before, with the last row of each. */
export async function pastVersions(
  store: Store,
  tx: Tx,
  { id, program }: { id: string; program: string },
): Promise<{ until: number; ir: Ir }[]> {
  const changes = await tx<{ until: number; version: number }[]>`
    select seq - 1 as until, (entry->>'from')::integer as version from timeline
    where workspace_id = ${store.workspace} and enrollment_id = ${id} and kind in ('adopted', 'reverted')
    order by seq desc limit ${changesMax}`;
  const past: { until: number; ir: Ir }[] = [];
  for (const { until, version } of changes.reverse()) {
    past.push({ until, ir: (await loadVersion(store, tx, program, version)).ir });
  }
  return past;
}
