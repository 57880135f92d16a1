/**
 * Moments of a scenario: which moment `on wed at 07:30`, `each day at 08:00` or `of day 23` means.
 *
 * A story is told in the local time of where it takes place. Deeds and waits look ahead from where
 * the story stands; what an entry or a correction is *of* lies behind.
 */
import type { ScenarioMoment, Weekday } from '../language/ast.ts';
import { addDays, dateOf, minutesOf, momentOf, weekdayOf } from './calendar.ts';

/**
 * Where the story stands: now (ms), the date of its day 1, and the zone it is told in. `doneAt` is when
 * the last deed was done.
 */
export type Telling = { now: number; startDate: string; zone: string; doneAt?: number };

/** A moment in ms. A weekday is the next such day, today counting while the time lies ahead. */
export function momentAhead(moment: ScenarioMoment, { now, startDate, zone }: Telling): number {
  const minutes = moment.at?.minutes ?? minutesOf(now, zone);
  const date = dateTold(moment, startDate);
  if (date !== undefined) return momentOf(date, minutes, zone);
  const today = dateOf(now, zone);
  for (let ahead = 0; ahead <= 7; ahead += 1) {
    const day = addDays(today, ahead);
    const at = momentOf(day, minutes, zone);
    if (at >= now && (moment.weekday === undefined || weekdayOf(day) === moment.weekday)) return at;
  }
  return now;
}

/** A day that lies behind, with the time of day where one is told. A weekday is the last such day, today counting. */
export function dayBehind(moment: ScenarioMoment, telling: Telling): { date: string; at?: number } {
  const { now, startDate, zone } = telling;
  const minutes = moment.at?.minutes;
  const onDay = (date: string) => ({ date, ...(minutes === undefined ? {} : { at: momentOf(date, minutes, zone) }) });
  const told = dateTold(moment, startDate);
  if (told !== undefined) return onDay(told);
  const today = dateOf(now, zone);
  for (let ago = 0; ago <= 7; ago += 1) {
    const day = onDay(addDays(today, -ago));
    const isBehind = day.at === undefined || day.at <= now;
    if (isBehind && (moment.weekday === undefined || weekdayOf(day.date) === moment.weekday)) return day;
  }
  return onDay(today);
}

/** When something of such a day occurred: at the time told, else at this time of day. */
export function momentBehind(moment: ScenarioMoment, telling: Telling): number {
  const { date, at } = dayBehind(moment, telling);
  if (at !== undefined) return at;
  if (date === dateOf(telling.now, telling.zone)) return telling.now;
  return momentOf(date, minutesOf(telling.now, telling.zone), telling.zone);
}

/** A date, or a day counted from the start as day 1. */
function dateTold(moment: ScenarioMoment, startDate: string): string | undefined {
  if (moment.date) return moment.date.iso;
  return moment.day === undefined ? undefined : addDays(startDate, moment.day - 1);
}

/**
 * `each of mon, wed at 07:30`: the next of each day, or so many in a row, in order of time. The present
 * moment is one of them unless something was done in it already: two such steps follow each other.
 */
export function momentsOfEach(
  { days, at, times }: { days: readonly Weekday[]; at: number; times?: number },
  { now, zone, doneAt }: Telling,
): number[] {
  const count = times ?? new Set(days).size;
  const moments: number[] = [];
  const today = dateOf(now, zone);
  if (days.length === 0) return moments;
  for (let ahead = 0; moments.length < count; ahead += 1) {
    const date = addDays(today, ahead);
    if (!days.includes(weekdayOf(date))) continue;
    const moment = momentOf(date, at, zone);
    if (moment > now || (moment === now && doneAt !== now)) moments.push(moment);
  }
  return moments;
}
