/**
 * Places in lists, as texts that mean nothing to whoever holds them.
 *
 * A page is read from a place on, so that what is added meanwhile neither repeats nor hides a row.
 */
import { Refusal } from '../control.ts';
import { pageMax } from './limits.ts';

/** Longest text taken as a place. */
const cursorLengthMax = 400;

/** A place: the values that the list is ordered by. */
export const writeCursor = (place: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(place)).toString('base64url');

/** Reads a place back; `kinds` says what it must hold. Refuses anything else. */
export function readCursor<T extends readonly (string | number)[]>(
  text: string,
  kinds: { [K in keyof T]: 'string' | 'number' },
): T {
  if (text.length <= cursorLengthMax && /^[A-Za-z0-9_-]+$/.test(text)) {
    try {
      const place: unknown = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
      if (
        Array.isArray(place) &&
        place.length === kinds.length &&
        place.every(
          (one, index) => typeof one === kinds[index] && (typeof one === 'string' || Number.isSafeInteger(one)),
        )
      )
        return place as unknown as T;
    } catch {
      // Not one of ours.
    }
  }
  throw new Refusal('malformed', 'The cursor is not one that was given out. Begin with the first page, without one.');
}

/** As many rows as a page may have. */
export const pageOf = (limit: number): number => Math.max(1, Math.min(Math.trunc(limit) || 1, pageMax));

/** Cuts a page out of rows of which one more than the page has was read. */
export function pageFrom<Row, Shown>(
  rows: readonly Row[],
  limit: number,
  place: (row: Row) => readonly (string | number)[],
  show: (row: Row) => Shown,
): { rows: Shown[]; next: string | null } {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return { rows: page.map(show), next: rows.length > limit && last !== undefined ? writeCursor(place(last)) : null };
}
