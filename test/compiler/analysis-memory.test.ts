/**
 * What the analyses keep: with one memory, only what has changed is looked at again, and the same is said.
 *
 * That all of `compile` says the same after edits is asked in `again.test.ts`; here is what the memory promises
 * by itself.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programOfStages } from '../../bench/programs.ts';
import { type AnalysisMemory, analysisMemory } from '../../compiler/analysis-memory.ts';
import { analyze } from '../../compiler/analyze.ts';
import { compile } from '../../compiler/compile.ts';
import type { Ir, Stage } from '../../compiler/ir.ts';
import type { Program } from '../../language/ast.ts';
import type { Diagnostic } from '../../language/diagnostics.ts';
import { readCases } from '../support/cases.ts';

const cases = `${import.meta.dirname}/cases/analyses.txt`;

function compiled(text: string): { ir: Ir; tree: Program }[] {
  const { files, programs } = compile([{ path: 'case.regimen', text }]);
  return programs.map(({ ir }, index) => ({ ir, tree: files[0]?.ast.programs[index] as Program }));
}

function findings(ir: Ir, tree: Program, memory?: AnalysisMemory): Diagnostic[] {
  const found: Diagnostic[] = [];
  analyze(ir, tree, (one) => found.push(one), {}, [], undefined, memory);
  return found;
}

/** The same program in which one stage was made anew. */
const withNewStage = (ir: Ir, name: string): Ir => ({
  ...ir,
  stages: { ...ir.stages, [name]: structuredClone(ir.stages[name] as Stage) },
});

test('the same is said again, whichever stage was made anew', () => {
  let said = 0;
  for (const { source } of readCases(cases)) {
    for (const { ir, tree } of compiled(source)) {
      const memory = analysisMemory();
      const first = findings(ir, tree, memory);
      assert.equal(first, findings(ir, tree), 'a memory changes nothing');
      for (const name of ir.stageOrder)
        assert.equal(findings(withNewStage(ir, name), tree, memory), first, `${ir.name}: ${name} made anew`);
      said += first.length;
    }
  }
  assert.ok(said > 30, `only ${said} findings in all cases`);
});

test('stages that are the same are not looked at again', () => {
  const [one] = compiled(programOfStages(12));
  if (one === undefined) throw new Error('no program');
  const { ir, tree } = one;
  const memory = analysisMemory();
  const before = findings(ir, tree, memory);
  const changed = withNewStage(ir, 'part_5');
  for (const stage of Object.values(changed.stages)) if (stage.name !== 'part_5') shut(stage);
  assert.equal(findings(changed, tree, memory), before);
  assert.throws(() => findings(changed, tree), /looked at again/, 'without a memory all of them are');
});

/** Refuses to show what is inside of a stage. */
function shut(stage: Stage): void {
  for (const part of ['rules', 'nudges', 'questions', 'escalations'] as const)
    Object.defineProperty(stage, part, {
      get: () => {
        throw new Error(`${stage.name} was looked at again: its ${part}`);
      },
    });
}

test('what is kept moves along with its spans', () => {
  const text = `program p {
    timezone "UTC"
    data { n : number 0 to 9 = 0 }
    stage a { advance to b when n > 3 and n < 2  leave as lost after 9 days }
    stage b { leave as lost after 9 days }
  }`;
  const [one] = compiled(text);
  if (one === undefined) throw new Error('no program');
  const { ir, tree } = one;
  const memory = analysisMemory();
  const places = () => findings(ir, tree, memory).map(({ code, span }) => `${code} ${span.start}`);
  const before = places();
  const rule = ir.stages.a?.rules[0];
  assert.equal(before, [`never-true ${text.indexOf('n > 3')}`]);
  if (rule?.condition !== undefined) rule.condition.span.start += 10;
  assert.equal(places(), [`never-true ${text.indexOf('n > 3') + 10}`]);
});

test.run();
