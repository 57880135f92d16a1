/**
 * The files a host has open or found, and what the compiler made of them: the one thing that every
 * capability of the language service asks.
 *
 * Nothing is read from a disk here: the host puts texts in. Trees are kept for each file until its
 * text changes; programs are compiled again only when a file of their group has changed, and then only
 * the stages that have. Files of one folder belong together; a scenario (or an import) may bring in
 * files from elsewhere. What was given out before a change moves along with the text (`CompileMemory`).
 */
import type { SourceFile } from '../../language/ast.ts';
import type { Diagnostic, WithDiagnostics } from '../../language/diagnostics.ts';
import { parse } from '../../language/parse.ts';
import { type LineMap, lineMap } from '../../language/position.ts';
import type { Environment } from '../checks/question.ts';
import { type Compiled, compile } from '../compile.ts';
import { type CompileMemory, compileMemory, type Readings, readAgain } from '../compile-memory.ts';
import { importedPaths } from '../expand.ts';
import { indexSymbols, type SymbolIndex } from './symbol-index.ts';

/** A file as it is now. `path` is the host's own name for it; folders are parted by `/`. */
export type ServiceFile = {
  readonly path: string;
  readonly text: string;
  readonly lines: LineMap;
  readonly ast: SourceFile;
  /** What could not be read: the diagnostics of the parser alone. */
  readonly syntax: readonly Diagnostic[];
};

/** Files that are compiled together. */
export type Group = {
  readonly folder: string;
  readonly files: readonly ServiceFile[];
  /** Made when somebody asks. */
  readonly compiled: Compiled;
  readonly index: SymbolIndex;
};

export type Workspace = {
  /** Opens a file or changes its text. The same text again costs nothing. */
  put(path: string, text: string): void;
  drop(path: string): void;
  /** Every file there is, in order. */
  paths(): string[];
  file(path: string): ServiceFile | undefined;
  /** What is known outside the files of a folder, such as its skills. */
  know(folder: string, environment: Environment): void;
  environment(folder: string): Environment;
  /** The files a file is compiled with, and what came of it; undefined for a file that is not there. */
  group(path: string): Group | undefined;
  /** Every group that holds this file: its own first, then those that bring it in. */
  groupsWith(path: string): Group[];
};

export function createWorkspace(): Workspace {
  const files = new Map<string, ServiceFile>();
  /** What the last reading of each file left for the next one, and what the last compile of each folder did. */
  const readings: Readings = new Map();
  const memories = new Map<string, CompileMemory>();
  const environments = new Map<string, Environment>();
  const groups = new Map<string, { stamp: readonly unknown[]; group: Group }>();

  const inFolder = (folder: string) =>
    [...files.values()].filter((file) => folderOf(file.path) === folder).sort((a, b) => (a.path < b.path ? -1 : 1));

  const groupOf = (folder: string): Group => {
    const members = withElsewhere(inFolder(folder), files);
    const environment = environments.get(folder) ?? nothingKnown;
    // Files are made anew when their text changes, so they are their own versions.
    const stamp = [environment, ...members];
    const before = groups.get(folder);
    if (before !== undefined && sameParts(before.stamp, stamp)) return before.group;
    const memory = memories.get(folder) ?? compileMemory(readings);
    memories.set(folder, memory);
    // A group that somebody still holds when its files have changed is none of the memory's business.
    const current = () => (members.every((file) => files.get(file.path) === file) ? memory : undefined);
    const group = make(folder, members, environment, current);
    groups.set(folder, { stamp, group });
    return group;
  };

  return {
    put(path, text) {
      if (files.get(path)?.text === text) return;
      const file = readFile(path, text, () =>
        files.get(path) === file ? readAgain(readings, path, text) : parse(text),
      );
      files.set(path, file);
    },
    drop(path) {
      files.delete(path);
      readings.delete(path);
      if (inFolder(folderOf(path)).length > 0) return;
      groups.delete(folderOf(path));
      memories.delete(folderOf(path));
    },
    paths: () => [...files.keys()].sort(),
    file: (path) => files.get(path),
    know(folder, environment) {
      environments.set(folder, environment);
    },
    environment: (folder) => environments.get(folder) ?? nothingKnown,
    group: (path) => (files.has(path) ? groupOf(folderOf(path)) : undefined),
    groupsWith(path) {
      if (!files.has(path)) return [];
      const own = folderOf(path);
      const others = [...new Set([...files.keys()].map(folderOf))].filter((folder) => folder !== own).sort();
      const bringing = others.map(groupOf).filter((group) => group.files.some((file) => file.path === path));
      return [groupOf(own), ...bringing];
    },
  };
}

/** One object, because it is compared by identity. */
const nothingKnown: Environment = {};

/** The folder of a path; empty for a bare name. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** A file that is read when somebody asks for its tree. */
function readFile(path: string, text: string, readIt: () => WithDiagnostics<SourceFile>): ServiceFile {
  let read: WithDiagnostics<SourceFile> | undefined;
  let lines: LineMap | undefined;
  const tree = () => {
    read ??= readIt();
    return read;
  };
  return {
    path,
    text,
    get lines() {
      lines ??= lineMap(text);
      return lines;
    },
    get ast() {
      return tree().value;
    },
    get syntax() {
      return tree().diagnostics;
    },
  };
}

function make(
  folder: string,
  files: readonly ServiceFile[],
  environment: Environment,
  memory: () => CompileMemory | undefined,
): Group {
  let compiled: Compiled | undefined;
  let index: SymbolIndex | undefined;
  // What only looks at the trees (completion, folding) does not wait for the checks.
  const compileOnce = (): Compiled => {
    compiled ??= compile(files, environment, memory());
    return compiled;
  };
  return {
    folder,
    files,
    get compiled() {
      return compileOnce();
    },
    get index() {
      index ??= indexSymbols(
        files,
        compileOnce().programs.map((one) => one.checked),
      );
      return index;
    },
  };
}

/**
 * With files from other folders: those that hold a program which a scenario here tells of and no file
 * here has, and all that is imported, in turn.
 */
function withElsewhere(own: ServiceFile[], all: ReadonlyMap<string, ServiceFile>): ServiceFile[] {
  const wanted = new Set(own.flatMap(({ ast }) => ast.scenarios.map((one) => one.program.text)));
  for (const { ast } of own) for (const program of ast.programs) wanted.delete(program.name.text);
  const members = new Set(own);
  if (wanted.size > 0) {
    const holds = (file: ServiceFile) => file.ast.programs.some((one) => wanted.has(one.name.text));
    for (const path of [...all.keys()].sort()) {
      const file = all.get(path);
      if (file !== undefined && !members.has(file) && holds(file)) members.add(file);
    }
  }
  // A set is walked to its end, also over what is added on the way.
  for (const file of members) {
    for (const path of importedPaths(file)) {
      const imported = all.get(path);
      if (imported !== undefined) members.add(imported);
    }
  }
  return [...members];
}

const sameParts = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((part, index) => part === b[index]);
