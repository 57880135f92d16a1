/**
 * The stores of all workspaces of one database, kept apart by the database itself.
 *
 * Each workspace has a small pool of its own, whose connections log in as the role that the row policies
 * hold and begin with the setting `regimen.workspace`: a condition that was forgotten in a query finds
 * nothing of others. Stores are opened when first asked for, and closed when nobody has asked for a while.
 * Whether a workspace exists is not asked here.
 */
import { Refusal } from '../control.ts';
import type { LoadedProgram } from '../load.ts';
import {
  beginClock,
  closePool,
  makeStore,
  mustAnswer,
  openPool,
  poolerBetween,
  type Store,
  type StoreOptions,
  withoutSecrets,
} from './store.ts';

/** Workspaces whose stores are open at once in one process; each takes some 70 kB. */
const openStoresMax = 2_000;
/** Connections of one workspace; of the one that the process is at home in. */
const connectionsPerWorkspaceMax = 4;
const connectionsAtHomeMax = 10;
/** The owner's connections: the queue's upkeep and what crosses workspaces. */
const connectionsOfOwnerMax = 4;
/** A connection that has had nothing to do for this long is closed, so that many workspaces cost few connections. */
const idleSecondsMax = 30;
/** A store that nobody has asked for this long is closed: longer than any run or request may take. */
const unusedMsMax = 10 * 60_000;
/** Where too many are open, one that nobody has asked for this long makes room. */
const unusedMsWhenFullMax = 3 * 60_000;
const lookMs = 60_000;

/** What a workspace may be called: it stands in addresses and keys. */
const workspaceName = /^[a-z][a-z0-9_-]{0,39}$/;

export type Stores = {
  /** The workspace this process is at home in. */
  home: Store;
  /** The store of a workspace. Throws a `Refusal` for what cannot be the name of one. */
  of(workspace: string): Store;
  close(): Promise<void>;
};

export type StoresOptions = Omit<StoreOptions, 'workspace'> & {
  /** With which address people are served (`app-role.ts`). */
  appUrl: string;
  /** The workspace that the process is at home in: `default`. */
  workspace?: string;
  /** Serve people as whoever the address names, even where no policy holds them. For development only. */
  unprotected?: boolean;
};

/**
 * Opens the stores of a migrated database. Throws a sentence when it cannot be reached, or would not keep workspaces
 * apart.
 */
export async function openStores(options: StoresOptions): Promise<Stores> {
  const owner = openPool(options.databaseUrl, { max: connectionsOfOwnerMax, idleSeconds: idleSecondsMax });
  const programs = new Map<string, LoadedProgram>();
  const open = new Map<string, { store: Store; askedAt: number }>();
  const atHome = options.workspace ?? 'default';
  const looking = setInterval(() => closeUnused(unusedMsMax), lookMs);
  looking.unref();

  function of(workspace: string): Store {
    const known = open.get(workspace);
    if (known !== undefined) {
      known.askedAt = performance.now();
      return known.store;
    }
    if (open.size >= openStoresMax) closeUnused(unusedMsWhenFullMax);
    if (open.size >= openStoresMax)
      throw new Error(`More than ${openStoresMax} workspaces are in use in one process: start another one beside it.`);
    const store = make(mustBeWorkspace(workspace));
    open.set(workspace, { store, askedAt: performance.now() });
    return store;
  }

  function make(workspace: string): Store {
    const max = workspace === atHome ? connectionsAtHomeMax : connectionsPerWorkspaceMax;
    const sql = openPool(options.appUrl, { max, workspace, idleSeconds: idleSecondsMax });
    return makeStore(options, { sql, queue: owner, workspace, programs, of });
  }

  function closeUnused(forMs: number): void {
    for (const [workspace, { store, askedAt }] of open) {
      if (workspace === atHome || performance.now() - askedAt < forMs) continue;
      open.delete(workspace);
      void store.close();
    }
  }

  async function close(): Promise<void> {
    clearInterval(looking);
    await Promise.all([...open.values()].map(({ store }) => store.close()));
    await closePool(owner);
  }

  try {
    const home = of(atHome);
    await mustAnswer(home.sql, options.appUrl);
    if (options.unprotected !== true) await mustBeHeld(home);
    await beginClock(home, options.startAt);
    return { home, of, close };
  } catch (error) {
    await close();
    throw new Error(withoutSecrets(error, options.databaseUrl));
  }
}

/** Throws where the database would show this store the rows of other workspaces. */
async function mustBeHeld({ sql, workspace }: Store): Promise<void> {
  const [row] = await sql<{ held: boolean; told: string | null; role: string }[]>`
    select row_security_active('people') as held, current_setting('regimen.workspace', true) as told,
      current_user as role`;
  if (row?.held !== true) {
    throw new Error(
      `The database user ${row?.role} is not held by the row policies, as it owns the tables or may bypass them. People are served as a role of its own: leave REGIMEN_APP_DATABASE_URL out, or set it to an address with such a role.`,
    );
  }
  if (row.told !== workspace) {
    throw new Error(poolerBetween);
  }
}

/** Refuses what cannot be the name of a workspace. */
export function mustBeWorkspace(name: string): string {
  if (workspaceName.test(name)) return name;
  throw new Refusal(
    'malformed',
    `“${name.slice(0, 60)}” cannot be a workspace: use up to 40 small letters, digits, - and _, beginning with a letter.`,
  );
}
