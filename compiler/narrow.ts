/**
 * What a condition tells about the values in it, where it holds and where it does not.
 *
 * `why is set and …` makes `why` present to the right of `and`; `week < 9` makes week at most 8.
 * A missing value makes every comparison fail, so only where a comparison *holds* are its sides present.
 */
import type { BinaryOperator, Expr } from '../language/ast.ts';
import { functions, isFunction } from './functions.ts';
import { type Known, type KnownFact, wordsOf } from './inference.ts';
import { type Checked, findLet, type WindowState } from './symbols.ts';
import { OPEN_END } from './value-types.ts';

const opposite: Partial<Record<BinaryOperator, BinaryOperator>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '=': '!=',
  '!=': '=',
};
const mirrored: Partial<Record<BinaryOperator, BinaryOperator>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '=': '=',
  '!=': '!=',
};

/** `known` and what follows from `expr` holding (`holds`), or not holding. */
export function narrow(checked: Checked, expr: Expr, holds: boolean, known: Known): Known {
  const facts = new Map(known);
  learn(checked, expr, holds, facts);
  return facts;
}

/** `known`, and that everything a moment is reckoned from is there: a moment that was reached. */
export function reached(checked: Checked, moment: Expr, known: Known): Known {
  const facts = new Map(known);
  notePresent(checked, moment, facts);
  return facts;
}

const literals: ReadonlySet<Expr['kind']> = new Set(['number', 'text', 'yes-no', 'duration', 'time', 'date']);

/**
 * That a value is there, and with it everything it is reckoned from: `second.opens`, and so the day the window hangs
 * on.
 */
function notePresent(checked: Checked, expr: Expr, facts: Map<string, KnownFact>, lets = new Set<string>()): void {
  const parts = (...of: Expr[]) => {
    for (const one of of) notePresent(checked, one, facts, lets);
  };
  // What is written out is there.
  if (literals.has(expr.kind)) return;
  note(facts, wordsOf(checked, expr), { present: true });
  const resolution = checked.resolutions.get(expr);
  if (resolution?.kind === 'let' && checked.letsInText && !lets.has(`known ${resolution.id}`)) {
    const symbol = findLet(checked.symbols, resolution.id);
    lets.add(`known ${resolution.id}`);
    if (symbol !== undefined && symbol.bands === undefined) notePresent(checked, symbol.node.value, facts, lets);
  }
  if (expr.kind === 'binary' && !isComparison(expr.operator) && expr.operator !== 'and' && expr.operator !== 'or')
    parts(expr.left, expr.right);
  if (expr.kind === 'at-time') parts(expr.date, expr.time);
  if (expr.kind === 'day-of' || expr.kind === 'negate') parts(expr.of);
  // A function of something missing is missing.
  if (expr.kind === 'call' && isFunctionOfValues(expr)) parts(...expr.args);
}

const isFunctionOfValues = ({ function: { text }, args }: Extract<Expr, { kind: 'call' }>): boolean =>
  isFunction(text) && args.length >= functions[text].least;

function learn(
  checked: Checked,
  expr: Expr,
  holds: boolean,
  facts: Map<string, KnownFact>,
  lets = new Set<string>(),
): void {
  const present = (of: Expr) => notePresent(checked, of, facts, lets);
  switch (expr.kind) {
    case 'not':
      // That `not x` holds means x is present and no; that it fails says nothing of presence.
      learn(checked, expr.of, !holds, facts, lets);
      if (holds) presentIn(expr.of, present);
      return;
    case 'is-known':
      if (holds !== expr.negated) present(expr.of);
      return;
    case 'name':
      if (holds) present(expr);
      learnLet(checked, expr, holds, facts, lets);
      return;
    case 'last-was':
      if (holds) note(facts, `last ${expr.series.text}`, { present: true });
      return;
    case 'in-window':
      if (holds) windowKnown(expr.window.text, 'open', facts);
      return;
    case 'binary':
      learnBinary(checked, expr, holds, facts, present, lets);
      return;
    default:
      return;
  }
}

/** The ends of a window that today was compared with. */
function windowKnown(name: string, state: WindowState, facts: Map<string, KnownFact>): void {
  if (state !== 'over') note(facts, `${name}.opens`, { present: true });
  if (state !== 'ahead') note(facts, `${name}.closes`, { present: true });
}

/** A let that holds says what its definition says. `lets` are those followed already: they may go round. */
function learnLet(
  checked: Checked,
  expr: Expr,
  holds: boolean,
  facts: Map<string, KnownFact>,
  lets: Set<string>,
): void {
  const resolution = checked.resolutions.get(expr);
  if (resolution?.kind !== 'let' || !checked.letsInText || lets.has(`${holds} ${resolution.id}`)) return;
  const symbol = findLet(checked.symbols, resolution.id);
  lets.add(`${holds} ${resolution.id}`);
  if (symbol !== undefined && symbol.bands === undefined) learn(checked, symbol.node.value, holds, facts, lets);
}

function presentIn(expr: Expr, present: (of: Expr) => void): void {
  if (expr.kind === 'name') present(expr);
  if (expr.kind === 'binary' && isComparison(expr.operator)) {
    present(expr.left);
    present(expr.right);
  }
}

function learnBinary(
  checked: Checked,
  expr: Extract<Expr, { kind: 'binary' }>,
  holds: boolean,
  facts: Map<string, KnownFact>,
  present: (of: Expr) => void,
  lets: Set<string>,
): void {
  const { operator, left, right } = expr;
  const resolution = checked.resolutions.get(expr);
  if (resolution?.kind === 'window-state') {
    if (holds && operator === '=' && left.kind === 'name') windowKnown(left.name.text, resolution.state, facts);
    return;
  }
  if (operator === 'and' || operator === 'or') {
    if (holds === (operator === 'and')) {
      learn(checked, left, holds, facts, lets);
      learn(checked, right, holds, facts, lets);
    }
    return;
  }
  if (!isComparison(operator)) return;
  if (holds) {
    present(left);
    present(right);
  }
  const by = holds ? operator : opposite[operator];
  bound(checked, left, by, right, facts);
  bound(checked, right, by === undefined ? undefined : mirrored[by], left, facts);
}

/** Notes the range that comparing `of` with a number literal leaves. Whole numbers are rounded by the reader. */
function bound(
  checked: Checked,
  of: Expr,
  by: BinaryOperator | undefined,
  limit: Expr,
  facts: Map<string, KnownFact>,
): void {
  if (limit.kind !== 'number') return;
  const key = wordsOf(checked, of);
  const { value } = limit;
  if (by === '=') note(facts, key, { present: false, min: value, max: value });
  if (by === '<=') note(facts, key, { present: false, max: value });
  if (by === '>=') note(facts, key, { present: false, min: value });
  // An open end: whole numbers stop one short of it, others come as near as they like.
  if (by === '<') note(facts, key, { present: false, max: value - OPEN_END });
  if (by === '>') note(facts, key, { present: false, min: value + OPEN_END });
}

function note(facts: Map<string, KnownFact>, key: string, fact: KnownFact): void {
  const before = facts.get(key);
  facts.set(key, {
    present: fact.present || (before?.present ?? false),
    min: Math.max(before?.min ?? -Infinity, fact.min ?? -Infinity),
    max: Math.min(before?.max ?? Infinity, fact.max ?? Infinity),
  });
}

const comparisons = new Set<BinaryOperator>(['=', '!=', '<', '<=', '>', '>=']);
export const isComparison = (operator: BinaryOperator): boolean => comparisons.has(operator);

/** Forgets everything said about words that start with one of `names`: they mean something else now. */
export function forget(known: Known, names: Iterable<string>): Known {
  if (known.size === 0) return known;
  const gone = new Set(names);
  return new Map([...known].filter(([key]) => !(key.match(/\w+/g) ?? []).some((word) => gone.has(word))));
}
