/**
 * A failing text made smaller while it still fails in the same way.
 *
 * Takes away lines, then stretches of characters, ever smaller ones. Bounded: a failure that is slow
 * to repeat is handed back larger than it could be.
 */

const attemptsMax = 2000;
const shrinkMs = 20_000;

/** `fails` must be true of `text`. Gives a text for which it is still true, often a much smaller one. */
export function shrink(text: string, fails: (text: string) => boolean): string {
  const deadline = performance.now() + shrinkMs;
  let attempts = 0;
  const go = (candidate: string) => ++attempts <= attemptsMax && performance.now() < deadline && fails(candidate);
  let smallest = without(text.split('\n'), (lines) => go(lines.join('\n'))).join('\n');
  smallest = without([...smallest.split(/(?<=\s)/)], (words) => go(words.join(''))).join('');
  return without([...smallest], (characters) => go(characters.join(''))).join('');
}

/** Delta debugging: halves, quarters and so on are left out as long as `fails` says that the rest still does. */
function without(parts: string[], fails: (parts: string[]) => boolean): string[] {
  let rest = parts;
  for (let size = Math.ceil(rest.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < rest.length; ) {
      const candidate = [...rest.slice(0, at), ...rest.slice(at + size)];
      if (candidate.length < rest.length && fails(candidate)) rest = candidate;
      else at += size;
    }
  }
  return rest;
}
