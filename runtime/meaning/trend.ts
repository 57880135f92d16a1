/**
 * Comparisons that move from midnight to midnight: `floor((today - start) / 1 week) >= 39`.
 *
 * `today` alone changes every day, but what is asked of it seldom does. A value that only rises (or only
 * falls) as midnights pass turns a comparison once, so the midnight at which it does is found by halving;
 * a look at each midnight before it would be for nothing. Where it cannot be told that a value only
 * rises, the next midnight stays the answer.
 */
import type { Comparison, Expr } from '../../compiler/ir.ts';
import { dayAt } from '../calendar.ts';
import { startOf } from '../zones.ts';
import { compareBy, lengthIn, order } from './arithmetic.ts';
import type { Env, Evaluated } from './env.ts';
import { lookElsewhere } from './look.ts';
import { evaluate } from './meaning.ts';
import { insideLet } from './names.ts';

/** No comparison is followed further than this many midnights. */
const midnightsMax = 4096;

/** Which way a value goes as midnights pass: up, down, or it stays; null: that cannot be told. It holds until then. */
type Trend = { way: -1 | 0 | 1 | null; until: number };

type Compared = Extract<Expr, { op: 'compare' }>;

/** When a comparison that the next midnight may turn turns indeed, or may: never too late. */
export function midnightThatTurns(expr: Compared, now: -1 | 0 | 1, env: Env): number {
  const left = trendOf(expr.left, env);
  const right = trendOf(expr.right, env);
  const today = dayAt(env.now, env.facts.zone);
  const { zone } = env.facts;
  const next = startOf(today + 1, zone);
  const until = Math.min(left.until, right.until);
  if (together(left.way, opposite(right.way)) === null || until <= next) return next;
  const most = Math.min(midnightsMax, until === Infinity ? midnightsMax : dayAt(until - 1, zone) - today);
  const hasTurned = (midnights: number): boolean => {
    const then = { ...env, now: startOf(today + midnights, zone) };
    const found = order(evaluate(expr.left, then), evaluate(expr.right, then), then).order;
    return found === null || turns(expr.by, now, found);
  };
  const midnight = lookElsewhere(() => firstTurn(hasTurned, most));
  return Math.min(until, startOf(today + (midnight ?? most + 1), zone));
}

/** The least number from 1 to `most` for which it has turned, and then has for all above; null: for none. */
function firstTurn(hasTurned: (midnights: number) => boolean, most: number): number | null {
  let not = 0;
  let has = 1;
  while (!hasTurned(has)) {
    if (has >= most) return null;
    not = has;
    has = Math.min(most, has * 2);
  }
  while (has - not > 1) {
    const middle = (not + has) >> 1;
    if (hasTurned(middle)) has = middle;
    else not = middle;
  }
  return has;
}

/** Equality turns, or may, as soon as the order is another one. */
function turns(by: Comparison, now: -1 | 0 | 1, then: -1 | 0 | 1): boolean {
  return by === '=' || by === '!=' ? now !== then : compareBy(by, now) !== compareBy(by, then);
}

const opposite = (way: Trend['way']): Trend['way'] => (way === null || way === 0 ? way : way === 1 ? -1 : 1);

/** The way of a sum. */
function together(left: Trend['way'], right: Trend['way']): Trend['way'] {
  if (left === 0) return right;
  return right === 0 || left === right ? left : null;
}

function trendOf(expr: Expr, env: Env): Trend {
  switch (expr.op) {
    case 'today':
      return { way: 1, until: Number.POSITIVE_INFINITY };
    case 'let': {
      const inside = insideLet(expr.id, env);
      return inside === null ? standing(expr, env) : trendOf(inside.value, inside.env);
    }
    case 'negate': {
      const { way, until } = trendOf(expr.of, env);
      return { way: opposite(way), until };
    }
    case 'arithmetic':
      return ofArithmetic(expr, env);
    case 'else': {
      const left = evaluate(expr.left, env);
      if (left.value !== null) return trendOf(expr.left, env);
      const right = trendOf(expr.right, env);
      return { way: right.way, until: Math.min(left.until, right.until) };
    }
    case 'call':
      return ofCall(expr, env);
    default:
      return standing(expr, env);
  }
}

/** Anything else stays what it is as long as it says. */
function standing(expr: Expr, env: Env): Trend {
  const { until, rate } = evaluate(expr, env);
  return { way: rate === undefined ? 0 : null, until };
}

function ofArithmetic({ by, left, right }: Extract<Expr, { op: 'arithmetic' }>, env: Env): Trend {
  const a = trendOf(left, env);
  const b = trendOf(right, env);
  const until = Math.min(a.until, b.until);
  if (by === '+') return { way: together(a.way, b.way), until };
  if (by === '-') return { way: together(a.way, opposite(b.way)), until };
  if (b.way === 0) return { way: times(a.way, evaluate(right, env)), until };
  if (a.way === 0 && by === '*') return { way: times(b.way, evaluate(left, env)), until };
  return { way: null, until };
}

/** The way of something multiplied or divided by what stands. */
function times(way: Trend['way'], { value }: Evaluated): Trend['way'] {
  const factor = typeof value === 'number' ? value : lengthIn(value)?.amount;
  if (factor === undefined) return null;
  return factor > 0 ? way : factor < 0 ? opposite(way) : 0;
}

/** Functions that rise with what they are given. */
const rising = new Set(['min', 'max', 'clamp', 'floor', 'ceil', 'round']);
const rounding = new Set(['floor', 'ceil', 'round']);

function ofCall(expr: Extract<Expr, { op: 'call' }>, env: Env): Trend {
  // Rounded to something else than whole numbers, it may hang on what that is.
  if (!rising.has(expr.function) || (rounding.has(expr.function) && expr.args.length > 1)) return standing(expr, env);
  let way: Trend['way'] = 0;
  let until = Number.POSITIVE_INFINITY;
  for (const arg of expr.args) {
    const of = trendOf(arg, env);
    way = way === null || of.way === null ? null : together(way, of.way);
    until = Math.min(until, of.until);
  }
  return { way, until };
}
