/**
 * What can be written before brackets: summaries of a series or a list, and functions of values.
 */
import type { Expr, Selection } from '../language/ast.ts';
import type { AggregateName, FunctionName } from './ir.ts';

/** Summaries of a series or a list. */
export const aggregates: readonly AggregateName[] = [
  'count',
  'sum',
  'mean',
  'min',
  'max',
  'latest',
  'first',
  'streak',
  'days',
  'gap',
];
/** Those that are functions of values as well. */
const alsoFunctions: ReadonlySet<string> = new Set(['min', 'max']);

const isAggregate = (name: string): name is AggregateName => (aggregates as readonly string[]).includes(name);

/** How many arguments each function takes, in words too, and how it is written. */
export const functions: Record<FunctionName, { least: number; most: number; takes: string; example: string }> = {
  min: { least: 2, most: 10, takes: 'two values or more', example: 'min(week + 1, 9)' },
  max: { least: 2, most: 10, takes: 'two values or more', example: 'max(week - 1, 1)' },
  round: { least: 1, most: 2, takes: 'one number, and a step if you like', example: 'round(dose, 0.5)' },
  floor: { least: 1, most: 2, takes: 'one number, and a step if you like', example: 'floor(dose, 0.5)' },
  ceil: { least: 1, most: 2, takes: 'one number, and a step if you like', example: 'ceil(dose, 0.5)' },
  abs: { least: 1, most: 1, takes: 'one number or one length', example: 'abs(change)' },
  clamp: {
    least: 3,
    most: 3,
    takes: 'three values: the value, the least and the most',
    example: 'clamp(week + 1, 1, 9)',
  },
  mod: { least: 2, most: 2, takes: 'two numbers: what is divided, and by what', example: 'mod(week, 2)' },
  weekday: { least: 1, most: 1, takes: 'one date', example: 'weekday(today)' },
  day_of_month: { least: 1, most: 1, takes: 'one date', example: 'day_of_month(today)' },
  month_of: { least: 1, most: 1, takes: 'one date', example: 'month_of(today)' },
  year_of: { least: 1, most: 1, takes: 'one date', example: 'year_of(today)' },
  business_day: {
    least: 1,
    most: 2,
    takes: 'one date, and the name of holidays where there are several',
    example: 'business_day(today)',
  },
};

export const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);

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
  if (!alsoFunctions.has(name)) return true;
  const [only] = expr.args;
  const selection = expr.args.length === 1 && only !== undefined ? selectionOf(only) : undefined;
  return selection !== undefined && hasSeries(selection.series.text);
}
