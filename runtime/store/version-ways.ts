/**
 * The ways between published versions, made ready: which versions are on them, and their programs.
 */
import { isDeepStrictEqual } from 'node:util';
import type { LoadedProgram } from '../load.ts';
import { type Blocks, type Programs, wayBetween } from '../version-way.ts';
import { loadVersion } from './programs.ts';
import type { Sql, Store } from './store.ts';

/** The published versions of a program, and of which earlier ones their `migrate` blocks speak. */
async function readBlocks(store: Store, sql: Sql, program: string): Promise<Blocks> {
  const rows = await sql<{ version: number; blocks: number[] }[]>`
    select version, blocks from program_versions where workspace_id = ${store.workspace} and program = ${program}`;
  return new Map(rows.map(({ version, blocks }) => [version, blocks]));
}

export type Way = { programs: Programs; versions: { from: number; to: number; via?: number[] } };

const isSameText = (one: LoadedProgram, other: LoadedProgram): boolean =>
  one.source === other.source && isDeepStrictEqual(one.imported, other.imported);

/** The way from one published version to another, or back. `unpublished`: the program that `to` would be. */
export async function loadWay(
  store: Store,
  sql: Sql,
  program: string,
  { from, to }: { from: number; to: number },
  unpublished?: LoadedProgram,
): Promise<Way> {
  const blocks = new Map(await readBlocks(store, sql, program));
  if (unpublished !== undefined) blocks.set(to, Object.keys(unpublished.ir.migrations).map(Number));
  const before = await loadVersion(store, sql, program, from);
  const after = unpublished ?? (await loadVersion(store, sql, program, to));
  // An author has gone back to the text they are on: what was said in between is undone by that, and not for them.
  const between = isSameText(before, after) ? [] : wayBetween(from, to, blocks);
  const via = [];
  for (const version of between) via.push(await loadVersion(store, sql, program, version));
  const programs = { before, after, via };
  return { programs, versions: between.length === 0 ? { from, to } : { from, to, via: between } };
}
