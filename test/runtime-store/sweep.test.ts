/** The sweep: everybody due once, whoever fails alone, and never a hot loop. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { setClock } from '../../runtime/store/clock.ts';
import { createControl } from '../../runtime/store/control.ts';
import { failedLoggedMax, failedToldMax, failuresMax } from '../../runtime/store/limits.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { nextSweepAt, sweep } from '../../runtime/store/sweep.ts';
import { addCopies, copyId, makeDue } from '../support/crowd.ts';
import { withDatabase } from '../support/database.ts';
import { begin, hour, monday } from './story.ts';

const test = suite('sweep');

async function enrollMany(store: Store, count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let number = 0; number < count; number++) {
    const { enrollment } = await begin(store, { email: `p${number}@acme.com`, at: 'walking', id: `e${number}` });
    ids.push(enrollment);
  }
  return ids;
}

const reviewed = (store: Store) => store.sql<{ enrollment: string; count: number }[]>`
  select enrollment_id as enrollment, count(*)::integer as count from timeline where kind = 'reviewed'
  group by 1 order by 1`;

test('two sweeps at once step everybody exactly once', () =>
  withDatabase(async (database) => {
    const [one, two] = [await database.open({ startAt: monday }), await database.open()];
    const ids = await enrollMany(one, 130);
    await setClock(one, monday + 9 * hour);
    const [first, second] = await Promise.all([sweep(one), sweep(two)]);
    assert.is(first.due + second.due, ids.length);
    assert.is(first.succeeded + second.succeeded, ids.length);
    const counts = await reviewed(one);
    assert.is(counts.length, ids.length);
    assert.ok(counts.every((row) => row.count === 1));
    assert.is((await sweep(one)).due, 0, 'nothing is left');
    const [kept] = await one.sql<{ due: number; records: number }[]>`
      select sum(due)::integer as due, count(*)::integer as records from sweeps`;
    assert.is(kept?.due, ids.length);
    assert.ok((kept?.records ?? 0) <= 2, 'an empty sweep leaves no record');
  }));

test('one poisoned enrollment stops alone: it backs off, then waits for an operator', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const [poisoned, ...others] = await enrollMany(store, 5);
    await store.sql`
      update enrollments set state = jsonb_set(state::jsonb, '{stage}', '"nowhere"')::json, stage = 'nowhere'
      where id = ${poisoned as string}`;
    await setClock(store, monday + 9 * hour);
    const report = await sweep(store);
    assert.is(report.succeeded, others.length);
    assert.equal(
      report.failed.map((one) => one.enrollment),
      [poisoned],
    );
    assert.match(report.failed[0]?.problem ?? '', 'nowhere');
    assert.is((await sweep(store)).due, 0, 'it is not tried again at once');

    let tries = 1;
    const pauses: number[] = [];
    let last = monday + 9 * hour;
    while (tries < failuresMax) {
      const next = await nextSweepAt(store);
      pauses.push(next - last);
      last = next;
      await setClock(store, next);
      assert.is((await sweep(store)).failed.length, 1);
      tries += 1;
    }
    assert.ok(
      pauses.every((pause, index) => index === 0 || pause >= 2 * (pauses[index - 1] ?? 0)),
      `pauses grow: ${pauses}`,
    );
    const [stuck] = await store.sql<
      { sweep_at: Date | null }[]
    >`select sweep_at from enrollments where id = ${poisoned as string}`;
    assert.is(stuck?.sweep_at, null);
    const items = (await createControl(store).openItems()).filter((item) => item.kind === 'failure');
    assert.equal(
      items.map((item) => item.enrollment),
      [poisoned],
    );
  }));

test('one that cannot be written fails alone, and its batch is written', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const [bad, ...good] = await enrollMany(store, 4);
    await store.sql`
      insert into timeline select workspace_id, enrollment_id, seq + 1, at, cause, 'ruled', null, '{}' from timeline
      where enrollment_id = ${bad as string} order by seq desc limit 1`;
    await setClock(store, monday + 9 * hour);
    const report = await sweep(store);
    assert.equal(
      report.failed.map((one) => one.enrollment),
      [bad],
    );
    for (const id of good) assert.equal((await rebuild(store, id)).differences, []);
    assert.equal(
      (await reviewed(store)).map((row) => row.enrollment),
      good,
    );
  }));

test('a few bad ones among five hundred fail alone, wherever they are in the batch', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await begin(store, { at: 'walking', id: copyId(0) });
    await store.sql`update enrollments set sweep_at = null`;
    await addCopies(store, copyId(0), 1, 500);
    await setClock(store, monday + 10 * hour);
    await store.sql`
      update enrollments set state = jsonb_set(state::jsonb, '{facts,review,changed}', 'false')::json`;
    await makeDue(store, 1, 500, monday + 9 * hour);
    const bad = [1, 250, 251, 500].map(copyId);
    // Their next rows are taken already, so that Postgres refuses the whole batch.
    await store.sql`
      insert into timeline select e.workspace_id, e.id, e.seq + 1, e.stepped_at, 1, 'ruled', null, '{}' from enrollments e
      where id = any(${bad})`;
    const report = await sweep(store);
    assert.equal([report.due, report.succeeded], [500, 496]);
    assert.equal(report.failed.map((one) => one.enrollment).sort(), bad);
    assert.is((await reviewed(store)).length, 496);
    assert.is((await sweep(store)).due, 0);
  }));

test('what went wrong is told of so many, and counted for all', () =>
  withDatabase(async (database) => {
    const lines: string[] = [];
    const store = await database.open({ startAt: monday, log: (line) => lines.push(line) });
    await begin(store, { at: 'walking', id: copyId(0) });
    await store.sql`update enrollments set sweep_at = null`;
    await addCopies(store, copyId(0), 1, failedToldMax + 30);
    await setClock(store, monday + 10 * hour);
    await makeDue(store, 1, failedToldMax + 30, monday + 9 * hour);
    await store.sql`update enrollments set state = jsonb_set(state::jsonb, '{stage}', '"nowhere"')::json`;
    const report = await sweep(store);
    assert.equal([report.due, report.succeeded, report.failed.length], [failedToldMax + 30, 0, failedToldMax]);
    assert.ok(lines.length <= failedLoggedMax + 1, `a few lines: ${lines.length}`);
    const [kept] = await store.sql`select due, succeeded, jsonb_array_length(failed) as told from sweeps`;
    assert.equal({ ...kept }, { due: failedToldMax + 30, succeeded: 0, told: failedToldMax });
  }));

test('an id from outside that looks like the time stops nobody', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment, control, person } = await begin(store, { at: 'walking' });
    const next = async () => (await control.timeline(enrollment)).length + 1;
    for (let ahead = 0; ahead < 12; ahead++) {
      const id = `time:${(await next()) + ahead}`;
      await control.receive({ person, program: 'walking', channel: 'web', id, text: 'goal' });
    }
    await setClock(store, monday + 9 * hour);
    const report = await sweep(store);
    assert.equal([report.due, report.succeeded], [1, 1]);
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

test('something that helps a stuck enrollment sets it going again', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment, control, person } = await begin(store, { at: 'walking' });
    await store.sql`update enrollments set sweep_at = null, failures = 8, failing = 'x'`;
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'goal' });
    const [row] =
      await store.sql`select sweep_at = next_due_at as going, failures, failing from enrollments where id = ${enrollment}`;
    assert.equal({ ...row }, { going: true, failures: 0, failing: null });
  }));

test('those who were never reviewed come first', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await enrollMany(store, 3);
    await store.sql`
      update enrollments set sweep_at = ${new Date(monday)}, sweep_rank = case when id = 'e0' then 1 else 0 end, last_reviewed_at = case when id = 'e0' then ${new Date(monday)}::timestamptz end,
        state = case when id = 'e0' then jsonb_set(state::jsonb, '{facts,review,lastAt}', ${store.sql.json(monday)})::json else state end`;
    await setClock(store, monday + 9 * hour);
    await sweep(store);
    const order = await store.sql<{ enrollment: string }[]>`
      select enrollment_id as enrollment from timeline where kind = 'reviewed' order by ctid`;
    assert.is(order.at(-1)?.enrollment, 'e0');
  }));

test.run();
