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

/** What one line says; `often`: every week, so that it ordinarily meets what others say. */
type Said = Speech & { days: readonly Weekday[]; often: boolean };

const DAY = 1440;

/** The most messages that ordinarily come due together in a stage of a flow. What is rare counts alone: that two rare things meet is no plan. */
export function speechIn(ir: Ir, flow: Flow, stage: Stage): Speech {
  const all: Said[] = [];
  for (const ways of handlersIn(rulesIn(flow, stage))) {
    const [first] = ways;
    const said = Math.max(0, ...ways.map((rule) => messagesIn(ir, rule.effects)));
    if (first === undefined || said === 0) continue;
    if (first.trigger.kind === 'cadence') all.push(saidAt(ir, first.trigger.cadence, said));
    if (first.trigger.kind === 'reached') all.push({ perDay: said, perWeek: said, days: everyDay, often: false });
  }
  if (stage.skill !== undefined && stage.review !== undefined) all.push(saidAt(ir, stage.review.cadence, 1));
  for (const nudge of stage.skill === undefined ? [] : stage.nudges) {
    const least = leastMinutes(ir, nudge.after);
    const most = (days: number) => Math.min(nudge.atMost, least > 0 ? Math.ceil((days * DAY) / least) : nudge.atMost);
    all.push({ perDay: most(1), perWeek: most(7), days: everyDay, often: false });
  }
  const often = all.filter((one) => one.often);
  return {
    // What comes on Mondays and what comes on Tuesdays never comes on one day.
    perDay: Math.max(
      ...everyDay.map((day) => often.reduce((sum, one) => sum + (one.days.includes(day) ? one.perDay : 0), 0)),
      ...all.map((one) => one.perDay),
    ),
    perWeek: Math.max(
      often.reduce((sum, one) => sum + one.perWeek, 0),
      ...all.map((one) => one.perWeek),
    ),
  };
}

function saidAt(ir: Ir, cadence: Cadence, said: number): Said {
  const { mostPerDay, mostPerWeek, daily } = rateOf(ir, cadence);
  const often = daily * 7 >= 1;
  return { perDay: said * mostPerDay, perWeek: said * mostPerWeek, days: daysOf(cadence), often };
}

const everyDay: readonly Weekday[] = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** The days of the week on which a cadence can fall. */
function daysOf(cadence: Cadence): readonly Weekday[] {
  switch (cadence.kind) {
    case 'on-days':
    case 'spaced':
    case 'weeks':
      return cadence.days.length > 0 ? cadence.days : everyDay;
    default:
      return everyDay;
  }
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
