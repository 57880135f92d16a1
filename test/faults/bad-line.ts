/**
 * A line to the database that can be made slow, and cut: a TCP proxy on loopback. Nothing in it knows Postgres.
 */

import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export type BadLine = {
  /** The address of the database, by way of the line. */
  url: string;
  /** Everything takes so much longer (ms), from now on. */
  delay(ms: number): void;
  /** Cuts every connection. */
  cut(): void;
  /**
   * Cuts every connection, once, when so many parts more have gone through, of questions and of answers; null: never.
   */
  cutAfter(parts: number | null): void;
  /**
   * Leads to another database from now on, as a name or an address does that is given to another machine. Cuts every
   * connection.
   */
  lead(databaseUrl: string): void;
  /** Nobody gets through while it is down. */
  down(down: boolean): void;
  stop(): Promise<void>;
};

/** `host`: the address it listens on. */
export async function openBadLine(databaseUrl: string, host = '127.0.0.1'): Promise<BadLine> {
  let target = new URL(databaseUrl);
  const open = new Set<Socket>();
  let delayMs = 0;
  let isDown = false;
  let partsLeft: number | null = null;
  const cut = () => {
    for (const one of [...open]) one.destroy();
  };
  const pass = async (from: Socket, to: Socket) => {
    try {
      for await (const part of from) {
        if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
        if (partsLeft !== null && partsLeft-- <= 0) {
          partsLeft = null;
          cut();
        }
        if (!to.write(part)) await new Promise((done) => to.once('drain', done).once('close', done));
      }
    } catch {
      // Cut: the other side is told below.
    }
    to.destroy();
  };
  const server = createServer((near) => {
    if (isDown) return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const one of [near, far]) {
      one.setNoDelay(true);
      // A machine that falls off the network sends no farewell: it is asked after, as Postgres does by itself.
      one.setKeepAlive(true, 1_000);
      open.add(one);
      one.on('error', () => {});
      one.once('close', () => open.delete(one));
    }
    void pass(near, far);
    void pass(far, near);
  });
  await new Promise<void>((done) => server.listen(0, host, done));
  const url = new URL(databaseUrl);
  url.hostname = host;
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    delay: (ms) => {
      delayMs = ms;
    },
    cut,
    cutAfter: (parts) => {
      partsLeft = parts;
    },
    lead: (to) => {
      target = new URL(to);
      cut();
    },
    down: (down) => {
      isDown = down;
      if (down) cut();
    },
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        cut();
      }),
  };
}
