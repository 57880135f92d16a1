/** The sample's scenarios in the pure simulation, and what must be true of every story's timeline. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Prompts } from '../../runtime/scenario.ts';
import { runScenario, scenarioAgent, scenarioStart } from '../../runtime/scenario.ts';
import { simulate } from '../../runtime/simulate.ts';
import type { State } from '../../runtime/state.ts';
import { step } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { couchTo5k } from '../support/programs.ts';

const { program, scenarios, skills } = couchTo5k();

test('there are scenarios to run', () => assert.ok(scenarios.length >= 8));

for (const scenario of scenarios) {
  test(scenario.title, async () => {
    const prompts: Prompts = { says: [], sets: [], judgements: [] };
    const start = scenarioStart(scenario, program).at;
    const world = simulate({ program, agent: scenarioAgent(prompts), skills, enrollment: 'e1', start });
    const result = await runScenario(scenario, program, world, prompts);
    assert.equal(
      result.failures.map((one) => `expected ${one.expected}; happened: ${one.happened}${one.why ? ` (${one.why})` : ''}`),
      [],
    );
    foldsToTheSame(result.timeline, await world.state());
  });
}

/** Folding the inputs gives the state and the very same rows again, through JSON each time. */
function foldsToTheSame(timeline: TimelineRow[], expected: State): void {
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
