/**
 * The door for machines that watch: `/metrics`, `/health` and `/ready` on a port of its own.
 *
 * Figures say how busy a place is; so they are not on the port that people reach. A worker has no other door.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NotReady } from '../runtime/store/ready.ts';
import type { Figures } from './figures.ts';

const requestMsMax = 10_000;

/** Opens the door. Throws a sentence when the port cannot be had. Port 0 takes a free one. */
export async function openWatchDoor(
  { host, port }: { host: string; port: number },
  { figures, ready }: { figures: Figures; ready: () => Promise<unknown> },
): Promise<{ url: string; close(): Promise<void> }> {
  const answers: Record<string, () => Promise<{ status: number; type: string; text: string }>> = {
    '/health': () => Promise.resolve(json(200, { status: 'live' })),
    '/ready': () =>
      ready().then(
        () => json(200, { status: 'ready' }),
        (error: unknown) =>
          json(503, {
            status: 'not-ready',
            detail: error instanceof NotReady ? error.message : 'The database does not answer.',
          }),
      ),
    '/metrics': () => figures.text().then(({ type, text }) => ({ status: 200, type, text })),
  };
  const server = createServer({ requestTimeout: requestMsMax }, (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const answer = Object.hasOwn(answers, path) && request.method === 'GET' ? answers[path] : undefined;
    const given = answer === undefined ? Promise.resolve(json(404, { status: 'not-found' })) : answer();
    given
      .catch(() => json(500, { status: 'failed' }))
      .then(({ status, type, text }) => {
        response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
      });
  });
  await new Promise<void>((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(
        new Error(
          `Figures cannot be served on ${host}:${port} (${error.code}). Set REGIMEN_METRICS_PORT and REGIMEN_METRICS_HOST to a free port of this machine.`,
        ),
      ),
    );
    server.listen(port, host, done);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

function json(status: number, body: Record<string, string>): { status: number; type: string; text: string } {
  return { status, type: 'application/json', text: JSON.stringify(body) };
}
