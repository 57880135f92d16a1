/**
 * Business days: which days count, and the nth of them before or after a day.
 *
 * Days are ISO texts; a calendar is a weekend and named days off. Knows no zone and no clock.
 */
import type { Duration, Ir, Value } from '../compiler/ir.ts';
import type { Weekday } from '../language/ast.ts';
import { addDays, weekdayOf } from './dates.ts';

export type BusinessCalendar = { weekend: readonly Weekday[]; days: Readonly<Record<string, string>> };

/** Where a program declares no holidays. */
export const mondayToFriday: BusinessCalendar = { weekend: ['sat', 'sun'], days: {} };

/** A count of business days that takes longer than this to walk is beyond any calendar. */
const walkDaysMax = 50_000;

export function isBusinessDay(date: string, calendar: BusinessCalendar): boolean {
  return !calendar.weekend.includes(weekdayOf(date)) && !Object.hasOwn(calendar.days, date);
}

/** The nth business day after a date (before it, where `count` is negative); null where there is none within reach. */
export function addBusinessDays(date: string, count: number, calendar: BusinessCalendar): string | null {
  const direction = count < 0 ? -1 : 1;
  let left = Math.abs(Math.trunc(count));
  if (left > walkDaysMax) return null;
  let day = date;
  for (let walked = 0; left > 0; walked += 1) {
    if (walked >= walkDaysMax) return null;
    day = addDays(day, direction);
    if (isBusinessDay(day, calendar)) left -= 1;
  }
  return day;
}

/**
 * The calendar that a length or a cadence means. Null where the field that should name it is missing
 * or names none: such a length is missing too.
 */
export function businessCalendar(
  named: Duration['calendar'],
  calendars: Ir['calendars'],
  fieldValue: (field: string) => Value,
): BusinessCalendar | null {
  if (named === undefined) return mondayToFriday;
  const name = 'name' in named ? named.name : fieldValue(named.field);
  return typeof name === 'string' && Object.hasOwn(calendars, name) ? (calendars[name] ?? null) : null;
}
