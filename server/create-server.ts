/**
 * Parts → a Hapi server with every door in it, not yet listening.
 *
 * What all doors share is here: safe headers, body limits, one shape for every error, the check that
 * a change comes from our own pages, open event streams that end before the server stops. Each
 * plugin owns its routes and checks its input. Building the parts is left to `main.ts`.
 */
import { createServer as createListener } from 'node:http';
import Cookie from '@hapi/cookie';
import Hapi, { type Plugin, type Server } from '@hapi/hapi';
import { answerErrors } from './errors.ts';
import type { ServerParts } from './parts.ts';
import { assets } from './plugins/assets.ts';
import { auth } from './plugins/auth.ts';
import { chat } from './plugins/chat.ts';
import { clock } from './plugins/clock.ts';
import { deedsDoor } from './plugins/deeds.ts';
import { enrollments } from './plugins/enrollments.ts';
import { health } from './plugins/health.ts';
import { home } from './plugins/home.ts';
import { mcp } from './plugins/mcp.ts';
import { operators } from './plugins/operators.ts';
import { preferences } from './plugins/preferences.ts';
import { v1 } from './plugins/v1.ts';
import { requireSameOrigin } from './same-origin.ts';
import { acceptServiceKeys } from './service-auth.ts';
import { endStreams } from './streams.ts';

/** A body larger than this is refused with 413. A route that takes more says so itself. */
export const bodyBytesMax = 64 * 1024;

/** A request that has not wholly come in by then is given up: nobody sends that slowly but to keep us busy. */
export const requestMsMax = 30_000;
const requestCheckMs = 1_000;

/**
 * Further doors (programs and the editor, Slack) are handed in as plugins that take the same parts. One that
 * is `behind` another server gets its requests from there and has no port.
 */
export async function createServer(
  parts: ServerParts,
  further: Plugin<ServerParts>[] = [],
  { behind = false }: { behind?: boolean } = {},
): Promise<Server> {
  const { config } = parts;
  const server = Hapi.server({
    host: config.host,
    port: config.port,
    autoListen: !behind,
    listener: createListener({ requestTimeout: requestMsMax, connectionsCheckingInterval: requestCheckMs }),
    // A stray or malformed cookie of another application on this host must not close every door.
    state: { strictHeader: false, ignoreErrors: true },
    debug: false,
    routes: {
      payload: { maxBytes: bodyBytesMax, allow: 'application/json', defaultContentType: 'application/octet-stream' },
      state: { parse: true, failAction: 'ignore' },
      files: { relativeTo: import.meta.dirname },
    },
    mime: { override: { 'text/event-stream': { compressible: false } } },
  });

  requireSameOrigin(server, config);
  answerErrors(server, parts);
  endStreams(server);
  await server.register(Cookie);
  acceptServiceKeys(server, parts);

  const doors: Plugin<ServerParts>[] = [
    assets,
    auth,
    health,
    home,
    chat,
    enrollments,
    deedsDoor,
    preferences,
    operators,
    v1,
    mcp,
  ];
  if (config.environment === 'development') doors.push(clock);
  for (const plugin of [...doors, ...further]) await server.register({ plugin, options: parts });
  return server;
}

/**
 * Starts listening. A taken port, an unknown host and a port that needs rights are each thrown as an
 * `Error` whose message says which variable to set.
 */
export async function listen(server: Server): Promise<{ url: string }> {
  const { host, port } = server.settings;
  try {
    await server.start();
  } catch (problem) {
    const code = (problem as NodeJS.ErrnoException).code;
    const sentence =
      code === 'EADDRINUSE'
        ? `Port ${port} is taken by another program. Stop that one, or set REGIMEN_PORT to another port (0 takes any free one).`
        : code === 'EACCES'
          ? `Port ${port} needs rights this process does not have. Set REGIMEN_PORT to a port above 1023.`
          : code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND'
            ? `This machine cannot listen on “${host}”. Set REGIMEN_HOST to one of its own addresses, such as 127.0.0.1.`
            : null;
    if (sentence === null) throw problem;
    throw new Error(sentence, { cause: problem });
  }
  const shown =
    host === '0.0.0.0' || host === '::' || host === undefined ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return { url: `http://${shown}:${server.info.port}` };
}
