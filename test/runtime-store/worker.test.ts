/** The worker: runs and deliveries happen, once, in order, within limits, and a failure is told. */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunResult } from '../../runtime/inputs.ts';
import { AgentProblem, type Channel, DeliveryProblem, type OutgoingMessage } from '../../runtime/services.ts';
import { advance, drain } from '../../runtime/store/advance.ts';
import { addQueueJobs, runJob } from '../../runtime/store/jobs.ts';
import { beginLife, takeOver } from '../../runtime/store/life.ts';
import { deliverAttemptsMax, runAttemptsMax, runAwayAttemptsMax } from '../../runtime/store/limits.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { runAgent } from '../../runtime/store/run-agent.ts';
import { startWorker, tidy } from '../../runtime/store/worker.ts';
import { openBadLine } from '../faults/bad-line.ts';
import { withDatabase } from '../support/database.ts';
import { agentOf, begin, day, hour, monday, nothing, withWorker } from './story.ts';

const test = suite('worker');
const says = (text: string): RunResult => ({ ...nothing, says: [text] });
const none = () => undefined;

test('a message wakes the agent, what it says and sets is applied, and the run is on record', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store);
    const agent = agentOf(
      (context) => ({
        ...nothing,
        says: [`${context.conversation.at(-1)?.text}? ${context.localTime}`],
        sets: [{ field: 'why', value: 'to breathe' }],
      }),
      0.25,
    );
    await withWorker(store, { agent }, async () => {
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
      await drain(store);
    });
    const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 10 });
    assert.is(talk.at(-1)?.text, 'Hello? Monday 5 January 2026, 09:00 (UTC)');
    assert.is((await control.enrollment(enrollment)).facts.data.why, 'to breathe');
    const [run] =
      await store.sql`select reason, agent, skill, usd::float8 as usd, failures, finished_at is not null as done from agent_runs`;
    assert.equal({ ...run }, { reason: 'reply', agent: 'test', skill: 'intake', usd: 0.25, failures: 0, done: true });
    const statuses = await store.sql`select distinct status from messages where direction = 'out'`;
    assert.equal(
      statuses.map((row) => row.status),
      ['sent'],
    );
  }));

test('a run done twice counts once', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store);
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
    const run = (await control.enrollment(enrollment)).facts.run?.id ?? '';
    let calls = 0;
    // Both are in the agent at the same time, as when a worker was thought dead and was not.
    let open: () => void = () => {};
    const both = new Promise<void>((done) => {
      open = done;
    });
    const agent = agentOf(async () => {
      calls += 1;
      if (calls === 2) open();
      await both;
      return says(`Call ${calls}`);
    });
    const job = { workspace: store.workspace, enrollment, run };
    const talkers = { agent, scripted: agent, skills: none };
    const signal = new AbortController().signal;
    await Promise.all([runAgent(store, talkers, job, signal), runAgent(store, talkers, job, signal)]);
    assert.is(calls, 2);
    const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 10 });
    assert.is(talk.filter((one) => one.reason === 'reply').length, 1);
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

test('a run that keeps failing is given up, told to the program and to an operator, and the person can go on', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store);
    let calls = 0;
    const agent = agentOf((context) => {
      if (!context.conversation.some((one) => one.text === 'again')) {
        calls += 1;
        throw new Error('The model is overloaded.');
      }
      return says('Here I am.');
    });
    await withWorker(store, { agent }, async () => {
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
      await drain(store);
      assert.is(calls, runAttemptsMax);
      const rows = await control.timeline(enrollment);
      assert.ok(rows.some((row) => row.kind === 'run-failed' && row.problem === 'The model is overloaded.'));
      assert.equal(
        (await control.openItems()).map((item) => [item.kind, item.text]),
        [['failure', 'The agent could not speak: The model is overloaded.']],
      );
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm2', text: 'again' });
      await drain(store);
    });
    const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 10 });
    assert.is(talk.at(-1)?.text, 'Here I am.');
  }));

test('a spent budget degrades to the scripted agent and tells an operator once; a new month begins anew', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store, { at: 'walking' });
    const agent = agentOf(() => says('model'), 0.3);
    const scripted = agentOf(() => says('script'));
    const spoken: string[] = [];
    await withWorker(store, { agent, scripted }, async () => {
      const say = async (id: string) => {
        await control.receive({ person, program: 'walking', channel: 'web', id, text: 'Hello' });
        await drain(store);
        const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 1000 });
        spoken.push(talk.at(-1)?.text ?? '');
      };
      for (const id of ['1', '2', '3', '4']) await say(id);
      await advance(store, monday + 27 * day);
      await say('5');
    });
    assert.equal(spoken, ['model', 'model', 'script', 'script', 'model']);
    assert.is((await control.openItems()).filter((item) => item.text.includes('budget')).length, 1);
  }));

test('messages leave in order through the channel used last, each once', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store);
    await control.bindAccount({ channel: 'slack', account: 'U1', person });
    const sent: OutgoingMessage[] = [];
    let failures = 2;
    const slack: Channel = {
      name: 'slack',
      send: async (message) => {
        if (failures-- > 0) throw new Error('Slack is slow.');
        sent.push(message);
      },
    };
    await withWorker(
      store,
      { channels: [slack], agent: agentOf(() => ({ ...nothing, says: ['one', 'two', 'three'] })) },
      async () => {
        await control.receive({ person, program: 'walking', channel: 'slack', id: 'm1', text: 'Hello' });
        await drain(store);
        await control.receive({ person, program: 'walking', channel: 'web', id: 'm2', text: 'Now on the web' });
        await drain(store);
      },
    );
    assert.equal(
      sent.map((message) => [message.account, message.text]),
      [
        ['U1', 'Are you ready?'],
        ['U1', 'one'],
        ['U1', 'two'],
        ['U1', 'three'],
      ],
    );
    assert.is(new Set(sent.map((message) => message.id)).size, sent.length);
    assert.equal(sent[0]?.question?.options, ['yes', 'no']);
    const open = await store.sql`select 1 from messages where direction = 'out' and status <> 'sent'`;
    assert.is(open.length, 0);
  }));

test('a channel that never works becomes an operator item', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store, { at: 'walking' });
    await control.bindAccount({ channel: 'slack', account: 'U1', person });
    const slack: Channel = { name: 'slack', send: () => Promise.reject(new Error('No such user.')) };
    await withWorker(store, { channels: [slack] }, async () => {
      await control.receive({ person, program: 'walking', channel: 'slack', id: 'm1', text: 'goal' });
      await drain(store);
      await tidy(store);
    });
    const items = await control.openItems();
    assert.equal(
      items.map((item) => item.text),
      ['A message could not be delivered: No such user.'],
    );
    const [message] = await store.sql`select status from messages where direction = 'out'`;
    assert.is(message?.status, 'failed');
  }));

test('what crashes cut short does not count: only a channel that fails gives a message up', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store, { at: 'walking' });
    await control.bindAccount({ channel: 'slack', account: 'U1', person });
    await control.receive({ person, program: 'walking', channel: 'slack', id: 'm1', text: 'goal' });
    // As often as a failing channel is borne, and more, somebody died with it in hand.
    await store.sql`update graphile_worker._private_jobs set attempts = ${deliverAttemptsMax + 5}`;
    await tidy(store);
    assert.equal(await control.openItems(), []);
    const sent: string[] = [];
    const slack: Channel = { name: 'slack', send: async ({ text }) => void sent.push(text) };
    await withWorker(store, { channels: [slack] }, () => drain(store));
    assert.is(sent.length, 1);
  }));

test('a worker that has just begun is not taken for dead; one that is gone is', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store, { at: 'walking' });
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'goal' });
    const locked = async () => {
      const rows = await store.sql`select locked_by from graphile_worker.jobs where locked_by is not null`;
      return rows.length;
    };
    const life = await beginLife(store);
    await store.sql`update graphile_worker._private_jobs set locked_at = now(), locked_by = 'fresh'`;
    const before = await locked();
    assert.ok(before > 0);
    await takeOver(store);
    assert.is(await locked(), before, 'it takes jobs before it can show that it lives');
    await life.show('fresh');
    await takeOver(store);
    assert.is(await locked(), before, 'it lives');
    await life.end();
    await takeOver(store);
    assert.is(await locked(), 0, 'it is gone');
  }));

test('a job that cannot even be given up keeps nothing from the others', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'goal' });
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm2', text: 'How am I doing?' });
    const run = (await control.enrollment(enrollment)).facts.run?.id ?? '';
    await store.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs where key like 'run:%'))`;
    await addQueueJobs(store.sql, [runJob({ workspace: store.workspace, enrollment: 'nobody', run: 'r1' })]);
    await store.sql`update graphile_worker._private_jobs set attempts = max_attempts`;
    const problem = await tidy(store).then(
      () => '',
      (error: Error) => error.message,
    );
    assert.match(problem, /There is no enrollment nobody/, 'it is told');
    const [message] = await store.sql`select status from messages where direction = 'out'`;
    assert.is(message?.status, 'failed', 'a message was given up');
    const jobs =
      await store.sql`select key from graphile_worker.jobs where key is not null and attempts < max_attempts`;
    assert.equal(
      jobs.map((row) => row.key),
      [`run:${store.workspace}:${run}`],
      'a run without a job has one again',
    );
  }));

test('a run that would fail the same way again is given up at once, and what it cost counts', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store);
    let calls = 0;
    const usage = { model: 'none', inputTokens: 1, outputTokens: 1, usd: 0.125, toolCalls: [] };
    const agent = agentOf(() => {
      calls += 1;
      throw new AgentProblem('The model refuses to speak of this.', { again: false, usage });
    });
    await withWorker(store, { agent }, async () => {
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
      await drain(store);
    });
    assert.is(calls, 1);
    assert.is((await control.enrollment(enrollment)).facts.run, null);
    const [run] = await store.sql`select usd::float8 as usd, problem from agent_runs`;
    assert.equal({ ...run }, { usd: 0.125, problem: 'The model refuses to speak of this.' });
  }));

test('a run waits as long as the vendor asks, and is then done', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store);
    let calls = 0;
    const agent = agentOf(() => {
      calls += 1;
      if (calls === 1) throw new AgentProblem('Too many at once.', { again: true, retryAfterMs: 60_000 });
      return says('Now I can.');
    });
    await withWorker(store, { agent }, async () => {
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
      // The drain does not wait for what is due later: it takes it at once.
      await drain(store);
    });
    assert.is(calls, 2);
    const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 10 });
    assert.is(talk.at(-1)?.text, 'Now I can.');
  }));

for (const [forLong, attempts] of [
  [false, 12],
  [true, runAwayAttemptsMax],
] as const)
  test(`a model that is away ${forLong ? 'for hours is given up in the end' : 'for a while is waited for'}`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: monday });
      const { control, person } = await begin(store);
      let calls = 0;
      const agent = agentOf(() => {
        calls += 1;
        if (forLong || calls < attempts)
          throw new AgentProblem("The model's service failed (503).", { again: true, retryAfterMs: null });
        return says('Now I can.');
      });
      await withWorker(store, { agent }, async () => {
        await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
        await drain(store);
      });
      assert.is(calls, attempts);
      const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 10 });
      assert.is(talk.at(-1)?.text, forLong ? 'Hello' : 'Now I can.');
      assert.is((await control.openItems()).length, forLong ? 1 : 0);
    }));

test('a model that is away is asked again after pauses that grow to some minutes, or as late as it wishes', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store);
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
    const run = (await control.enrollment(enrollment)).facts.run?.id ?? '';
    let retryAfterMs: number | null = null;
    const agent = agentOf(() => {
      throw new AgentProblem('Overloaded.', { again: true, retryAfterMs });
    });
    const job = { workspace: 'default', enrollment, run };
    const pauses: number[] = [];
    for (const wish of [null, null, null, null, null, null, null, 600_000, 9e9]) {
      retryAfterMs = wish;
      await runAgent(store, { agent, scripted: agent, skills: none }, job, new AbortController().signal);
      const [next] = await store.queue<{ seconds: number }[]>`
        select extract(epoch from run_at - now())::float8 as seconds from graphile_worker.jobs where task_identifier = 'run'`;
      pauses.push(next?.seconds ?? 0);
    }
    const meant = [2.7, 7.4, 20, 55, 148, 300, 300, 600, 900];
    assert.ok(
      pauses.every((seconds, index) => Math.abs(seconds - (meant[index] ?? 0)) < 2),
      pauses.join(' '),
    );
  }));

test('a stop comes to an end where the queue hears nothing from its database any more', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const line = await openBadLine(store.databaseUrl);
    const talker = agentOf(() => says('Here.'));
    const options = { agent: talker, scripted: talker, skills: none, channels: [] };
    const worker = await startWorker({ ...store, databaseUrl: line.url }, options);
    line.delay(10 * 60_000);
    const ended = await Promise.race([worker.stop().then(() => true), sleep(60_000, false, { ref: false })]);
    await line.stop();
    assert.ok(ended);
  }));

test('a message that will never go through does not hold up the ones behind it', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store);
    await control.bindAccount({ channel: 'vendor', account: 'V1', person });
    const sent: OutgoingMessage[] = [];
    const vendor: Channel = {
      name: 'vendor',
      send: (message) => {
        if (message.text === 'too long') throw new DeliveryProblem('The text is too long.', { again: false });
        if (!sent.some((one) => one.id === message.id) && message.text === 'patience') {
          sent.push(message);
          throw new DeliveryProblem('Slow down.', { again: true, retryAfterMs: 30_000 });
        }
        sent.push(message);
        return Promise.resolve();
      },
    };
    const agent = agentOf(() => ({ ...nothing, says: ['too long', 'patience', 'fine'] }));
    await withWorker(store, { agent, channels: [vendor] }, async () => {
      await control.receive({ person, program: 'walking', channel: 'vendor', id: 'm1', text: 'Hello' });
      await drain(store);
    });
    const texts = sent.map((one) => one.text).filter((text) => ['patience', 'fine'].includes(text));
    assert.equal(texts, ['patience', 'patience', 'fine']);
    const failed = await store.sql`select text from messages where status = 'failed'`;
    assert.equal(
      failed.map((row) => row.text),
      ['too long'],
    );
    assert.ok((await control.openItems()).some((item) => item.text.includes('The text is too long.')));
  }));

test('the development clock stops at every due moment, in order, and each leaves its time exactly', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, enrollment } = await begin(store, { at: 'walking' });
    await withWorker(store, {}, () => advance(store, monday + 15 * day));
    const rows = await control.timeline(enrollment);
    const reviews = rows.filter((row) => row.kind === 'reviewed').map((row) => row.at);
    assert.equal(
      reviews,
      Array.from({ length: 15 }, (_, index) => monday + 9 * hour + index * day),
    );
    assert.ok(rows.some((row) => row.kind === 'set' && row.field === 'goal' && row.at === monday + 14 * day));
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

test('a running development clock moves forward and never back', () =>
  withDatabase(async (database) => {
    const store = await database.open({ clock: 'development' });
    const { clockNow } = await import('../../runtime/store/clock.ts');
    const { control } = await begin(store, { at: 'walking' });
    const target = Date.now() + 3 * day;
    await withWorker(store, {}, () => advance(store, target));
    const now = await clockNow(store);
    assert.ok(now >= target && now < target + hour, 'it stands at the target and runs on');
    await advance(store, target - day);
    assert.ok((await clockNow(store)) >= now);
    assert.ok((await control.enrollments({ limit: 1 }))[0]);
  }));

test('stopping cuts short what takes too long, and the next worker does it again', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store);
    let begun: () => void = () => {};
    const inHand = new Promise<void>((done) => {
      begun = done;
    });
    const endless = agentOf(() => new Promise<RunResult>(() => begun()));
    const began = performance.now();
    await withWorker(store, { agent: endless }, async () => {
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
      await inHand;
    });
    assert.ok(performance.now() - began < 3_000, 'it stops within the limit');
    await withWorker(store, { agent: agentOf(() => says('Sorry, here I am.')) }, () => drain(store));
    const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 10 });
    assert.is(talk.at(-1)?.text, 'Sorry, here I am.');
  }));

test.run();
