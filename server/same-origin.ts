/**
 * Every change must come from our own pages: the check against cross-site requests.
 *
 * Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`). One that says “elsewhere”
 * is refused. One that says nothing is no browser (the command, a script) and carries no cookie
 * somebody else could ride on; the JSON content type is asked of it all the same. Doors for vendors
 * that sign their requests say `plugins: { sameOrigin: false }` in their route options.
 *
 * In development, where codes are shown and everybody is an operator, the name in the address must be
 * one of this machine's: a site could otherwise let its own name lead here and read along as “same origin”.
 */
import { isIP } from 'node:net';
import Boom from '@hapi/boom';
import type { Request, Server } from '@hapi/hapi';
import type { Config } from './config.ts';
import { problem } from './problem.ts';

declare module '@hapi/hapi' {
  interface PluginSpecificConfiguration {
    /** `false`: the route verifies its requests itself, by signature. */
    sameOrigin?: false;
  }
}

const reading = new Set(['get', 'head', 'options']);

export function requireSameOrigin(server: Server, config: Config): void {
  server.ext('onPreAuth', (request, h) => {
    if (request.route.settings.plugins?.sameOrigin === false) return h.continue;
    if (config.environment === 'development' && !isOurName(request.info.host, config)) {
      throw problem(
        403,
        'unknown-host',
        `This development server does not know the name “${request.info.host.slice(0, 100)}”. Open it as http://localhost:${request.server.info.port}, or set REGIMEN_URL to the address you use.`,
      );
    }
    if (reading.has(request.method)) return h.continue;
    if (fromElsewhere(request, config)) {
      throw Boom.forbidden('This request came from another site. Open the page again and repeat what you did.');
    }
    return h.continue;
  });
}

/** A number cannot be made to lead here by somebody else, and `localhost` always leads here. */
function isOurName(host: string, config: Config): boolean {
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname.replace(/\.$/, '') : null;
  if (name === null) return false;
  return (
    isIP(name.replace(/^\[|\]$/g, '')) !== 0 ||
    /^(.+\.)?localhost$/.test(name) ||
    name === config.host.toLowerCase() ||
    (config.url !== null && name === new URL(config.url).hostname)
  );
}

function fromElsewhere(request: Request, config: Config): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  const origin: unknown = request.headers.origin;
  if (origin === undefined) return false;
  if (typeof origin !== 'string') return true;
  if (config.url !== null && origin === new URL(config.url).origin) return false;
  // Outside development only the configured address counts: the Host header is the sender's to choose.
  if (config.environment === 'production') return true;
  return !URL.canParse(origin) || new URL(origin).host !== request.info.host;
}
