/**
 * A test's database as an earlier version of Regimen left it: tables from before one of the migrations, which then runs
 * over what lives in them.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type postgres from 'postgres';
import connect from '../../runtime/store/driver.ts';
import type { TestDatabase } from './database.ts';

const folder = new URL('../../runtime/migrations/', import.meta.url);

/** The tables from before the migration with this number, for the time of `work`; `migrate` runs that one. */
export async function withEarlier(
  { url }: TestDatabase,
  number: string,
  work: (sql: postgres.Sql, migrate: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const files = readdirSync(folder).sort();
  const own = files.findIndex((file) => file.startsWith(number));
  if (own < 0) throw new Error(`There is no migration ${number}.`);
  const sql = connect(url, { max: 1, onnotice: () => {} });
  const run = async (some: string[]) => {
    for (const file of some) await sql.unsafe(readFileSync(new URL(file, folder), 'utf8'));
  };
  try {
    await sql.unsafe('drop schema public cascade; create schema public');
    await run(files.slice(0, own));
    await work(sql, () => run(files.slice(own, own + 1)));
  } finally {
    await sql.end();
  }
}

/** A program with so many versions. */
export async function addProgram(sql: postgres.Sql, name: string, versions = 1): Promise<void> {
  await sql`insert into programs values ('default', ${name}, now())`;
  await sql`
    insert into program_versions (workspace_id, program, version, path, source, hash, ir, published_by, published_at)
    select 'default', ${name}, n, '', '', '', '{}', 'test', now() from generate_series(1, ${versions}::integer) n`;
}

export async function addPerson(sql: postgres.Sql, id: string): Promise<void> {
  await sql`insert into people values ('default', ${id}, ${`${id}@acme.com`}, '', 'UTC', now())`;
}
