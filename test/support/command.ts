/**
 * The command `regimen` as people run it: a process of its own, with its exit code and what it wrote.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const repository = join(import.meta.dirname, '..', '..');
export const regimenFile = join(repository, 'cli', 'regimen.ts');

/** No command of a test takes longer; a test that hangs says what was written so far. */
const commandLimitMs = 90_000;

export type Ran = { code: number | null; signal: NodeJS.Signals | null; out: string; err: string; ms: number };
export type RunOptions = { cwd?: string; input?: string; env?: Record<string, string | undefined> };

/** Runs `regimen` with these arguments to its end. */
export async function regimen(args: string[], options: RunOptions = {}): Promise<Ran> {
  const started = startRegimenProcess(args, options);
  return started.ended;
}

export type Started = {
  child: ChildProcess;
  ended: Promise<Ran>;
  /** Resolves with the first match of the pattern in what was written; rejects when the process ends before. */
  wrote(pattern: RegExp): Promise<RegExpExecArray>;
};

/** Starts `regimen` and leaves it running; the caller ends it. */
export function startRegimenProcess(args: string[], options: RunOptions = {}): Started {
  const began = Date.now();
  const child = spawn(process.execPath, [regimenFile, ...args], {
    cwd: options.cwd ?? repository,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: withoutSettings(options.env ?? {}),
  });
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (part) => {
    out += part;
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (part) => {
    err += part;
    for (const listener of listeners) listener();
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const limit = setTimeout(() => child.kill('SIGKILL'), commandLimitMs);
  const ended = new Promise<Ran>((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(limit);
      resolve({ code, signal, out, err, ms: Date.now() - began });
    });
  });
  return {
    child,
    ended,
    wrote: (pattern) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(out + err);
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void ended.then((ran) =>
          reject(
            new Error(`It ended with ${ran.code ?? ran.signal} and never wrote ${pattern}:\n${ran.out}${ran.err}`),
          ),
        );
      }),
  };
}

/** A folder with these files, by path; `remove` takes it away again. */
export function folderWith(files: Record<string, string>): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'regimen-test-'));
  // Reachable for the account that runs Postgres when the tests run as root.
  chmodSync(path, 0o755);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/**
 * Nothing of the surroundings decides a test: keys, colors and the continuous integration's own variables are left out.
 */
function withoutSettings(more: Record<string, string | undefined>): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(REGIMEN_|ANTHROPIC_|SLACK_|GITHUB_|DATABASE_URL|FORCE_COLOR|NO_COLOR|NODE_OPTIONS|UVU)/.test(name),
  );
  // One that is named as undefined is taken away.
  const set = { ...Object.fromEntries(kept), NO_COLOR: '1', ...more };
  return Object.fromEntries(Object.entries(set).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
