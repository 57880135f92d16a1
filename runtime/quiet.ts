/**
 * Quiet hours: the next moment at which Regimen may speak first.
 *
 * An answer to the person is never held back; only what Regimen starts by itself is.
 */
import { addDays, dateOf, minutesOf, momentOf } from './calendar.ts';

const minuteMs = 60_000;

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
  if (end > at) return end;
  // The clock was put back and shows this hour for the second time: the end is as far off as the clock says.
  return at - (at % minuteMs) + (quiet.to - minutes) * minuteMs;
}
