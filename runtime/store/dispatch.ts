/**
 * Sweeps as jobs: every workspace has its turn, however much another one has to do.
 *
 * A look at who is due gives each workspace one sweep job. A job does a few batches; when more is due
 * it puts its successor at the end of the queue, behind the other workspaces', and opens further ones, up
 * to a limit, for whichever workers are free. The keys make one of the same job dispatched twice.
 */
import { addQueueJobs, type SweepJob, sweepJob } from './jobs.ts';
import { dispatchMax, sweepsPerWorkspaceMax, sweepTurnBatches } from './limits.ts';
import type { Store } from './store.ts';
import { sweep } from './sweep.ts';

/** Gives a sweep job to each workspace that has somebody due and has none. Gives how many there were. */
export async function dispatch(store: Store): Promise<number> {
  const due = await store.queue<{ workspace: string }[]>`
    select due.id as workspace from workspaces_due(${store.clock}) as due(id)
    where not exists (
      select from graphile_worker.jobs where key = 'sweep:' || due.id || ':0')
    order by random() limit ${dispatchMax}`;
  await open(
    store,
    due.map(({ workspace }) => ({ workspace, slot: 0 })),
  );
  return due.length;
}

/** Does a sweep job: a few batches, and a successor when there is more to do. True when there was. */
export async function sweepTurn(store: Store, job: SweepJob): Promise<boolean> {
  // Whether there is more than one batch shows at once: then the others need not wait for the end of this turn.
  if (!(await sweep(store, 1)).more) return false;
  const slots = Array.from({ length: sweepsPerWorkspaceMax }, (_, slot) => slot).filter((slot) => slot !== job.slot);
  await open(
    store,
    slots.map((slot) => ({ workspace: job.workspace, slot })),
  );
  if (!(await sweep(store, sweepTurnBatches - 1)).more) return false;
  // A job that has begun gives up its key, so the successor is a job of its own.
  await addQueueJobs(store.queue, [sweepJob(job.workspace, job.slot)]);
  return true;
}

/** Adds the jobs that are not there, waiting or begun. */
async function open(store: Store, jobs: readonly SweepJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const rows = jobs.map(({ workspace, slot }) => sweepJob(workspace, slot));
  await store.queue`
    select count(*) from (
      select graphile_worker.add_job(x.task, x.payload, null, null, x.attempts, x.key, x.priority, null, 'unsafe_dedupe')
      from jsonb_to_recordset(${store.queue.json(rows as never)}) as x(
        task text, payload json, key text, attempts integer, priority integer)
      where not exists (select from graphile_worker.jobs there where there.key = x.key)) added`;
}
