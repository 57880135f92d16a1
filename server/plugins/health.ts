/**
 * `/health`: this process answers. `/ready`: the database answers, is migrated, and takes jobs. For machines that
 * watch.
 */
import type { Plugin } from '@hapi/hapi';
import { NotReady } from '../../runtime/store/ready.ts';
import type { ServerParts } from '../parts.ts';
import { problem } from '../problem.ts';

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
          await ready().catch((error: unknown) => {
            throw problem(
              503,
              'not-ready',
              error instanceof NotReady ? error.message : 'The database does not answer.',
            );
          });
          return { status: 'ready' };
        },
      },
    ]);
  },
};
