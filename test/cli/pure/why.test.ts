/** The lines of `regimen why`: moments of another year say so. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { printForecast } from '../../../cli/print-forecast.ts';

const day = 24 * 60 * 60_000;
const december = Date.parse('2026-12-30T12:00:00Z');
const plain = (_style: string, text: string) => text;

test('what comes in another year says which', () => {
  const lines = printForecast(
    {
      from: december,
      to: december + 7 * day,
      coming: [
        { at: december + day, kind: 'reviewed', title: 'Review' },
        { at: december + 3 * day, kind: 'reviewed', title: 'Review', detail: 'nothing new' },
      ],
      cutAt: null,
      nextAfter: december + 9 * day,
      stuck: null,
      zone: 'UTC',
    },
    plain,
  );
  assert.equal(lines, [
    '  Thu 31 Dec, 12:00      Review',
    '  Sat 2 Jan 2027, 12:00  Review · nothing new',
    '  After that: Fri 8 Jan 2027, 12:00.',
  ]);
});

test('where it goes no further, why', () => {
  const lines = printForecast(
    { from: december, to: december, coming: [], cutAt: december, nextAfter: null, stuck: 'In circles.', zone: 'UTC' },
    plain,
  );
  assert.equal(lines, ['  Nothing.', '  Wed 30 Dec, 12:00  It goes no further: In circles.']);
});

test.run();
