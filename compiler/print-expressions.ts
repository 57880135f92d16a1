/**
 * Expressions of the IR back to words: what the author could have written for them.
 *
 * A part of `print.ts`. Parentheses stand where the order of operators needs them. Options of a choice
 * and texts are both texts in the IR; which is meant follows from what they stand beside.
 */
import { showDuration, showTime } from './constants.ts';
import type { Anchor, Duration, Expr, Flow, Ir, Length, List, Selection, Text, Value, ValueType } from './ir.ts';

/** Where an expression stands. */
export type PrintContext = {
  ir: Ir;
  /** The flow whose stage it is. */
  flow: Flow | List;
  /** The list whose item is at hand: of the flow, in `each`, in `where` over a list. */
  list?: List;
  /** The series whose entry is at hand. */
  entry?: Ir['series'][string];
  /** What followed the word of the command, and the name it is given. */
  argument?: { name: string; type: ValueType };
};

/** How tight operators bind, as in the grammar. */
const level = { any: 0, or: 1, and: 2, not: 3, compare: 4, else: 5, sum: 6, product: 7, unary: 8, primary: 9 } as const;

/** Words that stand for themselves where they are wanted: of a choice, a stage. */
export type Options = readonly string[] | undefined;

/** `least`: what binds less tightly stands in parentheses. `options`: texts that are written without quotes here. */
export function printExpression(cx: PrintContext, expr: Expr, least: number = level.any, options?: Options): string {
  const { text, binds } = written(cx, expr, options);
  return binds < least ? `(${text})` : text;
}

type Written = { text: string; binds: number };

const primary = (text: string): Written => ({ text, binds: level.primary });

function written(cx: PrintContext, expr: Expr, wanted: Options): Written {
  const print = (of: Expr, least: number, options = wanted) => printExpression(cx, of, least, options);
  switch (expr.op) {
    case 'value':
      return { text: printValue(expr.value, wanted), binds: isNegative(expr.value) ? level.unary : level.primary };
    case 'text':
      return primary(printText(cx, expr.text));
    case 'data':
      return primary(expr.name);
    case 'let':
      return primary(letName(expr.id));
    case 'entry':
    case 'item':
      return primary(expr.field);
    case 'argument':
      return primary(cx.argument?.name ?? 'argument');
    case 'now':
    case 'today':
    case 'occurred':
    case 'enrolled':
    case 'entered':
      return primary(expr.op);
    case 'stage':
      return primary(typeof expr.of === 'string' ? 'stage' : `stage of ${expr.of.track}`);
    case 'field':
      return primary(`${print(expr.of, level.primary)}.${expr.field}`);
    case 'item-of':
    case 'let-of': {
      const item = `${expr.list}[${print(expr.key, level.any, optionsOf(keyType(cx.ir.lists[expr.list])))}]`;
      return primary(expr.op === 'item-of' ? item : `${item}.${cx.ir.lets[expr.id]?.name ?? expr.id}`);
    }
    case 'day':
      return { text: `day of ${print(expr.of, level.primary)}`, binds: level.unary };
    case 'last':
      return primary(`last ${cx.ir.series[expr.series]?.singular ?? expr.series}`);
    case 'last-was': {
      const days = expr.daysAgo.map((days) => (days === 0 ? 'today' : 'yesterday')).join(' or ');
      const text = `last ${cx.ir.series[expr.series]?.singular ?? expr.series} was ${days}`;
      return { text, binds: level.any };
    }
    case 'lookup': {
      const table = cx.ir.tables[expr.table];
      const keys = expr.keys.map((key, index) => print(key, level.any, optionsOfField(cx, table?.keys[index])));
      return primary(`${expr.table}[${keys.join(', ')}]`);
    }
    case 'call': {
      // The second argument of `business_day` is the name of a calendar.
      const names = expr.function === 'business_day' ? Object.keys(cx.ir.calendars) : undefined;
      const args = expr.args.map((arg, index) => print(arg, level.any, index === 1 ? (names ?? wanted) : wanted));
      return primary(`${expr.function}(${args.join(', ')})`);
    }
    case 'aggregate':
      return primary(`${expr.by}(${printSelection(cx, expr.selection)})`);
    case 'known':
      return { text: `${print(expr.of, level.else)} is known`, binds: level.compare };
    case 'not':
      if (expr.of.op === 'known') return { text: `${print(expr.of.of, level.else)} is missing`, binds: level.compare };
      return { text: `not ${print(expr.of, level.compare)}`, binds: level.not };
    case 'and':
      return inWindow(cx, expr) ?? chain(cx, expr, ' and ', level.and);
    case 'or':
      return chain(cx, expr, ' or ', level.or);
    case 'compare': {
      const state = windowState(expr);
      if (state !== undefined) return state;
      const options = optionsOf(declaredOf(cx, expr.left)) ?? optionsOf(declaredOf(cx, expr.right));
      const [left, right] = [print(expr.left, level.else, options), print(expr.right, level.else, options)];
      // `stage` is a name like any other, unless `is` follows.
      const is = expr.by === '=' ? 'is' : expr.by === '!=' ? 'is not' : expr.by;
      return { text: `${left} ${isStage(expr.left) ? is : expr.by} ${right}`, binds: level.compare };
    }
    case 'arithmetic':
      return chain(cx, expr, ` ${expr.by} `, expr.by === '+' || expr.by === '-' ? level.sum : level.product);
    case 'else': {
      const options = wanted ?? optionsOf(declaredOf(cx, expr.left)) ?? optionsOf(declaredOf(cx, expr.right));
      const text = `${print(expr.left, level.sum, options)} else ${print(expr.right, level.else, options)}`;
      return { text, binds: level.else };
    }
    case 'negate':
      return { text: `-${print(expr.of, level.primary)}`, binds: level.unary };
    case 'at-time':
      // In parentheses wherever it is a part of something.
      return { text: `${print(expr.date, level.sum)} at ${print(expr.time, level.primary)}`, binds: level.any };
    case 'silence':
      return lengthBefore(cx, expr.duration, 'of silence');
    case 'since':
      return lengthBefore(cx, expr.duration, `since ${printAnchor(cx, expr.anchor)}`);
    case 'absence': {
      const within: PrintContext = { ...cx, ...entryOf(cx.ir, expr.series) };
      const where = expr.where === undefined ? '' : ` where ${printExpression(within, expr.where)}`;
      return { text: `no ${expr.series}${where} for ${printLength(cx, expr.duration)}`, binds: level.unary };
    }
    case 'judged': {
      const { text = '', atLeast = 0, atMost, otherwise } = cx.ir.criteria[expr.criterion] ?? {};
      const most = atMost === undefined ? '' : `, at most ${atMost} times else ${otherwise ? 'yes' : 'no'}`;
      return { text: `judged ${quote(text)} at ${atLeast}${most}`, binds: most === '' ? level.unary : level.any };
    }
    case 'choose':
      // Stands only in bands, which `print.ts` writes row by row.
      return primary('0');
  }
}

type Chained = Extract<Expr, { left: Expr; right: Expr }>;

/** Operators of one level group to the left. */
function chain(cx: PrintContext, { left, right }: Chained, sign: string, binds: number): Written {
  return { text: printExpression(cx, left, binds) + sign + printExpression(cx, right, binds + 1), binds };
}

/** A length of time that is not written out would be read as a name before `since`: it stands in parentheses. */
function lengthBefore(cx: PrintContext, length: Length, after: string): Written {
  const binds = 'op' in length ? level.any : level.unary;
  return { text: `${printLength(cx, length)} ${after}`, binds };
}

/** `second is over`, `second is ahead`: today beside one end of a window. */
function windowState({ left, by, right }: Extract<Expr, { op: 'compare' }>): Written | undefined {
  if (left.op !== 'today' || right.op !== 'let') return undefined;
  const name = letName(right.id);
  if (by === '>' && name.endsWith('.closes'))
    return { text: `${name.replace(/\.closes$/, '')} is over`, binds: level.compare };
  if (by === '<' && name.endsWith('.opens'))
    return { text: `${name.replace(/\.opens$/, '')} is ahead`, binds: level.compare };
  return undefined;
}

/** `today in second`, which asks for both ends of a window. */
function inWindow(cx: PrintContext, { left, right }: Extract<Expr, { op: 'and' | 'or' }>): Written | undefined {
  if (left.op !== 'compare' || right.op !== 'compare' || left.by !== '>=' || right.by !== '<=') return undefined;
  if (left.right.op !== 'let' || right.right.op !== 'let') return undefined;
  const [opens, closes] = [left.right.id, right.right.id];
  const isWindow = opens.endsWith('.opens') && closes === opens.replace(/\.opens$/, '.closes');
  const day = printExpression(cx, left.left, level.sum);
  if (!isWindow || day !== printExpression(cx, right.left, level.sum)) return undefined;
  return { text: `${day} in ${letName(opens).replace(/\.opens$/, '')}`, binds: level.any };
}

function printSelection(cx: PrintContext, { series, list, field, where, last, window, ofThose }: Selection): string {
  const within: PrintContext = list ? { ...cx, ...itemOf(cx.ir, series) } : { ...cx, ...entryOf(cx.ir, series) };
  const what = `${series}${field === undefined ? '' : `.${field}`}`;
  const parts = [
    (last === undefined ? what : `last ${last} of ${what}`) +
      (where === undefined ? '' : ` where ${printExpression(within, where)}`),
  ];
  switch (window?.kind) {
    case 'visit':
      parts.push('this visit');
      break;
    case 'last':
      parts.push(`in last ${printLength(cx, window.duration)}`);
      break;
    case 'calendar':
      parts.push(`this ${window.period}`);
      break;
    case 'since':
      parts.push(`since ${printAnchor(cx, window.anchor)}`);
      break;
  }
  if (ofThose !== undefined) parts.push(`of those where ${printExpression(within, ofThose)}`);
  return parts.join(', ');
}

function printAnchor(cx: PrintContext, anchor: Anchor): string {
  if (anchor.kind === 'changed') return `${anchor.field} changed`;
  return anchor.kind === 'moment' ? printExpression(cx, anchor.of, level.primary) : anchor.kind;
}

/** A length where nothing else can stand. */
export function printLength(cx: PrintContext, length: Length): string {
  if (!('op' in length)) return showDuration(length);
  const plain = length.op === 'data' || length.op === 'let' || length.op === 'item' || length.op === 'lookup';
  const text = printExpression(cx, length);
  return plain ? text : `(${text})`;
}

export function printText(cx: PrintContext, { parts }: Text): string {
  const inside = parts.map((part) => (typeof part === 'string' ? escaped(part) : `{${printExpression(cx, part)}}`));
  return `"${inside.join('')}"`;
}

const escaped = (words: string): string => words.replace(/[\\"{}]/g, '\\$&').replaceAll('\n', '\\n');

export const quote = (words: string): string => `"${escaped(words)}"`;

export function printValue(value: Value, options?: Options): string {
  if (value === null) return 'missing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'string') return options?.includes(value) ? value : quote(value);
  if ('date' in value) return value.date;
  if ('minutes' in value) return showTime(value.minutes);
  if ('duration' in value) return showDuration(value.duration);
  return 'missing';
}

const isNegative = (value: Value): boolean =>
  (typeof value === 'number' && value < 0) ||
  (typeof value === 'object' && value !== null && 'duration' in value && (value.duration as Duration).amount < 0);

/** The name a let is used by: `done` of `training/done`, `second.opens` of `diary./second.opens`. */
export const letName = (id: string): string => id.slice(id.lastIndexOf('/') + 1);

/** What is at hand where the entries of a series are looked at. */
export function entryOf(ir: Ir, series: string): { entry?: Ir['series'][string] } {
  const entry = ir.series[series];
  return entry === undefined ? {} : { entry };
}

export function itemOf(ir: Ir, name: string): { list?: List } {
  const list = ir.lists[name];
  return list === undefined ? {} : { list };
}

// ---------------------------------------------------------------- texts and options

export const optionsOf = (type: ValueType | undefined): Options => (type?.kind === 'choice' ? type.options : undefined);
const optionsOfField = (cx: PrintContext, name: string | undefined): Options =>
  name === undefined ? undefined : optionsOf(cx.ir.data[name]?.type);
const keyType = (list: List | undefined): ValueType | undefined =>
  list?.key === undefined ? undefined : list.fields[list.key]?.type;
const isStage = (expr: Expr): boolean => expr.op === 'stage' || (expr.op === 'item' && expr.field === 'stage');

/** How deep lets are followed; a let that needs itself is an error elsewhere. */
const LETS_MAX = 50;
/** Stages are options too. */
const stagesOf = (flow: Flow | undefined): ValueType => ({ kind: 'choice', options: flow?.stageOrder ?? [] });
const weekdayType: ValueType = { kind: 'choice', options: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] };

/** The declared type of what an expression refers to; undefined for what is calculated. */
export function declaredOf(cx: PrintContext, expr: Expr, lets = 0): ValueType | undefined {
  switch (expr.op) {
    case 'data':
      return cx.ir.data[expr.name]?.type;
    case 'entry':
      return cx.entry?.fields[expr.field]?.type;
    case 'item':
      return expr.field === 'stage' ? stagesOf(cx.list) : cx.list?.fields[expr.field]?.type;
    case 'argument':
      return cx.argument?.type;
    case 'stage':
      if (typeof expr.of === 'object') return stagesOf(cx.ir.tracks[expr.of.track]);
      return stagesOf(expr.of === 'own' ? cx.flow : cx.ir);
    case 'call':
      return expr.function === 'weekday' ? weekdayType : undefined;
    case 'let': {
      const value = lets < LETS_MAX ? cx.ir.lets[expr.id]?.value : undefined;
      return value && declaredOf(cx, value, lets + 1);
    }
    case 'else':
      return declaredOf(cx, expr.left, lets) ?? declaredOf(cx, expr.right, lets);
    case 'choose':
      return expr.ways.map((way) => declaredOf(cx, way.value, lets)).find((type) => type !== undefined);
    case 'aggregate': {
      const { series, list, field = 'value' } = expr.selection;
      return (list ? cx.ir.lists : cx.ir.series)[series]?.fields[field]?.type;
    }
    case 'field':
      return fieldOf(cx.ir, expr.of, expr.field, lets);
    default:
      return undefined;
  }
}

/** The type of a field of an entry or an item. */
function fieldOf(ir: Ir, of: Expr, field: string, lets: number): ValueType | undefined {
  switch (of.op) {
    case 'last':
      return ir.series[of.series]?.fields[field]?.type;
    case 'aggregate':
      return (of.selection.list ? ir.lists : ir.series)[of.selection.series]?.fields[field]?.type;
    case 'item-of':
      return field === 'stage' ? stagesOf(ir.lists[of.list]) : ir.lists[of.list]?.fields[field]?.type;
    case 'let': {
      const value = lets < LETS_MAX ? ir.lets[of.id]?.value : undefined;
      return value && fieldOf(ir, value, field, lets + 1);
    }
    default:
      return undefined;
  }
}
