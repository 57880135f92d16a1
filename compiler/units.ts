/**
 * Units of numbers: what a product or a quotient of two units is.
 *
 * A unit is the author's own word (`kg`, `mg/dL`); none is converted but those of time, where a length
 * such as `30 min` meets a number. Canonical spelling: `a·b/c`, sorted, so that equal units are equal
 * strings. The empty string is a plain number. `any` is a bare literal, which fits every unit.
 */
import type { DurationUnit } from '../language/ast.ts';

export type Unit = string;
export const anyUnit = 'any number';

/** The canonical spelling of a unit as written. */
export function readUnit(written: string | undefined): Unit {
  return written === undefined ? '' : show(powers(written));
}

export function multiplyUnits(left: Unit, right: Unit): Unit {
  return combine(left, right, 1);
}

export function divideUnits(left: Unit, right: Unit): Unit {
  return combine(left, right, -1);
}

function combine(left: Unit, right: Unit, sign: 1 | -1): Unit {
  if (left === anyUnit && right === anyUnit) return anyUnit;
  const sum = powers(left === anyUnit ? '' : left);
  for (const [written, power] of powers(right === anyUnit ? '' : right)) {
    const name = [...sum.keys()].find((one) => sameUnit(one, written)) ?? written;
    sum.set(name, (sum.get(name) ?? 0) + sign * power);
  }
  return show(sum);
}

function powers(unit: Unit): Map<string, number> {
  const [above = '', ...below] = unit.split('/');
  const result = new Map<string, number>();
  const add = (part: string, sign: number) => {
    for (const name of part.split('·')) {
      if (name !== '' && name !== '1') result.set(name, (result.get(name) ?? 0) + sign);
    }
  };
  add(above, 1);
  for (const part of below) add(part, -1);
  return result;
}

function show(unit: Map<string, number>): Unit {
  const repeated = (sign: number) =>
    [...unit]
      .filter(([, power]) => power * sign > 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .flatMap(([name, power]) => Array<string>(Math.abs(power)).fill(name));
  const above = repeated(1).join('·');
  const below = repeated(-1);
  return below.length === 0 ? above : `${above === '' ? '1' : above}/${below.join('/')}`;
}

/** Whether two units are the same, `unit` and `units` taken for one; a bare literal fits every unit. */
export function sameUnit(left: Unit, right: Unit): boolean {
  return left === right || left === anyUnit || right === anyUnit || singularUnit(left) === singularUnit(right);
}

/** Short words are left alone: `ms` is not the plural of `m`. */
const singularUnit = (unit: Unit): string => unit.replace(/([^\W\d_]{2,}[^s\W\d_])s(?![\p{L}\d_])/gu, '$1');

const timeWords: Record<string, DurationUnit> = {
  min: 'minutes',
  mins: 'minutes',
  minute: 'minutes',
  minutes: 'minutes',
  h: 'hours',
  hour: 'hours',
  hours: 'hours',
  day: 'days',
  days: 'days',
  week: 'weeks',
  weeks: 'weeks',
  month: 'months',
  months: 'months',
  year: 'years',
  years: 'years',
};

/** The unit of time that a unit of numbers is, if it is one: `min`, `h`, `days`. */
export function timeUnit(unit: Unit | undefined): DurationUnit | undefined {
  return unit !== undefined && Object.hasOwn(timeWords, unit) ? timeWords[unit] : undefined;
}

/** Units that are whole multiples of each other, in the smallest of their family. */
const families: Partial<Record<DurationUnit, number>>[] = [
  { minutes: 1, hours: 60, days: 1440, weeks: 10_080 },
  { months: 1, years: 12 },
];

/**
 * A length as a number of `unit`: `30 min` is 0.5 of `h`. Undefined where `unit` is no unit of time, or
 * where how many there are depends on the calendar (`1 month` in days).
 */
export function lengthInUnit(amount: number, of: DurationUnit, unit: Unit): number | undefined {
  const wanted = timeUnit(unit);
  if (wanted === undefined) return undefined;
  if (wanted === of) return amount;
  for (const family of families) {
    const from = family[of];
    const to = family[wanted];
    if (from !== undefined && to !== undefined) return (amount * from) / to;
  }
  return undefined;
}
