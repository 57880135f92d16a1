/** A message that was written and then withdrawn before it was sent: it is as if Regimen had not written. */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { calendarPeriod } from '../../runtime/calendar.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { unsentInput } from '../../runtime/unsent.ts';
import { life } from '../support/life.ts';

const hour = 3_600_000;
const monday = Date.parse('2026-01-05T09:00:00Z');

const talkative = `program talk "Talk" {
  timezone "UTC"
  messages at most 2 per day
  data {
    hints  : series { text: text }
    alarms : series { text: text }
  }
  stage one {
    skill plain
    on hints { say "A hint." }
    on alarms { say now "An alarm." }
    leave as lost after 60 days of silence
  }
}`;

const recorded = (one: ReturnType<typeof life>, series: 'hints' | 'alarms') =>
  one.take({ type: 'record', id: one.id(), series, fields: { text: 'x' }, by: 'service' });
const hint = (one: ReturnType<typeof life>) => recorded(one, 'hints');
const kinds = (rows: { kind: string }[]) => rows.map(({ kind }) => kind);

function afterTwo() {
  const one = life(talkative, monday);
  const written: { id: string; at: number }[] = [];
  for (let hints = 0; hints < 2; hints += 1) {
    one.skips(hour);
    for (const row of hint(one)) if (row.kind === 'message') written.push({ id: row.id, at: row.at });
  }
  assert.is(written.length, 2);
  assert.equal(one.state().facts.wroteAt, [monday + hour, monday + 2 * hour]);
  one.skips(hour);
  const [first, second] = written as [(typeof written)[number], (typeof written)[number]];
  return { one, first, second };
}

test('two are said, and the third waits for the next day', () => {
  assert.equal(kinds(hint(afterTwo().one)).slice(-1), ['planned']);
});

test('one that was withdrawn leaves its place to another', () => {
  const { one, first } = afterTwo();
  const rows = one.take(unsentInput(first.id, 'The person spoke first.', first.at));
  assert.equal(kinds(rows), ['input', 'withdrawn']);
  assert.equal(one.state().facts.wroteAt, [monday + 2 * hour], 'the other one counts on');
  assert.equal(kinds(hint(one)).slice(-1), ['message']);
  assert.equal(kinds(hint(one)).slice(-1), ['planned'], 'and no more than one');
  assert.is(JSON.stringify(one.folded()), JSON.stringify(one.state()), 'the inputs alone give the same state');
});

test('an answer never counted, so it leaves no place', () => {
  const { one } = afterTwo();
  one.take(unsentInput('some answer', 'The person has left.', monday + 2.5 * hour));
  assert.equal(kinds(hint(one)).slice(-1), ['planned']);
});

test('an input from before it told when the message was written changes nothing but the timeline', () => {
  const { one, first } = afterTwo();
  const { writtenAt: _, ...before } = unsentInput(first.id, 'x', first.at) as { writtenAt?: number } & ReturnType<
    typeof unsentInput
  >;
  assert.equal(kinds(one.take(before)), ['input', 'withdrawn']);
  assert.is(one.state().facts.wroteAt.length, 2);
});

test('what was said at once beyond the cap counts on when another is withdrawn', () => {
  const { one, first, second } = afterTwo();
  assert.equal(kinds(recorded(one, 'alarms')).slice(-1), ['message']);
  one.take(unsentInput(second.id, 'The person spoke first.', second.at));
  assert.equal(one.state().facts.wroteAt, [first.at, monday + 3 * hour]);
  assert.equal(kinds(hint(one)).slice(-1), ['planned'], 'two were written today');
});

const deeds = fc.oneof(
  fc.constant('hint' as const),
  fc.constant('alarm' as const),
  fc.record({ withdraws: fc.nat() }),
  fc.record({ hours: fc.integer({ min: 1, max: 9 }) }),
);

test('whatever is said, said at once and withdrawn: a hint is held back when a day, or a week, has had its messages', () => {
  fc.assert(
    fc.property(
      fc.array(deeds, { minLength: 5, maxLength: 60 }),
      fc.constantFrom({ perDay: 2 }, { perWeek: 3 }, { perDay: 1, perWeek: 4 }, { perDay: 3, perWeek: 2 }),
      (happens, caps: { perDay?: number; perWeek?: number }) => {
        const words = [
          ...(caps.perDay === undefined ? [] : [`${caps.perDay} per day`]),
          ...(caps.perWeek === undefined ? [] : [`${caps.perWeek} per week`]),
        ];
        const one = life(talkative.replace('2 per day', words.join(', ')), monday);
        let written: { id: string; at: number }[] = [];
        const hears = (rows: TimelineRow[]) => {
          for (const row of rows) if (row.kind === 'message') written.push({ id: row.id, at: row.at });
        };
        for (const deed of happens) {
          if (deed === 'alarm') hears(recorded(one, 'alarms'));
          else if (deed === 'hint') {
            const since = (period: 'day' | 'week') => calendarPeriod(one.now(), period, 'UTC').start;
            const isFull = (['day', 'week'] as const).some((period) => {
              const most = period === 'day' ? caps.perDay : caps.perWeek;
              return most !== undefined && written.filter(({ at }) => at >= since(period)).length >= most;
            });
            const rows = hint(one);
            assert.is(rows.at(-1)?.kind, isFull ? 'planned' : 'message', JSON.stringify(written));
            hears(rows);
          } else if ('withdraws' in deed && written.length > 0) {
            const gone = written[deed.withdraws % written.length] as (typeof written)[number];
            one.take(unsentInput(gone.id, 'The person spoke first.', gone.at));
            written = written.filter((other) => other !== gone);
          } else if ('hours' in deed) {
            hears(one.passes(deed.hours * hour));
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test.run();
