/**
 * What could surprise somebody who trusts a program with people: nights, interruptions, clocks that
 * run late, and things from outside that are not what they should be.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addDuration } from '../../runtime/calendar.ts';
import { holds } from '../../runtime/evaluate.ts';
import { why } from '../../runtime/explain.ts';
import type { Input, RunResult } from '../../runtime/inputs.ts';
import { feasible } from '../../runtime/quiet.ts';
import type { State } from '../../runtime/state.ts';
import { StepProblem, step } from '../../runtime/step.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { life } from '../support/life.ts';
import { program } from '../support/programs.ts';

const hour = 60 * 60_000;
const day = 24 * hour;
const monday = Date.parse('2026-01-05T09:00:00Z');

const kinds = (rows: TimelineRow[]) => rows.map((row) => row.kind);
const refusals = (rows: TimelineRow[]) => rows.flatMap((row) => (row.kind === 'refused' ? [row.why] : []));
const said = (rows: TimelineRow[]) => rows.flatMap((row) => (row.kind === 'message' ? [row.text] : []));

const plain = `program plain "Plain" {
  timezone theirs else "Europe/London"
  data {
    week : number 1 to 9 = 1   agent may set
    note : text?               agent may set
    runs : series { minutes: number min? }   agent may record
  }
  stage one {
    skill plain
    advance to two when judged "wants it" at 0.8
    leave as lost after 30 days of silence
  }
  stage two final success { }
}`;

// ---------------------------------------------------------------- from outside

test('the first input enrolls, and no other does', () => {
  const { take } = life(plain);
  assert.throws(
    () => take({ type: 'enroll', id: 'again', zone: 'UTC' }),
    (one: unknown) => one instanceof StepProblem && /enrolled already/.test(one.message),
  );
  assert.throws(
    () => step(program(plain), null, { type: 'time', id: 't' }, monday, 'e1'),
    (one: unknown) => one instanceof StepProblem && /first input must be/.test(one.message),
  );
  assert.throws(
    () => life(plain, monday, { at: 'nowhere' }),
    (one: unknown) => one instanceof StepProblem && /no stage “nowhere”/.test(one.message),
  );
});

test('names that every object inherits name nothing', () => {
  const one = life(plain);
  for (const name of ['constructor', '__proto__', 'toString']) {
    assert.equal(refusals(one.record(name, { a: 1 })), [`There is no series called ${name}.`]);
    one.says('hello');
    const rows = one.brings({
      sets: [{ field: name, value: 1 }],
      records: [{ series: name, fields: {} }],
      judgements: [{ criterion: name, holds: true, confidence: 1, quotes: ['hello'] }],
    });
    assert.is(refusals(rows).length, 3);
  }
  const { first, state } = life(plain, monday, { data: JSON.parse('{"__proto__": 1, "constructor": 2}') });
  assert.equal(refusals(first), []);
  assert.equal(Object.keys(state().facts.data), ['week', 'note']);
});

test('what an enrollment brings along must fit the program', () => {
  const { first, state } = life(plain, monday, { zone: 'Mars/Olympus', data: { week: 99, note: 'kept' } });
  assert.equal(refusals(first), ['week must be between 1 and 9, not 99.']);
  assert.equal([state().facts.data.week, state().facts.data.note, state().facts.zone], [1, 'kept', 'Europe/London']);
});

test('a time zone that does not exist changes nothing', () => {
  const one = life(plain);
  assert.equal(refusals(one.take({ type: 'zone', id: 'z', zone: 'Mars/Olympus' })), [
    'There is no time zone Mars/Olympus.',
  ]);
  assert.is(one.state().facts.zone, 'UTC');
});

test('an entry cannot have occurred in the future, before there were telephones, or at no time', () => {
  const one = life(plain);
  for (const at of [monday + 2 * 60_000, 1_767_600_000, 1e18, 0.5]) {
    assert.is(refusals(one.record('runs', {}, at)).length, 1, `${at}`);
    one.says('hello');
    assert.is(refusals(one.brings({ records: [{ series: 'runs', fields: {}, occurredAt: at }] })).length, 1);
  }
  assert.equal(one.state().facts.series.runs, []);
  assert.equal(refusals(one.record('runs', {}, monday + 30_000)), [], 'clocks may differ a little');
});

test('a confidence beyond all doubt does not count', () => {
  const one = life(plain);
  const criterion = Object.keys(one.program.ir.criteria)[0] ?? '';
  one.says('I want it');
  for (const confidence of [7, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    const rows = one.brings({
      judgements: [{ criterion, holds: true, confidence, quotes: ['want it'] }],
    });
    assert.ok(
      rows.some((row) => row.kind === 'judged' && !row.counts),
      `${confidence}`,
    );
    assert.is(one.state().stage, 'one');
    one.says('I want it');
  }
});

test('a run brings a bounded number of things', () => {
  const one = life(plain);
  one.says('hello');
  const rows = one.brings({ says: ['x'.repeat(20_000), ...Array.from({ length: 50 }, (_, n) => `${n}`)] });
  assert.is(said(rows).length, 9);
  assert.is(refusals(rows).length, 2);
});

test('what JSON cannot hold is the same now and when rebuilt', () => {
  const one = life(plain);
  one.says('hello');
  const result: RunResult = {
    says: [],
    sets: [{ field: 'note', value: Number.NaN }],
    records: [],
    judgements: [],
    author: 'agent',
  };
  const input: Input = { type: 'run-finished', id: 'f', run: one.state().facts.run?.id ?? '', result };
  const now = step(one.program, one.state(), input, monday, 'e1');
  const later = step(one.program, one.state(), JSON.parse(JSON.stringify(input)), monday, 'e1');
  assert.equal(JSON.stringify(now.rows), JSON.stringify(later.rows));
});

test('time does not go back, whichever clock tells it', () => {
  const one = life(plain);
  one.skips(hour);
  one.says('hello');
  one.skips(-30 * 60_000);
  const rows = one.record('runs', {});
  assert.ok(rows.every((row) => row.at === monday + hour));
  assert.is(one.state().facts.series.runs?.[0]?.at, monday + hour);
});

// ---------------------------------------------------------------- nights

const nightly = `program nightly "Nightly" {
  timezone theirs else "UTC"
  quiet 21:00 to 08:00
  data { ready : yes/no?  n : number = 0 }
  stage one { skill plain  advance to two after 13 hours  leave as lost after 30 days of silence }
  stage two {
    skill plain
    ask "Any chest pain?" (yes | no) as ready, within 2 hours else set n = 1
    command "hi" { say "Hi." }
    leave as lost after 30 days of silence
  }
}`;

test('a question that waits for the morning cannot be answered in the night', () => {
  const one = life(nightly);
  assert.ok(kinds(one.passes(13 * hour)).includes('planned'));
  assert.ok(kinds(one.says('no')).includes('run-started'), 'it is for the agent');
  assert.is(one.state().facts.data.ready, null);
  const question = one.state().facts.question?.id ?? '';
  assert.equal(refusals(one.take({ type: 'answer', id: 'a', question, value: 'no', channel: 'web' })), [
    'That question has not been shown yet: it waits for its turn.',
  ]);
  assert.equal(said(one.passes(10 * hour)), ['Any chest pain?']);
  one.says('no');
  assert.is(one.state().facts.data.ready, false);
});

test('a message that is sent late is not sent in the next night', () => {
  const one = life(nightly);
  one.passes(13 * hour);
  const late = one.sleeps(24 * hour);
  assert.equal(said(late), []);
  assert.ok(kinds(late).includes('planned'));
  assert.equal(said(one.passes(10 * hour - 1)), []);
  assert.equal(said(one.passes(1)), ['Any chest pain?']);
  assert.is(one.state().facts.question?.expiresAt, one.now() + 2 * hour, 'its deadline counts from when it was shown');
  assert.is(one.state().facts.data.n, 0);
});

test('a night full of entries does not make a morning that cannot be worked off', () => {
  const one = life(speaking.replace('say with skill other', 'say "Noted."'), monday + 13 * hour);
  for (let n = 0; n < 300; n += 1) one.record('runs', {});
  assert.is(one.state().facts.planned.length, 50);
  assert.is(said(one.passes(10 * hour)).length, 50);
  assert.equal(one.state().facts.planned, []);
});

test('who has travelled is not woken', () => {
  const one = life(nightly);
  one.passes(13 * hour);
  one.take({ type: 'zone', id: 'z', zone: 'America/New_York' });
  assert.equal(said(one.passes(10 * hour)), [], 'eight in London is three in New York');
  assert.equal(said(one.passes(5 * hour)), ['Any chest pain?']);
});

test('quiet hours end when the clock says so, also when it says so twice', () => {
  const quiet = { from: 0, to: 90 };
  const zone = 'Europe/London';
  // 25 October 2026: at 02:00 summer time it is 01:00 again.
  const second = Date.parse('2026-10-25T01:10:20Z');
  assert.is(feasible(second, quiet, zone), Date.parse('2026-10-25T01:30:00Z'));
  assert.is(feasible(Date.parse('2026-10-24T23:30:00Z'), quiet, zone), Date.parse('2026-10-25T00:30:00Z'));
  // 29 March 2026: there is no 01:30; the quiet ends where the clock goes on.
  assert.is(feasible(Date.parse('2026-03-29T00:30:00Z'), quiet, zone), Date.parse('2026-03-29T01:00:00Z'));
});

const speaking = `program speaking "Speaking" {
  timezone "UTC"
  quiet 21:00 to 08:00
  data { n : number = 0  runs : series { } }
  stage one {
    skill plain
    on runs { say with skill other }
    leave as lost after 30 days of silence
  }
}`;

test('an answer stays an answer when it is said with another skill', () => {
  const one = life(speaking, monday + 14 * hour);
  one.says('hello?');
  one.record('runs', {});
  assert.is(one.state().facts.run?.skill, 'other');
  assert.equal(said(one.brings({ says: ['Hello!'] })), ['Hello!']);
});

// ---------------------------------------------------------------- interruptions

const course = `program course "Course" {
  timezone "UTC"
  data {
    sick : yes/no = no
    mood : (good | bad)?
    sent : number = 0
    runs : series { }
  }
  anytime {
    command "sick" { interrupt with care }
    command "more" { interrupt with deep }
  }
  stage one {
    skill plain
    nudge after 2 days of silence, at most 2 times
    ask "How are you?" (good | bad) as mood, within 3 days else set sent = 1
    command "again" { restart stage }
    advance to two when no runs for 14 days
    leave as lost after 60 days of silence
  }
  stage care { skill plain  resume when 20 days since entered  command "well" { resume } }
  stage deep { skill plain  command "well" { resume } }
  stage two { skill plain  command "one" { return to one }  leave as late after 300 days }
}`;

test('a question that was open is asked again when the visit goes on', () => {
  const one = life(course);
  one.skips(day);
  assert.ok(kinds(one.says('sick')).includes('withdrawn'));
  one.skips(10 * day);
  const rows = one.says('well');
  assert.equal(said(rows), ['How are you?']);
  assert.is(one.state().facts.question?.expiresAt, one.now() + 3 * day);
  one.says('good');
  assert.is(one.state().facts.data.mood, 'good');
  one.says('sick');
  assert.equal(said(one.says('well')), [], 'what was answered is not asked again');
});

test('an interruption does not give a silence more nudges', () => {
  const one = life(course);
  one.says('good');
  const nudges = (rows: TimelineRow[]) => rows.filter((row) => row.kind === 'nudged').length;
  one.brings({});
  let count = 0;
  for (let n = 0; n < 5; n += 1) {
    count += nudges(one.passes(day));
    if (one.state().facts.run) one.brings({});
  }
  assert.is(count, 2);
  const before = one.state();
  // By a rule, not by a word: the person stays silent.
  const aside = { ...before.facts.visit, pauses: [{ from: one.now(), to: one.now() + 20 * day }] };
  const resumed: State = { ...before, at: one.now() + 20 * day, facts: { ...before.facts, visit: aside } };
  const after = step(one.program, resumed, { type: 'time', id: 't' }, one.now() + 27 * day, 'e1');
  assert.is(nudges(after.rows), 0);
});

test('what happened during an interruption counts from its end', () => {
  const one = life(course);
  one.skips(day);
  one.says('sick');
  one.skips(3 * day);
  one.record('runs', {});
  one.skips(25 * day);
  assert.ok(kinds(one.says('well')).includes('entered'));
  assert.is(one.state().stage, 'one');
  one.passes(14 * day - 1);
  assert.is(one.state().stage, 'one');
  one.passes(1);
  assert.is(one.state().stage, 'two');
});

test('silence that stood still stands still over a stage that begins again', () => {
  const one = life(course.replace('when no runs for 14 days', 'after 500 days'));
  one.skips(day);
  one.says('sick');
  one.skips(55 * day);
  one.sleeps(0);
  assert.is(one.state().stage, 'one', 'twenty days are over');
  const silent = { ...one.state(), facts: { ...one.state().facts } };
  const rule = one.program.rules['one/leave-1'];
  assert.ok(rule);
  const until = holds(rule?.condition, { ir: one.program.ir, facts: silent.facts, now: one.now() }).until;
  assert.is(until, monday + 56 * day + 60 * day, 'sixty days from the end of the interruption');
  const restarted = step(
    one.program,
    silent,
    { type: 'message', id: 'r', text: 'again', channel: 'web' },
    one.now(),
    'e1',
  ).state;
  const quiet = { ...restarted.facts, heardAt: monday + day };
  assert.is(holds(rule?.condition, { ir: one.program.ir, facts: quiet, now: one.now() }).until, until);
});

test('interruptions inside each other have an end, and the way back is whole', () => {
  const one = life(course);
  for (let n = 0; n < 24; n += 1) {
    one.says(n % 2 ? 'more' : 'sick');
    assert.is(one.state().stage, one.state().facts.visit.stage, 'the machine is where the visit is');
  }
  assert.is(one.state().facts.interrupted.length, 10);
  for (let n = 0; n < 10; n += 1) one.says('well');
  assert.equal([one.state().stage, one.state().facts.interrupted], ['one', []]);
});

test('a word that can do nothing here is for the agent', () => {
  const one = life(course);
  one.says('sick');
  assert.ok(kinds(one.says('sick')).includes('run-started'));
});

test('why: nothing can be resumed where nothing was interrupted', () => {
  const text = course.replace('command "one"', 'command "home" { advance to care }  command "one"');
  const one = life(text, monday, { at: 'two' });
  one.says('home');
  const ways = why(one.program, one.state(), monday + 30 * day).transitions.filter((way) => way.move === 'resume');
  assert.equal(
    ways.map((way) => way.holds),
    [false, false],
  );
  assert.ok(ways[0]?.clauses.some((clause) => clause.source === 'a stage was interrupted' && !clause.holds));
});

test('why: a handler that has been taken does not hold again until its condition has turned', () => {
  const text = course
    .replace(
      'command "sick" {',
      'command "ill" { set sick = yes }  when sick { interrupt with care }  command "sick" {',
    )
    .replace('command "well" { resume } }', 'command "well" { resume }  command "on" { advance to two } }');
  const one = life(text);
  one.says('ill');
  one.says('on');
  assert.is(one.state().stage, 'two');
  const way = why(one.program, one.state(), one.now()).transitions.find(
    (each) => each.by === 'facts' && each.move === 'interrupt with care',
  );
  assert.is(way?.holds, false);
  assert.ok(way?.clauses.some((clause) => clause.source === 'it has turned true anew'));
  assert.equal(one.sleeps(hour), []);
});

// ---------------------------------------------------------------- conditions and time

const turning = `program turning "Turning" {
  timezone "UTC"
  data { n : number = 0  sort : text = "Easy"  runs : series { minutes: number min? } }
  table plan by kind {
    "easy" "A walk"
    "hard" "A run"
  }
  let next = plan[sort] else "nothing"
  stage one {
    skill plain
    when count(runs today) >= 1 { say "First of the day: {next}." }
    when no runs where today >= 2026-01-20 for 2 days { set n = 5 }
    when 900000000 days since entered { say "A long time." }
    when today + 5000000 years > 2026-01-01 { say "Never." }
    leave as lost after 300 days of silence
  }
}`;

test('what time has made false turns true anew, also when nobody looked meanwhile', () => {
  const one = life(turning);
  assert.equal(said(one.record('runs', {})), ['First of the day: A walk.'], 'a key is compared as `=` compares');
  assert.equal(said(one.record('runs', {})), []);
  one.skips(3 * day);
  assert.equal(said(one.record('runs', {})), ['First of the day: A walk.']);
});

test('an absence whose entries depend on the day is looked at in time, and the end of the calendar is no error', () => {
  const one = life(turning);
  one.skips(14 * day + 5 * hour);
  one.record('runs', {});
  const rule = Object.values(one.program.rules).find((each) => each.source.includes('no runs'));
  const look = (now: number) => holds(rule?.condition, { ir: one.program.ir, facts: one.state().facts, now });
  // On 20 January the run of the day before begins to count.
  const counts = Date.parse('2026-01-20T00:00:00Z');
  assert.equal(look(one.now()), { holds: true, until: counts });
  assert.is(look(counts).holds, false);
  assert.ok(look(counts).until <= one.now() + 2 * day);
  assert.equal(said(one.passes(100 * day)), []);
  assert.ok(Number.isNaN(addDuration(monday, { amount: 9_000, unit: 'years' }, 'UTC')));
});

test.run();
