/**
 * Every change must come from our own pages: the check against cross-site requests.
 *
 * Browsers say where a request comes from (`Sec-Fetch-Site`, `Origin`). One that says “elsewhere”
 * is refused. One that says nothing is no browser (the command, a script) and carries no cookie
 * somebody else could ride on; the JSON content type is asked of it all the same. Doors for vendors
 * that sign their requests say `plugins: { sameOrigin: false }` in their route options.
 */
import Boom from '@hapi/boom';
import type { Request, Server } from '@hapi/hapi';
import type { Config } from './config.ts';

declare module '@hapi/hapi' {
  interface PluginSpecificConfiguration {
    /** `false`: the route verifies its requests itself, by signature. */
    sameOrigin?: false;
  }
}

const reading = new Set(['get', 'head', 'options']);

export function requireSameOrigin(server: Server, config: Config): void {
  server.ext('onPreAuth', (request, h) => {
    if (reading.has(request.method) || request.route.settings.plugins?.sameOrigin === false) return h.continue;
    if (fromElsewhere(request, config)) {
      throw Boom.forbidden('This request came from another site. Open the page again and repeat what you did.');
    }
    return h.continue;
  });
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
