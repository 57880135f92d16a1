/**
 * A value as it will be stored and read again: a copy that holds only what JSON knows.
 *
 * What JSON does not know (NaN, Infinity, `undefined`) must not mean one thing now and another when
 * the enrollment is rebuilt. Plain values are copied directly, which is ten times as quick; anything
 * out of the ordinary takes the way through the text.
 */

/** What stands for: this is not plain, take the long way. */
const odd = Symbol('odd');
/** Deeper than this nothing is copied directly. */
const depthMax = 50;

export function asStored<T>(value: T): T {
  const copied = copy(value, 0);
  return (copied === odd ? JSON.parse(JSON.stringify(value)) : copied) as T;
}

function copy(value: unknown, depth: number): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON has no -0 either.
      return Number.isFinite(value) && !Object.is(value, -0) ? value : odd;
    case 'object':
      if (value === null) return null;
      if (depth >= depthMax) return odd;
      return Array.isArray(value) ? copyArray(value, depth) : copyObject(value, depth);
    default:
      return odd;
  }
}

function copyArray(values: unknown[], depth: number): unknown {
  const copies: unknown[] = [];
  // By index: a hole reads as `undefined`, which is odd.
  for (let index = 0; index < values.length; index += 1) {
    const copied = copy(values[index], depth + 1);
    if (copied === odd) return odd;
    copies.push(copied);
  }
  return copies;
}

function copyObject(value: object, depth: number): unknown {
  const kind = Object.getPrototypeOf(value);
  if ((kind !== Object.prototype && kind !== null) || 'toJSON' in value) return odd;
  const copies: Record<string, unknown> = {};
  for (const key of Object.keys(value)) {
    const copied = key === '__proto__' ? odd : copy((value as Record<string, unknown>)[key], depth + 1);
    if (copied === odd) return odd;
    copies[key] = copied;
  }
  return copies;
}
