/**
 * Jobs that are not there as they were. One that is asked for again while somebody does it is replaced by a new one;
 * when the worker that does the first dies just then, nothing of it is given up: the new one does its work. And what
 * has lost its job is found.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Channel } from '../../runtime/services.ts';
import { drain } from '../../runtime/store/advance.ts';
import { addQueueJobs, deliverJob, type QueueJob, runJob } from '../../runtime/store/jobs.ts';
import { sendForgotten } from '../../runtime/store/outbox.ts';
import { tidy } from '../../runtime/store/worker.ts';
import { begin, monday, withWorker } from '../runtime-store/story.ts';
import { withDatabase } from '../support/database.ts';

const test = suite('replaced');

const kinds: [
  name: string,
  job: (of: { person: string; enrollment: string; run: string; message: string }) => QueueJob,
][] = [
  ['a run', ({ enrollment, run }) => runJob({ workspace: 'default', enrollment, run })],
  ['a delivery', ({ person, message }) => deliverJob('default', person, message)],
];

for (const [name, jobOf] of kinds)
  test(`${name} that was replaced while its worker died is not given up`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: monday });
      const { control, person, enrollment } = await begin(store, { at: 'walking' });
      await control.bindAccount({ channel: 'vendor', account: 'V1', person });
      await control.receive({ person, program: 'walking', channel: 'vendor', id: 'm1', text: 'goal' });
      await control.receive({ person, program: 'walking', channel: 'vendor', id: 'm2', text: 'Hello' });
      const { facts } = await control.enrollment(enrollment);
      const [said] = await store.sql<{ id: string }[]>`select id from messages where direction = 'out'`;
      const job = jobOf({ person, enrollment, run: facts.run?.id ?? '', message: said?.id ?? '' });
      const left = () =>
        store.queue`select key, locked_by, attempts from graphile_worker.jobs where task_identifier = ${job.task}`;
      assert.is((await left()).length, 1);
      // It is being done by somebody who has died since, as every worker is whose lock nobody holds.
      await store.queue`
        update graphile_worker._private_jobs set locked_at = now(), locked_by = 'pool-gone', attempts = 1 where key = ${job.key}`;
      if (job.task === 'deliver')
        await store.sql`
          update messages set status = 'sending', tries = 1, sending_since = clock_timestamp(),
            sender = (select id::text from graphile_worker.jobs where key = ${job.key}) where id = ${said?.id ?? ''}`;
      await addQueueJobs(store.queue, [job]);
      assert.is((await left()).length, 2, 'the queue replaces what is locked');
      await tidy(store);
      await tidy(store);
      const after = await left();
      assert.equal(
        after.map(({ key, locked_by, attempts }) => [key, locked_by, attempts]),
        [[job.key, null, 0]],
      );
      assert.equal(await control.openItems(), []);
      assert.is((await control.enrollment(enrollment)).facts.run?.id, facts.run?.id, 'the run is in hand');
      const failed = await store.sql`select 1 from messages where status = 'failed'`;
      assert.is(failed.length, 0);
    }));

test('a message whose job somebody has removed is given one again, whether it was being sent or not', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store, { at: 'walking' });
    await control.bindAccount({ channel: 'vendor', account: 'V1', person });
    for (const id of ['m1', 'm2'])
      await control.receive({ person, program: 'walking', channel: 'vendor', id, text: 'goal' });
    assert.is(await sendForgotten(store), 0, 'each has its job');
    await store.queue`delete from graphile_worker._private_jobs`;
    await store.sql`
      update messages set status = 'sending', tries = 1, sender = '1', channel = 'vendor', sending_since = now() - interval '1 hour'
      where position = (select min(position) from messages where direction = 'out')`;
    assert.is(await sendForgotten(store), 1, 'one job sends all that a person is to have');
    assert.is(await sendForgotten(store), 1, 'each is to have one');
    assert.is(await sendForgotten(store), 0);
    const sent: [text: string, attempt: number | undefined][] = [];
    const send: Channel['send'] = async ({ text, attempt }) => void sent.push([text, attempt]);
    await withWorker(store, { channels: [{ name: 'vendor', send }] }, () => drain(store));
    assert.equal(sent, [
      ['10 minutes.', 2],
      ['10 minutes.', 1],
    ]);
  }));

test.run();
