/**
 * Conditions: what holds, and what follows from what holds.
 *
 * Three-valued: what is missing is neither true nor false, and a condition that is missing does not hold.
 */
import type { Expr } from '../../compiler/ir.ts';
import { settle } from './arithmetic.ts';
import { type Env, type Evaluated, type Meaning, never } from './env.ts';
import { type Found, lookFrom, notFound, recall, remember } from './look.ts';
import { meaningOf } from './meaning.ts';

/** Whether a condition holds, and until when. */
export type Held = { holds: boolean; until: number };

/** A condition that is asked again and again, with what it came to when it was last looked at. */
export type Condition = { meaning: Meaning; found: Found<Held> };

/** Expressions never change. */
const known = new WeakMap<Expr, Condition>();

export function conditionOf(expr: Expr): Condition;
export function conditionOf(expr: Expr | undefined): Condition | undefined;
export function conditionOf(expr: Expr | undefined): Condition | undefined {
  if (expr === undefined) return undefined;
  let condition = known.get(expr);
  if (condition === undefined) {
    condition = { meaning: meaningOf(expr), found: notFound() };
    known.set(expr, condition);
  }
  return condition;
}

const always: Held = { holds: true, until: never };

/** Whether it holds here, and until when. No condition always holds. */
export function holdsHere(condition: Condition | undefined, env: Env): Held {
  if (condition === undefined) return always;
  // What is said of one entry or one argument is asked once.
  if (env.entry !== undefined || env.argument !== undefined || env.around !== undefined)
    return judge(condition.meaning, env);
  const look = lookFrom(env, env.item);
  return recall(condition.found, look) ?? remember(condition.found, look, judge(condition.meaning, env));
}

/** The same of a condition as it is written. */
export const holds = (expr: Expr | undefined, env: Env): Held => holdsHere(conditionOf(expr), env);

function judge(meaning: Meaning, env: Env): Held {
  const { value, until } = settle(meaning(env), env);
  return { holds: value === true, until };
}

/**
 * Three-valued `and` (decisive: false) and `or` (decisive: true). One decisive side decides as
 * long as it lasts, whatever the other does; so two decisive sides last as long as the longer.
 */
export function both(first: Meaning, second: Meaning, decisive: boolean): Meaning {
  return (env) => {
    const left = first(env);
    const isLeft = left.value === decisive;
    // One side that decides for ever spares a look at the other.
    if (isLeft && left.until === never) return left;
    const right = second(env);
    const isRight = right.value === decisive;
    if (isLeft && isRight) return { value: decisive, until: Math.max(left.until, right.until) };
    if (isLeft || isRight) return { value: decisive, until: (isLeft ? left : right).until };
    const until = Math.min(left.until, right.until);
    return { value: left.value === null || right.value === null ? null : !decisive, until };
  };
}

/** `a else b`: the other where the one is missing. */
export function otherwise(first: Meaning, second: Meaning): Meaning {
  return (env) => {
    const left = first(env);
    if (left.value !== null) return left;
    const right = second(env);
    return { ...right, until: Math.min(left.until, right.until) };
  };
}

/** The first way whose condition holds. Those before it must go on not holding. */
export function choice(ways: Extract<Expr, { op: 'choose' }>['ways']): Meaning {
  const open = ways.map(({ when, value }) => ({ when: conditionOf(when), value: meaningOf(value) }));
  return (env): Evaluated => {
    let until = never;
    for (const { when, value } of open) {
      const condition = holdsHere(when, env);
      until = Math.min(until, condition.until);
      if (!condition.holds) continue;
      const chosen = value(env);
      return { ...chosen, until: Math.min(until, chosen.until) };
    }
    return { value: null, until };
  };
}
