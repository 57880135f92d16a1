/**
 * The composition root: builds everything from a Config and starts it; nothing else knows all parts.
 *
 * Order matters: the database first, then programs, then the doors, so that the first visitor finds
 * what the folder holds. What has been started is stopped in the reverse order: doors, then the engine.
 */
import { join } from 'node:path';
import { openServiceDesk } from '../runtime/store/service-desk.ts';
import { addressOf, workspaceOfHost } from '../runtime/store/workspaces.ts';
import { removeAddress, writeAddress } from './address-file.ts';
import { type OpenServer, serveByHost } from './by-host.ts';
import type { Config } from './config.ts';
import { createServer, listen } from './create-server.ts';
import { type Engine, engineOptions, StartProblem, startEngine, type Workspace } from './engine.ts';
import { type Figures, openFigures } from './figures.ts';
import { type Logs, openLogs } from './logs.ts';
import type { ServerParts } from './parts.ts';
import { programs as programsDoor } from './plugins/programs.ts';
import { slack as slackDoor } from './plugins/slack.ts';
import { type FileNews, openProgramFolder } from './program-folder.ts';
import { createSignIns } from './sign-ins.ts';
import { openWatchDoor } from './watch-door.ts';

export { openLogs, StartProblem };

/** Requests in hand when it stops may take this long, so that everything stops within two seconds. */
const requestLimitMs = 300;
/** More often than a store that nobody asks for is closed. */
const keepOpenMs = 60_000;

export type Regimen = {
  engine: Engine;
  /** Where it listens, whatever people call it. */
  url: string;
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

export type Starting = {
  config: Config;
  /** The folder with the programs, and the only file in it where just one is meant. */
  programs: { folder: string; only?: string; publish: boolean };
  /** Whether this process does the work, too. */
  work: boolean;
  prepare: 'migrate' | 'check';
  /** What requests in hand, and work in hand, may take when it stops (ms). */
  stopWithinMs?: number;
  /** Called when a program file has changed. */
  tell: (news: FileNews) => void;
  logs: Logs;
  signal?: AbortSignal;
};

/** Starts Regimen. Throws `StartProblem` with a sentence; nothing is left running then. */
export async function startRegimen(options: Starting): Promise<Regimen> {
  const { config, programs, tell, signal } = options;
  const { log } = options.logs;
  const parts = new AsyncDisposableStack();
  try {
    const figures = openFigures();
    const engine = await startEngine({
      ...engineOptions(config, join(programs.folder, 'skills')),
      work: options.work,
      prepare: options.prepare,
      ...(options.stopWithinMs === undefined ? {} : { stopWithinMs: options.stopWithinMs }),
      log,
      note: (note) => {
        options.logs.note(note);
        figures.note(note);
      },
      ...(signal === undefined ? {} : { signal }),
    });
    parts.defer(() => engine.stop());
    figures.look(engine.store);

    const news = await publishFolder(engine, { programs, config }, tell, parts);
    signal?.throwIfAborted();

    const doors = [programsDoor, slackDoor];
    const server = await createServer(partsOf(config, engine, engine, log), doors);
    figures.watch(server);
    server.app.assets.warm();
    const others = serveByHost(server, {
      workspace: engine.store.workspace,
      find: (host) => workspaceOfHost(engine.store, host),
      open: (workspace) => openOther(config, engine, workspace, figures, log),
      log,
    });
    const { url } = await listen(server);
    parts.defer(() => server.stop({ timeout: options.stopWithinMs ?? requestLimitMs }));
    // Before the one that listens, which waits for everything that came through it.
    parts.defer(() => others.close());
    const watching =
      config.metrics === null ? null : await openWatchDoor(config.metrics, { figures, ready: engine.ready });
    if (watching !== null) parts.defer(() => watching.close());
    const home = config.url ?? url;
    if (options.work) {
      await writeAddress(config.data, url);
      parts.defer(() => removeAddress(config.data));
    }
    signal?.throwIfAborted();

    return {
      engine,
      url,
      addresses: {
        home: `${home}/`,
        chat: (program) => `${home}/chat/${program}`,
        timelines: `${home}/enrollments`,
        editor: (program) => (program === null ? `${home}/editor` : `${home}/editor/${program}`),
      },
      agent: engine.agent,
      programs: await engine.control.programs(),
      news,
      startedAt: await engine.now(),
      stop: () => parts.disposeAsync(),
    };
  } catch (error) {
    await parts.disposeAsync().catch(() => undefined);
    throw error instanceof StartProblem ? error : new StartProblem((error as Error).message, error);
  }
}

async function publishFolder(
  engine: Engine,
  { programs, config: { environment } }: Pick<Starting, 'programs' | 'config'>,
  tell: (news: FileNews) => void,
  parts: AsyncDisposableStack,
): Promise<FileNews[]> {
  if (!programs.publish) return [];
  const { folder, only } = programs;
  const open = await openProgramFolder({
    control: engine.control,
    folder,
    ...(only === undefined ? {} : { only }),
    by: 'files',
    // Whoever writes a program wants to see it go on with the people who try it.
    people: environment === 'development' ? 'adopt' : 'stay',
    tell,
  });
  parts.defer(() => open.close());
  return open.news;
}

/** The server of another workspace, behind the one that listens. Slack speaks for the home workspace alone. */
async function openOther(
  config: Config,
  engine: Engine,
  workspace: string,
  figures: Figures,
  log: (line: string) => void,
): Promise<OpenServer> {
  const its = await engine.open(workspace);
  // Its store is asked for again and again: one that nobody asks for is closed.
  const keeping = setInterval(() => engine.stores.of(workspace), keepOpenMs);
  const close = async () => {
    clearInterval(keeping);
    await its.close();
  };
  try {
    const url = config.url === null ? null : await addressOf(its.store, config.url);
    const server = await createServer(partsOf({ ...config, url }, engine, its, log), [programsDoor], { behind: true });
    figures.watch(server);
    await server.initialize();
    return { server, close: () => server.stop({ timeout: requestLimitMs }).then(close) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What the doors of a workspace are built from. */
function partsOf(config: Config, engine: Engine, its: Workspace, log: (line: string) => void): ServerParts {
  const { control, live, store } = its;
  return {
    config,
    control,
    live,
    clock: { now: its.now, ...(config.environment === 'development' ? { move: its.move } : {}) },
    serviceDesk: openServiceDesk(store, engine.skills),
    signIns: createSignIns(store.sql, { workspace: store.workspace, secret: config.secret }),
    agent: engine.agent,
    skills: engine.skills,
    readSkills: engine.readSkills,
    ready: engine.ready,
    log,
    machineNow: Date.now,
  };
}
