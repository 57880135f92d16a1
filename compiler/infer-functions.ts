/**
 * Types of functions: `max(1, week - 1)`, `weekday(today)`, `business_day(today, berlin)`.
 *
 * Summaries of series (`count`, `mean`, …) have the same shape and are left to `infer-series.ts`.
 */
import type { Expr } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { aggregates, functions, isFunction, isSummary } from './functions.ts';
import { hull, meetNumber, mismatch } from './infer-arithmetic.ts';
import { inferAggregate } from './infer-series.ts';
import { checkCalendar } from './infer-times.ts';
import {
  type Inference,
  type Inferred,
  isNumber,
  mistaken,
  needPresent,
  type Scope,
  unwrap,
  words,
  wrongType,
} from './inference.ts';
import type { AggregateName, FunctionName } from './ir.ts';
import { replaceWith } from './names.ts';
import { functionFor } from './phrases.ts';
import { findCollection } from './symbols.ts';
import { anyUnit } from './units.ts';
import { describeType, fits, type NumberType, numberType, type Type, yesNo } from './value-types.ts';

const weekdayType: Type = { kind: 'choice', options: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };
/** What the functions of a date give. */
const ofDate: Partial<Record<FunctionName, Type>> = {
  weekday: weekdayType,
  day_of_month: numberType({ min: 1, max: 31, whole: true }),
  month_of: numberType({ min: 1, max: 12, whole: true }),
  year_of: numberType({ min: 1, max: 9999, whole: true }),
  business_day: yesNo,
};
const ordered: ReadonlySet<string> = new Set(['number', 'date', 'moment', 'time', 'duration']);

export function inferCall(cx: Inference, expr: Extract<Expr, { kind: 'call' }>, scope: Scope): Inferred {
  const name = expr.function.text;
  if (isSummary(expr, (word) => findCollection(cx.checked.symbols, word) !== undefined)) {
    return inferAggregate(cx, expr, name as AggregateName, scope);
  }
  if (!isFunction(name)) return unknownFunction(cx, expr);
  const { least, most, takes, example } = functions[name];
  if (expr.args.length < least || expr.args.length > most) {
    const found = expr.args.length === 0 ? 'none' : `${expr.args.length}`;
    cx.report(diagnostic('bad-arguments', expr.span, { name, takes, found, example }));
    return mistaken;
  }
  const dated = ofDate[name];
  return dated === undefined ? inferMeasure(cx, name, expr, scope) : inferDated(cx, expr, dated, scope);
}

function inferDated(cx: Inference, expr: Extract<Expr, { kind: 'call' }>, type: Type, scope: Scope): Inferred {
  const [date, calendar] = expr.args;
  if (date === undefined) return mistaken;
  const found = unwrap(cx, date, cx.infer(date, scope));
  if (found.type.kind !== 'date' && found.type.kind !== 'unknown') {
    const whole = words(cx.checked, date.span);
    const hint = ['moment', 'entry'].includes(found.type.kind) ? { hint: `Ask for its day: \`day of ${whole}\`.` } : {};
    cx.report({ ...wrongType(date, found.type, 'a date'), ...hint });
  }
  if (scope.place === undefined) needPresent(cx, date, found);
  if (expr.function.text === 'business_day') {
    if (calendar === undefined) checkCalendar(cx, expr.span, undefined, scope);
    else if (calendar.kind !== 'name') {
      const { type: other } = cx.quietly(() => cx.infer(calendar, scope));
      const said = { found: describeType(other), expected: 'the name of holidays is needed here' };
      const hint = calendar.kind === 'text' ? { hint: 'Write the name without quotes.' } : {};
      cx.report(diagnostic('wrong-type', calendar.span, said, hint));
    } else if (cx.checked.symbols.calendars.has(calendar.name.text)) {
      cx.checked.resolutions.set(calendar, { kind: 'option', option: calendar.name.text, of: 'calendar' });
    } else {
      checkCalendar(cx, calendar.span, calendar.name, scope);
      cx.quietly(() => cx.infer(calendar, scope));
    }
  }
  return { type, maybe: scope.place !== undefined && found.maybe };
}

/** Functions of numbers; `min`, `max` and `clamp` also of dates and lengths, all of one kind. */
function inferMeasure(
  cx: Inference,
  name: FunctionName,
  expr: Extract<Expr, { kind: 'call' }>,
  scope: Scope,
): Inferred {
  const anyOrder = name === 'min' || name === 'max' || name === 'clamp';
  const lengths = name === 'abs' || name === 'mod';
  const takes = (kind: Type['kind']) =>
    anyOrder ? ordered.has(kind) : kind === 'number' || (lengths && kind === 'duration');
  let maybe = false;
  const args = expr.args.map((arg) => {
    const found = unwrap(cx, arg, cx.infer(arg, scope));
    if (found.type.kind === 'unknown') return undefined;
    if (!takes(found.type.kind)) {
      const days = found.type.kind === 'duration' && !anyOrder;
      const whole = words(cx.checked, arg.span);
      const length = arg.kind === 'binary' ? `(${whole})` : whole;
      const hint = days ? { hint: `Say in what: \`${name}(${length} / 1 day)\`.` } : {};
      cx.report({ ...wrongType(arg, found.type, anyOrder ? 'a number, a date or a time' : 'a number'), ...hint });
      return undefined;
    }
    if (scope.place === undefined) needPresent(cx, arg, found);
    maybe ||= found.maybe && scope.place !== undefined;
    return found.type;
  });
  if (args.includes(undefined)) return mistaken;
  const number = args.find(isNumber);
  const types = args.map((type, index) => {
    const arg = expr.args[index];
    return number !== undefined && type !== undefined && arg !== undefined ? meetNumber(cx, arg, type, number) : type;
  }) as Type[];
  const [first] = types;
  if (first === undefined) return mistaken;
  let all = first;
  for (const [index, other] of types.entries()) {
    const arg = expr.args[index] ?? expr;
    if (!fits(all, other)) {
      if (isNumber(all) && isNumber(other)) mismatch(cx, arg, all, other);
      else cx.report(wrongType(arg, other, describeType(all)));
      return mistaken;
    }
    if (isNumber(all) && isNumber(other)) all = hull(all, other);
  }
  if (!isNumber(all)) return { type: all, maybe };
  const [value, step] = types as [NumberType, ...NumberType[]];
  if (name === 'clamp') checkBounds(cx, expr.args, types as NumberType[]);
  const rounding = rounded[name];
  if (rounding === undefined) return { type: functionRange(name, all, types as NumberType[]), maybe };
  if (step !== undefined && step.max <= 0 && expr.args[1] !== undefined) {
    const words = { value: step.max, of: 'the step', range: 'more than 0' };
    cx.report(diagnostic('out-of-range', expr.args[1].span, words));
  }
  return { type: roundedRange(value, step, rounding), maybe };
}

/** `clamp(dose, 9, 0)`: nothing lies between these bounds. */
function checkBounds(cx: Inference, [, low, high]: readonly Expr[], [, least, most]: readonly NumberType[]): void {
  if (low === undefined || high === undefined || (least?.min ?? 0) <= (most?.max ?? 0)) return;
  const range = `${words(cx.checked, low.span)} to ${words(cx.checked, high.span)}`;
  cx.report(diagnostic('empty-range', { ...low.span, end: high.span.end }, { range }));
}

/** How each of the rounding functions rounds; halves go away from zero, as people round. */
const rounded: Partial<Record<FunctionName, (value: number) => number>> = {
  round: (value) => Math.sign(value) * Math.round(Math.abs(value)),
  floor: Math.floor,
  ceil: Math.ceil,
};

/** What a rounded number can be: multiples of the step, which is 1 unless it is given. */
function roundedRange(value: NumberType, step: NumberType | undefined, round: (of: number) => number): NumberType {
  if (step === undefined) return { ...value, min: round(value.min), max: round(value.max), whole: true };
  const unit = { unit: value.unit === anyUnit ? step.unit : value.unit, ...(value.loose ? { loose: true } : {}) };
  if (step.min !== step.max || step.min <= 0) return numberType(unit);
  const by = step.min;
  return numberType({ ...unit, min: round(value.min / by) * by, max: round(value.max / by) * by, whole: step.whole });
}

function functionRange(name: FunctionName, all: NumberType, args: NumberType[]): NumberType {
  const [value = all, low = all, high = all] = args;
  switch (name) {
    case 'min':
      return { ...all, min: Math.min(...args.map((arg) => arg.min)), max: Math.min(...args.map((arg) => arg.max)) };
    case 'max':
      return { ...all, min: Math.max(...args.map((arg) => arg.min)), max: Math.max(...args.map((arg) => arg.max)) };
    case 'abs': {
      const least = all.min <= 0 && all.max >= 0 ? 0 : Math.min(Math.abs(all.min), Math.abs(all.max));
      return { ...all, min: least, max: Math.max(Math.abs(all.min), Math.abs(all.max)) };
    }
    case 'clamp':
      return {
        ...all,
        min: Math.min(Math.max(value.min, low.min), high.min),
        max: Math.min(Math.max(value.max, low.max), high.max),
      };
    case 'mod': {
      // The remainder has the sign of the divisor and is smaller than it.
      const divisor = low;
      const least = divisor.min >= 0 ? 0 : divisor.min;
      const beyond = value.whole && divisor.whole ? 1 : 0;
      const most = divisor.max <= 0 ? 0 : divisor.max - beyond;
      return { ...all, unit: value.unit, min: least, max: most, whole: value.whole && divisor.whole };
    }
    default:
      return all;
  }
}

function unknownFunction(cx: Inference, expr: Extract<Expr, { kind: 'call' }>): Inferred {
  const name = expr.function.text;
  const known = [...new Set([...aggregates, ...Object.keys(functions)])];
  const near = functionFor(name) ?? nearest(name, known);
  const [first, last] = [expr.args[0], expr.args.at(-1)];
  const inside = first && last && words(cx.checked, { ...first.span, end: last.span.end });
  const { tables, lists } = cx.checked.symbols;
  const kind = tables.has(name) ? 'table' : lists.has(name) ? 'list' : undefined;
  const cell = inside && kind && `${name}[${inside}]`;
  const details = cell
    ? { hint: `It is a ${kind}: \`${cell}\`.`, fix: replaceWith(cell, expr.span) }
    : near === undefined
      ? {}
      : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, expr.function.span) };
  cx.report(diagnostic('unknown-function', expr.function.span, { name, known: known.join(', ') }, details));
  return mistaken;
}
