/**
 * Server-sent events: one open stream that loses nothing and repeats nothing.
 *
 * A stream is a loop around `pump`: whenever something may have changed (a notification, a
 * heartbeat) `pump` reads what is new from the database and writes it. Notifications carry nothing,
 * so a lost or doubled one does no harm. Streams end before the server stops, when their session
 * ends, when the reader is too slow, and after an hour; browsers then come back by themselves and
 * say where they were. One reader may have only so many open at once.
 */
import { PassThrough } from 'node:stream';
import type { Request, ResponseObject, ResponseToolkit, Server } from '@hapi/hapi';
import { problem } from './problem.ts';

export const heartbeatMs = 15_000;
/** After this a stream ends, so that a session that was taken away does not read on for ever. */
export const streamLifeMaxMs = 60 * 60_000;
/** What a reader may lag behind before the stream ends. */
export const streamLagMaxBytes = 1024 * 1024;
/** Streams one person may have open at once, over all their browsers and tabs. */
export const streamsPerReaderMax = 30;
/** How soon a browser comes back after a stream ended. */
const retryMs = 1_000;

export type Write = (event: string, data: unknown, id?: number) => void;

type OpenStream = { reader: string; session: string; changed: () => void; end: () => void };

/** A clock that runs on by itself differs by less than this from what a page was told. */
const driftMaxMs = 1_000;

declare module '@hapi/hapi' {
  interface ServerApplicationState {
    streams: Set<OpenStream>;
  }
}

/** Prepares the list of open streams and ends them all when the server begins to stop. */
export function endStreams(server: Server): void {
  server.app.streams = new Set();
  server.ext('onPreStop', () => {
    for (const stream of [...server.app.streams]) stream.end();
  });
}

/** Ends the streams of one session: it signed out. */
export function endStreamsOf(server: Server, session: string): void {
  for (const stream of [...server.app.streams]) if (stream.session === session) stream.end();
}

/** Has every open stream look for what is new: the clock was moved, which no notification tells. */
export function wakeStreams(server: Server): void {
  for (const stream of [...server.app.streams]) stream.changed();
}

/**
 * Opens a stream. `pump` writes all that is new since it was last called; it is never called twice at
 * once. `subscribe` is called once and gives back the way to stop. `reader` names the person who
 * reads, `session` the session they do it in. Where there is a `clock` that can be moved, its time is
 * told first, as `clock`, whenever it jumped. Throws 429 where the reader has too many open.
 */
export function openStream(
  request: Request,
  h: ResponseToolkit,
  options: {
    reader: string;
    session: string;
    subscribe: (changed: () => void) => () => void;
    pump: (write: Write) => Promise<void>;
    clock?: { now(): Promise<number> };
    log: (line: string) => void;
  },
): ResponseObject {
  const { streams } = request.server.app;
  let open = 0;
  for (const other of streams) if (other.reader === options.reader) open += 1;
  if (open >= streamsPerReaderMax) {
    throw problem(
      429,
      'too-many-streams',
      `You have ${streamsPerReaderMax} pages open that listen for news. Close some of them and try again.`,
    );
  }
  const stream = new PassThrough();
  let ended = false;
  let pumping = false;
  let again = false;
  /** How far the told clock is ahead of this machine's. */
  let ahead = Number.NaN;

  const write: Write = (event, data, id) => {
    if (ended) return;
    stream.write(`${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    // What waits for a reader who takes nothing would wait for ever: the connection goes with it.
    if (stream.writableLength > streamLagMaxBytes) cut();
  };

  async function changed(): Promise<void> {
    if (pumping) {
      again = true;
      return;
    }
    pumping = true;
    try {
      do {
        again = false;
        await tellTime();
        await options.pump(write);
      } while (again && !ended);
    } catch (problem) {
      // The browser comes back and reads on from where it was.
      if (!ended) options.log(`An event stream ended early: ${(problem as Error).message}`);
      end();
    } finally {
      pumping = false;
    }
  }

  async function tellTime(): Promise<void> {
    if (options.clock === undefined) return;
    const now = await options.clock.now();
    if (Math.abs(now - Date.now() - ahead) < driftMaxMs) return;
    ahead = now - Date.now();
    write('clock', { now });
  }

  const end = (): void => {
    if (ended) return;
    ended = true;
    clearInterval(heartbeat);
    clearTimeout(life);
    unsubscribe();
    streams.delete(entry);
    stream.end();
  };

  const cut = (): void => {
    end();
    request.raw.res.destroy();
  };

  // First, as it may refuse: nothing has been begun then.
  const unsubscribe = options.subscribe(() => void changed());
  const heartbeat = setInterval(() => {
    write('heartbeat', {});
    void changed();
  }, heartbeatMs);
  const life = setTimeout(end, streamLifeMaxMs);
  const entry: OpenStream = { reader: options.reader, session: options.session, changed: () => void changed(), end };
  streams.add(entry);
  // Whoever hung up while the first things were looked up will not do so again.
  if (request.raw.res.closed || request.raw.res.destroyed) end();
  else request.raw.res.once('close', end);

  if (!ended) stream.write(`retry: ${retryMs}\n\n`);
  void changed();
  return h
    .response(stream)
    .type('text/event-stream')
    .header('content-encoding', 'identity')
    .header('cache-control', 'no-cache, no-transform')
    .header('x-accel-buffering', 'no');
}

/** Where the reader was: `Last-Event-ID` (a browser that comes back) or `?after=`, whichever is further. */
export function resumeAfter(request: Request): number {
  const positions = [request.headers['last-event-id'], request.query.after].map((value) =>
    /^\d{1,15}$/.test(String(value)) ? Number(value) : 0,
  );
  return Math.max(...positions);
}
