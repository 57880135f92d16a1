/** Sweeps as jobs: every workspace has its turn, dispatch may be repeated, pauses hold, a crash loses nothing. */
import { Logger, runOnce } from 'graphile-worker';
import pg from 'pg';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claim, ranks } from '../../runtime/store/claim.ts';
import { fromBeginning, keepClaimedUpTo } from '../../runtime/store/claimed-up-to.ts';
import { clockNow, setClock } from '../../runtime/store/clock.ts';
import { dispatch, sweepTurn } from '../../runtime/store/dispatch.ts';
import type { SweepJob } from '../../runtime/store/jobs.ts';
import { sweepBatchMax, sweepsPerWorkspaceMax, sweepTurnBatches } from '../../runtime/store/limits.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { sweep } from '../../runtime/store/sweep.ts';
import { tidy } from '../../runtime/store/worker.ts';
import { addCopies, copyId, makeDue } from '../support/crowd.ts';
import { type TestDatabase, withDatabase } from '../support/database.ts';
import { begin, day, hour, monday, withWorker } from './story.ts';

const test = suite('sweep jobs');

/** So many people whose review is due; the first of them is a real one and is left alone. */
async function crowd(store: Store, count: number): Promise<void> {
  await begin(store, { at: 'walking', id: copyId(0) });
  await addCopies(store, copyId(0), 1, count);
  await store.sql`
    update enrollments set state = jsonb_set(state::jsonb, '{facts,review,changed}', 'false')::json, sweep_at = null
    where workspace_id = ${store.workspace}`;
  await setClock(store, monday + 10 * hour);
  await makeDue(store, 1, count, monday + 9 * hour);
}

/** Another workspace of the same database. */
async function workspace(database: TestDatabase, name: string): Promise<Store> {
  const home = await database.open({ startAt: monday });
  await home.sql`insert into workspaces (id, name) values (${name}, ${name}) on conflict do nothing`;
  return database.open({ startAt: monday, workspace: name });
}

/** Does the waiting sweep jobs one at a time, in the queue's order; gives the workspaces in that order. */
async function doJobs(store: Store, { until = Number.POSITIVE_INFINITY } = {}): Promise<string[]> {
  const pool = new pg.Pool({ connectionString: store.databaseUrl, max: 3 });
  pool.on('error', () => {});
  const turns: string[] = [];
  for (let jobs = 0; jobs < until; ) {
    const before = turns.length;
    await runOnce({
      pgPool: pool,
      concurrency: 1,
      noHandleSignals: true,
      logger: new Logger(() => () => {}),
      taskList: {
        sweep: async (payload) => {
          const job = payload as SweepJob;
          turns.push(job.workspace);
          await sweepTurn(store.of(job.workspace), job);
        },
      },
    });
    jobs = turns.length;
    if (turns.length === before) break;
  }
  await pool.end();
  return turns;
}

const waitingJobs = (store: Store) =>
  store.sql<{ key: string }[]>`select key from graphile_worker.jobs where task_identifier = 'sweep' order by key`;

const reviewedIn = async (store: Store): Promise<number> => {
  const [row] = await store.sql<{ count: number }[]>`
    select count(*)::integer as count from timeline where workspace_id = ${store.workspace} and kind = 'reviewed'`;
  return row?.count ?? 0;
};

test('a workspace with thousands due does not keep one with ten waiting', () =>
  withDatabase(async (database) => {
    const large = await workspace(database, 'a-large');
    const small = await workspace(database, 'b-small');
    const many = sweepBatchMax * sweepTurnBatches * 3;
    await crowd(large, many);
    await crowd(small, 10);
    assert.is(await dispatch(large), 2);
    const turns = await doJobs(large);
    assert.ok(turns.indexOf('b-small') <= 1, `the small one has its turn among the first two: ${turns}`);
    assert.ok(turns.filter((one) => one === 'a-large').length >= 3, 'the large one has a turn again and again');
    assert.is(await reviewedIn(small), 10);
    assert.is(await reviewedIn(large), many, 'and in the end everybody in the large one has been reviewed');
  }));

test('dispatch twice is once, and a workspace has so many sweeps in hand and no more', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await crowd(store, sweepBatchMax * sweepTurnBatches + 1);
    assert.is(await dispatch(store), 1);
    assert.is(await dispatch(store), 0);
    assert.is((await waitingJobs(store)).length, 1);
    await sweepTurn(store, { workspace: store.workspace, slot: 0 });
    assert.is((await waitingJobs(store)).length, sweepsPerWorkspaceMax, 'more is due: further sweeps are opened');
    await Promise.all([dispatch(store), dispatch(store)]);
    assert.is((await waitingJobs(store)).length, sweepsPerWorkspaceMax);
    await doJobs(store);
    assert.equal([(await waitingJobs(store)).length, await dispatch(store)], [0, 0], 'nobody is due any more');
  }));

test('who is due before those just claimed is swept all the same', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const many = sweepBatchMax + 10;
    await crowd(store, many);
    const now = await clockNow(store);
    const part = { program: 'walking', rank: ranks.neverReviewed };
    keepClaimedUpTo(store, part, new Date(now + hour).toISOString());
    const { succeeded, more } = await sweep(store);
    assert.equal([succeeded, more], [many, false]);
    keepClaimedUpTo(store, part, new Date(now + hour).toISOString());
    await makeDue(store, 1, 3, now - hour);
    await store.sql`update enrollments set sweep_rank = ${part.rank} where sweep_at = ${new Date(now - hour)}`;
    assert.is((await sweep(store)).due, 3);
  }));

test('a sweep that a dead worker had begun does not stand in the way', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await crowd(store, 3);
    await dispatch(store);
    await store.sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'dead', attempts = 1`;
    assert.is(await dispatch(store), 0, 'it may still be at work');
    await tidy(store);
    await doJobs(store);
    assert.is(await reviewedIn(store), 3);
  }));

test('what was claimed by somebody who died is due again, and done once', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await crowd(store, 40);
    const now = await clockNow(store);
    const crash = new Error('killed');
    await store.sql
      .begin(async (tx) => {
        const wanted = { program: 'walking', rank: ranks.neverReviewed, from: fromBeginning, now, limit: 40 };
        const { claimed } = await claim(store, tx, wanted);
        assert.is(claimed.length, 40);
        assert.is((await sweep(store)).due, 0, 'nobody else takes them meanwhile');
        throw crash;
      })
      .catch((error) => assert.is(error, crash));
    assert.is((await sweep(store)).succeeded, 40);
    assert.is((await sweep(store)).due, 0);
    assert.is(await reviewedIn(store), 40);
  }));

for (const [what, table, key] of [
  ['program', 'programs', 'name'],
  ['workspace', 'workspaces', 'id'],
] as const) {
  test(`in a paused ${what} nobody is looked at, and afterwards everybody`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: monday });
      await crowd(store, 5);
      const name = what === 'program' ? 'walking' : 'default';
      const pause = (at: Date | null) =>
        store.sql`update ${store.sql(table)} set paused_at = ${at} where ${store.sql(key)} = ${name}`;
      await pause(new Date(monday));
      assert.is(await dispatch(store), 0);
      assert.is((await sweep(store)).due, 0);
      const now = await clockNow(store);
      const wanted = { program: 'walking', rank: ranks.neverReviewed, from: fromBeginning, now, limit: 5 };
      const late = await store.sql.begin((tx) => claim(store, tx, wanted));
      assert.is(late.claimed.length, 0, 'nor by a sweep that had begun before the pause');
      await pause(null);
      assert.is(await dispatch(store), 1);
      assert.is((await sweep(store)).succeeded, 5);
    }));
}

test('a run that comes up in a pause is done after it', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    const inRun = async () => (await control.enrollment(enrollment)).facts.run !== null;
    await withWorker(store, {}, async () => {
      await store.sql`update programs set paused_at = ${new Date(monday)}`;
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello there' });
      for (let looks = 0; looks < 500; looks++) {
        const [row] = await store.sql`select count(*)::integer as open from graphile_worker.jobs`;
        if (row?.open === 0) break;
      }
      assert.is(await inRun(), true, 'it is kept');
      await store.sql`update enrollments set run_waits_until = ${new Date(monday + hour)}`;
      await tidy(store);
      const [row] = await store.sql`select count(*)::integer as open from graphile_worker.jobs`;
      assert.is(row?.open, 0, 'nothing is tried meanwhile');
      await store.sql`update programs set paused_at = null`;
      // What an earlier run of the person waited for does not hold up an answer.
      await tidy(store);
      for (let looks = 0; looks < 2_000 && (await inRun()); looks++);
      assert.is(await inRun(), false);
    });
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

test('the worker sweeps by itself', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await crowd(store, 12);
    await withWorker(store, {}, async () => {
      for (let looks = 0; looks < 5_000 && (await reviewedIn(store)) < 12; looks++);
    });
    assert.is(await reviewedIn(store), 12);
    await setClock(store, monday + day);
    assert.is(await dispatch(store), 0, 'the next review is a day later');
  }));

test.run();
