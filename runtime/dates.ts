/**
 * Counting days: dates as ISO texts (`2026-01-05`), without a zone and without a clock.
 *
 * What a date means in a zone is `calendar.ts`'s business, which shows these functions too.
 */
import type { Weekday } from '../language/ast.ts';

export const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const dayMs = 24 * 60 * 60_000;

/** Days from 1 January 1970 to a date. */
export function dayNumber(date: string): number {
  return Date.parse(date) / dayMs;
}

/** The date that many days after 1 January 1970. */
export function dateOfDay(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, -'T00:00:00.000Z'.length);
}

/** A date some days later (or earlier). */
export function addDays(date: string, days: number): string {
  return dateOfDay(dayNumber(date) + days);
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return dayNumber(to) - dayNumber(from);
}

export function weekdayOf(date: string): Weekday {
  // 1 January 1970 was a Thursday.
  const day = weekdays[(((dayNumber(date) + 3) % 7) + 7) % 7];
  if (!day) throw new RangeError(`${date} has no weekday`);
  return day;
}
