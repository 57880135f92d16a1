/**
 * Moments on their way into the database: milliseconds as the text Postgres reads.
 */

export function isoOf(at: number): string;
export function isoOf(at: number | null): string | null;
export function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
