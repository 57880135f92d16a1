/**
 * A folder of program files, published as versions: all of them at start, and each again when it changes.
 *
 * A broken file is reported and passed over; what was published before keeps running. At start, a text
 * that was a version already is left alone even when a newer one stands above it: that one came from
 * the editor, and a restart must not take it back. Telling people is left to the caller.
 */
import { createHash } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compile } from '../compiler/compile.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { type Control, Refusal } from '../runtime/control.ts';

export type FileNews = { path: string } & (
  | { kind: 'published'; name: string; version: number; fresh: boolean }
  /** The file is older than the newest version, which came from elsewhere. */
  | { kind: 'behind'; name: string; version: number; newest: number }
  | { kind: 'broken'; text: string; diagnostics: Diagnostic[] }
  | { kind: 'failed'; problem: string }
);

export type ProgramFolder = {
  /** What became of each file at the start, in the order of their paths. */
  news: FileNews[];
  close(): void;
};

/** Editors write in several strokes; the file is read when it has been quiet this long. */
const quietMs = 80;
/** Versions looked back through to see whether a file is an old one. */
const versionsLookedAtMax = 100;
const filesMax = 1000;

/** Publishes the programs of `folder` and, until `close`, every change to them. `tell` is called for changes only. */
export async function openProgramFolder(options: {
  control: Control;
  folder: string;
  /** Only this file of the folder. */
  only?: string;
  by: string;
  tell: (news: FileNews) => void;
}): Promise<ProgramFolder> {
  const { control, folder, only, by, tell } = options;
  const seen = new Map<string, string>();
  const news: FileNews[] = [];
  for (const path of only === undefined ? await programFiles(folder) : [only])
    news.push((await publishFile(path, true)) ?? { path, kind: 'failed', problem: 'it went away' });

  const waiting = new Map<string, NodeJS.Timeout>();
  let closed = false;
  // One after the other: two quick saves of one file must become versions in their order.
  let last: Promise<void> = Promise.resolve();
  let watcher: FSWatcher | undefined;
  try {
    watcher = watch(folder, (_, changed) => {
      if (changed === null || !isProgram(changed) || (only !== undefined && join(folder, changed) !== only)) return;
      clearTimeout(waiting.get(changed));
      waiting.set(
        changed,
        setTimeout(() => {
          waiting.delete(changed);
          last = last.then(async () => {
            if (closed) return;
            const result = await publishFile(join(folder, changed), false);
            if (result !== null && !closed) tell(result);
          });
        }, quietMs),
      );
    });
    watcher.on('error', (error) =>
      tell({ path: folder, kind: 'failed', problem: `it can no longer be watched (${error.message})` }),
    );
  } catch (error) {
    tell({
      path: folder,
      kind: 'failed',
      problem: `it cannot be watched for changes (${(error as Error).message}); restart to publish changes`,
    });
  }

  return {
    news,
    close() {
      closed = true;
      watcher?.close();
      for (const timer of waiting.values()) clearTimeout(timer);
    },
  };

  /** Null: nothing changed since the last look, or the file is gone (a published program stays). */
  async function publishFile(path: string, atStart: boolean): Promise<FileNews | null> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch {
      return null;
    }
    const hash = createHash('sha256').update(text).digest('hex');
    if (seen.get(path) === hash) return null;
    seen.set(path, hash);
    try {
      const compiled = compile([{ path, text }]);
      const diagnostics = compiled.files[0]?.diagnostics ?? [];
      const program = compiled.programs[0];
      if (program === undefined || !program.ok) return { path, kind: 'broken', text, diagnostics };
      const old = atStart ? await olderVersion(control, program.ir.name, text) : null;
      if (old !== null) return { path, kind: 'behind', name: program.ir.name, ...old };
      const published = await control.publish({ source: text, path, by });
      return { path, kind: 'published', ...published };
    } catch (error) {
      return { path, kind: 'failed', problem: (error as Error).message };
    }
  }
}

/** Which older version of the program this text is; null where it is the newest, or none. */
async function olderVersion(
  control: Control,
  name: string,
  text: string,
): Promise<{ version: number; newest: number } | null> {
  try {
    const newest = await control.programSource(name);
    if (newest.source === text) return null;
    for (let version = newest.version - 1; version > Math.max(0, newest.version - versionsLookedAtMax); version--) {
      const older = await control.programSource(name, version);
      if (older.source === text) return { version, newest: newest.version };
    }
    return null;
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** The program files of the folder itself; folders in it are something else's. */
async function programFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && isProgram(entry.name))
    .map((entry) => join(folder, entry.name));
  if (files.length > filesMax)
    throw new Error(`There are more than ${filesMax} programs in ${folder}. Name a smaller folder.`);
  return files.sort();
}

const isProgram = (name: string): boolean => name.endsWith('.regimen') && !name.startsWith('.');
