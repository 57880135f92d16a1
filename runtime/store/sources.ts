/**
 * The texts a version is made from: the program's own file, and the files it imports.
 *
 * Paths are plain and relative to the folder of the program, so that the same files give the same
 * version wherever they lie. What is given but not imported is left out; an import that is not given
 * is left to the compiler, which has the words for it.
 */
import { createHash } from 'node:crypto';
import { importedPaths, plainPath } from '../../compiler/expand.ts';
import { parse } from '../../language/parse.ts';
import { Refusal, type SourceText } from '../control.ts';

/** All texts of one version together, in characters. */
export const sourceLengthMax = 1_000_000;
/** Files that one version is made from, besides its own. */
export const importsMax = 100;

/** A version's texts, checked: `imports` holds exactly what is imported, in the order in which it is come upon. */
export type Sources = { main: SourceText; imports: SourceText[]; hash: string };

/** Refuses texts that are too long or too many. */
export function readSources(given: { path: string; source: string; imports?: readonly SourceText[] }): Sources {
  const main = { path: plainPath(given.path), text: given.source };
  const imports = importedBy(main, given.imports ?? []);
  const length = [main, ...imports].reduce((sum, { text }) => sum + text.length, 0);
  if (length > sourceLengthMax) {
    const what = imports.length === 0 ? 'this one has' : 'this one, with what it imports, has';
    throw new Refusal('too-large', `A program may have ${sourceLengthMax} characters; ${what} ${length}.`);
  }
  return { main, imports, hash: hashOf(main, imports) };
}

/** The files among `given` that a file imports, directly or through others, each once. */
export function importedBy(main: SourceText, given: readonly SourceText[]): SourceText[] {
  if (given.length === 0) return [];
  const known = new Map(given.map(({ path, text }) => [plainPath(path), text]));
  known.delete(main.path);
  const found: SourceText[] = [];
  const waiting = [main];
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    // Most files import nothing, and need not be read.
    if (!/\bimport\b/.test(file.text)) continue;
    for (const path of importedPaths({ path: file.path, ast: parse(file.text).value })) {
      const text = known.get(path);
      if (text === undefined) continue;
      known.delete(path);
      if (found.length === importsMax)
        throw new Refusal('too-large', `A program may import ${importsMax} files; this one imports more.`);
      const one = { path, text };
      found.push(one);
      waiting.push(one);
    }
  }
  return found;
}

/** Of the program's own text alone where it imports nothing: versions from before imports keep theirs. */
function hashOf(main: SourceText, imports: readonly SourceText[]): string {
  const sorted = [...imports].sort((a, b) => (a.path < b.path ? -1 : 1));
  const all = imports.length === 0 ? main.text : JSON.stringify([main.text, sorted]);
  return createHash('sha256').update(all).digest('hex');
}
