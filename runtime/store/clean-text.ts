/**
 * Makes texts from outside storable: Postgres's JSON takes neither the character NUL nor half of a
 * surrogate pair. Everything else stays as it came.
 */

/** The same value with every text in it cleaned. */
export function cleanText<T>(value: T): T {
  if (typeof value === 'string') return value.replaceAll('\0', '').toWellFormed() as T;
  if (Array.isArray(value)) return value.map((one) => cleanText(one)) as T;
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [cleanText(name), cleanText(one)])) as T;
  }
  return value;
}
