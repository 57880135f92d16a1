/**
 * `regimen dev` through its real door: a process that starts everything, and stops leaving nothing behind.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { folderWith, regimen, type Started, startRegimenProcess } from '../support/command.ts';
import { walkProgram, walkProject } from '../support/walk-project.ts';

const stopLimitMs = 2_000;

const test = suite('dev');
const left: (() => void)[] = [];
test.after(() => {
  for (const remove of left) remove();
});

/** A project with one program; every test has a data folder of its own in it. */
function project(files: Record<string, string> = {}): { cwd: string; data: string } {
  const folder = folderWith({
    ...walkProject,
    ...files,
  });
  left.push(folder.remove);
  return { cwd: folder.path, data: join(folder.path, 'data') };
}

async function startDev(cwd: string, args: string[] = []): Promise<{ dev: Started; url: string }> {
  const dev = startRegimenProcess(['dev', '--port', '0', '--data', 'data', ...args], { cwd });
  const [, url = ''] = await dev.wrote(/(http:\/\/127\.0\.0\.1:\d+)\/chat\/walk/);
  await dev.wrote(/Ctrl-C stops everything/);
  return { dev, url };
}

/** Whether something answers on the port of the embedded database. */
function databaseAnswers(data: string): Promise<boolean> {
  const port = Number(readFileSync(join(data, 'postgres.port'), 'utf8'));
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

test('starts everything, moves the clock, refuses a second one, and stops within two seconds', async () => {
  const { cwd, data } = project();
  const { dev, url } = await startDev(cwd);
  try {
    assert.is((await fetch(`${url}/health`)).status, 200);
    assert.is((await fetch(`${url}/ready`)).status, 200);
    const page = await fetch(`${url}/chat/walk`, { headers: { accept: 'text/html' } });
    assert.is(page.status, 200, page.url);
    assert.match(page.headers.get('content-type') ?? '', /text\/html/);
    assert.ok(await databaseAnswers(data));

    const before = Date.now();
    const moved = await regimen(['clock', '--data', 'data', '--advance', '3d'], { cwd });
    assert.is(moved.code, 0, moved.err);
    const { now } = (await (await fetch(`${url}/api/clock`)).json()) as { now: number };
    assert.ok(now >= before + 3 * 86_400_000 - 3_600_000, String(now - before));

    const second = await regimen(['dev', '--port', '0', '--data', 'data'], { cwd });
    assert.is(second.code, 2);
    assert.match(second.err, /already running with the data folder .* \(process \d+\)/);
    assert.is(second.err.trimEnd().split('\n').length, 1);

    const taken = await regimen(['dev', '--port', new URL(url).port, '--data', 'other'], { cwd });
    assert.is(taken.code, 2);
    assert.match(taken.err, /Port \d+ is taken/);
    assert.not.ok(await databaseAnswers(join(cwd, 'other')), 'the database of the one that could not start still runs');
  } finally {
    const asked = Date.now();
    dev.child.kill('SIGINT');
    const { code, err } = await dev.ended;
    assert.is(code, 0, err);
    assert.is(err, '');
    assert.ok(Date.now() - asked < stopLimitMs, `stopping took ${Date.now() - asked} ms`);
    assert.not.ok(await databaseAnswers(data));
  }
});

test('after kill -9 the next one takes over and finds everything; SIGTERM stops it', async () => {
  const { cwd, data } = project();
  const first = await startDev(cwd);
  const said = await regimen(['chat', '--data', 'data'], { cwd, input: 'hello there\n' });
  assert.is(said.code, 0, said.err);
  assert.match(said.out, /scripted agent: I hear you\./);
  first.dev.child.kill('SIGKILL');
  await first.dev.ended;

  const second = await startDev(cwd);
  try {
    const again = await regimen(['chat', '--data', 'data'], { cwd, input: '/timeline\n' });
    assert.is(again.code, 0, again.err);
    assert.is(again.out.match(/The person said: hello there/g)?.length, 1, again.out);
    assert.is(again.out.match(/agent said: I hear you\./g)?.length, 1, again.out);
  } finally {
    second.dev.child.kill('SIGTERM');
    assert.is((await second.dev.ended).code, 0);
    assert.not.ok(await databaseAnswers(data));
  }
});

test('a broken program is shown and the rest runs; mending it publishes it; changing one makes a version', async () => {
  const broken = walkProgram('Hi.').replaceAll('walk ', 'run ').replace('advance to done', 'advance to dnoe');
  const { cwd } = project({ 'programs/run.regimen': broken });
  const { dev } = await startDev(cwd);
  try {
    await dev.wrote(/error unknown-stage: [\s\S]*--> programs\/run\.regimen:10:16/);
    writeFileSync(join(cwd, 'programs/run.regimen'), broken.replace('dnoe', 'done'));
    await dev.wrote(/run is now version 1/);
    writeFileSync(join(cwd, 'programs/walk.regimen'), walkProgram('Good to see you.'));
    await dev.wrote(/walk is now version 2/);
  } finally {
    dev.child.kill('SIGINT');
    assert.is((await dev.ended).code, 0);
  }
});

test('a data folder that cannot be: one sentence, 2', async () => {
  const { cwd } = project({ file: 'x' });
  const { code, err } = await regimen(['dev', '--port', '0', '--data', 'file/data'], { cwd });
  assert.is(code, 2);
  assert.match(err, /REGIMEN_DATA .*file\/data/);
  assert.is(err.trimEnd().split('\n').length, 1, err);
});

test('Ctrl-C while it is still starting leaves nothing behind', async () => {
  const { cwd, data } = project();
  const dev = startRegimenProcess(['dev', '--port', '0', '--data', 'data'], { cwd });
  const patience = Date.now() + 20_000;
  // As soon as the database has its port the start is under way.
  while (Date.now() < patience) {
    try {
      readFileSync(join(data, 'postgres.port'));
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }
  dev.child.kill('SIGINT');
  const { code, err } = await dev.ended;
  assert.is(code, 0, err);
  assert.not.ok(await databaseAnswers(data));
});

test('settings that cannot be are all told at once', async () => {
  const { cwd } = project();
  const { code, err } = await regimen(['dev'], { cwd, env: { REGIMEN_HOST: 'not a host', REGIMEN_MODEL: '???' } });
  assert.is(code, 2);
  assert.match(err, /Set REGIMEN_HOST/);
  assert.match(err, /Set REGIMEN_MODEL/);
});

test('a port that another program has', async () => {
  const { cwd } = project();
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    const { code, err } = await regimen(['dev', '--port', String(port), '--data', 'data'], { cwd });
    assert.is(code, 2);
    assert.match(err, new RegExp(`Port ${port} is taken by another program`));
    rmSync(join(cwd, 'data'), { recursive: true, force: true });
  } finally {
    other.close();
  }
});

test.run();
