/**
 * Every stage that is not final has a way out of its own.
 *
 * What holds `anytime` does not count: a program where “stop” is the only way on is still stuck
 * there. Nor does a restart, or an interruption that comes back. Where nothing in a track or a list is
 * final, an only stage, or one that does something, may go on as long as the person is in the program.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { stagesIn } from '../flow.ts';
import type { Flow, Stage } from '../ir.ts';
import { isStopRule } from '../stop.ts';
import type { Analysis } from './question.ts';

export const deadEnds: Analysis = (_, report, { flows, nameOf }) => {
  for (const part of flows) {
    const stages = stagesIn(part.flow);
    const mayGoOn = part.kind !== 'main' && stages.every((stage) => stage.final === undefined);
    for (const stage of stages) {
      const { name } = stage;
      if (mayGoOn && (stages.length === 1 || stage.rules.some((rule) => rule.effects.length > 0))) continue;
      if (stage.final === undefined && !hasWayOut(part.flow, stage))
        report(diagnostic('dead-end', nameOf(part, name), { name }));
    }
  }
};

function hasWayOut(flow: Flow, { name, rules }: Stage): boolean {
  return rules.some((rule) => {
    const { move } = rule;
    if (move === undefined || move.direction === 'restart' || isStopRule(rule)) return false;
    if (move.direction === 'advance' || move.direction === 'return') return move.to !== name;
    // Where the interruption itself leads elsewhere, this is a way out.
    if (move.direction === 'interrupt')
      return (
        flow.stages[move.to]?.rules.some(
          (other) => other.move?.direction !== 'resume' && other.move !== undefined && !isStopRule(other),
        ) ?? false
      );
    return true;
  });
}
