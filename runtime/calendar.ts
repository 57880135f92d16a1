/**
 * Calendar arithmetic in a person's time zone: the only place that touches Temporal.
 *
 * Moments are milliseconds since 1970 UTC; dates are ISO texts (`2026-01-05`); times of day are
 * minutes after midnight. Days and longer are calendar units (the same local time some days
 * later, through daylight-saving changes); hours and minutes are exact. A local time that a
 * change skips becomes the moment after the gap; one that happens twice is the earlier
 * (Temporal's `compatible`). Zone arithmetic costs microseconds, so the days of a zone are cached.
 */
import { Temporal } from 'temporal-polyfill';
import type { Duration } from '../compiler/ir.ts';
import type { Weekday } from '../language/ast.ts';

export const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** Days of all zones kept at once; the cache is emptied when it is full. */
const cachedDaysMax = 4096;
const startOfDayCache = new Map<string, number>();

/** Whether this is a zone the calendar knows. */
export function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
    return zone.length > 0;
  } catch {
    return false;
  }
}

/** The first moment of a date. */
export function startOfDay(date: string, zone: string): number {
  const key = `${date} ${zone}`;
  const known = startOfDayCache.get(key);
  if (known !== undefined) return known;
  const start = Temporal.PlainDate.from(date).toZonedDateTime(zone).epochMilliseconds;
  if (startOfDayCache.size >= cachedDaysMax) startOfDayCache.clear();
  startOfDayCache.set(key, start);
  return start;
}

const dateCache = new Map<string, { date: string; start: number; end: number }>();

/** The date of a moment in a zone. */
export function dateOf(at: number, zone: string): string {
  // Most calls ask about the same day as the call before.
  const known = dateCache.get(zone);
  if (known && at >= known.start && at < known.end) return known.date;
  const date = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString();
  if (dateCache.size >= cachedDaysMax) dateCache.clear();
  dateCache.set(zone, { date, start: startOfDay(date, zone), end: startOfDay(addDays(date, 1), zone) });
  return date;
}

/** A date some days later (or earlier). */
export function addDays(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}

/** Days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / dayMs);
}

/** The moment of a local time on a date. */
export function momentOf(date: string, minutes: number, zone: string): number {
  const time = Temporal.PlainTime.from({ hour: Math.floor(minutes / 60) % 24, minute: minutes % 60 });
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
}

/** Minutes after local midnight, by the clock on the wall. */
export function minutesOf(at: number, zone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.hour * 60 + local.minute;
}

export function weekdayOf(date: string): Weekday {
  const day = weekdays[Temporal.PlainDate.from(date).dayOfWeek - 1];
  if (!day) throw new RangeError(`${date} has no weekday`);
  return day;
}

/** The next local midnight after a moment. */
export function nextMidnight(at: number, zone: string): number {
  return startOfDay(addDays(dateOf(at, zone), 1), zone);
}

/** The end of the calendar period a moment lies in, and its start; weeks begin on Monday. */
export function calendarPeriod(
  at: number,
  period: 'day' | 'week' | 'month',
  zone: string,
): { start: number; end: number } {
  const date = Temporal.PlainDate.from(dateOf(at, zone));
  const first =
    period === 'day' ? date : period === 'week' ? date.subtract({ days: date.dayOfWeek - 1 }) : date.with({ day: 1 });
  const after =
    period === 'day' ? first.add({ days: 1 }) : period === 'week' ? first.add({ days: 7 }) : first.add({ months: 1 });
  return { start: startOfDay(first.toString(), zone), end: startOfDay(after.toString(), zone) };
}

/** The last moment of the year 9999: nothing is reckoned beyond it, and nothing before the year 0. */
const lastMoment = Date.UTC(10_000, 0, 1) - 1;
const firstMoment = Date.parse('0000-01-01T00:00:00Z');
/** The fewest days a unit can have; and more days than the calendar has: such a sum is not even tried. */
const daysOfUnit = { minutes: 1 / 1440, hours: 1 / 24, days: 1, weeks: 7, months: 28, years: 365 };
const daysMax = 4_000_000;

/** A moment some time later; `times` repeats the duration. NaN where it would lie outside the years 0 to 9999. */
export function addDuration(at: number, duration: Duration, zone: string, times = 1): number {
  const moved = addWithin(at, duration, zone, times);
  return moved >= firstMoment && moved <= lastMoment ? moved : Number.NaN;
}

function addWithin(at: number, duration: Duration, zone: string, times: number): number {
  const amount = duration.amount * times;
  if (duration.unit === 'minutes') return at + amount * minuteMs;
  if (duration.unit === 'hours') return at + amount * 60 * minuteMs;
  // A part of a day has no calendar meaning; it is exact time after the whole days.
  const whole = Math.trunc(amount);
  const rest =
    duration.unit === 'days' ? (amount - whole) * dayMs : duration.unit === 'weeks' ? (amount - whole) * 7 * dayMs : 0;
  if (Math.abs(whole) * daysOfUnit[duration.unit] > daysMax) return Number.NaN;
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return zoned.add({ [duration.unit]: whole }).epochMilliseconds + rest;
}

/** A date some time later, for durations of whole days or longer. Null where it would lie outside the years 0 to 9999. */
export function addToDate(date: string, duration: Duration, sign: 1 | -1): string | null {
  const amount = Math.trunc(duration.amount) * sign;
  if (duration.unit === 'minutes' || duration.unit === 'hours') return date;
  if (Math.abs(amount) * daysOfUnit[duration.unit] > daysMax) return null;
  const moved = Temporal.PlainDate.from(date).add({ [duration.unit]: amount });
  return moved.year >= 0 && moved.year <= 9999 ? moved.toString() : null;
}

const monthNames = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const dayNames = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** `Monday 5 January 2026, 09:00 (Europe/London)`. */
export function longLocalTime(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return `${dayNames[local.dayOfWeek - 1]} ${local.day} ${monthNames[local.month - 1]} ${local.year}, ${timeText(local.hour * 60 + local.minute)} (${zone})`;
}

/** `Mon 5 Jan`. */
export function dateText(date: string): string {
  const day = Temporal.PlainDate.from(date);
  return `${dayNames[day.dayOfWeek - 1]?.slice(0, 3)} ${day.day} ${monthNames[day.month - 1]?.slice(0, 3)}`;
}

/** `18:00`. */
export function timeText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** `Mon 5 Jan, 18:00` in the person's zone. */
export function momentText(at: number, zone: string): string {
  return `${dateText(dateOf(at, zone))}, ${timeText(minutesOf(at, zone))}`;
}

/** `14 days`, `1 day`. */
export function durationText(duration: Duration): string {
  const unit = duration.amount === 1 ? duration.unit.slice(0, -1) : duration.unit;
  return `${duration.amount} ${unit}`;
}
