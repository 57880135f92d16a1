/**
 * Quiet hours: the next moment at which Regimen may speak first.
 *
 * An answer to the person is never held back; only what Regimen starts by itself is.
 */
import { addDays, dateOf, minutesOf, momentOf } from './calendar.ts';

/** `at` itself, or the end of the quiet hours it lies in. Minutes after midnight; `from` may be later than `to`. */
export function feasible(at: number, quiet: { from: number; to: number } | undefined, zone: string): number {
  if (!quiet || quiet.from === quiet.to) return at;
  const minutes = minutesOf(at, zone);
  const overMidnight = quiet.from > quiet.to;
  const inside = overMidnight
    ? minutes >= quiet.from || minutes < quiet.to
    : minutes >= quiet.from && minutes < quiet.to;
  if (!inside) return at;
  const today = dateOf(at, zone);
  const end = momentOf(overMidnight && minutes >= quiet.from ? addDays(today, 1) : today, quiet.to, zone);
  // A clock change inside the quiet hours can put their end behind `at`.
  return Math.max(at, end);
}
