/**
 * Types of `and`, `or`, `not`, comparisons, `else` and `is known`.
 *
 * Units must agree. Ordering needs values that are present; equality with a missing value simply does
 * not hold. Sums and products are in `infer-arithmetic.ts`.
 */
import type { BinaryOperator, Expr } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { yearFirst } from './constants.ts';
import { besideLength, besideNumber, hull, inferArithmetic, mismatch } from './infer-arithmetic.ts';
import { inferWindowState } from './infer-times.ts';
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
import { meant } from './names.ts';
import { letNamed } from './names-in-scope.ts';
import { isComparison, narrow } from './narrow.ts';
import { findCollection } from './symbols.ts';
import { neverGiven } from './texts-given.ts';
import {
  describeRange,
  describeType,
  fits,
  type NumberType,
  sameUnits,
  type Type,
  unknownType,
  yesNo,
} from './value-types.ts';

type Binary = Extract<Expr, { kind: 'binary' }>;

export function inferBinary(cx: Inference, expr: Binary, scope: Scope): Inferred {
  const { operator } = expr;
  const window = inferWindowState(cx, expr, scope);
  if (window !== undefined) return window;
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
  const found = inferKind(cx, expr.of, scope, 'a number', 'number', 'duration');
  if (found.type === undefined) return mistaken;
  if (scope.place === undefined) needPresent(cx, expr.of, { type: found.type, maybe: found.maybe });
  if (found.type.kind === 'duration') return { type: found.type, maybe: scope.place !== undefined && found.maybe };
  return {
    type: { ...found.type, min: -found.type.max, max: -found.type.min },
    maybe: scope.place !== undefined && found.maybe,
  };
}

export function inferKnown(cx: Inference, expr: Extract<Expr, { kind: 'is-known' }>, scope: Scope): Inferred {
  // `runs is known` asks for an entry; count says it better.
  const { symbols } = cx.checked;
  if (
    expr.of.kind === 'name' &&
    !isDeclared(cx, expr.of.name.text, scope) &&
    findCollection(symbols, expr.of.name.text)
  ) {
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
  // A calculation with a missing value is missing itself, and what counts then is said here.
  const whole: Scope = { ...scope, place: scope.place ?? 'let' };
  const left = unwrap(cx, expr.left, cx.infer(expr.left, whole, expected));
  const wanted = left.type.kind === 'choice' ? (expected ?? left.type) : expected;
  const right = meeting(cx, expr.right, unwrap(cx, expr.right, cx.infer(expr.right, scope, wanted)), left.type);
  if (left.type.kind === 'unknown') return { type: unknownType, maybe: right.maybe };
  if (isNumber(left.type) && isNumber(right.type) && sameUnits(left.type, right.type)) {
    return { type: hull(left.type, right.type), maybe: right.maybe };
  }
  if (left.type.kind === 'choice' && right.type.kind === 'choice') {
    return {
      type: { ...left.type, options: [...new Set([...left.type.options, ...right.type.options])] },
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
  if (left.type.kind === 'unknown' || right.type.kind === 'unknown') return mistaken;
  const ordering = operator !== '=' && operator !== '!=';
  if (besideItself(cx, expr, scope)) return result;
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
    if (!sameUnits(left.type, right.type)) mismatch(cx, expr, left.type, right.type);
    else decide(cx, expr, left as NumberSide, right as NumberSide, scope);
    return result;
  }
  if (left.type.kind === 'choice' && right.type.kind === 'choice') return result;
  if (left.type.kind === 'text' && right.type.kind === 'text') {
    tellNeverGiven(cx, expr, result.maybe);
    return result;
  }
  if (!fits(left.type, right.type) && !fits(right.type, left.type)) {
    const days = [left.type.kind, right.type.kind].sort().join();
    const hint =
      days === 'date,moment'
        ? 'Compare days with days: `day of …` gives the day of a moment.'
        : days === 'choice,text'
          ? 'Write the choice without quotes.'
          : days === 'duration,number'
            ? lengthHint(
                cx,
                ...(left.type.kind === 'duration'
                  ? ([expr.left, expr.right] as const)
                  : ([expr.right, expr.left] as const)),
              )
            : days === 'date,number'
              ? yearFirst(left.type.kind === 'number' ? expr.left : expr.right)
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

/** `level = "amber"`, where no row of `level` gives that. `maybe`: something in it may be missing, and then it fails. */
function tellNeverGiven(cx: Inference, { left, right, operator, span }: Binary, maybe: boolean): void {
  const found = neverGiven(cx.checked, left, right) ?? neverGiven(cx.checked, right, left);
  if (found === undefined || (operator === '!=' && maybe)) return;
  cx.report(diagnostic(operator === '=' ? 'never-true' : 'always-true', span, { why: found.why }, found.details));
}

/** `where kind = kind`: both are the entry's, whatever else has that name. */
function besideItself(cx: Inference, { left, right, operator, span }: Binary, scope: Scope): boolean {
  if (left.kind !== 'name' || right.kind !== 'name' || left.name.text !== right.name.text) return false;
  const { text } = left.name;
  const holds = operator === '=' || operator === '<=' || operator === '>=';
  const theirs = scope.entryOf?.fields.has(text) ?? false;
  const whose = theirs ? `, both times that of the ${scope.entryOf?.list ? 'item' : 'entry'}` : '';
  const why = `: \`${text}\` is compared with itself${whose}`;
  const hint = theirs ? { hint: 'Give one of the two another name where it is declared.' } : {};
  cx.report(diagnostic(holds ? 'always-true' : 'never-true', span, { why }, hint));
  return true;
}

/** How a length is compared with a plain number: both as numbers, or both as lengths. */
function lengthHint(cx: Inference, length: Expr, number: Expr): string {
  if (length.kind === 'duration') return 'Write the number without its unit of time: `30` in place of `30 min`.';
  if (number.kind === 'number') return `Say of what: \`${number.value} days\`.`;
  const whole = words(cx.checked, length.span);
  return `Say in what you count it: \`${length.kind === 'binary' ? `(${whole})` : whole} / 1 day\`.`;
}

/** A side that is only a word may be an option of the other side's choice, so that side goes first. */
function inferSides(cx: Inference, expr: Binary, scope: Scope): [Inferred, Inferred] {
  const side = (of: Expr, expected?: Type) => unwrap(cx, of, cx.infer(of, scope, expected));
  const wordFirst = expr.left.kind === 'name' && !isDeclared(cx, expr.left.name.text, scope);
  const [first, second] = wordFirst ? [expr.right, expr.left] : [expr.left, expr.right];
  const one = side(first);
  // What a word means beside something that was not understood cannot be told.
  const lost = one.type.kind === 'unknown' && second.kind === 'name' && !isDeclared(cx, second.name.text, scope);
  const other = lost ? mistaken : side(second, one.type);
  const [left, right] = wordFirst ? [other, one] : [one, other];
  return together(cx, expr, left, right);
}

/**
 * Both sides as what they are beside each other: a written length beside a number is a number, other numbers beside a
 * length are lengths.
 */
function together(cx: Inference, expr: Binary, left: Inferred, right: Inferred): [Inferred, Inferred] {
  const l = { ...left, type: besideNumber(cx, expr.left, left.type, right.type) };
  const r = { ...right, type: besideNumber(cx, expr.right, right.type, left.type) };
  return [
    { ...l, type: besideLength(cx, expr.left, l.type, r.type) },
    { ...r, type: besideLength(cx, expr.right, r.type, l.type) },
  ];
}

/** `found`, as what it is beside a value of type `other`. */
export function meeting(cx: Inference, expr: Expr, found: Inferred, other: Type): Inferred {
  const number = besideNumber(cx, expr, found.type, other);
  return { type: besideLength(cx, expr, number, other), maybe: found.maybe };
}

function isDeclared(cx: Inference, name: string, scope: Scope): boolean {
  return (
    name === 'stage' ||
    scope.argument?.name === name ||
    (scope.entryOf?.fields.has(name) ?? false) ||
    (scope.item?.fields.has(name) ?? false) ||
    letNamed(cx.checked, name, scope) !== undefined ||
    cx.checked.symbols.fields.has(name)
  );
}

/** `felt = "hard"`: allowed to compare, but only words that can be chosen ever hold. */
function checkQuotedOption(cx: Inference, text: Expr, choice: Type): void {
  if (choice.kind !== 'choice' || text.kind !== 'text') return;
  const [word] = text.parts;
  if (typeof word === 'string' && text.parts.length === 1 && !choice.options.includes(word)) {
    const options = choice.options.join(', ');
    const details = meant({ text: word, span: text.span }, choice.options);
    cx.report(diagnostic('unknown-option', text.span, { name: word, of: 'here', options }, details));
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

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const quotedWords = (cx: Inference, expr: Expr): string => `\`${words(cx.checked, expr.span)}\``;
