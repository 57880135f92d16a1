/**
 * Which values a condition leaves possible: a small solver over ranges, choices and yes/no.
 *
 * `waysOf` takes a condition apart into ways it can hold, each a list of atoms that must hold together;
 * `contradiction` finds atoms that cannot; `implies` compares conditions; `witness.ts` finds values. What
 * is not understood is free. Conditions are three-valued: one that is missing does not hold.
 */
import type { Span } from '../language/ast.ts';
import type { Comparison, Expr, ValueType } from './ir.ts';
import {
  elapsedTerm,
  keyOf,
  lengthSum,
  memoryOf,
  nameOf,
  type Place,
  plus,
  type Sum,
  single,
  sumOf,
  type Term,
} from './terms.ts';

/** Values on a line of numbers. */
export type Range = { min: number; max: number; minIn: boolean; maxIn: boolean };

/** `expr` is what is asked, in the author's words; `denied`: that it does not hold. */
export type Atom = { key: string; span: Span; expr: Expr; denied: boolean; orMissing: boolean } & (
  | { kind: 'sum'; sum: Sum; range: Range; except: number[] }
  /** Of texts, choices and yes/no (`true`, `false`). `only`: one of these; otherwise none of them. */
  | {
      kind: 'word';
      words: Set<string | boolean>;
      only: boolean;
      options: readonly (string | boolean)[] | undefined;
      name: string;
    }
  | { kind: 'known'; known: boolean; name: string }
);

/** Ways a condition can hold; a condition with more is not understood. */
const WAYS_MAX = 64;
/** Parts that must hold together in one way; with more it is not understood either. */
const ATOMS_MAX = 60;
const LETS_DEEP_MAX = 50;

const everything: Range = { min: -Infinity, max: Infinity, minIn: false, maxIn: false };
const yesNo: readonly boolean[] = [true, false];

type Ways = Atom[][] | undefined;

/** Whether what is being worked out asks in which stage it stands; nearly nothing does. */
let asksStage = false;

/**
 * Every way `expr` can hold (`holds`) or be false; undefined where there are too many. Many questions ask about
 * the same conditions: each is worked out once, for all stages where it does not ask for the stage.
 */
export function waysOf(place: Place, expr: Expr | undefined, holds = true, deep = 0): Ways {
  if (expr === undefined) return holds ? [[]] : [];
  if (expr.op === 'value') return expr.value === holds ? [[]] : [];
  const { waysAnywhere: anywhere, ways: here } = memoryOf(place);
  const side = holds ? 'holding' : 'failing';
  const general = anywhere.get(expr)?.[side];
  if (general !== undefined) return (general as { ways: Ways }).ways;
  const special = here.get(expr)?.[side];
  if (special !== undefined) {
    asksStage = true;
    return (special as { ways: Ways }).ways;
  }
  const outer = asksStage;
  asksStage = false;
  const ways = workOut(place, expr, holds, deep);
  const memory = asksStage ? here : anywhere;
  asksStage ||= outer;
  const both = memory.get(expr) ?? {};
  both[side] = { ways };
  memory.set(expr, both);
  return ways;
}

function workOut(place: Place, expr: Expr, holds: boolean, deep: number): Ways {
  switch (expr.op) {
    case 'not':
      return waysOf(place, expr.of, !holds, deep);
    case 'and':
    case 'or': {
      const left = waysOf(place, expr.left, holds, deep);
      const right = waysOf(place, expr.right, holds, deep);
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
      return holds ? waysOf(place, expr.left, true, deep) : failingOrMissing(waysOf(place, expr.left, false, deep));
    case 'compare':
      return compareWays(place, expr, holds);
    case 'known':
      return knownWays(place, expr, holds);
    case 'since':
    case 'silence':
    case 'absence': {
      const term = elapsedTerm(place, expr);
      const over = plus(single(term), lengthSum(place, expr.duration), -1);
      const atom = sumAtom(expr, over, holds ? '>=' : '<', !holds);
      // What never happened is no time ago: then it is false that this long has passed.
      return atom === undefined ? [[]] : [[{ ...atom, orMissing: !holds && term.maybeMissing }]];
    }
    case 'last-was': {
      const words = new Set(expr.daysAgo.map(String));
      const name = `last ${place.ir.series[expr.series]?.singular ?? expr.series}`;
      const key = `last-was ${expr.series}`;
      const base = { key, span: expr.span, expr, denied: !holds, name, options: undefined };
      return [[{ ...base, kind: 'word', words, only: holds, orMissing: !holds }]];
    }
    default:
      return [[flag(place, expr, holds)]];
  }
}

/** The same ways, where a missing value does as well. */
function failingOrMissing(ways: Atom[][] | undefined): Atom[][] | undefined {
  return ways?.map((way) => way.map((atom) => (atom.kind === 'known' ? atom : { ...atom, orMissing: true })));
}

/** All of both. */
export function together(left: readonly Atom[][], right: readonly Atom[][]): Atom[][] | undefined {
  const longest = (ways: readonly Atom[][]) => ways.reduce((most, way) => Math.max(most, way.length), 0);
  if (left.length * right.length > WAYS_MAX || longest(left) + longest(right) > ATOMS_MAX) return undefined;
  return left.flatMap((one) => right.map((other) => [...one, ...other]));
}

function flag(place: Place, expr: Expr, holds: boolean): Atom {
  const base = { key: keyOf(place, expr), span: expr.span, expr, denied: !holds, orMissing: false };
  return { ...base, name: nameOf(place, expr), kind: 'word', words: new Set([holds]), only: true, options: yesNo };
}

function knownWays(place: Place, expr: Extract<Expr, { op: 'known' }>, holds: boolean): Atom[][] {
  const atom = (key: string, name: string): Atom => ({
    kind: 'known',
    known: holds,
    key,
    name,
    span: expr.span,
    expr,
    denied: !holds,
    orMissing: !holds,
  });
  const sum = sumOf(place, expr.of);
  const terms = [...sum.terms.values()].map(({ term }) => term).filter((term) => term.maybeMissing);
  // A sum is known when every part of it is.
  if (terms.length === 0) return [[atom(keyOf(place, expr.of), nameOf(place, expr.of))]];
  return holds ? [terms.map((term) => atom(term.key, term.name))] : terms.map((term) => [atom(term.key, term.name)]);
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

function compareWays(place: Place, expr: Extract<Expr, { op: 'compare' }>, holds: boolean): Atom[][] {
  const by = holds ? expr.by : opposite[expr.by];
  const [left, right] = [wordIn(place, expr.left), wordIn(place, expr.right)];
  if (left !== undefined && right !== undefined) return (left === right) === (by === '=') ? [[]] : [];
  const word = right ?? left;
  const other = right === undefined ? expr.right : expr.left;
  if (word !== undefined) {
    const options = optionsOf(place, other);
    const base = {
      key: keyOf(place, other),
      name: nameOf(place, other),
      span: expr.span,
      expr,
      denied: !holds,
      orMissing: false,
    };
    return [[{ ...base, kind: 'word', words: new Set([word]), only: by === '=', options }]];
  }
  const types = [typeOf(place, expr.left), typeOf(place, expr.right)];
  if (
    types.some(
      (type) => type !== undefined && (type.kind === 'text' || type.kind === 'choice' || type.kind === 'yes-no'),
    )
  ) {
    const names = [keyOf(place, expr.left), keyOf(place, expr.right)].sort();
    const base = { key: names.join(' = '), span: expr.span, expr, denied: !holds, orMissing: false, options: yesNo };
    const name = `${nameOf(place, expr.left)} = ${nameOf(place, expr.right)}`;
    return [[{ ...base, name, kind: 'word', words: new Set([by === '=']), only: true }]];
  }
  const difference = plus(sumOf(place, expr.left), sumOf(place, expr.right), -1);
  if (difference.terms.size === 0) return compareNumbers(difference.constant, by) ? [[]] : [];
  const atom = sumAtom(expr, difference, by, !holds);
  return atom === undefined ? [[]] : [[atom]];
}

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

/** `sum <by> 0`, written so that the same measure has the same key whatever side it stands on. */
function sumAtom(expr: Expr, sum: Sum, by: Comparison, denied: boolean): Extract<Atom, { kind: 'sum' }> | undefined {
  const keys = [...sum.terms.keys()];
  if (keys.length > 1) keys.sort();
  const [first] = keys;
  const lead = first === undefined ? undefined : sum.terms.get(first);
  if (lead === undefined) return undefined;
  const terms: Sum['terms'] = new Map();
  let key = '';
  for (const each of keys) {
    const one = sum.terms.get(each);
    if (one === undefined) continue;
    const factor = one.factor / lead.factor;
    terms.set(each, { factor, term: one.term });
    key += `${key === '' ? '' : ' + '}${factor}·${each}`;
  }
  const bound = -sum.constant / lead.factor;
  const sign = lead.factor < 0 ? mirrored[by] : by;
  const base = {
    kind: 'sum' as const,
    key,
    sum: { terms, constant: 0 },
    span: expr.span,
    expr,
    denied,
    orMissing: false,
  };
  switch (sign) {
    case '=':
      return { ...base, range: { min: bound, max: bound, minIn: true, maxIn: true }, except: [] };
    case '!=':
      return { ...base, range: everything, except: [bound] };
    case '<':
    case '<=':
      return { ...base, range: { ...everything, max: bound, maxIn: sign === '<=' }, except: [] };
    default:
      return { ...base, range: { ...everything, min: bound, minIn: sign === '>=' }, except: [] };
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

// ---------------------------------------------------------------- what is left possible

export type Box =
  | { kind: 'sum'; sum: Sum; range: Range; except: number[] }
  | {
      kind: 'word';
      only: Set<string | boolean> | undefined;
      not: Set<string | boolean>;
      name: string;
      options: readonly (string | boolean)[] | undefined;
    }
  | { kind: 'missing' };

/** What the atoms leave of each measure; undefined where they contradict each other. */
export function boxesOf(atoms: readonly Atom[]): Map<string, Box> | undefined {
  const boxes = new Map<string, Box>();
  const present = new Set<string>();
  const absent = new Set<string>();
  const orMissing: Atom[] = [];
  for (const atom of atoms) {
    if (atom.kind === 'known') {
      (atom.known ? present : absent).add(atom.key);
      continue;
    }
    if (atom.orMissing) {
      orMissing.push(atom);
      continue;
    }
    for (const key of needs(atom)) present.add(key);
    if (!meet(boxes, atom)) return undefined;
  }
  for (const key of present) if (absent.has(key)) return undefined;
  // What may as well be missing only counts where something else needs it to be there.
  for (const atom of orMissing) {
    if (needs(atom).every((key) => present.has(key)) && !meet(boxes, atom)) return undefined;
  }
  for (const key of absent) if (!boxes.has(key)) boxes.set(key, { kind: 'missing' });
  return boxes;
}

/** What must not be missing for an atom to hold. */
function needs(atom: Atom): string[] {
  if (atom.kind !== 'sum') return [atom.key];
  const keys: string[] = [];
  for (const { term } of atom.sum.terms.values()) if (term.maybeMissing) keys.push(term.key);
  return keys;
}

function meet(boxes: Map<string, Box>, atom: Atom): boolean {
  const before = boxes.get(atom.key);
  if (atom.kind === 'sum') {
    const range = before?.kind === 'sum' ? narrower(before.range, atom.range) : within(atom);
    const except =
      before?.kind === 'sum' && before.except.length > 0 ? [...before.except, ...atom.except] : atom.except;
    const step = stepOf(atom.sum);
    const rounded = step > 0 ? onSteps(range, step) : range;
    if (isEmpty(rounded) || (rounded.min === rounded.max && except.includes(rounded.min))) return false;
    boxes.set(atom.key, { kind: 'sum', sum: atom.sum, range: rounded, except });
    return true;
  }
  if (atom.kind === 'word') {
    const box: Extract<Box, { kind: 'word' }> =
      before?.kind === 'word'
        ? before
        : { kind: 'word', only: undefined, not: new Set(), name: atom.name, options: undefined };
    const only = !atom.only
      ? box.only
      : new Set([...atom.words].filter((word) => box.only === undefined || box.only.has(word)));
    const not = atom.only ? box.not : new Set([...box.not, ...atom.words]);
    const options = box.options ?? atom.options;
    const left = wordsOf({ kind: 'word', only, not, options, name: '' });
    if ((only !== undefined || options !== undefined) && left.length === 0) return false;
    boxes.set(atom.key, { kind: 'word', only, not, name: atom.name, options });
  }
  return true;
}

/** The range of an atom, within what its one term can be. */
function within({ sum, range }: Extract<Atom, { kind: 'sum' }>): Range {
  const only = onlyTerm(sum);
  if (only === undefined) return range;
  const { min, max } = only.term;
  return narrower(range, { min, max, minIn: Number.isFinite(min), maxIn: Number.isFinite(max) });
}

/** The term of a sum that has one. */
const onlyTerm = ({ terms }: Sum) => (terms.size === 1 ? terms.values().next().value : undefined);

const stepOf = (sum: Sum): number => onlyTerm(sum)?.term.step ?? 0;

export function narrower(left: Range, right: Range): Range {
  const min = Math.max(left.min, right.min);
  const max = Math.min(left.max, right.max);
  return {
    min,
    max,
    minIn: (left.min < min || left.minIn) && (right.min < min || right.minIn),
    maxIn: (left.max > max || left.maxIn) && (right.max > max || right.maxIn),
  };
}

export function onSteps({ min, max, minIn, maxIn }: Range, step: number): Range {
  const from = Math.ceil(min / step) * step;
  const to = Math.floor(max / step) * step;
  return {
    min: Number.isFinite(min) ? (from === min && !minIn ? from + step : from) : min,
    max: Number.isFinite(max) ? (to === max && !maxIn ? to - step : to) : max,
    minIn: Number.isFinite(min),
    maxIn: Number.isFinite(max),
  };
}

export const isEmpty = ({ min, max, minIn, maxIn }: Range): boolean => min > max || (min === max && !(minIn && maxIn));

/** Whether nothing rules out that all atoms hold. */
export const isPossible = (atoms: readonly Atom[]): boolean => boxesOf(atoms) !== undefined;

/** Two atoms that cannot hold together, each of which can by itself; undefined where there are none. */
export function contradiction(atoms: readonly Atom[]): [Atom, Atom] | undefined {
  for (const [index, second] of atoms.entries()) {
    for (const first of atoms.slice(0, index))
      if (isPossible([first]) && isPossible([second]) && !isPossible([first, second])) return [first, second];
  }
  return undefined;
}

/** A condition looked at from all sides, each side once and when it is wanted. */
export type Look = {
  /** The ways it can hold, or be false; undefined where there are too many. */
  ways: () => Atom[][] | undefined;
  failing: () => Atom[][] | undefined;
  /** The terms it asks about. */
  asked: () => ReadonlySet<string>;
  /** Whether nothing rules it out; and whether anything can make it false. */
  canHold: () => boolean;
  canFail: () => boolean;
};

export function lookAt(place: Place, condition: Expr | undefined): Look {
  const ways = once(() => waysOf(place, condition));
  const failing = once(() => waysOf(place, condition, false));
  return {
    ways,
    failing,
    asked: once(() => new Set((ways() ?? []).flat().flatMap(termsIn))),
    canHold: once(() => ways()?.some(isPossible) ?? true),
    canFail: once(() => failing()?.some(isPossible) ?? true),
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Whether `second` holds in every case in which `first` does, as far as that can be seen. */
export function implies(first: Look, second: Look): boolean {
  const [holding, failing, wanted] = [first.ways(), second.failing(), second.ways()];
  if (holding === undefined || failing === undefined || wanted === undefined) return false;
  // What asks about other things rules nothing out.
  const shares = [...second.asked()].some((term) => first.asked().has(term));
  if (!shares && second.canFail() && first.canHold()) return false;
  const asked = new Set(
    wanted
      .flat()
      .flatMap((atom) =>
        atom.kind === 'known' || atom.orMissing ? [] : needs(atom).filter((key) => isUnsure(atom, key)),
      ),
  );
  return holding.every((way) => {
    const there = new Set(way.flatMap(presentIn));
    if ([...asked].some((key) => !there.has(key))) return !isPossible(way);
    return failing.every((other) => !isPossible([...way, ...other]));
  });
}

/** What is not missing where an atom holds. */
function presentIn(atom: Atom): string[] {
  if (atom.kind === 'known') return atom.known ? [atom.key] : [];
  return atom.orMissing ? [] : needs(atom);
}

/** Whether what an atom needs may be missing: terms know; words may. */
const isUnsure = (atom: Atom, key: string): boolean =>
  atom.kind === 'sum' ? (atom.sum.terms.get(key)?.term.maybeMissing ?? true) : atom.expr.op !== 'judged';

/** The measures that an atom asks about, one term at a time. */
export const termsIn = (atom: Atom): string[] => (atom.kind === 'sum' ? [...atom.sum.terms.keys()] : [atom.key]);

/** Whether an atom only waits for time to pass. */
export const isTimer = (atom: Atom): boolean =>
  atom.kind === 'sum' &&
  !atom.orMissing &&
  [...atom.sum.terms.values()].some(
    ({ factor, term }) =>
      isElapsed(term) && (factor > 0 ? Number.isFinite(atom.range.min) : Number.isFinite(atom.range.max)),
  );

export const isElapsed = ({ kind }: Term): boolean => kind === 'elapsed' || kind === 'silence' || kind === 'absence';

/** Whether two ways meet in one single value of some number: a boundary that both claim. */
export function meetAtOneValue(left: readonly Atom[], right: readonly Atom[]): boolean {
  const [mine, theirs] = [boxesOf(left), boxesOf(right)];
  for (const [key, box] of boxesOf([...left, ...right]) ?? []) {
    if (box.kind !== 'sum' || box.range.min !== box.range.max) continue;
    const [one, other] = [mine?.get(key), theirs?.get(key)];
    if (
      one?.kind === 'sum' &&
      other?.kind === 'sum' &&
      one.range.min !== one.range.max &&
      other.range.min !== other.range.max
    )
      return true;
  }
  return false;
}

/** Whether on every measure that both ask about, `first` leaves no more than `second` does. */
export function isNarrower(first: readonly Atom[], second: readonly Atom[]): boolean {
  const [mine, theirs] = [boxesOf(first), boxesOf(second)];
  for (const [key, wide] of theirs ?? []) {
    const narrow = mine?.get(key);
    if (narrow === undefined || narrow.kind !== wide.kind) continue;
    if (narrow.kind === 'sum' && wide.kind === 'sum' && !liesIn(narrow, wide)) return false;
    if (
      narrow.kind === 'word' &&
      wide.kind === 'word' &&
      !wordsOf(narrow).every((word) => wordsOf(wide).includes(word))
    )
      return false;
  }
  return true;
}

export type SumBox = Extract<Box, { kind: 'sum' }>;
export type WordBox = Extract<Box, { kind: 'word' }>;

const liesIn = ({ range, except }: SumBox, wide: SumBox): boolean => {
  const both = narrower(range, wide.range);
  const same =
    both.min === range.min && both.max === range.max && both.minIn === range.minIn && both.maxIn === range.maxIn;
  return same && wide.except.every((value) => except.includes(value) || value < range.min || value > range.max);
};

export const wordsOf = ({ only, not, options }: WordBox): (string | boolean)[] =>
  [...(only ?? options ?? [])].filter((word) => !not.has(word));
