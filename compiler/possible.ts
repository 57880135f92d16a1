/**
 * What the ways of a condition leave possible: a small solver over ranges, choices and yes/no.
 *
 * `boxesOf` narrows each measure by all atoms that ask about it; `isPossible` says whether anything is left;
 * `contradiction` finds two atoms that leave nothing; `implies` compares conditions. `ways.ts` takes conditions
 * apart, `witness.ts` finds values.
 */
import type { Sum, Term } from './terms.ts';
import {
  type Atom,
  type Look,
  type Range,
  type SumAtom,
  type Way,
  type Ways,
  type Word,
  type WordAtom,
  waysOf,
} from './ways.ts';

export type SumBox = {
  readonly kind: 'sum';
  readonly sum: Sum;
  readonly range: Range;
  readonly except: readonly number[];
};

/** One of `only` (where that is there), and none of `not`. */
export type WordBox = {
  readonly kind: 'word';
  readonly only: readonly Word[] | undefined;
  readonly not: readonly Word[];
  readonly name: string;
  readonly options: readonly Word[] | undefined;
};

export type Box = SumBox | WordBox | { readonly kind: 'missing' };

/** What the atoms leave of each measure; undefined where they contradict each other. */
export function boxesOf(atoms: Way): Map<string, Box> | undefined {
  const boxes = new Map<string, Box>();
  const present = new Set<string>();
  const absent = new Set<string>();
  for (const atom of atoms) {
    if (atom.kind === 'known') (atom.known ? present : absent).add(atom.key);
    else if (!atom.orMissing) {
      for (const key of atom.needs) present.add(key);
      if (!meet(boxes, atom)) return undefined;
    }
  }
  for (const key of absent) if (present.has(key)) return undefined;
  // What may as well be missing only counts where something else needs it to be there.
  for (const atom of atoms) {
    if (atom.kind === 'known' || !atom.orMissing) continue;
    if (atom.needs.every((key) => present.has(key)) && !meet(boxes, atom)) return undefined;
  }
  for (const key of absent) if (!boxes.has(key)) boxes.set(key, { kind: 'missing' });
  return boxes;
}

/** Narrows the box of what an atom asks about; false where nothing is left. */
function meet(boxes: Map<string, Box>, atom: SumAtom | WordAtom): boolean {
  const before = boxes.get(atom.key);
  const box =
    atom.kind === 'sum'
      ? narrowSum(before?.kind === 'sum' ? before : undefined, atom)
      : narrowWords(before?.kind === 'word' ? before : undefined, atom);
  if (box !== undefined) boxes.set(atom.key, box);
  return box !== undefined;
}

function narrowSum(before: SumBox | undefined, { sum, range, except }: SumAtom): SumBox | undefined {
  const only = sum.terms.length === 1 ? sum.terms[0]?.term : undefined;
  const avoided = before === undefined || before.except.length === 0 ? except : [...before.except, ...except];
  let left = before === undefined ? range : narrower(before.range, range);
  // The first is held within what its one term can be.
  if (before === undefined && only !== undefined) left = narrower(left, stretchOf(only));
  if (only !== undefined && only.step > 0) left = onSteps(left, only.step);
  if (isEmpty(left) || (left.min === left.max && avoided.includes(left.min))) return undefined;
  return { kind: 'sum', sum, range: left, except: avoided };
}

const stretchOf = ({ min, max }: Term): Range => ({
  min,
  max,
  minIn: Number.isFinite(min),
  maxIn: Number.isFinite(max),
});

function narrowWords(
  before: WordBox | undefined,
  { words, only: isOnly, name, options: ofAtom }: WordAtom,
): WordBox | undefined {
  const [had, avoided] = [before?.only, before?.not ?? nothing];
  const only = !isOnly ? had : had === undefined ? words : words.filter((word) => had.includes(word));
  const not = isOnly ? avoided : [...avoided, ...words];
  const options = before?.options ?? ofAtom;
  const box: WordBox = { kind: 'word', only, not, name, options };
  return (only ?? options) === undefined || wordsOf(box).length > 0 ? box : undefined;
}

const nothing: readonly Word[] = [];

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
export const isPossible = (atoms: Way): boolean =>
  standApart(atoms) ? atoms.every(canHoldAlone) : boxesOf(atoms) !== undefined;

/** Whether each atom asks about something else, so that none can rule out another: nearly always so. */
function standApart(atoms: Way): boolean {
  if (atoms.length < 2) return true;
  if (atoms.length > FEW) return false;
  for (const [index, atom] of atoms.entries()) {
    if (atom.orMissing) return false;
    for (let other = 0; other < index; other += 1) if (atoms[other]?.key === atom.key) return false;
  }
  return true;
}

/** With more, boxes are quicker than looking at each two. */
const FEW = 8;

/** What `isPossible` says of one atom. */
function canHoldAlone(atom: Atom): boolean {
  if (atom.kind === 'known' || (atom.orMissing && atom.needs.length > 0)) return true;
  return (atom.kind === 'sum' ? narrowSum(undefined, atom) : narrowWords(undefined, atom)) !== undefined;
}

/** Two atoms that cannot hold together, each of which can by itself; undefined where there are none. */
export function contradiction(atoms: Way): [Atom, Atom] | undefined {
  for (const [index, second] of atoms.entries()) {
    for (const first of atoms.slice(0, index))
      if (isPossible([first]) && isPossible([second]) && !isPossible([first, second])) return [first, second];
  }
  return undefined;
}

// ---------------------------------------------------------------- looks

/** The ways a condition can hold, or be false; undefined where there are too many. */
export function holdingOf(look: Look): Ways {
  look.holding ??= { value: waysOf(look.place, look.condition) };
  return look.holding.value;
}

export function failingOf(look: Look): Ways {
  look.failing ??= { value: waysOf(look.place, look.condition, false) };
  return look.failing.value;
}

/** The ways it can hold that nothing rules out. */
export function possibleOf(look: Look): Ways {
  look.possible ??= { value: holdingOf(look)?.filter(isPossible) };
  return look.possible.value;
}

/** Whether nothing rules it out; and whether anything can make it false. */
export const canHold = (look: Look): boolean => possibleOf(look)?.length !== 0;

export function canFail(look: Look): boolean {
  look.canFail ??= { value: failingOf(look)?.some(isPossible) ?? true };
  return look.canFail.value;
}

/** The terms it asks about, by key. */
export function askedBy(look: Look): readonly string[] {
  look.asked ??= { value: termsOf(holdingOf(look)) };
  return look.asked.value;
}

function termsOf(ways: Ways): readonly string[] {
  const terms: string[] = [];
  const add = (term: string) => {
    if (!terms.includes(term)) terms.push(term);
  };
  for (const way of ways ?? []) {
    for (const atom of way) {
      if (atom.kind !== 'sum') add(atom.key);
      else for (const { term } of atom.sum.terms) add(term.key);
    }
  }
  return terms;
}

/** Whether two conditions ask about anything that is the same. */
export function sharesTerm(first: Look, second: Look): boolean {
  const asked = askedBy(first);
  return askedBy(second).some((term) => asked.includes(term));
}

/** Whether `second` holds in every case in which `first` does, as far as that can be seen. */
export function implies(first: Look, second: Look): boolean {
  const [holding, wanted] = [holdingOf(first), holdingOf(second)];
  if (holding === undefined || wanted === undefined) return false;
  // What asks about other things rules nothing out.
  if (!sharesTerm(first, second) && canFail(second) && canHold(first)) return false;
  const failing = failingOf(second);
  if (failing === undefined) return false;
  const needed = new Set(wanted.flatMap((way) => way.flatMap(unsureOf)));
  return holding.every((way) => {
    const there = new Set(way.flatMap(presentIn));
    for (const key of needed) if (!there.has(key)) return !isPossible(way);
    return failing.every((other) => !isPossible([...way, ...other]));
  });
}

/** What is not missing where an atom holds. */
function presentIn(atom: Atom): readonly string[] {
  if (atom.kind === 'known') return atom.known ? atom.needs : [];
  return atom.orMissing ? [] : atom.needs;
}

/** What must be there for an atom to hold, and may be missing: terms know; words may. */
function unsureOf(atom: Atom): readonly string[] {
  if (atom.kind === 'known' || atom.orMissing) return [];
  return atom.kind === 'word' && atom.expr.op === 'judged' ? [] : atom.needs;
}

/** Whether an atom only waits for time to pass. */
export const isTimer = (atom: Atom): boolean =>
  atom.kind === 'sum' &&
  !atom.orMissing &&
  atom.sum.terms.some(
    ({ factor, term }) =>
      isElapsed(term) && (factor > 0 ? Number.isFinite(atom.range.min) : Number.isFinite(atom.range.max)),
  );

export const isElapsed = ({ kind }: Term): boolean => kind === 'elapsed' || kind === 'silence' || kind === 'absence';

/** Whether two ways meet in one single value of some number: a boundary that both claim. */
export function meetAtOneValue(left: Way, right: Way): boolean {
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
export function isNarrower(first: Way, second: Way): boolean {
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

const liesIn = ({ range, except }: SumBox, wide: SumBox): boolean => {
  const both = narrower(range, wide.range);
  const same =
    both.min === range.min && both.max === range.max && both.minIn === range.minIn && both.maxIn === range.maxIn;
  return same && wide.except.every((value) => except.includes(value) || value < range.min || value > range.max);
};

export const wordsOf = ({ only, not, options }: WordBox): Word[] =>
  (only ?? options ?? []).filter((word) => !not.includes(word));
