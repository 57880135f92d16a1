/**
 * What a process answers by itself, without a job: it begins with what would be read, counts once, and is never lost:
 * whatever becomes of the message, the attempt, the worker or the process.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunContext } from '../../runtime/services.ts';
import { drain } from '../../runtime/store/advance.ts';
import { commitIn } from '../../runtime/store/commit.ts';
import { beginLife, type Life } from '../../runtime/store/life.ts';
import { answersAtOnce } from '../../runtime/store/limits.ts';
import { resumeRuns } from '../../runtime/store/pauses.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { beginRun } from '../../runtime/store/run-agent.ts';
import type { Store } from '../../runtime/store/store.ts';
import { withDatabase } from '../support/database.ts';
import { agentOf, begin, monday, nothing, type Story, withWorker } from './story.ts';

const test = suite('answers');

const says = (text: string) => ({ ...nothing, says: [text] });
const say = ({ control, person }: Story, id: string, text = 'How far today?') =>
  control.receive({ person, program: 'walking', channel: 'web', id, text });

async function runJobs(store: Store): Promise<string[]> {
  const rows = await store.queue<{ key: string }[]>`
    select key from graphile_worker.jobs where task_identifier = 'run'`;
  return rows.map(({ key }) => key);
}

async function said({ control, person }: Story): Promise<string[]> {
  const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 100 });
  return talk.filter(({ direction }) => direction === 'out').map(({ text }) => text);
}

/** An agent that speaks when it is told to. */
function waiting() {
  const contexts: RunContext[] = [];
  const [called, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const agent = agentOf(async (context) => {
    contexts.push(context);
    called.resolve();
    await go.promise;
    return says(`About: ${context.timeline.at(-1)?.kind}`);
  });
  return { agent, contexts, called: called.promise, go: () => go.resolve() };
}

test('an answer has no job, and counts as any other', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    const { agent, called, go } = waiting();
    await withWorker(store, { agent }, async () => {
      await say(story, 'm1');
      await called;
      assert.equal(await runJobs(store), []);
      assert.is(await resumeRuns(store), 0, 'nobody else takes it');
      go();
      await drain(store);
    });
    assert.equal(await said(story), ['About: run-started']);
    assert.is((await store.sql`select from agent_runs where finished_at is not null`).length, 1);
    assert.equal((await rebuild(store, story.enrollment)).differences, []);
  }));

test('it begins with what would be read', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    const { agent, contexts, called, go } = waiting();
    await withWorker(store, { agent }, async () => {
      await say(story, 'm1', 'goal');
      await say(story, 'm2');
      await called;
      const run = (await story.control.enrollment(story.enrollment)).facts.run?.id ?? '';
      const talkers = { agent, scripted: agent, skills: () => undefined };
      const read = await beginRun(store, talkers, { workspace: 'default', enrollment: story.enrollment, run });
      assert.ok(
        read?.context.timeline.some((row) => row.kind === 'message'),
        'what was said before is in it',
      );
      assert.equal(JSON.parse(JSON.stringify(contexts[0])), JSON.parse(JSON.stringify(read?.context)));
      go();
      await drain(store);
    });
  }));

test('a process without a worker leaves it to a job', () =>
  withDatabase(async (database) => {
    const [store, other] = [await database.open({ startAt: monday }), await database.open()];
    const story = await begin(other, { at: 'walking' });
    await withWorker(store, {}, async () => {
      await say(story, 'm1');
      await drain(store);
    });
    assert.equal(await said(story), ['I heard you (reply).']);
    assert.is((await store.sql`select from enrollments where answered_by is not null`).length, 0);
  }));

test('of two messages only the answer to the newer one counts', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    const both = Promise.withResolvers<void>();
    const runs: string[] = [];
    const agent = agentOf(async ({ run }) => {
      const number = runs.push(run);
      await both.promise;
      return says(`For message ${number}`);
    });
    await withWorker(store, { agent }, async () => {
      await say(story, 'm1', 'Hello');
      await say(story, 'm2', 'Are you there?');
      // Stored, both of them: before, the first answer would have been in time.
      both.resolve();
      await drain(store);
    });
    assert.equal(await said(story), ['For message 2']);
  }));

test('in a pause of the program nobody answers; afterwards a job does', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    await withWorker(store, {}, async () => {
      await store.sql`update programs set paused_at = now(), paused_by = 'test', paused_reason = 'test'`;
      await say(story, 'm1');
      await drain(store);
      assert.equal(await said(story), []);
      await store.sql`update programs set paused_at = null, paused_by = null, paused_reason = null`;
      await resumeRuns(store);
      await drain(store);
    });
    assert.equal(await said(story), ['I heard you (reply).']);
  }));

for (const [when, day, spent] of [
  ['spent this month: the scripted agent speaks', 0, true],
  ['spent in the month before: it is no money of this one, though it has to be read', 10, false],
] as const)
  test(`money ${when}`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: monday });
      const story = await begin(store, { at: 'walking' });
      const at = new Date(monday - day * 86_400_000);
      await store.sql`
        insert into agent_runs (workspace_id, id, enrollment_id, person_id, program, reason, skill, skill_version, agent, usd,
          started_at, finished_at)
        values ('default', 'r1', ${story.enrollment}, ${story.person}, 'walking', 'reply', 'coach', '1', 'model', 0.5,
          ${at}, ${at})`;
      const scripted = { ...agentOf(() => says('Scripted.')), kind: 'scripted' };
      await withWorker(store, { agent: agentOf(() => says('Modelled.')), scripted }, async () => {
        await say(story, 'm1');
        await drain(store);
      });
      assert.equal(await said(story), [spent ? 'Scripted.' : 'Modelled.']);
      assert.is((await store.sql`select from operator_items where id like 'budget:%'`).length, spent ? 1 : 0);
    }));

test('what there is no room for has a job at once', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const all: Story[] = [];
    for (let number = 0; number < answersAtOnce + 3; number++)
      all.push(await begin(store, { email: `p${number}@acme.com`, at: 'walking', id: `p${number}` }));
    const go = Promise.withResolvers<void>();
    const agent = agentOf(async () => {
      await go.promise;
      return says('Here.');
    });
    await withWorker(store, { agent }, async () => {
      await Promise.all(all.map((story, number) => say(story, `m${number}`)));
      assert.is((await runJobs(store)).length, 3);
      go.resolve();
      await drain(store);
    });
    for (const story of all) assert.equal(await said(story), ['Here.']);
  }));

test('where somebody else was quicker, what was begun comes to nothing and the next one answers', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    const aborted: unknown[] = [];
    const called = Promise.withResolvers<void>();
    let calls = 0;
    const agent = agentOf(async ({ timeline }, signal) => {
      calls += 1;
      if (calls > 1) return says(timeline.some(({ kind }) => kind === 'recorded') ? 'With the walk.' : 'Without it.');
      called.resolve();
      return new Promise(() => signal.addEventListener('abort', () => aborted.push(signal.reason.message)));
    });
    await withWorker(store, { agent }, async () => {
      let message: Promise<unknown> = Promise.resolve();
      await store.sql.begin(async (tx) => {
        await tx`select from enrollments where id = ${story.enrollment} for update`;
        message = say(story, 'm1');
        await called.promise;
        const input = { type: 'record', id: 'w1', series: 'walks', fields: { minutes: 20 }, by: 'service' } as const;
        await commitIn(store, tx, { enrollment: story.enrollment, input });
      });
      await message;
      await drain(store);
    });
    assert.equal(aborted, ['The message was not stored.']);
    assert.equal(await said(story), ['With the walk.']);
    assert.is((await store.sql`select from agent_runs`).length, 1);
  }));

test('nobody calls the agent for a message that was not stored while the run was made ready', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    const lost = Promise.withResolvers<void>();
    let [readied, calls] = [0, 0];
    const skills = async () => {
      readied += 1;
      if (readied === 1) await lost.promise;
      return undefined;
    };
    const agent = agentOf(() => {
      calls += 1;
      return says('Here.');
    });
    await withWorker(store, { agent, skills }, async () => {
      let message: Promise<unknown> = Promise.resolve();
      await store.sql.begin(async (tx) => {
        await tx`select from enrollments where id = ${story.enrollment} for update`;
        message = say(story, 'm1');
        while (readied === 0) await sleep(5);
        const input = { type: 'record', id: 'w1', series: 'walks', fields: { minutes: 20 }, by: 'service' } as const;
        await commitIn(store, tx, { enrollment: story.enrollment, input });
      });
      await message;
      await drain(store);
      lost.resolve();
      // A turn of the event loop: whatever follows from it has begun.
      await sleep(20);
    });
    assert.is(readied, 2);
    assert.is(calls, 1);
    assert.equal(await said(story), ['Here.']);
  }));

test('an attempt that fails is tried again by the queue', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    let calls = 0;
    const agent = agentOf(() => {
      calls += 1;
      if (calls === 1) throw new Error('The line was cut.');
      return says('Again.');
    });
    await withWorker(store, { agent }, async () => {
      await say(story, 'm1');
      await drain(store);
    });
    assert.is(calls, 2);
    assert.equal(await said(story), ['Again.']);
    assert.is((await store.sql`select from enrollments where answered_by is not null`).length, 0);
  }));

test('a worker that stops gives what it answers to the queue, and answers no more', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    const { agent, called } = waiting();
    await withWorker(store, { agent, stopWithinMs: 50 }, async () => {
      await say(story, 'm1');
      await called;
    });
    assert.is((await runJobs(store)).length, 1);
    const ben = await begin(store, { email: 'ben@acme.com', at: 'walking', id: 'ben' });
    await say(ben, 'm2');
    assert.is((await runJobs(store)).length, 2);
    await withWorker(await database.open(), {}, () => drain(store));
    for (const each of [story, ben]) assert.equal(await said(each), ['I heard you (reply).']);
  }));

/** What is left in the database where a process answers and is not heard of again. */
async function left(store: Store, by: (story: Story) => Promise<string> | string): Promise<Story> {
  const story = await begin(store, { at: 'walking' });
  await say(story, 'm1');
  await store.sql`
    update enrollments set answered_by = ${await by(story)}, answered_run = state->'facts'->'run'->>'id'`;
  await store.queue`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
  return story;
}

/** Under which id the worker of a store answers. */
async function answersAs(store: Store, id: string): Promise<string> {
  await say(await begin(store, { email: `${id}@acme.com`, at: 'walking', id }), `${id}1`);
  await drain(store);
  const [row] = await store.sql<{ by: string }[]>`select answered_by as by from enrollments where id = ${id}`;
  return row?.by ?? '';
}

test('a process that dies while it answers: whoever tidies up gives the run a job', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const lives: Life[] = [];
    const story = await left(store, async () => {
      const life = await beginLife(store);
      await life.show('answers-of-another');
      lives.push(life);
      return 'answers-of-another';
    });
    assert.is(await resumeRuns(store), 0, 'while it lives it answers');
    await lives[0]?.end();
    assert.is(await resumeRuns(store), 1);
    assert.is((await runJobs(store)).length, 1);
    assert.is((await store.sql`select from enrollments where answered_by is not null`).length, 0);
    await withWorker(store, {}, () => drain(store));
    assert.equal(await said(story), ['I heard you (reply).']);
  }));

test('a run that this process has lost sight of gets a job, too', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    await withWorker(store, {}, async () => {
      const by = await answersAs(store, 'ben');
      const story = await left(await database.open(), () => by);
      // The worker itself tidies up now and then.
      for (let look = 0; look < 200 && (await said(story)).length === 0; look++) await sleep(50);
      assert.equal(await said(story), ['I heard you (reply).']);
    });
  }));

test('a mark of a run that is over says nothing of the next one', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await left(store, () => 'answers-of-another');
    const life = await beginLife(store);
    await life.show('answers-of-another');
    // The next message comes in elsewhere, and its job is lost.
    await say(story, 'm2');
    await store.queue`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
    assert.is(await resumeRuns(store), 1);
    assert.is((await runJobs(store)).length, 1);
    await life.end();
  }));

test('of two workers on one store each finds its own again, and the first to stop leaves the other answering', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const first = Promise.withResolvers<string>();
    const end = Promise.withResolvers<void>();
    const ended = withWorker(store, {}, async () => {
      first.resolve(await answersAs(store, 'ben'));
      await end.promise;
    });
    const by = await first.promise;
    await withWorker(store, {}, async () => {
      const story = await left(await database.open(), () => by);
      await resumeRuns(store);
      await drain(store);
      assert.equal(await said(story), ['I heard you (reply).'], 'what the first has lost sight of');
      end.resolve();
      await ended;
      assert.match(await answersAs(store, 'eve'), /^answers-/);
    });
  }));

test('what a dead process answered in a pause keeps nobody waiting, and is answered afterwards', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await left(store, () => 'answers-of-the-dead');
    await store.sql`update programs set paused_at = now(), paused_by = 'test', paused_reason = 'test'`;
    await withWorker(store, {}, async () => {
      await Promise.race([drain(store), sleep(10_000).then(() => assert.unreachable('It is waited for.'))]);
      assert.equal(await said(story), []);
      assert.is(await resumeRuns(store), 0, 'it waits as any other run does in a pause');
      await store.sql`update programs set paused_at = null, paused_by = null, paused_reason = null`;
      await resumeRuns(store);
      await drain(store);
    });
    assert.equal(await said(story), ['I heard you (reply).']);
  }));

test('runs of the dead are taken over in the order in which others lock enrollments', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    for (const id of ['zoe', 'ada']) {
      const story = await begin(store, { email: `${id}@acme.com`, at: 'walking', id });
      await say(story, `${id}1`);
    }
    await store.sql`
      update enrollments set answered_by = 'answers-of-the-dead', answered_run = state->'facts'->'run'->>'id'`;
    await store.queue`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
    let resumed: Promise<number> = Promise.resolve(0);
    await store.sql.begin(async (tx) => {
      await tx`select from enrollments where id = 'ada' for update`;
      resumed = resumeRuns(store);
      resumed.catch(() => undefined);
      const waits = () => store.sql`
        select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      while ((await waits()).length === 0) await sleep(20);
      await tx`select from enrollments where id = 'zoe' for update`;
    });
    assert.is(await resumed, 2);
  }));

test.run();
