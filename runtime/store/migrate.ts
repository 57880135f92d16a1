/**
 * Brings a database to the shape this version of Regimen needs: our tables, the job queue's, the rights of
 * the role that serves people (`app-role.ts`). Only ever forward.
 *
 * Safe to run in several processes at once: the first takes an advisory lock, the others wait. Safe beside
 * processes of the version before, as migrations only add. A database that a newer version has migrated is
 * left alone.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Logger, runMigrations } from 'graphile-worker';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { AppRoleProblem, appUrl, ensureAppRole } from './app-role.ts';
import type { Sql } from './store.ts';

const folder = fileURLToPath(new URL('../migrations/', import.meta.url));
const quiet = { info: () => {}, warn: () => {}, error: () => {} };
const connectLimitMs = 10_000;
const migrateLock = 'regimen:migrate';

export type Migrated = {
  /** The migrations that were run now. */
  run: string[];
  /** With which address people are served; the problem where the role for it cannot be had. */
  app: { url: string } | { problem: string };
};

/** The database has been migrated by a newer version of Regimen; the message says what to do. */
export class NewerDatabase extends Error {
  constructor(unknown: string[]) {
    super(
      `The database is newer than this version of Regimen: it has ${unknown.slice(0, 3).join(', ')}, which is not known here. Run the newer version, or restore a backup from before its migration.`,
    );
    this.name = 'NewerDatabase';
  }
}

/**
 * Runs the migrations that have not been run. `app`: the address of the role that serves people, where it is
 * not made by us. Throws when one fails; then none of them has happened. Throws `NewerDatabase`.
 */
export async function migrate(databaseUrl: string, { app }: { app?: string | null } = {}): Promise<Migrated> {
  const owner = new pg.Client({ connectionString: databaseUrl, connectionTimeoutMillis: connectLimitMs });
  owner.on('error', () => {});
  await owner.connect();
  try {
    await owner.query('select pg_advisory_lock(hashtextextended($1, 0))', [migrateLock]);
    const known = ownMigrations();
    const unknown = (await migrationsIn(owner)).filter((name) => !known.includes(name));
    if (unknown.length > 0) throw new NewerDatabase(unknown);
    const run = await runner({
      // A client of its own would end the process when its connection is lost.
      dbClient: owner,
      dir: folder,
      ignorePattern: '(?!.*\\.sql$).*',
      direction: 'up',
      migrationsTable: 'migrations',
      singleTransaction: true,
      advisoryLockMode: 'wait',
      logger: quiet,
    });
    await runMigrations({ connectionString: databaseUrl, logger: new Logger(() => () => {}) });
    const url = app ?? appUrl(databaseUrl);
    return { run: run.map((one) => one.name), app: await roleReady(owner, url) };
  } finally {
    await owner.end().catch(() => undefined);
  }
}

async function roleReady(owner: pg.Client, url: string): Promise<Migrated['app']> {
  try {
    await ensureAppRole(owner, url);
    return { url };
  } catch (error) {
    if (error instanceof AppRoleProblem) return { problem: error.message };
    throw error;
  }
}

/** The migrations this version knows, in their order. */
export function ownMigrations(): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.sql'))
    .map((name) => name.slice(0, -'.sql'.length))
    .sort();
}

async function migrationsIn(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ there: boolean }>("select to_regclass('migrations') is not null as there");
  if (rows[0]?.there !== true) return [];
  return (await owner.query<{ name: string }>('select name from migrations')).rows.map(({ name }) => name);
}

/** How a database stands to this version: what it lacks, and what it has beyond it. */
export async function compareMigrations(sql: Sql): Promise<{ missing: string[]; unknown: string[] }> {
  const there = await sql<{ name: string }[]>`select name from migrations`.catch((error: { code?: string }) => {
    // No such table: an empty database.
    if (error.code === '42P01') return [];
    throw error;
  });
  const names = new Set(there.map(({ name }) => name));
  const known = ownMigrations();
  return {
    missing: known.filter((name) => !names.has(name)),
    unknown: [...names].filter((name) => !known.includes(name)),
  };
}
