/**
 * Threads: the program's main flow, its tracks, and the items of its lists, each with a place.
 *
 * The facts hold one place at a time as *the* visit, *the* interruptions and so on. `within` puts a
 * thread's place there, so that entering, resuming, reviewing and asking are written once; the
 * program's own place waits aside meanwhile. What belongs to the person (data, series, the open
 * question, what is planned) is the same in every thread.
 */
import type { Flow, Ir } from '../compiler/ir.ts';
import type { Facts, Thread, ThreadId } from './facts.ts';
import { findItem, isEmpty, isOver, type Moment, mainThread, placeIn } from './moment.ts';

export const sameThread = (left: ThreadId, right: ThreadId): boolean =>
  left === right || (left.kind === right.kind && threadKey(left) === threadKey(right));

/** A text that names a thread: `main`, `track:diary`, `item:tasks:Laptop`. */
export function threadKey(thread: ThreadId): string {
  if (thread.kind === 'main') return 'main';
  return thread.kind === 'track' ? `track:${thread.track}` : `item:${thread.list}:${thread.item}`;
}

/** The flow a thread goes through; undefined where this version of the program has none. */
export function flowOf(ir: Ir, thread: ThreadId): Flow | undefined {
  if (thread.kind === 'main') return ir;
  const from: Record<string, Flow> = thread.kind === 'track' ? ir.tracks : ir.lists;
  const name = thread.kind === 'track' ? thread.track : thread.list;
  return Object.hasOwn(from, name) ? from[name] : undefined;
}

/** Where a thread stands, in facts that are the program's own; undefined where there is no such thread. */
export function placeOf(facts: Facts, thread: ThreadId): Thread | undefined {
  if (thread.kind === 'main') return placeIn(facts, facts.enrolledAt);
  return thread.kind === 'track' ? facts.tracks[thread.track] : findItem(facts, thread.list, thread.item)?.thread;
}

/** The moment with a thread's place in the facts. The thread must be there. */
export function focus(moment: Moment, thread: ThreadId): Moment {
  if (sameThread(moment.thread, thread)) return moment;
  const base = moment.aside ? unfocus(moment) : moment;
  if (thread.kind === 'main') return base;
  const place = placeOf(base.facts, thread);
  const flow = flowOf(base.ir, thread);
  if (!place || !flow) throw new RangeError(`There is no ${threadKey(thread)} here.`);
  const focused = withPlace(base.facts, place);
  const home = placeIn(base.facts, base.facts.enrolledAt);
  return {
    ...base,
    flow,
    thread,
    aside: { home, was: { home, facts: base.facts, focused } },
    item: thread.kind === 'item' ? { list: thread.list, item: thread.item } : null,
    facts: focused,
  };
}

function unfocus(moment: Moment): Moment {
  const { aside } = moment;
  if (!aside) return moment;
  const { was } = aside;
  const untouched = moment.facts === was.focused && aside.home === was.home;
  return {
    ...moment,
    flow: moment.ir,
    thread: mainThread,
    aside: null,
    item: null,
    facts: untouched ? was.facts : withPlace(moment.facts, aside.home),
  };
}

function withPlace(facts: Facts, { since: _, ...place }: Thread): Facts {
  return { ...facts, ...place };
}

/** Does something in a thread; nothing where the thread is no longer there. The item at hand is kept for afterwards. */
export function within(moment: Moment, thread: ThreadId, act: (moment: Moment) => Moment): Moment {
  if (!isThere(moment, thread)) return moment;
  const { thread: before, item } = moment;
  const after = focus(act(focus(moment, thread)), before);
  return after.item === item ? after : { ...after, item };
}

export function isThere(moment: Moment, thread: ThreadId): boolean {
  if (flowOf(moment.ir, thread) === undefined) return false;
  if (thread.kind === 'main') return true;
  return placeOf(moment.facts, thread) !== undefined;
}

/** The threads that go on: the program's own, tracks in the order of the text, items in the order they were added. */
export function threadsOf(moment: Moment): readonly ThreadId[] {
  if (isOver(moment)) return [];
  const { ir, facts } = moment;
  if (isAlone(ir)) return alone;
  const tracks = Object.keys(ir.tracks).flatMap((track): ThreadId[] =>
    facts.tracks[track] && !facts.tracks[track].finished ? [{ kind: 'track', track }] : [],
  );
  const items = Object.values(ir.lists).flatMap((list): ThreadId[] =>
    list.stageOrder.length === 0
      ? []
      : (facts.lists[list.name] ?? [])
          .filter((item) => !item.thread.finished)
          .map((item) => ({ kind: 'item', list: list.name, item: item.id })),
  );
  return [mainThread, ...tracks, ...items];
}

/** Of most programs: they have neither tracks nor lists. */
const alone: readonly ThreadId[] = [mainThread];
export const isAlone = (ir: Ir): boolean => isEmpty(ir.tracks) && isEmpty(ir.lists);

/** When the thread began: what its `anytime` counts from. */
export function begunAt(moment: Moment): number {
  const { thread, facts } = moment;
  if (thread.kind === 'main') return facts.enrolledAt;
  const place =
    thread.kind === 'track' ? facts.tracks[thread.track] : findItem(facts, thread.list, thread.item)?.thread;
  return place?.since ?? facts.enrolledAt;
}

/** Whether some thread is in this visit at present. Numbers of visits are never used twice. */
export function isPresentVisit(moment: Moment, number: number): boolean {
  return threadsOf(moment).some((thread) => {
    if (sameThread(thread, moment.thread)) return moment.facts.visit.number === number;
    if (thread.kind === 'main') return (moment.aside?.home ?? moment.facts).visit.number === number;
    return placeOf(moment.facts, thread)?.visit.number === number;
  });
}
