/**
 * Chance that can be repeated: the same seed gives the same numbers on every machine.
 *
 * For simulated people. Nothing that runs for real people may depend on it.
 */

export type Chance = {
  /** A number from 0 up to 1. */
  next: () => number;
  /** A whole number from 0 up to, not including, `count`; 0 where there is nothing to choose from. */
  upTo: (count: number) => number;
  /** One of them; the list must not be empty. */
  pick: <T>(from: readonly T[]) => T;
  /** True in `share` of all cases. */
  happens: (share: number) => boolean;
  /** How long something that comes by chance keeps one waiting: whole ms. */
  waitMs: (meanMs: number) => number;
};

/** Mulberry32. `stream` parts a seed into as many independent rows of numbers as there are people. */
export function chanceFrom(seed: number, stream = 0): Chance {
  let state = (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) + Math.imul(stream, 0xc2b2ae35)) | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const upTo = (count: number) => Math.floor(next() * count);
  return {
    next,
    upTo,
    pick: <T>(from: readonly T[]) => from[upTo(from.length)] as T,
    happens: (share) => next() < share,
    waitMs: (meanMs) => Math.floor(-Math.log(1 - next()) * meanMs),
  };
}
