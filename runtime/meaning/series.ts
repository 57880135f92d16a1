/**
 * Counting, summing up and looking back: selections from series and lists.
 *
 * `until` is when time alone may give another result: an entry leaves a window, a day begins. Days are
 * those of where the person was when an entry was recorded (`Entry.day`).
 */
import type { AggregateName, Duration, Selection, Value } from '../../compiler/ir.ts';
import { addDuration, dateOf, dateOfDay, dayAt, dayNumber, nextMidnight, periodOf, startOfDay } from '../calendar.ts';
import type { Entry, Item, Visit } from '../facts.ts';
import { arithmetic, arrival, order, same, tidy } from './arithmetic.ts';
import { type Env, type Evaluated, fixed, type Meaning, never } from './env.ts';
import { type Condition, conditionOf, holdsHere } from './logic.ts';
import { anchorOf, isHappening, type ResolvedLength, resolveLength } from './time.ts';

/** What is selected from: an entry of a series, or an item of a list as an entry. */
type Selected = Pick<Entry, 'fields' | 'at' | 'day'> & { visit?: number; item?: Item };

/** Adding a calendar length keeps the order of moments but for this much (a month has 28 to 31 days, nights change). */
const outOfOrderMs = 5 * 24 * 60 * 60_000;
const minuteMs = 60_000;
const quarterMs = 15 * minuteMs;

export function aggregate(by: AggregateName, selection: Selection): Meaning {
  const where = conditionOf(selection.where);
  const ofThose = conditionOf(selection.ofThose);
  const { field } = selection;
  return (env) => {
    const selected = select(selection, where, env);
    // A streak ends at the first that does not fit, and what lies before that is not looked at.
    if (by === 'streak') return streak(selected, ofThose, env);
    const fitting = ofThose === undefined ? selected : thoseThatFit(selected, ofThose, env);
    const { entries, until } = fitting;
    switch (by) {
      case 'count':
        return { value: entries.length, until };
      case 'latest':
      case 'first': {
        const entry = by === 'latest' ? entries.at(-1) : entries[0];
        if (!entry) return { value: null, until };
        return { value: field === undefined ? asValue(entry) : (entry.fields[field] ?? null), until };
      }
      case 'days':
        return { value: new Set(entries.map((entry) => entry.day)).size, until };
      case 'gap': {
        const found = gap(entries, selection, selected.from(), env);
        return { value: found.value, until: Math.min(until, found.until) };
      }
      default: {
        // The mean of the last three is missing until there are three.
        const isShort = selection.last !== undefined && valuesOf(selected.entries, field).length < selection.last;
        return { value: summary(by, valuesOf(entries, field), isShort, env), until };
      }
    }
  };
}

function streak({ entries, until: selectedUntil }: Selecting, ofThose: Condition | undefined, env: Env): Evaluated {
  let until = selectedUntil;
  let length = 0;
  const inside = envInside(env);
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry === undefined) break;
    if (ofThose !== undefined) {
      const condition = holdsHere(ofThose, of(entry, inside));
      until = Math.min(until, condition.until);
      if (!condition.holds) break;
    }
    length += 1;
  }
  return { value: length, until };
}

function thoseThatFit(
  { entries, until: selectedUntil }: Pick<Selecting, 'entries' | 'until'>,
  condition: Condition,
  env: Env,
): Pick<Selecting, 'entries' | 'until'> {
  let until = selectedUntil;
  const fitting: Selected[] = [];
  const inside = envInside(env);
  for (const entry of entries) {
    const held = holdsHere(condition, of(entry, inside));
    if (held.until < until) until = held.until;
    if (held.holds) fitting.push(entry);
  }
  return { entries: fitting, until };
}

const valuesOf = (entries: readonly Selected[], field = 'value'): Value[] =>
  entries.map((entry) => entry.fields[field] ?? null).filter((value) => value !== null);

function summary(by: 'sum' | 'mean' | 'min' | 'max', values: Value[], isShort: boolean, env: Env): Value {
  if (by === 'sum' && values.length === 0) return 0;
  const [first = null, ...rest] = values;
  if (first === null || (isShort && by !== 'sum')) return null;
  if (by === 'min' || by === 'max') {
    return rest.reduce((best, value) => {
      const found = order(fixed(value), fixed(best), env).order;
      return found === (by === 'min' ? -1 : 1) ? value : best;
    }, first);
  }
  if (values.every((value) => typeof value === 'number')) {
    const sum = values.reduce((all, value) => all + value, 0);
    return tidy(by === 'sum' ? sum : sum / values.length);
  }
  const sum = rest.reduce((all, value) => arithmetic('+', fixed(all), fixed(value), env).value, first);
  return by === 'sum' ? sum : arithmetic('/', fixed(sum), fixed(values.length), env).value;
}

/** An entry as a value: its fields, and when it was. */
export const asValue = ({ fields, at, day }: Pick<Entry, 'fields' | 'at'> & { day?: string }): Value => ({
  entry: fields,
  at,
  ...(day === undefined ? {} : { day }),
});

/** Where conditions about entries are looked at: for all of them one place, with one after the other in it (`of`). */
function envInside({ ir, facts, now, item, around, argument, home, depth }: Env): Env & { outside: Item | undefined } {
  const outside = itemOfFlow({ item, around });
  return { ir, facts, now, entry: undefined, item, around, argument, home, depth, outside };
}

function of(entry: Selected, inside: Env & { outside: Item | undefined }): Env {
  inside.entry = entry;
  if (entry.item !== undefined) {
    inside.item = entry.item;
    inside.around = inside.outside ?? null;
  }
  return inside;
}

/** The item that is at hand outside any `where`. */
export const itemOfFlow = ({ item, around }: Pick<Env, 'item' | 'around'>): Item | undefined =>
  around === undefined ? item : (around ?? undefined);

/** The items of a list as entries, each with the name of its stage. */
function itemsOf(list: string, { facts }: Env): Selected[] {
  return (facts.lists[list] ?? []).map((item) => ({
    fields: { ...item.fields, stage: stageOfItem(item) },
    at: item.addedAt,
    day: dateOf(item.addedAt, facts.zone),
    item,
  }));
}

/** The name of the stage an item is in, or was in last; missing where its list has none. */
export const stageOfItem = (item: Item): Value => item.thread.visit.stage || null;

type Selecting = {
  entries: Selected[];
  until: number;
  /** The first day that lies wholly in the window: seldom asked for. */
  from: () => FirstDay;
};

type FirstDay = { day: string; until: number };

function select(selection: Selection, where: Condition | undefined, env: Env): Selecting {
  const all: Selected[] = selection.list ? itemsOf(selection.series, env) : (env.facts.series[selection.series] ?? []);
  const inside = inWindow(all, selection, env);
  let { entries, until } = inside;
  if (where !== undefined) ({ entries, until } = thoseThatFit(inside, where, env));
  if (selection.last !== undefined) entries = selection.last > 0 ? entries.slice(-selection.last) : [];
  return { entries, until, from: inside.from };
}

function inWindow(all: Selected[], { window }: Selection, env: Env): Selecting {
  const { facts, now } = env;
  switch (window?.kind) {
    case undefined:
      return { entries: all, until: never, from: () => ({ day: firstWholeDay(facts.enrolledAt, env), until: never }) };
    case 'visit':
      return {
        entries: ofVisit(all, facts.visit),
        until: never,
        from: () => ({ day: firstWholeDay(facts.visit.since, env), until: never }),
      };
    case 'calendar': {
      const { first, after } = periodOf(dateOf(now, facts.zone), window.period);
      const end = startOfDay(after, facts.zone);
      return {
        entries: all.filter((entry) => entry.day >= first && entry.day < after),
        // An empty period stays empty by time alone, unless an entry lies ahead.
        until: all.some((entry) => entry.day >= first) ? end : never,
        from: () => ({ day: first, until: end }),
      };
    }
    case 'last':
      return lastWindow(all, resolveLength(window.duration, env), env);
    case 'since': {
      const anchor = anchorOf(window.anchor, env);
      const { at } = anchor;
      if (at === null)
        return {
          entries: [],
          until: anchor.until,
          from: () => ({ day: dateOf(now, facts.zone), until: anchor.until }),
        };
      const isAfter = isHappening(window.anchor, anchor, env);
      const entries =
        window.anchor.kind === 'entered'
          ? ofVisit(all, facts.visit)
          : newest(all, at).filter((entry) => !isAfter || entry.at > at);
      let { until } = anchor;
      let fromUntil = until;
      if (anchor.rate !== undefined) {
        for (const entry of all)
          until = Math.min(until, entry.at === at ? now + 1 : arrival(entry.at - at, anchor.rate, env));
        const midnight =
          anchor.rate > 0 ? nextMidnight(at, facts.zone) : startOfDay(dateOf(at, facts.zone), facts.zone);
        fromUntil = Math.min(fromUntil, midnight === at ? now + 1 : arrival(midnight - at, anchor.rate, env));
      }
      return { entries, until, from: () => ({ day: firstWholeDay(at, env), until: fromUntil }) };
    }
  }
}

/** The entries that are not yet so long ago. A missing length is never over: they all count. */
function lastWindow(all: Selected[], length: ResolvedLength, env: Env): Selecting {
  const { facts, now } = env;
  const { duration, calendar } = length;
  let { until } = length;
  const fromTheFirst = (): FirstDay => ({ day: firstWholeDay(facts.enrolledAt, env), until });
  if (duration === null) return { entries: all, until, from: fromTheFirst };
  const kept: Selected[] = [];
  for (let index = all.length - 1; index >= 0; index -= 1) {
    const entry = all[index];
    if (entry === undefined) continue;
    const leaves = addDuration(entry.at, duration, facts.zone, 1, calendar);
    // Those before it have left as well.
    if (leaves < now - outOfOrderMs && length.rate === undefined) break;
    if (length.rate !== undefined) {
      // The length moves: the end of its window comes nearer by so much only.
      const pace = 1 - length.rate * minuteMs;
      until = Math.min(until, leaves === now ? now + 1 : arrival(leaves - now, pace, env));
    }
    if (leaves <= now) continue;
    kept.push(entry);
    if (length.rate === undefined && !Number.isNaN(leaves)) until = Math.min(until, leaves);
  }
  const from = (): FirstDay => {
    const start = addDuration(now, duration, facts.zone, -1, calendar);
    if (Number.isNaN(start)) return fromTheFirst();
    // The window leaves its first moment out, so its first day is never whole; it moves on when that moment passes
    // midnight.
    return {
      day: dateOfDay(dayAt(start, facts.zone) + 1),
      until: windowDayTurns(start, duration, length, env),
    };
  };
  return { entries: kept.reverse(), until, from };
}

/** When the first whole day of a window that moves with the clock may become another one. */
function windowDayTurns(start: number, length: Duration, { rate, until }: ResolvedLength, env: Env): number {
  const { zone } = env.facts;
  if (rate !== undefined) return Math.min(until, env.now + minuteMs);
  // Whole days before midnight is another midnight; anything else comes round at some quarter of an hour.
  if (length.unit !== 'minutes' && length.unit !== 'hours')
    return Number.isInteger(length.amount) ? nextMidnight(env.now, zone) : env.now - (env.now % quarterMs) + quarterMs;
  return Math.min(until, nextMidnight(env.now, zone), env.now + nextMidnight(start, zone) - start);
}

/** The first day of which a window from `at` on holds every moment. */
function firstWholeDay(at: number, { facts }: Env): string {
  const date = dateOf(at, facts.zone);
  return startOfDay(date, facts.zone) === at ? date : dateOfDay(dayNumber(date) + 1);
}

function ofVisit(all: Selected[], visit: Visit): Selected[] {
  const from = newest(all, visit.since);
  // Only those of the very moment in which it began may belong to the visit before.
  return from.length === 0 || (from[0]?.at ?? 0) > visit.since ? from : from.filter((entry) => isOfVisit(entry, visit));
}

/** The entries from a moment on: they lie in the order they occurred, and the newest are few. */
function newest(all: Selected[], from: number): Selected[] {
  let first = all.length;
  while (first > 0 && (all[first - 1]?.at ?? Number.NEGATIVE_INFINITY) >= from) first -= 1;
  return first === 0 ? all : first === all.length ? [] : all.slice(first);
}

/**
 * The entry that opened a visit belongs to the visit before; one recorded in the visit's first moment belongs to it.
 */
function isOfVisit(entry: Selected, visit: Visit): boolean {
  return (
    entry.at > visit.since || (entry.at === visit.since && (entry.visit === undefined || entry.visit >= visit.number))
  );
}

/**
 * The longest run of whole days without an entry, up to yesterday. Time alone makes it longer at the
 * midnight at which a run that still goes on has become the longest.
 */
function gap(entries: Selected[], selection: Selection, from: FirstDay, env: Env): Evaluated {
  const { zone } = env.facts;
  const today = dayNumber(dateOf(env.now, zone));
  const first = dayNumber(from.day);
  const days = [...new Set(entries.map((entry) => dayNumber(entry.day)))]
    .filter((day) => day >= first)
    .sort((a, b) => a - b);
  let longest = 0;
  let begins = first;
  for (const day of days) {
    longest = Math.max(longest, Math.min(day, today) - begins);
    begins = day + 1;
  }
  longest = Math.max(longest, today - begins);
  let turns = never;
  begins = first;
  for (const end of [...days, never]) {
    const day = begins + longest + 1;
    if (day <= end) turns = Math.min(turns, Math.max(day, today + 1));
    begins = end + 1;
  }
  const until = Number.isFinite(turns) ? startOfDay(dateOfDay(turns), zone) : turns;
  const moves =
    selection.window?.kind === 'last' || selection.window?.kind === 'calendar' || selection.window?.kind === 'since';
  return { value: longest, until: moves ? Math.min(until, from.until) : until };
}

/** The item of a list with that key, as an entry; in a list without one, that of this number. */
export function itemOf(list: string, key: Evaluated, env: Env): Value {
  const found = selectedItem(list, key, env);
  return found === undefined ? null : asValue(found);
}

/** The item itself. */
export const itemNamed = (list: string, key: Evaluated, env: Env): Item | undefined =>
  selectedItem(list, key, env)?.item;

function selectedItem(list: string, key: Evaluated, env: Env): Selected | undefined {
  const named = env.ir.lists[list]?.key;
  return itemsOf(list, env).find(({ item, fields }) =>
    named === undefined ? item?.id === String(key.value) : same(fields[named] ?? null, key.value),
  );
}
