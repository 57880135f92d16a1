/**
 * Writes values as people read them, in the person's zone.
 */
import type { Value } from '../compiler/ir.ts';
import { dateText, durationText, momentText, timeText } from './calendar.ts';

/** `yes`, `2.5`, `Mon 5 Jan`; missing is empty. Dates of another year than `year` tell theirs: `Mon 4 Jan 2027`. */
export function writeValue(value: Value, zone: string, year?: number): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return String(value);
  if ('entry' in value) return momentText(value.at, zone, year);
  if ('at' in value) return momentText(value.at, zone, year);
  if ('date' in value) return dateText(value.date, year);
  if ('minutes' in value) return timeText(value.minutes);
  return durationText(value.duration);
}
