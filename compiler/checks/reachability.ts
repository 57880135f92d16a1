/** Every stage can be reached from the first one of its flow. */
import { diagnostic } from '../../language/diagnostics.ts';
import { destinations, type FlowPart, rulesIn } from '../flow.ts';
import type { Analysis } from './question.ts';

export const reachability: Analysis = (_, report, { flows, nameOf }) => {
  for (const part of flows) {
    const reached = reachable(part);
    for (const name of part.flow.stageOrder) {
      if (!reached.has(name)) report(diagnostic('unreachable-stage', nameOf(part, name), { name }));
    }
  }
};

/** The stages that some way leads into. */
export function reachable({ flow }: FlowPart): Set<string> {
  const reached = new Set([flow.initial]);
  const open = [flow.initial];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const stage = flow.stages[name];
    if (stage === undefined) continue;
    for (const rule of rulesIn(flow, stage)) {
      // Going back to where one was interrupted leads nowhere one has not been.
      if (rule.move?.direction === 'resume') continue;
      for (const to of destinations(flow, name, rule)) {
        if (!reached.has(to)) {
          reached.add(to);
          open.push(to);
        }
      }
    }
  }
  return reached;
}
