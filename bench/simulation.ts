/**
 * How long ten thousand simulated people take for ninety days of Couch to 5K: the command itself, as people run it.
 */
import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { rounded } from './measure.ts';
import type { Figure } from './report.ts';

/** On two cores. */
export const simulationSecondsMax = 60;

const PEOPLE = 10_000;
const DAYS = 90;
const CORES = 2;

/** `scale` takes fewer people; the figure is reckoned up to the whole. */
export async function benchSimulation(scale: number): Promise<Figure[]> {
  const people = Math.ceil(PEOPLE * scale);
  const command = fileURLToPath(new URL('../cli/regimen.ts', import.meta.url));
  const program = fileURLToPath(new URL('../programs/couch_to_5k.regimen', import.meta.url));
  const asked = ['--people', people, '--days', DAYS, '--cores', CORES, '--seed', 1].map(String);
  const before = performance.now();
  const ran = spawnSync(process.execPath, [command, 'simulate', program, ...asked, '--json'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = (performance.now() - before) / 1000;
  if (ran.status !== 0) throw new Error(`The simulation ended with ${ran.status}: ${ran.stderr.slice(0, 500)}`);
  const { tally } = JSON.parse(ran.stdout) as { tally: { people: number; steps: number } };
  if (tally.people !== people) throw new Error(`${tally.people} people were simulated, not ${people}.`);
  return [
    {
      name: `${PEOPLE.toLocaleString('en')} people for ${DAYS} days`,
      value: rounded((seconds / people) * PEOPLE),
      unit: 's',
      limit: { at: 'most', value: simulationSecondsMax },
      note: `${people.toLocaleString('en')} people, ${tally.steps.toLocaleString('en')} steps, ${CORES} threads of ${availableParallelism()} cores, from start to end of the command`,
    },
  ];
}
