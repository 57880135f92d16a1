/** What a scenario says when it fails: what was expected, what happened, and why. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { load } from '../../runtime/load.ts';
import { type Prompts, runScenario, scenarioAgent, scenarioStart } from '../../runtime/scenario.ts';
import { simulate } from '../../runtime/simulate.ts';

const source = `program walks "Walks" {
  timezone "UTC"
  roles    nurse
  data { goal: number 1 to 9 = 2  walks: series { minutes: number min } }
  stage one {
    skill   plain
    let done = count(walks this visit)
    advance to two when done >= goal and 1 day since entered
    leave   as lost after 30 days of silence
  }
  stage two final success { }
}
`;

const cases: { name: string; steps: string; failures: string[] }[] = [
  {
    name: 'a stage not reached names the clause that keeps the person, with its values',
    steps: 'walks { minutes: 5 }\n wait 2 days\n expect stage two',
    failures: ['stage two | stage one | “done >= goal” does not hold: done is 1, goal is 2'],
  },
  { name: 'a value', steps: 'expect goal = 3', failures: ['goal = 3 | goal is 2 | -'] },
  { name: 'a message', steps: 'expect message "hello"', failures: ['message "hello" | no message | -'] },
  { name: 'an escalation', steps: 'expect escalated to nurse', failures: ['escalated to nurse | nobody was told | -'] },
  {
    name: 'an answer that nobody asked for',
    steps: 'they answer yes',
    failures: ['it can be done | That question is no longer open. | -'],
  },
  {
    name: 'words for the agent that no run speaks',
    steps: 'agent says "Hi"\n wait 1 day',
    failures: ['the agent does this | no agent run came after it | -'],
  },
  {
    name: 'a word after the end',
    steps: 'they say "stop"\n they say "hello"',
    failures: ['it can be done | The person has finished Walks. | -'],
  },
  { name: 'a count', steps: 'expect nudges = 1', failures: ['nudges = 1 | nudges = 0 | -'] },
];

for (const { name, steps, failures } of cases) {
  test(name, async () => {
    const text = `${source}scenario "s" of walks {\n start mon 2026-01-05 09:00\n ${steps}\n}\n`;
    const compiled = compile([{ path: 'walks.regimen', text }]);
    const [one] = compiled.scenarios;
    const [declared] = compiled.programs;
    assert.equal(
      compiled.files.flatMap((file) => file.diagnostics.filter(({ severity }) => severity === 'error')),
      [],
    );
    if (!one || !declared) throw new Error('nothing was compiled');
    const program = load(declared.ir, text);
    const prompts: Prompts = { says: [], sets: [], judgements: [] };
    const start = scenarioStart(one.scenario, program).at;
    const world = simulate({ program, agent: scenarioAgent(prompts), skills: {}, enrollment: 'e1', start });
    const result = await runScenario(one.scenario, program, world, prompts);
    assert.equal(
      result.failures.map(({ expected, happened, why }) => `${expected} | ${happened} | ${why ?? '-'}`),
      failures,
    );
  });
}

test.run();
