/**
 * Signs of life: how workers know of each other who is dead.
 *
 * Each queue, and whatever answers without one (`answers.ts`), holds an advisory lock on a connection of its own. When
 * the process dies the connection ends, and with it the lock; then others take over the jobs it had locked, and the runs
 * it answered. The same when it stands still: the database ends a connection that says nothing for a while. When only
 * the connection is lost (the database was restarted, the process goes on) it is made anew, as often as it takes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import {
  lifeAgainMs,
  lifeAskedEverySeconds,
  lifeAskedTimes,
  lifeConnectLimitMs,
  lifeShownEveryMs,
  lifeSilentMaxMs,
} from './limits.ts';
import type { Store, Tx } from './store.ts';

export type Life = {
  /** Shows that the queue with this id lives, until `end`. Resolves once the lock is held. */
  show(queue: string): Promise<void>;
  end(): Promise<void>;
};

/**
 * Begins a life, before its queue takes its first job: until it is shown, nobody takes over from anybody, as a
 * queue that has just begun looks like one that is dead.
 */
export async function beginLife(store: Store): Promise<Life> {
  let queue: string | null = null;
  let held: pg.Client | null = null;
  let ended = false;

  async function connect(lock: 'pg_advisory_lock' | 'pg_advisory_lock_shared', of: string): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: store.databaseUrl,
      application_name: 'regimen life',
      keepAlive: true,
      connectionTimeoutMillis: lifeConnectLimitMs,
    });
    // A lost connection is told by `end`; without a listener its error would end the process.
    client.on('error', () => {});
    try {
      await client.connect();
      // A machine that falls off the network sends no farewell: the database asks after it, and lets the lock go.
      await client.query(
        `select set_config('tcp_keepalives_idle', $1, false), set_config('tcp_keepalives_interval', $1, false),
          set_config('tcp_keepalives_count', $2, false), set_config('idle_session_timeout', $3, false)`,
        [String(lifeAskedEverySeconds), String(lifeAskedTimes), String(lifeSilentMaxMs)],
      );
      speakUp(client);
      await client.query(`select ${lock}(hashtextextended($1, 0))`, [of]);
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  function keep(client: pg.Client): void {
    held = client;
    client.once('end', () => {
      held = null;
      void holdAgain();
    });
  }

  async function holdAgain(): Promise<void> {
    while (!ended && queue !== null) {
      try {
        const client = await connect('pg_advisory_lock', lifeOf(queue));
        if (ended) return client.end();
        return keep(client);
      } catch {
        await sleep(lifeAgainMs);
      }
    }
  }

  const first = await connect('pg_advisory_lock_shared', beginning);
  return {
    async show(id) {
      queue = id;
      await first.query('select pg_advisory_lock(hashtextextended($1, 0))', [lifeOf(id)]);
      await first.query('select pg_advisory_unlock_shared(hashtextextended($1, 0))', [beginning]);
      keep(first);
    },
    async end() {
      ended = true;
      await (held ?? first).end().catch(() => undefined);
    },
  };
}

/** Asks something now and then, until the connection ends: who stands still, or is kept busy for long, does not. */
function speakUp(client: pg.Client): void {
  let isAsking = false;
  const timer = setInterval(() => {
    if (isAsking) return;
    isAsking = true;
    client.query('select 1').then(
      () => {
        isAsking = false;
      },
      () => undefined,
    );
  }, lifeShownEveryMs);
  timer.unref();
  client.once('end', () => clearInterval(timer));
}

/**
 * Unlocks the jobs of queues that are dead: nobody holds the lock that shows their life. `own` are
 * those of this process, which lives even while its connection is being made anew.
 */
export async function takeOver(store: Store, own: Iterable<string> = []): Promise<void> {
  await store.queue.begin(async (tx) => {
    const [row] = await tx<{ quiet: boolean }[]>`
      select pg_try_advisory_xact_lock(hashtextextended(${beginning}, 0)) as quiet`;
    // Somebody begins just now: the next look will do.
    if (row?.quiet !== true) return;
    const owners = await tx<{ owner: string }[]>`
      select distinct locked_by as owner from graphile_worker.jobs
      where locked_by is not null and locked_by <> all (${[...own]})`;
    for (const { owner } of owners) {
      if (await isAlive(tx, owner)) continue;
      store.log('Jobs of a worker that is gone are taken over.');
      await tx`select graphile_worker.force_unlock_workers(array[${owner}])`;
    }
  });
}

/** Whether somebody shows that they live. Who does not cannot begin to before the transaction ends. */
export async function isAlive(tx: Tx, id: string): Promise<boolean> {
  const [row] = await tx<{ free: boolean }[]>`
    select pg_try_advisory_xact_lock(hashtextextended(${lifeOf(id)}, 0)) as free`;
  return row?.free !== true;
}

/** Held together by all who begin; whoever takes over from the dead waits for none of them. */
const beginning = 'workers begin';

function lifeOf(queue: string): string {
  return `worker:${queue}`;
}
