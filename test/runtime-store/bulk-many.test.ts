/**
 * A bulk move of many at once: set by set, with a bad one among them, somebody in other hands, and jobs cut short.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { workOnBulk } from '../../runtime/store/bulk-jobs.ts';
import { doNext } from '../../runtime/store/bulk-people.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Tx } from '../../runtime/store/store.ts';
import { copyEnrollment, refuseOne } from '../support/copies.ts';
import { type Story, walking } from '../support/walkers.ts';

const test = suite('bulk many');
const story = (name: string, work: (story: Story) => Promise<void>) => test(name, walking(work));

const preview = (s: Story) =>
  s.control.previewBulk({
    program: 'walk',
    deed: { action: 'move', to: 'walking' },
    filter: {},
    reason: 'The coach is ill.',
    by: 'ann',
  });

const jobsLeft = (s: Story) =>
  s.store.queue`select run_at > now() as later from graphile_worker.jobs where task_identifier = 'bulk'`;

story('one that the database will not take is left out, and the others of its batch go', async (s) => {
  await s.enroll('walker-1');
  const copies = await copyEnrollment(s.store, 'walker-1', 150);
  const bad = copies[7] ?? '';
  await refuseOne(s.store, bad);
  const { id } = await preview(s);
  await s.control.applyBulk({ id, by: 'ann' });
  await workOnBulk(s.store, { workspace: s.store.workspace, bulk: id });
  const { status, counts } = await s.control.bulk(id);
  assert.equal([status, counts.done, counts.refused, counts.ready], ['applied', 150, 1, 0]);
  const [refused] = (await s.control.bulkPeople({ id, status: 'refused', limit: 5 })).rows;
  assert.equal([refused?.enrollment, refused?.outcome], [bad, 'It could not be written: Not this one.']);
  assert.is((await s.control.enrollment(bad)).stage, 'intro');
  const audited = await s.store.sql`select actor, reason from audit where action = 'move'`;
  assert.is(audited.length, 150);
  assert.ok(audited.every(({ actor, reason }) => actor === 'ann' && reason === 'The coach is ill.'));
});

story('somebody of whom nothing is left to read is told of in the preview, and the others go', async (s) => {
  await s.enroll('walker-1');
  const [gone = '', broken = ''] = await copyEnrollment(s.store, 'walker-1', 5);
  await s.store.sql`update enrollments set state = 'null' where id = ${gone}`;
  await s.store.sql`update enrollments set state = '{"facts":{"finished":null}}' where id = ${broken}`;
  for (const paused of [undefined, false]) {
    const given = { deed: { action: 'move', to: 'walking' }, reason: 'The coach is ill.', by: 'ann' } as const;
    const filter = paused === undefined ? {} : { paused };
    const { id, counts } = await s.control.previewBulk({ program: 'walk', filter, ...given });
    assert.equal([counts.ready, counts.cannot], [4, 2]);
    const told = (await s.control.bulkPeople({ id, status: 'cannot', limit: 5 })).rows;
    for (const one of told) assert.match(one.outcome, /^What is stored of them cannot be read: /);
  }
});

story('who is in other hands has their turn later; a job that is cut short has done nothing', async (s) => {
  await s.enroll('walker-1');
  const copies = await copyEnrollment(s.store, 'walker-1', 40);
  const { id } = await preview(s);
  const bulk = await s.control.applyBulk({ id, by: 'ann' });
  type Work = (tx: Tx) => Promise<unknown>;
  const cutOff = (work: Work) =>
    s.store.sql.begin(async (tx) => {
      await work(tx);
      throw new Error('The power went.');
    });
  const sql = new Proxy(s.store.sql, { get: (of, key) => (key === 'begin' ? cutOff : Reflect.get(of, key)) });
  const cut = doNext({ ...s.store, sql }, bulk, 20);
  assert.is(await cut.catch((error: Error) => error.message), 'The power went.');
  assert.is((await s.control.bulk(id)).counts.ready, 41);
  const job = { workspace: s.store.workspace, bulk: id };
  await s.store.sql.begin(async (tx) => {
    await tx`select 1 from enrollments where id = ${copies[3] ?? ''} for update`;
    await workOnBulk(s.store, job);
    const { status, counts } = await s.control.bulk(id);
    assert.equal([status, counts.done, counts.ready], ['applying', 40, 1]);
    assert.equal(
      (await jobsLeft(s)).map(({ later }) => later),
      [true],
      'it is looked again in a moment',
    );
  });
  await Promise.all([workOnBulk(s.store, job), workOnBulk(s.store, job)]);
  assert.equal([(await s.control.bulk(id)).status, (await s.control.bulk(id)).counts.done], ['applied', 41]);
  await s.say(copies[5] ?? '', 'goal 7');
  await s.control.undoBulk({ id, by: 'bob' });
  await Promise.all([workOnBulk(s.store, job), workOnBulk(s.store, job)]);
  const { status, counts } = await s.control.bulk(id);
  assert.equal([status, counts.undone, counts.stayed], ['undone', 40, 1]);
  for (const one of ['walker-1', ...copies]) assert.equal((await rebuild(s.store, one)).differences, [], one);
});

test.run();
