/**
 * What went wrong, in words that can be kept, and whether it was about the work or only about the moment.
 */
import { problemLengthMax } from './limits.ts';

/** What the system says of a connection that is not to be had, or is gone. */
const unreached = /^(ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|EADDR|EAI_|ENOTFOUND|EMFILE|ENFILE)/;

/** Trouble that is not about what was to be written: it is tried again as it is. */
export function isPassing(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return false;
  // Connections, rollbacks (deadlocks, conflicts), shortage, a lock that was not to be had, intervention, a standby
  // that is not the primary yet, a transaction that took too long; the driver's own are words.
  if (/^[0-9A-Z]{5}$/.test(code) && /^(08|40|53|55P03|57|25006|25P0[34])/.test(code)) return true;
  return code.startsWith('CONNECT') || unreached.test(code);
}

/** What went wrong, as one bounded line. */
export function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, problemLengthMax);
}
