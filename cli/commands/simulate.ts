/**
 * `regimen simulate`: simulated people live through a program, on all cores, the same for the same seed.
 *
 * Lives are `runtime/population/`'s; here the program is read, the threads are set to work, and what came
 * of it is told. One life can be told by itself.
 */
import { availableParallelism } from 'node:os';
import type { Ir } from '../../compiler/ir.ts';
import { dateOfDay, dayNumber } from '../../runtime/dates.ts';
import { load } from '../../runtime/load.ts';
import { enrollmentOf, liveThrough } from '../../runtime/population/life.ts';
import { personas } from '../../runtime/population/personas.ts';
import { type Command, CommandProblem, type ExitCode, type Given, type Terminal } from '../command.ts';
import { figuresOf, printPopulation } from '../print-population.ts';
import { rowAsJson, storyTeller } from '../print-timeline.ts';
import { progressBar } from '../progress-bar.ts';
import { numberOption, textOption } from '../read-arguments.ts';
import { readVersion } from '../read-version.ts';
import { runPopulation } from '../run-population.ts';

const peopleMax = 1_000_000;
const daysMax = 3_660;
const seedMax = 4_294_967_295;
const coresMax = 256;
const usual = { people: 1_000, days: 90, seed: 1, start: '2026-01-05' };

type Asked = { path: string; people: number; days: number; seed: number; start: string; cores: number };

export const simulate: Command = {
  name: 'simulate',
  usage: 'PROGRAM [options]',
  about: `Sends simulated people through a program on a virtual clock: what they write, answer, record and leave out
is taken at random from what the program's text allows, and so is what the agent and the roles do. Tells which stages
people reach, how it ends for them, how many messages go out and what the agent costs.

The same seed gives the same result on any machine. Nothing is sent, and no model is asked.
${personas.map(({ name, share, about }) => `  ${name.padEnd(9)} ${`${share * 100}%`.padStart(4)}  ${about}`).join('\n')}

Ends with 1 when somebody's life could not go on, or cost more than the program's text allows.`,
  options: {
    people: { type: 'string', value: 'N', about: `how many (${usual.people})` },
    days: { type: 'string', value: 'D', about: `how long each is followed (${usual.days})` },
    seed: { type: 'string', value: 'S', about: `where chance begins (${usual.seed})` },
    start: { type: 'string', value: 'DATE', about: `the first day on which people are enrolled (${usual.start})` },
    person: { type: 'string', value: 'K', about: 'only this one, told as a timeline' },
    cores: { type: 'string', value: 'N', about: 'threads (default: as many as there are cores)' },
    program: { type: 'string', value: 'NAME', about: 'which program, in a file that holds several' },
    json: { type: 'boolean', about: 'for tools' },
  },
  examples: [
    { line: 'regimen simulate programs/couch_to_5k.regimen', about: 'a thousand people for 90 days' },
    { line: 'regimen simulate walk.regimen --people 10000 --days 365 --seed 7', about: 'ten thousand for a year' },
    { line: 'regimen simulate walk.regimen --seed 7 --person 4711', about: 'one of them, day by day' },
  ],
  wordsMax: 1,

  async run(given, terminal): Promise<ExitCode> {
    const asked = readAsked(given);
    const person = numberOption(given, 'person', peopleMax);
    if (person === 0) throw new CommandProblem('People are counted from 1: --person 1 is the first.');
    const ir = await readVersion(asked.path, '', textOption(given, 'program'), terminal);
    if (ir === null) return 1;
    const json = given.options.json === true;
    if (person !== undefined) return tellOne(ir, asked, person, json, terminal);
    return tellAll(ir, asked, json, terminal);
  },
};

function readAsked(given: Given): Asked {
  const [path] = given.words;
  if (path === undefined)
    throw new CommandProblem('Which program? Write `regimen simulate PROGRAM`, with the path of a .regimen file.');
  if (path === '-') throw new CommandProblem('`regimen simulate` reads a file: name one.');
  const atLeastOne = (name: string, most: number): number | undefined => {
    const number = numberOption(given, name, most);
    if (number === 0) throw new CommandProblem(`--${name} takes a whole number from 1 to ${most}, and 0 is not one.`);
    return number;
  };
  const start = textOption(given, 'start') ?? usual.start;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(start) ? dayNumber(start) : Number.NaN;
  if (Number.isNaN(day) || dateOfDay(day) !== start)
    throw new CommandProblem(`--start takes a date such as ${usual.start}, and ${JSON.stringify(start)} is none.`);
  return {
    path,
    people: atLeastOne('people', peopleMax) ?? usual.people,
    days: atLeastOne('days', daysMax) ?? usual.days,
    seed: numberOption(given, 'seed', seedMax) ?? usual.seed,
    start,
    cores: atLeastOne('cores', coresMax) ?? availableParallelism(),
  };
}

async function tellAll(ir: Ir, asked: Asked, json: boolean, terminal: Terminal): Promise<ExitCode> {
  const { path, people, days, seed, start, cores } = asked;
  const bar = progressBar(process.stderr, people, 'people');
  const tally = await runPopulation({ ir, people, days, seed, start, cores }, bar.show).finally(bar.end);
  const figures = figuresOf(ir, tally, days);
  const program = ir.name;
  const one = (number: number | string): string =>
    `regimen simulate ${path} --days ${days} --seed ${seed} --start ${start} --person ${number}`;
  if (json) {
    terminal.out(JSON.stringify({ program, people, days, seed, start, figures, tally, one: one('K') }, null, 2));
  } else {
    terminal.out(
      `${program}: ${people.toLocaleString('en')} people for ${days} days each, from ${start} on, seed ${seed}`,
    );
    printPopulation(ir, tally, figures, terminal);
    const shown = tally.problems[0]?.person ?? tally.worstMonth.person;
    terminal.out(`\nOne of them, day by day: ${one(Math.max(1, shown))}`);
  }
  const isOver = figures.usd.worstMonth > figures.usd.bound || figures.runs.worstMonth > figures.runs.bound;
  if (isOver) terminal.err('A month cost more than `regimen cost` says is the worst. Please report this program.');
  return tally.failed > 0 || isOver ? 1 : 0;
}

function tellOne(ir: Ir, asked: Asked, person: number, json: boolean, terminal: Terminal): ExitCode {
  const { days, seed, start } = asked;
  const tell = storyTeller(terminal.out, terminal.color.out, false);
  const zone = ir.zone.fallback;
  const lived = liveThrough({ program: load(ir, ''), seed, person, start, days }, ({ result }) => {
    for (const row of result.rows) {
      if (json) terminal.out(rowAsJson(row, ir, zone, 1));
      else tell(row, ir, zone);
    }
  });
  if (!json) terminal.out(`\n${enrollmentOf(person)} is ${lived.persona.name}: ${lived.persona.about}.`);
  if (lived.problem === null) return 0;
  terminal.err(`The life of person ${person} could not go on: ${lived.problem}`);
  return 1;
}
