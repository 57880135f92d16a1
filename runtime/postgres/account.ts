/**
 * Who Postgres runs as, and from where.
 *
 * Postgres refuses to run as root. An ordinary user runs it as themselves, with everything in the
 * data folder. Root runs it as whoever made the database, at first as `postgres` or another
 * unprivileged account; that account must be able to reach the binaries and the database, which it
 * cannot when the checkout or the data folder lies under a closed folder such as /root. Then a copy
 * of the binaries, or the database, goes to /var/lib/regimen, under a name that follows from the
 * original place.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { binaryPaths } from './binaries.ts';

const run = promisify(execFile);
/** Where root keeps what an unprivileged account must reach. */
const openFolder = '/var/lib/regimen';
/** Tried in order when Regimen runs as root. */
const accountNames = ['postgres', 'nobody', 'daemon'];

export type Account = { name: string; uid: number; gid: number };

export type Place = {
  /** Null: as whoever we are. */
  account: Account | null;
  /** The folder of the database, owned by the account, not yet made. */
  home: string;
  binaries: { initdb: string; pgCtl: string; postgres: string };
  /** Sentences about anything that is not where one would look for it. */
  notes: string[];
};

/** Decides who runs Postgres and where, and makes what that needs. `dataFolder` is absolute and exists. */
export async function findPlace(dataFolder: string): Promise<Place> {
  const original = await binaryPaths();
  const inside = join(dataFolder, 'postgres');
  if (process.getuid?.() !== 0) return { account: null, home: inside, binaries: original.paths, notes: [] };

  const account = (await ownerOf(join(inside, 'cluster'))) ?? (await findAccount());
  const notes: string[] = [];
  let home = inside;
  if (!(await canReach(account, dataFolder))) {
    home = join(openFolder, 'databases', `${basename(dirname(dataFolder))}-${digest(dataFolder)}`);
    await mkdir(dirname(home), { recursive: true, mode: 0o755 });
    notes.push(
      `The account ${account.name}, which runs Postgres, cannot reach ${dataFolder}, so the database is in ${home}.`,
    );
  }
  let binaries = original.paths;
  if (!(await canUse(account, original.root))) {
    const copy = join(openFolder, `postgres-${original.version}-${digest(original.root)}`);
    if (!(await exists(copy))) await copyBinaries(original.root, copy);
    binaries = original.under(copy);
    notes.push(
      `The account ${account.name} cannot reach the Postgres in ${original.root}, so a copy in ${copy} is used.`,
    );
  }
  return { account, home, binaries, notes };
}

/** Makes a folder that only the account can open. */
export async function makePrivateFolder(folder: string, account: Account | null): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (account !== null) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o700);
}

/** A database that an ordinary user made stays theirs when root starts it; null where there is none. */
async function ownerOf(cluster: string): Promise<Account | null> {
  const status = await stat(cluster).catch(() => null);
  if (status === null || status.uid === 0) return null;
  return { name: `with the id ${status.uid}`, uid: status.uid, gid: status.gid };
}

async function findAccount(): Promise<Account> {
  for (const name of accountNames) {
    try {
      const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])]);
      return { name, uid: Number(uid.stdout), gid: Number(gid.stdout) };
    } catch {
      // No such account: the next one.
    }
  }
  throw new Error(
    `Postgres does not run as root, and none of the accounts ${accountNames.join(', ')} exists. ` +
      'Run Regimen as an ordinary user, or make one of them.',
  );
}

/** Whether the account can go through every folder on the way to this path, and into it. */
async function canReach(account: Account, path: string): Promise<boolean> {
  for (let folder = path; ; folder = dirname(folder)) {
    if (!(await allows(account, folder, 0o1))) return false;
    if (folder === dirname(folder)) return true;
  }
}

/** Whether the account can run the binaries under this folder. Looks at every file: an odd umask closes single ones. */
async function canUse(account: Account, root: string): Promise<boolean> {
  if (!(await canReach(account, root))) return false;
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    if (!(await allows(account, path, entry.isDirectory() ? 0o5 : 0o4))) return false;
  }
  return allows(account, join(root, 'bin', 'postgres'), 0o5);
}

/** Whether the permission bits of a path grant `wanted` (4 read, 1 execute or enter) to the account. */
async function allows(account: Account, path: string, wanted: number): Promise<boolean> {
  const status = await stat(path).catch(() => null);
  if (status === null) return false;
  const shift = status.uid === account.uid ? 6 : status.gid === account.gid ? 3 : 0;
  return ((status.mode >> shift) & wanted) === wanted;
}

async function copyBinaries(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o755 });
  const unfinished = `${to}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(from, unfinished, { recursive: true, verbatimSymlinks: true });
  for (const entry of await readdir(unfinished, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    const { mode } = await lstat(path);
    await chmod(path, mode | 0o444 | (entry.isDirectory() || (mode & 0o100) !== 0 ? 0o111 : 0));
  }
  await chmod(unfinished, 0o755);
  await rename(unfinished, to).catch(async (error: NodeJS.ErrnoException) => {
    // Another process finished the same copy first.
    await rm(unfinished, { recursive: true, force: true });
    if (!(await exists(to))) throw error;
  });
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** The major version the database in a cluster folder was made with; null when there is none. */
export async function clusterVersion(cluster: string): Promise<string | null> {
  const text = await readFile(join(cluster, 'PG_VERSION'), 'utf8').catch(() => null);
  return text === null ? null : text.trim();
}
