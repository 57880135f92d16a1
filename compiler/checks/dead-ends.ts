/**
 * Every stage that is not final has a way out of its own.
 *
 * What holds `anytime` does not count: a program where “stop” is the only way on is still stuck
 * there. Nor does a restart, or an interruption that comes back. Where nothing in a track or a list is
 * final, an only stage, or one that does something, may go on as long as the person is in the program.
 */
import { type Details, diagnostic } from '../../language/diagnostics.ts';
import { remember } from '../analysis-memory.ts';
import { allRules } from '../flow.ts';
import type { Flow, Rule, Stage } from '../ir.ts';
import { isStopRule } from '../stop.ts';
import type { Analysis } from './question.ts';

/** Moves to itself that are pointed at. */
const SHOWN_MAX = 3;

export const deadEnds: Analysis = (_, report, { flows, nameOf, memory }) => {
  for (const part of flows) {
    const { stages } = part;
    const mayGoOn = part.kind !== 'main' && stages.every((stage) => stage.final === undefined);
    for (const stage of stages) {
      const { name } = stage;
      if (stage.final !== undefined || remember(memory, stage, leadsAway, () => leadsAway(stage))) continue;
      if (mayGoOn && (stages.length === 1 || stage.rules.some((rule) => rule.effects.length > 0))) continue;
      if (!leadsAwayWhileInterrupted(part.flow, stage))
        report(diagnostic('dead-end', nameOf(part, name), { name }, detailsOf(part.flow, stage)));
    }
  }
};

/** Moves that only seem to lead on, as many as are pointed at; and what is lacking where people are interrupted. */
function detailsOf(flow: Flow, { name, rules }: Stage): Details {
  const related = rules
    .filter(({ move }) => move !== undefined && 'to' in move && move.to === name)
    .slice(0, SHOWN_MAX)
    .map(({ span }) => ({ message: 'This leads back into the same stage.', span }));
  const interrupts = ({ move }: Rule) => move?.direction === 'interrupt' && move.to === name;
  const isInterruption = allRules(flow).some(interrupts);
  const hint = 'Let people go back to where they came from, `resume when …`, or add an `advance`, `return` or `leave`.';
  return isInterruption ? { related, hint } : { related };
}

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
