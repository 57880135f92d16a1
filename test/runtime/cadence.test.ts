/** Reviews and checks fall as their cadence says, whatever the zone, the spread and the clocks do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Cadence } from '../../compiler/ir.ts';
import { nextCadence, nextReview, type Where } from '../../runtime/cadence.ts';
import { addDays, dateOf, daysBetween, momentOf, momentText, weekdayOf } from '../../runtime/calendar.ts';
import { newFacts } from '../support/facts.ts';
import { program } from '../support/programs.ts';

const minute = 60_000;
const since = Date.parse('2026-03-01T22:15:00Z');
const days = 250;

type ByDays = Extract<Cadence, { kind: 'on-days' | 'every' }>;
const cadences: { name: string; cadence: ByDays; spreadMinutes: number }[] = [
  {
    name: 'daily in the hour that is skipped',
    cadence: { kind: 'on-days', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: [150] },
    spreadMinutes: 0,
  },
  {
    name: 'two days, spread over midnight',
    cadence: { kind: 'on-days', days: ['mon', 'thu'], at: [23 * 60 + 30] },
    spreadMinutes: 180,
  },
  {
    name: 'daily, spread over a whole day',
    cadence: { kind: 'on-days', days: ['sun', 'mon'], at: [23 * 60 + 59] },
    spreadMinutes: 24 * 60,
  },
  {
    name: 'every three days, spread over midnight',
    cadence: { kind: 'every', days: 3, at: [23 * 60 + 30] },
    spreadMinutes: 120,
  },
  { name: 'every day in the hour that comes twice', cadence: { kind: 'every', days: 1, at: [75] }, spreadMinutes: 30 },
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
            assert.not(isOf(cadence, momentOf(day, timeOf(cadence), zone), begins, zone), `${day} is not left out`);
        }
      }
    });
  }
}

/** The one time of the cadence, in minutes. */
const timeOf = ({ at: [minutes] }: ByDays): number => Number(minutes);

function isOf(cadence: ByDays, at: number, begins: string, zone: string): boolean {
  const date = dateOf(at, zone);
  if (momentOf(date, timeOf(cadence), zone) !== at) return false;
  return cadence.kind === 'every'
    ? daysBetween(begins, date) % cadence.days === 0
    : cadence.days.includes(weekdayOf(date));
}

// ---------------------------------------------------------------- every kind, as the language writes it

const nine = [9 * 60];
const everyDay = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Wednesday 14 January 2026, 10:20 in London. */
const begun = Date.parse('2026-01-14T10:20:00Z');
const kinds: { name: string; cadence: Cadence; since?: string; from?: string; zone?: string; falls: string[] }[] = [
  {
    name: 'daily at 09:00, 14:00',
    cadence: { kind: 'on-days', days: [...everyDay], at: [14 * 60, 9 * 60] },
    falls: ['Wed 14 Jan, 14:00', 'Thu 15 Jan, 09:00', 'Thu 15 Jan, 14:00'],
  },
  {
    name: 'every 4h, from the very moment',
    cadence: { kind: 'interval', minutes: 240 },
    falls: ['Wed 14 Jan, 14:20', 'Wed 14 Jan, 18:20', 'Wed 14 Jan, 22:20', 'Thu 15 Jan, 02:20'],
  },
  {
    name: 'every 12h through a change of clocks: exact hours',
    cadence: { kind: 'interval', minutes: 720 },
    from: '2026-03-28T12:00:00Z',
    falls: ['Sat 28 Mar, 22:20', 'Sun 29 Mar, 11:20', 'Sun 29 Mar, 23:20'],
  },
  {
    name: 'every 3 days counts from the day it began',
    cadence: { kind: 'every', days: 3, at: nine },
    falls: ['Sat 17 Jan, 09:00', 'Tue 20 Jan, 09:00', 'Fri 23 Jan, 09:00'],
  },
  {
    name: 'every 2 weeks on mon, thu: the week it began in counts',
    cadence: { kind: 'weeks', every: 2, days: ['mon', 'thu'], at: nine },
    falls: ['Thu 15 Jan, 09:00', 'Mon 26 Jan, 09:00', 'Thu 29 Jan, 09:00', 'Mon 9 Feb, 09:00'],
  },
  {
    name: 'monthly on 15, last',
    cadence: { kind: 'monthly', days: [15, -1], at: nine },
    falls: ['Thu 15 Jan, 09:00', 'Sat 31 Jan, 09:00', 'Sun 15 Feb, 09:00', 'Sat 28 Feb, 09:00'],
  },
  {
    name: 'monthly on 30, 31: a day that a month lacks is its last, and comes once',
    cadence: { kind: 'monthly', days: [30, 31], at: nine },
    from: '2026-01-31T12:00:00Z',
    falls: ['Sat 28 Feb, 09:00', 'Mon 30 Mar, 09:00', 'Tue 31 Mar, 09:00', 'Thu 30 Apr, 09:00', 'Sat 30 May, 09:00'],
  },
  {
    name: 'monthly on second thu',
    cadence: { kind: 'monthly-weekday', nth: 2, day: 'thu', at: nine },
    falls: ['Thu 12 Feb, 09:00', 'Thu 12 Mar, 09:00', 'Thu 9 Apr, 09:00'],
  },
  {
    name: 'monthly on last fri',
    cadence: { kind: 'monthly-weekday', nth: -1, day: 'fri', at: nine },
    falls: ['Fri 30 Jan, 09:00', 'Fri 27 Feb, 09:00', 'Fri 27 Mar, 09:00'],
  },
  {
    name: 'monthly on fifth thu: months without one are left out',
    cadence: { kind: 'monthly-weekday', nth: 5, day: 'thu', at: nine },
    falls: ['Thu 29 Jan, 09:00', 'Thu 30 Apr, 09:00', 'Thu 30 Jul, 09:00'],
  },
  {
    name: 'every 3 months: on the day of the month on which it began',
    cadence: { kind: 'months', every: 3, at: nine },
    falls: ['Tue 14 Apr, 09:00', 'Tue 14 Jul, 09:00', 'Wed 14 Oct, 09:00', 'Thu 14 Jan, 09:00'],
  },
  {
    name: 'every month from the 31st: a day that a month lacks is its last, and the 31st comes again',
    cadence: { kind: 'months', every: 1, at: nine },
    since: '2026-01-31T08:00:00Z',
    from: '2026-01-31T12:00:00Z',
    falls: ['Sat 28 Feb, 09:00', 'Tue 31 Mar, 09:00', 'Thu 30 Apr, 09:00', 'Sun 31 May, 09:00'],
  },
  {
    name: 'every 3 months on 1, last: counted from the month in which it began',
    cadence: { kind: 'months', every: 3, days: [1, -1], at: nine },
    falls: ['Sat 31 Jan, 09:00', 'Wed 1 Apr, 09:00', 'Thu 30 Apr, 09:00', 'Wed 1 Jul, 09:00'],
  },
  {
    name: 'every 2 months on fifth thu: months without one are left out',
    cadence: { kind: 'months', every: 2, nth: 5, day: 'thu', at: nine },
    falls: ['Thu 29 Jan, 09:00', 'Thu 30 Jul, 09:00', 'Thu 29 Jul, 09:00'],
  },
  {
    name: 'business days without holidays',
    cadence: { kind: 'business-days', at: nine },
    falls: ['Thu 15 Jan, 09:00', 'Fri 16 Jan, 09:00', 'Mon 19 Jan, 09:00'],
  },
  {
    name: 'business days in berlin',
    cadence: { kind: 'business-days', calendar: { name: 'berlin' }, at: nine },
    from: '2026-04-02T12:00:00Z',
    falls: ['Tue 7 Apr, 09:00', 'Wed 8 Apr, 09:00'],
  },
  {
    name: 'business days in a place that is not known: never',
    cadence: { kind: 'business-days', calendar: { field: 'site' }, at: nine },
    falls: [],
  },
  {
    name: 'daily, 3 times between 09:00 and 21:00',
    cadence: { kind: 'spaced', days: [...everyDay], times: number(3), from: 9 * 60, to: 21 * 60 },
    falls: ['Wed 14 Jan, 13:00', 'Wed 14 Jan, 17:00', 'Thu 15 Jan, 09:00'],
  },
  {
    name: 'fri, 2 times between 22:00 and 02:00, over midnight',
    cadence: { kind: 'spaced', days: ['fri'], times: number(2), from: 22 * 60, to: 2 * 60 },
    falls: ['Fri 16 Jan, 22:00', 'Sat 17 Jan, 00:00', 'Fri 23 Jan, 22:00'],
  },
  {
    name: 'as many times as a number says from day to day, none for a while',
    cadence: {
      kind: 'spaced',
      days: [...everyDay],
      times: { op: 'let', id: 'texts', span: nowhere() },
      from: 540,
      to: 1020,
    },
    falls: ['Sun 1 Feb, 09:00', 'Sun 1 Feb, 13:00', 'Mon 2 Feb, 09:00'],
  },
  {
    name: 'at a time that is a field',
    cadence: { kind: 'on-days', days: [...everyDay], at: [{ op: 'data', name: 'wakes', span: nowhere() }] },
    falls: ['Thu 15 Jan, 06:30', 'Fri 16 Jan, 06:30'],
  },
  {
    name: 'at a time that is missing, and at another: only the other comes',
    cadence: { kind: 'on-days', days: ['thu'], at: [{ op: 'data', name: 'sleeps', span: nowhere() }, 600] },
    falls: ['Thu 15 Jan, 10:00', 'Thu 22 Jan, 10:00'],
  },
  {
    name: 'only at a time that is missing: never',
    cadence: { kind: 'on-days', days: [...everyDay], at: [{ op: 'data', name: 'sleeps', span: nowhere() }] },
    falls: [],
  },
  {
    name: 'no days at all: never',
    cadence: { kind: 'on-days', days: [], at: nine },
    falls: [],
  },
  {
    name: 'an hour that comes twice, once',
    cadence: { kind: 'on-days', days: ['sun'], at: [90] },
    from: '2026-10-24T12:00:00Z',
    falls: ['Sun 25 Oct, 01:30', 'Sun 1 Nov, 01:30'],
  },
  {
    name: 'two times that a change of clocks makes one, once',
    cadence: { kind: 'on-days', days: ['sun'], at: [75, 135] },
    from: '2026-03-28T12:00:00Z',
    falls: ['Sun 29 Mar, 02:15', 'Sun 5 Apr, 01:15', 'Sun 5 Apr, 02:15'],
  },
];

function nowhere() {
  return { start: 0, end: 0 };
}

function number(value: number) {
  return { op: 'value' as const, value, span: nowhere() };
}

const probe = program(`program probe "Probe" {
  holidays berlin { 2026-04-03  2026-04-06 }
  data { wakes : time = 06:30  sleeps : time?  site : text?  quit : date = 2026-02-01 }
  let texts = max(0, min(2, floor((today - quit) / 1 day) * 2 + 2))
  stage one { skill plain  leave as done after 1 year }
}`);
const where: Where = {
  ir: probe.ir,
  now: begun,
  facts: newFacts(begun, {
    zone: 'Europe/London',
    data: { wakes: { minutes: 390 }, sleeps: null, site: null, quit: { date: '2026-02-01' } },
  }),
};

for (const { name, cadence, since: entered, from, falls } of kinds) {
  test(name, () => {
    const since = entered === undefined ? begun : Date.parse(entered);
    let after = from === undefined ? begun : Date.parse(from);
    const found: string[] = [];
    for (let times = 0; times < Math.max(1, falls.length); times += 1) {
      const at = nextCadence(cadence, since, after, where);
      if (at === Number.POSITIVE_INFINITY) break;
      assert.ok(at > after, 'strictly after');
      assert.is(nextCadence(cadence, since, at - 1, where), at, 'from just before it is the same');
      found.push(momentText(at, 'Europe/London'));
      after = at;
    }
    assert.equal(found, falls);
  });
}

test('a zone is enough to show a cadence; times that are expressions are then not known', () => {
  const daily: Cadence = { kind: 'on-days', days: [...everyDay], at: nine };
  assert.is(momentText(nextCadence(daily, begun, begun, 'Asia/Tokyo'), 'Asia/Tokyo'), 'Thu 15 Jan, 09:00');
  const wakes: Cadence = { kind: 'on-days', days: [...everyDay], at: [{ op: 'data', name: 'wakes', span: nowhere() }] };
  assert.is(nextCadence(wakes, begun, begun, 'Asia/Tokyo'), Number.POSITIVE_INFINITY);
});

test.run();
