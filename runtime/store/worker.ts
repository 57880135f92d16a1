/**
 * The worker: does jobs (agent runs, deliveries, sweeps), looks who is due, and tidies up after dead workers.
 *
 * Any number of workers may run against one Postgres. A worker shows that it lives (`life.ts`); jobs
 * locked by a dead one are taken over at once, instead of after the hours Graphile Worker waits. It
 * installs no signal handlers: whoever starts it stops it. A stop lets what is in hand finish for a moment and then
 * cuts it short; it is done again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../services.ts';
import { type AdoptJob, giveUpPlan, wakePlans, workOnPlan } from './adopt-jobs.ts';
import { openAnswers } from './answers.ts';
import { type BulkJob, giveUpBulk, workOnBulk } from './bulk-jobs.ts';
import { giveUpCohort, joinCohort, tellCohort } from './cohort.ts';
import { deliver, giveUpDelivery } from './deliver.ts';
import { dispatch, sweepTurn } from './dispatch.ts';
import {
  type DeliverJob,
  type JoinCohortJob,
  type RunJob,
  type SweepJob,
  type TellCohortJob,
  tasks,
  type WakeJob,
} from './jobs.ts';
import { takeOver } from './life.ts';
import {
  changesAtOnce,
  deliveriesAtOnce,
  givenUpAtOnce,
  runsAtOnce,
  stopLimitMs,
  sweepIntervalMs,
  tidyIntervalMs,
  unsentIntervalMs,
} from './limits.ts';
import { withoutOrigin } from './origin.ts';
import { dispatchHeld, sendForgotten, wakeForgotten, wakeResumed } from './outbox.ts';
import { resumeRuns } from './pauses.ts';
import { problemOf } from './problem.ts';
import { openQueue } from './queue.ts';
import { removeOld, retentionIntervalMs } from './retention.ts';
import { giveUp, runAgent, type Talkers } from './run-agent.ts';
import type { Store } from './store.ts';

export type WorkerOptions = Talkers & {
  channels: Channel[];
  /** How long what is in hand may take once it is told to stop; `stopLimitMs` without. */
  stopWithinMs?: number;
};

export type Worker = { stop(): Promise<void> };

/** Starts a worker. Resolves once it takes jobs. */
export async function startWorker(store: Store, options: WorkerOptions): Promise<Worker> {
  const stopping = new AbortController();
  const cut = () => stopping.abort(new Error('The worker stops.'));
  await takeOver(store);
  const queue = await openQueue(
    store,
    [
      {
        atOnce: runsAtOnce,
        tasks: {
          run: async (payload) => {
            const job = payload as RunJob;
            await runAgent(store.of(job.workspace), options, job, stopping.signal);
          },
        },
      },
      {
        atOnce: deliveriesAtOnce,
        tasks: {
          deliver: async (payload, { job: { id } }) => {
            const job = payload as DeliverJob;
            await deliver(store.of(job.workspace), options.channels, job, id);
          },
        },
      },
      {
        atOnce: changesAtOnce,
        tasks: {
          wake: async (payload) => {
            const job = payload as WakeJob;
            await wakeResumed(store.of(job.workspace), job);
          },
          sweep: (payload) => withoutOrigin(() => takeTurn(store, payload as SweepJob)),
          'tell-cohort': async (payload) => {
            const job = payload as TellCohortJob;
            await tellCohort(store.of(job.workspace), job);
          },
          'join-cohort': async (payload) => {
            const job = payload as JoinCohortJob;
            await joinCohort(store.of(job.workspace), job);
          },
          bulk: async (payload) => {
            const job = payload as BulkJob;
            await workOnBulk(store.of(job.workspace), job);
          },
          adopt: async (payload) => {
            const job = payload as AdoptJob;
            await workOnPlan(store.of(job.workspace), job);
          },
        },
      },
    ],
    options.stopWithinMs,
  );
  const answers = await openAnswers(store, (its, job, beginning, stored, signal) =>
    runAgent(its, options, job, signal, { beginning, stored }),
  ).catch(async (error) => {
    await queue.stop(cut);
    throw error;
  });
  const loops = [
    repeat(sweepIntervalMs, stopping.signal, store, () => dispatch(store)),
    repeat(sweepIntervalMs, stopping.signal, store, () => dispatchHeld(store)),
    repeat(tidyIntervalMs, stopping.signal, store, () => tidy(store, queue.ids)),
    repeat(unsentIntervalMs, stopping.signal, store, () => sendForgotten(store)),
    repeat(retentionIntervalMs, stopping.signal, store, () => removeOld(store)),
    repeat(retentionIntervalMs, stopping.signal, store, () => wakeForgotten(store)),
  ];
  return {
    stop: async () => {
      await Promise.all([answers.stop(options.stopWithinMs ?? stopLimitMs), queue.stop(cut)]);
      await Promise.all(loops);
    },
  };
}

/**
 * A sweep that fails is not tried again by the queue, which would wait longer each time: the next look gives another.
 */
async function takeTurn(store: Store, job: SweepJob): Promise<void> {
  try {
    await sweepTurn(store.of(job.workspace), job);
  } catch (error) {
    store.log(`A sweep failed and is done again: ${problemOf(error)}`);
  }
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

/**
 * What no job would do by itself: take over from the dead, give up what was tried often enough, find runs and plans
 * without a job. A job that cannot be given up keeps nothing from the others: it stays, and the first is thrown at the
 * end.
 */
export async function tidy(store: Store, own: Iterable<string> = []): Promise<void> {
  await takeOver(store, own);
  const failures: unknown[] = [];
  for (const job of await triedOftenEnough(store)) await giveUpJob(store, job).catch((error) => failures.push(error));
  await resumeRuns(store);
  await wakePlans(store);
  if (failures.length > 0) throw failures[0];
}

type GivenUp = {
  id: string;
  task: string;
  payload: RunJob & DeliverJob & WakeJob & (TellCohortJob | JoinCohortJob) & BulkJob & AdoptJob;
  problem: string | null;
  /** It was added again while somebody did it: the queue gave its key to the new one, and tries this one no more. */
  replaced: boolean;
};

/** Jobs that are not tried again. Of more than are looked at, chance says which; so none stands before the others. */
function triedOftenEnough(store: Store): Promise<GivenUp[]> {
  // The queue's own tables, because its view leaves out the payload.
  return store.queue<GivenUp[]>`
    select j.id, t.identifier as task, j.payload, j.last_error as problem, j.key is null as replaced
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where j.attempts >= j.max_attempts and j.locked_at is null and t.identifier = any(${[...tasks]})
    order by random() limit ${givenUpAtOnce}`;
}

/** Where the worker of one that was replaced died, nothing is given up: the new one does its work. */
async function giveUpJob(store: Store, job: GivenUp): Promise<void> {
  if (!job.replaced) await giveUpWork(store, job);
  await store.queue`select graphile_worker.complete_jobs(array[${job.id}]::bigint[])`;
}

async function giveUpWork(store: Store, { id, task, payload, problem }: GivenUp): Promise<void> {
  const its = store.of(payload.workspace);
  const why = problem ?? 'It was tried too often.';
  if (task === 'run') await giveUp(its, payload, why);
  else if (task === 'deliver') await giveUpDelivery(its, payload, why, id);
  else if (task === 'wake') await wakeResumed(its, payload);
  else if (task === 'bulk') await giveUpBulk(its, payload, why);
  else if (task === 'adopt') await giveUpPlan(its, payload, why);
  else await giveUpCohort(its, payload, why);
}
