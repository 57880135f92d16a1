/**
 * Every endpoint there is, asked from one workspace for what is in another: nothing is shown, nothing changes.
 * The routes come from the server's own table; one without a case fails. The ids are those of the other's.
 */
import type { Server } from '@hapi/hapi';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openServiceDesk } from '../../runtime/store/service-desk.ts';
import { createServer, listen } from '../../server/create-server.ts';
import { programs as programsDoor } from '../../server/plugins/programs.ts';
import { createSignIns } from '../../server/sign-ins.ts';
import { monday, type TestServer, withServer } from '../support/server.ts';
import { newService } from '../support/service.ts';
import { walking } from '../support/walking.ts';

/** In everything of the person at home: it may be in no answer elsewhere. */
const mark = 'quillfeather';
/** A stream that has told nothing of others by then will not. */
const streamMs = 400;

type Ids = { enrollment: string; person: string; item: string; bulk: string; plan: string };

/** Bodies that are right but for whose they are; by method and path. A route that takes none has none. */
const bodies: Record<string, (ids: Ids) => unknown> = {
  'post /api/preferences': () => ({ channels: [], quiet: null, when: { kind: 'now' }, perDay: null }),
  'post /api/sign-in': () => ({ email: `${mark}@example.org` }),
  'post /api/sign-in/code': () => ({ code: '123456' }),
  'post /api/sign-out': () => ({}),
  'post /api/zone': () => ({ zone: 'Europe/Paris' }),
  'post /api/clock/advance': () => ({ by: '1 hour' }),
  'post /api/chat/{program}/messages': () => ({ id: 'message-1', text: 'Hello' }),
  'post /api/chat/{program}/answers': ({ enrollment }) => ({
    id: 'answer-1',
    question: `${enrollment}:1:0`,
    value: 'yes',
  }),
  'post /api/enrollments/{id}/acknowledgements': ({ enrollment }) => ({ id: 'd1', climb: `${enrollment}:1:0` }),
  'post /api/enrollments/{id}/decisions': ({ enrollment }) => ({
    id: 'd2',
    proposal: `${enrollment}:1:0`,
    approve: true,
  }),
  'post /api/enrollments/{id}/items': () => ({ id: 'd3', list: 'tasks', fields: { title: 'x' } }),
  'post /api/enrollments/{id}/events': () => ({ id: 'd4', series: 'walks', fields: { minutes: 10 } }),
  'post /api/enrollments/{id}/data': () => ({ id: 'd5', field: 'goal', value: 20 }),
  'post /api/enrollments/{id}/corrections': () => ({ id: 'd6', series: 'walks', entry: 'w1', fields: { minutes: 1 } }),
  'post /api/enrollments/{id}/answers': ({ enrollment }) => ({ id: 'd7', question: `${enrollment}:1:0`, value: 'yes' }),
  'post /api/programs/{name}/preview': () => ({ source: walking }),
  'post /api/programs/{name}/corrections': () => ({ id: 'd8', entry: 'w1' }),
  'post /api/programs/{name}/entries': () => ({ id: 'd9', series: 'walks', fields: { minutes: 1 } }),
  'post /api/programs/{name}/versions': () => ({ source: walking }),
  'post /api/operators/items/{id}/refuse': () => ({}),
  'post /api/operators/items/{id}/close': () => ({}),
  'post /api/operators/items/{id}/approve': () => ({}),
  'post /api/operators/items/{id}/answer': () => ({ value: 'yes' }),
  'post /mcp': ({ enrollment }) => ({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: { name: 'get_program_enrollment', arguments: { enrollment } },
  }),
  'delete /mcp': () => undefined,
  'post /v1/bulk-moves': ({ enrollment }) => ({
    program: 'walking',
    action: 'pause',
    reason: 'x',
    who: { enrollments: [enrollment] },
  }),
  'post /v1/enrollments': ({ person }) => ({ program: 'walking', person_id: person }),
  'post /v1/events': ({ enrollment }) => ({
    events: [{ enrollment, id: 'e1', series: 'walks', fields: { minutes: 5 } }],
  }),
  'post /v1/people': () => ({ email: 'eve@example.org', name: 'Eve' }),
  'post /v1/programs': () => ({ source: walking, path: 'walking.regimen' }),
  'post /v1/version-previews': () => ({ source: walking, path: 'walking.regimen' }),
  'post /v1/workspace/pause': () => ({ reason: 'x' }),
  'post /v1/workspace/resume': () => ({}),
  'post /v1/bulk-moves/{bulk}/apply': () => ({}),
  'post /v1/bulk-moves/{bulk}/undo': () => ({}),
  'post /v1/enrollments/{enrollment}/withdraw': () => ({ reason: 'x' }),
  'post /v1/enrollments/{enrollment}/pause': () => ({ reason: 'x' }),
  'post /v1/enrollments/{enrollment}/move': () => ({ stage: 'walking', reason: 'x' }),
  'post /v1/enrollments/{enrollment}/advance': () => ({}),
  'post /v1/enrollments/{enrollment}/undo-move': () => ({ reason: 'x' }),
  'post /v1/enrollments/{enrollment}/resume': () => ({}),
  'post /v1/enrollments/{enrollment}/events': () => ({ id: 'e2', series: 'walks', fields: { minutes: 5 } }),
  'post /v1/people/{person}/delivery': () => ({ channels: [], quiet: null, when: { kind: 'now' }, per_day: null }),
  'post /v1/plans/{plan}/apply': () => ({ reason: 'x' }),
  'post /v1/plans/{plan}/rollback': () => ({ reason: 'x' }),
  'post /v1/programs/{program}/resume': () => ({}),
  'post /v1/programs/{program}/events': () => ({ id: 'e3', series: 'walks', fields: { minutes: 5 } }),
  'post /v1/programs/{program}/pause': () => ({ reason: 'x' }),
  'post /v1/programs/{program}/plans': () => ({}),
  'post /v1/waiting/{item}/close': () => ({}),
  'post /v1/waiting/{item}/decide': () => ({ approve: true }),
  'post /v1/waiting/{item}/answer': () => ({ value: 'yes' }),
  'patch /v1/enrollments/{enrollment}/state': () => ({ data: { goal: 20 }, reason: 'x' }),
};

/** What stands in a path in the place of a parameter: the other's id, wherever there is one. */
function placeOf(path: string, name: string, ids: Ids): string | undefined {
  const places: Record<string, string> = {
    enrollment: ids.enrollment,
    person: ids.person,
    item: ids.item,
    bulk: ids.bulk,
    plan: ids.plan,
    program: 'walking',
    name: 'walking',
    file: 'design.css',
    id: path.includes('/items/') ? ids.item : ids.enrollment,
  };
  return places[name];
}

/** Everything of the home workspace, as one text. */
async function fingerprint({ engine }: TestServer): Promise<string> {
  const { queue } = engine.store;
  const tables = await queue<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;
  const parts: string[] = [];
  for (const { name } of tables) {
    const [row] = await queue`
      select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as sum
      from ${queue(name)} t where workspace_id = 'default'`;
    parts.push(`${name} ${row?.sum}`);
  }
  return parts.join('\n');
}

/** Somebody at home, with something in every table that a route can name. */
async function begin({ engine }: TestServer): Promise<Ids> {
  const { control, store } = engine;
  const { id: person } = await control.personByEmail(`${mark}@example.org`, { name: mark });
  const { id: enrollment } = await control.enroll({ person, program: 'walking', by: 'operator' });
  await control.receive({ person, program: 'walking', channel: 'web', id: 'home-1', text: `I am ${mark}` });
  await control.record({ enrollment, id: 'w1', series: 'walks', fields: { minutes: 30 }, by: 'person' });
  await engine.settle();
  const item = 'item-home';
  await store.sql`
    insert into operator_items (workspace_id, id, kind, enrollment_id, person_id, program, addressee, text, at)
    values ('default', ${item}, 'escalation', ${enrollment}, ${person}, 'walking', 'operator', ${mark}, now())`;
  const bulk = await control.previewBulk({
    program: 'walking',
    deed: { action: 'pause' } as never,
    filter: {},
    reason: mark,
    by: 'command',
  });
  const plan = 'plan-home';
  await store.sql`
    insert into version_plans (workspace_id, id, program, to_version, status, report, created_at, created_by)
    values ('default', ${plan}, 'walking', 1, 'planned', '{}', now(), ${mark})`;
  return { enrollment, person, item, bulk: bulk.id, plan };
}

const doors = suite('two workspaces');

doors('no endpoint shows or changes anything of another workspace', () =>
  withServer({ startAt: monday, sources: [walking] }, async (home) => {
    const ids = await begin(home);
    await home.engine.store.queue`insert into workspaces (id, name) values ('clinic', 'Clinic')`;
    await home.engine.store.queue`
      insert into development_clock (workspace_id, frozen_at) values ('clinic', ${new Date(monday)})`;
    const its = await home.engine.open('clinic');
    await its.control.publish({ source: walking, path: 'walking.regimen', by: 'test' });
    const server = await createServer(
      {
        ...home.parts,
        config: { ...home.config, port: 0 },
        control: its.control,
        live: its.live,
        clock: { now: its.now, move: its.move },
        signIns: createSignIns(its.store.sql, { workspace: 'clinic', secret: home.config.secret }),
        serviceDesk: openServiceDesk(its.store, home.engine.skills),
      },
      [programsDoor],
    );
    const { url } = await listen(server);
    try {
      const eve = await its.control.personByEmail('eve@example.org', { name: 'Eve' });
      const service = await newService({ url, engine: home.engine }, undefined, 'clinic');
      const before = await fingerprint(home);
      const wrong: string[] = [];
      for (const { method, path } of routesOf(server)) {
        const route = `${method} ${path}`;
        if (method !== 'get' && bodies[route] === undefined) {
          wrong.push(`${route} has no case`);
          continue;
        }
        const unknown: string[] = [];
        const filled = path.replace(/\{(\w+)\??\}/g, (_, name: string) => {
          const place = placeOf(path, name, ids);
          if (place === undefined) unknown.push(name);
          return encodeURIComponent(place ?? 'x');
        });
        if (unknown.length > 0) wrong.push(`${route} has no case for ${unknown.join()}`);
        // A sign-out ends the session: each route has one of its own.
        const session = await createSession(server, eve.id, its.store, home);
        const body = bodies[route]?.(ids);
        const { status, text } = await answerOf(url + filled, {
          method: method.toUpperCase(),
          headers: {
            connection: 'close',
            ...(path.startsWith('/v1') || path === '/mcp'
              ? { authorization: `Bearer ${service.token}`, accept: 'application/json, text/event-stream' }
              : { cookie: session }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        // A body that is refused for its shape would try nothing.
        if (/The field “|There is no field/.test(text))
          wrong.push(`${route} has a case that is none: ${text.slice(0, 200)}`);
        if (status >= 500) wrong.push(`${route} was answered with ${status}: ${text.slice(0, 200)}`);
        // What was asked for by email is said back.
        if (text.includes(mark) && route !== 'post /api/sign-in') wrong.push(`${route} shows the other's words`);
        const names = /\{(enrollment|person|item|bulk|plan|id)\}/.test(path);
        if (names && status < 300) wrong.push(`${route} knows what is another's (${status}): ${text.slice(0, 200)}`);
      }
      assert.equal(wrong, []);
      await home.engine.settle();
      assert.is(await fingerprint(home), before, 'everything at home is as it was');
    } finally {
      await server.stop({ timeout: 800 });
      await its.close();
    }
  }),
);

function routesOf(server: Server): { method: string; path: string }[] {
  return server.table().map(({ method, path }) => ({ method, path }));
}

/** A signed-in browser of the other workspace. */
async function createSession(server: Server, person: string, store: TestServer['engine']['store'], home: TestServer) {
  const signIns = createSignIns(store.sql, { workspace: store.workspace, secret: home.config.secret });
  const id = await signIns.begin(person, home.machine.now);
  const sealed = await server.states.format({
    name: 'regimen_session',
    value: { id },
    options: { encoding: 'iron', password: home.config.secret, path: '/' },
  } as never);
  return String(sealed).split(';')[0] ?? '';
}

/** The answer; of a stream what it tells in a moment. */
async function answerOf(url: string, init: RequestInit): Promise<{ status: number; text: string }> {
  const hangUp = new AbortController();
  const response = await fetch(url, { ...init, redirect: 'manual', signal: hangUp.signal });
  if (!(response.headers.get('content-type') ?? '').includes('event-stream') || init.method === 'POST')
    return { status: response.status, text: await response.text() };
  let text = '';
  const timer = setTimeout(() => hangUp.abort(), streamMs);
  try {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true });
  } catch {
    // Hung up, as it should be.
  } finally {
    clearTimeout(timer);
  }
  return { status: response.status, text };
}

doors.run();
