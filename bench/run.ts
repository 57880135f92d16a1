/**
 * The command `npm run bench -- <area>`: measures, prints a table for people and, last, a line of JSON.
 *
 * Ends with 0 where every limit is met, 1 where one is missed, 2 where it was asked wrongly.
 * What each figure means is told in README.md beside this file.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { benchLanguage } from './language.ts';
import { type Figure, isMet, printJson, printTable } from './report.ts';
import { benchRuntime } from './runtime.ts';
import { benchSoak } from './soak.ts';

/** What can be measured: areas by name. */
const areas: Record<string, (scale: number) => Promise<Figure[]>> = {
  language: benchLanguage,
  runtime: benchRuntime,
  soak: benchSoak,
};

process.exitCode = await main();

async function main(): Promise<number> {
  const use = `Use: npm run bench -- ${Object.keys(areas).join(' | ')} [--quick]`;
  let chosen: { values: { quick: boolean }; positionals: string[] };
  try {
    chosen = parseArgs({ options: { quick: { type: 'boolean', default: false } }, allowPositionals: true });
  } catch (error) {
    console.error(`${(error as Error).message}\n${use}`);
    return 2;
  }
  const names = chosen.positionals.length > 0 ? chosen.positionals : Object.keys(areas);
  let good = true;
  for (const name of names) {
    const area = Object.hasOwn(areas, name) ? areas[name] : undefined;
    if (area === undefined) {
      console.error(`There is no bench called ${name}.\n${use}`);
      return 2;
    }
    const figures = await area(chosen.values.quick ? 0.2 : 1);
    const machine = { node: process.versions.node, cores: availableParallelism(), quick: chosen.values.quick };
    printTable(`${name} · Node ${machine.node}, ${machine.cores} cores${machine.quick ? ', quick' : ''}`, figures);
    printJson(name, figures, machine);
    good &&= figures.every(isMet);
  }
  return good ? 0 : 1;
}
