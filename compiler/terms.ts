/**
 * What a condition measures: expressions of the IR as sums of terms.
 *
 * `dose + change <= highest` measures `change + dose - highest`; `today >= starts - 14 days` measures
 * `starts - today`. A term is whatever cannot be taken apart (a field, a count, the time since
 * something); its key is the same wherever it stands. Times are in minutes. Lets are looked through.
 * Months, years and business days have no fixed length: they stay terms of their own.
 */
import { DAY, showDuration, showTime, showValue, usualMinutes } from './constants.ts';
import type { Anchor, DataField, Duration, Expr, Length, Selection } from './ir.ts';
import { type Place, underway } from './place.ts';

export type Term = {
  key: string;
  /** What the author calls it. */
  name: string;
  kind: 'number' | 'date' | 'moment' | 'time' | 'duration' | 'elapsed' | 'silence' | 'absence' | 'length';
  unit?: string;
  min: number;
  max: number;
  /** Only multiples of this are values: 1 for counts, a day for dates; 0 where there is no such step. */
  step: number;
  maybeMissing: boolean;
};

/** The sum of `terms`, each of another key and with its factor, and `constant`. */
export type Sum = { readonly terms: readonly Part[]; readonly constant: number };
type Part = { readonly factor: number; readonly term: Term };

const MS_PER_DAY = 86_400_000;
/** Lets inside lets that are looked through. */
const LETS_DEEP_MAX = 50;

/** A key longer than this is told by the name of its let: lets that use each other twice would double it each time. */
const KEY_MAX = 2000;

/**
 * The value of a let in this place, worked out the first time it is asked for. Lets that go round ask for themselves
 * on the way, and get what `round` gives: that they do is told elsewhere.
 */
function remembered<Value>(
  known: Map<string, Value | typeof underway>,
  id: string,
  work: () => Value,
  round: () => Value,
): Value {
  const before = known.get(id);
  if (before === underway) return round();
  if (before !== undefined) return before;
  known.set(id, underway);
  const value = work();
  known.set(id, value);
  return value;
}

const noTerms: readonly Part[] = [];

/** A sum of nothing but a number. */
export const constant = (value: number): Sum => ({ terms: noTerms, constant: value });

/** A sum that is one term. */
export const single = (term: Term): Sum => ({ terms: [{ factor: 1, term }], constant: 0 });

/** The part of a sum that has this key. */
export const partOf = ({ terms }: Sum, key: string): Part | undefined => terms.find(({ term }) => term.key === key);

export function plus(left: Sum, right: Sum, sign = 1): Sum {
  const sum = left.constant + sign * right.constant;
  if (right.terms.length === 0) return { terms: left.terms, constant: sum };
  const terms = [...left.terms];
  for (const { factor, term } of right.terms) {
    const at = terms.findIndex((one) => one.term.key === term.key);
    const both = (terms[at]?.factor ?? 0) + sign * factor;
    if (both !== 0) terms[at < 0 ? terms.length : at] = { factor: both, term };
    else if (at >= 0) terms.splice(at, 1);
  }
  return { terms, constant: sum };
}

export const times = ({ terms, constant: plain }: Sum, by: number): Sum => ({
  terms: by === 0 ? noTerms : terms.map(({ factor, term }) => ({ factor: factor * by, term })),
  constant: plain * by,
});

/** A length of time as a sum. */
export const lengthSum = (place: Place, length: Length): Sum =>
  'op' in length ? sumOf(place, length) : durationSum(length);

function durationSum(duration: Duration): Sum {
  const { unit, amount } = duration;
  if (unit !== 'months' && unit !== 'years' && unit !== 'business-days') return constant(usualMinutes(duration));
  const kept = { ...duration, amount: 1 };
  const term: Term = {
    key: `length ${showDuration(kept)}`,
    name: showDuration(kept),
    kind: 'length',
    min: usualMinutes(kept),
    max: usualMinutes(kept),
    step: 0,
    maybeMissing: false,
  };
  return times(single(term), amount);
}

/** What an expression of a number, a date or a time comes to; anything else is a term by itself. */
export function sumOf(place: Place, expr: Expr, deep = 0, name?: string): Sum {
  switch (expr.op) {
    case 'value': {
      const { value } = expr;
      if (typeof value === 'number') return constant(value);
      if (value !== null && typeof value === 'object') {
        if ('date' in value) return constant((Date.parse(value.date) / MS_PER_DAY) * DAY);
        if ('minutes' in value) return constant(value.minutes);
        if ('duration' in value) return durationSum(value.duration);
      }
      break;
    }
    case 'let': {
      const found = place.ir.lets[expr.id];
      if (found !== undefined && deep < LETS_DEEP_MAX)
        return remembered(
          place.lets.sums,
          expr.id,
          () => sumOf(place, found.value, deep + 1, found.name),
          () => single(termOf(place, expr, name)),
        );
      break;
    }
    case 'data': {
      const field = place.ir.data[expr.name];
      if (place.fixParameters && field?.parameter !== undefined && field.initial !== null)
        return sumOf(place, { op: 'value', value: field.initial, span: expr.span });
      break;
    }
    case 'negate':
      return times(sumOf(place, expr.of, deep), -1);
    case 'arithmetic': {
      const [left, right] = [sumOf(place, expr.left, deep), sumOf(place, expr.right, deep)];
      if (expr.by === '+') return plus(left, right);
      if (expr.by === '-') return plus(left, right, -1);
      if (expr.by === '*' && right.terms.length === 0) return times(left, right.constant);
      if (expr.by === '*' && left.terms.length === 0) return times(right, left.constant);
      if (expr.by === '/' && right.terms.length === 0 && right.constant !== 0) return times(left, 1 / right.constant);
      break;
    }
    default:
      break;
  }
  return single(termOf(place, expr, name));
}

/** The time since an anchor, of silence or of absence. */
export function elapsedTerm(place: Place, expr: Extract<Expr, { op: 'since' | 'silence' | 'absence' }>): Term {
  const base = { min: 0, max: Infinity, step: 0 };
  if (expr.op === 'silence')
    return { ...base, key: `silence ${expr.scope}`, name: 'silence', kind: 'silence', maybeMissing: false };
  if (expr.op === 'absence') {
    const where = expr.where === undefined ? '' : ` where ${keyOf(place, expr.where)}`;
    const key = `absence ${expr.series}${where} ${expr.scope}`;
    return { ...base, key, name: expr.series, kind: 'absence', maybeMissing: false };
  }
  const { anchor } = expr;
  const key = `since ${anchorKey(place, anchor)}`;
  return { ...base, key, name: anchorName(place, anchor), kind: 'elapsed', maybeMissing: anchor.kind === 'moment' };
}

function anchorName(place: Place, anchor: Anchor): string {
  if (anchor.kind === 'changed') return `${anchor.field} changed`;
  return anchor.kind === 'moment' ? nameOf(place, anchor.of) : anchor.kind;
}

const wholeNumbers: ReadonlySet<string> = new Set(['count', 'streak', 'days', 'gap']);

function termOf(place: Place, expr: Expr, name: string | undefined): Term {
  const term: Term = {
    key: keyOf(place, expr),
    name: name ?? nameOf(place, expr),
    kind: 'number',
    min: -Infinity,
    max: Infinity,
    step: 0,
    maybeMissing: true,
  };
  switch (expr.op) {
    case 'today':
      return { ...term, kind: 'date', step: DAY, maybeMissing: false };
    case 'day':
      return { ...term, kind: 'date', step: DAY };
    case 'now':
    case 'enrolled':
    case 'entered':
      return { ...term, kind: 'moment', maybeMissing: false };
    case 'at-time':
      return { ...term, kind: 'moment' };
    case 'aggregate':
      if (wholeNumbers.has(expr.by)) return { ...term, min: 0, step: 1, maybeMissing: expr.by === 'gap' };
      return { ...term, maybeMissing: expr.by !== 'sum' };
    case 'data':
      return ofField(term, place.ir.data[expr.name]);
    case 'item':
      return ofField(term, place.list?.fields[expr.field]);
    case 'field':
      return ofField(term, entryField(place, expr.of, expr.field));
    case 'call':
      return { ...term, step: isWhole(place, expr) ? 1 : 0 };
    case 'else': {
      const [left, right] = [sumOf(place, expr.left), sumOf(place, expr.right)];
      const maybeMissing = right.terms.some(({ term: one }) => one.maybeMissing);
      const [one, other] = [stretchOf(left), stretchOf(right)];
      const ends = { min: Math.min(one.min, other.min), max: Math.max(one.max, other.max) };
      return { ...term, ...ends, step: isWhole(place, expr) ? 1 : 0, maybeMissing };
    }
    case 'choose':
      return ofChoice(place, term, expr);
    default:
      return term;
  }
}

/** The field of the newest or first entry of a series. */
function entryField(place: Place, of: Expr, name: string): DataField | undefined {
  const series =
    of.op === 'last'
      ? of.series
      : of.op === 'aggregate' && (of.by === 'latest' || of.by === 'first') && !of.selection.list
        ? of.selection.series
        : undefined;
  const field = series === undefined ? undefined : place.ir.series[series]?.fields[name];
  if (field?.type.kind !== 'number') return undefined;
  const { span } = of;
  return { ...field, initial: null, agentMaySet: false, maySet: [], personal: false, optional: true, span };
}

/** What a sum of one number can be. */
function stretchOf({ terms, constant }: Sum): { min: number; max: number } {
  const [only] = terms;
  if (only === undefined) return { min: constant, max: constant };
  if (terms.length > 1 || only.term.kind !== 'number') return { min: -Infinity, max: Infinity };
  const ends = [only.factor * only.term.min + constant, only.factor * only.term.max + constant];
  return { min: Math.min(...ends), max: Math.max(...ends) };
}

/** Whether only whole numbers can come of it. */
function isWhole(place: Place, expr: Expr, deep = 0): boolean {
  const whole = (one: Expr) => isWhole(place, one, deep + 1);
  if (deep > LETS_DEEP_MAX) return false;
  switch (expr.op) {
    case 'value':
      return Number.isInteger(expr.value);
    case 'aggregate':
      return wholeNumbers.has(expr.by);
    case 'let': {
      const found = place.ir.lets[expr.id];
      return (
        found !== undefined &&
        remembered(
          place.lets.whole,
          expr.id,
          () => whole(found.value),
          () => false,
        )
      );
    }
    case 'negate':
      return whole(expr.of);
    case 'else':
      return whole(expr.left) && whole(expr.right);
    case 'arithmetic':
      return expr.by !== '/' && whole(expr.left) && whole(expr.right);
    case 'call':
      if (expr.function === 'floor' || expr.function === 'ceil') return expr.args.length === 1;
      return (expr.function === 'min' || expr.function === 'max') && expr.args.every(whole);
    default:
      return false;
  }
}

function ofField(term: Term, field: DataField | undefined): Term {
  if (field === undefined) return term;
  const { type, optional } = field;
  const maybeMissing = optional;
  switch (type.kind) {
    case 'number':
      return {
        ...term,
        ...(type.unit === undefined ? {} : { unit: type.unit }),
        min: type.min ?? -Infinity,
        max: type.max ?? Infinity,
        maybeMissing,
      };
    case 'date':
      return { ...term, kind: 'date', step: DAY, maybeMissing };
    case 'time':
      return { ...term, kind: 'time', min: 0, max: DAY - 1, step: 1, maybeMissing };
    case 'moment':
    case 'duration':
      return { ...term, kind: type.kind, maybeMissing };
    default:
      return { ...term, maybeMissing };
  }
}

/** Bands and the like: between the least and the largest of the plain values they give. */
function ofChoice(place: Place, term: Term, { ways }: Extract<Expr, { op: 'choose' }>): Term {
  const sums = ways.map((way) => sumOf(place, way.value, LETS_DEEP_MAX));
  const whole = ways.at(-1)?.when === undefined;
  if (sums.some((sum) => sum.terms.length > 0)) return { ...term, maybeMissing: true };
  const values = sums.map((sum) => sum.constant);
  return { ...term, min: Math.min(...values), max: Math.max(...values), maybeMissing: !whole };
}

// ---------------------------------------------------------------- keys and names

/** The same text for expressions that mean the same; lets are looked through, places in the text are not looked at. */
export function keyOf(place: Place, expr: Expr, deep = 0): string {
  const key = (one: Expr) => keyOf(place, one, deep);
  switch (expr.op) {
    case 'let': {
      const found = place.ir.lets[expr.id];
      if (found === undefined || deep > LETS_DEEP_MAX) return `let ${expr.id}`;
      const ofValue = () => {
        const whole = keyOf(place, found.value, deep + 1);
        return whole.length > KEY_MAX ? `let ${expr.id}` : whole;
      };
      return remembered(place.lets.keys, expr.id, ofValue, () => `let ${expr.id}`);
    }
    case 'value':
      return JSON.stringify(expr.value);
    case 'data':
      return expr.name;
    case 'item':
    case 'entry':
      return `${expr.op}.${expr.field}`;
    case 'and':
    case 'or':
      return `(${key(expr.left)} ${expr.op} ${key(expr.right)})`;
    case 'compare':
    case 'arithmetic':
      return `(${key(expr.left)} ${expr.by} ${key(expr.right)})`;
    case 'else':
      return `(${key(expr.left)} else ${key(expr.right)})`;
    case 'not':
    case 'negate':
    case 'known':
    case 'day':
      return `${expr.op}(${key(expr.of)})`;
    case 'field':
      return `${key(expr.of)}.${expr.field}`;
    case 'call':
      return `${expr.function}(${expr.args.map(key).join()})`;
    case 'lookup':
      return `${expr.table}[${expr.keys.map(key).join()}]`;
    case 'aggregate':
      return `${expr.by}(${selectionKey(place, expr.selection, deep)})`;
    case 'last':
      return `last ${expr.series}`;
    case 'last-was':
      return `last ${expr.series} was ${expr.daysAgo.join()}`;
    case 'absence':
      return `absence ${expr.series} ${expr.where === undefined ? '' : key(expr.where)} ${lengthKey(place, expr.duration)} ${expr.scope}`;
    case 'silence':
      return `silence ${lengthKey(place, expr.duration)} ${expr.scope}`;
    case 'since':
      return `${lengthKey(place, expr.duration)} since ${anchorKey(place, expr.anchor)}`;
    case 'judged':
      return `judged ${expr.criterion}`;
    case 'item-of':
      return `${expr.list}[${key(expr.key)}]`;
    case 'let-of':
      return `${expr.list}[${key(expr.key)}].${expr.id}`;
    case 'stage':
      return `stage of ${typeof expr.of === 'string' ? expr.of : expr.of.track}`;
    case 'choose':
      return `choose(${expr.ways.map((way) => `${way.when === undefined ? '' : key(way.when)}:${key(way.value)}`).join()})`;
    case 'at-time':
      return `${key(expr.date)} at ${key(expr.time)}`;
    case 'text':
      return `"${expr.text.parts.map((part) => (typeof part === 'string' ? part : `{${key(part)}}`)).join('')}"`;
    default:
      return expr.op;
  }
}

const lengthKey = (place: Place, length: Length): string =>
  'op' in length ? keyOf(place, length) : `${length.amount} ${length.unit} ${JSON.stringify(length.calendar ?? '')}`;

const anchorKey = (place: Place, anchor: Anchor): string =>
  anchor.kind === 'moment'
    ? keyOf(place, anchor.of)
    : anchor.kind === 'changed'
      ? `${anchor.field} changed`
      : anchor.kind;

function selectionKey(place: Place, selection: Selection, deep: number): string {
  const { series, field, where, last, window, ofThose } = selection;
  const key = (expr: Expr | undefined) => (expr === undefined ? '' : keyOf(place, expr, deep));
  const span =
    window === undefined
      ? ''
      : window.kind === 'last'
        ? lengthKey(place, window.duration)
        : window.kind === 'since'
          ? anchorKey(place, window.anchor)
          : window.kind === 'calendar'
            ? window.period
            : '';
  return `${series}.${field ?? ''} ${key(where)} ${last ?? ''} ${window?.kind ?? ''} ${span} ${key(ofThose)}`;
}

/** Short words for a term; the author's own where it has a name. */
export function nameOf(place: Place, expr: Expr): string {
  const name = (one: Expr) => nameOf(place, one);
  switch (expr.op) {
    case 'let':
      return place.ir.lets[expr.id]?.name ?? expr.id;
    case 'data':
      return expr.name;
    case 'item':
    case 'entry':
      return expr.field;
    case 'value':
      return showValue(expr.value);
    case 'field':
      return `${name(expr.of)}.${expr.field}`;
    case 'day':
      return `day of ${name(expr.of)}`;
    case 'last':
      return `last ${place.ir.series[expr.series]?.singular ?? expr.series}`;
    case 'aggregate': {
      const { series, field } = expr.selection;
      return `${expr.by}(${series}${field === undefined || field === 'value' ? '' : `.${field}`}${expr.selection.where === undefined ? '' : ' …'})`;
    }
    case 'call':
      return `${expr.function}(${expr.args.map(name).join(', ')})`;
    case 'arithmetic':
      return `${name(expr.left)} ${expr.by} ${name(expr.right)}`;
    case 'else':
      return `${name(expr.left)} else ${name(expr.right)}`;
    case 'item-of':
      return `${expr.list}[${name(expr.key)}]`;
    case 'lookup':
      return `${expr.table}[${expr.keys.map(name).join(', ')}]`;
    case 'stage':
      return typeof expr.of === 'string' ? 'stage' : `stage of ${expr.of.track}`;
    case 'judged':
      return `“${place.ir.criteria[expr.criterion]?.text ?? expr.criterion}”`;
    case 'choose':
      return 'the bands';
    default:
      return expr.op;
  }
}

/** Days that JavaScript's dates reach, either way. */
const DAYS_MAX = 100_000_000;

/** Whether there are words for a value: far from now there are no dates any more. */
export const isSayable = ({ kind }: Term, value: number): boolean =>
  (kind !== 'date' && kind !== 'moment') || Math.abs(value / DAY) <= DAYS_MAX;

/** A value of a term that is sayable, as a part of a sentence: “`score` is 12”, “14 days of silence”. */
export function showTerm({ kind, name, unit }: Term, value: number): string {
  switch (kind) {
    case 'elapsed':
      return `${showMinutes(value)} since \`${name}\``;
    case 'silence':
      return `${showMinutes(value)} of silence`;
    case 'absence':
      return `no \`${name}\` for ${showMinutes(value)}`;
    case 'date':
      return `\`${name}\` is ${new Date((value / DAY) * MS_PER_DAY).toISOString().slice(0, 10)}`;
    case 'moment':
      return `\`${name}\` is ${new Date((value / DAY) * MS_PER_DAY).toISOString().slice(0, 16).replace('T', ' at ')}`;
    case 'time':
      return `\`${name}\` is ${showTime(value)}`;
    case 'duration':
      return `\`${name}\` is ${showMinutes(value)}`;
    default:
      return `\`${name}\` is ${Number(value.toFixed(6))}${unit === undefined || unit === '' ? '' : ` ${unit}`}`;
  }
}

/** Minutes in the largest unit that fits. */
export function showMinutes(minutes: number): string {
  const [amount, unit] =
    minutes % (7 * DAY) === 0 && minutes >= 56 * DAY
      ? ([minutes / (7 * DAY), 'weeks'] as const)
      : minutes % DAY === 0
        ? ([minutes / DAY, 'days'] as const)
        : minutes % 60 === 0
          ? ([minutes / 60, 'hours'] as const)
          : ([Number(minutes.toFixed(3)), 'minutes'] as const);
  return showDuration({ amount, unit });
}
