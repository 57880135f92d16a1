/**
 * Comparing, calculating and the functions: what comes of values that have been looked at already.
 *
 * `until` of the result is never too late. A value may move with the clock (`rate`); sums, multiples
 * and differences of such values move too, and what is asked of them (is it later, how many whole
 * days) holds until the moment that can be reckoned from how fast they move. What moves in another
 * way (a product of two moving values) is looked at again each minute.
 */
import { usualMinutes } from '../../compiler/constants.ts';
import type { Comparison, Duration, FunctionName, Value } from '../../compiler/ir.ts';
import { type BusinessCalendar, businessCalendar, isBusinessDay, mondayToFriday } from '../business-days.ts';
import {
  addDays,
  addDuration,
  addToDate,
  dateOf,
  daysBetween,
  nextClockChange,
  nextMidnight,
  startOfDay,
  weekdayOf,
} from '../calendar.ts';
import type { Env, Evaluated } from './env.ts';

/** A value that moves unevenly with the clock is looked at again at each whole minute: texts show no more. */
const unevenLookMs = 60_000;
const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;
/** Longer than any hour that a change of clocks skips or repeats. */
const clockChangeMs = 25 * 60 * minuteMs;

const dayFamily: Partial<Record<Duration['unit'], number>> = { days: 1, weeks: 7 };
const minuteFamily: Partial<Record<Duration['unit'], number>> = { minutes: 1, hours: 60 };
const monthFamily: Partial<Record<Duration['unit'], number>> = { months: 1, years: 12 };

/** Decimal arithmetic as people expect it: 0.1 + 0.2 is 0.3. Twelve digits are kept. */
export const tidy = (value: number): number =>
  Number.isInteger(value) && Math.abs(value) < 1e12 ? value + 0 : Number(value.toPrecision(12));

/** A value with its limits; one that does not move has no `rate`. */
export function moving(value: Value, until: number, rate: number | undefined): Evaluated {
  return rate === undefined || rate === 0 || value === null ? { value, until } : { value, until, rate };
}

const uneven = (value: Value, until: number, env: Env): Evaluated => ({
  value,
  until: Math.min(until, env.now - (env.now % unevenLookMs) + unevenLookMs),
});

/** A moving value stands still only for a little while. */
export function settle(of: Evaluated, env: Env): Evaluated {
  return of.rate === undefined ? of : uneven(of.value, of.until, env);
}

/** The moment at which something that moves at `rate` has gone `distance`: a little early rather than late. */
export function arrival(distance: number, rate: number, env: Env): number {
  const after = distance / rate;
  if (!(after >= 0)) return Number.POSITIVE_INFINITY;
  return env.now + Math.max(1, Math.floor(after));
}

export function momentIn(value: Value): number | null {
  return value !== null && typeof value === 'object' && 'at' in value ? value.at : null;
}

/** A date counts from its first moment. */
export function momentOrDate(value: Value, env: Env): number | null {
  if (value !== null && typeof value === 'object' && 'date' in value) return startOfDay(value.date, env.facts.zone);
  return momentIn(value);
}

/** The date a value means: its own, or the day of a moment (of an entry: where the person was then). */
export function dateIn(of: Evaluated, env: Env): { date: string | null; until: number } {
  const { value } = of;
  const { zone } = env.facts;
  if (value === null || typeof value !== 'object') return { date: null, until: of.until };
  if ('date' in value) return { date: value.date, until: of.until };
  if (!('at' in value)) return { date: null, until: of.until };
  if ('entry' in value && value.day !== undefined) return { date: value.day, until: of.until };
  const date = dateOf(value.at, zone);
  if (of.rate === undefined) return { date, until: of.until };
  const ahead = of.rate > 0 ? nextMidnight(value.at, zone) - value.at : value.at - startOfDay(date, zone);
  return { date, until: Math.min(of.until, arrival(ahead, Math.abs(of.rate), env)) };
}

/** The calendar that counts business days for a length; null where its name is missing or unknown. */
export function calendarFor(named: Duration['calendar'], env: Env): BusinessCalendar | null {
  return businessCalendar(named, env.ir.calendars, (field) => env.item?.fields[field] ?? env.facts.data[field] ?? null);
}

/** What comes of something missing is missing as long as that is, whatever becomes of the rest. */
function missingUntil(of: readonly Evaluated[]): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const { value, until } of of) if (value === null && until > latest) latest = until;
  return latest === Number.NEGATIVE_INFINITY ? Number.POSITIVE_INFINITY : latest;
}

// ---------------------------------------------------------------- order

/** What orders a value among its kind. Texts compare without case; lengths by their usual length. */
function comparable(value: Value): number | string | null {
  if (value === null) return null;
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value.toLowerCase();
  if (typeof value === 'boolean') return value ? 1 : 0;
  if ('at' in value) return value.at;
  if ('date' in value) return value.date;
  if ('minutes' in value) return value.minutes;
  return usualMinutes(value.duration);
}

/** Whether two values are the same; a missing one is the same as nothing. */
export function same(left: Value, right: Value): boolean {
  const a = comparable(left);
  return a !== null && a === comparable(right);
}

/**
 * How two values lie to each other (-1, 0, 1), and until when; null where one is missing or they are of different
 * kinds.
 */
export function order(left: Evaluated, right: Evaluated, env: Env): { order: -1 | 0 | 1 | null; until: number } {
  let until = Math.min(left.until, right.until);
  let a = comparable(left.value);
  let b = comparable(right.value);
  if (typeof a !== typeof b && (momentIn(left.value) !== null || momentIn(right.value) !== null)) {
    // A date beside a moment is its first moment.
    a = momentOrDate(left.value, env);
    b = momentOrDate(right.value, env);
  }
  if (left.value === null || right.value === null) return { order: null, until: missingUntil([left, right]) };
  if (a === null || b === null || typeof a !== typeof b) return { order: null, until };
  const rate = (left.rate ?? 0) - (right.rate ?? 0);
  if (rate !== 0 && typeof a === 'number' && typeof b === 'number') {
    // The order changes when the two meet, and once more just after.
    until = Math.min(until, a === b ? env.now + 1 : arrival(b - a, rate, env));
  }
  return { order: a < b ? -1 : a > b ? 1 : 0, until };
}

export function compareBy(by: Comparison, order: -1 | 0 | 1): boolean {
  switch (by) {
    case '=':
      return order === 0;
    case '!=':
      return order !== 0;
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
  }
}

// ---------------------------------------------------------------- arithmetic

type Operator = '+' | '-' | '*' | '/';

export function arithmetic(by: Operator, left: Evaluated, right: Evaluated, env: Env): Evaluated {
  const until = Math.min(left.until, right.until);
  const a = left.value;
  const b = right.value;
  if (a === null || b === null) return { value: null, until: missingUntil([left, right]) };
  if (typeof a === 'number' && typeof b === 'number')
    return calculate(by, { ...left, value: a }, { ...right, value: b }, env);
  const length = lengthIn(b);
  if (lengthIn(a) !== null) return lengthArithmetic(by, left, right, env);
  if (length !== null) {
    if (by === '*' && typeof a === 'number') return lengthArithmetic(by, right, left, env);
    if (by === '+' || by === '-') return shift(left, length, right, by === '+' ? 1 : -1, env);
    return { value: null, until };
  }
  if (by !== '-') return { value: null, until };
  if (typeof a === 'object' && typeof b === 'object' && 'date' in a && 'date' in b)
    return { value: days(daysBetween(b.date, a.date)), until };
  const from = momentOrDate(b, env);
  const to = momentOrDate(a, env);
  if (from === null || to === null) return { value: null, until };
  const rate = ((left.rate ?? 0) - (right.rate ?? 0)) / minuteMs;
  return moving({ duration: { amount: (to - from) / minuteMs, unit: 'minutes' } }, until, rate);
}

function calculate(
  by: Operator,
  left: Evaluated & { value: number },
  right: Evaluated & { value: number },
  env: Env,
): Evaluated {
  const { value: a, rate: moves = 0 } = left;
  const { value: b, rate: alsoMoves = 0 } = right;
  const until = Math.min(left.until, right.until);
  const result = by === '+' ? a + b : by === '-' ? a - b : by === '*' ? a * b : b === 0 ? Number.NaN : a / b;
  if (!Number.isFinite(result))
    return moves === 0 && alsoMoves === 0 ? { value: null, until } : uneven(null, until, env);
  if (moves === 0 && alsoMoves === 0) return { value: tidy(result), until };
  if (by === '+' || by === '-') return moving(result, until, by === '+' ? moves + alsoMoves : moves - alsoMoves);
  if (by === '*' && (moves === 0 || alsoMoves === 0)) return moving(result, until, moves * b + alsoMoves * a);
  if (by === '/' && alsoMoves === 0) return moving(result, until, moves / b);
  return uneven(result, until, env);
}

/** A date or a moment, some time later or earlier. */
function shift(of: Evaluated, by: Duration, length: Evaluated, sign: 1 | -1, env: Env): Evaluated {
  const until = Math.min(of.until, length.until);
  const calendar = calendarFor(by.calendar, env);
  const { value } = of;
  if (calendar === null || value === null || typeof value !== 'object') return { value: null, until };
  if ('date' in value) {
    const date = addToDate(value.date, by, sign, calendar);
    const moved: Value = date === null ? null : { date };
    return {
      value: moved,
      until: length.rate === undefined ? until : Math.min(until, wholeDayTurns(by, length.rate, env)),
    };
  }
  if (!('at' in value)) return { value: null, until };
  const at = addDuration(value.at, by, env.facts.zone, sign, calendar);
  if (Number.isNaN(at)) return { value: null, until };
  const rate = (of.rate ?? 0) + sign * (length.rate ?? 0) * minuteMs;
  const isEven = of.rate === undefined || minuteFamily[by.unit] !== undefined;
  return moving({ at }, isEven ? until : Math.min(until, evenUntil(value.at, at, by, of.rate, env)), rate);
}

/** When a length that moves has one whole day more or less. */
function wholeDayTurns(of: Duration, rate: number, env: Env): number {
  const whole = usualMinutes(of) / 1440;
  const ahead = rate > 0 ? Math.floor(whole) + 1 - whole : whole - Math.ceil(whole) + 1;
  return arrival(ahead, Math.abs(rate) / 1440, env);
}

/**
 * A moment that moves, some calendar units away, moves evenly only as long as neither end passes a
 * change of clocks, or a midnight where months and business days are of different lengths.
 */
function evenUntil(from: number, to: number, { unit }: Duration, rate: number | undefined, env: Env): number {
  const { zone } = env.facts;
  const changes = [from, to].map((at) => nextClockChange(at - clockChangeMs, zone) - clockChangeMs - at);
  const ahead = Math.min(...changes);
  // All of it happens on quarters of an hour.
  const quarter = env.now - (env.now % quarterMs) + quarterMs;
  if (ahead <= quarterMs || rate !== 1) return quarter;
  const midnight = dayFamily[unit] === undefined ? nextMidnight(from, zone) - from : Number.POSITIVE_INFINITY;
  return env.now + Math.max(1, Math.min(ahead, midnight));
}

// ---------------------------------------------------------------- lengths of time

export function lengthIn(value: Value): Duration | null {
  return value !== null && typeof value === 'object' && 'duration' in value ? value.duration : null;
}

const days = (amount: number): Value => ({ duration: { amount, unit: 'days' } });

/** Two lengths in one unit: exact within days, minutes or months; else in days or minutes by their usual length. */
function inOneUnit(
  a: Duration,
  b: Duration,
): { a: number; b: number; unit: Duration['unit']; calendar?: Duration['calendar'] } {
  if (a.unit === b.unit && JSON.stringify(a.calendar) === JSON.stringify(b.calendar))
    return { a: a.amount, b: b.amount, unit: a.unit, calendar: a.calendar };
  for (const [family, unit] of [
    [dayFamily, 'days'],
    [minuteFamily, 'minutes'],
    [monthFamily, 'months'],
  ] as const) {
    const [perA, perB] = [family[a.unit], family[b.unit]];
    if (perA !== undefined && perB !== undefined) return { a: a.amount * perA, b: b.amount * perB, unit };
  }
  // A part of a day is exact time after the whole days.
  return { a: usualMinutes(a) / 1440, b: usualMinutes(b) / 1440, unit: 'days' };
}

const inMinutes = (of: Duration): Duration => ({ amount: usualMinutes(of), unit: 'minutes' });

/** A length with a length or a number: sums, multiples, parts, and how often one goes into another. */
function lengthArithmetic(by: Operator, left: Evaluated, right: Evaluated, env: Env): Evaluated {
  const until = Math.min(left.until, right.until);
  const length = lengthIn(left.value);
  if (length === null) return { value: null, until };
  const moves = left.rate !== undefined || right.rate !== undefined;
  const number = typeof right.value === 'number' ? right.value : null;
  const other = lengthIn(right.value);
  const calculated = (a: number, b: number): Evaluated =>
    calculate(by, { ...left, value: a }, { ...right, value: b }, env);
  const asLength = (of: Evaluated, unit: Duration['unit'], calendar?: Duration['calendar']): Evaluated => {
    if (typeof of.value !== 'number') return of;
    return { ...of, value: { duration: { amount: of.value, unit, ...(calendar === undefined ? {} : { calendar }) } } };
  };
  if (number !== null && (by === '*' || by === '/')) {
    const once = moves ? inMinutes(length) : length;
    return asLength(calculated(once.amount, number), once.unit, once.calendar);
  }
  if (other === null || by === '*') return { value: null, until };
  const { a, b, unit, calendar } = moves
    ? { a: usualMinutes(length), b: usualMinutes(other), unit: 'minutes' as const, calendar: undefined }
    : inOneUnit(length, other);
  return by === '/' ? calculated(a, b) : asLength(calculated(a, b), unit, calendar);
}

// ---------------------------------------------------------------- functions

export function negate(of: Evaluated): Evaluated {
  const length = lengthIn(of.value);
  const rate = of.rate === undefined ? undefined : -of.rate;
  if (length !== null) return moving({ duration: { ...length, amount: -length.amount } }, of.until, rate);
  return moving(typeof of.value === 'number' ? -of.value : null, of.until, rate);
}

export function call(name: FunctionName, args: Evaluated[], env: Env): Evaluated {
  const until = Math.min(Number.POSITIVE_INFINITY, ...args.map((arg) => arg.until));
  const [first, second, third] = args;
  if (first === undefined || args.some((arg) => arg.value === null)) return { value: null, until: missingUntil(args) };
  switch (name) {
    case 'min':
    case 'max':
      return args.slice(1).reduce((best, arg) => extreme(name, best, arg, env), first);
    case 'clamp': {
      const raised = second === undefined ? first : extreme('max', first, second, env);
      return third === undefined ? raised : extreme('min', raised, third, env);
    }
    case 'abs':
      return absolute(first, env);
    case 'floor':
      return rounded(Math.floor, (whole) => [whole, whole + 1], first, second, env);
    case 'ceil':
      return rounded(Math.ceil, (whole) => [whole - 1, whole], first, second, env);
    case 'round':
      // Half away from zero, as people round.
      return rounded(
        (x) => Math.sign(x) * Math.round(Math.abs(x)),
        (whole) => [whole - 0.5, whole + 0.5],
        first,
        second,
        env,
      );
    case 'mod':
      return second === undefined ? { value: null, until } : remainder(first, second, env);
    default: {
      const day = dateIn(first, env);
      const value = day.date === null ? null : ofDate(name, day.date, second, env);
      return { value, until: Math.min(until, day.until) };
    }
  }
}

function extreme(which: 'min' | 'max', left: Evaluated, right: Evaluated, env: Env): Evaluated {
  const found = order(left, right, env);
  if (found.order === null) return { value: null, until: found.until };
  const isLeft = which === 'min' ? found.order <= 0 : found.order >= 0;
  const chosen = isLeft ? left : right;
  return { ...chosen, until: found.until };
}

function absolute(of: Evaluated, env: Env): Evaluated {
  const amount = typeof of.value === 'number' ? of.value : (lengthIn(of.value)?.amount ?? null);
  if (amount === null) return { value: null, until: of.until };
  const turns =
    of.rate === undefined ? Number.POSITIVE_INFINITY : amount === 0 ? env.now + 1 : arrival(-amount, of.rate, env);
  return { ...(amount < 0 ? negate(of) : of), until: Math.min(of.until, turns) };
}

/** Rounds to a multiple of `step` (1 unless given); `around` are the ends of what rounds to the same. */
function rounded(
  how: (x: number) => number,
  around: (whole: number) => [number, number],
  of: Evaluated,
  by: Evaluated | undefined,
  env: Env,
): Evaluated {
  const until = Math.min(of.until, by?.until ?? Number.POSITIVE_INFINITY);
  const step = by === undefined ? 1 : by.value;
  if (typeof of.value !== 'number' || typeof step !== 'number') return { value: null, until };
  if (step === 0) return moving(of.value, until, of.rate);
  const parts = tidy(of.value / step);
  const whole = how(parts);
  const value = tidy(whole * step);
  if (by?.rate !== undefined) return uneven(value, until, env);
  if (of.rate === undefined) return { value, until };
  const [below, above] = around(whole);
  const pace = of.rate / step;
  const ahead = pace > 0 ? above - parts : parts - below;
  return { value, until: Math.min(until, arrival(Math.max(0, ahead), Math.abs(pace), env)) };
}

/** The remainder, with the sign of the divisor: of numbers, or of lengths of time. */
function remainder(of: Evaluated, by: Evaluated, env: Env): Evaluated {
  const until = Math.min(of.until, by.until);
  const [length, step] = [lengthIn(of.value), lengthIn(by.value)];
  const parts =
    length !== null && step !== null
      ? of.rate === undefined
        ? inOneUnit(length, step)
        : { a: usualMinutes(length), b: usualMinutes(step), unit: 'minutes' as const }
      : typeof of.value === 'number' && typeof by.value === 'number'
        ? { a: of.value, b: by.value }
        : null;
  if (parts === null || parts.b === 0) return { value: null, until };
  const { a, b } = parts;
  const exact = ((a % b) + b) % b;
  const rest = of.rate !== undefined ? exact : tidy(exact) === b ? 0 : tidy(exact);
  const value: Value = 'unit' in parts ? { duration: { amount: rest, unit: parts.unit } } : rest;
  if (by.rate !== undefined) return uneven(value, until, env);
  if (of.rate === undefined) return { value, until };
  // It goes on evenly until it begins anew.
  const ahead = of.rate > 0 ? (b > 0 ? b - rest : -rest) : b > 0 ? rest : rest - b;
  return moving(value, Math.min(until, arrival(ahead, Math.abs(of.rate), env)), of.rate);
}

type OfDate = Extract<FunctionName, 'weekday' | 'day_of_month' | 'month_of' | 'year_of' | 'business_day'>;

function ofDate(name: OfDate, date: string, calendar: Evaluated | undefined, env: Env): Value {
  const [year = '', month = '', day = ''] = date.split(/(?<=\d)-/);
  switch (name) {
    case 'weekday':
      return weekdayOf(date);
    case 'day_of_month':
      return Number(day);
    case 'month_of':
      return Number(month);
    case 'year_of':
      return Number(year);
    case 'business_day': {
      const named = calendar === undefined ? mondayToFriday : calendarFor({ name: String(calendar.value) }, env);
      return named === null ? null : isBusinessDay(date, named);
    }
  }
}

/**
 * `today` against a fixed date: it is another order at the start of that date, and once more at its end.
 * `isOther` says whether an order (of today to the date) answers otherwise than the present one.
 */
export function dayTurns(date: string, isOther: (order: 0 | 1) => boolean, env: Env): number {
  const { zone } = env.facts;
  const starts = startOfDay(date, zone);
  if (env.now < starts && isOther(0)) return starts;
  const ends = startOfDay(addDays(date, 1), zone);
  return env.now < ends && isOther(1) ? ends : Number.POSITIVE_INFINITY;
}
