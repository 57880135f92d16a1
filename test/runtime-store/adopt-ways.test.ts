/**
 * People who are several versions behind: they go through the blocks of the versions in between, in one step, or are
 * told which link is missing.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exportEnrollment, importEnrollment } from '../../runtime/store/carry-enrollment.ts';
import { first, type Story, second, walking } from '../support/walkers.ts';

const test = suite('adopt ways');
const story = (name: string, work: (story: Story) => Promise<void>) => test(name, walking(work));

const block = / {2}migrate from 1 \{[^}]*\}\n/;
/** Speaks of version 2 alone: `welcome` and `feeling` are the names of then. */
const third = second
  .replace(
    block,
    '  migrate from 2 { stage welcome becomes hall  field feeling becomes humor  set goal = max(goal - 1, 1) }\n',
  )
  .replace('feeling : text?', 'humor : text?')
  .replace('set feeling = m', 'set humor = m')
  .replace('stage welcome "Welcome"', 'stage hall "Hall"');
/** Says nothing of version 1, in which the stage is called intro. */
const silent = second.replace(block, '');

const seen = async (s: Story, id: string) => {
  const { version, stage, facts } = await s.control.enrollment(id);
  return { version, stage, data: facts.data };
};

story(
  'who is on the text that an author goes back to needs no way: what was said in between is not for them',
  async (s) => {
    await s.enroll('ann', 'mood fine', 'goal 15');
    await s.publish(second);
    await s.enroll('ben');
    await s.publish(first);
    const plan = await s.plan();
    assert.equal([plan.counts.same, plan.counts['needs-migrate']], [1, 1]);
    assert.match(plan.groups[0]?.remedy ?? '', /stage welcome becomes/);
    assert.equal(plan.versions.find(({ from }) => from === 1)?.via, undefined);
    await s.apply(plan);
    assert.equal(await seen(s, 'ann'), { version: 3, stage: 'intro', data: { goal: 15, mood: 'fine', slept: null } });
    await s.folds(['ann']);
  },
);

story('two versions behind, they arrive with what both blocks say, and nothing is said on the way', async (s) => {
  await s.enroll('ann', 'mood fine', 'goal 15');
  await s.publish(second);
  await s.enroll('ben');
  await s.publish(third);
  const plan = await s.plan();
  assert.equal(plan.counts, { same: 0, adopts: 2, 'needs-migrate': 0, refused: 0 });
  assert.equal(
    plan.versions.map(({ from, via, verdict }) => [from, via, verdict]),
    [
      [1, [2], 'safe'],
      [2, undefined, 'safe'],
    ],
  );
  const { progress } = await s.apply(plan);
  assert.is(progress.adopted, 2);
  assert.equal(await seen(s, 'ann'), {
    version: 3,
    stage: 'hall',
    data: { goal: 8, humor: 'fine', slept: null },
  });
  assert.equal((await seen(s, 'ben')).data, { goal: 4, humor: null, slept: null });
  const rows = await s.control.timeline('ann');
  const adopted = rows.findLast(({ kind }) => kind === 'adopted');
  assert.equal(adopted?.kind === 'adopted' && [adopted.from, adopted.via, adopted.to], [1, [2], 3]);
  assert.equal(
    rows.filter(({ cause }) => cause === adopted?.cause).map(({ kind }) => kind),
    ['input', 'adopted', 'set', 'set'],
  );
  await s.folds(['ann', 'ben']);
  // Where nothing has happened since, the way back is exact.
  assert.is((await s.rollBack(plan)).progress.returned, 2);
  assert.equal(await seen(s, 'ann'), { version: 1, stage: 'intro', data: { goal: 15, mood: 'fine', slept: null } });
  await s.folds(['ann', 'ben']);
});

story('a version that says nothing is passed through the one that does; what was done stays done', async (s) => {
  await s.enroll('ann', 'go');
  await s.publish(second);
  await s.publish(silent);
  const plan = await s.plan();
  assert.equal(plan.versions[0]?.via, [2]);
  await s.apply(plan);
  assert.equal([(await seen(s, 'ann')).version, (await seen(s, 'ann')).stage], [3, 'walking']);
  await s.say('ann', 'goal 7');
  await s.folds(['ann']);
});

story('a missing link is named, and where the line belongs; nobody is moved', async (s) => {
  await s.enroll('ann');
  await s.publish(silent);
  await s.publish(third);
  const plan = await s.plan();
  assert.equal(plan.counts, { same: 0, adopts: 0, 'needs-migrate': 1, refused: 0 });
  const [group] = plan.groups;
  assert.is(
    group?.why,
    'Version 3 has no `migrate from 1`, so the way leads through version 2. From version 1 to 2: The stage intro is not there any more.',
  );
  assert.is(group?.remedy, 'In a `migrate from 1` of the new version, write `stage intro becomes …`.');
  assert.is((await s.apply(plan)).progress.cannot, 1);
  assert.is(await s.versionOf('ann'), 1);
  // What is said where it was asked for leads them straight.
  const own = third.replace(
    '  data {',
    '  migrate from 1 { stage intro becomes hall  field mood becomes humor }\n  data {',
  );
  const preview = await s.control.previewVersion({ source: own, path: 'walk.regimen' });
  assert.equal([preview.counts.adopts, preview.versions[0]?.via], [1, undefined]);
});

story('somebody whom a version between would end is not led past that end', async (s) => {
  await s.enroll('ann');
  await s.publish(
    first
      .replace('  data {', '  migrate from 1 { stage intro becomes done }\n  data {')
      .replace('stage intro "Hello"', 'stage foyer "Hello"'),
  );
  await s.publish(
    third
      .replace('stage welcome becomes hall', 'stage foyer becomes hall')
      .replace('  field feeling becomes humor', '  field mood becomes humor'),
  );
  const [group] = (await s.plan()).groups;
  assert.equal(
    [group?.verdict, group?.remedy],
    ['needs-migrate', 'In a `migrate from 1` of the new version, say what becomes of them.'],
  );
  assert.match(group?.why ?? '', /From version 1 to 2: They would end there, in done\.$/);
});

story('who has lived on since goes back by both blocks turned around', async (s) => {
  const renamed = first
    .replace('  data {', '  migrate from 1 { field mood becomes feeling }\n  data {')
    .replace('mood  : text?', 'feeling : text?')
    .replace('set mood = m', 'set feeling = m');
  const again = renamed
    .replace('migrate from 1 { field mood becomes feeling }', 'migrate from 2 { field feeling becomes humor }')
    .replace('feeling : text?', 'humor : text?')
    .replace('set feeling = m', 'set humor = m');
  await s.enroll('ann', 'go', 'mood fine');
  await s.publish(renamed);
  await s.publish(again);
  const plan = await s.plan();
  await s.apply(plan);
  await s.say('ann', 'mood bright');
  assert.is((await s.rollBack(plan)).progress.returned, 1);
  assert.equal(await seen(s, 'ann'), { version: 1, stage: 'walking', data: { goal: 5, mood: 'bright', slept: null } });
  await s.folds(['ann']);
  // The document of such a life holds every version on its ways.
  const document = await exportEnrollment(s.store, 'ann');
  assert.equal(document.program.versions.map(({ version }) => version).sort(), [1, 2, 3]);
  await s.say('ann', 'stop');
  const { enrollment } = await importEnrollment(s.store, document, { by: 'ann' });
  await s.folds([enrollment]);
});

test.run();
