/**
 * `regimen test`: runs scenarios on a virtual clock, without a database and without a model.
 *
 * The scenarios themselves are told by `runtime/scenario.ts`; here they are found, and what came out
 * differently is shown at its place in the file. A scenario whose file or program has errors is not
 * run: the errors are shown and it counts as failed.
 */
import { dirname, join, resolve } from 'node:path';
import type { Ir } from '../../compiler/ir.ts';
import type { ScenarioIr } from '../../compiler/scenario-ir.ts';
import { lineMap } from '../../language/position.ts';
import type { ScenarioFailure } from '../../runtime/scenario.ts';
import type { Skill } from '../../runtime/services.ts';
import { type Command, CommandProblem, type ExitCode, type Terminal } from '../command.ts';
import { filesBeside, findFiles, type SourceFile } from '../find-files.ts';
import { count, type Finding, placeOf } from '../finding.ts';
import { printFinding } from '../print-findings.ts';
import { textOption } from '../read-arguments.ts';

type Told = {
  path: string;
  title: string;
  line: number;
  passed: boolean;
  ms: number;
  failures: { line: number; column: number; expected: string; happened: string; why?: string }[];
};

export const test: Command = {
  name: 'test',
  summary: 'run scenarios on a virtual clock',
  usage: '[paths…] [options]',
  about: `Runs the scenarios in .scenario files: weeks pass in milliseconds, and nothing is needed but the files.
A path is a file or a folder, which is searched through; without one it is the folder you are in.
A scenario finds its program in its own folder. Ends with 1 when an expectation was not met.`,
  options: {
    filter: { type: 'string', value: 'TEXT', about: 'only scenarios with this in their title' },
    format: { type: 'string', choices: ['pretty', 'json'], about: 'for people or for tools' },
  },
  examples: [
    { line: 'regimen test', about: 'every scenario below this folder' },
    { line: 'regimen test programs --filter "week 2"', about: 'those about week 2' },
    { line: 'regimen test --format json', about: 'the results as JSON' },
  ],
  wordsMax: 1000,

  async run(given, terminal): Promise<ExitCode> {
    const cwd = process.cwd();
    const paths = given.words.length === 0 ? ['.'] : given.words;
    const asked = findFiles(paths, cwd);
    const files = withScenariosBeside(asked, cwd);
    const { readProject } = await import('../read-project.ts');
    const project = await readProject(files, cwd);
    const filter = textOption(given, 'filter')?.toLowerCase();

    const told: Told[] = [];
    const isAsked = new Set(asked.map(({ path }) => path));
    const used = new Set(isAsked);
    let considered = 0;
    for (const folder of project.folders) {
      const programs = new Set(
        folder.compiled.programs.filter(({ path }) => isAsked.has(path)).map(({ ir }) => ir.name),
      );
      for (const { path, scenario, ok } of folder.compiled.scenarios) {
        if (!folder.asked.has(path) || !(isAsked.has(path) || programs.has(scenario.program))) continue;
        used.add(path);
        considered += 1;
        if (filter !== undefined && !scenario.title.toLowerCase().includes(filter)) continue;
        const file = folder.compiled.files.find((one) => one.path === path);
        const program = folder.compiled.programs.find(({ ir }) => ir.name === scenario.program);
        const place = {
          path,
          title: scenario.title,
          line: lineMap(file?.text ?? '').position(scenario.span.start).line,
        };
        if (!ok || program === undefined || !program.ok) {
          const reason =
            program === undefined
              ? `the program ${scenario.program} is missing`
              : program.ok
                ? 'the scenario has errors'
                : `the program ${scenario.program} has errors`;
          told.push({
            ...place,
            passed: false,
            ms: 0,
            failures: [
              { line: place.line, column: 1, expected: 'a scenario and a program without errors', happened: reason },
            ],
          });
          continue;
        }
        const source = folder.compiled.files.find((one) => one.path === program.path)?.text ?? '';
        told.push(
          await tell(
            scenario,
            place,
            file?.text ?? '',
            program.ir,
            source,
            await skillsBeside(resolve(cwd, program.path)),
          ),
        );
      }
    }
    const broken = project.files
      .filter(({ path }) => used.has(path))
      .flatMap(({ findings }) => findings.filter(({ severity }) => severity === 'error'));
    if (considered === 0 && broken.length === 0) {
      throw new CommandProblem(
        `There is no scenario in ${paths.join(', ')}. A scenario tells a story with dates and what must come of it.`,
      );
    }
    if (told.length === 0 && broken.length === 0) {
      throw new CommandProblem(`No scenario has ${JSON.stringify(textOption(given, 'filter') ?? '')} in its title.`);
    }
    print(told, broken, textOption(given, 'format') ?? 'pretty', terminal);
    return told.every(({ passed }) => passed) && count(broken, 'error') === 0 ? 0 : 1;
  },
};

async function tell(
  scenario: ScenarioIr,
  place: { path: string; title: string; line: number },
  text: string,
  ir: Ir,
  source: string,
  skills: Record<string, Skill>,
): Promise<Told> {
  const { load } = await import('../../runtime/load.ts');
  const { runScenario, scenarioAgent, scenarioStart } = await import('../../runtime/scenario.ts');
  const { simulate } = await import('../../runtime/simulate.ts');
  const started = performance.now();
  const lines = lineMap(text);
  const show = (failure: ScenarioFailure) => {
    const { line, column } = placeOf(lines, failure.span);
    const { expected, happened, why } = failure;
    return { line, column, expected, happened, ...(why === undefined ? {} : { why }) };
  };
  let failures: Told['failures'];
  try {
    const program = load(ir, source);
    const prompts = { says: [], sets: [], judgements: [] };
    const world = simulate({
      program,
      agent: scenarioAgent(prompts),
      skills,
      enrollment: 'scenario',
      start: scenarioStart(scenario, program).at,
    });
    failures = (await runScenario(scenario, program, world, prompts)).failures.map(show);
  } catch (error) {
    // A limit was reached: the step says which.
    failures = [
      { line: place.line, column: 1, expected: 'the story to come to its end', happened: (error as Error).message },
    ];
  }
  return { ...place, passed: failures.length === 0, ms: Math.round(performance.now() - started), failures };
}

async function skillsBeside(program: string): Promise<Record<string, Skill>> {
  const { openSkillFolders } = await import('../../server/services/skill-files.ts');
  const folders = openSkillFolders(join(dirname(program), 'skills'));
  const skills: Record<string, Skill> = {};
  for (const name of (await folders.names()) ?? []) {
    const { skill } = await folders.read(name);
    if (skill !== undefined) skills[name] = skill;
  }
  return skills;
}

/** Where a program is named, the scenarios beside it may be about it. */
function withScenariosBeside(asked: readonly SourceFile[], cwd: string): SourceFile[] {
  const folders = new Set(asked.filter(({ kind }) => kind === 'program').map(({ absolute }) => dirname(absolute)));
  const beside = [...folders].flatMap((folder) => filesBeside(folder, cwd)).filter(({ kind }) => kind === 'scenario');
  const known = new Set(asked.map(({ absolute }) => absolute));
  return [...asked, ...beside.filter(({ absolute }) => !known.has(absolute))];
}

function print(told: Told[], broken: Finding[], format: string, terminal: Terminal): void {
  const failed = told.filter(({ passed }) => !passed);
  if (format === 'json') {
    const errors = broken.map(({ text: _, ...finding }) => finding);
    terminal.out(
      JSON.stringify({ passed: told.length - failed.length, failed: failed.length, scenarios: told, errors }, null, 2),
    );
    return;
  }
  const paint = terminal.color.out;
  for (const finding of broken) terminal.out(`${printFinding(finding, paint)}\n`);
  let path = '';
  for (const one of told) {
    if (one.path !== path) terminal.out(paint('bold', one.path));
    path = one.path;
    terminal.out(
      `  ${one.passed ? paint('green', '✓') : paint('red', '✗')} ${one.title} ${paint('dim', `${one.ms} ms`)}`,
    );
    for (const failure of one.failures) {
      terminal.out(`      ${paint('blue', `${one.path}:${failure.line}:${failure.column}`)}`);
      terminal.out(`      expected  ${failure.expected}`);
      terminal.out(`      happened  ${paint('red', failure.happened)}`);
      if (failure.why !== undefined) terminal.out(`      because   ${failure.why}`);
    }
  }
  terminal.out('');
  terminal.out(
    paint(
      failed.length === 0 && broken.length === 0 ? 'green' : 'bold',
      `${told.length - failed.length} passed, ${failed.length} failed`,
    ),
  );
}
