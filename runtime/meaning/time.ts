/**
 * Lengths, anchors, silence and absence: what is asked of the time that has passed.
 *
 * Silence and absence count from the last sign or from the start of their scope, whichever is later;
 * the timers of a visit stand still while it is interrupted.
 */
import type { Anchor, Duration, Expr, Length } from '../../compiler/ir.ts';
import type { BusinessCalendar } from '../business-days.ts';
import { addDays, addDuration, dateOf, daysBetween, startOfDay } from '../calendar.ts';
import type { Entry, Visit } from '../facts.ts';
import { arrival, calendarFor, lengthIn, momentOrDate } from './arithmetic.ts';
import { type Env, type Evaluated, type Meaning, never } from './env.ts';
import { type Condition, conditionOf, holdsHere } from './logic.ts';
import { evaluate } from './meaning.ts';

const minuteMs = 60_000;

export type ResolvedLength = {
  /** Null: missing, and then it is never over. */
  duration: Duration | null;
  /** Of business days: those that count. */
  calendar: BusinessCalendar | undefined;
  until: number;
  /** In minutes per ms, where the length moves with the clock. */
  rate?: number;
};

/** A length of time as it is now: written, or evaluated. */
export function resolveLength(length: Length, env: Env): ResolvedLength {
  if (!('op' in length) && length.unit !== 'business-days')
    return { duration: length, calendar: undefined, until: never };
  const of: Evaluated = 'op' in length ? evaluate(length, env) : { value: { duration: length }, until: never };
  const duration = lengthIn(of.value);
  const missing = { duration: null, calendar: undefined, until: of.until };
  if (duration === null) return missing;
  if (duration.unit !== 'business-days') {
    return { duration, calendar: undefined, until: of.until, ...(of.rate === undefined ? {} : { rate: of.rate }) };
  }
  const calendar = calendarFor(duration.calendar, env);
  return calendar === null ? missing : { duration, calendar, until: of.until };
}

/** The moment a length after another one, `times` over; NaN where the length is missing or ends beyond the calendar. */
export function addLength(at: number, length: Length, env: Env, times = 1): number {
  if (!('op' in length) && length.unit !== 'business-days') return addDuration(at, length, env.facts.zone, times);
  return addResolved(at, resolveLength(length, env), env, times);
}

export function addResolved(at: number, { duration, calendar }: ResolvedLength, env: Env, times = 1): number {
  return duration === null ? Number.NaN : addDuration(at, duration, env.facts.zone, times, calendar);
}

/** Whether a length has passed since an anchor (null: it never was). */
export function elapsed(anchor: Evaluated & { at: number | null }, length: Length, env: Env): Evaluated {
  if (anchor.at === null) return { value: false, until: anchor.until };
  const resolved = resolveLength(length, env);
  const until = Math.min(anchor.until, resolved.until);
  const passes = addResolved(anchor.at, resolved, env);
  // Missing, or beyond the calendar: never.
  if (Number.isNaN(passes)) return { value: false, until };
  const value = env.now >= passes;
  // Its end may move with the clock itself: then the clock comes nearer by so much only.
  const rate = 1 - (anchor.rate ?? 0) - (resolved.rate ?? 0) * minuteMs;
  const turns = value
    ? rate < 0
      ? arrival(env.now - passes, -rate, env)
      : never
    : arrival(passes - env.now, rate, env);
  return { value, until: Math.min(until, turns) };
}

const standing = (at: number | null): Evaluated & { at: number | null } => ({
  at,
  value: null,
  until: never,
});

/**
 * The moment of an anchor. Null: it has never been. A field that has not changed counts from the enrollment (an item's,
 * from when it was added).
 */
export function anchorOf(anchor: Anchor, env: Env): Evaluated & { at: number | null } {
  const { facts } = env;
  switch (anchor.kind) {
    case 'enrolled':
      return standing(facts.enrolledAt);
    case 'entered':
      return standing(resumedAnchor(facts.visit.since, env));
    case 'changed':
      return standing(changedAt(anchor.field, env) ?? env.item?.addedAt ?? facts.enrolledAt);
    case 'moment': {
      const of = evaluate(anchor.of, env);
      return { ...of, at: momentOrDate(of.value, env) };
    }
  }
}

/** When a field last got another value, if it ever did: the item's at hand, where it has one of that name. */
function changedAt(field: string, { item, facts }: Env): number | undefined {
  return item !== undefined && Object.hasOwn(item.fields, field) ? item.changedAt[field] : facts.changedAt[field];
}

export const since =
  ({ anchor, duration }: Extract<Expr, { op: 'since' }>): Meaning =>
  (env) =>
    elapsed(anchorOf(anchor, env), duration, env);

export const silence =
  ({ scope, duration }: Extract<Expr, { op: 'silence' }>): Meaning =>
  (env) =>
    elapsed(standing(lastSign(env.facts.heardAt, scope, env)), duration, env);

export function absence({ series, where, scope, duration }: Extract<Expr, { op: 'absence' }>): Meaning {
  const matches = conditionOf(where);
  return (env) => {
    const newest = newestMatching(series, matches, env);
    const passed = elapsed(standing(lastSign(newest.at, scope, env)), duration, env);
    return { value: passed.value, until: Math.min(passed.until, newest.until) };
  };
}

/** The moment from which such a length is counted; null: it has never been. For whoever explains a condition. */
export function countsFrom(expr: Extract<Expr, { op: 'since' | 'silence' | 'absence' }>, env: Env): number | null {
  if (expr.op === 'since') return anchorOf(expr.anchor, env).at;
  const sign = expr.op === 'silence' ? env.facts.heardAt : newestMatching(expr.series, conditionOf(expr.where), env).at;
  return lastSign(sign, expr.scope, env);
}

/** The newest entry that matches; `until` is when time alone may make it another one. */
function newestMatching(series: string, where: Condition | undefined, env: Env): { at: number | null; until: number } {
  const entries = env.facts.series[series] ?? [];
  let until = never;
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (!entry) continue;
    if (where === undefined) return { at: entry.at, until };
    const matches = holdsHere(where, { ...env, entry });
    until = Math.min(until, matches.until);
    if (matches.holds) return { at: entry.at, until };
  }
  return { at: null, until };
}

/** Silence and absence count from the last sign or from the start of their scope, whichever is later. */
function lastSign(sign: number | null, scope: 'visit' | 'stage' | 'enrollment', env: Env): number {
  const { facts } = env;
  if (scope === 'enrollment')
    return afterPauses(Math.max(sign ?? facts.enrolledAt, facts.enrolledAt), facts.stoodStill ?? noPauses);
  const start = scope === 'stage' ? facts.visit.arrivedAt : facts.visit.since;
  return resumedAnchor(Math.max(sign ?? start, start), env);
}

/**
 * An anchor in a visit that was interrupted: the timers of the visit stood still meanwhile. What
 * happened during an interruption counts from its end.
 */
export function resumedAnchor(anchor: number, env: Pick<Env, 'facts'>): number {
  return afterPauses(anchor, env.facts.visit.pauses);
}

const noPauses: Visit['pauses'] = [];

function afterPauses(anchor: number, pauses: Visit['pauses']): number {
  let moved = anchor;
  for (const pause of pauses) {
    if (pause.to > anchor) moved += pause.to - Math.max(pause.from, anchor);
  }
  return moved;
}

/** Whether the newest entry fell on one of the last days, counted in the days of where the person was. */
export function lastWas({ series, daysAgo }: Extract<Expr, { op: 'last-was' }>, env: Env): Evaluated {
  const entry: Entry | undefined = env.facts.series[series]?.at(-1);
  if (!entry) return { value: false, until: never };
  const { zone } = env.facts;
  const today = dateOf(env.now, zone);
  const ago = daysBetween(entry.day, today);
  const value = daysAgo.includes(ago);
  // The answer changes at the first midnight after which it is a different one.
  const furthest = Math.max(...daysAgo) + 1;
  for (let later = 1; ago + later <= furthest; later += 1) {
    if (daysAgo.includes(ago + later) !== value) return { value, until: startOfDay(addDays(today, later), zone) };
  }
  return { value, until: never };
}

/** Whether an anchor is something that happened: an entry of that very moment came before it, or is it. */
export function isHappening(anchor: Anchor, { value }: Evaluated, env: Env): boolean {
  if (anchor.kind === 'changed') return changedAt(anchor.field, env) !== undefined;
  return value !== null && typeof value === 'object' && 'entry' in value;
}
