/**
 * "Did you mean": the known word closest to a mistyped one.
 *
 * Used for keywords here and for the author's own names in the compiler. Deliberately shy: a
 * suggestion that is not obviously right costs more trust than none.
 */

/** Longer words are never mistyped keywords, and comparing them would be slow. */
const WORD_LENGTH_MAX = 60;
/** Names compared; nobody has more of one kind, and each costs a comparison letter by letter. */
const CANDIDATES_MAX = 2000;

/**
 * The candidate nearest to `word`, or undefined when none is near enough. Letter case is ignored;
 * swapped neighbors count as one mistake. Of equally near candidates the first one wins.
 */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > WORD_LENGTH_MAX) return undefined;
  const lower = word.toLowerCase();
  let best: string | undefined;
  let bestDistance = allowance(word.length) + 1;
  let compared = 0;
  for (const candidate of candidates) {
    if (++compared > CANDIDATES_MAX) break;
    if (candidate === word || candidate.length > WORD_LENGTH_MAX) continue;
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue;
    const distance = editDistance(lower, candidate.toLowerCase());
    // A word that would have to change in every letter is another word, however short.
    if (distance < bestDistance && distance < Math.min(candidate.length, word.length)) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** One mistake in a short word, two in a middling one, three in a long one. */
function allowance(length: number): number {
  if (length <= 4) return 1;
  return length <= 8 ? 2 : 3;
}

/** Insertions, deletions, replacements and swaps of neighbors (optimal string alignment). */
function editDistance(a: string, b: string): number {
  let older: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min(replaced, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (older[j - 2] ?? 0) + 1);
      }
      current.push(least);
    }
    older = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}
