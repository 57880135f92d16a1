/**
 * The files that a program on the disk imports, and those that these import.
 *
 * Where an import leads is the compiler's to say; here the files are read. One that is not there or is
 * no `.regimen` file is left out: the compiler says so at the import.
 */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { importedPaths, plainPath } from '../compiler/expand.ts';
import { parse } from '../language/parse.ts';
import type { SourceText } from '../runtime/control.ts';

/** A program that imports more files than this is refused when it is published. */
const readMax = 200;

/** What `main` imports. Paths are seen from `folder`, as the compiler looks for them. */
export async function importedFiles(main: SourceText, folder: string): Promise<SourceText[]> {
  const seen = new Set([plainPath(main.path)]);
  const found: SourceText[] = [];
  const waiting = [main];
  for (let file = waiting.shift(); file !== undefined && found.length < readMax; file = waiting.shift()) {
    for (const path of pathsIn(file)) {
      if (seen.has(path) || !path.endsWith('.regimen')) continue;
      seen.add(path);
      const text = await readFile(resolve(folder, path), 'utf8').catch(() => null);
      if (text === null) continue;
      const one = { path, text };
      found.push(one);
      waiting.push(one);
    }
  }
  return found;
}

/** Where the imports of a file lead, as paths from the folder; those that are not there as well. */
export function pathsIn({ path, text }: SourceText): string[] {
  // Most files import nothing, and need not be read.
  return /\bimport\b/.test(text) ? importedPaths({ path, ast: parse(text).value }) : [];
}
