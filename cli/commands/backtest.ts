/**
 * `regimen backtest`: whose way would have been another, had this text been in force from the beginning.
 */

import { longLocalTime } from '../../runtime/calendar.ts';
import type { BacktestReport } from '../../runtime/store/backtest.ts';
import { type Command, CommandProblem, type ExitCode, type Terminal } from '../command.ts';
import { loadSettings } from '../load-settings.ts';
import { whereOptions, withStores } from '../open-database.ts';
import { lazyBar } from '../progress-bar.ts';
import { numberOption, textOption } from '../read-arguments.ts';
import { readVersion } from '../read-version.ts';

const sampleMax = 10_000_000;

export const backtest: Command = {
  name: 'backtest',
  usage: 'FILE [options]',
  about: `Lives every recorded enrollment of the program again in the text of FILE: the same words, events, answers and
agents' results at the same times. Each is compared with the same life in the version the person is on; what
differs first is told, grouped. Results of agents that a changed program would ask for and that were never recorded
are taken as silence, and counted. Nothing is changed.`,
  options: {
    program: { type: 'string', value: 'NAME', about: 'which program, in a file that holds several' },
    sample: { type: 'string', value: 'N', about: 'only N enrollments, spread over all and always the same ones' },
    'fail-on-divergence': { type: 'boolean', about: 'end with 1 when anybody would have gone another way' },
    json: { type: 'boolean', about: 'as one JSON object' },
    ...whereOptions,
  },
  examples: [
    { line: 'regimen backtest programs/couch_to_5k.regimen', about: 'everybody' },
    { line: 'regimen backtest walk.regimen --sample 500 --fail-on-divergence', about: 'for a pull request' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const [path] = given.words;
    if (path === undefined) throw new CommandProblem('Which text is to be tried? Name a program file.');
    const sample = numberOption(given, 'sample', sampleMax);
    const ir = await readVersion(path, '', textOption(given, 'program'), terminal);
    if (ir === null) return 1;
    const config = await loadSettings(given);
    const { load } = await import('../../runtime/load.ts');
    const { backtestAll } = await import('../../runtime/store/backtest.ts');
    const bar = lazyBar(process.stderr, 'lived again');
    const report = await withStores(config, (home) =>
      backtestAll(home, {
        program: ir.name,
        changed: load(ir, ''),
        ...(sample === undefined ? {} : { sample }),
        tell: bar.show,
      }),
    ).finally(bar.end);
    if (given.options.json === true) terminal.out(JSON.stringify(report));
    else tell(report, terminal);
    return given.options['fail-on-divergence'] === true && report.same < report.lived ? 1 : 0;
  },
};

function tell(report: BacktestReport, terminal: Terminal): void {
  const { program, lived, same, groups, otherwise, endings, unknownWords } = report;
  const paint = terminal.color.out;
  if (lived === 0) {
    terminal.out(`Nobody has been in ${program}: there is nothing to live again.`);
    return;
  }
  const people = (count: number) => `${count} ${count === 1 ? 'enrollment' : 'enrollments'}`;
  terminal.out(paint('bold', `${program}: ${people(lived)} lived again, ${same} the same.`));
  for (const { divergence, count, examples } of groups) {
    terminal.out('');
    terminal.out(`${paint('yellow', people(count))}, like ${examples[0]} on ${longLocalTime(divergence.at, 'UTC')}`);
    terminal.out(`  was:   ${sides(divergence.before)}`);
    terminal.out(`  would: ${sides(divergence.after)}`);
  }
  if (otherwise > 0) terminal.out(`\n… and ${people(otherwise)} in smaller groups.`);
  const changed = Object.entries(endings).filter(([, { before, after }]) => before !== after);
  if (changed.length > 0) {
    terminal.out(`\n${paint('bold', 'Where people are, or ended')}`);
    for (const [name, { before, after }] of changed.sort((a, b) => b[1].after - a[1].after))
      terminal.out(`  ${name}: ${before} → ${after}`);
  }
  if (unknownWords > 0)
    terminal.out(
      `\nIn ${people(unknownWords)} the changed program would have asked an agent where nothing is recorded; it was taken to say nothing.`,
    );
}

const sides = (words: readonly string[]): string => (words.length === 0 ? 'nothing then' : words.join(' · '));
