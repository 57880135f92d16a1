/**
 * Brings a database to the shape this version of Regimen needs: our tables, then the job queue's.
 *
 * Safe to run in several processes at once: the first takes an advisory lock, the others wait.
 */
import { fileURLToPath } from 'node:url';
import { Logger, runMigrations } from 'graphile-worker';
import { runner } from 'node-pg-migrate';

const folder = fileURLToPath(new URL('../migrations/', import.meta.url));
const quiet = { info: () => {}, warn: () => {}, error: () => {} };

/** Runs the migrations that have not been run. Throws when one fails; then none of them has happened. */
export async function migrate(databaseUrl: string): Promise<void> {
  await runner({
    databaseUrl,
    dir: folder,
    ignorePattern: '(?!.*\\.sql$).*',
    direction: 'up',
    migrationsTable: 'migrations',
    singleTransaction: true,
    advisoryLockMode: 'wait',
    logger: quiet,
  });
  await runMigrations({ connectionString: databaseUrl, logger: new Logger(() => () => {}) });
}
