/**
 * The store: one Postgres, one workspace, and what is remembered in memory about them.
 *
 * Everything durable goes through it. Here is one that sees all workspaces through the connections of the
 * tables' owner; `stores.ts` opens those that the database itself keeps apart. Only caches are kept in memory, so any
 * number of processes may open the same store. JSON is handed over with `sql.json`, or, where its keys are to keep
 * their order, as text that is cast: what the driver makes of a bare object depends on what it knows about the column
 * at that moment.
 */
import { randomUUID } from 'node:crypto';
import type postgres from 'postgres';
import type { LoadedProgram } from '../load.ts';
import connect from './driver.ts';
import { transactionSilentMaxMs } from './limits.ts';
import type { Noted } from './notes.ts';

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
  /** Connections of the tables' owner: for the job queue's own tables, and for what crosses workspaces. */
  queue: postgres.Sql<Record<never, never>>;
  /** The owner's address. Holds the password: never log it. */
  databaseUrl: string;
  workspace: string;
  clock: ClockKind;
  /** For people who look after the machine. Never gets what people wrote, nor secrets. */
  log: (line: string) => void;
  /** Hears of what happens, as data (`notes.ts`). */
  note?: (note: Noted) => void;
  /** Makes the id of a new person or enrollment: random, unless a test or a transcript counts. */
  newId: () => string;
  /** Loaded versions by `workspace/name@version`. */
  programs: Map<string, LoadedProgram>;
  /** The store of another workspace of the same database. Ask again for each piece of work; do not keep it. */
  of(workspace: string): Store;
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
  note?: (note: Noted) => void;
};

/**
 * Opens the store; the database must have been migrated (`migrate.ts`). Throws a sentence when it cannot be reached.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const sql = openPool(options.databaseUrl);
  await mustAnswer(sql, options.databaseUrl);
  const workspace = options.workspace ?? 'default';
  const store: Store = makeStore(options, {
    sql,
    queue: sql,
    workspace,
    programs: new Map(),
    of: (other) => ({ ...store, workspace: other }),
  });
  await beginClock(store, options.startAt);
  return store;
}

/** A store over a pool that is open; closing it closes the pool. */
export function makeStore(
  { databaseUrl, clock = 'machine', log = () => {}, note, newId = randomUUID }: StoreOptions,
  parts: Pick<Store, 'sql' | 'queue' | 'workspace' | 'programs' | 'of'>,
): Store {
  const { sql } = parts;
  return {
    ...parts,
    databaseUrl,
    clock,
    log,
    ...(note === undefined ? {} : { note }),
    newId,
    close: () => closePool(sql),
  };
}

/** A pool of connections. With a workspace they are for that one alone. */
export function openPool(
  url: string,
  { max = connectionsMax, workspace, idleSeconds }: { max?: number; workspace?: string; idleSeconds?: number } = {},
): Store['sql'] {
  return connect(url, {
    max,
    connect_timeout: connectTimeoutSeconds,
    ...(idleSeconds === undefined ? {} : { idle_timeout: idleSeconds }),
    // The driver's own pauses grow to twenty seconds, long after the database is back.
    backoff: (tries: number) => Math.min(reconnectSecondsMax, 0.05 * 2 ** tries),
    onnotice: () => {},
    connection: {
      application_name: 'regimen',
      // Also where an administrator has set less: then whatever takes a moment to reckon would never be written.
      idle_in_transaction_session_timeout: transactionSilentMaxMs,
      ...(workspace === undefined ? {} : { 'regimen.workspace': workspace }),
    },
  });
}

/** Ends a pool: what is in hand may finish for a moment. */
export function closePool(sql: Store['sql']): Promise<void> {
  return sql.end({ timeout: closeTimeoutSeconds });
}

/** Throws a sentence, and closes the pool, when the database does not answer. */
export async function mustAnswer(sql: Store['sql'], url: string): Promise<void> {
  try {
    await sql`select 1`;
  } catch (error) {
    await sql.end({ timeout: 0 });
    const problem = withoutSecrets(error, url);
    // PgBouncer's words for a setting of the connection that it does not know.
    if (problem.startsWith('unsupported startup parameter')) throw new Error(`${poolerBetween} It said: ${problem}.`);
    throw new Error(`The database cannot be reached: ${problem}. Check DATABASE_URL.`);
  }
}

/** For operators who have put something in front of the database that shares its connections. */
export const poolerBetween =
  'The database does not know for which workspace a connection is: something between, such as PgBouncer, leaves out the setting regimen.workspace. Connect to Postgres directly.';

/** A virtual clock begins where it is told to (ms), unless it has begun before. */
export async function beginClock({ sql, workspace, clock }: Store, startAt: number = Date.now()): Promise<void> {
  if (clock !== 'virtual') return;
  await sql`
    insert into development_clock (workspace_id, frozen_at) values (${workspace}, ${new Date(startAt)})
    on conflict (workspace_id) do update set frozen_at = coalesce(development_clock.frozen_at, excluded.frozen_at)`;
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
