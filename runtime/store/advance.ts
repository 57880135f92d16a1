/**
 * Moves the development clock forward, stopping at every due moment on the way.
 *
 * At each one the sweep runs and all jobs that follow are done before the clock goes on, so nine
 * weeks happen in order within a minute. A worker must be running. Nothing of this exists outside
 * development.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { clockNow, setClock } from './clock.ts';
import { tasks } from './jobs.ts';
import { drainLimitMs, dueMomentsMax } from './limits.ts';
import { dispatchHeld, nextHeldAt } from './outbox.ts';
import { resumeRuns } from './pauses.ts';
import type { Store } from './store.ts';
import { nextSweepAt, sweep } from './sweep.ts';

const pollMs = 4;

/** Moves the clock to `target` (ms). Gives how many due moments there were. Throws at a named limit. */
export async function advance(store: Store, target: number): Promise<{ moments: number }> {
  await doWhatIsHeld(store);
  for (let moments = 0; moments < dueMomentsMax; moments++) {
    const next = await nextMoment(store);
    if (next > (await clockNow(store))) {
      // The worker sweeps, too: what its last sweep set going must be done before the clock moves,
      // and may bring the next due moment nearer.
      await drain(store);
      if ((await nextMoment(store)) !== next) continue;
      if (next > target) {
        await setClock(store, target);
        return { moments };
      }
      await setClock(store, next);
    }
    await sweep(store);
    await doWhatIsHeld(store);
  }
  throw new Error(`The clock was moved past ${dueMomentsMax} due moments; move it less far at a time.`);
}

/** The next moment at which something is due: in a program, or of what is held back (ms). */
export const nextMoment = async (store: Store): Promise<number> =>
  Math.min(await nextSweepAt(store), await nextHeldAt(store));

/** Messages and runs that were held back and are due, and all jobs. */
async function doWhatIsHeld(store: Store): Promise<void> {
  await dispatchHeld(store);
  await resumeRuns(store);
  await drain(store);
}

/** Waits until no job is left to do, and no answer in hand. Jobs that wait for another try do not make a moved clock wait. */
export async function drain(store: Store): Promise<void> {
  const deadline = performance.now() + drainLimitMs;
  for (;;) {
    // In one question: an answer that fails becomes a job.
    const [row] = await store.queue<{ open: number; answers: number; later: string[] | null }[]>`
      select count(*)::integer as open,
        (select count(*)::integer
          from runs_in_hand r join enrollments e on e.workspace_id = r.workspace_id and e.id = r.enrollment_id
          where e.in_run and e.answered_run = e.state->'facts'->'run'->>'id') as answers,
        array_agg(id) filter (where locked_at is null and run_at > now()) as later
      from graphile_worker.jobs
      where task_identifier = any(${[...tasks]}) and (locked_at is not null or attempts < max_attempts)`;
    if (row === undefined || row.open + row.answers === 0) return;
    if (row.later !== null) {
      await store.queue`select graphile_worker.reschedule_jobs(${row.later}::bigint[], run_at := now())`;
      // Rescheduling wakes nobody: workers would only see it at their next poll.
      await store.queue`select pg_notify('jobs:insert', ${JSON.stringify({ count: row.later.length })})`;
    }
    if (performance.now() > deadline) {
      throw new Error(
        `${row.open} jobs, or the answers in hand, were not done within ${drainLimitMs / 1000} seconds. Is a worker running?`,
      );
    }
    await sleep(pollMs);
  }
}
