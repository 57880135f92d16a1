/**
 * Calendar arithmetic in a person's time zone.
 *
 * Moments are milliseconds since 1970 UTC; dates are ISO texts (`2026-01-05`); times of day are
 * minutes after midnight. Days and longer are calendar units (the same local time some days
 * later, through daylight-saving changes); hours and minutes are exact. A local time that a
 * change skips becomes the moment after the gap; one that happens twice is the earlier (what
 * Temporal calls `compatible`). What zones are comes from `zones.ts`; tests hold all of this against
 * Temporal and against a second implementation.
 */
import { Temporal } from 'temporal-polyfill';
import type { Duration } from '../compiler/ir.ts';
import { addBusinessDays, type BusinessCalendar, mondayToFriday } from './business-days.ts';
import {
  addMonths,
  type Civil,
  civilOf,
  dateOfDay,
  dayNumber,
  dayOfCivil,
  lengthOfMonth,
  weekdayOfDay,
} from './dates.ts';
import { changeAfter, localOf, momentAt, startOf } from './zones.ts';

export { addDays, dateOfDay, dayNumber, daysBetween, weekdayOf, weekdays } from './dates.ts';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const dayMinutes = 24 * 60;

/** Whether this is a zone the calendar knows. */
export function isZone(zone: string): boolean {
  if (zonesSeen.has(zone)) return true;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone);
  } catch {
    return false;
  }
  if (zonesSeen.size >= zonesSeenMax) zonesSeen.clear();
  zonesSeen.add(zone);
  return true;
}

/** Names that have been found to be zones. */
const zonesSeen = new Set<string>();
const zonesSeenMax = 1024;

/** The first moment of a date. */
export const startOfDay = (date: string, zone: string): number => startOf(dayNumber(date), zone);

/** The number of the day (days from 1 January 1970) of a moment in a zone. */
export const dayAt = (at: number, zone: string): number => Math.floor(localOf(at, zone) / dayMs);

/** The date of a moment in a zone. */
export const dateOf = (at: number, zone: string): string => dateOfDay(dayAt(at, zone));

/** The moment of a local time on a date. */
export const momentOf = (date: string, minutes: number, zone: string): number =>
  momentOnDay(dayNumber(date), minutes, zone);

/** The moment of a local time on a day by its number. */
export function momentOnDay(day: number, minutes: number, zone: string): number {
  const ofDay = Math.max(0, Math.trunc(minutes)) % dayMinutes;
  return momentAt(day * dayMs + ofDay * minuteMs, zone);
}

/** The moment with this one's local time of day, on another day. */
function onDay(at: number, day: number, zone: string): number {
  const local = localOf(at, zone);
  return momentAt(day * dayMs + (local - Math.floor(local / dayMs) * dayMs), zone);
}

/** The next moment at which the clocks of a zone are changed; Infinity where they never are again. */
export const nextClockChange = (at: number, zone: string): number => changeAfter(at, zone);

/** Minutes after local midnight, by the clock on the wall. */
export function minutesOf(at: number, zone: string): number {
  const local = localOf(at, zone);
  return Math.floor((local - Math.floor(local / dayMs) * dayMs) / minuteMs);
}

/** The first day of the month some months after that of a date. */
export function monthStart(date: string, months = 0): string {
  const { year, month } = civilOf(dayNumber(date));
  return dateOfDay(addMonths(dayOfCivil(year, month, 1), months));
}

/** The next local midnight after a moment. */
export const nextMidnight = (at: number, zone: string): number => startOf(dayAt(at, zone) + 1, zone);

/** The end of the calendar period a moment lies in, and its start; weeks begin on Monday. */
export function calendarPeriod(at: number, period: Period, zone: string): { start: number; end: number } {
  const { first, after } = periodAround(dayAt(at, zone), period);
  return { start: startOf(first, zone), end: startOf(after, zone) };
}

export type Period = 'day' | 'week' | 'month' | 'year';

/** The first day of the calendar period of a date, and the first day after it. */
export function periodOf(date: string, period: Period): { first: string; after: string } {
  const { first, after } = periodAround(dayNumber(date), period);
  return { first: dateOfDay(first), after: dateOfDay(after) };
}

function periodAround(day: number, period: Period): { first: number; after: number } {
  switch (period) {
    case 'day':
      return { first: day, after: day + 1 };
    case 'week': {
      // 1 January 1970 was a Thursday.
      const first = day - ((((day + 3) % 7) + 7) % 7);
      return { first, after: first + 7 };
    }
    case 'month': {
      const { year, month } = civilOf(day);
      const first = dayOfCivil(year, month, 1);
      return { first, after: first + lengthOfMonth(year, month) };
    }
    case 'year': {
      const { year } = civilOf(day);
      return { first: dayOfCivil(year, 1, 1), after: dayOfCivil(year + 1, 1, 1) };
    }
  }
}

/** The last moment of the year 9999: nothing is reckoned beyond it, and nothing before the year 0. */
const lastMoment = Date.UTC(10_000, 0, 1) - 1;
const firstMoment = Date.parse('0000-01-01T00:00:00Z');
const lastDay = Math.floor(lastMoment / dayMs);
const firstDay = firstMoment / dayMs;
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
    return date === null ? Number.NaN : Math.trunc(amount) === 0 ? at : onDay(at, dayNumber(date), zone);
  }
  const { months, days, ms } = partsOf(amount, unit);
  // A moment in an hour that comes twice stays where it is, not in the first of the two.
  if (months === 0 && days === 0) return at + ms;
  if (months === 0) return momentAt(localOf(at, zone) + days * dayMs, zone) + ms;
  return onDay(at, addMonths(dayAt(at, zone), months) + days, zone) + ms;
}

/** The whole months and days of an amount, and what is left: a part of a day is exact time after the whole days. */
function partsOf(amount: number, unit: 'days' | 'weeks' | 'months' | 'years') {
  if (unit === 'days' || unit === 'weeks') {
    const whole = Math.trunc(amount);
    const perUnit = unit === 'weeks' ? 7 : 1;
    return { months: 0, days: whole * perUnit, ms: Math.round((amount - whole) * perUnit * dayMs) };
  }
  const allMonths = unit === 'years' ? Math.round(amount * 12 * 1e9) / 1e9 : amount;
  const months = Math.trunc(allMonths);
  return { months, days: Math.round((allMonths - months) * monthDays), ms: 0 };
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
  const { months, days } = dateParts(amount, unit);
  const moved = addMonths(dayNumber(date), months) + days;
  return moved >= firstDay && moved <= lastDay ? dateOfDay(moved) : null;
}

function dateParts(amount: number, unit: Exclude<Duration['unit'], 'business-days'>) {
  if (unit === 'minutes' || unit === 'hours')
    return { months: 0, days: Math.trunc(amount / (unit === 'hours' ? 24 : 1440)) };
  if (unit === 'days' || unit === 'weeks') return { months: 0, days: Math.trunc(amount * daysOfUnit[unit]) };
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
const dayNames = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
} as const;
const dayName = (day: number): string => dayNames[weekdayOfDay(day)];
const monthName = (month: Civil['month']): string => monthNames[month - 1] ?? '';

/** `Monday 5 January 2026, 09:00 (Europe/London)`. */
export function longLocalTime(at: number, zone: string): string {
  const number = dayAt(at, zone);
  const { year, month, day } = civilOf(number);
  return `${dayName(number)} ${day} ${monthName(month)} ${year}, ${timeText(minutesOf(at, zone))} (${zone})`;
}

/** `Mon 5 Jan`; with its year (`Mon 4 Jan 2027`) where that is not `year`. */
export function dateText(date: string, year?: number): string {
  const number = dayNumber(date);
  const civil = civilOf(number);
  const text = `${dayName(number).slice(0, 3)} ${civil.day} ${monthName(civil.month).slice(0, 3)}`;
  return year === undefined || civil.year === year ? text : `${text} ${civil.year}`;
}

/** `18:00`. */
export function timeText(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The year that the zone's calendar shows. */
export const yearOf = (at: number, zone: string): number => civilOf(dayNumber(dateOf(at, zone))).year;

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
