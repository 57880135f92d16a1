/** Columns of many rows arrive in the database as they were, whatever stands in them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { column } from '../../runtime/store/columns.ts';
import { commit } from '../../runtime/store/commit.ts';
import { withDatabase } from '../support/database.ts';
import { begin, monday } from './story.ts';

const test = suite('columns');

type Values = (string | number | boolean | null)[];

const cases: [what: string, values: Values, type: string][] = [
  ['texts', ['one', 'two'], 'text'],
  ['a text of more lines', ['one\ntwo', 'three'], 'text'],
  ['an empty text', ['', 'one', ''], 'text'],
  ['only an empty text', [''], 'text'],
  ['null beside texts', [null, 'one', null], 'text'],
  ['null beside a text of more lines', [null, 'one\n', null], 'text'],
  ['the word null, and what arrays are written with', ['null', 'NULL', '{a,"b"}', '\\N', '\\'], 'text'],
  ['the same beside a text of more lines', ['null', 'NULL', '{a,"b"}', '\\N', '\\', 'one\ntwo', null], 'text'],
  ['what ends lines elsewhere', ['one\rtwo', '\r', '\t', '\u2028', ' one '], 'text'],
  ['numbers', [1, -2, 0, 2_147_483_647], 'integer'],
  ['null beside numbers', [null, 7], 'integer'],
  ['booleans', [true, false, null], 'boolean'],
  ['places', ['(0,1)', '(4294967294,65535)'], 'tid'],
  ['JSON', ['{"says":"one\\ntwo"}', '{"says":"\\\\"}'], 'json'],
  [
    'moments',
    ['1900-01-01T00:00:00.000Z', '2026-01-05T09:00:00.001Z', '9999-12-31T23:59:59.999Z', null],
    'timestamptz',
  ],
];

/** As it was before the driver read it. */
const written = (value: unknown): unknown => {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
};

test('each value in its row', () =>
  withDatabase(async (database) => {
    const { sql } = await database.open();
    for (const [what, values, type] of cases) {
      const rows = await sql`
        select x.value from unnest(${values.map((_, row) => row)}::integer[], ${column(sql, values)}::${sql.unsafe(type)}[])
          as x(row, value) order by x.row`;
      assert.equal(
        rows.map(({ value }) => written(value)),
        values,
        what,
      );
    }
  }));

test('of nulls alone, each row has one', () =>
  withDatabase(async (database) => {
    const { sql } = await database.open();
    for (const count of [1, 3]) {
      const rows = await sql`
        select x.value from unnest(${Array.from({ length: count }, (_, row) => row)}::integer[],
          ${column(sql, Array(count).fill(null))}) as x(row, value)`;
      assert.equal(
        rows.map(({ value }) => value),
        Array(count).fill(null),
      );
    }
  }));

test('an input whose id has lines of its own is known again', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { enrollment } = await begin(store, { at: 'walking' });
    const input = { type: 'message', id: 'one\ntwo', channel: 'web', text: 'Hello' } as const;
    assert.is((await commit(store, { enrollment, input })).fresh, true);
    assert.is((await commit(store, { enrollment, input })).fresh, false);
    const [row] = await store.sql`select input_id as id from timeline where input_id like 'one%'`;
    assert.is(row?.id, input.id);
  }));

test.run();
