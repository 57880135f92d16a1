/**
 * `kill -9` of the whole of Regimen, at random moments, while three people talk, press buttons and
 * record runs, the model answers slowly and the clock moves: nothing is lost, nothing visible
 * happens twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { embeddedUrl } from '../../runtime/postgres/embedded.ts';
import { openStore, type Store } from '../../runtime/store/store.ts';
import { makeProject, type Project, program, seeded, takeSeed } from '../support/dev.ts';
import { persistentPerson } from '../support/persistent-person.ts';
import { standInKey } from '../support/stand-in-anthropic.ts';
import { live, move, moveClock, slowModel } from './busy-people.ts';
import { followed, inspect, settle } from './nothing-lost.ts';

const kills = 20;
/** At this kill the database left behind is killed as well. */
const killWithDatabase = 10;
/** Every so many kills, one comes while it is still starting. */
const killWhileStarting = 4;

const test = suite('kills');

test(`killed ${kills} times: nothing is lost and nothing visible happens twice`, async () => {
  const random = seeded(takeSeed());
  const between = (least: number, most: number) => least + random() * (most - least);
  const project = await makeProject();
  const model = await slowModel(between);
  const env = { ANTHROPIC_API_KEY: standInKey, ANTHROPIC_BASE_URL: model.url };
  let url: string | null = null;
  let busy = true;
  let killing: Promise<void> | null = null;
  const people = ['ada', 'bob', 'eve'].map((name) => persistentPerson(`${name}@example.org`, program, () => url));

  try {
    const moving = moveClock(
      () => url,
      between,
      () => busy,
    );
    // What fails in them is told at once, not after all the kills.
    const failing = Promise.all([moving, ...people.map((person) => live(person, random, () => busy))]);
    killing = (async () => {
      for (let round = 0; round < kills && busy; round++) {
        const dev = project.spawn(env);
        if (round % killWhileStarting === killWhileStarting - 1) {
          await Promise.race([sleep(between(50, 1_400)), dev.ended]);
        } else {
          url = await project.reached(dev);
          if (url === null) throw new Error(await lastWords(dev));
          await sleep(between(30, 1_500));
        }
        if (dev.child.exitCode !== null) throw new Error(await lastWords(dev));
        dev.child.kill('SIGKILL');
        url = null;
        await dev.ended;
        const database = project.postgres();
        if (round === killWithDatabase && database !== null) process.kill(database, 'SIGKILL');
      }
    })();
    await Promise.race([killing, failing]);
    const { dev, url: last } = await project.start(env);
    url = last;
    await sleep(500);
    busy = false;
    await failing;
    // What waits for the end of the night must be said, too.
    const told = await withStore(project, async (store) => {
      await settle(store);
      const moved = await move(last, '2 days');
      assert.is(moved.status, 200, await moved.text());
      await settle(store);
      await followed(store, people);
      await Promise.all(people.map((person) => person.hangUp()));
      return inspect(store, people, model);
    });
    const moves = await moving;
    console.log(`${moves} moves of the clock, ${told}`);
    assert.ok(moves >= 1, 'the clock was moved');

    dev.child.kill('SIGINT');
    const { code, err } = await dev.ended;
    assert.is(code, 0, err);
    assert.equal(project.left(), []);
  } finally {
    busy = false;
    await killing?.catch(() => undefined);
    await Promise.all(people.map((person) => person.hangUp()));
    await model.stop();
    await project.remove();
  }
});

async function lastWords(dev: ReturnType<Project['spawn']>): Promise<string> {
  const { code, signal, out, err } = await dev.ended;
  return `It ended by itself with ${code ?? signal}:\n${out}${err}`;
}

async function withStore<T>(project: Project, work: (store: Store) => Promise<T>): Promise<T> {
  const databaseUrl = await embeddedUrl(project.data);
  assert.ok(databaseUrl);
  const store = await openStore({ databaseUrl: databaseUrl ?? '', clock: 'development' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

test.run();
