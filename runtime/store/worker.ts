/**
 * The worker: does jobs (agent runs, deliveries), sweeps, and tidies up after dead workers.
 *
 * Any number of workers may run against one Postgres. A worker shows that it lives (`life.ts`); jobs
 * locked by a dead one are taken over at once, instead of after the hours Graphile Worker waits. It installs no signal handlers: whoever starts it stops
 * it. A stop lets what is in hand finish for a moment and then cuts it short; it is done again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../services.ts';
import { deliver, giveUpDelivery } from './deliver.ts';
import { takeOver } from './life.ts';
import { sweepIntervalMs, tidyIntervalMs } from './limits.ts';
import { openQueue } from './queue.ts';
import { giveUp, runAgent, type Talkers } from './run-agent.ts';
import type { Store } from './store.ts';
import { problemOf, sweep } from './sweep.ts';
import type { DeliverJob, RunJob } from './write-steps.ts';

export type WorkerOptions = Talkers & { channels: Channel[] };

export type Worker = { stop(): Promise<void> };

/** Starts a worker. Resolves once it takes jobs. */
export async function startWorker(store: Store, options: WorkerOptions): Promise<Worker> {
  const stopping = new AbortController();
  const cut = () => stopping.abort(new Error('The worker stops.'));
  await takeOver(store);
  const queue = await openQueue(store, {
    run: async (payload) => {
      const job = payload as RunJob;
      await runAgent({ ...store, workspace: job.workspace }, options, job, stopping.signal);
    },
    deliver: async (payload, { job: { attempts } }) => {
      const job = payload as DeliverJob;
      await deliver({ ...store, workspace: job.workspace }, options.channels, job, attempts);
    },
  });
  const loops = [
    repeat(sweepIntervalMs, stopping.signal, store, () => sweep(store)),
    repeat(tidyIntervalMs, stopping.signal, store, () => tidy(store, queue.ids)),
  ];
  return {
    stop: async () => {
      await queue.stop(cut);
      await Promise.all(loops);
    },
  };
}

/** Does something, waits, and does it again until stopped. A failure is logged once and does not end it. */
async function repeat(pauseMs: number, signal: AbortSignal, store: Store, work: () => Promise<unknown>): Promise<void> {
  let failing: string | null = null;
  while (!signal.aborted) {
    try {
      await work();
      if (failing !== null) store.log('Background work goes on.');
      failing = null;
    } catch (error) {
      const problem = problemOf(error);
      if (!signal.aborted && problem !== failing) store.log(`Background work failed and is tried again: ${problem}`);
      failing = problem;
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
  }
}

/** What no job would do by itself: take over from the dead, and give up what was tried often enough. */
export async function tidy(store: Store, own: Iterable<string> = []): Promise<void> {
  await takeOver(store, own);
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
