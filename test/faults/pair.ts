/**
 * A primary and its standby, which confirms every commit: two Postgres processes on loopback, made with what is
 * embedded. Nobody starts them again when they end, as `startPostgres` would.
 *
 * There is no `pg_basebackup` among the binaries, so the standby is copied as a backup of files is taken by hand.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { appendFile, open, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type postgres from 'postgres';
import { findPlace, type Place } from '../../runtime/postgres/account.ts';
import { startPostgres } from '../../runtime/postgres/embedded.ts';
import connect from '../../runtime/store/driver.ts';
import { killServer } from './power.ts';

const readyLimitMs = 20_000;

type Running = { url: string; child: ChildProcess; cluster: string };

export type Pair = {
  /** The address of the primary, and of the standby that is to take its place. */
  primary: string;
  standby: string;
  /** Kills the primary and everything that belongs to it at once, as a power cut does. */
  cutPower(): Promise<void>;
  /** Makes the standby the primary. Resolves once it takes writes. */
  promote(): Promise<void>;
  stop(): Promise<void>;
};

/** `dataFolder`: a folder that is not there yet; its maker removes it. */
export async function openPair(dataFolder: string): Promise<Pair> {
  const made = await startPostgres({ dataFolder });
  await made.stop();
  const place = await findPlace(dataFolder);
  const open: Running[] = [];
  const begin = async (cluster: string, port: number): Promise<Running> => {
    const url = new URL(made.url);
    url.port = String(port);
    const running = { url: url.href, child: await launch(place, cluster, port), cluster };
    open.push(running);
    await ask(running.url, (sql) => sql`select 1`);
    return running;
  };
  const stop = async () => {
    for (const { child } of open) killServer(child.pid);
    for (const { child } of open) await ended(child);
  };
  try {
    const primary = await begin(join(place.home, 'cluster'), await freePort());
    const copy = join(place.home, 'standby');
    await copyCluster(place, primary, copy);
    const standby = await begin(copy, await freePort());
    await ask(primary.url, async (sql) => {
      await sql`alter system set synchronous_standby_names = 'standby'`;
      await sql`select pg_reload_conf()`;
    });
    await until('confirms what is written', primary.url, async (sql) => {
      const rows = await sql`select 1 from pg_stat_replication where sync_state = 'sync'`;
      return rows.length > 0;
    });
    return {
      primary: primary.url,
      standby: standby.url,
      cutPower: async () => {
        killServer(primary.child.pid);
        await ended(primary.child);
      },
      promote: async () => {
        await ask(standby.url, (sql) => sql`select pg_promote()`);
        await until('takes writes', standby.url, async (sql) => {
          const [row] = await sql<{ standby: boolean }[]>`select pg_is_in_recovery() as standby`;
          return row?.standby === false;
        });
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function copyCluster(place: Place, { url, cluster }: Running, copy: string): Promise<void> {
  await ask(url, async (pool) => {
    // A backup begins and ends in one session.
    const sql = await pool.reserve();
    await sql`select pg_backup_start('standby', true)`;
    as(place, 'cp', ['-a', cluster, copy]);
    const [backup] = await sql<{ labelfile: string }[]>`select labelfile from pg_backup_stop(false)`;
    sql.release();
    as(place, 'rm', ['-f', join(copy, 'postmaster.pid'), join(copy, 'postmaster.opts')]);
    await writeFile(join(copy, 'backup_label'), backup?.labelfile ?? '');
    await writeFile(join(copy, 'standby.signal'), '');
  });
  const { username, password, port } = new URL(url);
  await appendFile(
    join(copy, 'postgresql.auto.conf'),
    `primary_conninfo = 'host=127.0.0.1 port=${port} user=${username} password=${password} application_name=standby'\n`,
  );
  for (const name of ['backup_label', 'standby.signal']) own(place, join(copy, name));
}

/** Runs a command as the account that owns the database. */
function as({ account }: Place, command: string, args: string[]): void {
  execFileSync(command, args, account === null ? {} : { uid: account.uid, gid: account.gid });
}

function own({ account }: Place, file: string): void {
  if (account !== null) execFileSync('chown', [`${account.uid}:${account.gid}`, file]);
}

async function launch(place: Place, cluster: string, port: number): Promise<ChildProcess> {
  const log = await open(`${cluster}.log`, 'w', 0o600);
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'timezone=UTC'];
  try {
    return spawn(place.binaries.postgres, ['-D', cluster, ...settings.flatMap((one) => ['-c', one])], {
      cwd: place.home,
      env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
      ...(place.account === null ? {} : { uid: place.account.uid, gid: place.account.gid }),
      stdio: ['ignore', log.fd, log.fd],
    });
  } finally {
    await log.close();
  }
}

/** Asks one database something; tries again while it is starting. */
async function ask<T>(url: string, work: (sql: postgres.Sql) => Promise<T> | PromiseLike<T>): Promise<T> {
  for (const limit = Date.now() + readyLimitMs; ; await sleep(50)) {
    const sql = connect(url, { max: 1, onnotice: () => {} });
    try {
      await sql`select 1`;
    } catch (error) {
      await sql.end({ timeout: 0 });
      if (Date.now() > limit) throw error;
      continue;
    }
    try {
      return await work(sql);
    } finally {
      await sql.end({ timeout: 0 });
    }
  }
}

async function until(what: string, url: string, look: (sql: postgres.Sql) => Promise<boolean>): Promise<void> {
  for (const limit = Date.now() + readyLimitMs; Date.now() < limit; await sleep(50)) if (await ask(url, look)) return;
  throw new Error(`The standby never ${what}.`);
}

async function ended(child: ChildProcess): Promise<void> {
  while (child.exitCode === null && child.signalCode === null) await sleep(10);
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => done(port));
    });
  });
}
