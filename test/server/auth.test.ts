/**
 * Sign-in through the real doors and tables: codes, tries, expiry, the asking browser, origins, sessions.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { safeNext } from '../../server/plugins/auth.ts';
import {
  codeLifeMs,
  codesPerAddressMax,
  codesPerEmailMax,
  codesWindowMs,
  codeTriesMax,
  sessionLifeMs,
} from '../../server/sign-ins.ts';
import { production, type TestServer, type Visitor, withServer } from '../support/server.ts';

type Problem = { error: { code: string; message: string } };
type Asked = { email: string; developmentCode?: string; expiresInMs: number };

const auth = suite('sign-in');

const ask = async (visitor: Visitor, email: string): Promise<string> => {
  const { status, body } = await visitor.post<Asked>('/api/sign-in', { email });
  assert.is(status, 202);
  return body.developmentCode ?? '';
};
const verify = (visitor: Visitor, code: string) => visitor.post<Problem>('/api/sign-in/code', { code });
const wrong = (code: string): string => (code === '000000' ? '000001' : '000000');

auth('codes: right, wrong, too often, too late, elsewhere, twice', () =>
  withServer({}, async (server) => {
    // Right.
    const ana = server.visit();
    assert.is(
      (await ana.get('/enrollments', { accept: 'text/html' })).headers.get('location'),
      '/sign-in?next=%2Fenrollments',
    );
    const code = await ask(ana, ' Ana@Example.org ');
    assert.match(code, /^\d{6}$/);
    assert.ok(server.lines.some((line) => line.includes(`ana@example.org: ${code}`)));
    const signedIn = await verify(ana, `${code.slice(0, 3)} ${code.slice(3)}`);
    assert.is(signedIn.status, 200);
    const cookie = signedIn.headers.getSetCookie().find((line) => line.startsWith('regimen_session=')) ?? '';
    assert.match(cookie, /HttpOnly/);
    assert.match(cookie, /SameSite=Lax/);
    assert.not.match(cookie, /Secure/, 'Development is not served by https.');
    assert.is((await ana.get('/enrollments')).status, 200);

    // Used: not even in the same browser a second time.
    const again = server.visit();
    const second = await ask(again, 'ana@example.org');
    const kept = new Map(again.cookies);
    assert.is((await verify(again, second)).status, 200);
    for (const [name, value] of kept) again.cookies.set(name, value);
    assert.is((await verify(again, second)).body.error.code, 'no-code');

    // Another browser has nothing to try with, even when it knows the code.
    const asker = server.visit();
    const bound = await ask(asker, 'bound@example.org');
    const thief = server.visit();
    await ask(thief, 'thief@example.org');
    assert.is((await verify(server.visit(), bound)).body.error.code, 'no-code');
    assert.is((await verify(thief, bound)).body.error.code, 'wrong-code');
    assert.is((await verify(asker, bound)).status, 200);

    // Wrong, and then one time too many: the right code is worth nothing any more.
    const guesser = server.visit();
    const target = await ask(guesser, 'target@example.org');
    for (let tries = 1; tries < codeTriesMax; tries++) {
      const { status, body } = await verify(guesser, wrong(target));
      assert.is(status, 400);
      assert.is(body.error.code, 'wrong-code');
    }
    assert.is((await verify(guesser, wrong(target))).body.error.code, 'too-many-tries');
    assert.is((await verify(guesser, target)).body.error.code, 'too-many-tries');

    // All guesses at once are counted too.
    const flood = server.visit();
    const flooded = await ask(flood, 'flood@example.org');
    const guesses = Array.from({ length: 20 }, (_, index) => String(index).padStart(6, '0')).filter(
      (guess) => guess !== flooded,
    );
    const answers = await Promise.all(guesses.map((guess) => verify(flood, guess)));
    assert.is(answers.filter(({ body }) => body.error.code === 'wrong-code').length, codeTriesMax - 1);
    assert.is((await verify(flood, flooded)).body.error.code, 'too-many-tries');

    // Too late.
    const late = server.visit();
    const old = await ask(late, 'late@example.org');
    server.machine.now += codeLifeMs + 1;
    assert.is((await verify(late, old)).body.error.code, 'no-code');

    // Not six digits.
    assert.is((await verify(late, '12345')).body.error.code, 'malformed');
  }),
);

auth('asking is limited by email and by address, and says the same for everybody', () =>
  withServer({}, async (server) => {
    const person = await server.engine.control.personByEmail('known@example.org');
    assert.ok(person.id);
    const known = await server.visit().post<Asked>('/api/sign-in', { email: 'known@example.org' });
    const unknown = await server.visit().post<Asked>('/api/sign-in', { email: 'nobody@example.org' });
    const shape = ({ status, body }: typeof known) => ({ status, keys: Object.keys(body).sort() });
    assert.equal(shape(known), shape(unknown));

    // At once, as a machine would.
    const many = await Promise.all(
      Array.from({ length: codesPerEmailMax + 4 }, () =>
        server.visit().post<Asked & Problem>('/api/sign-in', { email: 'many@example.org' }),
      ),
    );
    assert.is(many.filter(({ status }) => status === 202).length, codesPerEmailMax);
    const refused = many.find(({ status }) => status === 429);
    assert.match(refused?.body.error.message ?? '', /Wait a quarter of an hour/);

    server.machine.now += codesWindowMs + 1;
    assert.is((await server.visit().post('/api/sign-in', { email: 'many@example.org' })).status, 202);

    const left = codesPerAddressMax - 1;
    const spread = await Promise.all(
      Array.from({ length: left + 5 }, (_, index) =>
        server.visit().post('/api/sign-in', { email: `p${index}@example.org` }),
      ),
    );
    assert.is(spread.filter(({ status }) => status === 202).length, left);
  }),
);

const malformed: [name: string, body: unknown, message: RegExp][] = [
  ['no email', {}, /“email” is missing/],
  ['a number', { email: 5 }, /“email” must be string/],
  ['no @', { email: 'ana' }, /does not look like an email/],
  ['two @', { email: 'ana@b@c' }, /does not look like an email/],
  ['a line break', { email: 'ana@example.org\nbcc: x@y' }, /does not look like an email/],
  ['too long', { email: `${'a'.repeat(300)}@example.org` }, /longer than 254/],
  ['no object', [1], /must be a JSON object/],
];

auth('malformed emails, other content types, other sites', () =>
  withServer({}, async (server) => {
    for (const [name, body, message] of malformed) {
      const answer = await server.visit().post<Problem>('/api/sign-in', body);
      assert.is(answer.status, 400, name);
      assert.match(answer.body.error.message, message, name);
    }
    const email = { email: 'ana@example.org' };
    const form = await server
      .visit()
      .post<Problem>('/api/sign-in', 'email=ana@example.org', { 'content-type': 'application/x-www-form-urlencoded' });
    assert.is(form.status, 415);
    assert.is(form.body.error.code, 'not-json');
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
    ] as Record<string, string>[]) {
      const answer = await server.visit().post<Problem>('/api/sign-in', email, headers);
      assert.is(answer.status, 403, JSON.stringify(headers));
      assert.match(answer.body.error.message, /from another site/);
    }
    for (const headers of [
      {},
      { origin: server.url },
      { 'sec-fetch-site': 'same-origin', origin: server.url },
    ] as Record<string, string>[]) {
      assert.is((await server.visit().post('/api/sign-in', email, headers)).status, 202, JSON.stringify(headers));
    }
  }),
);

auth('sessions: sign-out ends one, time ends all, tables hold no secret', () =>
  withServer({}, async (server) => {
    const here = await server.signedIn('ana@example.org');
    const there = await server.signedIn('ana@example.org');
    assert.is((await here.post('/api/sign-out', {}, { origin: 'https://evil.example' })).status, 403);
    const kept = new Map(here.cookies);
    assert.is((await here.post('/api/sign-out', {})).status, 204);
    for (const [name, value] of kept) here.cookies.set(name, value);
    assert.is((await here.get('/api/enrollments')).status, 401, 'The old cookie is worth nothing.');
    assert.is((await there.get('/api/enrollments')).status, 200);

    // The programs' clock does not sign anybody out.
    assert.is((await server.visit().post('/api/clock/advance', { by: '9 weeks' })).status, 200);
    assert.is((await there.get('/api/enrollments')).status, 200);
    server.machine.now += sessionLifeMs + 1;
    assert.is((await there.get('/api/enrollments')).status, 401);

    const asker = server.visit();
    const code = await ask(asker, 'ben@example.org');
    const [row] = await server.engine.store.sql<{ all: string }[]>`
      select (select string_agg(s::text, ' ') from sessions s) || (select string_agg(c::text, ' ') from sign_in_codes c) as all`;
    assert.ok(row?.all.includes('ben@example.org'));
    assert.not.ok(row?.all.includes(`,${code},`));
  }),
);

auth('production: secure cookies, the configured origin only, codes only where the log may have them', async () => {
  await withServer({ environment: production }, async (server) => {
    const boss = await server.signedIn('boss@example.org');
    assert.is((await boss.get('/operators')).status, 200);
    const asked = await server
      .visit()
      .post<Asked>('/api/sign-in', { email: 'ana@example.org' }, { origin: 'https://regimen.test' });
    assert.is(asked.status, 202);
    assert.is(asked.body.developmentCode, undefined);
    assert.match(asked.headers.getSetCookie().join(), /Secure/);
    assert.is(
      (await server.visit().post('/api/sign-in', { email: 'ana@example.org' }, { origin: server.url })).status,
      403,
      'The Host header is the sender’s to choose.',
    );
    assert.is((await server.visit().get('/api/clock')).status, 404, 'There is no clock to move.');
    assert.match((await boss.get('/')).headers.get('strict-transport-security') ?? '', /max-age/);
  });
  await withServer({ environment: { ...production, REGIMEN_PRINT_CODES: 'no' } }, async (server: TestServer) => {
    const { status, body } = await server.visit().post<Problem>('/api/sign-in', { email: 'ana@example.org' });
    assert.is(status, 503);
    assert.match(body.error.message, /cannot deliver sign-in codes yet.*REGIMEN_PRINT_CODES=yes/);
    assert.equal(server.lines, []);
  });
});

const nexts: [next: unknown, safe: string][] = [
  ['/chat/couch_to_5k?x=1', '/chat/couch_to_5k?x=1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/sign-in?next=/sign-in', '/'],
  [undefined, '/'],
  [['/a', '/b'], '/'],
];
auth('where one goes after signing in is a page of this server', () => {
  for (const [next, safe] of nexts) assert.is(safeNext(next), safe, String(next));
});

auth.run();
