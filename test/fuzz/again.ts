/**
 * Files edited one after another and compiled with one memory: each time the same comes of it as of a first compile.
 */
import { compileMemory } from '../../compiler/compile-memory.ts';
import { chanceFrom } from '../../runtime/population/chance.ts';
import { againProblem } from '../support/compile-again.ts';
import { edited } from '../support/edits.ts';
import { readSources, type Source } from './sources.ts';

/** Edits that one memory sees. */
const editsOfOne = 20;
const environments = [{}, { skills: ['companion', 'run_coach'] }];

/** Makes `count` edits of texts that have something to keep. Every failure is told with the texts that show it. */
export function compileAgain(seed: number, count: number): { tried: number; failures: string[]; note: string } {
  const sources = readSources().filter(({ stages, beside }) => stages.length > 1 || beside.length > 0);
  const failures: string[] = [];
  let tried = 0;
  let round = 0;
  for (; tried < count; round++) {
    const { edits, problem } = editOne(seed, round, sources);
    tried += edits;
    if (problem !== undefined) failures.push(`seed ${seed}, round ${round}, edit ${edits}: ${problem}`);
  }
  return { tried, failures, note: `in ${round.toLocaleString('en')} pieces of work on ${sources.length} texts` };
}

/** One piece of work on one text, up to the first edit after which something else came of it. */
function editOne(seed: number, round: number, sources: readonly Source[]): { edits: number; problem?: string } {
  const random = chanceFrom(seed, round);
  const { name, text, beside } = random.pick(sources);
  const files = [{ path: 'main.regimen', text }, ...beside].map((file) => ({ ...file, before: [] as string[] }));
  const memory = compileMemory();
  let environment = random.pick(environments);
  for (let edits = 0; ; edits++) {
    const problem = againProblem(files, environment, memory);
    if (problem !== undefined)
      return { edits, problem: `${name}: ${problem}\n${files.map((file) => file.text).join('\n── beside\n')}` };
    if (edits === editsOfOne) return { edits };
    const file = random.pick(files);
    const now = file.text;
    file.text = edited(now, file.before, random);
    file.before.push(now);
    if (random.happens(0.05)) environment = random.pick(environments);
  }
}
