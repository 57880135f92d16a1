/**
 * `regimen cost`: what a program costs for each person and month, from its text alone.
 *
 * The estimate is `compiler/cost.ts`'s; here the programs are read and the figures told, with everything
 * that they take for granted.
 */
import type { Bill, Cost, StageBill } from '../../compiler/cost.ts';
import { costOf, showUsd } from '../../compiler/cost.ts';
import { type CostAssumptions, type Pair, usualAssumptions } from '../../compiler/cost-assumptions.ts';
import { type Command, CommandProblem, type ExitCode, type Terminal } from '../command.ts';
import { findFiles } from '../find-files.ts';
import { count } from '../finding.ts';
import { numberOption, textOption } from '../read-arguments.ts';
import { readProject } from '../read-project.ts';

const perDayMax = 10_000;

export const cost: Command = {
  name: 'cost',
  usage: '[paths…] [options]',
  about: `Says what each program costs for one person and month: agent runs, requests to the model, tokens and
US dollars, for a usual person and for the busiest, in all and for a whole month in each stage.
The worst holds for everybody who does no more than the assumptions say; they are shown with it.
Ends with 1 when a usual month costs more than the program's budget, or a program has errors.`,
  options: {
    format: { type: 'string', choices: ['pretty', 'json'], about: 'for people or for tools' },
    messages: { type: 'string', value: 'N', about: 'messages a day that the busiest person writes (default 10)' },
    events: { type: 'string', value: 'N', about: 'entries and decisions a day at most (default 10)' },
  },
  examples: [
    { line: 'regimen cost', about: 'every program below this folder' },
    { line: 'regimen cost programs/couch_to_5k.regimen --messages 5', about: 'for people who write little' },
    { line: 'regimen cost --format json', about: 'for tools' },
  ],
  wordsMax: 1000,

  async run(given, terminal): Promise<ExitCode> {
    const assumptions = withOptions(
      numberOption(given, 'messages', perDayMax),
      numberOption(given, 'events', perDayMax),
    );
    const cwd = process.cwd();
    const project = await readProject(findFiles(given.words.length === 0 ? ['.'] : given.words, cwd), cwd);
    const programs = project.folders.flatMap(({ compiled, asked }) =>
      compiled.programs.filter(({ path }) => asked.has(path)),
    );
    if (programs.length === 0)
      throw new CommandProblem('There is no program here. Name a .regimen file or a folder that holds one.');
    const costs = programs.map(({ ir }) => costOf(ir, assumptions));
    if (textOption(given, 'format') === 'json') terminal.out(JSON.stringify({ programs: costs }, null, 2));
    else {
      costs.forEach((one, index) => {
        if (index > 0) terminal.out('');
        print(one, terminal);
      });
      terminal.out('');
      for (const line of assumed(assumptions)) terminal.out(terminal.color.out('dim', line));
    }
    const errors = project.files.reduce(
      (sum, file) =>
        sum +
        count(
          file.findings.filter(({ code }) => code !== 'over-budget'),
          'error',
        ),
      0,
    );
    if (errors > 0) terminal.err('There are errors, so these figures may be wrong. `regimen check` tells them.');
    return errors > 0 || costs.some(({ budget }) => budget?.typicalIsOver) ? 1 : 0;
  },
};

function withOptions(messages: number | undefined, events: number | undefined): CostAssumptions {
  const upTo = (pair: Pair, worst: number | undefined): Pair =>
    worst === undefined ? pair : { typical: Math.min(pair.typical, worst), worst };
  return {
    ...usualAssumptions,
    messagesPerDay: upTo(usualAssumptions.messagesPerDay, messages),
    eventsPerDay: upTo(usualAssumptions.eventsPerDay, events),
  };
}

function print({ program, total, stages, budget, rounds }: Cost, terminal: Terminal): void {
  const paint = terminal.color.out;
  terminal.out(
    paint(
      'bold',
      `${program}: ${showUsd(total.usd.typical)} for a usual person and month, ${showUsd(total.usd.worst)} at worst`,
    ),
  );
  const rows = [
    ['a whole month in', 'runs', 'requests', 'tokens', 'money'],
    ...stages.filter(({ runs }) => runs.worst > 0).map((stage) => [nameOf(stage), ...figures(stage)]),
    ['in all', ...figures(total)],
  ];
  for (const line of columns(rows)) terminal.out(line);
  const silent = stages.filter(({ runs }) => runs.worst === 0).length;
  if (silent > 0)
    terminal.out(`${silent === 1 ? 'One stage costs' : `${silent} stages cost`} nothing: no agent speaks there.`);
  for (const round of rounds.filter((names) =>
    names.some((name) => stages.some((one) => one.stage === name && one.runs.worst > 0)),
  ))
    terminal.out(`People can go round between ${listed(round)}, so the worst counts these together.`);
  if (budget === undefined) return;
  const said = budget.typicalIsOver
    ? paint('red', `That is over the budget of ${showUsd(budget.usd)}.`)
    : budget.worstIsOver
      ? `A usual month is within the budget of ${showUsd(budget.usd)}. The worst is not: then the agent does less.`
      : paint('green', `Even the worst is within the budget of ${showUsd(budget.usd)}.`);
  terminal.out(said);
}

const nameOf = ({ flow, stage }: StageBill): string => (flow === undefined ? stage : `${flow}.${stage}`);

const figures = ({ runs, calls, tokens, usd: money }: Bill): string[] => [
  between(runs, whole),
  between(calls, whole),
  between(tokens, thousands),
  between(money, showUsd),
];

const between = ({ typical, worst }: Pair, write: (value: number) => string): string =>
  typical === worst ? write(worst) : `${write(typical)} to ${write(worst)}`;
const whole = (value: number): string => String(Math.ceil(value));
const thousands = (value: number): string =>
  value >= 1_000_000
    ? `${(value / 1_000_000).toFixed(1)}M`
    : value >= 1000
      ? `${Math.ceil(value / 1000)}k`
      : whole(value);
function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** The first column to the left, figures to the right. */
function columns(rows: readonly string[][]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('   ')
      .trimEnd(),
  );
}

function assumed({
  messagesPerDay,
  eventsPerDay,
  itemsPerList,
  callsPerRun,
  tokensIn,
  tokensOut,
  runsAfterRun,
  routine,
  answering,
}: CostAssumptions): string[] {
  const pair = ({ typical, worst }: Pair) => `${typical} (at most ${worst})`;
  return [
    'These figures take for granted, usually and at most:',
    `  in a day ${pair(messagesPerDay)} messages of a person, ${pair(eventsPerDay)} entries and decisions; ${pair(itemsPerList)} things in a list;`,
    `  ${pair(callsPerRun)} requests in a run, each of ${pair(tokensIn)} tokens read and ${pair(tokensOut)} written; ${pair(runsAfterRun)} runs that one run sets off;`,
    `  ${routine.model} for reviews and nudges ($${routine.input} and $${routine.output} per million tokens), ${answering.model} for the rest ($${answering.input} and $${answering.output}).`,
  ];
}
