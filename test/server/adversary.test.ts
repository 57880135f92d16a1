/**
 * Whoever means harm at the doors: other people's things, broken bodies, slow and many connections, names that lie.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { requestMsMax } from '../../server/create-server.ts';
import { codesPerAddressMax } from '../../server/sign-ins.ts';
import { streamsPerReaderMax } from '../../server/streams.ts';
import { production, type TestServer, type Visitor, withServer } from '../support/server.ts';

type Problem = { error: { code: string; message: string } };

const adversary = suite('adversary');
const chat = '/api/chat/couch_to_5k';

const cookieOf = (visitor: Visitor): string =>
  [...visitor.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

/** Somebody enrolled, with the id of their enrollment. */
async function enrolled(server: TestServer, email: string): Promise<{ visitor: Visitor; id: string }> {
  const visitor = await server.signedIn(email);
  await visitor.post(`${chat}/messages`, { id: 'first-message', text: 'hello' });
  await server.engine.settle();
  const [enrollment] = await server.engine.control.enrollments({ limit: 1 });
  return { visitor, id: enrollment?.id ?? '' };
}

/** A request as bytes, for what `fetch` would not send. */
async function raw(server: TestServer, text: string): Promise<Socket> {
  const socket = connect(Number(server.server.info.port), '127.0.0.1');
  socket.on('error', () => undefined);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  socket.write(text);
  return socket;
}

async function until(test: () => boolean): Promise<void> {
  while (!test()) await sleep(10);
}

adversary('in production, what is somebody else’s is not there, and what is the operators’ is refused', () =>
  withServer({ environment: production }, async (server) => {
    const { visitor: ana, id } = await enrolled(server, 'ana@example.org');
    const ben = await server.signedIn('ben@example.org');
    const asked = await ana.get<{ messages: { question: { id: string } | null }[] }>(`${chat}/messages`);
    const question = asked.body.messages.find((message) => message.question !== null)?.question?.id;
    assert.ok(question);
    const before = (await server.engine.control.timeline(id)).length;
    const operatorsOnly = 'not-allowed';
    const attempts: [method: 'get' | 'post', path: string, code: string, body?: object][] = [
      ['get', `/enrollments/${id}`, 'unknown-enrollment'],
      ['get', `/api/enrollments/${id}`, 'unknown-enrollment'],
      ['get', `/api/enrollments/${id}/timeline`, 'unknown-enrollment'],
      ['get', `/api/enrollments/${id}/events`, 'unknown-enrollment'],
      ['post', `/api/enrollments/${id}/events`, 'unknown-enrollment', { id: 'a', series: 'runs', fields: {} }],
      ['post', `${chat}/answers`, 'malformed', { id: 'answer-of-ben', question, value: 'yes' }],
      ['post', '/api/programs/couch_to_5k/versions', operatorsOnly, { source: 'x' }],
      ['get', '/operators', operatorsOnly],
      ['get', '/api/operators/items', operatorsOnly],
      ['post', '/api/operators/items/x/approve', operatorsOnly, {}],
      ['post', '/api/operators/items/x/close', operatorsOnly, {}],
      ['get', '/api/clock', 'not-found'],
      ['get', '/api/clock/events', 'not-found'],
      ['post', '/api/clock/advance', 'not-found', { to: 'next' }],
    ];
    for (const [method, path, code, body] of attempts) {
      const answer = method === 'get' ? await ben.get<Problem>(path) : await ben.post<Problem>(path, body);
      assert.is(answer.body.error.code, code, `${method} ${path}`);
    }
    assert.equal((await ben.get<{ messages: unknown[] }>(`${chat}/messages`)).body.messages, []);
    assert.equal((await ben.get<{ enrollments: unknown[] }>('/api/enrollments')).body.enrollments, []);
    assert.is((await server.engine.control.timeline(id)).length, before);
    // Only this very host can have set these, and only over https.
    for (const name of ana.cookies.keys()) assert.match(name, /^__Host-/);
  }),
);

adversary('bodies and addresses that cannot be stored or walked through are sentences, never failures', () =>
  withServer({}, async (server) => {
    const { visitor: ana, id } = await enrolled(server, 'ana@example.org');
    server.lines.length = 0;
    const source = (await ana.get<{ source: string }>('/api/programs/couch_to_5k')).body.source;
    const deep = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const event = (fields: string) => `{"id":"deep","series":"runs","fields":${fields}}`;
    const cases: [path: string, status: number, sentence: RegExp, body?: unknown][] = [
      ['/chat/%00', 400, /cannot be stored/],
      ['/api/chat/a%00b/messages', 400, /cannot be stored/],
      ['/api/enrollments?program=%00', 400, /cannot be stored/],
      ['/chat/__proto__', 404, /no program called __proto__/],
      ['/assets/__proto__', 404, /./],
      ['/assets/constructor.js', 404, /./],
      [`${chat}/answers`, 400, /cannot be stored/, { id: 'an-answer', question: 'a\0', value: 'yes' }],
      ['/api/operators/items/%00/approve', 400, /cannot be stored/, {}],
      ['/api/programs/couch_to_5k/versions', 400, /cannot be stored/, { source: source.replace('Couch', 'Co\0uch') }],
      ['/api/sign-in', 400, /must be a JSON object/, deep],
      [`/api/enrollments/${id}/events`, 400, /minutes must be a number/, event(`{"minutes":${deep}}`)],
      [
        `/api/enrollments/${id}/events`,
        400,
        /minutes must be a number/,
        event(`{"minutes":${'{"a":'.repeat(9_000)}1${'}'.repeat(9_000)}}`),
      ],
      [`/api/enrollments/${id}/events`, 400, /cannot be read/, event('{"__proto__":{"minutes":30}}')],
      [`/api/enrollments/${id}/events`, 400, /no field toString/, event('{"toString":1}')],
    ];
    for (const [path, status, sentence, body] of cases) {
      const answer = body === undefined ? await ana.get<Problem>(path) : await ana.post<Problem>(path, body);
      assert.is(answer.status, status, `${path}: ${answer.text.slice(0, 200)}`);
      assert.match(answer.body.error.message, sentence, path);
    }
    // Further on than any timeline is simply the end.
    const far = '9'.repeat(15);
    assert.equal((await ana.get(`/api/enrollments/${id}/timeline?after=${far}`)).body, { rows: [] });
    const events = await ana.events(`/api/enrollments/${id}/events`, (all) => all.length > 0, { 'last-event-id': far });
    assert.is(events[0]?.event, 'clock');
    assert.equal(server.lines, [], 'Nothing of this is a mistake of ours.');
  }),
);

adversary('after signing in one lands on this server, whatever the address holds', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const cases: [next: string, location: string][] = [
      ['/%E4%B8%AD', '/%E4%B8%AD'],
      ['/a%01b', '/a%01b'],
      ['/%0d%0aset-cookie:x=1', '/'],
      ['/./%2fevil.example', '/'],
      ['/a/..%2f%2fevil.example', '/'],
      ['/%09/evil.example', '/'],
      ['/./sign-in', '/'],
    ];
    for (const [next, location] of cases) {
      const { status, headers } = await ana.get(`/sign-in?next=${next}`);
      assert.is(status, 302, next);
      assert.is(headers.get('location'), location, next);
    }
  }),
);

adversary('addresses that look like another’s, or write into the log, are none', () =>
  withServer({}, async (server) => {
    for (const email of [
      'ana\0@example.org',
      'ana\u200b@example.org',
      'gro.elpmaxe@\u202eana',
      'ana\x07@example.org',
      '\ud800@example.org',
      'mar\u212a@example.org',
    ]) {
      const answer = await server.visit().post<Problem>('/api/sign-in', { email });
      assert.is(answer.status, 400, JSON.stringify(email));
      assert.match(answer.body.error.message, /does not look like an email/);
      // A channel that vouches for it does not get further.
      const refused = await server.engine.control.personByEmail(email).catch((error: Error) => error.message);
      assert.match(String(refused), /is not an email address/, JSON.stringify(email));
    }
    assert.equal(server.lines, []);
  }),
);

adversary('in development a name that somebody else leads here opens no door', () =>
  withServer({ environment: { REGIMEN_URL: 'http://regimen.test:4100' } }, async (server) => {
    const body = JSON.stringify({ email: 'ana@example.org' });
    const answered = async (host: string): Promise<string> => {
      const socket = await raw(
        server,
        `POST /api/sign-in HTTP/1.1\r\nhost: ${host}\r\norigin: http://${host.toLowerCase()}\r\nsec-fetch-site: same-origin\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
      );
      let text = '';
      for await (const part of socket) text += String(part);
      return text;
    };
    for (const host of ['evil.example', 'localhost.evil.example:4100', '127.0.0.1.evil.example']) {
      const text = await answered(host);
      assert.match(text, /^HTTP\/1\.1 403 /, host);
      assert.match(text, /does not know the name .* set REGIMEN_URL/, host);
      assert.not.match(text, /developmentCode/);
    }
    for (const host of ['localhost', '[::1]:4100', '127.0.0.1:4100', 'regimen.test:4100'])
      assert.match(await answered(host), /^HTTP\/1\.1 (202|429) /, host);
  }),
);

adversary('one sender behind the proxy does not use up everybody’s codes', () =>
  withServer({ environment: production }, async (server) => {
    let number = 0;
    const ask = (forwarded: string) =>
      server
        .visit()
        .post('/api/sign-in', { email: `p${number++}@example.org` }, { 'x-forwarded-for': forwarded })
        .then(({ status }) => status);
    // What comes before the last is the sender's own invention.
    for (let count = 0; count < codesPerAddressMax; count++)
      assert.is(await ask(`198.51.100.${count}, 203.0.113.9`), 202);
    assert.is(await ask('192.0.2.1, 203.0.113.9'), 429);
    assert.is(await ask('203.0.113.10'), 202);
    assert.is(await ask('no address'), 202, 'Counted as the proxy itself.');
  }),
);

adversary('a body that never ends is given up', () =>
  withServer({}, async (server) => {
    assert.is(server.server.listener.requestTimeout, requestMsMax);
    server.server.listener.requestTimeout = 300;
    server.server.listener.headersTimeout = 300;
    const socket = await raw(
      server,
      'POST /api/sign-in HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{',
    );
    let text = '';
    socket.on('data', (part) => {
      text += String(part);
    });
    const began = performance.now();
    await new Promise((resolve) => socket.once('close', resolve));
    assert.match(text, /^HTTP\/1\.1 400 [\s\S]*connection: close/);
    assert.ok(performance.now() - began < 5_000);
  }),
);

adversary('streams: so many for one person, none left behind by who hangs up, cut where nobody reads', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const ben = await server.signedIn('ben@example.org');
    const { streams } = server.server.app;
    const request = (visitor: Visitor) =>
      `GET ${chat}/events HTTP/1.1\r\nhost: localhost\r\ncookie: ${cookieOf(visitor)}\r\n\r\n`;

    const open: Socket[] = [];
    for (let count = 0; count < streamsPerReaderMax; count++) open.push(await raw(server, request(ana)));
    await until(() => streams.size === streamsPerReaderMax);
    const refused = await ana.get<Problem>(`${chat}/events`);
    assert.is(refused.status, 429);
    assert.match(refused.body.error.message, /Close some of them/);
    // Nobody else is kept out, and a place that is given up is free again.
    assert.ok((await ben.events(`${chat}/events`, (events) => events.length > 0)).length > 0);
    for (const socket of open) socket.destroy();
    await until(() => streams.size === 0);

    for (let count = 0; count < 40; count++) {
      const socket = await raw(server, request(ana));
      await sleep(count % 8);
      socket.destroy();
    }
    await sleep(300);
    assert.is(streams.size, 0, 'Hung up before the stream began, at whatever moment.');

    // A subscription that is refused leaves nothing running.
    const { subscribe } = server.parts.live;
    server.parts.live.subscribe = () => {
      throw new Error('too many');
    };
    await server.restart();
    assert.is((await ana.get(`${chat}/events`)).status, 500);
    assert.is(server.server.app.streams.size, 0);
    server.parts.live.subscribe = subscribe;

    // Far more than any connection holds, for somebody who reads none of it.
    const long = 'x'.repeat(100_000);
    let position = 0;
    server.parts.control.conversation = async () =>
      Array.from({ length: 150 }, () => ({
        position: ++position,
        id: `m${position}`,
        enrollment: null,
        direction: 'out' as const,
        text: long,
        at: 0,
        reason: 'notice' as const,
        author: 'system' as const,
        question: null,
      }));
    await server.restart();
    const deaf = await raw(server, request(ana));
    deaf.pause();
    await until(() => position > 0 && server.server.app.streams.size === 0);
    const connections = () =>
      new Promise<number>((resolve) => server.server.listener.getConnections((_, count) => resolve(count)));
    while ((await connections()) > 0) await sleep(20);
    deaf.destroy();
  }),
);

adversary.run();
