/**
 * Data folders that were moved, that change hands between root and a user, whose database lies
 * elsewhere, and starts that are called off: nothing is lost, and nothing stays behind.
 */
import { execFileSync, fork } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { removeData, startPostgres } from '../../runtime/postgres/embedded.ts';
import postgres from '../../runtime/store/driver.ts';
import { processesOf } from '../support/dev.ts';

const test = suite('folders');
const isRoot = process.getuid?.() === 0;
const script = join(import.meta.dirname, '../runtime-store/postgres-process.ts');

async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'regimen-folders-'));
  await chmod(folder, 0o755);
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Starts as somebody, runs one query, stops. */
async function ask(
  dataFolder: string,
  query: string,
  as: { uid: number; gid: number } | object = {},
): Promise<unknown[]> {
  const child = fork(script, [dataFolder], { ...as, cwd: '/' });
  const told = await new Promise<{ url: string; problem?: string }>((done) =>
    child.once('message', (message) => done(message as { url: string; problem?: string })),
  );
  const ended = new Promise((done) => child.once('exit', done));
  try {
    if (told.problem !== undefined) throw new Error(told.problem);
    const sql = postgres(told.url, { max: 1, onnotice: () => {} });
    const rows = await sql.unsafe(query);
    await sql.end();
    return [...rows];
  } finally {
    if (child.connected && told.problem === undefined) child.send('stop');
    await ended;
  }
}

test('a data folder that was moved is found whole', () =>
  withFolder(async (folder) => {
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    await ask(here, 'create table kept as select 42 as answer');
    await rename(here, there);
    assert.equal(await ask(there, 'select answer from kept'), [{ answer: 42 }]);
  }));

test('a start that is called off while the database is made leaves no process, and the next one works', () =>
  withFolder(async (folder) => {
    for (const afterMs of [0, 150, 400]) {
      const reason = new Error('called off');
      const aborter = new AbortController();
      const timer = setTimeout(() => aborter.abort(reason), afterMs);
      const began = Date.now();
      const started = await startPostgres({ dataFolder: folder, signal: aborter.signal }).catch((error) => error);
      clearTimeout(timer);
      // A fast machine may be done before: then it is simply stopped.
      if (started !== reason) await started.stop();
      assert.ok(Date.now() - began < afterMs + 2_000 || started !== reason, `${Date.now() - began} ms`);
      assert.equal(processesOf(folder), []);
    }
    assert.equal(await ask(folder, 'select 1 as one'), [{ one: 1 }]);
  }));

if (isRoot) {
  test('a database that a user made stays theirs when root starts it', () =>
    withFolder(async (folder) => {
      const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, 'nobody'])));
      const data = join(folder, 'data');
      await mkdir(data);
      await chown(data, uid, gid);
      await ask(data, 'create table kept as select 42 as answer', { uid, gid });
      assert.equal(await ask(data, 'select answer from kept'), [{ answer: 42 }]);
      assert.equal(await ask(data, 'select answer from kept', { uid, gid }), [{ answer: 42 }]);
    }));

  test('a database that lies elsewhere, because its folder is closed, goes with its folder', async () => {
    const databases = '/var/lib/regimen/databases';
    const list = () => (existsSync(databases) ? readdirSync(databases) : []);
    const closed = await mkdtemp(join(tmpdir(), 'regimen-closed-'));
    const data = join(closed, 'data');
    try {
      const before = list();
      await ask(data, 'select 1');
      const made = list().filter((name) => !before.includes(name) && name.startsWith('regimen-closed-'));
      assert.ok(made.length >= 1);
      await removeData(data);
      assert.not.ok(list().some((name) => made.includes(name) && name.startsWith(closed.split('/').at(-1) ?? '?')));
      assert.not.ok(existsSync(data));
    } finally {
      await removeData(data);
      await rm(closed, { recursive: true, force: true });
    }
  });
}

test.run();
