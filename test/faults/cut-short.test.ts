/**
 * What changes much at once is cut off at one moment after the other, as by a kill: after its first question to the
 * database, after the answer to it, and so on to the end. Each time it has happened wholly or not at all, and asked
 * for again it comes to what it would have come to undisturbed.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { applyPlan, workOnPlan } from '../../runtime/store/adopt-jobs.ts';
import { workOnBulk } from '../../runtime/store/bulk-jobs.ts';
import { applyBulk, previewBulk, undoBulk } from '../../runtime/store/bulk-moves.ts';
import { exportEnrollment, importEnrollment } from '../../runtime/store/carry-enrollment.ts';
import { createControl } from '../../runtime/store/control.ts';
import connect from '../../runtime/store/driver.ts';
import { erasePerson } from '../../runtime/store/erase-person.ts';
import { migrate, ownMigrations } from '../../runtime/store/migrate.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { removeOld, setRetention } from '../../runtime/store/retention.ts';
import { openStore, type Store } from '../../runtime/store/store.ts';
import { folderWith, regimen } from '../support/command.ts';
import { copyEnrollment } from '../support/copies.ts';
import { type TestDatabase, withDatabase } from '../support/database.ts';
import { beginStory, day, second } from '../support/walkers.ts';
import { type BadLine, openBadLine } from './bad-line.ts';

/** More parts than any of these takes: something does not come to its end. */
const partsMax = 3_000;

/** So many parts lie between two cuts of a command, which is a process each time. */
const commandStride = 25;

const test = suite('cut short');

/** Does it again and again, each time cut off a little later; gives how often it was cut. `look` after each. */
async function cutOff(
  line: BadLine,
  stride: number,
  work: () => Promise<unknown>,
  look: () => Promise<void>,
): Promise<number> {
  for (let cuts = 0, parts = 0; parts < partsMax; cuts++, parts += stride) {
    line.cutAfter(parts);
    const done = await work().then(
      () => true,
      () => false,
    );
    line.cutAfter(null);
    await look();
    if (done) return cuts;
  }
  throw new Error(`It was not done after ${partsMax} parts.`);
}

/** The tables and functions of a database, as lines. */
async function shapeOf(url: string): Promise<string[]> {
  const sql = connect(url, { max: 1, onnotice: () => {} });
  try {
    const rows = await sql<{ line: string }[]>`
      select concat_ws(' ', table_schema, table_name, column_name, data_type, is_nullable) as line
      from information_schema.columns where table_schema not in ('pg_catalog', 'information_schema')
      union all select concat_ws(' ', n.nspname, p.proname, md5(p.prosrc)) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
      where n.nspname not in ('pg_catalog', 'information_schema')
      union all select concat_ws(' ', schemaname, indexname, indexdef) from pg_indexes where schemaname <> 'pg_catalog'
      union all select concat_ws(' ', tablename, policyname, qual, with_check) from pg_policies
      order by 1`;
    return rows.map(({ line }) => line);
  } finally {
    await sql.end();
  }
}

test('migrating: nothing of it is there, or all', () =>
  withDatabase(async (database) => {
    const whole = await shapeOf(database.url);
    const store = await database.open();
    await store.sql`create database cut_migrations`;
    const url = database.url.replace(/\/[^/]*$/, '/cut_migrations');
    const line = await openBadLine(url);
    try {
      const names = ownMigrations();
      const cuts = await cutOff(
        line,
        4,
        () => migrate(line.url),
        async () => {
          const sql = connect(url, { max: 1 });
          const there = await sql`select to_regclass('migrations') as name`;
          const run = there[0]?.name === null ? [] : await sql`select name from migrations order by name`;
          await sql.end();
          assert.ok(run.length === 0 || run.length === names.length, `${run.length} of ${names.length}`);
        },
      );
      assert.ok(cuts > 10, `cut ${cuts} times`);
      assert.equal(await shapeOf(url), whole);
    } finally {
      await line.stop();
    }
  }));

type Told = { store: Store; direct: Store; ids: string[] };
type Case = {
  name: string;
  stride: number;
  people: number;
  /** Gives the work that is cut off, and what to look at after each cut and at the end. */
  begin(told: Told): Promise<{
    work(): Promise<unknown>;
    look?(): Promise<void>;
    end(): Promise<void>;
  }>;
};

const by = 'ann';
const versions = async ({ sql }: Store) =>
  (
    await sql<{ version: number; count: number }[]>`
    select version, count(*)::integer as count from enrollments group by version order by version`
  ).map(({ version, count }) => [version, count]);
const once = async ({ sql }: Store, type: string): Promise<number> => {
  const rows = await sql<{ count: number }[]>`
    select count(*)::integer as count from timeline where entry->'input'->>'type' = ${type} group by enrollment_id`;
  assert.ok(
    rows.every(({ count }) => count === 1),
    `${type} happened twice to somebody`,
  );
  return rows.length;
};
/** A bulk pause of these people, as far as it goes before it is applied. */
const pauseLookedAt = (direct: Store, ids: string[]) =>
  previewBulk(direct, { program: 'walk', deed: { action: 'pause' }, filter: { ids }, reason: 'Try', by });

const cases: Case[] = [
  {
    name: 'taking people over to a new version, and its beginning',
    stride: 4,
    people: 30,
    begin: async ({ store, direct }) => {
      await createControl(direct).publish({ source: second, path: 'walk.regimen', by });
      const plan = await createControl(direct).planVersion({ program: 'walk', by });
      return {
        work: async () => {
          await applyPlan(store, { id: plan.id, by, reason: 'Try' });
          await workOnPlan(store, { workspace: 'default', plan: plan.id });
        },
        end: async () => {
          assert.equal(await versions(direct), [[2, 31]]);
          assert.is(await once(direct, 'adopt'), 31);
        },
      };
    },
  },
  {
    name: 'a bulk pause',
    stride: 4,
    people: 30,
    begin: async ({ store, direct, ids }) => {
      const bulk = await pauseLookedAt(direct, ids);
      return {
        work: async () => {
          await applyBulk(store, { id: bulk.id, by });
          await workOnBulk(store, { workspace: 'default', bulk: bulk.id });
        },
        end: async () => {
          assert.is(await once(direct, 'pause'), 31);
          const audits = await direct.sql`select 1 from audit where action = 'bulk-pause'`;
          assert.is(audits.length, 1, 'it was begun once');
        },
      };
    },
  },
  {
    name: 'undoing a bulk pause',
    stride: 4,
    people: 30,
    begin: async ({ store, direct, ids }) => {
      const bulk = await pauseLookedAt(direct, ids);
      const job = { workspace: 'default', bulk: bulk.id };
      await applyBulk(direct, { id: bulk.id, by });
      await workOnBulk(direct, job);
      return {
        work: async () => {
          await undoBulk(store, { id: bulk.id, by });
          await workOnBulk(store, job);
        },
        end: async () => {
          assert.is(await once(direct, 'resume'), 31);
        },
      };
    },
  },
  {
    name: 'erasing a person',
    stride: 1,
    people: 0,
    begin: async ({ store, direct, ids }) => {
      const control = createControl(direct);
      const { person } = await control.enrollment(ids[0] ?? '');
      const named = async () => {
        const [row] = await direct.sql<{ named: number; said: number }[]>`
          select (select count(*) from people where email like 'walker%')::integer as named,
            (select count(*) from messages where text = 'mood fine')::integer as said`;
        return [row?.named, row?.said];
      };
      return {
        work: () => erasePerson(store, { person: person.id, by, reason: 'Asked for' }),
        look: async () => {
          const now = await named();
          assert.ok(`${now}` === '1,1' || `${now}` === '0,0', `${now}`);
        },
        end: async () => {
          assert.equal(await named(), [0, 0]);
          const audits = await direct.sql`select 1 from audit where action = 'erase'`;
          assert.is(audits.length, 1);
        },
      };
    },
  },
  {
    name: 'bringing an enrollment in',
    stride: 1,
    people: 0,
    begin: async ({ store, direct, ids }) => {
      const document = await exportEnrollment(direct, ids[0] ?? '');
      const other = { ...document, person: { ...document.person, email: 'other@example.com' } };
      const brought = async () =>
        (
          await direct.sql<{ id: string }[]>`
          select e.id from enrollments e join people p on p.id = e.person_id where p.email = 'other@example.com'`
        ).map(({ id }) => id);
      return {
        work: async () => {
          // Whoever was brought in before the answer was lost is in the program, and is refused.
          if ((await brought()).length === 0) await importEnrollment(store, other, { by });
        },
        look: async () => {
          for (const id of await brought()) assert.equal((await rebuild(direct, id)).differences, []);
        },
        end: async () => {
          assert.is((await brought()).length, 1);
        },
      };
    },
  },
  {
    name: 'bringing a life with its versions in',
    stride: 1,
    people: 0,
    begin: async ({ store, direct, ids }) => {
      const control = createControl(direct);
      await control.publish({ source: second, path: 'walk.regimen', by });
      const plan = await control.planVersion({ program: 'walk', by });
      await applyPlan(direct, { id: plan.id, by, reason: 'Try' });
      await workOnPlan(direct, { workspace: 'default', plan: plan.id });
      const document = await exportEnrollment(direct, ids[0] ?? '');
      await direct.sql`insert into workspaces (id, name) values ('ward', 'Ward')`;
      const there = direct.of('ward');
      const rows = async (table: string) =>
        (await direct.sql`select 1 from ${direct.sql(table)} where workspace_id = 'ward'`).length;
      const brought = async () => [await rows('enrollments'), await rows('people'), await rows('program_versions')];
      return {
        work: async () => {
          if ((await rows('enrollments')) === 0) await importEnrollment(store.of('ward'), document, { by });
        },
        look: async () => {
          const now = await brought();
          assert.ok(`${now}` === '0,0,0' || `${now}` === '1,1,2', `${now}`);
        },
        end: async () => {
          const lives = await direct.sql<{ id: string }[]>`select id from enrollments where workspace_id = 'ward'`;
          assert.is(lives.length, 1);
          for (const { id } of lives) assert.equal((await rebuild(there, id)).differences, []);
        },
      };
    },
  },
  {
    name: 'removing what need not be kept',
    stride: 1,
    people: 3,
    begin: async ({ store, direct, ids }) => {
      const control = createControl(direct);
      const old = new Date(Date.now() - 100 * day);
      const [stale, young] = [await pauseLookedAt(direct, ids), await pauseLookedAt(direct, ids)];
      await control.publish({ source: second, path: 'walk.regimen', by });
      const [never, fresh] = [
        await control.planVersion({ program: 'walk', by }),
        await control.planVersion({ program: 'walk', by }),
      ];
      const made = (id: string) => (id === stale.id || id === never.id ? old : new Date());
      for (const { id } of [stale, young])
        await direct.sql`update bulk_moves set created_at = ${made(id)} where id = ${id}`;
      for (const { id } of [never, fresh])
        await direct.sql`update version_plans set created_at = ${made(id)} where id = ${id}`;
      await direct.sql`update messages set at = ${old}, status = case when direction = 'out' then 'sent' else status end`;
      const count = async (rows: PromiseLike<readonly unknown[]>) => (await rows).length;
      const { sql } = direct;
      return {
        work: async () => {
          await setRetention(store, 'default', { messages: 50 }, by);
          await removeOld(store);
        },
        look: async () => {
          // Whoever is in a plan or a bulk move is there with all the others, or not at all.
          for (const [things, people] of [
            ['version_plans', 'version_plan_people'],
            ['bulk_moves', 'bulk_move_people'],
          ] as const)
            assert.is(
              await count(sql`select 1 from ${sql(people)}`),
              ids.length * (await count(sql`select 1 from ${sql(things)}`)),
              people,
            );
        },
        end: async () => {
          assert.is(await count(sql`select 1 from messages`), 0);
          assert.equal(
            (await control.versionPlans({ program: 'walk', limit: 9 })).map(({ id }) => id),
            [fresh.id],
          );
          assert.equal(
            (await control.bulks({ limit: 9 })).rows.map(({ id }) => id),
            [young.id],
          );
        },
      };
    },
  },
];

for (const { name, stride, people, begin } of cases) {
  test(name, () =>
    withDatabase((database) =>
      throughLine(database, async (line, told) => {
        const story = await beginStory(told.direct);
        await story.enroll('walker-1', 'go', 'mood fine');
        const ids = ['walker-1', ...(people === 0 ? [] : await copyEnrollment(told.direct, 'walker-1', people))];
        const { work, look = async () => {}, end } = await begin({ ...told, ids });
        const cuts = await cutOff(line, stride, work, async () => {
          await look();
        });
        assert.ok(cuts > 4, `cut ${cuts} times`);
        await end();
        for (const id of ids) assert.equal((await rebuild(told.direct, id)).differences, [], id);
      }),
    ),
  );
}

test('a command whose database is lost says so, and is done when asked again', () =>
  withDatabase((database) =>
    throughLine(database, async (line, { direct }) => {
      const story = await beginStory(direct);
      await story.enroll('walker-1', 'go', 'mood fine');
      const { person } = await story.control.enrollment('walker-1');
      await direct.sql`insert into workspaces (id, name) values ('ward', 'Ward')`;
      const folder = folderWith({ 'walker.json': JSON.stringify(await exportEnrollment(direct, 'walker-1')) });
      try {
        for (const [args, done] of [
          [['import', 'walker.json', '--workspace', 'ward'], /^[0-9a-f-]{36}$|is already in walk/],
          [['erase', person.id, '--reason', 'Asked for', '--yes'], /^\S+ (is erased; 1 timelines|was erased before)/],
        ] as const) {
          const said: string[] = [];
          const cuts = await cutOff(
            line,
            commandStride,
            async () => {
              const { out, err } = await regimen([...args], { cwd: folder.path, env: { DATABASE_URL: line.url } });
              said.push((out + err).trim());
              assert.match(said.at(-1) ?? '', done);
            },
            async () =>
              assert.match(said.at(-1) ?? '', new RegExp(`${done.source}|^error: The database (was lost|cannot)`)),
          );
          assert.ok(cuts > 1, `${args[0]} was cut ${cuts} times`);
        }
      } finally {
        folder.remove();
      }
    }),
  ));

/** Two stores of one database: by a line that can be cut, and past it. */
async function throughLine(
  database: TestDatabase,
  work: (line: BadLine, stores: { store: Store; direct: Store }) => Promise<void>,
): Promise<void> {
  const line = await openBadLine(database.url);
  const direct = await database.open({ startAt: Date.parse('2026-01-05T09:00:00Z') });
  const store = await openStore({ databaseUrl: line.url, clock: 'virtual' });
  try {
    await work(line, { store, direct });
  } finally {
    await store.close();
    await line.stop();
  }
}

test.run();
