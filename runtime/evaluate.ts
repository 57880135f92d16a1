/**
 * Evaluates an expression at a moment: its value, and until when that value must hold.
 *
 * This is what makes time a value: nobody schedules anything. `until` is the earliest moment at
 * which the value *may* differ if nothing happens but time (Infinity: never). It may be too early,
 * at the price of a needless look; it must never be too late. Missing is null: comparing or
 * calculating with it gives missing, `and`/`or`/`not` are three-valued, and a missing condition
 * does not hold. Its parts: `evaluate-arithmetic.ts`, `evaluate-series.ts`, `evaluate-time.ts`.
 */

import type { Expr, Text, Value } from '../compiler/ir.ts';
import { calendarPeriod, dateOf, momentOf, nextMidnight } from './calendar.ts';
import {
  arithmetic,
  call,
  compareBy,
  dateIn,
  dayTurns,
  moving,
  negate,
  order,
  same,
  settle,
} from './evaluate-arithmetic.ts';
import { aggregate, asValue, itemNamed, itemOf, itemOfFlow, stageOfItem } from './evaluate-series.ts';
import { absence, lastWas, resumedAnchor, silence, since } from './evaluate-time.ts';
import { midnightThatTurns } from './evaluate-trend.ts';
import type { Env, Evaluated } from './evaluate-types.ts';
import type { Item } from './facts.ts';
import { lookFrom } from './look.ts';
import { writeValue } from './write-value.ts';

export { addLength, resolveLength, resumedAnchor } from './evaluate-time.ts';
export type { Env, Evaluated };

/** Nested lets deeper than this are a cycle the compiler should have refused. */
const depthMax = 200;

const fixed = (value: Value): Evaluated => ({ value, until: Number.POSITIVE_INFINITY });

export function evaluate(expr: Expr, env: Env): Evaluated {
  const { facts } = env;
  switch (expr.op) {
    // What programs say most comes first: the cases are tried one after the other.
    case 'value':
      return fixed(expr.value);
    case 'data':
      return fixed(facts.data[expr.name] ?? null);
    case 'compare':
      return compare(expr, env);
    case 'let':
      return evaluateLet(expr.id, env);
    case 'and':
      return both(evaluate(expr.left, env), () => evaluate(expr.right, env), false);
    case 'entry':
      return fixed(env.entry?.fields[expr.field] ?? null);
    case 'aggregate':
      return aggregate(expr.by, expr.selection, env);
    case 'since':
      return since(expr, env);
    case 'absence':
      return absence(expr, env);
    case 'silence':
      return silence(expr, env);
    case 'or':
      return both(evaluate(expr.left, env), () => evaluate(expr.right, env), true);
    case 'not': {
      const of = settle(evaluate(expr.of, env), env);
      return { value: typeof of.value === 'boolean' ? !of.value : null, until: of.until };
    }
    case 'else': {
      const left = evaluate(expr.left, env);
      if (left.value !== null) return left;
      const right = evaluate(expr.right, env);
      return { ...right, until: Math.min(left.until, right.until) };
    }
    case 'now':
      return moving({ at: env.now }, Number.POSITIVE_INFINITY, 1);
    case 'today':
      return { value: { date: dateOf(env.now, facts.zone) }, until: nextMidnight(env.now, facts.zone) };
    case 'last': {
      const entry = facts.series[expr.series]?.at(-1);
      return fixed(entry ? asValue(entry) : null);
    }
    case 'known': {
      const of = evaluate(expr.of, env);
      return { value: of.value !== null, until: of.until };
    }
    case 'item':
      return fixed(itemField(expr.field, env));
    case 'item-of': {
      const key = evaluate(expr.key, env);
      return { value: itemOf(expr.list, key, env), until: key.until };
    }
    case 'let-of': {
      const key = evaluate(expr.key, env);
      const item = itemNamed(expr.list, key, env);
      const found = item === undefined ? fixed(null) : evaluateLet(expr.id, seenBy(item, env));
      return { ...found, until: Math.min(found.until, key.until) };
    }
    case 'argument':
      return fixed(env.argument ?? null);
    case 'occurred':
      return fixed(env.entry ? { at: env.entry.at } : null);
    case 'enrolled':
      return fixed({ at: facts.enrolledAt });
    case 'entered':
      return fixed({ at: resumedAnchor(facts.visit.since, env) });
    case 'stage':
      return fixed(stageName(expr.of, env));
    case 'text': {
      const filled = fillText(expr.text, env);
      return { value: filled.text, until: filled.until };
    }
    case 'field': {
      const of = evaluate(expr.of, env);
      const { value } = of;
      const isEntry = value !== null && typeof value === 'object' && 'entry' in value;
      return { value: isEntry ? (value.entry[expr.field] ?? null) : null, until: of.until };
    }
    case 'day': {
      const of = evaluate(expr.of, env);
      // The entry at hand occurred on the day it was where the person was.
      const isOwn = expr.of.op === 'occurred' && env.entry?.day !== undefined;
      const { date, until } = isOwn ? { date: env.entry?.day ?? null, until: of.until } : dateIn(of, env);
      return { value: date === null ? null : { date }, until };
    }
    case 'at-time': {
      const day = dateIn(evaluate(expr.date, env), env);
      const { value: time, until } = evaluate(expr.time, env);
      const isTime = time !== null && typeof time === 'object' && 'minutes' in time;
      const at = day.date === null || !isTime ? null : { at: momentOf(day.date, time.minutes, facts.zone) };
      return { value: at, until: Math.min(day.until, until) };
    }
    case 'arithmetic':
      return arithmetic(expr.by, evaluate(expr.left, env), evaluate(expr.right, env), env);
    case 'negate':
      return negate(evaluate(expr.of, env));
    case 'choose':
      return choose(expr.ways, env);
    case 'call':
      return call(
        expr.function,
        expr.args.map((arg) => evaluate(arg, env)),
        env,
      );
    case 'last-was':
      return lastWas(expr, env);
    case 'judged':
      return fixed(judged(expr.criterion, env));
    case 'lookup': {
      const keys = expr.keys.map((key) => evaluate(key, env));
      const until = Math.min(Number.POSITIVE_INFINITY, ...keys.map((key) => key.until));
      const table = env.ir.tables[expr.table];
      const row = table?.rows.find((one) => keys[0] && same(one.key, keys[0].value));
      const column =
        table && table.columns.length > 0 ? table.columns.findIndex((one) => keys[1] && same(one, keys[1].value)) : 0;
      return { value: row?.cells[column] ?? null, until };
    }
  }
  throw new RangeError(`There is no meaning for “${(expr as { op: string }).op}”.`);
}

/** Whether a condition holds, and until when. No condition always holds. */
export function holds(condition: Expr | undefined, env: Env): { holds: boolean; until: number } {
  if (!condition) return always;
  // What is said of one entry or one argument is asked once.
  if (env.entry !== undefined || env.argument !== undefined || env.around !== undefined) return judge(condition, env);
  const { conditions } = lookFrom(env, env.item);
  let found = conditions.get(condition);
  if (found === undefined) {
    found = judge(condition, env);
    conditions.set(condition, found);
  }
  return found;
}

const always = { holds: true, until: Number.POSITIVE_INFINITY } as const;

function judge(condition: Expr, env: Env): { holds: boolean; until: number } {
  const { value, until } = settle(evaluate(condition, env), env);
  return { holds: value === true, until };
}

/** The text with its holes filled; a missing value leaves nothing. `until` is when it may read differently. */
export function fillText(text: Text, env: Env): { text: string; until: number } {
  const { zone } = env.facts;
  let until = Number.POSITIVE_INFINITY;
  const filled = text.parts.map((part) => {
    if (typeof part === 'string') return part;
    const { value, until: valueUntil } = settle(evaluate(part, env), env);
    until = Math.min(until, valueUntil);
    if (!isDay(value)) return writeValue(value, zone);
    // A date tells its year where it is not this one.
    const { start, end } = calendarPeriod(env.now, 'year', zone);
    until = Math.min(until, end);
    return writeValue(value, zone, Number(dateOf(start, zone).split('-')[0]));
  });
  return { text: filled.join(''), until };
}

/** A date, a moment or an entry: something that has a day. */
const isDay = (value: Value): boolean =>
  value !== null && typeof value === 'object' && ('date' in value || 'at' in value);

/** A let means the same wherever it is used: it sees the item of its flow, but not what is looked at elsewhere. */
function evaluateLet(id: string, env: Env): Evaluated {
  const { lets } = lookFrom(env, itemOfFlow(env));
  const known = lets.get(id);
  if (known !== undefined) return known;
  const inside = insideLet(id, env);
  const found = inside === null ? fixed(null) : evaluate(inside.value, inside.env);
  lets.set(id, found);
  return found;
}

/** What a let says, and where it is looked at; null where there is none of that id. */
export function insideLet(id: string, env: Env): { value: Expr; env: Env } | null {
  const declared = Object.hasOwn(env.ir.lets, id) ? env.ir.lets[id] : undefined;
  if (!declared) return null;
  const depth = (env.depth ?? 0) + 1;
  if (depth > depthMax) throw new RangeError(`“${declared.name}” refers to itself.`);
  const item = itemOfFlow(env);
  const inside: Env = { ir: env.ir, facts: env.facts, now: env.now, depth };
  if (item !== undefined) inside.item = item;
  if (env.home !== undefined) inside.home = env.home;
  return { value: declared.value, env: inside };
}

/** The same moment as an item's own flow sees it: its visit is *the* visit. */
function seenBy(item: Item, { ir, facts, now, home }: Env): Env {
  const { since: _, ...place } = item.thread;
  return { ir, facts: { ...facts, ...place }, now, item, home: home ?? facts.visit };
}

/** A field of the item at hand, or in `where` of the one outside it. */
function itemField(field: string, { item, around }: Env): Value {
  for (const one of [item, around]) {
    if (one && Object.hasOwn(one.fields, field)) return one.fields[field] ?? null;
  }
  return item !== undefined && field === 'stage' ? stageOfItem(item) : null;
}

/** The name of a stage: of the flow at hand (in `where` over a list: of the item), of the program, of a track that has begun. */
function stageName(of: Extract<Expr, { op: 'stage' }>['of'], env: Env): Value {
  const { facts, home, item, around } = env;
  if (of === 'program') return (home ?? facts.visit).stage;
  if (of === 'own') return around !== undefined && item !== undefined ? stageOfItem(item) : facts.visit.stage || null;
  const track = Object.hasOwn(facts.tracks, of.track) ? facts.tracks[of.track] : undefined;
  return track?.visit.stage ?? null;
}

/**
 * Three-valued `and` (decisive: false) and `or` (decisive: true). One decisive side decides as
 * long as it lasts, whatever the other does; so two decisive sides last as long as the longer.
 */
function both(left: Evaluated, other: () => Evaluated, decisive: boolean): Evaluated {
  // One side that decides for ever spares a look at the other.
  if (left.value === decisive && left.until === Number.POSITIVE_INFINITY) return left;
  const right = other();
  const [isLeft, isRight] = [left.value === decisive, right.value === decisive];
  if (isLeft && isRight) return { value: decisive, until: Math.max(left.until, right.until) };
  if (isLeft || isRight) return { value: decisive, until: (isLeft ? left : right).until };
  const until = Math.min(left.until, right.until);
  return { value: left.value === null || right.value === null ? null : !decisive, until };
}

/** The first way whose condition holds. Those before it must go on not holding. */
function choose(ways: Extract<Expr, { op: 'choose' }>['ways'], env: Env): Evaluated {
  let until = Number.POSITIVE_INFINITY;
  for (const way of ways) {
    const condition = holds(way.when, env);
    until = Math.min(until, condition.until);
    if (!condition.holds) continue;
    const chosen = evaluate(way.value, env);
    return { ...chosen, until: Math.min(until, chosen.until) };
  }
  return { value: null, until };
}

function compare(expr: Extract<Expr, { op: 'compare' }>, env: Env): Evaluated {
  const left = evaluate(expr.left, env);
  const right = evaluate(expr.right, env);
  const found = order(left, right, env);
  let { until } = found;
  if (found.order !== null && until === nextMidnight(env.now, env.facts.zone))
    until = turnOfDays(expr, { left, right }, found.order, env);
  return { value: found.order === null ? null : compareBy(expr.by, found.order), until };
}

/** When days that pass turn a comparison that, for all that is known of its sides, the next midnight may turn. */
function turnOfDays(
  expr: Extract<Expr, { op: 'compare' }>,
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

/** The judgement of this visit. When there have been as many as are allowed, what counts then. */
function judged(id: string, { ir, facts }: Env): Value {
  const judgement = facts.judgements[id];
  const criterion = ir.criteria[id];
  if (!judgement || !criterion || judgement.visit !== facts.visit.number) return null;
  if (judgement.holds && judgement.confidence >= criterion.atLeast) return true;
  const isEnough = criterion.atMost !== undefined && judgement.count >= criterion.atMost;
  return isEnough ? (criterion.otherwise ?? false) : false;
}
