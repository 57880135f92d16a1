/**
 * Calendar arithmetic in every zone there is, 2020 to 2040, against Luxon and `Intl`.
 *
 * A bounded sample of `npm run fuzz -- --calendar N`, with a seed that never changes; and what that
 * cannot ask: zones whose clocks jump at midnight, skip a day, or change by half an hour.
 */
import { Temporal } from 'temporal-polyfill';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addDuration, dateOf, momentOf, nextClockChange, startOfDay } from '../../runtime/calendar.ts';
import { addMonths, civilOf, dateOfDay, dayNumber, dayOfCivil } from '../../runtime/dates.ts';
import { allZones, compareCalendars } from '../fuzz/calendar.ts';

test('a sample of every zone', () => {
  const zones = allZones();
  const { failures, tried } = compareCalendars(20261121, 6, zones);
  assert.equal(failures, []);
  assert.ok(zones.length > 400 && tried > 2400, `${zones.length} zones, ${tried} moments`);
});

const at = (iso: string): number => Date.parse(iso);
const cases: [string, number, number][] = [
  [
    'midnight is skipped: the day begins an hour later',
    startOfDay('2018-11-04', 'America/Sao_Paulo'),
    at('2018-11-04T03:00Z'),
  ],
  ['midnight comes twice: the first counts', startOfDay('2026-11-01', 'America/Havana'), at('2026-11-01T04:00Z')],
  ['a day that never was begins with the next', startOfDay('2011-12-30', 'Pacific/Apia'), at('2011-12-30T10:00Z')],
  ['half an hour is skipped', momentOf('2026-10-04', 2 * 60 + 15, 'Australia/Lord_Howe'), at('2026-10-03T15:45Z')],
  ['an hour comes twice: the first', momentOf('2026-10-25', 90, 'Europe/London'), at('2026-10-25T00:30Z')],
  ['an hour is skipped: as long after', momentOf('2026-03-29', 90, 'Europe/London'), at('2026-03-29T01:30Z')],
  [
    'no days later in the second of two hours',
    addDuration(at('2026-10-25T01:30Z'), { amount: 0, unit: 'days' }, 'Europe/London'),
    at('2026-10-25T01:30Z'),
  ],
  ['clocks that are never changed', nextClockChange(at('2026-01-01'), 'Asia/Kolkata'), Number.POSITIVE_INFINITY],
  ['clocks of the year 9999', dayNumber(dateOf(at('9999-12-31T23:30Z'), 'Europe/London')), dayNumber('9999-12-31')],
];
for (const [name, ours, expected] of cases) test(name, () => assert.is(ours, expected));

test('years, months and days of the whole calendar, as Temporal counts them', () => {
  const first = Temporal.PlainDate.from('1970-01-01');
  for (let number = -719_528; number < 2_932_000; number += 1237) {
    const there = first.add({ days: number });
    assert.equal(civilOf(number), { year: there.year, month: there.month, day: there.day });
    assert.is(dayOfCivil(there.year, there.month, there.day), number);
    assert.is(dateOfDay(number), there.toString());
    assert.is(dayNumber(there.toString()), number);
    const months = number % 50;
    assert.is(dateOfDay(addMonths(number, months)), there.add({ months }).toString());
  }
});

test('no date is read out of what is none', () => {
  for (const text of ['2026-1-05x', '2026/01/05', 'garbage!!!', '20260-1-05'])
    assert.ok(Number.isNaN(dayNumber(text)) || dateOfDay(dayNumber(text)) !== text, text);
});

test('a zone that does not exist is an error, not a guess', () => {
  assert.throws(
    () => dateOf(0, 'Mars/Olympus'),
    (problem: Error) => problem instanceof RangeError,
  );
});

test.run();
