/**
 * The way from one version of a program to another: straight, or through published versions in between.
 *
 * A `migrate` block leads into the version it is written in, from the one it names. Where the newer version has no
 * block for people in the older one, the blocks of the versions in between lead them, each in its turn, so that
 * nothing that any of them says is passed over. Back it is the same way, with every block turned around. Pure: the
 * caller knows which versions there are, and what is chosen stands in the timeline with the adoption.
 */
import type { Migration } from '../compiler/ir.ts';
import { type Correspondence, correspond } from './correspond.ts';
import type { LoadedProgram } from './load.ts';

/**
 * The version a person is on, the one they go to, and those between, in the order of the way; numbers as published.
 * `called`: the numbers by which `migrate` blocks speak of them, where they are others.
 */
export type Versions = {
  from: number;
  to: number;
  via?: readonly number[] | undefined;
  called?: readonly number[] | undefined;
};
/** The same as programs. */
export type Programs = { before: LoadedProgram; after: LoadedProgram; via?: readonly LoadedProgram[] | undefined };

/** From one version to the next on a way; numbers as `migrate` blocks speak of them. */
export type Hop = { before: LoadedProgram; after: LoadedProgram; from: number; to: number };

/** Of each published version: the versions that its blocks speak of. */
export type Blocks = ReadonlyMap<number, readonly number[]>;

/** The versions between two on the way from one to the other; none where it is straight. */
export function wayBetween(from: number, to: number, blocks: Blocks): number[] {
  return from < to ? wayUp(from, to, blocks) : wayUp(to, from, blocks).reverse();
}

function wayUp(from: number, to: number, blocks: Blocks): number[] {
  const spoken = blocks.get(to) ?? [];
  if (spoken.includes(from)) return [];
  const between = [...blocks.keys()].filter((version) => version > from && version < to);
  const leads = (version: number) =>
    (blocks.get(version) ?? []).some((one) => one >= from && one < version && blocks.has(one));
  // What the newer version speaks of itself comes first; else the last one that speaks of anything on the way.
  const named = between.filter((version) => spoken.includes(version));
  const last = Math.max(...(named.length > 0 ? named : between.filter(leads)));
  return Number.isFinite(last) ? [...wayUp(from, last, blocks), last] : [];
}

/** `version 2`, `versions 2, 3 and 4` */
export function versionsText(versions: readonly number[]): string {
  const [last, ...others] = versions.toReversed();
  return others.length === 0 ? `version ${last}` : `versions ${others.reverse().join(', ')} and ${last}`;
}

/** A way hop by hop. */
export function hopsOf(
  { before, after, via = [] }: Programs,
  { from, to, via: between = [], called }: Versions,
): Hop[] {
  const programs = [before, ...via, after];
  const versions = called ?? [from, ...between, to];
  return programs.slice(1).map((program, index) => ({
    before: programs[index] as LoadedProgram,
    after: program,
    from: versions[index] as number,
    to: versions[index + 1] as number,
  }));
}

/**
 * The block that leads to the next version; going back, that of the later one turned around. Undefined: there is no
 * way.
 */
export function blockOf({ before, after, from, to }: Hop): Migration | null | undefined {
  if (from < to) return after.ir.migrations[from] ?? null;
  const block = before.ir.migrations[to];
  return block === undefined ? null : turnedAround(block, from);
}

/** Undefined where something was dropped or set, or where two became one: that cannot be told apart again. */
function turnedAround(block: Migration, from: number): Migration | undefined {
  const turned: Migration = { from, stages: {}, fields: {}, series: {}, lists: {}, tracks: {}, drop: [], set: [] };
  if (block.drop.length > 0 || block.set.length > 0) return undefined;
  for (const what of ['stages', 'fields', 'series', 'lists', 'tracks'] as const) {
    for (const [old, now] of Object.entries(block[what])) {
      if (Object.hasOwn(turned[what], now)) return undefined;
      turned[what][now] = old;
    }
  }
  return turned;
}

/**
 * Finding counterparts costs more than one person: it is done once for each pair of versions and block between them.
 */
const correspondences = new WeakMap<LoadedProgram, WeakMap<LoadedProgram, Map<number, Correspondence>>>();

/** What corresponds to what over one hop with its block. */
export function correspondence({ before, after, from, to }: Hop, block: Migration | null): Correspondence {
  const ofBefore = correspondences.get(before) ?? new WeakMap<LoadedProgram, Map<number, Correspondence>>();
  correspondences.set(before, ofBefore);
  const ofBoth = ofBefore.get(after) ?? new Map<number, Correspondence>();
  ofBefore.set(after, ofBoth);
  // Of a block that is turned around the negative number; 0: there is none.
  const which = block === null ? 0 : from < to ? from : -to;
  const found = ofBoth.get(which) ?? correspond(before.ir, after.ir, block);
  ofBoth.set(which, found);
  return found;
}
