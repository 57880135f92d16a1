/**
 * Types of what is asked of series and tables, and of functions: `count(runs where …)`,
 * `last run`, `workout[week, 2]`, `max(1, week - 1)`.
 *
 * A count or a sum of nothing is 0; any other summary of nothing is missing.
 */
import type { Expr, Name, Selection } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { nearest } from '../language/nearest.ts';
import { replaceWith } from './bind.ts';
import { everyValue } from './bind-tables.ts';
import { hull, mismatch } from './infer-operators.ts';
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
import type { AggregateName, FunctionName, Value } from './ir.ts';
import { forget } from './narrow.ts';
import { functionFor } from './phrases.ts';
import { findSeries, type SeriesSymbol, type TableSymbol } from './symbols.ts';
import { describeType, fits, type NumberType, numberType, type Type, yesNo } from './value-types.ts';

export const aggregates: readonly AggregateName[] = ['count', 'sum', 'mean', 'min', 'max', 'latest', 'first'];
/** How many arguments each function takes. */
export const functions: Record<FunctionName, { least: number; most: number; takes: string }> = {
  min: { least: 2, most: 10, takes: 'two numbers or more' },
  max: { least: 2, most: 10, takes: 'two numbers or more' },
  round: { least: 1, most: 1, takes: 'one number' },
  floor: { least: 1, most: 1, takes: 'one number' },
  ceil: { least: 1, most: 1, takes: 'one number' },
  abs: { least: 1, most: 1, takes: 'one number' },
  clamp: { least: 3, most: 3, takes: 'three numbers: the value, the least and the most' },
};

const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);
const isAggregate = (name: string): name is AggregateName => (aggregates as readonly string[]).includes(name);

/** Finds a series for a word that must name one; reports where there is none. */
export function needSeries(cx: Inference, name: Name): SeriesSymbol | undefined {
  const { symbols } = cx.checked;
  const series = findSeries(symbols, name.text);
  if (series !== undefined) return series;
  const all = [...symbols.series.values()];
  const near = nearest(
    name.text,
    all.flatMap((one) => [one.name, one.singular]),
  );
  const details = near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
  cx.report(diagnostic('unknown-series', name.span, { name: name.text }, details));
  return undefined;
}

/** A field of an entry, by name; reports where there is none. */
function needField(cx: Inference, series: SeriesSymbol, name: Name): Inferred | undefined {
  const field = series.fields.get(name.text);
  if (field !== undefined) return { type: field.type, maybe: field.optional };
  const near = nearest(name.text, series.fields.keys());
  const known = [...series.fields.keys()].map((one) => `\`${one}\``).join(', ');
  const details = near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, name.span) };
  cx.report(diagnostic('unknown-field', name.span, { series: series.name, name: name.text, known }, details));
  return undefined;
}

/** The scope of a condition over the entries of a series. */
export function entryScope(scope: Scope, series: SeriesSymbol): Scope {
  return { ...scope, entryOf: series, known: forget(scope.known, series.fields.keys()) };
}

/** What an aggregate's argument means, however it was written: `runs`, `runs.minutes`, `last 3 of fbg`. */
export function selectionOf(expr: Expr): Selection | undefined {
  if (expr.kind === 'selection') return expr.selection;
  if (expr.kind === 'name') return { series: expr.name, span: expr.span };
  if (expr.kind === 'member' && expr.of.kind === 'name')
    return { series: expr.of.name, field: expr.field, span: expr.span };
  return undefined;
}

/** Whether `min(…)` and `max(…)` are meant as a summary of a series here. */
export function isSummary(expr: Extract<Expr, { kind: 'call' }>, hasSeries: (name: string) => boolean): boolean {
  const name = expr.function.text;
  if (!isAggregate(name)) return false;
  if (!isFunction(name)) return true;
  const [only] = expr.args;
  const selection = expr.args.length === 1 && only !== undefined ? selectionOf(only) : undefined;
  return selection !== undefined && hasSeries(selection.series.text);
}

export function inferCall(cx: Inference, expr: Extract<Expr, { kind: 'call' }>, scope: Scope): Inferred {
  const name = expr.function.text;
  if (isSummary(expr, (series) => findSeries(cx.checked.symbols, series) !== undefined)) {
    return inferAggregate(cx, expr, name as AggregateName, scope);
  }
  if (!isFunction(name)) {
    const known = [...new Set([...aggregates, ...Object.keys(functions)])];
    const near = functionFor(name) ?? nearest(name, known);
    const [first, last] = [expr.args[0], expr.args.at(-1)];
    const cell =
      first && last && cx.checked.symbols.tables.has(name)
        ? `${name}[${cx.checked.text.slice(first.span.start, last.span.end)}]`
        : undefined;
    const details =
      cell !== undefined
        ? { hint: `It is a table: \`${cell}\`.`, fix: replaceWith(cell, expr.span) }
        : near === undefined
          ? {}
          : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, expr.function.span) };
    cx.report(diagnostic('unknown-function', expr.function.span, { name, known: known.join(', ') }, details));
    return mistaken;
  }
  const { least, most, takes } = functions[name];
  if (expr.args.length < least || expr.args.length > most) {
    cx.report(
      diagnostic('bad-arguments', expr.span, {
        name,
        takes,
        found: expr.args.length === 0 ? 'none' : `${expr.args.length}`,
      }),
    );
    return mistaken;
  }
  let maybe = false;
  const args = expr.args.map((arg) => {
    const found = inferKind(cx, arg, scope, 'a number', 'number');
    if (found.type !== undefined && scope.place === undefined)
      needPresent(cx, arg, { type: found.type, maybe: found.maybe });
    maybe ||= found.maybe && scope.place !== undefined;
    return found.type;
  });
  const [first] = args;
  if (first === undefined || args.includes(undefined)) return mistaken;
  const numbers = args as NumberType[];
  let all = first;
  for (const [index, other] of numbers.entries()) {
    const together = fits(all, other);
    if (!together) {
      mismatch(cx, expr.args[index] ?? expr, all, other);
      return mistaken;
    }
    all = hull(all, other);
  }
  return { type: functionRange(name, all, numbers), maybe };
}

function functionRange(name: FunctionName, all: NumberType, args: NumberType[]): NumberType {
  const [value = all, low = all, high = all] = args;
  switch (name) {
    case 'min':
      return { ...all, min: Math.min(...args.map((arg) => arg.min)), max: Math.min(...args.map((arg) => arg.max)) };
    case 'max':
      return { ...all, min: Math.max(...args.map((arg) => arg.min)), max: Math.max(...args.map((arg) => arg.max)) };
    case 'round':
      return { ...all, min: Math.round(all.min), max: Math.round(all.max), whole: true };
    case 'floor':
      return { ...all, min: Math.floor(all.min), max: Math.floor(all.max), whole: true };
    case 'ceil':
      return { ...all, min: Math.ceil(all.min), max: Math.ceil(all.max), whole: true };
    case 'abs': {
      const least = all.min <= 0 && all.max >= 0 ? 0 : Math.min(Math.abs(all.min), Math.abs(all.max));
      return { ...all, min: least, max: Math.max(Math.abs(all.min), Math.abs(all.max)) };
    }
    case 'clamp':
      return { ...all, min: Math.max(value.min, low.min), max: Math.min(value.max, high.max) };
  }
}

function inferAggregate(
  cx: Inference,
  expr: Extract<Expr, { kind: 'call' }>,
  name: AggregateName,
  scope: Scope,
): Inferred {
  const [arg] = expr.args;
  const selection = arg === undefined ? undefined : selectionOf(arg);
  if (expr.args.length !== 1 || selection === undefined) {
    const found =
      expr.args.length === 1 ? 'something else' : expr.args.length === 0 ? 'nothing' : `${expr.args.length} things`;
    const [first, second] = expr.args;
    const narrowed =
      first && second
        ? {
            hint: `Narrow a series with \`where\`: \`${name}(${words(cx.checked, first.span)} where ${words(cx.checked, second.span)})\`.`,
          }
        : {};
    cx.report(diagnostic('bad-arguments', expr.span, { name, takes: 'one series', found }, narrowed));
    return mistaken;
  }
  const series = needSeries(cx, selection.series);
  if (series === undefined) return mistaken;
  if (selection.where !== undefined) cx.condition(selection.where, entryScope(scope, series));
  if (selection.last !== undefined && (selection.last < 1 || !Number.isInteger(selection.last))) {
    cx.report(
      diagnostic('out-of-range', selection.span, {
        value: selection.last,
        of: '`last`',
        range: 'a whole number, at least 1',
      }),
    );
  }
  const field = fieldOf(cx, series, selection, name);
  if (name === 'count') {
    return { type: numberType({ min: 0, max: selection.last ?? Infinity, whole: true }), maybe: false };
  }
  if (field === undefined) return mistaken;
  if (name === 'latest' || name === 'first') return { type: field.type, maybe: true };
  if (field.type.kind === 'unknown') return mistaken;
  const ordered = (name === 'min' || name === 'max') && ['date', 'time'].includes(field.type.kind);
  if (!isNumber(field.type) && !ordered) {
    const expected =
      field.type.kind === 'entry' ? `a number: say which, as in \`${name}(${series.name}.…)\`` : 'a number';
    cx.report(wrongType(arg ?? expr, field.type, expected));
    return mistaken;
  }
  if (name === 'sum' && isNumber(field.type)) {
    const { unit, min, max, whole } = field.type;
    return {
      type: numberType({ unit, whole, min: min >= 0 ? 0 : -Infinity, max: max <= 0 ? 0 : Infinity }),
      maybe: false,
    };
  }
  return { type: name === 'mean' && isNumber(field.type) ? { ...field.type, whole: false } : field.type, maybe: true };
}

/** The field an aggregate is about; for a plain series its value, otherwise the entry itself. */
function fieldOf(cx: Inference, series: SeriesSymbol, selection: Selection, by: AggregateName): Inferred | undefined {
  if (selection.field !== undefined) return needField(cx, series, selection.field);
  const value = series.plain ? series.fields.get('value') : undefined;
  // `latest(hypo)` is an entry also where it has one field: `latest(fbg).value` may be written.
  if (value !== undefined && by !== 'latest' && by !== 'first') return { type: value.type, maybe: value.optional };
  return { type: { kind: 'entry', series: series.name }, maybe: false };
}

/** A selection that nothing is asked of. */
export function inferSelection(cx: Inference, expr: Extract<Expr, { kind: 'selection' }>): Inferred {
  const series = needSeries(cx, expr.selection.series);
  if (series !== undefined) cx.report(diagnostic('needs-aggregate', expr.span, { name: series.name }));
  return mistaken;
}

export function inferMember(cx: Inference, expr: Extract<Expr, { kind: 'member' }>, scope: Scope): Inferred {
  if (
    expr.of.kind === 'name' &&
    findSeries(cx.checked.symbols, expr.of.name.text) &&
    !scope.entryOf?.fields.has(expr.of.name.text)
  ) {
    const name = expr.of.name.text;
    cx.report(
      diagnostic(
        'needs-aggregate',
        expr.span,
        { name },
        { hint: `Say which: \`mean(${name}.${expr.field.text})\`, \`latest(${name}).${expr.field.text}\`.` },
      ),
    );
    return mistaken;
  }
  const of = cx.infer(expr.of, scope);
  if (of.type.kind === 'unknown') return mistaken;
  const series = of.type.kind === 'entry' ? cx.checked.symbols.series.get(of.type.series) : undefined;
  if (series === undefined) {
    cx.report(
      diagnostic('wrong-type', expr.of.span, {
        found: describeType(of.type),
        expected: 'only an entry of a series has fields',
      }),
    );
    return mistaken;
  }
  const field = needField(cx, series, expr.field);
  return field === undefined ? mistaken : { type: field.type, maybe: of.maybe || field.maybe };
}

export function inferLast(cx: Inference, name: Name): Inferred {
  const series = needSeries(cx, name);
  return series === undefined ? mistaken : { type: { kind: 'entry', series: series.name }, maybe: true };
}

export function inferAbsence(cx: Inference, expr: Extract<Expr, { kind: 'absence' }>, scope: Scope): Inferred {
  const series = needSeries(cx, expr.series);
  if (series !== undefined && expr.where !== undefined) cx.condition(expr.where, entryScope(scope, series));
  return { type: yesNo, maybe: false };
}

export function inferLookup(cx: Inference, expr: Extract<Expr, { kind: 'lookup' }>, scope: Scope): Inferred {
  const { tables } = cx.checked.symbols;
  const table = tables.get(expr.table.text);
  if (table === undefined) {
    const near = nearest(expr.table.text, tables.keys());
    const details =
      near === undefined ? {} : { hint: `Did you mean \`${near}\`?`, fix: replaceWith(near, expr.table.span) };
    cx.report(diagnostic('unknown-table', expr.table.span, { name: expr.table.text }, details));
    for (const key of expr.keys) cx.infer(key, scope);
    return mistaken;
  }
  if (expr.keys.length !== table.keys.length) {
    const takes =
      table.keys.length === 1
        ? `one key, ${table.keys[0]?.name}`
        : `two keys, ${table.keys.map((key) => key.name).join(' and ')}`;
    cx.report(
      diagnostic('bad-arguments', expr.span, { name: `${expr.table.text}[…]`, takes, found: `${expr.keys.length}` }),
    );
    return { type: table.cell, maybe: false };
  }
  let certain = true;
  expr.keys.forEach((key, index) => {
    const wanted = table.keys[index];
    if (wanted === undefined) return;
    const found = unwrap(cx, key, cx.infer(key, scope, wanted.type));
    if (!fits(found.type, wanted.type)) {
      const words = { found: describeType(found.type), expected: `\`${wanted.name}\` is ${describeType(wanted.type)}` };
      cx.report(diagnostic('wrong-type', key.span, words));
      return;
    }
    // A key that may be missing finds nothing; whoever uses the cell is told.
    if (found.maybe || !covers(table, index, found.type)) certain = false;
  });
  return { type: table.cell, maybe: !certain && table.cell.kind !== 'unknown' };
}

/** Whether the table has a row (or column) for every value a key of this type can have. */
function covers(table: TableSymbol, index: number, key: Type): boolean {
  const written: Value[] = index === 0 ? table.rows.map((row) => row.key) : table.columns;
  const values = everyValue(key);
  return values.length > 0 && values.every((value) => written.includes(value));
}
