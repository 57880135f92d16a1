/**
 * Moments on their way into the database: milliseconds as the text Postgres reads.
 */

/** Moments asked for lately, at the place their number gives them: in a batch most are the same again. */
const recent: { at: number; text: string }[] = [];
/** A power of two. */
const recentMax = 64;

export function isoOf(at: number): string;
export function isoOf(at: number | null): string | null;
export function isoOf(at: number | null): string | null {
  if (at === null) return null;
  const place = at & (recentMax - 1);
  const known = recent[place];
  if (known?.at === at) return known.text;
  const text = new Date(at).toISOString();
  recent[place] = { at, text };
  return text;
}
