/**
 * Makes texts from outside storable: Postgres's JSON takes neither the character NUL nor half of a
 * surrogate pair. Everything else stays as it came, but for what is nested deeper than anything the
 * language knows: that is left out, so that no nesting is too deep to walk through.
 */

/** Entries, their fields and the parts of a value lie far above this. */
const nestingMax = 32;

/** The same value with every text in it cleaned. */
export function cleanText<T>(value: T, nesting = 0): T {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed() as T;
  if (typeof value === 'object' && value !== null && nesting === nestingMax) return null as T;
  if (Array.isArray(value)) return value.map((one) => cleanText(one, nesting + 1)) as T;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [cleanText(name), cleanText(one, nesting + 1)]),
    ) as T;
  }
  return value;
}
