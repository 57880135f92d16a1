/**
 * Types of `and`, `or`, `not`, comparisons, arithmetic, `else` and `is known`.
 *
 * Units must agree for sums and comparisons and are worked out for products. Ordering and
 * calculating need values that are present; equality with a missing value simply does not hold.
 */
import type { BinaryOperator, Expr } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import {
  type Inference,
  type Inferred,
  inferKind,
  isNumber,
  mistaken,
  needPresent,
  type Scope,
  unwrap,
  words,
  wrongType,
} from './inference.ts';
import { isComparison, narrow } from './narrow.ts';
import { findSeries } from './symbols.ts';
import { anyUnit, divideUnits, multiplyUnits } from './units.ts';
import {
  describeRange,
  describeType,
  fits,
  type NumberType,
  numberType,
  sameUnit,
  type Type,
  unknownType,
  yesNo,
} from './value-types.ts';

type Binary = Extract<Expr, { kind: 'binary' }>;

export function inferBinary(cx: Inference, expr: Binary, scope: Scope): Inferred {
  const { operator } = expr;
  if (operator === 'and' || operator === 'or') return inferLogic(cx, expr, scope);
  return isComparison(operator) ? inferComparison(cx, expr, scope) : inferArithmetic(cx, expr, scope);
}

function inferLogic(cx: Inference, expr: Binary, scope: Scope): Inferred {
  const left = cx.condition(expr.left, scope);
  // The right side is only asked where the left one has not decided.
  const known = narrow(cx.checked, expr.left, expr.operator === 'and', scope.known);
  const right = cx.condition(expr.right, { ...scope, known });
  return { type: yesNo, maybe: left.maybe || right.maybe };
}

export function inferNot(cx: Inference, expr: Extract<Expr, { kind: 'not' }>, scope: Scope): Inferred {
  return { type: yesNo, maybe: cx.condition(expr.of, scope).maybe };
}

export function inferNegate(cx: Inference, expr: Extract<Expr, { kind: 'negate' }>, scope: Scope): Inferred {
  const found = inferKind(cx, expr.of, scope, 'a number', 'number');
  if (found.type === undefined) return mistaken;
  if (scope.place === undefined) needPresent(cx, expr.of, { type: found.type, maybe: found.maybe });
  return {
    type: { ...found.type, min: -found.type.max, max: -found.type.min },
    maybe: scope.place !== undefined && found.maybe,
  };
}

export function inferKnown(cx: Inference, expr: Extract<Expr, { kind: 'is-known' }>, scope: Scope): Inferred {
  // `runs is known` asks for an entry; count says it better.
  if (expr.of.kind === 'name' && !scope.entryOf && findSeries(cx.checked.symbols, expr.of.name.text)) {
    cx.infer(expr.of, scope);
    return mistaken;
  }
  const found = cx.infer(expr.of, scope);
  if (!found.maybe && found.type.kind !== 'unknown') {
    const why = `: ${quotedWords(cx, expr.of)} is never missing here`;
    cx.report(diagnostic(expr.negated ? 'never-true' : 'always-true', expr.span, { why }));
  }
  return { type: yesNo, maybe: false };
}

export function inferElse(
  cx: Inference,
  expr: Extract<Expr, { kind: 'else' }>,
  scope: Scope,
  expected: Type | undefined,
): Inferred {
  const left = unwrap(cx, expr.left, cx.infer(expr.left, scope, expected));
  const wanted = left.type.kind === 'choice' ? (expected ?? left.type) : expected;
  const right = unwrap(cx, expr.right, cx.infer(expr.right, scope, wanted));
  if (left.type.kind === 'unknown') return { type: unknownType, maybe: right.maybe };
  if (isNumber(left.type) && isNumber(right.type) && sameUnit(left.type.unit, right.type.unit)) {
    return { type: hull(left.type, right.type), maybe: right.maybe };
  }
  if (left.type.kind === 'choice' && right.type.kind === 'choice') {
    return {
      type: { kind: 'choice', options: [...new Set([...left.type.options, ...right.type.options])] },
      maybe: right.maybe,
    };
  }
  if (fits(right.type, left.type) && !isNumber(left.type)) return { type: left.type, maybe: right.maybe };
  if (scope.place === 'text') return { type: { kind: 'text' }, maybe: right.maybe };
  if (isNumber(left.type) && isNumber(right.type)) mismatch(cx, expr.right, left.type, right.type);
  else cx.report(wrongType(expr.right, right.type, describeType(left.type)));
  return { type: unknownType, maybe: false };
}

// ---------------------------------------------------------------- comparisons

function inferComparison(cx: Inference, expr: Binary, scope: Scope): Inferred {
  const { operator } = expr;
  const [left, right] = inferSides(cx, expr, scope);
  const result: Inferred = { type: yesNo, maybe: left.maybe || right.maybe };
  if (left.type.kind === 'unknown' || right.type.kind === 'unknown') return result;
  const ordering = operator !== '=' && operator !== '!=';
  if (ordering) {
    const unordered = [left.type, right.type].find(
      (type) => !['number', 'date', 'time', 'moment', 'duration'].includes(type.kind),
    );
    if (unordered !== undefined) {
      cx.report(
        diagnostic(
          'not-comparable',
          expr.span,
          { left: capital(describeType(unordered)), how: 'by size' },
          { hint: 'Only numbers and times have an order; ask with `=` instead.' },
        ),
      );
      return result;
    }
    if (fits(left.type, right.type)) {
      needPresent(cx, expr.left, left);
      needPresent(cx, expr.right, right);
    }
  }
  if (isNumber(left.type) && isNumber(right.type)) {
    if (!sameUnit(left.type.unit, right.type.unit)) mismatch(cx, expr, left.type, right.type);
    else decide(cx, expr, left as NumberSide, right as NumberSide, scope);
    return result;
  }
  if (left.type.kind === 'choice' && right.type.kind === 'choice') return result;
  if (!fits(left.type, right.type) && !fits(right.type, left.type)) {
    const days = [left.type.kind, right.type.kind].sort().join();
    const hint =
      days === 'date,moment'
        ? 'Compare days with days: `day of …` gives the day of a moment.'
        : days === 'choice,text'
          ? 'Write the choice without quotes.'
          : days === 'duration,number'
            ? 'Write the number without its unit of time: `30` in place of `30 min`.'
            : undefined;
    const words = { left: capital(describeType(left.type)), how: `with ${describeType(right.type)}` };
    cx.report(diagnostic('not-comparable', expr.span, words, hint === undefined ? {} : { hint }));
  } else if (left.type.kind !== right.type.kind && (left.type.kind === 'choice' || right.type.kind === 'choice')) {
    const choice = left.type.kind === 'choice' ? left.type : right.type;
    const other = left.type.kind === 'choice' ? expr.right : expr.left;
    checkQuotedOption(cx, other, choice);
  }
  return result;
}

/** A side that is only a word may be an option of the other side's choice, so that side goes first. */
function inferSides(cx: Inference, expr: Binary, scope: Scope): [Inferred, Inferred] {
  const side = (of: Expr, expected?: Type) => unwrap(cx, of, cx.infer(of, scope, expected));
  if (expr.left.kind === 'name' && !isDeclared(cx, expr.left.name.text, scope)) {
    const right = side(expr.right);
    return [side(expr.left, right.type), right];
  }
  const left = side(expr.left);
  return [left, side(expr.right, left.type)];
}

function isDeclared(cx: Inference, name: string, scope: Scope): boolean {
  const { symbols } = cx.checked;
  return (
    (scope.entryOf?.fields.has(name) ?? false) ||
    (scope.stage?.lets.has(name) ?? false) ||
    symbols.lets.has(name) ||
    symbols.fields.has(name)
  );
}

/** `felt = "hard"`: allowed to compare, but only words that can be chosen ever hold. */
function checkQuotedOption(cx: Inference, text: Expr, choice: Type): void {
  if (choice.kind !== 'choice' || text.kind !== 'text') return;
  const [word] = text.parts;
  if (typeof word === 'string' && text.parts.length === 1 && !choice.options.includes(word)) {
    cx.report(diagnostic('unknown-option', text.span, { name: word, of: 'here', options: choice.options.join(', ') }));
  }
}

type NumberSide = { type: NumberType; maybe: boolean };

/** Tells where the ranges of both sides decide a comparison beforehand. */
function decide(cx: Inference, expr: Binary, left: NumberSide, right: NumberSide, scope: Scope): void {
  const { operator } = expr;
  const l = left.type;
  const r = right.type;
  const disjoint = l.max < r.min || r.max < l.min;
  if ((operator === '=' || operator === '!=') && disjoint) {
    const [constant, other] = expr.right.kind === 'number' ? [expr.right, expr.left] : [expr.left, expr.right];
    const declared = unnarrowed(cx, other, scope);
    if (constant.kind === 'number' && declared && (constant.value < declared.min || constant.value > declared.max)) {
      const range = describeRange(declared.min, declared.max);
      cx.report(
        diagnostic('out-of-range', constant.span, { value: constant.value, of: quotedWords(cx, other), range }),
      );
      return;
    }
  }
  const holds = outcome(operator, l, r);
  if (holds === undefined) return;
  if (!holds) cx.report(diagnostic('never-true', expr.span, { why: reason(cx, expr, left, right) }));
  else if (!left.maybe && !right.maybe)
    cx.report(diagnostic('always-true', expr.span, { why: reason(cx, expr, left, right) }));
}

/** The range of the same words without what the conditions before told. */
function unnarrowed(cx: Inference, expr: Expr, scope: Scope): NumberType | undefined {
  const { type } = cx.quietly(() => unwrap(cx, expr, cx.infer(expr, { ...scope, known: new Map() })));
  return isNumber(type) ? type : undefined;
}

function reason(cx: Inference, expr: Binary, left: NumberSide, right: NumberSide): string {
  const parts: string[] = [];
  for (const [side, of] of [
    [left, expr.left],
    [right, expr.right],
  ] as const) {
    if (of.kind !== 'number')
      parts.push(`${quotedWords(cx, of)} is ${describeRange(side.type.min, side.type.max)} here`);
  }
  return parts.length === 0 ? '' : `: ${parts.join(' and ')}`;
}

function outcome(operator: BinaryOperator, l: NumberType, r: NumberType): boolean | undefined {
  const same = l.min === l.max && r.min === r.max && l.min === r.min;
  const disjoint = l.max < r.min || r.max < l.min;
  switch (operator) {
    case '=':
      return disjoint ? false : same ? true : undefined;
    case '!=':
      return disjoint ? true : same ? false : undefined;
    case '<':
      return l.max < r.min ? true : l.min >= r.max ? false : undefined;
    case '<=':
      return l.max <= r.min ? true : l.min > r.max ? false : undefined;
    case '>':
      return l.min > r.max ? true : l.max <= r.min ? false : undefined;
    case '>=':
      return l.min >= r.max ? true : l.max < r.min ? false : undefined;
    default:
      return undefined;
  }
}

// ---------------------------------------------------------------- arithmetic

function inferArithmetic(cx: Inference, expr: Binary, scope: Scope): Inferred {
  const left = unwrap(cx, expr.left, cx.infer(expr.left, scope));
  const right = unwrap(cx, expr.right, cx.infer(expr.right, scope));
  if (left.type.kind === 'unknown' || right.type.kind === 'unknown') return mistaken;
  const result = arithmeticType(cx, expr, left.type, right.type);
  if (result !== undefined) {
    const propagates = scope.place !== undefined;
    if (!propagates) {
      needPresent(cx, expr.left, left);
      needPresent(cx, expr.right, right);
    }
    return { type: result, maybe: propagates && (left.maybe || right.maybe) };
  }
  const wrong = isNumber(left.type) || ['date', 'moment'].includes(left.type.kind) ? expr.right : expr.left;
  const found = wrong === expr.left ? left.type : right.type;
  const days = ['date', 'moment'].includes(left.type.kind) && wrong === expr.right;
  const hint =
    days && isNumber(right.type)
      ? 'Say of what: `+ 2 days`.'
      : found.kind === 'text'
        ? 'Put values into a text with holes: `"Week {week}"`.'
        : days && expr.operator === '-' && ['date', 'moment'].includes(right.type.kind)
          ? `Ask whether a time has passed: \`14 days since ${words(cx.checked, expr.right.span)}\`, or compare the days: \`today >= ${words(cx.checked, expr.right.span)} + 14 days\`.`
          : found.kind === 'duration'
            ? 'Numbers stand alone, or with the unit of their field: `30`.'
            : undefined;
  cx.report(
    diagnostic(
      'wrong-type',
      wrong.span,
      { found: describeType(found), expected: `${days ? 'a length of time' : 'a number'} is needed here` },
      hint === undefined ? {} : { hint },
    ),
  );
  return mistaken;
}

/** The type of a sum, difference, product or quotient; undefined where the two do not go together. */
function arithmeticType(cx: Inference, expr: Binary, left: Type, right: Type): Type | undefined {
  const { operator } = expr;
  if (isNumber(left) && isNumber(right)) return calculate(cx, expr, left, right);
  const dated = (type: Type) => type.kind === 'date' || type.kind === 'moment';
  const shift = operator === '+' || operator === '-';
  if (shift && dated(left) && right.kind === 'duration') return left;
  return operator === '+' && left.kind === 'duration' && dated(right) ? right : undefined;
}

/** `week + 1 done`: the unit is a name of the program, so a word is missing before it. */
function namedUnit(cx: Inference, ...sides: Expr[]): string | undefined {
  const { fields, lets, series, stages } = cx.checked.symbols;
  const names = (word: string) =>
    fields.has(word) ||
    lets.has(word) ||
    series.has(word) ||
    [...stages.values()].some((stage) => stage.lets.has(word));
  return sides.flatMap((side) => (side.kind === 'number' && side.unit ? [side.unit.text] : [])).find(names);
}

function calculate(cx: Inference, expr: Binary, l: NumberType, r: NumberType): Type {
  switch (expr.operator) {
    case '+':
    case '-': {
      if (!sameUnit(l.unit, r.unit)) {
        const name = namedUnit(cx, expr.left, expr.right);
        mismatch(cx, expr, l, r, name && `A word is missing before \`${name}\`, perhaps \`when\` or a comma.`);
        return unknownType;
      }
      const unit = l.unit === anyUnit ? r.unit : l.unit;
      const [min, max] = expr.operator === '+' ? [l.min + r.min, l.max + r.max] : [l.min - r.max, l.max - r.min];
      return numberType({ unit, min, max, whole: l.whole && r.whole });
    }
    case '*': {
      const ends = [l.min * r.min, l.min * r.max, l.max * r.min, l.max * r.max].map((end) =>
        Number.isNaN(end) ? 0 : end,
      );
      const unit = multiplyUnits(l.unit, r.unit);
      return numberType({ unit, min: Math.min(...ends), max: Math.max(...ends), whole: l.whole && r.whole });
    }
    default: {
      const unit = divideUnits(l.unit, r.unit);
      if (r.min === 0 && r.max === 0) {
        const hint = 'A number divided by nothing is missing.';
        cx.report(
          diagnostic(
            'wrong-type',
            expr.right.span,
            { found: 'nought', expected: 'nothing can be divided by nought' },
            { hint },
          ),
        );
      }
      if (r.min <= 0 && r.max >= 0) return numberType({ unit });
      const ends = [l.min / r.min, l.min / r.max, l.max / r.min, l.max / r.max].map((end) =>
        Number.isNaN(end) ? 0 : end,
      );
      return numberType({ unit, min: Math.min(...ends), max: Math.max(...ends) });
    }
  }
}

/** The type of either of two numbers. */
export function hull(l: NumberType, r: NumberType): NumberType {
  return numberType({
    unit: l.unit === anyUnit ? r.unit : l.unit,
    min: Math.min(l.min, r.min),
    max: Math.max(l.max, r.max),
    whole: l.whole && r.whole,
  });
}

export function mismatch(cx: Inference, expr: Expr, left: NumberType, right: NumberType, hint?: string): void {
  const sides = { left: describeType(left), right: describeType(right) };
  cx.report(diagnostic('unit-mismatch', expr.span, sides, hint === undefined ? {} : { hint }));
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const quotedWords = (cx: Inference, expr: Expr): string => `\`${words(cx.checked, expr.span)}\``;
