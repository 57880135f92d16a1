/**
 * Where a running Regimen can be reached: a small file in its data folder, for the commands in the
 * next terminal. Written when the server listens, removed when it stops; what `kill -9` leaves behind
 * is recognized by its process id. It holds no secret.
 */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type RunningAt = { pid: number; url: string };

const name = 'running.json';

export async function writeAddress(dataFolder: string, url: string): Promise<void> {
  await writeFile(join(dataFolder, name), `${JSON.stringify({ pid: process.pid, url } satisfies RunningAt)}\n`);
}

export async function removeAddress(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, name), { force: true });
}

/** The Regimen that runs with this data folder; null where none does. */
export async function readAddress(dataFolder: string): Promise<RunningAt | null> {
  try {
    const found: RunningAt = JSON.parse(await readFile(join(dataFolder, name), 'utf8'));
    process.kill(found.pid, 0);
    return found;
  } catch (error) {
    // EPERM: it runs, and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
    return JSON.parse(await readFile(join(dataFolder, name), 'utf8'));
  }
}
