/**
 * How often a key may ask: a bucket for each, that fills again as time passes.
 *
 * It is kept in this process: with several servers, each allows as much. What it protects is the server
 * itself; nothing durable hangs on it.
 */

/** Requests that may come at once, and in the long run in one minute. */
export const requestsPerMinuteMax = 600;
/** Keys that are kept in mind; those that asked longest ago are let go. */
const bucketsMax = 10_000;

const minuteMs = 60_000;

export type Allowance = {
  allowed: boolean;
  /** Requests left now. */
  left: number;
  /** Until there is one more, in whole seconds. */
  againInSeconds: number;
};

export type RateLimit = { take(key: string): Allowance };

/** `now`: the machine's time in ms. */
export function openRateLimit(now: () => number, perMinute = requestsPerMinuteMax): RateLimit {
  const buckets = new Map<string, { left: number; at: number }>();
  const everyMs = minuteMs / perMinute;
  return {
    take(key) {
      const at = now();
      const known = buckets.get(key) ?? { left: perMinute, at };
      const left = Math.min(perMinute, known.left + Math.max(0, at - known.at) / everyMs);
      const allowed = left >= 1;
      const after = allowed ? left - 1 : left;
      // Put in anew, so that the first in the map is the one that asked longest ago.
      buckets.delete(key);
      buckets.set(key, { left: after, at });
      if (buckets.size > bucketsMax) buckets.delete(buckets.keys().next().value as string);
      const missing = Math.max(0, 1 - after);
      return { allowed, left: Math.floor(after), againInSeconds: Math.ceil((missing * everyMs) / 1000) };
    },
  };
}
