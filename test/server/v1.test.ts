/**
 * The doors of services over real HTTP, operation by operation; what holds for all of them is in `v1-rules.test.ts`.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { advance } from '../../runtime/store/advance.ts';
import { setClock } from '../../runtime/store/clock.ts';
import { operations } from '../../server/v1/operations.ts';
import { monday, withServer } from '../support/server.ts';
import { asked, newService } from '../support/service.ts';
import { codeOf, of, withStory } from '../support/service-story.ts';
import { walking } from '../support/walking.ts';

const v1 = suite('v1');

const circle = `program circle "Circle" {
  enroll   anyone verified
  timezone "UTC"
  data { sessions : series { topic: text }  shared  notes : series text }
  stage only { leave as lost after 90 days of silence }
}`;

const day = 24 * 60 * 60_000;

v1(
  'somebody is enrolled once, read, and listed',
  withStory(async ({ it, enroll }) => {
    const ana = await enroll('ana@example.org');
    const { body, headers } = await it.ask('get_program_enrollment', of(ana));
    assert.equal(
      [body.id, body.stage, body.stage_title, body.version, body.data, body.zone],
      [ana, 'resting', 'Resting', 1, { goal: 10, start: null, ready: null }, 'Europe/London'],
    );
    assert.is(headers.get('etag'), `"${body.seq}"`);
    assert.is(
      (await it.ask('get_program_enrollment', { ...of(ana), headers: { 'if-none-match': `"${body.seq}"` } })).status,
      304,
    );
    const again = await it.ask('enroll_user', { body: { program: 'walking', person: { email: 'Ana@example.org' } } });
    assert.equal(codeOf(again), [409, 'already-enrolled']);
    const { id } = body.person;
    assert.equal((await it.ask('get_person', { params: { person: id } })).body.email, 'ana@example.org');
    const listed = await it.ask('list_enrollments', { query: { person_id: id } });
    assert.equal(
      listed.body.data.map((one: { id: string }) => one.id),
      [ana],
    );
    const known = await it.ask('put_person', { body: { email: 'ana@example.org', name: 'Ana' } });
    assert.equal([known.body.id, known.body.name], [id, 'Ana']);
  }),
);

v1(
  'fields are set all or none, and what follows from them follows',
  withStory(async ({ it, enroll }) => {
    const ana = await enroll('ana@example.org');
    const wrong = await it.ask('update_program_state', { ...of(ana), body: { data: { goal: 20, start: 'soon' } } });
    assert.equal(codeOf(wrong), [400, 'malformed']);
    assert.match(wrong.body.detail, /start must be a date/);
    const right = await it.ask('update_program_state', {
      ...of(ana),
      body: { data: { goal: 20, start: '2026-01-05', ready: true }, reason: 'Told by phone.' },
    });
    assert.equal(
      [right.body.stage_title, right.body.data],
      ['Walking 20 minutes', { goal: 20, start: '2026-01-05', ready: true }],
    );
    const audit = await it.ask('list_changes', { query: { target: `enrollment:${ana}` } });
    assert.equal(
      audit.body.data.map((row: Record<string, unknown>) => [row.action, row.actor, row.reason, row.details]),
      [
        ['set-data', `service:${it.id}`, 'Told by phone.', { fields: ['goal', 'start', 'ready'] }],
        ['enroll', `service:${it.id}`, null, { program: 'walking' }],
      ],
    );
  }),
);

v1(
  'asked to advance, the program decides, and a refusal names the false clauses with their values',
  withStory(async ({ it, enroll, server }) => {
    const ana = await enroll('ana@example.org', 'walking');
    const ask = () => it.ask('advance_program_stage', { ...of(ana), body: {} });
    await it.ask('record_program_event', { ...of(ana), body: { id: 'w1', series: 'walks', fields: { minutes: 20 } } });
    const refused = await ask();
    assert.equal(codeOf(refused), [409, 'not-yet']);
    assert.is(refused.body.detail, 'Not yet. Advance to “Finished” needs: done >= 2 (done is 1).');
    assert.equal(
      refused.body.transitions.map((one: { move: string; clauses: { source: string; holds: boolean }[] }) => [
        one.move,
        one.clauses.map(({ source, holds }) => [source, holds]),
      ]),
      [
        [
          'advance to finished',
          [
            ['done >= 2', false],
            ['goal >= 10', true],
          ],
        ],
      ],
    );
    const whyNot = await it.ask('why_not', of(ana));
    assert.equal(whyNot.body.transitions[0].clauses, refused.body.transitions[0].clauses);
    assert.equal(whyNot.body.transitions[1].clauses[0].holds_at, new Date(monday + 14 * day).toISOString());
    assert.equal(codeOf(await it.ask('advance_program_stage', { ...of(ana), body: { stage: 'nowhere' } })), [
      400,
      'malformed',
    ]);
    const next = (await it.ask('what_next', { ...of(ana), query: { days: 15 } })).body;
    assert.equal(
      next.coming.map(({ at, title }: { at: string; title: string }) => [at, title]),
      ['Returns to “Resting”', 'Says'].map((title) => [new Date(monday + 14 * day).toISOString(), title]),
    );
    assert.equal(codeOf(await it.ask('what_next', { ...of(ana), query: { days: 400 } })), [400, 'malformed']);
    // The criterion holds once the goal is lowered no further: the request finds it, and repeats change nothing.
    await it.ask('update_program_state', { ...of(ana), body: { data: { goal: 5 } } });
    await it.ask('record_program_event', { ...of(ana), body: { id: 'w2', series: 'walks', fields: { minutes: 20 } } });
    assert.match((await ask()).body.detail, /needs: goal >= 10 \(goal is 5\)\.$/);
    await it.ask('update_program_state', { ...of(ana), body: { data: { goal: 10 } } });
    assert.equal(codeOf(await ask()), [409, 'finished']);
    // Time has made it true and nobody has looked yet: the request does.
    const ben = await enroll('ben@example.org');
    await it.ask('update_program_state', { ...of(ben), body: { data: { start: '2026-01-06' } } });
    await server.engine.store.sql`update enrollments set sweep_at = null`;
    await setClock(server.engine.store, monday + day);
    const headers = { 'idempotency-key': 'go' };
    const advanced = await it.ask('advance_program_stage', { ...of(ben), body: { stage: 'walking' }, headers });
    assert.equal([advanced.status, advanced.body.stage], [200, 'walking']);
    await server.engine.store.sql`delete from idempotency_keys`;
    const repeated = await it.ask('advance_program_stage', { ...of(ben), body: { stage: 'walking' }, headers });
    assert.equal([repeated.status, repeated.body.seq], [200, advanced.body.seq]);
  }),
);

v1(
  'events: one, many, late, repeated; what becomes of each is told',
  withStory(async ({ it, enroll }) => {
    const [ana, ben] = [await enroll('ana@example.org'), await enroll('ben@example.org')];
    const walk = { series: 'walks', fields: { minutes: 30, pace: 'brisk' } };
    const one = await it.ask('record_program_event', {
      ...of(ana),
      body: { id: 'e1', ...walk, occurred_at: '2026-01-04T09:00:00+01:00' },
    });
    assert.equal([one.status, one.body], [201, { status: 'recorded', id: 'e1' }]);
    const again = await it.ask('record_program_event', { ...of(ana), body: { id: 'e1', ...walk } });
    assert.equal([again.status, again.body.status], [200, 'repeated']);
    const { body } = await it.ask('record_program_events', {
      body: {
        events: [
          { enrollment: ana, id: 'e1', ...walk },
          { enrollment: ben, id: 'e1', ...walk },
          { enrollment: ben, id: 'e2', series: 'runs', fields: {} },
          { enrollment: 'nobody', id: 'e3', ...walk },
          { enrollment: ana, id: 'e4', series: 'walks', fields: { minutes: 0 } },
          { enrollment: ana, id: 'e5', ...walk, occurred_at: '9999-12-31T23:59:59Z' },
          { enrollment: ana, id: 'e6', ...walk, occurred_at: '2019-03-01T00:00:00Z' },
          { enrollment: ana, id: 'e7', ...walk, occurred_at: '0001-01-01T00:00:00Z' },
        ],
      },
    });
    assert.equal(
      body.results.map((one: Record<string, unknown>) => [one.id, one.status, one.code]),
      [
        ['e1', 'repeated', undefined],
        ['e1', 'recorded', undefined],
        ['e2', 'refused', 'malformed'],
        ['e3', 'refused', 'unknown-enrollment'],
        ['e4', 'refused', 'malformed'],
        ['e5', 'refused', 'malformed'],
        ['e6', 'recorded', undefined],
        ['e7', 'refused', 'malformed'],
      ],
    );
    assert.match(body.results[2].detail, /no series runs/);
    const { series } = (await it.ask('get_program_enrollment', of(ana))).body;
    assert.is(series.walks.total, 2, 'also what was before they came is kept');
    assert.is(series.walks.newest[0].occurred_at, '2026-01-04T08:00:00.000Z');
  }),
);

v1('an entry of a shared series is everybody’s', () =>
  withServer({ sources: [circle] }, async (server) => {
    const it = await newService(server);
    const ids: string[] = [];
    for (const email of ['ana@example.org', 'ben@example.org'])
      ids.push((await it.ask('enroll_user', { body: { program: 'circle', person: { email } } })).body.id);
    const params = { program: 'circle' };
    const body = { id: 's1', series: 'sessions', fields: { topic: 'Breathing' } };
    const record = () => it.ask('record_shared_event', { params, body });
    assert.equal((await record()).body, { recorded: 2, again: 0, refused: 0 });
    assert.is((await record()).body.recorded, 0);
    for (const id of ids)
      assert.is(
        (await it.ask('get_program_enrollment', of(id))).body.series.sessions.newest[0].fields.topic,
        'Breathing',
      );
    const wrong = await it.ask('record_shared_event', { params, body: { ...body, series: 'notes' } });
    assert.match(wrong.body.detail, /no shared series notes/);
  }),
);

v1(
  'five hundred events at once, and not one more',
  withStory(async ({ it, enroll }) => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.push(await enroll(`p${n}@example.org`));
    const events = Array.from({ length: 501 }, (_, n) => ({
      enrollment: ids[n % 5],
      id: `n${n}`,
      series: 'walks',
      fields: { minutes: 10 },
    }));
    const { body } = await it.ask('record_program_events', { body: { events: events.slice(0, 500) } });
    assert.ok(body.results.every(({ status }: { status: string }) => status === 'recorded'));
    assert.equal(codeOf(await it.ask('record_program_events', { body: { events } })), [400, 'malformed']);
    assert.is((await it.ask('get_program_enrollment', of(ids[0] ?? ''))).body.series.walks.total, 100);
  }),
);

v1(
  'moved, undone, paused, let go on, taken out: each once, with who and why',
  withStory(async ({ it, enroll, server }) => {
    const ana = await enroll('ana@example.org');
    const ask = (operation: string, body: object = { reason: 'A test.' }) => it.ask(operation, { ...of(ana), body });
    const moved = await ask('move_enrollment', { stage: 'walking', data: { goal: 40 }, reason: 'Asked for it.' });
    assert.equal([moved.body.stage_title, moved.body.data.goal], ['Walking 40 minutes', 40]);
    const back = await ask('undo_move');
    assert.equal([back.body.stage, back.body.data.goal], ['resting', 10]);
    assert.equal(codeOf(await ask('undo_move')), [409, 'conflict']);
    const until = new Date(monday + 3 * day).toISOString();
    const paused = await ask('pause_enrollment', { reason: 'On holiday.', until });
    assert.equal(paused.body.paused, {
      since: new Date(monday).toISOString(),
      by: `service:${it.id}`,
      reason: 'On holiday.',
      until,
    });
    assert.is(paused.body.next_due_at, until);
    assert.equal(codeOf(await ask('pause_enrollment')), [409, 'conflict']);
    assert.equal(codeOf(await ask('move_enrollment', { stage: 'walking', reason: 'No.' })), [409, 'conflict']);
    await advance(server.engine.store, monday + 3 * day);
    assert.is((await it.ask('get_program_enrollment', of(ana))).body.paused, null, 'it ends by itself');
    await ask('pause_enrollment');
    assert.is((await ask('resume_enrollment', {})).body.paused, null);
    const gone = await ask('withdraw_enrollment', { reason: 'Moved away.' });
    assert.equal(
      [gone.body.status, gone.body.stage, gone.body.stage_title],
      ['finished', 'left_as_withdrawn', 'Left: withdrawn'],
    );
    for (const operation of ['move_enrollment', 'pause_enrollment', 'withdraw_enrollment', 'undo_move'])
      assert.equal(
        codeOf(
          await ask(operation, { reason: 'Too late.', ...(operation === 'move_enrollment' && { stage: 'walking' }) }),
        ),
        [409, 'finished'],
      );
    const event = { id: 'late', series: 'walks', fields: { minutes: 5 } };
    assert.equal(codeOf(await ask('record_program_event', event)), [409, 'finished']);

    const { body } = await it.ask('get_timeline', { ...of(ana), query: { limit: 200 } });
    const told = body.data.map(({ title, detail }: { title: string; detail: string | null }) => [title, detail]);
    for (const row of [
      ['Moved to “Walking 40 minutes”', 'Asked for it.'],
      ['Moved to “Resting”', 'A test.'],
      ['The pause is over', 'paused since Mon 5 Jan, 09:00'],
      ['Left as withdrawn', 'Moved away.'],
    ])
      assert.ok(
        told.some((one: unknown[]) => one[0] === row[0] && one[1] === row[1]),
        `${row[0]}: ${JSON.stringify(told)}`,
      );
  }),
);

v1(
  'a program and the workspace stand still as a whole',
  withStory(async ({ it }) => {
    const reason = 'A wrong text went out.';
    const program = { params: { program: 'walking' } };
    const paused = await it.ask('pause_program', { ...program, body: { reason } });
    assert.equal([paused.body.paused.reason, paused.body.paused.by], [reason, `service:${it.id}`]);
    assert.equal(
      (await it.ask('pause_program', { ...program, body: { reason: 'Another.' } })).body.paused.reason,
      reason,
    );
    assert.is((await it.ask('resume_program', program)).body.paused, null);
    assert.is((await it.ask('pause_workspace', { body: { reason } })).body.paused.reason, reason);
    assert.is((await it.ask('get_workspace')).body.paused.reason, reason);
    assert.equal((await it.ask('resume_workspace')).body, { id: 'default', paused: null });
    const { body } = await it.ask('list_changes');
    assert.equal(
      body.data.slice(0, 4).map(({ action }: { action: string }) => action),
      ['resume-workspace', 'pause-workspace', 'resume-program', 'pause-program'],
    );
  }),
);

v1(
  'programs are listed, read by version, and published',
  withStory(async ({ it, enroll }) => {
    await enroll('ana@example.org');
    const { body } = await it.ask('list_programs');
    assert.equal([body.data[0].name, body.data[0].active], ['walking', 1]);
    const text = walking.replace('Rest well.', 'Rest very well.');
    const published = await it.ask('publish_program', { body: { source: text, path: 'walking.regimen' } });
    assert.equal([published.status, published.body], [201, { name: 'walking', version: 2, fresh: true }]);
    assert.is((await it.ask('publish_program', { body: { source: text } })).status, 200);
    assert.is(
      (await it.ask('get_program', { params: { program: 'walking' }, query: { version: 1 } })).body.source,
      walking,
    );
    assert.equal((await it.ask('get_program', { params: { program: 'walking' } })).body.stages.length, 3);
    const wrong = await it.ask('publish_program', { body: { source: 'program x {' } });
    assert.equal(codeOf(wrong), [400, 'malformed']);
    assert.match(wrong.body.detail, /program\.regimen:1:\d+/);
    assert.equal(codeOf(await it.ask('get_program', { params: { program: 'walkin' } })), [404, 'unknown-program']);
  }),
);

v1(
  'pages stay where they are while people come',
  withStory(async ({ it, enroll, server }) => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n++) ids.unshift(await enroll(`p${n}@example.org`));
    const page = (cursor?: string) =>
      it.ask('list_enrollments', { query: { limit: 2, program: 'walking', ...(cursor && { cursor }) } });
    const seen: string[] = [];
    let { body } = await page();
    for (;;) {
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      if (body.next_cursor === null) break;
      if (seen.length === 2) {
        await setClock(server.engine.store, monday + 1_000);
        await enroll('late@example.org');
      }
      ({ body } = await page(body.next_cursor));
    }
    assert.equal([...seen].sort(), [...ids].sort());
    for (const cursor of ['x', 'W10', Buffer.from('["a","b"]').toString('base64url'), 'eyJfX3Byb3RvX18iOjF9'])
      assert.equal(codeOf(await page(cursor)), [400, 'malformed'], cursor);
    const rows = await it.ask('get_timeline', { ...of(ids[0] ?? ''), query: { limit: 1 } });
    assert.is(rows.body.next_after, 1);
    assert.is((await it.ask('get_timeline', { ...of(ids[0] ?? ''), query: { after: 1 } })).body.data[0].seq, 2);
  }),
);

v1(
  'lists are narrowed by stage, status, version and what is overdue',
  withStory(async ({ it, enroll, server }) => {
    const [ana, ben] = [await enroll('ana@example.org'), await enroll('ben@example.org', 'walking')];
    await it.ask('withdraw_enrollment', { ...of(await enroll('cleo@example.org')), body: { reason: 'Left.' } });
    const ids = async (query: Record<string, string | boolean | number>) =>
      (await it.ask('list_enrollments', { query })).body.data.map(({ id }: { id: string }) => id);
    assert.equal(await ids({ stage: 'walking' }), [ben]);
    assert.equal(await ids({ stage: 'resting', status: 'active' }), [ana]);
    assert.equal((await ids({ status: 'finished' })).length, 1);
    assert.equal(await ids({ version: 2 }), []);
    assert.equal(await ids({ overdue: true }), []);
    const { sql } = server.engine.store;
    const yesterday = new Date(monday - day);
    await sql`update enrollments set next_due_at = ${yesterday}, sweep_at = ${yesterday} where id = ${ben}`;
    assert.equal(await ids({ overdue: true }), [ben]);
    assert.equal(await ids({ overdue: true, program: 'walking', stage: 'resting' }), []);
    assert.equal(await ids({ overdue: false, status: 'active' }), [ana]);
    // The sweep has failed with her so often that it waits for an operator.
    await sql`update enrollments set next_due_at = ${yesterday}, sweep_at = null, failures = 8 where id = ${ana}`;
    assert.equal((await ids({ overdue: true })).sort(), [ana, ben].sort());
    assert.equal(await ids({ overdue: false, status: 'active' }), []);
    assert.equal(codeOf(await it.ask('list_enrollments', { query: { overdue: 'maybe' } })), [400, 'malformed']);
  }),
);

v1(
  'sweeps tell what they did',
  withStory(async ({ it, enroll, server }) => {
    await enroll('ana@example.org', 'walking');
    await advance(server.engine.store, monday + 15 * day);
    const { body } = await it.ask('list_sweeps');
    assert.equal([body.data[0].due, body.data[0].succeeded, body.data[0].failed], [1, 1, []]);
  }),
);

v1('every operation has a case', () => {
  // What many people need, versions, what waits, and what is on its way stand in files of their own.
  const elsewhere = /bulk_move|plan|version|waiting|delivery|outbox/;
  const silent = operations.filter(({ id }) => !asked.has(id) && !elsewhere.test(id)).map(({ id }) => id);
  assert.equal(silent, []);
});

v1.run();
