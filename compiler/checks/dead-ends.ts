/**
 * Every stage that is not final has a way out of its own.
 *
 * What holds `anytime` does not count: a program where “stop” is the only way on is still stuck
 * there. Nor does a restart, or an interruption that comes back.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { isStopRule } from '../stop.ts';
import type { Analysis } from './question.ts';

export const deadEnds: Analysis = (ir, report, nameOf) => {
  for (const name of ir.stageOrder) {
    const stage = ir.stages[name];
    if (stage === undefined || stage.final !== undefined) continue;
    const leads = stage.rules.some((rule) => {
      const { move } = rule;
      if (move === undefined || move.direction === 'restart' || isStopRule(rule)) return false;
      if (move.direction === 'advance' || move.direction === 'return') return move.to !== name;
      // Where the interruption itself leads elsewhere, this is a way out.
      if (move.direction === 'interrupt')
        return (
          ir.stages[move.to]?.rules.some(
            (other) => other.move?.direction !== 'resume' && other.move !== undefined && !isStopRule(other),
          ) ?? false
        );
      return true;
    });
    if (!leads) report(diagnostic('dead-end', nameOf(name), { name }));
  }
};
