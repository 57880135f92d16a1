/**
 * The engine: database, store, control surface, worker, agent and clock, put together. No doors.
 *
 * The server stands on it, and so do the terminal's conversations and transcripts: whoever talks to a
 * program goes through the same parts. What was started is stopped in the reverse order, also when a
 * later part could not be started. Reading the configuration is left to the caller.
 */
import type { Control } from '../runtime/control.ts';
import { startPostgres } from '../runtime/postgres/embedded.ts';
import { scriptedAgent } from '../runtime/scripted-agent.ts';
import type { Agent, Channel } from '../runtime/services.ts';
import { advance, drain, nextMoment } from '../runtime/store/advance.ts';
import { appUrl } from '../runtime/store/app-role.ts';
import { clockNow } from '../runtime/store/clock.ts';
import { createControl } from '../runtime/store/control.ts';
import { openLive } from '../runtime/store/live.ts';
import { compareMigrations, type Migrated, migrate, NewerDatabase } from '../runtime/store/migrate.ts';
import type { Noted } from '../runtime/store/notes.ts';
import { behind, checkReady, NotReady } from '../runtime/store/ready.ts';
import { type ClockKind, closePool, mustAnswer, openPool, type Store, withoutSecrets } from '../runtime/store/store.ts';
import { openStores, type Stores } from '../runtime/store/stores.ts';
import { startWorker } from '../runtime/store/worker.ts';
import type { Config } from './config.ts';
import type { Live, ServerParts } from './parts.ts';
import { openSkillFolders } from './services/skill-files.ts';

export type EngineOptions = {
  /** Null: the embedded Postgres of the data folder. */
  databaseUrl: string | null;
  /** The address of the role that serves people, where Regimen does not make it. */
  appDatabaseUrl?: string | null;
  /** The workspace it is at home in; `default` without. */
  workspace?: string;
  /** Whether people may be served as the owner of the tables where no role can be made for it. */
  unprotected?: boolean;
  dataFolder: string;
  clock: ClockKind;
  /** Where a virtual clock begins, in ms. */
  startAt?: number;
  /** Makes ids of people and enrollments; random ones without it. */
  newId?: () => string;
  /** The folder `skills` beside the programs. */
  skillsFolder: string;
  anthropic: Config['anthropic'];
  slack?: Config['slack'];
  /** False: another process does the work; this one only asks and tells. */
  work?: boolean;
  /** How long what is in hand may take once the worker is told to stop (ms). */
  stopWithinMs?: number;
  /** `check`: a database that is not migrated is refused; without, it is migrated. */
  prepare?: 'migrate' | 'check';
  log: (line: string) => void;
  /** Hears of what happens, as data. */
  note?: (note: Noted) => void;
  /** Aborted while starting: what has been started is stopped again. */
  signal?: AbortSignal;
};

/** What the configuration says about the engine. */
export function engineOptions(
  config: Config,
  skillsFolder: string,
): Omit<EngineOptions, 'log' | 'work' | 'prepare' | 'signal' | 'note'> {
  const development = config.environment === 'development';
  return {
    databaseUrl: config.databaseUrl,
    appDatabaseUrl: config.appDatabaseUrl,
    workspace: config.workspace,
    unprotected: development,
    dataFolder: config.data,
    clock: development ? 'development' : 'machine',
    skillsFolder,
    anthropic: config.anthropic,
    slack: config.slack,
  };
}

/** What can be asked of one workspace. */
export type Workspace = {
  store: Store;
  control: Control;
  live: Live;
  now(): Promise<number>;
  /** Moves the clock forward, doing on the way what comes due. Resolves with the new now (ms). */
  move(to: number | 'next'): Promise<number>;
  /** Resolves when no run is in hand and no message waits. */
  settle(): Promise<void>;
};

/** The workspace it is at home in, and the way to the others. */
export type Engine = Workspace & {
  stores: Stores;
  /** Another workspace. What it keeps open ends with `close`. */
  open(workspace: string): Promise<Workspace & { close(): Promise<void> }>;
  agent: ServerParts['agent'];
  skills: ServerParts['skills'];
  readSkills: ServerParts['readSkills'];
  /** Rejects while the engine cannot be worked with. */
  ready(): Promise<void>;
  stop(): Promise<void>;
};

/** Something could not be started; the message is a sentence that says what and what to do. */
export class StartProblem extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'StartProblem';
  }
}

/** Starts everything. Throws `StartProblem`; nothing is left running then. */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { log, signal } = options;
  const parts = new AsyncDisposableStack();
  let databaseUrl = options.databaseUrl ?? '';
  try {
    if (options.databaseUrl === null) {
      const database = await startPostgres({
        dataFolder: options.dataFolder,
        log,
        ...(signal === undefined ? {} : { signal }),
      });
      parts.defer(() => database.stop());
      databaseUrl = database.url;
      signal?.throwIfAborted();
    }
    const stores = await openDatabase(databaseUrl, options);
    parts.defer(() => stores.close());
    signal?.throwIfAborted();

    const folders = openSkillFolders(options.skillsFolder);
    const home = await openWorkspace(stores.home, folders.names);
    parts.defer(() => home.close());
    const talker = await chooseAgent(options.anthropic);
    if (options.work !== false) {
      const worker = await startWorker(stores.home, {
        agent: talker.agent,
        scripted: scriptedAgent,
        skills: async (name) => (await folders.read(name)).skill,
        channels: await openChannels(options.slack ?? null),
        ...(options.stopWithinMs === undefined ? {} : { stopWithinMs: options.stopWithinMs }),
      });
      parts.defer(() => worker.stop());
    }
    signal?.throwIfAborted();
    let stopping = false;
    return {
      ...home,
      stores,
      open: (workspace) => openWorkspace(stores.of(workspace), folders.names),
      agent: talker.about,
      skills: folders.names,
      readSkills: async () => ({ texts: await folders.texts(), skills: await folders.all() }),
      async ready() {
        if (stopping) throw new NotReady('This process is stopping.');
        await checkReady(stores.home);
      },
      stop: () => {
        stopping = true;
        return parts.disposeAsync();
      },
    };
  } catch (error) {
    await parts.disposeAsync().catch(() => undefined);
    throw new StartProblem(databaseUrl === '' ? (error as Error).message : withoutSecrets(error, databaseUrl), error);
  }
}

/** Migrates the database, or sees that it is, and opens the stores of its workspaces. */
async function openDatabase(databaseUrl: string, options: EngineOptions): Promise<Stores> {
  const { clock, startAt, newId, workspace, note, log, signal } = options;
  let app: Migrated['app'];
  if (options.prepare === 'check') {
    await mustBeMigrated(databaseUrl, log);
    app = { url: options.appDatabaseUrl ?? appUrl(databaseUrl) };
  } else app = await prepare(databaseUrl, options);
  signal?.throwIfAborted();
  if ('problem' in app) {
    if (options.unprotected !== true) throw new Error(app.problem);
    log(`Workspaces are not kept apart by the database. ${app.problem}`);
  }
  const stores = await openStores({
    databaseUrl,
    ...('url' in app ? { appUrl: app.url } : { appUrl: databaseUrl, unprotected: true }),
    clock,
    log,
    ...(note === undefined ? {} : { note }),
    ...(workspace === undefined ? {} : { workspace }),
    ...(startAt === undefined ? {} : { startAt }),
    ...(newId === undefined ? {} : { newId }),
  });
  return stores;
}

/** Throws where the database lacks migrations. One that is ahead serves on: an upgrade is under way. */
async function mustBeMigrated(databaseUrl: string, log: (line: string) => void): Promise<void> {
  const sql = openPool(databaseUrl, { max: 1 });
  try {
    await mustAnswer(sql, databaseUrl);
    const { missing, unknown } = await compareMigrations(sql);
    if (missing.length > 0) throw new Error(behind(missing));
    if (unknown.length > 0)
      log(`The database is newer than this version of Regimen (${unknown.join(', ')}): finish the upgrade.`);
  } finally {
    await closePool(sql);
  }
}

async function prepare(databaseUrl: string, options: EngineOptions): Promise<Migrated['app']> {
  const { signal } = options;
  const migrating = migrate(databaseUrl, { app: options.appDatabaseUrl ?? null });
  const { app } = await unlessAborted(migrating, signal).catch((error: unknown) => {
    signal?.throwIfAborted();
    if (error instanceof NewerDatabase) throw error;
    throw new Error(unprepared(withoutSecrets(error, databaseUrl), options.databaseUrl !== null), { cause: error });
  });
  return app;
}

/** What can be asked of one workspace, on its store. */
async function openWorkspace(
  store: Store,
  skills: ServerParts['skills'],
): Promise<Workspace & { close(): Promise<void> }> {
  const live = await openLive(store);
  return {
    store,
    control: createControl(store, { skills }),
    live: {
      subscribe(id, changed) {
        const ends = [live.subscribe({ person: id }, changed), live.subscribe({ enrollment: id }, changed)];
        return () => {
          for (const end of ends) end();
        };
      },
    },
    now: () => clockNow(store),
    async move(to) {
      const target = to === 'next' ? await nextMoment(store) : to;
      if (Number.isFinite(target)) await advance(store, target);
      return clockNow(store);
    },
    settle: () => drain(store),
    close: () => live.close(),
  };
}

/** Why the database is not ready, with what can be done about it. */
function unprepared(problem: string, isTheirs: boolean): string {
  const line = (problem.split('\n')[0] ?? '').replace(/^(.*: )?error: /i, '').replace(/\.$/, '');
  const told = `The database cannot be reached or prepared: ${line}.`;
  if (!isTheirs) return told;
  return /permission denied/.test(line)
    ? `${told} The user in DATABASE_URL must be allowed to create tables and schemas there: give it a database of its own (create database … owner …).`
    : `${told} Check DATABASE_URL.`;
}

/** Waits no longer than until the start is aborted: what was begun ends with its database. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  return new Promise((done, fail) => {
    const abort = () => fail(signal.reason);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(done, fail).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** The vendor's library is loaded only where there is a key. */
async function chooseAgent(anthropic: Config['anthropic']): Promise<{ agent: Agent; about: ServerParts['agent'] }> {
  const { apiKey, baseUrl, model, smallModel } = anthropic;
  if (apiKey === null) return { agent: scriptedAgent, about: { kind: 'scripted' } };
  const { createAnthropicAgent } = await import('./services/anthropic-agent.ts');
  return {
    agent: createAnthropicAgent({ apiKey, baseURL: baseUrl, model, smallModel }),
    about: { kind: 'anthropic', model },
  };
}

/** The web chat and the terminal need none: their messages are read where they are stored. */
async function openChannels(slack: Config['slack']): Promise<Channel[]> {
  if (slack === null) return [];
  const { createSlackChannel } = await import('./services/slack/channel.ts');
  return [createSlackChannel(slack)];
}
