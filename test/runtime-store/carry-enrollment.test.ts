/**
 * Export and import of one enrollment: into another workspace it is the same life, and goes on; what does not
 * rebuild stays outside.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { advance, drain } from '../../runtime/store/advance.ts';
import { type CarriedEnrollment, exportEnrollment, importEnrollment } from '../../runtime/store/carry-enrollment.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { withDatabase } from '../support/database.ts';
import { begin, day, monday, withWorker } from './story.ts';

test('an enrollment called by an ordinary word leaves what people wrote as it is', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store, { id: 'a', at: 'walking' });
    const texts = ['Anna: a: b, a:1 and so on', 'a', 'a:1:2 is no id in a sentence'];
    for (const [index, text] of texts.entries())
      await control.receive({ person, program: 'walking', channel: 'web', id: `m${index}`, text });
    await control.withdraw({ enrollment: 'a', id: 'out', by: 'person:x', reason: 'moves away' });
    const brought = await importEnrollment(store, await exportEnrollment(store, 'a'), { by: 'command' });
    assert.equal((await rebuild(store, brought.enrollment)).differences, []);
    const rows = await control.timeline(brought.enrollment);
    assert.equal(
      rows.flatMap((row) => (row.kind === 'input' && row.input.type === 'message' ? [row.input.text] : [])),
      texts,
    );
    const runs = rows.flatMap((row) => (row.kind === 'run-started' ? [row.run] : []));
    assert.ok(runs.length > 0 && runs.every((run) => run.startsWith(`${brought.enrollment}:`)), runs.join(' '));
  }));

test('an enrollment goes to another database under a fresh id, and lives on there', () =>
  withDatabase((from) =>
    withDatabase(async (to) => {
      const here = await from.open({ startAt: monday });
      const { control, person, enrollment } = await begin(here);
      await withWorker(here, {}, async () => {
        for (const text of ['Hello', 'yes', 'goal'])
          await control.receive({ person, program: 'walking', channel: 'web', id: `m-${text}`, text });
        await drain(here);
        await advance(here, monday + 2 * day);
      });
      const document = JSON.parse(JSON.stringify(await exportEnrollment(here, enrollment))) as CarriedEnrollment;

      const there = await to.open({ startAt: monday + 2 * day });
      const brought = await importEnrollment(there, document, { by: 'command' });
      assert.is.not(brought.enrollment, enrollment);
      assert.equal((await rebuild(there, brought.enrollment)).differences, []);
      const [before, after] = [
        await control.enrollment(enrollment),
        await createControl(there).enrollment(brought.enrollment),
      ];
      assert.equal(
        [after.stage, after.nextDueAt, after.status, after.facts.data],
        [before.stage, before.nextDueAt, before.status, before.facts.data],
      );
      assert.not.match(JSON.stringify(await createControl(there).timeline(brought.enrollment)), new RegExp(enrollment));
      const talk = await createControl(there).conversation({
        person: brought.person,
        program: 'walking',
        after: 0,
        limit: 100,
      });
      assert.ok(talk.some((message) => message.text === 'Hello'));

      await withWorker(there, {}, async () => {
        await createControl(there).receive({
          person: brought.person,
          program: 'walking',
          channel: 'web',
          id: 'm-Hello',
          text: 'A repeat is known here too',
        });
        await advance(there, monday + 4 * day);
      });
      assert.equal((await rebuild(there, brought.enrollment)).differences, []);
      const reviews = (await createControl(there).timeline(brought.enrollment)).filter(
        (row) => row.kind === 'reviewed',
      );
      assert.is(reviews.length, 4, 'reviewed twice here and twice there');

      const again = await importEnrollment(there, document, { by: 'command' }).then(
        () => '',
        (error: Error) => error.message,
      );
      assert.match(again, /is already in walking/);
    }),
  ));

/** A document that was changed → why it is refused. */
const damages: [name: string, damage: (document: CarriedEnrollment) => unknown, problem: RegExp][] = [
  ['no document at all', () => 'x', /no exported enrollment/],
  ['another format', (one) => ({ ...one, formatVersion: 99 }), /no exported enrollment: \/formatVersion/],
  [
    'a row taken away',
    (one) => ({ ...one, timeline: one.timeline.filter((row) => row.seq !== 3) }),
    /does not rebuild: row/,
  ],
  [
    'a row made up',
    (one) => ({
      ...one,
      timeline: one.timeline.map((row) => (row.kind === 'entered' ? { ...row, stage: 'fit' } : row)),
    }),
    /does not rebuild: row 2/,
  ],
  ['a version missing', (one) => ({ ...one, version: 7 }), /does not rebuild: the version/],
  [
    'a program that does not compile',
    (one) => ({
      ...one,
      program: { ...one.program, versions: one.program.versions.map((version) => ({ ...version, source: 'program' })) },
    }),
    /has errors/,
  ],
];

test('what does not rebuild is refused, and nothing of it is there', () =>
  withDatabase(async (database) => {
    const here = await database.open({ startAt: monday });
    const { enrollment } = await begin(here);
    const document = await exportEnrollment(here, enrollment);
    await here.sql`insert into workspaces (id, name) values ('clinic', 'Clinic')`;
    await here.sql`insert into development_clock (workspace_id, frozen_at) values ('clinic', ${new Date(monday)})`;
    const clinic = here.of('clinic');
    for (const [name, damage, problem] of damages) {
      const refused = await importEnrollment(clinic, damage(JSON.parse(JSON.stringify(document))), {
        by: 'command',
      }).then(
        () => 'imported',
        (error: Error) => error.message,
      );
      assert.match(refused, problem, name);
    }
    assert.is((await here.sql`select 1 from enrollments where workspace_id = 'clinic'`).length, 0);
    assert.is((await here.sql`select 1 from people where workspace_id = 'clinic'`).length, 0);
    await importEnrollment(clinic, document, { by: 'command' });
  }));

test.run();
