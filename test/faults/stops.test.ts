/**
 * Ctrl-C at random moments: while it starts, with a run in flight, with streams open, in the middle
 * of a move of the clock. It waits for nobody, leaves no process, and loses nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { makeProject, type Project, program, seeded, takeSeed } from '../support/dev.ts';
import { type PersistentPerson, persistentPerson } from '../support/persistent-person.ts';
import { type Reply, standInKey, startStandInAnthropic } from '../support/stand-in-anthropic.ts';

/** It takes a second or two; on a machine that is slow for a while, more. */
const stopLimitMs = 8_000;
/** Longer than anybody waits for a stop: the run must be cut short. */
const modelDelayMs = 20_000;

const test = suite('stops');

/** Sends Ctrl-C; checks how it ends and that nothing is left. */
async function interrupt(project: Project, dev: ReturnType<Project['spawn']>, when: string): Promise<void> {
  const asked = Date.now();
  dev.child.kill('SIGINT');
  const { code, signal, out, err } = await dev.ended;
  const ms = Date.now() - asked;
  console.log(`${when}: ${ms} ms`);
  // Before it listens for signals the system ends it, as it ends any process.
  const usual = code === 0 || (signal === 'SIGINT' && out === '');
  assert.ok(usual, `${when}: ${code ?? signal}\n${out}${err}`);
  assert.is(err, '', when);
  assert.ok(ms < stopLimitMs, `${when}: stopping took ${ms} ms\n${out}`);
  assert.equal(project.left(), [], when);
  assert.is(project.postgres(), null, when);
}

test('Ctrl-C while it starts, from nothing and from a database that is there', async () => {
  const random = seeded(takeSeed());
  const project = await makeProject();
  try {
    // The first ones fall into the making of the database.
    for (const until of [600, 1_200, 2_000, 800, 1_500]) {
      const dev = project.spawn();
      const moment = Math.round(80 + random() * until);
      await Promise.race([sleep(moment), dev.ended]);
      await interrupt(project, dev, `${moment} ms after the start`);
    }
    const { dev } = await project.start();
    await interrupt(project, dev, 'as soon as it can be reached');
  } finally {
    await project.remove();
  }
});

test('Ctrl-C while it works: runs in flight, open streams, a moving clock; the next start finds everything', async () => {
  const random = seeded(takeSeed());
  const project = await makeProject();
  const model = await startStandInAnthropic();
  let slow = true;
  let answers = 0;
  const answer = (): Reply => {
    model.plan.push(answer);
    return {
      ...(slow ? { delayMs: modelDelayMs } : {}),
      tools: [{ name: 'say', input: { text: `Answer ${++answers}.` } }],
    };
  };
  model.plan.push(answer);
  const env = { ANTHROPIC_API_KEY: standInKey, ANTHROPIC_BASE_URL: model.url };
  let url: string | null = null;
  const people: PersistentPerson[] = ['ada', 'bob'].map((name) =>
    persistentPerson(`${name}@example.org`, program, () => url),
  );
  try {
    for (const moment of ['a run in flight', 'two runs and the clock moving', 'streams only', 'a run just begun']) {
      const started = await project.start(env);
      url = started.url;
      for (const person of people) {
        if (person.said.length === 0) await person.signIn();
        person.follow();
      }
      if (moment !== 'streams only') await people[0]?.say(`Hello with ${moment}`);
      if (moment.startsWith('two')) {
        await people[1]?.say('And hello from me');
        // Answered by nobody: the clock waits for the runs, and the stop must not wait for the clock.
        void fetch(`${url}/api/clock/advance`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ by: '3 days' }),
        }).catch(() => undefined);
      }
      if (!moment.includes('just begun')) await sleep(100 + random() * 600);
      await interrupt(project, started.dev, moment);
      url = null;
    }
    slow = false;
    const { dev, url: last } = await project.start(env);
    url = last;
    for (const person of people) {
      for (const limit = Date.now() + 15_000; Date.now() < limit; await sleep(50)) {
        const { running } = await person.state();
        if (!running && person.streamed.at(-1)?.author === 'agent') break;
      }
      const heard = person.streamed.filter((one) => one.direction === 'in').map(({ id, text }) => ({ id, text }));
      assert.equal(heard, person.said, `${person.email}: everything that was said is there`);
      const positions = person.streamed.map((one) => one.position);
      assert.is(new Set(positions).size, positions.length, `${person.email}: the stream brought nothing twice`);
      assert.match(person.streamed.at(-1)?.text ?? '', /^Answer \d+\.$/);
      await person.hangUp();
    }
    await interrupt(project, dev, 'at the end');
  } finally {
    for (const person of people) await person.hangUp();
    await model.stop();
    await project.remove();
  }
});

test.run();
