/**
 * What holds when a visit has just begun: nothing of it has been counted yet, and no time of it has passed.
 *
 * And whether conditions can all hold at such a moment, shown by values. In doubt they cannot.
 */
import { type AnalysisMemory, remember } from './analysis-memory.ts';
import { everyPart } from './flow.ts';
import type { Expr, Flow, Ir, Selection } from './ir.ts';
import { placeAt } from './place.ts';
import { isPossible } from './possible.ts';
import { compareNumbers, together, type Ways, waysOf } from './ways.ts';
import { witness } from './witness.ts';

/** Values for which all conditions hold at the start of a visit, in words; undefined where none are found. */
export function holdTogether(
  ir: Ir,
  flow: Flow,
  conditions: readonly Expr[],
  memory: AnalysisMemory,
): string[] | undefined {
  if (conditions.some((one) => !isPlain(ir, one)) || areEntangled(ir, conditions)) return undefined;
  // Parameters count as what they are at first: with others, any two conditions might go together.
  const place = placeAt(ir, flow, undefined, undefined, true);
  let ways: Ways = [[]];
  for (const condition of conditions) {
    const next = waysOf(
      place,
      remember(memory, condition, atStart, () => atStart(ir, condition)),
    );
    ways = next === undefined ? undefined : together(ways, next);
    if (ways === undefined) return undefined;
  }
  for (const way of ways) {
    const values = isPossible(way) ? witness(way) : undefined;
    if (values !== undefined) return values;
  }
  return undefined;
}

/** That a condition is false, or missing. */
export function failing(condition: Expr): Expr {
  const { span } = condition;
  const no: Expr = { op: 'value', value: false, span };
  return { op: 'not', of: { op: 'else', left: condition, right: no, span }, span };
}

/** Yes/no questions that are no plain measure may hang together in ways that are not understood. */
function isPlain(ir: Ir, condition: Expr): boolean {
  for (const part of everyPart(ir, condition)) {
    if (part.op === 'lookup' || part.op === 'choose' || part.op === 'item-of' || part.op === 'last-was') return false;
  }
  return true;
}

/** Whether two conditions ask about different measures of one series, or of time: their values may not go together. */
function areEntangled(ir: Ir, conditions: readonly Expr[]): boolean {
  const asked = conditions.map((condition) => {
    const measures = new Map<string, Set<string>>();
    for (const part of everyPart(ir, condition)) {
      const subject = subjectOf(part);
      if (subject === undefined) continue;
      const measure = JSON.stringify(part, (name, value) => (apart.has(name) ? undefined : value));
      measures.set(subject, (measures.get(subject) ?? new Set()).add(measure));
    }
    return measures;
  });
  return asked.some((one, index) =>
    asked.slice(index + 1).some((other) =>
      [...one].some(([subject, mine]) => {
        const theirs = other.get(subject);
        return theirs !== undefined && (mine.size !== theirs.size || [...mine].some((measure) => !theirs.has(measure)));
      }),
    ),
  );
}

/** What two askings of one measure may differ in. */
const apart: ReadonlySet<string> = new Set(['span', 'duration']);

function subjectOf(part: Expr): string | undefined {
  switch (part.op) {
    case 'aggregate':
      return `series ${part.selection.series}`;
    case 'last':
    case 'absence':
      return `series ${part.series}`;
    case 'silence':
    case 'since':
    case 'today':
    case 'now':
      return 'time';
    default:
      return undefined;
  }
}

/** What an expression is sure to be when a visit has just begun; undefined where that is open. */
export function valueAtStart(ir: Ir, expr: Expr, deep = 0): number | boolean | undefined {
  const value = (one: Expr) => valueAtStart(ir, one, deep);
  switch (expr.op) {
    case 'value':
      return typeof expr.value === 'number' || typeof expr.value === 'boolean' ? expr.value : undefined;
    case 'let': {
      const found = ir.lets[expr.id];
      return found === undefined || deep >= LETS_DEEP_MAX ? undefined : valueAtStart(ir, found.value, deep + 1);
    }
    case 'and':
      return value(expr.left) === false || value(expr.right) === false ? false : undefined;
    case 'compare': {
      const [left, right] = [value(expr.left), value(expr.right)];
      return typeof left === 'number' && typeof right === 'number' ? compareNumbers(left, expr.by, right) : undefined;
    }
    default:
      return anewAtStart(expr);
  }
}

/** What begins anew with a visit: nothing has been counted, no time has passed. */
function anewAtStart(expr: Expr): number | false | undefined {
  switch (expr.op) {
    case 'aggregate':
      return countsTheVisit(expr.selection) && beginsAtNone.has(expr.by) ? 0 : undefined;
    case 'absence':
    case 'silence':
      return expr.scope === 'visit' ? false : undefined;
    case 'since':
      return expr.anchor.kind === 'entered' ? false : undefined;
    default:
      return undefined;
  }
}

/** A condition as it is when a visit has just begun. Lets are written out. */
export function atStart(ir: Ir, expr: Expr, deep = 0): Expr {
  const value = anewAtStart(expr);
  if (value !== undefined) return { op: 'value', value, span: expr.span };
  if (expr.op === 'aggregate' && countsTheVisit(expr.selection)) return expr;
  if (expr.op === 'let') {
    const found = ir.lets[expr.id];
    return found === undefined || deep >= LETS_DEEP_MAX ? expr : atStart(ir, found.value, deep + 1);
  }
  const inside = (part: unknown): unknown => {
    if (Array.isArray(part)) return part.map(inside);
    if (typeof part !== 'object' || part === null) return part;
    if ('op' in part && 'span' in part) return atStart(ir, part as Expr, deep);
    return Object.fromEntries(Object.entries(part).map(([name, one]) => [name, inside(one)]));
  };
  return Object.fromEntries(
    Object.entries(expr).map(([name, one]) => [name, name === 'span' ? one : inside(one)]),
  ) as Expr;
}

export const countsTheVisit = ({ window }: Selection): boolean =>
  window?.kind === 'visit' || (window?.kind === 'since' && window.anchor.kind === 'entered');

const LETS_DEEP_MAX = 10;
/** What comes to nothing of no entries. */
const beginsAtNone: ReadonlySet<string> = new Set(['count', 'sum', 'streak', 'days']);
