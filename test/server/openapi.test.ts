/** The document of `/v1`: whole, and true of the routes that are there. */
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openApi } from '../../server/v1/openapi.ts';
import { operations } from '../../server/v1/operations.ts';
import { withServer } from '../support/server.ts';

const openapi = suite('openapi');

type Described = {
  operationId: string;
  parameters: { name: string; in: string; required: boolean; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
};

const written = JSON.parse(JSON.stringify(openApi(operations, { version: '1.2.3', url: 'https://regimen.test' })));
const described: [string, string, Described][] = Object.entries(
  written.paths as Record<string, Record<string, Described>>,
).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, one]): [string, string, Described] => [path, method, one]),
);

/** Every `$ref` in a document. */
const refsIn = (part: unknown): string[] =>
  typeof part !== 'object' || part === null
    ? []
    : Object.entries(part).flatMap(([name, value]) => (name === '$ref' ? [String(value)] : refsIn(value)));

openapi('it is a sound OpenAPI 3.1 document', async () => {
  const { valid, errors } = await new Validator().validate(structuredClone(written));
  assert.equal([valid, errors], [true, undefined]);
});

openapi('every operation is in it once, by its method and path', () => {
  assert.equal(
    described.map(([path, method, { operationId }]) => `${method} ${path} ${operationId}`).sort(),
    operations.map(({ id, method, path }) => `${method.toLowerCase()} ${path} ${id}`).sort(),
  );
  assert.is(new Set(operations.map(({ id }) => id)).size, operations.length);
  assert.is(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size, operations.length);
});

openapi('what a path names is a parameter of it, and nothing else is', () => {
  for (const [path, , { operationId, parameters }] of described) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
    const told = parameters.filter((one) => one.in === 'path');
    assert.equal(
      told.map(({ name }) => name),
      named,
      operationId,
    );
    assert.ok(
      told.every(({ required }) => required),
      operationId,
    );
    assert.is(new Set(parameters.map((one) => `${one.in} ${one.name}`)).size, parameters.length, operationId);
  }
});

openapi('what an operation takes in path, query and body has one name each: a tool takes it in one object', () => {
  for (const { id, params = {}, query = {}, body } of operations) {
    const names = [params, query, body?.properties ?? {}].flatMap((part) => Object.keys(part));
    assert.is(new Set(names).size, names.length, id);
  }
});

openapi('every schema is one, and every reference leads somewhere', () => {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { 'date-time': true } });
  for (const [, , { operationId, parameters, requestBody, responses }] of described) {
    const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
    const schemas = contents.flatMap((content) => Object.values(content ?? {}).map(({ schema }) => schema));
    assert.ok(Object.keys(responses).includes('default'), operationId);
    for (const schema of [...schemas, ...parameters.map(({ schema }) => schema)])
      assert.not.throws(() => ajv.compile(schema), undefined, operationId);
  }
  for (const ref of new Set(refsIn(written))) {
    const found = ref
      .replace(/^#\//, '')
      .split('/')
      .reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], written);
    assert.ok(found !== undefined, ref);
  }
});

openapi('it is served to everybody, and the routes of the server are the ones it tells of', () =>
  withServer({ sources: [] }, async ({ url, server, parts }) => {
    const response = await fetch(`${url}/v1/openapi.json`);
    const served = await response.json();
    assert.is(response.status, 200);
    assert.equal(served.paths, written.paths);
    assert.is(served.servers, undefined, 'without an address of its own it names none');
    assert.is(parts.config.url, null);
    const routes = server
      .table()
      .filter(({ path }) => path.startsWith('/v1/') && path !== '/v1/openapi.json')
      .map(({ method, path }) => `${method} ${path}`);
    assert.equal(routes.sort(), described.map(([path, method]) => `${method} ${path}`).sort());
  }),
);

openapi.run();
