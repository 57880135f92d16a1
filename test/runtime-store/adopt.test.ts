/**
 * People taken over to another version: plans over everybody, who waits, who stays, who is left out, and back.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../../runtime/control.ts';
import { wakePlans, workOnPlan } from '../../runtime/store/adopt-jobs.ts';
import { adoptPatienceMs } from '../../runtime/store/adopt-people.ts';
import { setClock } from '../../runtime/store/clock.ts';
import type { Sql } from '../../runtime/store/store.ts';
import type { VersionPlan } from '../../runtime/version-plan.ts';
import { copyEnrollment } from '../support/copies.ts';
import { withDatabase } from '../support/database.ts';
import { addPerson, addProgram, withEarlier } from '../support/earlier-database.ts';
import { day, first, reworded, type Story, second, start, unsaid, walking } from '../support/walkers.ts';

const test = suite('adopt');
const story = (name: string, work: (story: Story) => Promise<void>) => test(name, walking(work));

const refused = async (work: () => Promise<unknown>): Promise<Refusal> => {
  try {
    await work();
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
  return assert.unreachable('it was to be refused') as never;
};

story('a plan tells who can go; applied, they go; rolled back, they are where they were', async (s) => {
  await s.enroll('ann');
  await s.enroll('bea', 'go', 'goal 15', 'mood fine');
  await s.enroll('cat', 'go', 'night');
  await s.enroll('dan', 'stop');
  const before = Object.fromEntries(
    await Promise.all(['ann', 'bea'].map(async (id) => [id, (await s.control.enrollment(id)).facts])),
  );
  await s.publish(second);
  const plan = await s.plan();
  assert.equal(plan.counts, { same: 0, adopts: 3, 'needs-migrate': 0, refused: 0 });
  assert.equal([plan.waiting, plan.moving], [1, []], 'who waits is foreseen');
  assert.equal(
    plan.groups.map(({ from, stage, people, isSaid }) => [from, stage, people, isSaid]),
    [
      [1, 'walking', 2, true],
      [1, 'intro', 1, true],
    ],
  );
  assert.is(plan.status, 'planned');
  assert.is(await s.versionOf('ann'), 1, 'nobody goes by being looked at');

  const applied = await s.apply(plan);
  assert.is(applied.progress.adopted, 2);
  assert.is(applied.progress.waiting, 1, 'an open question is not cut short');
  const [ann, bea] = [await s.control.enrollment('ann'), await s.control.enrollment('bea')];
  assert.is(ann.version, 2);
  assert.is(ann.stage, 'welcome');
  const [before1] = ann.past;
  assert.equal([ann.past.length, before1?.until, before1?.ir.initial], [1, 4, 'intro'], 'older rows keep their words');
  assert.is(bea.facts.data.goal, 9);
  assert.is(bea.facts.data.feeling, 'fine');
  await s.folds(['ann', 'bea', 'cat', 'dan']);

  const back = await s.rollBack(applied);
  assert.is(back.status, 'rolled-back');
  assert.equal([back.progress.returned, back.progress.stayed], [2, 1]);
  for (const id of ['ann', 'bea']) {
    const { facts, version } = await s.control.enrollment(id);
    assert.is(version, 1);
    assert.equal(facts, before[id]);
  }
  await s.folds(['ann', 'bea', 'cat']);
  const audit = await s.store.sql`select actor, action, target, reason from audit order by id`;
  assert.equal(audit.map(({ actor, action, reason }) => [actor, action, reason]).slice(-2), [
    ['ann', 'apply-plan', 'A shorter way'],
    ['bob', 'roll-back-plan', 'It was too short'],
  ]);
});

story('who has something in hand goes when it is over, or when it has been waited for long enough', async (s) => {
  await s.enroll('cat', 'go', 'night');
  await s.enroll('eve', 'go', 'night');
  await s.publish(second);
  const plan = await s.apply(await s.plan());
  assert.equal([plan.status, plan.progress.waiting], ['applying', 2]);
  const jobs = async () =>
    (await s.store.sql`select count(*)::integer as count from graphile_worker.jobs where task_identifier = 'adopt'`)[0]
      ?.count;
  await s.store.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
  await wakePlans(s.store);
  assert.is(await jobs(), 0, 'nothing has happened to them');
  await s.say('cat', 'yes');
  assert.equal(await statuses(s.store.sql), { cat: 'ready', eve: 'waiting' });
  await wakePlans(s.store);
  assert.is(await jobs(), 1);
  const work = () => workOnPlan(s.store, { workspace: s.store.workspace, plan: plan.id });
  await work();
  assert.equal([await s.versionOf('cat'), await s.versionOf('eve')], [2, 1]);
  await s.store.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
  await setClock(s.store, start + adoptPatienceMs - 1);
  await wakePlans(s.store);
  assert.is(await jobs(), 0);
  await setClock(s.store, start + adoptPatienceMs);
  await wakePlans(s.store);
  assert.is(await jobs(), 1, 'it has been long enough');
  await work();
  assert.is(await s.versionOf('eve'), 2);
  assert.is((await s.control.enrollment('eve')).facts.question, null);
  assert.is((await s.control.versionPlan(plan.id)).status, 'applied');
  await s.folds(['cat', 'eve']);
});

const statuses = async (sql: Sql) =>
  Object.fromEntries(
    (
      await sql<{ id: string; status: string }[]>`
        select enrollment_id as id, status from version_plan_people order by enrollment_id`
    ).map(({ id, status }) => [id, status]),
  );

story(
  'whoever writes the step, it brings the turn of that person alone; once, and without standing in line',
  async (s) => {
    for (const id of ['cat', 'eve', 'fay']) await s.enroll(id, 'go', 'night');
    await s.publish(second);
    await s.apply(await s.plan());
    assert.equal(await statuses(s.store.sql), { cat: 'waiting', eve: 'waiting', fay: 'waiting' });
    const { sql } = s.store;
    const step = (id: string) => sql`update enrollments set seq = seq + 1 where id = ${id}`;
    await sql`update enrollments set stepped_at = stepped_at + interval '1 hour', sweep_rank = 1`;
    assert.equal(
      await statuses(s.store.sql),
      { cat: 'waiting', eve: 'waiting', fay: 'waiting' },
      'nothing has happened',
    );
    await step('cat');
    assert.equal(await statuses(s.store.sql), { cat: 'ready', eve: 'waiting', fay: 'waiting' });
    // Looked at again, and still to wait.
    await sql`update version_plan_people set status = 'waiting' where enrollment_id = 'cat'`;
    await step('cat');
    assert.equal(await statuses(s.store.sql), { cat: 'ready', eve: 'waiting', fay: 'waiting' });

    await sql.begin(async (tx) => {
      await tx`select from version_plan_people where enrollment_id = 'eve' for update`;
      await step('eve');
      await step('fay');
    });
    assert.equal(await statuses(s.store.sql), { cat: 'ready', eve: 'waiting', fay: 'ready' });
    await step('eve');
    assert.equal(await statuses(s.store.sql), { cat: 'ready', eve: 'ready', fay: 'ready' });
    const awaited = await sql`select 1 from enrollments where awaited`;
    assert.is(awaited.length, 0);
  },
);

test('who waits before the migration is awaited after it, and whose turn had come is ready', () =>
  withDatabase((database) =>
    withEarlier(database, '0013', async (sql, migrate) => {
      await addProgram(sql, 'walk', 2);
      await sql`
        insert into version_plans (workspace_id, id, program, to_version, status, report, created_at, created_by)
        values ('default', 'plan', 'walk', 2, 'applying', '{}', now(), 'test')`;
      const people = [
        { id: 'still', seq: 3, status: 'active', planned: 'waiting' },
        { id: 'gone-on', seq: 4, status: 'active', planned: 'waiting' },
        { id: 'left', seq: 3, status: 'finished', planned: 'waiting' },
        { id: 'over', seq: 3, status: 'finished', planned: 'adopted' },
      ];
      for (const { id, seq, status, planned } of people) {
        await addPerson(sql, id);
        await sql`
          insert into enrollments (workspace_id, id, program, version, person_id, attempt, status, stage, state, seq,
            created_at, stepped_at)
          values ('default', ${id}, 'walk', 1, ${id}, 1, ${status}, 'walking', '{}', ${seq}, now(), now())`;
        await sql`
          insert into version_plan_people (workspace_id, plan_id, enrollment_id, from_version, stage, verdict, status, seq)
          values ('default', 'plan', ${id}, 1, 'walking', 'adopts', ${planned}, 3)`;
      }
      await migrate();
      const awaited = async () =>
        (await sql<{ id: string }[]>`select id from enrollments where awaited`).map(({ id }) => id);
      const others = { 'gone-on': 'ready', left: 'ready', over: 'adopted' };
      assert.equal(await statuses(sql), { ...others, still: 'waiting' });
      assert.equal(await awaited(), ['still']);
      await sql`update enrollments set seq = seq + 1`;
      assert.equal(await statuses(sql), { ...others, still: 'ready' });
      assert.equal(await awaited(), []);
      await sql`update version_plan_people set status = 'waiting' where enrollment_id = 'gone-on'`;
      assert.equal(await awaited(), ['gone-on'], 'whoever lets somebody wait: they are awaited');
    }),
  ));

story('what was due is done under the old version before somebody goes', async (s) => {
  await s.enroll('bea', 'go');
  await s.publish(reworded);
  await setClock(s.store, start + day);
  await s.apply(await s.plan());
  const told = (await s.control.timeline('bea')).flatMap((row) => (row.kind === 'told' ? [row.text] : []));
  assert.equal(told, ['Walk?'], 'this morning’s check, once, in the words of the version it fell in');
  assert.is(await s.versionOf('bea'), 2);
  await s.folds(['bea']);
});

story('who would lose something stays, and is told what to write', async (s) => {
  await s.enroll('ann');
  await s.enroll('bea', 'go', 'goal 15');
  await s.publish(unsaid);
  const plan = await s.plan();
  assert.equal(plan.counts, { same: 0, adopts: 1, 'needs-migrate': 1, refused: 0 });
  const [group] = plan.groups;
  assert.equal(
    [group?.verdict, group?.remedy, group?.examples],
    ['needs-migrate', 'Write a `set goal = …` that fits.', ['bea']],
  );
  assert.match(group?.why ?? '', /goal must be/);
  await s.apply(plan);
  assert.equal([await s.versionOf('ann'), await s.versionOf('bea')], [2, 1]);
  const people = await s.control.versionPlanPeople({ id: plan.id, limit: 10 });
  assert.equal(
    people.map(({ enrollment, status }) => [enrollment, status]),
    [
      ['ann', 'adopted'],
      ['bea', 'cannot'],
    ],
  );
});

story('a text that is not published yet is looked at alike, and nothing is saved', async (s) => {
  await s.enroll('bea', 'go', 'goal 15');
  const look = (source: string) => s.control.previewVersion({ source, path: 'walk.regimen' });
  const [said, not, same] = [await look(second), await look(unsaid), await look(`${first}\n// A comment.\n`)];
  assert.equal([said.to, said.counts.adopts, not.counts['needs-migrate'], same.counts.same], [2, 1, 1, 1]);
  assert.is(not.versions[0]?.verdict, 'migrate');
  assert.is((await refused(() => look('program walk "Walk" {'))).code, 'malformed');
  assert.equal(await s.control.versionPlans({ program: 'walk', limit: 5 }), []);
  assert.is((await s.control.programSource('walk')).version, 1);
});

story('a plan tells whom going over leads on at once, and then it does', async (s) => {
  await s.enroll('ann');
  await s.enroll('bea', 'go', 'goal 15');
  await s.enroll('cat', 'go', 'goal 15');
  await s.control.pause({ id: 'p1', enrollment: 'cat', by: 'ann', reason: 'A holiday' });
  await s.enroll('dan', 'go');
  await s.publish(
    first
      .replace('    command "go"', '    advance to walking when goal < 9\n    command "go"')
      .replace('    check daily', '    leave as far_enough when goal >= 15\n    check daily'),
  );
  const plan = await s.plan();
  assert.equal([plan.counts.adopts, plan.waiting], [4, 1]);
  assert.equal(plan.moving, [
    { to: 'walking', finishes: false, people: 1 },
    { to: 'far_enough', finishes: true, people: 1 },
  ]);
  await s.apply(plan);
  const stages = ['ann', 'bea', 'cat', 'dan'].map(async (id) => (await s.control.enrollment(id)).stage);
  assert.equal(await Promise.all(stages), ['walking', 'left_as_far_enough', 'walking', 'walking']);
});

story('whom a version would move in circles is refused before anything happens', async (s) => {
  await s.enroll('ann');
  await s.enroll('bea', 'go', 'goal 15');
  await s.publish(
    first
      .replace('    check daily', '    return to intro when goal > 9\n    check daily')
      .replace('    command "go"', '    advance to walking when goal > 8\n    command "go"'),
  );
  const plan = await s.plan();
  assert.equal([plan.counts.adopts, plan.counts.refused], [1, 1]);
  assert.match(plan.groups[0]?.why ?? '', /circles/);
});

story('things that changed since the plan are seen: nobody is harmed by an old plan', async (s) => {
  await s.enroll('ann');
  await s.enroll('bea', 'go');
  await s.enroll('cat', 'go');
  await s.publish(unsaid);
  const plan = await s.plan();
  assert.is(plan.counts.adopts, 3);
  await s.say('ann', 'goal 12');
  await s.say('bea', 'stop');
  const applied = await s.apply(plan);
  assert.equal([applied.progress.failed, applied.progress.gone, applied.progress.adopted], [1, 1, 1]);
  const people = await s.control.versionPlanPeople({ id: plan.id, status: 'failed', limit: 10 });
  assert.match(people[0]?.why ?? '', /goal must be/);
  assert.is(await s.versionOf('ann'), 1);
  await s.folds(['ann', 'bea', 'cat']);
});

story('a damaged snapshot is refused by name, and spoils nobody else', async (s) => {
  await s.enroll('walker-1');
  const [bad] = await copyEnrollment(s.store, 'walker-1', 3);
  const wrecks = [
    '{}',
    'null',
    '{"facts": {"visit": null}}',
    '{"enrollment":"x","seq":1,"stage":"intro","at":1,"facts":[]}',
  ];
  for (const wreck of wrecks) {
    await s.store.sql`update enrollments set state = ${wreck}::text::json where id = ${bad ?? ''}`;
    await s.publish(`${second}\n// ${wreck.length}\n`);
    const plan = await s.plan();
    assert.is(plan.counts.refused, 1, wreck);
    assert.match(plan.groups[0]?.why ?? '', /^The stored state is damaged: /);
    assert.equal(plan.groups[0]?.examples, [bad]);
  }
  const [plan] = await s.control.versionPlans({ program: 'walk', limit: 1 });
  const applied = await s.apply(plan as VersionPlan);
  assert.is(applied.progress.adopted, 3);
  const [row] = await s.store.sql<{ version: number; state: unknown }[]>`
    select version, state from enrollments where id = ${bad ?? ''}`;
  assert.equal([row?.version, JSON.stringify(row?.state)], [1, JSON.stringify(JSON.parse(wrecks.at(-1) ?? ''))]);
});

story('going back where something has happened: by the block turned around where it can be', async (s) => {
  for (const id of ['ann', 'bea', 'cat']) await s.enroll(id, 'go');
  const renamed = first
    .replace('data {', 'migrate from 1 { field mood becomes feeling }\n  data {')
    .replace('mood  : text?', 'feeling : text?')
    .replace('set mood = m', 'set feeling = m')
    .replace('slept : yes/no?', 'slept : yes/no?\n    steps : number?')
    .replace('command "stop"', 'command "steps" (number) as n { set steps = n }\n    command "stop"');
  await s.publish(renamed);
  const plan = await s.apply(await s.plan());
  assert.is(plan.progress.adopted, 3);
  await s.say('ann', 'mood good');
  await s.say('bea', 'steps 900');
  const back = await s.rollBack(plan);
  assert.equal([back.progress.returned, back.progress.kept], [2, 1]);
  const [kept] = await s.control.versionPlanPeople({ id: plan.id, status: 'kept', limit: 5 });
  assert.is(kept?.enrollment, 'bea');
  assert.match(kept?.why ?? '', /happened in the new version since\. steps has a value/);
  const ann = await s.control.enrollment('ann');
  assert.equal([ann.version, ann.facts.data.mood], [1, 'good'], 'what they said meanwhile is theirs');
  assert.equal([await s.versionOf('bea'), await s.versionOf('cat')], [2, 1]);
  await s.folds(['ann', 'bea', 'cat']);
});

story('while a program stands still nobody goes over; when it goes on, they do', async (s) => {
  await s.enroll('ann');
  await s.publish(reworded);
  const plan = await s.plan();
  await s.control.pauseProgram({ program: 'walk', by: 'person:ann', reason: 'A look at it' });
  await s.apply(plan);
  await s.store.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
  await wakePlans(s.store);
  const jobs = async () =>
    (await s.store.sql`select 1 from graphile_worker.jobs where task_identifier = 'adopt'`).length;
  assert.equal([await s.versionOf('ann'), await jobs()], [1, 0]);
  await s.control.resumeProgram({ program: 'walk', by: 'person:ann' });
  await wakePlans(s.store);
  await wakePlans(s.store);
  assert.is(await jobs(), 1);
  await workOnPlan(s.store, { workspace: s.store.workspace, plan: plan.id });
  assert.is(await s.versionOf('ann'), 2);
});

story('one plan of a program is under way at a time; what cannot be asked is refused in a sentence', async (s) => {
  await s.enroll('ann');
  await s.publish(reworded);
  const [one, two] = [await s.plan(), await s.plan()];
  await s.control.applyPlan({ id: one.id, by: 'ann', reason: 'Now' });
  assert.is((await refused(() => s.control.applyPlan({ id: two.id, by: 'ann', reason: 'Now' }))).code, 'conflict');
  assert.is((await refused(() => s.control.rollbackPlan({ id: two.id, by: 'ann', reason: 'Now' }))).code, 'conflict');
  assert.is((await refused(() => s.control.applyPlan({ id: one.id, by: 'ann', reason: '  ' }))).code, 'malformed');
  assert.is((await refused(() => s.control.versionPlan('nothing'))).code, 'unknown-plan');
  assert.is(
    (await refused(() => s.control.planVersion({ program: 'walk', to: 9, by: 'ann' }))).code,
    'unknown-program',
  );
  await workOnPlan(s.store, { workspace: s.store.workspace, plan: one.id });
  assert.is((await s.control.versionPlan(one.id)).status, 'applied');
  const rolled = await s.rollBack(one);
  assert.is(rolled.status, 'rolled-back');
  assert.is((await refused(() => s.control.applyPlan({ id: one.id, by: 'ann', reason: 'Again' }))).code, 'conflict');
});

story('publishing moves nobody, unless the publisher says so', async (s) => {
  await s.enroll('ann');
  await s.publish(reworded);
  assert.is(await s.versionOf('ann'), 1);
  await s.control.publish({ source: second, path: 'walk.regimen', by: 'ann', people: 'adopt' });
  const [plan] = await s.control.versionPlans({ program: 'walk', limit: 1 });
  assert.equal(
    [plan?.to, plan?.status, plan?.reason],
    [3, 'applying', 'Version 3 was published for people inside, too.'],
  );
  await workOnPlan(s.store, { workspace: s.store.workspace, plan: plan?.id ?? '' });
  assert.equal([await s.versionOf('ann'), (await s.control.enrollment('ann')).stage], [3, 'welcome']);
  await s.folds(['ann']);
});

test.run();
