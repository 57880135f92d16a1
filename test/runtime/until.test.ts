/**
 * What holds until when, for everything that can be asked of time: against a brute-force look.
 *
 * Each condition and each value is looked at over generated histories, in zones with changes of
 * clocks, every few minutes until the moment `evaluate` names; it must not have changed before. A
 * value that moves with the clock must move at the pace it names.
 */
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import type { Expr, Value } from '../../compiler/ir.ts';
import type { Env } from '../../runtime/evaluate.ts';
import { evaluate, holds } from '../../runtime/evaluate.ts';
import type { Facts } from '../../runtime/facts.ts';
import { newVisit } from '../../runtime/visit.ts';
import { newEntry, newFacts, newItem } from '../support/facts.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const origin = Date.parse('2026-03-20T12:00:00Z');

/** What days that pass turn: once, at a midnight that can be told beforehand. */
const daily = [
  'floor((today - due) / 1 week) >= 1',
  'max(2, 40 - floor((due - today) / 1 week)) > 40',
  'floor((today - due) / 1 day) - 1 > 3',
  '(due - today) / 1 day < 2.5',
  '-((due - today) / 1 day) * 2 >= 5',
  'round((today - due) / 1 week) > 0',
  'min(today, due) < 2026-03-29',
  'clamp((today - due) / 1 day, 0, 6) >= 3',
  'today + 2 days > due',
  'today + 3 business days in berlin > due',
  'due < today - 4 days',
  'today < due',
  'today <= due',
  'today > due',
  'due >= today',
  'missed_days > 2',
  '((today - due) / 1 day else 0) > 4',
];

const conditions = [
  ...daily,
  'floor((today - due) / 1 day) = 3',
  'today != due',
  'today - due != 2 days',
  '(today - due) / 1 day - count(runs in last 3 days) > 2',
  '(today - due) - (now - ends) > 1 day',
  'now > ends',
  'now - ends > 30 hours',
  'ends - now >= rest',
  'abs((now - ends) / 1 hour) < 20',
  'mod((now - ends) / 1 hour, 48) < 24',
  '(now - ends) * 2 > 3 days',
  '(now - ends) / 1 day + 1 > 3',
  'day of (now + 3 days) = due',
  'day of (now - 5 hours) = today',
  'day of (now + 1 month) = 2026-04-28',
  'now + 1 month > ends + 3 weeks',
  'now + 4 business days in berlin >= ends',
  'max(ends, day of last run at 09:00) <= now',
  'min(due, 2026-03-28) <= today',
  'clamp(due, 2026-03-25, 2026-04-01) = today',
  'today in second',
  'today > second.closes',
  'due - today <= 3 days',
  'weekday(today) is mon',
  'business_day(today, berlin)',
  'today >= due - 4 business days in berlin',
  '3 business days in gulf since last run',
  '2 business days in site since entered',
  'rest since last run',
  '(rest * 1.5) since week changed',
  'spells[week] since due',
  'no runs for rest',
  'no runs where completed for (rest / 2)',
  'rest of silence',
  'count(runs in last (rest + 12 hours)) > 1',
  'count(runs in last (now - ends)) > 1',
  'count(runs since week changed) >= 1',
  'count(runs since (today - 3 days)) >= 2',
  'count(runs since (now - 50 hours)) >= 2',
  'count(runs since last run) = 0',
  'count(runs since ends) > 0',
  'count(runs where 2 days since occurred) >= 2',
  'today at wakes <= now',
  'now >= today at 18:00',
  'day of last run at 20:00 + 30 hours <= now',
  'shift = "late"',
  'count(tasks where done) = 1',
  'count(tasks where due - today <= 2 days) = 1',
  'tasks["a"].weight > 1',
  'now > due at 09:00',
  'day of last run = today',
  'last run was yesterday',
];

const values = [
  'ends - now',
  'floor((now - ends) / 1 day)',
  'ceil((ends - now) / 6 hours)',
  'round((now - ends) / 1 day)',
  'round((now - ends) / 1 hour, 2.5)',
  'now + 36 hours',
  'now + 1 day',
  'now - 2 weeks',
  'due + (now - ends)',
  'clamp((now - ends) / 1 day, 0, 3)',
  'floor((due - today) / 1 week)',
  'day_of_month(today)',
  'streak(runs, of those where completed)',
  'streak(runs where minutes > 10, of those where 2 days since occurred)',
  'days(runs where completed, in last 4 days)',
  'days(runs this week)',
  'gap(runs)',
  'gap(runs where completed, since entered)',
  'gap(runs in last 5 days)',
  'gap(runs in last 60 hours)',
  'gap(runs in last 1 month)',
  'gap(runs this week)',
  'gap(runs since due)',
  'gap(runs since (now - 3 days))',
  'count(runs this year)',
  'mean(last 2 of runs.minutes, of those where completed)',
  'count(last 3 of runs, of those where 1 day since occurred)',
  'pace',
  'second.opens',
];

const text = `program probe "Probe" {
  timezone theirs else "UTC"
  holidays berlin { 2026-03-25 "Lady Day"  2026-04-03  2026-04-06 }
  holidays gulf, weekend fri, sat { 2026-03-29 }
  data {
    week  : number 1 to 9 = 1
    why   : text?
    due   : date?
    ends  : moment?
    rest  : duration = 2 days
    wakes : time = 07:00
    site  : (berlin | gulf)?
    runs  : series { minutes: number, completed: yes/no }
  }
  table spells by week {
    1  36 hours
    3  4 days
  }
  list tasks by name { data { name : text  done : yes/no = no  weight : number = 1  due : date? } }
  let recent = count(runs in last 3 days)
  bands pace by recent {
    at least 3   : 9
    1 to under 3 : 4
    under 1      : 1
  }
  bands shift {
    when now >= today at 12:00 : "late"
    otherwise                  : "early"
  }
  window second = due + 2 days to due + 5 days
  let missed_days = floor((today - (day of last run else due)) / 1 day) - 1
${values.map((value, index) => `  let value_${index} = ${value}`).join('\n')}
  stage one {
    skill plain
    leave as lost after 90 days
${conditions.map((condition) => `    when ${condition} { set why = "x" }`).join('\n')}
  }
}`;

const compiled = compile([{ path: 'probe.regimen', text }]);
const ir = compiled.programs[0]?.ir;
if (!ir) throw new Error('nothing was compiled');
const rules: Expr[] = Object.values(ir.stages.one?.rules ?? {}).flatMap(({ trigger, condition }) =>
  trigger.kind === 'becomes' && condition ? [condition] : [],
);

test('the probe is understood, but for what may be missing: that is what is tried here', () => {
  const problems = (compiled.files[0]?.diagnostics ?? []).filter(
    ({ severity, code }) => severity === 'error' && code !== 'maybe-missing',
  );
  assert.equal(
    problems.map((one) => `${one.code}: ${one.message} «${text.slice(one.span.start, one.span.end)}»`),
    [],
  );
  assert.is(rules.length, conditions.length);
});

const history = fc.record({
  zone: fc.constantFrom('UTC', 'Europe/London', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'),
  runs: fc.array(
    fc.record({
      ago: fc.integer({ min: -1, max: 8 * 24 * 60 }),
      completed: fc.boolean(),
      minutes: fc.integer({ min: 1, max: 40 }),
    }),
    { maxLength: 6 },
  ),
  entered: fc.integer({ min: 0, max: 6 * 24 * 60 }),
  heard: fc.integer({ min: 0, max: 6 * 24 * 60 }),
  changed: fc.option(fc.integer({ min: 0, max: 5 * 24 * 60 })),
  week: fc.constantFrom(1, 2, 3),
  due: fc.option(fc.constantFrom('2026-03-22', '2026-03-29', '2026-04-02')),
  ends: fc.option(fc.integer({ min: -4 * 24 * 3600, max: 12 * 24 * 3600 })),
  rest: fc.constantFrom<Value>(
    { duration: { amount: 2, unit: 'days' } },
    { duration: { amount: 90, unit: 'minutes' } },
    { duration: { amount: 1, unit: 'weeks' } },
    { duration: { amount: 2, unit: 'business-days', calendar: { name: 'berlin' } } },
  ),
  site: fc.constantFrom(null, 'berlin', 'gulf'),
  now: fc.integer({ min: 0, max: 16 * 24 * 60 }),
  done: fc.boolean(),
});
type History = typeof history extends fc.Arbitrary<infer T> ? T : never;

function factsOf(told: History, now: number): Facts {
  const date = (iso: string | null): Value => (iso === null ? null : { date: iso });
  return newFacts(now - 9 * day, {
    zone: told.zone,
    data: {
      week: told.week,
      why: null,
      due: date(told.due),
      ends: told.ends === null ? null : { at: origin + told.ends * 1000 },
      rest: told.rest,
      wakes: { minutes: 7 * 60 },
      site: told.site,
    },
    changedAt: told.changed === null ? {} : { week: now - told.changed * minute },
    series: {
      runs: told.runs
        .map(({ ago, minutes, completed }, index) =>
          newEntry(`r${index}`, now - ago * minute, { minutes, completed }, told.zone),
        )
        .sort((a, b) => a.at - b.at),
    },
    lists: {
      tasks: [
        newItem('a', now - 3 * day, { name: 'a', done: told.done, weight: told.week, due: date(told.due) }),
        newItem('b', now - day, { name: 'b', done: true, weight: 1, due: null }),
      ],
    },
    visit: newVisit('one', 1, now - told.entered * minute),
    heardAt: now - told.heard * minute,
  });
}

/** Moments to look at before `until`, the last ones among them. */
function* looks(now: number, until: number, days: number): Generator<number> {
  const end = Math.min(until - 1, now + days * day);
  for (let at = now; at < end; at += 13 * minute + 7_000) yield at;
  yield end;
}

const runs = { seed: 20260321, numRuns: 14 };

for (const [index, condition] of conditions.entries()) {
  test(`${condition}: not before the moment it names`, () => {
    const expr = rules[index] as Expr;
    fc.assert(
      fc.property(history, (told) => {
        const now = origin + told.now * minute;
        const env = { ir, facts: factsOf(told, now) };
        const { holds: held, until } = holds(expr, { ...env, now });
        assert.ok(until > now, 'the moment lies ahead');
        for (const at of looks(now, until, 9)) {
          if (holds(expr, { ...env, now: at }).holds !== held) return false;
        }
        return true;
      }),
      runs,
    );
  });
}

for (const condition of daily) {
  test(`${condition}: turns at the very moment it names`, () => {
    const expr = rules[conditions.indexOf(condition)] as Expr;
    fc.assert(
      fc.property(history, (told) => {
        const now = origin + told.now * minute;
        const env = { ir, facts: factsOf(told, now) };
        const { holds: held, until } = holds(expr, { ...env, now });
        return !Number.isFinite(until) || until - now > yearsMs || holds(expr, { ...env, now: until }).holds !== held;
      }),
      runs,
    );
  });
}

/** What does not turn for years is looked at again then. */
const yearsMs = 10 * 365 * day;

/** What a value measures, where it moves. */
function measure(value: Value): number | undefined {
  if (typeof value === 'number') return value;
  if (value === null || typeof value !== 'object') return undefined;
  if ('at' in value) return value.at;
  return 'duration' in value && value.duration.unit === 'minutes' ? value.duration.amount : undefined;
}

for (const [index, written] of values.entries()) {
  test(`${written}: the same, or as far on as it says`, () => {
    const expr = ir.lets[`value_${index}`]?.value as Expr;
    fc.assert(
      fc.property(history, (told) => {
        const now = origin + told.now * minute;
        const env: Omit<Env, 'now'> = { ir, facts: factsOf(told, now) };
        const { value, until, rate } = evaluate(expr, { ...env, now });
        assert.ok(until > now, 'the moment lies ahead');
        for (const at of looks(now, until, 9)) {
          const later = evaluate(expr, { ...env, now: at }).value;
          if (rate === undefined) assert.equal(later, value, `${written} at ${new Date(at).toISOString()}`);
          else {
            const moved = (measure(later) ?? Number.NaN) - (measure(value) ?? Number.NaN);
            assert.ok(Math.abs(moved - rate * (at - now)) < 1, `${written} moves by ${moved} in ${at - now} ms`);
          }
        }
      }),
      runs,
    );
  });
}

const span = { start: 0, end: 0 };
const anyCondition: fc.Arbitrary<Expr> = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom(...rules),
    fc
      .tuple(fc.constantFrom('and', 'or'), tie('expr'), tie('expr'))
      .map(([op, left, right]): Expr => ({ op: op as 'and' | 'or', left, right, span })),
    tie('expr').map((of): Expr => ({ op: 'not', of, span })),
    fc
      .tuple(tie('expr'), tie('expr'), tie('expr'))
      .map(([when, value, other]): Expr => ({ op: 'choose', ways: [{ when, value }, { value: other }], span })),
  ),
})).expr;

test('the same of any of them together', () => {
  fc.assert(
    fc.property(anyCondition, history, (expr, told) => {
      const now = origin + told.now * minute;
      const env = { ir, facts: factsOf(told, now) };
      const { holds: held, until } = holds(expr, { ...env, now });
      for (const at of looks(now, until, 5)) {
        if (holds(expr, { ...env, now: at }).holds !== held) return false;
      }
      return true;
    }),
    { seed: 20260322, numRuns: 300 },
  );
});

test.run();
