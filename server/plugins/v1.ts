/**
 * `/v1`: the doors of services, made from the table of operations; and the document that describes them.
 */
import type { Plugin, Request, ResponseToolkit, ServerRoute } from '@hapi/hapi';
import { Refusal } from '../../runtime/control.ts';
import type { ServerParts } from '../parts.ts';
import { openedBy, serviceKey } from '../service-auth.ts';
import { openApi } from '../v1/openapi.ts';
import type { Operation } from '../v1/operation.ts';
import { operations } from '../v1/operations.ts';
import { perform } from '../v1/perform.ts';
import { version } from '../version.ts';

export const v1: Plugin<ServerParts> = {
  name: 'v1',
  register(server, { config }) {
    server.route(operations.map(route));
    server.route({
      method: 'GET',
      path: '/v1/openapi.json',
      options: { auth: false },
      handler: () => openApi(operations, { version: version(), url: config.url }),
    });
  },
};

function route(operation: Operation): ServerRoute {
  const { method, path, bytesMax } = operation;
  return {
    method,
    path,
    options: {
      auth: serviceKey,
      ...(method === 'GET'
        ? {}
        : {
            payload: {
              allow: 'application/json',
              defaultContentType: 'application/json',
              ...(bytesMax === undefined ? {} : { maxBytes: bytesMax }),
            },
          }),
    },
    async handler(request: Request, h: ResponseToolkit) {
      const key: unknown = request.headers['idempotency-key'];
      const expect = operation.tagged && method !== 'GET' ? readMatch(request.headers['if-match']) : undefined;
      const { status, body, headers } = await perform(operation, openedBy(request), {
        params: request.params,
        query: request.query,
        body: request.payload,
        ...(typeof key === 'string' ? { idempotencyKey: key } : {}),
        ...(expect === undefined ? {} : { expect }),
      });
      const response = h.response(body as object).code(status);
      for (const [name, value] of Object.entries(headers)) response.header(name, value);
      const { etag } = headers;
      if (etag !== undefined) response.etag(etag.slice(1, -1));
      return response;
    },
  };
}

/** `"12"` → 12; `*`, which any version fits, and nothing at all → undefined. */
function readMatch(header: unknown): number | undefined {
  if (header === undefined || header === '*') return undefined;
  const seq = typeof header === 'string' ? /^(?:W\/)?"(\d{1,9})"$/.exec(header)?.[1] : undefined;
  if (seq === undefined)
    throw new Refusal('malformed', 'If-Match takes one ETag as it was given out, such as "12", with its quotes.');
  return Number(seq);
}
