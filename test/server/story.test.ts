/**
 * The pure parts of the pages: rows into stories, and moments and values into words.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Value } from '../../compiler/ir.ts';
import { dayText, distanceText, momentText, valueText } from '../../server/pages/format.ts';
import { storyDays, withRows } from '../../server/pages/timeline/story.ts';
import type { ShownRow } from '../../server/shown-row.ts';

const london = 'Europe/London';
const monday = Date.parse('2026-01-05T09:00:00Z');
const day = 86_400_000;

const row = (seq: number, cause: number, group: ShownRow['group'], more: Partial<ShownRow> = {}): ShownRow => ({
  seq,
  at: monday,
  cause,
  group,
  title: `row ${seq}`,
  detail: null,
  tone: 'quiet',
  run: null,
  thread: null,
  ...more,
});

const story = suite('story');

story('what an agent run brings back belongs to the story that asked for it', () => {
  const rows = [
    row(1, 1, 'conversation'),
    row(2, 1, 'agent', { run: 'r1' }),
    row(3, 3, 'conversation'),
    row(4, 4, 'agent', { run: 'r1' }),
    row(5, 4, 'conversation'),
  ];
  const [only] = storyDays([...rows].reverse(), null, london);
  assert.equal(
    only?.stories.map(({ rows }) => rows.map(({ seq }) => seq)),
    [[3], [1, 2, 5]],
  );
});

story('that time passed goes without saying', () => {
  const rows = [row(1, 1, 'time'), row(2, 1, 'progress'), row(3, 3, 'time')];
  const [only] = storyDays(rows, null, london);
  assert.equal(
    only?.stories.map(({ rows }) => rows.map(({ seq }) => seq)),
    [[2]],
  );
});

story('what happened in a track or to an item can be looked at alone', () => {
  const thread = { key: 'track:diary', title: 'Diary' };
  const rows = [row(1, 1, 'data'), row(2, 1, 'progress', { thread }), row(3, 3, 'data')];
  const causes = (place: string | null) =>
    storyDays(rows, null, london, place).flatMap(({ stories }) => stories.map(({ cause }) => cause));
  assert.equal([causes(null), causes('track:diary'), causes('main'), causes('item:x:y')], [[3, 1], [1], [3, 1], []]);
});

story('days follow the zone, newest first, and the filter keeps whole stories', () => {
  const late = Date.parse('2026-01-05T23:30:00Z');
  const rows = [row(1, 1, 'data'), row(2, 2, 'progress', { at: late }), row(3, 2, 'data', { at: late })];
  assert.equal(
    storyDays(rows, null, london).map(({ key }) => key),
    ['2026-01-05'],
  );
  assert.equal(
    storyDays(rows, null, 'Asia/Tokyo').map(({ key }) => key),
    ['2026-01-06', '2026-01-05'],
  );
  assert.equal(
    storyDays(rows, 'progress', london).flatMap(({ stories }) =>
      stories.flatMap(({ rows }) => rows.map(({ seq }) => seq)),
    ),
    [2, 3],
  );
  assert.equal(storyDays(rows, 'trouble', london), []);
});

story('rows that come twice are there once', () => {
  const known = [row(1, 1, 'data'), row(2, 1, 'data')];
  assert.equal(
    withRows(known, [row(2, 1, 'data'), row(3, 3, 'data')]).map(({ seq }) => seq),
    [1, 2, 3],
  );
});

const values: [Value, string][] = [
  [null, '—'],
  [true, 'yes'],
  [false, 'no'],
  [0, '0'],
  [1 / 3, '0.333'],
  ['easy', 'easy'],
  [{ date: '2026-01-05' }, 'Mon 5 Jan 2026'],
  [{ minutes: 65 }, '01:05'],
  [{ at: monday }, 'Mon 5 Jan 2026, 09:00'],
  [{ duration: { amount: 3, unit: 'days' } }, '3 days'],
  [{ duration: { amount: 1, unit: 'weeks' } }, '1 week'],
  [{ entry: { minutes: 28, felt: null, was_late: false }, at: monday }, 'minutes 28, was late no (Mon 5 Jan, 09:00)'],
];
story('values read as their author would say them', () => {
  for (const [value, text] of values) assert.is(valueText(value, london), text);
});

story('moments read well, over the change to summer time too', () => {
  assert.is(momentText(Date.parse('2026-03-29T00:59:00Z'), london), 'Sun 29 Mar 2026, 00:59');
  assert.is(momentText(Date.parse('2026-03-29T01:00:00Z'), london), 'Sun 29 Mar 2026, 02:00');
  assert.is(dayText(monday, monday, london), 'Today');
  assert.is(dayText(monday - day, monday, london), 'Yesterday');
  assert.is(dayText(monday + day, monday, london), 'Tomorrow');
  assert.is(dayText(monday + 2 * day, monday, london), 'Wednesday 7 January');
  assert.is(dayText(monday - 20 * day, monday, london), 'Tuesday 16 December 2025');
  assert.is(distanceText(monday + 10_000, monday), 'now');
  assert.is(distanceText(monday - 2 * 3_600_000, monday), '2 hours ago');
  assert.is(distanceText(monday + 3 * day, monday), 'in 3 days');
  assert.is(distanceText(monday + 28 * day, monday), 'in 4 weeks');
});

story.run();
