/**
 * Agent runs that one stage brings: reviews, nudges, and what is said with a skill.
 *
 * `daily` is a rate over a long stay, `burst` what a short stay can bring beyond it. At one input at most
 * one run is done, whatever started several: so what the person, roles and services set off is bounded
 * by how much they do, and what time sets off by how often it can turn a condition.
 */

import { type AnalysisMemory, analysisMemory, remember } from './analysis-memory.ts';
import { DAY } from './constants.ts';
import { type CostAssumptions, monthDays, type Pair } from './cost-assumptions.ts';
import { allRules, everyEffect, everyPart, type FlowPart, flowsOf, rulesIn } from './flow.ts';
import type { Effect, Expr, Ir, Length, Rule, Stage } from './ir.ts';
import { leastMinutes, rateOf } from './rates.ts';
import { handlersIn } from './speech.ts';

/** By the model that such runs use: reviews and nudges are routine, the others answer somebody. */
export type StageCost = {
  routine: { daily: Pair; burst: number };
  /** What checks say with a skill. */
  answering: { daily: Pair; burst: number };
  /** The agent answers here. */
  talks: boolean;
  /** Something that is done or happens can make the agent speak. */
  reacts: boolean;
  /** Time can, by turning a condition. */
  turns: boolean;
};

/** What each stage of a flow brings, by its name. */
export function stageCosts(
  ir: Ir,
  part: FlowPart,
  assumptions: CostAssumptions,
  memory: AnalysisMemory = analysisMemory(),
): Map<string, StageCost> {
  const cost = (stage: Stage) => remember(memory, stage, costOfStage, () => costOfStage(ir, part, stage, assumptions));
  return new Map(part.stages.map((stage) => [stage.name, cost(stage)]));
}

function costOfStage(ir: Ir, { flow, kind }: FlowPart, stage: Stage, assumptions: CostAssumptions): StageCost {
  const routine = { daily: { typical: 0, worst: 0 }, burst: 0 };
  const answering = { daily: { typical: 0, worst: 0 }, burst: 0 };
  const bring = (to: StageCost['routine'], typical: number, worst: number, burst: number) => {
    to.daily = { typical: to.daily.typical + typical, worst: to.daily.worst + worst };
    to.burst += burst;
  };
  const happens = assumptions.messagesPerDay.typical + assumptions.eventsPerDay.typical;
  const isOpen = stage.final === undefined;
  const talks = isOpen && stage.skill !== undefined;
  if (talks && stage.review !== undefined) {
    const rate = rateOf(ir, stage.review.cadence);
    // A review in which nothing has happened costs no run.
    bring(routine, Math.min(rate.daily, happens), rate.again, rate.mostPerWeek);
  }
  for (const nudge of talks ? stage.nudges : []) {
    const least = leastMinutes(ir, nudge.after);
    const daily = least > 0 ? DAY / least : DAY;
    bring(routine, Math.min(daily, nudge.atMost / monthDays.typical), daily, nudge.atMost);
  }
  const entry = speaksWithSkill(ir, entryOf(stage));
  // The program's end comes once.
  const isEnd = !isOpen && kind === 'main';
  if (entry) bring(answering, 1 / monthDays.typical, 0, isEnd ? 1 : 0);
  let reacts = entry && !isEnd;
  let turns = entry && !isEnd;
  const rules = rulesIn(flow, stage);
  const isSpoken = rules.some((rule) => speaksWithSkill(ir, rule.effects));
  for (const ways of isSpoken ? handlersIn(rules) : []) {
    const [rule] = ways;
    if (rule === undefined || !ways.some((way) => speaksWithSkill(ir, way.effects))) continue;
    if (rule.trigger.kind === 'cadence') {
      const rate = rateOf(ir, rule.trigger.cadence);
      bring(answering, rate.daily, rate.again, rate.mostPerWeek);
      continue;
    }
    bring(answering, Math.min(happens, 1 / 7), 0, 0);
    reacts = true;
    turns ||= isOfState(rule);
  }
  return { routine, answering, talks, reacts, turns };
}

/** What is done on entry, and when nobody answers what is asked there. */
const entryOf = (stage: Stage): Effect[] => [...stage.entry, ...stage.questions.flatMap((one) => one.otherwise)];

/** Whether a rule waits for how things stand, not for somebody to say or do something. */
const isOfState = ({ trigger, effects }: Rule): boolean =>
  trigger.kind === 'holds' ||
  trigger.kind === 'becomes' ||
  trigger.kind === 'reached' ||
  // What nobody answers or decides in time comes later.
  effects.some((effect) => effect.kind === 'ask' || effect.kind === 'propose');

/** Whether a run can lead to another: something beside commands, checks and the very end speaks with a skill. */
export function runsLeadOn(ir: Ir): boolean {
  return flowsOf(ir).some(({ flow, kind, stages }) =>
    stages.some((stage) => {
      if (stage.final !== undefined) return kind !== 'main' && speaksWithSkill(ir, stage.entry);
      const rules = rulesIn(flow, stage).filter(
        ({ trigger }) => trigger.kind !== 'command' && trigger.kind !== 'cadence',
      );
      return speaksWithSkill(ir, entryOf(stage)) || rules.some((rule) => speaksWithSkill(ir, rule.effects));
    }),
  );
}

const speaksWithSkill = (ir: Ir, effects: readonly Effect[]): boolean =>
  everyEffect(ir, effects).some((effect) => effect.kind === 'say-with-skill');

/**
 * How time turns conditions. `delays`: of one thing that happens, so many may come of it later (a window
 * it leaves, a length of time since it); `daily`: so often a day turns something by itself.
 */
export type Turns = { delays: number; daily: number };

export function turnsOf(ir: Ir, { itemsPerList }: CostAssumptions): Turns {
  const all: Turns = { delays: 0, daily: 0 };
  for (const part of flowsOf(ir)) {
    const own = turnsIn(ir, part);
    // Every thing in a list has conditions of its own.
    const times = part.kind === 'list' ? itemsPerList.worst : 1;
    all.delays += own.delays * times;
    all.daily += own.daily * times;
  }
  all.delays += Object.keys(ir.asks).length + Object.keys(ir.proposals).length;
  return all;
}

function turnsIn(ir: Ir, { flow, stages }: FlowPart): Turns {
  const found: Turns = { delays: 0, daily: 0 };
  const add = (delays: number, daily: number) => {
    found.delays += delays;
    found.daily += daily;
  };
  const length = (of: Length) => add(1, DAY / Math.max(1, leastMinutes(ir, of)));
  const ofPart = (part: Expr) => {
    if (part.op === 'since' || part.op === 'silence' || part.op === 'absence') length(part.duration);
    if (part.op === 'today' || part.op === 'now' || part.op === 'last-was' || part.op === 'day') add(2, 2);
    if (part.op !== 'aggregate') return;
    const { window } = part.selection;
    if (window?.kind === 'last') length(window.duration);
    if (window?.kind === 'calendar') add(1, 1);
  };
  for (const { condition, trigger } of allRules(flow)) {
    if (trigger.kind === 'reached') add(1, 1);
    if (trigger.kind === 'cadence') add(0, rateOf(ir, trigger.cadence).again);
    if (condition !== undefined) everyPart(ir, condition).forEach(ofPart);
    if (trigger.kind === 'reached') everyPart(ir, trigger.at).forEach(ofPart);
  }
  // What nobody answers in time, and what comes after so long in a stage.
  for (const stage of stages) add(stage.questions.length + stage.escalations.length, 0);
  return found;
}
