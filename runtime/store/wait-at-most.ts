/**
 * Waiting for the end of work that may never end: a database that is gone answers nobody.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves once the work is done, and after so long (ms) in any case. What the work throws before is thrown. */
export async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([work, sleep(ms, undefined, { signal: over.signal }).catch(() => undefined)]);
  } finally {
    over.abort();
  }
}
