/**
 * Cadences of reviews and checks to the IR's: which days, which times of the day.
 */
import type { Cadence as CadenceNode, Weekday } from '../language/ast.ts';
import { calendarOf } from './constants.ts';
import type { Cadence, TimeOfDay } from './ir.ts';
import { type LowerContext, lowerExpression } from './lower-expressions.ts';

/** Without a time of day it falls here: late enough to be awake, early enough to act on. */
const USUAL_TIME = 10 * 60;
const DAYS_PER_WEEK = 7;
/** About as long as the calendar unit that nothing else stands for. */
const DAYS_PER = { days: 1, 'business-days': 1, weeks: DAYS_PER_WEEK, months: 30, years: 365 } as const;
const everyDay: Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const inWeekOrder = (days: readonly Weekday[]): Weekday[] => everyDay.filter((day) => days.includes(day));

export function lowerCadence(cx: LowerContext, node: CadenceNode): Cadence {
  const time = (expr: CadenceNode['at'][number]): TimeOfDay =>
    expr.kind === 'time' ? expr.minutes : lowerExpression(cx, expr);
  const at = node.at.length > 0 ? node.at.map(time) : [USUAL_TIME];
  const days = inWeekOrder(node.days);
  const or = (usual: Weekday[]) => (days.length > 0 ? days : usual);
  if (node.spaced !== undefined) {
    const { times, from, to } = node.spaced;
    const usual = node.kind === 'weekdays' ? everyDay.slice(0, 5) : everyDay;
    return { kind: 'spaced', days: or(usual), times: lowerExpression(cx, times), from: time(from), to: time(to) };
  }
  switch (node.kind) {
    case 'daily':
      return { kind: 'on-days', days: everyDay, at };
    case 'weekdays':
      return { kind: 'on-days', days: or(everyDay.slice(0, 5)), at };
    case 'weekly':
      return { kind: 'on-days', days: or(['mon']), at };
    case 'every':
      return lowerEvery(node, days, at);
    case 'monthly': {
      const [day] = node.days;
      if (node.every !== undefined) return lowerMonths(node, node.every.amount, at);
      if (node.nth !== undefined && day !== undefined) return { kind: 'monthly-weekday', nth: node.nth, day, at };
      return { kind: 'monthly', days: node.monthDays ?? [1], at };
    }
    case 'business-days': {
      const calendar = calendarOf(node.calendar?.text, cx.checked.symbols.calendars);
      return { kind: 'business-days', ...(calendar === undefined ? {} : { calendar }), at };
    }
  }
}

/** `every month on 1` is `monthly on 1`. */
function lowerMonths({ days: [day], nth, monthDays }: CadenceNode, every: number, at: TimeOfDay[]): Cadence {
  if (nth !== undefined && day !== undefined)
    return every === 1 ? { kind: 'monthly-weekday', nth, day, at } : { kind: 'months', every, nth, day, at };
  if (monthDays === undefined) return { kind: 'months', every, at };
  return every === 1 ? { kind: 'monthly', days: monthDays, at } : { kind: 'months', every, days: monthDays, at };
}

function lowerEvery({ every }: CadenceNode, days: Weekday[], at: TimeOfDay[]): Cadence {
  if (every === undefined) return { kind: 'every', days: 1, at };
  const { amount, unit } = every;
  if (unit === 'minutes') return { kind: 'interval', minutes: amount };
  if (unit === 'hours') return { kind: 'interval', minutes: amount * 60 };
  if (unit === 'weeks' && days.length > 0) return { kind: 'weeks', every: amount, days, at };
  return { kind: 'every', days: Math.max(1, Math.round(amount * DAYS_PER[unit])), at };
}
