/** Inputs without a lock: of those that come at the same moment each counts once and none is lost. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Input } from '../../runtime/inputs.ts';
import { commitAtOnce, findActive, findEnrollment } from '../../runtime/store/at-once.ts';
import { commit } from '../../runtime/store/commit.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { withDatabase } from '../support/database.ts';
import { begin, monday } from './story.ts';

const test = suite('at once');

const walk = (id: string): Input => ({ type: 'record', id, series: 'walks', fields: { minutes: 20 }, by: 'service' });

test('ten inputs at the same moment are all taken, one after the other', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment, control } = await begin(store, { at: 'intake' });
    const ids = Array.from({ length: 10 }, (_, number) => `w${number}`);
    const done = await Promise.all(ids.map((id) => commit(store, { enrollment, input: walk(id) })));
    assert.ok(done.every((one) => one.fresh));
    const rows = await control.timeline(enrollment);
    const taken = rows.flatMap((row) => (row.kind === 'input' && row.input.type === 'record' ? [row.input.id] : []));
    assert.equal(taken.sort(), ids);
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

test('the same input ten times at the same moment counts once', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment, control, person } = await begin(store, { at: 'walking' });
    const said = { person, program: 'walking', channel: 'web', id: 'm1', text: 'goal' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => control.receive(said)));
    assert.is(answers.filter((one) => one.fresh).length, 1);
    assert.ok(answers.every((one) => one.enrollment === enrollment));
    const recorded = await Promise.all(
      Array.from({ length: 10 }, () => commit(store, { enrollment, input: walk('w1') })),
    );
    assert.is(recorded.filter((one) => one.fresh).length, 1);
    const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 100 });
    assert.equal(
      talk.map((one) => one.direction),
      ['in', 'out'],
    );
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

test('what was stepped from a state that is gone is not written, and nothing of it', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment, person } = await begin(store, { at: 'walking' });
    const found = await findActive(store, { person, program: 'walking' }, 'm1');
    if (found === null) throw new Error('They are in the program.');
    await commit(store, { enrollment, input: walk('w1') });
    const before = await database.open().then((other) => other.sql`select count(*)::integer as rows from timeline`);
    const input: Input = { type: 'message', id: 'm1', text: 'Hello', channel: 'web' };
    assert.is(await commitAtOnce(store, found, input), null);
    const [rows, messages, jobs] = await Promise.all([
      store.sql`select count(*)::integer as rows from timeline`,
      store.sql`select 1 from messages where id = 'm1'`,
      store.sql`select 1 from graphile_worker.jobs`,
    ]);
    assert.equal([rows[0]?.rows, messages.length, jobs.length], [before[0]?.rows, 0, 0]);
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

test('who is not there is not found; a message heard before is known', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment, control, person } = await begin(store, { at: 'walking' });
    assert.is(await findEnrollment(store, 'nobody', 'i1'), null);
    assert.is(await findActive(store, { person: 'nobody', program: 'walking' }, 'm1'), null);
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'goal' });
    assert.is((await findActive(store, { person, program: 'walking' }, 'm1'))?.seen, true);
    assert.is((await findActive(store, { person, program: 'walking' }, 'm2'))?.seen, false);
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm3', text: 'stop' });
    assert.is(await findActive(store, { person, program: 'walking' }, 'm4'), null, 'nobody active any more');
    assert.is((await findEnrollment(store, enrollment, 'm3'))?.seen, true);
  }));

test.run();
