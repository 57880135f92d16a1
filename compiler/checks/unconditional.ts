/** A move without a condition is taken on entry, so nobody ever stays in the stage. */
import { diagnostic } from '../../language/diagnostics.ts';
import { allRules } from '../flow.ts';
import type { Analysis } from './question.ts';

export const unconditional: Analysis = (_, report, { flows }) => {
  for (const rule of flows.flatMap(({ flow }) => allRules(flow))) {
    if (rule.trigger.kind !== 'holds' || rule.condition !== undefined || rule.move === undefined) continue;
    const why = ': it has no condition, so nobody stays here';
    report(diagnostic('always-true', rule.span, { why }, { hint: 'Say when: `when …`, or `after 3 days`.' }));
  }
};
