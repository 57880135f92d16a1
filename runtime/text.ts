/**
 * Fills the holes of texts, and writes values as people read them, in the person's zone.
 */
import type { Text, Value } from '../compiler/ir.ts';
import { dateText, durationText, momentText, timeText } from './calendar.ts';
import { evaluate } from './evaluate.ts';
import type { Env } from './evaluate-types.ts';

/** The text with its holes filled; a missing value leaves nothing. `until` is when it may read differently. */
export function fillText(text: Text, env: Env): { text: string; until: number } {
  let until = Number.POSITIVE_INFINITY;
  const filled = text.parts.map((part) => {
    if (typeof part === 'string') return part;
    const evaluated = evaluate(part, env);
    until = Math.min(until, evaluated.until);
    return writeValue(evaluated.value, env.facts.zone);
  });
  return { text: filled.join(''), until };
}

/** `yes`, `2.5`, `Mon 5 Jan`; missing is empty. */
export function writeValue(value: Value, zone: string): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'object') return String(value);
  if ('entry' in value) return momentText(value.at, zone);
  if ('at' in value) return momentText(value.at, zone);
  if ('date' in value) return dateText(value.date);
  if ('minutes' in value) return timeText(value.minutes);
  return durationText(value.duration);
}
