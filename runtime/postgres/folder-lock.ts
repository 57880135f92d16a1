/**
 * One process per data folder: a lock file that names its holder.
 *
 * The file holds the process id and the moment that process began, so that a lock left behind by
 * `kill -9` is recognised even when the id has since been given to somebody else. The file is
 * linked into place whole, so nobody ever reads half of one. Nothing here knows Postgres.
 */
import { randomBytes } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const lockName = 'regimen.pid';
/** Stale locks are removed at most this often in one attempt. */
const attemptsMax = 5;

export type FolderLock = { release(): Promise<void> };

/** Takes the lock of a folder, or throws a sentence that names the process holding it. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, lockName);
  const mine = `${process.pid} ${(await processStart(process.pid)) ?? 'unknown'}\n`;
  const temporary = join(folder, `${lockName}.${process.pid}.${randomBytes(4).toString('hex')}`);
  await writeFile(temporary, mine, { mode: 0o644 });
  try {
    for (let attempt = 0; attempt < attemptsMax; attempt++) {
      try {
        await link(temporary, path);
        return { release: () => release(path, mine) };
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const theirs = await readFile(path, 'utf8').catch(() => null);
      if (theirs === null) continue;
      const [pid = '', start = ''] = theirs.trim().split(' ');
      if (await isRunning(Number(pid), start)) {
        throw new Error(
          `Regimen is already running with the data folder ${folder} (process ${pid}). ` +
            'Stop that one first, or choose another data folder.',
        );
      }
      // Moved aside instead of removed: between reading and moving another process may have put its
      // own lock there, and then it goes back.
      const aside = `${temporary}.stale`;
      await rename(path, aside).catch(() => undefined);
      const moved = await readFile(aside, 'utf8').catch(() => null);
      if (moved !== null && moved !== theirs) await link(aside, path).catch(() => undefined);
      await rm(aside, { force: true });
    }
    throw new Error(`The lock ${path} could not be taken. Remove it if no Regimen is running with this data folder.`);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function release(path: string, mine: string): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => null)) === mine) await rm(path, { force: true });
}

/** Whether a process with this id runs and began when the lock says. Without a known beginning, running is enough. */
async function isRunning(pid: number, start: string): Promise<boolean> {
  if (!isAlive(pid)) return false;
  const began = await processStart(pid);
  return began === null || start === 'unknown' || began === start;
}

/** Whether a process with this id exists, whoever it belongs to. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process began, in ticks since the machine did; null where the system does not tell (anything but Linux). */
async function processStart(pid: number): Promise<string | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // The second field is the command in brackets and may hold spaces; the 22nd is the start.
  return stat === null ? null : (stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null);
}
