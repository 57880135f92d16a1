/** Who is due, and who has a run in hand, beside the enrollments: the lists follow, whoever writes. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { State } from '../../runtime/state.ts';
import { step, timeInput } from '../../runtime/step.ts';
import { dueByProgram } from '../../runtime/store/claim.ts';
import { setClock } from '../../runtime/store/clock.ts';
import { commitIn } from '../../runtime/store/commit.ts';
import { loadVersion } from '../../runtime/store/programs.ts';
import type { Store, Tx } from '../../runtime/store/store.ts';
import { sweep } from '../../runtime/store/sweep.ts';
import { withDatabase } from '../support/database.ts';
import { addPerson, addProgram, withEarlier } from '../support/earlier-database.ts';
import { begin, day, hour, monday } from './story.ts';

const test = suite('due');

/** What stands in the lists and not in the enrollments, or the other way round. */
async function differences({ sql }: Store) {
  return sql`
    (select 'due' as list, * from (
      (select enrollment_id, program, rank, at from due except all
        select id, program, sweep_rank, sweep_at from enrollments where sweep_at is not null)
      union all
      (select id, program, sweep_rank, sweep_at from enrollments where sweep_at is not null except all
        select enrollment_id, program, rank, at from due)) x)
    union all
    (select 'run', coalesce(r.enrollment_id, e.id), null, null, null
      from runs_in_hand r full join (select * from enrollments where in_run) e
        on e.workspace_id = r.workspace_id and e.id = r.enrollment_id
      where e.id is null or r.enrollment_id is null)`;
}

test('the lists are right after everything that happens to somebody', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    const there = async (what: string) => assert.equal([...(await differences(store))], [], what);
    await there('enrolled');
    const say = (id: string, text: string) => control.receive({ person, program: 'walking', channel: 'web', id, text });
    await say('m1', 'Hello');
    await there('a run in hand');
    assert.is((await store.sql`select from runs_in_hand`).length, 1);
    await setClock(store, monday + 9 * hour);
    await sweep(store);
    await there('reviewed');
    await store.sql`update enrollments set state = jsonb_set(state::jsonb, '{stage}', '"nowhere"')::json`;
    await setClock(store, monday + 40 * day);
    assert.is((await sweep(store)).failed.length, 1);
    await there('put off, as the step failed');
    await store.sql`update enrollments set state = jsonb_set(state::jsonb, '{stage}', '"walking"')::json`;
    await say('m2', 'stop');
    await there('left');
    assert.equal(await control.enrollment(enrollment).then(({ status }) => status), 'finished');
    assert.is((await store.sql`select from due`).length + (await store.sql`select from runs_in_hand`).length, 0);
  }));

test('a process of the version before, which knows nothing of the lists, keeps them all the same', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store, { at: 'walking' });
    for (const at of [monday + hour, null, monday + 2 * hour]) {
      await store.sql`
        update enrollments set seq = seq + 1, next_due_at = ${at && new Date(at)}, sweep_at = ${at && new Date(at)},
          sweep_rank = 1, in_run = not in_run
        where id = ${enrollment}`;
      assert.equal([...(await differences(store))], []);
    }
    assert.is((await store.sql`select from due`).length, 1);
  }));

test('what is left over in the list wakes nobody and goes', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store, { at: 'walking' });
    await store.sql`
      insert into due values ('default', 'walking', 0, ${new Date(monday - hour)}, ${enrollment}),
        ('default', 'walking', 1, ${new Date(monday - hour)}, ${enrollment})`;
    const rows = () => store.sql`select seq from timeline`.then(({ length }) => length);
    const before = await rows();
    assert.is((await sweep(store)).due, 0);
    assert.is(await rows(), before);
    assert.equal([...(await differences(store))], []);
    assert.ok((await dueByProgram(store)).every(({ at }) => at > monday));
  }));

test("what is left over at the very moment to which somebody is put off stands in nobody's way", () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store, { at: 'walking' });
    const reviewed = monday + 9 * hour;
    const [row] = await store.sql<{ state: State; version: number }[]>`select state, version from enrollments`;
    if (row === undefined) throw new Error('There is nobody.');
    const program = await loadVersion(store, store.sql, 'walking', row.version);
    const next = step(program, row.state, timeInput(row.state), reviewed, enrollment).nextDueAt;
    await store.sql`insert into due values ('default', 'walking', 1, ${new Date(next ?? 0)}, ${enrollment})`;
    await setClock(store, reviewed);
    const { succeeded, failed } = await sweep(store);
    assert.equal([succeeded, failed], [1, []]);
    assert.equal([...(await differences(store))], []);
  }));

for (const [what, before, meanwhile] of [
  [
    'somebody who is put off just while a message comes in',
    (_tx: Tx) => Promise.resolve(),
    (tx: Tx) => tx`update enrollments set sweep_at = sweep_at + interval '1 hour'`,
  ],
  [
    'somebody for whom a row is taken out just at the moment that a message makes theirs',
    async (tx: Tx) => {
      await tx`update enrollments set sweep_at = sweep_at - interval '1 hour'`;
      await tx`
        insert into due select workspace_id, program, sweep_rank, sweep_at + interval '1 hour', id from enrollments`;
    },
    async (tx: Tx) => {
      await tx`select from enrollments for update`;
      await tx`delete from due d using enrollments e where d.enrollment_id = e.id and d.at <> e.sweep_at`;
    },
  ],
] as const) {
  test(`${what} stays in the list`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: monday });
      const { control, person } = await begin(store, { at: 'walking' });
      await store.sql.begin(before);
      let said: Promise<unknown> = Promise.resolve();
      await store.sql.begin(async (tx) => {
        await meanwhile(tx);
        said = control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'goal' });
        const waits = async () => (await store.sql`select 1 from pg_locks where not granted`).length > 0;
        for (let looks = 0; !(await waits()); looks++) assert.ok(looks < 5_000, 'the message waits for the lock');
      });
      await said;
      assert.is((await store.sql`select from timeline where input_id = 'm1'`).length, 1);
      assert.equal([...(await differences(store))], []);
    }));
}

test('a review changes the row in its page: nothing it rewrites is in an index', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store, { at: 'walking' });
    await setClock(store, monday + 9 * hour);
    await store.sql.begin(async (tx) => {
      // Counted for the connection, so also what it did before.
      const counts = async () => {
        const [row] = await tx<{ changed: number; inPage: number }[]>`
          select n_tup_upd::integer as changed, n_tup_hot_upd::integer as "inPage" from pg_stat_xact_user_tables
          where relname = 'enrollments'`;
        return { changed: row?.changed ?? 0, inPage: row?.inPage ?? 0 };
      };
      const [row] = await tx`select state from enrollments`;
      const before = await counts();
      const { rows } = await commitIn(store, tx, { enrollment, input: timeInput(row?.state) });
      assert.ok(rows.some(({ kind }) => kind === 'reviewed'));
      const after = await counts();
      assert.equal([after.changed - before.changed, after.inPage - before.inPage], [1, 1]);
    });
  }));

test('who is due before the migration is due after it', () =>
  withDatabase((database) =>
    withEarlier(database, '0011', async (sql, migrate) => {
      await addProgram(sql, 'walking');
      await addPerson(sql, 'ada');
      for (const [attempt, [due, inRun]] of [
        [true, true],
        [true, false],
        [false, false],
      ].entries()) {
        await sql`
          insert into enrollments (workspace_id, id, program, version, person_id, attempt, status, stage, state, seq,
            sweep_at, in_run, created_at, stepped_at)
          values ('default', ${`e${attempt}`}, 'walking', 1, 'ada', ${attempt + 1}, 'finished', 'walking', '{}', 1,
            ${due ? new Date(monday + attempt) : null}, ${inRun ?? false}, now(), now())`;
      }
      await migrate();
      const due = await sql<{ id: string; at: Date }[]>`select enrollment_id as id, at from due order by at`;
      assert.equal(
        due.map(({ id, at }) => [id, at.getTime()]),
        [
          ['e0', monday],
          ['e1', monday + 1],
        ],
      );
      assert.equal([...(await sql`select enrollment_id as id from runs_in_hand`)], [{ id: 'e0' }]);
      await sql`delete from enrollments where id = 'e0'`;
      assert.is((await sql`select from due`).length + (await sql`select from runs_in_hand`).length, 1);
    }),
  ));

test.run();
