/**
 * Types of what is asked of series and tables, and of functions: `count(runs where …)`,
 * `last run`, `workout[week, 2]`, `max(1, week - 1)`.
 *
 * A count or a sum of nothing is 0; any other summary of nothing is missing.
 */
import type { Expr, Name, Selection } from '../language/ast.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { fixOf } from '../language/fixes.ts';
import { nearest } from '../language/nearest.ts';
import { didYouMean } from '../language/suggest.ts';
import { everyValue } from './bind-tables.ts';
import { constant, showValue, usualMinutes } from './constants.ts';
import { selectionOf } from './functions.ts';
import { checkAnchor, needLength } from './infer-times.ts';
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
import type { AggregateName, Value } from './ir.ts';
import { listed, meant } from './names.ts';
import { letNamed } from './names-in-scope.ts';
import { forget } from './narrow.ts';
import { type Collection, findCollection, findSeries, type SeriesSymbol, type TableSymbol } from './symbols.ts';
import { describeType, fits, howToWrite, numberType, type Type, yesNo } from './value-types.ts';

export { aggregates, functions, isSummary, selectionOf } from './functions.ts';

/** Finds a series for a word that must name one; reports where there is none. */
export function needSeries(cx: Inference, name: Name): SeriesSymbol | undefined {
  const { symbols } = cx.checked;
  const series = findSeries(symbols, name.text);
  if (series !== undefined) return series;
  const known = [...symbols.series.values()].flatMap((one) => [one.name, one.singular]);
  const hint = symbols.lists.has(name.text)
    ? {
        hint: `It is a list: add to it with \`add ${name.text} { … }\`, go through it with \`each ${name.text} { … }\`.`,
      }
    : symbols.fields.has(name.text)
      ? { hint: 'It is a field, which has one value. To keep every value, declare it as a `series`.' }
      : {};
  cx.report(diagnostic('unknown-series', name.span, { name: name.text }, meant(name, known, hint)));
  return undefined;
}

/** Finds a series or a list for a word that must name one; reports where there is none. */
function needCollection(cx: Inference, name: Name): Collection | undefined {
  return findCollection(cx.checked.symbols, name.text) ?? needSeries(cx, name);
}

/** A field of an entry or an item, by name; reports where there is none. */
export function needField(cx: Inference, of: Collection, name: Name): Inferred | undefined {
  const field = of.fields.get(name.text);
  if (field !== undefined) return { type: field.type, maybe: field.optional };
  const known = listed(of.fields.keys(), 'no fields');
  const words = { series: of.name, name: name.text, known, entry: of.list ? 'item' : 'entry' };
  cx.report(diagnostic('unknown-field', name.span, words, meant(name, of.fields.keys())));
  return undefined;
}

/** The scope of a condition over the entries of a series or the items of a list. */
export function entryScope(scope: Scope, of: Collection): Scope {
  return { ...scope, entryOf: of, known: forget(scope.known, of.fields.keys()) };
}

export function inferAggregate(
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
    cx.report(
      diagnostic(
        'bad-arguments',
        expr.span,
        { name, takes: 'one series', found, example: exampleOf(cx, name) },
        narrowed,
      ),
    );
    return mistaken;
  }
  const of = needCollection(cx, selection.series);
  if (of === undefined) return mistaken;
  checkSelection(cx, selection, of, scope);
  const field = fieldOf(cx, of, selection, name);
  const most = selection.last ?? Infinity;
  if (name === 'count') lookAtCounted(cx, selection);
  switch (name) {
    case 'count':
    case 'streak':
    case 'days':
    case 'gap':
      if (name !== 'count' && of.list) {
        const remedy = 'The items of a list have no days of their own. Use `count(…)`, or a series.';
        cx.report(diagnostic('not-here', expr.span, { what: `\`${name}\` of a list`, remedy }));
        return mistaken;
      }
      // A gap is in days, and may be compared with a plain number too.
      if (name === 'gap') return { type: numberType({ unit: 'days', loose: true, min: 0, whole: true }), maybe: false };
      return { type: numberType({ min: 0, max: most, whole: true }), maybe: false };
    case 'latest':
    case 'first':
      return field === undefined ? mistaken : { type: field.type, maybe: true };
    default:
      return field === undefined ? mistaken : summary(cx, arg ?? expr, name, field.type, of);
  }
}

/** `count(last 5 of runs where completed)` is 5 as soon as five ever were: `of those` was meant. Not so in a window. */
function lookAtCounted(cx: Inference, { last, where, window, ofThose, series, field }: Selection): void {
  if (last === undefined || where === undefined || window !== undefined || ofThose !== undefined) return;
  const said = { series: series.text, last: `${last}`, where: words(cx.checked, where.span) };
  const { end } = (field ?? series).span;
  const fix = fixOf('write', ', of those where', { span: { ...where.span, start: end, end }, text: ', of those' });
  cx.report(diagnostic('counts-newest', where.span, said, { fix }));
}

/** What a selection asks of its entries: conditions, a window, how many. */
function checkSelection(cx: Inference, selection: Selection, of: Collection, scope: Scope): void {
  let inside = entryScope(scope, of);
  if (selection.where !== undefined) inside = { ...inside, known: cx.knownWhere(selection.where, inside) };
  if (selection.ofThose !== undefined) cx.condition(selection.ofThose, inside);
  if (selection.last !== undefined && (selection.last < 1 || !Number.isInteger(selection.last))) {
    const words = { value: selection.last, of: '`last`', range: 'a whole number, at least 1' };
    cx.report(diagnostic('out-of-range', selection.span, words));
  }
  const { window } = selection;
  if (window === undefined) return;
  if (of.list) {
    const remedy = 'Its items have no day of their own; ask for one of their fields: `where due >= today`.';
    cx.report(diagnostic('not-here', window.span, { what: 'A stretch of time after a list', remedy }));
  }
  if (window.kind === 'last') needLength(cx, window.duration, scope);
  if (window.kind === 'since') checkAnchor(cx, window.anchor, scope);
}

/** The type of a sum, a mean, the least and the most. */
function summary(
  cx: Inference,
  expr: Expr,
  name: 'sum' | 'mean' | 'min' | 'max',
  type: Type,
  of: Collection,
): Inferred {
  if (type.kind === 'unknown') return mistaken;
  const ordered = (name === 'min' || name === 'max') && ['date', 'time', 'moment', 'duration'].includes(type.kind);
  if (!isNumber(type) && !ordered) {
    const hint = type.kind === 'entry' ? { hint: `Say of which of its fields: \`${summaryOf(name, of)}\`.` } : {};
    cx.report({ ...wrongType(expr, type, 'a number'), ...hint });
    return mistaken;
  }
  if (name === 'sum' && isNumber(type)) {
    const { unit, min, max, whole } = type;
    const range = { min: min >= 0 ? 0 : -Infinity, max: max <= 0 ? 0 : Infinity };
    return { type: numberType({ unit, whole, ...range }), maybe: false };
  }
  return { type: name === 'mean' && isNumber(type) ? { ...type, whole: false } : type, maybe: true };
}

/** The field an aggregate is about; for a plain series its value, otherwise the entry itself. */
function fieldOf(cx: Inference, series: Collection, selection: Selection, by: AggregateName): Inferred | undefined {
  if (selection.field !== undefined) return needField(cx, series, selection.field);
  const value = series.plain ? series.fields.get('value') : undefined;
  // `latest(hypo)` is an entry also where it has one field: `latest(fbg).value` may be written.
  if (value !== undefined && by !== 'latest' && by !== 'first') return { type: value.type, maybe: value.optional };
  return { type: { kind: 'entry', series: series.name }, maybe: false };
}

const manyOf = (of: Collection) => ({ name: of.name, kind: of.list ? 'a list: many items' : 'a series: many entries' });

/** A selection that nothing is asked of. */
export function inferSelection(cx: Inference, expr: Extract<Expr, { kind: 'selection' }>): Inferred {
  const of = needCollection(cx, expr.selection.series);
  if (of !== undefined) cx.report(diagnostic('needs-aggregate', expr.span, manyOf(of)));
  return mistaken;
}

/** `latest(fbg).value`, `lifts["squat"].weight`; also the first and last day of a window: `second.opens`. */
export function inferMember(cx: Inference, expr: Extract<Expr, { kind: 'member' }>, scope: Scope): Inferred {
  if (expr.of.kind === 'name') {
    const name = expr.of.name.text;
    const end = letNamed(cx.checked, `${name}.${expr.field.text}`, scope);
    if (end !== undefined) return cx.windowEnd(expr, end, scope);
    const here = scope.entryOf?.fields.has(name) || scope.item?.fields.has(name);
    const of = here ? undefined : findCollection(cx.checked.symbols, name);
    if (of !== undefined) {
      const field = expr.field.text;
      const one = of.list ? `${name}["…"].${field}` : `latest(${name}).${field}`;
      const hint = `Say which: \`mean(${name}.${field})\`, \`${one}\`.`;
      cx.report(diagnostic('needs-aggregate', expr.span, { ...manyOf(of), name }, { hint }));
      return mistaken;
    }
    const window =
      scope.stage?.windows.get(name) ?? scope.flow?.windows.get(name) ?? cx.checked.symbols.main.windows.get(name);
    if (window !== undefined) {
      const hint = { hint: `A window has its first and last day: \`${name}.opens\`, \`${name}.closes\`.` };
      cx.report(
        diagnostic(
          'unknown-name',
          expr.field.span,
          { name: expr.field.text },
          meant(expr.field, ['opens', 'closes'], hint),
        ),
      );
      return mistaken;
    }
  }
  const of = cx.infer(expr.of, scope);
  if (of.type.kind === 'unknown') return mistaken;
  const collection = of.type.kind === 'entry' ? findCollection(cx.checked.symbols, of.type.series) : undefined;
  if (collection === undefined) {
    const expected = 'only an entry of a series or an item of a list has fields';
    cx.report(diagnostic('wrong-type', expr.of.span, { found: describeType(of.type), expected }));
    return mistaken;
  }
  const ofList = collection.list ? letOfItem(cx, expr, collection.name, scope) : undefined;
  if (ofList !== undefined) return ofList;
  const field = needField(cx, collection, expr.field);
  return field === undefined ? mistaken : { type: field.type, maybe: of.maybe || field.maybe };
}

/**
 * `lifts["squat"].due`, where `due` is a let of the list: what a scenario may expect. In a program an item shows
 * its fields alone.
 */
function letOfItem(
  cx: Inference,
  expr: Extract<Expr, { kind: 'member' }>,
  name: string,
  scope: Scope,
): Inferred | undefined {
  const list = cx.checked.symbols.lists.get(name);
  const symbol = list?.lets.get(expr.field.text);
  if (list === undefined || symbol === undefined || list.fields.has(expr.field.text)) return undefined;
  const isNamed = cx.checked.resolutions.get(expr.of)?.kind === 'item-of';
  if (!isNamed || cx.checked.letsInText) {
    const hint = `\`${expr.field.text}\` is a \`let\` of the list, which only its own stages see, and what a scenario expects. Keep it in a field.`;
    const words = {
      entry: 'item',
      series: name,
      name: expr.field.text,
      known: listed(list.fields.keys(), 'no fields'),
    };
    cx.report(diagnostic('unknown-field', expr.field.span, words, { hint }));
    return mistaken;
  }
  const found = cx.windowEnd(expr, symbol, { ...scope, known: new Map() });
  cx.checked.resolutions.set(expr, { kind: 'let-of', id: symbol.id, list: name });
  return { ...found, maybe: true };
}

export function inferLast(cx: Inference, name: Name): Inferred {
  const series = needSeries(cx, name);
  return series === undefined ? mistaken : { type: { kind: 'entry', series: series.name }, maybe: true };
}

export function inferAbsence(cx: Inference, expr: Extract<Expr, { kind: 'absence' }>, scope: Scope): Inferred {
  const series = needSeries(cx, expr.series);
  needLength(cx, expr.duration, scope);
  if (series !== undefined && expr.where !== undefined) cx.condition(expr.where, entryScope(scope, series));
  return { type: yesNo, maybe: false };
}

/** How a summary is written, with a series of this program where one fits. */
function exampleOf(cx: Inference, name: string): string {
  const all = [...cx.checked.symbols.series.values()];
  if (/^(count|latest|first|streak|days|gap)$/.test(name)) return `${name}(${all[0]?.name ?? 'runs'})`;
  const [numbers] = all.filter(({ fields }) => [...fields.values()].some(({ type }) => isNumber(type)));
  return numbers === undefined ? `${name}(runs.minutes)` : summaryOf(name, numbers);
}

/** A summary of the numbers of a series. */
function summaryOf(name: string, { name: series, fields, plain }: Collection): string {
  const field = [...fields].find(([, { type }]) => isNumber(type))?.[0] ?? '…';
  return plain ? `${name}(${series})` : `${name}(${series}.${field})`;
}

export function inferLookup(cx: Inference, expr: Extract<Expr, { kind: 'lookup' }>, scope: Scope): Inferred {
  const { tables, lists } = cx.checked.symbols;
  if (lists.has(expr.table.text)) return inferItem(cx, expr, scope);
  const table = tables.get(expr.table.text);
  if (table === undefined) {
    const details = meant(expr.table, [...tables.keys(), ...lists.keys()]);
    cx.report(diagnostic('unknown-table', expr.table.span, { name: expr.table.text }, details));
    for (const key of expr.keys) cx.infer(key, scope);
    return mistaken;
  }
  if (expr.keys.length !== table.keys.length) {
    const takes =
      table.keys.length === 1
        ? `one key, ${table.keys[0]?.name}`
        : `two keys, ${table.keys.map((key) => key.name).join(' and ')}`;
    const example = `${expr.table.text}[${table.keys.map((key) => key.name).join(', ')}]`;
    cx.report(
      diagnostic('bad-arguments', expr.span, {
        name: `${expr.table.text}[…]`,
        takes,
        found: `${expr.keys.length}`,
        example,
      }),
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
      const hint = howToWrite(describeType(wanted.type));
      cx.report(diagnostic('wrong-type', key.span, words, hint === undefined ? {} : { hint }));
      return;
    }
    // A key that may be missing finds nothing; whoever uses the cell is told.
    const literal = constant(key)?.value;
    if (literal === undefined) certain &&= !found.maybe && covers(table, index, found.type);
    else tellLost(cx, key, literal, table, index);
  });
  return { type: table.cell, maybe: !certain && table.cell.kind !== 'unknown' };
}

/** `lifts["squat"]`: the item of that name; missing where there is none. */
function inferItem(cx: Inference, expr: Extract<Expr, { kind: 'lookup' }>, scope: Scope): Inferred {
  const list = cx.checked.symbols.lists.get(expr.table.text);
  const [key] = expr.keys;
  if (list === undefined) return mistaken;
  const wanted = list.key === undefined ? numberType({ min: 1, whole: true }) : list.fields.get(list.key)?.type;
  if (expr.keys.length !== 1 || key === undefined) {
    const takes = `one key, ${list.key ?? 'the number of the item'}`;
    const example = list.key === undefined ? `${list.name}[1]` : `${list.name}["…"]`;
    const words = { name: `${list.name}[…]`, takes, found: `${expr.keys.length}`, example };
    cx.report(diagnostic('bad-arguments', expr.span, words));
    return mistaken;
  }
  const found = unwrap(cx, key, cx.infer(key, scope, wanted));
  if (wanted !== undefined && !fits(found.type, wanted)) {
    const of = list.key === undefined ? `the items of \`${list.name}\` are numbered, and this` : `\`${list.key}\``;
    const words = { found: describeType(found.type), expected: `${of} is ${describeType(wanted)}` };
    const hint = howToWrite(describeType(wanted));
    cx.report(diagnostic('wrong-type', key.span, words, hint === undefined ? {} : { hint }));
  }
  cx.checked.resolutions.set(expr, { kind: 'item-of', list: list.name });
  return { type: { kind: 'entry', series: list.name }, maybe: true };
}

/** What the rows of a table, or its columns, are for. */
const keysOf = (table: TableSymbol, index: number): Value[] =>
  index === 0 ? table.rows.map((row) => row.key) : table.columns;

/** As the row is found when the program runs: texts are the same without case, two weeks are 14 days. */
const isSameKey = (one: Value, other: Value): boolean => comparable(one) === comparable(other);

function comparable(key: Value): string {
  const isLength = typeof key === 'object' && key !== null && 'duration' in key;
  return JSON.stringify(isLength ? { minutes: usualMinutes(key.duration) } : key).toLowerCase();
}

/** Reports a key written as a plain value, for which the table has nothing. */
function tellLost(cx: Inference, key: Expr, value: Value, table: TableSymbol, index: number): void {
  const written = keysOf(table, index);
  // Keys that are no plain values themselves were told where they stand.
  if (written.some((one) => one === null || isSameKey(one, value)) || written.length === 0) return;
  const near =
    typeof value === 'string'
      ? nearest(
          value,
          written.filter((one) => typeof one === 'string'),
        )
      : undefined;
  const words = {
    table: table.name,
    what: index === 0 ? 'row' : 'column',
    key: showValue(value),
    keys: written.map(showValue).join(', '),
  };
  const details = near === undefined ? {} : didYouMean(JSON.stringify(near), key.span);
  cx.report(diagnostic('no-such-key', key.span, words, details));
}

/** Whether the table has a row (or column) for every value a key of this type can have. */
function covers(table: TableSymbol, index: number, key: Type): boolean {
  const written = keysOf(table, index);
  const values = everyValue(key);
  return values.length > 0 && values.every((value) => written.includes(value));
}
