/**
 * The rules of the language once more, as plainly as they can be written: no machine, no rows.
 *
 * Knows which rules are taken, where the person, the tracks and the items are, and what the facts
 * are. It shares the meaning of expressions and of written values with the runtime (`evaluate`,
 * `conform`) and nothing else. Questions, proposals, agents and what time owes besides conditions
 * (checks, `at`, reviews, nudges) are not its business; programs given to it must do without them.
 */
import type { DataField, Effect, Expr, Flow, Ir, Rule, Value } from '../../compiler/ir.ts';
import { commandWord } from '../../compiler/normalize-command.ts';
import { dateOf } from '../../runtime/calendar.ts';
import { conform } from '../../runtime/conform.ts';
import type { Env } from '../../runtime/evaluate.ts';
import { evaluate, holds } from '../../runtime/evaluate.ts';
import type { Entry, Facts, Item, Thread, ThreadId, Visit } from '../../runtime/facts.ts';

const takenMax = 100;
const eventsMax = 200;
const passesMax = 100;
const interruptionsMax = 10;

/** `tracks`: where each is; `items`: of all lists, in order, with their fields. */
export type Reference = {
  stage: string;
  data: Record<string, Value>;
  series: Record<string, Entry[]>;
  visit: number;
  aside: string[];
  finished: string | null;
  tracks: Record<string, { stage: string; visit: number; finished: boolean }>;
  items: { list: string; id: string; fields: Record<string, Value>; stage: string; finished: boolean }[];
};
export type Happened =
  | { kind: 'enrolls' }
  | { kind: 'says'; text: string }
  | { kind: 'records'; series: string; fields: Record<string, Value>; at: number; byPerson: boolean }
  | { kind: 'sets'; field: string; value: Value; item?: { list: string; item: string } }
  | { kind: 'zone'; zone: string }
  | { kind: 'time' };

type Occasion = Pick<Env, 'entry' | 'argument'>;
type Event = { thread: ThreadId; rules: string[]; occasion: Occasion };
const main: ThreadId = { kind: 'main' };

/** People live by `ir` from `start` on. Each call tells what happens and gives the rules taken, in order. */
export function reference(ir: Ir, zone: string, start: number) {
  let now = start;
  const newVisit = (stage: string, number: number): Visit => ({
    stage,
    number,
    since: now,
    arrivedAt: now,
    pauses: [],
    nudges: {},
    done: {},
  });
  const waiting = (flow: Flow): Thread => ({
    since: now,
    visit: newVisit(flow.initial, 0),
    interrupted: [],
    holding: {},
    done: {},
    review: { lastAt: null, changed: true },
    finished: null,
  });
  const home: Thread = waiting(ir);
  const facts = {
    enrolledAt: now,
    zone: ir.zone.theirs ? zone : ir.zone.fallback,
    data: Object.fromEntries(Object.values(ir.data).map((field) => [field.name, field.initial])),
    changedAt: {} as Record<string, number>,
    series: Object.fromEntries(Object.keys(ir.series).map((name) => [name, [] as Entry[]])),
    heardAt: now,
    judgements: {},
    tracks: {} as Record<string, Thread>,
    lists: Object.fromEntries(Object.keys(ir.lists).map((name) => [name, [] as Item[]])),
    visits: 0,
  };
  let events: Event[] = [];
  let taken: string[] = [];
  let changes = 0;

  // ------------------------------------------------------------ who is where

  const itemOf = (of: { list: string; item: string } | undefined): Item | undefined =>
    of && facts.lists[of.list]?.find((item) => item.id === of.item);

  function flowOf(thread: ThreadId): Flow {
    if (thread.kind === 'main') return ir;
    return (thread.kind === 'track' ? ir.tracks[thread.track] : ir.lists[thread.list]) as Flow;
  }

  function placeOf(thread: ThreadId): Thread | undefined {
    if (thread.kind === 'main') return home;
    return thread.kind === 'track' ? facts.tracks[thread.track] : itemOf(thread)?.thread;
  }

  /** The program's own flow, tracks in the order of the text, items in the order they came. */
  function threads(): ThreadId[] {
    const tracks = Object.keys(ir.tracks).filter((track) => facts.tracks[track]);
    const items = Object.values(ir.lists)
      .filter((list) => list.stageOrder.length > 0)
      .flatMap((list) => (facts.lists[list.name] ?? []).map((item) => ({ list: list.name, item: item.id })));
    return [
      main,
      ...tracks.map((track): ThreadId => ({ kind: 'track', track })),
      ...items.map((item): ThreadId => ({ kind: 'item', ...item })),
    ];
  }

  const going = (): ThreadId[] => (home.finished ? [] : threads().filter((thread) => !placeOf(thread)?.finished));

  /** Copies, so that whatever is remembered about them outlives no change. */
  function env(thread: ThreadId, item?: { list: string; item: string }, occasion: Occasion = {}): Env {
    const at = thread.kind === 'item' ? (item ?? thread) : item;
    const series = Object.fromEntries(Object.entries(facts.series).map(([name, entries]) => [name, [...entries]]));
    const lists = Object.fromEntries(
      Object.entries(facts.lists).map(([name, items]) => [name, items.map((one) => ({ ...one }))]),
    );
    const there = { ...facts, series, lists, ...(placeOf(thread) ?? home) } as unknown as Facts;
    const found = at && lists[at.list]?.find((one) => one.id === at.item);
    return {
      ir,
      facts: there,
      now,
      ...(thread.kind === 'main' ? {} : { home: home.visit }),
      ...(found ? { item: found } : {}),
      ...occasion,
    };
  }

  const isTrue = (condition: Expr | undefined, at: Env): boolean => holds(condition, at).holds;

  /** `anytime` first, then the stage's own; an interruption does not interrupt itself. */
  function rulesOf(thread: ThreadId): Rule[] {
    const flow = flowOf(thread);
    const stage = placeOf(thread)?.visit.stage ?? '';
    const anytime = flow.anytime.filter((rule) => !(rule.move?.direction === 'interrupt' && rule.move.to === stage));
    return [...anytime, ...(flow.stages[stage]?.rules ?? [])];
  }

  function possible(thread: ThreadId, rule: Rule): boolean {
    const aside = placeOf(thread)?.interrupted.length ?? 0;
    if (rule.move?.direction === 'resume') return aside > 0;
    return rule.move?.direction !== 'interrupt' || aside < interruptionsMax;
  }

  const isAnytime = (rule: Rule) => /^(anytime|.*\.anytime)\//.test(rule.id);
  const handlerOf = (rule: Rule) => rule.id.replace(/(\.else|\.\d+)$/, '');
  const doneIn = (thread: ThreadId, rule: Rule): Record<string, number> => {
    const place = placeOf(thread) as Thread;
    return isAnytime(rule) ? place.done : place.visit.done;
  };

  // ------------------------------------------------------------ changing facts

  function fits(field: DataField, value: Value): boolean {
    if (value === null) return field.optional;
    const { type } = field;
    if (type.kind !== 'number') return true;
    return typeof value === 'number' && value >= (type.min ?? value) && value <= (type.max ?? value);
  }

  function set(field: string, value: Value, of: { list: string; item: string } | undefined): void {
    const item = itemOf(of);
    const list = of && ir.lists[of.list];
    const declared = item && list ? list.fields[field] : ir.data[field];
    const values = item ? item.fields : facts.data;
    const changedAt = item ? item.changedAt : facts.changedAt;
    if (!declared || !fits(declared, value) || JSON.stringify(values[field]) === JSON.stringify(value)) return;
    if (item && field === list?.key) return;
    values[field] = value;
    changedAt[field] = now;
    changes++;
  }

  function record(series: string, fields: Record<string, Value>, at: number): void {
    const entry: Entry = {
      id: '',
      at,
      day: dateOf(at, facts.zone),
      recordedAt: now,
      visit: facts.visits,
      fields,
    };
    for (const thread of going()) {
      const rules = rulesOf(thread).filter(
        ({ trigger, condition }) =>
          trigger.kind === 'recorded' &&
          trigger.series === series &&
          isTrue(condition, env(thread, undefined, { entry })),
      );
      if (thread.kind === 'main' || rules.length > 0)
        events.push({ thread, rules: rules.map((rule) => rule.id), occasion: { entry } });
    }
    const entries = facts.series[series] ?? [];
    const later = entries.findIndex((one) => one.at > at);
    entries.splice(later < 0 ? entries.length : later, 0, entry);
    changes++;
  }

  function add(name: string, given: Record<string, Expr>, at: Env): void {
    const list = ir.lists[name];
    const items = facts.lists[name];
    if (!list || !items) return;
    const fields: Record<string, Value> = {};
    for (const field of Object.values(list.fields)) {
      const expr = given[field.name];
      fields[field.name] = (expr && evaluate(expr, at).value) ?? field.initial;
      if (!fits(field, fields[field.name] ?? null)) return;
    }
    const key = list.key === undefined ? String(items.length + 1) : String(fields[list.key]);
    if (items.some((item) => item.id.toLowerCase() === key.toLowerCase())) return;
    items.push({ id: key, addedAt: now, fields, changedAt: {}, thread: waiting(list) });
    changes++;
  }

  function perform(
    effects: Effect[],
    thread: ThreadId,
    item: { list: string; item: string } | undefined,
    occasion: Occasion,
  ): void {
    for (const effect of effects) {
      const at = env(thread, item, occasion);
      const value = (expr: Expr) => evaluate(expr, at).value;
      if (effect.kind === 'set') set(effect.field, value(effect.value), effect.item ? item : undefined);
      if (effect.kind === 'add') add(effect.list, effect.fields, at);
      if (effect.kind === 'record') {
        const names = Object.keys(ir.series[effect.series]?.fields ?? {});
        const fields = names.map((name) => [name, effect.fields[name] ? value(effect.fields[name]) : null]);
        record(effect.series, Object.fromEntries(fields), now);
      }
      if (effect.kind !== 'each') continue;
      for (const id of (facts.lists[effect.list] ?? []).map((one) => one.id)) {
        const one = { list: effect.list, item: id };
        if (isTrue(effect.where, env(thread, one, occasion))) perform(effect.effects, thread, one, occasion);
      }
    }
  }

  // ------------------------------------------------------------ moving

  function enter(thread: ThreadId, stage: string, how: 'start' | 'move' | 'restart' | 'interrupt'): void {
    const place = placeOf(thread) as Thread;
    const flow = flowOf(thread);
    const { visit } = place;
    facts.visits++;
    place.visit = newVisit(stage, facts.visits);
    if (stage === visit.stage && how !== 'start')
      Object.assign(place.visit, { arrivedAt: visit.arrivedAt, pauses: visit.pauses });
    if (how === 'start' || how === 'move') place.interrupted = [];
    const owner = thread.kind === 'main' ? stage : `${flow.name}.${stage}`;
    for (const id of Object.keys(place.holding)) if (id.startsWith(`${owner}/`)) delete place.holding[id];
    changes++;
    perform(flow.stages[stage]?.entry ?? [], thread, thread.kind === 'item' ? thread : undefined, {});
    const final = flow.stages[stage]?.final;
    if (final) place.finished = { as: stage, at: now, outcome: final };
  }

  function take(thread: ThreadId, rule: Rule, occasion: Occasion = {}): void {
    const place = placeOf(thread) as Thread;
    taken.push(rule.id);
    if (taken.length > takenMax) throw new RangeError('in circles');
    changes++;
    if (rule.trigger.kind === 'becomes') {
      place.holding[handlerOf(rule)] = true;
      if (rule.trigger.once) doneIn(thread, rule)[handlerOf(rule)] = now;
    }
    perform(rule.effects, thread, thread.kind === 'item' ? thread : undefined, occasion);
    const { move } = rule;
    switch (move?.direction) {
      case 'advance':
      case 'return':
        enter(thread, move.to, 'move');
        return;
      case 'restart':
        enter(thread, place.visit.stage, 'restart');
        return;
      case 'interrupt': {
        const { visit } = place;
        place.interrupted = [...place.interrupted, { ...visit, pauses: [...visit.pauses, { from: now, to: now }] }];
        enter(thread, move.to, 'interrupt');
        return;
      }
      case 'resume': {
        const back = place.interrupted.at(-1) as Visit;
        place.interrupted = place.interrupted.slice(0, -1);
        const last = back.pauses.length - 1;
        place.visit = { ...back, pauses: back.pauses.map((one, at) => (at < last ? one : { ...one, to: now })) };
        return;
      }
      case 'leave':
        home.finished = { as: move.as, at: now, outcome: 'left' };
    }
  }

  /** Conditions that no longer hold may turn again; so may those of tracks. */
  function forget(thread: ThreadId): void {
    const place = placeOf(thread);
    if (!place) return;
    const flow = flowOf(thread);
    for (const rule of [...flow.anytime, ...(flow.stages[place.visit.stage]?.rules ?? [])]) {
      const turning = rule.trigger.kind === 'becomes' ? (rule.trigger.of ?? rule.condition) : rule.condition;
      if (place.holding[handlerOf(rule)] && !isTrue(turning, env(thread))) delete place.holding[handlerOf(rule)];
    }
    if (thread.kind !== 'main') return;
    for (const { name, when } of Object.values(ir.tracks)) {
      if (place.holding[`track:${name}`] && !isTrue(when, env(main))) delete place.holding[`track:${name}`];
    }
  }

  const isStill = (thread: ThreadId): boolean => {
    const place = placeOf(thread);
    return !place || home.finished !== null || place.finished !== null || place.visit.number === 0;
  };

  /** With nothing waiting to be answered, conditions are looked at until none brings anything. */
  function rest(thread: ThreadId): void {
    while (events.length === 0 && !isStill(thread)) {
      const place = placeOf(thread) as Thread;
      const next = rulesOf(thread).find((rule) => {
        const { trigger } = rule;
        if (trigger.kind === 'becomes') {
          if (place.holding[handlerOf(rule)]) return false;
          if (trigger.once && doneIn(thread, rule)[handlerOf(rule)] !== undefined) return false;
        } else if (trigger.kind !== 'holds') return false;
        return possible(thread, rule) && isTrue(rule.condition, env(thread));
      });
      if (!next) {
        turnIdle(thread);
        return;
      }
      take(thread, next);
    }
  }

  /** What has turned without any way through its body being open has had its turn. */
  function turnIdle(thread: ThreadId): void {
    const place = placeOf(thread) as Thread;
    for (const rule of rulesOf(thread)) {
      const { trigger } = rule;
      const handler = handlerOf(rule);
      if (trigger.kind !== 'becomes' || !trigger.of || place.holding[handler]) continue;
      if (trigger.once && doneIn(thread, rule)[handler] !== undefined) continue;
      const open = rulesOf(thread).some((way) => handlerOf(way) === handler && isTrue(way.condition, env(thread)));
      if (open || !isTrue(trigger.of, env(thread))) continue;
      place.holding[handler] = true;
      if (trigger.once) doneIn(thread, rule)[handler] = now;
    }
  }

  function answer(): void {
    for (let done = 0; events.length > 0; done++) {
      if (done >= eventsMax) throw new RangeError('no rest');
      const { thread, rules, occasion } = events.shift() as Event;
      forget(thread);
      if (isStill(thread)) continue;
      const rule = rulesOf(thread).find((one) => rules.includes(one.id) && possible(thread, one));
      if (rule) take(thread, rule, occasion);
      rest(thread);
    }
  }

  /** The program's own flow first, then each track and each item; again, until none has anything to take. */
  function restAll(): void {
    for (let pass = 0; pass < passesMax; pass++) {
      const before = changes;
      forget(main);
      rest(main);
      for (const track of Object.values(ir.tracks)) {
        if (home.finished || events.length > 0) return;
        const key = `track:${track.name}`;
        if (track.when && !home.holding[key] && isTrue(track.when, env(main))) {
          home.holding[key] = true;
          if (facts.tracks[track.name]?.finished !== null) facts.tracks[track.name] = waiting(track);
          changes++;
        }
        if (facts.tracks[track.name]) goOn({ kind: 'track', track: track.name });
      }
      for (const thread of threads()) if (thread.kind === 'item') goOn(thread);
      if (events.length > 0 || changes === before) return;
    }
    throw new RangeError('no rest');
  }

  function goOn(thread: ThreadId): void {
    const place = placeOf(thread);
    if (home.finished || events.length > 0 || !place || place.finished) return;
    if (place.visit.number === 0) {
      enter(thread, place.visit.stage, 'start');
      return;
    }
    forget(thread);
    rest(thread);
  }

  // ------------------------------------------------------------ what happens

  /** The first flow that knows the command takes it; the first rule that answers says which command it is. */
  function hear(text: string): void {
    facts.heardAt = now;
    for (const thread of going()) {
      const rules: string[] = [];
      let word = '';
      let occasion: Occasion = {};
      for (const rule of rulesOf(thread)) {
        const spoken = spokenTo(rule, text, facts.zone);
        if (!spoken || (word !== '' && spoken.word !== word)) continue;
        if (!isTrue(rule.condition, env(thread, undefined, spoken.occasion))) continue;
        rules.push(rule.id);
        word = spoken.word;
        occasion = { ...occasion, ...spoken.occasion };
      }
      if (rules.length === 0) continue;
      events.push({ thread, rules, occasion });
      return;
    }
  }

  function happens(happened: Happened): void {
    switch (happened.kind) {
      case 'enrolls': {
        for (const list of Object.values(ir.lists)) for (const given of list.starts) add(list.name, given, env(main));
        for (const track of Object.values(ir.tracks))
          if (track.when === undefined) facts.tracks[track.name] = waiting(track);
        enter(main, ir.initial, 'start');
        return;
      }
      case 'says':
        hear(happened.text);
        return;
      case 'records':
        if (happened.byPerson) facts.heardAt = now;
        record(happened.series, happened.fields, happened.at);
        return;
      case 'sets':
        set(happened.field, happened.value, happened.item);
        return;
    }
  }

  function tell(at: number, happened: Happened): string[] {
    now = Math.max(now, at);
    taken = [];
    events = [];
    for (const thread of threads()) forget(thread);
    if (happened.kind === 'zone' && ir.zone.theirs) facts.zone = happened.zone;
    if (!home.finished) happens(happened);
    answer();
    restAll();
    while (events.length > 0) {
      answer();
      restAll();
    }
    return taken;
  }

  return {
    tell,
    state: (): Reference => ({
      stage: home.visit.stage,
      data: facts.data,
      series: facts.series,
      visit: home.visit.number,
      aside: home.interrupted.map((visit) => visit.stage),
      finished: home.finished && (home.finished.outcome === 'left' ? `left as ${home.finished.as}` : home.finished.as),
      tracks: Object.fromEntries(Object.entries(facts.tracks).map(([name, thread]) => [name, placeSeen(thread)])),
      items: Object.entries(facts.lists).flatMap(([list, items]) =>
        items.map(({ id, fields, thread }) => ({
          list,
          id,
          fields,
          stage: thread.visit.stage,
          finished: thread.finished !== null,
        })),
      ),
    }),
  };
}

/** What can be seen of where a track is. */
export const placeSeen = ({ visit, finished }: Thread) => ({
  stage: visit.stage,
  visit: visit.number,
  finished: finished !== null,
});

/** Whether a text is the rule's command, with what follows its word where the rule wants an argument. */
function spokenTo({ trigger }: Rule, text: string, zone: string): { word: string; occasion?: Occasion } | null {
  if (trigger.kind !== 'command') return null;
  for (const word of trigger.words.map(commandWord).filter((one) => one !== '')) {
    if (!trigger.argument) {
      if (commandWord(text) === word) return { word };
      continue;
    }
    const parts = text.trim().split(/\s+/);
    const length = word.split('_').length;
    if (commandWord(parts.slice(0, length).join(' ')) !== word) continue;
    const rest = parts.slice(length).join(' ');
    const read = rest === '' ? undefined : conform(trigger.argument, rest, 'it', zone);
    return read?.ok ? { word, occasion: { argument: read.value } } : null;
  }
  return null;
}
