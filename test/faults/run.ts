/**
 * `npm run faults -- --kills N --seed S [--people P]`: a storm, told in a table, and last as one line of JSON.
 * Ends with 1 when anything is not as it would have been without.
 */
import { parseArgs } from 'node:util';
import { storm } from './storm.ts';

const usual = { kills: 1000, people: 500 };
const wrongShown = 20;

const { values } = parseArgs({
  options: { kills: { type: 'string' }, seed: { type: 'string' }, people: { type: 'string' } },
});
const whole = (name: 'kills' | 'seed' | 'people', otherwise: number): number => {
  const text = values[name];
  if (text === undefined) return otherwise;
  if (!/^\d{1,9}$/.test(text)) {
    console.error(`--${name} takes a whole number, and ${JSON.stringify(text)} is not one.`);
    process.exit(2);
  }
  return Number(text);
};
const seed = whole('seed', Date.now() % 1_000_000_000);
const kills = whole('kills', usual.kills);
const people = whole('people', usual.people);

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => ending.abort(new Error('The storm was ended before its time.')));

const report = await storm({ kills, people, seed, tell: (line) => console.log(line), signal: ending.signal }).catch(
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
const lines: [string, string | number][] = [
  ...Object.entries(report.counts),
  ['ticks of seven hours', report.ticks],
  ['timeline rows', report.rows],
  ['messages at the vendor', report.messages],
  ['of these offered again', report.offeredAgain],
  ['seconds of storm', report.seconds.storm],
  ['seconds without it', report.seconds.calm],
  ['seconds in all', report.seconds.all],
  ['wrong', report.wrong.length],
];
console.log('');
for (const [name, value] of lines) console.log(`${name.padEnd(26)} ${value}`);
for (const one of report.wrong.slice(0, wrongShown)) console.log(`  ${one}`);
console.log(`\nThe same storm: npm run faults -- --kills ${kills} --people ${people} --seed ${seed}`);
console.log(JSON.stringify({ ...report, wrong: report.wrong.slice(0, wrongShown), wrongCount: report.wrong.length }));
process.exit(report.wrong.length === 0 ? 0 : 1);
