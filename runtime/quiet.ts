/**
 * Quiet hours and caps: the next moment at which Regimen may speak first.
 *
 * An answer to the person is never held back; only what Regimen starts by itself is. What waits is
 * asked about again when its time has come: others may have been sent meanwhile.
 */
import type { Ir } from '../compiler/ir.ts';
import { addDays, addDuration, calendarPeriod, dateOf, minutesOf, momentOf } from './calendar.ts';
import type { Facts } from './facts.ts';

const minuteMs = 60_000;
/** Each round goes on to the end of a day, a week, a gap or a night; more than a few are never needed. */
const roundsMax = 100;

/**
 * The first moment from `at` on that lies outside quiet hours and that `messages at most` allows,
 * as if nothing more were sent until then. Days and weeks (from Monday) are the person's.
 */
export function mayWriteAt(at: number, ir: Ir, facts: Facts): number {
  let time = feasible(at, ir.quiet, facts.zone);
  for (let round = 0; round < roundsMax; round += 1) {
    const allowed = feasible(underCaps(time, ir.messagesAtMost, facts), ir.quiet, facts.zone);
    if (allowed <= time) return time;
    time = allowed;
  }
  return time;
}

function underCaps(at: number, caps: Ir['messagesAtMost'], { wroteAt, zone }: Facts): number {
  if (!caps) return at;
  const last = wroteAt.at(-1);
  const ready =
    caps.apart === undefined || last === undefined ? at : Math.max(at, addDuration(last, caps.apart, zone) || at);
  const end = (period: 'day' | 'week', most: number | undefined): number => {
    const { start, end } = calendarPeriod(ready, period, zone);
    // A cap below one would hold back for ever what only has to wait.
    return most !== undefined && wroteAt.filter((one) => one >= start && one < end).length >= Math.max(1, most)
      ? end
      : ready;
  };
  return Math.max(ready, end('day', caps.perDay), end('week', caps.perWeek));
}

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
