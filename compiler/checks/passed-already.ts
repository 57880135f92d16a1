/**
 * Moments that never come: they have passed whenever somebody enters the stage, and so are passed over; or
 * they move on with the clock, `today + 30 days`.
 *
 * Asked of what is written beside the way in: where every way into a stage needs that a day has come, an
 * `at` of an earlier day never comes there. A stage people start in, or come back to, is left alone.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { allRules, destinations, type FlowPart, rulesIn, stagesIn } from '../flow.ts';
import { follows } from '../follows.ts';
import type { Expr, Flow, Ir, Rule, Stage } from '../ir.ts';
import { isPossible, waysOf } from '../possible.ts';
import { type Place, sumOf } from '../terms.ts';
import { placeIn } from './both-hold.ts';
import type { Analysis } from './question.ts';

export const passedAlready: Analysis = (ir, report, { flows }) => {
  for (const part of flows) {
    for (const { trigger } of allRules(part.flow)) {
      const clock = trigger.kind === 'reached' ? runsAhead(placeIn(ir, part), trigger.at) : undefined;
      if (trigger.kind === 'reached' && clock !== undefined)
        report(diagnostic('never-reached', trigger.at.span, { name: clock }));
    }
    for (const stage of stagesIn(part.flow)) {
      const place: Place = { ...placeIn(ir, part), fixParameters: true };
      if (!stage.rules.some(({ trigger }) => trigger.kind === 'reached')) continue;
      const ways = waysInto(part, stage);
      for (const rule of stage.rules) {
        if (rule.trigger.kind !== 'reached' || movesOn(ir, part.flow, rule.trigger.at)) continue;
        if (!isBehind(place, rule.trigger.at) && !(ways !== undefined && hasPassed(place, rule.trigger.at, ways)))
          continue;
        report(diagnostic('passed-already', rule.span, { stage: stage.name }));
      }
    }
  }
};

/** The conditions of the ways into a stage; undefined where one has none, or people start there. */
function waysInto({ flow }: FlowPart, stage: Stage): { from: string; condition: Expr }[] | undefined {
  if (flow.initial === stage.name) return undefined;
  const ways: { from: string; condition: Expr }[] = [];
  for (const from of stagesIn(flow)) {
    for (const rule of rulesIn(flow, from)) {
      // To resume is to go on with a visit, not to enter.
      if (rule.move?.direction === 'resume' || !destinations(flow, from.name, rule).includes(stage.name)) continue;
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
    const there: Place = { ...place, stage: from };
    const possible = waysOf(there, condition)?.some(isPossible) ?? false;
    return possible && follows(there, condition, later);
  });
}

/** The clock that a moment stays ahead of: `today + 1 day` is always tomorrow. */
function runsAhead(place: Place, at: Expr): string | undefined {
  const { terms, constant } = sumOf(place, at.op === 'at-time' ? at.date : at);
  const clock = terms.get('today') ?? terms.get('now');
  const lengths = [...terms.values()].filter((one) => one !== clock);
  if (clock?.factor !== 1 || lengths.some(({ term, factor }) => term.kind !== 'length' || factor < 0)) return undefined;
  const isAhead = constant > 0 || (constant === 0 && lengths.length > 0);
  return isAhead ? clock.term.key : undefined;
}

/** `day of entered - 7 days` lies before every visit. */
function isBehind(place: Place, at: Expr): boolean {
  const { terms, constant } = sumOf(place, at.op === 'at-time' ? at.date : at);
  const [only, ...others] = terms.values();
  return only !== undefined && others.length === 0 && only.term.key === 'day(entered)' && constant < 0;
}

/** Whether something in the program moves the day on while people are in the stage. */
function movesOn(ir: Ir, flow: Flow, at: Expr): boolean {
  const rules: Rule[] = [...allRules(flow), ...allRules(ir)];
  const fields = new Set(
    rules.flatMap(({ effects }) => effects.flatMap((one) => (one.kind === 'set' ? [one.field] : []))),
  );
  return JSON.stringify(at, (name, value) => (name === 'span' ? undefined : value))
    .matchAll(/"op":"data","name":"(\w+)"/g)
    .some(([, name]) => fields.has(name ?? ''));
}
