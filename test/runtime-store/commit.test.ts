/** One input, one transaction: repeats, atomicity, order, and a state equal to the fold of the timeline. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { commit } from '../../runtime/store/commit.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { withDatabase } from '../support/database.ts';
import { begin, hour, monday } from './story.ts';

const test = suite('commit');

/** Everything that must stay as it is when nothing happened. */
async function everything(store: Store): Promise<string> {
  const [row] = await store.sql`
    select (select json_agg(e order by id) from enrollments e) as enrollments,
      (select json_agg(t order by seq) from timeline t) as timeline,
      (select json_agg(m order by position) from messages m) as messages,
      (select json_agg(i order by id) from operator_items i) as items,
      (select json_agg(j.key order by j.key) from graphile_worker.jobs j) as jobs`;
  return JSON.stringify(row);
}

test('an input with a known id changes nothing', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store, { at: 'walking' });
    const input = { type: 'message', id: 'm1', text: 'goal', channel: 'web' } as const;
    assert.is((await commit(store, { enrollment, input })).fresh, true);
    const before = await everything(store);
    const again = await commit(store, { enrollment, input: { ...input, text: 'something else' } });
    assert.is(again.fresh, false);
    assert.is(await everything(store), before);
  }));

test('twenty senders of the same input at once bring it once', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment, control } = await begin(store, { at: 'walking' });
    const input = { type: 'message', id: 'm1', text: 'goal', channel: 'web' } as const;
    const all = await Promise.all(Array.from({ length: 20 }, () => commit(store, { enrollment, input })));
    assert.is(all.filter((one) => one.fresh).length, 1);
    const rows = await control.timeline(enrollment);
    assert.is(rows.filter((row) => row.kind === 'input' && row.input.id === 'm1').length, 1);
    assert.is(rows.filter((row) => row.kind === 'message' && row.reason === 'command').length, 1);
  }));

test('when an effect cannot be queued, nothing has happened', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store, { at: 'walking' });
    await store.sql`
      alter table graphile_worker._private_jobs add constraint the_queue_is_broken check (false) not valid`;
    const before = await everything(store);
    try {
      await commit(store, { enrollment, input: { type: 'message', id: 'm1', text: 'goal', channel: 'web' } });
      assert.unreachable('it must throw');
    } catch (error) {
      assert.match(String(error), 'the_queue_is_broken');
    }
    assert.is(await everything(store), before);
  }));

test('the state is the fold of the timeline, whatever came and in whatever order it was sent', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment, control, person } = await begin(store, { at: 'walking' });
    const walk = (id: string, occurredAt: number, fields: Record<string, unknown>) =>
      control.record({ enrollment, id, series: 'walks', fields, occurredAt, by: 'service' });
    await Promise.all([
      walk('w1', monday - hour, { minutes: 20, felt: 'ok', on: '2026-01-05' }),
      walk('w2', monday - 5 * hour, { minutes: 10.5 }),
      control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'How are you? 🙂 \0 \ud800' }),
      control.receive({ person, program: 'walking', channel: 'web', id: 'm2', text: 'goal' }),
      control.setZone(person, 'Asia/Tokyo'),
    ]);
    const rebuilt = await rebuild(store, enrollment);
    assert.equal(rebuilt.differences, []);
    assert.ok(rebuilt.stored.rows.length > 10, 'there is something to compare');
    assert.equal(
      rebuilt.stored.rows.map((row) => row.seq),
      rebuilt.stored.rows.map((_, index) => index + 1),
    );
    assert.equal(
      Object.keys(rebuilt.stored.rows[0] ?? {}),
      ['seq', 'at', 'cause', 'kind', 'input'],
      'keys keep their order',
    );
  }));

test('a changed state is found out', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store);
    await store.sql`update enrollments set state = jsonb_set(state::jsonb, '{facts,data,goal}', '59')::json`;
    const { equal, differences } = await rebuild(store, enrollment);
    assert.is(equal, false);
    assert.equal(differences, ['The stored state is not the fold of the timeline.']);
  }));

test('time never runs backward in one enrollment', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store);
    const message = (id: string) => ({
      enrollment,
      input: { type: 'message', id, text: 'hi', channel: 'web' } as const,
    });
    await commit(store, message('later'), monday + hour);
    const { rows } = await commit(store, message('earlier'), monday);
    assert.is(rows[0]?.at, monday + hour);
  }));

for (const [what, change] of Object.entries({
  changed: "update timeline set kind = 'other'",
  removed: 'delete from timeline',
  emptied: 'truncate timeline cascade',
})) {
  test(`timeline rows cannot be ${what}`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: monday });
      await begin(store);
      const before = await everything(store);
      try {
        await store.sql.unsafe(change);
        assert.unreachable('it must throw');
      } catch (error) {
        assert.match(String(error), 'append-only');
      }
      assert.is(await everything(store), before);
    }));
}

test.run();
