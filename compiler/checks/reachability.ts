/** Every stage can be reached from the first one of its flow. */
import { diagnostic } from '../../language/diagnostics.ts';
import { type AnalysisMemory, remember } from '../analysis-memory.ts';
import { type FlowPart, waysOn } from '../flow.ts';
import type { Analysis } from './question.ts';

export const reachability: Analysis = (_, report, { flows, nameOf, memory }) => {
  for (const part of flows) {
    const reached = reachable(part, memory);
    for (const name of part.flow.stageOrder) {
      if (!reached.has(name)) report(diagnostic('unreachable-stage', nameOf(part, name), { name }));
    }
  }
};

/** The stages that some way leads into. */
function reachable({ flow }: FlowPart, memory: AnalysisMemory): Set<string> {
  const reached = new Set([flow.initial]);
  const open = [flow.initial];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const stage = flow.stages[name];
    if (stage === undefined) continue;
    for (const to of remember(memory, stage, waysOn, () => waysOn(flow, stage))) {
      if (reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}
