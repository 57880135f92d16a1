/** Programs over HTTP: reading, publishing, and what is refused. Real database, real server. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VersionReport } from '../../runtime/version-plan.ts';
import { sourceCharactersMax } from '../../server/plugins/programs.ts';
import { type TestServer, type Visitor, withServer } from '../support/server.ts';

const couch = readFileSync(new URL('../../programs/couch_to_5k.regimen', import.meta.url), 'utf8');
const versions = '/api/programs/couch_to_5k/versions';
const walks = couch.replace('program couch_to_5k', 'program walks');

type Refused = {
  error: {
    code: string;
    message: string;
    diagnostics?: {
      code: string;
      message: string;
      line: number;
      column: number;
      file?: string;
      span: { start: number; end: number };
    }[];
  };
};
type Listed = { programs: { name: string; version: number; active: number }[] };

/** A test on a server of its own, with somebody signed in. */
function served(name: string, work: (world: TestServer, ana: Visitor) => Promise<void>) {
  test(name, () => withServer({}, async (world) => work(world, await world.signedIn('ana@acme.com'))));
}

served(
  'a published program is listed and read; a new text becomes the next version, the same text changes nothing',
  async (_, ana) => {
    const before = await ana.get<Listed>('/api/programs');
    assert.equal(
      before.body.programs.map((one) => [one.name, one.version, one.active]),
      [['couch_to_5k', 1, 0]],
    );
    const read = await ana.get<{ source: string; version: number }>('/api/programs/couch_to_5k');
    assert.is(read.body.source, couch);

    const source = `${couch}\n// Second thoughts.\n`;
    const first = await ana.post(versions, { source });
    assert.equal([first.status, first.body], [201, { name: 'couch_to_5k', version: 2, fresh: true }]);
    const again = await ana.post(versions, { source });
    assert.equal([again.status, again.body], [200, { name: 'couch_to_5k', version: 2, fresh: false }]);
    const after = await ana.get<{ source: string; version: number }>('/api/programs/couch_to_5k');
    assert.equal([after.body.source, after.body.version], [source, 2]);
  },
);

served(
  'what a text means for people inside is told before, and they go over only where that is asked',
  async (world, ana) => {
    const { control } = world.engine;
    const bo = await control.personByEmail('bo@acme.com');
    const { id } = await control.enroll({ person: bo.id, program: 'couch_to_5k', by: 'operator' });
    const source = `${couch}\n// Second thoughts.\n`;
    const told = await ana.post<VersionReport>('/api/programs/couch_to_5k/preview', { source });
    assert.is(told.status, 200);
    assert.equal([told.body.to, told.body.people, told.body.counts.same], [2, 1, 1]);
    const wrong = await ana.post<Refused>('/api/programs/couch_to_5k/preview', { source: 'program couch_to_5k {' });
    assert.equal([wrong.status, wrong.body.error.code], [400, 'malformed']);
    assert.is((await ana.post(versions, { source, people: 'all' })).status, 400);
    await ana.post(versions, { source });
    assert.is((await control.enrollment(id)).version, 1);
    await ana.post(versions, { source: `${source}// And third.\n`, people: 'adopt' });
    const [plan] = await control.versionPlans({ program: 'couch_to_5k', limit: 1 });
    assert.equal([plan?.to, plan?.people, plan?.status !== 'planned'], [3, 1, true]);
  },
);

served('a new program is published under its own name', async (_, ana) => {
  const made = await ana.post('/api/programs/walks/versions', { source: walks });
  assert.equal([made.status, made.body], [201, { name: 'walks', version: 1, fresh: true }]);
});

served('a text with errors comes back with their places, and nothing is published', async (_, ana) => {
  const source = couch.replace('advance  to graduated', 'advance  to graduatde');
  const { status, body } = await ana.post<Refused>(versions, { source });
  assert.is(status, 400);
  assert.match(body.error.message, /1 error/);
  const [mistake] = body.error.diagnostics ?? [];
  assert.ok(mistake);
  assert.is(source.slice(mistake.span.start, mistake.span.end), 'graduatde');
  const line = source.slice(0, source.indexOf('graduatde')).split('\n').length;
  assert.is(mistake.line, line);
  const { body: read } = await ana.get<{ version: number }>('/api/programs/couch_to_5k');
  assert.is(read.version, 1);
});

served('what cannot be published is refused in a sentence', async (_, ana) => {
  const cases: [what: string, path: string, body: unknown, status: number, message: RegExp][] = [
    ['no body', versions, {}, 400, /“source” is missing/],
    ['a field too many', versions, { source: couch, force: true }, 400, /no field “force”/],
    ['a number', versions, { source: 7 }, 400, /“source”/],
    ['no program', versions, { source: '// nothing yet' }, 400, /no program in this text/i],
    ['two programs', versions, { source: `${couch}\n${walks}` }, 400, /several programs/],
    ['another name', '/api/programs/walks/versions', { source: couch }, 400, /“couch_to_5k”, not “walks”/],
    ['too long', versions, { source: `${couch}${'/'.repeat(sourceCharactersMax)}` }, 400, /longer than/],
    ['a name that is none', '/api/programs/a-b/versions', { source: couch }, 404, /no program/],
  ];
  for (const [what, path, body, status, message] of cases) {
    const answer = await ana.post<Refused>(path, body);
    assert.is(answer.status, status, what);
    assert.match(answer.body.error.message, message, what);
  }
});

served('an unknown program is unknown, and may be begun in the editor', async (_, ana) => {
  assert.is((await ana.get('/api/programs/nothing_here')).status, 404);
  const page = await ana.get('/editor/nothing_here', { accept: 'text/html' });
  assert.is(page.status, 200);
  assert.match(
    page.text,
    '"open":{"name":"nothing_here","version":0,"path":"nothing_here.regimen","source":"","importable":[]}',
  );
});

served('a program with imports is published with them, and again from the editor with those it has', async (_, ana) => {
  const path = '/api/programs/strolls/versions';
  const text = 'fragment leaving { leave as lost after 90 days }';
  const source = (about: string) => `import leaving from "./shared.regimen"
program strolls "Strolls" { about "${about}"  enroll anyone verified  stage on "On" { use leaving } }`;
  const alone = await ana.post<Refused>(path, { source: source('One') });
  assert.is(alone.status, 400);
  assert.is(alone.body.error.diagnostics?.[0]?.code, 'unknown-file');

  const imports = [{ path: './shared.regimen', text }];
  assert.is((await ana.post(path, { source: source('One'), imports })).status, 201);
  assert.is((await ana.post(path, { source: source('One'), imports })).status, 200);
  const { body } = await ana.get<{ imports: object[] }>('/api/programs/strolls');
  assert.equal(body.imports, [{ path: 'shared.regimen', text }]);
  assert.match((await ana.get('/editor/strolls')).text, '"importable":[{"path":"shared.regimen"');
  // The editor sends the program's own text alone.
  assert.equal((await ana.post(path, { source: source('Two') })).body, { name: 'strolls', version: 2, fresh: true });
  // Another program may import what is there already.
  const other = source('Other').replace('program strolls', 'program rambles');
  assert.is((await ana.post('/api/programs/rambles/versions', { source: other })).status, 201);

  const broken = [{ path: 'shared.regimen', text: '\n  fragment leaving { leave as lost when speed > 1 }' }];
  const refused = await ana.post<Refused>(path, { source: source('Three'), imports: broken });
  assert.equal(
    refused.body.error.diagnostics?.map(({ code, file, line }) => [code, file, line]),
    [['unknown-name', 'shared.regimen', 2]],
  );
  for (const wrong of [[{ path: 'a.regimen' }], [{ path: '', text }], 'none'])
    assert.is((await ana.post(path, { source: source('Four'), imports: wrong })).status, 400);
});

test('only operators publish, and the editor says so', () => {
  const environment = {
    REGIMEN_ENV: 'production',
    REGIMEN_URL: 'http://regimen.test',
    REGIMEN_PRINT_CODES: 'yes',
    REGIMEN_OPERATORS: 'boss@acme.com',
  };
  return withServer({ environment }, async (world) => {
    const ana = await signedInByLog(world, 'ana@acme.com');
    const refused = await ana.post<Refused>(versions, { source: `${couch}\n` });
    assert.is(refused.status, 403);
    assert.match(refused.body.error.message, /operator/i);
    assert.match((await ana.get('/editor/couch_to_5k')).text, '"publishingRefused":"Only operators can publish."');
    const boss = await signedInByLog(world, 'boss@acme.com');
    assert.is((await boss.post(versions, { source: `${couch}\n` })).status, 201);
    assert.match((await boss.get('/editor/couch_to_5k')).text, '"publishingRefused":null');
  });
});

served('signed out, nothing is told', async (world) => {
  const stranger = world.visit();
  assert.is((await stranger.get('/api/programs')).status, 401);
  assert.is((await stranger.get('/api/programs/couch_to_5k')).status, 401);
  assert.is((await stranger.post(versions, { source: couch })).status, 401);
  const page = await stranger.get('/editor/couch_to_5k', { accept: 'text/html' });
  assert.is(page.status, 302);
  assert.match(page.headers.get('location') ?? '', '/sign-in?next=%2Feditor%2Fcouch_to_5k');
});

/** Outside development the code is only in the server's log. */
async function signedInByLog(world: TestServer, email: string): Promise<Visitor> {
  const visitor = world.visit();
  await visitor.post('/api/sign-in', { email });
  const code = /: (\d{6})\b/.exec(world.lines.findLast((line) => line.includes(email)) ?? '')?.[1];
  assert.is((await visitor.post('/api/sign-in/code', { code })).status, 200);
  return visitor;
}

test.run();
