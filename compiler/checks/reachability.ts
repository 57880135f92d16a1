/** Every stage can be reached from the first one of its flow. Where one only lacks its `interrupt`, its `resume` is told. */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import { type FlowPart, pausedStages, waysOn } from '../flow.ts';
import type { Stage } from '../ir.ts';
import type { Analysis } from './question.ts';

export const reachability: Analysis = (_, report, { flows, nameOf, memory }) => {
  for (const part of flows) {
    const reached = reachable(part, memory);
    const unreached = part.stages.filter(({ name }) => !reached.has(name));
    if (unreached.length === 0) continue;
    const entered = new Set(part.stages.flatMap((stage) => waysFrom(part, stage, memory)));
    const paused = pausedStages(part.flow);
    for (const stage of unreached) {
      const { name } = stage;
      // Nobody wrote the stage in which a pause is spent: the stage with the pause is told.
      if (paused.has(name)) continue;
      if (entered.has(name) || !resumes(stage)) report(diagnostic('unreachable-stage', nameOf(part, name), { name }));
    }
  }
};

/** Whether people go back from a stage to where they were interrupted. */
const resumes = ({ rules }: Stage): boolean => rules.some(({ move }) => move?.direction === 'resume');

const waysFrom = ({ flow }: FlowPart, stage: Stage, memory: AnalysisMemory): readonly string[] =>
  remember(memory, stage, waysOn, () => waysOn(flow, stage));

/** The stages that some way leads into. */
function reachable(part: FlowPart, memory: AnalysisMemory): Set<string> {
  const { flow } = part;
  const reached = new Set([flow.initial]);
  const open = [flow.initial];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const stage = flow.stages[name];
    if (stage === undefined) continue;
    for (const to of waysFrom(part, stage, memory)) {
      if (reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}
