/**
 * The command `npm run fuzz -- --count N --seed S`: broken texts, random lives, fixes, lost exits and texts that
 * are edited and compiled again; and, when they are asked for, due times minute by minute and the calendar of all
 * zones.
 *
 *     --count N    mutated inputs (10,000 without it)
 *     --seed S     where chance begins (1); the same seed gives the same inputs
 *     --only I     one input alone, shown with what is wrong with it
 *     --what W     mutants, lives, fixes, exits, again, due or calendar; the first five without it
 *     --lives N    random lives of random programs (a tenth of the inputs, at most 100,000)
 *     --due N      random lives whose due times are held against a look at every minute
 *     --calendar N moments of each zone, 2020 to 2040, held against another calendar
 *
 * Prints a table for people and, last, a line of JSON. A failing input is made small and printed with
 * the command that repeats it. Ends with 0 where nothing failed, 1 where something did, 2 where it
 * was asked wrongly.
 */
import { parseArgs } from 'node:util';
import { longLook } from '../support/brute-due.ts';
import { compileAgain } from './again.ts';
import { compareCalendars } from './calendar.ts';
import { checkInput } from './check-input.ts';
import { wakesPerChange, wakesPerChangeMax, watchRandomLives } from './due.ts';
import { deleteExits } from './exits.ts';
import { applyFixes } from './fixes.ts';
import { inputMaker } from './inputs.ts';
import { compareLives } from './lives.ts';
import { fuzzMutants } from './mutants.ts';
import { readSources } from './sources.ts';

const parts = ['mutants', 'lives', 'fixes', 'exits', 'again', 'due', 'calendar'];
const use = `Use: npm run fuzz -- [--count N] [--seed S] [--only I] [--what ${parts.join('|')}] [--lives N] [--due N] [--calendar N]`;

/** What is tried where a part is asked for without a number. */
const usualDue = 300;
const usualMoments = 2_000;

/** One part's result: a row of the table. */
type Row = { what: string; tried: number; failed: number; seconds: number; note: string };

process.exitCode = await main();

async function main(): Promise<number> {
  const asked = readArguments();
  if (asked === null) return 2;
  const { count, seed, only, what, lives, due, calendar } = asked;
  if (only !== undefined) return showOne(seed, only);
  const isOwn = due === 0 && calendar === 0;
  const wanted = (part: string) => (what === undefined && isOwn) || what === part;
  const rows: Row[] = [];

  if (wanted('mutants')) {
    const { inputs, sources, seconds, failed, failures } = await fuzzMutants(seed, 0, count);
    for (const { number, problem, source, text } of failures) {
      console.log(`\n✗ input ${number} of seed ${seed}, from ${source}: ${problem}`);
      console.log(`  repeat: npm run fuzz -- --seed ${seed} --only ${number}`);
      console.log(`${text.slice(0, 4000)}\n── as a string: ${JSON.stringify(text.slice(0, 1500))}`);
    }
    rows.push({ what: 'mutated inputs', tried: inputs, failed, seconds, note: `from ${sources} texts` });
  }
  if (wanted('lives')) rows.push(timed('random lives', () => compareLives(seed, lives)));
  if (wanted('fixes')) rows.push(timed('fixes applied', () => applyFixes(seed, Math.ceil(count / 10))));
  if (wanted('exits')) rows.push(timed('exits deleted', () => deleteExits(seed, Math.ceil(count / 100))));
  if (wanted('again')) rows.push(timed('compiled again', () => compileAgain(seed, Math.ceil(count / 10))));
  if (due > 0 || what === 'due') rows.push(timed('due times', () => lookAtDueTimes(seed, due || usualDue)));
  if (calendar > 0 || what === 'calendar')
    rows.push(timed('calendar', () => compareCalendars(seed, calendar || usualMoments)));

  console.log('');
  for (const { what: part, tried, failed, seconds, note } of rows) {
    const rate = `${Math.round(tried / Math.max(seconds, 0.001)).toLocaleString('en')} a second`;
    const verdict = failed === 0 ? 'none failed' : `${failed.toLocaleString('en')} FAILED`;
    console.log(
      `  ${part.padEnd(16)} ${tried.toLocaleString('en').padStart(11)}  ${verdict.padEnd(14)} ${`${seconds.toFixed(1)} s`.padStart(8)}  ${rate.padStart(18)}  ${note}`,
    );
  }
  const failed = rows.reduce((sum, row) => sum + row.failed, 0);
  const figures = rows.map(({ what: part, tried, failed, seconds }) => [
    part,
    { tried, failed, seconds: Number(seconds.toFixed(2)), perSecond: Math.round(tried / Math.max(seconds, 0.001)) },
  ]);
  console.log(`\n${JSON.stringify({ fuzz: 'language', seed, failed, figures: Object.fromEntries(figures) })}`);
  return failed === 0 ? 0 : 1;
}

function timed(what: string, run: () => { tried: number; failures: string[]; note: string }): Row {
  const before = performance.now();
  const { tried, failures, note } = run();
  for (const failure of failures.slice(0, 8)) console.log(`\n✗ ${what}: ${failure}`);
  return { what, tried, failed: failures.length, seconds: (performance.now() - before) / 1000, note };
}

function lookAtDueTimes(seed: number, count: number): { tried: number; failures: string[]; note: string } {
  const watched = watchRandomLives(seed, count, longLook);
  const { missed, looks } = watched;
  const perChange = wakesPerChange(watched);
  const often = perChange > wakesPerChangeMax ? [`woken ${perChange.toFixed(3)} times for each change`] : [];
  const note = `${looks.toLocaleString('en')} looks; woken ${perChange.toFixed(3)} times for each change`;
  return { tried: watched.steps, failures: [...missed, ...often], note };
}

function showOne(seed: number, number: number): number {
  const { source, input } = inputMaker(readSources(), seed)(number);
  const problem = checkInput(input);
  console.log(`From ${source.name}\n${input.text}\n── as a string: ${JSON.stringify(input.text)}\n`);
  console.log(problem ?? 'Nothing is wrong with it.');
  return problem === null ? 0 : 1;
}

type Asked = {
  count: number;
  seed: number;
  only: number | undefined;
  what: string | undefined;
  lives: number;
  due: number;
  calendar: number;
};

function readArguments(): Asked | null {
  try {
    const { values } = parseArgs({
      options: {
        count: { type: 'string', default: '10000' },
        seed: { type: 'string', default: '1' },
        only: { type: 'string' },
        what: { type: 'string' },
        lives: { type: 'string' },
        due: { type: 'string', default: '0' },
        calendar: { type: 'string', default: '0' },
      },
    });
    const whole = (name: string, value: string): number => {
      if (!/^\d{1,9}$/.test(value)) throw new Error(`--${name} wants a whole number, not ${value}.`);
      return Number(value);
    };
    const count = whole('count', values.count);
    if (values.what !== undefined && !parts.includes(values.what)) {
      throw new Error(`There is nothing called ${values.what} to try.`);
    }
    return {
      count,
      seed: whole('seed', values.seed),
      only: values.only === undefined ? undefined : whole('only', values.only),
      what: values.what,
      lives: values.lives === undefined ? Math.min(100_000, Math.ceil(count / 10)) : whole('lives', values.lives),
      due: whole('due', values.due),
      calendar: whole('calendar', values.calendar),
    };
  } catch (error) {
    console.error(`${(error as Error).message}\n${use}`);
    return null;
  }
}
