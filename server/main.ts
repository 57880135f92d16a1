/**
 * The composition root: builds everything from a Config and starts it; nothing else knows all parts.
 *
 * Order matters: the database first, then programs, then the doors, so that the first visitor finds
 * what the folder holds. What has been started is stopped in the reverse order: doors, then the engine.
 */
import { join } from 'node:path';
import { removeAddress, writeAddress } from './address-file.ts';
import type { Config } from './config.ts';
import { createServer, listen } from './create-server.ts';
import { type Engine, StartProblem, startEngine } from './engine.ts';
import type { ServerParts } from './parts.ts';
import { programs as programsDoor } from './plugins/programs.ts';
import { slack as slackDoor } from './plugins/slack.ts';
import { type FileNews, openProgramFolder } from './program-folder.ts';
import { createSignIns } from './sign-ins.ts';

export { StartProblem };

/** Requests in hand when it stops may take this long, so that everything stops within two seconds. */
const requestLimitMs = 300;

export type Regimen = {
  engine: Engine;
  addresses: {
    home: string;
    chat(program: string): string;
    timelines: string;
    editor(program: string | null): string;
  };
  agent: ServerParts['agent'];
  /** What is published, the newest version of each. */
  programs: { name: string; title: string; version: number }[];
  /** What became of each file of the folder. */
  news: FileNews[];
  /** The programs' clock when everything was up, in ms. */
  startedAt: number;
  stop(): Promise<void>;
};

/** Starts Regimen. Throws `StartProblem` with a sentence; nothing is left running then. */
export async function startRegimen(options: {
  config: Config;
  /** The folder with the programs, and the only file in it where just one is meant. */
  programs: { folder: string; only?: string };
  /** Called when a program file has changed. */
  tell: (news: FileNews) => void;
  log: (line: string) => void;
  signal?: AbortSignal;
}): Promise<Regimen> {
  const { config, programs, tell, log, signal } = options;
  const parts = new AsyncDisposableStack();
  try {
    const engine = await startEngine({
      databaseUrl: config.databaseUrl,
      dataFolder: config.data,
      clock: config.environment === 'development' ? 'development' : 'machine',
      skillsFolder: join(programs.folder, 'skills'),
      anthropic: config.anthropic,
      slack: config.slack,
      log,
      ...(signal === undefined ? {} : { signal }),
    });
    parts.defer(() => engine.stop());

    const folder = await openProgramFolder({ control: engine.control, ...programs, by: 'files', tell });
    parts.defer(() => folder.close());
    signal?.throwIfAborted();

    const server = await createServer(partsOf(config, engine, log), [programsDoor, slackDoor]);
    server.app.assets.warm();
    const { url } = await listen(server);
    parts.defer(() => server.stop({ timeout: requestLimitMs }));
    const home = config.url ?? url;
    await writeAddress(config.data, url);
    parts.defer(() => removeAddress(config.data));
    signal?.throwIfAborted();

    return {
      engine,
      addresses: {
        home: `${home}/`,
        chat: (program) => `${home}/chat/${program}`,
        timelines: `${home}/enrollments`,
        editor: (program) => (program === null ? `${home}/editor` : `${home}/editor/${program}`),
      },
      agent: engine.agent,
      programs: await engine.control.programs(),
      news: folder.news,
      startedAt: await engine.now(),
      stop: () => parts.disposeAsync(),
    };
  } catch (error) {
    await parts.disposeAsync().catch(() => undefined);
    throw error instanceof StartProblem ? error : new StartProblem((error as Error).message, error);
  }
}

function partsOf(config: Config, engine: Engine, log: (line: string) => void): ServerParts {
  const { control, live, store } = engine;
  return {
    config,
    control,
    live,
    clock: { now: engine.now, ...(config.environment === 'development' ? { move: engine.move } : {}) },
    signIns: createSignIns(store.sql, { workspace: store.workspace, secret: config.secret }),
    agent: engine.agent,
    skills: engine.skills,
    ready: () => store.sql`select 1`,
    log,
    machineNow: Date.now,
  };
}
