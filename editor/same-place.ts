/**
 * Where the cursor belongs after formatting: in the same word, wherever that has gone.
 *
 * Formatting changes blanks and optional commas alone, so a place is known by how much else stands
 * before it.
 */
const isSpacing = (char: string) => /[\s,]/.test(char);

/** The offset in `after` that has as much before it as `offset` has in `before`. */
export function samePlace(before: string, after: string, offset: number): number {
  let left = 0;
  for (let i = 0; i < Math.min(offset, before.length); i++) if (!isSpacing(before.charAt(i))) left++;
  let at = 0;
  while (at < after.length && left > 0) {
    if (!isSpacing(after.charAt(at))) left--;
    at++;
  }
  // Before a word, not behind the one before it.
  const beforeWord = offset < before.length && !isSpacing(before.charAt(offset));
  const behindWord = offset > 0 && !isSpacing(before.charAt(offset - 1));
  if (beforeWord && !behindWord) while (at < after.length && isSpacing(after.charAt(at))) at++;
  return at;
}
