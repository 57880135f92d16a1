/**
 * Clauses and declarations of the IR back to lines of text: data, series, tables, ladders, holidays.
 *
 * A part of `print.ts`. Lines are not indented; the formatter sets them out.
 */

import { showTime } from './constants.ts';
import type { DataField, Ir, List, Migration, Series, Table, ValueType } from './ir.ts';
import { OPERATOR } from './names.ts';
import { optionsOf, type PrintContext, printExpression, printLength, printValue, quote } from './print-expressions.ts';

/** A block, or nothing where it would be empty. */
export const block = (head: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : [`${head} {`, ...lines, '}'];

/** The title of something, where it is not the one it has by itself. */
export const titled = (title: string, usual: string): string => (title === usual ? '' : ` ${quote(title)}`);

export function printClauses(cx: PrintContext): string[] {
  const { ir } = cx;
  const { verified, domain, others } = ir.enroll;
  const proof = verified ? ` verified${domain === undefined ? '' : ` at ${quote(domain)}`}` : '';
  // `operator` is there without being said.
  const roles = ir.roles.at(-1) === OPERATOR ? ir.roles.slice(0, -1) : ir.roles;
  return [
    ...(ir.about === '' ? [] : [`about ${quote(ir.about)}`]),
    `enroll anyone${proof}${others === 'ask' ? ', others ask' : ''}`,
    ...(ir.reenter === undefined ? [] : [printReenter(cx, ir.reenter)]),
    ...(ir.cohort === undefined ? [] : [`cohort by ${ir.cohort}`]),
    `timezone ${ir.zone.theirs ? 'theirs else ' : ''}${quote(ir.zone.fallback)}`,
    ...(ir.quiet === undefined ? [] : [`quiet ${showTime(ir.quiet.from)} to ${showTime(ir.quiet.to)}`]),
    ...(ir.budget === undefined ? [] : [`budget $${dollars(ir.budget.usdPerMonth)} per month`]),
    `agent ${ir.agent}`,
    ...(roles.length === 0 ? [] : [`roles ${roles.join(', ')}`]),
    ...(ir.services.length === 0 ? [] : [`services ${ir.services.join(', ')}`]),
    ...printMessages(cx),
    ...Object.values(ir.ladders).flatMap(({ name, rungs }) => {
      const steps = rungs.map((rung) => rung.to + (rung.for === undefined ? '' : ` for ${printLength(cx, rung.for)}`));
      return block(`ladder ${name}`, [steps.join(' then ')]);
    }),
    ...Object.values(ir.calendars).flatMap(({ name, weekend, days }) => {
      const usual = weekend.join() === 'sat,sun';
      const dates = Object.entries(days).map(([date, title]) => (title === '' ? date : `${date} ${quote(title)}`));
      return [`holidays ${name}${usual ? '' : `, weekend ${weekend.join(', ')}`} {`, ...dates, '}'];
    }),
  ];
}

function printReenter(cx: PrintContext, { after, keeping }: NonNullable<Ir['reenter']>): string {
  const atOnce = !('op' in after) && after.amount === 0;
  const parts = [
    ...(atOnce ? [] : [`after ${printLength(cx, after)}`]),
    ...(keeping.length === 0 ? [] : [`keeping ${keeping.join(', ')}`]),
  ];
  return ['reenter', ...parts].join(' ');
}

const dollars = (usd: number): string => (Number(usd.toFixed(2)) === usd ? usd.toFixed(2) : String(usd));

function printMessages(cx: PrintContext): string[] {
  const { perDay, perWeek, apart } = cx.ir.messagesAtMost ?? {};
  const caps = [
    ...(perDay === undefined ? [] : [`${perDay} per day`]),
    ...(perWeek === undefined ? [] : [`${perWeek} per week`]),
  ];
  const parts = [
    ...(caps.length === 0 ? [] : [`at most ${caps.join(', ')}`]),
    ...(apart === undefined ? [] : [`${printLength(cx, apart)} apart`]),
  ];
  return parts.length === 0 ? [] : [`messages ${parts.join(', ')}`];
}

// ---------------------------------------------------------------- data

export function printData(ir: Ir): string[] {
  const fields = Object.values(ir.data);
  return [
    ...block(
      'parameters',
      fields.filter((field) => field.parameter !== undefined).map((field) => printField(ir, field)),
    ),
    ...block('data', [
      ...fields.filter((field) => field.parameter === undefined).map((field) => printField(ir, field)),
      ...Object.values(ir.series).map((series) => printSeries(ir, series)),
    ]),
  ];
}

export function printField(ir: Ir, { name, type, optional, initial, ...rest }: DataField): string {
  const value = initial === null ? '' : ` = ${printValue(initial, optionsOf(type))}`;
  const who = [...(rest.agentMaySet ? ['agent'] : []), ...rest.maySet];
  const marks = [
    ...(who.length === 0 ? [] : [`${who.join(', ')} may set`]),
    ...(rest.personal ? ['personal'] : []),
    ...(rest.parameter === 'person' ? ['per person'] : []),
  ];
  return [`${name} : ${printType(ir, type)}${optional ? '?' : ''}${value}`, ...marks].join(' ');
}

function printSeries(ir: Ir, { name, fields, ...rest }: Series): string {
  const all = Object.values(fields);
  const [first] = all;
  // A series of one needed value is a plain one: nothing tells a record of the same field from it.
  const plain = all.length === 1 && first?.name === 'value' && !first.optional;
  const inside = all.map((field) => `${field.name}: ${printType(ir, field.type)}${field.optional ? '?' : ''}`);
  const who = [...(rest.agentMayRecord ? ['agent'] : []), ...rest.mayRecord];
  const marks = [
    ...(rest.oncePer === undefined ? [] : [`once per ${rest.oncePer}`]),
    ...(who.length === 0 ? [] : [`${who.join(', ')} may record`]),
    ...(rest.personal ? ['personal'] : []),
    ...(rest.shared ? ['shared'] : []),
  ];
  const type = plain && first !== undefined ? printType(ir, first.type) : `{ ${inside.join(', ')} }`;
  return [`${name} : series ${type}`, ...marks].join(' ');
}

/** A choice of exactly the roles of the program is a role. */
export function printType({ roles }: Ir, type: ValueType): string {
  switch (type.kind) {
    case 'number': {
      const { unit, min, max } = type;
      const range = min === undefined || max === undefined ? '' : ` ${min} to ${max}`;
      return `number${unit === undefined ? '' : ` ${unit}`}${range}`;
    }
    case 'yes-no':
      return 'yes/no';
    case 'choice':
      return type.options.join() === roles.join() ? 'role' : `(${type.options.join(' | ')})`;
    default:
      return type.kind;
  }
}

export function printTable(ir: Ir, { name, keys, columns, rows }: Table): string[] {
  const options = (key: string | undefined) => optionsOf(key === undefined ? undefined : ir.data[key]?.type);
  const [rowKey, columnKey] = keys;
  const header =
    columns.length === 0 ? [] : [columns.map((value) => printValue(value, options(columnKey))).join('   ')];
  const lines = rows.map(({ key, cells }) =>
    [printValue(key, options(rowKey)), ...cells.map((cell) => printValue(cell))].join('   '),
  );
  return block(`table ${name} by ${keys.join(', ')}`, [...header, ...lines]);
}

export function printStarts(cx: PrintContext, list: List): string[] {
  const items = list.starts.map((fields) => {
    const inside = Object.entries(fields).map(([name, value]) => {
      return `${name}: ${printExpression(cx, value, 0, optionsOf(list.fields[name]?.type))}`;
    });
    return `{ ${inside.join(', ')} }`;
  });
  return items.length === 0 ? [] : [`starts with ${items.join(', ')}`];
}

export function printMigration(cx: PrintContext, of: Migration): string[] {
  const becomes = (what: string, names: Record<string, string>) =>
    Object.entries(names).map(([old, now]) => `${what} ${old} becomes ${now}`);
  return [
    `migrate from ${of.from} {`,
    ...becomes('stage', of.stages),
    ...becomes('field', of.fields),
    ...becomes('series', of.series),
    ...becomes('list', of.lists),
    ...becomes('track', of.tracks),
    ...of.drop.map((name) => `drop ${name}`),
    ...of.set.map(({ field, value }) => {
      return `set ${field} = ${printExpression(cx, value, 0, optionsOf(cx.ir.data[field]?.type))}`;
    }),
    '}',
  ];
}
