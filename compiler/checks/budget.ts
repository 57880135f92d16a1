/**
 * The budget holds for a usual month: what is routine must not cost more than the program says it may.
 *
 * The worst month may: while it runs, a budget makes the program do less in place of costing more.
 * `regimen cost` shows both.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { showUsd, usualMonthOf } from '../cost.ts';
import type { Analysis } from './question.ts';

export const budget: Analysis = (ir, report, { clause, environment, memory }) => {
  if (ir.budget === undefined) return;
  const { usd, stages } = usualMonthOf(ir, environment.cost, memory);
  const { usdPerMonth } = ir.budget;
  if (usd <= usdPerMonth) return;
  const [first, ...others] = stages();
  const dearest = others.reduce((most, one) => (one.usd > (most?.usd ?? -1) ? one : most), first);
  const words = {
    cost: showUsd(usd),
    budget: showUsd(usdPerMonth),
    stage: dearest === undefined ? 'it' : `\`${dearest.stage}\``,
  };
  report(diagnostic('over-budget', clause('budget'), words));
};
