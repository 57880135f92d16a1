/**
 * How fast the runtime is, how it grows, and what it keeps: everything that is promised of it with a figure.
 */
import { benchPlanPopulation } from './plan-population.ts';
import type { Figure } from './report.ts';
import { benchRates } from './runtime-rates.ts';
import { benchScale } from './runtime-scale.ts';
import { benchStorage } from './runtime-storage.ts';
import { benchSimulation } from './simulation.ts';
import { benchStep } from './step.ts';

/** `scale` shortens the bench: 1 is the whole, 0.2 a quick look. */
export async function benchRuntime(scale: number): Promise<Figure[]> {
  return [
    ...(await benchStep(scale)),
    ...(await benchRates(scale)),
    ...(await benchScale(scale)),
    ...(await benchStorage(scale)),
    ...(await benchSimulation(scale)),
    ...(await benchPlanPopulation(scale)),
  ];
}
