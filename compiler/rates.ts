/**
 * How often a cadence can fall: on one day, in one week, and over a long time.
 *
 * Upper bounds where the text leaves something open. Lengths and counts that are parameters or fields
 * count as the program first sets them.
 */
import { DAY, usualMinutes } from './constants.ts';
import type { Cadence, Expr, Ir, Length, TimeOfDay } from './ir.ts';
import { placeAt } from './place.ts';
import { sumOf } from './terms.ts';

/** `daily` is the long run for somebody who stays; `again`: for somebody who may come in again every day. */
export type Rate = { mostPerDay: number; mostPerWeek: number; daily: number; again: number };

/** As many as the runtime does on one day of `N times between …`. */
const TIMES_PER_DAY_MAX = 48;
/** A month has at least this many days. */
const SHORTEST_MONTH = 28;
/** Months and years at their shortest, business days as days, in minutes. */
const shortestMinutes: Record<string, number> = {
  months: SHORTEST_MONTH * DAY,
  years: 365 * DAY,
  'business-days': DAY,
};

export function rateOf(ir: Ir, cadence: Cadence): Rate {
  switch (cadence.kind) {
    case 'on-days':
      return onDays(cadence.at.length, cadence.days.length);
    case 'spaced':
      return onDays(timesPerDay(ir, cadence.times), cadence.days.length);
    case 'business-days':
      return onDays(cadence.at.length, 5);
    case 'every': {
      const times = cadence.at.length;
      const days = Math.max(1, cadence.days);
      return { mostPerDay: times, mostPerWeek: times * Math.ceil(7 / days), daily: times / days, again: times };
    }
    case 'weeks': {
      const times = cadence.at.length * Math.max(1, cadence.days.length);
      const again = cadence.days.length === 0 ? cadence.at.length : times / 7;
      return {
        mostPerDay: cadence.at.length,
        mostPerWeek: times,
        daily: times / (7 * Math.max(1, cadence.every)),
        again,
      };
    }
    case 'interval': {
      const daily = DAY / Math.max(1, cadence.minutes);
      return { mostPerDay: Math.ceil(daily), mostPerWeek: Math.ceil(7 * daily), daily, again: daily };
    }
    case 'monthly': {
      const times = cadence.at.length * cadence.days.length;
      const daily = times / SHORTEST_MONTH;
      return { mostPerDay: cadence.at.length, mostPerWeek: times, daily, again: daily };
    }
    case 'months': {
      const times = cadence.at.length * (cadence.days?.length ?? 1);
      const daily = times / (SHORTEST_MONTH * Math.max(1, cadence.every));
      return { mostPerDay: cadence.at.length, mostPerWeek: times, daily, again: times / SHORTEST_MONTH };
    }
    case 'monthly-weekday': {
      const times = cadence.at.length;
      return { mostPerDay: times, mostPerWeek: times, daily: times / SHORTEST_MONTH, again: times / SHORTEST_MONTH };
    }
  }
}

function onDays(times: number, days: number): Rate {
  const daily = (times * days) / 7;
  return { mostPerDay: times, mostPerWeek: times * days, daily, again: daily };
}

/** The most times that `N times between …` can come to. */
function timesPerDay(ir: Ir, times: Expr): number {
  const most = boundsOf(ir, times).max;
  return Math.min(TIMES_PER_DAY_MAX, Math.max(0, Math.floor(most)));
}

/** The times of day of `N times between …`, as the runtime lays them; undefined where the text does not tell. */
export function spacedTimes(ir: Ir, { times, from, to }: Extract<Cadence, { kind: 'spaced' }>): number[] | undefined {
  const { min, max } = boundsOf(ir, times);
  const [first, end] = [timeAtFirst(ir, from), timeAtFirst(ir, to)];
  if (min !== max || first === undefined || end === undefined) return undefined;
  const count = timesPerDay(ir, times);
  const span = end > first ? end - first : end - first + DAY;
  return Array.from({ length: count }, (_, index) => Math.floor(first + (index * span) / count) % DAY);
}

/** A time of day in minutes, as the program first sets it; undefined where it is worked out while it runs. */
export function timeAtFirst(ir: Ir, time: TimeOfDay): number | undefined {
  if (typeof time === 'number') return time;
  const value = time.op === 'value' ? time.value : time.op === 'data' ? ir.data[time.name]?.initial : undefined;
  return value !== null && typeof value === 'object' && 'minutes' in value ? value.minutes : undefined;
}

/** The least and the most a number can be, as far as the text says. */
export function boundsOf(ir: Ir, expr: Expr): { min: number; max: number } {
  const sum = sumOf(placeAt(ir, ir, undefined, undefined, true), expr);
  let [min, max] = [sum.constant, sum.constant];
  for (const { factor, term } of sum.terms) {
    min += factor * (factor > 0 ? term.min : term.max);
    max += factor * (factor > 0 ? term.max : term.min);
  }
  return { min, max };
}

/** The least minutes that a length of time can be; one that hangs on a field is what the field is at first. */
export function leastMinutes(ir: Ir, length: Length): number {
  if (!('op' in length)) {
    const shortest = shortestMinutes[length.unit];
    return shortest === undefined ? usualMinutes(length) : length.amount * shortest;
  }
  if (length.op === 'lookup') {
    const cells = ir.tables[length.table]?.rows.flatMap((row) => row.cells) ?? [];
    const lengths = cells.flatMap((cell) =>
      cell !== null && typeof cell === 'object' && 'duration' in cell ? [cell.duration] : [],
    );
    return lengths.length === 0 ? 0 : Math.min(...lengths.map((one) => leastMinutes(ir, one)));
  }
  if (length.op === 'data') {
    const first = ir.data[length.name]?.initial;
    if (first !== null && typeof first === 'object' && 'duration' in first) return leastMinutes(ir, first.duration);
  }
  const { min } = boundsOf(ir, length);
  return Number.isFinite(min) ? Math.max(0, min) : 0;
}
