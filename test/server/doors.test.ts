/**
 * What all doors share: the shape of errors, headers, stray cookies, ports, streams at the end, assets, the clock.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createServer, listen } from '../../server/create-server.ts';
import { monday, type StreamEvent, withServer } from '../support/server.ts';

type Problem = { error: { code: string; message: string } };

const doors = suite('doors');

doors('errors have one shape for programs and a page for browsers', () =>
  withServer({}, async (server) => {
    const visitor = server.visit();
    for (const path of [
      '/api/nothing',
      '/nothing',
      '/assets/nothing.js',
      '/assets/..%2fpackage.json',
      '/assets/%2e%2e/server.ts',
    ]) {
      const { status, body } = await visitor.get<Problem>(path);
      assert.is(status, 404, path);
      assert.is(typeof body.error.code, 'string', path);
      assert.match(body.error.message, /[.]$/, path);
    }
    const page = await visitor.get('/nothing', { accept: 'text/html,*/*' });
    assert.is(page.status, 404);
    assert.match(page.headers.get('content-type') ?? '', /text\/html/);
    assert.match(page.text, /There is nothing here/);

    const ana = await server.signedIn('ana@example.org');
    const program = await ana.get('/chat/%3Cscript%3Ealert(1)%3C%2Fscript%3E', { accept: 'text/html' });
    assert.is(program.status, 404);
    assert.not.match(program.text, /<script>alert/);

    // A mistake of ours gives nothing away.
    server.parts.control.programs = () => Promise.reject(new Error('connect postgres://regimen:hunter22@host'));
    await server.restart();
    const broken = await visitor.get<Problem>('/');
    assert.is(broken.status, 500);
    assert.is(broken.body.error.code, 'internal');
    assert.not.match(broken.text, /hunter22/);

    // Connections that are cut, none left, a standby that is not the primary yet: nobody's mistake, and soon over.
    for (const code of ['57P01', '53300', '25006', 'CONNECTION_CLOSED', 'ECONNREFUSED']) {
      server.parts.control.programs = () => Promise.reject(Object.assign(new Error('hunter22'), { code }));
      await server.restart();
      const away = await visitor.get<Problem>('/');
      assert.equal([away.status, away.body.error.code], [503, 'unavailable'], code);
      assert.not.match(away.text, /hunter22/);
    }
    for (const code of ['23505', 'ERR_INVALID_ARG_TYPE', 'ENOENT', 'EXTRA']) {
      server.parts.control.programs = () => Promise.reject(Object.assign(new Error('hunter22'), { code }));
      await server.restart();
      assert.is((await visitor.get('/')).status, 500, code);
    }
  }),
);

doors('every answer is kept from harm by its headers', () =>
  withServer({}, async (server) => {
    for (const path of ['/', '/health', '/nothing', '/sign-in', '/assets/home.js']) {
      const { headers } = await server.visit().get(path);
      const policy = headers.get('content-security-policy') ?? '';
      assert.match(policy, /script-src 'self'(;|$)/, path);
      assert.not.match(policy, /unsafe-eval/, path);
      assert.match(policy, /frame-ancestors 'none'/, path);
      assert.is(headers.get('x-content-type-options'), 'nosniff', path);
      assert.is(headers.get('referrer-policy'), 'no-referrer', path);
    }
    assert.is((await server.visit().get('/')).headers.get('cache-control'), 'no-store');
  }),
);

doors('a stray or malformed cookie closes no door', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    const own = [...ana.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const stray of ['a b=c', 'x="', 'm\u00fcll=1', '=', 'regimen_sign_in=not-sealed', 'other={"a":1}']) {
      const cookie = Buffer.from(`${stray}; ${own}`).toString('latin1');
      assert.is((await server.visit({ cookie }).get('/api/enrollments')).status, 200, stray);
      assert.is((await server.visit({ cookie: Buffer.from(stray).toString('latin1') }).get('/')).status, 200, stray);
    }
    for (const session of ['regimen_session=forged', 'regimen_session=Fe26.2**x*y*z**a*b', 'regimen_session=']) {
      assert.is((await server.visit({ cookie: session }).get('/api/enrollments')).status, 401, session);
    }
  }),
);

doors('a taken port and a host that is not ours are sentences', () =>
  withServer({}, async (server) => {
    const port = Number(server.server.info.port);
    const cases: [config: object, sentence: RegExp][] = [
      [{ port }, new RegExp(`^Port ${port} is taken by another program\\. .*REGIMEN_PORT`)],
      [{ port: 0, host: '203.0.113.7' }, /^This machine cannot listen on “203\.0\.113\.7”\. Set REGIMEN_HOST/],
    ];
    for (const [changes, sentence] of cases) {
      const second = await createServer({ ...server.parts, config: { ...server.config, ...changes } });
      try {
        await listen(second);
        assert.unreachable('It listens.');
      } catch (error) {
        assert.match((error as Error).message, sentence);
      } finally {
        await second.stop();
      }
    }
  }),
);

doors('stopping ends open streams at once', () =>
  withServer({}, async (server) => {
    const ana = await server.signedIn('ana@example.org');
    let told = 0;
    const never = (events: StreamEvent[]): boolean => {
      if (events.at(-1)?.event === 'state') told += 1;
      return false;
    };
    const streams = Array.from({ length: 5 }, () => ana.events('/api/chat/couch_to_5k/events', never));
    await until(() => told === 5);
    const began = performance.now();
    await server.restart();
    assert.ok(performance.now() - began < 1_000, `It took ${Math.round(performance.now() - began)} ms.`);
    const ended = await Promise.all(streams);
    assert.ok(ended.every((events) => events.some(({ event }) => event === 'state')));

    // Signing out ends the streams of that session, and of no other.
    const ben = await server.signedIn('ben@example.org');
    const his = ben.events('/api/chat/couch_to_5k/events', () => false);
    const hers = ana.events('/api/chat/couch_to_5k/events', (events) =>
      events.some(({ event }) => event === 'message'),
    );
    await until(() => server.server.app.streams.size === 2);
    await ben.post('/api/sign-out', {});
    await his;
    await ana.post('/api/chat/couch_to_5k/messages', { id: 'still-open', text: 'hello' });
    await hers;
  }),
);

doors('assets: bundled on request, kept by content, fonts included', () =>
  withServer({}, async (server) => {
    const visitor = server.visit();
    const { text: page } = await visitor.get('/');
    const [, script = ''] = /src="(\/assets\/home\.js\?v=[^"]+)"/.exec(page) ?? [];
    const [, style = ''] = /href="(\/assets\/design\.css\?v=[^"]+)"/.exec(page) ?? [];
    const js = await visitor.get(script);
    assert.is(js.status, 200);
    assert.match(js.headers.get('content-type') ?? '', /^text\/javascript/);
    assert.match(js.headers.get('cache-control') ?? '', /immutable/);
    const bare = await visitor.get('/assets/home.js');
    assert.is(bare.headers.get('cache-control'), 'no-cache');
    assert.is((await visitor.get('/assets/home.js', { 'if-none-match': bare.headers.get('etag') ?? '' })).status, 304);
    const css = await visitor.get(style);
    const [, font = ''] = /url\("?(\/assets\/inter-latin-wght-normal-[^")]+\.woff2)/.exec(css.text) ?? [];
    const woff = await visitor.get(font);
    assert.is(woff.status, 200, font);
    assert.is(woff.headers.get('content-type'), 'font/woff2');
    assert.match(woff.headers.get('cache-control') ?? '', /immutable/);
    const worker = await visitor.get('/assets/monaco-worker.js');
    assert.is(worker.status, 200);
    assert.ok(worker.text.length > 10_000);
  }),
);

doors('health and readiness', () =>
  withServer({}, async (server) => {
    assert.equal((await server.visit().get('/health')).body, { status: 'live' });
    assert.equal((await server.visit().get('/ready')).body, { status: 'ready' });
    server.parts.ready = () => Promise.reject(new Error('gone'));
    await server.restart();
    assert.is((await server.visit().get('/health')).status, 200);
    const answer = await server.visit().get<Problem>('/ready');
    assert.is(answer.status, 503);
    assert.is(answer.body.error.message, 'The database does not answer.');
  }),
);

const moves: [body: unknown, status: number, moved: number | RegExp][] = [
  [{ by: '1 hour' }, 200, 3_600_000],
  [{ by: '3 days' }, 200, 3 * 86_400_000],
  [{ by: '90 min' }, 200, 90 * 60_000],
  [{ by: '1w' }, 200, 7 * 86_400_000],
  [{ by: '3 moons' }, 400, /“3 moons” is no length of time/],
  [{ by: '-1 day' }, 400, /is no length of time/],
  [{ by: '3 years' }, 400, /is no length of time/],
  [{ by: '999 days' }, 400, /at most 400 days/],
  [{ to: '2025-12-31T00:00:00Z' }, 400, /only moves forward/],
  [{ to: 'tomorrow' }, 400, /“tomorrow” is no moment/],
  [{ to: 'next' }, 200, 0],
  [{}, 400, /exactly one of/],
  [{ by: '1 h', to: 'next' }, 400, /exactly one of/],
  [{ by: 5 }, 400, /“by” must be string/],
];

doors('the development clock is read and moved', () =>
  withServer({}, async (server) => {
    const visitor = server.visit();
    assert.equal((await visitor.get('/api/clock')).body, { now: monday, moves: true });
    let now = monday;
    for (const [body, status, moved] of moves) {
      const answer = await visitor.post<{ now: number } & Problem>('/api/clock/advance', body);
      assert.is(answer.status, status, `${JSON.stringify(body)}: ${answer.text}`);
      if (typeof moved === 'number') {
        now += moved;
        assert.is(answer.body.now, now, JSON.stringify(body));
      } else assert.match(answer.body.error.message, moved);
    }
    assert.is(
      (await visitor.post('/api/clock/advance', { by: '1 h' }, { origin: 'https://evil.example' })).status,
      403,
    );

    // With somebody enrolled, “next” is when something is due for them.
    const ana = await server.signedIn('ana@example.org');
    await ana.post('/api/chat/couch_to_5k/messages', { id: 'first-message', text: 'hello' });
    await server.engine.settle();
    const [enrollment] = await server.engine.control.enrollments({ limit: 1 });
    const { body } = await visitor.post<{ now: number }>('/api/clock/advance', { to: 'next' });
    assert.is(body.now, enrollment?.nextDueAt);
  }),
);

doors.run();

/** Waits for what must come soon; the runner's limit ends a wait in vain. */
async function until(test: () => boolean): Promise<void> {
  while (!test()) await new Promise((resolve) => setTimeout(resolve, 10));
}
