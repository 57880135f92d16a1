/**
 * The primary loses its power while people talk and the clock moves; its standby, which confirmed every commit, takes
 * its place. Server and workers are processes of their own and know one address, which leads to the new primary from
 * then on. Nobody starts them again: they go on by themselves, and nothing that was acknowledged is lost.
 */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../runtime/store/store.ts';
import { regimen, type Started, startRegimenProcess } from '../support/command.ts';
import { makeProject, program, seeded, takeSeed } from '../support/dev.ts';
import { persistentPerson } from '../support/persistent-person.ts';
import { standInKey } from '../support/stand-in-anthropic.ts';
import { openBadLine } from './bad-line.ts';
import { live, move, moveClock, slowModel } from './busy-people.ts';
import { followed, inspect, settle } from './nothing-lost.ts';
import { openPair } from './pair.ts';

const workers = 2;
/** People live for this long before. */
const livedMs = 3_000;
/** People are heard again within this, on a busy machine, too. */
const goesOnMs = 60_000;
/** How long the address leads to a standby that takes no writes yet. */
const earlyMs = 2_500;
/** As long as a watchdog takes to be sure that the primary is gone. */
const noticedMs = 500;

const test = suite('failover');

for (const early of [false, true])
  test(`the primary dies, its standby is promoted${early ? ', and is asked before that' : ''}: nothing acknowledged is lost, and all go on`, () =>
    failOver(early));

async function failOver(early: boolean): Promise<void> {
  const random = seeded(takeSeed());
  const between = (least: number, most: number) => least + random() * (most - least);
  const project = await makeProject();
  const model = await slowModel(between);
  const pair = await openPair(join(project.path, 'pair'));
  const line = await openBadLine(pair.primary);
  const env = { DATABASE_URL: line.url, ANTHROPIC_API_KEY: standInKey, ANTHROPIC_BASE_URL: model.url };
  const started: Started[] = [];
  const begin = (...args: string[]) => {
    const one = startRegimenProcess(args, { cwd: project.path, env });
    started.push(one);
    return one;
  };
  let busy = true;
  let url = '';
  const people = ['ada', 'bob'].map((name) => persistentPerson(`${name}@example.org`, program, () => url));
  try {
    const migrated = await regimen(['migrate'], { cwd: project.path, env });
    assert.is(migrated.code, 0, migrated.err);
    const server = begin('server', 'programs', '--port', '0');
    const all = Array.from({ length: workers }, () => begin('worker', 'programs'));
    [, url = ''] = await server.wrote(/listens on (http:\/\/127\.0\.0\.1:\d+)/);
    await Promise.all(all.map((worker) => worker.wrote(/The worker works/)));

    const moving = moveClock(
      () => url,
      between,
      () => busy,
    );
    const failing = Promise.all([moving, ...people.map((person) => live(person, random, () => busy))]);
    const failover = async () => {
      await sleep(livedMs);
      await pair.cutPower();
      await sleep(noticedMs);
      // The address may lead to the standby before it takes writes.
      if (early) line.lead(pair.standby);
      if (early) await sleep(earlyMs);
      await pair.promote();
      if (!early) line.lead(pair.standby);
      const before = people.map((person) => person.said.length);
      for (const limit = Date.now() + goesOnMs; ; await sleep(50)) {
        if (people.every((person, index) => person.said.length > (before[index] ?? 0) + 2)) return;
        if (Date.now() > limit) throw new Error('People were not heard any more.');
      }
    };
    await Promise.race([failover(), failing.then(() => assert.unreachable('They live on.'))]);
    busy = false;
    await failing;
    for (const { child, ended } of started)
      if (child.exitCode !== null) assert.unreachable(`One has ended by itself: ${JSON.stringify(await ended)}`);

    const store = await openStore({ databaseUrl: pair.standby, clock: 'development' });
    try {
      await settle(store);
      const moved = await move(url, '2 days');
      assert.is(moved.status, 200, await moved.text());
      await settle(store);
      await followed(store, people);
      await Promise.all(people.map((person) => person.hangUp()));
      console.log(`${await moving} moves of the clock, ${await inspect(store, people, model)}`);
    } finally {
      await store.close();
    }
    for (const { child, ended } of started) {
      child.kill('SIGTERM');
      const { code, out, err } = await ended;
      assert.is(code, 0, out + err);
    }
  } finally {
    busy = false;
    await Promise.all(people.map((person) => person.hangUp()));
    for (const { child, ended } of started) {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    }
    await line.stop();
    await pair.stop();
    await model.stop();
    await project.remove();
  }
}

test.run();
