/** What rules and expressions become: ids, triggers, conditions that exclude each other, scopes of silence. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Effect, Expr, Ir, Length, Rule } from '../../compiler/ir.ts';
import { irOf } from './support.ts';

const length = (of: Length): string => ('op' in of ? `(${show(of)})` : `${of.amount} ${of.unit}`);

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
      return `silence ${length(expr.duration)} of ${expr.scope}`;
    case 'absence':
      return `no ${expr.series}${expr.where ? ` where ${show(expr.where)}` : ''} for ${length(expr.duration)} of ${expr.scope}`;
    case 'since':
      return `${length(expr.duration)} since ${expr.anchor.kind === 'moment' ? show(expr.anchor.of) : expr.anchor.kind === 'changed' ? `${expr.anchor.field} changed` : expr.anchor.kind}`;
    case 'judged':
      return `judged ${expr.criterion}`;
    case 'lookup':
      return `${expr.table}[${expr.keys.map(show).join(', ')}]`;
    case 'call':
      return `${expr.function}(${expr.args.map(show).join(', ')})`;
    case 'last-was':
      return `last ${expr.series} was ${expr.daysAgo.join(' or ')} days ago`;
    case 'item':
      return `item.${expr.field}`;
    case 'item-of':
      return `${expr.list}[${show(expr.key)}]`;
    case 'stage':
      return typeof expr.of === 'string' ? `stage of ${expr.of}` : `stage of track ${expr.of.track}`;
    case 'choose':
      return expr.ways.map(({ when, value }) => `${when ? show(when) : 'otherwise'} ? ${show(value)}`).join(' | ');
    case 'at-time':
      return `${show(expr.date)} at ${show(expr.time)}`;
    default:
      return expr.op;
  }
}

const words = (text: { parts: (string | Expr)[] }): string =>
  text.parts.map((part) => (typeof part === 'string' ? part : `{${show(part)}}`)).join('');
const fields = (of: Record<string, Expr>): string =>
  Object.entries(of)
    .map(([name, value]) => `${name}: ${show(value)}`)
    .join(', ');
const to = (of: string | Expr): string => (typeof of === 'string' ? of : show(of));

function showEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'set':
      return `set ${effect.item ? 'item.' : ''}${effect.field} = ${show(effect.value)}`;
    case 'say':
      return `say ${words(effect.text)}`;
    case 'say-in-turn':
      return `say ${effect.id} ${effect.texts.map(words).join('/')}`;
    case 'record':
      return `record ${effect.series} ${fields(effect.fields)}`;
    case 'escalate':
      return `escalate to ${to(effect.to)}`;
    case 'tell':
      return `tell ${to(effect.to)} ${words(effect.text)}`;
    case 'output':
      return `send ${effect.name} to ${to(effect.to)} ${words(effect.text)}`;
    case 'call':
      return `call ${effect.service}.${effect.action} ${fields(effect.fields)}`;
    case 'ask':
      return `ask ${effect.question}`;
    case 'propose':
      return `propose ${effect.proposal}${effect.value ? ` ${show(effect.value)}` : ''}`;
    case 'add':
      return `add ${effect.list} ${fields(effect.fields)}`;
    case 'each':
      return `each ${effect.list}${effect.where ? ` where ${show(effect.where)}` : ''} (${effect.effects.map(showEffect).join('; ')})`;
    case 'say-with-skill':
      return `say with ${effect.skill}`;
  }
}

function showRule({ id, trigger, condition, effects, move }: Rule): string {
  const cause =
    trigger.kind === 'command'
      ? `command ${trigger.words.join('|')}`
      : trigger.kind === 'recorded'
        ? `recorded ${trigger.series}`
        : trigger.kind === 'decided'
          ? `decided ${trigger.proposal} ${trigger.approved ? 'yes' : 'no'}`
          : trigger.kind === 'reached'
            ? `reached ${show(trigger.at)}`
            : 'once' in trigger
              ? `${trigger.kind} once`
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

// ---------------------------------------------------------------- people, tracks, lists

const people = `roles lead, nurse  services billing  ladder clinical { nurse for 4h  then lead }
holidays berlin { 2026-12-25 }
parameters { settle : duration = 3 days }`;
const more = `${people} data { due : date?  owner : role = nurse  pills : number?  away : yes/no = no  level : number = 0 }
list tasks by title { data { title : text  done : yes/no = no } }`;

/** The stage's rules where roles, services and a list are declared. */
const withPeople: [name: string, body: string, rules: string[]][] = [
  [
    'a move that somebody approves is proposed, and taken when it was approved',
    'advance to b with week = 2 when sure, approved by lead within 2 days else escalate to nurse, refused { when sure { say "No." } else { set week = 1 } }',
    [
      'a/advance-1: becomes if sure do propose a/advance-1',
      'a/advance-1.approved: decided a/advance-1 yes do set week = 2 → advance b',
      'a/advance-1.refused: decided a/advance-1 no if sure do say No.',
      'a/advance-1.refused.else: decided a/advance-1 no if not (sure else false) do set week = 1',
    ],
  ],
  [
    'a proposed value, and what follows from a no',
    'command "x" { propose week = week + 1 approved by lead, refused { say "It stays." } }',
    [
      'a/command-1: command x do propose a/command-1.propose-1 week + 1',
      'a/command-1.propose-1.refused: decided a/command-1.propose-1 no do say It stays.',
    ],
  ],
  [
    'a question that is met on two ways is one',
    'check daily at 09:00 { when sure { say "A" }  ask "Well?" (number) as pills }',
    [
      'a/check-1: cadence if sure do say A; ask a/check-1.ask-1',
      'a/check-1.else: cadence if not (sure else false) do ask a/check-1.ask-1',
    ],
  ],
  ['a pause is an interruption', 'pause while away', ['a/pause-1: becomes if away → interrupt paused']],
  [
    'moments and lengths that are calculated',
    'at due - 1 day at 18:00, once { say "Now." }\nwhen settle since week changed, once { clear sure }',
    [
      'a/at-1: reached due - {"duration":{"amount":1,"unit":"days"}} at {"minutes":1080} do say Now.',
      'a/when-1: becomes once if (settle) since week changed do set sure = null',
    ],
  ],
  [
    'people, services and things',
    'command "x" { tell owner "A"  send note to participant "B"  call billing charge { amount: 3 }  escalate to clinical  add tasks { title: "T" }  each tasks where not done { set done = yes  tell nurse "{title}" }  say in turn "1", "2" }',
    [
      'a/command-1: command x do tell owner A; send note to participant B; call billing.charge amount: 3; escalate to clinical; add tasks title: "T"; each tasks where not item.done (set item.done = true; tell nurse {item.title}); say a/command-1.say-1 1/2',
    ],
  ],
  [
    'items from outside',
    'leave as off when count(tasks where stage is open) = 0 and not (tasks["T"].done else no)',
    [
      'a/leave-1: holds if (count(tasks where item.stage = "open") = 0 and not (tasks["T"].done else false)) → leave off',
    ],
  ],
];

for (const [name, body, rules] of withPeople) {
  test(name, () => {
    const ir = inStage(body, name === 'items from outside' ? more.replace('no } }', 'no } stage open { } }') : more);
    assert.equal((ir.stages.a?.rules.slice(0, -2) ?? []).map(showRule), rules);
  });
}

test('a pause has a stage that resumes by itself, with the skill of the stage it pauses', () => {
  const ir = inStage('pause while away\npause while level > 3', `${more} stage paused { leave as odd }`);
  assert.equal(ir.stageOrder, ['paused', 'a', 'b', 'paused_2', 'paused_3']);
  const { skill, title, rules } = ir.stages.paused_3 ?? {};
  assert.equal([skill, title], ['s', { parts: ['Paused'] }]);
  assert.equal(rules?.slice(0, 1).map(showRule), ['paused_3/resume-1: holds if not (level > 3 else false) → resume']);
});

test('questions, proposals and business days know whom and when', () => {
  const ir = inStage(
    'ask lead "How many?" (number) as pills, within 4 business days else tell nurse "Late."\ncommand "x" { propose week = 3 approved by lead within settle }',
    more,
  );
  const [question] = ir.stages.a?.questions ?? [];
  assert.equal(question?.within, { amount: 4, unit: 'business-days', calendar: { name: 'berlin' } });
  assert.equal([question?.id, question?.to, question?.field], ['a/ask-1', 'lead', 'pills']);
  assert.equal(question?.otherwise.map(showEffect), ['tell nurse Late.']);
  const proposal = ir.proposals['a/command-1.propose-1'];
  assert.equal([proposal?.by, proposal?.field, proposal?.source], ['lead', 'week', 'week = 3']);
  assert.is(proposal?.within && length(proposal.within), '(settle)');
});

test('bands and windows are lets', () => {
  const ir = inStage(
    'bands step by week { at least 5 : 2  2 to under 5 : 1  under 2 : 0 }\nwindow soon = today to today + 3 days\nwhen today in soon and step > 1 { say "Soon." }',
  );
  assert.equal(
    Object.values(ir.lets).map(({ id, value }) => `${id}: ${show(value)}`),
    [
      'a/step: week >= 5 ? 2 | (week >= 2 and week < 5) ? 1 | week < 2 ? 0',
      'a/soon.opens: today',
      'a/soon.closes: today + {"duration":{"amount":3,"unit":"days"}}',
    ],
  );
  const [rule] = ir.stages.a?.rules ?? [];
  assert.is(
    rule && showRule(rule),
    'a/when-1: becomes if ((today >= let a/soon.opens and today <= let a/soon.closes) and let a/step > 1) do say Soon.',
  );
});

test('tracks and lists are flows of their own, with their names before their ids', () => {
  const ir = irOf(`program p {
    data { on_diary : yes/no = no  level : number = 0  sets : series { lift: text } }
    track diary "Diary" when on_diary {
      let high = level > 3
      anytime { command "x" { set level = 0 } }
      stage morning { let low = not high  when low { say in turn "a", "b" }  advance to over when stage of lifts_track is resting }
      stage over final { }
    }
    track lifts_track { stage resting { when stage of diary is known { set level = level + 1 } } }
    list lifts by name "Lifts" {
      data { name : text  weight : number = 20 }
      starts with { name: "squat" }
      let heavy = weight > 100
      stage lifting { on sets where lift = name { set weight = weight + level }  advance to done when heavy }
      stage done final { }
    }
    stage only { skill s  leave as off when (lifts["squat"].weight else 0) > 90 }
  }`);
  const rules = [...Object.values(ir.tracks), ...Object.values(ir.lists)].flatMap((flow) => [
    ...flow.anytime,
    ...Object.values(flow.stages).flatMap((stage) => stage.rules),
  ]);
  assert.equal(rules.map(showRule), [
    'diary.anytime/command-1: command x do set level = 0',
    'diary.morning/when-1: becomes if let diary.morning/low do say diary.morning/when-1.say-1 a/b',
    'diary.morning/advance-1: holds if stage of track lifts_track = "resting" → advance over',
    'lifts_track.resting/when-1: becomes if known stage of track diary do set level = level + 1',
    'lifts.lifting/on-1: recorded sets if entry.lift = item.name do set item.weight = item.weight + level',
    'lifts.lifting/advance-1: holds if let lifts./heavy → advance done',
  ]);
  assert.equal(Object.keys(ir.lets).sort(), ['diary./high', 'diary.morning/low', 'lifts./heavy']);
  const { key, singular, starts, initial } = ir.lists.lifts ?? {};
  assert.equal([key, singular, initial, starts?.map(fields)], ['name', 'lift', 'lifting', ['name: "squat"']]);
  assert.equal(
    [ir.tracks.diary?.source, ir.tracks.diary?.title, ir.tracks.lifts_track?.when],
    ['on_diary', 'Diary', undefined],
  );
  assert.is(
    ir.stages.only?.rules[0] && showRule(ir.stages.only.rules[0]),
    'only/leave-1: holds if (lifts["squat"].weight else 0) > 90 → leave off',
  );
});

test('what is said of the program and of its data is kept', () => {
  const ir = irOf(`program p {
    roles nurse, lead
    services billing
    ladder clinical { nurse for 4h  then lead for 1 day  then operator }
    holidays gulf, weekend fri, sat { 2026-12-02 "National day"  2026-12-03 }
    messages at most 5 per day, 20 per week, 2h apart
    parameters { target : number = 100  step : number = 2  per person }
    data {
      dose : number 0 to 80 = 10   agent, nurse may set
      phone : text?                personal
      paid : series number         billing may record
      meetings : series { done: yes/no }  shared
    }
    migrate from 3 { stage intro becomes a  field why becomes phone  drop mood  set dose = 12 }
    stage a { skill s  leave as off when dose > target + step and count(paid) > 3  leave as lost after 9 days of silence }
  }`);
  assert.equal(ir.services, ['billing']);
  assert.equal(
    ir.ladders.clinical?.rungs.map((rung) => `${rung.to} ${rung.for ? length(rung.for) : 'at last'}`),
    ['nurse 4 hours', 'lead 1 days', 'operator at last'],
  );
  assert.equal(ir.calendars.gulf, {
    name: 'gulf',
    weekend: ['fri', 'sat'],
    days: { '2026-12-02': 'National day', '2026-12-03': '' },
  });
  assert.equal(ir.messagesAtMost, { perDay: 5, perWeek: 20, apart: { amount: 2, unit: 'hours' } });
  assert.equal([ir.data.target?.parameter, ir.data.step?.parameter], ['workspace', 'person']);
  assert.equal([ir.data.dose?.agentMaySet, ir.data.dose?.maySet, ir.data.phone?.personal], [true, ['nurse'], true]);
  assert.equal([ir.series.paid?.mayRecord, ir.series.meetings?.shared], [['billing'], true]);
  const { set, ...named } = ir.migrations['3'] ?? { set: [] };
  assert.equal(named, {
    from: 3,
    stages: { intro: 'a' },
    fields: { why: 'phone' },
    series: {},
    lists: {},
    tracks: {},
    drop: ['mood'],
  });
  assert.equal(
    set.map(({ field, value }) => `${field} = ${show(value)}`),
    ['dose = 12'],
  );
});

/** The clause, and the cadence it means. */
const cadences: [clause: string, cadence: unknown][] = [
  ['review daily', { kind: 'on-days', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: [600] }],
  ['review weekdays at 09:00', { kind: 'on-days', days: ['mon', 'tue', 'wed', 'thu', 'fri'], at: [540] }],
  ['review weekly', { kind: 'on-days', days: ['mon'], at: [600] }],
  ['review weekly on thu at 18:30', { kind: 'on-days', days: ['thu'], at: [1110] }],
  ['review fri, mon at 07:00', { kind: 'on-days', days: ['mon', 'fri'], at: [420] }],
  ['review every 3 days at 09:00', { kind: 'every', days: 3, at: [540] }],
  [
    'review daily at 09:00, 14:00',
    { kind: 'on-days', days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], at: [540, 840] },
  ],
  ['review every 2 weeks on thu at 08:30', { kind: 'weeks', every: 2, days: ['thu'], at: [510] }],
  ['review every 2 weeks at 08:30', { kind: 'every', days: 14, at: [510] }],
  ['review every 4h', { kind: 'interval', minutes: 240 }],
  ['review every 30 min', { kind: 'interval', minutes: 30 }],
  ['review monthly on 1, 15 at 09:00', { kind: 'monthly', days: [1, 15], at: [540] }],
  ['review monthly on last at 09:00', { kind: 'monthly', days: [-1], at: [540] }],
  ['review monthly on second thu at 09:00', { kind: 'monthly-weekday', nth: 2, day: 'thu', at: [540] }],
  ['review every 3 months at 09:00', { kind: 'months', every: 3, at: [540] }],
  ['review every 2 years on 1, last', { kind: 'months', every: 24, days: [1, -1], at: [600] }],
  ['review every 3 months on second thu', { kind: 'months', every: 3, nth: 2, day: 'thu', at: [600] }],
  ['review every month on 1', { kind: 'monthly', days: [1], at: [600] }],
  ['review monthly on last fri', { kind: 'monthly-weekday', nth: -1, day: 'fri', at: [600] }],
  ['review business days at 09:00', { kind: 'business-days', at: [540] }],
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
