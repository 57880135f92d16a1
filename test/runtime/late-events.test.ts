/**
 * What comes late, is corrected, lies before the enrollment or at the end of the calendar, or is told by
 * a clock that goes back: consequences are judged anew, what was sent stays sent, the timeline tells both.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { life } from '../support/life.ts';

const hour = 3_600_000;
const day = 24 * hour;
const monday = Date.parse('2026-01-05T09:00:00Z');

const training = `program walk "Walk" {
  timezone "UTC"
  data { level : number = 1  back : number = 0  runs : series { minutes: number } }
  stage training "Level {level}" {
    skill plain
    nudge after 3 days without runs, at most 2 times
    when no runs for 5 days { set back = back + 1 say "It has been a while." }
    when count(runs in last 7 days) >= 3 { say "Three in a week." }
    advance to training with level = level + 1 when count(runs, this visit) >= 4
    leave as lost after 60 days of silence
  }
}`;

const kinds = (rows: TimelineRow[]): string[] => rows.map((row) => row.kind).filter((kind) => kind !== 'input');
const said = (rows: TimelineRow[]): string[] => rows.flatMap((row) => (row.kind === 'message' ? [row.text] : []));
const runs = (one: ReturnType<typeof life>) => one.state().facts.series.runs ?? [];
const folds = (one: ReturnType<typeof life>): void =>
  assert.is(JSON.stringify(one.folded()), JSON.stringify(one.state()), 'the inputs alone give the same state');

test('a run that is told late puts off the nudge that its absence would have brought', () => {
  const one = life(training);
  one.skips(2 * day);
  const before = one.nextDueAt() as number;
  assert.is(before, monday + 3 * day);
  one.record('runs', { minutes: 20 }, monday + day);
  assert.is(one.nextDueAt(), monday + 4 * day, 'counted from when it happened, not from when it was told');
  assert.equal(kinds(one.passes(1.5 * day)), []);
  assert.ok(kinds(one.passes(day)).includes('nudged'));
  folds(one);
});

test('what was sent stays sent; the timeline tells when it happened and when it was told', () => {
  const one = life(training);
  const sent = one.passes(5 * day);
  assert.equal(said(sent), ['It has been a while.']);
  assert.is(sent.filter((row) => row.kind === 'nudged').length, 1);
  const rows = one.record('runs', { minutes: 20 }, monday + 2 * day);
  assert.equal(said(rows), []);
  const told = rows.find((row) => row.kind === 'recorded');
  assert.is(told?.kind === 'recorded' && told.occurredAt, monday + 2 * day);
  assert.is(told?.at, monday + 5 * day);
  assert.is(one.state().facts.data.back, 1, 'what the program did is not undone');
  assert.equal(kinds(rows.filter((row) => row.kind === 'withdrawn')), []);
  // The condition holds no more, so it may turn again: five days after the run.
  assert.equal(said(one.passes(2 * day)), ['It has been a while.']);
  assert.is(one.state().facts.data.back, 2);
  folds(one);
});

test('late entries lie where they happened, and count in the windows they happened in', () => {
  const one = life(training);
  one.skips(6 * day);
  one.take({ type: 'time', id: 't' });
  for (const ago of [1, 5, 3]) one.record('runs', { minutes: ago }, monday + 6 * day - ago * day);
  assert.equal(
    runs(one).map(({ fields }) => fields.minutes),
    [5, 3, 1],
  );
  assert.ok(runs(one).every(({ recordedAt }) => recordedAt === monday + 6 * day));
  const rows = one.record('runs', { minutes: 9 }, monday - 20 * day);
  assert.equal(said(rows), [], 'three weeks ago is not in the last week');
  assert.is(one.state().facts.data.level, 1, 'before the visit is not in the visit');
  folds(one);
});

test('an entry that is taken back moves nobody back, and counts no more', () => {
  const one = life(training);
  for (let count = 0; count < 4; count += 1) {
    one.skips(hour);
    one.record('runs', { minutes: 30 });
  }
  assert.is(one.state().facts.data.level, 2);
  const visit = one.state().facts.visit.number;
  const third = runs(one)[2]?.id ?? '';
  const rows = one.take({ type: 'correct', id: one.id(), series: 'runs', entry: third, by: 'operator' });
  assert.equal(kinds(rows), ['corrected']);
  assert.is(one.state().facts.data.level, 2, 'the move was made');
  assert.is(one.state().facts.visit.number, visit);
  assert.is(runs(one).length, 3);
  folds(one);
});

test('a correction before the move prevents it, and one that puts right brings it about', () => {
  const one = life(training.replace('count(runs, this visit) >= 4', 'sum(runs.minutes, this visit) >= 100'));
  one.skips(hour);
  one.record('runs', { minutes: 90 });
  const [entry] = runs(one);
  const correct = (minutes: number) =>
    one.take({
      type: 'correct',
      id: one.id(),
      series: 'runs',
      entry: entry?.id ?? '',
      fields: { minutes },
      by: 'operator',
    });
  const less = correct(9);
  assert.equal(
    less.find((row) => row.kind === 'corrected'),
    {
      ...less.find((row) => row.kind === 'corrected'),
      from: { minutes: 90 },
      fields: { minutes: 9 },
    },
  );
  one.record('runs', { minutes: 20 });
  assert.is(one.state().facts.data.level, 1);
  assert.ok(kinds(correct(90)).includes('entered'));
  assert.is(one.state().facts.data.level, 2);
  folds(one);
});

test('what happened before the enrollment is known, and is nothing that happened in the program', () => {
  const one = life(training);
  one.record('runs', { minutes: 60 }, monday - 40 * day);
  assert.is(runs(one).length, 1);
  // Absence is measured from when the person came, not from a run of long ago.
  assert.is(one.nextDueAt(), monday + 3 * day);
  assert.is(one.state().facts.data.level, 1);
  folds(one);
});

const farAway = `program far "Far" {
  timezone "Europe/London"
  data { due : date = 2026-02-01  coach may set  n : number = 0 }
  roles coach
  stage one {
    skill plain
    review daily at 18:00
    at due at 09:00 { say "Due." }
    when today > due + 1 year { set n = n + 1 }
    when due - today < 3 days { set n = n + 10 }
    leave as lost after 3000000 days of silence
  }
}`;

test('the last day of the calendar is a day like any other, and nothing is reckoned beyond it', () => {
  const one = life(farAway);
  const set = (date: string) => one.take({ type: 'set', id: one.id(), field: 'due', value: { date }, role: 'coach' });
  for (const date of ['9999-12-31', '9998-12-31', '0001-01-01']) {
    assert.equal(kinds(set(date)).includes('refused'), false, date);
    const due = one.nextDueAt();
    assert.ok(due !== null && due > one.now() && due <= one.now() + 2 * day, 'the review comes first');
    one.passes(2 * day);
    folds(one);
  }
  assert.ok(kinds(set('+10000-01-01')).includes('refused'));
  assert.ok(kinds(set('9999-12-32')).includes('refused'));
});

test('a clock that goes back brings nothing back: what is due stays ahead, and no row is earlier than the one before', () => {
  const one = life(training);
  one.skips(3 * hour);
  one.says('hello');
  for (const back of [-2 * hour, -5 * day, 10 * 60_000]) {
    one.skips(back);
    const rows = one.says('still here');
    assert.ok(rows.every((row) => row.at === one.state().at));
    assert.ok(one.state().at >= monday + 3 * hour);
    assert.ok((one.nextDueAt() ?? 0) > one.state().at);
  }
  // An entry of a minute that this clock has not reached yet is no entry of the future.
  const rows = one.record('runs', { minutes: 5 }, monday + 3 * hour);
  assert.ok(kinds(rows).includes('recorded'));
  folds(one);
});

test.run();
