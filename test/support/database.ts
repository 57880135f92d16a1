/**
 * Databases for tests: one embedded Postgres for each test process, one migrated template in it,
 * and a fresh copy of the template for whoever asks. Everything is gone afterwards.
 */
import { readFileSync, rmSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type postgres from 'postgres';
import { type RunningPostgres, startPostgres } from '../../runtime/postgres/embedded.ts';
import connect from '../../runtime/store/driver.ts';
import { migrate } from '../../runtime/store/migrate.ts';
import { openStore, type Store, type StoreOptions } from '../../runtime/store/store.ts';

type Cluster = { folder: string; running: RunningPostgres; admin: postgres.Sql; users: number; made: number };

let cluster: Promise<Cluster> | null = null;
let users = 0;

export type TestDatabase = {
  url: string;
  /** Opens a store on it, on a virtual clock unless told otherwise; it is closed with the database. */
  open(options?: Partial<StoreOptions>): Promise<Store>;
};

/** A fresh migrated database for the time of `work`. The cluster stops when nobody uses it any more. */
export async function withDatabase<T>(work: (database: TestDatabase) => Promise<T>): Promise<T> {
  users += 1;
  cluster ??= startCluster();
  const stores: Store[] = [];
  try {
    const { admin, running, made } = await cluster.then((one) => {
      one.made += 1;
      return { ...one };
    });
    const name = `test_${made}`;
    await admin.unsafe(`create database ${name} template template_regimen`);
    const url = running.url.replace(/\/[^/]*$/, `/${name}`);
    return await work({
      url,
      open: async (options = {}) => {
        const store = await openStore({ clock: 'virtual', databaseUrl: url, ...options });
        stores.push(store);
        return store;
      },
    });
  } finally {
    for (const store of stores) await store.close();
    users -= 1;
    if (users === 0) scheduleStop();
  }
}

/** Tests of one process come one after the other: the cluster is kept until none has followed. */
function scheduleStop(): void {
  setTimeout(() => {
    if (users > 0 || cluster === null) return;
    const stopping = cluster;
    cluster = null;
    stopping.then(stopCluster).catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
  }, 50);
}

async function startCluster(): Promise<Cluster> {
  const folder = await mkdtemp(join(tmpdir(), 'regimen-test-'));
  // Reachable for the account that runs Postgres when the tests run as root.
  await chmod(folder, 0o755);
  const running = await startPostgres({ dataFolder: folder });
  process.once('exit', () => abandon(folder));
  const templateUrl = running.url.replace(/\/[^/]*$/, '/template_regimen');
  const admin = connect(running.url, { max: 1, onnotice: () => {} });
  await admin.unsafe('create database template_regimen');
  await migrate(templateUrl);
  return { folder, running, admin, users: 0, made: 0 };
}

async function stopCluster({ folder, running, admin }: Cluster): Promise<void> {
  await admin.end({ timeout: 1 });
  await running.stop();
  await rm(folder, { recursive: true, force: true });
}

/** A test process that ends by an exception must not leave a Postgres behind either. */
function abandon(folder: string): void {
  try {
    const pid = Number(readFileSync(join(folder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
    if (pid > 1) process.kill(pid, 'SIGQUIT');
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  } catch {
    // Already stopped and removed, as it should be.
  }
}
