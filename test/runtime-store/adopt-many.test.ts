/**
 * Many people taken over at once: jobs cut short and done twice, one bad one among them, and a worker that does it all.
 */
import { fork } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { scriptedAgent } from '../../runtime/scripted-agent.ts';
import { applyPlan, workOnPlan } from '../../runtime/store/adopt-jobs.ts';
import { goNext } from '../../runtime/store/adopt-people.ts';
import type { Tx } from '../../runtime/store/store.ts';
import { startWorker } from '../../runtime/store/worker.ts';
import type { VersionPlan } from '../../runtime/version-plan.ts';
import { copyEnrollment, refuseOne } from '../support/copies.ts';
import { type Story, second, walking } from '../support/walkers.ts';

const test = suite('adopt many');
const story = (name: string, work: (story: Story) => Promise<void>) => test(name, walking(work));
/** Times a worker is killed while it takes people over. */
const kills = 4;

story('one that the database will not take is left out, and the others go', async (s) => {
  await s.enroll('walker-1');
  const copies = await copyEnrollment(s.store, 'walker-1', 60);
  const bad = copies[7] ?? '';
  await refuseOne(s.store, bad);
  await s.publish(second);
  const applied = await s.apply(await s.plan());
  assert.equal([applied.status, applied.progress.adopted, applied.progress.failed], ['applied', 60, 1]);
  const [left] = await s.control.versionPlanPeople({ id: applied.id, status: 'failed', limit: 5 });
  assert.equal([left?.enrollment, left?.why], [bad, 'Not this one.']);
  assert.is(await s.versionOf(bad), 1);
});

story('a plan is looked at while life goes on', async (s) => {
  await s.enroll('walker-1');
  await copyEnrollment(s.store, 'walker-1', 300);
  await s.publish(second);
  let isPlanned = false;
  const living = async () => {
    while (!isPlanned) await s.store.sql`update enrollments set failing = failing`;
  };
  const [plan] = await Promise.all([s.plan().finally(() => (isPlanned = true)), living()]);
  assert.equal([plan.people, plan.progress.ready], [301, 301]);
});

story(
  'a publish that overtakes a plan takes those along whom it has led on meanwhile, and each back to where they were',
  async (s) => {
    await s.enroll('walker-1', 'mood fine');
    const copies = await copyEnrollment(s.store, 'walker-1', 99);
    const third = second.replace(/ {2}migrate from 1 \{[^}]*\}\n/, '  migrate from 2 { set goal = max(goal, 3) }\n');
    await s.publish(second);
    const overtaken = await s.plan();
    await s.control.applyPlan({ id: overtaken.id, by: 'ann', reason: 'All of them' });
    await s.publish(third);
    const plan = await s.plan();
    // The first one goes on until the second begins.
    await goNext(s.store, { id: overtaken.id, program: 'walk', to: 2, back: false, waitsUntil: null, by: 'ann' }, 40);
    await applyPlan(s.store, { id: plan.id, by: 'ann', reason: 'The newest' }, { instead: true });
    const job = { workspace: s.store.workspace, plan: plan.id };
    while ((await s.control.versionPlan(plan.id)).status === 'applying') await workOnPlan(s.store, job);
    const { progress } = await s.control.versionPlan(plan.id);
    assert.equal([progress.adopted, progress.gone], [100, 0]);
    const { progress: before, status } = await s.control.versionPlan(overtaken.id);
    assert.equal([status, before.adopted, before.stayed], ['applied', 40, 60]);
    const versions = async () =>
      (
        await s.store
          .sql`select version, count(*)::integer as people from enrollments group by version order by version`
      ).map(({ version, people }) => [version, people]);
    assert.equal(await versions(), [[3, 100]]);
    const newest = await s.control.versionPlans({ program: 'walk', limit: 1 });
    assert.is(newest[0]?.id, plan.id);
    assert.is((await s.rollBack(plan)).progress.returned, 100);
    assert.equal(await versions(), [
      [1, 60],
      [2, 40],
    ]);
    await s.folds(copies.filter((_, index) => index % 9 === 0));
  },
);

story('a publish that was cut short before its plan goes on when it is repeated', async (s) => {
  await s.enroll('ann');
  await s.publish(second);
  const again = () => s.control.publish({ source: second, path: 'walk.regimen', by: 'ann', people: 'adopt' });
  assert.equal((await again()).people, { going: 1, staying: 0 });
  assert.is((await again()).people, undefined);
  assert.is((await s.control.versionPlans({ program: 'walk', limit: 5 })).length, 1);
});

story('a worker takes people over, those who waited as soon as they can, and back', async (s) => {
  await s.enroll('ann');
  await s.enroll('cat', 'go', 'night');
  const worker = await startWorker(s.store, {
    agent: scriptedAgent,
    scripted: scriptedAgent,
    skills: () => undefined,
    channels: [],
  });
  try {
    await s.control.publish({ source: second, path: 'walk.regimen', by: 'ann', people: 'adopt' });
    const [plan] = await s.control.versionPlans({ program: 'walk', limit: 1 });
    const until = async (what: keyof VersionPlan['progress'], count: number) => {
      const limit = Date.now() + 30_000;
      while ((await s.control.versionPlan(plan?.id ?? '')).progress[what] !== count) {
        assert.ok(Date.now() < limit, `${count} ${what}`);
        await sleep(50);
      }
    };
    await until('waiting', 1);
    assert.is(await s.versionOf('ann'), 2);
    await s.say('cat', 'yes');
    await until('adopted', 2);
    await s.control.rollbackPlan({ id: plan?.id ?? '', by: 'ann', reason: 'Back' });
    await until('returned', 2);
  } finally {
    await worker.stop();
  }
  await s.folds(['ann', 'cat']);
});

story('two thousand go over in jobs that are cut short and done twice, and back again', async (s) => {
  const kinds = [
    await s.enroll('walker-1'),
    await s.enroll('walker-2', 'go', 'goal 15', 'mood fine'),
    await s.enroll('walker-3', 'go', 'goal 3'),
    await s.enroll('walker-4', 'go', 'mood low'),
  ];
  const copies = (await Promise.all(kinds.map((id) => copyEnrollment(s.store, id, 499)))).flat();
  await s.publish(second);
  const plan = await s.plan();
  assert.equal([plan.people, plan.counts.adopts], [2000, 2000]);
  await s.control.applyPlan({ id: plan.id, by: 'ann', reason: 'All of them' });
  const going = { id: plan.id, program: 'walk', to: 2, back: false, waitsUntil: null, by: 'ann' };
  // A transaction that is cut off before its end leaves nothing behind.
  type Work = (tx: Tx) => Promise<unknown>;
  const cutOff = (work: Work) =>
    s.store.sql.begin(async (tx) => {
      await work(tx);
      throw new Error('The power went.');
    });
  const sql = new Proxy(s.store.sql, {
    get: (of, key) => (key === 'begin' ? cutOff : Reflect.get(of, key)),
  });
  const cut = goNext({ ...s.store, sql }, going, 50);
  assert.is(await cut.catch((error: Error) => error.message), 'The power went.');
  assert.is((await s.control.versionPlan(plan.id)).progress.ready, 2000);
  await goNext(s.store, going, 50);
  assert.is((await s.control.versionPlan(plan.id)).progress.adopted, 50);
  // Two workers have the same job, as after one was thought dead.
  const job = { workspace: s.store.workspace, plan: plan.id };
  while ((await s.control.versionPlan(plan.id)).status === 'applying')
    await Promise.all([workOnPlan(s.store, job), workOnPlan(s.store, job)]);
  const applied = await s.control.versionPlan(plan.id);
  assert.equal([applied.progress.adopted, applied.progress.ready], [2000, 0]);
  const twice = await s.store.sql`
    select enrollment_id from timeline where entry->'input'->>'type' = 'adopt' group by enrollment_id having count(*) > 1`;
  assert.is(twice.length, 0);
  const sample = copies.filter((_, index) => index % 97 === 0);
  await s.folds(sample);
  await s.control.rollbackPlan({ id: plan.id, by: 'ann', reason: 'Back' });
  while ((await s.control.versionPlan(plan.id)).status === 'rolling-back') await workOnPlan(s.store, job);
  assert.is((await s.control.versionPlan(plan.id)).progress.returned, 2000);
  const [on] = await s.store.sql`select count(*)::integer as count from enrollments where version = 1`;
  assert.is(on?.count, 2000);
  await s.folds(sample);
});

story(`a worker is killed ${kills} times while it takes people over: all go, nobody twice`, async (s) => {
  await s.enroll('walker-1', 'go', 'mood fine');
  const copies = await copyEnrollment(s.store, 'walker-1', 599);
  await s.publish(second);
  const plan = await s.plan();
  await s.control.applyPlan({ id: plan.id, by: 'ann', reason: 'All of them' });
  const progress = async () => (await s.control.versionPlan(plan.id)).progress;
  const work = fileURLToPath(new URL('./worker-process.ts', import.meta.url));
  for (let round = 0; (await progress()).adopted < plan.people; round += 1) {
    assert.ok(round < kills + 10, 'they are taken over in the end');
    const worker = fork(work, [s.store.databaseUrl, '/dev/null']);
    const gone = new Promise((done) => worker.once('exit', done));
    await new Promise((done) => worker.once('message', done));
    const before = (await progress()).adopted;
    const limit = Date.now() + 20_000;
    // Killed once it has begun, at whatever it does then; the last ones may finish.
    while (Date.now() < limit) {
      const { adopted } = await progress();
      if (adopted === plan.people || (round < kills && adopted > before)) break;
      await sleep(2);
    }
    worker.kill('SIGKILL');
    await gone;
  }
  const twice = await s.store.sql`
    select enrollment_id from timeline where entry->'input'->>'type' = 'adopt' group by enrollment_id having count(*) <> 1`;
  assert.is(twice.length, 0);
  await s.folds(copies.filter((_, index) => index % 61 === 0));
});

test.run();
