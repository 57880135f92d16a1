/** What is kept only so long, table by table and workspace by workspace; what is still needed stays. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { keptDays, removeOld, setRetention } from '../../runtime/store/retention.ts';
import { withDatabase } from '../support/database.ts';
import { beginStory, reworded, second } from '../support/walkers.ts';
import { begin, day, monday } from './story.ts';

test('what is old goes, by the rules of each workspace; timelines and what waits stay', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await store.sql`insert into workspaces (id, name) values ('clinic', 'Clinic')`;
    await store.sql`insert into development_clock (workspace_id, frozen_at) values ('clinic', ${new Date(monday)})`;
    const removed: string[] = [];
    store.note = (told) => {
      if (told.kind === 'tidied') removed.push(`${told.workspace} ${told.what} ${told.rows}`);
    };
    const daysAgo = (days: number) => new Date(Date.now() - days * day);
    const enrollments: [workspace: string, enrollment: string][] = [];
    for (const workspace of ['default', 'clinic']) {
      const its = store.of(workspace);
      const { person, enrollment } = await begin(its);
      enrollments.push([workspace, enrollment]);
      for (const [id, days, status] of [
        ['old', 500, 'sent'],
        ['waits', 500, 'queued'],
        ['young', 5, 'sent'],
      ] as const)
        await store.sql`
          insert into messages (workspace_id, id, person_id, program, enrollment_id, direction, text, reason, author, status, at)
          values (${workspace}, ${id}, ${person}, 'walking', ${enrollment}, 'out', 'x', 'say', 'program', ${status}, ${daysAgo(days)})`;
      for (const days of [keptDays.runs + 1, keptDays.runs - 1])
        await store.sql`
          insert into agent_runs (workspace_id, id, enrollment_id, person_id, program, reason, skill, skill_version, agent,
            started_at, finished_at)
          values (${workspace}, ${`r${days}`}, ${enrollment}, ${person}, 'walking', 'reply', 's', '1', 'a', ${daysAgo(days)}, ${daysAgo(days)})`;
      for (const days of [keptDays.sweeps + 1, keptDays.sweeps - 1])
        await store.sql`
          insert into sweeps (workspace_id, at, due, succeeded, failed, duration_ms)
          values (${workspace}, ${daysAgo(days)}, 1, 1, '[]', 1)`;
    }
    await setRetention(store, 'clinic', { messages: 100, sweeps: null }, 'command');
    await removeOld(store);
    assert.equal(removed.sort(), ['clinic messages 1', 'clinic runs 1', 'default runs 1', 'default sweeps 1']);
    const left =
      await store.sql`select id from messages where workspace_id = 'clinic' and id in ('old', 'waits', 'young') order by id`;
    assert.equal(
      left.map((row) => row.id),
      ['waits', 'young'],
    );
    for (const [workspace, enrollment] of enrollments)
      assert.equal((await rebuild(store.of(workspace), enrollment)).differences, []);
    removed.length = 0;
    const rightNow = Date.now;
    Date.now = () => rightNow() + 1_000 * day;
    await removeOld(store).finally(() => {
      Date.now = rightNow;
    });
    assert.equal(removed, [], 'nothing is left that is old, whatever the clock of this machine says');
    const refused = await setRetention(store, 'nowhere', { runs: 0 }, 'command').then(
      () => '',
      (error: Error) => error.message,
    );
    assert.match(refused, /runs are kept for a whole number of days/);
  }));

test('old plans and bulk moves go whole; what is under way stays, and what the last rollback of a program needs', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const s = await beginStory(store);
    await s.enroll('ann', 'go');
    await s.enroll('ben', 'go');
    const deed = { action: 'pause' } as const;
    const bulk = async () =>
      (await s.control.previewBulk({ program: 'walk', deed, filter: {}, reason: 'Rest', by: 'ann' })).id;
    const [stale, applied, lookedAt] = [await bulk(), await bulk(), await bulk()];
    await store.sql`update bulk_moves set status = 'applied', applied_at = created_at where id = ${applied}`;
    await s.publish(second);
    const over = await s.apply(await s.plan());
    await s.publish(reworded);
    const again = await s.apply(await s.plan());
    const [never, young] = [await s.plan(1), await s.plan(1)];
    const aged = async (table: string, ids: string[], days: number) =>
      store.sql`
        update ${store.sql(table)} set created_at = ${new Date(Date.now() - days * day)},
          applied_at = case when applied_at is null then null else ${new Date(Date.now() - days * day)} end
        where id = any(${ids})`;
    await aged('bulk_moves', [stale], 8);
    await aged('bulk_moves', [applied], 91);
    await aged('bulk_moves', [lookedAt], 6);
    await aged('version_plans', [over.id], 200);
    await aged('version_plans', [again.id], 100);
    await aged('version_plans', [never.id], 8);
    await aged('version_plans', [young.id], 6);
    const removed: string[] = [];
    store.note = (told) => {
      if (told.kind === 'tidied') removed.push(`${told.what} ${told.rows}`);
    };
    await removeOld(store);
    assert.equal(removed, ['plans 2', 'bulk-moves 2']);
    const plans = await s.control.versionPlans({ program: 'walk', limit: 10 });
    assert.equal(plans.map(({ id }) => id).sort(), [again.id, young.id].sort());
    assert.equal(
      (await s.control.bulks({ limit: 10 })).rows.map(({ id }) => id),
      [lookedAt],
    );
    for (const table of ['version_plan_people', 'bulk_move_people'])
      assert.is((await store.sql`select from ${store.sql(table)}`).length, table === 'bulk_move_people' ? 2 : 4, table);
    assert.is((await s.rollBack(again)).progress.returned, 2);
    assert.is(await s.versionOf('ann'), 2);
    await s.folds(['ann', 'ben']);
  }));

test.run();
