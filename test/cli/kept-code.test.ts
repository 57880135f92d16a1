/**
 * The command as it is built keeps the machine's code from one run to the next: it is used where it is whole, its own
 * and of this build, and nobody misses it where it cannot be kept. What is written to a pipe or a file leaves whole.
 */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildCommand } from '../../package/build.ts';
import { repository } from '../support/command.ts';

const runMsMax = 60_000;
const root = mkdtempSync(join(tmpdir(), 'regimen-kept-'));
const bin = join(root, 'cli/bin.cjs');
const built = join(root, 'dist/regimen.cjs');
const program = join(root, 'walk.regimen');
const mistaken = join(root, 'mistaken.regimen');
let folders = 0;

type Ran = { code: number | null; out: string; err: string };

function run(args: string[], cache: string, stdout: 'pipe' | number = 'pipe', more: Record<string, string> = {}): Ran {
  const env = { ...process.env, NO_COLOR: '1', NODE_COMPILE_CACHE: cache, ...more };
  const { status, ...told } = spawnSync(process.execPath, [bin, ...args], {
    cwd: root,
    encoding: 'utf8',
    timeout: runMsMax,
    env,
    stdio: ['ignore', stdout, 'pipe'],
  });
  return { code: status, out: told.stdout ?? '', err: told.stderr };
}

/** A folder for the code, of which nobody has heard. */
const freshCache = (): string => {
  folders++;
  return join(root, `cache-${folders}`);
};
const keptIn = (cache: string): string[] => globSync('*/regimen-*', { cwd: cache }).map((path) => join(cache, path));
const fine: Ran = { code: 0, out: '1 file, no problems\n', err: '' };

const test = suite('kept code');

test.before(async () => {
  mkdirSync(join(root, 'cli'));
  copyFileSync(join(repository, 'cli/bin.cjs'), bin);
  copyFileSync(join(repository, 'package.json'), join(root, 'package.json'));
  await buildCommand(join(root, 'dist'));
  const text = 'program walk "Walk" {\n  timezone "UTC"\n  stage only { skill talk leave as done after 1 day }\n}\n';
  writeFileSync(program, text);
  writeFileSync(mistaken, text.repeat(40).replaceAll('leave', 'leaf'));
});
test.after(() => rmSync(root, { recursive: true, force: true }));

test('what was built says which build it is, in letters of one byte', () => {
  const bytes = readFileSync(built);
  assert.match(bytes.subarray(0, 35).toString(), /^\/\/[0-9a-f]{32}\n$/);
  assert.ok(bytes.every((byte) => byte < 128));
});

test('the code of a command is kept once, and used', () => {
  const cache = freshCache();
  assert.equal(run(['check', program], cache), fine);
  const [kept = '', ...others] = keptIn(cache);
  assert.match(kept, /-check$/);
  assert.equal(others, []);
  assert.ok(statSync(kept).size > 500_000, `${statSync(kept).size} bytes`);
  const written = statSync(kept).mtimeMs;
  // One run in eight, by its number, would write it again for what it has called more: this is the same check.
  for (let again = 0; again < 3; again++) assert.equal(run(['check', program], cache), fine);
  assert.is(statSync(kept).mtimeMs, written);
  assert.is(run(['explain', 'dead-end'], cache).code, 0);
  assert.is(keptIn(cache).length, 2);
});

test('a command that is used wrongly, or is none, keeps nothing', () => {
  const cache = freshCache();
  assert.is(run(['chek'], cache).code, 2);
  assert.is(run(['check', 'nowhere.regimen'], cache).code, 2);
  assert.equal(keptIn(cache), []);
});

test('code that is cut off, or of other settings, is made anew', () => {
  const cache = freshCache();
  run(['check', program], cache);
  const kept = keptIn(cache)[0] ?? '';
  for (const spoiled of [readFileSync(kept).subarray(0, 100_000), Buffer.alloc(0), Buffer.alloc(200_000)]) {
    writeFileSync(kept, spoiled);
    assert.equal(run(['check', program], cache), fine);
    assert.ok(readFileSync(kept).length > 500_000);
  }
});

test('another build does not take the code of this one, be it as long', () => {
  const cache = freshCache();
  run(['check', program], cache);
  const text = readFileSync(built, 'latin1');
  const other = `//${text[2] === '0' ? '1' : '0'}${text.slice(3).replaceAll('no problems', 'no problemz')}`;
  assert.is(other.length, text.length);
  try {
    writeFileSync(built, other, 'latin1');
    assert.is(run(['check', program], cache).out, '1 file, no problemz\n');
    assert.is(keptIn(cache).length, 2);
  } finally {
    writeFileSync(built, text, 'latin1');
  }
});

test('where nothing can be kept, the command works all the same', () => {
  const file = join(root, 'no-folder');
  writeFileSync(file, '');
  assert.equal(run(['check', program], join(file, 'cache')), fine);
  const cache = freshCache();
  assert.equal(run(['check', program], cache, 'pipe', { NODE_DISABLE_COMPILE_CACHE: '1' }), fine);
  assert.equal(keptIn(cache), []);
});

test('a long report leaves whole, into a pipe and into a file', () => {
  const cache = freshCache();
  const piped = run(['check', mistaken, '--format', 'json'], cache);
  assert.is(piped.code, 1);
  assert.ok(piped.out.length > 20_000, `${piped.out.length} characters`);
  assert.is(JSON.parse(piped.out).files, 1);
  const file = join(root, 'report.json');
  const target = openSync(file, 'w');
  run(['check', mistaken, '--format', 'json'], cache, target);
  closeSync(target);
  assert.is(readFileSync(file, 'utf8'), piped.out);
});

test.run();
