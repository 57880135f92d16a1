/**
 * Moments that never come: they have passed whenever somebody enters the stage, and so are passed over; or
 * they move on with the clock, `today + 30 days`.
 *
 * Asked of what is written beside the way in: where every way into a stage needs that a day has come, an
 * `at` of an earlier day never comes there. A stage people start in, or come back to, is left alone.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { remember } from '../analysis-memory.ts';
import { allRules, destinations, type FlowPart, rulesIn } from '../flow.ts';
import { follows } from '../follows.ts';
import type { Expr, Flow, Ir, Rule, Stage } from '../ir.ts';
import { type Place, placeAt, placeIn } from '../place.ts';
import { isPossible } from '../possible.ts';
import { partOf, sumOf } from '../terms.ts';
import { waysOf } from '../ways.ts';
import type { Analysis } from './question.ts';

export const passedAlready: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows) {
    const waiting = part.stages.filter((stage) => remember(memory, stage, waits, () => stage.rules.some(waits)));
    const rules = [...part.flow.anytime, ...waiting.flatMap((stage) => stage.rules)];
    for (const { trigger } of rules) {
      const clock = trigger.kind === 'reached' ? runsAhead(placeIn(ir, part), trigger.at) : undefined;
      if (trigger.kind === 'reached' && clock !== undefined)
        report(diagnostic('never-reached', trigger.at.span, { name: clock }));
    }
    if (waiting.length === 0) continue;
    const set = fieldsSetIn(ir, part.flow);
    const place = placeIn(ir, part, undefined, true);
    for (const stage of waiting) {
      const ways = waysInto(part, stage);
      for (const rule of stage.rules) {
        if (rule.trigger.kind !== 'reached' || movesOn(rule.trigger.at, set)) continue;
        if (!isBehind(place, rule.trigger.at) && !(ways !== undefined && hasPassed(place, rule.trigger.at, ways)))
          continue;
        report(diagnostic('passed-already', rule.span, { stage: stage.name }));
      }
    }
  }
};

const waits = ({ trigger }: Rule): boolean => trigger.kind === 'reached';

/** The conditions of the ways into a stage; undefined where one has none, or people start there. */
function waysInto({ flow, stages }: FlowPart, stage: Stage): { from: string; condition: Expr }[] | undefined {
  if (flow.initial === stage.name) return undefined;
  const ways: { from: string; condition: Expr }[] = [];
  for (const from of stages) {
    for (const rule of rulesIn(flow, from)) {
      // To resume is to go on with a visit, not to enter.
      if (
        rule.move === undefined ||
        rule.move.direction === 'resume' ||
        !destinations(flow, from.name, rule).includes(stage.name)
      )
        continue;
      if (rule.trigger.kind !== 'holds' || rule.condition === undefined) return undefined;
      ways.push({ from: from.name, condition: rule.condition });
    }
  }
  return ways.length === 0 ? undefined : ways;
}

/** Whether each way in says that the day after the moment has come. */
function hasPassed(place: Place, at: Expr, ways: readonly { from: string; condition: Expr }[]): boolean {
  const { span } = at;
  const date = at.op === 'at-time' ? at.date : at;
  const later: Expr = { op: 'compare', by: '>', left: { op: 'today', span }, right: date, span };
  return ways.every(({ from, condition }) => {
    const there: Place = placeAt(place.ir, place.flow, place.list, from, true);
    const possible = waysOf(there, condition)?.some(isPossible) ?? false;
    return possible && follows(there, condition, later);
  });
}

/** The clock that a moment stays ahead of: `today + 1 day` is always tomorrow. */
function runsAhead(place: Place, at: Expr): string | undefined {
  const sum = sumOf(place, at.op === 'at-time' ? at.date : at);
  const clock = partOf(sum, 'today') ?? partOf(sum, 'now');
  const { terms, constant } = sum;
  const lengths = terms.filter((one) => one !== clock);
  if (clock?.factor !== 1 || lengths.some(({ term, factor }) => term.kind !== 'length' || factor < 0)) return undefined;
  const isAhead = constant > 0 || (constant === 0 && lengths.length > 0);
  return isAhead ? clock.term.key : undefined;
}

/** `day of entered - 7 days` lies before every visit, and so does a day before that of the enrollment. */
function isBehind(place: Place, at: Expr): boolean {
  const { terms, constant } = sumOf(place, at.op === 'at-time' ? at.date : at);
  const [only] = terms;
  return only !== undefined && terms.length === 1 && arrivals.has(only.term.key) && constant < 0;
}

const arrivals: ReadonlySet<string> = new Set(['day(entered)', 'day(enrolled)']);

/** The fields that are set while people are in a stage of the flow. */
function fieldsSetIn(ir: Ir, flow: Flow): ReadonlySet<string> {
  const fields = new Set<string>();
  for (const { effects } of [...allRules(flow), ...(flow === ir ? [] : allRules(ir))])
    for (const one of effects) if (one.kind === 'set') fields.add(one.field);
  return fields;
}

/** Whether something in the program moves the day on. */
function movesOn(at: Expr, fields: ReadonlySet<string>): boolean {
  return JSON.stringify(at, (name, value) => (name === 'span' ? undefined : value))
    .matchAll(/"op":"data","name":"(\w+)"/g)
    .some(([, name]) => fields.has(name ?? ''));
}
