/**
 * Evaluates an expression at a moment: its value, and until when that value must hold.
 *
 * This is what makes time a value: nobody schedules anything. `until` is the earliest moment at
 * which the value *may* differ if nothing happens but time (Infinity: never). It may be too early,
 * at the price of a needless look; it must never be too late. Missing is null: comparing or
 * calculating with it gives missing, `and`/`or`/`not` are three-valued, and a missing condition
 * does not hold.
 */

import type { AggregateName, Duration, Expr, Selection, Text, Value } from '../compiler/ir.ts';
import {
  addDays,
  addDuration,
  addToDate,
  calendarPeriod,
  dateOf,
  daysBetween,
  nextMidnight,
  startOfDay,
} from './calendar.ts';
import type { Env, Evaluated } from './evaluate-types.ts';
import type { Entry, Visit } from './facts.ts';
import { writeValue } from './write-value.ts';

export type { Env, Evaluated };

/** A value that moves with the clock (`now`) is looked at again at least this often. */
const movingValueLookMs = 60_000;
/** Nested lets deeper than this are a cycle the compiler should have refused. */
const depthMax = 200;

const fixed = (value: Value): Evaluated => ({ value, until: Number.POSITIVE_INFINITY });

export function evaluate(expr: Expr, env: Env): Evaluated {
  switch (expr.op) {
    case 'value':
      return fixed(expr.value);
    case 'data':
      return fixed(env.facts.data[expr.name] ?? null);
    case 'entry':
      return fixed(env.entry?.fields[expr.field] ?? null);
    case 'let': {
      const declared = env.ir.lets[expr.id];
      if (!declared) return fixed(null);
      const depth = (env.depth ?? 0) + 1;
      if (depth > depthMax) throw new RangeError(`“${declared.name}” refers to itself.`);
      // A let means the same wherever it is used: it does not see the entry at hand.
      return evaluate(declared.value, { ir: env.ir, facts: env.facts, now: env.now, depth });
    }
    case 'text': {
      const parts = fillText(expr.text, env);
      return { value: parts.text, until: parts.until };
    }
    case 'now':
      return { value: { at: env.now }, until: Number.POSITIVE_INFINITY, moves: true };
    case 'today':
      return { value: { date: dateOf(env.now, env.facts.zone) }, until: nextMidnight(env.now, env.facts.zone) };
    case 'field': {
      const of = evaluate(expr.of, env);
      if (of.value !== null && typeof of.value === 'object' && 'entry' in of.value) {
        return { value: of.value.entry[expr.field] ?? null, until: of.until };
      }
      return { value: null, until: of.until };
    }
    case 'day': {
      const of = evaluate(expr.of, env);
      const at = momentIn(of.value);
      const until = of.moves ? Math.min(of.until, nextMidnight(env.now, env.facts.zone)) : of.until;
      return { value: at === null ? null : { date: dateOf(at, env.facts.zone) }, until };
    }
    case 'and':
      return both(evaluate(expr.left, env), evaluate(expr.right, env), false);
    case 'or':
      return both(evaluate(expr.left, env), evaluate(expr.right, env), true);
    case 'not': {
      const of = settle(evaluate(expr.of, env), env);
      return { value: typeof of.value === 'boolean' ? !of.value : null, until: of.until };
    }
    case 'compare':
      return compare(expr, env);
    case 'arithmetic':
      return arithmetic(expr, env);
    case 'negate': {
      const of = evaluate(expr.of, env);
      return { value: typeof of.value === 'number' ? -of.value : null, until: of.until };
    }
    case 'else': {
      const left = evaluate(expr.left, env);
      if (left.value !== null) return left;
      const right = evaluate(expr.right, env);
      return { ...right, until: Math.min(left.until, right.until) };
    }
    case 'known': {
      const of = evaluate(expr.of, env);
      return { value: of.value !== null, until: of.until };
    }
    case 'call':
      return call(
        expr.function,
        expr.args.map((arg) => evaluate(arg, env)),
      );
    case 'aggregate':
      return aggregate(expr.by, expr.selection, env);
    case 'last': {
      const entry = env.facts.series[expr.series]?.at(-1);
      return fixed(entry ? { entry: entry.fields, at: entry.at } : null);
    }
    case 'last-was':
      return lastWas(env, expr.series, expr.daysAgo);
    case 'absence': {
      const newest = newestMatching(expr.series, expr.where, env);
      const passed = elapsed(lastSign(newest.at, expr.scope, env), expr.duration, env);
      return { value: passed.value, until: Math.min(passed.until, newest.until) };
    }
    case 'silence':
      return elapsed(lastSign(env.facts.heardAt, expr.scope, env), expr.duration, env);
    case 'since': {
      const { facts } = env;
      switch (expr.anchor.kind) {
        case 'enrolled':
          return elapsed(facts.enrolledAt, expr.duration, env);
        case 'entered':
          return elapsed(resumedAnchor(facts.visit.since, env), expr.duration, env);
        case 'changed':
          // The first value stands since the enrollment.
          return elapsed(facts.changedAt[expr.anchor.field] ?? facts.enrolledAt, expr.duration, env);
        case 'moment': {
          const anchor = evaluate(expr.anchor.of, env);
          const passed = elapsed(momentOrDate(anchor.value, env), expr.duration, env);
          return { value: passed.value, until: Math.min(anchor.until, passed.until) };
        }
      }
      break;
    }
    case 'judged': {
      const judgement = env.facts.judgements[expr.criterion];
      const criterion = env.ir.criteria[expr.criterion];
      if (!judgement || !criterion || judgement.visit !== env.facts.visit.number) return fixed(null);
      return fixed(judgement.holds && judgement.confidence >= criterion.atLeast);
    }
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
  if (!condition) return { holds: true, until: Number.POSITIVE_INFINITY };
  const { value, until } = settle(evaluate(condition, env), env);
  return { holds: value === true, until };
}

/** The text with its holes filled; a missing value leaves nothing. `until` is when it may read differently. */
export function fillText(text: Text, env: Env): { text: string; until: number } {
  let until = Number.POSITIVE_INFINITY;
  const filled = text.parts.map((part) => {
    if (typeof part === 'string') return part;
    const evaluated = evaluate(part, env);
    until = Math.min(until, evaluated.until);
    return writeValue(evaluated.value, env.facts.zone);
  });
  return { text: filled.join(''), until };
}

/** A moving value stands still only for a little while. */
function settle(of: Evaluated, env: Env): Evaluated {
  return of.moves ? { value: of.value, until: Math.min(of.until, env.now + movingValueLookMs) } : of;
}

/**
 * Three-valued `and` (decisive: false) and `or` (decisive: true). One decisive side decides as
 * long as it lasts, whatever the other does; so two decisive sides last as long as the longer.
 */
function both(left: Evaluated, right: Evaluated, decisive: boolean): Evaluated {
  const deciding = [left, right].filter((side) => side.value === decisive);
  if (deciding.length > 0) return { value: decisive, until: Math.max(...deciding.map((side) => side.until)) };
  const until = Math.min(left.until, right.until);
  return { value: left.value === null || right.value === null ? null : !decisive, until };
}

function compare(expr: Extract<Expr, { op: 'compare' }>, env: Env): Evaluated {
  const left = evaluate(expr.left, env);
  const right = evaluate(expr.right, env);
  let until = Math.min(left.until, right.until);
  const a = comparable(left.value, env);
  const b = comparable(right.value, env);
  if (a === null || b === null) return { value: null, until };
  if (left.moves !== right.moves && typeof a === 'number' && typeof b === 'number') {
    // `now` against a fixed moment: the order changes when it is reached, and once more just after.
    const target = left.moves ? b : a;
    const moving = left.moves ? a : b;
    if (moving < target) until = Math.min(until, env.now + (target - moving));
    else if (moving === target) until = Math.min(until, env.now + 1);
  }
  const target = expr.left.op === 'today' ? right : expr.right.op === 'today' ? left : undefined;
  if (target !== undefined && expr.left.op !== expr.right.op)
    until = Math.min(target.until, dayTurns(target.value, env));
  const order = a < b ? -1 : a > b ? 1 : 0;
  switch (expr.by) {
    case '=':
      return { value: order === 0, until };
    case '!=':
      return { value: order !== 0, until };
    case '<':
      return { value: order < 0, until };
    case '<=':
      return { value: order <= 0, until };
    case '>':
      return { value: order > 0, until };
    case '>=':
      return { value: order >= 0, until };
  }
}

/** `today` against a fixed date: the order changes at the start of that date, and once more at its end. */
function dayTurns(target: Value, env: Env): number {
  if (target === null || typeof target !== 'object' || !('date' in target))
    return nextMidnight(env.now, env.facts.zone);
  const starts = startOfDay(target.date, env.facts.zone);
  const ends = startOfDay(addDays(target.date, 1), env.facts.zone);
  return env.now < starts ? starts : env.now < ends ? ends : Number.POSITIVE_INFINITY;
}

/** What orders a value among its kind: dates as texts, moments and entries as ms. Texts compare without case. */
function comparable(value: Value, env: Env): number | string | null {
  if (value === null) return null;
  if (typeof value === 'number') return value;
  if (typeof value === 'string') return value.toLowerCase();
  if (typeof value === 'boolean') return value ? 1 : 0;
  if ('at' in value) return value.at;
  if ('date' in value) return value.date;
  if ('minutes' in value) return value.minutes;
  // Durations compare by how far they reach from now.
  const reach = addDuration(env.now, value.duration, env.facts.zone) - env.now;
  return Number.isNaN(reach) ? null : reach;
}

function same(left: Value, right: Value): boolean {
  if (left === null || right === null) return false;
  if (typeof left === 'string' && typeof right === 'string') return left.toLowerCase() === right.toLowerCase();
  if (typeof left === 'object' || typeof right === 'object') return JSON.stringify(left) === JSON.stringify(right);
  return left === right;
}

function arithmetic(expr: Extract<Expr, { op: 'arithmetic' }>, env: Env): Evaluated {
  const left = evaluate(expr.left, env);
  const right = evaluate(expr.right, env);
  const until = Math.min(left.until, right.until);
  const a = left.value;
  const b = right.value;
  if (a === null || b === null) return { value: null, until };
  if (typeof a === 'number' && typeof b === 'number') return { value: calculate(expr.by, a, b), until };
  if (typeof b === 'object' && 'duration' in b && typeof a === 'object' && (expr.by === '+' || expr.by === '-')) {
    const sign = expr.by === '+' ? 1 : -1;
    if ('date' in a) {
      const date = addToDate(a.date, b.duration, sign);
      return { value: date === null ? null : { date }, until };
    }
    if ('at' in a) {
      const at = addDuration(a.at, b.duration, env.facts.zone, sign);
      if (Number.isNaN(at)) return { value: null, until };
      const moved = { at };
      return left.moves ? { value: moved, until, moves: true } : { value: moved, until };
    }
  }
  return { value: null, until };
}

function calculate(by: '+' | '-' | '*' | '/', a: number, b: number): Value {
  const result = by === '+' ? a + b : by === '-' ? a - b : by === '*' ? a * b : b === 0 ? Number.NaN : a / b;
  return Number.isFinite(result) ? tidy(result) : null;
}

/** Decimal arithmetic as people expect it: 0.1 + 0.2 is 0.3. Twelve digits are kept. */
const tidy = (value: number): number => Number(value.toPrecision(12));

function call(name: Extract<Expr, { op: 'call' }>['function'], args: Evaluated[]): Evaluated {
  const until = Math.min(Number.POSITIVE_INFINITY, ...args.map((arg) => arg.until));
  const numbers: number[] = [];
  for (const arg of args) {
    if (typeof arg.value !== 'number') return { value: null, until };
    numbers.push(arg.value);
  }
  const [first = Number.NaN, second, third] = numbers;
  const result = (): number => {
    switch (name) {
      case 'min':
        return Math.min(...numbers);
      case 'max':
        return Math.max(...numbers);
      case 'abs':
        return Math.abs(first);
      case 'floor':
        return roundTo(Math.floor, first, second);
      case 'ceil':
        return roundTo(Math.ceil, first, second);
      case 'round':
        // Half away from zero, as people round.
        return roundTo((x) => Math.sign(x) * Math.round(Math.abs(x)), first, second);
      case 'clamp':
        return Math.min(Math.max(first, second ?? first), third ?? first);
    }
  };
  const value = result();
  return { value: Number.isFinite(value) ? tidy(value) : null, until };
}

/** Rounds to a multiple of `step` (1 unless given). */
function roundTo(how: (x: number) => number, value: number, step = 1): number {
  return step === 0 ? value : how(tidy(value / step)) * step;
}

function aggregate(by: AggregateName, selection: Selection, env: Env): Evaluated {
  const { entries, until } = select(selection, env);
  if (by === 'count') return { value: entries.length, until };
  if (by === 'latest' || by === 'first') {
    const entry = by === 'latest' ? entries.at(-1) : entries[0];
    if (!entry) return { value: null, until };
    return {
      value: selection.field ? (entry.fields[selection.field] ?? null) : { entry: entry.fields, at: entry.at },
      until,
    };
  }
  const field = selection.field ?? 'value';
  const numbers = entries
    .map((entry) => entry.fields[field])
    .filter((value): value is number => typeof value === 'number');
  if (by === 'sum') return { value: tidy(numbers.reduce((sum, value) => sum + value, 0)), until };
  // The mean of the last three is missing until there are three.
  if (numbers.length === 0 || (selection.last !== undefined && numbers.length < selection.last))
    return { value: null, until };
  if (by === 'mean') return { value: tidy(numbers.reduce((sum, value) => sum + value, 0) / numbers.length), until };
  return { value: by === 'min' ? Math.min(...numbers) : Math.max(...numbers), until };
}

function select(selection: Selection, env: Env): { entries: Entry[]; until: number } {
  const { facts, now } = env;
  let entries = facts.series[selection.series] ?? [];
  let until = Number.POSITIVE_INFINITY;
  const window = selection.window;
  if (window?.kind === 'visit') entries = entries.filter((entry) => isOfVisit(entry, facts.visit));
  if (window?.kind === 'calendar') {
    const period = calendarPeriod(now, window.period, facts.zone);
    // An empty period stays empty by time alone, unless an entry lies ahead.
    if (entries.some((entry) => entry.at >= period.start)) until = period.end;
    entries = entries.filter((entry) => entry.at >= period.start && entry.at < period.end);
  }
  if (window?.kind === 'last') {
    const leaves = (entry: Entry) => {
      const at = addDuration(entry.at, window.duration, facts.zone);
      return Number.isNaN(at) ? Number.POSITIVE_INFINITY : at;
    };
    entries = entries.filter((entry) => leaves(entry) > now);
    for (const entry of entries) until = Math.min(until, leaves(entry));
  }
  if (selection.where) {
    const where = selection.where;
    entries = entries.filter((entry) => {
      const condition = holds(where, { ...env, entry });
      until = Math.min(until, condition.until);
      return condition.holds;
    });
  }
  if (selection.last !== undefined) entries = entries.slice(-selection.last);
  return { entries, until };
}

/** The entry that opened a visit belongs to the visit before; one recorded in the visit's first moment belongs to it. */
function isOfVisit(entry: Entry, visit: Visit): boolean {
  return entry.at > visit.since || (entry.at === visit.since && entry.visit === visit.number);
}

/** The newest entry that matches; `until` is when time alone may make it another one. */
function newestMatching(series: string, where: Expr | undefined, env: Env): { at: number | null; until: number } {
  const entries = env.facts.series[series] ?? [];
  let until = Number.POSITIVE_INFINITY;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (!entry) continue;
    const matches = where ? holds(where, { ...env, entry }) : { holds: true, until };
    until = Math.min(until, matches.until);
    if (matches.holds) return { at: entry.at, until };
  }
  return { at: null, until };
}

/** Silence and absence count from the last sign or from the start of their scope, whichever is later. */
function lastSign(sign: number | null, scope: 'visit' | 'stage' | 'enrollment', env: Env): number {
  const { facts } = env;
  if (scope === 'enrollment') return Math.max(sign ?? facts.enrolledAt, facts.enrolledAt);
  const start = scope === 'stage' ? facts.visit.arrivedAt : facts.visit.since;
  return resumedAnchor(Math.max(sign ?? start, start), env);
}

/**
 * An anchor in a visit that was interrupted: the timers of the visit stood still meanwhile. What
 * happened during an interruption counts from its end.
 */
export function resumedAnchor(anchor: number, env: Pick<Env, 'facts'>): number {
  let moved = anchor;
  for (const pause of env.facts.visit.pauses) {
    if (pause.to > anchor) moved += pause.to - Math.max(pause.from, anchor);
  }
  return moved;
}

function elapsed(anchor: number | null, duration: Duration, env: Env): Evaluated {
  if (anchor === null) return fixed(false);
  const passes = addDuration(anchor, duration, env.facts.zone);
  // Beyond the calendar: never.
  if (Number.isNaN(passes)) return fixed(false);
  return env.now >= passes ? fixed(true) : { value: false, until: passes };
}

function lastWas(env: Env, series: string, daysAgo: number[]): Evaluated {
  const entry = env.facts.series[series]?.at(-1);
  if (!entry) return fixed(false);
  const { zone } = env.facts;
  const today = dateOf(env.now, zone);
  const ago = daysBetween(dateOf(entry.at, zone), today);
  const value = daysAgo.includes(ago);
  // The answer changes at the first midnight after which it is a different one.
  const furthest = Math.max(...daysAgo) + 1;
  for (let later = 1; ago + later <= furthest; later += 1) {
    if (daysAgo.includes(ago + later) !== value) return { value, until: startOfDay(addDays(today, later), zone) };
  }
  return fixed(value);
}

function momentIn(value: Value): number | null {
  return value !== null && typeof value === 'object' && 'at' in value ? value.at : null;
}

/** A date counts from its first moment. */
function momentOrDate(value: Value, env: Env): number | null {
  if (value !== null && typeof value === 'object' && 'date' in value) return startOfDay(value.date, env.facts.zone);
  return momentIn(value);
}
