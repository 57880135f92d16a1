/** The control surface: who gets in, what is said to those who do not, and what may be recorded. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Control, Refusal } from '../../runtime/control.ts';
import { advance, drain } from '../../runtime/store/advance.ts';
import { setClock } from '../../runtime/store/clock.ts';
import { createControl } from '../../runtime/store/control.ts';
import { withDatabase } from '../support/database.ts';
import { begin, day, hour, monday, source, withWorker } from './story.ts';

const test = suite('control');

async function refusal(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code, message: error.message };
    throw error;
  }
  return { code: 'none', message: '' };
}

const say = (control: Control, person: string, id: string, text = 'Hello') =>
  control.receive({ person, program: 'walking', channel: 'web', id, text });

test('publishing: the same text changes nothing, another is the next version, errors are told and nothing is stored', () =>
  withDatabase(async (database) => {
    const control = createControl(await database.open({ startAt: monday }));
    const publish = (text: string) => control.publish({ source: text, path: 'walking.regimen', by: 'test' });
    assert.equal(await publish(source), { name: 'walking', version: 1, fresh: true });
    assert.equal(await publish(source), { name: 'walking', version: 1, fresh: false });
    assert.equal(await publish(source.replace('A walk every day.', 'Two walks.')), {
      name: 'walking',
      version: 2,
      fresh: true,
    });
    const { code, message } = await refusal(publish(source.replace('advance  to walking', 'advance  to walkin')));
    assert.is(code, 'malformed');
    assert.match(message, /walking\.regimen:\d+:\d+: .*walkin/);
    assert.is((await refusal(publish(''))).code, 'malformed');
    assert.is((await control.programs())[0]?.version, 2);
    assert.is((await control.programSource('walking', 1)).source, source);
    assert.match((await refusal(control.programSource('walkin'))).message, 'Did you mean walking?');
    assert.match((await refusal(control.programSource('walking', 9))).message, 'no version 9');
  }));

test('an enrollment stays on its version', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, enrollment } = await begin(store);
    await control.publish({
      source: source.replace('Walking {goal} minutes', 'New'),
      path: 'walking.regimen',
      by: 'test',
    });
    assert.is((await control.enrollment(enrollment)).version, 1);
    const { id: person } = await control.personByEmail('bob@acme.com');
    assert.is((await control.enroll({ person, program: 'walking', by: 'operator' })).version, 2);
  }));

test('a first message of somebody the policy lets in enrolls them and is the first thing they said', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control } = await begin(store);
    const { id: person } = await control.personByEmail(' Bob@ACME.com ', { name: 'Bob', zone: 'Europe/Berlin' });
    const [first, second] = await Promise.all([say(control, person, 'm1'), say(control, person, 'm1')]);
    assert.equal([first.fresh, second.fresh].sort(), [false, true]);
    assert.is(first.enrollment, second.enrollment);
    assert.is(first.notice, null);
    const rows = await control.timeline(first.enrollment ?? '');
    const inputs = rows.flatMap((row) => (row.kind === 'input' ? [row.input.type] : []));
    assert.equal(inputs, ['enroll', 'message']);
    assert.is((await control.enrollment(first.enrollment ?? '')).facts.zone, 'Europe/Berlin');
    assert.is((await control.enrollments({ person, limit: 10 })).length, 1);
  }));

test('what has to be given with an enrollment: without it nobody is enrolled, and who writes waits for an operator', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control } = await begin(store);
    const trip = `program trip "The trip" {
      timezone "UTC"
      parameters { begins : date  per person   color : text?  per person }
      stage waiting { skill plain  leave as gone when today > begins }
    }`;
    await control.publish({ source: trip, path: 'trip.regimen', by: 'test' });
    const { id: person } = await control.personByEmail('bob@acme.com');
    const enroll = (data?: Record<string, { date: string } | null>) =>
      control.enroll({ person, program: 'trip', by: 'operator', ...(data === undefined ? {} : { data }) });
    for (const data of [undefined, {}]) {
      const { code, message } = await refusal(enroll(data));
      assert.is(code, 'malformed');
      assert.match(message, 'begins has to be given with every enrollment in The trip');
    }
    assert.match((await refusal(enroll({ begins: null }))).message, 'begins cannot be missing');
    const written = await control.receive({ person, program: 'trip', channel: 'web', id: 'm1', text: 'Hello' });
    assert.is(written.enrollment, null);
    assert.match(written.notice ?? '', 'lets people in by hand');
    const [item] = (await control.openItems()).filter((one) => one.kind === 'access-request');
    assert.ok(item);
    assert.match((await refusal(control.approveAccess(item.id, 'test'))).message, 'begins has to be given');
    const { id } = await enroll({ begins: { date: '2026-02-01' } });
    assert.equal((await control.enrollment(id)).facts.data.begins, { date: '2026-02-01' });
  }));

test('others ask: one request, a notice that stays, and once approved what they wrote arrives', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control } = await begin(store);
    const { id: person } = await control.personByEmail('eve@elsewhere.org', { zone: 'UTC' });
    const first = await say(control, person, 'm1', 'Let me in');
    assert.match(first.notice ?? '', 'lets people in by hand');
    assert.equal(await say(control, person, 'm1', 'Let me in'), { ...first, fresh: false });
    assert.match((await say(control, person, 'm2', 'Please')).notice ?? '', 'is with the people who run it');
    const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 10 });
    assert.equal(
      talk.map((one) => [one.direction, one.author]),
      [
        ['in', 'person'],
        ['out', 'system'],
        ['in', 'person'],
        ['out', 'system'],
      ],
    );
    const items = await control.openItems();
    assert.equal(
      items.map((item) => [item.kind, item.person?.email, item.program]),
      [['access-request', 'eve@elsewhere.org', 'walking']],
    );
    const item = items[0]?.id ?? '';
    await control.approveAccess(item, 'operator');
    await control.approveAccess(item, 'operator');
    const [enrollment] = await control.enrollments({ person, limit: 10 });
    const said = (await control.timeline(enrollment?.id ?? '')).flatMap((row) =>
      row.kind === 'input' && row.input.type === 'message' ? [row.input.text] : [],
    );
    assert.equal(said, ['Let me in', 'Please']);
    assert.is((await control.openItems()).filter((one) => one.kind === 'access-request').length, 0);
    const after = await control.conversation({ person, program: 'walking', after: 0, limit: 10 });
    assert.is(after.filter((one) => one.direction === 'in').length, 2, 'what they wrote is not there twice');
  }));

test('a program may refuse others', () =>
  withDatabase(async (database) => {
    const control = createControl(await database.open({ startAt: monday }));
    await control.publish({
      source: source.replace('others ask', 'others refuse'),
      path: 'walking.regimen',
      by: 'test',
    });
    const { id: person } = await control.personByEmail('eve@elsewhere.org');
    assert.match((await say(control, person, 'm1')).notice ?? '', 'is not open to eve@elsewhere.org');
    assert.is((await control.openItems()).length, 0);
  }));

test('who has left is told when they can come back, and comes back with what the program keeps', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    await withWorker(store, {}, async () => {
      await advance(store, monday + 15 * day); // the goal has gone from 10 to 9
      await say(control, person, 'm1', 'Stop!');
      const told = await say(control, person, 'm2', 'Are you there?');
      assert.is(told.enrollment, enrollment);
      assert.is(
        told.notice,
        'You left Walking on 20 January 2026. You can begin again 14 days later, from 3 February 2026: just write to me then.',
      );
      assert.is(
        (await refusal(control.record({ enrollment, id: 'w', series: 'walks', fields: { minutes: 1 }, by: 'person' })))
          .code,
        'finished',
      );
      await advance(store, monday + 29 * day);
      const again = await say(control, person, 'm3', 'Hello again');
      assert.is(again.notice, null);
      assert.is.not(again.enrollment, enrollment);
      await drain(store);
      const view = await control.enrollment(again.enrollment ?? '');
      assert.equal([view.attempt, view.facts.data.goal, view.stage], [2, 9, 'intake']);
    });
    assert.equal((await control.enrollments({ person, limit: 10 })).map((one) => one.status).sort(), [
      'active',
      'finished',
    ]);
  }));

test('a button answers the open question once; a late one is told', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store);
    const talk = () => control.conversation({ person, program: 'walking', after: 0, limit: 20 });
    const asked = (await talk()).find((one) => one.question !== null);
    assert.is(asked?.question?.open, true);
    const press = (id: string, value: string) =>
      control.answer({ person, channel: 'web', id, question: asked?.question?.id ?? '', value });
    assert.equal(await press('b1', 'yes'), { fresh: true, enrollment, notice: null });
    assert.equal(await press('b1', 'yes'), { fresh: false, enrollment, notice: null });
    assert.is((await control.enrollment(enrollment)).stage, 'walking');
    assert.is((await talk()).find((one) => one.question !== null)?.question?.open, false);
    await press('b2', 'no');
    const rows = await control.timeline(enrollment);
    assert.ok(rows.some((row) => row.kind === 'refused' && row.what === 'answer'));
    await say(control, person, 'm9', 'stop');
    assert.match((await press('b3', 'no')).notice ?? '', 'You left Walking');
    assert.is(
      (await refusal(control.answer({ person, channel: 'web', id: 'b4', question: 'none', value: 'x' }))).code,
      'malformed',
    );
  }));

test('enrolling: repeats, a second one, a stage and data that do not exist', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store, { id: 'first' });
    assert.is(enrollment, 'first');
    const enroll = (more: object) => control.enroll({ person, program: 'walking', by: 'operator', ...more });
    assert.is((await enroll({ id: 'first' })).id, 'first');
    assert.is((await refusal(enroll({ id: 'second' }))).code, 'already-enrolled');
    const { id: other } = await control.personByEmail('bob@acme.com');
    assert.match((await refusal(enroll({ person: other, at: 'nowhere' }))).message, 'intake, walking, fit');
    assert.match(
      (await refusal(enroll({ person: other, data: { goal: 99 } }))).message,
      'goal must be between 1 and 60',
    );
    assert.match((await refusal(enroll({ person: other, data: { gaol: 9 } }))).message, 'no field gaol');
    assert.is((await refusal(enroll({ person: other, id: 'first' }))).code, 'malformed');
    assert.is((await refusal(enroll({ person: 'nobody' }))).code, 'unknown-person');
    assert.is((await refusal(control.enrollment('nothing'))).code, 'unknown-enrollment');
    assert.is((await refusal(control.timeline('nothing'))).code, 'unknown-enrollment');
    const both = await Promise.allSettled([enroll({ person: other }), enroll({ person: other })]);
    assert.equal(both.map((one) => one.status).sort(), ['fulfilled', 'rejected'], 'two at once make one');
  }));

test('messages that cannot be taken', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store);
    const cases: [Parameters<Control['receive']>[0], string, RegExp][] = [
      [
        { person, program: 'walking', channel: 'web', id: 'x', text: 'a'.repeat(4001) },
        'too-large',
        /4000 characters; this one has 4001/,
      ],
      [{ person, program: 'walking', channel: 'web', id: 'x', text: ' \n ' }, 'malformed', /empty/],
      [{ person, program: 'walking', channel: 'web', id: '', text: 'hi' }, 'malformed', /id/],
      [{ person, program: 'walking', channel: 'web', id: 'x'.repeat(201), text: 'hi' }, 'malformed', /id/],
      [
        { person, program: 'wlaking', channel: 'web', id: 'x', text: 'hi' },
        'unknown-program',
        /Did you mean walking\?/,
      ],
      [{ person: 'nobody', program: 'walking', channel: 'web', id: 'x', text: 'hi' }, 'unknown-person', /nobody/],
    ];
    for (const [input, code, message] of cases) {
      const refused = await refusal(control.receive(input));
      assert.is(refused.code, code);
      assert.match(refused.message, message);
    }
    assert.is(
      (await control.conversation({ person, program: 'walking', after: 0, limit: 10 })).filter(
        (one) => one.direction === 'in',
      ).length,
      0,
    );
  }));

const good = { series: 'walks', fields: { minutes: 20 } };
const records: [
  string,
  { series?: string; fields?: Record<string, unknown>; occurredAt?: number; id?: string },
  RegExp | null,
][] = [
  ['the least', {}, null],
  ['everything', { fields: { minutes: 20.5, felt: 'Hard', on: '2026-01-04' } }, null],
  ['missing optional ones as null', { fields: { minutes: 1, felt: null, on: null } }, null],
  ['late', { occurredAt: monday - 400 * day }, null],
  ['a clock slightly ahead', { occurredAt: monday + 30_000 }, null],
  ['an unknown series', { series: 'walk' }, /no series walk\. Did you mean walks\?/],
  ['a series with a name every object has', { series: 'constructor' }, /no series constructor/],
  ['a missing field', { fields: {} }, /minutes is missing/],
  ['null for a field that must be there', { fields: { minutes: null } }, /minutes is missing/],
  ['an unknown field', { fields: { minutes: 1, speed: 3 } }, /no field speed; it has minutes, felt, on/],
  ['a field with a name every object has', { fields: { minutes: 1, toString: 1 } }, /no field toString/],
  ['a text for a number', { fields: { minutes: 'many' } }, /minutes must be a number/],
  ['a list for a number', { fields: { minutes: [1] } }, /minutes must be a number/],
  ['not a number', { fields: { minutes: Number.NaN } }, /minutes must be a number/],
  ['too little', { fields: { minutes: 0 } }, /minutes must be between 1 and 600, not 0/],
  ['too much', { fields: { minutes: 601 } }, /minutes must be between 1 and 600, not 601/],
  ['an option there is not', { fields: { minutes: 1, felt: 'great' } }, /felt must be one of easy, ok, hard/],
  ['a date that does not exist', { fields: { minutes: 1, on: '2026-02-30' } }, /there is no date 2026-02-30/],
  ['a date in another order', { fields: { minutes: 1, on: '04.01.2026' } }, /on must be a date like/],
  ['the future', { occurredAt: monday + 2 * hour }, /The time it occurred lies in the future/],
  ['the far future', { occurredAt: 9e15 }, /The time it occurred lies in the future/],
  ['seconds instead of milliseconds', { occurredAt: monday / 1000 }, /before the year 2000\. Is it in seconds\?/],
  ['half a millisecond', { occurredAt: monday - 0.5 }, /whole number of milliseconds/],
  ['no id', { id: '' }, /An id needs/],
];

test('recording: every kind of event that is taken, and every kind that is not', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, enrollment } = await begin(store);
    const count = async () => (await control.enrollment(enrollment)).facts.series.walks?.length ?? 0;
    for (const [name, more, expected] of records) {
      const before = await count();
      const input = { enrollment, id: `record ${name}`, by: 'service' as const, ...good, ...more };
      if (expected === null) {
        assert.equal(await control.record(input), { fresh: true }, name);
        assert.equal(await control.record(input), { fresh: false }, name);
        assert.is(await count(), before + 1, name);
      } else {
        const refused = await refusal(control.record(input));
        assert.is(refused.code, 'malformed', name);
        assert.match(refused.message, expected, name);
        assert.is(await count(), before, name);
      }
    }
    assert.is(
      (await refusal(control.record({ enrollment: 'none', id: 'x', by: 'service', ...good }))).code,
      'unknown-enrollment',
    );
  }));

test('people: one for an email, whatever its case; accounts and zones', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store);
    assert.is((await control.personByEmail('ADA@acme.com')).id, person);
    for (const email of ['', 'ada', 'a b@c.de', '@acme.com', `${'a'.repeat(260)}@acme.com`]) {
      assert.is((await refusal(control.personByEmail(email))).code, 'malformed', email);
    }
    assert.is(await control.personByAccount('slack', 'U1'), null);
    await control.bindAccount({ channel: 'slack', account: 'U1', person });
    assert.is((await control.personByAccount('slack', 'U1'))?.id, person);
    assert.is((await refusal(control.setZone(person, 'Mars/Olympus'))).code, 'malformed');
    await control.setZone(person, 'Asia/Tokyo');
    assert.is((await control.enrollment(enrollment)).facts.zone, 'Asia/Tokyo');
  }));

test('a conversation can be resumed after any position', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store, { at: 'walking' });
    await Promise.all(Array.from({ length: 10 }, (_, index) => say(control, person, `m${index}`, 'goal')));
    const all = await control.conversation({ person, program: 'walking', after: 0, limit: 100 });
    assert.is(all.length, 20);
    for (const [index, message] of all.entries()) {
      const rest = await control.conversation({ person, program: 'walking', after: message.position, limit: 100 });
      assert.equal(
        rest.map((one) => one.id),
        all.slice(index + 1).map((one) => one.id),
      );
    }
    await setClock(store, monday + hour);
    assert.equal(await control.conversation({ person: 'nobody', program: 'walking', after: 0, limit: 5 }), []);
  }));

test.run();
