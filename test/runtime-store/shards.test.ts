/** Fit for shards: the list of docs/operations.md is the catalog's, and every key begins with the workspace. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withDatabase } from '../support/database.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
/** Tables that lie on every node, or on one: their keys are their own. */
const elsewhere = ['migrations', 'workspaces'];

test('the page names every table with its distribution key', () =>
  withDatabase(async (database) => {
    const { sql } = await database.open();
    const told = [...page.matchAll(/^\| `(\w+)` \| (?:`(workspace_id)`|reference|local) \|$/gm)].map((match) => ({
      table: match[1],
      key: match[2] ?? null,
    }));
    const there = await sql<{ table: string; key: string | null }[]>`
      select c.relname as table, (select attname from pg_attribute a
        where a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped) as key
      from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;
    const byName = (a: { table?: string | undefined }, b: { table?: string | undefined }) =>
      (a.table ?? '') < (b.table ?? '') ? -1 : 1;
    assert.equal(told.sort(byName), there.map(({ table, key }) => ({ table, key })).sort(byName));
  }));

test('every primary, unique and foreign key begins with the workspace', () =>
  withDatabase(async (database) => {
    const { sql } = await database.open();
    const keys = await sql<{ table: string; name: string; first: string }[]>`
      select i.indrelid::regclass::text as table, i.indexrelid::regclass::text as name, a.attname as first
      from pg_index i join pg_class c on c.oid = i.indrelid
      join pg_attribute a on a.attrelid = i.indrelid and a.attnum = i.indkey[0]
      where c.relnamespace = 'public'::regnamespace and i.indisunique
      union all
      select conrelid::regclass::text, conname, a.attname from pg_constraint
      join pg_attribute a on a.attrelid = conrelid and a.attnum = conkey[1]
      where connamespace = 'public'::regnamespace and contype = 'f'`;
    assert.ok(keys.length > 40, `${keys.length} keys`);
    const wrong = keys.filter(({ table, first }) => !elsewhere.includes(table) && first !== 'workspace_id');
    assert.equal(
      wrong.map(({ table, name, first }) => `${table}: ${name} begins with ${first}`),
      [],
    );
  }));

test.run();
