/**
 * Quiet hours and caps: the next moment at which Regimen may speak first.
 *
 * An answer to the person is never held back; only what Regimen starts by itself is. What waits is
 * asked about again when its time has come: others may have been sent meanwhile.
 */
import type { Ir } from '../compiler/ir.ts';
import { addDays, addDuration, calendarPeriod, dateOf, minutesOf, momentOf, nextClockChange } from './calendar.ts';
import type { Facts } from './facts.ts';
import { liesIn } from './preferences.ts';

const minuteMs = 60_000;
/** Each round goes on to the end of a day, a week, a gap or a night; more than a few are never needed. */
const roundsMax = 100;
/** Moments kept of what was said at once beyond the caps, and of the rest. */
const countedMax = 1_000;

/**
 * The first moment from `at` on that lies outside quiet hours and that `messages at most` allows,
 * as if nothing more were sent until then. Days and weeks (from Monday) are the person's. `begunAt`: when that began
 * to which the message belongs; what began at one moment is not kept apart.
 */
export function mayWriteAt(at: number, ir: Ir, facts: Facts, begunAt = at): number {
  let time = feasible(at, ir.quiet, facts.zone);
  for (let round = 0; round < roundsMax; round += 1) {
    const allowed = underCaps(time, ir.messagesAtMost, facts, begunAt);
    if (allowed <= time) return time;
    time = feasible(allowed, ir.quiet, facts.zone);
  }
  return time;
}

function underCaps(at: number, caps: Ir['messagesAtMost'], facts: Facts, begunAt: number): number {
  if (!caps) return at;
  const { wroteAt, wroteOf, zone } = facts;
  const last = wroteOf === begunAt ? undefined : wroteAt.at(-1);
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

/**
 * Of the moments at which Regimen wrote, those that the caps may still ask for: as many as the caps let through, and
 * the whole present day or week, or all of the last moment. What was said at once may be more than its cap; should one
 * of them be withdrawn, the others count on.
 */
export function keepCounted(wroteAt: number[], caps: NonNullable<Ir['messagesAtMost']>, zone: string): number[] {
  const { perDay, perWeek } = caps;
  const spare = wroteAt.length - Math.max(perDay ?? 0, perWeek ?? 0, 1);
  const last = wroteAt.at(-1);
  if (spare <= 0 || last === undefined) return wroteAt;
  const period = perWeek !== undefined ? 'week' : perDay !== undefined ? 'day' : null;
  const start = period === null ? last : calendarPeriod(last, period, zone).start;
  const before = wroteAt.findIndex((one) => one >= start);
  return wroteAt.slice(Math.max(Math.min(spare, before), wroteAt.length - countedMax));
}

/** Quiet hours in minutes after midnight; `from` may be later than `to`. */
export type Quiet = { from: number; to: number };

/**
 * `at` itself, or the end of the quiet hours it lies in: by the clock on the wall, also where that is put forward or
 * back.
 */
export function feasible(at: number, quiet: Quiet | undefined, zone: string): number {
  if (!quiet) return at;
  const minutes = minutesOf(at, zone);
  if (!liesIn(minutes, quiet)) return at;
  const today = dateOf(at, zone);
  const tomorrow = quiet.from > quiet.to && minutes >= quiet.from;
  const end = momentOf(tomorrow ? addDays(today, 1) : today, quiet.to, zone);
  const change = nextClockChange(at, zone);
  // The clock is changed before then, and shows a time outside: the end itself may never be shown.
  if (change < end && !liesIn(minutesOf(change, zone), quiet)) return change;
  if (end > at) return end;
  // The clock was put back and shows this hour for the second time: the end is as far off as the clock says.
  return at - (at % minuteMs) + (quiet.to - minutes) * minuteMs;
}

/** The first moment from `at` on that lies outside all of these quiet hours; null: together they leave no time. */
export function outsideAll(at: number, quiets: readonly (Quiet & { zone: string })[]): number | null {
  let time = at;
  for (let round = 0; round < roundsMax; round += 1) {
    const later = quiets.reduce((next, quiet) => feasible(next, quiet, quiet.zone), time);
    if (later === time) return time;
    time = later;
  }
  return null;
}
