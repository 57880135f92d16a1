/**
 * The job queue of one process: a Graphile Worker that goes on when the database went away.
 *
 * Graphile Worker ends by itself when it cannot write down that a job is done. Then another one is
 * opened in its place, and what the first had in hand is done again; jobs bear that. A stop lets
 * what is in hand finish for a moment; what does not is given back, to be done again by whoever comes.
 */
import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, type Runner, run, type TaskList, type WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import { type Life, showLife } from './life.ts';
import { jobsAtOnce, queueAgainMs, queuePollMs, stopLimitMs, workerConnectionsMax } from './limits.ts';
import type { Store } from './store.ts';
import { problemOf } from './sweep.ts';

export type Queue = {
  /** The ids under which jobs are locked by this process. */
  ids: ReadonlySet<string>;
  /** Stops; `cut` is called when what is in hand must end at once. */
  stop(cut: () => void): Promise<void>;
};

type One = { id: string; runner: Runner; life: Life; ended: Promise<void> };

/** Opens the queue. Resolves once it takes jobs. */
export async function openQueue(store: Store, taskList: TaskList): Promise<Queue> {
  const pool = new pg.Pool({
    connectionString: store.databaseUrl,
    max: workerConnectionsMax,
    application_name: 'regimen worker',
  });
  // Without listeners a lost connection would end the process; the pool replaces it by itself.
  pool.on('error', (error) => store.log(`The queue lost a connection: ${problemOf(error)}`));
  pool.on('connect', (client) => client.on('error', () => {}));
  const ids = new Set<string>();
  const open = new Set<One>();
  let stopping = false;
  let current = await begin();

  async function begin(): Promise<One> {
    const events: WorkerEvents = new EventEmitter();
    let id = '';
    let state: 'opening' | 'open' | 'ending' = 'opening';
    events.on('pool:create', ({ workerPool }) => {
      id = (workerPool as { id: string }).id;
      ids.add(id);
    });
    events.on('pool:gracefulShutdown', () => {
      if (state === 'open' && !stopping) void replace();
      state = 'ending';
    });
    const runner = await run({
      pgPool: pool,
      concurrency: jobsAtOnce,
      noHandleSignals: true,
      gracefulShutdownAbortTimeout: stopLimitMs,
      pollInterval: queuePollMs,
      events,
      logger: quietLogger(store, () => stopping),
      taskList,
      // Without a batch, what goes wrong here would be nobody's to catch and end the process.
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    });
    const life = await showLife(store, id).catch(async (error) => {
      await runner.stop().catch(() => undefined);
      ids.delete(id);
      throw error;
    });
    const ended = runner.promise.then(
      () => undefined,
      (error) => store.log(`The queue ended: ${problemOf(error)}`),
    );
    const one = { id, runner, life, ended };
    open.add(one);
    void ended.then(() => forget(one));
    if ((state as string) === 'ending') throw new Error('The queue ended while it was opened.');
    state = 'open';
    return one;
  }

  /** What an ended one still had locked is anybody's now. */
  async function forget(one: One): Promise<void> {
    open.delete(one);
    ids.delete(one.id);
    await one.life.end();
  }

  async function replace(): Promise<void> {
    store.log('The queue lost its database and is opened again.');
    while (!stopping) {
      await sleep(queueAgainMs);
      try {
        current = await begin();
        if (stopping) await current.runner.stop().catch(() => undefined);
        return;
      } catch {
        // The database is not back yet.
      }
    }
  }

  return {
    ids,
    async stop(cut) {
      stopping = true;
      const timer = setTimeout(() => {
        // Given back first: what then fails is not counted, and waits for nothing when it is done again.
        const given = store.sql`select graphile_worker.force_unlock_workers(${[...ids]})`.catch(() => undefined);
        void given.then(cut);
      }, stopLimitMs);
      await current.runner.stop().catch(() => undefined);
      clearTimeout(timer);
      cut();
      for (const one of [...open]) await forget(one);
      await pool.end();
    },
  };
}

/** Warnings and errors only, and never what a job carries. Nothing that only a stop brought about. */
function quietLogger(store: Store, stopping: () => boolean): Logger {
  return new Logger(() => (level, message) => {
    if (stopping() || (level !== 'error' && level !== 'warning')) return;
    store.log(`Queue: ${message.split('\n')[0]?.slice(0, 300)}`);
  });
}
