/**
 * When reviews and checks fall: the next moment of a cadence, in the person's zone.
 *
 * A time of day or a number of times may be an expression. It is looked at as the day begins, so
 * that a day's moments do not shift in the course of it; one that is missing never comes. Due times
 * of reviews are spread so that ten thousand people do not come due in the same second: each
 * enrollment has its own constant place in the spread, derived from its id.
 */
import type { Cadence, Expr, TimeOfDay } from '../compiler/ir.ts';
import type { Weekday } from '../language/ast.ts';
import { type BusinessCalendar, isBusinessDay, mondayToFriday } from './business-days.ts';
import {
  addDays,
  dateOf,
  daysBetween,
  daysInMonth,
  momentOf,
  monthStart,
  periodOf,
  startOfDay,
  weekdayOf,
} from './calendar.ts';
import { evaluate } from './evaluate.ts';
import { calendarFor } from './evaluate-arithmetic.ts';
import type { Env } from './evaluate-types.ts';

/** Days looked at for one whose times are known; each further one is a day on which they may have become known. */
const daysLookedMax = 500;
/** No calendar has so many days off in a row. */
const daysOffMax = 400;
/** Some years pass between two months with a fifth Sunday in February. */
const monthsLookedMax = 12 * 40;
/** Times on one day of `3 times between …`. */
export const timesPerDayMax = 48;
const minuteMs = 60_000;
const dayMinutes = 24 * 60;

/** Where the person is: all that is known of them, or (to show a cadence in an editor) only the zone. */
export type Where = Env | string;

const zoneOf = (where: Where): string => (typeof where === 'string' ? where : where.facts.zone);

/** The first review strictly after `after`. `since` is the start of the visit, from which `every` counts. */
export function nextReview(
  review: { cadence: Cadence; spreadMinutes: number },
  since: number,
  after: number,
  where: Where,
  enrollment: string,
): number {
  const offset = spreadOffset(enrollment, review.spreadMinutes);
  return nextCadence(review.cadence, since, after - offset, where) + offset;
}

/**
 * The first moment of a cadence strictly after `after` (ms); Infinity when there is none. `since` is
 * what `every` counts from: days from its day, weeks from its week, hours from its very moment.
 */
export function nextCadence(cadence: Cadence, since: number, after: number, where: Where): number {
  if (cadence.kind === 'interval') return nextInterval(cadence.minutes * minuteMs, since, after);
  const zone = zoneOf(where);
  // A day's times may reach over midnight, and so lie ahead on the day before.
  let from = addDays(dateOf(after, zone), -1);
  for (let looked = 0; looked < daysLookedMax; looked += 1) {
    const date = nextDate(cadence, dateOf(since, zone), from, where);
    if (date === null) return Number.POSITIVE_INFINITY;
    const times = timesOn(cadence, date, where);
    const ahead = times.minutes.map((minutes) => timeOn(date, minutes, zone)).filter((at) => at > after);
    if (ahead.length > 0) return Math.min(...ahead);
    from = addDays(date, 1);
    if (times.minutes.length > 0) continue;
    // Nothing on this day: the next on which there may be something.
    if (times.until === Number.POSITIVE_INFINITY) return times.until;
    const turns = dateOf(times.until, zone);
    if (turns > from) from = turns;
  }
  return Number.POSITIVE_INFINITY;
}

function nextInterval(every: number, since: number, after: number): number {
  if (!(every > 0)) return Number.POSITIVE_INFINITY;
  return since + (Math.floor(Math.max(0, after - since) / every) + 1) * every;
}

/** Minutes may reach into the next day. */
function timeOn(date: string, minutes: number, zone: string): number {
  return momentOf(addDays(date, Math.floor(minutes / dayMinutes)), minutes % dayMinutes, zone);
}

// ---------------------------------------------------------------- which days

type OnDays = Exclude<Cadence, { kind: 'interval' }>;

/** The first date from `from` on that the cadence falls on; null: there is none. */
function nextDate(cadence: OnDays, start: string, from: string, where: Where): string | null {
  switch (cadence.kind) {
    case 'on-days':
    case 'spaced':
      return firstDay(from, 7, (date) => cadence.days.includes(weekdayOf(date)));
    case 'every': {
      const days = Math.max(1, Math.round(cadence.days));
      return addDays(start, Math.max(0, Math.ceil(daysBetween(start, from) / days)) * days);
    }
    case 'weeks': {
      const weeks = Math.max(1, Math.round(cadence.every));
      const days: Weekday[] = cadence.days.length > 0 ? cadence.days : [weekdayOf(start)];
      const monday = periodOf(start, 'week').first;
      const isTurn = (date: string) => Math.floor(daysBetween(monday, date) / 7) % weeks === 0;
      const first = from < start ? start : from;
      return firstDay(first, (weeks + 1) * 7, (date) => isTurn(date) && days.includes(weekdayOf(date)));
    }
    case 'monthly':
      return inMonths(from, (first) => cadence.days.map((day) => dayOfMonth(first, day)));
    case 'monthly-weekday':
      return inMonths(from, (first) => nthWeekday(first, cadence.nth, cadence.day));
    case 'business-days': {
      const calendar = calendarOf(cadence.calendar, where);
      return calendar && firstDay(from, daysOffMax, (date) => isBusinessDay(date, calendar));
    }
  }
}

function firstDay(from: string, daysMax: number, fits: (date: string) => boolean): string | null {
  for (let ahead = 0; ahead < daysMax; ahead += 1) {
    const date = addDays(from, ahead);
    if (fits(date)) return date;
  }
  return null;
}

/** The first of the dates that each month has, from `from` on. */
function inMonths(from: string, datesOf: (first: string) => string[]): string | null {
  for (let months = 0; months < monthsLookedMax; months += 1) {
    const dates = datesOf(monthStart(from, months)).filter((date) => date >= from);
    if (dates.length > 0) return dates.reduce((earliest, date) => (date < earliest ? date : earliest));
  }
  return null;
}

/** A day of the month counted from its end where it is negative; one that the month lacks is its last. */
function dayOfMonth(first: string, day: number): string {
  const length = daysInMonth(first);
  return addDays(first, day < 0 ? Math.max(0, length + day) : Math.min(day, length) - 1);
}

/** The nth such weekday (counted from the end where `nth` is negative); none where the month has fewer. */
function nthWeekday(first: string, nth: number, day: Weekday): string[] {
  const dates = Array.from({ length: daysInMonth(first) }, (_, index) => addDays(first, index)).filter(
    (date) => weekdayOf(date) === day,
  );
  const date = nth < 0 ? dates.at(nth) : dates[nth - 1];
  return date === undefined ? [] : [date];
}

function calendarOf(
  named: Extract<Cadence, { kind: 'business-days' }>['calendar'],
  where: Where,
): BusinessCalendar | null {
  return typeof where === 'string' ? mondayToFriday : calendarFor(named, where);
}

// ---------------------------------------------------------------- which times

/** Minutes after midnight; `until` is when there may be others, where there are none. */
type Times = { minutes: number[]; until: number };

function timesOn(cadence: OnDays, date: string, where: Where): Times {
  const look = (time: TimeOfDay | Expr): { value: unknown; until: number } => {
    if (typeof time === 'number') return { value: { minutes: time }, until: Number.POSITIVE_INFINITY };
    if (typeof where === 'string') return { value: null, until: Number.POSITIVE_INFINITY };
    return evaluate(time, { ...where, now: startOfDay(date, where.facts.zone) });
  };
  if (cadence.kind === 'spaced') {
    const [times, from, to] = [look(cadence.times), look(cadence.from), look(cadence.to)];
    const count = typeof times.value === 'number' ? times.value : 0;
    return {
      minutes: spaced(count, minutesIn(from.value), minutesIn(to.value)),
      until: Math.min(times.until, from.until, to.until),
    };
  }
  const looked = cadence.at.map(look);
  return {
    minutes: looked.map((time) => minutesIn(time.value)).filter((minutes) => minutes !== null),
    until: Math.min(...looked.map((time) => time.until)),
  };
}

function minutesIn(value: unknown): number | null {
  return typeof value === 'object' && value !== null && 'minutes' in value && typeof value.minutes === 'number'
    ? value.minutes
    : null;
}

/** So many times in equal steps from the first time on; the last step ends at `to`, where nothing falls any more. */
function spaced(times: number, from: number | null, to: number | null): number[] {
  if (from === null || to === null) return [];
  const count = Math.min(timesPerDayMax, Math.max(0, Math.floor(times)));
  const span = to > from ? to - from : to - from + dayMinutes;
  return Array.from({ length: count }, (_, index) => Math.floor(from + (index * span) / count));
}

// ---------------------------------------------------------------- the spread

/** The enrollment's place in a spread, in ms, on a whole minute. */
function spreadOffset(enrollment: string, spreadMinutes: number): number {
  return spreadMinutes > 0 ? (hash(enrollment) % spreadMinutes) * minuteMs : 0;
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): small, stable and well spread. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
