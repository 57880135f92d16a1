/**
 * The clock side of cadences: on which weekdays they may fall, at what times, and how quiet hours lie.
 */
import type { Weekday } from '../../language/ast.ts';
import { showTime } from '../constants.ts';
import type { Cadence, Ir, TimeOfDay } from '../ir.ts';

export const weekdays: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The weekdays on which two cadences of this kind surely meet; none for those that drift through the week. */
export function daysOf(cadence: Cadence): readonly Weekday[] {
  switch (cadence.kind) {
    case 'on-days':
    case 'spaced':
      return cadence.days;
    case 'weeks':
      return cadence.every === 1 ? cadence.days : [];
    case 'every':
      return cadence.days === 1 ? weekdays : [];
    case 'monthly-weekday':
      return [cadence.day];
    case 'business-days':
      return weekdays.slice(0, 5);
    default:
      return [];
  }
}

/** `On monday at 09:00`, for people. */
export function clockTimes(at: readonly TimeOfDay[], day: Weekday): string {
  const [time] = at;
  return `On ${dayNames[day]}${typeof time === 'number' ? ` at ${showTime(time)}` : ''}`;
}

const dayNames: Record<Weekday, string> = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** Whether a time of day (minutes after midnight) lies in quiet hours. */
export function isQuiet({ quiet }: Ir, minutes: number): boolean {
  if (quiet === undefined || quiet.from === quiet.to) return false;
  const { from, to } = quiet;
  return from < to ? minutes >= from && minutes < to : minutes >= from || minutes < to;
}
