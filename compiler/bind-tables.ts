/**
 * Tables: their shape, their keys and their cells.
 *
 * A key named like a data field takes its type, so that a missing row can be named; otherwise the
 * type follows from the values that are written.
 */
import type { Expr, Name, Program, Span, Table } from '../language/ast.ts';
import type { Code } from '../language/catalogue.ts';
import { diagnostic } from '../language/diagnostics.ts';
import { constant, showValue } from './constants.ts';
import type { Value } from './ir.ts';
import { meant } from './names.ts';
import type { Report, Symbols, TableSymbol } from './symbols.ts';
import { anyUnit } from './units.ts';
import { describeType, fits, howToWrite, numberType, type Type, unknownType } from './value-types.ts';

/** Ranges wider than this are not searched for missing rows. */
const GAP_RANGE_MAX = 1000;
/** Missing rows named in one message. */
const GAPS_NAMED_MAX = 6;

type Claim = (name: Name) => boolean;

export function bindTables(program: Program, symbols: Symbols, claim: Claim, report: Report): void {
  for (const item of program.items) {
    if (item.kind !== 'table') continue;
    const table = bindTable(item, symbols, report);
    if (claim(item.name)) symbols.tables.set(item.name.text, table);
  }
}

function bindTable(node: Table, symbols: Symbols, tell: Report): TableSymbol {
  const report = lacksColumnKey(node) ? firstOf('table-shape', tell) : tell;
  const wrong = (span: Span, problem: string, hint?: string) =>
    report(diagnostic('table-shape', span, { problem }, hint === undefined ? {} : { hint }));
  const [rowKey, columnKey] = node.keys;
  if (node.keys.length > 2) {
    wrong(
      node.keys[2]?.span ?? node.name.span,
      'A table has one key or two.',
      'Keep one key for the rows and one for the columns.',
    );
  }
  if (columnKey !== undefined && node.columns.length === 0) {
    wrong(
      columnKey.span,
      `The header line with the values of \`${columnKey.text}\` is missing.`,
      'Write them above the rows.',
    );
  }
  if (node.rows.length === 0) wrong(node.name.span, `The table \`${node.name.text}\` has no rows.`);
  const width = columnKey === undefined ? 1 : node.columns.length;
  for (const row of node.rows) {
    if (row.cells.length !== width && (columnKey === undefined || width > 0)) {
      const wanted = width === 1 ? 'one value' : `${width} values`;
      wrong(
        row.span,
        `This row has ${row.cells.length === 1 ? 'one value' : `${row.cells.length} values`}, but ${wanted} ${width === 1 ? 'belongs' : 'belong'} there.`,
        columnKey === undefined
          ? `Columns have a key of their own: \`table ${node.name.text} by ${rowKey?.text ?? 'row'}, column { … }\`, with its values in a line above.`
          : undefined,
      );
    }
  }
  const rowKeys = keyValues(
    node.rows.map((row) => row.key),
    rowKey,
    symbols,
    report,
  );
  const columnKeys = keyValues(node.columns, columnKey, symbols, report);
  const cells = cellValues(node, symbols, report);
  const keys = [{ name: rowKey?.text ?? '', type: rowKeys.type }];
  if (columnKey !== undefined) keys.push({ name: columnKey.text, type: columnKeys.type });
  const complete = node.rows.length > 0 && (columnKey === undefined || node.columns.length > 0);
  if (complete) {
    findGaps(node, 'row', rowKey, rowKeys, symbols, report);
    if (columnKey !== undefined) findGaps(node, 'column', columnKey, columnKeys, symbols, report);
  }
  return {
    name: node.name.text,
    node,
    keys,
    cell: cells.type,
    columns: columnKeys.values,
    rows: rowKeys.values.map((key, index) => ({ key, cells: cells.rows[index] ?? [] })),
  };
}

/** Whether the rows are written in columns, and only the key of these is missing: its header is read as a row then. */
function lacksColumnKey({ keys, rows }: Table): boolean {
  const wide = rows.filter(({ cells }) => cells.length > 1);
  return keys.length < 2 && wide.length > 0 && wide.length >= rows.length - 1;
}

/** Tells what is the first of its code, and nothing else: the rest follows from it. */
function firstOf(code: Code, tell: Report): Report {
  let told = false;
  return (found) => {
    if (told || found.code !== code) return;
    told = true;
    tell(found);
  };
}

/**
 * What a key is named after: the field of the program, else the one of a list's items or of a series' entries that it
 * can be. Where several of these have the name, they must be of one type.
 */
function keyField({ text }: Name, written: readonly Expr[], { fields, lists, series }: Symbols): KeyField | undefined {
  const own = fields.get(text);
  if (own !== undefined) return own;
  const kind = written.some((one) => one.kind === 'name') ? 'choice' : 'number';
  const named = [...lists.values(), ...series.values()].flatMap((of) => of.fields.get(text) ?? []);
  const [first, ...others] = named.filter(({ type }) => type.kind === kind);
  return others.every(({ type }) => first !== undefined && describeType(type) === describeType(first.type))
    ? first
    : undefined;
}

type KeyField = { type: Type };

type Keys = { values: Value[]; type: Type };

function keyValues(written: Expr[], name: Name | undefined, symbols: Symbols, report: Report): Keys {
  const field = name === undefined ? undefined : keyField(name, written, symbols);
  const options = field?.type.kind === 'choice' ? field.type.options : [];
  let type: Type | undefined = field?.type;
  const values: Value[] = [];
  for (const expr of written) {
    const found = constant(expr, options);
    values.push(found?.value ?? null);
    if (found === undefined && expr.kind === 'name' && options.length > 0) {
      const words = { name: expr.name.text, of: `of \`${name?.text}\``, options: options.join(', ') };
      report(diagnostic('unknown-option', expr.span, words, meant(expr.name, options)));
    } else if (found === undefined) {
      report(
        diagnostic('not-constant', expr.span, {}, expr.kind === 'name' ? { hint: 'Put words in double quotes.' } : {}),
      );
    } else if (type === undefined) {
      type = found.type.kind === 'number' ? numberType({ unit: anyUnit }) : found.type;
    } else if (!fits(found.type, type)) {
      const hint = howToWrite(describeType(type));
      const wanted = name === undefined ? 'the keys before hold' : `\`${name.text}\` is`;
      const words = { found: describeType(found.type), expected: `${wanted} ${describeType(type)}` };
      report(diagnostic('wrong-type', expr.span, words, hint === undefined ? {} : { hint }));
    } else if (
      type.kind === 'number' &&
      typeof found.value === 'number' &&
      (found.value < type.min || found.value > type.max)
    ) {
      const words = { value: showValue(found.value), of: `\`${name?.text}\``, range: `${type.min} to ${type.max}` };
      report(diagnostic('out-of-range', expr.span, words));
    }
  }
  return { values, type: type ?? unknownType };
}

function cellValues(node: Table, { calendars }: Symbols, report: Report): { rows: Value[][]; type: Type } {
  let type: Type | undefined;
  const rows = node.rows.map((row) =>
    row.cells.map((cell) => {
      const found = constant(cell, [], calendars);
      if (found === undefined) {
        const hint = cell.kind === 'name' ? 'Put words in double quotes.' : undefined;
        report(diagnostic('not-constant', cell.span, {}, hint === undefined ? {} : { hint }));
        return null;
      }
      if (type === undefined) type = found.type;
      else if (!fits(found.type, type)) {
        const hint = howToWrite(describeType(type));
        const words = { found: describeType(found.type), expected: `the cells before hold ${describeType(type)}` };
        report(diagnostic('wrong-type', cell.span, words, hint === undefined ? {} : { hint }));
      } else if (type.kind === 'number' && found.type.kind === 'number') {
        const whole = type.whole && found.type.whole;
        const unit = type.unit === anyUnit ? found.type.unit : type.unit;
        type = {
          ...type,
          unit,
          whole,
          min: Math.min(type.min, found.type.min),
          max: Math.max(type.max, found.type.max),
        };
      }
      return found.value;
    }),
  );
  if (type?.kind === 'number' && type.unit === anyUnit) type = { ...type, unit: '' };
  return { rows, type: type ?? unknownType };
}

function findGaps(
  node: Table,
  what: 'row' | 'column',
  key: Name | undefined,
  { values, type }: Keys,
  symbols: Symbols,
  report: Report,
): void {
  const seen = new Set<string>();
  const places = what === 'row' ? node.rows.map((row) => row.key.span) : node.columns.map((column) => column.span);
  values.forEach((value, index) => {
    const id = JSON.stringify(value);
    if (value !== null && seen.has(id)) {
      report(
        diagnostic('table-duplicate-row', places[index] ?? node.span, {
          table: node.name.text,
          what,
          value: showValue(value),
        }),
      );
    }
    seen.add(id);
  });
  const written = what === 'row' ? node.rows.map((row) => row.key) : node.columns;
  if (key === undefined || keyField(key, written, symbols) === undefined || values.includes(null)) return;
  const missing = everyValue(type).filter((value) => !seen.has(JSON.stringify(value)));
  if (missing.length === 0) return;
  const named = missing.slice(0, GAPS_NAMED_MAX).map((value) => (typeof value === 'string' ? value : showValue(value)));
  const list =
    missing.length > GAPS_NAMED_MAX
      ? `${named.join(', ')} and ${missing.length - GAPS_NAMED_MAX} more`
      : named.join(', ');
  report(diagnostic('table-gap', node.name.span, { table: node.name.text, what, key: key.text, missing: list }));
}

/** Every value a type can have, or none where they are too many to name. */
export function everyValue(type: Type): Value[] {
  if (type.kind === 'choice') return type.options;
  if (type.kind === 'yes-no') return [true, false];
  if (type.kind !== 'number' || !type.whole || type.max - type.min > GAP_RANGE_MAX) return [];
  const values: Value[] = [];
  for (let value = Math.ceil(type.min); value <= type.max; value++) values.push(value);
  return values;
}
