/**
 * The store: one Postgres, one workspace, and what is remembered in memory about them.
 *
 * Everything durable goes through it. Only caches are kept in memory, so any number of processes
 * may open the same store. JSON is handed over with `sql.json`, or, where its keys are to keep their
 * order, as text that is cast: what the driver makes of a bare object depends on what it knows about
 * the column at that moment.
 */
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import type { LoadedProgram } from '../load.ts';
import connect from './driver.ts';

/** The connections of one process, beside those of its job queue. */
const connectionsMax = 10;
const connectTimeoutSeconds = 10;
/** The longest pause before a lost connection is tried again. */
const reconnectSecondsMax = 2;
/** Connections still busy after this long are cut when the store closes. */
const closeTimeoutSeconds = 1;

/** A transaction, or the pool: anything SQL can be asked of. */
export type Sql = postgres.ISql<Record<never, never>>;
/** An open transaction. */
export type Tx = postgres.TransactionSql<Record<never, never>>;

/**
 * `machine`: the real time. `development`: real time plus an offset that can grow.
 * `virtual`: stands still and only moves when told; for tests and transcripts.
 */
export type ClockKind = 'machine' | 'development' | 'virtual';

export type Store = {
  sql: postgres.Sql<Record<never, never>>;
  /** Holds the password: never log it. */
  databaseUrl: string;
  workspace: string;
  clock: ClockKind;
  /** For people who look after the machine. Never gets what people wrote, nor secrets. */
  log: (line: string) => void;
  /** Makes the id of a new person or enrollment: random, unless a test or a transcript counts. */
  newId: () => string;
  /** Loaded versions by `workspace/name@version`. */
  programs: Map<string, LoadedProgram>;
  close(): Promise<void>;
};

export type StoreOptions = {
  databaseUrl: string;
  workspace?: string;
  clock?: ClockKind;
  /** Where a virtual clock begins, in ms, when it has not begun; without it, now. */
  startAt?: number;
  newId?: () => string;
  log?: (line: string) => void;
};

/** Opens the store; the database must have been migrated (`migrate.ts`). Throws a sentence when it cannot be reached. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const sql = connect(options.databaseUrl, {
    max: connectionsMax,
    connect_timeout: connectTimeoutSeconds,
    // The driver's own pauses grow to twenty seconds, long after the database is back.
    backoff: (tries: number) => Math.min(reconnectSecondsMax, 0.05 * 2 ** tries),
    onnotice: () => {},
    connection: { application_name: 'regimen' },
  });
  try {
    await sql`select 1`;
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw new Error(
      `The database cannot be reached: ${withoutSecrets(error, options.databaseUrl)}. Check DATABASE_URL.`,
    );
  }
  const workspace = options.workspace ?? 'default';
  if (options.clock === 'virtual') {
    const startAt = new Date(options.startAt ?? Date.now());
    await sql`
      insert into development_clock (workspace_id, frozen_at) values (${workspace}, ${startAt})
      on conflict (workspace_id) do update set frozen_at = coalesce(development_clock.frozen_at, excluded.frozen_at)`;
  }
  return {
    sql,
    databaseUrl: options.databaseUrl,
    workspace,
    clock: options.clock ?? 'machine',
    log: options.log ?? (() => {}),
    newId: options.newId ?? randomUUID,
    programs: new Map(),
    close: () => sql.end({ timeout: closeTimeoutSeconds }),
  };
}

/** What went wrong, without the password of the address. */
export function withoutSecrets(error: unknown, databaseUrl: string): string {
  const text = error instanceof Error ? error.message || String((error as { code?: unknown }).code) : String(error);
  const written = URL.canParse(databaseUrl) ? new URL(databaseUrl).password : '';
  return [databaseUrl, written, decoded(written)]
    .filter((secret) => secret !== '')
    .reduce((safe, secret) => safe.replaceAll(secret, '…'), text);
}

/** A password may hold a percent sign that encodes nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
