/**
 * What a program says to the person by itself, stage by stage: how many messages can come due.
 *
 * Counts what time starts (checks, `at` rules, reviews, nudges), not answers and not what is said on
 * entry. Each way through a handler is taken as the one that says most; a review and a nudge as one message.
 */
import { handlerOf } from './emit.ts';
import { everyEffect, rulesIn } from './flow.ts';
import type { Effect, Flow, Ir, Rule, Stage } from './ir.ts';
import { PARTICIPANT } from './names.ts';
import { leastMinutes, rateOf } from './rates.ts';

export type Speech = { perDay: number; perWeek: number };

const DAY = 1440;

/** The most messages that can come due in a stage of a flow. */
export function speechIn(ir: Ir, flow: Flow, stage: Stage): Speech {
  const all: Speech[] = [];
  for (const ways of handlersIn(rulesIn(flow, stage))) {
    const [first] = ways;
    const said = Math.max(0, ...ways.map((rule) => messagesIn(ir, rule.effects)));
    if (first === undefined || said === 0) continue;
    if (first.trigger.kind === 'cadence') {
      const rate = rateOf(ir, first.trigger.cadence);
      all.push({ perDay: said * rate.mostPerDay, perWeek: said * rate.mostPerWeek });
    }
    if (first.trigger.kind === 'reached') all.push({ perDay: said, perWeek: said });
  }
  if (stage.skill !== undefined && stage.review !== undefined) {
    const rate = rateOf(ir, stage.review.cadence);
    all.push({ perDay: rate.mostPerDay, perWeek: rate.mostPerWeek });
  }
  for (const nudge of stage.skill === undefined ? [] : stage.nudges) {
    const least = leastMinutes(ir, nudge.after);
    const most = (days: number) => Math.min(nudge.atMost, least > 0 ? Math.ceil((days * DAY) / least) : nudge.atMost);
    all.push({ perDay: most(1), perWeek: most(7) });
  }
  return {
    perDay: all.reduce((sum, one) => sum + one.perDay, 0),
    perWeek: all.reduce((sum, one) => sum + one.perWeek, 0),
  };
}

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
