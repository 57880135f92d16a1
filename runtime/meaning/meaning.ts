/**
 * From an expression to its meaning: a function that is made once and looked at many times.
 *
 * A condition is written once and asked millions of times. So what its parts say is found out when it is
 * first asked, and is kept with it; what is left to do at every look is the work itself. Here is what each
 * kind of expression means; where that takes more than a few lines, it stands in a file of its own beside.
 */
import type { Expr } from '../../compiler/ir.ts';
import { dateOf, momentOf, nextMidnight } from '../calendar.ts';
import { arithmetic, call, dateIn, moving, negate, settle } from './arithmetic.ts';
import { comparison } from './comparison.ts';
import { type Env, type Evaluated, fixed, type Meaning, never } from './env.ts';
import { both, choice, otherwise } from './logic.ts';
import { itemField, judged, letOf, letOfItem, lookup, stageName } from './names.ts';
import { aggregate, asValue, itemOf } from './series.ts';
import { filling } from './text.ts';
import { absence, lastWas, resumedAnchor, silence, since } from './time.ts';

/** Expressions never change. */
const known = new WeakMap<Expr, Meaning>();

export function meaningOf(expr: Expr): Meaning {
  let meaning = known.get(expr);
  if (meaning === undefined) {
    meaning = makeMeaning(expr);
    known.set(expr, meaning);
  }
  return meaning;
}

/** The value of an expression at a moment, and until when that value must hold. */
export const evaluate = (expr: Expr, env: Env): Evaluated => meaningOf(expr)(env);

function makeMeaning(expr: Expr): Meaning {
  switch (expr.op) {
    case 'value':
      return always(fixed(expr.value));
    case 'data':
      return ofData(expr.name);
    case 'let':
      return letOf(expr.id);
    case 'let-of':
      return letOfItem(expr);
    case 'and':
      return both(meaningOf(expr.left), meaningOf(expr.right), false);
    case 'or':
      return both(meaningOf(expr.left), meaningOf(expr.right), true);
    case 'not':
      return negation(meaningOf(expr.of));
    case 'else':
      return otherwise(meaningOf(expr.left), meaningOf(expr.right));
    case 'known':
      return knowing(meaningOf(expr.of));
    case 'choose':
      return choice(expr.ways);
    case 'compare':
      return comparison(expr);
    case 'arithmetic':
      return calculation(expr);
    case 'negate': {
      const of = meaningOf(expr.of);
      return (env) => negate(of(env));
    }
    case 'call': {
      const args = expr.args.map(meaningOf);
      return (env) =>
        call(
          expr.function,
          args.map((arg) => arg(env)),
          env,
        );
    }
    case 'aggregate':
      return aggregate(expr.by, expr.selection);
    case 'last':
      return ({ facts }) => {
        const entry = facts.series[expr.series]?.at(-1);
        return fixed(entry ? asValue(entry) : null);
      };
    case 'last-was':
      return (env) => lastWas(expr, env);
    case 'since':
      return since(expr);
    case 'absence':
      return absence(expr);
    case 'silence':
      return silence(expr);
    case 'now':
      return ({ now }) => moving({ at: now }, never, 1);
    case 'today':
      return ({ now, facts: { zone } }) => ({ value: { date: dateOf(now, zone) }, until: nextMidnight(now, zone) });
    case 'day':
      return dayOf(expr);
    case 'at-time':
      return atTime(meaningOf(expr.date), meaningOf(expr.time));
    case 'enrolled':
      return ({ facts }) => fixed({ at: facts.enrolledAt });
    case 'entered':
      return (env) => fixed({ at: resumedAnchor(env.facts.visit.since, env) });
    case 'entry':
      return ({ entry }) => fixed(entry?.fields[expr.field] ?? null);
    case 'occurred':
      return ({ entry }) => fixed(entry ? { at: entry.at } : null);
    case 'argument':
      return ({ argument }) => fixed(argument ?? null);
    case 'field':
      return fieldOf(meaningOf(expr.of), expr.field);
    case 'item':
      return (env) => fixed(itemField(expr.field, env));
    case 'item-of': {
      const key = meaningOf(expr.key);
      return (env) => {
        const named = key(env);
        return { value: itemOf(expr.list, named, env), until: named.until };
      };
    }
    case 'stage':
      return (env) => fixed(stageName(expr.of, env));
    case 'judged':
      return (env) => fixed(judged(expr.criterion, env));
    case 'lookup':
      return lookup(expr.table, expr.keys.map(meaningOf));
    case 'text': {
      const fill = filling(expr.text);
      return (env) => {
        const { text, until } = fill(env);
        return { value: text, until };
      };
    }
  }
  throw new RangeError(`There is no meaning for “${(expr as { op: string }).op}”.`);
}

const always =
  (value: Evaluated): Meaning =>
  () =>
    value;

const ofData =
  (name: string): Meaning =>
  ({ facts }) =>
    fixed(facts.data[name] ?? null);

const negation =
  (of: Meaning): Meaning =>
  (env) => {
    const { value, until } = settle(of(env), env);
    return { value: typeof value === 'boolean' ? !value : null, until };
  };

const knowing =
  (of: Meaning): Meaning =>
  (env) => {
    const { value, until } = of(env);
    return { value: value !== null, until };
  };

function calculation({ by, left, right }: Extract<Expr, { op: 'arithmetic' }>): Meaning {
  const a = meaningOf(left);
  const b = meaningOf(right);
  return (env) => arithmetic(by, a(env), b(env), env);
}

/** A field of an entry. */
const fieldOf =
  (of: Meaning, field: string): Meaning =>
  (env) => {
    const { value, until } = of(env);
    const isEntry = value !== null && typeof value === 'object' && 'entry' in value;
    return { value: isEntry ? (value.entry[field] ?? null) : null, until };
  };

/** The date of a moment; the entry at hand occurred on the day it was where the person was. */
function dayOf({ of }: Extract<Expr, { op: 'day' }>): Meaning {
  const moment = meaningOf(of);
  const isOwn = of.op === 'occurred';
  return (env) => {
    const at = moment(env);
    const day = isOwn ? env.entry?.day : undefined;
    const { date, until } = day === undefined ? dateIn(at, env) : { date: day, until: at.until };
    return { value: date === null ? null : { date }, until };
  };
}

/** A time of day on a day. */
const atTime =
  (date: Meaning, time: Meaning): Meaning =>
  (env) => {
    const day = dateIn(date(env), env);
    const { value, until } = time(env);
    const isTime = value !== null && typeof value === 'object' && 'minutes' in value;
    const at = day.date === null || !isTime ? null : { at: momentOf(day.date, value.minutes, env.facts.zone) };
    return { value: at, until: Math.min(day.until, until) };
  };
