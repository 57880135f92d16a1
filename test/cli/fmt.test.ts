/** `regimen fmt` through its real door: what it writes, what it says, how it ends. */
import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { regimen } from '../support/command.ts';
import { testFolders } from '../support/test-folders.ts';

const loose =
  'program walk "Walk"{\n\tabout "Walk." // why\n timezone "UTC"\nstage on_foot{skill walk  leave as done after 1day}}';
const neat = `program walk "Walk" {
  about     "Walk."  // why
  timezone  "UTC"
  stage on_foot { skill walk  leave as done after 1 day }
}
`;
const story = 'scenario "s" of walk {\n  start mon 2026-01-05 09:00\n}\n';
const broken = 'program walk "Walk" {\n';

const test = suite('fmt');
const folder = testFolders(test);

test('writes what changes, names it, and is content the second time', async () => {
  const cwd = folder({ 'a/walk.regimen': loose, 'walk.scenario': story });
  const first = await regimen(['fmt'], { cwd });
  assert.is(first.err, '');
  assert.is(first.out, 'formatted a/walk.regimen\n2 files, 1 formatted\n');
  assert.is(first.code, 0);
  assert.is(readFileSync(join(cwd, 'a/walk.regimen'), 'utf8'), neat);

  const old = new Date(2020, 0, 1);
  utimesSync(join(cwd, 'a/walk.regimen'), old, old);
  const second = await regimen(['fmt', 'a', 'walk.scenario'], { cwd });
  assert.is(second.out, '2 files, all in style\n');
  assert.is(second.code, 0);
  assert.is(statSync(join(cwd, 'a/walk.regimen')).mtimeMs, old.getTime(), 'it is not written again');
});

test('--check: 1, and nothing is written', async () => {
  const cwd = folder({ 'walk.regimen': loose, 'walk.scenario': story });
  const { code, out } = await regimen(['fmt', '--check'], { cwd });
  assert.is(code, 1);
  assert.is(out, 'not in style walk.regimen\n2 files, 1 not in style\n');
  assert.is(readFileSync(join(cwd, 'walk.regimen'), 'utf8'), loose);
  const good = await regimen(['fmt', '--check', 'walk.scenario'], { cwd });
  assert.is(good.code, 0);
});

test('a mistake in the grammar: the file stays, the others are formatted, 1', async () => {
  const cwd = folder({ 'a.regimen': broken, 'b.regimen': loose });
  const { code, out, err } = await regimen(['fmt'], { cwd });
  assert.is(code, 1);
  assert.match(err, /^error unclosed-brace: .*\n --> a\.regimen:1:21\n/);
  assert.is(out, 'formatted b.regimen\n2 files, 1 formatted, 1 left as it is\n');
  assert.is(readFileSync(join(cwd, 'a.regimen'), 'utf8'), broken);
  assert.is(readFileSync(join(cwd, 'b.regimen'), 'utf8'), neat);
});

test('a byte-order mark and other line ends are taken out', async () => {
  const cwd = folder({ 'a.regimen': `\uFEFF${neat}`, 'b.regimen': neat.replaceAll('\n', '\r\n') });
  const { code, out } = await regimen(['fmt'], { cwd });
  assert.is(code, 0);
  assert.is(out, 'formatted a.regimen\nformatted b.regimen\n2 files, 2 formatted\n');
  for (const name of ['a.regimen', 'b.regimen']) assert.is(readFileSync(join(cwd, name), 'utf8'), neat);
});

for (const option of ['-', '--stdin']) {
  test(`${option}: from the input to the output`, async () => {
    const { code, out, err } = await regimen(['fmt', option], { input: loose });
    assert.equal({ code, out, err }, { code: 0, out: neat, err: '' });
    assert.equal((await regimen(['fmt', option], { input: '' })).out, '');
    const refused = await regimen(['fmt', option], { input: broken });
    assert.equal({ code: refused.code, out: refused.out }, { code: 1, out: '' });
    assert.match(refused.err, / --> <stdin>:1:21\n/);
  });
}

test('--check of the input', async () => {
  assert.is((await regimen(['fmt', '--check', '-'], { input: neat })).code, 0);
  const { code, out, err } = await regimen(['fmt', '--check', '-'], { input: loose });
  assert.equal({ code, out, err }, { code: 1, out: '', err: 'not in style <stdin>\n' });
});

const wrong: [args: string[], says: RegExp][] = [
  [['fmt', '-', 'walk.regimen'], /Either name files, or let a text come in with `-`/],
  [['fmt', 'nowhere.regimen'], /nowhere\.regimen cannot be read: it does not exist/],
  [['fmt', 'notes.txt'], /notes\.txt is neither a program/],
  [['fmt', '--chekc'], /Did you mean --check\?/],
];
for (const [args, says] of wrong) {
  test(`regimen ${args.join(' ')}: used wrongly`, async () => {
    const { code, out, err } = await regimen(args, { cwd: folder({ 'notes.txt': 'x' }) });
    assert.is(code, 2);
    assert.is(out, '');
    assert.match(err, says);
    assert.is(err.trim().split('\n').length, 1);
  });
}

test('what is no text is refused', async () => {
  const cwd = folder({});
  writeFileSync(join(cwd, 'a.regimen'), Buffer.from([0xff, 0xfe, 0x00]));
  const { code, err } = await regimen(['fmt'], { cwd });
  assert.is(code, 2);
  assert.match(err, /a\.regimen is not text in UTF-8/);
});

test('the programs of this repository are in style', async () => {
  const { code, out } = await regimen(['fmt', '--check', 'programs']);
  assert.match(out, /all in style\n$/);
  assert.is(code, 0);
});

test.run();
