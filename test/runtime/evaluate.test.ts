/**
 * The promise that time without polling rests on: a value holds until the moment `evaluate` names.
 *
 * Generated conditions over generated histories, in zones with daylight-saving changes, against a
 * brute-force look at every few minutes. And cases for values.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import type { Expr } from '../../compiler/ir.ts';
import { evaluate, holds } from '../../runtime/evaluate.ts';
import type { Facts } from '../../runtime/facts.ts';
import { newVisit } from '../../runtime/visit.ts';
import { writeValue } from '../../runtime/write-value.ts';
import { newEntry, newFacts, newItem } from '../support/facts.ts';
import { program } from '../support/programs.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const origin = Date.parse('2026-03-20T12:00:00Z');

const atoms = [
  'no runs for 3 days',
  'no runs where completed for 30 hours',
  '2 days since last run',
  '1 week since enrolled',
  '36 hours since entered',
  '2 days since week changed',
  'last run was today',
  'last run was yesterday',
  'last run was today or yesterday',
  'count(runs in last 3 days) >= 2',
  'count(runs where completed in last 50 hours) = 1',
  'count(runs today) > 0',
  'count(runs this week) >= 2',
  'sum(runs.minutes this month) >= 40',
  'mean(last 2 of runs.minutes) > 20',
  'count(runs this visit) >= 1',
  'day of last run + 2 days <= today',
  'today >= 2026-03-24',
  'now >= due',
  'week = 3',
  'why is set',
  '40 hours of silence',
];

/** One program whose stage has a condition for each atom; the compiler builds the expressions. */
const text = `program probe "Probe" {
  timezone theirs else "UTC"
  data {
    week : number 1 to 9 = 1
    why  : text?
    due  : date?
    runs : series { minutes: number min?, completed: yes/no }
  }
  stage one {
    skill plain
    leave as lost after 90 days
${atoms.map((atom) => `    when ${atom.includes('due') ? `due is known and ${atom.replace('now >= due', 'due <= today')}` : atom.includes('day of') ? `(day of last run else today) + 2 days <= today` : atom.includes('mean(') ? 'mean(last 2 of runs.minutes) is known and mean(last 2 of runs.minutes) > 20' : atom} { set why = "x" }`).join('\n')}
  }
}`;
const loaded = program(text);
const conditions = Object.values(loaded.rules).flatMap((rule) =>
  rule.trigger.kind === 'becomes' && rule.condition ? [rule.condition] : [],
);

test('every condition of the list is compiled', () => assert.is(conditions.length, atoms.length));

const span = { start: 0, end: 0 };
const condition: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...conditions),
    fc
      .tuple(fc.constantFrom('and', 'or'), tie('expr'), tie('expr'))
      .map(([op, left, right]): Expr => ({ op: op as 'and' | 'or', left, right, span })),
    tie('expr').map((of): Expr => ({ op: 'not', of, span })),
  ),
})).expr;

const history = fc.record({
  zone: fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
  runs: fc.array(
    fc.record({
      ago: fc.integer({ min: 0, max: 8 * 24 * 60 }),
      completed: fc.boolean(),
      minutes: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 5 },
  ),
  entered: fc.integer({ min: 0, max: 6 * 24 * 60 }),
  heard: fc.integer({ min: 0, max: 6 * 24 * 60 }),
  changed: fc.option(fc.integer({ min: 0, max: 5 * 24 * 60 })),
  week: fc.constantFrom(1, 3),
  due: fc.option(fc.constantFrom('2026-03-22', '2026-03-29', '2026-04-02')),
  now: fc.integer({ min: 0, max: 16 * 24 * 60 }),
  paused: fc.boolean(),
});

function factsOf(
  told: {
    zone: string;
    runs: { ago: number; completed: boolean; minutes: number }[];
    entered: number;
    heard: number;
    changed: number | null;
    week: number;
    due: string | null;
    paused: boolean;
  },
  now: number,
): Facts {
  const since = now - told.entered * minute;
  const visit = newVisit('one', 1, since);
  return newFacts(now - 6 * day, {
    zone: told.zone,
    data: { week: told.week, why: null, due: told.due === null ? null : { date: told.due } },
    changedAt: told.changed === null ? {} : { week: now - told.changed * minute },
    series: {
      runs: told.runs
        .map(({ ago, minutes, completed }, index) =>
          newEntry(`r${index}`, now - ago * minute, { minutes, completed }, told.zone),
        )
        .sort((a, b) => a.at - b.at),
    },
    visit: told.paused ? { ...visit, pauses: [{ from: since + 60 * minute, to: since + 90 * minute }] } : visit,
    heardAt: now - told.heard * minute,
  });
}

test('a condition does not change before the moment it names', () => {
  fc.assert(
    fc.property(condition, history, (expr, told) => {
      const now = origin + told.now * minute;
      const facts = factsOf(told, now);
      const env = { ir: loaded.ir, facts };
      const { holds: held, until } = holds(expr, { ...env, now });
      assert.ok(until > now, 'the moment lies ahead');
      const end = Math.min(until - 1, now + 12 * day);
      for (let at = now; at < end; at += 7 * minute) {
        if (holds(expr, { ...env, now: at }).holds !== held) return false;
      }
      return holds(expr, { ...env, now: end }).holds === held;
    }),
    { seed: 20260105, numRuns: 400 },
  );
});

test('few looks are in vain: the moments named are mostly real changes', () => {
  let looks = 0;
  let changes = 0;
  fc.assert(
    fc.property(fc.constantFrom(...conditions), history, (expr, told) => {
      const start = origin + told.now * minute;
      const env = { ir: loaded.ir, facts: factsOf(told, start) };
      let at = start;
      let held = holds(expr, { ...env, now: at }).holds;
      for (let guard = 0; guard < 200; guard += 1) {
        const { until } = holds(expr, { ...env, now: at });
        if (until > start + 12 * day) break;
        at = until;
        looks += 1;
        const next = holds(expr, { ...env, now: at }).holds;
        if (next !== held) changes += 1;
        held = next;
      }
      return true;
    }),
    { seed: 7, numRuns: 400 },
  );
  assert.ok(changes > 100, `${changes} changes`);
  assert.ok(looks <= changes * 2, `${looks} looks for ${changes} changes`);
});

const values: { expr: string; reads: string }[] = [
  { expr: '0.1 + 0.2', reads: '0.3' },
  { expr: 'round(2.5)', reads: '3' },
  { expr: 'clamp(12, 0, 9)', reads: '9' },
  { expr: 'max(1, week - 1)', reads: '1' },
  { expr: '12 / (week - 1)', reads: '' },
  { expr: 'mean(last 3 of runs.minutes) else 7', reads: '7' },
  { expr: '2026-01-31 + 1 month', reads: 'Sat 28 Feb' },
  { expr: 'count(runs)', reads: '0' },
];
for (const { expr, reads } of values) {
  test(`${expr} reads “${reads}”`, () => {
    const probe = program(
      `program p "P" { data { week: number 1 to 9 = 1  runs: series { minutes: number min? } } let x = ${expr}  stage s { skill plain  leave as lost after 1 day } }`,
    );
    const facts: Facts = {
      ...factsOf(
        { zone: 'UTC', runs: [], entered: 0, heard: 0, changed: null, week: 1, due: null, paused: false },
        origin,
      ),
    };
    const declared = Object.values(probe.ir.lets)[0];
    if (!declared) throw new Error('no let');
    assert.is(writeValue(evaluate(declared.value, { ir: probe.ir, facts, now: origin }).value, 'UTC'), reads);
  });
}

// ---------------------------------------------------------------- values of everything else

/** Noon of a Friday; enrolled on the first moment of Monday the 9th. */
const friday = Date.parse('2026-03-20T12:00:00Z');
const runsOf: [string, number, boolean][] = [
  ['2026-03-10T08:00:00Z', 10, true],
  ['2026-03-12T08:00:00Z', 20, false],
  ['2026-03-13T08:00:00Z', 30, true],
  ['2026-03-18T08:00:00Z', 40, true],
  ['2026-03-20T08:00:00Z', 50, true],
];
const rich: Facts = newFacts(Date.parse('2026-03-09T00:00:00Z'), {
  data: {
    week: 3,
    why: null,
    due: { date: '2026-04-02' },
    ends: { at: Date.parse('2026-03-19T06:30:00Z') },
    rest: { duration: { amount: 2, unit: 'days' } },
    site: 'gulf',
    wakes: { minutes: 390 },
  },
  changedAt: { week: Date.parse('2026-03-13T08:00:00Z') },
  series: {
    runs: runsOf.map(([at, minutes, completed], index) =>
      newEntry(`r${index}`, Date.parse(at), { minutes, completed }),
    ),
  },
  lists: {
    tasks: [
      newItem('Laptop', friday, { name: 'Laptop', done: true, weight: 2 }, 'open'),
      newItem('Desk', friday, { name: 'Desk', done: false, weight: 5 }, 'closed'),
    ],
  },
  tracks: { diary: newItem('x', friday, {}, 'morning').thread },
});

const more: { expr: string; reads: string }[] = [
  { expr: 'due - today', reads: '13 days' },
  { expr: 'today - due', reads: '-13 days' },
  { expr: 'floor((due - today) / 1 week)', reads: '1' },
  { expr: 'now - ends', reads: '29 hours 30 minutes' },
  { expr: '(now - ends) / 1 hour', reads: '29.5' },
  { expr: 'rest * 1.5', reads: '3 days' },
  { expr: 'rest + 6 hours', reads: '2.25 days' },
  { expr: 'rest + 1 week', reads: '9 days' },
  { expr: '1 year - 3 months', reads: '9 months' },
  { expr: 'rest / 4', reads: '0.5 days' },
  { expr: '1 week / rest', reads: '3.5' },
  { expr: 'ends + rest', reads: 'Sat 21 Mar, 06:30' },
  { expr: 'due - 4 business days in berlin', reads: 'Fri 27 Mar' },
  { expr: 'due + 1 business day in berlin', reads: 'Tue 7 Apr' },
  { expr: 'due + 2 business days in site', reads: 'Mon 6 Apr' },
  { expr: 'max(due, today + 14 days)', reads: 'Fri 3 Apr' },
  { expr: 'min(ends, now)', reads: 'Thu 19 Mar, 06:30' },
  { expr: 'clamp(today, 2026-03-21, due)', reads: 'Sat 21 Mar' },
  { expr: 'max(rest, 40 hours)', reads: '2 days' },
  { expr: 'mod(-1, 7)', reads: '6' },
  { expr: 'mod(0.3, 0.1)', reads: '0' },
  { expr: 'mod(5, 0)', reads: '' },
  { expr: 'weekday(due)', reads: 'thu' },
  { expr: 'day_of_month(due)', reads: '2' },
  { expr: 'month_of(due)', reads: '4' },
  { expr: 'year_of(due)', reads: '2026' },
  { expr: 'business_day(2026-04-03, berlin)', reads: 'no' },
  { expr: 'business_day(2026-04-03, gulf)', reads: 'no' },
  { expr: 'business_day(2026-04-05, gulf)', reads: 'yes' },
  { expr: 'due at wakes', reads: 'Thu 2 Apr, 06:30' },
  { expr: 'round(7.3, 2.5)', reads: '7.5' },
  { expr: 'streak(runs)', reads: '5' },
  { expr: 'streak(runs, of those where completed)', reads: '3' },
  { expr: 'streak(runs where minutes < 35, of those where completed)', reads: '1' },
  { expr: 'days(runs where completed, in last 7 days)', reads: '2' },
  { expr: 'gap(runs)', reads: '4' },
  { expr: 'gap(runs where completed)', reads: '4' },
  { expr: 'gap(runs where not completed)', reads: '7' },
  { expr: 'gap(runs where completed, since 2026-03-11)', reads: '4' },
  { expr: 'gap(runs today)', reads: '0' },
  { expr: 'count(last 3 of runs, of those where minutes > 30)', reads: '2' },
  { expr: 'mean(last 3 of runs.minutes, of those where minutes > 30)', reads: '45' },
  { expr: 'mean(last 6 of runs.minutes, of those where minutes > 30)', reads: '' },
  { expr: 'count(runs since week changed)', reads: '2' },
  { expr: 'count(runs since enrolled)', reads: '5' },
  { expr: 'count(runs since 2026-03-13)', reads: '3' },
  { expr: 'count(runs since last run)', reads: '0' },
  { expr: 'count(runs since ends)', reads: '1' },
  { expr: 'count(runs in last rest)', reads: '1' },
  { expr: 'count(runs this year)', reads: '5' },
  { expr: 'max(runs.minutes)', reads: '50' },
  { expr: 'tasks["laptop"].weight', reads: '2' },
  { expr: 'tasks["Chair"].weight', reads: '' },
  { expr: 'count(tasks where weight > 1 and not done)', reads: '1' },
  { expr: 'count(tasks where stage is open)', reads: '1' },
  { expr: 'sum(tasks.weight)', reads: '7' },
  { expr: 'stage of diary', reads: 'morning' },
  { expr: 'pace', reads: '4' },
  { expr: 'second.closes', reads: 'Tue 7 Apr' },
  { expr: 'spells[week]', reads: '36 hours' },
];

const richProgram = program(`program p "P" {
  holidays berlin { 2026-04-03  2026-04-06 }
  holidays gulf, weekend fri, sat { 2026-04-04 }
  data {
    week  : number 1 to 3 = 1
    why   : text?
    due   : date = 2026-04-02
    ends  : moment?
    rest  : duration = 2 days
    site  : (berlin | gulf) = berlin
    wakes : time = 06:30
    runs  : series { minutes: number, completed: yes/no }
  }
  table spells by week {
    1  1 day
    2  1 day
    3  36 hours
  }
  list tasks by name {
    data { name : text  done : yes/no = no  weight : number = 1 }
    stage open { advance to closed when done }
    stage closed final { }
  }
  track diary { stage morning { when done_all { set why = "x" } } }
  let done_all = count(tasks where done) = 2
  let recent = count(runs in last 3 days)
  bands pace by recent {
    at least 3   : 9
    1 to under 3 : 4
    under 1      : 1
  }
  window second = due + 2 days to due + 5 days
  stage one { skill plain  leave as lost after 1 day }
}`);

for (const { expr, reads } of more) {
  test(`${expr} reads “${reads}”`, () => {
    assert.is(
      writeValue(evaluate(lowered(expr), { ir: richProgram.ir, facts: rich, now: friday }).value, 'UTC'),
      reads,
    );
  });
}

/** A let of the rich program, as it is lowered; what may be missing is tried on purpose. */
function lowered(expr: string): Expr {
  const compiled = compile([
    { path: 'p.regimen', text: richProgram.source.replace('  stage one', `  let tried = ${expr}\n  stage one`) },
  ]);
  const problems = (compiled.files[0]?.diagnostics ?? []).filter((one) => one.severity === 'error');
  assert.equal(
    problems.filter((one) => one.code !== 'maybe-missing').map((one) => one.message),
    [],
  );
  const declared = compiled.programs[0]?.ir.lets.tried;
  if (!declared) throw new Error('no let');
  return declared.value;
}

test.run();
