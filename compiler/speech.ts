/**
 * What a program says to the person by itself, stage by stage: how many messages can come due.
 *
 * Counts what time starts (checks, `at` rules, reviews, nudges), not answers and not what is said on
 * entry. Each way through a handler is taken as the one that says most; a review and a nudge as one message.
 */

import type { Weekday } from '../language/ast.ts';
import { handlerOf } from './emit.ts';
import { everyEffect, rulesIn } from './flow.ts';
import type { Cadence, Effect, Flow, Ir, Rule, Stage } from './ir.ts';
import { PARTICIPANT } from './names.ts';
import { leastMinutes, rateOf } from './rates.ts';

export type Speech = { perDay: number; perWeek: number };

const DAY = 1440;

/** The most messages that can come due in a stage of a flow. */
export function speechIn(ir: Ir, flow: Flow, stage: Stage): Speech {
  const all: (Speech & { days: readonly Weekday[] })[] = [];
  for (const ways of handlersIn(rulesIn(flow, stage))) {
    const [first] = ways;
    const said = Math.max(0, ...ways.map((rule) => messagesIn(ir, rule.effects)));
    if (first === undefined || said === 0) continue;
    if (first.trigger.kind === 'cadence') {
      const rate = rateOf(ir, first.trigger.cadence);
      const days = daysOf(first.trigger.cadence);
      all.push({ perDay: said * rate.mostPerDay, perWeek: said * rate.mostPerWeek, days });
    }
    if (first.trigger.kind === 'reached') all.push({ perDay: said, perWeek: said, days: everyDay });
  }
  if (stage.skill !== undefined && stage.review !== undefined) {
    const rate = rateOf(ir, stage.review.cadence);
    all.push({ perDay: rate.mostPerDay, perWeek: rate.mostPerWeek, days: daysOf(stage.review.cadence) });
  }
  for (const nudge of stage.skill === undefined ? [] : stage.nudges) {
    const least = leastMinutes(ir, nudge.after);
    const most = (days: number) => Math.min(nudge.atMost, least > 0 ? Math.ceil((days * DAY) / least) : nudge.atMost);
    all.push({ perDay: most(1), perWeek: most(7), days: everyDay });
  }
  return {
    // What comes on Mondays and what comes on Tuesdays never comes on one day.
    perDay: Math.max(
      ...everyDay.map((day) => all.reduce((sum, one) => sum + (one.days.includes(day) ? one.perDay : 0), 0)),
    ),
    perWeek: all.reduce((sum, one) => sum + one.perWeek, 0),
  };
}

const everyDay: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The days of the week on which a cadence can fall. */
const daysOf = (cadence: Cadence): readonly Weekday[] =>
  'days' in cadence && Array.isArray(cadence.days) && cadence.kind !== 'monthly' ? cadence.days : everyDay;

/** The rules of a handler together: at each moment one of them at most is taken. */
export function handlersIn(rules: readonly Rule[]): Rule[][] {
  const handlers = new Map<string, Rule[]>();
  for (const rule of rules) {
    const id = handlerOf(rule.id);
    handlers.set(id, [...(handlers.get(id) ?? []), rule]);
  }
  return [...handlers.values()];
}

/** Messages to the person in these effects that quiet hours and caps hold back. What is done for each item counts once. */
export function messagesIn(ir: Ir, effects: readonly Effect[]): number {
  return effects.reduce((sum, effect) => sum + ofEffect(ir, effect), 0);
}

function ofEffect(ir: Ir, effect: Effect): number {
  switch (effect.kind) {
    case 'say':
      return effect.now ? 0 : 1;
    case 'say-in-turn':
    case 'say-with-skill':
      return 1;
    case 'ask':
      return ir.asks[effect.question]?.to === undefined ? 1 : 0;
    case 'each':
      return messagesIn(ir, effect.effects);
    default:
      return 0;
  }
}

/** Whether an effect speaks to the person, at once or later. */
export const speaks = (ir: Ir, effects: readonly Effect[]): boolean =>
  everyEffect(ir, effects).some(
    (effect) => ofEffect(ir, effect) > 0 || (effect.kind === 'output' && effect.to === PARTICIPANT),
  );
