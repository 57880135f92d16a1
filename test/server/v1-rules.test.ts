/** What holds for every operation of `/v1`: repeats, versions, bad input, keys and scopes, limits, workspaces. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openServiceDesk } from '../../runtime/store/service-desk.ts';
import { operations } from '../../server/v1/operations.ts';
import { newService } from '../support/service.ts';
import { codeOf, of, withStory } from '../support/service-story.ts';

const rules = suite('v1 rules');

rules(
  'a change sent twice under one key is done once and answered alike; another under it is refused',
  withStory(async ({ it, enroll, server }) => {
    const ana = await enroll('ana@example.org');
    const ask = (body: object, key = 'k1') =>
      it.ask('move_enrollment', { ...of(ana), body, headers: { 'idempotency-key': key } });
    const body = { stage: 'walking', reason: 'Once.' };
    const [first, second] = [await ask(body), await ask(body)];
    assert.equal([first.status, first.headers.get('idempotency-replayed')], [200, null]);
    assert.equal([second.status, second.headers.get('idempotency-replayed')], [200, 'true']);
    assert.equal(second.body, first.body);
    assert.is(second.headers.get('etag'), first.headers.get('etag'));
    const visits = async () => (await server.engine.control.enrollment(ana)).facts.visits;
    assert.is(await visits(), 2);
    assert.equal(codeOf(await ask({ ...body, reason: 'Twice.' })), [422, 'key-reused']);
    assert.equal(codeOf(await ask(body, 'not a key')), [400, 'malformed']);
    // What was refused changed nothing: the same key may be tried again, also with what is right now.
    const there = { 'idempotency-key': 'k2' };
    const wrong = { ...of(ana), body: { stage: 'nowhere', reason: 'No.' }, headers: there };
    assert.equal(codeOf(await it.ask('move_enrollment', wrong)), [409, 'conflict']);
    assert.is((await it.ask('move_enrollment', { ...wrong, body: { stage: 'resting', reason: 'Yes.' } })).status, 200);
    // Two at once: one is done, the other waits or gets the same answer.
    const both = await Promise.all([
      ask({ stage: 'walking', reason: 'Both.' }, 'k3'),
      ask({ stage: 'walking', reason: 'Both.' }, 'k3'),
    ]);
    assert.ok(both.every(({ status, body }) => status === 200 || body.code === 'in-hand'));
    assert.is(await visits(), 4);
    // The process died after the move and before the answer was kept: the repeat finds it done.
    await server.engine.store
      .sql`update idempotency_keys set status = null, begun_at = now() - interval '2 minutes' where id = 'k3'`;
    assert.is((await ask({ stage: 'walking', reason: 'Both.' }, 'k3')).status, 200);
    assert.is(await visits(), 4);
    // Enrolling, too: whoever asks again is answered with whom it made.
    const enrolling = {
      body: { program: 'walking', person: { email: 'ben@example.org' } },
      headers: { 'idempotency-key': 'k4' },
    };
    const ben = (await it.ask('enroll_user', enrolling)).body.id;
    await server.engine.store.sql`delete from idempotency_keys where id = 'k4'`;
    const found = await it.ask('enroll_user', enrolling);
    assert.equal([found.status, found.body.id], [200, ben]);
  }),
);

rules(
  'a change of what has gone on since it was read is refused',
  withStory(async ({ it, enroll }) => {
    const ana = await enroll('ana@example.org');
    const etag = (await it.ask('get_program_enrollment', of(ana))).headers.get('etag') ?? '';
    const set = (goal: number, match: string) =>
      it.ask('update_program_state', { ...of(ana), body: { data: { goal } }, headers: { 'if-match': match } });
    assert.is((await set(20, etag)).status, 200);
    const stale = await set(30, etag);
    assert.equal(codeOf(stale), [412, 'stale']);
    assert.is((await set(40, '*')).status, 200);
    for (const match of ['12', '"abc"', '"1", "2"'])
      assert.equal(codeOf(await set(50, match)), [400, 'malformed'], match);
    assert.is((await it.ask('get_program_enrollment', of(ana))).body.data.goal, 40);
  }),
);

rules(
  'what no operation knows is refused in words: ids, types, sizes, names that reach what objects inherit',
  withStory(async ({ it, enroll }) => {
    const ana = await enroll('ana@example.org');
    const unknown = ['nobody', '../../etc', 'a b', '%', '__proto__', 'é'.repeat(100), 'x'.repeat(200)];
    for (const enrollment of unknown)
      assert.equal(
        codeOf(await it.ask('get_program_enrollment', of(enrollment))),
        [404, 'unknown-enrollment'],
        enrollment,
      );
    assert.equal(codeOf(await it.ask('get_program_enrollment', of('x'.repeat(201)))), [400, 'malformed']);
    assert.equal(codeOf(await it.ask('get_program_enrollment', of('a\0b'))), [400, 'malformed']);
    assert.equal(codeOf(await it.ask('get_person', { params: { person: 'nobody' } })), [404, 'unknown-person']);
    assert.equal(codeOf(await it.ask('get_bulk_move', { params: { bulk: 'none' } })), [404, 'unknown-bulk']);
    const bodies: [string, unknown, number, string, RegExp][] = [
      ['update_program_state', '{"data":{"__proto__":{"goal":1}}}', 400, 'malformed', /./],
      ['update_program_state', '{"data":{"constructor":1}}', 400, 'malformed', /“constructor” is not the name/],
      ['update_program_state', '{"data":{"goal":1},"prototype":{}}', 400, 'malformed', /“prototype”/],
      ['update_program_state', { data: { goal: { at: 1 } } }, 400, 'malformed', /“data\.goal”/],
      ['update_program_state', { data: {} }, 400, 'malformed', /./],
      ['update_program_state', {}, 400, 'malformed', /“data” is missing/],
      ['update_program_state', '[]', 400, 'malformed', /must be a JSON object/],
      ['update_program_state', 'nonsense', 400, 'malformed', /cannot be read/],
      ['update_program_state', { data: { goal: 1 }, more: 1 }, 400, 'malformed', /no field “more”/],
      ['move_enrollment', { stage: 'walking' }, 400, 'malformed', /“reason” is missing/],
      ['move_enrollment', { stage: 'walking', reason: '  ' }, 400, 'malformed', /Say why/],
      ['move_enrollment', { stage: 'walking', reason: 'x'.repeat(1001) }, 400, 'malformed', /longer than 1000/],
      ['pause_enrollment', { reason: 'x', until: '9999-12-31T00:00:00Z' }, 409, 'conflict', /within five years/],
      ['pause_enrollment', { reason: 'x', until: '2025-01-01T00:00:00Z' }, 409, 'conflict', /lies ahead/],
      ['pause_enrollment', { reason: 'x', until: 'tomorrow' }, 400, 'malformed', /date-time/],
      ['record_program_event', { id: 'a b', series: 'walks', fields: {} }, 400, 'malformed', /“id”/],
      [
        'record_program_event',
        { id: 'a', series: 'walks', fields: { minutes: 'x'.repeat(70_000) } },
        413,
        'too-large',
        /./,
      ],
    ];
    for (const [operation, body, status, code, expected] of bodies) {
      const answer = await it.ask(operation, { ...of(ana), body });
      assert.equal([operation, ...codeOf(answer)], [operation, status, code], JSON.stringify(answer.body));
      assert.match(answer.body.detail, expected);
    }
    const asForm = await it.ask('update_program_state', {
      ...of(ana),
      body: 'a=1',
      headers: { 'content-type': 'text/plain' },
    });
    assert.equal(codeOf(asForm), [415, 'not-json']);
    assert.equal(codeOf(await it.ask('list_enrollments', { query: { limit: 0 } })), [400, 'malformed']);
    assert.equal(codeOf(await it.ask('list_enrollments', { query: { sort: 'name' } })), [400, 'malformed']);
    assert.equal(codeOf(await it.fetch('/v1/nothing')), [404, 'not-found']);
  }),
);

rules(
  'without a key nothing opens; a key opens what its scopes say; a revoked or expired one opens nothing',
  withStory(async ({ server, it }) => {
    const open = async (authorization?: string) => {
      const response = await fetch(`${server.url}/v1/workspace`, {
        headers: { connection: 'close', ...(authorization && { authorization }) },
      });
      return [response.status, response.headers.get('www-authenticate')];
    };
    const closed = [401, 'Bearer realm="regimen"'];
    assert.equal(await open(), closed);
    for (const wrong of [
      'Bearer',
      'Bearer x',
      `Basic ${it.token}`,
      `Bearer rgm_${'A'.repeat(43)}`,
      `Bearer ${it.token}x`,
    ])
      assert.equal(await open(wrong), closed, wrong);
    assert.equal(await open(`bearer ${it.token}`), [200, null]);
    // A signed-in browser is nobody here.
    const boss = await server.signedIn('boss@example.org');
    assert.is((await boss.get('/v1/workspace')).status, 401);

    const reader = await newService(server, ['read']);
    assert.is((await reader.ask('list_programs')).status, 200);
    for (const { id, scope, path } of operations) {
      if (scope === 'read') continue;
      const params = Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map((match) => [match[1] ?? '', 'x']));
      assert.equal(codeOf(await reader.ask(id, { params })), [403, 'missing-scope'], id);
    }
    const { sql } = server.engine.store;
    await sql`update service_keys set expires_at = now() - interval '1 second' where id = ${reader.id}`;
    assert.equal(await open(`Bearer ${reader.token}`), closed);
    await sql`update service_keys set expires_at = null, revoked_at = now() where id = ${reader.id}`;
    assert.equal(await open(`Bearer ${reader.token}`), closed);
    const kept = await sql`select * from service_keys`;
    assert.not.match(JSON.stringify(kept), new RegExp(it.token.slice(4)));
    assert.ok(kept.find((one) => one.id === it.id)?.last_used_at);
  }),
);

rules(
  'a key that asks too often waits, whichever server it asks; others do not',
  withStory(async ({ server, it }) => {
    const { store, skills } = server.engine;
    const other = await newService(server);
    const first = await it.fetch('/v1/workspace');
    assert.is(first.headers.get('ratelimit-policy'), '"key";q=600;w=60');
    assert.is(first.headers.get('ratelimit'), '"key";r=599;t=0');
    // Another server on the same database.
    const elsewhere = openServiceDesk(store, skills);
    const asked = await Promise.all(Array.from({ length: 500 }, () => elsewhere.open(it.token)));
    assert.ok(asked.every((opened) => opened?.allowance.allowed));
    let last = await it.fetch('/v1/workspace');
    for (let n = 0; n < 500 && last.status === 200; n += 1) last = await it.fetch('/v1/workspace');
    assert.equal(codeOf(last), [429, 'too-many']);
    assert.equal([last.headers.get('retry-after'), last.headers.get('ratelimit')], ['1', '"key";r=0;t=1']);
    assert.is((await other.fetch('/v1/workspace')).status, 200);
    // A second later there are ten more, and never more than there may be.
    const passes = (time: string) => store.sql`
      update key_allowances set requests_left = 0, at = clock_timestamp() - ${time}::interval where key_id = ${it.id}`;
    await passes('1 second');
    assert.match((await it.fetch('/v1/workspace')).headers.get('ratelimit') ?? '', /^"key";r=(9|10|11);/);
    await passes('1 day');
    assert.is((await it.fetch('/v1/workspace')).headers.get('ratelimit'), '"key";r=599;t=0');
    // A clock that was set back takes nothing away.
    await store.sql`update key_allowances set at = at + interval '1 hour' where key_id = ${it.id}`;
    assert.is((await it.fetch('/v1/workspace')).status, 200);
  }),
);

rules(
  'two workspaces do not see each other',
  withStory(async ({ server, it, enroll }) => {
    const ana = await enroll('ana@example.org');
    await server.engine.store.queue`insert into workspaces (id, name) values ('other', 'Other')`;
    const other = await newService(server, undefined, 'other');
    assert.equal((await other.ask('get_workspace')).body.id, 'other');
    assert.equal((await other.ask('list_programs')).body.data, []);
    assert.equal((await other.ask('list_enrollments')).body.data, []);
    assert.equal(codeOf(await other.ask('get_program_enrollment', of(ana))), [404, 'unknown-enrollment']);
    assert.equal(codeOf(await other.ask('withdraw_enrollment', { ...of(ana), body: { reason: 'Not mine.' } })), [
      404,
      'unknown-enrollment',
    ]);
    assert.is((await it.ask('get_program_enrollment', of(ana))).body.status, 'active');
  }),
);

rules.run();
