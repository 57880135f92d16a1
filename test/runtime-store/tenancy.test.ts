/**
 * Workspaces kept apart by the database: every table there is, and everything the serving role might try.
 * The tables come from the catalog, so a new one is tried without a word here.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { appUrl } from '../../runtime/store/app-role.ts';
import { migrate } from '../../runtime/store/migrate.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { openPool, type Store } from '../../runtime/store/store.ts';
import { openStores, type Stores } from '../../runtime/store/stores.ts';
import { type TestDatabase, withDatabase } from '../support/database.ts';
import { begin, monday, withWorker } from './story.ts';

/** Tables that hold nothing of any one workspace. */
const shared = ['migrations', 'workspaces'];
const denied = '42501';
/** What the triggers of append-only tables answer. */
const neverChanged = '23001';

async function withStores<T>(database: TestDatabase, work: (stores: Stores, owner: Store) => Promise<T>): Promise<T> {
  const owner = await database.open({ startAt: monday });
  await owner.sql`insert into workspaces (id, name) values ('clinic', 'Clinic')`;
  await owner.sql`insert into development_clock (workspace_id, frozen_at) values ('clinic', ${new Date(monday)})`;
  const stores = await openStores({
    databaseUrl: database.url,
    appUrl: appUrl(database.url),
    clock: 'virtual',
    startAt: monday,
  });
  try {
    return await work(stores, owner);
  } finally {
    await stores.close();
  }
}

/** What a query is answered with: rows and how many, or the code of the error. */
async function outcome(
  query: Promise<ArrayLike<unknown> & { count: number | null }>,
): Promise<{ count: number; code?: string }> {
  try {
    const { count } = await query;
    return { count: count ?? 0 };
  } catch (error) {
    return { count: 0, code: (error as { code?: string }).code ?? String(error) };
  }
}

test('no table shows or takes anything of another workspace', () =>
  withDatabase((database) =>
    withStores(database, async (stores, owner) => {
      const tables = await tablesOf(owner);
      assert.ok(tables.length > 10);
      await fillTables(owner, tables);
      const { sql } = stores.of('clinic');
      for (const table of tables) {
        const [all] = await owner.sql`select count(*)::int as rows from ${sql(table)} where workspace_id = 'default'`;
        assert.ok((all?.rows as number) > 0, `${table} was filled`);
        const seen = await sql<{ workspace_id: string }[]>`select workspace_id from ${sql(table)}`;
        assert.equal([...new Set(seen.map((row) => row.workspace_id))], ['clinic'], `${table}: what is read`);
        const others = sql`workspace_id = 'default'`;
        for (const [deed, query] of [
          ['update', sql`update ${sql(table)} set workspace_id = workspace_id where ${others}`],
          ['delete', sql`delete from ${sql(table)} where ${others}`],
        ] as const) {
          const { count, code } = await outcome(query);
          assert.ok(
            count === 0 && (code === undefined || code === denied || code === neverChanged),
            `${table}: ${deed} ${count} ${code}`,
          );
        }
        for (const [deed, query] of [
          ['insert', sql`insert into ${sql(table)} (workspace_id) values ('default')`],
          ['move', sql`update ${sql(table)} set workspace_id = 'default'`],
        ] as const) {
          const code = (await outcome(query)).code ?? 'done';
          assert.ok(code === denied || (deed === 'move' && code === neverChanged), `${table}: ${deed} ${code}`);
        }
        const [after] = await owner.sql`select count(*)::int as rows from ${sql(table)} where workspace_id = 'default'`;
        assert.equal(after, all, `${table}: nothing of the other is gone`);
      }
      assert.equal(
        (await sql`select id from workspaces`).map((row) => row.id),
        ['clinic'],
      );
    }),
  ));

test('without a workspace a connection sees nothing', () =>
  withDatabase((database) =>
    withStores(database, async (stores, owner) => {
      await fillTables(owner, await tablesOf(owner));
      for (const workspace of [undefined, '', 'nobody', "default' or '1'='1"]) {
        const sql = openPool(appUrl(database.url), { max: 1, ...(workspace === undefined ? {} : { workspace }) });
        try {
          for (const table of [...(await tablesOf(owner)), 'workspaces'])
            assert.is((await sql`select 1 from ${sql(table)}`).length, 0, `${table} as ${workspace}`);
        } finally {
          await sql.end();
        }
      }
      assert.throws(() => stores.of("default' or '1'='1"), /cannot be a workspace/);
    }),
  ));

/** Each must be refused for want of rights. `{owner}` is the owner of the tables. */
const attempts = [
  'alter table people disable row level security',
  'alter table people no force row level security',
  'drop policy workspace on people',
  'alter policy workspace on people using (true)',
  'create policy mine on people using (true)',
  'alter table people owner to regimen_app',
  'alter table timeline disable trigger all',
  'update timeline set seq = 0',
  'delete from timeline',
  'truncate people cascade',
  'set role {owner}',
  'set session authorization {owner}',
  'alter role regimen_app bypassrls',
  'alter role regimen_app superuser',
  'create role another superuser',
  'grant {owner} to regimen_app',
  'set session_replication_role = replica',
  'set row_security = off; select * from people',
  "select protect_workspaces('regimen_app')",
  'select * from graphile_worker._private_jobs',
  'select * from graphile_worker.jobs',
  "select graphile_worker.add_job('run')",
  `select add_workspace_jobs('[{"task":"run","payload":{"workspace":"default"},"key":"k","attempts":1,"priority":0}]')`,
  // In the workspace itself, under the key of another's job, which would be replaced.
  `select add_workspace_jobs('[{"task":"run","payload":{"workspace":"clinic"},"key":"run:default:1","attempts":1,"priority":0}]')`,
  `select add_workspace_jobs('[{"task":"run","payload":{"workspace":"clinic"},"key":null,"attempts":1,"priority":0}]')`,
  `select add_new_job('{"task":"run","payload":{"workspace":"default"},"key":"run:default:1","attempts":1,"priority":0}')`,
  `select add_new_job('{"task":"run","payload":{"workspace":"clinic"},"key":"run:default:1","attempts":1,"priority":0}')`,
  'create table mine (id text)',
  'create function public.mine() returns int language sql as $$ select 1 $$',
  "select pg_read_file('postgresql.conf')",
  "copy people to program 'cat'",
  'drop table people',
  "insert into workspaces (id, name) values ('mine', 'Mine')",
  "update migrations set name = 'x'",
];

test('the role that serves people can neither lift the policies nor become somebody else', () =>
  withDatabase((database) =>
    withStores(database, async (stores, owner) => {
      const [who] = await owner.sql`select current_user as name`;
      const { sql } = stores.of('clinic');
      const got: string[] = [];
      for (const attempt of attempts) {
        const { code } = await outcome(sql.unsafe(attempt.replaceAll('{owner}', String(who?.name))) as never);
        if (code !== denied) got.push(`${attempt}: ${code ?? 'done'}`);
      }
      assert.equal(got, []);
      const [role] = await sql`
        select rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication as mighty,
          row_security_active('people') as held from pg_roles where rolname = current_user`;
      assert.equal({ ...role }, { mighty: false, held: true });
    }),
  ));

test('every table has a workspace and its policy, but those that hold nothing of one', () =>
  withDatabase(async (database) => {
    const { sql } = await database.open();
    const rows = await sql<{ table: string; held: boolean; policies: string[] }[]>`
      select c.relname as table, c.relrowsecurity as held,
        array(select p.polname::text from pg_policy p where p.polrelid = c.oid order by 1) as policies
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;
    const loose = rows.filter(({ held, policies }) => !held || policies.join() !== 'workspace');
    assert.equal(
      loose.map((one) => one.table),
      ['migrations'],
    );
    const without = await sql<{ table: string }[]>`
      select c.relname as table from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
        and not exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'workspace_id' and a.attnotnull)
      order by 1`;
    assert.equal(
      without.map((one) => one.table),
      shared,
    );
  }));

test('one worker serves the people of every workspace, each in their own', () =>
  withDatabase((database) =>
    withStores(database, async (stores, owner) => {
      const { drain } = await import('../../runtime/store/advance.ts');
      // The same ids in both, so that whatever looks one up without its workspace finds the wrong one.
      const ids = { id: 'one' };
      const told: string[] = [];
      await withWorker(stores.home, {}, async () => {
        for (const workspace of ['default', 'clinic']) {
          const store = stores.of(workspace);
          const { control, person, enrollment } = await begin(store, ids);
          await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: `Hello ${workspace}` });
          await drain(store);
          const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 100 });
          told.push(...talk.map((message) => `${workspace}: ${message.text}`));
          assert.equal((await rebuild(store, enrollment)).differences, []);
        }
      });
      assert.equal(
        told.filter((line) => line.includes('Hello')),
        ['default: Hello default', 'clinic: Hello clinic'],
      );
      assert.is(told.filter((line) => line.includes('I heard you (reply).')).length, 2);
      assert.is((await owner.sql`select 1 from graphile_worker.jobs`).length, 0);
    }),
  ));

test('a store refuses to serve people as the owner of the tables', () =>
  withDatabase(async (database) => {
    const opened = openStores({ databaseUrl: database.url, appUrl: database.url });
    const problem = await opened.then(
      () => 'opened',
      (error: Error) => error.message,
    );
    assert.match(problem, /is not held by the row policies/);
  }));

test('an owner that may not make roles is told what to run, and then everything works for it', () =>
  withDatabase(async (database) => {
    const { sql } = await database.open();
    await sql.unsafe("create role plain_owner login password 'owner-secret'");
    await sql.unsafe('create database theirs owner plain_owner');
    const address = (name: string, password: string) =>
      Object.assign(new URL(database.url), { username: name, password, pathname: '/theirs' }).href;
    const theirs = address('plain_owner', 'owner-secret');
    const { app } = await migrate(theirs);
    assert.match(
      'problem' in app ? app.problem : '',
      /As an administrator of the database run: create role regimen_app .*REGIMEN_APP_DATABASE_URL/,
    );
    assert.not.match(JSON.stringify(app), /owner-secret/);
    await sql.unsafe("create role plain_app login password 'app-secret'");
    const given = address('plain_app', 'app-secret');
    assert.equal((await migrate(theirs, { app: given })).app, { url: given });
    const stores = await openStores({ databaseUrl: theirs, appUrl: given, clock: 'virtual', startAt: monday });
    try {
      const { control, person, enrollment } = await begin(stores.home);
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
      assert.equal((await rebuild(stores.home, enrollment)).differences, []);
      assert.is((await stores.of('clinic').sql`select 1 from enrollments`).length, 0);
    } finally {
      await stores.close();
    }
  }));

async function tablesOf({ sql }: Store): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id'
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;
  return rows.map((row) => row.name);
}

/**
 * A row of each workspace in every table. What would refuse made-up rows is taken off first: the database is thrown
 * away.
 */
async function fillTables({ sql }: Store, tables: string[]): Promise<void> {
  const constraints = await sql<{ name: string; on: string }[]>`
    select conname as name, conrelid::regclass::text as on from pg_constraint
    where connamespace = 'public'::regnamespace and contype in ('c', 'f')`;
  for (const { name, on } of constraints) await sql`alter table ${sql(on)} drop constraint ${sql(name)}`;
  for (const table of tables) {
    await sql`alter table ${sql(table)} disable trigger all`;
    const columns = await sql<{ name: string; type: string }[]>`
      select attname as name, atttypid::regtype::text as type from pg_attribute
      where attrelid = ${table}::regclass and attnum > 0 and not attisdropped and attidentity = '' and attgenerated = ''
        and (attnotnull or attname = 'workspace_id') and attname <> 'workspace_id' order by attnum`;
    for (const workspace of ['default', 'clinic']) {
      const row = Object.fromEntries(columns.map(({ name, type }) => [name, filler(type)]));
      await sql`insert into ${sql(table)} ${sql({ workspace_id: workspace, ...row })} on conflict do nothing`;
    }
    await sql`alter table ${sql(table)} enable trigger all`;
  }
}

function filler(type: string): string | number | boolean {
  if (/json/.test(type)) return '{}';
  if (/int|numeric|double|real/.test(type)) return 1;
  if (/timestamp|date/.test(type)) return '2026-01-05T09:00:00Z';
  if (type === 'boolean') return false;
  if (type === 'bytea') return '\\x00';
  if (type.endsWith('[]')) return '{}';
  return 'x';
}

test.run();
