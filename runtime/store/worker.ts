/**
 * The worker: does jobs (agent runs, deliveries), sweeps, and tidies up after dead workers.
 *
 * Any number of workers may run against one Postgres. A worker shows that it lives by an advisory
 * lock on its own connection; jobs locked by one whose lock is free are taken over at once, instead
 * of after the hours Graphile Worker waits. It installs no signal handlers: whoever starts it stops
 * it. A stop lets what is in hand finish for a moment and then cuts it short; it is done again.
 */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type Runner, run, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { Channel } from '../services.ts';
import { deliver, giveUpDelivery } from './deliver.ts';
import { jobsAtOnce, stopLimitMs, sweepIntervalMs, tidyIntervalMs, workerConnectionsMax } from './limits.ts';
import { giveUp, runAgent, type Talkers } from './run-agent.ts';
import type { Store } from './store.ts';
import { problemOf, sweep } from './sweep.ts';
import type { DeliverJob, RunJob } from './write-steps.ts';

export type WorkerOptions = Talkers & { channels: Channel[] };

export type Worker = { stop(): Promise<void> };

/** Starts a worker. Resolves once it takes jobs. */
export async function startWorker(store: Store, options: WorkerOptions): Promise<Worker> {
  const events: WorkerEvents = new EventEmitter();
  const stopping = new AbortController();
  let poolId = '';
  events.on('pool:create', ({ workerPool }) => {
    poolId = (workerPool as { id: string }).id;
  });
  await takeOver(store);
  const pool = new pg.Pool({
    connectionString: store.databaseUrl,
    max: workerConnectionsMax,
    application_name: 'regimen worker',
  });
  // Without a listener a lost connection would end the process; the pool replaces it by itself.
  pool.on('error', (error) => store.log(`The queue lost a connection: ${problemOf(error)}`));
  pool.on('connect', (client) => client.on('error', () => {}));
  const runner = await run({
    pgPool: pool,
    concurrency: jobsAtOnce,
    noHandleSignals: true,
    gracefulShutdownAbortTimeout: stopLimitMs,
    pollInterval: 2_000,
    events,
    logger: quietLogger(store),
    taskList: {
      run: async (payload) => {
        const job = payload as RunJob;
        await runAgent({ ...store, workspace: job.workspace }, options, job, stopping.signal);
      },
      deliver: async (payload, { job: { attempts } }) => {
        const job = payload as DeliverJob;
        await deliver({ ...store, workspace: job.workspace }, options.channels, job, attempts);
      },
    },
  });
  runner.promise.catch((error) => store.log(`The queue stopped: ${problemOf(error)}`));
  const life = await store.sql.reserve();
  await life`select pg_advisory_lock(hashtextextended(${lifeOf(poolId)}, 0))`;
  const loops = [
    repeat(sweepIntervalMs, stopping.signal, store, () => sweep(store)),
    repeat(tidyIntervalMs, stopping.signal, store, () => tidy(store)),
  ];
  return {
    stop: async () => {
      await stopRunner(runner, stopping);
      await Promise.all(loops);
      await life`select pg_advisory_unlock(hashtextextended(${lifeOf(poolId)}, 0))`.catch(() => undefined);
      life.release();
      await pool.end();
    },
  };
}

/** Lets jobs in hand finish until the limit, then aborts them; the queue gives them to the next worker. */
async function stopRunner(runner: Runner, stopping: AbortController): Promise<void> {
  const timer = setTimeout(() => stopping.abort(new Error('The worker stops.')), stopLimitMs);
  await runner.stop().catch(() => undefined);
  clearTimeout(timer);
  stopping.abort(new Error('The worker stops.'));
}

/** Does something, waits, and does it again until stopped. A failure is logged and does not end it. */
async function repeat(pauseMs: number, signal: AbortSignal, store: Store, work: () => Promise<unknown>): Promise<void> {
  while (!signal.aborted) {
    try {
      await work();
    } catch (error) {
      if (!signal.aborted) store.log(`Background work failed and is tried again: ${problemOf(error)}`);
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** What no job would do by itself: take over from the dead, and give up what was tried often enough. */
export async function tidy(store: Store): Promise<void> {
  await takeOver(store);
  // The queue's own tables, because its view leaves out the payload.
  const given = await store.sql<{ id: string; task: string; payload: RunJob & DeliverJob; problem: string | null }[]>`
    select j.id, t.identifier as task, j.payload, j.last_error as problem
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where j.attempts >= j.max_attempts and j.locked_at is null and t.identifier in ('run', 'deliver')
    limit 100`;
  for (const { id, task, payload, problem } of given) {
    const its = { ...store, workspace: payload.workspace };
    const why = problem ?? 'It was tried too often.';
    if (task === 'run') await giveUp(its, payload, why);
    else await giveUpDelivery(its, payload, why);
    await store.sql`select graphile_worker.complete_jobs(array[${id}]::bigint[])`;
  }
}

/** Unlocks the jobs of workers that are dead: nobody holds the lock that shows their life. */
async function takeOver(store: Store): Promise<void> {
  await store.sql.begin(async (tx) => {
    const owners = await tx<{ owner: string }[]>`
      select distinct locked_by as owner from graphile_worker.jobs where locked_by is not null`;
    for (const { owner } of owners) {
      const [row] = await tx<{ free: boolean }[]>`
        select pg_try_advisory_xact_lock(hashtextextended(${lifeOf(owner)}, 0)) as free`;
      if (row?.free !== true) continue;
      store.log('Jobs of a worker that is gone are taken over.');
      await tx`select graphile_worker.force_unlock_workers(array[${owner}])`;
    }
  });
}

function lifeOf(pool: string): string {
  return `worker:${pool}`;
}

/** Warnings and errors only, and never what a job carries. */
function quietLogger(store: Store): Logger {
  return new Logger(() => (level, message) => {
    if (level === 'error' || level === 'warning') store.log(`Queue: ${message.split('\n')[0]?.slice(0, 300)}`);
  });
}
