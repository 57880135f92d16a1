/**
 * A stand-in for a vendor's server that takes everything and forgets nothing, so that it can be asked afterwards
 * what came twice. It has no knowledge of repeats of its own: a channel that looks first would hide them.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Vendor = {
  url: string;
  /** What came, in order; `first`: the sender was certain that nobody had tried before. */
  taken: { id: string; account: string; first: boolean }[];
  /** Takes everything and answers nothing, until `answer`. */
  hold(): void;
  answer(): void;
  stop(): Promise<void>;
};

/** Nothing we send is larger. */
const bodyMax = 64 * 1024;

/** `host`: the address it listens on. */
export async function startVendor(host = '127.0.0.1'): Promise<Vendor> {
  const taken: Vendor['taken'] = [];
  const waiting: ServerResponse[] = [];
  let isHolding = false;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
      if (body.length > bodyMax) request.destroy();
    });
    request.on('error', () => {});
    request.on('end', () => {
      taken.push(JSON.parse(body));
      if (isHolding) waiting.push(response);
      else response.end('ok');
    });
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}/`,
    taken,
    hold: () => {
      isHolding = true;
    },
    answer: () => {
      isHolding = false;
      for (const response of waiting.splice(0)) response.end('ok');
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
