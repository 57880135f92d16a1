/**
 * What operators and machines do to a database while people talk: sessions that hold rows, limits that are reached,
 * a database that takes no writes, a power cut. While it lasts things wait; when it is over everything goes on by
 * itself, nothing is lost, and nothing arrives twice that a channel has confirmed.
 */
import { execFileSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../../runtime/control.ts';
import { drain } from '../../runtime/store/advance.ts';
import { createControl } from '../../runtime/store/control.ts';
import { sendForgotten } from '../../runtime/store/outbox.ts';
import { resumeRuns } from '../../runtime/store/pauses.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { startWorker } from '../../runtime/store/worker.ts';
import { agentOf, begin, monday, nothing } from '../runtime-store/story.ts';
import { type TestDatabase, withDatabase } from '../support/database.ts';
import { killServer } from './power.ts';

const people = 3;
/** People talk for this long before it begins and after it is over; and how long it lasts. */
const calmMs = 400;
const lastsMs = 1_500;
/** What did not go through is said again for this long. */
const patienceMs = 60_000;

type Hindrance = {
  name: string;
  /** Begins it, and gives what ends it. */
  begin(database: TestDatabase): Promise<() => Promise<void>>;
  /** Connections are lost, with what was in hand: what may have been sent is offered again, and marked as that. */
  cuts?: true;
  /** Jobs are gone: what had none left is looked for afterwards, as a worker does now and then. */
  empties?: true;
};

/** A session of an operator; closed by whoever opened it. */
async function session(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: 'psql' });
  client.on('error', () => {});
  await client.connect();
  return client;
}

/** A transaction that is left open. */
function holding(...statements: string[]): Hindrance['begin'] {
  return async ({ url }) => {
    const client = await session(url);
    await client.query('begin');
    for (const statement of statements) await client.query(statement);
    return () => client.end();
  };
}

/** A setting of the database, which every session has from now on. */
async function setForAll(url: string, name: string, value: string): Promise<void> {
  const client = await session(url);
  try {
    // The settings themselves may stand in the way of changing them.
    await client.query('set default_transaction_read_only = off; set statement_timeout = 0');
    const { rows } = await client.query('select current_database() as name');
    await client.query(`alter database ${rows[0].name} set ${name} = ${value}`);
    await client.query(cutOthers);
  } finally {
    await client.end();
  }
}
const cutOthers = `select pg_terminate_backend(pid) from pg_stat_activity
  where datname = current_database() and pid <> pg_backend_pid() and application_name <> 'psql'`;

const setting = (name: string, value: string): Hindrance['begin'] => {
  return async ({ url }) => {
    await setForAll(url, name, value);
    return () => setForAll(url, name, 'default');
  };
};

/** Statements of an operator, one after the other, again and again. */
function repeating(statements: readonly string[]): Hindrance['begin'] {
  return async ({ url }) => {
    const client = await session(url);
    let isOver = false;
    const going = (async () => {
      for (; !isOver; await sleep(30))
        for (const statement of statements) await client.query(statement).catch(passOver);
    })();
    return async () => {
      isOver = true;
      await going;
      await client.end();
    };
  };
}

/** Two who want the same lock: one of them is refused, here the operator. */
const deadlock = '40P01';
const passOver = (error: { code?: string }): void => {
  if (error.code !== deadlock) throw error;
};

const hindrances: Hindrance[] = [
  {
    name: 'an operator’s session holds the rows of everybody',
    begin: holding('select 1 from enrollments for update', 'select 1 from people for update'),
  },
  { name: 'an operator’s session locks the messages', begin: holding('lock table messages in access exclusive mode') },
  {
    name: 'an operator’s session locks the job queue',
    begin: holding('lock table graphile_worker._private_jobs in exclusive mode'),
  },
  {
    name: 'there is no connection left',
    begin: async ({ url }) => {
      const held: pg.Client[] = [];
      for (;;) {
        const client = new pg.Client({ connectionString: url });
        client.on('error', () => {});
        try {
          await client.connect();
          held.push(client);
        } catch {
          break;
        }
      }
      // Those that are given back meanwhile are taken, too, and those who have one lose it.
      const watcher = held.pop() as pg.Client;
      await watcher.query(`${cutOthers} and application_name like 'regimen%'`);
      return async () => {
        await Promise.all([watcher, ...held].map((client) => client.end()));
      };
    },
    cuts: true,
  },
  {
    name: 'statements that wait are cancelled, and somebody holds the rows',
    cuts: true,
    begin: async (database) => {
      const release = await holding('select 1 from enrollments for update')(database);
      const reset = await setting('statement_timeout', '200')(database);
      return async () => {
        await release();
        await reset();
      };
    },
  },
  {
    name: 'an administrator is impatient with transactions, and somebody holds the rows',
    cuts: true,
    begin: async (database) => {
      const release = await holding('select 1 from enrollments for update')(database);
      const impatient = ['lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout'];
      const reset: (() => Promise<void>)[] = [];
      for (const name of impatient) reset.push(await setting(name, '30')(database));
      return async () => {
        await release();
        for (const one of reset) await one();
      };
    },
  },
  {
    name: 'tables and indexes are written anew, and everything is read',
    begin: repeating([
      'vacuum (full, analyze) messages, enrollments, timeline, due, people',
      'vacuum full graphile_worker._private_jobs',
      'reindex (concurrently) table enrollments',
      'begin isolation level repeatable read; select count(*) from timeline, enrollments; commit',
    ]),
  },
  {
    name: 'the queue is emptied by hand',
    begin: repeating(['delete from graphile_worker._private_jobs', 'truncate graphile_worker._private_jobs']),
    empties: true,
  },
  {
    name: 'connections are cut one by one',
    cuts: true,
    begin: repeating([`${cutOthers} and application_name like 'regimen%' order by random() limit 1`]),
  },
  { name: 'the database takes no writes', cuts: true, begin: setting('default_transaction_read_only', 'on') },
  {
    name: 'every connection is cut again and again',
    cuts: true,
    begin: async ({ url }) => {
      const client = await session(url);
      let isOver = false;
      const cutting = (async () => {
        for (; !isOver; await sleep(60)) await client.query(cutOthers);
      })();
      return async () => {
        isOver = true;
        await cutting;
        await client.end();
      };
    },
  },
  {
    name: 'the power of the database goes',
    cuts: true,
    begin: async ({ url }) => {
      const client = await session(url);
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
      const parent = execFileSync('ps', ['-o', 'ppid=', '-p', String(rows[0]?.pid)], { encoding: 'utf8' });
      killServer(Number(parent));
      await client.end().catch(() => undefined);
      // It is started again by who watches over it.
      return async () => {};
    },
  },
];

const test = suite('hindrances');
for (const hindrance of hindrances)
  test(hindrance.name, () => withDatabase((database) => liveThrough(database, hindrance)));

async function liveThrough(database: TestDatabase, hindrance: Hindrance): Promise<void> {
  const store = await database.open({ startAt: monday });
  const told = await enrollAll(store);
  const taken: { id: string; attempt: number }[] = [];
  const agent = agentOf(({ run }) => ({ ...nothing, says: [`Answer to ${run}`] }));
  const worker = await startWorker(await database.open(), {
    agent,
    scripted: agent,
    skills: () => undefined,
    channels: [
      {
        name: 'vendor',
        send: async ({ id, attempt }) => {
          await sleep(20);
          taken.push({ id, attempt: attempt ?? 1 });
        },
      },
    ],
  });
  try {
    let isOver = false;
    const talking = Promise.all(told.map((one) => talk(store, one, () => isOver)));
    await sleep(calmMs);
    const end = await hindrance.begin(database);
    await sleep(lastsMs);
    await end();
    await sleep(calmMs);
    isOver = true;
    await talking;
    if (hindrance.empties === true) await findForgotten(store);
    await untilTaken(() => drain(store));
  } finally {
    await worker.stop();
  }
  for (const { enrollment, person, said } of told) {
    const { equal, differences, stored } = await rebuild(store, enrollment);
    assert.ok(equal, differences.join(' '));
    assert.is(stored.state.facts.run, null, 'no run is left in hand');
    const all = await createControl(store).conversation({ person, program: 'walking', after: 0, limit: 1000 });
    const heard = all.filter(({ direction }) => direction === 'in').map(({ text }) => text);
    assert.equal(heard, said, 'what was taken is there once, and in order');
    const answers = all.filter(({ direction }) => direction === 'out');
    assert.is(all.at(-1)?.direction, 'out', 'the last message was answered');
    for (const { id } of answers) {
      const offered = taken.filter((one) => one.id === id).map(({ attempt }) => attempt);
      assert.is(offered.filter((attempt) => attempt === 1).length <= 1, true, `${id} was twice offered as new`);
      assert.ok(offered.length >= 1, `${id} arrived`);
      if (hindrance.cuts !== true) assert.is(offered.length, 1, `${id} arrived ${offered.length} times`);
    }
  }
  assert.equal([...(await store.sql`select text from operator_items`)], [], 'nothing was given up');
  assert.is((await store.sql`select 1 from graphile_worker.jobs`).length, 0, 'no job is left behind');
}

async function findForgotten(store: Store): Promise<void> {
  await sendForgotten(store);
  await drain(store);
  await resumeRuns(store);
  await drain(store);
  await sendForgotten(store);
}

type Told = { person: string; enrollment: string; said: string[] };

async function enrollAll(store: Store): Promise<Told[]> {
  const told: Told[] = [];
  for (let index = 0; index < people; index++) {
    const { control, person, enrollment } = await begin(store, { email: `p${index}@acme.com`, at: 'walking' });
    await control.bindAccount({ channel: 'vendor', account: `V${index}`, person });
    told.push({ person, enrollment, said: [] });
  }
  return told;
}

async function talk(store: Store, { person, said }: Told, isOver: () => boolean): Promise<void> {
  const control = createControl(store);
  for (let turn = 0; !isOver(); turn++) {
    const text = `Word ${turn}`;
    const message = { person, program: 'walking', channel: 'vendor', id: `m${turn}`, text };
    await untilTaken(() => control.receive(message));
    said.push(text);
    await sleep(60);
  }
}

async function untilTaken<T>(work: () => Promise<T>): Promise<T> {
  for (const until = performance.now() + patienceMs; ; await sleep(50)) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Refusal || performance.now() > until) throw error;
    }
  }
}

/**
 * A job queue that was given up leaves timers of its library, which hold a process for minutes; `regimen worker` ends
 * its own.
 */
const afterwardsMs = 15_000;
test.after(() => {
  setTimeout(() => process.exit(), afterwardsMs).unref();
});

test.run();
