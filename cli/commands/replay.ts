/**
 * `regimen replay`: rebuilds enrollments from their timelines and tells which differ from what is stored.
 */
import type { Differing, ReplayReport } from '../../runtime/store/replay.ts';
import { type Command, CommandProblem, type ExitCode, type Terminal } from '../command.ts';
import { loadSettings } from '../load-settings.ts';
import { whereOptions, withStores } from '../open-database.ts';
import { lazyBar } from '../progress-bar.ts';
import { textOption } from '../read-arguments.ts';

/** Characters of a row that are shown. */
const rowShownMax = 400;

export const replay: Command = {
  name: 'replay',
  usage: 'ENROLLMENT | --all [options]',
  about: `Folds the inputs of a timeline through the program again and compares: the state must be the one that is stored,
and every row must come out as it was written. Nothing is changed. With --all every enrollment of the workspace is
looked at, one after the other. Ends with 1 when anything differs.`,
  options: {
    all: { type: 'boolean', about: 'every enrollment' },
    program: { type: 'string', value: 'NAME', about: 'with --all: only those in this program' },
    since: {
      type: 'string',
      value: 'DATE',
      about: 'with --all: only those that something has happened to since, like 2026-01-31',
    },
    json: { type: 'boolean', about: 'as one JSON object' },
    ...whereOptions,
  },
  examples: [
    { line: 'regimen replay 5c0ffee5-…', about: 'one enrollment' },
    { line: 'regimen replay --all --since 2026-11-01', about: 'what has happened this month' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const [enrollment] = given.words;
    const all = given.options.all === true;
    if (all === (enrollment !== undefined))
      throw new CommandProblem('Name one enrollment by its id, or look at every one with --all.');
    const program = textOption(given, 'program');
    const since = readSince(textOption(given, 'since'));
    if (!all && (program !== undefined || since !== undefined))
      throw new CommandProblem('--program and --since go with --all.');
    const config = await loadSettings(given);
    const { replay: replayAll } = await import('../../runtime/store/replay.ts');
    const bar = lazyBar(process.stderr, 'looked at');
    const report = await withStores(config, (home) =>
      replayAll(home, {
        ...(enrollment === undefined ? {} : { enrollment }),
        ...(program === undefined ? {} : { program }),
        ...(since === undefined ? {} : { since }),
        tell: bar.show,
      }),
    ).finally(bar.end);
    if (enrollment !== undefined && report.looked === 0)
      throw new CommandProblem(`There is no enrollment ${enrollment.slice(0, 100)}.`, 1);
    if (given.options.json === true) terminal.out(JSON.stringify(report));
    else tell(report, terminal);
    return report.differing.length === 0 ? 0 : 1;
  },
};

function readSince(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at))
    throw new CommandProblem(`--since takes a date like 2026-01-31, and ${JSON.stringify(text)} is not one.`);
  return at;
}

function tell({ looked, rows, differing, more }: ReplayReport, terminal: Terminal): void {
  const paint = terminal.color.out;
  for (const one of differing) {
    terminal.out(`${paint('red', 'differs')}  ${one.program} ${one.enrollment}`);
    for (const line of [...one.differences, ...rowLines(one)]) terminal.out(`         ${line}`);
  }
  if (more > 0) terminal.out(`… and ${more} more that differ.`);
  const count = `${looked} ${looked === 1 ? 'enrollment' : 'enrollments'}, ${rows} rows`;
  const wrong = differing.length + more;
  terminal.out(wrong === 0 ? `${count}: every one is what its timeline says.` : `${count}: ${wrong} differ.`);
}

function rowLines({ row }: Differing): string[] {
  if (row === null) return [];
  const shown = (one: unknown) => (one === null ? 'nothing' : JSON.stringify(one).slice(0, rowShownMax));
  return [`stored: ${shown(row.stored)}`, `folded: ${shown(row.folded)}`];
}
