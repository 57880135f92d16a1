/** Reviews fall once for each day of their cadence, whatever the zone, the spread and the clocks do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cadence } from '../../compiler/ir.ts';
import { nextReview } from '../../runtime/cadence.ts';
import { addDays, dateOf, daysBetween, momentOf, weekdayOf } from '../../runtime/calendar.ts';

const minute = 60_000;
const since = Date.parse('2026-03-01T22:15:00Z');
const days = 250;

const cadences: { name: string; cadence: Cadence; spreadMinutes: number }[] = [
  {
    name: 'daily in the hour that is skipped',
    cadence: { kind: 'on-days', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: 150 },
    spreadMinutes: 0,
  },
  {
    name: 'two days, spread over midnight',
    cadence: { kind: 'on-days', days: ['mon', 'thu'], at: 23 * 60 + 30 },
    spreadMinutes: 180,
  },
  {
    name: 'daily, spread over a whole day',
    cadence: { kind: 'on-days', days: ['sun', 'mon'], at: 23 * 60 + 59 },
    spreadMinutes: 24 * 60,
  },
  {
    name: 'every three days, spread over midnight',
    cadence: { kind: 'every', days: 3, at: 23 * 60 + 30 },
    spreadMinutes: 120,
  },
  { name: 'every day in the hour that comes twice', cadence: { kind: 'every', days: 1, at: 75 }, spreadMinutes: 30 },
];

for (const { name, cadence, spreadMinutes } of cadences) {
  for (const zone of ['UTC', 'Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia']) {
    test(`${name}, ${zone}`, () => {
      for (const enrollment of ['e1', 'anna', 'x42']) {
        const next = (after: number) => nextReview({ cadence, spreadMinutes }, since, after, zone, enrollment);
        const begins = dateOf(since, zone);
        const falls: number[] = [];
        for (let after = since; after < since + days * 24 * 60 * minute; ) {
          const at = next(after);
          assert.ok(at > after);
          assert.is(next(at - 1), at, 'from just before it is the same');
          falls.push(at);
          after = at;
        }
        // The place in the spread is the same each time; taken away, it leaves the cadence's own moments.
        const place = [...Array(Math.max(1, spreadMinutes)).keys()].find((minutes) =>
          falls.every((at) => isOf(cadence, at - minutes * minute, begins, zone)),
        );
        assert.ok(place !== undefined, 'every review is one of the cadence');
        const dates = falls.map((at) => dateOf(at - (place ?? 0) * minute, zone));
        assert.is(new Set(dates).size, dates.length, 'once a day at most');
        for (const [index, date] of dates.entries()) {
          const before = dates[index - 1];
          if (before === undefined) continue;
          for (let day = addDays(before, 1); day < date; day = addDays(day, 1))
            assert.not(isOf(cadence, momentOf(day, cadence.at, zone), begins, zone), `${day} is not left out`);
        }
      }
    });
  }
}

function isOf(cadence: Cadence, at: number, begins: string, zone: string): boolean {
  const date = dateOf(at, zone);
  if (momentOf(date, cadence.at, zone) !== at) return false;
  return cadence.kind === 'every'
    ? daysBetween(begins, date) % cadence.days === 0
    : cadence.days.includes(weekdayOf(date));
}

test.run();
