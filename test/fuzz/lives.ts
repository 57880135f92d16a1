/**
 * Random lives of random programs, lived twice: by the step and its machine, and by an interpreter
 * that knows nothing of machines. The same rules are taken in the same order, the same facts come of it,
 * and no well-typed program fails at run time.
 */
import fc from 'fast-check';
import { compareLife, type Told, told, toldWords } from '../support/compare-lives.ts';
import { build, programText, withoutQuestions } from '../support/random-programs.ts';

/** Lives that one program lives: making a program costs more than living. */
const livesOfOne = 8;
const eventsMax = 40;

/** Compares `count` lives. Every failure is told with the program and the life that show it. */
export function compareLives(seed: number, count: number): { tried: number; failures: string[]; note: string } {
  const failures: string[] = [];
  const life = fc.array(told(toldWords), { minLength: 5, maxLength: eventsMax });
  const lives = fc.array(life, { minLength: livesOfOne, maxLength: livesOfOne });
  let tried = 0;
  let steps = 0;
  let refused = 0;
  for (let round = 0; tried < count; round++) {
    const [text, toLive] = fc.sample(fc.tuple(programText.map(withoutQuestions), lives), {
      seed: seed * 1_000_003 + round,
      numRuns: 1,
    })[0] as [string, Told[][]];
    const { program } = build(text);
    if (!program) {
      refused++;
      if (refused > 20 * (round - refused + 5)) throw new Error('Hardly any of the generated programs compile.');
      continue;
    }
    for (const one of toLive) {
      tried++;
      try {
        steps += compareLife(program, one, 'ok').steps;
      } catch (error) {
        failures.push(`seed ${seed}, program ${round}: ${(error as Error).message}\n${text}\n${JSON.stringify(one)}`);
        break;
      }
    }
  }
  return { tried, failures, note: `${steps.toLocaleString('en')} events; ${refused} programs refused` };
}
