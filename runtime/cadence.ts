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
import { dayAt, momentOnDay } from './calendar.ts';
import { addMonths, civilOf, dateOfDay, dayOfCivil, lengthOfMonth, weekdayOfDay, weekdays } from './dates.ts';
import type { Env } from './evaluate.ts';
import { evaluate } from './evaluate.ts';
import { calendarFor } from './meaning/arithmetic.ts';
import { startOf } from './zones.ts';

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
  const start = dayAt(since, zone);
  // A day's times may reach over midnight, and so lie ahead on the day before.
  let from = dayAt(after, zone) - 1;
  for (let looked = 0; looked < daysLookedMax; looked += 1) {
    const day = nextDay(cadence, start, from, where);
    if (day === null) return Number.POSITIVE_INFINITY;
    const times = timesOn(cadence, day, where);
    let first = Number.POSITIVE_INFINITY;
    for (const minutes of times.minutes) {
      const at = timeOn(day, minutes, zone);
      if (at > after && at < first) first = at;
    }
    if (first !== Number.POSITIVE_INFINITY) return first;
    from = day + 1;
    if (times.minutes.length > 0) continue;
    // Nothing on this day: the next on which there may be something.
    if (times.until === Number.POSITIVE_INFINITY) return times.until;
    from = Math.max(from, dayAt(times.until, zone));
  }
  return Number.POSITIVE_INFINITY;
}

function nextInterval(every: number, since: number, after: number): number {
  if (!(every > 0)) return Number.POSITIVE_INFINITY;
  return since + (Math.floor(Math.max(0, after - since) / every) + 1) * every;
}

/** Minutes may reach into the next day. */
function timeOn(day: number, minutes: number, zone: string): number {
  return momentOnDay(day + Math.floor(minutes / dayMinutes), minutes % dayMinutes, zone);
}

// ---------------------------------------------------------------- which days (by their numbers)

type OnDays = Exclude<Cadence, { kind: 'interval' }>;

/** The first day from `from` on that the cadence falls on; null: there is none. */
function nextDay(cadence: OnDays, start: number, from: number, where: Where): number | null {
  switch (cadence.kind) {
    case 'on-days':
    case 'spaced':
      return nextWeekday(cadence.days, from);
    case 'every': {
      const days = Math.max(1, Math.round(cadence.days));
      return start + Math.max(0, Math.ceil((from - start) / days)) * days;
    }
    case 'weeks':
      return nextInWeeks(cadence, start, from);
    case 'monthly':
      return inMonths(from, monthStart(from), 1, onMonthDays(cadence.days));
    case 'monthly-weekday':
      return inMonths(from, monthStart(from), 1, onNthWeekday(cadence.nth, cadence.day));
    case 'months': {
      const { days, nth, day } = cadence;
      const onDays =
        nth !== undefined && day !== undefined ? onNthWeekday(nth, day) : onMonthDays(days ?? [civilOf(start).day]);
      return inMonths(Math.max(from, start), monthStart(start), Math.max(1, Math.round(cadence.every)), onDays);
    }
    case 'business-days':
      return nextBusinessDay(calendarOf(cadence.calendar, where), from);
  }
}

function nextWeekday(days: readonly Weekday[], from: number): number | null {
  for (let day = from; day < from + 7; day += 1) if (days.includes(weekdayOfDay(day))) return day;
  return null;
}

function nextInWeeks(cadence: Extract<Cadence, { kind: 'weeks' }>, start: number, from: number): number | null {
  const weeks = Math.max(1, Math.round(cadence.every));
  const days: Weekday[] = cadence.days.length > 0 ? cadence.days : [weekdayOfDay(start)];
  const monday = start - weekdays.indexOf(weekdayOfDay(start));
  const isTurn = (day: number) => Math.floor((day - monday) / 7) % weeks === 0;
  return firstDay(Math.max(from, start), (weeks + 1) * 7, (day) => isTurn(day) && days.includes(weekdayOfDay(day)));
}

const nextBusinessDay = (calendar: BusinessCalendar | null, from: number): number | null =>
  calendar && firstDay(from, daysOffMax, (day) => isBusinessDay(dateOfDay(day), calendar));

function firstDay(from: number, daysMax: number, fits: (day: number) => boolean): number | null {
  for (let day = from; day < from + daysMax; day += 1) if (fits(day)) return day;
  return null;
}

/** The days that a month has, by its first day and its length. */
type DaysOf = (first: number, length: number) => number[];

const onMonthDays =
  (days: readonly number[]): DaysOf =>
  (first, length) =>
    days.map((day) => dayOfMonth(first, length, day));

const onNthWeekday =
  (nth: number, weekday: Weekday): DaysOf =>
  (first, length) =>
    nthWeekday(first, length, nth, weekday);

function monthStart(day: number): number {
  const { year, month } = civilOf(day);
  return dayOfCivil(year, month, 1);
}

const monthsBetween = (start: number, end: number): number => {
  const [from, to] = [civilOf(start), civilOf(end)];
  return (to.year - from.year) * 12 + to.month - from.month;
};

/**
 * The first of the days from `from` on that every so many months have, counted from the month that begins with `start`.
 */
function inMonths(from: number, start: number, every: number, daysOf: DaysOf): number | null {
  const passed = Math.max(0, Math.floor(monthsBetween(start, from) / every));
  for (let turn = passed; turn < passed + monthsLookedMax; turn += 1) {
    const first = addMonths(start, turn * every);
    const civil = civilOf(first);
    const days = daysOf(first, lengthOfMonth(civil.year, civil.month)).filter((day) => day >= from);
    if (days.length > 0) return Math.min(...days);
  }
  return null;
}

/** A day of the month counted from its end where it is negative; one that the month lacks is its last. */
const dayOfMonth = (first: number, length: number, day: number): number =>
  first + (day < 0 ? Math.max(0, length + day) : Math.min(day, length) - 1);

/** The nth such weekday (counted from the end where `nth` is negative); none where the month has fewer. */
function nthWeekday(first: number, length: number, nth: number, weekday: Weekday): number[] {
  const days = Array.from({ length }, (_, index) => first + index).filter((day) => weekdayOfDay(day) === weekday);
  const day = nth < 0 ? days.at(nth) : days[nth - 1];
  return day === undefined ? [] : [day];
}

function calendarOf(
  named: Extract<Cadence, { kind: 'business-days' }>['calendar'],
  where: Where,
): BusinessCalendar | null {
  return typeof where === 'string' ? mondayToFriday : calendarFor(named, where);
}

// ---------------------------------------------------------------- which times

/** Minutes after midnight; `until` is when there may be others, where there are none. */
type Times = { minutes: readonly number[]; until: number };

function timesOn(cadence: OnDays, day: number, where: Where): Times {
  // Times that are written out are the same on every day.
  if (cadence.kind !== 'spaced' && areWritten(cadence.at))
    return { minutes: cadence.at, until: Number.POSITIVE_INFINITY };
  return timesLookedUp(cadence, day, where);
}

function timesLookedUp(cadence: OnDays, day: number, where: Where): Times {
  const look = (time: TimeOfDay | Expr): { value: unknown; until: number } => {
    if (typeof time === 'number') return { value: { minutes: time }, until: Number.POSITIVE_INFINITY };
    if (typeof where === 'string') return { value: null, until: Number.POSITIVE_INFINITY };
    return evaluate(time, { ...where, now: startOf(day, where.facts.zone) });
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

function areWritten(times: TimeOfDay[]): times is number[] {
  for (const time of times) if (typeof time !== 'number') return false;
  return true;
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
