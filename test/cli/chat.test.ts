/**
 * `regimen chat --script` through its real door: transcripts in, timeline out, through the whole runtime.
 */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith, regimen, repository, startRegimenProcess } from '../support/command.ts';

const program = join(repository, 'programs', 'couch_to_5k.regimen');

type Row = {
  seq: number;
  at: number;
  when: string;
  kind: string;
  text: string;
  sentence: string;
  attempt: number;
  title?: string;
  stage?: string;
  direction?: string;
};

const test = suite('chat');

/** Plays a transcript; the rows of its timeline, and what was said beside it. */
async function play(
  transcript: string,
  args: string[] = [],
): Promise<{ rows: Row[]; out: string; err: string; code: number | null }> {
  const { out, err, code } = await regimen(['chat', program, '--script', '-', '--json', ...args], {
    input: transcript,
  });
  const rows = out
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Row => JSON.parse(line));
  return { rows, out, err, code };
}

const stages = (rows: Row[]) =>
  rows.filter(({ kind }) => kind === 'entered').map(({ title, direction }) => `${direction} ${title}`);
const words = (rows: Row[]) => rows.filter(({ kind }) => kind === 'message').map(({ text }) => text);

/** From the first word to week 2, a long silence, and the end. */
const story = `# the story of one person
start 2026-01-05 09:00 Europe/London
> hello
> I want to run because I enjoy being outside
answer no
at tue 10:00
record runs completed=yes minutes=28
at thu 10:00
record runs completed=no
> done
at sat 10:00
{"record": {"series": "runs", "fields": {"completed": true, "felt": "hard"}, "occurred_at": "2026-01-10 08:30"}}
at mon 10:00
record runs { completed: yes }
wait 16 days
> stop
> are you there?
`;

test('a whole story: enrolled by talking, stages won and given back, left by a word', async () => {
  const { rows, err, code } = await play(story);
  assert.is(code, 0, err);
  assert.equal(
    rows.map(({ seq }) => seq),
    rows.map((_, index) => index + 1),
  );
  assert.equal(stages(rows), ['start What brings you here?', 'advance Week 1', 'advance Week 2', 'return Week 1']);
  assert.is(rows[0]?.when, '2026-01-05T09:00:00+00:00');
  assert.ok(rows.every(({ text, sentence, kind }) => text !== '' && sentence !== '' && kind !== ''));
  assert.ok(words(rows).includes('Before you start: do you have chest pain or a heart condition?'));
  const finished = rows.find(({ kind }) => kind === 'finished');
  assert.match(finished?.sentence ?? '', /Left as opted out/);
  // The record of Saturday says when it occurred, an hour and a half before it was told.
  const late = rows.find(
    (row) => row.kind === 'recorded' && 'occurredAt' in row && row.occurredAt !== row.at,
  ) as unknown as { occurredAt: number };
  assert.is(new Date(late.occurredAt).toISOString(), '2026-01-10T08:30:00.000Z');
  // The last words come to somebody who has left: a notice beside the timeline, and nothing lost.
  assert.match(err, /^line 17: You left Couch to 5K/);
});

test('the same transcript gives the same timeline, but for its ids', async () => {
  const plain = (rows: Row[]) => rows.map(({ seq, at, kind, sentence }) => `${seq} ${at} ${kind} ${sentence}`);
  assert.equal(plain((await play(story)).rows), plain((await play(story)).rows));
});

test('no database stays behind', async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('regimen-chat-'));
  const before = folders();
  await play('> hi');
  const mine = folders().filter((name) => !before.includes(name));
  assert.equal(mine, []);
});

test('Ctrl-C in the middle ends it', async () => {
  const { path, remove } = folderWith({ 'long.txt': `> hi\n${'advance 1d\n'.repeat(2000)}` });
  const run = startRegimenProcess(['chat', program, '--script', join(path, 'long.txt')]);
  await run.wrote(/Enrolled in Couch to 5K/);
  const asked = Date.now();
  run.child.kill('SIGINT');
  const { code } = await run.ended;
  remove();
  assert.is(code, 130);
  assert.ok(Date.now() - asked < 3_000, `it took ${Date.now() - asked} ms`);
});

test('a start at a stage, with data; silence without a word; the person’s own zone', async () => {
  const { rows, err, code } = await play(
    'start mon 2026-01-05 09:00 in "America/New_York" at training with week = 5\nadvance 15d\n',
  );
  assert.is(code, 0, err);
  assert.equal(stages(rows), ['start Week 5', 'return Week 4']);
  assert.is(rows[0]?.when, '2026-01-05T09:00:00-05:00');
});

/** Who leaves in week 5 and comes back is met as the lapse rule says: by how long ago the last run was. */
for (const { days, week } of [
  { days: 13, week: 5 },
  { days: 14, week: 4 },
  { days: 59, week: 4 },
  { days: 60, week: 1 },
]) {
  test(`left and back after ${days} days: week ${week}`, async () => {
    const { rows, err, code } = await play(
      `start 2026-01-05 09:00 Europe/London at training with week = 5\n> done\n> stop\nadvance ${days}d\n> I want to be fit again\nanswer no\n`,
    );
    assert.is(code, 0, err);
    assert.equal(stages(rows).at(-1), `advance Week ${week}`);
  });
}

test('as a story for people', async () => {
  const { out, code } = await regimen(['chat', program, '--script', '-'], { input: story });
  assert.is(code, 0);
  assert.match(out, /^Monday 5 January 2026\n {2}09:00 {2}Enrolled in Couch to 5K/);
  assert.match(out, /\n {2}10:00 {2}Advanced to “Week 2”/);
  assert.not.match(out, /Time passed/);
});

/** What cannot be played: the sentence, the exit code, and what is on the output. */
const refused: { name: string; transcript: string; code: number; err: RegExp; out: RegExp; args?: string[] }[] = [
  {
    name: 'lines that are not understood: all are told, nothing runs',
    transcript: '> hi\nadvnace 3d\nrecord\n',
    code: 2,
    err: /line 2: I do not understand "advnace 3d"\. Did you mean `advance`\?[\s\S]*line 3: it does not say what to record/,
    out: /^$/,
  },
  { name: 'an empty transcript', transcript: '# nothing\n', code: 2, err: /the transcript is empty/, out: /^$/ },
  {
    name: 'an unknown series: what happened before stands',
    transcript: '> hi\nrecord rnus completed=yes\n',
    code: 1,
    err: /^error: line 2: .*Did you mean runs\?/,
    out: /"kind":"input"/,
  },
  {
    name: 'a value of the wrong type',
    transcript: 'record runs completed=maybe\n',
    code: 1,
    err: /^error: line 1: .*completed/,
    out: /"seq":1/,
  },
  {
    name: 'an answer to no question',
    transcript: '> hi\nanswer no\nanswer no\n',
    code: 1,
    err: /^error: line 3: no question is open/,
    out: /"seq":1/,
  },
  {
    name: 'a moment that has passed',
    transcript: '> hi\nuntil 2025-12-01\n',
    code: 2,
    err: /line 2: that moment has passed/,
    out: /"seq":1/,
  },
  {
    name: 'an unknown stage',
    transcript: 'start 2026-01-05 at runnning\n',
    code: 1,
    err: /^error: line 1: .*no stage runnning/,
    out: /^$/,
  },
];

for (const { name, transcript, code, err, out } of refused) {
  test(name, async () => {
    const { path, remove } = folderWith({ 'story.txt': transcript });
    const ran = await regimen(['chat', program, '--script', join(path, 'story.txt'), '--json']);
    remove();
    assert.match(ran.err, err);
    assert.match(ran.out, out);
    assert.is(ran.code, code);
  });
}

/** Wrong use of the command itself: 2, and one sentence. */
const wrong: [args: string[], sentence: RegExp][] = [
  [['chat', 'nowhere.regimen'], /nowhere\.regimen cannot be read: it does not exist/],
  [['chat', program, '--script', 'nowhere.txt'], /nowhere\.txt cannot be read/],
  [['chat', program, '--json'], /--json goes with --script/],
  [['chat', program, '--script', 'x', '--advance', '3d'], /write a line for it, such as `advance 3d`/],
  [['chat', program, '--script', 'README.md', '--agent', 'robot'], /--agent does not know "robot"/],
  [['chat', 'package.json'], /is not a program/],
];

for (const [args, sentence] of wrong) {
  test(`wrong use: ${args.join(' ').replace(`${repository}/`, '')}`, async () => {
    const { code, out, err } = await regimen(args);
    assert.match(err, sentence);
    assert.is(err.trimEnd().split('\n').length, 1, err);
    assert.is(out, '');
    assert.is(code, 2);
  });
}

test('a program with errors: they are shown, 1', async () => {
  const { path, remove } = folderWith({ 'walk.regimen': 'program walk "Walk" {\n  stage a { advance to b }\n}\n' });
  const { code, out, err } = await regimen(['chat', 'walk.regimen', '--script', '-', '--json'], {
    cwd: path,
    input: '> hi',
  });
  remove();
  assert.is(code, 1);
  assert.is(out, '');
  assert.match(err, /--> walk\.regimen:2:/);
});

test('talking without a script: the database of the data folder is started and found again', async () => {
  const { path, remove } = folderWith({});
  const data = join(path, 'data');
  const first = await regimen(['chat', program, '--data', data], {
    input: 'hello\n/status\n/why\n/wat\n/advance 2d\n/quit\n',
  });
  assert.is(first.code, 0, first.err);
  assert.match(first.out, /scripted agent: /);
  assert.match(first.out, /What brings you here\? · version 1/);
  assert.match(first.out, /✗ heart = no \(heart is missing/);
  assert.match(first.out, /I know no \/wat\. \/help lists what there is\./);
  const second = await regimen(['chat', program, '--data', data, '--advance', '1d'], { input: '/timeline\n' });
  remove();
  assert.is(second.code, 0, second.err);
  assert.match(second.out, /you: hello/);
  assert.is(second.out.match(/The person said: hello/g)?.length, 1);
});

test('a program with imports; what is for others is shown with an arrow, once, and what waits for them', async () => {
  const { path, remove } = folderWith({
    'common/shared.regimen': 'fragment danger { anytime { command "danger" { tell nurse "Please call." } } }',
    'walk.regimen': `import danger from "./common/shared.regimen"
program walk "Walk" {
  enroll anyone verified
  roles nurse
  services billing
  use danger
  data { dose : number = 0 }
  track diary "Diary" { stage morning "Mornings" { check daily at 09:00 { say "Diary?" } } }
  list shoes by name "Shoes" { data { name : text } starts with { name: "old" } }
  stage on "On the way" {
    command "up" { propose dose = 2 approved by nurse  call billing charge { amount: 3 } }
    command "rest" (number) as minutes { say "Rest {minutes} min." }
    leave as lost after 90 days
  }
}`,
  });
  const data = join(path, 'data');
  const first = await regimen(['chat', 'walk.regimen', '--data', data], {
    cwd: path,
    input: 'danger\nup\nrest\nwhat?\n/status\n',
  });
  const second = await regimen(['chat', 'walk.regimen', '--data', data], { cwd: path, input: 'danger\n' });
  remove();
  assert.is(first.code, 0, first.err);
  // After the title line; what is due next depends on the clock.
  // One's own words may be heard before they are known to be sent, and are then shown as well.
  const lines = first.out.split('\n').filter((line) => !line.startsWith('you: '));
  assert.equal(lines.slice(1, 11), [
    '→ nurse: Please call.',
    '→ nurse is to decide: dose = 2',
    '→ billing: charge (amount 3)',
    'program: Write “rest” and then a number such as 3.',
    'system: Walk does not read along, but it knows these words: “danger”, “up”, “rest” and “stop”.',
    '  On the way · version 1',
    '  dose: 0',
    '  shoes: 1',
    '  Diary: Mornings',
    '  waits for nurse: dose = 2',
  ]);
  assert.is(second.out.match(/→/g)?.length, 1, 'what was told before is not told again');
});

test('values that have to be given: without them an operator is waited for, with them /enroll lets the person in', async () => {
  const { path, remove } = folderWith({
    'dose.regimen': `program dose "Dose" {
  enroll anyone verified
  parameters { step : number units  per person  begins : date  per person }
  stage on "On the way" { command "how" { say "By {step}, from {begins}." }  leave as done after 90 days }
}`,
  });
  const { code, out, err } = await regimen(['chat', 'dose.regimen', '--data', join(path, 'data')], {
    cwd: path,
    input:
      'hello\n/status\n/enroll\n/enroll step\n/enroll step=two begins=2026-03-01\n/enroll step=2 begins=2026-03-01\nhow\n',
  });
  remove();
  assert.is(code, 0, err);
  assert.match(out, /You are not enrolled yet\. Say something to begin, or give values: \/enroll step=2\./);
  assert.match(out, /step, begins have to be given with every enrollment in Dose: name them in the data\./);
  assert.match(out, /There is no field value; there are step, begins\./);
  assert.match(out, /step must be a number \(units\)\./);
  assert.match(out, /program: By 2, from Sun 1 Mar/);
});

test.run();
