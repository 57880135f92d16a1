/**
 * `/health`: this process answers. `/ready`: the database answers too. For machines that watch.
 */
import type { Plugin } from '@hapi/hapi';
import type { ServerParts } from '../parts.ts';
import { problem } from '../problem.ts';

/** A database that takes longer than this is not ready. */
export const readyWithinMs = 2_000;

export const health: Plugin<ServerParts> = {
  name: 'health',
  register(server, { ready }) {
    server.route([
      { method: 'GET', path: '/health', options: { auth: false }, handler: () => ({ status: 'live' }) },
      {
        method: 'GET',
        path: '/ready',
        options: { auth: false },
        async handler() {
          const inTime = await within(ready(), readyWithinMs);
          if (!inTime) throw problem(503, 'not-ready', 'The database does not answer.');
          return { status: 'ready' };
        },
      },
    ]);
  },
};

async function within(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const done = work.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([done, late]);
  } finally {
    clearTimeout(timer);
  }
}
