/**
 * A plain value in which every text is the one that engines keep for names.
 *
 * Two equal texts may lie in memory twice, and then they are compared letter by letter whenever one is used to
 * look something up: a field, a handler, a stage. Of a text that has been the name of a property there is one
 * only. A program is read once and asked millions of times, so its texts are made such ones when it is loaded.
 */

/** A copy; it means the same. */
export function interned<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (typeof value === 'string') return Object.keys({ [value]: true })[0];
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copy);
  const copies: Record<string, unknown> = { ...value };
  for (const name of Object.keys(copies)) copies[name] = copy(copies[name]);
  return copies;
}
