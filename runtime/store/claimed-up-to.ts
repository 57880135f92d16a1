/**
 * How far the claims of this process have come in the list of who is due, so that the next does not walk once more
 * over those who were just claimed.
 *
 * A help and no truth: whoever is due before it is found from the beginning of the list, where each sweep starts, and
 * where a claim that finds too few goes back to.
 */
import type { Store } from './store.ts';

/** Before everybody, as Postgres writes it. */
export const fromBeginning = '-infinity';

type Part = { program: string; rank: number };

/** By process, since the loaded programs are its own. */
const places = new WeakMap<Store['programs'], Map<string, string>>();

/** The moment of the last one claimed in this part of the list, as Postgres writes it. */
export function claimedUpTo(store: Store, part: Part): string {
  return places.get(store.programs)?.get(keyOf(store, part)) ?? fromBeginning;
}

/** Keeps that moment. */
export function keepClaimedUpTo(store: Store, part: Part, at: string): void {
  const kept = places.get(store.programs) ?? new Map<string, string>();
  places.set(store.programs, kept);
  if (at === fromBeginning) kept.delete(keyOf(store, part));
  else kept.set(keyOf(store, part), at);
}

const keyOf = ({ workspace }: Store, { program, rank }: Part): string => `${workspace}/${program}/${rank}`;
