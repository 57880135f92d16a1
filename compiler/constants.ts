/**
 * Plain values written in a program: literals to values, and the calendar's own rules.
 *
 * Needs no names beyond the options of a choice; anything else is not a plain value.
 */
import type { Expr, TextLiteral, Weekday } from '../language/ast.ts';
import type { Duration, Value, ValueType } from './ir.ts';
import { anyUnit, readUnit } from './units.ts';
import { numberType, type Type, typeOf, yesNo } from './value-types.ts';

/** A text without holes; undefined where it has some. */
export function plainText(text: TextLiteral): string | undefined {
  const [first = ''] = text.parts;
  return text.parts.length <= 1 && typeof first === 'string' ? first : undefined;
}

/** The literal parts of a text, holes left out: for places where holes were already refused. */
export function textWithoutHoles(text: TextLiteral): string {
  return text.parts.filter((part) => typeof part === 'string').join('');
}

/**
 * The value of a literal, with its type; undefined when `expr` is not a plain value.
 * `options` are words that count as values: those of the choice that is wanted there. `calendars` are the
 * program's, for business days.
 */
export function constant(
  expr: Expr,
  options: readonly string[] = [],
  calendars?: Calendars,
): { value: Value; type: Type } | undefined {
  switch (expr.kind) {
    case 'number':
      return number(expr.value, expr.unit?.text);
    case 'negate':
      return expr.of.kind === 'number' ? number(-expr.of.value, expr.of.unit?.text) : undefined;
    case 'yes-no':
      return { value: expr.value, type: yesNo };
    case 'text': {
      const text = plainText(expr);
      return text === undefined ? undefined : { value: text, type: { kind: 'text' } };
    }
    case 'time':
      return { value: { minutes: expr.minutes }, type: { kind: 'time' } };
    case 'date':
      return { value: { date: expr.iso }, type: { kind: 'date' } };
    case 'duration':
      return { value: { duration: duration(expr, calendars) }, type: { kind: 'duration' } };
    case 'name':
      return options.includes(expr.name.text)
        ? { value: expr.name.text, type: { kind: 'choice', options: [expr.name.text] } }
        : undefined;
    default:
      return undefined;
  }
}

function number(value: number, unit: string | undefined): { value: Value; type: Type } {
  const type = numberType({
    unit: unit === undefined ? anyUnit : readUnit(unit),
    min: value,
    max: value,
    whole: Number.isInteger(value),
  });
  return { value, type };
}

/** What to do where a date was written in another order, `04/01/2027`, which reads as a calculation; else undefined. */
export function yearFirst(written: Expr): string | undefined {
  if (written.kind !== 'binary' || written.left.kind !== 'binary') return undefined;
  const { left: start, right: year, operator } = written;
  const isDate =
    (operator === '/' || operator === '-') &&
    start.operator === operator &&
    [start.left, start.right, year].every((part) => part.kind === 'number' && part.unit === undefined);
  return isDate ? 'Dates are written year first: `2026-01-05`.' : undefined;
}

/** The holidays of a program, by name. */
export type Calendars = ReadonlyMap<string, unknown>;

/** A written length. Business days without a name are those of the program's only calendar. */
export function duration(
  literal: { amount: number; unit: Duration['unit']; calendar?: { text: string } },
  calendars?: Calendars,
): Duration {
  const { amount, unit } = literal;
  const calendar = unit === 'business-days' ? calendarOf(literal.calendar?.text, calendars) : undefined;
  return { amount, unit, ...(calendar === undefined ? {} : { calendar }) };
}

/** What a name after `in` means: holidays of the program, else a field that holds the name of some. */
export function calendarOf(name: string | undefined, calendars?: Calendars): Duration['calendar'] {
  if (name !== undefined) return calendars === undefined || calendars.has(name) ? { name } : { field: name };
  const [only, ...others] = calendars?.keys() ?? [];
  return only === undefined || others.length > 0 ? undefined : { name: only };
}

/** A day in minutes, in which analyses reckon lengths and times of day. */
export const DAY = 24 * 60;

const minutesPer: Record<Duration['unit'], number> = {
  minutes: 1,
  hours: 60,
  days: DAY,
  weeks: 10_080,
  months: 43_830,
  years: 525_960,
  // Five of them take a week.
  'business-days': 2016,
};

/** The usual length in minutes: exact up to weeks, an average for months, years and business days. */
export function usualMinutes(of: Duration): number {
  return of.amount * minutesPer[of.unit];
}

const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const weekdayNames = {
  mon: 'Monday',
  tue: 'Tuesday',
  wed: 'Wednesday',
  thu: 'Thursday',
  fri: 'Friday',
  sat: 'Saturday',
  sun: 'Sunday',
};

/** The weekday of an ISO date, or undefined where the calendar has no such date. */
export function weekdayOf(iso: string): Weekday | undefined {
  const [, year = '', month = '', day = ''] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso) ?? [];
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  return year !== '' && date.toISOString().slice(0, 10) === iso ? weekdays[date.getUTCDay()] : undefined;
}

export function weekdayName(day: Weekday): string {
  return weekdayNames[day];
}

/** A value as the author would write it. */
export function showValue(value: Value): string {
  if (value === null) return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return `“${value}”`;
  if ('date' in value) return value.date;
  if ('minutes' in value) return showTime(value.minutes);
  if ('duration' in value) return showDuration(value.duration);
  return 'an entry';
}

/** `3 days`, `1 week`, `4 business days in berlin`. */
export function showDuration({ amount, unit, calendar }: Duration): string {
  const words = unit.replace('-', ' ');
  const where = calendar === undefined ? '' : ` in ${'name' in calendar ? calendar.name : calendar.field}`;
  return `${amount} ${amount === 1 ? words.slice(0, -1) : words}${where}`;
}

export function showTime(minutes: number): string {
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** What is wrong with keeping `found` where `declared` is wanted; undefined when nothing is. */
export function misfit(value: Value, found: Type, declared: ValueType): 'type' | 'unit' | 'range' | undefined {
  const wanted = typeOf(declared);
  if (found.kind === 'choice' && declared.kind === 'choice') return undefined;
  if (found.kind !== wanted.kind) return 'type';
  if (found.kind !== 'number' || wanted.kind !== 'number') return undefined;
  if (found.unit !== anyUnit && found.unit !== wanted.unit) return 'unit';
  return typeof value === 'number' && (value < wanted.min || value > wanted.max) ? 'range' : undefined;
}
