/**
 * One port, several workspaces: a request for the host name of another workspace goes to a server of its own.
 *
 * Each of these servers is built from the parts of its workspace alone, so no route can reach into another
 * one. They are made when first asked for. A host name that no workspace has is the home workspace's, as are
 * plain addresses. Machines that come with a key are told apart by the key, not here.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server } from '@hapi/hapi';

/** How long what a host name means is taken as known. */
const knownForMs = 10_000;
/** Host names remembered: anybody may send any. */
const hostsMax = 1_000;
/** Workspaces with open servers in one process; further ones are told to come back. */
const serversMax = 200;
const hostLengthMax = 253;

export type OpenServer = { server: Server; close(): Promise<void> };

type Answering = (request: IncomingMessage, response: ServerResponse) => void;

/** Puts the way to the other workspaces before a server's own. Gives what closes them. */
export function serveByHost(
  home: Server,
  options: {
    /** The home workspace. */
    workspace: string;
    /** Which workspace has this host name, if any. */
    find: (host: string) => Promise<string | null>;
    /** Makes the server of a workspace, without a port of its own. */
    open: (workspace: string) => Promise<OpenServer>;
    log: (line: string) => void;
  },
): { close(): Promise<void> } {
  const known = new Map<string, { workspace: Promise<string | null>; until: number }>();
  const servers = new Map<string, Promise<OpenServer>>();
  const own = home.listener.listeners('request') as Answering[];
  home.listener.removeAllListeners('request');

  function find(host: string): Promise<string | null> {
    const now = performance.now();
    const found = known.get(host);
    if (found !== undefined && found.until > now) return found.workspace;
    if (known.size >= hostsMax) known.clear();
    const workspace = options.find(host);
    known.set(host, { workspace, until: now + knownForMs });
    // What could not be asked is asked again by the next one.
    workspace.catch(() => known.delete(host));
    return workspace;
  }

  function serverOf(workspace: string): Promise<OpenServer> {
    const open = servers.get(workspace);
    if (open !== undefined) return open;
    if (servers.size >= serversMax) throw new Error(`More than ${serversMax} workspaces are shown by one process.`);
    const opening = options.open(workspace);
    servers.set(workspace, opening);
    opening.catch(() => servers.delete(workspace));
    return opening;
  }

  let closed = false;

  async function route(request: IncomingMessage): Promise<Answering[]> {
    const host = hostOf(request);
    const workspace = host === '' ? null : await find(host);
    if (workspace === null || workspace === options.workspace) return own;
    if (closed) throw new Error('The server stops.');
    const { server } = await serverOf(workspace);
    return server.listener.listeners('request') as Answering[];
  }

  home.listener.on('request', (request: IncomingMessage, response: ServerResponse) => {
    route(request).then(
      (answering) => {
        for (const answer of answering) answer(request, response);
      },
      (error: unknown) => {
        options.log(`A workspace could not be shown: ${error instanceof Error ? error.message : String(error)}`);
        const text = JSON.stringify({
          error: { code: 'unavailable', message: 'This cannot be reached just now. Try again in a moment.' },
        });
        response.writeHead(503, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(text);
      },
    );
  });

  return {
    async close() {
      closed = true;
      const open = await Promise.allSettled(servers.values());
      servers.clear();
      for (const one of open) if (one.status === 'fulfilled') await one.value.close();
    },
  };
}

/** The host name that was asked for, without its port; empty for addresses, which name no workspace. */
function hostOf(request: IncomingMessage): string {
  const host = (request.headers.host ?? '').toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
  return host.length > hostLengthMax || !/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(host) || /^[0-9.]+$/.test(host) ? '' : host;
}
