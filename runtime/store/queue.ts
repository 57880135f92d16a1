/**
 * The job queue of one process: Graphile Workers that go on when the database went away.
 *
 * There is one for each pool of tasks, so that a pool that is full (of agents that take minutes) never
 * keeps the others waiting. Graphile Worker ends by itself when it cannot write down that a job is
 * done. Then another one is opened in its place, and what the first had in hand is done again; jobs
 * bear that. One whose very first question failed keeps that failure for ever (version 0.18); so one that gets
 * no answers is replaced, too. A stop lets what is in hand finish for a moment; what does not is given back, to
 * be done again by whoever comes.
 */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { beginLife, type Life } from './life.ts';
import { endingMs, queueAgainMs, queuePollMs, stopLimitMs, unansweredMax, workerConnectionsMax } from './limits.ts';
import { carryingOn } from './origin.ts';
import { problemOf } from './problem.ts';
import type { Store } from './store.ts';
import { waitAtMost } from './wait-at-most.ts';

export type Queue = {
  /** The ids under which jobs are locked by this process. */
  ids: ReadonlySet<string>;
  /** Stops; `cut` is called when what is in hand must end at once. */
  stop(cut: () => void): Promise<void>;
};

/** Tasks that share places: so many of their jobs are done at once. */
export type TaskPool = { tasks: TaskList; atOnce: number };

type One = { id: string; runner: Runner; life: Life; ended: Promise<void> };

/** Opens the queue. Resolves once it takes jobs of every pool. */
export async function openQueue(store: Store, pools: readonly TaskPool[], stopWithinMs = stopLimitMs): Promise<Queue> {
  const connections = new pg.Pool({
    connectionString: store.databaseUrl,
    max: workerConnectionsMax,
    application_name: 'regimen worker',
  });
  // Without listeners a lost connection would end the process; the pool replaces it by itself.
  connections.on('error', (error) => store.log(`The queue lost a connection: ${problemOf(error)}`));
  connections.on('connect', (client) => client.on('error', () => {}));
  const ids = new Set<string>();
  const open = new Set<One>();
  let stopping = false;
  let lost = 0;

  async function begin(pool: TaskPool): Promise<One> {
    const events: WorkerEvents = new EventEmitter();
    let id = '';
    let state: 'opening' | 'open' | 'ending' = 'opening';
    events.on('pool:create', ({ workerPool }) => {
      id = (workerPool as { id: string }).id;
      ids.add(id);
    });
    let one: One | null = null;
    events.on('pool:gracefulShutdown', () => {
      if (one !== null && state === 'open' && !stopping) {
        void replace(pool);
        void leave(one);
      }
      state = 'ending';
    });
    let running: Runner | null = null;
    let unanswered = 0;
    events.on('worker:getJob:error', () => {
      unanswered += 1;
      // Told again while it ends: it says that it is ending.
      if (unanswered >= unansweredMax * pool.atOnce) running?.stop().catch(() => undefined);
    });
    for (const answered of ['worker:getJob:empty', 'job:start'] as const)
      events.on(answered, () => {
        unanswered = 0;
      });
    const life = await beginLife(store);
    const runner = await run({
      pgPool: connections,
      concurrency: pool.atOnce,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: stopWithinMs,
      pollInterval: queuePollMs,
      events,
      logger: quietLogger(store, () => stopping),
      taskList: carryingOn(pool.tasks),
      // Without a batch, what goes wrong here would be nobody's to catch and end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    }).catch(async (error) => {
      await life.end();
      throw error;
    });
    running = runner;
    await life.show(id).catch(async (error) => {
      // Not waited for: without a database it may never end.
      void runner.stop().catch(() => undefined);
      await life.end();
      ids.delete(id);
      throw error;
    });
    const ended = runner.promise.then(
      () => undefined,
      (error) => store.log(`The queue ended: ${problemOf(error)}`),
    );
    const begun: One = { id, runner, life, ended };
    one = begun;
    open.add(begun);
    void ended.then(() => forget(begun));
    if ((state as string) === 'ending') {
      void leave(begun);
      throw new Error('The queue ended while it was opened.');
    }
    state = 'open';
    return begun;
  }

  /** What an ended one still had locked is anybody's now. */
  async function forget(one: One): Promise<void> {
    open.delete(one);
    ids.delete(one.id);
    await one.life.end();
  }

  /** One that ends may wait for ever for a connection that is gone: its jobs must not wait with it. */
  async function leave(one: One): Promise<void> {
    await waitAtMost(stopWithinMs + endingMs, one.ended);
    await forget(one);
  }

  async function replace(pool: TaskPool): Promise<void> {
    if (lost === 0) store.log('The queue lost its database and is opened again.');
    lost += 1;
    while (!stopping) {
      await sleep(queueAgainMs);
      try {
        const one = await begin(pool);
        if (stopping) await one.runner.stop().catch(() => undefined);
        lost -= 1;
        return;
      } catch {
        // The database is not back yet.
      }
    }
  }

  async function stop(cut: () => void): Promise<void> {
    stopping = true;
    const timer = setTimeout(() => {
      // Given back first: what then fails is not counted, and waits for nothing when it is done again.
      const given = store.queue`select graphile_worker.force_unlock_workers(${[...ids]})`.catch(() => undefined);
      void given.then(cut);
    }, stopWithinMs);
    // One that waits for a connection that is gone may never end: its jobs are taken over from it.
    await waitAtMost(
      stopWithinMs + endingMs,
      Promise.all([...open].map((one) => one.runner.stop().catch(() => undefined))),
    );
    clearTimeout(timer);
    cut();
    await waitAtMost(endingMs, Promise.all([...open].map(forget)));
    await waitAtMost(endingMs, connections.end());
  }

  const begun = await Promise.allSettled(pools.map(begin));
  const failed = begun.find((one) => one.status === 'rejected');
  if (failed !== undefined) {
    await stop(() => {});
    throw failed.reason;
  }
  return { ids, stop };
}

/** Warnings and errors only, and never what a job carries. Nothing that only a stop brought about. */
function quietLogger(store: Store, stopping: () => boolean): Logger {
  return new Logger(() => (level, message) => {
    if (stopping() || (level !== 'error' && level !== 'warning')) return;
    store.log(`Queue: ${message.split('\n')[0]?.slice(0, 300)}`);
  });
}
