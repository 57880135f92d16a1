/** A value as it is stored: what is taken as plain is what comes of the way through the text. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asStored } from '../../runtime/as-stored.ts';

const throughText = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const same = (value: unknown): void => {
  assert.is(JSON.stringify(asStored(value)), JSON.stringify(throughText(value)));
  assert.equal(asStored(value), throughText(value));
};

const odd: [string, unknown][] = [
  ['what is no number', { a: Number.NaN, b: [Number.POSITIVE_INFINITY] }],
  ['less than nothing of nothing', { a: -0 }],
  ['what is not there', { a: undefined, b: [undefined, 1] }],
  ['a hole', Object.assign([1], { 2: 3 })],
  ['something that says how it is stored', { a: { toJSON: () => 'told' } }],
  ['a date', { a: new Date(0) }],
  ['a key that means something', JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}')],
  ['an object without a prototype', Object.assign(Object.create(null), { a: 1 })],
  ['a function', { a: () => 1, b: 2 }],
  [
    'an object of a class',
    {
      a: new (class {
        b = 1;
      })(),
    },
  ],
];
for (const [name, value] of odd) test(name, () => same(value));

test('anything', () => {
  fc.assert(
    fc.property(fc.anything({ withNullPrototype: true, withDate: true, withSparseArray: true }), (value) =>
      same({ value }),
    ),
    {
      seed: 4,
      numRuns: 400,
    },
  );
});

test('what is plain is not copied, and what is not is left as it was', () => {
  const plain = { fields: { minutes: 3, felt: null }, list: [{ a: 1 }], said: true };
  assert.is(asStored(plain), plain);
  const given = { fields: { minutes: Number.NaN } };
  assert.equal(asStored(given), { fields: { minutes: null } });
  assert.ok(Number.isNaN(given.fields.minutes));
});

test('a polluted key pollutes nobody', () => {
  asStored(JSON.parse('{"a": {"__proto__": {"polluted": true}}}'));
  assert.is(({} as { polluted?: boolean }).polluted, undefined);
});

test('deeper than anybody goes', () => {
  let deep: unknown = 1;
  for (let depth = 0; depth < 200; depth += 1) deep = { deep };
  same(deep);
});

test.run();
