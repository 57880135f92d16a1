/**
 * `regimen test`: runs scenarios on a virtual clock, without a database and without a model.
 *
 * The scenarios are found and told by `run-scenarios.ts`; what they cover of the programs is measured
 * where it is asked for, and expectations are rewritten only on demand and aloud.
 */
import { existsSync, globSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type Command,
  CommandProblem,
  type ExitCode,
  type Given,
  isCommandProblem,
  type Terminal,
} from '../command.ts';
import { writeText } from '../edit-text.ts';
import { findFiles, readText } from '../find-files.ts';
import { count } from '../finding.ts';
import { numberOption, textOption } from '../read-arguments.ts';
import type { ScenarioChoice, ScenarioRun } from '../run-scenarios.ts';

export const test: Command = {
  name: 'test',
  usage: '[paths…] [options]',
  about: `Runs the scenarios in .scenario files: weeks pass in milliseconds, and nothing is needed but the files.
A path is a file or a folder, which is searched; without one it is the folder you are in.
A scenario finds its program in its own folder. Ends with 1 when an expectation was not met.

--coverage tells which stages were entered, which transitions and handlers were taken, and whether each
condition was seen both true and false. --threshold must be reached by each of the four, in each program.

What the agent says and judges is told in a scenario, or comes from the recording beside it (a file that ends in
.recorded.json), or from the skill's scripted.yaml. --record makes new recordings, with a model.

--update rewrites expectations that came out differently, where only one wording is right (a stage, a count,
a value), and shows each change. Messages are never rewritten: what should be said is yours to decide.`,
  options: {
    filter: { type: 'string', value: 'TEXT', about: 'only scenarios with this in their title' },
    format: { type: 'string', choices: ['pretty', 'json', 'junit'], about: 'for people, for tools, as test results' },
    coverage: { type: 'boolean', about: 'show which parts of the programs the scenarios reach' },
    threshold: { type: 'string', value: 'N', about: 'with --coverage: end with 1 below this percentage' },
    record: { type: 'boolean', about: 'let a model talk (ANTHROPIC_API_KEY), and keep what it does' },
    update: { type: 'boolean', about: 'rewrite expectations that came out differently' },
    watch: { type: 'boolean', about: 'run again whenever a file is saved, until Ctrl-C' },
  },
  examples: [
    { line: 'regimen test', about: 'every scenario below this folder' },
    { line: 'regimen test programs --filter "week 2"', about: 'those about week 2' },
    { line: 'regimen test --watch', about: 'while you write' },
    { line: 'regimen test --coverage --threshold 90', about: 'in continuous integration' },
    { line: 'regimen test --format junit > scenarios.xml', about: 'for the results page of a build' },
  ],
  wordsMax: 1000,

  async run(given, terminal): Promise<ExitCode> {
    const cwd = process.cwd();
    const choice = chosen(given);
    const ways = waysOf(given);
    if (given.options.record === true) {
      const { openModel } = await import('../open-model.ts');
      return once({ ...choice, model: openModel() }, ways, cwd, terminal);
    }
    if (given.options.watch === true) return watch(choice, ways, cwd, terminal);
    return once(choice, ways, cwd, terminal);
  },
};

type Ways = { format: string; threshold: number | undefined; update: boolean };

function chosen(given: Given): ScenarioChoice {
  return {
    paths: given.words.length === 0 ? ['.'] : given.words,
    filter: textOption(given, 'filter'),
    coverage: given.options.coverage === true,
  };
}

function waysOf(given: Given): Ways {
  const threshold = numberOption(given, 'threshold', 100);
  const update = given.options.update === true;
  if (threshold !== undefined && given.options.coverage !== true)
    throw new CommandProblem('--threshold is about coverage. Write --coverage as well.');
  if (update && given.options.watch === true)
    throw new CommandProblem(
      '--update and --watch cannot go together: a watched file would be rewritten before anybody read it.',
    );
  if (given.options.record === true && (update || given.options.watch === true))
    throw new CommandProblem('--record asks a model, and does so once: leave out --update and --watch.');
  if (update && process.env.CI)
    throw new CommandProblem('--update changes files, and this is continuous integration. Run it on your machine.');
  return { format: textOption(given, 'format') ?? 'pretty', threshold, update };
}

async function once(
  choice: ScenarioChoice,
  ways: Ways,
  cwd: string,
  terminal: Terminal,
  onRead: (paths: string[]) => void = () => {},
): Promise<ExitCode> {
  const { runScenarios } = await import('../run-scenarios.ts');
  const { printTold } = await import('../print-told.ts');
  const first = await runScenarios(choice, cwd);
  onRead(first.read);
  await keepRecordings(first, terminal);
  mustHaveSome(first, choice);
  const run = ways.update ? await update(first, choice, cwd, terminal) : first;
  printTold(run, ways.format, terminal);
  const short = ways.threshold === undefined ? [] : await belowThreshold(run, ways.threshold);
  for (const line of short) terminal.err(line);
  const good = run.told.every(({ passed }) => passed) && count(run.broken, 'error') === 0 && short.length === 0;
  return good ? 0 : 1;
}

function mustHaveSome(run: ScenarioRun, { paths, filter }: ScenarioChoice): void {
  if (run.told.length > 0 || run.broken.length > 0) return;
  throw new CommandProblem(
    run.considered === 0
      ? `There is no scenario in ${paths.join(', ')}. A scenario tells a story with dates and what must come of it.`
      : `No scenario has ${JSON.stringify(filter ?? '')} in its title.`,
  );
}

async function update(run: ScenarioRun, choice: ScenarioChoice, cwd: string, terminal: Terminal): Promise<ScenarioRun> {
  const { updateExpectations } = await import('../update-expectations.ts');
  const { run: after, updated, texts } = await updateExpectations(run, choice, cwd, readText);
  for (const file of run.files) {
    const text = texts.get(file.absolute);
    if (text !== undefined) writeText(file, text);
  }
  const paint = terminal.color.err;
  for (const { path, line, column, before, after: now } of updated) {
    terminal.err(`rewrote ${paint('blue', `${path}:${line}:${column}`)}`);
    terminal.err(`  ${paint('red', `- ${before}`)}`);
    terminal.err(`  ${paint('green', `+ ${now}`)}`);
  }
  if (updated.length === 0) terminal.err('There was nothing to rewrite.');
  return after;
}

/** What a model did takes the place of what it did before; stories that were not told keep their recording. */
async function keepRecordings(run: ScenarioRun, terminal: Terminal): Promise<void> {
  if (run.recorded.size === 0) return;
  const { readRecordings, recordingsPath, writeRecordings } = await import('../recordings.ts');
  for (const file of run.files) {
    const now = run.recorded.get(file.absolute);
    if (now === undefined) continue;
    writeRecordings(file, { ...(await readRecordings(file)), ...now });
    const runs = Object.values(now).flat().length;
    terminal.err(`recorded ${runs} ${runs === 1 ? 'run' : 'runs'} in ${recordingsPath(file.path)}`);
  }
  terminal.err(`The model cost $${run.usd.toFixed(4)}.`);
}

async function belowThreshold(run: ScenarioRun, threshold: number): Promise<string[]> {
  const { shortfalls } = await import('../print-coverage.ts');
  return shortfalls(run.covered, threshold);
}

/**
 * Until Ctrl-C; ends as the last run did. What is wrong with the paths is told and waited for, as a mistake in a file
 * is.
 */
async function watch(choice: ScenarioChoice, ways: Ways, cwd: string, terminal: Terminal): Promise<ExitCode> {
  const { watchFiles, watchedMax } = await import('../watch-files.ts');
  const found = watched(choice.paths, cwd).length;
  if (found > watchedMax)
    throw new CommandProblem(`${found} files are too many to watch (at most ${watchedMax}). Name a smaller folder.`);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  let last: ExitCode = 0;
  let read: string[] = [];
  await watchFiles(
    () => [...new Set([...watched(choice.paths, cwd), ...read])],
    async () => {
      try {
        last = await once(choice, ways, cwd, terminal, (paths) => {
          read = paths;
        });
      } catch (error) {
        if (!isCommandProblem(error)) throw error;
        terminal.err(`${terminal.color.err('red', 'error:')} ${error.message}`);
        last = 1;
      }
      terminal.err(terminal.color.err('dim', 'Waiting for a change. Ctrl-C ends.'));
    },
    stop.signal,
  );
  return last;
}

/** The programs, scenarios and skills whose change matters. A path that is gone for a moment is no reason to end. */
function watched(paths: readonly string[], cwd: string): string[] {
  try {
    const files = findFiles(paths, cwd).map(({ absolute }) => absolute);
    const folders = [...new Set(files.map((file) => dirname(file)))];
    const beside = folders.flatMap((folder) =>
      globSync(['*.regimen', '*.scenario', '*.recorded.json', 'skills/*/SKILL.md', 'skills/*/scripted.yaml'], {
        cwd: folder,
      }).map((path) => join(folder, path)),
    );
    return [...new Set([...files, ...beside])].sort();
  } catch (error) {
    if (!isCommandProblem(error)) throw error;
    return paths.map((path) => resolve(cwd, path)).filter((path) => existsSync(path));
  }
}
