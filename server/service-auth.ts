/**
 * Who asks at the doors of services: the key in `Authorization: Bearer rgm_…`, and how often it may ask.
 *
 * Cookies count for nothing here, so no page can be made to ask in somebody's name. A key that is unknown,
 * revoked or expired is answered alike. The key itself is neither logged nor repeated.
 */
import { isBoom } from '@hapi/boom';
import type { Request, Server } from '@hapi/hapi';
import { requestsPerMinuteMax } from '../runtime/store/key-allowance.ts';
import type { Opened } from '../runtime/store/service-desk.ts';
import type { ServerParts } from './parts.ts';
import { problem } from './problem.ts';

/** The name of the way to sign in. */
export const serviceKey = 'service-key';

/** What the key of a request opens. */
export const openedBy = (request: Request): Opened =>
  (request.auth.credentials as unknown as { opened: Opened }).opened;

/** Once for a server, however many doors use it. */
export function acceptServiceKeys(server: Server, { serviceDesk }: ServerParts): void {
  server.auth.scheme(serviceKey, () => ({
    async authenticate(request, h) {
      const token = /^Bearer +(\S+) *$/i.exec(String(request.headers.authorization ?? ''))?.[1];
      if (token === undefined) throw challenge('There is no key. Send one as “Authorization: Bearer rgm_…”.');
      const opened = await serviceDesk.open(token);
      if (opened === null) throw challenge('This key opens nothing: it is unknown, revoked, or has run out.');
      const { allowed, left, againInSeconds } = opened.allowance;
      request.app.allowance = `"key";r=${left};t=${againInSeconds}`;
      if (!allowed) {
        const often = problem(
          429,
          'too-many',
          `A key may ask ${requestsPerMinuteMax} times a minute. Wait, and go on.`,
        );
        often.output.headers['retry-after'] = String(Math.max(1, againInSeconds));
        throw often;
      }
      return h.authenticated({ credentials: { opened } as never });
    },
  }));
  server.auth.strategy(serviceKey, serviceKey);
  server.ext('onPreResponse', (request, h) => {
    const { allowance } = request.app;
    if (allowance === undefined) return h.continue;
    const { response } = request;
    const headers: Record<string, unknown> = isBoom(response) ? response.output.headers : response.headers;
    headers['ratelimit-policy'] = `"key";q=${requestsPerMinuteMax};w=60`;
    headers.ratelimit = allowance;
    return h.continue;
  });
}

declare module '@hapi/hapi' {
  interface RequestApplicationState {
    /** How often the key may still ask, as the header says it. */
    allowance?: string;
  }
}

function challenge(message: string) {
  const answer = problem(401, 'no-key', message);
  answer.output.headers['www-authenticate'] = 'Bearer realm="regimen"';
  return answer;
}

/** Whether a path is a door of services, whose errors are problem details. */
export const isServiceDoor = (path: string): boolean => path === '/mcp' || path === '/v1' || path.startsWith('/v1/');
