/**
 * Moves that wait for somebody's approval although another line moves the person on at that very moment: the proposal
 * is made and withdrawn again, and nobody can decide it.
 *
 * Said only where the other line holds in every case in which the move is proposed, and nothing that is done at that
 * moment changes what it asks.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, tell } from '../analysis-memory.ts';
import { type FlowPart, rulesIn } from '../flow.ts';
import type { Ir, Rule, Stage } from '../ir.ts';
import { placeIn } from '../place.ts';
import { canHold, implies } from '../possible.ts';
import { isStopRule } from '../stop.ts';
import type { Report } from '../symbols.ts';
import { turningIn, undoes } from '../touched.ts';
import { lookAt } from '../ways.ts';
import type { Analysis } from './question.ts';

export const overtaken: Analysis = (ir, report, { flows, memory }) => {
  for (const part of flows) {
    for (const stage of part.stages)
      tell(memory, stage, overtaken, report, (found) => lookInto(ir, part, stage, memory, found));
  }
};

function lookInto(ir: Ir, part: FlowPart, stage: Stage, memory: AnalysisMemory, report: Report): void {
  const waiting = stage.rules.filter((rule) => proposesMove(rule, stage));
  if (waiting.length === 0) return;
  const place = placeIn(ir, part, stage.name);
  const turning = turningIn(part.flow, stage, memory);
  const isChanged = ({ condition }: Rule) =>
    condition !== undefined && turning.some((one) => undoes(ir, one, condition));
  const away = rulesIn(part.flow, stage).filter((rule) => leadsAway(rule) && !isChanged(rule));
  for (const rule of waiting) {
    const proposed = lookAt(place, rule.condition);
    if (!canHold(proposed)) continue;
    const first = away.find((other) => implies(proposed, lookAt(place, other.condition)));
    if (first === undefined) continue;
    const related = [{ message: 'By then this has moved them.', span: first.span }];
    report(diagnostic('overtaken', rule.span, {}, { related }));
  }
}

/** Whether it only proposes, and what is proposed is a move. */
function proposesMove({ effects: [effect] }: Rule, { rules }: Stage): boolean {
  if (effect?.kind !== 'propose') return false;
  return rules.some(
    ({ trigger, move }) =>
      move !== undefined && trigger.kind === 'decided' && trigger.approved && trigger.proposal === effect.proposal,
  );
}

/** From an interruption people come back, and what was proposed is still there. */
const leadsAway = (rule: Rule): boolean =>
  rule.trigger.kind === 'holds' && rule.move !== undefined && rule.move.direction !== 'interrupt' && !isStopRule(rule);
