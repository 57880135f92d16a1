/**
 * A worker that stands still without ending (a stopped process, a machine that swaps, an event loop that is kept busy)
 * in the middle of a sweep and of a delivery: others do its work, nobody waits for what it has locked, and when it goes
 * on nothing is done twice.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drain } from '../../runtime/store/advance.ts';
import { setClock } from '../../runtime/store/clock.ts';
import connect from '../../runtime/store/driver.ts';
import { lifeSilentMaxMs, tidyIntervalMs, transactionSilentMaxMs } from '../../runtime/store/limits.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { begin, day, monday } from '../runtime-store/story.ts';
import { withDatabase } from '../support/database.ts';
import { startVendor } from './vendor.ts';

/** For what is to come of a limit, on a busy machine. */
const patienceMs = 15_000;

const test = suite('frozen');

async function startWorker(databaseUrl: string, vendorUrl: string): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('./storm-worker.ts', import.meta.url));
  const child = fork(file, [databaseUrl, vendorUrl, '0'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await new Promise((done, fail) =>
    child.once('message', done).once('exit', (code) => fail(new Error(`The worker ended with ${code}.`))),
  );
  child.removeAllListeners('exit');
  return child;
}

async function until(what: string, limitMs: number, isSo: () => Promise<boolean> | boolean): Promise<void> {
  for (const limit = performance.now() + limitMs; performance.now() < limit; await sleep(50)) if (await isSo()) return;
  assert.unreachable(`${what}: not within ${limitMs / 1000} seconds`);
}

/** The statements of workers that wait for a lock. */
const waits = async ({ queue }: Store): Promise<boolean> => {
  const rows = await queue`
    select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and application_name like 'regimen%'`;
  return rows.length > 0;
};

test('a worker that is stopped amid a sweep and a delivery, and goes on after everybody has waited for it', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const vendor = await startVendor();
    const workers: ChildProcess[] = [];
    try {
      const people: Awaited<ReturnType<typeof begin>>[] = [];
      for (const name of ['ada', 'bob']) {
        const one = await begin(store, { email: `${name}@acme.com`, at: 'walking' });
        await one.control.bindAccount({ channel: 'vendor', account: name, person: one.person });
        people.push(one);
      }
      const [ada, bob] = people;
      if (ada === undefined || bob === undefined) throw new Error('Nobody is there.');
      const { control } = ada;
      const say = ({ person }: typeof ada, id: string) =>
        control.receive({ person, program: 'walking', channel: 'vendor', id, text: 'goal' });
      const heard = async (account: string) => vendor.taken.filter((one) => one.account === account).length;

      const frozen = await startWorker(database.url, vendor.url);
      workers.push(frozen);
      vendor.hold();
      await say(bob, 'b1');
      await until('a delivery is in hand', patienceMs, async () => (await heard('bob')) === 1);
      const console = connect(database.url, { max: 1 });
      await console.begin(async (tx) => {
        await tx`select from due for update`;
        await setClock(store, monday + day);
        await until('a sweep is in hand', patienceMs, () => waits(store));
        frozen.kill('SIGSTOP');
      });
      await console.end();
      vendor.answer();
      workers.push(await startWorker(database.url, vendor.url));

      const began = performance.now();
      await Promise.all([say(ada, 'a1'), say(bob, 'b2')]);
      assert.ok(performance.now() - began < transactionSilentMaxMs + patienceMs, 'what people say is taken');
      await until('others do its work', lifeSilentMaxMs + tidyIntervalMs + patienceMs, async () => {
        const reviewed = await store.sql`select from enrollments where last_reviewed_at is not null`;
        return reviewed.length === 2 && (await heard('ada')) === 1 && (await heard('bob')) >= 2;
      });
      await drain(store);

      // It goes on, and has everything to do alone.
      workers[1]?.kill('SIGKILL');
      frozen.kill('SIGCONT');
      await Promise.all([say(ada, 'a2'), say(bob, 'b3')]);
      await until('it goes on', patienceMs, async () => (await heard('ada')) === 2 && (await heard('bob')) === 4);
      await drain(store);
      for (const { enrollment } of people) {
        const { differences, stored } = await rebuild(store, enrollment);
        assert.equal(differences, []);
        assert.is(stored.state.facts.run, null);
        assert.is(stored.rows.filter(({ kind }) => kind === 'run-started').length, 1, 'one review');
      }
      const offers = new Map<string, boolean[]>();
      for (const { id, first } of vendor.taken) offers.set(id, [...(offers.get(id) ?? []), first]);
      const twice = [...offers.values()].filter(({ length }) => length > 1);
      assert.equal(twice, [[true, false]], 'what was in hand when it stopped is offered again, and as a repeat');
      assert.is(offers.size, 5);
      assert.is((await store.sql`select from messages where status not in ('sent', 'received')`).length, 0);
      assert.equal([...(await store.sql`select text from operator_items`)], []);
    } finally {
      for (const worker of workers) {
        worker.kill('SIGCONT');
        worker.kill('SIGKILL');
      }
      await vendor.stop();
    }
  }));

test.run();
