/**
 * The parts on their own: migrate, servers and workers as processes on one Postgres, as they run elsewhere.
 */
import { rmSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createControl } from '../../runtime/store/control.ts';
import { ownMigrations } from '../../runtime/store/migrate.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { closePool, openPool } from '../../runtime/store/store.ts';
import { folderWith, regimen, type Started, startRegimenProcess } from '../support/command.ts';
import { type TestDatabase, withDatabase } from '../support/database.ts';
import { standInKey, startStandInAnthropic } from '../support/stand-in-anthropic.ts';
import { walkProgram, walkProject } from '../support/walk-project.ts';

/** An agent that answers after this long is in the middle of it when its worker is told to stop. */
const slowAnswerMs = 1_500;

const test = suite('operations');
const project = folderWith(walkProject);
const processes: Started[] = [];
test.after(() => {
  // Those of a test that failed half-way.
  for (const { child } of processes) child.kill('SIGKILL');
  rmSync(project.path, { recursive: true, force: true });
});

function run(database: TestDatabase, args: string[], env: Record<string, string> = {}) {
  return regimen(args, { cwd: project.path, env: { DATABASE_URL: database.url, ...env } });
}

function start(database: TestDatabase, args: string[], env: Record<string, string> = {}): Started {
  const started = startRegimenProcess(args, { cwd: project.path, env: { DATABASE_URL: database.url, ...env } });
  processes.push(started);
  return started;
}

async function startServer(database: TestDatabase, env: Record<string, string> = {}) {
  const server = start(database, ['server', 'programs', '--port', '0'], env);
  const [, url = ''] = await server.wrote(/listens on (http:\/\/127\.0\.0\.1:\d+)/);
  return { ...server, url };
}

async function startWorker(database: TestDatabase, env: Record<string, string> = {}) {
  const worker = start(database, ['worker', 'programs'], { REGIMEN_METRICS_PORT: '0', ...env });
  const [, watched = ''] = await worker.wrote(/figures are at (http:\/\/127\.0\.0\.1:\d+)\/metrics/);
  return { ...worker, watched };
}

async function stopped({ child, ended }: Started) {
  child.kill('SIGTERM');
  const { code, out, err } = await ended;
  assert.is(code, 0, out + err);
  assert.match(out, /has stopped/);
  return out;
}

/** A request to a host name that no resolver knows. */
function ask(url: string, options: { path: string; host?: string; body?: unknown; cookie?: string }) {
  const { path, host, body, cookie } = options;
  return new Promise<{ status: number; text: string; cookie: string }>((done, fail) => {
    const asking = request(
      url + path,
      {
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          ...(host === undefined ? {} : { host }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(cookie === undefined ? {} : { cookie }),
        },
      },
      (response) => {
        let text = '';
        response.on('data', (part) => {
          text += part;
        });
        response.on('end', () => {
          const given = (response.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
          done({ status: response.statusCode ?? 0, text, cookie: given });
        });
      },
    );
    asking.on('error', fail);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function signIn(url: string, email: string, host?: string): Promise<string> {
  const at = host === undefined ? {} : { host };
  const asked = await ask(url, { path: '/api/sign-in', body: { email }, ...at });
  const { developmentCode } = JSON.parse(asked.text) as { developmentCode: string };
  const signed = await ask(url, {
    path: '/api/sign-in/code',
    body: { code: developmentCode, zone: 'Europe/London' },
    cookie: asked.cookie,
    ...at,
  });
  assert.is(signed.status, 200, signed.text);
  return signed.cookie;
}

async function until<T>(look: () => Promise<T | null>): Promise<T> {
  for (const limit = Date.now() + 20_000; Date.now() < limit; ) {
    const found = await look();
    if (found !== null) return found;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error('It did not happen within twenty seconds.');
}

test('migrate: says what is missing, runs it once, and leaves a newer database alone', () =>
  withDatabase(async (database) => {
    const owner = openPool(database.url, { max: 1 });
    try {
      await owner`create database empty`;
      const empty = { ...database, url: database.url.replace(/\/[^/]*$/, '/empty') };
      const early = await run(empty, ['server', '--port', '0']);
      assert.is(early.code, 1);
      assert.match(
        early.err,
        /is behind this version of Regimen: it lacks 0001_first-tables, .* Run `regimen migrate`/,
      );

      const wanted = await run(empty, ['migrate', '--check']);
      assert.equal([wanted.code, wanted.out.trim().split('\n')], [1, ownMigrations()]);
      const [first, second] = await Promise.all([run(empty, ['migrate']), run(empty, ['migrate'])]);
      assert.equal([first.code, second.code], [0, 0], first.err + second.err);
      const ran = (first.out + second.out).trim().split('\n');
      assert.equal(ran, ownMigrations(), 'two at once run each migration once');
      assert.is((await run(empty, ['migrate', '--check'])).code, 0);

      const inside = openPool(empty.url, { max: 1 });
      await inside`insert into migrations (name, run_on) values ('9999_to-come', now())`;
      await closePool(inside);
      const newer = await run(empty, ['migrate']);
      assert.is(newer.code, 1);
      assert.match(newer.err, /newer than this version of Regimen: it has 9999_to-come/);
      // The version before goes on meanwhile, also when it is started again.
      const { url, ...server } = await startServer(empty);
      assert.is((await fetch(`${url}/ready`)).status, 200);
      assert.match(await stopped(server), /newer than this version of Regimen \(9999_to-come\)/);
    } finally {
      await closePool(owner);
    }
  }));

test('a server and a worker: one id from the message to its delivery, and both end in order', () =>
  withDatabase(async (database) => {
    const json = { REGIMEN_LOGS: 'json' };
    const server = await startServer(database, { ...json, REGIMEN_METRICS_PORT: '0' });
    const worker = await startWorker(database, json);
    const cookie = await signIn(server.url, 'ana@example.org');
    const sent = await ask(server.url, {
      path: '/api/chat/walk/messages',
      body: { id: 'from-ana-1', text: 'A secret of mine' },
      cookie,
    });
    assert.ok(sent.status < 300, sent.text);
    const said = await until(async () => {
      const { text } = await ask(worker.watched, { path: '/metrics' });
      return /regimen_deliveries_total\{channel="web",outcome="sent"\} [2-9]/.test(text) ? text : null;
    });
    for (const figure of [
      /regimen_runs_total\{outcome="done"\} 1/,
      /regimen_due_lag_seconds 0/,
      /regimen_database_wait_seconds \d/,
      /process_resident_memory_bytes \d/,
    ])
      assert.match(said, figure);
    for (const path of ['/health', '/ready']) assert.is((await ask(worker.watched, { path })).status, 200, path);
    assert.is((await ask(worker.watched, { path: '/nothing' })).status, 404);

    const lines = [await stopped(server), await stopped(worker)].flatMap((out) =>
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    );
    const origin = lines.find((line) => line.message === 'input' && line.type === 'message')?.origin;
    assert.match(String(origin), /from-ana-1/);
    const about = lines.filter((line) => line.origin === origin).map((line) => `${line.service} ${line.message}`);
    for (const step of ['server input', 'worker run', 'worker input', 'worker delivery'])
      assert.ok(about.includes(step), `${step} is among ${about.join(', ')}`);
    assert.not.match(JSON.stringify(lines), /A secret of mine/);
    assert.not.match(JSON.stringify(lines), new RegExp(new URL(database.url).password));
  }));

test('a worker told to stop finishes the run in hand', () =>
  withDatabase(async (database) => {
    const model = await startStandInAnthropic([
      { tools: [{ name: 'say', input: { text: 'Slowly but surely.' } }], delayMs: slowAnswerMs },
      { text: 'Done.' },
    ]);
    const server = await startServer(database);
    const worker = await startWorker(database, { ANTHROPIC_API_KEY: standInKey, ANTHROPIC_BASE_URL: model.url });
    const store = await database.open({ clock: 'machine' });
    try {
      const cookie = await signIn(server.url, 'ana@example.org');
      const sent = await ask(server.url, {
        path: '/api/chat/walk/messages',
        body: { id: 'from-ana-1', text: 'Hello' },
        cookie,
      });
      assert.ok(sent.status < 300, sent.text);
      await until(() => Promise.resolve(model.seen.length > 0 ? true : null));
      await stopped(worker);
      const [run] = await store.sql`select finished_at is not null as done, failures from agent_runs`;
      assert.equal({ ...run }, { done: true, failures: 0 });
      const [said] = await store.sql`select status from messages where text = 'Slowly but surely.'`;
      assert.ok(said, 'what the agent said is there');
      await stopped(server);
    } finally {
      await model.stop();
    }
  }));

test('a workspace has its own people and programs under its host name', () =>
  withDatabase(async (database) => {
    const made = await run(database, ['workspaces', 'create', 'clinic', '--host', 'clinic.localhost']);
    assert.is(made.code, 0, made.err);
    assert.match(made.out, /^clinic\tclinic\tclinic\.localhost\t0 programs\t0 active$/m);
    for (const [args, problem] of [
      [['create', 'clinic'], /There is a workspace clinic already/],
      [['create', 'other', '--host', 'CLINIC.localhost'], /shows the workspace clinic already/],
      [['create', 'No Good'], /cannot be a workspace/],
      [['create', 'other', '--host', '10.0.0.1'], /is not a host name/],
      [['create'], /needs a name/],
      [['drop', 'clinic'], /knows list, create and keep/],
    ] as const) {
      const refused = await run(database, ['workspaces', ...args]);
      assert.is.not(refused.code, 0);
      assert.match(refused.err, problem);
    }
    const { url, ...server } = await startServer(database);
    const host = 'clinic.localhost';
    const home = await signIn(url, 'ana@example.org');
    const there = await signIn(url, 'ana@example.org', host);
    assert.is((await ask(url, { path: '/chat/walk', cookie: home })).status, 200);
    assert.is((await ask(url, { path: '/chat/walk', cookie: there, host })).status, 404);
    // A session is good only where it began.
    assert.is((await ask(url, { path: '/chat/walk', cookie: home, host })).status, 401);
    assert.is((await ask(url, { path: '/chat/walk', cookie: there })).status, 401);
    assert.is((await ask(url, { path: '/health', host: `${host}:80` })).status, 200);
    // Names that no workspace has are the server's own to judge.
    assert.is((await ask(url, { path: '/health', host: 'other.localhost' })).status, 200);
    assert.is((await ask(url, { path: '/health', host: 'x'.repeat(300) })).status, 403);
    await stopped(server);
  }));

test('export, import, erase and keep, as commands', () =>
  withDatabase(async (database) => {
    const store = await database.open({ clock: 'machine' });
    const control = createControl(store);
    await control.publish({ source: walkProgram('Welcome.'), path: 'walk.regimen', by: 'test' });
    const { id: person } = await control.personByEmail('ana@example.org', { name: 'Ana' });
    const { id } = await control.enroll({ person, program: 'walk', by: 'operator' });
    const file = join(project.path, 'ana.json');
    assert.is((await run(database, ['workspaces', 'create', 'clinic'])).code, 0);
    assert.is((await run(database, ['export', id, '--to', file])).code, 0);
    assert.is(statSync(file).mode & 0o077, 0, 'nobody else may read it');
    const imported = await run(database, ['import', file, '--workspace', 'clinic']);
    assert.is(imported.code, 0, imported.err);
    const brought = imported.out.trim();
    assert.equal((await rebuild(store.of('clinic'), brought)).differences, []);
    // Where the number is another text, it is asked for; once it is there, it is found by what it says.
    assert.is((await run(database, ['workspaces', 'create', 'ward'])).code, 0);
    const ward = createControl(store.of('ward'));
    await ward.publish({ source: walkProgram('Good morning.'), path: 'walk.regimen', by: 'test' });
    const early = await run(database, ['import', file, '--workspace', 'ward']);
    assert.is(early.code, 1);
    assert.match(early.err, /Version 1 of walk is another text here.* Publish it first/);
    await ward.publish({ source: walkProgram('Welcome.'), path: 'walk.regimen', by: 'test' });
    const late = await run(database, ['import', file, '--workspace', 'ward']);
    assert.is(late.code, 0, late.err);
    assert.is((await ward.enrollment(late.out.trim())).version, 2);
    assert.equal((await rebuild(store.of('ward'), late.out.trim())).differences, []);

    const asked = await run(database, ['erase', 'ana@example.org']);
    assert.equal([asked.code, asked.out.trim()], [0, `${person}: 1 enrollments. Erase them with --reason TEXT --yes.`]);
    const erased = await run(database, ['erase', 'Ana@example.org', '--reason', 'asked to', '--yes']);
    assert.is(erased.code, 0, erased.err);
    assert.equal((await rebuild(store, id)).differences, []);
    const again = await run(database, ['erase', person, '--reason', 'asked to', '--yes']);
    assert.equal([again.code, again.out.trim()], [0, `${person} was erased before.`]);
    assert.is((await run(database, ['erase', 'ana@example.org'])).code, 1);
    assert.is(
      (await run(database, ['erase', 'ana@example.org', '--workspace', 'clinic'])).code,
      0,
      'another person there',
    );

    assert.is((await run(database, ['workspaces', 'keep', 'clinic', '--messages', '30', '--runs', 'ever'])).code, 0);
    const [kept] = await store.sql`select retention from workspaces where id = 'clinic'`;
    assert.equal(kept?.retention, { messages: 30, runs: null });
    for (const [args, problem] of [
      [['workspaces', 'keep', 'clinic', '--runs', 'soon'], /takes a number of days, or ever/],
      [['workspaces', 'keep', 'clinic'], /Say what is kept how long/],
      [['export', 'nothing'], /There is no enrollment nothing/],
      [['import', join(project.path, 'programs/walk.regimen')], /is no JSON/],
      [['import', join(project.path, 'none.json')], /cannot be read/],
      [['erase', person, '--workspace', 'clinic'], /There is nobody called/],
    ] as const) {
      const refused = await run(database, [...args]);
      assert.is.not(refused.code, 0);
      assert.match(refused.err, problem);
    }
  }));

test('what is missing is said in a sentence', async () => {
  for (const [command, sentence] of [
    ['server', /Set DATABASE_URL/],
    ['worker', /Set DATABASE_URL/],
    ['migrate', /There is no database to work on\. Set DATABASE_URL/],
    ['workspaces', /There is no database to work on/],
  ] as const) {
    const ran = await regimen([command], { cwd: project.path });
    assert.is(ran.code, 2, ran.err);
    assert.match(ran.err, sentence);
  }
  const gone = await regimen(['server'], {
    cwd: project.path,
    env: { DATABASE_URL: 'postgres://a:hunter22@127.0.0.1:9/x' },
  });
  assert.is(gone.code, 1);
  assert.match(gone.err, /The database cannot be reached/);
  assert.not.match(gone.err, /hunter22/);
});

test.run();
