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
import { addBusinessDays, type BusinessCalendar, mondayToFriday } from './business-days.ts';
import { addDays } from './dates.ts';

export { addDays, dateOfDay, dayNumber, daysBetween, weekdayOf, weekdays } from './dates.ts';

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

/** The moment of a local time on a date. */
export function momentOf(date: string, minutes: number, zone: string): number {
  const time = Temporal.PlainTime.from({ hour: Math.floor(minutes / 60) % 24, minute: minutes % 60 });
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime: time }).epochMilliseconds;
}

/** The moment with this one's local time of day, on another date. */
function onDate(at: number, date: string, zone: string): number {
  const plainTime = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainTime();
  return Temporal.PlainDate.from(date).toZonedDateTime({ timeZone: zone, plainTime }).epochMilliseconds;
}

/** The next moment at which the clocks of a zone are changed; Infinity where they never are again. */
export function nextClockChange(at: number, zone: string): number {
  const next = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
  return next?.epochMilliseconds ?? Number.POSITIVE_INFINITY;
}

/** Minutes after local midnight, by the clock on the wall. */
export function minutesOf(at: number, zone: string): number {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return local.hour * 60 + local.minute;
}

/** The number of days in the month of a date. */
export function daysInMonth(date: string): number {
  return Temporal.PlainDate.from(date).daysInMonth;
}

/** The first day of the month some months after that of a date. */
export function monthStart(date: string, months = 0): string {
  return Temporal.PlainDate.from(date).with({ day: 1 }).add({ months }).toString();
}

/** The next local midnight after a moment. */
export function nextMidnight(at: number, zone: string): number {
  return startOfDay(addDays(dateOf(at, zone), 1), zone);
}

/** The end of the calendar period a moment lies in, and its start; weeks begin on Monday. */
export function calendarPeriod(at: number, period: Period, zone: string): { start: number; end: number } {
  const { first, after } = periodOf(dateOf(at, zone), period);
  return { start: startOfDay(first, zone), end: startOfDay(after, zone) };
}

export type Period = 'day' | 'week' | 'month' | 'year';

/** The first day of the calendar period of a date, and the first day after it. */
export function periodOf(date: string, period: Period): { first: string; after: string } {
  const day = Temporal.PlainDate.from(date);
  switch (period) {
    case 'day':
      return { first: date, after: addDays(date, 1) };
    case 'week': {
      const first = addDays(date, 1 - day.dayOfWeek);
      return { first, after: addDays(first, 7) };
    }
    case 'month':
      return { first: monthStart(date), after: monthStart(date, 1) };
    case 'year': {
      const first = day.with({ month: 1, day: 1 });
      return { first: first.toString(), after: first.add({ years: 1 }).toString() };
    }
  }
}

/** The last moment of the year 9999: nothing is reckoned beyond it, and nothing before the year 0. */
const lastMoment = Date.UTC(10_000, 0, 1) - 1;
const firstMoment = Date.parse('0000-01-01T00:00:00Z');
/** The fewest days a unit can have; and more days than the calendar has: such a sum is not even tried. */
const daysOfUnit = { minutes: 1 / 1440, hours: 1 / 24, days: 1, weeks: 7, months: 28, years: 365, 'business-days': 1 };
const daysMax = 4_000_000;
/** What is left over of a month that is cut: the calendar has no half of one. */
const monthDays = 30.436875;

/**
 * A moment some time later; `times` repeats the duration. Business days keep the local time of day
 * and go by `calendar` (Monday to Friday where none is given). NaN where it would lie outside the years 0 to 9999.
 */
export function addDuration(
  at: number,
  duration: Duration,
  zone: string,
  times = 1,
  calendar: BusinessCalendar = mondayToFriday,
): number {
  const moved = addWithin(at, duration, zone, times, calendar);
  return moved >= firstMoment && moved <= lastMoment ? moved : Number.NaN;
}

function addWithin(
  at: number,
  { amount: once, unit }: Duration,
  zone: string,
  times: number,
  calendar: BusinessCalendar,
): number {
  const amount = once * times;
  if (unit === 'minutes') return Math.round(at + amount * minuteMs);
  if (unit === 'hours') return Math.round(at + amount * 60 * minuteMs);
  if (!(Math.abs(amount) * daysOfUnit[unit] <= daysMax)) return Number.NaN;
  if (unit === 'business-days') {
    const date = addBusinessDays(dateOf(at, zone), amount, calendar);
    return date === null ? Number.NaN : Math.trunc(amount) === 0 ? at : onDate(at, date, zone);
  }
  const { whole, months, days, ms } = partsOf(amount, unit);
  const zoned = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  return zoned.add(unit === 'months' || unit === 'years' ? { months, days } : { [unit]: whole }).epochMilliseconds + ms;
}

/** The whole units of an amount, and what is left: a part of a day is exact time after the whole days. */
function partsOf(amount: number, unit: 'days' | 'weeks' | 'months' | 'years') {
  const whole = Math.trunc(amount);
  if (unit === 'days' || unit === 'weeks')
    return { whole, months: 0, days: 0, ms: Math.round((amount - whole) * (unit === 'weeks' ? 7 : 1) * dayMs) };
  const allMonths = unit === 'years' ? Math.round(amount * 12 * 1e9) / 1e9 : amount;
  const months = Math.trunc(allMonths);
  return { whole, months, days: Math.round((allMonths - months) * monthDays), ms: 0 };
}

/** A date some time later, in whole days. Null where it would lie outside the years 0 to 9999. */
export function addToDate(
  date: string,
  duration: Duration,
  sign: 1 | -1,
  calendar: BusinessCalendar = mondayToFriday,
): string | null {
  const { unit } = duration;
  const amount = duration.amount * sign;
  if (!(Math.abs(amount) * daysOfUnit[unit] <= daysMax)) return null;
  if (unit === 'business-days') return addBusinessDays(date, amount, calendar);
  const moved = Temporal.PlainDate.from(date).add(dateParts(amount, unit));
  return moved.year >= 0 && moved.year <= 9999 ? moved.toString() : null;
}

function dateParts(amount: number, unit: Exclude<Duration['unit'], 'business-days'>) {
  if (unit === 'minutes' || unit === 'hours') return { days: Math.trunc(amount / (unit === 'hours' ? 24 : 1440)) };
  if (unit === 'days' || unit === 'weeks') return { days: Math.trunc(amount * daysOfUnit[unit]) };
  const { months, days } = partsOf(amount, unit);
  return { months, days };
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

/** `Mon 5 Jan`; with its year (`Mon 4 Jan 2027`) where that is not `year`. */
export function dateText(date: string, year?: number): string {
  const day = Temporal.PlainDate.from(date);
  const text = `${dayNames[day.dayOfWeek - 1]?.slice(0, 3)} ${day.day} ${monthNames[day.month - 1]?.slice(0, 3)}`;
  return year === undefined || day.year === year ? text : `${text} ${day.year}`;
}

/** `18:00`. */
export function timeText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** `Mon 5 Jan, 18:00` in the person's zone; with its year where that is not `year`. */
export function momentText(at: number, zone: string, year?: number): string {
  return `${dateText(dateOf(at, zone), year)}, ${timeText(minutesOf(at, zone))}`;
}

/**
 * `14 days`, `1 day`, `4 business days`. Minutes that come to days or many hours are told as such:
 * the time between two moments is reckoned in minutes.
 */
export function durationText({ amount, unit }: Duration): string {
  if (unit === 'minutes' && Math.abs(amount) >= longMinutes) return minutesText(amount);
  return countText(amount, unit);
}

/** From here on minutes are no longer how people count. */
const longMinutes = 120;

function minutesText(amount: number): string {
  const minutes = Math.round(Math.abs(amount));
  const days = minutes < 2 * 1440 ? 0 : Math.floor(minutes / 1440);
  const hours = Math.floor((minutes - days * 1440) / 60);
  const rest = days > 0 ? 0 : minutes - hours * 60;
  const parts = [
    { amount: days, unit: 'days' },
    { amount: hours, unit: 'hours' },
    { amount: rest, unit: 'minutes' },
  ].filter((part) => part.amount > 0);
  return `${amount < 0 ? '-' : ''}${parts.map((part) => countText(part.amount, part.unit)).join(' ')}`;
}

function countText(amount: number, unit: string): string {
  const words = unit.replace('-', ' ');
  return `${Number(amount.toFixed(2))} ${amount === 1 ? words.slice(0, -1) : words}`;
}
