/**
 * A folder of program files, published as versions: all of them at start, and each again when it, or a
 * file it imports, changes.
 *
 * A broken file is reported and passed over; what was published before keeps running. A file that holds
 * fragments only is there for others and is no program. At start, texts that were a version already are
 * left alone even when a newer one stands above them: that one came from the editor, and a restart must
 * not take it back. Telling people is left to the caller.
 */
import { type FSWatcher, watch } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { compileOne } from '../compiler/compile-one.ts';
import type { Diagnostic } from '../language/diagnostics.ts';
import { type Control, Refusal } from '../runtime/control.ts';
import { readSources, type Sources } from '../runtime/store/sources.ts';
import { importedFiles, pathsIn } from './imported-files.ts';

export type FileNews = { path: string } & (
  | {
      kind: 'published';
      name: string;
      version: number;
      fresh: boolean;
      /** Of those inside, where they were let go: how many go over to it, and how many stay. */
      people?: { going: number; staying: number };
    }
  /** The file is older than the newest version, which came from elsewhere. */
  | { kind: 'behind'; name: string; version: number; newest: number }
  /** `files`: those with something to say, the file itself or what it imports. */
  | { kind: 'broken'; files: { path: string; text: string; diagnostics: Diagnostic[] }[] }
  | { kind: 'failed'; problem: string }
);

export type ProgramFolder = {
  /** What became of each program at the start, in the order of their paths. */
  news: FileNews[];
  close(): void;
};

/** Editors write in several strokes; the file is read when it has been quiet this long. */
const quietMs = 80;
/** Versions looked back through to see whether a file is an old one. */
const versionsLookedAtMax = 100;
const filesMax = 1000;
/** Folders watched besides the programs' own, because something is imported from them. */
const foldersMax = 100;

/** Publishes the programs of `folder` and, until `close`, every change to them. `tell` is called for changes only. */
export async function openProgramFolder(options: {
  control: Control;
  folder: string;
  /** Only this file of the folder. */
  only?: string;
  by: string;
  /** What becomes of people inside when a text has changed; they stay without it. */
  people?: 'stay' | 'adopt';
  tell: (news: FileNews) => void;
}): Promise<ProgramFolder> {
  const { control, only, by, people = 'stay', tell } = options;
  const folder = resolve(options.folder);
  /** Of each program, what was published last: its texts by hash, and every file they come from, also missing ones. */
  const seen = new Map<string, { hash: string; files: Set<string> }>();
  const news: FileNews[] = [];
  for (const path of only === undefined ? await programFiles(folder) : [only]) {
    const one = await publishFile(path, true);
    if (one !== null) news.push(one);
    else if (only !== undefined) news.push({ path, kind: 'failed', problem: noProgram });
  }

  const waiting = new Map<string, NodeJS.Timeout>();
  const watchers = new Map<string, FSWatcher>();
  let closed = false;
  // One after the other: two quick saves of one file must become versions in their order.
  let last: Promise<void> = Promise.resolve();
  watchAll();

  return {
    news,
    close() {
      closed = true;
      for (const watcher of watchers.values()) watcher.close();
      for (const timer of waiting.values()) clearTimeout(timer);
    },
  };

  /** Watches the folder, and those that files are imported from. */
  function watchAll(): void {
    watchFolder(folder);
    for (const { files } of seen.values()) {
      for (const file of files) if (watchers.size <= foldersMax) watchFolder(dirname(file));
    }
  }

  function watchFolder(place: string): void {
    if (watchers.has(place) || closed) return;
    const failed = (problem: string): void => tell({ path: place, kind: 'failed', problem });
    try {
      const watcher = watch(place, (_, changed) => {
        if (changed !== null && isProgram(changed)) look(join(place, changed));
      });
      watchers.set(place, watcher);
      watcher.on('error', (error) => failed(`it can no longer be watched (${error.message})`));
    } catch (error) {
      // A folder that an import wrongly names is told of at the import.
      if (place === folder)
        failed(`it cannot be watched for changes (${(error as Error).message}); restart to publish changes`);
    }
  }

  /** A file has changed: publishes it, and the programs that import it, once it is quiet. */
  function look(changed: string): void {
    clearTimeout(waiting.get(changed));
    waiting.set(
      changed,
      setTimeout(() => {
        waiting.delete(changed);
        last = last.then(async () => {
          for (const path of affectedBy(changed)) {
            if (closed) return;
            const result = await publishFile(path, false);
            if (result !== null && !closed) tell(result);
          }
          watchAll();
        });
      }, quietMs),
    );
  }

  function affectedBy(changed: string): string[] {
    const importers = [...seen]
      .filter(([path, { files }]) => path !== changed && files.has(changed))
      .map(([path]) => path);
    const isOwn = only === undefined ? dirname(changed) === folder : changed === only;
    return [...(isOwn ? [changed] : []), ...importers.sort()];
  }

  /** Null: nothing changed since the last look, the file is gone (a published program stays), or it is no program. */
  async function publishFile(path: string, atStart: boolean): Promise<FileNews | null> {
    let text: string;
    try {
      text = await readFile(path, 'utf8');
    } catch {
      return null;
    }
    try {
      const main = { path: basename(path), text };
      const imports = await importedFiles(main, folder);
      const sources = readSources({ path: main.path, source: text, imports });
      const named = [main, ...imports].flatMap((file) => [file.path, ...pathsIn(file)]);
      const files = new Set(named.map((one) => resolve(folder, one)));
      const before = seen.get(path);
      seen.set(path, { hash: sources.hash, files });
      if (before?.hash === sources.hash) return null;
      return await publishSources(path, sources, atStart);
    } catch (error) {
      return { path, kind: 'failed', problem: (error as Error).message };
    }
  }

  async function publishSources(
    path: string,
    { main, imports, hash }: Sources,
    atStart: boolean,
  ): Promise<FileNews | null> {
    const { programs, wrong, main: file } = compileOne(main, imports);
    const [program] = programs;
    if (program === undefined && wrong.length === 0 && file.ast.fragments.length > 0) return null;
    if (program === undefined || !program.ok || wrong.length > 0) {
      const { text, diagnostics } = file;
      const own = { path: main.path, text, diagnostics };
      const others = wrong.flatMap((one) => (one.path === main.path ? [] : [{ ...one, diagnostics: one.errors }]));
      const told = [own, ...others].filter((one) => one.diagnostics.length > 0);
      return { path, kind: 'broken', files: told.map((one) => ({ ...one, path: resolve(folder, one.path) })) };
    }
    const old = atStart ? await olderVersion(control, program.ir.name, hash) : null;
    if (old !== null) return { path, kind: 'behind', name: program.ir.name, ...old };
    const published = await control.publish({ source: main.text, path: main.path, imports, by, people });
    return { path, kind: 'published', ...published };
  }
}

const noProgram = 'it is gone, or there is no program in it';

/** Which older version of the program these texts are; null where they are the newest, or none. */
async function olderVersion(
  control: Control,
  name: string,
  hash: string,
): Promise<{ version: number; newest: number } | null> {
  try {
    const newest = await control.programSource(name);
    if (readSources(newest).hash === hash) return null;
    for (let version = newest.version - 1; version > Math.max(0, newest.version - versionsLookedAtMax); version--) {
      if (readSources(await control.programSource(name, version)).hash === hash)
        return { version, newest: newest.version };
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
