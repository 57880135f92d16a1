/**
 * Bands to types: what the rows give, and whether every value finds exactly one row.
 *
 * The first row that fits counts, but a value that two rows claim is a mistake all the same: the author
 * meant one of them. Where a bound is a name, what lies between is not known, and only `otherwise`
 * makes sure of a value.
 */
import type { Band, Bands, Expr, Span } from '../language/ast.ts';
import { type Details, diagnostic } from '../language/diagnostics.ts';
import { fixOf } from '../language/fixes.ts';
import { everyValue } from './bind-tables.ts';
import { constant, showValue, usualMinutes } from './constants.ts';
import { firstValue, pointOf, whereAtFirst } from './first-values.ts';
import { hull, meetNumber, mismatch } from './infer-arithmetic.ts';
import { asLength } from './infer-times.ts';
import {
  type Inference,
  type Inferred,
  isNumber,
  mistaken,
  type Scope,
  unwrap,
  words,
  wrongType,
} from './inference.ts';
import type { Value } from './ir.ts';
import { narrow } from './narrow.ts';
import { neverGiven } from './texts-given.ts';
import { describeRange, describeType, fits, type Type, unknownType } from './value-types.ts';

const MS_PER_DAY = 86_400_000;
const measures: ReadonlySet<string> = new Set(['number', 'date', 'time', 'duration', 'moment', 'unknown']);

/** A stretch of values on a line of numbers; `exact` counts dates in days and times in minutes. */
type Stretch = { from: number; fromIn: boolean; to: number; toIn: boolean; row: Band };

export function inferBands(cx: Inference, bands: Bands, scope: Scope): Inferred {
  const by = bands.by === undefined ? undefined : unwrap(cx, bands.by, cx.infer(bands.by, scope));
  let type: Type | undefined;
  let maybe = false;
  let last: Band | undefined;
  let known = scope.known;
  const counted = by?.type.kind === 'duration' && hasPlainBounds(bands) ? bands.by : undefined;
  if (counted !== undefined && by !== undefined) tellCounted(cx, counted, by.type);
  let isSound = counted === undefined;
  for (const [index, row] of bands.rows.entries()) {
    if (last === undefined) {
      if (counted === undefined) isSound = checkFits(cx, bands, row, by, { ...scope, known }) && isSound;
    } else if (bands.rows[index - 1] === last) {
      // `otherwise` stands too high: one mistake, however many rows are below it.
      const related = [{ message: 'This row takes whatever is left.', span: last.span }];
      cx.report(diagnostic('unreachable-row', row.span, {}, { related }));
    }
    const inside = row.fits.kind === 'when' ? narrow(cx.checked, row.fits.condition, true, known) : known;
    const found = unwrap(cx, row.value, cx.infer(row.value, { ...scope, known: inside }));
    if (row.fits.kind === 'when') known = narrow(cx.checked, row.fits.condition, false, known);
    type = type === undefined ? found.type : joined(cx, row.value, type, found.type);
    maybe ||= found.maybe;
    if (row.fits.kind === 'otherwise') last ??= row;
  }
  // Where a bound is of another kind, nothing follows from where it lies.
  const left = isSound && last === undefined && leavesSome(cx, bands, by);
  if (isSound && last !== undefined && by !== undefined) leavesSome(cx, bands, by, true);
  return type === undefined ? mistaken : { type, maybe: maybe || left };
}

/**
 * Whether all rows go by numbers without a unit: where a length is asked about, one mistake and not one in each row.
 */
function hasPlainBounds({ rows }: Bands): boolean {
  const bounds = rows.flatMap(({ fits: asked }) =>
    asked.kind === 'is' ? [asked.value] : asked.kind === 'range' ? [asked.from?.value, asked.to?.value] : [],
  );
  const written = bounds.filter((bound) => bound !== undefined);
  return written.length > 1 && written.every((bound) => typeof constant(bound)?.value === 'number');
}

function tellCounted(cx: Inference, by: Expr, type: Type): void {
  const whole = words(cx.checked, by.span);
  const counted = by.kind === 'binary' ? `(${whole}) / 1 day` : `${whole} / 1 day`;
  const hint = `Its rows are numbers. Say in what it is counted, \`${counted}\`, or write lengths in the rows, such as \`3 days\`.`;
  cx.report({ ...wrongType(by, type, 'a number'), hint });
}

/** The type of values in different rows. */
function joined(cx: Inference, expr: Expr, all: Type, found: Type): Type {
  if (isNumber(all) && isNumber(meetNumberOf(cx, expr, found, all))) {
    const number = meetNumberOf(cx, expr, found, all);
    if (!isNumber(number)) return all;
    if (!fits(number, all)) {
      mismatch(cx, expr, all, number);
      return unknownType;
    }
    return hull(all, number);
  }
  if (all.kind === 'choice' && found.kind === 'choice') {
    return { ...all, options: [...new Set([...all.options, ...found.options])] };
  }
  if (fits(found, all)) return all.kind === 'unknown' ? found : all;
  cx.report(wrongType(expr, found, describeType(all)));
  return unknownType;
}

const meetNumberOf = (cx: Inference, expr: Expr, found: Type, number: Type): Type =>
  isNumber(number) ? meetNumber(cx, expr, found, number) : found;

/**
 * The words of a row before the colon: bounds of the kind that is asked, a condition, `missing` where it can be. Tells
 * whether its bounds can be compared.
 */
function checkFits(cx: Inference, bands: Bands, row: Band, by: Inferred | undefined, scope: Scope): boolean {
  const { fits: asked } = row;
  if (asked.kind === 'when') {
    cx.condition(asked.condition, scope);
    return true;
  }
  if (asked.kind === 'otherwise') return true;
  if (by === undefined) {
    const what = 'A row without `when`';
    const remedy = `Say what \`${bands.name.text}\` goes by: \`bands ${bands.name.text} by … { … }\`.`;
    cx.report(diagnostic('not-here', row.span, { what, remedy }));
    return true;
  }
  if (asked.kind === 'missing') {
    if (!by.maybe && by.type.kind !== 'unknown' && bands.by !== undefined) {
      const why = `: \`${words(cx.checked, bands.by.span)}\` is never missing`;
      cx.report(diagnostic('never-true', row.span, { why }));
    }
    return true;
  }
  const bounds = asked.kind === 'is' ? [asked.value] : [asked.from?.value, asked.to?.value];
  if (asked.kind === 'range' && !measures.has(by.type.kind) && bands.by !== undefined) {
    cx.report(wrongType(bands.by, by.type, 'a number, a date or a time'));
    return false;
  }
  let isSound = true;
  for (const bound of bounds) {
    if (bound === undefined) continue;
    const found = unwrap(cx, bound, cx.infer(bound, scope, by.type));
    const here = meetNumberOf(cx, bound, found.type, by.type);
    if (fits(here, by.type) || (by.type.kind === 'duration' && asLength(cx, bound, here))) continue;
    isSound = false;
    if (isNumber(here) && isNumber(by.type)) mismatch(cx, bound, by.type, here);
    else cx.report(wrongType(bound, here, describeType(by.type)));
  }
  return isSound;
}

/**
 * Looks for values without a row or with two, and tells whether one may find none. `open`: a row
 * `otherwise` takes what is left.
 */
function leavesSome(cx: Inference, bands: Bands, by: Inferred | undefined, open = false): boolean {
  if (bands.by === undefined || by === undefined) return true;
  const lacksMissing = by.maybe && !bands.rows.some((row) => row.fits.kind === 'missing');
  const { type } = by;
  if (type.kind === 'choice' || type.kind === 'yes-no' || type.kind === 'text') {
    if (type.kind === 'text') tellNeverGiven(cx, bands.by, bands);
    return wordsLeft(cx, bands, type, open) || lacksMissing;
  }
  const stretches: Stretch[] = [];
  let sure = true;
  for (const row of bands.rows) {
    if (row.fits.kind !== 'range' && row.fits.kind !== 'is') continue;
    const stretch = stretchOf(cx, row);
    if (stretch !== undefined) {
      stretches.push(stretch);
      continue;
    }
    sure = false;
    emptyAtFirst(cx, row);
  }
  if (stretches.length === 0) return true;
  const whole =
    type.kind === 'date' || type.kind === 'time' || (isNumber(type) && type.whole && stretches.every(isWhole));
  const all = whole ? stretches.map(inWholeNumbers) : stretches;
  const isEmpty = empties(cx, stretches, all);
  const taken = isEmpty ? [] : withinRange(cx, bands.by, type, all);
  const told = isEmpty || overlaps(cx, bands, taken, whole);
  const byWhen = bands.rows.some((row) => row.fits.kind === 'when');
  if (!sure || told || byWhen || open) return !sure || byWhen || lacksMissing;
  if (taken.length > 0) gaps(cx, bands, type, taken, whole);
  else gap(cx, bands, describeRange(...endsOf(type)), bands.name.span);
  // A gap was told as a mistake: it is not told again wherever the value is used.
  return lacksMissing;
}

/** Rows for texts that `by` never comes to. */
function tellNeverGiven(cx: Inference, by: Expr, { rows }: Bands): void {
  for (const { fits: asked, span } of rows) {
    const found = asked.kind === 'is' ? neverGiven(cx.checked, by, asked.value) : undefined;
    if (found !== undefined) cx.report(diagnostic('never-true', span, { why: found.why }, found.details));
  }
}

function wordsLeft(cx: Inference, bands: Bands, type: Type, open: boolean): boolean {
  const seen = new Map<string, Band>();
  let sure = true;
  for (const row of bands.rows) {
    if (row.fits.kind !== 'is') continue;
    const found = constant(row.fits.value, type.kind === 'choice' ? type.options : []);
    if (found === undefined) {
      sure = false;
      continue;
    }
    const id = JSON.stringify(found.value);
    // Texts are compared without case.
    const same = type.kind === 'text' ? id.toLowerCase() : id;
    const before = seen.get(same);
    if (before !== undefined) twice(cx, bands, row, before, shown(found.value));
    else seen.set(same, row);
  }
  if (open) return false;
  const left = everyValue(type).filter((value) => !seen.has(JSON.stringify(value)));
  const byWhen = bands.rows.some((row) => row.fits.kind === 'when');
  if (type.kind === 'text' || !sure || byWhen) return true;
  const [first] = left;
  if (first !== undefined) gap(cx, bands, left.map(shown).join(', '), bands.name.span);
  return false;
}

const shown = (value: Value): string => (typeof value === 'string' ? value : showValue(value));

// ---------------------------------------------------------------- stretches

function stretchOf(cx: Inference, row: Band): Stretch | undefined {
  const { fits: asked } = row;
  if (asked.kind === 'is') {
    const at = writtenAt(cx, asked.value);
    return at === undefined ? undefined : { from: at, fromIn: true, to: at, toIn: true, row };
  }
  if (asked.kind !== 'range') return undefined;
  const from = asked.from === undefined ? -Infinity : writtenAt(cx, asked.from.value);
  const to = asked.to === undefined ? Infinity : writtenAt(cx, asked.to.value);
  if (from === undefined || to === undefined) return undefined;
  return { from, fromIn: asked.from?.inclusive ?? false, to, toIn: asked.to?.inclusive ?? false, row };
}

/** A plain value as a number on the line. */
function writtenAt(cx: Inference, expr: Expr): number | undefined {
  const number = cx.checked.standIns.get(expr)?.number;
  if (number !== undefined) return number;
  const value = constant(expr)?.value;
  return value === undefined ? undefined : pointOf(value)?.at;
}

const isWhole = ({ from, to }: Stretch): boolean =>
  [from, to].every((end) => !Number.isFinite(end) || Number.isInteger(end));

const inWholeNumbers = (one: Stretch): Stretch => ({
  ...one,
  from: one.fromIn ? one.from : one.from + 1,
  to: one.toIn ? one.to : one.to - 1,
  fromIn: Number.isFinite(one.from),
  toIn: Number.isFinite(one.to),
});

function empties(cx: Inference, written: Stretch[], all: Stretch[]): boolean {
  let told = false;
  for (const [index, { from, to, fromIn, toIn, row }] of all.entries()) {
    if (from < to || (from === to && fromIn && toIn)) continue;
    told = true;
    const { fits: asked } = written[index]?.row ?? row;
    const range =
      asked.kind === 'range' && asked.from && asked.to
        ? `${words(cx.checked, asked.from.value.span)} to ${words(cx.checked, asked.to.value.span)}`
        : words(cx.checked, row.span);
    cx.report(diagnostic('empty-range', row.span, { range }));
  }
  return told;
}

/** A row between bounds of which one is a parameter: with its first value, the row may hold nothing. */
function emptyAtFirst(cx: Inference, { fits: asked, span }: Band): void {
  if (asked.kind !== 'range' || asked.from === undefined || asked.to === undefined) return;
  const [from, to] = [firstValue(cx.checked, asked.from.value), firstValue(cx.checked, asked.to.value)];
  if (from === undefined || to === undefined || from.at <= to.at) return;
  const said = `${words(cx.checked, asked.from.value.span)} to ${words(cx.checked, asked.to.value.span)}`;
  cx.report(diagnostic('empty-range', span, { range: `${said}${whereAtFirst(from, to)},` }));
}

/** Where the values of a type lie on the line. */
function endsOf(type: Type): [least: number, most: number] {
  if (isNumber(type)) return [type.min, type.max];
  return type.kind === 'time' ? [0, 1439] : [-Infinity, Infinity];
}

/** What the rows take of the values there are. A row that takes none of them is told. */
function withinRange(cx: Inference, by: Expr, type: Type, all: readonly Stretch[]): Stretch[] {
  const [least, most] = endsOf(type);
  return all.flatMap((one) => {
    const isBefore = one.to < least || (one.to === least && !one.toIn && Number.isFinite(least));
    const isBehind = one.from > most || (one.from === most && !one.fromIn && Number.isFinite(most));
    if (isBefore || isBehind) {
      const why = `: \`${words(cx.checked, by.span)}\` is ${describeRange(least, most)}`;
      const hint = 'Write a row for values that there are, or remove this one.';
      cx.report(diagnostic('never-true', one.row.span, { why }, { hint }));
      return [];
    }
    const from = one.from < least ? { from: least, fromIn: true } : {};
    const to = one.to > most ? { to: most, toIn: true } : {};
    return [{ ...one, ...from, ...to }];
  });
}

function overlaps(cx: Inference, bands: Bands, all: Stretch[], whole: boolean): boolean {
  if (areApart(all, whole)) return false;
  let told = false;
  for (const [index, one] of all.entries()) {
    // One row before that takes part of it is enough to be told.
    const other = all.slice(0, index).find((before) => shared(one, before, whole) !== undefined);
    const witness = other && shared(one, other, whole);
    if (other === undefined || witness === undefined) continue;
    told = true;
    twice(cx, bands, one.row, other.row, show(one.row, witness), apart(cx, one, other));
  }
  return told;
}

/** Whether no two rows touch: in their order on the line, each begins behind the furthest end so far. */
function areApart(all: readonly Stretch[], whole: boolean): boolean {
  const sorted = [...all].sort((a, b) => a.from - b.from);
  let furthest = sorted[0];
  for (const one of sorted.slice(1)) {
    if (furthest === undefined || shared(one, furthest, whole) !== undefined) return false;
    if (one.to > furthest.to || (one.to === furthest.to && one.toIn)) furthest = one;
  }
  return true;
}

/** A value in both, the plainest one. */
function shared(a: Stretch, b: Stretch, whole: boolean): number | undefined {
  const holds = ({ from, fromIn, to, toIn }: Stretch, value: number) =>
    (value > from || (fromIn && value === from)) && (value < to || (toIn && value === to));
  const low = Math.max(a.from, b.from);
  const high = Math.min(a.to, b.to);
  if (low > high) return undefined;
  const middle = !Number.isFinite(low)
    ? Number.isFinite(high)
      ? high - 1
      : 0
    : Number.isFinite(high)
      ? (low + high) / 2
      : low + 1;
  return [low, high, whole ? Math.floor(middle) : middle].find(
    (value) => Number.isFinite(value) && holds(a, value) && holds(b, value),
  );
}

/** `at least 140` after `at least 180` is meant as `140 to under 180`. */
function apart(cx: Inference, one: Stretch, before: Stretch): Details['fix'] {
  const mine = one.row.fits;
  const theirs = before.row.fits;
  if (mine.kind !== 'range' || theirs.kind !== 'range') return undefined;
  const text = (expr: Expr) => words(cx.checked, expr.span);
  const write = (start: { value: Expr; inclusive: boolean }, end: { value: Expr; inclusive: boolean }, bound: Expr) => {
    const range = `${start.inclusive ? '' : 'over '}${text(start.value)} to ${end.inclusive ? '' : 'under '}${text(end.value)}`;
    const span: Span = { ...one.row.span, end: bound.span.end };
    return fixOf('write', range, { span, text: range });
  };
  if (mine.from && !mine.to && theirs.from && !theirs.to && one.from < before.from) {
    return write(mine.from, { value: theirs.from.value, inclusive: !theirs.from.inclusive }, mine.from.value);
  }
  if (mine.to && !mine.from && theirs.to && !theirs.from && one.to > before.to) {
    return write({ value: theirs.to.value, inclusive: !theirs.to.inclusive }, mine.to, mine.to.value);
  }
  return undefined;
}

function gaps(cx: Inference, bands: Bands, type: Type, all: Stretch[], whole: boolean): void {
  const [least, most] = endsOf(type);
  const sorted = [...all].sort((a, b) => a.from - b.from || Number(b.fromIn) - Number(a.fromIn));
  const [first] = sorted;
  if (first === undefined) return;
  const tell = (value: number, near: Stretch) => gap(cx, bands, show(near.row, value), near.row.span);
  if (first.from > least || (first.from === least && !first.fromIn && Number.isFinite(least))) {
    tell(
      first.fromIn
        ? Math.max(least, whole || !Number.isFinite(least) ? first.from - 1 : (least + first.from) / 2)
        : first.from,
      first,
    );
  }
  let reach = first;
  for (const one of sorted.slice(1)) {
    if (whole ? one.from > reach.to + 1 : one.from > reach.to) {
      tell(whole ? reach.to + 1 : reach.toIn ? (one.fromIn ? (reach.to + one.from) / 2 : one.from) : reach.to, one);
    } else if (one.from === reach.to && !one.fromIn && !reach.toIn) tell(one.from, one);
    if (one.to > reach.to || (one.to === reach.to && one.toIn)) reach = one;
  }
  if (reach.to < most || (reach.to === most && !reach.toIn && Number.isFinite(most))) {
    tell(
      reach.toIn ? Math.min(most, whole || !Number.isFinite(most) ? reach.to + 1 : (reach.to + most) / 2) : reach.to,
      reach,
    );
  }
}

/** A number on the line in the words of the row it is near. */
function show(row: Band, value: number): string {
  const { fits: asked } = row;
  const bound =
    asked.kind === 'is' ? asked.value : asked.kind === 'range' ? (asked.from ?? asked.to)?.value : undefined;
  if (bound?.kind === 'time') return showValue({ minutes: value });
  if (bound?.kind === 'date') return new Date(value * MS_PER_DAY).toISOString().slice(0, 10);
  if (bound?.kind === 'duration')
    return `${round(value / usualMinutes({ amount: 1, unit: bound.unit }))} ${bound.unit.replace('-', ' ')}`;
  return String(round(value));
}

const round = (value: number): number => Math.round(value * 1e6) / 1e6;

function gap(cx: Inference, bands: Bands, value: string, span: Span): void {
  cx.report(diagnostic('bands-gap', span, { bands: bands.name.text, value }));
}

function twice(cx: Inference, bands: Bands, row: Band, before: Band, value: string, fix?: Details['fix']): void {
  const related = [{ message: 'This row takes it first.', span: before.span }];
  const details = fix === undefined ? { related } : { related, fix };
  const remedy =
    row.fits.kind === 'is' && before.fits.kind === 'is'
      ? 'Remove one of them.'
      : 'Let one end where the other begins: `80 to under 140`, then `140 to under 180`.';
  cx.report(diagnostic('bands-overlap', row.span, { bands: bands.name.text, value, remedy }, details));
}
