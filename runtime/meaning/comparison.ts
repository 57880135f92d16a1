/**
 * Comparing two values, and when time turns what comes of it.
 */
import type { Expr } from '../../compiler/ir.ts';
import { nextMidnight } from '../calendar.ts';
import { compareBy, dayTurns, order } from './arithmetic.ts';
import { type Env, type Evaluated, type Meaning, never } from './env.ts';
import { meaningOf } from './meaning.ts';
import { midnightThatTurns } from './trend.ts';

type Compared = Extract<Expr, { op: 'compare' }>;

export function comparison(expr: Compared): Meaning {
  const { by } = expr;
  const leftOf = meaningOf(expr.left);
  const rightOf = meaningOf(expr.right);
  return (env) => {
    const left = leftOf(env);
    const right = rightOf(env);
    const found = order(left, right, env);
    if (found.order === null) return { value: null, until: found.until };
    let { until } = found;
    if (until !== never && until === nextMidnight(env.now, env.facts.zone))
      until = turnOfDays(expr, { left, right }, found.order, env);
    return { value: compareBy(by, found.order), until };
  };
}

/** When days that pass turn a comparison that, for all that is known of its sides, the next midnight may turn. */
function turnOfDays(
  expr: Compared,
  { left, right }: { left: Evaluated; right: Evaluated },
  order: -1 | 0 | 1,
  env: Env,
): number {
  const isLeft = expr.left.op === 'today';
  const { value, until } = isLeft ? right : left;
  // `today` beside a date: no need to search.
  if (isLeft === (expr.right.op === 'today') || value === null || typeof value !== 'object' || !('date' in value))
    return midnightThatTurns(expr, order, env);
  const now = compareBy(expr.by, order);
  const isOther = (then: 0 | 1): boolean => compareBy(expr.by, isLeft ? then : then === 1 ? -1 : 0) !== now;
  return Math.min(until, dayTurns(value.date, isOther, env));
}
