/**
 * Columns of many rows on their way into the database: all values of one as one text, a line each.
 *
 * Postgres takes it apart twice as fast as anything else, and Node has nothing to escape.
 */
import type { Sql } from './store.ts';

type Value = string | number | boolean | null;

/** Makes columns of rows: each of what is picked of them. */
export const columnsOf =
  <Row>(sql: Sql, rows: readonly Row[]) =>
  (pick: (row: Row) => Value) =>
    column(sql, rows.map(pick));

/**
 * The values as `text[]`, for a cast to what they are. A row without a value has null there; a single one gives an
 * empty list, which `unnest` fills up beside a column that has values.
 */
export function column(sql: Sql, values: readonly Value[]) {
  // A text that is empty or has lines of its own could not be told from others.
  const isPlain = values.every((value) => typeof value !== 'string' || (value !== '' && !value.includes('\n')));
  return isPlain
    ? sql`string_to_array(${values.join('\n')}, E'\\n', '')`
    : sql`${values.map((value) => (value === null ? null : String(value)))}::text[]`;
}
