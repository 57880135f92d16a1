/** `regimen check` and `regimen test` through their real door: exit codes, sentences, formats. */
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { regimen } from '../support/command.ts';
import { testFolders } from '../support/test-folders.ts';

const good = `program walk "Walk" {
  about "Walk a little more."
  enroll anyone verified
  timezone "Europe/London"
  data {
    walks : series { minutes: number min }
    goal : number 1 to 9 = 1
  }
  stage walking "Walking" {
    skill walk_coach
    nudge after 2 days of silence, at most 2 times
    advance to done when count(walks, this visit) >= 2
    leave as lost after 14 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;
const broken = good.replace('advance to done', 'advance to dnoe');
const scenario = `scenario "two walks are enough" of walk {
  start mon 2026-01-05 09:00 in "Europe/London"
  each of mon, wed at 10:00 walks { minutes: 20 }
  expect stage done
}

scenario "silence loses" of walk {
  start mon 2026-01-05 09:00 in "Europe/London"
  wait 20 days
  expect left as lost, nudges = 2
}
`;

const test = suite('check and test');
const folder = testFolders(test);

test('a good program: 0, and it says how many files', async () => {
  const { code, out, err } = await regimen(['check'], {
    cwd: folder({ 'walk.regimen': good, 'walk.scenario': scenario }),
  });
  assert.is(err, '');
  assert.is(out, '2 files, no problems\n');
  assert.is(code, 0);
});

test('a mistake: 1, the sentence, the place, the line with carets, the remedy', async () => {
  const { code, out } = await regimen(['check', 'walk.regimen'], { cwd: folder({ 'walk.regimen': broken }) });
  assert.is(code, 1);
  assert.match(out, /^error unknown-stage: .*dnoe/);
  assert.match(out, / --> walk\.regimen:12:16\n/);
  assert.match(out, /^12 \| {5}advance to dnoe when/m);
  assert.match(out, /^ {3}\| {16}\^\^\^\^$/m);
  assert.match(out, /\bdone\b/);
  assert.match(out, /\n\d+ (problem|error)s?.* in 1 file\n$/);
});

test('json: the places as lines and columns', async () => {
  const { code, out } = await regimen(['check', '--format', 'json'], { cwd: folder({ 'a/walk.regimen': broken }) });
  assert.is(code, 1);
  const report = JSON.parse(out);
  const problem = report.problems.find((one: { code: string }) => one.code === 'unknown-stage');
  assert.is(problem.path, 'a/walk.regimen');
  assert.equal(problem.place, { line: 12, column: 16, endLine: 12, endColumn: 20 });
  assert.is(report.errors, report.problems.filter((one: { severity: string }) => one.severity === 'error').length);
});

test('github: an annotation on the right line, nothing else on the output', async () => {
  const root = folder({ 'programs/walk.regimen': broken });
  const { code, out } = await regimen(['check', '--format', 'github'], {
    cwd: join(root, 'programs'),
    env: { GITHUB_WORKSPACE: root },
  });
  assert.is(code, 1);
  const lines = out.trimEnd().split('\n');
  assert.ok(
    lines.every((line) => line.startsWith('::')),
    out,
  );
  assert.match(
    out,
    /^::error file=programs\/walk\.regimen,line=12,col=16,endLine=12,endColumn=20,title=unknown-stage::/m,
  );
});

test('warnings alone are allowed, and counted where asked', async () => {
  const cwd = folder({ 'walk.regimen': good.replace('    leave as lost after 14 days of silence\n', '') });
  const allowed = await regimen(['check'], { cwd });
  assert.is(allowed.code, 0, allowed.out);
  assert.match(allowed.out, /^warning silent-for-ever/m);
  const counted = await regimen(['check', '--max-warnings', '0'], { cwd });
  assert.is(counted.code, 1);
  assert.match(counted.err, /more than the 0 that --max-warnings allows/);
});

test('a skill is checked where it lies beside the program', async () => {
  const cwd = folder({
    'walk.regimen': good,
    'skills/walk-coach/SKILL.md': '---\nname: walk-coach\ndescripton: Talks.\n---\nBe kind.\n',
  });
  const { code, out } = await regimen(['check'], { cwd });
  assert.is(code, 1);
  assert.match(out, /--> skills\/walk-coach\/SKILL\.md:3:1/);
  assert.match(out, /^3 \| descripton: Talks\.$/m);
});

test('scenarios: a line for each, 0 when all hold', async () => {
  const { code, out, err } = await regimen(['test'], {
    cwd: folder({ 'walk.regimen': good, 'walk.scenario': scenario }),
  });
  assert.is(code, 0, out + err);
  assert.match(out, /✓ two walks are enough \d+ ms/);
  assert.match(out, /✓ silence loses \d+ ms/);
  assert.match(out, /\n2 passed, 0 failed\n$/);
});

test('scenarios: what failed, where, what happened instead; 1', async () => {
  const cwd = folder({ 'walk.regimen': good, 'walk.scenario': scenario.replace('nudges = 2', 'nudges = 3') });
  const { code, out } = await regimen(['test', 'walk.scenario'], { cwd });
  assert.is(code, 1);
  assert.match(out, /✗ silence loses/);
  assert.match(out, /walk\.scenario:10:\d+\n\s+expected {2}nudges = 3\n\s+happened {2}nudges = 2/);
  assert.match(out, /\n1 passed, 1 failed\n$/);
  const json = JSON.parse((await regimen(['test', '--format', 'json', '--filter', 'SILENCE'], { cwd })).out);
  assert.is(json.scenarios.length, 1);
  assert.is(json.scenarios[0].failures[0].line, 10);
});

test('a scenario of a broken program is not run, and the errors are shown', async () => {
  const { code, out } = await regimen(['test'], { cwd: folder({ 'walk.regimen': broken, 'walk.scenario': scenario }) });
  assert.is(code, 1);
  assert.match(out, /--> walk\.regimen:12:16/);
  assert.match(out, /0 passed, 2 failed/);
});

/** Wrong use: always 2, one sentence, no stack. */
const wrong: [args: string[], sentence: RegExp][] = [
  [['chekc'], /no command "chekc"\. Did you mean `regimen check`\?/],
  [['--verison'], /no option --verison/],
  [['check', '--fromat', 'json'], /no option --fromat\. Did you mean --format\?/],
  [['check', '--format', 'xml'], /--format does not know "xml"\. It takes pretty, json, github, sarif or junit\./],
  [['check', '--max-warnings', 'few'], /whole number/],
  [['check', 'nowhere'], /nowhere cannot be read: it does not exist\./],
  [['check', 'empty'], /no \.regimen or \.scenario file in empty/],
  [['check', 'notes.txt'], /notes\.txt is neither a program/],
  [['check', 'latin1.regimen'], /latin1\.regimen is not text in UTF-8/],
  [['test', 'empty'], /in empty/],
  [['test', '--filter', 'nothing like it'], /No scenario has "nothing like it"/],
  [['help', 'chta'], /Did you mean `regimen chat`\?/],
  [['clock', '--advance', 'soon'], /"soon" is not a length of time/],
  [['clock', '--advance', '1d', '--next'], /cannot go together/],
  [['dev', 'nowhere'], /nowhere cannot be read/],
  [['dev', '--port', 'high'], /--port takes a whole number/],
  [['dev', 'a', 'b'], /takes one word/],
];

for (const [args, sentence] of wrong) {
  test(`wrong use: regimen ${args.join(' ')}`, async () => {
    const cwd = folder({ 'notes.txt': 'x', 'empty/.keep': '', 'walk.regimen': good, 'walk.scenario': scenario });
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(cwd, 'latin1.regimen'), Buffer.from([0x70, 0xe9, 0x0a]));
    const target = args[0] === 'test' && args[1] === '--filter' ? [...args, 'walk.scenario'] : args;
    const { code, out, err } = await regimen(target, { cwd });
    assert.is(out, '');
    assert.match(err, sentence);
    assert.is(err.trimEnd().split('\n').length, 1, err);
    assert.is(code, 2);
  });
}

test('no command: the help, and 2; asked for: 0', async () => {
  const none = await regimen([]);
  assert.is(none.code, 2);
  assert.match(none.err, /regimen <command>/);
  for (const args of [
    ['help'],
    ['--help'],
    ['check', '--help'],
    ['help', 'test'],
    ['chat', '-h'],
    ['dev', '--help'],
    ['clock', '--help'],
  ]) {
    const { code, out, err } = await regimen(args);
    assert.is(code, 0, args.join(' '));
    assert.is(err, '');
    assert.match(out, /Usage/);
    if (args[0] !== 'help' || args[1] !== undefined) if (args[0] !== '--help') assert.match(out, /Examples/);
  }
  assert.match((await regimen(['--version'])).out, /^\d+\.\d+\.\d+\n$/);
});

test('a reader that goes away is no mistake', async () => {
  const { spawnSync } = await import('node:child_process');
  const { regimenFile } = await import('../support/command.ts');
  const cwd = folder(
    Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`p${index}.regimen`, broken.replace('walk', `walk${index}`)]),
    ),
  );
  const { stderr, status } = spawnSync(
    'bash',
    ['-c', `set -o pipefail; "${process.execPath}" "${regimenFile}" check | head -n 1`],
    { cwd, encoding: 'utf8' },
  );
  assert.is(stderr, '');
  assert.is(status, 1);
});

test.run();
