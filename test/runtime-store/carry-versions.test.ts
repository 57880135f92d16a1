/**
 * A life that went through versions comes to where these have other numbers, or are not there: it is the same life,
 * on the same texts; or a sentence says what to do, and nothing has happened.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CarriedEnrollment, exportEnrollment, importEnrollment } from '../../runtime/store/carry-enrollment.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { withDatabase } from '../support/database.ts';
import { beginStory, first, reworded, type Story, second, start } from '../support/walkers.ts';

const test = suite('carry versions');

/** Speaks of version 2 alone: who comes from the first goes through it. */
const third = second
  .replace(/migrate from 1 \{[^}]*\}/, 'migrate from 2 { stage welcome becomes hall  set goal = max(goal - 1, 1) }')
  .replace('stage welcome "Welcome"', 'stage hall "Hall"');
const unlike = first.replace('say "Hello."', 'say "Hello, you."');
const other = first.replace('say "Hello."', 'say "Good morning."');
const broken = `${unlike}program`;

/** Ways of a life, by what was published and done there, in turn. */
const lives: Record<string, (s: Story) => Promise<unknown>> = {
  'in the first': (s) => s.enroll('ann', 'mood fine'),
  'from the first to the second': async (s) => {
    await s.enroll('ann', 'mood fine', 'goal 15');
    await s.publish(second);
    await s.apply(await s.plan());
  },
  'from the second to the third': async (s) => {
    await s.publish(second);
    await s.enroll('ann', 'mood fine', 'goal 8');
    await s.publish(third);
    await s.apply(await s.plan());
  },
  'through the second to the third, and back in the first': async (s) => {
    await s.enroll('ann', 'mood fine', 'goal 15');
    await s.publish(second);
    await s.publish(third);
    await s.rollBack(await s.apply(await s.plan()));
  },
  'through the second to the third, with something open': async (s) => {
    await s.enroll('ann', 'mood fine', 'go', 'night');
    await s.publish(second);
    await s.publish(third);
    await s.apply(await s.plan(), false);
  },
  'to other words and back to those of before, published anew': async (s) => {
    await s.enroll('ann', 'goal 15');
    for (const source of [reworded, first]) {
      await s.publish(source);
      await s.apply(await s.plan());
    }
  },
};

type Case = {
  life: keyof typeof lives;
  /** What the other workspace has published, in turn. */
  there: string[];
  /** The version the life is on there, and what is published there then; or what is said. */
  comes: { on: number; published: number[] } | RegExp;
};

const one = 'in the first';
const up = 'from the first to the second';
const late = 'from the second to the third';
const back = 'through the second to the third, and back in the first';
const open = 'through the second to the third, with something open';
const again = 'to other words and back to those of before, published anew';
const cases: Case[] = [
  { life: one, there: [], comes: { on: 1, published: [1] } },
  { life: one, there: [unlike, first, other], comes: { on: 2, published: [1, 2, 3] } },
  { life: up, there: [], comes: { on: 2, published: [1, 2] } },
  { life: up, there: [first], comes: { on: 2, published: [1, 2] } },
  { life: up, there: [unlike, first, second], comes: { on: 3, published: [1, 2, 3] } },
  { life: up, there: [second, first], comes: { on: 1, published: [1, 2] } },
  { life: up, there: [first, second, first], comes: { on: 2, published: [1, 2, 3] } },
  { life: late, there: [], comes: { on: 3, published: [2, 3] } },
  { life: late, there: [second, unlike, third], comes: { on: 3, published: [1, 2, 3] } },
  { life: back, there: [unlike, first, second, third], comes: { on: 2, published: [1, 2, 3, 4] } },
  { life: open, there: [], comes: { on: 3, published: [1, 2, 3] } },
  { life: open, there: [unlike, other, first, second, third], comes: { on: 5, published: [1, 2, 3, 4, 5] } },
  { life: again, there: [], comes: { on: 3, published: [1, 2, 3] } },
  { life: again, there: [reworded, first], comes: { on: 2, published: [1, 2] } },
  { life: one, there: [unlike], comes: /Version 1 of walk is another text here/ },
  { life: up, there: [unlike, first], comes: /Version 2 of walk is another text here/ },
  { life: late, there: [unlike, other], comes: /Version 2 of walk is another text here/ },
];

const published = async ({ sql, workspace }: Store) =>
  (
    await sql<{ version: number }[]>`
      select version from program_versions where workspace_id = ${workspace} order by version`
  ).map(({ version }) => version);

const brought = (store: Store, document: unknown) =>
  importEnrollment(store, document, { by: 'command' }).then(
    ({ enrollment }) => ({ enrollment, refused: '' }),
    (error: Error) => ({ enrollment: '', refused: error.message }),
  );

/** A workspace of its own beside the story's. */
async function anotherWorkspace({ store }: Story, name: string, texts: readonly string[]): Promise<Store> {
  await store.queue`insert into workspaces (id, name) values (${name}, ${name})`;
  await store.queue`insert into development_clock (workspace_id, frozen_at) values (${name}, ${new Date(start)})`;
  const there = store.of(name);
  for (const source of texts) await createControl(there).publish({ source, path: 'walk.regimen', by: 'test' });
  return there;
}

for (const [life, live] of Object.entries(lives)) {
  test(`a life ${life}`, () =>
    withDatabase(async (database) => {
      const story = await beginStory(await database.open({ startAt: start }));
      await live(story);
      const before = await story.control.enrollment('ann');
      const document = JSON.parse(JSON.stringify(await exportEnrollment(story.store, 'ann'))) as CarriedEnrollment;
      for (const [index, { there, comes }] of cases.filter((one) => one.life === life).entries()) {
        const store = await anotherWorkspace(story, `other-${index}`, there);
        const control = createControl(store);
        const what = `to ${there.length} versions: case ${index + 1}`;
        const { enrollment, refused } = await brought(store, document);
        if (comes instanceof RegExp) {
          assert.match(refused, comes, what);
          assert.is((await published(store)).length, there.length, what);
          assert.is((await store.sql`select 1 from people where workspace_id = ${store.workspace}`).length, 0, what);
          continue;
        }
        assert.is(refused, '', what);
        assert.equal((await rebuild(store, enrollment)).differences, [], what);
        const after = await control.enrollment(enrollment);
        assert.equal([after.version, await published(store)], [comes.on, comes.published], what);
        assert.equal(
          [after.stage, after.facts.data, after.nextDueAt],
          [before.stage, before.facts.data, before.nextDueAt],
          what,
        );
        const texts = await Promise.all([
          story.control.programSource('walk', before.version),
          control.programSource('walk', after.version),
        ]);
        assert.is(texts[1].source, texts[0].source, what);

        // From there it goes on to a third place, as from where it began.
        const third = await anotherWorkspace(story, `third-${index}`, [unlike, ...there]);
        const onward = await brought(third, await exportEnrollment(store, enrollment));
        if (onward.refused !== '') assert.match(onward.refused, /is another text here/, what);
        else assert.equal((await rebuild(third, onward.enrollment)).differences, [], what);
      }
    }));
}

test('a way that others took without its block is no way of somebody who came by it', () =>
  withDatabase(async (database) => {
    const story = await beginStory(await database.open({ startAt: start }));
    await lives[up]?.(story);
    const document = await exportEnrollment(story.store, 'ann');
    const there = await anotherWorkspace(story, 'other', [unlike, first]);
    const control = createControl(there);
    const ben = await control.personByEmail('ben@example.com');
    const { id } = await control.enroll({ person: ben.id, program: 'walk', by: 'operator' });
    await control.publish({ source: second, path: 'walk.regimen', by: 'test' });
    // There the block speaks of `unlike`, and the plan finds nothing that leads from version 2.
    const plan = await control.planVersion({ program: 'walk', by: 'ann' });
    assert.is(plan.counts['needs-migrate'], 1);
    const { enrollment, refused } = await brought(there, document);
    assert.is(refused, '');
    for (const one of [id, enrollment]) assert.equal((await rebuild(there, one)).differences, [], one);
  }));

test('a document that does not rebuild leaves no version behind', () =>
  withDatabase(async (database) => {
    const story = await beginStory(await database.open({ startAt: start }));
    await story.enroll('ann', 'mood fine');
    const document = await exportEnrollment(story.store, 'ann');
    const other = await anotherWorkspace(story, 'other', []);
    const { refused } = await brought(other, { ...document, timeline: document.timeline.slice(0, -1) });
    assert.match(refused, /does not rebuild/);
    assert.equal(await published(other), []);
    const [version] = document.program.versions;
    const bad = { ...document, program: { ...document.program, versions: [{ ...version, source: broken }] } };
    assert.match((await brought(other, bad)).refused, /has errors/);
    assert.equal(await published(other), []);
  }));

test.run();
