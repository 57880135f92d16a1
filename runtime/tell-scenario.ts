/**
 * Tells one compiled scenario to a simulated world: what "run scenario" does in an editor.
 *
 * Pure and quick: a virtual clock, no database, no model. What could not be told (a limit was
 * reached) is a failure at the scenario itself, never an exception.
 */
import type { Compiled } from '../compiler/compile.ts';
import type { Span } from '../language/ast.ts';
import { load } from './load.ts';
import { type Prompts, runScenario, type ScenarioFailure, scenarioAgent, scenarioStart } from './scenario.ts';
import type { Skill } from './services.ts';
import { simulate } from './simulate.ts';

export type ToldScenario = { title: string; path: string; span: Span; passed: boolean; failures: ScenarioFailure[] };

/**
 * Which scenario of a file: the one that starts at `start`, or where the text has moved since, the one of that title.
 */
export type WantedScenario = { start?: number; title: string };

/** Tells a scenario of a file; undefined when it is not there. `skills` script what the agent does. */
export async function tellScenario(
  { programs, scenarios, files }: Compiled,
  path: string,
  wanted: WantedScenario,
  skills: Record<string, Skill> = {},
): Promise<ToldScenario | undefined> {
  const here = scenarios.filter((one) => one.path === path);
  const found =
    here.find((one) => one.scenario.span.start === wanted.start) ??
    here.find((one) => one.scenario.title === wanted.title);
  if (found === undefined) return undefined;
  const { scenario, ok } = found;
  const { start } = scenario.span;
  const place = { title: scenario.title, path, span: scenario.span };
  const cannot = (expected: string, happened: string): ToldScenario => ({
    ...place,
    passed: false,
    failures: [{ span: { start, end: start }, expected, happened }],
  });
  const program = programs.find((one) => one.ir.name === scenario.program);
  const clean = 'a scenario and a program without errors';
  if (program === undefined) return cannot(clean, `the program ${scenario.program} is missing`);
  if (!program.ok) return cannot(clean, `the program ${scenario.program} has errors`);
  if (!ok) return cannot(clean, 'the scenario has errors');
  const source = files.find((one) => one.path === program.path)?.text ?? '';
  try {
    const loaded = load(program.ir, source, files);
    const prompts: Prompts = { says: [], sets: [], judgements: [] };
    const { at } = scenarioStart(scenario, loaded);
    const agent = scenarioAgent(prompts);
    const world = simulate({ program: loaded, agent, skills, enrollment: 'scenario', start: at });
    const { passed, failures } = await runScenario(scenario, loaded, world, prompts);
    return { ...place, passed, failures };
  } catch (error) {
    return cannot('the story to come to its end', error instanceof Error ? error.message : String(error));
  }
}
