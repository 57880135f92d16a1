/**
 * What a program says to the person by itself, stage by stage: how many messages can come due.
 *
 * Counts what time starts (checks, `at` rules, reviews, nudges), not answers and not what is said on
 * entry. Each way through a handler is taken as the one that says most; a review and a nudge as one message.
 */

import type { Weekday } from '../language/ast.ts';
import { daysOf as surelyOn, weekdays } from './checks/moments-of-day.ts';
import { DAY } from './constants.ts';
import { handlerOf } from './emit.ts';
import { everyEffect, rulesIn } from './flow.ts';
import type { Cadence, Effect, Flow, Ir, Rule, Stage } from './ir.ts';
import { PARTICIPANT } from './names.ts';
import { leastMinutes, rateOf } from './rates.ts';

type Most = { perDay: number; perWeek: number };

/** Messages, and the moments at which they come: what begins at one moment comes together. */
export type Speech = { messages: Most; moments: Most };

/**
 * What one line says; `often`: every week, so that it ordinarily meets what others say. `slots`: the days of the week
 * and times of day at which it comes, each as one text; none where these drift.
 */
type Said = Speech & { days: readonly Weekday[]; often: boolean; slots: readonly string[] };

/**
 * The most messages that ordinarily come due together in a stage of a flow. What is rare counts alone: that two rare
 * things meet is no plan.
 */
export function speechIn(ir: Ir, flow: Flow, stage: Stage): Speech {
  const all: Said[] = [];
  for (const ways of handlersIn(rulesIn(flow, stage))) {
    const [first] = ways;
    const said = Math.max(0, ...ways.map((rule) => messagesIn(ir, rule.effects)));
    if (first === undefined || said === 0) continue;
    if (first.trigger.kind === 'cadence') all.push(saidAt(ir, first.trigger.cadence, said));
    if (first.trigger.kind === 'reached') all.push(rarely({ perDay: said, perWeek: said }, { perDay: 1, perWeek: 1 }));
  }
  if (stage.skill !== undefined && stage.review !== undefined) all.push(saidAt(ir, stage.review.cadence, 1));
  for (const nudge of stage.skill === undefined ? [] : stage.nudges) {
    const least = leastMinutes(ir, nudge.after);
    const most = (days: number) => Math.min(nudge.atMost, least > 0 ? Math.ceil((days * DAY) / least) : nudge.atMost);
    all.push(rarely({ perDay: most(1), perWeek: most(7) }));
  }
  const often = all.filter((one) => one.often);
  // What comes on Mondays and what comes on Tuesdays never comes on one day.
  const onDays = weekdays.map((day) => often.filter(({ days }) => days.includes(day)));
  const most = (of: keyof Speech, per: keyof Most, together: readonly number[]) =>
    Math.max(...together, ...all.map((one) => one[of][per]));
  return {
    messages: {
      perDay: most(
        'messages',
        'perDay',
        onDays.map((those) => sum(those, 'messages', 'perDay')),
      ),
      perWeek: most('messages', 'perWeek', [sum(often, 'messages', 'perWeek')]),
    },
    moments: {
      perDay: most(
        'moments',
        'perDay',
        onDays.map((those, day) => momentsOf(those, 'perDay', weekdays[day])),
      ),
      perWeek: most('moments', 'perWeek', [momentsOf(often, 'perWeek')]),
    },
  };
}

const sum = (all: readonly Said[], of: keyof Speech, per: keyof Most): number =>
  all.reduce((sum, one) => sum + one[of][per], 0);

/** The moments at which these come, on a day or in the week: the same time of the same day is one. */
function momentsOf(all: readonly Said[], per: keyof Most, day = ''): number {
  const drifting = all.filter(({ slots }) => slots.length === 0);
  const slots = all.flatMap(({ slots }) => slots.filter((slot) => slot.startsWith(day)));
  return new Set(slots).size + sum(drifting, 'moments', per);
}

const rarely = (messages: Most, moments: Most = messages): Said => ({
  messages,
  moments,
  days: weekdays,
  often: false,
  slots: [],
});

function saidAt(ir: Ir, cadence: Cadence, said: number): Said {
  const { mostPerDay, mostPerWeek, daily } = rateOf(ir, cadence);
  return {
    messages: { perDay: said * mostPerDay, perWeek: said * mostPerWeek },
    moments: { perDay: mostPerDay, perWeek: mostPerWeek },
    days: daysOf(cadence),
    often: daily * 7 >= 1,
    slots: slotsOf(cadence),
  };
}

function slotsOf(cadence: Cadence): string[] {
  if (!('at' in cadence) || cadence.kind === 'monthly-weekday') return [];
  const times = cadence.at.map((time) => JSON.stringify(time, (name, value) => (name === 'span' ? undefined : value)));
  return surelyOn(cadence).flatMap((day) => times.map((time) => `${day} ${time}`));
}

/** The days of the week on which a cadence can fall. */
function daysOf(cadence: Cadence): readonly Weekday[] {
  switch (cadence.kind) {
    case 'on-days':
    case 'spaced':
    case 'weeks':
      return cadence.days.length > 0 ? cadence.days : weekdays;
    default:
      return weekdays;
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

/**
 * Messages to the person in these effects that quiet hours and caps hold back. What is done for each item counts once.
 */
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
