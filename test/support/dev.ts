/**
 * `regimen dev` for tests of faults: a project and a data folder of its own, started, killed and
 * stopped as often as wanted, and a look at what it left behind. Programs are the samples, without
 * their budget. Nothing of it stays: `remove` ends what still runs and takes the folder away.
 */
import { cpSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from '../../runtime/postgres/folder-lock.ts';
import { repository, type Started, startRegimenProcess } from './command.ts';

export const program = 'couch_to_5k';
/** A start on a busy machine, its database made anew. */
const startLimitMs = 40_000;

export type Project = {
  path: string;
  data: string;
  /** Starts it; resolves as soon as the process exists. */
  spawn(env?: Record<string, string>): Started;
  /** Starts it and waits until it can be reached. */
  start(env?: Record<string, string>): Promise<{ dev: Started; url: string }>;
  /** Where a started process can be reached; null once it has ended. */
  reached(dev: Started): Promise<string | null>;
  /** The process id of the database's server; null where there is none. */
  postgres(): number | null;
  /** Processes that still have to do with this folder, as `pid command`. */
  left(): string[];
  remove(): Promise<void>;
};

export async function makeProject(): Promise<Project> {
  const path = await mkdtemp(join(tmpdir(), 'regimen-faults-'));
  // Reachable for the account that runs Postgres when the tests run as root.
  await chmod(path, 0o755);
  const data = join(path, 'data');
  await mkdir(join(path, 'programs'));
  const source = readFileSync(join(repository, 'programs', `${program}.regimen`), 'utf8');
  writeFileSync(join(path, 'programs', `${program}.regimen`), source.replace(/^ *budget .*\n/m, ''));
  cpSync(join(repository, 'programs', 'skills'), join(path, 'programs', 'skills'), { recursive: true });
  const started: Started[] = [];

  const spawn = (env: Record<string, string> = {}): Started => {
    const dev = startRegimenProcess(['dev', '--port', '0', '--data', data], { cwd: path, env });
    started.push(dev);
    return dev;
  };
  const reached = async (dev: Started): Promise<string | null> => {
    let ended = false;
    void dev.ended.then(() => {
      ended = true;
    });
    for (const limit = Date.now() + startLimitMs; Date.now() < limit && !ended; await sleep(10)) {
      const at = readAddress(data);
      if (at?.pid === dev.child.pid) return at?.url ?? null;
    }
    if (!ended) throw new Error(`It could not be reached within ${startLimitMs / 1000} seconds.`);
    return null;
  };
  const postgres = (): number | null => {
    try {
      const pid = Number(readFileSync(join(data, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
      return isAlive(pid) ? pid : null;
    } catch {
      return null;
    }
  };
  return {
    path,
    data,
    spawn,
    reached,
    async start(env) {
      const dev = spawn(env);
      const url = await reached(dev);
      if (url === null) {
        const { out, err } = await dev.ended;
        throw new Error(`It did not start:\n${out}${err}`);
      }
      return { dev, url };
    },
    postgres,
    left: () => processesOf(path),
    async remove() {
      for (const { child, ended } of started) {
        if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
        await ended;
      }
      const pid = postgres();
      if (pid !== null) process.kill(pid, 'SIGQUIT');
      await rm(path, { recursive: true, force: true, maxRetries: 30, retryDelay: 100 });
    },
  };
}

/** Processes that were started in a folder or name it, whoever they belong to; Linux only. */
export function processesOf(folder: string): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
        return command.includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder)
          ? [`${pid} ${command}`]
          : [];
      } catch {
        return [];
      }
    });
}

function readAddress(data: string): { pid: number; url: string } | null {
  try {
    return JSON.parse(readFileSync(join(data, 'running.json'), 'utf8')) as { pid: number; url: string };
  } catch {
    return null;
  }
}

/** Numbers from 0 to 1 that a seed decides. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The seed of this run: FAULTS_SEED, or a new one. Printed, so that a failure can be looked at again. */
export function takeSeed(): number {
  const seed = Number(process.env.FAULTS_SEED ?? Date.now() % 1_000_000_000);
  console.log(`seed ${seed} (FAULTS_SEED takes it again)`);
  return seed;
}
