/** Holds the tree to ARCHITECTURE.md: who imports whom, what stays pure, headers, sizes, words. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Lines after which a newcomer no longer sees a file's parts. */
const linesMax = 600;

const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const sources = listed
  .filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** The room a file belongs to; `runtime` is its pure half. */
function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  if (top === 'runtime' && (second === 'store' || second === 'postgres')) return `runtime/${second}`;
  return top;
}

const pureRooms = ['language', 'compiler', 'runtime'];
const mayImport: Record<string, string[]> = {
  language: [],
  compiler: ['language'],
  runtime: ['compiler', 'language'],
  'runtime/postgres': [],
  'runtime/store': ['runtime', 'runtime/postgres', 'compiler', 'language'],
  server: ['runtime', 'runtime/store', 'runtime/postgres', 'compiler', 'language'],
  editor: ['runtime', 'compiler', 'language'],
  cli: ['server', 'runtime', 'runtime/store', 'runtime/postgres', 'compiler', 'language'],
};

function importsOf(source: { path: string; text: string }): string[] {
  const found = [...source.text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
  return found.map((name) => (name.startsWith('.') ? relative(root, join(root, dirname(source.path), name)) : name));
}

test('imports go one way', () => {
  const wrong = sources.flatMap((source) => {
    const room = roomOf(source.path);
    const allowed = mayImport[room];
    if (!allowed) return [];
    return (
      importsOf(source)
        .filter((name) => name.includes('/') && Object.keys(mayImport).includes(roomOf(name)))
        .filter((name) => roomOf(name) !== room && !allowed.includes(roomOf(name)))
        // Pages are browser code of their own; the editor's page shares their top bar and shell.
        .filter((name) => !(room === 'editor' && name.startsWith('server/pages/')))
        .map((name) => `${source.path} imports ${name}`)
    );
  });
  assert.equal(wrong, []);
});

test('the pure rooms know no clock, chance, disk or network', () => {
  const impure =
    /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|\bfetch\(|from 'node:|\bTemporal\.Now\b|\bsetTimeout\(|\bcrypto\./;
  const wrong = sources
    .filter((source) => pureRooms.includes(roomOf(source.path)))
    .flatMap((source) =>
      source.text
        .split('\n')
        .map((line, index) => ({ line, at: `${source.path}:${index + 1}` }))
        .filter(({ line }) => impure.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line))
        .map(({ line, at }) => `${at} ${line.trim()}`),
    );
  assert.equal(wrong, []);
});

test('every file says at its head what it promises', () => {
  const wrong = sources.filter((source) => !/^(#!.*\n)?\/\*\*/.test(source.text)).map((source) => source.path);
  assert.equal(wrong, []);
});

test('files stay small enough to see their parts', () => {
  const wrong = sources.filter((source) => source.text.split('\n').length > linesMax).map((source) => source.path);
  assert.equal(wrong, []);
});

test('there is no drawer', () => {
  assert.equal(
    listed.filter((path) => /(^|\/)(utils?|helpers?|misc|common)(\/|\.)/.test(path)),
    [],
  );
});

test('the lockfile carries no download addresses', () => {
  assert.not.match(readFileSync(join(root, 'package-lock.json'), 'utf8'), /"resolved": "http/);
});

test('versions are pinned exactly', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)),
  );
  assert.equal(loose, []);
});

test('every dependency is explained in ARCHITECTURE.md', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const told = readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8');
  const silent = Object.keys({ ...dependencies, ...devDependencies }).filter(
    (name) => !name.startsWith('@types/') && !told.includes(`\`${name}\``),
  );
  assert.equal(silent, []);
});

test('the command can be run in a clone, as the README does', () => {
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const path of Object.values<string>(bin))
    assert.not.throws(() => accessSync(join(root, path), constants.X_OK), `${path} is executable`);
});

test('every suite runs itself', () => {
  const silent = sources
    .filter((source) => /\.test\.ts$/.test(source.path) && !/\.run\(\)/.test(source.text))
    .map((source) => source.path);
  assert.equal(silent, []);
});

test.run();
