/** The same operations as tools, asked for with the official client over streamable HTTP. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { operations } from '../../server/v1/operations.ts';
import type { TestServer } from '../support/server.ts';
import { newService } from '../support/service.ts';
import { codeOf, of, withStory } from '../support/service-story.ts';

const mcp = suite('mcp');

async function withClient<T>(server: TestServer, token: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ name: 'test', version: '1.0.0' });
  const headers = { authorization: `Bearer ${token}`, connection: 'close' };
  // The types of the client's transport and of the client disagree about what may be undefined.
  const transport = new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`), { requestInit: { headers } });
  await client.connect(transport as Parameters<Client['connect']>[0]);
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}

/** What a tool answers; of an error the problem. The client has held it against the tool's own schema. */
async function call(client: Client, name: string, given: Record<string, unknown> = {}) {
  const result = (await client.callTool({ name, arguments: given })) as CallToolResult;
  const [first] = result.content;
  // biome-ignore lint/suspicious/noExplicitAny: answers of every shape; their schemas have checked them.
  const body: any = result.structuredContent ?? JSON.parse(first?.type === 'text' ? first.text : 'null');
  return { isError: result.isError === true, body };
}

mcp(
  'every operation is a tool, with the schemas of the operation, as far as the key’s scopes go',
  withStory(async ({ server, it }) => {
    await withClient(server, it.token, async (client) => {
      const { tools } = await client.listTools();
      assert.equal(tools.map(({ name }) => name).sort(), operations.map(({ id }) => id).sort());
      for (const name of [
        'enroll_user',
        'get_program_enrollment',
        'update_program_state',
        'advance_program_stage',
        'list_enrollments',
        'record_program_event',
        'why_not',
      ])
        assert.ok(
          tools.some((tool) => tool.name === name),
          name,
        );
      for (const operation of operations) {
        const tool = tools.find(({ name }) => name === operation.id);
        assert.equal(tool?.outputSchema, operation.answer);
        const named = [operation.params, operation.query, operation.body?.properties].flatMap((one) =>
          Object.keys(one ?? {}),
        );
        const offered = Object.keys(tool?.inputSchema.properties ?? {});
        assert.equal(
          offered.filter((name) => !['idempotency_key', 'expected_seq'].includes(name)).sort(),
          named.sort(),
          operation.id,
        );
        assert.is(tool?.annotations?.readOnlyHint, operation.method === 'GET');
      }
    });
    const reader = await newService(server, ['read', 'record']);
    await withClient(server, reader.token, async (client) => {
      const { tools } = await client.listTools();
      const allowed = operations.filter(({ scope }) => scope === 'read' || scope === 'record');
      assert.equal(tools.map(({ name }) => name).sort(), allowed.map(({ id }) => id).sort());
      const { isError, body } = await call(client, 'withdraw_enrollment', { enrollment: 'x', reason: 'No.' });
      assert.equal([isError, body.code], [true, 'missing-scope']);
    });
  }),
);

mcp(
  'a life by tools alone, each answer as its schema says',
  withStory(async ({ server, it }) => {
    await withClient(server, it.token, async (client) => {
      const { body: ana } = await call(client, 'enroll_user', {
        program: 'walking',
        person: { email: 'ana@example.org' },
      });
      const enrollment = ana.id;
      assert.is(ana.stage, 'resting');
      const why = await call(client, 'why_not', { enrollment });
      assert.is(why.body.transitions[0].move, 'advance to walking');
      const notYet = await call(client, 'advance_program_stage', { enrollment });
      assert.equal([notYet.isError, notYet.body.code, notYet.body.status], [true, 'not-yet', 409]);
      assert.match(notYet.body.detail, /^Not yet\. Advance to “Walking 10 minutes” needs: /);
      await call(client, 'update_program_state', { enrollment, data: { ready: true } });
      const event = { enrollment, id: 'w1', series: 'walks', fields: { minutes: 12 } };
      assert.is((await call(client, 'record_program_event', event)).body.status, 'recorded');
      assert.is((await call(client, 'record_program_event', event)).body.status, 'repeated');
      const { body: now } = await call(client, 'get_program_enrollment', { enrollment });
      assert.equal([now.stage, now.series.walks.total], ['walking', 1]);
      const { body: listed } = await call(client, 'list_enrollments', { stage: 'walking', limit: 10 });
      assert.equal(
        listed.data.map(({ id }: { id: string }) => id),
        [enrollment],
      );
      // Seen as another door shows it.
      assert.equal((await it.ask('get_program_enrollment', of(enrollment))).body, now);
    });
  }),
);

mcp(
  'a repeat is known by its key, a stale change by what was read; what is wrong is told in words',
  withStory(async ({ server, it, enroll }) => {
    const enrollment = await enroll('ana@example.org');
    await withClient(server, it.token, async (client) => {
      const { seq } = (await call(client, 'get_program_enrollment', { enrollment })).body;
      const move = { enrollment, stage: 'walking', reason: 'Once.', idempotency_key: 'k1', expected_seq: seq };
      const [first, second] = [
        await call(client, 'move_enrollment', move),
        await call(client, 'move_enrollment', move),
      ];
      assert.equal(second.body, first.body);
      const cases: [string, Record<string, unknown>, string, RegExp][] = [
        ['move_enrollment', { ...move, reason: 'Twice.' }, 'key-reused', /another request/],
        ['move_enrollment', { ...move, idempotency_key: 'k2' }, 'stale', /More has happened/],
        ['move_enrollment', { enrollment, stage: 'walking' }, 'malformed', /“reason” is missing/],
        ['move_enrollment', { ...move, idempotency_key: 7 }, 'malformed', /“idempotency_key”/],
        ['move_enrollment', { ...move, expected_seq: 'new' }, 'malformed', /“expected_seq”/],
        ['get_program_enrollment', { enrollment: 'nobody' }, 'unknown-enrollment', /no enrollment nobody/],
        ['get_program_enrollment', { enrollment, more: true }, 'malformed', /no field “more”/],
        ['update_program_state', { enrollment, data: { constructor: 1 } }, 'malformed', /constructor/],
        ['list_enrollments', { limit: 'many' }, 'malformed', /“limit”/],
        ['no_such_tool', {}, 'not-found', /no tool no_such_tool/],
      ];
      for (const [name, given, code, expected] of cases) {
        const { isError, body } = await call(client, name, given);
        assert.equal([isError, body.code], [true, code], `${name} ${JSON.stringify(given)}: ${JSON.stringify(body)}`);
        assert.match(body.detail, expected);
      }
    });
  }),
);

mcp(
  'without a key there is no door; streams and sessions are not kept',
  withStory(async ({ server, it }) => {
    for (const method of ['GET', 'DELETE']) {
      const { status, headers } = await it.fetch('/mcp', { method });
      assert.equal([status, headers.get('allow')], [405, 'POST']);
    }
    const ask = { jsonrpc: '2.0', id: 1, method: 'tools/list' };
    const response = await fetch(`${server.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify(ask),
    });
    assert.equal([response.status, response.headers.get('www-authenticate')], [401, 'Bearer realm="regimen"']);
    const accept = 'application/json, text/event-stream';
    const plain = await it.fetch('/mcp', { method: 'POST', headers: { accept }, body: JSON.stringify(ask) });
    assert.equal([plain.status, plain.body.result.tools.length], [200, operations.length]);
    const large = JSON.stringify({ ...ask, params: { x: 'x'.repeat(1024 * 1024) } });
    assert.equal(codeOf(await it.fetch('/mcp', { method: 'POST', headers: { accept }, body: large })), [
      413,
      'too-large',
    ]);
    const strange = await it.fetch('/mcp', { method: 'POST', headers: { accept }, body: '{"__proto__":{}}' });
    assert.is(strange.status, 400);
  }),
);

mcp.run();
