/** `regimen plan` through its real door: verdict, words, what it reads, exit codes. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith, regimen } from '../support/command.ts';

const old = `program walk "Walk" {
  timezone "UTC"
  data { goal : number 1 to 9 = 1 }
  stage walking "Walking" {
    skill coach
    command "enough" { advance to done }
    leave as lost after 30 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;
const renamed = old.replaceAll('walking', 'strolling');
const said = renamed.replace('  data', '  migrate from 3 { stage walking becomes strolling }\n  data');

const test = suite('plan');
const root = folderWith({
  'old.regimen': old,
  'same.regimen': old,
  'words.regimen': old.replace('Well done', 'Splendid'),
  'renamed.regimen': renamed,
  'said.regimen': said,
  'other.regimen': old.replace('program walk', 'program run'),
  'broken.regimen': old.replace('advance to done', 'advance to dnoe'),
  'two.regimen': old + old.replace('program walk', 'program run'),
  'empty.regimen': '',
  'some.json': '{"hello": 1}',
  'half.json': '{"irVersion": ',
});
test.after(() => root.remove());
const plan = (args: string[], input?: string) =>
  regimen(['plan', ...args], { cwd: root.path, ...(input === undefined ? {} : { input }) });

test('the same: safe, and nothing changes', async () => {
  const { code, out, err } = await plan(['old.regimen', 'same.regimen']);
  assert.is(err, '');
  assert.is(out, 'walk: safe.\nNothing changes for anybody.\n');
  assert.is(code, 0);
});

test('safe: what changes and what happens to people', async () => {
  const { code, out } = await plan(['old.regimen', 'words.regimen']);
  assert.is(code, 0);
  assert.match(out, /^walk: safe\.\n1 change, 1 safe\n/);
  assert.match(out, /safe {5}What happens on entering `done` is different\.\n {9}\S/);
});

test('needs migrate: 1, what is missing first, and the line to write', async () => {
  const { code, out } = await plan(['old.regimen', 'renamed.regimen']);
  assert.is(code, 1);
  assert.match(out, /^walk: needs migrate\./);
  assert.match(out, /in the way/);
  assert.match(out, /migrate {2}The stage `walking` is gone\.\n.*\n {9}→ Write `stage walking becomes strolling`\./);
});

test('what the block says is met; the number says which block', async () => {
  const met = await plan(['old.regimen', 'said.regimen']);
  assert.is(met.code, 0, met.out);
  assert.match(met.out, /^walk: safe, with what `migrate from 3` says\./);
  assert.match(met.out, /Said by: stage walking becomes strolling/);
  const wrong = await plan(['old.regimen', 'said.regimen', '--from', '2']);
  assert.is(wrong.code, 2);
  assert.match(wrong.err, /has no `migrate from 2`; it speaks of 3\./);
});

test('refused: 1, and what to do instead', async () => {
  const { code, out } = await plan(['old.regimen', 'other.regimen']);
  assert.is(code, 1);
  assert.match(out, /^run: refused\./);
  assert.match(out, /Keep the name `walk`/);
});

test('json, from what was compiled, and from the input', async () => {
  const compiled = await regimen(['compile', 'old.regimen'], { cwd: root.path });
  writeFileSync(join(root.path, 'old.json'), compiled.out);
  const first = await plan(['old.json', 'renamed.regimen', '--format', 'json']);
  assert.is(first.code, 1, first.err);
  const result = JSON.parse(first.out);
  assert.is(result.verdict, 'migrate');
  assert.is(result.changes[0].remedy, 'Write `stage walking becomes strolling`.');
  const second = await plan(['-', 'renamed.regimen', '--format', 'json'], old);
  assert.equal(JSON.parse(second.out), result);
});

test('errors in a program are shown; there is nothing to plan', async () => {
  const { code, out, err } = await plan(['old.regimen', 'broken.regimen']);
  assert.is(code, 1);
  assert.is(out, '');
  assert.match(err, /--> broken\.regimen:6:/);
  assert.match(err, /could not be published/);
});

const wrong: [args: string[], says: RegExp][] = [
  [[], /Which versions\?/],
  [['old.regimen', '--data', 'nowhere'], /no database to work on/],
  [['old.regimen', '--apply', '--rollback'], /cannot go together/],
  [['old.regimen', '--apply'], /Say why: --reason/],
  [['old.regimen', '--from', '1'], /--from is for comparing two files/],
  [['old.regimen', 'same.regimen', '--apply'], /--apply goes with one FILE/],
  [['-', '-'], /Only one of the two/],
  [['old.regimen', 'nowhere.regimen'], /nowhere\.regimen cannot be read: it does not exist/],
  [['old.regimen', '.'], /cannot be read: it is a folder/],
  [['some.json', 'old.regimen'], /some\.json is not what `regimen compile` makes/],
  [['half.json', 'old.regimen'], /neither a program nor the JSON/],
  [['old.regimen', 'two.regimen'], /holds several programs\. Say which: --program walk or run/],
  [['old.regimen', 'empty.regimen'], /no program in empty\.regimen/],
  [['old.regimen', 'two.regimen', '--program', 'wlak'], /no program wlak/],
];
for (const [args, says] of wrong) {
  test(`wrong use: regimen plan ${args.join(' ')}`, async () => {
    const { code, out, err } = await plan(args);
    assert.is(out, '');
    assert.match(err, says);
    assert.is(err.trimEnd().split('\n').length, 1, err);
    assert.is(code, 2);
  });
}

test.run();
