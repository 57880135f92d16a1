/**
 * The budget holds for a usual month: what is routine must not cost more than the program says it may.
 *
 * The worst month may: while it runs, a budget makes the program do less in place of costing more.
 * `regimen cost` shows both.
 */
import { diagnostic } from '../../language/diagnostics.ts';
import { costOf } from '../cost.ts';
import type { Analysis } from './question.ts';

export const budget: Analysis = (ir, report, { clause, environment }) => {
  if (ir.budget === undefined) return;
  const { total, stages } = costOf(ir, environment.cost);
  const { usdPerMonth } = ir.budget;
  if (total.usd.typical <= usdPerMonth) return;
  const dearest = stages.reduce((most, one) => (one.usd.typical > (most?.usd.typical ?? -1) ? one : most), stages[0]);
  const words = {
    cost: money(total.usd.typical),
    budget: money(usdPerMonth),
    stage: dearest === undefined ? 'it' : `\`${dearest.stage}\``,
  };
  report(diagnostic('over-budget', clause('budget'), words));
};

/** Cents, or as many digits as it takes to see something. */
export const money = (usd: number): string => `$${usd === 0 || usd >= 0.01 ? usd.toFixed(2) : usd.toPrecision(1)}`;
