/**
 * *Why not*, line by line: the words of clauses, the values that make each checkable by hand, and what must happen
 * first.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { why } from '../../runtime/explain.ts';
import type { Input } from '../../runtime/inputs.ts';
import { writeValue } from '../../runtime/write-value.ts';
import { life } from '../support/life.ts';

const test = suite('why');
const day = 24 * 60 * 60_000;
/** A Monday in winter, 09:00 in London. */
const monday = Date.parse('2026-01-05T09:00:00Z');

/** One stage with these rules, and the fields and series they speak of. */
const text = (rules: string) => `program asked "Asked" {
  timezone "Europe/London"
  skill companion
  roles nurse
  holidays north { 2026-12-25 }
  holidays south { 2026-01-09 }
  parameters { rest : duration = 2 weeks  site : (north | south) = north }
  data {
    a     : yes/no = no   nurse may set
    n     : number = 0    nurse may set
    visit : date?         nurse may set
    walks : series { minutes: number min }
  }
  let fit = n > 3 and count(walks in last 7 days) >= 2
  stage one "One" {
    ${rules}
    leave as gone after 300 days
  }
  stage two "Two" { command "back" { return to one }  when a { interrupt with aside }  leave as over after 100 days }
  stage aside "Aside" { resume when not a  leave as over after 100 days }
}`;

const walked = (id: string, minutes: number): Input =>
  ({ type: 'record', id, series: 'walks', fields: { minutes }, by: 'person' }) as unknown as Input;
const sets = (id: string, field: string, value: unknown): Input =>
  ({ type: 'set', id, field, value, role: 'nurse' }) as unknown as Input;

function lived(rules: string, inputs: readonly (Input | number)[] = []) {
  const one = life(text(rules), monday);
  for (const input of inputs) {
    if (typeof input === 'number') one.passes(input);
    else one.take(input);
  }
  return one;
}

/** `no: n > 3 · n is 0, from Mon 12 Jan, 09:00`, of each transition. */
function told(
  rules: string,
  inputs: readonly (Input | number)[] = [],
): { title: string; at: string; lines: string[] }[] {
  const one = lived(rules, inputs);
  const moment = (at: number | null) => (at === null ? '' : writeValue({ at }, 'Europe/London'));
  return why(one.program, one.state(), one.now()).transitions.map(({ title, holdsAt, clauses }) => ({
    title,
    at: moment(holdsAt),
    lines: clauses.map(({ source, holds, values, holdsAt: from }) => {
      const known = values.map(
        ({ source: name, value }) => `${name} is ${writeValue(value, 'Europe/London') || 'missing'}`,
      );
      const notes = [...known, ...(from === null ? [] : [`from ${moment(from)}`])].join(', ');
      return `${holds ? 'yes' : 'no'}: ${source}${notes === '' ? '' : ` · ${notes}`}`;
    }),
  }));
}

type Case = { what: string; rules: string; inputs?: (Input | number)[]; at?: string; lines: string[] };

const cases: Case[] = [
  {
    what: 'a length of time says what it counts from, and how long it is',
    rules: 'advance to two when rest since entered and 3 days since enrolled',
    at: 'Mon 19 Jan, 09:00',
    lines: [
      'no: rest since entered · beginning of the visit is Mon 5 Jan, 09:00, rest is 2 weeks, from Mon 19 Jan, 09:00',
      'no: 3 days since enrolled · beginning of the enrollment is Mon 5 Jan, 09:00, from Thu 8 Jan, 09:00',
    ],
  },
  {
    what: 'silence counts from the last sign of life',
    rules: 'leave as quiet after 2 days of silence',
    inputs: [day, walked('w', 5)],
    at: 'Thu 8 Jan, 09:00',
    lines: ['no: after 2 days of silence · last sign of life is Tue 6 Jan, 09:00, from Thu 8 Jan, 09:00'],
  },
  {
    what: 'an absence where nothing has come yet counts from the visit',
    rules: 'advance to two when no walks for 4 days',
    at: 'Fri 9 Jan, 09:00',
    lines: [
      'no: no walks for 4 days · last walk is missing, beginning of the visit is Mon 5 Jan, 09:00, from Fri 9 Jan, 09:00',
    ],
  },
  {
    what: 'an absence counts from the last entry that matches',
    rules: 'advance to two when no walks where minutes > 20 for 4 days',
    inputs: [day, walked('w1', 30), day, walked('w2', 5)],
    at: 'Sat 10 Jan, 09:00',
    lines: ['no: no walks where minutes > 20 for 4 days · last such walk is Tue 6 Jan, 09:00, from Sat 10 Jan, 09:00'],
  },
  {
    what: 'what a change of a field is counted from',
    rules: 'advance to two when 2 days since n changed',
    inputs: [day, sets('s', 'n', 2)],
    at: 'Thu 8 Jan, 09:00',
    lines: ['no: 2 days since n changed · last change of n is Tue 6 Jan, 09:00, from Thu 8 Jan, 09:00'],
  },
  {
    what: 'what has not changed yet is counted from the enrollment',
    rules: 'advance to two when 2 days since n changed',
    at: 'Wed 7 Jan, 09:00',
    lines: ['no: 2 days since n changed · beginning of the enrollment is Mon 5 Jan, 09:00, from Wed 7 Jan, 09:00'],
  },
  {
    what: 'a let that only says no tells what it rests on',
    rules: 'advance to two when fit',
    inputs: [walked('w', 5)],
    lines: ['no: fit · fit is no, n is 0, count(walks in last 7 days) is 1'],
  },
  {
    what: 'today is among the values where it is asked about',
    rules: 'advance to two when visit is known and today >= visit',
    inputs: [sets('s', 'visit', { date: '2026-01-08' })],
    at: 'Thu 8 Jan, 00:00',
    lines: [
      'yes: visit is known · visit is Thu 8 Jan',
      'no: today >= visit · today is Mon 5 Jan, visit is Thu 8 Jan, from Thu 8 Jan, 00:00',
    ],
  },
  {
    what: 'the calendar of business days is among the values where a field names it',
    rules: 'advance to two when visit is known and today > visit + 3 business days in site',
    inputs: [sets('s', 'visit', { date: '2026-01-08' })],
    at: 'Wed 14 Jan, 00:00',
    lines: [
      'yes: visit is known · visit is Thu 8 Jan',
      'no: today > visit + 3 business days in site · today is Mon 5 Jan, visit is Thu 8 Jan, site is north, from Wed 14 Jan, 00:00',
    ],
  },
  {
    what: 'brackets are closed, comments left out, lines joined',
    rules: `advance to two when (n + 1) * 2 > 6 // twice
        or (a and
          n > (2 - 1))`,
    lines: ['no: (n + 1) * 2 > 6 or (a and n > (2 - 1)) · n is 0, a is no'],
  },
  {
    what: 'an entry that has not come is asked nothing: what it is asked stands with it',
    rules: 'on walks where minutes > 30 and n = 0 { advance to two }',
    lines: ['no: walk is recorded where minutes > 30', 'yes: n = 0 · n is 0'],
  },
  {
    what: 'nor is what follows a word',
    rules: 'command "run" (number) as k { when k > 3 and n > 2 { advance to two } }',
    lines: ['no: the person says “run” where k > 3', 'no: n > 2 · n is 0'],
  },
  {
    what: 'the way of an else says that what is before it does not hold',
    rules: 'check daily at 08:00 { when a { say "Hm." } else { advance to two } }',
    at: 'Tue 6 Jan, 08:00',
    lines: ['no: the moment of “check daily at 08:00” comes · from Tue 6 Jan, 08:00', 'yes: not a · a is no'],
  },
  {
    what: 'a check brings what will hold by then, and not sooner',
    rules: 'check daily at 08:00 { when 3 days since entered { advance to two } }',
    at: 'Fri 9 Jan, 08:00',
    lines: [
      'no: the moment of “check daily at 08:00” comes · from Tue 6 Jan, 08:00',
      'no: 3 days since entered · beginning of the visit is Mon 5 Jan, 09:00, from Thu 8 Jan, 09:00',
    ],
  },
  {
    what: 'the moment of an `at` rule, and one that nobody knows yet',
    rules: 'at visit at 10:00 { advance to two }',
    lines: ['no: the moment of “at visit at 10:00” comes · visit is missing'],
  },
  {
    what: 'an `at` rule with its moment',
    rules: 'at visit at 10:00 { advance to two }',
    inputs: [sets('s', 'visit', { date: '2026-01-08' })],
    at: 'Thu 8 Jan, 10:00',
    lines: ['no: the moment of “at visit at 10:00” comes · visit is Thu 8 Jan, from Thu 8 Jan, 10:00'],
  },
  {
    what: 'what is approved says first what keeps it from being proposed',
    rules: 'advance to two when n > 3 and 1 day since entered, approved by nurse',
    lines: [
      'no: n > 3 · n is 0',
      'no: 1 day since entered · beginning of the visit is Mon 5 Jan, 09:00, from Tue 6 Jan, 09:00',
      'no: nurse approves',
    ],
  },
  {
    what: 'and once it is, since when',
    rules: 'advance to two when n > 3 and 1 day since entered, approved by nurse',
    inputs: [sets('s', 'n', 4), 2 * day],
    lines: ['yes: it is proposed to nurse · time of the proposal is Tue 6 Jan, 09:00', 'no: nurse approves'],
  },
];

for (const { what, rules, inputs = [], at = '', lines } of cases)
  test(what, () => {
    const [first] = told(rules, inputs);
    assert.equal([first?.at, first?.lines], [at, lines]);
  });

test('after a refusal it has to turn true anew before it is proposed again', () => {
  const rules = 'advance to two when n > 3, approved by nurse';
  const one = lived(rules, [sets('s', 'n', 4)]);
  const [open] = one.state().facts.proposals;
  one.take({ type: 'decide', id: 'd', proposal: open?.id, approve: false, role: 'nurse' } as unknown as Input);
  const [first] = why(one.program, one.state(), one.now()).transitions;
  assert.equal(
    first?.clauses.map(({ source, holds }) => [source, holds]),
    [
      ['it has turned true anew', false],
      ['n > 3', true],
      ['nurse approves', false],
    ],
  );
});

test('an interruption: where it goes back to, and the timers without it', () => {
  const one = lived('when a { interrupt with aside }  advance to two when 4 days since entered', [
    day,
    sets('on', 'a', true),
  ]);
  assert.is(why(one.program, one.state(), one.now()).transitions[0]?.title, 'Go back to “One”');
  one.passes(2 * day);
  one.take(sets('off', 'a', false));
  const advance = why(one.program, one.state(), one.now()).transitions.find(
    ({ title }) => title === 'Advance to “Two”',
  );
  assert.equal(advance?.clauses[0]?.values, [
    { source: 'beginning of the visit (interruptions left out)', value: { at: monday + 2 * day } },
  ]);
  assert.is(advance?.holdsAt, monday + 6 * day);
  one.passes(3 * day);
  assert.is(one.state().facts.visit.stage, 'two', 'and it came');
  assert.is(one.state().facts.visit.since, monday + 6 * day);
});

test.run();
