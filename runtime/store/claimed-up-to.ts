/**
 * How far the claims of this process have come in the list of who is due, so that the next one does not walk once more
 * over the rows of those who were just claimed: Postgres keeps these for a while after they are gone.
 *
 * It only saves time. Somebody who is due before that moment is found all the same: each round of a sweep starts from
 * the beginning of the list, and after a claim that found fewer than its limit so does the next claim.
 */
import type { Rank } from './claim.ts';
import type { Store } from './store.ts';

/** Before everybody, as Postgres writes it. */
export const fromBeginning = '-infinity';

/** A part of the list: people of one program and one rank. */
type Part = { program: string; rank: Rank };

/** For each process and database, whose stores share their loaded programs: by part of the list. */
const moments = new WeakMap<Store['programs'], Map<string, string>>();

/** The moment of the last one claimed in this part of the list, as Postgres writes it. */
export function claimedUpTo(store: Store, part: Part): string {
  return moments.get(store.programs)?.get(keyOf(store, part)) ?? fromBeginning;
}

/** Keeps that moment. */
export function keepClaimedUpTo(store: Store, part: Part, at: string): void {
  const kept = moments.get(store.programs) ?? new Map<string, string>();
  moments.set(store.programs, kept);
  if (at === fromBeginning) kept.delete(keyOf(store, part));
  else kept.set(keyOf(store, part), at);
}

const keyOf = ({ workspace }: Store, { program, rank }: Part): string => `${workspace}/${program}/${rank}`;
