/** The same story in the pure simulation and on Postgres leaves the same timeline, to the byte. */
import { readdir, readFile } from 'node:fs/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { load } from '../../runtime/load.ts';
import { type Prompts, runScenario, scenarioAgent, scenarioStart } from '../../runtime/scenario.ts';
import type { Skill } from '../../runtime/services.ts';
import { simulate } from '../../runtime/simulate.ts';
import { readSkill } from '../../runtime/skills.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { createWorld } from '../../runtime/store/world.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { withDatabase } from '../support/database.ts';
import { source, withWorker } from './story.ts';

const test = suite('world');

const stories = `
scenario "three walks make fit" of walking {
  start    mon 2026-01-05 09:00 in "Europe/London"
  they say "hello"
  they say "yes"
  expect   stage walking
  each of mon, wed, fri at 07:30   walks { minutes: 28 }
  expect   stage fit
}

scenario "silence takes a minute back, again and again, over a clock change" of walking {
  start    mon 2026-03-02 22:30 in "America/New_York" at walking
  wait     14 days
  expect   goal = 9
  they say "goal"
  wait     45 days
  expect   stage walking, goal = 6
  wait     30 days
  expect   left as lost
}
`;

const read = (name: string) => readFile(new URL(`../../programs/${name}`, import.meta.url), 'utf8');
const skills: Record<string, Skill> = {};
for (const folder of await readdir(new URL('../../programs/skills/', import.meta.url))) {
  const name = folder.replaceAll('-', '_');
  const [body, script] = [await read(`skills/${folder}/SKILL.md`), await read(`skills/${folder}/scripted.yaml`)];
  const { skill } = readSkill(name, { 'SKILL.md': body, 'scripted.yaml': script });
  if (skill !== undefined) skills[name] = skill;
}

const files = {
  walking: [source, stories],
  couch_to_5k: [await read('couch_to_5k.regimen'), await read('couch_to_5k.scenario')],
} as const;

for (const [name, [text, scenarios]] of Object.entries(files)) {
  const compiled = compile([
    { path: `${name}.regimen`, text },
    { path: `${name}.scenario`, text: scenarios },
  ]);
  const ir = compiled.programs[0]?.ir;
  test(`${name} and its stories compile`, () => {
    const errors = compiled.files.flatMap((file) => file.diagnostics).filter((one) => one.severity === 'error');
    assert.equal(
      errors.map((one) => one.message),
      [],
    );
    assert.ok(ir !== undefined && compiled.scenarios.length > 0);
  });
  if (ir === undefined) continue;
  const program = load(ir, text);

  for (const { scenario } of compiled.scenarios) {
    test(`${name}: ${scenario.title}`, () =>
      withDatabase(async (database) => {
        const { at: start } = scenarioStart(scenario, program);
        const enrollment = 'a-story';
        const noPrompts = (): Prompts => ({ says: [], sets: [], judgements: [] });

        const pure = noPrompts();
        const simulation = simulate({ program, agent: scenarioAgent(pure), skills, enrollment, start });
        const simulated = await runScenario(scenario, program, simulation, pure);
        assert.equal(simulated.failures, []);

        const store = await database.open({ startAt: start });
        const control = createControl(store);
        await control.publish({ source: text, path: `${name}.regimen`, by: 'test' });
        const { id: person } = await control.personByEmail('ada@acme.com');
        const real = noPrompts();
        const agent = scenarioAgent(real);
        await withWorker(store, { agent, scripted: agent, skills: (one) => skills[one] }, async () => {
          const world = await createWorld(store, { person, program: name, enrollment, start });
          const lived = await runScenario(scenario, program, world, real);
          assert.equal(lived.failures, []);
          assert.fixture(asText(lived.timeline), asText(simulated.timeline));
        });
        assert.ok(simulated.timeline.length > 3);
        assert.equal((await rebuild(store, enrollment)).differences, []);
      }));
  }
}

/** Rows a line for each value, so that a difference shows where it is; what a row says of itself comes first. */
function asText(timeline: readonly TimelineRow[]): string {
  return JSON.stringify(
    timeline.map(({ seq, at, cause, ...entry }) => ({ seq, at, cause, ...entry })),
    null,
    1,
  );
}

test.run();
