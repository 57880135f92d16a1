/** What rules and expressions become: ids, triggers, conditions that exclude each other, scopes of silence. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Effect, Expr, Ir, Rule } from '../../compiler/ir.ts';
import { irOf } from './support.ts';

/** An expression as a formula: short enough to compare by eye. */
function show(expr: Expr): string {
  switch (expr.op) {
    case 'value':
      return JSON.stringify(expr.value);
    case 'data':
      return expr.name;
    case 'let':
      return `let ${expr.id}`;
    case 'entry':
      return `entry.${expr.field}`;
    case 'and':
    case 'or':
      return `(${show(expr.left)} ${expr.op} ${show(expr.right)})`;
    case 'compare':
    case 'arithmetic':
      return `${show(expr.left)} ${expr.by} ${show(expr.right)}`;
    case 'else':
      return `(${show(expr.left)} else ${show(expr.right)})`;
    case 'not':
      return `not ${show(expr.of)}`;
    case 'known':
      return `known ${show(expr.of)}`;
    case 'field':
      return `${show(expr.of)}.${expr.field}`;
    case 'day':
      return `day ${show(expr.of)}`;
    case 'last':
      return `last ${expr.series}`;
    case 'aggregate': {
      const { series, field, where, last, window } = expr.selection;
      const parts = [
        series + (field ? `.${field}` : ''),
        where && `where ${show(where)}`,
        last && `last ${last}`,
        window && JSON.stringify(window),
      ];
      return `${expr.by}(${parts.filter(Boolean).join(' ')})`;
    }
    case 'silence':
      return `silence ${expr.duration.amount} ${expr.duration.unit} of ${expr.scope}`;
    case 'absence':
      return `no ${expr.series}${expr.where ? ` where ${show(expr.where)}` : ''} for ${expr.duration.amount} ${expr.duration.unit} of ${expr.scope}`;
    case 'since':
      return `${expr.duration.amount} ${expr.duration.unit} since ${expr.anchor.kind === 'moment' ? show(expr.anchor.of) : expr.anchor.kind === 'changed' ? `${expr.anchor.field} changed` : expr.anchor.kind}`;
    case 'judged':
      return `judged ${expr.criterion}`;
    case 'lookup':
      return `${expr.table}[${expr.keys.map(show).join(', ')}]`;
    case 'call':
      return `${expr.function}(${expr.args.map(show).join(', ')})`;
    case 'last-was':
      return `last ${expr.series} was ${expr.daysAgo.join(' or ')} days ago`;
    default:
      return expr.op;
  }
}

const showEffect = (effect: Effect): string =>
  effect.kind === 'set'
    ? `set ${effect.field} = ${show(effect.value)}`
    : effect.kind === 'say'
      ? `say ${effect.text.parts.map((part) => (typeof part === 'string' ? part : `{${show(part)}}`)).join('')}`
      : effect.kind === 'record'
        ? `record ${effect.series} ${Object.entries(effect.fields)
            .map(([name, value]) => `${name}: ${show(value)}`)
            .join(', ')}`
        : effect.kind === 'escalate'
          ? `escalate to ${effect.to}`
          : `say with ${effect.skill}`;

function showRule({ id, trigger, condition, effects, move }: Rule): string {
  const cause =
    trigger.kind === 'command'
      ? `command ${trigger.words.join('|')}`
      : trigger.kind === 'recorded'
        ? `recorded ${trigger.series}`
        : trigger.kind;
  const way = move === undefined ? '' : ` → ${Object.values(move).join(' ')}`;
  return `${id}: ${cause}${condition ? ` if ${show(condition)}` : ''}${effects.length > 0 ? ` do ${effects.map(showEffect).join('; ')}` : ''}${way}`;
}

const data = `data {
  week : number 1 to 9 = 1
  sure : yes/no?
  kilos : series number kg
  runs : series { minutes: number min, completed: yes/no, felt: (easy | hard)? }
}`;
const inStage = (body: string, more = ''): Ir =>
  irOf(
    `program p { ${data} ${more} stage a { skill s ${body} leave as lost after 90 days } stage b { skill s leave as lost after 1 day } }`,
  );

/** Body of a stage, and its rules as lowered. */
const cases: [name: string, body: string, rules: string[]][] = [
  [
    'a silence that ends it counts over visits in a row',
    'leave as off after 2 days of silence',
    ['a/leave-1: holds if silence 2 days of stage → leave off'],
  ],
  [
    'any other silence counts from the visit',
    'advance to b after 2 days of silence',
    ['a/advance-1: holds if silence 2 days of visit → advance b'],
  ],
  [
    'after counts from the visit',
    'advance to b after 3 days',
    ['a/advance-1: holds if 3 days since entered → advance b'],
  ],
  [
    'after and when both',
    'advance to b with week = 2, week = week + 1 when sure after 3 days',
    ['a/advance-1: holds if (3 days since entered and sure) do set week = 2; set week = week + 1 → advance b'],
  ],
  [
    'a command without branches',
    'command "A b!", "c" { set week = 2 restart stage }',
    ['a/command-1: command a_b|c do set week = 2 → restart'],
  ],
  [
    'a command with else',
    'command "x" { when week = 2 { say "two" } else { say "other" } }',
    [
      'a/command-1: command x if week = 2 do say two',
      'a/command-1.else: command x if not (week = 2 else false) do say other',
    ],
  ],
  [
    'a branch that moves ends there; the rest is for the others',
    'command "x" { set week = 3  when sure { leave as off }  say "Stay." }',
    [
      'a/command-1: command x if sure do set week = 3 → leave off',
      'a/command-1.else: command x if not (sure else false) do set week = 3; say Stay.',
    ],
  ],
  [
    'three branches are counted',
    'command "x" { when week = 1 { say "1" } else { when week = 2 { say "2" } else { say "3" } } }',
    [
      'a/command-1: command x if week = 1 do say 1',
      'a/command-1.2: command x if (not (week = 1 else false) and week = 2) do say 2',
      'a/command-1.3: command x if (not (week = 1 else false) and not (week = 2 else false)) do say 3',
    ],
  ],
  [
    'a branch in which nothing happens is no rule',
    'command "x" { when sure { say "Yes." } }',
    ['a/command-1: command x if sure do say Yes.'],
  ],
  [
    'a rule on entries sees the entry',
    'on runs where completed { say "{minutes} min"  when felt is hard { say "Rest." } }',
    [
      'a/on-1: recorded runs if (entry.completed and entry.felt = "hard") do say {entry.minutes} min; say Rest.',
      'a/on-1.else: recorded runs if (entry.completed and not (entry.felt = "hard" else false)) do say {entry.minutes} min',
    ],
  ],
  [
    'a when is taken when it turns true',
    'when no runs where completed for 4 days { escalate to operator }',
    ['a/when-1: becomes if no runs where entry.completed for 4 days of visit do escalate to operator'],
  ],
  [
    'series by the name of one entry, and plain series by their value',
    'leave as off when (last kilo else 0) > 90 and mean(last 3 of kilos) is known and latest(kilos) is known',
    [
      'a/leave-1: holds if (((last kilos.value else 0) > 90 and known mean(kilos.value last 3)) and known latest(kilos)) → leave off',
    ],
  ],
  [
    'windows',
    'leave as off when count(runs where completed, this visit) + count(runs in last 7 days) + count(runs this week) > 3',
    [
      'a/leave-1: holds if count(runs where entry.completed {"kind":"visit"}) + count(runs {"kind":"last","duration":{"amount":7,"unit":"days"}}) + count(runs {"kind":"calendar","period":"week"}) > 3 → leave off',
    ],
  ],
  [
    'presence',
    'leave as off when sure is not set\nleave as gone when sure is missing\nleave as away when sure is known',
    [
      'a/leave-1: holds if not known sure → leave off',
      'a/leave-2: holds if not known sure → leave gone',
      'a/leave-3: holds if known sure → leave away',
    ],
  ],
  [
    'judgements',
    'leave as off when judged "wants it" at 0.8\nleave as gone when judged "wants it" at 0.8 or judged "hates it" at 0.8',
    [
      'a/leave-1: holds if judged a/criterion-1 → leave off',
      'a/leave-2: holds if (judged a/criterion-1 or judged a/criterion-2) → leave gone',
    ],
  ],
  [
    'since',
    'leave as off when 3 days since last run\nleave as gone when 3 days since week changed\nleave as away when 3 days since enrolled',
    [
      'a/leave-1: holds if 3 days since last runs → leave off',
      'a/leave-2: holds if 3 days since week changed → leave gone',
      'a/leave-3: holds if 3 days since enrolled → leave away',
    ],
  ],
];

for (const [name, body, rules] of cases) {
  test(name, () => {
    // The last two are the way out that every case has, and the word that ends every program.
    const own = inStage(body).stages.a?.rules.slice(0, -2) ?? [];
    assert.equal(own.map(showRule), rules);
  });
}

test('anytime counts from the enrollment', () => {
  const ir = inStage(
    '',
    'anytime { leave as off after 9 days of silence  leave as gone after 9 days\n when no runs for 2 days { say "Hm." } }',
  );
  assert.equal(ir.anytime.map(showRule), [
    'anytime/leave-1: holds if silence 9 days of enrollment → leave off',
    'anytime/leave-2: holds if 9 days since enrolled → leave gone',
    'anytime/when-1: becomes if no runs for 2 days of enrollment do say Hm.',
  ]);
});

test('a rule keeps the author’s words, white space folded', () => {
  const [rule] = inStage('advance  to b\n   with week = 2\n   when sure').stages.a?.rules ?? [];
  assert.is(rule?.source, 'advance to b with week = 2 when sure');
});

test('lets have the stage in their id, and see what is declared later', () => {
  const ir = inStage('let half = whole / 2  leave as off when half > 3', 'let whole = count(runs)');
  assert.equal(Object.keys(ir.lets), ['whole', 'a/half']);
  assert.is(show(ir.lets['a/half']?.value as Expr), 'let whole / 2');
});

/** The clause, and the cadence it means. */
const cadences: [clause: string, cadence: unknown][] = [
  ['review daily', { kind: 'on-days', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: 600 }],
  ['review weekdays at 09:00', { kind: 'on-days', days: ['mon', 'tue', 'wed', 'thu', 'fri'], at: 540 }],
  ['review weekly', { kind: 'on-days', days: ['mon'], at: 600 }],
  ['review weekly on thu at 18:30', { kind: 'on-days', days: ['thu'], at: 1110 }],
  ['review fri, mon at 07:00', { kind: 'on-days', days: ['mon', 'fri'], at: 420 }],
  ['review every 3 days at 09:00', { kind: 'every', days: 3, at: 540 }],
];

for (const [clause, cadence] of cadences) {
  test(clause, () => assert.equal(inStage(clause).stages.a?.review?.cadence, cadence));
}

test('what is not said has a plain meaning', () => {
  const ir = irOf('program p { stage a_b { skill s  nudge after 2 days of silence  leave as lost after 3 days } }');
  assert.equal(
    {
      title: ir.title,
      enroll: ir.enroll,
      zone: ir.zone,
      roles: ir.roles,
      reenter: ir.reenter,
      stage: ir.stages.a_b?.title,
      times: ir.stages.a_b?.nudges[0]?.atMost,
    },
    {
      title: 'p',
      enroll: { verified: true, others: 'ask' },
      zone: { theirs: true, fallback: 'UTC' },
      roles: ['operator'],
      reenter: undefined,
      stage: { parts: ['a b'] },
      times: 1,
    },
  );
});

test.run();
