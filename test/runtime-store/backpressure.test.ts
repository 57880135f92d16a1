/** Many reviews that want the agent at once: few jobs, true due times, and everybody's turn comes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { State } from '../../runtime/state.ts';
import { runFinished } from '../../runtime/step.ts';
import { setClock } from '../../runtime/store/clock.ts';
import { commit } from '../../runtime/store/commit.ts';
import { runsInHandMax, sweepTurnBatches } from '../../runtime/store/limits.ts';
import type { Store } from '../../runtime/store/store.ts';
import { nextSweepAt, sweep } from '../../runtime/store/sweep.ts';
import { addCopies, copyId, makeDue } from '../support/crowd.ts';
import { withDatabase } from '../support/database.ts';
import { begin, hour, monday, nothing } from './story.ts';

const test = suite('backpressure');
const due = monday + 9 * hour;

/** So many people whose due review starts an agent run, each a second after the one before. */
async function crowd(store: Store, count: number): Promise<void> {
  await begin(store, { at: 'walking', id: copyId(0) });
  await addCopies(store, copyId(0), 1, count);
  await setClock(store, due + hour);
  await store.sql`update enrollments set sweep_at = null`;
  await makeDue(store, 1, count, due);
  await store.sql`
    update enrollments set sweep_at = sweep_at + right(id, 9)::integer * interval '1 second' where sweep_at is not null`;
}

const jobs = async (store: Store): Promise<number> => {
  const [row] = await store.sql<{ count: number }[]>`
    select count(*)::integer as count from graphile_worker.jobs where task_identifier = 'run'`;
  return row?.count ?? 0;
};

const inRun = (store: Store) =>
  store.sql<{ id: string; state: State }[]>`select id, state from enrollments where in_run order by id`;

async function finish(store: Store, count: number): Promise<void> {
  for (const { id, state } of (await inRun(store)).slice(0, count)) {
    await commit(store, { enrollment: id, input: runFinished(state.facts.run?.id ?? '', nothing) });
  }
}

test('so many runs are in hand and no more; who waits stays due and goes first when there is room', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const count = runsInHandMax + 450;
    await crowd(store, count);
    const first = await sweep(store);
    assert.is(first.succeeded, runsInHandMax);
    assert.is(first.waiting, 450);
    assert.is(await jobs(store), runsInHandMax);
    const ids = (await inRun(store)).map((row) => row.id);
    assert.equal(
      ids,
      Array.from({ length: runsInHandMax }, (_, index) => copyId(index + 1)),
      'the longest due',
    );
    const [waiting] = await store.sql<{ count: number; honest: number }[]>`
      select count(*)::integer as count,
        count(*) filter (where sweep_at = ${new Date(due)}::timestamptz + right(id, 9)::integer * interval '1 second')::integer as honest
      from enrollments where sweep_rank = 2`;
    assert.equal({ ...waiting }, { count: 450, honest: 450 }, 'their due times are untouched');
    assert.ok((await nextSweepAt(store)) <= due + hour, 'and they count as due');

    const idle = await sweep(store);
    assert.is(idle.due, 0, 'without room nobody is stepped for nothing');
    await finish(store, 30);
    const second = await sweep(store);
    assert.equal([second.succeeded, second.waiting], [30, 0]);
    const later = (await inRun(store)).map((row) => row.id).filter((id) => id > copyId(runsInHandMax));
    assert.equal(
      later,
      Array.from({ length: 30 }, (_, index) => copyId(runsInHandMax + index + 1)),
    );
  }));

test('people whose review needs no agent do not wait behind those who wait', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await crowd(store, runsInHandMax + 100);
    await sweep(store);
    await addCopies(store, copyId(0), 1_001, 1_005);
    await store.sql`
      update enrollments set state = jsonb_set(state::jsonb, '{facts,review,changed}', 'false')::json
      where id >= ${copyId(1_001)}`;
    await makeDue(store, 1_001, 1_005, due + hour);
    const report = await sweep(store);
    assert.equal([report.due, report.succeeded], [5, 5]);
  }));

test('programs in which all wait for room keep no turn of a sweep from another one', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const programs = Array.from({ length: sweepTurnBatches + 1 }, (_, index) => `walking-${index}`);
    await crowd(store, runsInHandMax + programs.length);
    await sweep(store);
    await store.sql`
      insert into programs (workspace_id, name, created_at)
      select workspace_id, x, created_at from programs, unnest(${programs}::text[]) x`;
    await store.sql`
      insert into program_versions (workspace_id, program, version, path, source, hash, ir, published_by, published_at)
      select workspace_id, x, version, path, source, hash, ir, published_by, published_at
      from program_versions, unnest(${programs}::text[]) x`;
    for (const [index, program] of programs.entries())
      await store.sql`
        update enrollments set program = ${program} where id = ${copyId(runsInHandMax + index + 1)}`;
    // The last program's person needs no agent, and is due later than all who wait.
    await store.sql`
      update enrollments set state = jsonb_set(state::jsonb, '{facts,review,changed}', 'false')::json, sweep_rank = 1,
        sweep_at = ${new Date(due + hour)}
      where program = ${programs.at(-1) as string}`;
    const report = await sweep(store, sweepTurnBatches);
    assert.equal([report.due, report.succeeded, report.more], [1, 1, false]);
    assert.ok((await nextSweepAt(store)) <= due + hour, 'who waits counts as due all the same');
  }));

test('what a person says while they wait is taken at once, and they are stepped once', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await crowd(store, runsInHandMax + 1);
    await sweep(store);
    const id = copyId(runsInHandMax + 1);
    await commit(store, { enrollment: id, input: { type: 'message', id: 'm1', text: 'goal', channel: 'web' } });
    const [row] = await store.sql<{ rank: number; due: boolean }[]>`
      select sweep_rank as rank, sweep_at <= ${new Date(due + hour)} as due from enrollments where id = ${id}`;
    assert.equal([row?.rank, row?.due], [1, false], 'the review was done with what they said');
  }));

test.run();
