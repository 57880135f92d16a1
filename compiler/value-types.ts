/**
 * The types of the checker: what kind of value an expression has, in more detail than the IR keeps.
 *
 * Numbers carry their unit and the range they are known to lie in. `unknown` means that a mistake
 * was told already: nothing more is said about it.
 */
import type { ValueType } from './ir.ts';
import { anyUnit, readUnit, sameUnit, type Unit } from './units.ts';

export type Type =
  | NumberType
  | { kind: 'text' }
  | { kind: 'yes-no' }
  | { kind: 'date' }
  | { kind: 'time' }
  | { kind: 'moment' }
  | { kind: 'duration' }
  /** `of`: the options are stages (of the flow `flow`; absent: the program's own), or roles. */
  | { kind: 'choice'; options: string[]; of?: 'stage' | 'role'; flow?: string }
  /** Of a series or a list. */
  | { kind: 'entry'; series: string }
  | { kind: 'unknown' };

/**
 * `min` and `max` are inclusive, and infinite where nothing is known. `whole`: only whole numbers occur.
 * `loose`: it came of multiplying with a bare number, which may have converted it (`0.5 * weight`), so it fits every
 * unit.
 */
export type NumberType = { kind: 'number'; unit: Unit; min: number; max: number; whole: boolean; loose?: boolean };

export const unknownType: Type = { kind: 'unknown' };
export const yesNo: Type = { kind: 'yes-no' };

export function numberType(part: Partial<Omit<NumberType, 'kind'>> = {}): NumberType {
  return { kind: 'number', unit: '', min: -Infinity, max: Infinity, whole: false, ...part };
}

/**
 * The checker's type of a declared type. A range with whole ends is taken to hold whole numbers:
 * `number 1 to 9` counts weeks, and only so can a table be shown to have a cell for every week.
 */
export function typeOf(declared: ValueType): Type {
  if (declared.kind !== 'number') return declared;
  const { min = -Infinity, max = Infinity } = declared;
  return numberType({ unit: readUnit(declared.unit), min, max, whole: Number.isInteger(min) && Number.isInteger(max) });
}

/** A type in the author's words: `a number in kg`, `yes or no`. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case 'number':
      return type.unit === '' || type.unit === anyUnit ? 'a number' : `a number in ${type.unit}`;
    case 'text':
      return 'a text';
    case 'yes-no':
      return 'yes or no';
    case 'date':
      return 'a date';
    case 'time':
      return 'a time of day';
    case 'moment':
      return 'a moment';
    case 'duration':
      return 'a length of time';
    case 'choice':
      return `one of ${type.options.join(', ')}`;
    case 'entry':
      return `an entry of ${type.series}`;
    case 'unknown':
      return 'something I could not read';
  }
}

/** How a value is written that is described by these words, such as `a number in kg`; undefined for others. */
export function howToWrite(described: string): string | undefined {
  if (/^a number( in .*)?$/.test(described)) return 'Write a number, such as `3`.';
  if (described.startsWith('one of ')) return 'Write one of these words, without quotes.';
  return Object.hasOwn(written, described) ? written[described] : undefined;
}

const written: Record<string, string> = {
  'a text': 'Write a text in double quotes.',
  'yes or no': 'Write `yes` or `no`.',
  'a date': 'Write a date, such as `2026-01-05` or `today`.',
  'a time of day': 'Write a time, such as `18:00`.',
  'a moment': 'Write a moment, such as `now`.',
  'a length of time': 'Write a length of time, such as `3 days`.',
};

/** `1 to 9`, `at least 1`, `over 1`, `at most 9`. */
export function describeRange(min: number, max: number): string {
  const [from, to] = [endOf(min), endOf(max)];
  if (min === -Infinity) return `${to.isOpen ? 'under' : 'at most'} ${to.at}`;
  if (max === Infinity) return `${from.isOpen ? 'over' : 'at least'} ${from.at}`;
  return min === max ? `${min}` : `${from.isOpen ? 'over ' : ''}${from.at} to ${to.isOpen ? 'under ' : ''}${to.at}`;
}

/** Smaller than any difference that matters, larger than rounding: the width of an open end. */
export const OPEN_END = 1e-9;

/** A bound of a range; one that lies the width of an open end beside a plain number is that number, left out. */
function endOf(bound: number): { at: number; isOpen: boolean } {
  const at = Math.round(bound * 1e6) / 1e6;
  const isOpen = at !== bound && Math.abs(at - bound) < 2 * OPEN_END;
  return { at: isOpen ? at : bound, isOpen };
}

/** Whether two numbers can be added and compared. */
export function sameUnits(left: NumberType, right: NumberType): boolean {
  return left.loose === true || right.loose === true || sameUnit(left.unit, right.unit);
}

/** Whether a value of type `found` can be kept where `wanted` is declared (ranges aside). */
export function fits(found: Type, wanted: Type): boolean {
  if (found.kind === 'unknown' || wanted.kind === 'unknown') return true;
  if (found.kind === 'number' && wanted.kind === 'number') return sameUnits(found, wanted);
  if (found.kind === 'choice' && wanted.kind === 'choice') {
    return found.options.every((option) => wanted.options.includes(option));
  }
  // The word that was chosen is a text as well.
  if (found.kind === 'choice' && wanted.kind === 'text') return true;
  if (found.kind === 'entry' && wanted.kind === 'entry') return found.series === wanted.series;
  return found.kind === wanted.kind;
}
