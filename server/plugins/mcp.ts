/**
 * `/mcp`: the operations of `/v1` as tools of the Model Context Protocol, over streamable HTTP.
 *
 * There are no sessions: each request says all it needs, so any server may answer it. Nothing is pushed, so
 * a stream (GET) and the end of a session (DELETE) are answered as not supported.
 */
import type { Plugin, Request, ResponseToolkit } from '@hapi/hapi';
import type { ServerParts } from '../parts.ts';
import { openedBy, serviceKey } from '../service-auth.ts';

/** The largest request: a batch of events. */
const bodyBytesMax = 1024 * 1024;
/** Any: the transport only looks at the method, the headers and the body. */
const address = 'http://regimen.invalid/mcp';

export const mcp: Plugin<ServerParts> = {
  name: 'mcp',
  register(server, { log }) {
    server.route([
      {
        method: 'POST',
        path: '/mcp',
        options: { auth: serviceKey, payload: { maxBytes: bodyBytesMax, allow: 'application/json' } },
        async handler(request, h) {
          // The protocol's library is loaded when somebody speaks it.
          const { answerMcp } = await import('../mcp/answer.ts');
          return passOn(await answerMcp(openedBy(request), webRequest(request), request.payload, log), h);
        },
      },
      { method: 'GET', path: '/mcp', options: { auth: serviceKey }, handler: notHere },
      {
        method: 'DELETE',
        path: '/mcp',
        // There is nothing in it to read.
        options: { auth: serviceKey, payload: { allow: 'application/octet-stream', parse: false } },
        handler: notHere,
      },
    ]);
  },
};

const notHere = (_request: Request, h: ResponseToolkit) => h.response().code(405).header('allow', 'POST');

function webRequest(request: Request): globalThis.Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(request.headers)) if (typeof value === 'string') headers.set(name, value);
  return new globalThis.Request(address, { method: 'POST', headers });
}

async function passOn(answer: Response, h: ResponseToolkit) {
  const response = h.response(await answer.text()).code(answer.status);
  for (const [name, value] of answer.headers) response.header(name, value);
  return response;
}
