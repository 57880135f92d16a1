/**
 * Signs of life: how workers know of each other who is dead.
 *
 * Each queue holds an advisory lock on a connection of its own. When the process dies the connection
 * ends, and with it the lock; then others take over the jobs it had locked. When only the connection
 * is lost (the database was restarted) it is made anew, as often as it takes.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { lifeAgainMs, lifeAskedEverySeconds, lifeAskedTimes, lifeConnectLimitMs } from './limits.ts';
import type { Store } from './store.ts';

export type Life = { end(): Promise<void> };

/** Shows that the queue with this id lives, until `end`. Resolves once the lock is held. */
export async function showLife(store: Store, queue: string): Promise<Life> {
  let held: pg.Client | null = null;
  let ended = false;

  async function hold(): Promise<void> {
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
          set_config('tcp_keepalives_count', $2, false)`,
        [String(lifeAskedEverySeconds), String(lifeAskedTimes)],
      );
      await client.query('select pg_advisory_lock(hashtextextended($1, 0))', [lifeOf(queue)]);
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
    if (ended) return client.end();
    held = client;
    client.once('end', () => {
      held = null;
      void holdAgain();
    });
  }

  async function holdAgain(): Promise<void> {
    while (!ended) {
      try {
        return await hold();
      } catch {
        await sleep(lifeAgainMs);
      }
    }
  }

  await hold();
  return {
    async end() {
      ended = true;
      await held?.end().catch(() => undefined);
    },
  };
}

/**
 * Unlocks the jobs of queues that are dead: nobody holds the lock that shows their life. `own` are
 * those of this process, which lives even while its connection is being made anew.
 */
export async function takeOver(store: Store, own: Iterable<string> = []): Promise<void> {
  await store.queue.begin(async (tx) => {
    const owners = await tx<{ owner: string }[]>`
      select distinct locked_by as owner from graphile_worker.jobs
      where locked_by is not null and locked_by <> all (${[...own]})`;
    for (const { owner } of owners) {
      const [row] = await tx<{ free: boolean }[]>`
        select pg_try_advisory_xact_lock(hashtextextended(${lifeOf(owner)}, 0)) as free`;
      if (row?.free !== true) continue;
      store.log('Jobs of a worker that is gone are taken over.');
      await tx`select graphile_worker.force_unlock_workers(array[${owner}])`;
    }
  });
}

function lifeOf(queue: string): string {
  return `worker:${queue}`;
}
