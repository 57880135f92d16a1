/**
 * What went wrong, in words that can be kept, and whether it was about the work or only about the moment.
 */
import { problemLengthMax } from './limits.ts';

/** Trouble that is not about what was to be written: it is tried again as it is. */
export function isPassing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return false;
  // Connections, rollbacks (deadlocks, conflicts), shortage, intervention; the driver's own are words.
  return /^(08|40|53|57)/.test(code) || code.startsWith('CONNECT') || code.startsWith('E');
}

/** What went wrong, as one bounded line. */
export function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, problemLengthMax);
}
