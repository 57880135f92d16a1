/** Scenarios in the pure simulation, and what must be true of every story's timeline. */
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import type { ScenarioIr } from '../../compiler/scenario-ir.ts';
import { type LoadedProgram, load } from '../../runtime/load.ts';
import type { Prompts } from '../../runtime/scenario.ts';
import { runScenario, scenarioAgent, scenarioStart } from '../../runtime/scenario.ts';
import type { Skill } from '../../runtime/services.ts';
import { simulate } from '../../runtime/simulate.ts';
import type { State } from '../../runtime/state.ts';
import { step } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { couchTo5k } from '../support/programs.ts';

const sample = couchTo5k();
const stories: { program: LoadedProgram; scenario: ScenarioIr; skills: Record<string, Skill> }[] = sample.scenarios.map(
  (scenario) => ({ program: sample.program, scenario, skills: sample.skills }),
);

const folder = new URL('./cases/', import.meta.url);
for (const name of readdirSync(folder)) {
  const text = readFileSync(new URL(name, folder), 'utf8');
  const compiled = compile([{ path: name, text }]);
  const errors = compiled.files.flatMap((file) => file.diagnostics.filter((one) => one.severity === 'error'));
  test(`${name} has no errors`, () => assert.equal(errors, []));
  for (const { scenario } of compiled.scenarios) {
    const declared = compiled.programs.find((one) => one.ir.name === scenario.program);
    if (declared) stories.push({ program: load(declared.ir, text), scenario, skills: {} });
  }
}

test('there are stories to tell', () => assert.ok(stories.length >= 20));

for (const { program, scenario, skills } of stories) {
  test(`${program.ir.name}: ${scenario.title}`, async () => {
    const prompts: Prompts = { says: [], sets: [], judgements: [] };
    const start = scenarioStart(scenario, program).at;
    const world = simulate({ program, agent: scenarioAgent(prompts), skills, enrollment: 'e1', start });
    const result = await runScenario(scenario, program, world, prompts);
    assert.equal(
      result.failures.map(
        (one) => `expected ${one.expected}; happened: ${one.happened}${one.why ? ` (${one.why})` : ''}`,
      ),
      [],
    );
    foldsToTheSame(program, result.timeline, await world.state());
  });
}

/** Folding the inputs gives the state and the very same rows again, through JSON each time. */
function foldsToTheSame(program: LoadedProgram, timeline: TimelineRow[], expected: State): void {
  let state: State | null = null;
  const rows: TimelineRow[] = [];
  for (const row of timeline) {
    if (row.kind !== 'input') continue;
    const result = step(program, state, JSON.parse(JSON.stringify(row.input)), row.at, 'e1');
    state = JSON.parse(JSON.stringify(result.state)) as State;
    rows.push(...result.rows);
  }
  assert.equal(rows, timeline);
  assert.equal(state, JSON.parse(JSON.stringify(expected)));
  assert.equal(
    timeline.map((row) => row.seq),
    timeline.map((_, index) => index + 1),
  );
}

test.run();
