/**
 * One step in the making: the facts so far, what the timeline will say, and what the world must do.
 *
 * Every function takes a moment and returns the next one; none changes what it was given. Where XState
 * itself runs a machine, the moment is its context. Ids of effects are derived from
 * the enrollment, the number of the input's row and a counter, so repeating a step repeats its ids.
 * Whose place stands in the facts (the program's, a track's, an item's) is `focus.ts`'s business.
 */
import type { Flow, Ir, Length, Recipient, Value } from '../compiler/ir.ts';
import { completeFacts } from './complete-facts.ts';
import { addLength, type Env, evaluate } from './evaluate.ts';
import type { Facts, Item, Thread, ThreadId } from './facts.ts';
import type { Effect } from './inputs.ts';
import { isAnytime, type ReadyRule } from './rules.ts';
import type { TimelineEntry } from './timeline.ts';

/** A row in the making; absent thread: the program's main flow. */
export type LogEntry = TimelineEntry & { thread?: ThreadId };

export type Moment = {
  ir: Ir;
  /** The flow at hand: the program's own, a track's or a list's. */
  flow: Flow;
  thread: ThreadId;
  /** While a track's or an item's place stands in the facts: the program's own, and the facts as they were. */
  aside: { home: Thread; was: { home: Thread; facts: Facts; focused: Facts } } | null;
  /** The item at hand: of the thread, or of an `each`. */
  item: { list: string; item: string } | null;
  /** What a handler looks at: the entry that was recorded, what followed the command. */
  occasion: Occasion | null;
  /** What an effect without words of its own is about: `No answer to “…”`. */
  about: string;
  enrollment: string;
  /** `seq` of the input's row. */
  seq: number;
  now: number;
  /** The person has just spoken: what is said now is an answer and is not held back by quiet hours. */
  answering: boolean;
  facts: Facts;
  log: LogEntry[];
  effects: Effect[];
  /** Ids made so far. */
  made: number;
  /** Machine events still to be sent: commands and recorded entries, with the rules that answer to them. */
  events: MachineEvent[];
  /** What is said comes from a rule of a stage that time or a condition set off. */
  prompting: boolean;
  /** `at` rules whose moment had been reached when the step began: one moved into the past is passed over. */
  reached: Record<string, true>;
};

export type Occasion = Pick<Env, 'entry' | 'argument'>;

/** For one thread. `answers` holds the rules whose condition held when the event came. */
export type MachineEvent = { type: string; thread: ThreadId; answers: Record<string, true>; occasion?: Occasion };

export const mainThread: ThreadId = { kind: 'main' };

/** A moment before anything has happened in it. The facts are empty where nobody is enrolled yet. */
export function momentOf(
  ir: Ir,
  facts: Facts,
  now: number,
  of: { enrollment: string; seq?: number; answering?: boolean },
): Moment {
  return {
    ir,
    flow: ir,
    thread: mainThread,
    aside: null,
    item: null,
    occasion: null,
    about: '',
    enrollment: of.enrollment,
    seq: of.seq ?? 0,
    now,
    answering: of.answering ?? false,
    prompting: false,
    facts: 'enrolledAt' in facts ? completeFacts(facts) : facts,
    log: [],
    effects: [],
    made: 0,
    events: [],
    reached: {},
  };
}

export function envOf(moment: Moment): Env {
  const { ir, facts, now, aside, occasion } = moment;
  const entry = occasion?.entry;
  const item = itemAtHand(moment);
  const argument = occasion?.argument;
  const home = aside?.home.visit;
  return { ir, facts, now, entry, item, around: undefined, argument, home, depth: undefined };
}

export function itemAtHand({ item, facts }: Moment): Item | undefined {
  return item === null ? undefined : findItem(facts, item.list, item.item);
}

/** Facts never change, so what was once looked up in a list of items stays true of it. */
const itemsById = new WeakMap<readonly Item[], Map<string, Item>>();

export function findItem(facts: Facts, list: string, id: string): Item | undefined {
  const items = facts.lists[list];
  if (!items) return undefined;
  let byId = itemsById.get(items);
  if (!byId) {
    byId = new Map(items.map((item) => [item.id, item]));
    itemsById.set(items, byId);
  }
  return byId.get(id);
}

/** `entry` is made for this, and belongs to the moment from then on. */
export function note(moment: Moment, entry: LogEntry): Moment {
  const log = moment.log.slice();
  log.push(moment.thread.kind === 'main' ? entry : { thread: moment.thread, ...entry });
  return { ...moment, log };
}

/** Something that could not be taken as it was; nothing changes by it. */
export const refuse = (moment: Moment, what: string, why: string): Moment =>
  note(moment, { kind: 'refused', what, why });

const placeKeys = ['visit', 'interrupted', 'holding', 'done', 'review', 'finished'] as const;

/** The place that stands in the facts. */
export function placeIn(facts: Facts, since: number): Thread {
  const { visit, interrupted, holding, done, review, finished } = facts;
  return { since, visit, interrupted, holding, done, review, finished };
}

/** The facts with some of them changed. A thread at hand is kept the same where it is stored. */
export function withFacts(moment: Moment, change: Partial<Facts>): Moment {
  const facts = { ...moment.facts, ...change };
  const { thread } = moment;
  if (thread.kind === 'main' || !placeKeys.some((key) => key in change)) return { ...moment, facts };
  if (thread.kind === 'track') {
    const since = facts.tracks[thread.track]?.since ?? moment.now;
    return { ...moment, facts: { ...facts, tracks: { ...facts.tracks, [thread.track]: placeIn(facts, since) } } };
  }
  const items = facts.lists[thread.list]?.map((item) =>
    item.id === thread.item ? { ...item, thread: placeIn(facts, item.addedAt) } : item,
  );
  return { ...moment, facts: { ...facts, lists: { ...facts.lists, [thread.list]: items ?? [] } } };
}

/** Something has happened that the next review of every thread should look at. */
export function somethingHappened(moment: Moment): Moment {
  const { facts, aside } = moment;
  const isSeen = (place: { review: Thread['review'] }): boolean => place.review.changed;
  const see = <T extends { review: Thread['review'] }>(place: T): T =>
    isSeen(place) ? place : { ...place, review: { ...place.review, changed: true } };
  const areSeen = (items: Item[]): boolean => items.every((item) => isSeen(item.thread));
  const seeAll = (items: Item[]): Item[] =>
    areSeen(items) ? items : items.map((item) => ({ ...item, thread: see(item.thread) }));
  let next = aside && !isSeen(aside.home) ? { ...moment, aside: { ...aside, home: see(aside.home) } } : moment;
  if (!Object.values(facts.tracks).every(isSeen)) next = withFacts(next, { tracks: each(facts.tracks, see) });
  if (!Object.values(facts.lists).every(areSeen)) next = withFacts(next, { lists: each(facts.lists, seeAll) });
  return isSeen(facts) ? next : withFacts(next, { review: { ...facts.review, changed: true } });
}

const each = <T>(things: Record<string, T>, mark: (thing: T) => T): Record<string, T> =>
  Object.fromEntries(Object.entries(things).map(([name, thing]) => [name, mark(thing)]));

export function newId(moment: Moment): [string, Moment] {
  return [`${moment.enrollment}:${moment.seq}:${moment.made}`, { ...moment, made: moment.made + 1 }];
}

export const withEffect = (moment: Moment, effect: Effect): Moment => ({
  ...moment,
  effects: [...moment.effects, effect],
});

/** Asks something of the world, and the timeline says so. */
export function announce(moment: Moment, effect: Effect, entry: LogEntry): Moment {
  const noted = note(moment, entry);
  noted.effects = [...moment.effects, effect];
  return noted;
}

/** Whether the program is over for this person, whichever thread is at hand. */
export const isOver = (moment: Moment): boolean => (moment.aside?.home ?? moment.facts).finished !== null;

/** Whether an operator has let the program stand still for this person. */
export const isPaused = (moment: Moment): boolean => moment.facts.paused !== undefined && !isOver(moment);

// ---------------------------------------------------------------- rules

/** When a handler was last done: in this visit, or for one of `anytime` ever. */
export function lastDone(moment: Moment, handler: string): number | undefined {
  const { facts } = moment;
  return isAnytime(handler) ? facts.done[handler] : facts.visit.done[handler];
}

/** A rule with `once` has had its turn. */
export const isSpent = (moment: Moment, { once, handler }: ReadyRule): boolean =>
  once && lastDone(moment, handler) !== undefined;

export function markDone(moment: Moment, handler: string): Moment {
  const { facts, now } = moment;
  if (isAnytime(handler)) return withFacts(moment, { done: put(facts.done, handler, now) });
  return withFacts(moment, { visit: { ...facts.visit, done: put(facts.visit.done, handler, now) } });
}

// ---------------------------------------------------------------- values

/** The moment a length after another one, `times` over; NaN where the length is missing or ends beyond the calendar. */
export function after(moment: Moment, at: number, length: Length, times = 1): number {
  return addLength(at, length, envOf(moment), times);
}

/** The role a recipient names; null where it is missing. */
export function recipientOf(moment: Moment, to: Recipient): string | null {
  if (typeof to === 'string') return to;
  const { value } = evaluate(to, envOf(moment));
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A record with one thing in it more, or another one. Done often, and this way without looking up how. */
export function put<T>(record: Readonly<Record<string, T>>, name: string, thing: T): Record<string, T> {
  const next = { ...record };
  next[name] = thing;
  return next;
}

/** Whether a record has nothing in it; asked often, so without a list of its keys. */
export function isEmpty(things: object): boolean {
  for (const _ in things) return false;
  return true;
}

/** Whether two values are the same as they are stored. */
export const sameValue = (left: Value, right: Value): boolean =>
  left === right || (isCompound(left) && isCompound(right) && JSON.stringify(left) === JSON.stringify(right));

const isCompound = (value: Value): boolean => typeof value === 'object' && value !== null;
