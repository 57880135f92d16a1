/**
 * What a value is as the program first sets it: written out, or a parameter by the value it has until a
 * workspace gives another.
 *
 * For mistakes that are there before anybody has changed anything: a window, hours or a row the wrong way
 * around. Lengths and lengths of days are compared in minutes.
 */
import type { Expr } from '../language/ast.ts';
import { constant, showValue, usualMinutes } from './constants.ts';
import type { Value } from './ir.ts';
import type { Checked } from './symbols.ts';

/** A point on a line of numbers (minutes, days), and where a parameter says it, in words. */
export type FirstValue = { at: number; note?: string };

const MS_PER_DAY = 86_400_000;

/** Undefined for what is worked out while the program runs, and for what is no number, time, date or length. */
export function firstValue(checked: Checked, expr: Expr): FirstValue | undefined {
  const written = constant(expr)?.value;
  if (written !== undefined) return pointOf(written);
  const resolution = checked.resolutions.get(expr);
  const field = resolution?.kind === 'data' ? checked.symbols.fields.get(resolution.name) : undefined;
  if (field?.parameter === undefined || field.initial === null) return undefined;
  const unit = checked.standIns.get(expr)?.length;
  const value: Value =
    unit !== undefined && typeof field.initial === 'number'
      ? { duration: { amount: field.initial, unit } }
      : field.initial;
  const point = pointOf(value);
  return point && { ...point, note: `\`${field.name}\` is ${showValue(value)} at first` };
}

/** A value on the line of its kind; undefined where it has no size. */
export function pointOf(value: Value): FirstValue | undefined {
  if (typeof value === 'number') return { at: value };
  if (value === null || typeof value !== 'object') return undefined;
  if ('minutes' in value) return { at: value.minutes };
  if ('date' in value) return { at: Date.parse(value.date) / MS_PER_DAY };
  return 'duration' in value ? { at: usualMinutes(value.duration) } : undefined;
}

/** `, where wait is 5 days at first`, for the end of a sentence; nothing where all is written out. */
export function whereAtFirst(...values: readonly (FirstValue | undefined)[]): string {
  const notes = [...new Set(values.flatMap((value) => value?.note ?? []))];
  return notes.length === 0 ? '' : `, where ${notes.join(' and ')}`;
}
