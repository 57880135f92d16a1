/**
 * The development clock over HTTP: read it, move it forward. Registered only in development.
 *
 * Whoever moves it, every open page learns of it: through its own stream, or the one offered here.
 * No sign-in is asked for, so that the terminal can move it too; a development server listens on
 * this machine alone unless it is told otherwise.
 */
import type { Plugin } from '@hapi/hapi';
import { Temporal } from 'temporal-polyfill';
import type { ServerParts } from '../parts.ts';
import { problem } from '../problem.ts';
import { bodyReader } from '../read-body.ts';
import { openStream, wakeStreams } from '../streams.ts';

/** Further than this in one go is a slip of the hand. */
export const advanceDaysMax = 400;

const readAdvance = bodyReader<{ by?: string; to?: string }>({
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  maxProperties: 1,
  properties: { by: { type: 'string', maxLength: 40 }, to: { type: 'string', maxLength: 80 } },
});

export const clock: Plugin<ServerParts> = {
  name: 'clock',
  register(server, parts) {
    server.route([
      {
        method: 'GET',
        path: '/api/clock',
        options: { auth: false },
        handler: async () => ({ now: await parts.clock.now(), moves: parts.clock.move !== undefined }),
      },
      {
        method: 'POST',
        path: '/api/clock/advance',
        options: { auth: false },
        async handler(request) {
          const { move } = parts.clock;
          if (move === undefined) throw problem(409, 'clock-stands', 'This clock cannot be moved.');
          const input = readAdvance(request.payload);
          const now = await parts.clock.now();
          const moved = async (to: number | 'next'): Promise<{ now: number }> => {
            try {
              return { now: await move(to) };
            } finally {
              wakeStreams(request.server);
            }
          };
          if (input.to === 'next') return moved('next');
          const target = input.by === undefined ? readMoment(input.to ?? '') : now + readDuration(input.by);
          if (target < now)
            throw problem(400, 'malformed', 'The development clock only moves forward. Choose a later moment.');
          if (target - now > advanceDaysMax * 86_400_000)
            throw problem(400, 'malformed', `The development clock moves at most ${advanceDaysMax} days in one go.`);
          return moved(target);
        },
      },
      {
        // For pages that have no stream of their own.
        method: 'GET',
        path: '/api/clock/events',
        options: { auth: false },
        handler: (request, h) =>
          openStream(request, h, {
            reader: '',
            session: '',
            log: parts.log,
            clock: parts.clock,
            subscribe: () => () => undefined,
            pump: async () => undefined,
          }),
      },
    ]);
  },
};

/** `3 days`, `3d`, `90 min` → ms. A day is 24 hours here: the clock moves, the person's calendar follows. */
export function readDuration(text: string): number {
  const match = /^\s*(\d{1,6})\s*(?:(m|mins?|minutes?)|(h|hours?)|(d|days?)|(w|weeks?))\s*$/i.exec(text);
  if (match === null)
    throw problem(400, 'malformed', `“${text}” is no length of time. Write it like “3 days”, “12 hours” or “1 week”.`);
  const unitMs = match[2] ? 60_000 : match[3] ? 3_600_000 : match[4] ? 86_400_000 : 604_800_000;
  return Number(match[1]) * unitMs;
}

/** An instant with its offset or zone, such as `2026-01-05T09:00:00Z` → ms. */
function readMoment(text: string): number {
  try {
    return /\[/.test(text)
      ? Temporal.ZonedDateTime.from(text).epochMilliseconds
      : Temporal.Instant.from(text).epochMilliseconds;
  } catch {
    throw problem(
      400,
      'malformed',
      `“${text}” is no moment. Write it like 2026-01-05T09:00:00Z, or “next” for the next moment when something is due.`,
    );
  }
}
