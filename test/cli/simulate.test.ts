/** `regimen simulate` through its real door: figures, the same for the same seed on any number of cores, one life. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith, regimen, repository } from '../support/command.ts';

const walk = `program walk "Walk" {
  timezone "Europe/London"
  data { walks : series { minutes: number 1 to 90 }  mood : (good | bad)?  why : text? agent may set  due : date? }
  stage walking "Walking" {
    skill coach
    review daily at 18:00, spread over 30 min
    command "walked" (number 1 to 90) as m { record walks { minutes: m } }
    ask "How are you?" (good | bad) as mood
    advance to rested when count(walks, this visit) >= 5
    leave as lost after 30 days of silence
  }
  stage rested final success "Rested" { say "Well done." }
}
`;

const test = suite('simulate');
const root = folderWith({
  'walk.regimen': walk,
  'broken.regimen': walk.replace('advance to rested', 'advance to restde'),
  'round.regimen': `program round "Round" {
    timezone "UTC"
    data { n : number = 0 }
    stage a { check daily at 09:00 { set n = n + 1 } advance to b when n >= 3  leave as lost after 90 days }
    stage b { advance to a when n >= 3  leave as lost after 90 days }
  }`,
});
test.after(() => root.remove());
const simulate = (...args: string[]) => regimen(['simulate', ...args], { cwd: root.path });

test('stages, how it ended, load and costs, and the line that shows one person', async () => {
  const { code, out, err } = await simulate('walk.regimen', '--people', '120', '--days', '40', '--seed', '3');
  assert.is(code, 0, err);
  assert.match(out, /^walk: 120 people for 40 days each, from 2026-01-05 on, seed 3$/m);
  assert.match(out, /^ {2}walking +120 +100\.0% +1\.0 +\d+$/m);
  assert.match(out, /^ {2}rested +\d+ +\d+\.\d%/m);
  assert.match(out, /rested \(success\) +\d+/);
  assert.match(out, /messages for a person and week: [\d.]+ on average/);
  assert.match(out, /messages in the busiest hour \(2026-\d\d-\d\dT\d\d:00Z\): \d+/);
  assert.match(out, /the dearest month: \$[\d.]+, \d+ agent runs \(person \d+\); the text allows at most \$/);
  const line = /One of them, day by day: regimen simulate (.*)$/m.exec(out)?.[1]?.split(' ') ?? [];
  const one = await simulate(...line);
  assert.is(one.code, 0, one.err);
  assert.match(one.out, /^\w+day \d+ January 2026$/m);
  assert.match(one.out, new RegExp(`person-${line.at(-1)} is (diligent|sporadic|fading|silent|leaving): `));
});

test('the same seed gives the same on one core and on three; another seed another', async () => {
  const run = async (...args: string[]) => {
    const { code, out, err } = await simulate('walk.regimen', '--people', '110', '--days', '20', '--json', ...args);
    assert.is(code, 0, err);
    return JSON.parse(out);
  };
  const one = await run('--cores', '1');
  assert.equal(await run('--cores', '3'), one);
  assert.is(one.tally.people, 110);
  const other = await run('--seed', '2');
  assert.not.equal(other.tally, one.tally);
});

test('a person is the same however many there are, and told as JSON lines too', async () => {
  const { out } = await simulate('walk.regimen', '--days', '20', '--person', '7', '--json');
  const rows = out
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.is(rows[0].input.type, 'enroll');
  assert.ok(typeof rows[0].input.data.due.date === 'string', 'what nothing else would give is given at the enrollment');
  const few = await simulate('walk.regimen', '--people', '3', '--days', '20', '--person', '7', '--json');
  assert.is(few.out, out);
});

test('sample programs: nobody is stuck, and nobody costs more than its text allows', async () => {
  for (const name of ['couch_to_5k', 'vaccine_trial']) {
    const path = `${repository}/programs/${name}.regimen`;
    const { code, out, err } = await simulate(path, '--people', '20', '--days', '45', '--json');
    assert.is(code, 0, `${name}: ${err}`);
    const { figures, tally } = JSON.parse(out);
    assert.is(tally.failed, 0, name);
    assert.ok(tally.steps > 100, name);
    assert.ok(figures.usd.worstMonth <= figures.usd.bound && figures.runs.worstMonth <= figures.runs.bound, name);
  }
});

test('a life that cannot go on is told of, with the person, and ends with 1', async () => {
  const { code, out } = await simulate('round.regimen', '--people', '4', '--days', '10');
  assert.is(code, 1);
  assert.match(
    out,
    /the life of person 1 could not go on: “Round” moves people in circles: (a → b → a|b → a → b), more/,
  );
});

const wrong: [string, string[], RegExp][] = [
  ['no program', [], /Which program\?/],
  ['nobody', ['walk.regimen', '--people', '0'], /--people takes a whole number from 1 to 1000000/],
  ['no number', ['walk.regimen', '--seed', 'x'], /--seed takes a whole number/],
  ['no such day', ['walk.regimen', '--start', '2026-02-30'], /--start takes a date such as 2026-01-05/],
  ['no first person', ['walk.regimen', '--person', '0'], /--person 1 is the first/],
  ['an unknown option', ['walk.regimen', '--peoples', '3'], /Did you mean --people\?/],
];
for (const [name, args, sentence] of wrong) {
  test(name, async () => {
    const { code, err } = await simulate(...args);
    assert.is(code, 2);
    assert.match(err, sentence);
  });
}

test('a program with errors is not simulated', async () => {
  const { code, err } = await simulate('broken.regimen');
  assert.is(code, 1);
  assert.match(err, /restde/);
});

test.run();
