/**
 * The files that files import, and those that these import: what the compiler must be given besides.
 *
 * Where an import leads is the compiler's to say; here the files are read. One that is not there or
 * cannot be read is left out: the compiler says so at the import.
 */
import { extname, resolve } from 'node:path';
import { importedPaths, plainPath } from '../compiler/expand.ts';
import { parse } from '../language/parse.ts';
import type { SourceFile } from './find-files.ts';

/** A project that imports more files than this has lost its way. */
const importedMax = 1_000;

export type SourceText = { path: string; text: string };

/**
 * What `files` import and is not among them. Paths are as the compiler looks for them: relative to `cwd`, or absolute.
 */
export function readImports(
  files: readonly SourceText[],
  cwd: string,
  read: (file: SourceFile) => SourceText,
): SourceText[] {
  const known = new Set(files.map(({ path }) => plainPath(path)));
  const found: SourceText[] = [];
  const waiting = [...files];
  for (let file = waiting.shift(); file !== undefined && found.length < importedMax; file = waiting.shift()) {
    // Most files import nothing, and are read once.
    if (!/\bimport\b/.test(file.text)) continue;
    for (const path of importedPaths({ path: file.path, ast: parse(file.text).value })) {
      if (known.has(path) || extname(path) !== '.regimen') continue;
      known.add(path);
      try {
        const imported = read({ path, absolute: resolve(cwd, path), kind: 'program' });
        found.push(imported);
        waiting.push(imported);
      } catch {
        // The compiler does not find it either, and has the words and the place.
      }
    }
  }
  return found;
}
