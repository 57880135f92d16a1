/**
 * The step against an interpreter that knows nothing of machines: the same rules are taken in the
 * same order, and the same facts come of it, in random programs and random lives.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LoadedProgram } from '../../runtime/load.ts';
import { compareLife, told, toldWords } from '../support/compare-lives.ts';
import { couchTo5k } from '../support/programs.ts';
import { build, programText, withoutQuestions } from '../support/random-programs.ts';

const running = ['done', 'not done', 'pain', 'better', 'repeat', 'run', 'cleared', 'hello'];

let steps = 0;
let rules = 0;
function count(compared: { steps: number; rules: number }): void {
  steps += compared.steps;
  rules += compared.rules;
}

test('random programs', () => {
  fc.assert(
    fc.property(
      // Questions are not the interpreter's business.
      programText.map(withoutQuestions),
      fc.array(told(toldWords), { minLength: 5, maxLength: 40 }),
      (text, life) => {
        const { program } = build(text);
        if (program) count(compareLife(program, life, 'ok'));
      },
    ),
    { includeErrorInReport: true, seed: 42, numRuns: 250 },
  );
  assert.ok(steps > 2000 && rules > 700, `${steps} steps, ${rules} rules`);
});

test('the sample program', () => {
  const { program } = couchTo5k();
  fc.assert(
    fc.property(
      fc.array(told(running), { minLength: 5, maxLength: 60 }),
      fc.constantFrom('training', 'intake'),
      (life, at) => {
        // Starting in training: the interpreter begins where the program says people begin.
        const training = { ...program.ir.stages.training, questions: [] };
        const intake = { ...program.ir.stages.intake, questions: [] };
        const stages = { ...program.ir.stages, training, intake } as LoadedProgram['ir']['stages'];
        compareLife({ ...program, ir: { ...program.ir, initial: at, stages } }, life, 'completed');
      },
    ),
    { includeErrorInReport: true, seed: 3, numRuns: 60 },
  );
});

test.run();
