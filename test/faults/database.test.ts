/**
 * The database ends under a running Regimen: it is started again, and everything goes on by itself,
 * runs, event streams and sessions too.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeProject, program } from '../support/dev.ts';
import { persistentPerson } from '../support/persistent-person.ts';
import { type Reply, standInKey, startStandInAnthropic } from '../support/stand-in-anthropic.ts';

const patienceMs = 30_000;
const modelDelayMs = 1_500;

const test = suite('database');

for (const how of ['SIGKILL', 'SIGINT'] as const) {
  test(`Postgres is ended with ${how} while a run is in flight and a stream is open`, async () => {
    const project = await makeProject();
    const model = await startStandInAnthropic();
    let answers = 0;
    const answer = (): Reply => {
      model.plan.push(answer);
      return { delayMs: modelDelayMs, tools: [{ name: 'say', input: { text: `Answer ${++answers}.` } }] };
    };
    model.plan.push(answer);
    const env = { ANTHROPIC_API_KEY: standInKey, ANTHROPIC_BASE_URL: model.url };
    const { dev, url } = await project.start(env);
    const ada = persistentPerson('ada@example.org', program, () => url);
    const answered = async (text: string) => {
      for (const limit = Date.now() + patienceMs; Date.now() < limit; await sleep(30)) {
        const after = ada.streamed.slice(ada.streamed.findIndex((one) => one.text === text) + 1);
        if (ada.streamed.some((one) => one.text === text) && after.some((one) => one.author === 'agent')) return;
      }
      assert.unreachable(`“${text}” was not answered: ${JSON.stringify(ada.streamed.map((one) => one.text))}`);
    };
    try {
      await ada.signIn();
      ada.follow();
      await ada.say('Hello one');
      await sleep(300);
      const before = project.postgres();
      assert.ok(before !== null);
      process.kill(before ?? 0, how);
      // As the page does: sent again until it is acknowledged, and never signed out meanwhile.
      await ada.say('Hello two');
      await answered('Hello two');
      assert.is.not(project.postgres(), before);
      await ada.say('Hello three');
      await answered('Hello three');
      const texts = ada.streamed.map((one) => one.text);
      assert.is(new Set(texts).size, texts.length, texts.join('\n'));
      assert.equal(
        texts.filter((text) => text.startsWith('Hello')),
        ['Hello one', 'Hello two', 'Hello three'],
      );
      const asked = model.seen.length;
      assert.ok(asked <= 4, `the model was asked ${asked} times`);
    } finally {
      await ada.hangUp();
      dev.child.kill('SIGINT');
      const { code, out, err } = await dev.ended;
      await model.stop();
      const left = project.left();
      await project.remove();
      assert.is(code, 0, out + err);
      assert.equal(left, []);
    }
  });
}

test.run();
