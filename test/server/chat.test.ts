/**
 * The chat over HTTP: a message once for each id, streams that resume without loss, malformed bodies.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ChatState, ShownMessage } from '../../server/chat-state.ts';
import { type StreamEvent, type TestServer, withServer } from '../support/server.ts';

type Problem = { error: { code: string; message: string } };
type Conversation = { messages: ShownMessage[]; state: ChatState };

const program = '/api/chat/couch_to_5k';
const chat = suite('chat');

const messagesOf = (events: StreamEvent[]): ShownMessage[] =>
  events.filter(({ event }) => event === 'message').map(({ data }) => data as ShownMessage);
const texts = (messages: ShownMessage[]): string[] => messages.map(({ text }) => text);
let sent = 0;
const newId = (): string => `message-${String(++sent).padStart(4, '0')}`;

chat('the first message enrolls, and one id is one message', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const before = await ana.get<Conversation>(`${program}/messages`);
    assert.equal(before.body.messages, []);
    assert.is(before.body.state.enrollment, null);

    const message = { id: 'first-message', text: 'Hello' };
    const answers = await Promise.all(
      [1, 2, 3].map(() => ana.post<{ fresh: boolean }>(`${program}/messages`, message)),
    );
    assert.equal(
      answers.map(({ status }) => status),
      [202, 202, 202],
    );
    assert.is(answers.filter(({ body }) => body.fresh).length, 1);
    await server.engine.settle();
    const { body } = await ana.get<Conversation>(`${program}/messages`);
    assert.equal(texts(body.messages.filter(({ direction }) => direction === 'in')), ['Hello']);
    assert.is(
      body.messages.find(({ direction }) => direction === 'in')?.id,
      'first-message',
      'The id comes back as the page chose it.',
    );
    assert.is(body.state.enrollment?.status, 'active');

    // Ids of different people are different things.
    const ben = await server.signedIn('ben@example.org');
    assert.is((await ben.post<{ fresh: boolean }>(`${program}/messages`, message)).body.fresh, true);
    await server.engine.settle();
    const his = await ben.get<Conversation>(`${program}/messages`);
    assert.is(his.body.messages.filter(({ direction }) => direction === 'in').length, 1);
  }),
);

chat('a question is answered once by its button, and is then closed', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    await ana.post(`${program}/messages`, { id: newId(), text: 'hi' });
    await server.engine.settle();
    const { body } = await ana.get<Conversation>(`${program}/messages`);
    const asked = body.messages.find(({ question }) => question !== null);
    assert.equal(asked?.question?.options, ['yes', 'no']);
    const question = asked?.question?.id ?? '';
    assert.is(body.state.openQuestion, question);

    const answer = { id: 'the-answer-1', question, value: 'no' };
    assert.is((await ana.post<{ fresh: boolean }>(`${program}/answers`, answer)).body.fresh, true);
    assert.is((await ana.post<{ fresh: boolean }>(`${program}/answers`, answer)).body.fresh, false);
    await server.engine.settle();
    const after = await ana.get<Conversation>(`${program}/messages`);
    assert.is(after.body.state.openQuestion, null);

    // Somebody else cannot answer it.
    const ben = await server.signedIn('ben@example.org');
    const stolen = await ben.post<Problem>(`${program}/answers`, { id: 'the-answer-2', question, value: 'yes' });
    assert.ok(stolen.status >= 400 && stolen.status < 500, `It was answered with ${stolen.status}.`);
  }),
);

chat('a stream tells what is new and resumes where it was, losing and doubling nothing', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const say = (text: string) => ana.post(`${program}/messages`, { id: newId(), text });
    await say('one');
    await server.engine.settle();

    // From the start, and live.
    const live = ana.events(`${program}/events`, (events) => texts(messagesOf(events)).includes('two'), {
      'accept-encoding': 'gzip',
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await say('two');
    const first = await live;
    assert.ok(texts(messagesOf(first)).includes('one'));
    assert.ok(first.some(({ event }) => event === 'state'));
    assert.ok(
      first.filter(({ event }) => event === 'message').every(({ id, data }) => id === (data as ShownMessage).position),
    );

    // What happens while nobody listens, the server being restarted in between, comes afterwards.
    const reached = messagesOf(first).at(-1)?.position ?? 0;
    await server.engine.settle();
    await server.restart(async () => {
      await server.engine.move((await server.engine.now()) + 2 * 86_400_000);
    });
    await say('three');
    await server.engine.settle();
    const all = (await ana.get<Conversation>(`${program}/messages`)).body.messages;
    const missed = all.filter(({ position }) => position > reached);
    assert.ok(
      missed.some(({ reason }) => reason === 'review' || reason === 'nudge'),
      'The program spoke in between.',
    );
    for (const headers of [{ 'last-event-id': String(reached) }, {}] as Record<string, string>[]) {
      const path = headers['last-event-id'] ? `${program}/events` : `${program}/events?after=${reached}`;
      const resumed = await ana.events(path, (events) => messagesOf(events).length >= missed.length, headers);
      assert.equal(messagesOf(resumed), missed);
    }
  }),
);

chat('a message to a finished enrollment is answered with a sentence, and stays in the conversation', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    for (const text of ['hello', 'stop']) await ana.post(`${program}/messages`, { id: newId(), text });
    await server.engine.settle();
    const late = await ana.post<{ notice: string | null }>(`${program}/messages`, { id: newId(), text: 'I am back' });
    assert.is(late.status, 202);
    assert.match(late.body.notice ?? '', /Couch to 5K/);
    const { body } = await ana.get<Conversation>(`${program}/messages`);
    assert.is(body.state.enrollment?.status, 'finished');
    const last = body.messages.at(-1);
    assert.is(last?.author, 'system');
    assert.is(last?.text, late.body.notice);
  }),
);

chat('many messages at once arrive once each, in the order of their positions', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const wanted = Array.from({ length: 40 }, (_, index) => `message number ${index}`);
    const listening = ana.events(
      `${program}/events`,
      (events) => messagesOf(events).filter(({ direction }) => direction === 'in').length >= wanted.length,
    );
    await Promise.all(wanted.map((text) => ana.post(`${program}/messages`, { id: newId(), text })));
    const messages = messagesOf(await listening);
    const positions = messages.map(({ position }) => position);
    assert.equal(
      positions,
      [...new Set(positions)].sort((a, b) => a - b),
    );
    assert.equal(texts(messages.filter(({ direction }) => direction === 'in')).sort(), [...wanted].sort());
  }),
);

chat('the page of another program, and of nobody signed in', () =>
  withServer({}, async (server) => {
    const stranger = await server.visit().get(`${program}/messages`);
    assert.is(stranger.status, 401);
    assert.is((await server.visit().get(`${program}/events`)).status, 401);
    const page = await server.visit().get('/chat/couch_to_5k', { accept: 'text/html' });
    assert.is(page.headers.get('location'), '/sign-in?next=%2Fchat%2Fcouch_to_5k');
    const ana = await server.signedIn('ana@example.org');
    const unknown = await ana.get<Problem>('/api/chat/couch_to_6k/messages');
    assert.is(unknown.status, 404);
    assert.is(unknown.body.error.code, 'unknown-program');
    assert.match(unknown.body.error.message, /couch_to_5k/, 'The nearest name is named.');
  }),
);

const malformed: [name: string, path: string, body: unknown, status: number, message: RegExp][] = [
  ['no id', 'messages', { text: 'hi' }, 400, /“id” is missing/],
  ['an id that is too short', 'messages', { id: 'x', text: 'hi' }, 400, /“id” does not have the form/],
  ['an id with a colon', 'messages', { id: 'web:p:12345', text: 'hi' }, 400, /“id” does not have the form/],
  ['no text', 'messages', { id: 'long-enough' }, 400, /“text” is missing/],
  ['only spaces', 'messages', { id: 'long-enough', text: '  \n' }, 400, /“text” does not have the form/],
  ['a text of another type', 'messages', { id: 'long-enough', text: { a: 1 } }, 400, /“text” must be string/],
  ['a field too many', 'messages', { id: 'long-enough', text: 'hi', person: 'p2' }, 400, /no field “person”/],
  ['no JSON', 'messages', '{"id": ', 400, /cannot be read/],
  ['null', 'messages', 'null', 400, /must be a JSON object/],
  ['a prototype', 'messages', '{"__proto__": {"a": 1}, "id": "long-enough", "text": "x"}', 400, /cannot be read/],
  ['more than the runtime takes', 'messages', { id: 'long-enough', text: 'x'.repeat(4001) }, 413, /4,?000 characters/],
  ['more than the door takes', 'messages', { id: 'long-enough', text: 'x'.repeat(70_000) }, 413, /too large/],
  ['an answer without a question', 'answers', { id: 'long-enough', value: 'yes' }, 400, /“question” is missing/],
  ['an unknown question', 'answers', { id: 'long-enough', question: 'nothing', value: 'yes' }, 400, /./],
];

chat('malformed bodies are each a sentence, and change nothing', () =>
  withServer({}, async (server: TestServer) => {
    const ana = await server.signedIn('ana@example.org');
    for (const [name, path, body, status, message] of malformed) {
      const answer = await ana.post<Problem>(`${program}/${path}`, body);
      assert.is(answer.status, status, `${name}: ${answer.text}`);
      assert.match(answer.body.error.message, message, name);
    }
    const { body } = await ana.get<Conversation>(`${program}/messages`);
    assert.equal(body.messages, []);
    assert.is((await ana.post<Problem>('/api/zone', { zone: 'Mars/Olympus' })).status, 400);
    assert.is((await ana.post<Problem>('/api/zone', { zone: '+01:00' })).status, 400);
    assert.is((await ana.post('/api/zone', { zone: 'Asia/Tokyo' })).status, 204);
  }),
);

chat.run();
