/**
 * The values a clause rests on: what a reader needs in order to reckon it for themselves.
 *
 * Fields, lets, counts and entries by their names; of a length of time where it counts from; of a let that
 * only says yes or no what it rests on in turn. Pure. How a clause reads is for `explain.ts`.
 */
import type { Anchor, Expr, Ir, Value } from '../compiler/ir.ts';
import { countsFrom, type Env, evaluate } from './evaluate.ts';

/** Values told of one clause; a let may rest on many. */
const valuesMax = 12;

export type NamedValue = { source: string; value: Value };

/** Each once. `quote` gives the author's words for what has no name of its own. */
export function clauseValues(clause: Expr, env: Env, quote: (expr: Expr) => string): NamedValue[] {
  const found = new Map<string, NamedValue>();
  for (const one of valuesIn(clause, env, quote)) if (!found.has(one.source)) found.set(one.source, one);
  return [...found.values()].slice(0, valuesMax);
}

/** The clauses of a condition: what all has to hold. */
export function conjuncts(condition: Expr): Expr[] {
  return condition.op === 'and' ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];
}

/** The named values a condition rests on, for people. */
export function explainCondition(condition: Expr, env: Env): { name: string; value: Value }[] {
  const named = clauseValues(condition, env, () => '').filter(({ source }) => source !== '');
  return named.map(({ source, value }) => ({ name: source, value }));
}

function valuesIn(clause: Expr, env: Env, quote: (expr: Expr) => string): NamedValue[] {
  return leaves(clause).flatMap((leaf): NamedValue[] => {
    if (isOfTime(leaf)) return timeValues(leaf, env, quote);
    const { value } = evaluate(leaf, env);
    const named = { source: nameOf(leaf, env.ir) ?? quote(leaf), value };
    const rests = leaf.op === 'let' ? env.ir.lets[leaf.id] : undefined;
    // That it is false says nothing; what it rests on does.
    if (rests === undefined || (value !== null && typeof value !== 'boolean')) return [named];
    return [named, ...valuesIn(rests.value, env, quote)];
  });
}

type OfTime = Extract<Expr, { op: 'since' | 'silence' | 'absence' }>;

const isOfTime = (expr: Expr): expr is OfTime => expr.op === 'since' || expr.op === 'silence' || expr.op === 'absence';

/** What a length of time counts from, and how long it is where that is not written. */
function timeValues(expr: OfTime, env: Env, quote: (expr: Expr) => string): NamedValue[] {
  const long = 'op' in expr.duration ? valuesIn(expr.duration, env, quote) : [];
  if (expr.op === 'since' && expr.anchor.kind === 'moment') return [...valuesIn(expr.anchor.of, env, quote), ...long];
  const at = countsFrom(expr, env);
  const from = { source: anchorName(expr, at, env), value: at === null ? null : { at } };
  if (expr.op !== 'absence' || expr.where !== undefined) return [from, ...long];
  const last: Expr = { op: 'last', series: expr.series, span: expr.span };
  const entry = { source: nameOf(last, env.ir) ?? expr.series, value: evaluate(last, env).value };
  return entry.source === from.source ? [entry, ...long] : [entry, from, ...long];
}

/** `last sign of life`, `last run`, `beginning of the visit`; interruptions and pauses do not count, and move it. */
function anchorName(expr: OfTime, at: number | null, env: Env): string {
  const { facts } = env;
  if (expr.op === 'since') return sinceName(expr.anchor, at, env);
  const began =
    expr.scope === 'enrollment' ? facts.enrolledAt : facts.visit[expr.scope === 'stage' ? 'arrivedAt' : 'since'];
  const sign = signOf(expr, env);
  if (sign.at !== null && sign.at >= began) return movedName(sign.name, sign.at, at);
  return movedName(`beginning of the ${expr.scope === 'enrollment' ? 'enrollment' : 'visit'}`, began, at);
}

function signOf(expr: Extract<OfTime, { op: 'silence' | 'absence' }>, env: Env): { name: string; at: number | null } {
  if (expr.op === 'silence') return { name: 'last sign of life', at: env.facts.heardAt };
  const one = env.ir.series[expr.series]?.singular ?? expr.series;
  const of = { series: expr.series, ...(expr.where === undefined ? {} : { where: expr.where }), last: 1 };
  const latest: Expr = { op: 'aggregate', by: 'latest', selection: of, span: expr.span };
  const { value } = evaluate(latest, env);
  const at = value !== null && typeof value === 'object' && 'at' in value ? value.at : null;
  return { name: expr.where === undefined ? `last ${one}` : `last such ${one}`, at };
}

function sinceName(anchor: Anchor, at: number | null, { facts, item }: Env): string {
  if (anchor.kind === 'changed') {
    const { changedAt } = item !== undefined && Object.hasOwn(item.fields, anchor.field) ? item : facts;
    if (changedAt[anchor.field] !== undefined) return `last change of ${anchor.field}`;
    return item === undefined ? 'beginning of the enrollment' : 'time at which the item was added';
  }
  if (anchor.kind === 'enrolled') return 'beginning of the enrollment';
  return movedName('beginning of the visit', facts.visit.since, at);
}

const movedName = (name: string, at: number, counted: number | null): string =>
  counted === at ? name : `${name} (interruptions left out)`;

/** `3 business days in site`: the field that names the calendar. */
function calendarField({ value, span }: Extract<Expr, { op: 'value' }>): Expr[] {
  if (value === null || typeof value !== 'object' || !('duration' in value)) return [];
  const { calendar } = value.duration;
  return calendar !== undefined && 'field' in calendar ? [{ op: 'data', name: calendar.field, span }] : [];
}

/** The parts of a clause whose values explain it. */
function leaves(expr: Expr): Expr[] {
  switch (expr.op) {
    case 'data':
    case 'item':
    case 'let':
    case 'last':
    case 'aggregate':
    case 'lookup':
    case 'stage':
    case 'item-of':
    case 'let-of':
    case 'today':
    case 'enrolled':
    case 'entered':
    case 'since':
    case 'silence':
    case 'absence':
      return [expr];
    case 'value':
      return calendarField(expr);
    case 'last-was':
      return [{ op: 'last', series: expr.series, span: expr.span }];
    case 'and':
    case 'or':
    case 'compare':
    case 'arithmetic':
    case 'else':
      return [...leaves(expr.left), ...leaves(expr.right)];
    case 'not':
    case 'negate':
    case 'known':
    case 'field':
    case 'day':
      return leaves(expr.of);
    case 'call':
      return expr.args.flatMap(leaves);
    case 'choose':
      return expr.ways.flatMap(({ when, value }) => [...(when ? leaves(when) : []), ...leaves(value)]);
    case 'at-time':
      return [...leaves(expr.date), ...leaves(expr.time)];
    default:
      return [];
  }
}

function nameOf(expr: Expr, ir: Ir): string | undefined {
  switch (expr.op) {
    case 'data':
      return expr.name;
    case 'item':
      return expr.field;
    case 'stage':
      return 'stage';
    case 'let':
      return expr.id.slice(expr.id.indexOf('/') + 1);
    case 'last':
      return `last ${ir.series[expr.series]?.singular ?? expr.series}`;
    case 'today':
      return 'today';
    case 'enrolled':
      return 'beginning of the enrollment';
    case 'entered':
      return 'beginning of the visit';
    default:
      return undefined;
  }
}
