/**
 * Paths → the program and scenario files that they mean, and the text of a file.
 *
 * Folders are searched through; what is hidden, installed or generated is passed over. Everything
 * that cannot be found or read is a sentence.
 */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, resolve } from 'node:path';
import { limits } from '../language/limits.ts';
import { CommandProblem } from './command.ts';

export type SourceKind = 'program' | 'scenario';
/** `path` is as people want to see it, `absolute` is where it is. */
export type SourceFile = { path: string; absolute: string; kind: SourceKind };

const kinds: Record<string, SourceKind> = { '.regimen': 'program', '.scenario': 'scenario' };
const passedOver = new Set(['node_modules']);
/** More files than this in one call is a mistaken path, not a project. */
const filesMax = 10_000;
/** Folders looked through in one call; a whole disk is no project either. */
const foldersMax = 50_000;
/** No text in UTF-8 that the language takes is longer: the rest of such a file is not even read. */
const bytesMax = limits.textLength * 4;

/**
 * The program and scenario files under these paths, sorted, each once. Throws `CommandProblem` for a
 * path that does not exist, a file of another kind, and when there is nothing at all to look at.
 */
export function findFiles(paths: readonly string[], cwd: string): SourceFile[] {
  const found = new Map<string, SourceFile>();
  const add = (absolute: string, kind: SourceKind) => {
    found.set(absolute, { path: showPath(absolute, cwd), absolute, kind });
    if (found.size > filesMax)
      throw new CommandProblem(
        `There are more than ${filesMax} program files under ${paths.join(', ')}. Name a smaller folder.`,
      );
  };
  let folders = 0;
  const enter = (folder: string) => {
    folders += 1;
    if (folders > foldersMax)
      throw new CommandProblem(
        `There are more than ${foldersMax} folders under ${paths.join(', ')}. Name the folder that holds your programs.`,
      );
    for (const entry of entries(folder, cwd)) {
      if (entry.name.startsWith('.') || passedOver.has(entry.name)) continue;
      const absolute = join(folder, entry.name);
      const kind = kindOf(entry.name);
      if (entry.isDirectory()) enter(absolute);
      else if (kind !== undefined && isFile(entry, absolute)) add(absolute, kind);
    }
  };
  for (const path of paths) {
    if (path === '') throw new CommandProblem('A path is empty. Leave it out to mean the folder you are in.');
    const absolute = resolve(cwd, path);
    const kind = kindOf(absolute);
    if (isFolder(absolute, path)) {
      const before = found.size;
      enter(absolute);
      if (found.size === before && !contains(found, absolute)) {
        if (kind !== undefined)
          throw new CommandProblem(
            `${path} is a folder, although its name ends like that of a ${kind}, and there is nothing to read in it. Rename it, or name the file itself.`,
          );
        throw new CommandProblem(
          `There is no .regimen or .scenario file in ${path === '.' ? 'this folder' : path}. Name the folder that holds your programs.`,
        );
      }
    } else if (kind === undefined) {
      throw new CommandProblem(
        `${path} is neither a program (.regimen) nor a scenario (.scenario). Name one of those, or a folder that holds them.`,
      );
    } else {
      add(absolute, kind);
    }
  }
  return [...found.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** The program and scenario files directly in a folder. */
export function filesBeside(folder: string, cwd: string): SourceFile[] {
  return entries(folder, cwd).flatMap((entry): SourceFile[] => {
    const kind = kindOf(entry.name);
    const absolute = join(folder, entry.name);
    return kind !== undefined && isFile(entry, absolute) ? [{ path: showPath(absolute, cwd), absolute, kind }] : [];
  });
}

/** The text of a file. Throws `CommandProblem` when it cannot be read or is no text. */
export function readText(file: { path: string; absolute: string }): string {
  let bytes: Buffer;
  try {
    const { size } = statSync(file.absolute);
    if (size > bytesMax)
      throw new CommandProblem(
        `${file.path} has ${Math.round(size / 1_000_000)} MB, and no program is longer than ${limits.textLength / 1_000_000} MB. Split it, or name another file.`,
      );
    bytes = readFileSync(file.absolute);
  } catch (error) {
    if (error instanceof CommandProblem) throw error;
    throw new CommandProblem(`${file.path} cannot be read: ${reason(error)}.`);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CommandProblem(`${file.path} is not text in UTF-8. Save it as UTF-8 and try again.`);
  }
}

/** A path relative to where the person stands, when it lies below. */
export function showPath(absolute: string, cwd: string): string {
  const path = relative(cwd, absolute);
  return path === '' || path.startsWith('..') ? absolute : path.replaceAll('\\', '/');
}

/** The operating system's refusal in plain words. */
export function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'you have no permission';
  if (code === 'EISDIR') return 'it is a folder';
  if (code === 'ENOTDIR') return 'a part of its path is a file';
  if (code === 'ELOOP') return 'its links go round in a circle';
  return code ?? String(error);
}

function entries(folder: string, cwd: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    throw new CommandProblem(`The folder ${showPath(folder, cwd)} cannot be read: ${reason(error)}.`);
  }
}

/** A link to a file counts as one; a link to a folder is not followed, because it may lead in a circle. */
function isFile(entry: Dirent, absolute: string): boolean {
  if (!entry.isSymbolicLink()) return entry.isFile();
  return statSync(absolute, { throwIfNoEntry: false })?.isFile() === true;
}

function isFolder(absolute: string, path: string): boolean {
  try {
    return statSync(absolute).isDirectory();
  } catch (error) {
    throw new CommandProblem(`${path} cannot be read: ${reason(error)}.`);
  }
}

function contains(found: Map<string, SourceFile>, folder: string): boolean {
  return [...found.keys()].some((file) => file.startsWith(join(folder, '/')));
}

function kindOf(path: string): SourceKind | undefined {
  return kinds[extname(path)];
}
