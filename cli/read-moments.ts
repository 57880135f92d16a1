/**
 * Durations and moments as people type them: `3d`, `2 weeks`, `wed 07:30`, `2026-01-20 12:00`, `day 33 at 12:00`.
 *
 * Reading is apart from placing: a moment without a date or zone gets its place in time only where
 * the present moment, the person's zone and the first day are known.
 */
import type { Duration } from '../compiler/ir.ts';
import type { DurationUnit, Weekday } from '../language/ast.ts';
import { addDays, addDuration, dateOf, minutesOf, momentOf, weekdayOf, weekdays } from '../runtime/calendar.ts';

/** A local moment with holes: a missing date is the next one that fits. `day` counts from the first day as 1. */
export type MomentText =
  | { kind: 'local'; date?: string; weekday?: Weekday; day?: number; minutes?: number }
  | { kind: 'exact'; at: number };

/** When a story starts, where nobody says a time of day. */
export const defaultMinutes = 9 * 60;
/** A transcript or a clock does not move further than this in one go. */
export const yearsMax = 20;

const units: Record<string, DurationUnit> = {
  m: 'minutes',
  min: 'minutes',
  mins: 'minutes',
  minute: 'minutes',
  minutes: 'minutes',
  h: 'hours',
  hr: 'hours',
  hrs: 'hours',
  hour: 'hours',
  hours: 'hours',
  d: 'days',
  day: 'days',
  days: 'days',
  w: 'weeks',
  week: 'weeks',
  weeks: 'weeks',
  mo: 'months',
  month: 'months',
  months: 'months',
  y: 'years',
  year: 'years',
  years: 'years',
};

/** One or several durations after each other: `1 week 2 days`, `3d`, `90 min`. Undefined when it is none. */
export function readDurations(text: string): Duration[] | undefined {
  const rest = text.trim().toLowerCase().replace(/^\+/, '');
  const parts = [...rest.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)(?:\s*(?:,|and)?\s*)/gy)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== rest) return undefined;
  const durations = parts.map(([, amount, unit]) => ({ amount: Number(amount), unit: units[unit ?? ''] }));
  const known = durations.filter(
    (duration): duration is Duration => duration.unit !== undefined && duration.amount <= 10_000,
  );
  return known.length === durations.length ? known : undefined;
}

/** The moment after these durations; days and longer keep the local time of day. */
export function addDurations(at: number, durations: readonly Duration[], zone: string): number {
  return durations.reduce((moment, duration) => addDuration(moment, duration, zone), at);
}

/** Undefined when the text is no moment. A weekday beside a date must be right, or it is none. */
export function readMoment(text: string): MomentText | undefined {
  const source = text.trim().replace(/^at\s+|^on\s+/i, '');
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:?\d\d)$/i.test(source)) {
    const at = Date.parse(source);
    return Number.isNaN(at) ? undefined : { kind: 'exact', at };
  }
  const words = source
    .toLowerCase()
    .replace(/(\d)t(\d)/, '$1 $2')
    .replace(/\bday\s+(\d)/, 'day$1')
    .split(/[\s,]+/)
    .filter((word) => word !== 'at' && word !== 'on');
  const moment: MomentText & { kind: 'local' } = { kind: 'local' };
  for (const word of words) {
    const time = /^(\d{1,2}):(\d\d)(?::\d\d)?$/.exec(word);
    const day = /^day(\d{1,4})$/.exec(word);
    const weekday = weekdays.find((name) => word === name || (word.length > 3 && `${fullDays[name]}`.startsWith(word)));
    if (time !== null && moment.minutes === undefined && Number(time[1]) < 24 && Number(time[2]) < 60)
      moment.minutes = Number(time[1]) * 60 + Number(time[2]);
    else if (/^\d{4}-\d\d-\d\d$/.test(word) && moment.date === undefined && isDate(word)) moment.date = word;
    else if (day !== null && moment.day === undefined && Number(day[1]) > 0) moment.day = Number(day[1]);
    else if (weekday !== undefined && moment.weekday === undefined) moment.weekday = weekday;
    else return undefined;
  }
  if (words.length === 0) return undefined;
  if (moment.date !== undefined && moment.weekday !== undefined && weekdayOf(moment.date) !== moment.weekday)
    return undefined;
  return moment;
}

/**
 * The moment meant, in ms: the next one that fits, in the person's zone; without a time of day it keeps
 * the present one, as in scenarios. `firstDay` is the date that is day 1.
 */
export function placeMoment(moment: MomentText, now: number, zone: string, firstDay: string): number {
  if (moment.kind === 'exact') return moment.at;
  const minutes = moment.minutes ?? minutesOf(now, zone);
  if (moment.date !== undefined) return momentOf(moment.date, minutes, zone);
  if (moment.day !== undefined) return momentOf(addDays(firstDay, moment.day - 1), minutes, zone);
  const today = dateOf(now, zone);
  for (let ahead = 0; ahead <= 7; ahead++) {
    const date = addDays(today, ahead);
    const at = momentOf(date, minutes, zone);
    if (
      (moment.minutes === undefined ? at > now : at >= now) &&
      (moment.weekday === undefined || weekdayOf(date) === moment.weekday)
    )
      return at;
  }
  return now;
}

const fullDays: Record<Weekday, string> = {
  mon: 'monday',
  tue: 'tuesday',
  wed: 'wednesday',
  thu: 'thursday',
  fri: 'friday',
  sat: 'saturday',
  sun: 'sunday',
};

/** Whether the date exists: `Date` alone would turn 30 February into March. */
function isDate(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
