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
import { advance, drain } from '../runtime/store/advance.ts';
import { clockNow } from '../runtime/store/clock.ts';
import { createControl } from '../runtime/store/control.ts';
import { openLive } from '../runtime/store/live.ts';
import { migrate } from '../runtime/store/migrate.ts';
import { type ClockKind, openStore, type Store, withoutSecrets } from '../runtime/store/store.ts';
import { nextSweepAt } from '../runtime/store/sweep.ts';
import { startWorker } from '../runtime/store/worker.ts';
import type { Config } from './config.ts';
import type { Live, ServerParts } from './parts.ts';
import { openSkillFolders } from './services/skill-files.ts';

export type EngineOptions = {
  /** Null: the embedded Postgres of the data folder. */
  databaseUrl: string | null;
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
  log: (line: string) => void;
  /** Aborted while starting: what has been started is stopped again. */
  signal?: AbortSignal;
};

export type Engine = {
  store: Store;
  control: Control;
  live: Live;
  agent: ServerParts['agent'];
  skills: ServerParts['skills'];
  now(): Promise<number>;
  /** Moves the clock forward, doing on the way what comes due. Resolves with the new now (ms). */
  move(to: number | 'next'): Promise<number>;
  /** Resolves when no run is in hand and no message waits. */
  settle(): Promise<void>;
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
    await unlessAborted(migrate(databaseUrl), signal).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw new Error(unprepared(withoutSecrets(error, databaseUrl), options.databaseUrl !== null), { cause: error });
    });
    const { clock, startAt, newId } = options;
    const store = await openStore({
      databaseUrl,
      clock,
      log,
      ...(startAt === undefined ? {} : { startAt }),
      ...(newId === undefined ? {} : { newId }),
    });
    parts.defer(() => store.close());
    signal?.throwIfAborted();

    const folders = openSkillFolders(options.skillsFolder);
    const control = createControl(store, { skills: folders.names });
    const live = await openLive(store);
    parts.defer(() => live.close());
    const talker = await chooseAgent(options.anthropic);
    if (options.work !== false) {
      const worker = await startWorker(store, {
        agent: talker.agent,
        scripted: scriptedAgent,
        skills: async (name) => (await folders.read(name)).skill,
        channels: await openChannels(options.slack ?? null),
      });
      parts.defer(() => worker.stop());
    }
    signal?.throwIfAborted();
    return {
      store,
      control,
      live: {
        subscribe(id, changed) {
          const ends = [live.subscribe({ person: id }, changed), live.subscribe({ enrollment: id }, changed)];
          return () => {
            for (const end of ends) end();
          };
        },
      },
      agent: talker.about,
      skills: folders.names,
      now: () => clockNow(store),
      async move(to) {
        const target = to === 'next' ? await nextSweepAt(store) : to;
        if (Number.isFinite(target)) await advance(store, target);
        return clockNow(store);
      },
      settle: () => drain(store),
      stop: () => parts.disposeAsync(),
    };
  } catch (error) {
    await parts.disposeAsync().catch(() => undefined);
    throw new StartProblem(databaseUrl === '' ? (error as Error).message : withoutSecrets(error, databaseUrl), error);
  }
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
