/**
 * Counting days: dates as ISO texts (`2026-01-05`), without a zone and without a clock.
 *
 * A date is also a number, the days from 1 January 1970: what has to be quick reckons with that. What
 * a date means in a zone is `calendar.ts`'s business, which shows these functions too.
 */
import type { Weekday } from '../language/ast.ts';

export const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

const dayMs = 24 * 60 * 60_000;
/** Written dates kept at once: more than a person's life in a program has; emptied when full. */
const writtenMax = 8192;
const written = new Map<number, string>();

/** Days from 1 January 1970 to a date; NaN where the text is none. */
export function dayNumber(date: string): number {
  if (date.length !== 10) return Date.parse(date) / dayMs;
  const year = digits(date, 0) * 100 + digits(date, 2);
  const day = dayOfCivil(year, digits(date, 5), digits(date, 8));
  // Anything that is no plain date goes the long way, and so does a month or a day that no calendar has.
  return !Number.isNaN(day) && dateOfDay(day) === date ? day : Date.parse(date) / dayMs;
}

/** The number that two digits of a text make. */
function digits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** The date that many days after 1 January 1970. */
export function dateOfDay(day: number): string {
  const known = written.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * dayMs).toISOString().slice(0, -'T00:00:00.000Z'.length);
  if (written.size >= writtenMax) written.clear();
  written.set(day, text);
  return text;
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
  return weekdayOfDay(dayNumber(date));
}

/** The weekday of a day by its number. */
export function weekdayOfDay(number: number): Weekday {
  // 1 January 1970 was a Thursday.
  const day = weekdays[(((number + 3) % 7) + 7) % 7];
  if (!day) throw new RangeError(`${number} is the number of no day`);
  return day;
}

// ---------------------------------------------------------------- years and months

export type Civil = { year: number; month: number; day: number };

const daysOfEra = 146_097;
/** Days from 1 March of the year 0 to 1 January 1970: years are counted from March, so that February comes last. */
const daysToMarch = 719_468;
const daysOf400 = 365 * 400;

/** The number of a day of the (proleptic Gregorian) calendar. Months from 1; a day that the month lacks runs on. */
export function dayOfCivil(year: number, month: number, day: number): number {
  const fromMarch = month > 2 ? year : year - 1;
  const era = Math.floor(fromMarch / 400);
  const ofEra = fromMarch - era * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  return era * daysOfEra + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + dayOfYear - daysToMarch;
}

/** Year, month and day of the month of a day by its number. */
export function civilOf(number: number): Civil {
  const fromMarch = number + daysToMarch;
  const era = Math.floor(fromMarch / daysOfEra);
  const ofEra = fromMarch - era * daysOfEra;
  const leaps = Math.floor(ofEra / 1460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / (daysOf400 + 96));
  const yearOfEra = Math.floor((ofEra - leaps) / 365);
  const dayOfYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}

/** The day a number of months later; a day that the month lacks is its last. */
export function addMonths(number: number, months: number): number {
  const { year, month, day } = civilOf(number);
  const all = year * 12 + (month - 1) + months;
  const toYear = Math.floor(all / 12);
  const toMonth = all - toYear * 12 + 1;
  return dayOfCivil(toYear, toMonth, Math.min(day, lengthOfMonth(toYear, toMonth)));
}

export function lengthOfMonth(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}
