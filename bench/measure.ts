/**
 * Measuring: several things in turn, so that a busy moment of the machine falls on all of them.
 *
 * Gives raw milliseconds and what is usually asked of them. Decides nothing about good or bad.
 */

export type Contender = { name: string; run: () => unknown };

/** Milliseconds of each contender's rounds, in the order in which they were given. */
export type Rounds = { name: string; ms: number[] };

/**
 * Runs every contender once a round, `rounds` times, each round beginning with the next of them, after
 * `warm` rounds that do not count. A `run` that gives a promise is waited for. `clock` gives ms, of
 * whatever is to be measured.
 */
export async function interleave(
  contenders: readonly Contender[],
  rounds: number,
  warm: number,
  clock: () => number = () => performance.now(),
): Promise<Rounds[]> {
  const results = contenders.map(({ name }): Rounds => ({ name, ms: [] }));
  for (let round = -warm; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const at = (turn + Math.max(0, round)) % contenders.length;
      const before = clock();
      const given = contenders[at]?.run();
      if (given instanceof Promise) await given;
      const ms = clock() - before;
      if (round >= 0) results[at]?.ms.push(ms);
    }
  }
  return results;
}

/** What this process has taken of the processors so far, all its threads together (so also to collect garbage). */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** The value below which `share` of all lie (nearest rank); NaN for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 0.5);

/** To `digits` significant figures, for tables and JSON: more would be noise. */
export const rounded = (value: number, digits = 3): number => Number(value.toPrecision(digits));
