/** Every stage can be reached from the first one. */
import { diagnostic } from '../../language/diagnostics.ts';
import { destinations, rulesIn } from '../flow.ts';
import type { Analysis } from './question.ts';

export const reachability: Analysis = (ir, report, nameOf) => {
  const reached = new Set([ir.initial]);
  const open = [ir.initial];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const stage = ir.stages[name];
    if (stage === undefined) continue;
    for (const rule of rulesIn(ir, stage)) {
      // Going back to where one was interrupted leads nowhere one has not been.
      if (rule.move?.direction === 'resume') continue;
      for (const to of destinations(ir, name, rule)) {
        if (!reached.has(to)) {
          reached.add(to);
          open.push(to);
        }
      }
    }
  }
  for (const name of ir.stageOrder) {
    if (!reached.has(name)) report(diagnostic('unreachable-stage', nameOf(name), { name }));
  }
};
