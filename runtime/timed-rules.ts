/**
 * Rules that time sets off: checks, at the moments of their cadence, and `at` rules, when a moment is
 * reached.
 *
 * A handler is done once for a moment, whatever ways lead through its body, and late where nobody
 * looked. A moment that was never ahead (set to lie in the past, or behind when the visit began) is
 * passed over.
 */
import { handlerOf } from '../compiler/emit.ts';
import { allRules, flowsOf } from '../compiler/flow.ts';
import type { Ir, Rule } from '../compiler/ir.ts';
import { nextCadence } from './cadence.ts';
import { startOfDay } from './calendar.ts';
import { type Duty, ranks } from './duty.ts';
import { evaluate, holds } from './evaluate.ts';
import { begunAt, focus, threadKey, threadsOf, within } from './focus.ts';
import { envOf, lastDone, type Moment, markDone } from './moment.ts';
import { isAnytime, readyRule, rulesAt, rulesInForce, rulesToTake } from './rules.ts';

/** Checks and `at` rules, each handler once, whatever ways lead through it. */
export function timedRules(moment: Moment, found: Duty[]): void {
  const { thread } = moment;
  for (const rule of rulesAt(moment.flow, moment.facts.visit.stage).timed) {
    const handler = handlerOf(rule.id);
    const at = handlerDue(moment, rule, handler);
    if (at === null || !Number.isFinite(at)) continue;
    const of = thread.kind === 'item' ? { of: { thread, id: handler } } : {};
    const what = `“${headOf(rule)}”`;
    found.push({ at, what, rank: ranks.check, ...of, perform: (now) => trigger(now, handler) });
  }
}

/** The moments ahead of a check or an `at` rule, as things stand, at most so many (ms); none of any other rule. */
export function momentsAhead(moment: Moment, rule: Rule, most: number): number[] {
  if (rule.trigger.kind === 'reached') {
    const at = reachesAt(moment, rule);
    return at === null ? [] : [at];
  }
  const ahead: number[] = [];
  for (let past = 0; ahead.length < most; past = ahead.at(-1) ?? 0) {
    const at = handlerDue(moment, rule, handlerOf(rule.id), past);
    if (at === null || !Number.isFinite(at)) break;
    ahead.push(at);
  }
  return ahead;
}

/** `looked`: those up to it are passed over (ms). */
function handlerDue(moment: Moment, rule: Rule, handler: string, looked = 0): number | null {
  if (rule.trigger.kind === 'cadence') {
    const { facts } = moment;
    const always = isAnytime(handler);
    const begun = always ? begunAt(moment) : facts.visit.since;
    // One that fell into an interruption is not made up for: the visit stood still. `anytime` does so only in a pause.
    const resumed = (always ? facts.stoodStill : facts.visit.pauses)?.at(-1)?.to ?? 0;
    const past = Math.max(begun, resumed, lastDone(moment, handler) ?? 0, looked);
    return nextCadence(rule.trigger.cadence, always ? begun : facts.visit.arrivedAt, past, envOf(moment));
  }
  if (rule.trigger.kind !== 'reached') return null;
  const at = reachesAt(moment, rule);
  if (at === null) return null;
  return at > moment.now || moment.reached[reachedKey(moment, handler)] ? at : null;
}

/** The moment of an `at` rule that has not been done for it; null where it is missing or lies behind its beginning. */
export function reachesAt(moment: Moment, { id, trigger }: Rule): number | null {
  if (trigger.kind !== 'reached') return null;
  const { value } = evaluate(trigger.at, envOf(moment));
  if (value === null || typeof value !== 'object') return null;
  const at = 'date' in value ? startOfDay(value.date, moment.facts.zone) : 'at' in value ? value.at : null;
  const handler = handlerOf(id);
  const done = lastDone(moment, handler);
  const begun = isAnytime(handler) ? begunAt(moment) : moment.facts.visit.since;
  const passed = lastDone(moment, passedKey(handler)) ?? begun;
  if (at === null || at <= Math.max(begun, passed) || (done !== undefined && (trigger.once || at <= done))) return null;
  return at;
}

const reachedKey = (moment: Moment, handler: string): string =>
  `${threadKey(moment.thread)} ${moment.facts.visit.number} ${handler}`;

/** Where it is kept up to when moments have been passed over: apart from when one was done, which `once` counts. */
const passedKey = (handler: string): string => `${handler} passed`;

/** The moments that came to lie behind in this step without having been reached are passed over for good. */
export function passOver(moment: Moment): Moment {
  if (!hasReached(moment.ir)) return moment;
  return threadsOf(moment).reduce(
    (next, thread) =>
      within(next, thread, (there) =>
        rulesAt(there.flow, there.facts.visit.stage).reached.reduce((now, rule) => {
          const at = reachesAt(now, rule);
          return at !== null && at <= now.now ? markDone(now, passedKey(handlerOf(rule.id))) : now;
        }, there),
      ),
    moment,
  );
}

/** The place at hand with the checks that are due passed over: those that only another version of the program has. */
export function passOverChecks(moment: Moment): Moment {
  return rulesInForce(moment.flow, moment.facts.visit.stage).reduce((next, rule) => {
    const handler = handlerOf(rule.id);
    const at = rule.trigger.kind === 'cadence' ? handlerDue(next, rule, handler) : null;
    return at !== null && at <= next.now ? markDone(next, handler) : next;
  }, moment);
}

/**
 * The `at` rules whose moment has come, before anything else happens in a step. Only these are done:
 * a moment that is moved into the past was never reached.
 */
export function reachedNow(moment: Moment): Record<string, true> {
  const reached: Record<string, true> = {};
  if (!hasReached(moment.ir)) return reached;
  for (const thread of threadsOf(moment)) {
    const there = focus(moment, thread);
    for (const rule of rulesAt(there.flow, there.facts.visit.stage).reached) {
      const at = reachesAt(there, rule);
      if (at !== null && at <= moment.now) reached[reachedKey(there, handlerOf(rule.id))] = true;
    }
  }
  return reached;
}

/** A handler's time has come: the machine takes the way whose condition holds now. */
function trigger(moment: Moment, handler: string): Moment {
  const { [reachedKey(moment, handler)]: _, ...reached } = moment.reached;
  const marked = { ...markDone(moment, handler), reached };
  const env = envOf(moment);
  const ways = rulesToTake(moment.flow, moment.facts.visit.stage).filter((rule) => handlerOf(rule.id) === handler);
  const open = ways.filter((rule) => holds(rule.condition, env).holds);
  const type = open[0] && readyRule(open[0]).events[0];
  if (type === undefined) return marked;
  const answers = Object.fromEntries(open.map((rule) => [rule.id, true as const]));
  return { ...marked, events: [...marked.events, { type, thread: moment.thread, answers }] };
}

/** Whether a program has any `at` rule: most have none. Programs never change. */
function hasReached(ir: Ir): boolean {
  let has = reachedIn.get(ir);
  if (has === undefined) {
    has = flowsOf(ir).some(({ flow }) => allRules(flow).some((rule) => rule.trigger.kind === 'reached'));
    reachedIn.set(ir, has);
  }
  return has;
}
const reachedIn = new WeakMap<Ir, boolean>();

/** The author's words for when a rule is done, without what it does. */
export function headOf(rule: Rule): string {
  let head = heads.get(rule);
  if (head === undefined) {
    head = rule.source.replace(/\s*\{.*$/s, '').trim();
    heads.set(rule, head);
  }
  return head;
}
const heads = new WeakMap<Rule, string>();
