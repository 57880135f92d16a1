/**
 * One step in the making: the facts so far, what the timeline will say, and what the world must do.
 *
 * Every function takes a moment and returns the next one; none changes what it was given. The
 * moment is the context of the XState machine while a step runs. Ids of effects are derived from
 * the enrollment, the number of the input's row and a counter, so repeating a step repeats its ids.
 * Whose place stands in the facts (the program's, a track's, an item's) is `focus.ts`'s business.
 */
import { handlerOf, isAlreadyThere } from '../compiler/emit.ts';
import type { Flow, Ir, Length, Recipient, Rule, Value } from '../compiler/ir.ts';
import { completeFacts } from './complete-facts.ts';
import { evaluate } from './evaluate.ts';
import { addLength } from './evaluate-time.ts';
import type { Env } from './evaluate-types.ts';
import type { Facts, Item, Thread, ThreadId } from './facts.ts';
import type { Effect } from './inputs.ts';
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

export { handlerOf };

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
  const env: Env = { ir, facts, now };
  const item = itemAtHand(moment);
  if (aside) env.home = aside.home.visit;
  if (item) env.item = item;
  return occasion ? Object.assign(env, occasion) : env;
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

export const note = (moment: Moment, entry: LogEntry): Moment => ({
  ...moment,
  log: [...moment.log, moment.thread.kind === 'main' ? entry : { thread: moment.thread, ...entry }],
});

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

/** Whether the program is over for this person, whichever thread is at hand. */
export const isOver = (moment: Moment): boolean => (moment.aside?.home ?? moment.facts).finished !== null;

/** Whether an operator has let the program stand still for this person. */
export const isPaused = (moment: Moment): boolean => moment.facts.paused !== undefined && !isOver(moment);

// ---------------------------------------------------------------- rules

/** What the rules of one stage come to. */
export type StageRules = {
  /** The rules a person is under: those of `anytime`, then those of the stage. */
  inForce: readonly Rule[];
  /** Those of them that can do something: `anytime` does not interrupt a stage with itself. */
  toTake: readonly Rule[];
  /** Of those to take: the ones that a condition sets off; and those that are commands. */
  conditional: readonly Rule[];
  commands: readonly Rule[];
  /** Of those to take: checks and `at` rules, each handler once, whatever ways lead through it. */
  timed: readonly Rule[];
  /** Of those in force: the ones whose condition or moment time may change, and `at` rules alone. */
  watched: readonly Rule[];
  reached: readonly Rule[];
};

/** Programs never change, so it is found out once. */
const rulesFound = new WeakMap<Flow, Map<string, StageRules>>();

export function rulesAt(flow: Flow, stage: string): StageRules {
  let byStage = rulesFound.get(flow);
  if (!byStage) {
    byStage = new Map();
    rulesFound.set(flow, byStage);
  }
  let rules = byStage.get(stage);
  if (!rules) {
    rules = findRules(flow, stage);
    byStage.set(stage, rules);
  }
  return rules;
}

function findRules(flow: Flow, stage: string): StageRules {
  const declared = flow.stages[stage];
  const own = declared?.rules ?? [];
  const inForce = [...flow.anytime, ...own];
  const anytime = declared ? flow.anytime.filter((rule) => !isAlreadyThere(rule, declared)) : flow.anytime;
  const toTake = [...anytime, ...own];
  const isOf = (rule: Rule, ...kinds: Rule['trigger']['kind'][]) => kinds.includes(rule.trigger.kind);
  const handlers = new Set<string>();
  const isFirstWay = ({ id }: Rule): boolean => {
    const handler = handlerOf(id);
    return !handlers.has(handler) && handlers.add(handler) !== undefined;
  };
  return {
    inForce,
    toTake,
    conditional: toTake.filter((rule) => isOf(rule, 'holds', 'becomes')),
    commands: toTake.filter((rule) => isOf(rule, 'command')),
    timed: toTake.filter(isFirstWay).filter((rule) => isOf(rule, 'cadence', 'reached')),
    watched: inForce.filter((rule) => isOf(rule, 'holds', 'becomes', 'reached')),
    reached: inForce.filter((rule) => isOf(rule, 'reached')),
  };
}

/** The rules a person is under in a flow: those of `anytime`, then those of the stage. */
export const rulesInForce = (flow: Flow, stage: string): readonly Rule[] => rulesAt(flow, stage).inForce;

/** Those of them that can do something: `anytime` does not interrupt a stage with itself. */
export const rulesToTake = (flow: Flow, stage: string): readonly Rule[] => rulesAt(flow, stage).toTake;

/** Whether something of this id (`diary.anytime/ask-1`) stands in an `anytime`, and so outlives visits. */
export function isAnytime(id: string): boolean {
  const owner = id.slice(0, Math.max(0, id.indexOf('/')));
  return owner === 'anytime' || owner.endsWith('.anytime');
}

/** When a handler was last done: in this visit, or for one of `anytime` ever. */
export function lastDone(moment: Moment, handler: string): number | undefined {
  const { facts } = moment;
  return isAnytime(handler) ? facts.done[handler] : facts.visit.done[handler];
}

/** A rule with `once` has had its turn. */
export const isSpent = (moment: Moment, { id, trigger }: Rule): boolean =>
  trigger.kind === 'becomes' && trigger.once === true && lastDone(moment, handlerOf(id)) !== undefined;

export function markDone(moment: Moment, handler: string): Moment {
  const { facts, now } = moment;
  if (isAnytime(handler)) return withFacts(moment, { done: { ...facts.done, [handler]: now } });
  return withFacts(moment, { visit: { ...facts.visit, done: { ...facts.visit.done, [handler]: now } } });
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

/** Whether a record has nothing in it; asked often, so without a list of its keys. */
export function isEmpty(things: object): boolean {
  for (const _ in things) return false;
  return true;
}

/** Whether two values are the same as they are stored. */
export const sameValue = (left: Value, right: Value): boolean => JSON.stringify(left) === JSON.stringify(right);
