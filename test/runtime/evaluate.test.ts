/**
 * The promise that time without polling rests on: a value holds until the moment `evaluate` names.
 *
 * Generated conditions over generated histories, in zones with daylight-saving changes, against a
 * brute-force look at every few minutes. And cases for values.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Expr } from '../../compiler/ir.ts';
import { evaluate, holds } from '../../runtime/evaluate.ts';
import type { Facts } from '../../runtime/facts.ts';
import { newVisit } from '../../runtime/visit.ts';
import { writeValue } from '../../runtime/write-value.ts';
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
  return {
    enrolledAt: now - 6 * day,
    zone: told.zone,
    data: { week: told.week, why: null, due: told.due === null ? null : { date: told.due } },
    changedAt: told.changed === null ? {} : { week: now - told.changed * minute },
    series: {
      runs: told.runs
        .map((run, index) => ({
          id: `r${index}`,
          at: now - run.ago * minute,
          recordedAt: now,
          visit: 1,
          fields: { minutes: run.minutes, completed: run.completed },
        }))
        .sort((a, b) => a.at - b.at),
    },
    visit: told.paused ? { ...visit, pauses: [{ from: since + 60 * minute, to: since + 90 * minute }] } : visit,
    interrupted: [],
    visits: 1,
    heardAt: now - told.heard * minute,
    heard: [],
    holding: {},
    judgements: {},
    run: null,
    question: null,
    planned: [],
    review: { lastAt: null, changed: false },
    finished: null,
  };
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

test.run();
