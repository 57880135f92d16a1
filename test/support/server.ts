/**
 * A whole Regimen for tests: real database, worker, scripted agent and doors, on a port of its own.
 *
 * The programs' clock is virtual and moves only when told; the machine's clock (codes, sessions) is a
 * number the test can move. `visit` is a browser without a screen: it keeps cookies.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin, Server } from '@hapi/hapi';
import { openServiceDesk } from '../../runtime/store/service-desk.ts';
import { type Config, readConfig } from '../../server/config.ts';
import { createServer, listen } from '../../server/create-server.ts';
import { type Engine, startEngine } from '../../server/engine.ts';
import type { ServerParts } from '../../server/parts.ts';
import { programs as programsDoor } from '../../server/plugins/programs.ts';
import { createSignIns } from '../../server/sign-ins.ts';
import { withDatabase } from './database.ts';

const programsFolder = join(import.meta.dirname, '../../programs');

export type TestServer = {
  url: string;
  server: Server;
  engine: Engine;
  config: Config;
  parts: ServerParts;
  /** The machine's time in ms, for codes and sessions. */
  machine: { now: number };
  /** Every line that was logged. */
  lines: string[];
  visit(headers?: Record<string, string>): Visitor;
  /** A visitor who is signed in. */
  signedIn(email: string): Promise<Visitor>;
  /** Stops the doors and opens them again on the same port: a server that was restarted. */
  restart(whileDown?: () => Promise<void>): Promise<void>;
};

export type ServerOptions = {
  /** Over the development defaults. */
  environment?: Record<string, string>;
  /** Where the programs' clock stands at first. */
  startAt?: number;
  /** Program texts to publish; Couch to 5K where absent. */
  sources?: string[];
  /** Doors besides the usual ones. */
  doors?: Plugin<ServerParts>[];
};

/** A production configuration: the operator is `boss@example.org`, and codes are in the log. */
export const production = {
  REGIMEN_ENV: 'production',
  REGIMEN_URL: 'https://regimen.test',
  REGIMEN_OPERATORS: 'boss@example.org',
  REGIMEN_PRINT_CODES: 'yes',
};

/** Monday 5 January 2026, 09:00 in London. */
export const monday = Date.parse('2026-01-05T09:00:00Z');

export async function withServer<T>(options: ServerOptions, work: (server: TestServer) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'regimen-server-'));
  try {
    return await withDatabase(async (database) => {
      const lines: string[] = [];
      const log = (line: string): void => void lines.push(line);
      const config = testConfig(options.environment ?? {}, folder);
      const engine = await startEngine({
        databaseUrl: database.url,
        dataFolder: folder,
        clock: 'virtual',
        startAt: options.startAt ?? monday,
        skillsFolder: join(programsFolder, 'skills'),
        anthropic: config.anthropic,
        log,
      });
      try {
        const sources = options.sources ?? [await readFile(join(programsFolder, 'couch_to_5k.regimen'), 'utf8')];
        for (const source of sources) await engine.control.publish({ source, path: 'test.regimen', by: 'test' });
        const machine = { now: Date.now() };
        const parts: ServerParts = {
          config,
          control: engine.control,
          live: engine.live,
          clock: { now: engine.now, move: engine.move },
          signIns: createSignIns(engine.store.sql, { workspace: engine.store.workspace, secret: config.secret }),
          serviceDesk: openServiceDesk(engine.store, engine.skills),
          agent: engine.agent,
          skills: engine.skills,
          readSkills: engine.readSkills,
          ready: () => engine.store.sql`select 1`,
          log,
          machineNow: () => machine.now,
        };
        const open = async (port: number): Promise<{ server: Server; url: string }> => {
          const server = await createServer({ ...parts, config: { ...config, port } }, options.doors ?? [programsDoor]);
          return { server, ...(await listen(server)) };
        };
        const first = await open(0);
        const world: TestServer = {
          ...first,
          engine,
          config,
          parts,
          machine,
          lines,
          visit: (headers) => visitor(world.url, headers),
          async signedIn(email) {
            const visitor = world.visit();
            const { body } = await visitor.post<{ developmentCode?: string }>('/api/sign-in', { email });
            // In production the code is only in the log.
            const { status } = await visitor.post('/api/sign-in/code', {
              code: body.developmentCode ?? /\b\d{6}\b/.exec(lines.at(-1) ?? '')?.[0],
              zone: 'Europe/London',
            });
            if (status !== 200) throw new Error(`Signing in ${email} was answered with ${status}.`);
            return visitor;
          },
          async restart(whileDown) {
            const port = Number(world.server.info.port);
            await world.server.stop({ timeout: 800 });
            await whileDown?.();
            Object.assign(world, await open(port));
          },
        };
        try {
          return await work(world);
        } finally {
          await world.server.stop({ timeout: 800 });
        }
      } finally {
        await engine.stop();
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export function testConfig(environment: Record<string, string>, folder: string): Config {
  const { config, problems } = readConfig(
    { REGIMEN_PORT: '0', REGIMEN_SECRET: 'kept for tests only: 8f2c61d09b7ae453', ...environment },
    folder,
  );
  if (config === null) throw new Error(problems.join('\n'));
  return config;
}

export type Answer<T> = { status: number; body: T; text: string; headers: Headers };

export type Visitor = {
  cookies: Map<string, string>;
  get<T>(path: string, headers?: Record<string, string>): Promise<Answer<T>>;
  post<T>(path: string, body: unknown, headers?: Record<string, string>): Promise<Answer<T>>;
  /** Reads events from a stream until `enough` says so, then hangs up. */
  events(
    path: string,
    enough: (events: StreamEvent[]) => boolean,
    headers?: Record<string, string>,
  ): Promise<StreamEvent[]>;
};

export type StreamEvent = { event: string; id: number | null; data: unknown };

/** A stream that has not told enough by then has failed. */
const eventsWithinMs = 10_000;

function visitor(url: string, own: Record<string, string> = {}): Visitor {
  const cookies = new Map<string, string>();

  async function send<T>(
    method: string,
    path: string,
    headers: Record<string, string>,
    body?: string,
  ): Promise<Answer<T>> {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      // A connection kept open would be found closed after a restart.
      headers: { connection: 'close', ...own, ...cookieHeader(), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
      if (/max-age=0/i.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    const text = await response.text();
    const json = (response.headers.get('content-type') ?? '').includes('json') && text !== '';
    return { status: response.status, body: (json ? JSON.parse(text) : null) as T, text, headers: response.headers };
  }

  const cookieHeader = (): Record<string, string> =>
    cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };

  return {
    cookies,
    get: (path, headers = {}) => send('GET', path, headers),
    post: (path, body, headers = {}) =>
      send(
        'POST',
        path,
        { 'content-type': 'application/json', ...headers },
        typeof body === 'string' ? body : JSON.stringify(body),
      ),
    async events(path, enough, headers = {}) {
      const hangUp = new AbortController();
      const signal = AbortSignal.any([hangUp.signal, AbortSignal.timeout(eventsWithinMs)]);
      const response = await fetch(url + path, { headers: { ...own, ...cookieHeader(), ...headers }, signal });
      if (response.status !== 200 || response.body === null)
        throw new Error(`The stream was answered with ${response.status}.`);
      const events: StreamEvent[] = [];
      let rest = '';
      try {
        for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
          const blocks = (rest + part).split('\n\n');
          rest = blocks.pop() ?? '';
          events.push(...blocks.flatMap(readBlock));
          if (enough(events)) break;
        }
        return events;
      } catch (error) {
        throw new Error(`The stream did not tell enough: ${JSON.stringify(events).slice(0, 2000)}`, { cause: error });
      } finally {
        hangUp.abort();
      }
    },
  };
}

function readBlock(block: string): StreamEvent[] {
  const field = (name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const event = field('event');
  const data = field('data');
  if (event === undefined || data === undefined) return [];
  const id = field('id');
  return [{ event, id: id === undefined ? null : Number(id), data: JSON.parse(data) as unknown }];
}
