/**
 * Types of sums, differences, products and quotients: of numbers with units, of lengths of time, of days.
 *
 * Units must agree in sums and are worked out in products. A value multiplied with a bare number may
 * have been converted by that and fits every unit.
 */
import type { DurationUnit, Expr } from '../language/ast.ts';
import { type Details, diagnostic } from '../language/diagnostics.ts';
import { timeUnits } from '../language/misspelled.ts';
import { asLength, inDays } from './infer-times.ts';
import {
  type Inference,
  type Inferred,
  isNumber,
  mistaken,
  needPresent,
  type Scope,
  unwrap,
  words,
} from './inference.ts';
import { meant } from './names.ts';
import { standsFor } from './symbols.ts';
import { anyUnit, divideUnits, lengthInUnit, multiplyUnits, timeUnit } from './units.ts';
import { describeType, type NumberType, numberType, sameUnits, type Type, unknownType } from './value-types.ts';

type Binary = Extract<Expr, { kind: 'binary' }>;

export function inferArithmetic(cx: Inference, expr: Binary, scope: Scope): Inferred {
  const first = unwrap(cx, expr.left, cx.infer(expr.left, scope));
  const second = unwrap(cx, expr.right, cx.infer(expr.right, scope));
  const sum = isSum(expr);
  const numbers = (side: Expr, found: Type, other: Type) => (sum ? besideNumber(cx, side, found, other) : found);
  const lengths = (side: Expr, found: Type, other: Type) => (sum ? besideLength(cx, side, found, other) : found);
  const l = numbers(expr.left, first.type, second.type);
  const r = numbers(expr.right, second.type, first.type);
  const left = { ...first, type: lengths(expr.left, l, r) };
  const right = { ...second, type: lengths(expr.right, r, l) };
  if (left.type.kind === 'unknown' || right.type.kind === 'unknown') return mistaken;
  const result = arithmeticType(cx, expr, left.type, right.type) ?? doNotGoTogether(cx, expr, left.type, right.type);
  if (result === undefined) return mistaken;
  const propagates = scope.place !== undefined;
  if (!propagates) {
    needPresent(cx, expr.left, left);
    needPresent(cx, expr.right, right);
  }
  const byZero = expr.operator === '/' && mayBeZero(right.type);
  return { type: result, maybe: byZero || (propagates && (left.maybe || right.maybe)) };
}

const isSum = ({ operator }: Binary): boolean => operator === '+' || operator === '-';

/**
 * Reports it. Gives the type that was meant, where a length was meant and its unit is misspelled: `begins + 7 dyas`.
 */
function doNotGoTogether(cx: Inference, expr: Binary, left: Type, right: Type): Type | undefined {
  const measured = isSum(expr) ? ['date', 'moment', 'duration', 'number'] : ['duration', 'number'];
  const wrong = measured.includes(left.kind) ? expr.right : expr.left;
  const found = wrong === expr.left ? left : right;
  const dated = ['date', 'moment', 'duration'].includes(left.kind) && wrong === expr.right;
  const details = arithmeticHint(cx, expr, left, right, found);
  cx.report(
    diagnostic(
      'wrong-type',
      wrong.span,
      { found: describeType(found), expected: `${dated ? 'a length of time' : 'a number'} is needed here` },
      details,
    ),
  );
  return dated && details.fix !== undefined ? arithmeticType(cx, expr, left, { kind: 'duration' }) : undefined;
}

/** A quotient by zero is missing. By the zero that stands there it is an error already. */
const mayBeZero = (type: Type): boolean => isNumber(type) && type.min <= 0 && type.max >= 0 && type.min < type.max;

function arithmeticHint(cx: Inference, expr: Binary, left: Type, right: Type, found: Type): Details {
  const kinds = [left.kind, right.kind].sort().join();
  if (kinds === 'date,moment' && expr.operator === '-')
    return { hint: 'Take days from days: `day of …` gives the day of a moment.' };
  const ofDays = { hint: `Say of what: \`${expr.operator} ${inDays(cx, expr.right)}\`.` };
  if (left.kind === 'time' && right.kind === 'duration')
    return { hint: 'A time of day is not calculated with. With its day it is a moment: `today at 20:00 - 30 min`.' };
  if (expr.left.kind === 'absence') {
    const length = words(cx.checked, { ...expr.span, start: expr.left.duration.span.start });
    return { hint: `Put the whole length into parentheses: \`(${length})\`.` };
  }
  if (isSum(expr) && isNumber(right) && (left.kind === 'date' || left.kind === 'moment' || left.kind === 'duration'))
    return expr.right.kind === 'number' && expr.right.unit ? meant(expr.right.unit, timeUnits, ofDays) : ofDays;
  if (left.kind === 'text' || right.kind === 'text')
    return { hint: 'Put values into a text with holes: `"Week {week}"`.' };
  if (found.kind === 'duration') {
    return {
      hint: `Write the number alone, such as \`30\`, or make the length a number: \`… / 1 day\`.`,
    };
  }
  return {};
}

/** A length beside a number of a unit of time is a number. */
export function besideNumber(cx: Inference, expr: Expr, found: Type, other: Type): Type {
  return isNumber(other) ? meetNumber(cx, expr, found, other) : found;
}

/** A number of a unit of time beside a date or a length is a length. */
export function besideLength(cx: Inference, expr: Expr, found: Type, other: Type): Type {
  const timed = other.kind === 'date' || other.kind === 'moment' || other.kind === 'duration';
  return timed && asLength(cx, expr, found) ? { kind: 'duration' } : found;
}

/** A length beside a number of a unit of time is a number of that unit: `30 min` beside a `number h` is 0.5. */
export function meetNumber(cx: Inference, expr: Expr, found: Type, number: NumberType): Type {
  const written = lengthWritten(expr);
  const counted = found.kind === 'duration' ? timeUnit(number.unit) : undefined;
  if (written === undefined && counted !== undefined) {
    standsFor(cx.checked, expr, { count: counted });
    return numberType({ unit: number.unit });
  }
  if (written === undefined || (isNumber(found) && sameUnits(found, number))) return found;
  const value = lengthInUnit(written.amount, written.unit, number.unit);
  if (value === undefined) return found;
  standsFor(cx.checked, expr, { number: value });
  return numberType({ unit: number.unit, min: value, max: value, whole: Number.isInteger(value) });
}

/** `30 min`, also with a space where it could be a unit of the author's own: `1 h`. */
export function lengthWritten(expr: Expr): { amount: number; unit: DurationUnit } | undefined {
  if (expr.kind === 'duration') return expr;
  const unit = expr.kind === 'number' ? timeUnit(expr.unit?.text) : undefined;
  return expr.kind === 'number' && unit !== undefined ? { amount: expr.value, unit } : undefined;
}

/** The type of a sum, difference, product or quotient; undefined where the two do not go together. */
function arithmeticType(cx: Inference, expr: Binary, left: Type, right: Type): Type | undefined {
  const { operator } = expr;
  if (isNumber(left) && isNumber(right)) return calculate(cx, expr, left, right);
  const dated = (type: Type) => type.kind === 'date' || type.kind === 'moment';
  const length: Type = { kind: 'duration' };
  switch (operator) {
    case '+':
      if (dated(left) && right.kind === 'duration') return left;
      if (left.kind === 'duration' && dated(right)) return right;
      return left.kind === 'duration' && right.kind === 'duration' ? length : undefined;
    case '-':
      if (dated(left) && right.kind === 'duration') return left;
      if (left.kind === 'duration' && right.kind === 'duration') return length;
      return dated(left) && left.kind === right.kind ? length : undefined;
    case '*':
      return (left.kind === 'duration' && isNumber(right)) || (isNumber(left) && right.kind === 'duration')
        ? length
        : undefined;
    default:
      if (left.kind === 'duration' && isNumber(right)) return length;
      // How many of the one there are in the other: it goes with every unit, as a bare number does.
      return left.kind === 'duration' && right.kind === 'duration' ? numberType({ unit: anyUnit }) : undefined;
  }
}

/** `week + 1 done`: the unit is a name of the program, so a word is missing before it. */
function namedUnit(cx: Inference, ...sides: Expr[]): string | undefined {
  const { fields, letsById, series } = cx.checked.symbols;
  const names = (word: string) =>
    fields.has(word) || series.has(word) || [...letsById.values()].some((symbol) => symbol.name === word);
  return sides.flatMap((side) => (side.kind === 'number' && side.unit ? [side.unit.text] : [])).find(names);
}

function calculate(cx: Inference, expr: Binary, l: NumberType, r: NumberType): Type {
  switch (expr.operator) {
    case '+':
    case '-': {
      if (!sameUnits(l, r)) {
        const name = namedUnit(cx, expr.left, expr.right);
        mismatch(cx, expr, l, r, name && `A word is missing before \`${name}\`, perhaps \`when\` or a comma.`);
        return unknownType;
      }
      const [min, max] = expr.operator === '+' ? [l.min + r.min, l.max + r.max] : [l.min - r.max, l.max - r.min];
      return numberType({ ...unitOfBoth(l, r), min, max, whole: l.whole && r.whole });
    }
    case '*': {
      const ends = [l.min * r.min, l.min * r.max, l.max * r.min, l.max * r.max].map((end) =>
        Number.isNaN(end) ? 0 : end,
      );
      const unit = multiplyUnits(l.unit, r.unit);
      return numberType({
        unit,
        ...scaled(l, r),
        min: Math.min(...ends),
        max: Math.max(...ends),
        whole: l.whole && r.whole,
      });
    }
    default: {
      const unit = divideUnits(l.unit, r.unit);
      if (r.min === 0 && r.max === 0) {
        const hint = 'Divide by something else; the result would always be missing.';
        cx.report(
          diagnostic(
            'wrong-type',
            expr.right.span,
            { found: 'zero', expected: 'nothing can be divided by zero' },
            { hint },
          ),
        );
      }
      if (r.min <= 0 && r.max >= 0) return numberType({ unit, ...scaled(l, r) });
      const ends = [l.min / r.min, l.min / r.max, l.max / r.min, l.max / r.max].map((end) =>
        Number.isNaN(end) ? 0 : end,
      );
      return numberType({ unit, ...scaled(l, r), min: Math.min(...ends), max: Math.max(...ends) });
    }
  }
}

/** Multiplied with a bare number, a value may have been converted: `0.5 * weight` can be units of a dose. */
function scaled(l: NumberType, r: NumberType): { loose?: boolean } {
  const bare = (type: NumberType) => type.unit === anyUnit;
  const measured = (type: NumberType) => type.unit !== anyUnit && type.unit !== '';
  const converted = (bare(l) && measured(r)) || (measured(l) && bare(r));
  return converted || l.loose || r.loose ? { loose: true } : {};
}

/** The unit of a sum: that of the side which is sure of its own. */
function unitOfBoth(l: NumberType, r: NumberType): { unit: string; loose?: boolean } {
  const vague = (type: NumberType) => type.unit === anyUnit || type.loose === true;
  if (l.loose && (r.loose || r.unit === anyUnit)) return { unit: l.unit, loose: true };
  if (r.loose && l.unit === anyUnit) return { unit: r.unit, loose: true };
  return { unit: vague(l) ? r.unit : l.unit };
}

/** The type of either of two numbers. */
export function hull(l: NumberType, r: NumberType): NumberType {
  return numberType({
    ...unitOfBoth(l, r),
    min: Math.min(l.min, r.min),
    max: Math.max(l.max, r.max),
    whole: l.whole && r.whole,
  });
}

export function mismatch(cx: Inference, expr: Expr, left: NumberType, right: NumberType, hint?: string): void {
  const sides = { left: describeType(left), right: describeType(right) };
  cx.report(diagnostic('unit-mismatch', expr.span, sides, hint === undefined ? {} : { hint }));
}
