/** A move without a condition is taken on entry, so nobody ever stays in the stage. */
import { diagnostic } from '../../language/diagnostics.ts';
import { tell } from '../analysis-memory.ts';
import type { Rule } from '../ir.ts';
import type { Report } from '../symbols.ts';
import type { Analysis } from './question.ts';

export const unconditional: Analysis = (_, report, { flows, memory }) => {
  for (const { flow, stages } of flows) {
    for (const rule of flow.anytime) look(rule, report);
    for (const stage of stages) {
      tell(memory, stage, unconditional, report, (found) => {
        for (const rule of stage.rules) look(rule, found);
      });
    }
  }
};

function look(rule: Rule, report: Report): void {
  if (rule.trigger.kind !== 'holds' || rule.condition !== undefined || rule.move === undefined) return;
  const why = ': it has no condition, so nobody stays here';
  report(diagnostic('always-true', rule.span, { why }, { hint: 'Say when: `when …`, or `after 3 days`.' }));
}
