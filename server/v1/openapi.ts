/**
 * The table of operations → an OpenAPI 3.1 document: what is published is what is checked.
 */
import { requestsPerMinuteMax } from '../../runtime/store/key-allowance.ts';
import type { Operation, Properties, Schema } from './operation.ts';
import { problemSchema, problemType } from './problem-details.ts';
import { objectSchema } from './validate.ts';

const about = `Everything that operators and services can ask of a running Regimen.

Every request carries a service key (\`Authorization: Bearer rgm_…\`), which opens one workspace with the scopes it was given.
A change may carry an \`Idempotency-Key\`: sent again within a day it is done once and answered alike. What is read of an
enrollment has an \`ETag\`; a change with \`If-Match\` is refused (412) when more has happened since. Lists come in pages;
a \`cursor\` stays good while rows are added. Errors are problem details (RFC 9457): decide by their \`code\`.
Moments are written in ISO 8601 with their offset. A key may ask ${requestsPerMinuteMax} times a minute.`;

export function openApi(operations: readonly Operation[], { version, url }: { version: string; url: string | null }) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of operations) {
    const path = paths[one.path] ?? {};
    path[one.method.toLowerCase()] = describe(one);
    paths[one.path] = path;
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Regimen', version, description: about },
    ...(url === null ? {} : { servers: [{ url }] }),
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer', description: 'A service key: `rgm_…`.' } },
      schemas: { Problem: problemSchema },
      responses: {
        Problem: {
          description: 'It cannot be done: `code` says why, `detail` in a sentence.',
          content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
        },
      },
      headers: {
        ETag: { description: 'The last row of the timeline, in quotes.', schema: { type: 'string' } },
        Location: { description: 'Where what was made can be read.', schema: { type: 'string' } },
        RateLimit: { description: 'What is left, and until there is more.', schema: { type: 'string' } },
      },
    },
  };
}

function describe(operation: Operation) {
  const { id, summary, about, scope, body } = operation;
  return {
    operationId: id,
    summary,
    description: [about, `Scope: \`${scope}\`.`].filter(Boolean).join('\n\n'),
    parameters: [
      ...parameters('path', operation.params, true),
      ...parameters('query', operation.query, false),
      ...headers(operation),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: (body.required?.length ?? 0) > 0,
            content: { 'application/json': { schema: objectSchema(body.properties, body.required) } },
          },
        }),
    responses: answers(operation),
  };
}

const parameters = (place: 'path' | 'query', properties: Properties = {}, required: boolean) =>
  Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: place,
    required,
    ...(description === undefined ? {} : { description }),
    schema,
  }));

function headers({ method, tagged }: Operation) {
  if (method === 'GET') return [];
  const key = header('Idempotency-Key', 'A name for this request, such as a UUID: sent again, it is done once.', {
    type: 'string',
    minLength: 1,
    maxLength: 200,
  });
  const match = header('If-Match', 'The ETag that was read: refused (412) when more has happened since.', {
    type: 'string',
    maxLength: 30,
  });
  return tagged ? [key, match] : [key];
}

const header = (name: string, description: string, schema: Schema) => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

function answers({ status, answer, tagged }: Operation) {
  const shared = {
    headers: {
      RateLimit: { $ref: '#/components/headers/RateLimit' },
      ...(tagged ? { ETag: { $ref: '#/components/headers/ETag' } } : {}),
    },
    content: { 'application/json': { schema: answer } },
  };
  const made = { ...shared, headers: { ...shared.headers, Location: { $ref: '#/components/headers/Location' } } };
  return {
    [status.usual]: { description: 'It is done, or was before.', ...(status.usual === 201 ? made : shared) },
    ...(status.fresh === undefined ? {} : { [status.fresh]: { description: 'It was made by this request.', ...made } }),
    default: { $ref: '#/components/responses/Problem' },
  };
}
