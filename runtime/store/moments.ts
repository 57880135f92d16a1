/**
 * Moments on their way into the database: milliseconds as the text Postgres reads.
 */

/** The moment asked for last: in a batch it is mostly the same again. */
const last = { at: Number.NaN, text: '' };

export function isoOf(at: number): string;
export function isoOf(at: number | null): string | null;
export function isoOf(at: number | null): string | null {
  if (at === null) return null;
  if (at !== last.at) {
    last.text = new Date(at).toISOString();
    last.at = at;
  }
  return last.text;
}
