/** Calendar arithmetic and cadences: cases as data, daylight-saving changes among them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cadence, Duration } from '../../compiler/ir.ts';
import { nextReview } from '../../runtime/cadence.ts';
import {
  addDuration,
  calendarPeriod,
  dateOf,
  daysBetween,
  isZone,
  momentOf,
  momentText,
  nextMidnight,
} from '../../runtime/calendar.ts';
import { feasible } from '../../runtime/quiet.ts';

const at = (iso: string) => Date.parse(iso);
const iso = (ms: number) => new Date(ms).toISOString().replace('.000Z', 'Z');

const additions: { from: string; add: Duration; zone: string; to: string; why: string }[] = [
  {
    from: '2026-03-28T12:00:00Z',
    add: { amount: 1, unit: 'days' },
    zone: 'Europe/London',
    to: '2026-03-29T11:00:00Z',
    why: 'the same local time over the spring change',
  },
  {
    from: '2026-03-28T12:00:00Z',
    add: { amount: 24, unit: 'hours' },
    zone: 'Europe/London',
    to: '2026-03-29T12:00:00Z',
    why: 'hours are exact',
  },
  {
    from: '2026-10-24T12:00:00Z',
    add: { amount: 1, unit: 'weeks' },
    zone: 'America/New_York',
    to: '2026-10-31T12:00:00Z',
    why: 'no change of clocks there yet',
  },
  {
    from: '2026-01-31T09:00:00Z',
    add: { amount: 1, unit: 'months' },
    zone: 'UTC',
    to: '2026-02-28T09:00:00Z',
    why: 'a month from the 31st ends with the month',
  },
  {
    from: '2026-03-28T01:30:00Z',
    add: { amount: 1, unit: 'days' },
    zone: 'Europe/London',
    to: '2026-03-29T01:30:00Z',
    why: 'a skipped local time is the moment after the gap',
  },
];
for (const one of additions) {
  test(`addDuration: ${one.why}`, () => assert.is(iso(addDuration(at(one.from), one.add, one.zone)), one.to));
}

test('the date of a moment follows the zone', () => {
  assert.is(dateOf(at('2026-01-05T23:30:00Z'), 'Europe/Paris'), '2026-01-06');
  assert.is(dateOf(at('2026-01-05T23:30:00Z'), 'America/New_York'), '2026-01-05');
  assert.is(dateOf(at('2026-01-05T23:30:00Z'), 'Europe/Paris'), '2026-01-06');
});

test('a day of a clock change is 23 or 25 hours long', () => {
  assert.is(nextMidnight(at('2026-03-29T12:00:00Z'), 'Europe/London') - at('2026-03-29T00:00:00Z'), 23 * 3_600_000);
  assert.is(nextMidnight(at('2026-10-25T12:00:00Z'), 'Europe/London') - at('2026-10-24T23:00:00Z'), 25 * 3_600_000);
});

test('weeks begin on Monday and months on the first', () => {
  const week = calendarPeriod(at('2026-01-07T12:00:00Z'), 'week', 'UTC');
  assert.equal([iso(week.start), iso(week.end)], ['2026-01-05T00:00:00Z', '2026-01-12T00:00:00Z']);
  const month = calendarPeriod(at('2026-02-07T12:00:00Z'), 'month', 'UTC');
  assert.equal([iso(month.start), iso(month.end)], ['2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z']);
});

test('days between dates, texts and zones', () => {
  assert.is(daysBetween('2026-03-28', '2026-03-30'), 2);
  assert.is(momentText(at('2026-01-05T18:00:00Z'), 'UTC'), 'Mon 5 Jan, 18:00');
  assert.is(isZone('Europe/London'), true);
  assert.is(isZone('Mars/Olympus'), false);
  assert.is(isZone(''), false);
});

const monWedFri: Cadence = { kind: 'on-days', days: ['mon', 'wed', 'fri'], at: 18 * 60 };
const reviews: {
  why: string;
  cadence: Cadence;
  spread?: number;
  since?: string;
  after: string;
  next: string;
  zone?: string;
}[] = [
  { why: 'later the same day', cadence: monWedFri, after: '2026-01-05T09:00:00Z', next: '2026-01-05T18:00:00Z' },
  { why: 'strictly after', cadence: monWedFri, after: '2026-01-05T18:00:00Z', next: '2026-01-07T18:00:00Z' },
  { why: 'over the weekend', cadence: monWedFri, after: '2026-01-09T18:00:00Z', next: '2026-01-12T18:00:00Z' },
  {
    why: 'in the person’s zone',
    cadence: monWedFri,
    after: '2026-01-05T09:00:00Z',
    next: '2026-01-05T23:00:00Z',
    zone: 'America/New_York',
  },
  {
    why: 'every three days from the start of the visit',
    cadence: { kind: 'every', days: 3, at: 540 },
    since: '2026-01-05T12:00:00Z',
    after: '2026-01-05T12:00:00Z',
    next: '2026-01-08T09:00:00Z',
  },
  {
    why: 'after a long time',
    cadence: { kind: 'every', days: 3, at: 540 },
    since: '2026-01-05T12:00:00Z',
    after: '2026-06-01T12:00:00Z',
    next: '2026-06-04T09:00:00Z',
  },
];
for (const one of reviews) {
  test(`nextReview: ${one.why}`, () => {
    const next = nextReview(
      { cadence: one.cadence, spreadMinutes: 0 },
      at(one.since ?? one.after),
      at(one.after),
      one.zone ?? 'UTC',
      'e1',
    );
    assert.is(iso(next), one.next);
  });
}

test('a spread gives each enrollment its own constant place, inside the spread', () => {
  const offsets = Array.from({ length: 200 }, (_, index) => {
    const place = (after: string) =>
      nextReview({ cadence: monWedFri, spreadMinutes: 120 }, 0, at(after), 'UTC', `enrollment-${index}`);
    const first = place('2026-01-05T09:00:00Z') - at('2026-01-05T18:00:00Z');
    assert.is(place('2026-01-06T09:00:00Z') - at('2026-01-07T18:00:00Z'), first);
    return first / 60_000;
  });
  assert.ok(offsets.every((offset) => offset >= 0 && offset < 120));
  assert.ok(new Set(offsets).size > 60, 'the places differ');
});

const quiet = { from: 21 * 60, to: 8 * 60 };
const feasibles: [string, string, string][] = [
  ['2026-01-05T20:59:00Z', '2026-01-05T20:59:00Z', 'before quiet hours'],
  ['2026-01-05T21:00:00Z', '2026-01-06T08:00:00Z', 'at their start'],
  ['2026-01-06T03:00:00Z', '2026-01-06T08:00:00Z', 'after midnight'],
  ['2026-01-06T08:00:00Z', '2026-01-06T08:00:00Z', 'at their end'],
];
for (const [from, to, why] of feasibles) {
  test(`feasible: ${why}`, () => assert.is(iso(feasible(at(from), quiet, 'UTC')), to));
}

test('quiet hours end by the local clock on the night of a change', () => {
  assert.is(iso(feasible(at('2026-03-28T22:00:00Z'), quiet, 'Europe/London')), '2026-03-29T07:00:00Z');
  assert.is(iso(momentOf('2026-03-29', 8 * 60, 'Europe/London')), '2026-03-29T07:00:00Z');
});

test.run();
