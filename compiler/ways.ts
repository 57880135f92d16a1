/**
 * Conditions taken apart: the ways in which one can hold, or be false, each a list of atoms that must hold together.
 *
 * An atom asks one thing of one measure: a range of a sum, words out of a set, whether something is there. What
 * is not understood is an atom of its own, and free. Conditions are three-valued: one that is missing does not
 * hold. What the ways leave possible is asked in `possible.ts`.
 */
import type { Span } from '../language/ast.ts';
import type { Comparison, Expr, ValueType } from './ir.ts';
import type { Place } from './place.ts';
import { elapsedTerm, keyOf, lengthSum, nameOf, plus, type Sum, single, sumOf } from './terms.ts';

/** Values on a line of numbers. */
export type Range = { min: number; max: number; minIn: boolean; maxIn: boolean };

/**
 * `expr` is what is asked, in the author's words; `denied`: that it does not hold. `needs` are the keys of what
 * must be there for it to hold; with `orMissing` it does as well to be missing.
 */
export type Atom = SumAtom | WordAtom | KnownAtom;

type AnyAtom = {
  readonly key: string;
  readonly span: Span;
  readonly expr: Expr;
  readonly denied: boolean;
  readonly orMissing: boolean;
  readonly needs: readonly string[];
};

export type SumAtom = AnyAtom & {
  readonly kind: 'sum';
  readonly sum: Sum;
  readonly range: Range;
  readonly except: readonly number[];
};

/** Of texts, choices and yes/no. `only`: one of these; otherwise none of them. */
export type WordAtom = AnyAtom & {
  readonly kind: 'word';
  readonly words: readonly Word[];
  readonly only: boolean;
  readonly options: readonly Word[] | undefined;
  readonly name: string;
};

export type KnownAtom = AnyAtom & { readonly kind: 'known'; readonly known: boolean; readonly name: string };

export type Word = string | boolean;

/** Ways a condition can hold; a condition with more is not understood. */
const WAYS_MAX = 64;
/** Parts that must hold together in one way; with more it is not understood either. */
const ATOMS_MAX = 60;
const LETS_DEEP_MAX = 50;

const yesNo: readonly boolean[] = [true, false];

/** Undefined where there are too many. */
export type Ways = readonly Way[] | undefined;
export type Way = readonly Atom[];

/** A condition in a place, with what is known of it: each thing is worked out once, when it is wanted. */
export type Look = {
  readonly place: Place;
  readonly condition: Expr | undefined;
  holding: Worked<Ways>;
  failing: Worked<Ways>;
  /** Asked in `possible.ts`: the ways that nothing rules out, and the terms of all. */
  possible: Worked<Ways>;
  canFail: Worked<boolean>;
  asked: Worked<readonly string[]>;
};

/** Undefined until it has been worked out. */
type Worked<Value> = { readonly value: Value } | undefined;

const always: readonly Way[] = [[]];
const never: readonly Way[] = [];

/** Whether what is being worked out asks in which stage it stands; nearly nothing does. */
let asksStage = false;

/**
 * Every way `expr` can hold (`holds`) or be false. Many questions ask about the same conditions: each is worked
 * out once, for all stages where it does not ask for the stage.
 */
export function waysOf(place: Place, expr: Expr | undefined, holds = true, deep = 0): Ways {
  if (expr === undefined) return holds ? always : never;
  if (expr.op === 'value') return expr.value === holds ? always : never;
  const side = holds ? 'holding' : 'failing';
  const general = place.anywhere.get(expr)?.[side];
  if (general !== undefined) return general.value;
  const special = place.here.size === 0 ? undefined : place.here.get(expr)?.[side];
  if (special !== undefined) {
    asksStage = true;
    return special.value;
  }
  const outer = asksStage;
  asksStage = false;
  const ways = workOut(place, expr, holds, deep);
  const memory = asksStage ? place.here : place.anywhere;
  asksStage ||= outer;
  let look = memory.get(expr);
  if (look === undefined) {
    look = unknown(place, expr);
    memory.set(expr, look);
  }
  look[side] = { value: ways };
  return ways;
}

/** What is known of a condition in this place. */
export function lookAt(place: Place, condition: Expr | undefined): Look {
  const ways = waysOf(place, condition);
  const known = condition && (place.anywhere.get(condition) ?? place.here.get(condition));
  if (known !== undefined) return known;
  return { ...unknown(place, condition), holding: { value: ways } };
}

const unknown = (place: Place, condition: Expr | undefined): Look => ({
  place,
  condition,
  holding: undefined,
  failing: undefined,
  possible: undefined,
  canFail: undefined,
  asked: undefined,
});

function workOut(place: Place, expr: Expr, holds: boolean, deep: number): Ways {
  switch (expr.op) {
    case 'not':
      return waysOfPart(place, expr.of, !holds, deep);
    case 'and':
    case 'or': {
      const left = waysOfPart(place, expr.left, holds, deep);
      const right = waysOfPart(place, expr.right, holds, deep);
      if (left === undefined || right === undefined) return undefined;
      if ((expr.op === 'and') !== holds) return left.length + right.length > WAYS_MAX ? undefined : [...left, ...right];
      return together(left, right);
    }
    case 'let': {
      const found = place.ir.lets[expr.id];
      if (found === undefined || deep >= LETS_DEEP_MAX) return [[flag(place, expr, holds)]];
      return waysOf(place, found.value, holds, deep + 1);
    }
    case 'else':
      if (expr.right.op !== 'value' || expr.right.value !== false) return [[flag(place, expr, holds)]];
      return holds
        ? waysOfPart(place, expr.left, true, deep)
        : failingOrMissing(waysOfPart(place, expr.left, false, deep));
    case 'compare':
      return compareWays(place, expr, holds);
    case 'known':
      return knownWays(place, expr, holds);
    case 'since':
    case 'silence':
    case 'absence': {
      const term = elapsedTerm(place, expr);
      const over = plus(single(term), lengthSum(place, expr.duration), -1);
      // What never happened is no time ago: then it is false that this long has passed.
      const atom = sumAtom(expr, over, holds ? '>=' : '<', !holds, !holds && term.maybeMissing);
      return atom === undefined ? always : [[atom]];
    }
    case 'last-was': {
      const name = `last ${place.ir.series[expr.series]?.singular ?? expr.series}`;
      const words = expr.daysAgo.map(String);
      const asked = { key: `last-was ${expr.series}`, name, words, only: holds, options: undefined };
      return [[wordAtom(expr, !holds, asked, !holds)]];
    }
    default:
      return [[flag(place, expr, holds)]];
  }
}

/** The ways of a part: those that are asked for by themselves, too, are remembered. */
const waysOfPart = (place: Place, part: Expr, holds: boolean, deep: number): Ways =>
  part.op === 'and' || part.op === 'or' || part.op === 'value'
    ? waysOf(place, part, holds, deep)
    : workOut(place, part, holds, deep);

/** The same ways, where a missing value does as well. */
function failingOrMissing(ways: Ways): Ways {
  return ways?.map((way) => way.map((atom) => (atom.kind === 'known' ? atom : { ...atom, orMissing: true })));
}

/** All of both. */
export function together(left: readonly Way[], right: readonly Way[]): Ways {
  if (left.length * right.length > WAYS_MAX || longest(left) + longest(right) > ATOMS_MAX) return undefined;
  const both: Way[] = [];
  for (const one of left) for (const other of right) both.push([...one, ...other]);
  return both;
}

function longest(ways: readonly Way[]): number {
  let most = 0;
  for (const { length } of ways) if (length > most) most = length;
  return most;
}

type AskedOfWords = Pick<WordAtom, 'key' | 'name' | 'words' | 'only' | 'options'>;

function wordAtom(expr: Expr, denied: boolean, asked: AskedOfWords, orMissing = false): WordAtom {
  const { key, name, words, only, options } = asked;
  return { kind: 'word', key, span: expr.span, expr, denied, orMissing, needs: [key], words, only, options, name };
}

/** A yes/no question that is not taken apart. */
function flag(place: Place, expr: Expr, holds: boolean): Atom {
  const asked = { key: keyOf(place, expr), name: nameOf(place, expr), words: [holds], only: true, options: yesNo };
  return wordAtom(expr, !holds, asked);
}

function knownWays(place: Place, expr: Extract<Expr, { op: 'known' }>, holds: boolean): Ways {
  const { span } = expr;
  const atom = (key: string, name: string): Atom => ({
    kind: 'known',
    key,
    span,
    expr,
    denied: !holds,
    orMissing: !holds,
    needs: [key],
    known: holds,
    name,
  });
  const terms = sumOf(place, expr.of).terms.filter(({ term }) => term.maybeMissing);
  // A sum is known when every part of it is.
  if (terms.length === 0) return [[atom(keyOf(place, expr.of), nameOf(place, expr.of))]];
  const atoms = terms.map(({ term }) => atom(term.key, term.name));
  return holds ? [atoms] : atoms.map((one) => [one]);
}

/** What holds of two values when a comparison does not. */
export const opposite: Readonly<Record<Comparison, Comparison>> = {
  '=': '!=',
  '!=': '=',
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
};
const mirrored: Record<Comparison, Comparison> = { '=': '=', '!=': '!=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

function compareWays(place: Place, expr: Extract<Expr, { op: 'compare' }>, holds: boolean): Ways {
  const by = holds ? expr.by : opposite[expr.by];
  const left = wordIn(place, expr.left);
  const right = wordIn(place, expr.right);
  if (left !== undefined && right !== undefined)
    return (folded(left) === folded(right)) === (by === '=') ? always : never;
  const word = right ?? left;
  if (word !== undefined) {
    const other = right === undefined ? expr.right : expr.left;
    const options = optionsOf(place, other);
    const words = [options === undefined ? folded(word) : word];
    const asked = { key: keyOf(place, other), name: nameOf(place, other), words, only: by === '=', options };
    return [[wordAtom(expr, !holds, asked)]];
  }
  if (isOfWords(place, expr.left) || isOfWords(place, expr.right)) {
    const key = [keyOf(place, expr.left), keyOf(place, expr.right)].sort().join(' = ');
    const name = `${nameOf(place, expr.left)} = ${nameOf(place, expr.right)}`;
    return [[wordAtom(expr, !holds, { key, name, words: [by === '='], only: true, options: yesNo })]];
  }
  const difference = plus(sumOf(place, expr.left), sumOf(place, expr.right), -1);
  const atom = sumAtom(expr, difference, by, !holds, false);
  if (atom === undefined) return compareNumbers(difference.constant, by) ? always : never;
  return [[atom]];
}

/** A text is the same in capitals and in small letters. */
const folded = (word: Word): Word => (typeof word === 'string' ? word.toLowerCase() : word);

/** A word that is written out; the stage where it is known. */
function wordIn(place: Place, expr: Expr): string | boolean | undefined {
  if (isOwnStage(place, expr)) return place.stage;
  if (expr.op !== 'value') return undefined;
  return typeof expr.value === 'string' || typeof expr.value === 'boolean' ? expr.value : undefined;
}

/** The stage of the flow at hand, by either of its names. */
function isOwnStage({ ir, flow }: Place, expr: Expr): boolean {
  const isOwn = expr.op === 'stage' && (expr.of === 'own' || (expr.of === 'program' && flow === ir));
  asksStage ||= isOwn;
  return isOwn;
}

/** Whether what an expression comes to is known to be a text, a choice or yes/no. */
function isOfWords(place: Place, expr: Expr): boolean {
  const kind = typeOf(place, expr)?.kind;
  return kind === 'text' || kind === 'choice' || kind === 'yes-no';
}

function typeOf(place: Place, expr: Expr): ValueType | undefined {
  if (expr.op === 'data') return place.ir.data[expr.name]?.type;
  if (expr.op === 'item') return place.list?.fields[expr.field]?.type;
  if (expr.op === 'let') {
    const value = place.ir.lets[expr.id]?.value;
    return value === undefined || value.op === 'let' ? undefined : typeOf(place, value);
  }
  return undefined;
}

function optionsOf(place: Place, expr: Expr): readonly (string | boolean)[] | undefined {
  const type = typeOf(place, expr);
  if (type?.kind === 'yes-no') return yesNo;
  if (type?.kind === 'choice') return type.options;
  if (isOwnStage(place, expr)) return place.flow.stageOrder;
  return undefined;
}

/**
 * `sum <by> 0`, written so that the same measure has the same key whatever side it stands on; undefined where
 * nothing is measured.
 */
function sumAtom(expr: Expr, sum: Sum, by: Comparison, denied: boolean, orMissing: boolean): SumAtom | undefined {
  const { terms, key, lead } = normal(sum);
  if (lead === undefined) return undefined;
  const needs: string[] = [];
  for (const { term } of terms) if (term.maybeMissing) needs.push(term.key);
  const bound = -sum.constant / lead;
  const sign = lead < 0 ? mirrored[by] : by;
  return {
    kind: 'sum',
    key,
    span: expr.span,
    expr,
    denied,
    orMissing,
    needs,
    sum: { terms, constant: 0 },
    range: rangeOf(sign, bound),
    except: sign === '!=' ? [bound] : nowhere,
  };
}

const nowhere: readonly number[] = [];

/** The terms of a sum in the order of their keys, the first with the factor 1; `lead` is what that one had. */
function normal(sum: Sum): { terms: Sum['terms']; key: string; lead: number | undefined } {
  const [first, second] = sum.terms;
  if (first?.factor === 1 && second === undefined) return { terms: sum.terms, key: `1·${first.term.key}`, lead: 1 };
  const sorted =
    sum.terms.length > 1 ? sum.terms.toSorted((one, other) => (one.term.key < other.term.key ? -1 : 1)) : sum.terms;
  const lead = sorted[0]?.factor;
  if (lead === undefined) return { terms: sorted, key: '', lead };
  const terms = lead === 1 ? sorted : sorted.map(({ factor, term }) => ({ factor: factor / lead, term }));
  return { terms, key: terms.map(({ factor, term }) => `${factor}·${term.key}`).join(' + '), lead };
}

function rangeOf(by: Comparison, bound: number): Range {
  switch (by) {
    case '=':
      return { min: bound, max: bound, minIn: true, maxIn: true };
    case '!=':
      return { min: -Infinity, max: Infinity, minIn: false, maxIn: false };
    case '<':
    case '<=':
      return { min: -Infinity, max: bound, minIn: false, maxIn: by === '<=' };
    default:
      return { min: bound, max: Infinity, minIn: by === '>=', maxIn: false };
  }
}

export function compareNumbers(left: number, by: Comparison, right = 0): boolean {
  switch (by) {
    case '=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}
