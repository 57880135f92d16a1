/**
 * Enrollments over HTTP: whose they are, what the page gets, events from outside, the live stream,
 * and what operators may do that others may not.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EnrollmentSummary } from '../../runtime/control.ts';
import type { EnrollmentPageView } from '../../server/enrollment-page.ts';
import type { ShownRow } from '../../server/shown-row.ts';
import { monday, production, type TestServer, type Visitor, withServer } from '../support/server.ts';

type Problem = { error: { code: string; message: string } };
type List = { enrollments: EnrollmentSummary[] };

const enrollments = suite('enrollments');

/** Enrolls by talking, as people do. */
async function enroll(server: TestServer, visitor: Visitor): Promise<string> {
  const { body } = await visitor.post<{ enrollment: string }>('/api/chat/couch_to_5k/messages', {
    id: 'first-message',
    text: 'Hello',
  });
  await server.engine.settle();
  return body.enrollment;
}

enrollments('another person’s enrollment does not exist; an operator sees all', () =>
  withServer({ environment: production }, async (server) => {
    const [ana, ben, boss] = [
      await server.signedIn('ana@example.org'),
      await server.signedIn('ben@example.org'),
      await server.signedIn('boss@example.org'),
    ];
    const id = await enroll(server, ana);
    assert.equal(
      (await ana.get<List>('/api/enrollments')).body.enrollments.map((one) => one.id),
      [id],
    );
    assert.equal((await ben.get<List>('/api/enrollments')).body.enrollments, []);
    assert.equal(
      (await boss.get<List>('/api/enrollments')).body.enrollments.map((one) => one.id),
      [id],
    );

    const event = { id: 'run-1', series: 'runs', fields: { completed: true } };
    const nothing = await ben.get<Problem>('/api/enrollments/00000000-0000-0000-0000-000000000000');
    for (const answer of [
      await ben.get<Problem>(`/api/enrollments/${id}`),
      await ben.get<Problem>(`/api/enrollments/${id}/timeline`),
      await ben.get<Problem>(`/api/enrollments/${id}/events`),
      await ben.post<Problem>(`/api/enrollments/${id}/events`, event),
      await ben.get<Problem>("/api/enrollments/'; drop table people"),
    ]) {
      assert.is(answer.status, 404);
      assert.equal(answer.body, nothing.body, 'It is answered as one that does not exist.');
    }
    assert.is((await ben.get(`/enrollments/${id}`, { accept: 'text/html' })).status, 404);
    for (const visitor of [ana, boss]) {
      assert.is((await visitor.get(`/enrollments/${id}`, { accept: 'text/html' })).status, 200);
      assert.is(
        (await visitor.get<EnrollmentPageView>(`/api/enrollments/${id}`)).body.enrollment.person.email,
        'ana@example.org',
      );
    }

    // Doors for operators.
    for (const [visitor, status] of [
      [ben, 403],
      [boss, 200],
    ] as const) {
      assert.is((await visitor.get('/operators')).status, status);
      assert.is((await visitor.get('/api/operators/items')).status, status);
    }
    assert.is((await ben.post('/api/operators/items/any/close', {})).status, 403);
    assert.is((await ben.post('/api/operators/items/any/approve', {})).status, 403);
  }),
);

const events: [name: string, event: unknown, status: number, message: RegExp][] = [
  ['an unknown series', { id: 'e1', series: 'rums', fields: {} }, 400, /rums/],
  ['a missing field', { id: 'e2', series: 'runs', fields: {} }, 400, /completed/],
  ['a field of another type', { id: 'e3', series: 'runs', fields: { completed: 'perhaps' } }, 400, /completed/],
  ['an unknown field', { id: 'e4', series: 'runs', fields: { completed: true, shoes: 2 } }, 400, /shoes/],
  [
    'no moment',
    { id: 'e5', series: 'runs', fields: { completed: true }, occurred_at: 'yesterday' },
    400,
    /“yesterday”, which is no moment/,
  ],
  [
    'the future',
    { id: 'e6', series: 'runs', fields: { completed: true }, occurred_at: '2027-01-01T00:00:00Z' },
    400,
    /future/,
  ],
  ['no id', { series: 'runs', fields: { completed: true } }, 400, /“id” is missing/],
  ['no fields', { id: 'e7', series: 'runs' }, 400, /“fields” is missing/],
];

enrollments('events are recorded once for each id, and malformed ones say what is wrong', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const id = await enroll(server, ana);
    for (const [name, event, status, message] of events) {
      const answer = await ana.post<Problem>(`/api/enrollments/${id}/events`, event);
      assert.is(answer.status, status, `${name}: ${answer.text}`);
      assert.match(answer.body.error.message, message, name);
    }
    const run = {
      id: 'run-1',
      series: 'runs',
      fields: { completed: true, minutes: 28 },
      occurred_at: '2026-01-05T07:30:00Z',
    };
    const first = await ana.post<{ fresh: boolean }>(`/api/enrollments/${id}/events`, run);
    assert.is(first.status, 201, first.text);
    assert.equal(first.body, { fresh: true });
    assert.equal((await ana.post(`/api/enrollments/${id}/events`, run)).body, { fresh: false });
    const { series } = (await ana.get<EnrollmentPageView>(`/api/enrollments/${id}`)).body;
    const [runs] = series;
    assert.is(runs?.total, 1);
    assert.is(runs?.entries[0]?.at, Date.parse('2026-01-05T07:30:00Z'));
  }),
);

enrollments('the page has graph, data, next, why not, and the timeline in sentences', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const id = await enroll(server, ana);
    const { body: view } = await ana.get<EnrollmentPageView>(`/api/enrollments/${id}`);
    assert.is(view.zone, 'Europe/London');
    assert.match(view.graph.wide, /<g class="[^"]*is-current[^"]*" data-stage="intake">/);
    assert.is(view.fields.find(({ name }) => name === 'week')?.value, 1);
    assert.ok(view.why.next !== null && view.why.next.at > monday);
    const advance = view.why.transitions.find(({ move }) => move === 'advance to training');
    assert.ok(advance?.clauses.some(({ holds }) => !holds));
    const lost = view.why.transitions
      .flatMap(({ clauses }) => clauses)
      .find(({ source }) => source.includes('21 days of silence'));
    assert.is(lost?.holdsAt, monday + 21 * 86_400_000, 'Time alone makes it true then.');

    const { body } = await ana.get<{ rows: { seq: number; shown: ShownRow }[] }>(`/api/enrollments/${id}/timeline`);
    assert.equal(
      body.rows.map(({ seq }) => seq),
      body.rows.map((_, index) => index + 1),
    );
    assert.ok(body.rows.every(({ shown }) => shown.title.length > 2));
    assert.ok(body.rows.some(({ shown }) => shown.detail === 'Hello'));
    const rest = await ana.get<{ rows: { seq: number }[] }>(`/api/enrollments/${id}/timeline?after=3`);
    assert.is(rest.body.rows[0]?.seq, 4);
  }),
);

enrollments('the stream brings rows once, in order, and the view when it changes', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const id = await enroll(server, ana);
    const isView = (test: (view: EnrollmentPageView) => boolean) => (events: { event: string; data: unknown }[]) =>
      events.some(({ event, data }) => event === 'enrollment' && test((data as { view: EnrollmentPageView }).view));
    const listening = ana.events(
      `/api/enrollments/${id}/events?after=2`,
      isView((view) => view.series[0]?.total === 1),
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    await ana.post(`/api/enrollments/${id}/events`, { id: 'run-1', series: 'runs', fields: { completed: true } });
    const seen = await listening;
    const seqs = seen
      .filter(({ event }) => event === 'rows')
      .flatMap(({ data }) => (data as ShownRow[]).map(({ seq }) => seq));
    assert.equal(
      seqs,
      seqs.map((_, index) => index + 3),
    );
    const all = await ana.get<{ rows: unknown[] }>(`/api/enrollments/${id}/timeline`);
    assert.is(seqs.at(-1), all.body.rows.length);
  }),
);

const closed = `program closed "Closed" {
  enroll anyone verified at "acme.com", others ask
  stage only "Only" { command "stop" { leave as stopped } leave as lost after 30 days of silence }
}`;

enrollments('who is not let in waits for an operator, who approves', () =>
  withServer({ environment: production, sources: [closed] }, async (server) => {
    const [ana, boss] = [await server.signedIn('ana@elsewhere.org'), await server.signedIn('boss@example.org')];
    const say = (id: string) =>
      ana.post<{ enrollment: string | null; notice: string | null }>('/api/chat/closed/messages', {
        id,
        text: 'May I?',
      });
    const asked = await say('message-1');
    assert.is(asked.status, 202, asked.text);
    assert.is(asked.body.enrollment, null);
    const state = () =>
      ana
        .get<{ state: { waiting: boolean; enrollment: unknown } }>('/api/chat/closed/messages')
        .then(({ body }) => body.state);
    assert.is((await state()).waiting, true);
    const { body } = await boss.get<{ items: { id: string; kind: string; person: { email: string } }[] }>(
      '/api/operators/items',
    );
    assert.is(body.items.length, 1);
    assert.is(body.items[0]?.kind, 'access-request');
    assert.is(body.items[0]?.person.email, 'ana@elsewhere.org');
    const item = encodeURIComponent(body.items[0]?.id ?? '');
    assert.is((await boss.post(`/api/operators/items/${item}/approve`, {})).status, 204);
    assert.is((await state()).waiting, false);
    await server.engine.settle();
    assert.ok((await state()).enrollment);
    assert.equal((await boss.get<{ items: unknown[] }>('/api/operators/items')).body.items, []);
  }),
);

enrollments('who is paused is told so and kept waiting; once it goes on, what they wrote is answered', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const enrollment = await enroll(server, ana);
    const { control } = server.engine;
    const deed = { enrollment, by: 'person:boss' };
    await control.pause({ ...deed, id: 'pause', reason: 'On holiday.', until: monday + 24 * 60 * 60_000 });
    const view = async () => (await ana.get<EnrollmentPageView>(`/api/enrollments/${enrollment}`)).body;
    assert.equal((await view()).paused, { reason: 'On holiday.', until: monday + 24 * 60 * 60_000 });
    type Said = { notice: string | null };
    const { body } = await ana.post<Said>('/api/chat/couch_to_5k/messages', {
      id: 'in-the-pause',
      text: 'Are you there?',
    });
    assert.is(
      body.notice,
      'Couch to 5K is paused for you until Tue 6 Jan, 09:00. What you write is kept; “stop” ends it.',
    );
    await server.engine.settle();
    const runs = async () => (await control.timeline(enrollment)).filter(({ kind }) => kind === 'run-started').length;
    const before = await runs();
    assert.is((await view()).running, false);
    await control.resume({ ...deed, id: 'resume' });
    await server.engine.settle();
    assert.is(await runs(), before + 1);
    const { messages } = (await ana.get<{ messages: { author: string }[] }>('/api/chat/couch_to_5k/messages')).body;
    assert.is(messages.at(-1)?.author, 'scripted-agent');
    assert.is((await view()).paused, null);
  }),
);

enrollments.run();
