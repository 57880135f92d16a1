/** The embedded Postgres: found again, adopted, locked, clear when it cannot, as root and as others. */
import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isAlive } from '../../runtime/postgres/folder-lock.ts';

const test = suite('embedded postgres');
const isRoot = process.getuid?.() === 0;
const script = fileURLToPath(new URL('./postgres-process.ts', import.meta.url));

type Told = { url: string; port: number; adopted: boolean; notes: string[]; problem?: string };
type Started = { child: ChildProcess; told: Told };

async function start(dataFolder: string, as?: { uid: number; gid: number }): Promise<Started> {
  const child = fork(script, [dataFolder], { ...as, cwd: '/' });
  const told = await new Promise<Told>((done, fail) =>
    child
      .once('message', (message) => done(message as Told))
      .once('exit', () => fail(new Error('It ended without a word.'))),
  );
  child.removeAllListeners('exit');
  return { child, told };
}

function gone(child: ChildProcess): Promise<unknown> {
  return child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((done) => child.once('exit', done));
}

async function stop({ child }: Started): Promise<number> {
  const began = performance.now();
  child.send('stop');
  await gone(child);
  return performance.now() - began;
}

async function kill({ child }: Started): Promise<void> {
  child.kill('SIGKILL');
  await gone(child);
}

async function ask<T>(url: string, query: string): Promise<T[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return (await sql.unsafe(query)) as unknown as T[];
  } finally {
    await sql.end();
  }
}

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'regimen-pg-'));
  await chmod(folder, 0o755);
  try {
    await work(folder);
  } finally {
    // An initdb whose parent was killed may still be writing.
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

test('a second start finds the data of the first; it stops within two seconds and leaves no process', () =>
  withFolder(async (folder) => {
    const first = await start(folder);
    await ask(first.told.url, 'create table kept as select 42 as answer');
    const [server] = await ask<{ text: string }>(first.told.url, "select pg_read_file('postmaster.pid') as text");
    const pid = Number(server?.text.split('\n')[0]);
    assert.ok(isAlive(pid));
    assert.ok((await stop(first)) < 2_000);
    assert.is(isAlive(pid), false);
    const second = await start(folder);
    assert.equal([...(await ask(second.told.url, 'select answer from kept'))], [{ answer: 42 }]);
    await stop(second);
  }));

test('it is ours alone: a random password in a closed file, loopback, no socket, safe on disk', () =>
  withFolder(async (folder) => {
    const one = await start(folder);
    const file = join(folder, 'postgres.password');
    assert.is((await stat(file)).mode & 0o777, 0o600);
    const password = (await readFile(file, 'utf8')).trim();
    assert.ok(password.length >= 32 && one.told.url.includes(password));
    assert.is(Number(await readFile(join(folder, 'postgres.port'), 'utf8')), one.told.port);
    const settings = await ask<{ name: string; setting: string }>(
      one.told.url,
      "select name, setting from pg_settings where name in ('listen_addresses', 'unix_socket_directories', 'fsync') order by name",
    );
    assert.equal(
      settings.map((row) => `${row.name}=${row.setting}`),
      ['fsync=on', 'listen_addresses=127.0.0.1', 'unix_socket_directories='],
    );
    try {
      await ask(one.told.url.replace(password, 'password'), 'select 1');
      assert.unreachable('a wrong password must not do');
    } catch (error) {
      assert.match(String(error), 'password authentication failed');
    }
    await stop(one);
  }));

test('after kill -9 the Postgres left behind is adopted, with its data, and stops in order', () =>
  withFolder(async (folder) => {
    const first = await start(folder);
    await ask(first.told.url, 'create table kept as select 42 as answer');
    await kill(first);
    const second = await start(folder);
    assert.is(second.told.problem, undefined);
    assert.equal([second.told.adopted, second.told.port], [true, first.told.port]);
    assert.equal([...(await ask(second.told.url, 'select answer from kept'))], [{ answer: 42 }]);
    await stop(second);
    try {
      await ask(second.told.url, 'select 1');
      assert.unreachable('it must be stopped');
    } catch (error) {
      assert.match(String(error), 'ECONNREFUSED');
    }
  }));

test('after Postgres was killed too, it recovers', () =>
  withFolder(async (folder) => {
    const first = await start(folder);
    await ask(first.told.url, 'create table kept as select 42 as answer');
    const [row] = await ask<{ text: string }>(first.told.url, "select pg_read_file('postmaster.pid') as text");
    await kill(first);
    process.kill(Number(row?.text.split('\n')[0]), 'SIGKILL');
    const second = await start(folder);
    assert.is(second.told.problem, undefined);
    assert.equal([...(await ask(second.told.url, 'select answer from kept'))], [{ answer: 42 }]);
    await stop(second);
  }));

test('a second Regimen on the same folder says so and disturbs nothing', () =>
  withFolder(async (folder) => {
    const first = await start(folder);
    const second = await start(folder);
    assert.match(
      second.told.problem ?? '',
      `already running with the data folder ${folder} (process ${first.child.pid})`,
    );
    assert.equal([...(await ask(first.told.url, 'select 1 as one'))], [{ one: 1 }]);
    await stop(first);
    const third = await start(folder);
    assert.is(third.told.problem, undefined);
    await stop(third);
  }));

test('a start that was interrupted while the database was made begins again', () =>
  withFolder(async (folder) => {
    const child = fork(script, [folder], { cwd: '/' });
    const begun = async () =>
      (await readdir(join(folder, 'postgres')).catch(() => [])).some((name) => name.includes('unfinished'));
    while (!(await begun())) await new Promise((done) => setTimeout(done, 5));
    child.kill('SIGKILL');
    await gone(child);
    const second = await start(folder);
    assert.is(second.told.problem, undefined);
    await stop(second);
  }));

test('a folder that cannot be used: a sentence with the reason', () =>
  withFolder(async (folder) => {
    await writeFile(join(folder, 'file'), '');
    const cases = [
      [join(folder, 'file'), 'a file is in the way'],
      [join(folder, 'file', 'inside'), 'a file is in the way'],
      ['/proc/regimen', /the system makes no folders there|permission is denied/],
    ] as const;
    for (const [path, expected] of cases) {
      const { told } = await start(path);
      assert.match(told.problem ?? '', `Cannot write to the data folder ${path}`);
      assert.match(told.problem ?? '', expected);
    }
  }));

test('a lost password file is told, not replaced', () =>
  withFolder(async (folder) => {
    await stop(await start(folder));
    await rm(join(folder, 'postgres.password'));
    assert.match((await start(folder)).told.problem ?? '', /password .* is missing/);
  }));

if (isRoot) {
  test('root: a closed data folder is told, and the database is found again where it was put', async () => {
    const closed = await mkdtemp(join(tmpdir(), 'regimen-closed-'));
    await chmod(closed, 0o700);
    const folder = join(closed, 'data');
    const first = await start(folder);
    const place = first.told.notes
      .find((note) => note.includes('cannot reach'))
      ?.match(/the database is in (\S+)\.$/)?.[1];
    assert.ok(place, first.told.notes.join('\n'));
    try {
      await ask(first.told.url, 'create table kept as select 42 as answer');
      await stop(first);
      const second = await start(folder);
      assert.equal([...(await ask(second.told.url, 'select answer from kept'))], [{ answer: 42 }]);
      await stop(second);
    } finally {
      await rm(place ?? '', { recursive: true, force: true });
      await rm(closed, { recursive: true, force: true });
    }
  });

  test('an ordinary user: works, and a folder of somebody else is told', () =>
    withFolder(async (folder) => {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'])));
      const as = { uid: uid as number, gid: gid as number };
      const theirs = join(folder, 'theirs');
      await mkdir(theirs);
      await chown(theirs, as.uid, as.gid);
      const one = await start(theirs, as);
      assert.is(one.told.problem, undefined);
      await stop(one);
      const { told } = await start(join(folder, 'not-theirs'), as);
      assert.match(told.problem ?? '', 'permission is denied');
    }));
}

test.run();
