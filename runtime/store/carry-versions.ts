/**
 * The versions of a life that comes from elsewhere: which number each of them has here.
 *
 * A version is the same where its texts are the same, whatever its number. One that is not here is to be published
 * under the number it had, also where that makes it the newest; where that is another text here, the import is refused,
 * as under another number `migrate` blocks would speak of the wrong versions. Nothing is written here.
 */
import { Refusal, type SourceText } from '../control.ts';
import type { Told } from '../fold.ts';
import { type LoadedProgram, load } from '../load.ts';
import { loadVersion } from './programs.ts';
import { compileSources, type NewVersion } from './publish.ts';
import { readSources } from './sources.ts';
import type { Store } from './store.ts';

/** A version as a document holds it. */
export type CarriedVersion = { version: number; path: string; source: string; imports: SourceText[] };

export type Placed = {
  /** The numbers they have here, by those they had. */
  numbers: ReadonlyMap<number, number>;
  /** By the numbers they had. */
  programs: ReadonlyMap<number, LoadedProgram>;
  /** Those to be published. */
  missing: NewVersion[];
};

/** Finds the versions of a document. Refuses a text with errors, of another program, or that has no place here. */
export async function placeVersions(
  store: Store,
  { name, versions }: { name: string; versions: readonly CarriedVersion[] },
): Promise<Placed> {
  const known = await store.sql<{ version: number; hash: string }[]>`
    select version, hash from program_versions
    where workspace_id = ${store.workspace} and program = ${name} order by version desc`;
  const numbers = new Map<number, number>();
  const programs = new Map<number, LoadedProgram>();
  const missing: NewVersion[] = [];
  for (const { version, ...texts } of versions) {
    const sources = readSources(texts);
    const same = known.filter(({ hash }) => hash === sources.hash);
    const found = same.find((one) => one.version === version) ?? same[0];
    numbers.set(version, found?.version ?? version);
    if (found !== undefined) {
      programs.set(version, await loadVersion(store, store.sql, name, found.version));
      continue;
    }
    const { main, imports } = sources;
    const { ir } = compileSources(main, imports, {});
    if (ir.name !== name)
      throw new Refusal('malformed', `The text of version ${version} is called ${ir.name}, not ${name}.`);
    if (known.some((one) => one.version === version)) throw taken(name, version);
    programs.set(version, load(ir, main.text, imports));
    missing.push({ version, sources, ir });
  }
  return { numbers, programs, missing };
}

type Life = { told: readonly Told[]; programs: ReadonlyMap<number, LoadedProgram>; version: number };

/**
 * A life with the numbers that its versions have here; null where they are the same. What its `migrate` blocks call
 * them stays in the input. A number that is not among those given stays as it is, for the fold to refuse.
 */
export function numberedHere({ told, programs, version }: Life, numbers: ReadonlyMap<number, number>): Life | null {
  if ([...numbers].every(([had, has]) => had === has)) return null;
  const here = (number: number): number => numbers.get(number) ?? number;
  const inputHere = (input: Told['input']): Told['input'] => {
    if (input.type !== 'adopt' && input.type !== 'revert') return input;
    const ends = { from: here(input.from), to: here(input.to) };
    if (input.type === 'revert') return { ...input, ...ends };
    const { via, called = [input.from, ...(via ?? []), input.to] } = input;
    return { ...input, ...ends, ...(via === undefined ? {} : { via: via.map(here) }), called };
  };
  return {
    told: told.map(({ input, at }) => ({ input: inputHere(input), at })),
    programs: new Map([...programs].map(([number, program]) => [here(number), program])),
    version: here(version),
  };
}

const taken = (name: string, version: number): Refusal =>
  new Refusal(
    'conflict',
    `Version ${version} of ${name} is another text here, and the one that this enrollment goes through is not published here. Publish it first, from \`program.versions\` of the document (new people then begin in it, until another is published), or import into a workspace without ${name}. Nothing was imported.`,
  );
