/** Many people at once, over HTTP: looked at first, applied by jobs, undone where that can be. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { workOnBulk } from '../../runtime/store/bulk-jobs.ts';
import { operations } from '../../server/v1/operations.ts';
import { asked, newService, type Service } from '../support/service.ts';
import { codeOf, of, type ServiceStory, withStory } from '../support/service-story.ts';

const bulk = suite('bulk moves');

/** A job must have ended by then. */
const endsWithinMs = 20_000;

const preview = (it: Service, body: Record<string, unknown>) =>
  it.ask('preview_bulk_move', { body: { program: 'walking', reason: 'The coach is ill.', ...body } });

const people = async (it: Service, id: string, status?: string) => {
  const { body } = await it.ask('list_bulk_move_people', {
    params: { bulk: id },
    query: { limit: 200, ...(status && { status }) },
  });
  return body.data as {
    enrollment: string;
    person: { email: string };
    stage: string;
    status: string;
    outcome: string;
  }[];
};

/** Does it, or undoes it, and waits until everybody is done. */
async function through(it: Service, operation: 'apply_bulk_move' | 'undo_bulk_move', id: string) {
  const params = { bulk: id };
  const begun = await it.ask(operation, { params });
  assert.is(begun.status, 202, JSON.stringify(begun.body));
  const deadline = Date.now() + endsWithinMs;
  for (;;) {
    const { body } = await it.ask('get_bulk_move', { params });
    if (body.status === 'applied' || body.status === 'undone') return body;
    if (Date.now() > deadline) throw new Error(`Still ${body.status}: ${JSON.stringify(body.people)}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

const stageOf = async (it: Service, id: string) => (await it.ask('get_program_enrollment', of(id))).body.stage;

/** Ana rests, Ben walks, Cleo rests and is paused. */
async function three({ it, enroll }: ServiceStory) {
  const [ana, ben, cleo] = [
    await enroll('ana@example.org'),
    await enroll('ben@example.org', 'walking'),
    await enroll('cleo@example.org'),
  ];
  await it.ask('pause_enrollment', { ...of(cleo), body: { reason: 'On holiday.' } });
  return { ana, ben, cleo };
}

bulk(
  'the preview says who, from where, what happens, and who cannot and why; and changes nothing',
  withStory(async (story) => {
    const { it } = story;
    const { ana, ben, cleo } = await three(story);
    const seqs = async () => (await it.ask('list_enrollments')).body.data.map(({ seq }: { seq: number }) => seq);
    const before = await seqs();
    const { status, body, headers } = await preview(it, { action: 'move', stage: 'walking', data: { goal: 30 } });
    assert.equal([status, body.status, body.stage, body.undoable], [201, 'previewed', 'walking', true]);
    assert.equal([body.people.ready, body.people.cannot], [2, 1]);
    assert.is(headers.get('location'), `/v1/bulk-moves/${body.id}`);
    const told = Object.fromEntries((await people(it, body.id)).map((one) => [one.enrollment, one]));
    assert.equal(
      [told[ana]?.stage, told[ana]?.status, told[ana]?.outcome],
      ['resting', 'ready', 'Moved to “Walking 30 minutes”. The program said: “Off we go.”.'],
    );
    assert.is(told[ben]?.stage, 'walking');
    assert.equal([told[cleo]?.status, told[cleo]?.person.email], ['cannot', 'cleo@example.org']);
    assert.match(told[cleo]?.outcome ?? '', /paused for this person/);
    assert.equal(
      (await people(it, body.id, 'cannot')).map(({ enrollment }) => enrollment),
      [cleo],
    );
    assert.equal(await seqs(), before);

    const narrowed: [Record<string, unknown>, string[]][] = [
      [{ stage: 'resting' }, [ana, cleo]],
      [{ stage: 'resting', paused: false }, [ana]],
      [{ paused: true }, [cleo]],
      [{ version: 2 }, []],
      [{ enrollments: [ben, 'nobody'] }, [ben]],
    ];
    for (const [who, expected] of narrowed) {
      const { id } = (await preview(it, { action: 'withdraw', who })).body;
      assert.equal(
        (await people(it, id)).map(({ enrollment }) => enrollment).sort(),
        expected.sort(),
        JSON.stringify(who),
      );
    }
  }),
);

bulk(
  'applied, it does what was previewed, once, with the reason; undone, all are back but those who went on',
  withStory(async (story) => {
    const { it, server } = story;
    const { ana, ben, cleo } = await three(story);
    const dora = await story.enroll('dora@example.org');
    const { id } = (await preview(it, { action: 'move', stage: 'walking', who: { stage: 'resting' } })).body;
    assert.equal(codeOf(await it.ask('undo_bulk_move', { params: { bulk: id } })), [409, 'conflict']);
    // Dora goes on by herself before it is applied.
    await it.ask('update_program_state', { ...of(dora), body: { data: { ready: true } } });
    // Who applies it is who does it, also where somebody else has looked first.
    const other = await newService(server);
    const applied = await through(other, 'apply_bulk_move', id);
    assert.equal([applied.by, applied.applied_by], [`service:${it.id}`, `service:${other.id}`]);
    assert.equal([applied.people.done, applied.people.refused, applied.people.cannot], [1, 1, 1]);
    const outcomes = Object.fromEntries((await people(it, id)).map((one) => [one.enrollment, one.outcome]));
    assert.match(outcomes[dora] ?? '', /gone on to walking since the preview/);
    assert.equal([await stageOf(it, ana), await stageOf(it, cleo)], ['walking', 'resting']);
    const again = await through(it, 'apply_bulk_move', id);
    assert.equal(again.people, applied.people);
    assert.is((await server.engine.control.enrollment(ana)).facts.visits, 2);

    const { body } = await it.ask('list_changes', { query: { target: `enrollment:${ana}` } });
    assert.equal(
      [body.data[0].action, body.data[0].actor, body.data[0].reason, body.data[0].details],
      ['move', `service:${other.id}`, 'The coach is ill.', { bulk: id }],
    );
    const undone = await through(it, 'undo_bulk_move', id);
    assert.equal([undone.people.undone, undone.people.stayed, await stageOf(it, ana)], [1, 0, 'resting']);
    assert.equal(codeOf(await it.ask('apply_bulk_move', { params: { bulk: id } })), [409, 'conflict']);

    // Somebody who has done something since stays, and is named.
    const second = (await preview(it, { action: 'move', stage: 'walking', who: { enrollments: [ana, ben] } })).body.id;
    await through(it, 'apply_bulk_move', second);
    await it.ask('record_program_event', { ...of(ben), body: { id: 'w', series: 'walks', fields: { minutes: 5 } } });
    const later = await through(it, 'undo_bulk_move', second);
    assert.equal([later.people.undone, later.people.stayed], [1, 1]);
    const [stayed] = await people(it, second, 'stayed');
    assert.equal(
      [stayed?.enrollment, stayed?.outcome],
      [ben, 'Something has happened since: they stay where they are.'],
    );
    assert.equal([await stageOf(it, ana), await stageOf(it, ben)], ['resting', 'walking']);
    assert.equal(
      (await it.ask('list_bulk_moves')).body.data.map((one: { id: string }) => one.id).sort(),
      [second, id].sort(),
    );
  }),
);

bulk(
  'a pause of many can be undone, so can its end; taking out cannot',
  withStory(async (story) => {
    const { it } = story;
    const { ana, cleo } = await three(story);
    const pausedOf = async (id: string) => (await it.ask('get_program_enrollment', of(id))).body.paused?.reason ?? null;
    const paused = (await preview(it, { action: 'pause' })).body;
    assert.equal([paused.people.ready, paused.people.cannot], [2, 1]);
    await through(it, 'apply_bulk_move', paused.id);
    assert.is(await pausedOf(ana), 'The coach is ill.');
    const resumed = (await preview(it, { action: 'resume', who: { enrollments: [cleo] } })).body.id;
    await through(it, 'apply_bulk_move', resumed);
    assert.is(await pausedOf(cleo), null);
    await through(it, 'undo_bulk_move', resumed);
    assert.is(await pausedOf(cleo), 'On holiday.');
    await through(it, 'undo_bulk_move', paused.id);
    assert.is(await pausedOf(ana), null);

    const gone = (await preview(it, { action: 'withdraw' })).body;
    assert.is(gone.undoable, false);
    assert.is((await through(it, 'apply_bulk_move', gone.id)).people.done, 3);
    assert.equal(codeOf(await it.ask('undo_bulk_move', { params: { bulk: gone.id } })), [409, 'conflict']);
    assert.is((await it.ask('get_program_enrollment', of(ana))).body.stage, 'left_as_withdrawn');
  }),
);

bulk(
  'two hundred and ten people take several jobs; one whose state is damaged spoils nobody else’s move; two at once do each once',
  withStory(async ({ it, server, enroll }) => {
    const { store } = server.engine;
    const first = await enroll('p0@example.org');
    for (let n = 1; n < 210; n += 11) {
      const next = Array.from({ length: 11 }, (_, index) => n + index);
      await Promise.all(
        next.map(async (number) => {
          const { id: person } = await server.engine.control.personByEmail(`p${number}@example.org`);
          await server.engine.control.enroll({ id: `p${number}`, person, program: 'walking', by: 'operator' });
        }),
      );
    }
    const { id } = (await preview(it, { action: 'move', stage: 'walking' })).body;
    await store.sql`
      update enrollments set state = jsonb_set(state::jsonb, '{facts,visit}', 'null')::json where id = 'p7'`;
    await store.sql`update bulk_moves set status = 'applying' where id = ${id}`;
    const job = { workspace: store.workspace, bulk: id };
    await Promise.all([workOnBulk(store, job), workOnBulk(store, job)]);
    const { people: counts } = await through(it, 'apply_bulk_move', id);
    assert.equal([counts.done, counts.refused, counts.ready], [209, 1, 0]);
    assert.match((await people(it, id, 'refused'))[0]?.outcome ?? '', /cannot be read/);
    const rows = await store.sql<{ most: number }[]>`
      select max(count)::integer as most from (
        select count(*) from timeline where entry->'input'->>'type' = 'move' group by enrollment_id) moves`;
    assert.is(rows[0]?.most, 1);
    assert.is(await stageOf(it, first), 'walking');
    // Its state is damaged for good: nothing of it can be rebuilt.
    await store.queue`alter table timeline disable trigger user`;
    for (const table of ['bulk_move_people', 'messages', 'timeline'])
      await store.queue.unsafe(`delete from ${table} where enrollment_id = 'p7'`);
    await store.queue`delete from enrollments where id = 'p7'`;
  }),
);

bulk(
  'what cannot be meant is refused before anything is looked at',
  withStory(async ({ it }) => {
    const cases: [Record<string, unknown>, number, string, RegExp][] = [
      [{ action: 'move' }, 400, 'malformed', /A move needs “stage”/],
      [{ action: 'move', stage: 'nowhere' }, 400, 'malformed', /no stage nowhere; it has resting, walking, finished/],
      [{ action: 'pause', stage: 'walking' }, 400, 'malformed', /nothing else takes it/],
      [{ action: 'withdraw', until: '2026-02-01T00:00:00Z' }, 400, 'malformed', /Only a pause/],
      [{ action: 'pause', until: '2025-02-01T00:00:00Z' }, 400, 'malformed', /lies ahead/],
      [{ action: 'resume', data: { goal: 1 } }, 400, 'malformed', /Only a move/],
      [{ action: 'delete' }, 400, 'malformed', /“action”/],
      [{ action: 'pause', reason: ' ' }, 400, 'malformed', /Say why/],
      [{ action: 'pause', who: { all: true } }, 400, 'malformed', /“all”/],
      [{ action: 'pause', who: { enrollments: Array(10_001).fill('x') } }, 400, 'malformed', /who\.enrollments/],
      [{ action: 'pause', program: 'runing' }, 404, 'unknown-program', /There are: walking/],
    ];
    for (const [body, status, code, expected] of cases) {
      const answer = await preview(it, body);
      assert.equal(codeOf(answer), [status, code], JSON.stringify(body));
      assert.match(answer.body.detail, expected);
    }
    assert.equal((await it.ask('list_bulk_moves', { query: { program: 'walking' } })).body.data, []);
  }),
);

bulk('every operation on bulk moves has a case', () => {
  const silent = operations.filter(({ id }) => /bulk_move/.test(id) && !asked.has(id)).map(({ id }) => id);
  assert.equal(silent, []);
});

bulk.run();
