/**
 * A value by chance within a declared type: what a simulated person answers, records or is enrolled with.
 */
import type { Value, ValueType } from '../../compiler/ir.ts';
import { addDays } from '../calendar.ts';
import { writeValue } from '../write-value.ts';
import type { Chance } from './chance.ts';

/** Numbers without a bound are taken from so wide a stretch; dates and moments lie so many days ahead at most. */
const widthOfNumbers = 100;
const daysAheadMax = 60;
const dayMs = 24 * 60 * 60_000;
const words = ['fine', 'a bit tired today', 'because of my family', 'for my health', 'it went well', 'not so good'];

/** `today` and `now`: what dates and moments lie ahead of. */
export function randomValue(type: ValueType, chance: Chance, at: { today: string; now: number }): Value {
  switch (type.kind) {
    case 'number':
      return randomNumber(type, chance);
    case 'text':
      return chance.pick(words);
    case 'yes-no':
      return chance.happens(0.5);
    case 'choice':
      return chance.pick(type.options);
    case 'date':
      return { date: addDays(at.today, chance.upTo(daysAheadMax)) };
    case 'time':
      return { minutes: 6 * 60 + chance.upTo(16 * 4) * 15 };
    case 'moment':
      return { at: at.now + chance.upTo(daysAheadMax) * dayMs };
    case 'duration':
      return { duration: { amount: 1 + chance.upTo(14), unit: 'days' } };
  }
}

function randomNumber({ min, max }: { min?: number; max?: number }, chance: Chance): number {
  const from = min ?? (max === undefined ? 0 : max - widthOfNumbers);
  const to = max ?? from + widthOfNumbers;
  const whole = Math.ceil(from) + chance.upTo(Math.floor(to) - Math.ceil(from) + 1);
  return whole >= from && whole <= to ? whole : from;
}

/** The value as a person would write it in an answer or after a command. */
export function written(value: Value): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (value !== null && typeof value === 'object') {
    if ('date' in value) return value.date;
    if ('at' in value) return new Date(value.at).toISOString();
    if ('duration' in value) return `${value.duration.amount} ${value.duration.unit}`;
  }
  return writeValue(value, 'UTC');
}
