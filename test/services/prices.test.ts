/** Prices as cases: model, tokens, day → US dollars. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { priceOf, type TokenCounts } from '../../server/services/prices.ts';

const test = suite('prices');
const million = 1_000_000;
const none: TokenCounts = { input: 0, output: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0 };
const day = (text: string) => Date.parse(`${text}T12:00:00Z`);

const cases: [string, string, Partial<TokenCounts>, string, number][] = [
  ['nothing', 'claude-sonnet-5-5', {}, '2026-11-21', 0],
  ['input', 'claude-sonnet-5-5', { input: million }, '2026-11-21', 2],
  ['output', 'claude-sonnet-5-5', { output: million }, '2026-11-21', 10],
  [
    'every kind at once',
    'claude-sonnet-5-5',
    { input: 1000, output: 200, cacheRead: 5000, cacheWrite5m: 400, cacheWrite1h: 100 },
    '2026-11-21',
    0.002 + 0.002 + 0.0005 + 0.001 + 0.0004,
  ],
  ['cache read before a cut in price', 'claude-sonnet-5-5', { cacheRead: million }, '2026-10-06', 0.2],
  ['cache read after it', 'claude-sonnet-5-5', { cacheRead: million }, '2026-10-08', 0.1],
  ['before the first row, the first row', 'claude-sonnet-5-5', { cacheRead: million }, '2020-01-01', 0.2],
  ['far ahead, the last row', 'claude-sonnet-5-5', { cacheRead: million }, '2090-01-01', 0.1],
  ['a short prompt of Haiku', 'claude-haiku-5-5', { input: 100_000, output: 1000 }, '2026-11-21', 0.01 + 0.0005],
  [
    'a long prompt of Haiku: all of it at the higher price',
    'claude-haiku-5-5',
    { input: 100_001, output: 1000 },
    '2026-11-21',
    0.0500005 + 0.0025,
  ],
  [
    'cached tokens count towards the length',
    'claude-haiku-5-5',
    { input: 1, cacheRead: 100_000 },
    '2026-11-21',
    (0.5 + 100_000 * 0.05) / million,
  ],
  ['output does not', 'claude-haiku-5-5', { input: 100_000, output: 100_000 }, '2026-11-21', 0.01 + 0.05],
  ['a dated snapshot', 'claude-haiku-4-5-20251001', { input: million }, '2026-11-21', 1],
  ['Opus', 'claude-opus-5-5', { input: million, cacheWrite1h: million }, '2026-11-21', 12],
];
for (const [what, model, tokens, when, usd] of cases) {
  test(what, () => {
    const price = priceOf(model, { ...none, ...tokens }, day(when));
    assert.ok(Math.abs(price.usd - usd) < 1e-9, `${price.usd} is not ${usd}`);
    assert.is(price.known, true);
  });
}

test('a model without a row is charged like the dearest, and says so', () => {
  const unknown = priceOf('somebody-elses-model', { ...none, input: million, output: million }, day('2026-11-21'));
  assert.is(unknown.known, false);
  for (const [, model] of cases)
    assert.ok(unknown.usd >= priceOf(model, { ...none, input: million, output: million }, day('2026-11-21')).usd);
});

test.run();
