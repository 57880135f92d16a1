/**
 * A value as it will be stored and read again: only what JSON knows.
 *
 * What JSON does not know (NaN, Infinity, `undefined`) must not mean one thing now and another when
 * the enrollment is rebuilt. Nearly every value is plain and comes out as it was; anything out of
 * the ordinary takes the way through the text. Whoever gives a value does not change it afterwards.
 */

/** Deeper than this nothing is looked through. */
const depthMax = 50;

export const asStored = <T>(value: T): T => (isPlain(value, 0) ? value : JSON.parse(JSON.stringify(value)));

function isPlain(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  // JSON has no -0 either.
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || depth >= depthMax) return false;
  return Array.isArray(value) ? isPlainArray(value, depth) : isPlainObject(value, depth);
}

function isPlainArray(values: unknown[], depth: number): boolean {
  // By index: a hole reads as `undefined`, which is not plain.
  for (let index = 0; index < values.length; index += 1) if (!isPlain(values[index], depth + 1)) return false;
  return true;
}

function isPlainObject(value: object, depth: number): boolean {
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  for (const key in value) {
    if (key === 'toJSON' || key === '__proto__') return false;
    if (!isPlain((value as Record<string, unknown>)[key], depth + 1)) return false;
  }
  return true;
}
