/** Sources that tests about the language share: the programs of this repository, and one kept here. */
import { globSync, readFileSync } from 'node:fs';

export const coach = readFileSync(new URL('../language/cases/couch_to_5k.regimen', import.meta.url), 'utf8');
export const story = readFileSync(new URL('../language/cases/couch_to_5k.scenario', import.meta.url), 'utf8');

/** Every construct of the language in one file. Its meaning is sound as far as the parser can tell. */
export const everything = readFileSync(new URL('../language/cases/insulin.regimen', import.meta.url), 'utf8');

/** Every program and scenario in `programs/`, with its path. */
export function programFiles(): { path: string; text: string }[] {
  const root = new URL('../../programs/', import.meta.url);
  return globSync('**/*.{regimen,scenario}', { cwd: root }).map((path) => ({
    path,
    text: readFileSync(new URL(path, root), 'utf8'),
  }));
}
