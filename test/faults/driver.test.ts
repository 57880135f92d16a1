/** Connections that the database cuts: each query on them fails where it can be caught, and the pool goes on. */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mend } from '../../runtime/store/driver.ts';
import { openStore } from '../../runtime/store/store.ts';
import { withDatabase } from '../support/database.ts';
import { openBadLine } from './bad-line.ts';

/** A pool that has lost every connection works again after this. */
const goesOnMs = 3_000;
/**
 * Who asks a database that is away is told within this; each connection rests for up to two seconds between two tries.
 */
const toldMs = 8_000;

const test = suite('driver');

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    return String((error as { code?: unknown }).code);
  }
  return 'none';
}

test('a transaction whose connection is cut between two queries is told, and the process lives', () =>
  withDatabase(async (database) => {
    const store = await database.open();
    let later = '';
    const transaction = store.sql.begin(async (tx) => {
      const [own] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await store.sql`select pg_terminate_backend(${own?.pid ?? 0})`;
      // Long enough for the connection to be gone: the next query finds no socket.
      await sleep(100);
      later = await codeOf(tx`select 1`);
      throw new Error('cut');
    });
    assert.is.not(await codeOf(transaction), 'none');
    for (let turn = 0; later === '' && turn < 50; turn++) await sleep(20);
    assert.is(later, 'CONNECTION_CLOSED');
    assert.equal([...(await store.sql`select 1 as one`)], [{ one: 1 }]);
  }));

test('when every connection is cut at once, under load, every query ends and the pool works again', () =>
  withDatabase(async (database) => {
    const store = await database.open();
    for (let round = 0; round < 5; round++) {
      const asked = Array.from({ length: 60 }, async (_, index) => {
        await sleep(index);
        return codeOf(store.sql.begin((tx) => tx`select 1`.then(() => tx`select 2`)));
      });
      await sleep(15);
      await store.sql`select pg_terminate_backend(pid) from pg_stat_activity
        where pid <> pg_backend_pid() and datname = current_database()`.catch(() => undefined);
      const codes = await Promise.all(asked);
      assert.ok(codes.includes('none'), codes.join(' '));
      // The news of the cut may still be on its way to some of them; after that, all work.
      let after: string[] = [];
      for (const limit = Date.now() + goesOnMs; Date.now() < limit; await sleep(20)) {
        after = await Promise.all(Array.from({ length: 20 }, () => codeOf(store.sql`select 1 as one`)));
        if (after.every((code) => code === 'none')) break;
      }
      assert.ok(
        after.every((code) => code === 'none'),
        after.join(' '),
      );
    }
  }));

test('a proxy that has no database behind it: every query is told, and the pool works once it has', () =>
  withDatabase(async (database) => {
    const line = await openBadLine(database.url);
    const store = await openStore({ databaseUrl: line.url, clock: 'virtual' });
    try {
      for (let round = 0; round < 3; round++) {
        line.down(true);
        const began = performance.now();
        const codes = await Promise.all([
          ...Array.from({ length: 10 }, () => codeOf(store.sql`select 1`)),
          ...Array.from({ length: 10 }, () => codeOf(store.sql.begin((tx) => tx`select 1`))),
        ]);
        assert.not.ok(codes.includes('none'), codes.join(' '));
        assert.ok(performance.now() - began < toldMs, `told after ${performance.now() - began} ms`);
        line.down(false);
        for (const limit = Date.now() + goesOnMs; Date.now() < limit; await sleep(20))
          if ((await codeOf(store.sql`select 1`)) === 'none') break;
        assert.is(await codeOf(store.sql`select 1`), 'none');
      }
    } finally {
      await store.close();
      await line.stop();
    }
  }));

test('another text than the known one is not mended in silence', () => {
  assert.throws(
    () => mend('connection.js', 'function nextWrite() {}'),
    /not the version that runtime\/store\/driver\.ts mends/,
  );
});

test.run();
