/**
 * Every stage that is not final has a way out of its own.
 *
 * What holds `anytime` does not count: a program where “stop” is the only way on is still stuck
 * there. Nor does a restart, or an interruption that comes back. Where nothing in a track or a list is
 * final, an only stage, or one that does something, may go on as long as the person is in the program.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { remember } from '../analysis-memory.ts';
import type { Flow, Stage } from '../ir.ts';
import { isStopRule } from '../stop.ts';
import type { Analysis } from './question.ts';

export const deadEnds: Analysis = (_, report, { flows, nameOf, memory }) => {
  for (const part of flows) {
    const { stages } = part;
    const mayGoOn = part.kind !== 'main' && stages.every((stage) => stage.final === undefined);
    for (const stage of stages) {
      const { name } = stage;
      if (stage.final !== undefined || remember(memory, stage, leadsAway, () => leadsAway(stage))) continue;
      if (mayGoOn && (stages.length === 1 || stage.rules.some((rule) => rule.effects.length > 0))) continue;
      if (!leadsAwayWhileInterrupted(part.flow, stage)) report(diagnostic('dead-end', nameOf(part, name), { name }));
    }
  }
};

/** Whether a rule of the stage takes people elsewhere for good. */
const leadsAway = ({ name, rules }: Stage): boolean =>
  rules.some((rule) => {
    const { move } = rule;
    if (move === undefined || move.direction === 'restart' || move.direction === 'interrupt') return false;
    if (move.direction === 'advance' || move.direction === 'return') return move.to !== name;
    return !isStopRule(rule);
  });

/** Whether a stage that interrupts it leads elsewhere. */
const leadsAwayWhileInterrupted = (flow: Flow, { rules }: Stage): boolean =>
  rules.some(
    ({ move }) =>
      move?.direction === 'interrupt' &&
      flow.stages[move.to]?.rules.some(
        (other) => other.move !== undefined && other.move.direction !== 'resume' && !isStopRule(other),
      ),
  );
