/**
 * Values for which conditions hold together, in words: what a claim about two lines is shown by.
 *
 * Sums of several terms are solved by trying, so a witness may be missed; one that is found is right.
 */
import { DAY, showValue } from './constants.ts';
import { boxesOf, isElapsed, isEmpty, narrower, onSteps, type SumBox, type WordBox, wordsOf } from './possible.ts';
import { isSayable, partOf, showTerm, type Term } from './terms.ts';
import type { Atom, Range } from './ways.ts';

/** Values tried for one witness. */
const TRIES_MAX = 400;

/** Values for which all atoms hold, in words; undefined where none were found. */
export function witness(atoms: readonly Atom[]): string[] | undefined {
  const boxes = boxesOf(atoms);
  if (boxes === undefined) return undefined;
  const terms = new Map<string, Term>();
  const sums: SumBox[] = [];
  const words: string[] = [];
  for (const box of boxes.values()) {
    if (box.kind === 'sum') {
      sums.push(box);
      for (const { term } of box.sum.terms) terms.set(term.key, term);
    }
    if (box.kind === 'word') words.push(showWord(box));
  }
  for (const [key, box] of boxes) {
    if (box.kind === 'missing' && !terms.has(key)) words.push(`\`${nameOfMissing(atoms, key)}\` is missing`);
  }
  // A month is as long as it is: the others go by it.
  const lengthsFirst = [...terms.values()].sort((one, other) => Number(isFixed(other)) - Number(isFixed(one)));
  const values = solve(lengthsFirst, sums);
  if (values === undefined) return undefined;
  const shown = [...terms.values()].filter((term) => term.kind !== 'length');
  return [...shown.map((term) => showTerm(term, values.get(term.key) ?? 0)), ...words];
}

const isFixed = ({ min, max }: Term): boolean => min === max;

const nameOfMissing = (atoms: readonly Atom[], key: string): string => {
  const found = atoms.find((atom) => atom.key === key && atom.kind === 'known');
  return found?.kind === 'known' ? found.name : key;
};

function showWord({ only, not, name, options }: WordBox): string {
  const [word] = wordsOf({ kind: 'word', only, not, options, name });
  if (name.startsWith('“')) return `${name} is judged ${word === true ? 'to hold' : 'not to hold'}`;
  if (word === undefined) return `\`${name}\` is something else`;
  return `\`${name}\` is ${typeof word === 'string' && options !== undefined ? word : showValue(word)}`;
}

/** Values of the terms for which every sum lies in its range. */
function solve(terms: readonly Term[], sums: readonly SumBox[]): Map<string, number> | undefined {
  const values = new Map<string, number>();
  let tries = 0;
  const next = (index: number): boolean => {
    const term = terms[index];
    if (term === undefined) return true;
    for (const value of candidates(term, sums, values)) {
      if (++tries > TRIES_MAX) return false;
      if (!isSayable(term, value)) continue;
      values.set(term.key, value);
      if (next(index + 1)) return true;
      values.delete(term.key);
    }
    return false;
  };
  return next(0) ? values : undefined;
}

/** A day that reads well where any would do. */
const SOME_DAY = (Date.parse('2026-01-05') / 86_400_000) * DAY;

/** Values worth trying for a term, of those that what is decided already leaves. */
function candidates(term: Term, sums: readonly SumBox[], values: ReadonlyMap<string, number>): number[] {
  let range: Range = {
    min: term.min,
    max: term.max,
    minIn: Number.isFinite(term.min),
    maxIn: Number.isFinite(term.max),
  };
  const except: number[] = [];
  for (const { sum, range: wanted, except: avoided } of sums) {
    const own = partOf(sum, term.key);
    if (own === undefined) continue;
    let rest = 0;
    let open = false;
    for (const { factor, term: other } of sum.terms) {
      if (other.key === term.key) continue;
      const value = values.get(other.key);
      if (value === undefined) open = true;
      else rest += factor * value;
    }
    if (open) continue;
    const { factor } = own;
    const bounds: [number, number] = [(wanted.min - rest) / factor, (wanted.max - rest) / factor];
    range = narrower(
      range,
      factor > 0
        ? { min: bounds[0], max: bounds[1], minIn: wanted.minIn, maxIn: wanted.maxIn }
        : { min: bounds[1], max: bounds[0], minIn: wanted.maxIn, maxIn: wanted.minIn },
    );
    except.push(...avoided.map((value) => (value - rest) / factor));
  }
  const stepped = term.step > 0 ? onSteps(range, term.step) : range;
  if (isEmpty(stepped)) return [];
  const { min, max, minIn, maxIn } = stepped;
  const step = term.step || 1;
  const start = term.kind === 'date' || term.kind === 'moment' ? SOME_DAY : 0;
  const middle = (min + max) / 2;
  // Time that has passed reads best in whole days.
  const whole = isElapsed(term) ? [Math.ceil(min / DAY) * DAY] : [];
  const tried = [
    ...whole,
    start,
    min,
    max,
    min + step,
    max - step,
    start + step,
    1,
    middle,
    Math.round(middle),
    middle + step / 4,
  ];
  const fits = (value: number) =>
    Number.isFinite(value) &&
    (value > min || (minIn && value === min)) &&
    (value < max || (maxIn && value === max)) &&
    !except.includes(value) &&
    (term.step === 0 || value % term.step === 0);
  return [...new Set(tried.filter(fits))];
}
