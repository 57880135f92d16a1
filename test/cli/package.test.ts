/**
 * What is published: the package is packed as npm packs it, installed into an empty folder, and used
 * there as the command, as the typed library and by the GitHub Action.
 *
 * Packages come out of npm's cache, which `npm ci` has filled, or else from the registry.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { repository } from '../support/command.ts';
import { readAction, runAction } from '../support/run-action.ts';

const commandMsMax = 150_000;
/** Of the installed command: one file, without the server and the database. */
const commandBytesMax = 3_000_000;

const root = mkdtempSync(join(tmpdir(), 'regimen-package-'));
const project = join(root, 'project');
/** npm hands its own settings to what it runs; ours are not for another folder. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !/^(npm_|NODE_OPTIONS|GITHUB_|CI$|REGIMEN_)/.test(entry[0]),
  ),
);
env.PATH = [dirname(process.execPath), env.PATH].join(delimiter);
env.NO_COLOR = '1';

function run(command: string, args: string[], cwd: string): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8', env, timeout: commandMsMax });
  return { code: status, out: stdout, err: stderr };
}

function good(command: string, args: string[], cwd: string): string {
  const { code, out, err } = run(command, args, cwd);
  assert.is(code, 0, `${command} ${args.join(' ')}\n${out}${err}`);
  return out;
}

const test = suite('package');
let tarball = '';

test.before(() => {
  mkdirSync(project);
  const packed = good('npm', ['pack', '--json', '--pack-destination', root], repository);
  tarball = join(root, readdirSync(root).find((name) => name.endsWith('.tgz')) ?? '');
  assert.match(packed, /dist\/regimen\.cjs/);
  writeFileSync(join(project, 'package.json'), '{ "name": "try", "private": true, "type": "module" }\n');
  good('npm', ['install', '--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', tarball], project);
});
test.after(() => rmSync(root, { recursive: true, force: true }));

test('the command works where it was installed', () => {
  assert.match(good('npx', ['regimen', '--version'], project), /^\d+\.\d+\.\d+\n$/);
  good('npx', ['regimen', 'init'], project);
  assert.match(good('npx', ['regimen', 'check', '--max-warnings', '0'], project), /no problems/);
  assert.match(good('npx', ['regimen', 'test', '--coverage'], project), /3 passed, 0 failed/);
  good('npx', ['regimen', 'fmt', '--check'], project);
  assert.match(good('npx', ['regimen', 'compile', 'programs/daily_walk.regimen', '--target', 'svg'], project), /^<svg/);
  good('npx', ['regimen', 'plan', 'programs/daily_walk.regimen', 'programs/daily_walk.regimen'], project);
  const lived = good(
    'npx',
    ['regimen', 'simulate', 'programs/daily_walk.regimen', '--people', '60', '--days', '9'],
    project,
  );
  assert.match(lived, /60 people for 9 days each/);
  assert.match(good('npx', ['regimen', '--help'], project), /regimen <command>/);
  assert.match(good('npx', ['regimen', 'dev', '--help'], project), /Usage/);
});

test('checking, testing, formatting and compiling need no other package', () => {
  const alone = join(root, 'alone');
  mkdirSync(join(alone, 'node_modules'), { recursive: true });
  good('cp', ['-r', join(project, 'node_modules/regimen'), join(alone, 'node_modules/regimen')], root);
  rmSync(join(alone, 'node_modules/regimen/node_modules'), { recursive: true, force: true });
  const command = join(alone, 'node_modules/regimen/cli/bin.cjs');
  good(process.execPath, [command, 'init'], alone);
  for (const args of [
    ['check'],
    ['check', '--format', 'sarif'],
    ['test', '--coverage'],
    ['fmt', '--check'],
    ['explain', 'dead-end'],
  ])
    good(process.execPath, [command, ...args], alone);
  for (const target of ['ir', 'xstate', 'mermaid', 'svg', 'tools'])
    good(process.execPath, [command, 'compile', 'programs/daily_walk.regimen', '--target', target], alone);
  const file = readFileSync(join(alone, 'node_modules/regimen/dist/regimen.cjs'));
  assert.ok(file.length < commandBytesMax, `${file.length} bytes`);
});

test('the library is typed, and does what its types say', () => {
  writeFileSync(
    join(project, 'try.ts'),
    `import { compile, format, type Ir, load, parse, plan, runScenario, simulate, tellScenario } from 'regimen';

const text = 'program a "A" { timezone "UTC" stage only { skill talk leave as done after 1 day } }';
const { files, programs } = compile([{ path: 'a.regimen', text }]);
const ir: Ir | undefined = programs[0]?.ir;
const severities: ('error' | 'warning')[] = files.flatMap((file) => file.diagnostics.map((one) => one.severity));
// @ts-expect-error a number is no list of files
export const wrong = () => compile(3);
export const all = [format(text), load, runScenario, simulate, tellScenario];
const stages: string = parse(text).value.programs[0]?.items.length.toString() ?? '';
console.log(ir?.stageOrder.join(), severities.includes('error'), stages, ir && plan(ir, ir).verdict);
`,
  );
  const compilerOptions = { module: 'nodenext', target: 'esnext', strict: true, noEmit: true, types: [] };
  writeFileSync(
    join(project, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: { ...compilerOptions, skipLibCheck: false }, include: ['try.ts'] }),
  );
  const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'));
  const { bin } = JSON.parse(readFileSync(join(typescript, 'package.json'), 'utf8'));
  good(process.execPath, [join(typescript, bin.tsc), '--project', project], project);
  assert.is(good(process.execPath, ['try.ts'], project), 'only false 2 safe\n');
  const schema = "console.log((await import('regimen/ir.schema.json', { with: { type: 'json' } })).default.$id)";
  assert.match(good(process.execPath, ['--input-type=module', '-e', schema], project), /^urn:regimen:ir/);
});

test('the action: installs, checks, formats, tests, writes SARIF', () => {
  const checkout = join(root, 'checkout');
  good(process.execPath, [join(project, 'node_modules/regimen/cli/bin.cjs'), 'init', checkout], root);
  const action = readAction(join(repository, 'action.yml'));
  assert.is(action.runs.using, 'composite');
  const where = {
    folder: checkout,
    temporary: join(root, 'runner'),
    env: { ...env, npm_config_ignore_scripts: 'true' },
  };
  const inputs = { package: tarball, paths: 'programs\n', 'max-warnings': '0', 'sarif-file': 'regimen.sarif' };
  const clean = runAction(action, inputs, where);
  assert.equal(
    clean.map(({ name, outcome }) => `${name}: ${outcome}`),
    [
      'Node: not run',
      'Install Regimen: success',
      'Check: success',
      'Style: success',
      'Scenarios: success',
      'Findings for code scanning: success',
      'Upload to code scanning: skipped',
    ],
    clean.map(({ out }) => out).join('\n'),
  );
  assert.equal(JSON.parse(readFileSync(join(checkout, 'regimen.sarif'), 'utf8')).runs[0].results, []);

  // A pull request with a mistake in it: every step still says what it has to say.
  const path = join(checkout, 'programs/daily_walk.regimen');
  writeFileSync(path, readFileSync(path, 'utf8').replace('advance  to arrived', 'advance to  arived'));
  const broken = runAction(action, { ...inputs, 'coverage-threshold': '10' }, where);
  const outcomes = Object.fromEntries(broken.map((step) => [step.name, step]));
  assert.is(outcomes.Check?.outcome, 'failure');
  assert.match(
    outcomes.Check?.out ?? '',
    /^::error file=programs\/daily_walk\.regimen,line=\d+,.*title=unknown-stage::/m,
  );
  assert.is(outcomes.Style?.outcome, 'failure');
  assert.is(outcomes.Scenarios?.outcome, 'failure');
  assert.is(outcomes['Findings for code scanning']?.outcome, 'success');
  assert.is(
    JSON.parse(readFileSync(join(checkout, 'regimen.sarif'), 'utf8')).runs[0].results[0].ruleId,
    'unknown-stage',
  );

  const less = runAction(action, { package: tarball, style: 'false', test: 'false', 'node-version': '' }, where);
  assert.equal(
    less.map(({ outcome }) => outcome),
    ['skipped', 'success', 'failure', 'skipped', 'skipped', 'skipped', 'skipped'],
  );
});

test.run();
