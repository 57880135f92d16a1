/**
 * What the control surface says, as the service doors write it: snake_case, and moments in ISO 8601.
 */
import type { Value } from '../../compiler/ir.ts';
import type { Page } from '../../runtime/operator-control.ts';
import { writeValue } from '../../runtime/write-value.ts';

/** A moment in ms → `2026-01-05T07:30:00.000Z`. */
export const written = (at: number): string => new Date(at).toISOString();

export const writtenOrNull = (at: number | null): string | null => (at === null ? null : written(at));

/** A value as it can be handed in again: texts, numbers and booleans as they are, the rest as a text. */
export function plainValue(value: Value): string | number | boolean | null {
  if (value === null || typeof value !== 'object') return value;
  if ('at' in value) return written(value.at);
  if ('date' in value) return value.date;
  return writeValue(value, 'UTC');
}

export const plainValues = (values: Record<string, Value>): Record<string, string | number | boolean | null> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, plainValue(value)]));

/** A page with each row written. */
export const writePage = <Row, Written>({ rows, next }: Page<Row>, write: (row: Row) => Written) => ({
  data: rows.map(write),
  next_cursor: next,
});

/** What a list's page is asked for with. */
export const pageAsked = ({ limit, cursor }: { limit?: number; cursor?: string }, usual: number) => ({
  limit: limit ?? usual,
  ...(cursor === undefined ? {} : { after: cursor }),
});
