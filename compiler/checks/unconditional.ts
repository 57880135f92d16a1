/**
 * A move without a condition is taken on entry, so nobody ever stays in the stage. That is what a stage is for which
 * only leads on; where anything in it waits for the person or for a time, a condition was forgotten.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { tell } from '../analysis-memory.ts';
import type { Move, Rule, Stage } from '../ir.ts';
import { isStopRule } from '../stop.ts';
import type { Report } from '../symbols.ts';
import type { Analysis } from './question.ts';

export const unconditional: Analysis = (_, report, { flows, memory }) => {
  for (const { flow, stages } of flows) {
    for (const rule of flow.anytime) look(rule, report);
    for (const stage of stages) {
      tell(memory, stage, unconditional, report, (found) => {
        if (!leadsOn(stage)) for (const rule of stage.rules) look(rule, found);
      });
    }
  }
};

/**
 * Whether all that a stage does is done on entry: something may be said or set, and then one of its moves is taken. The
 * last may have no condition; behind an earlier one that has none, the rest would never be reached.
 */
function leadsOn({ review, nudges, questions, escalations, rules }: Stage): boolean {
  if (review !== undefined || nudges.length + questions.length + escalations.length > 0) return false;
  const ways = rules.filter((rule) => !isStopRule(rule));
  return ways.every(
    ({ trigger, move, condition }, index) =>
      (condition !== undefined || index === ways.length - 1) &&
      trigger.kind === 'holds' &&
      move !== undefined &&
      leadsOnward(move),
  );
}

/** Into another stage: a way out of the program that is always taken would be its end, not a junction. */
const leadsOnward = ({ direction }: Move): boolean => direction === 'advance' || direction === 'return';

function look(rule: Rule, report: Report): void {
  if (rule.trigger.kind !== 'holds' || rule.condition !== undefined || rule.move === undefined) return;
  const why = ': it has no condition, so nobody stays here';
  report(diagnostic('always-true', rule.span, { why }, { hint: 'Say when: `when …`, or `after 3 days`.' }));
}
