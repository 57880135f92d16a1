/** Where moments fall: the next one that fits, in the person's zone, through a change of the clocks. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { addDurations, placeMoment, readDurations, readMoment } from '../../../cli/read-moments.ts';

const monday = Date.parse('2026-01-05T09:00:00Z');
const london = 'Europe/London';

/** What is typed on Monday 5 January 2026 at 09:00 in London, day 1, and the moment it means. */
const cases: [text: string, moment: string][] = [
  ['wed 07:30', '2026-01-07T07:30:00Z'],
  ['Wednesday at 07:30', '2026-01-07T07:30:00Z'],
  ['mon 08:00', '2026-01-12T08:00:00Z'],
  ['mon 10:00', '2026-01-05T10:00:00Z'],
  ['18:00', '2026-01-05T18:00:00Z'],
  ['08:59', '2026-01-06T08:59:00Z'],
  ['fri', '2026-01-09T09:00:00Z'],
  ['day 33 at 12:00', '2026-02-06T12:00:00Z'],
  ['2026-07-01 12:00', '2026-07-01T11:00:00Z'],
  ['2026-07-01T12:00', '2026-07-01T11:00:00Z'],
  ['2026-07-01T12:00:00+02:00', '2026-07-01T10:00:00Z'],
];

const test = suite('moments');

for (const [text, moment] of cases) {
  test(text, () => {
    const read = readMoment(text);
    assert.ok(read);
    assert.is(new Date(placeMoment(read, monday, london, '2026-01-05')).toISOString(), new Date(moment).toISOString());
  });
}

for (const text of ['', 'soon', '24:00', '12:60', '2026-13-01', 'day 0', 'wed thu', '07:00 08:00', 'wensday']) {
  test(`is no moment: ${text}`, () => assert.is(readMoment(text), undefined));
}

for (const text of ['', 'd', '3', '3 fortnights', '-3d', '99999d', '3d oops']) {
  test(`is no duration: ${text}`, () => assert.is(readDurations(text), undefined));
}

test('days keep the local time of day when the clocks change, hours do not', () => {
  const before = Date.parse('2026-03-28T09:00:00Z');
  const after = (text: string) => new Date(addDurations(before, readDurations(text) ?? [], london)).toISOString();
  assert.is(after('1d'), '2026-03-29T08:00:00.000Z');
  assert.is(after('24h'), '2026-03-29T09:00:00.000Z');
  assert.is(after('1 week, 2 hours'), '2026-04-04T10:00:00.000Z');
});

test.run();
