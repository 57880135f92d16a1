/** Calendar arithmetic and cadences: cases as data, daylight-saving changes among them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cadence, Duration, Ir } from '../../compiler/ir.ts';
import { addBusinessDays, type BusinessCalendar, isBusinessDay, mondayToFriday } from '../../runtime/business-days.ts';
import { nextReview } from '../../runtime/cadence.ts';
import {
  addDuration,
  addToDate,
  calendarPeriod,
  dateOf,
  daysBetween,
  durationText,
  isZone,
  momentOf,
  momentText,
  nextMidnight,
} from '../../runtime/calendar.ts';
import { feasible, mayWriteAt } from '../../runtime/quiet.ts';
import { newFacts } from '../support/facts.ts';

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

test('weeks begin on Monday, months on the first, years in January', () => {
  const week = calendarPeriod(at('2026-01-07T12:00:00Z'), 'week', 'UTC');
  assert.equal([iso(week.start), iso(week.end)], ['2026-01-05T00:00:00Z', '2026-01-12T00:00:00Z']);
  const month = calendarPeriod(at('2026-02-07T12:00:00Z'), 'month', 'UTC');
  assert.equal([iso(month.start), iso(month.end)], ['2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z']);
  const year = calendarPeriod(at('2026-02-07T12:00:00Z'), 'year', 'Europe/London');
  assert.equal([iso(year.start), iso(year.end)], ['2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z']);
});

test('days between dates, texts and zones', () => {
  assert.is(daysBetween('2026-03-28', '2026-03-30'), 2);
  assert.is(momentText(at('2026-01-05T18:00:00Z'), 'UTC'), 'Mon 5 Jan, 18:00');
  assert.is(isZone('Europe/London'), true);
  assert.is(isZone('Mars/Olympus'), false);
  assert.is(isZone(''), false);
});

const monWedFri: Cadence = { kind: 'on-days', days: ['mon', 'wed', 'fri'], at: [18 * 60] };
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
    cadence: { kind: 'every', days: 3, at: [540] },
    since: '2026-01-05T12:00:00Z',
    after: '2026-01-05T12:00:00Z',
    next: '2026-01-08T09:00:00Z',
  },
  {
    why: 'after a long time',
    cadence: { kind: 'every', days: 3, at: [540] },
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

// ---------------------------------------------------------------- business days

const berlin: BusinessCalendar = { weekend: ['sat', 'sun'], days: { '2026-04-03': '', '2026-04-06': '' } };
const gulf: BusinessCalendar = { weekend: ['fri', 'sat'], days: {} };
const never: BusinessCalendar = { weekend: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], days: {} };

const businessDays: { from: string; count: number; calendar: BusinessCalendar; to: string | null; why: string }[] = [
  { from: '2026-01-05', count: 4, calendar: mondayToFriday, to: '2026-01-09', why: 'within a week' },
  { from: '2026-01-09', count: 1, calendar: mondayToFriday, to: '2026-01-12', why: 'over a weekend' },
  { from: '2026-01-10', count: 1, calendar: mondayToFriday, to: '2026-01-12', why: 'from a Saturday' },
  { from: '2026-01-10', count: 0, calendar: mondayToFriday, to: '2026-01-10', why: 'none is the day itself' },
  { from: '2026-01-12', count: -1, calendar: mondayToFriday, to: '2026-01-09', why: 'before' },
  { from: '2026-01-11', count: -4, calendar: mondayToFriday, to: '2026-01-06', why: 'before, from a Sunday' },
  { from: '2026-04-02', count: 1, calendar: berlin, to: '2026-04-07', why: 'over Easter' },
  { from: '2026-04-07', count: -2, calendar: berlin, to: '2026-04-01', why: 'back over Easter' },
  { from: '2026-01-08', count: 2, calendar: gulf, to: '2026-01-12', why: 'another weekend' },
  { from: '2026-01-05', count: 250, calendar: mondayToFriday, to: '2026-12-21', why: 'most of a year' },
  { from: '2026-01-05', count: 1, calendar: never, to: null, why: 'where no day is one' },
  { from: '2026-01-05', count: 1e9, calendar: mondayToFriday, to: null, why: 'beyond any calendar' },
];
for (const { from, count, calendar, to, why } of businessDays) {
  test(`business days, ${why}: ${count} from ${from}`, () => {
    assert.is(addBusinessDays(from, count, calendar), to);
    assert.is(addToDate(from, { amount: count, unit: 'business-days' }, 1, calendar), to);
    const moved = addDuration(at(`${from}T10:30:00Z`), { amount: count, unit: 'business-days' }, 'UTC', 1, calendar);
    if (to === null) assert.ok(Number.isNaN(moved));
    else assert.is(iso(moved), `${to}T10:30:00Z`);
  });
}

test('a business day is one that is neither weekend nor holiday', () => {
  assert.is(isBusinessDay('2026-04-02', berlin), true);
  assert.is(isBusinessDay('2026-04-03', berlin), false);
  assert.is(isBusinessDay('2026-04-04', berlin), false);
  assert.is(isBusinessDay('2026-04-03', gulf), false);
  assert.is(isBusinessDay('2026-04-05', gulf), true);
});

// ---------------------------------------------------------------- parts of units, and how lengths read

const toDates: [string, Duration, 1 | -1, string | null][] = [
  ['2026-01-31', { amount: 1, unit: 'months' }, 1, '2026-02-28'],
  ['2026-01-05', { amount: 36, unit: 'hours' }, 1, '2026-01-06'],
  ['2026-01-05', { amount: 1.5, unit: 'weeks' }, 1, '2026-01-15'],
  ['2026-01-05', { amount: 1.5, unit: 'months' }, 1, '2026-02-20'],
  ['2026-01-05', { amount: 0.5, unit: 'years' }, -1, '2025-07-05'],
  ['2026-01-05', { amount: 9000, unit: 'years' }, 1, null],
];
for (const [from, length, sign, to] of toDates) {
  test(`${from} and ${sign * length.amount} ${length.unit} is ${to}`, () =>
    assert.is(addToDate(from, length, sign), to));
}

const read: [Duration, string][] = [
  [{ amount: 1, unit: 'days' }, '1 day'],
  [{ amount: 14, unit: 'days' }, '14 days'],
  [{ amount: 4, unit: 'business-days' }, '4 business days'],
  [{ amount: 90, unit: 'minutes' }, '90 minutes'],
  [{ amount: 36, unit: 'hours' }, '36 hours'],
  [{ amount: 36 * 60 + 5, unit: 'minutes' }, '36 hours 5 minutes'],
  [{ amount: 3 * 1440 + 125, unit: 'minutes' }, '3 days 2 hours'],
  [{ amount: -4 * 1440, unit: 'minutes' }, '-4 days'],
  [{ amount: 1 / 3, unit: 'weeks' }, '0.33 weeks'],
];
for (const [length, text] of read) test(`a length reads “${text}”`, () => assert.is(durationText(length), text));

// ---------------------------------------------------------------- caps

type Caps = NonNullable<Ir['messagesAtMost']>;
const waits: {
  why: string;
  caps?: Caps;
  wrote: string[];
  of?: string;
  from: string;
  to: string;
  isQuiet?: true;
  zone?: string;
}[] = [
  { why: 'no caps', wrote: ['2026-01-05T10:00:00Z'], from: '2026-01-05T10:01:00Z', to: '2026-01-05T10:01:00Z' },
  {
    why: 'fewer than a day may have',
    caps: { perDay: 2 },
    wrote: ['2026-01-05T09:00:00Z'],
    from: '2026-01-05T10:00:00Z',
    to: '2026-01-05T10:00:00Z',
  },
  {
    why: 'as many as a day may have',
    caps: { perDay: 2 },
    wrote: ['2026-01-05T09:00:00Z', '2026-01-05T09:30:00Z'],
    from: '2026-01-05T10:00:00Z',
    to: '2026-01-06T00:00:00Z',
  },
  {
    why: 'the next day, after the night',
    caps: { perDay: 1 },
    wrote: ['2026-01-05T09:00:00Z'],
    from: '2026-01-05T10:00:00Z',
    to: '2026-01-06T08:00:00Z',
    isQuiet: true,
  },
  {
    why: 'days are the person’s own',
    caps: { perDay: 1 },
    wrote: ['2026-01-05T02:00:00Z'],
    from: '2026-01-05T10:00:00Z',
    to: '2026-01-05T10:00:00Z',
    zone: 'America/New_York',
  },
  {
    why: 'as many as a week may have',
    caps: { perDay: 3, perWeek: 2 },
    wrote: ['2026-01-05T09:00:00Z', '2026-01-06T09:00:00Z'],
    from: '2026-01-07T10:00:00Z',
    to: '2026-01-12T00:00:00Z',
  },
  {
    why: 'some time apart',
    caps: { apart: { amount: 2, unit: 'hours' } },
    wrote: ['2026-01-05T09:00:00Z'],
    from: '2026-01-05T10:00:00Z',
    to: '2026-01-05T11:00:00Z',
  },
  {
    why: 'what began at one moment belongs together',
    caps: { apart: { amount: 2, unit: 'hours' } },
    wrote: ['2026-01-05T10:00:00Z'],
    of: '2026-01-05T10:00:00Z',
    from: '2026-01-05T10:00:00Z',
    to: '2026-01-05T10:00:00Z',
  },
  {
    why: 'it came now, and had begun before',
    caps: { apart: { amount: 2, unit: 'hours' } },
    wrote: ['2026-01-05T10:00:00Z'],
    of: '2026-01-05T09:00:00Z',
    from: '2026-01-05T10:00:00Z',
    to: '2026-01-05T12:00:00Z',
  },
  {
    why: 'apart, and then it is night, and then the day',
    caps: { perDay: 1, apart: { amount: 2, unit: 'hours' } },
    wrote: ['2026-01-05T20:00:00Z'],
    from: '2026-01-05T20:30:00Z',
    to: '2026-01-06T08:00:00Z',
    isQuiet: true,
  },
  {
    why: 'a cap of none waits as a cap of one does',
    caps: { perDay: 0 },
    wrote: [],
    from: '2026-01-05T10:00:00Z',
    to: '2026-01-05T10:00:00Z',
  },
];
for (const { why, caps, wrote, of, from, to, isQuiet, zone = 'UTC' } of waits) {
  test(`may write: ${why}`, () => {
    const ir = { ...(isQuiet ? { quiet } : {}), ...(caps ? { messagesAtMost: caps } : {}) } as Ir;
    const facts = newFacts(at(from), {
      zone,
      wroteAt: wrote.map(at),
      ...(of === undefined ? {} : { wroteOf: at(of) }),
    });
    assert.is(iso(mayWriteAt(at(from), ir, facts)), to);
  });
}

test.run();
