/** `regimen init`: what it makes is good as it stands, and nothing that was there is touched. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { folderWith, regimen } from '../support/command.ts';

const test = suite('init');
const root = folderWith({ 'full/README.md': 'Mine.\n', file: 'x' });
test.after(() => root.remove());

test('a new folder passes check, test and fmt --check', async () => {
  const made = await regimen(['init', 'my walks'], { cwd: root.path });
  assert.is(made.code, 0, made.err);
  assert.match(made.out, /Next: cd "my walks" && npm install/);
  const cwd = join(root.path, 'my walks');
  for (const args of [['check', '--max-warnings', '0'], ['test'], ['fmt', '--check']]) {
    const { code, out, err } = await regimen(args, { cwd });
    assert.is(code, 0, `${args.join(' ')}: ${out}${err}`);
  }
  const manifest = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  assert.is(manifest.name, 'my-walks');
  assert.match(manifest.devDependencies.regimen, /^\d+\.\d+\.\d+$/);
});

test('the workflow uses the action that lies beside it, with inputs it has', () => {
  const github = join(root.path, 'my walks', '.github');
  const workflow = parse(readFileSync(join(github, 'workflows/programs.yml'), 'utf8'));
  const step = workflow.jobs.regimen.steps.find((one: { uses?: string }) => one.uses?.startsWith('./'));
  const action = parse(readFileSync(join(root.path, 'my walks', step.uses, 'action.yml'), 'utf8'));
  assert.equal(
    Object.keys(step.with).filter((name) => !(name in action.inputs)),
    [],
  );
});

test('nothing is written over', async () => {
  const cwd = join(root.path, 'full');
  const first = await regimen(['init'], { cwd });
  assert.is(first.code, 0, first.err);
  assert.match(first.out, /kept {2}README\.md, which was there/);
  assert.is(readFileSync(join(cwd, 'README.md'), 'utf8'), 'Mine.\n');
  writeFileSync(join(cwd, 'programs/daily_walk.regimen'), '// mine\n');
  const again = await regimen(['init'], { cwd });
  assert.match(again.out, /nothing was changed/);
  assert.is(readFileSync(join(cwd, 'programs/daily_walk.regimen'), 'utf8'), '// mine\n');
});

test('a file in the way, a word too many', async () => {
  const barred = await regimen(['init', 'file'], { cwd: root.path });
  assert.is(barred.code, 1);
  assert.match(barred.err, /a part of its path is a file/);
  assert.is(barred.err.trimEnd().split('\n').length, 1);
  const extra = await regimen(['init', 'a', 'b'], { cwd: root.path });
  assert.is(extra.code, 2);
  assert.equal(readdirSync(root.path).sort(), ['file', 'full', 'my walks']);
});

test.run();
