/**
 * What operators do to an enrollment over HTTP, and what waits for roles: the program's checks hold, a
 * deed is done once, and nothing pretends to have been sent.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OperatorItem } from '../../runtime/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { EnrollmentPageView } from '../../server/enrollment-page.ts';
import type { ShownRow } from '../../server/shown-row.ts';
import { production, type TestServer, withServer } from '../support/server.ts';
import { ward } from '../support/ward.ts';

const deeds = suite('deeds');

const parted = `program rooms "Rooms" {
  enroll anyone verified
  cohort by room
  data { room : number 1 to 9 = 1  sessions : series { topic: text }  shared }
  stage on "On" { advance to done when count(sessions) > 4  leave as lost after 90 days }
  stage done final success {}
}`;

const group = `program circle "Circle" {
  enroll anyone verified
  data { over : yes/no = no  notes : series text  sessions : series { topic: text }  shared }
  stage on "On" { advance to done when over  leave as lost after 90 days }
  stage done final success {}
}`;

type Problem = { error: { code: string; message: string } };

/** Ana takes part, Ben does not, and boss is an operator. */
async function story(server: TestServer) {
  const [ana, ben, boss] = [
    await server.signedIn('ana@example.org'),
    await server.signedIn('ben@example.org'),
    await server.signedIn('boss@example.org'),
  ];
  let said = 0;
  const say = async (text: string): Promise<{ enrollment: string; notice: string | null }> => {
    said += 1;
    const sent = { id: `message-${said}`, text };
    const { body } = await ana.post<{ enrollment: string; notice: string | null }>('/api/chat/ward/messages', sent);
    await server.engine.settle();
    return body;
  };
  const { enrollment } = await say('hello');
  const path = `/api/enrollments/${enrollment}`;
  const view = async () => (await boss.get<EnrollmentPageView>(path)).body;
  const items = async () => (await boss.get<{ items: OperatorItem[] }>('/api/operators/items')).body.items;
  return { ana, ben, boss, say, enrollment, path, view, items };
}

const withStory = (work: (server: TestServer, told: Awaited<ReturnType<typeof story>>) => Promise<void>) =>
  withServer({ environment: production, sources: [ward] }, async (server) => {
    const told = await story(server);
    await work(server, told);
    assert.ok((await rebuild(server.engine.store, told.enrollment)).equal, 'the state is the fold of its inputs');
  });

const field = (view: EnrollmentPageView, name: string) => view.fields.find((one) => one.name === name)?.value;

deeds('an operator sets, adds, records, corrects and takes back; each once', () =>
  withStory(async (_, { boss, path, view }) => {
    const task = { list: 'tasks', item: 'Blood draw' };
    const done: [string, object][] = [
      ['data', { id: 'd1', field: 'dose', value: 12 }],
      ['data', { id: 'd2', field: 'target', value: '90' }],
      ['data', { id: 'd3', field: 'next_visit', value: '2026-02-01 10:00' }],
      ['data', { id: 'd4', field: 'done', value: 'yes', item: task, role: 'nurse' }],
      ['items', { id: 'i1', list: 'tasks', fields: { title: 'Bed' } }],
      ['events', { id: 'e1', series: 'fbg', fields: { value: 60 }, role: 'nurse' }],
    ];
    for (const [what, body] of done) {
      assert.is((await boss.post(`${path}/${what}`, body)).status, 201, what);
      assert.is((await boss.post(`${path}/${what}`, body)).status, 200, `${what} again`);
    }
    const after = await view();
    assert.equal([field(after, 'dose'), field(after, 'target')], [12, 90]);
    assert.equal(field(after, 'next_visit'), { at: Date.parse('2026-02-01T10:00:00Z') });
    assert.equal(
      after.lists[0]?.items.map(({ id, stageTitle, ended }) => [id, stageTitle, ended]),
      [
        ['Blood draw', 'Finished', true],
        ['Consent form', 'To do', false],
        ['Bed', 'To do', false],
      ],
    );
    assert.equal(
      after.tracks.map(({ title, stageTitle }) => [title, stageTitle]),
      [['Diary', 'Mornings']],
    );
    // Where the person, the track and each item are is marked in the picture.
    assert.match(after.graph.wide, /is-current" data-stage="diary\.morning"/);
    assert.match(after.graph.wide, /is-current" data-stage="tasks\.todo"><title>To do \(2\)/);

    const entry = after.series[0]?.entries[0]?.id;
    const right = { series: 'fbg', entry, fields: { value: 160 } };
    assert.is((await boss.post(`${path}/corrections`, { id: 'c1', ...right })).status, 201);
    assert.equal((await view()).series[0]?.entries[0]?.fields, { value: 160 });
    assert.is((await boss.post(`${path}/corrections`, { id: 'c2', series: 'fbg', entry })).status, 201);
    assert.is((await view()).series[0]?.total, 0);

    const { body } = await boss.get<{ rows: { shown: ShownRow }[] }>(`${path}/timeline`);
    const places = body.rows.flatMap(({ shown }) => (shown.thread ? [`${shown.thread.title}: ${shown.title}`] : []));
    assert.equal(places.slice(-2), ['Tasks: Blood draw: Finished in finished', 'Tasks: Bed: Started in “To do”']);
  }),
);

deeds('what may not be, or cannot be, is refused with its reason and leaves nothing', () =>
  withStory(async (server, { ana, ben, boss, path, enrollment }) => {
    const before = (await server.engine.control.timeline(enrollment)).length;
    const cases: [string, object, number, RegExp][] = [
      ['data', { id: 'x', field: 'dose', value: 99 }, 403, /between 0 and 20/],
      ['data', { id: 'x', field: 'dose', value: 12, role: 'nurse' }, 403, /nurse may not set dose/],
      ['data', { id: 'x', field: 'target', value: 1, role: 'doctor' }, 403, /only an operator/],
      ['data', { id: 'x', field: 'dose', value: { at: 1 } }, 400, /“value”/],
      ['data', { id: 'x', value: 1 }, 400, /“field” is missing/],
      ['data', { id: 'x', field: 'dose', value: 1, item: {} }, 400, /is missing/],
      ['items', { id: 'x', list: 'tasks', fields: {} }, 403, /title/],
      ['items', { id: 'x', list: 'toys', fields: {} }, 403, /toys/],
      ['items', { id: 'x', list: 'tasks', fields: { title: 'a' }, role: 'guest' }, 403, /no role guest/],
      ['events', { id: 'x', series: 'fbg', fields: { value: 1 }, role: 'doctor' }, 403, /doctor may not record/],
      ['corrections', { id: 'x', series: 'fbg', entry: 'none' }, 403, /no such/],
      ['decisions', { id: 'x', proposal: 'none', approve: true }, 403, /not waiting/],
      ['decisions', { id: 'x', proposal: 'none' }, 400, /“approve” is missing/],
      ['answers', { id: 'x', question: 'none', value: '  ' }, 400, /“value”/],
      ['acknowledgements', { id: 'x', climb: 'none' }, 403, /not open/],
    ];
    for (const [what, body, status, expected] of cases) {
      const answer = await boss.post<Problem>(`${path}/${what}`, body);
      assert.equal([what, answer.status], [what, status], JSON.stringify(answer.body));
      assert.match(answer.body.error.message, expected);
    }
    const fine = { id: 'x', field: 'dose', value: 12 };
    assert.is((await ana.post(`${path}/data`, fine)).status, 403, 'one’s own enrollment');
    assert.is((await ben.post(`${path}/data`, fine)).status, 404, 'somebody else’s');
    assert.is((await server.visit().post(`${path}/data`, fine)).status, 401, 'signed out');
    assert.is(
      (await ana.post(`${path}/events`, { id: 'x', series: 'fbg', fields: { value: 1 }, role: 'nurse' })).status,
      403,
    );
    assert.is((await server.engine.control.timeline(enrollment)).length, before);
  }),
);

deeds('what waits for roles is on the enrollment and can be decided, answered and seen there', () =>
  withStory(async (_, { boss, say, path, view, items }) => {
    for (const word of ['up', 'alarm', 'count']) await say(word);
    const { waiting } = await view();
    assert.equal(
      waiting.map(({ kind, to, text, value, answer, until }) => [kind, to, text, value, answer?.kind, until !== null]),
      [
        ['proposal', 'doctor', 'dose = 12 units', 12, 'number', true],
        ['question', 'nurse', 'How many pills are left?', null, 'number', true],
        ['escalation', 'nurse', 'Come quickly.', null, undefined, true],
      ],
    );
    const id = (kind: string) => waiting.find((one) => one.kind === kind)?.id;
    const decision = { id: 'w1', proposal: id('proposal'), approve: true, value: 14 };
    assert.is((await boss.post<Problem>(`${path}/decisions`, { ...decision, role: 'nurse' })).status, 403);
    assert.is((await boss.post(`${path}/decisions`, decision)).status, 201);
    assert.is((await boss.post(`${path}/answers`, { id: 'w2', question: id('question'), value: '7' })).status, 201);
    assert.is((await boss.post(`${path}/acknowledgements`, { id: 'w3', climb: id('escalation') })).status, 201);
    const after = await view();
    assert.equal([after.waiting, field(after, 'dose'), field(after, 'left')], [[], 14, 7]);
    assert.equal(await items(), [], 'nothing is left for anybody');
  }),
);

deeds('operators see decisions first, approve another value, and mark what was passed on', () =>
  withStory(async (server, { boss, ana, say, view, items }) => {
    for (const word of ['all', 'up', 'ready']) await say(word);
    const found = await items();
    assert.equal(
      found.map(({ kind, to, details }) => [kind, to, details.answer?.kind, details.name, details.action]),
      [
        ['proposal', 'doctor', 'number', undefined, undefined],
        ['question', 'doctor', 'yes-no', undefined, undefined],
        ['message', 'nurse', undefined, undefined, undefined],
        ['document', 'doctor', undefined, 'discharge_letter', undefined],
        ['call', 'billing', undefined, undefined, 'charge'],
      ],
    );
    const path = (kind: string, action: string) =>
      `/api/operators/items/${encodeURIComponent(found.find((item) => item.kind === kind)?.id ?? '')}/${action}`;
    assert.is((await ana.post(path('proposal', 'approve'), {})).status, 403);
    assert.match((await boss.post<Problem>(path('proposal', 'approve'), { value: 99 })).body.error.message, /0 and 20/);
    for (let time = 0; time < 2; time += 1) {
      assert.is((await boss.post(path('proposal', 'approve'), { value: 11 })).status, 204);
      assert.is((await boss.post(path('question', 'answer'), { value: 'no' })).status, 204);
      for (const kind of ['message', 'document', 'call'])
        assert.is((await boss.post(path(kind, 'close'), {})).status, 204);
    }
    assert.equal(await items(), []);
    const after = await view();
    assert.equal([field(after, 'dose'), field(after, 'ready')], [11, false]);
    const signed = await server.engine.store.sql<{ closed_by: string }[]>`
      select distinct closed_by from operator_items`;
    assert.equal(
      signed.map((row) => row.closed_by),
      ['boss@example.org'],
    );
    // What no channel carries is told as wanted, not as done.
    const { body } = await boss.get<{ rows: { shown: ShownRow }[] }>(
      `/api/enrollments/${after.enrollment.id}/timeline`,
    );
    const titles = body.rows.map(({ shown }) => shown.title);
    assert.ok(titles.includes('Document for doctor: discharge letter') && titles.includes('Call for billing: charge'));
  }),
);

deeds('an entry of a shared series is everybody’s, once', () =>
  withServer({ environment: production, sources: [group] }, async (server) => {
    const boss = await server.signedIn('boss@example.org');
    const { control } = server.engine;
    const people = ['ana@example.org', 'ben@example.org', 'cleo@example.org'];
    const ids: string[] = [];
    for (const email of people) {
      const { id: person } = await control.personByEmail(email);
      ids.push((await control.enroll({ person, program: 'circle', by: 'operator' })).id);
    }
    await control.act({
      enrollment: ids[2] ?? '',
      id: 'gone',
      role: 'operator',
      deed: { kind: 'set', field: 'over', value: true },
    });
    const path = '/api/programs/circle/entries';
    const entry = { id: 's1', series: 'sessions', fields: { topic: 'Breathing' }, occurred_at: '2026-01-05T08:00:00Z' };
    assert.equal((await boss.post(path, entry)).body, { recorded: 2, again: 0, refused: 0 });
    assert.equal((await boss.post(path, entry)).body, { recorded: 0, again: 2, refused: 0 });
    for (const [index, count] of [1, 1, 0].entries()) {
      const { facts } = await control.enrollment(ids[index] ?? '');
      assert.is(facts.series.sessions?.length ?? 0, count);
      assert.ok((await rebuild(server.engine.store, ids[index] ?? '')).equal);
    }
    const refused: [object, RegExp][] = [
      [{ ...entry, series: 'notes' }, /no shared series notes\. There are: sessions/],
      [{ ...entry, fields: {} }, /topic is missing/],
      [{ ...entry, occurred_at: '2027-01-05T08:00:00Z' }, /future/],
      [{ ...entry, occurred_at: 'soon' }, /no moment/],
    ];
    for (const [body, expected] of refused)
      assert.match((await boss.post<Problem>(path, body)).body.error.message, expected);
    assert.is((await (await server.signedIn('ana@example.org')).post(path, entry)).status, 403);
  }),
);

deeds('an entry for one cohort is that cohort’s, and which one must be said', () =>
  withServer({ environment: production, sources: [parted] }, async (server) => {
    const boss = await server.signedIn('boss@example.org');
    const { control } = server.engine;
    const ids: string[] = [];
    for (const [email, room] of [
      ['ana@example.org', 1],
      ['ben@example.org', 2],
    ] as const) {
      const { id: person } = await control.personByEmail(email);
      ids.push((await control.enroll({ person, program: 'rooms', data: { room }, by: 'operator' })).id);
    }
    const path = '/api/programs/rooms/entries';
    const entry = { id: 'session-1', series: 'sessions', fields: { topic: 'Breathing' } };
    assert.equal((await boss.post(path, { ...entry, cohort: 1 })).body, { recorded: 1, again: 0, refused: 0 });
    for (const [index, count] of [1, 0].entries()) {
      const { facts } = await control.enrollment(ids[index] ?? '');
      assert.is(facts.series.sessions?.length ?? 0, count);
    }
    const [kept] = (await control.enrollment(ids[0] ?? '')).facts.series.sessions ?? [];
    const correction = { id: 'mended-1', entry: kept?.id, fields: { topic: 'Sleep' } };
    const mended = await boss.post('/api/programs/rooms/corrections', correction);
    assert.equal([mended.status, mended.body], [201, { corrected: 1, again: 0, refused: 0 }]);
    assert.is((await control.enrollment(ids[0] ?? '')).facts.series.sessions?.[0]?.fields.topic, 'Sleep');
    const ana = await server.signedIn('ana@example.org');
    assert.is((await ana.post('/api/programs/rooms/corrections', correction)).status, 403);
    const refused: [object, RegExp][] = [
      [entry, /a cohort for each room.*in: 1, 2\./],
      [{ ...entry, cohort: 'one' }, /room/],
      [{ ...entry, cohort: 2 }, /another shared entry/],
      [{ ...entry, cohort: { room: 1 } }, /cohort/],
    ];
    for (const [body, expected] of refused)
      assert.match((await boss.post<Problem>(path, body)).body.error.message, expected);
  }),
);

deeds('where no agent talks, a message that nobody takes is answered all the same, once', () =>
  withStory(async (server, { ana, say }) => {
    const words =
      'Ward round does not read along, but it knows these words: “up”, “alarm”, “count”, “ready”, “ask”, “all” and “stop”.';
    assert.is((await say('what is this?')).notice, words);
    assert.is((await say('all')).notice, null, 'a command is taken');
    await say('ask');
    assert.is((await say('a lot')).notice, 'That is not an answer to “How many steps?”. Write a number such as 3.');
    assert.is((await say('4000')).notice, null, 'an answer is taken');
    const repeated = await ana.post<{ notice: string; fresh: boolean }>('/api/chat/ward/messages', {
      id: 'message-2',
      text: 'what is this?',
    });
    assert.equal([repeated.body.notice, repeated.body.fresh], [words, false]);
    const { body } = await ana.get<{ messages: { author: string }[] }>('/api/chat/ward/messages');
    assert.is(body.messages.filter(({ author }) => author === 'system').length, 3);
    assert.is(server.lines.filter((line) => /error/i.test(line)).length, 0);
  }),
);

deeds.run();
