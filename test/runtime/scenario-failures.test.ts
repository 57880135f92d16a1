/** What a scenario says when it fails: what was expected, what happened, and why. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { load } from '../../runtime/load.ts';
import { type Prompts, runScenario, scenarioAgent, scenarioStart } from '../../runtime/scenario.ts';
import { simulate } from '../../runtime/simulate.ts';

const source = `program walks "Walks" {
  timezone "UTC"
  roles    nurse, lead
  services billing
  data { goal: number 1 to 9 = 2  nurse may set  why: text?  walks: series { minutes: number min }  nurse may record }
  list shoes by name { data { name: text  worn: number = 0  nurse may set }  starts with { name: "Red" } }
  stage one {
    skill   plain
    let done = count(walks this visit)
    command "ask"  { ask nurse "How do {goal} walks go?" (number) as goal }
    command "tell" { tell nurse "They walk."  send report to lead "All well."  call billing charge { amount: goal } }
    command "more" { propose goal = 3 approved by nurse within 1 day else tell lead "Nobody decided." }
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
  {
    name: 'an escalation',
    steps: 'expect escalated to nurse',
    failures: ['escalated to nurse | nothing was escalated | -'],
  },
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
  {
    name: 'a condition of two clauses names the false one',
    steps: 'walks { minutes: 5 }\n expect goal = 2 and count(walks) = 2',
    failures: ['goal = 2 and count(walks) = 2 | “count(walks) = 2” does not hold: count(walks) is 1 | -'],
  },
  {
    name: 'a field of an item',
    steps: 'expect shoes["red"].worn = 3, count(shoes where worn > 0) = 1',
    failures: [
      'shoes["red"].worn = 3 | shoes["red"].worn is 0 | -',
      'count(shoes where worn > 0) = 1 | count(shoes where worn > 0) is 0 | -',
    ],
  },
  {
    name: 'what was told, sent, called, asked and proposed: nothing at all',
    steps:
      'expect told nurse, sent report, called billing, asked "well", asked nurse, proposed goal = 3, messages today = 1, escalations = 1',
    failures: [
      'told nurse | nobody was told anything | -',
      'sent report | nothing was sent | -',
      'called billing | nothing was called | -',
      'asked "well" | nothing was asked | -',
      'asked nurse | nothing was asked | -',
      'proposed goal = 3 | nothing was proposed | -',
      'messages today = 1 | messages today = 0 | -',
      'escalations = 1 | escalations = 0 | -',
    ],
  },
  {
    name: 'what was told, sent, called, asked and proposed: something else',
    steps:
      'they say "tell"\n they say "ask"\n they say "more"\n expect told lead, told nurse "runs", sent report to nurse, called billing refund, asked "go", asked nurse "well", proposed goal = 4, no proposal, not called billing',
    failures: [
      'told lead | told nurse “They walk.”, told nurse “How do 2 walks go?” | -',
      'told nurse "runs" | told nurse “They walk.”, told nurse “How do 2 walks go?” | -',
      'sent report to nurse | sent report to lead: “All well.” | -',
      'called billing refund | called billing charge { amount: 2 } | -',
      'asked "go" | asked nurse “How do 2 walks go?” | -',
      'asked nurse "well" | asked nurse “How do 2 walks go?” | -',
      'proposed goal = 4 | proposed goal = 3 | -',
      'no proposal | proposed goal = 3 | -',
      'not called billing | called billing charge { amount: 2 } | -',
    ],
  },
  {
    name: 'deeds that nothing waits for',
    steps:
      'nurse approves\n nurse answers 5\n nurse acknowledges\n nurse retracts walks of day 1\n nurse corrects walks of day 1 at 08:00 { minutes: 3 }\n nurse sets shoes["Blue"] worn = 1',
    failures: [
      'it can be done | nothing waits for a decision of nurse | -',
      'it can be done | no question to nurse is open | -',
      'it can be done | no escalation that may reach nurse is open | -',
      'it can be done | there is no walk of Mon 5 Jan | -',
      'it can be done | there is no walk of Mon 5 Jan, 08:00 | -',
      'it can be done | there is no shoe “Blue” | -',
    ],
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
