/** What is offered at a place: `‸` is the cursor. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { complete } from '../../compiler/complete.ts';

const program = (body: string) => `program p "P" {
  roles nurse
  data {
    week : number 1 to 9 = 1
    felt : (easy | ok | hard) = ok
    sure : yes/no = no
    runs : series { minutes: number min, felt_then: (good | bad)?, completed: yes/no }
  }
  let total = count(runs)
  table plan by week { 1 "x" }
  anytime { command "stop" { leave as opted_out } }
  stage training {
    skill run_coach
    let done = total + 1
${body}
  }
  stage rest { skill rest  resume when sure }
  stage over final { }
}
scenario "s" of p {
  start mon 2026-01-05 09:00
}`;

/** What stands in the stage `training`; what must be offered; what must not. */
const inStage: [text: string, offered: string[], withheld: string[]][] = [
  ['‸', ['skill', 'review', 'advance', 'when'], ['table', 'week', 'program']],
  ['adv‸', ['advance'], ['week']],
  ['advance ‸', ['to'], ['week']],
  ['advance to ‸', ['training', 'rest', 'over'], ['week', 'runs', 'skill']],
  ['return to tr‸ when done > 3', ['training'], ['week']],
  ['command "x" { interrupt with ‸', ['training', 'rest'], ['over', 'week']],
  ['skill ‸', ['run_coach', 'rest'], ['week', 'training']],
  ['command "x" { say with skill ‸', ['run_coach'], ['week']],
  ['escalate to ‸', ['nurse', 'operator'], ['training']],
  ['leave as ‸', ['opted_out'], ['week', 'training']],
  ['nudge after 4 days without ‸', ['runs'], ['week']],
  ['nudge after 4 ‸', ['days', 'hours'], ['week']],
  ['nudge after 4 days of ‸', ['silence'], ['week']],
  ['on ‸', ['runs'], ['week']],
  ['on runs where ‸', ['minutes', 'completed', 'week', 'done', 'not'], ['over']],
  ['on runs { say "{‸', ['minutes', 'done', 'week'], ['advance']],
  ['command "x" { ‸', ['say', 'set', 'record', 'restart'], ['skill', 'review']],
  ['command "x" { set ‸', ['week', 'felt'], ['runs', 'done']],
  ['command "x" { record ‸', ['runs'], ['week']],
  ['command "x" { record runs { ‸', ['minutes', 'completed'], ['week']],
  ['command "x" { record runs { minutes: 3, completed: ‸', ['yes', 'no'], ['minutes']],
  [
    'advance to over when ‸',
    ['done', 'total', 'week', 'felt', 'plan', 'count', 'max', 'not', 'judged'],
    ['over', 'advance'],
  ],
  ['advance to over when we‸', ['week'], ['over']],
  ['advance to over when done ‸', ['and', 'or', 'is', 'with'], ['week', 'felt']],
  ['advance to over when done > 3 and ‸', ['week', 'felt'], ['and']],
  ['advance to over when felt = ‸', ['easy', 'ok', 'hard'], ['week', 'yes']],
  ['advance to over when felt is ‸', ['easy', 'ok', 'hard', 'known', 'missing'], ['week']],
  ['advance to over when sure = ‸', ['yes', 'no'], ['week']],
  ['advance to over when latest(runs).‸', ['minutes', 'completed', 'felt_then'], ['week']],
  ['advance to over when sum(runs.‸', ['minutes'], ['week']],
  ['advance to over when no ‸', ['runs'], ['week']],
  ['advance to over when last ‸', ['run'], ['week']],
  ['advance to over with ‸', ['week', 'sure'], ['done', 'runs']],
  ['advance to over with week = 1, ‸', ['sure'], ['done']],
  ['let x1 = ‸', ['done', 'week', 'count'], ['skill']],
  ['review ‸', ['daily', 'weekly', 'mon'], ['week']],
  ['say "Week {‸}"', ['week', 'done', 'total'], ['say']],
  ['say "Week {week} of {‸}"', ['week', 'done'], ['say']],
];

const offers = (marked: string) => {
  const offset = marked.indexOf('‸');
  assert.ok(offset >= 0);
  return complete(marked.replace('‸', ''), offset);
};

for (const [text, offered, withheld] of inStage) {
  test(text, () => {
    const labels = offers(program(`    ${text}`)).map((one) => one.label);
    for (const label of offered) assert.ok(labels.includes(label), `${label} is missing among ${labels.join(', ')}`);
    for (const label of withheld) assert.not(labels.includes(label), `${label} is offered`);
  });
}

/** Whole texts, often broken. */
const whole: [text: string, offered: string[]][] = [
  ['‸', ['program', 'scenario']],
  ['program p { ‸', ['data', 'stage', 'anytime', 'quiet']],
  ['program p { data { week : ‸', ['number', 'text', 'yes/no', 'series']],
  ['program p { data { sure : yes/no = ‸', ['yes', 'no']],
  ['program p { data { sure : yes/no = no ‸', ['agent may']],
  ['program p { data { runs : series { sure : ‸', ['number', 'text']],
  ['program p { data { week : number = 1 } reenter after 3 days keeping ‸', ['week']],
  ['program p { data { week : number = 1 } cohort by ‸', ['week']],
  ['program p { data { week : number = 1 } cohort ‸', ['by']],
  ['program p { data { week : number = 1 } stage a { advance to ‸', ['a']],
  ['program p { data { week : number = 1 } stage a { } anytime { command "x" { set ‸', ['week']],
  ['program p { stage a { } }\nscenario "s" of ‸', ['p']],
  ['program p { stage a { } }\nscenario "s" of p {\n ‸', ['start', 'expect', 'wait', 'they']],
  ['program p { stage a { } }\nscenario "s" of p {\n start mon 2026-01-05 09:00\n expect stage ‸', ['a']],
  [
    'program p { data { runs : series { good : yes/no } } stage a { } }\nscenario "s" of p {\n start mon 2026-01-05 09:00\n runs { ‸',
    ['good'],
  ],
  [
    'program p { data { why : text? agent may set } stage a { } }\nscenario "s" of p {\n start mon 2026-01-05 09:00\n agent sets ‸',
    ['why'],
  ],
];

for (const [text, offered] of whole) {
  test(text.replaceAll('\n', ' '), () => {
    const labels = offers(text).map((one) => one.label);
    for (const label of offered) assert.ok(labels.includes(label), `${label} is missing among ${labels.join(', ')}`);
  });
}

/** Places in words and comments, where a list would only be in the way. */
for (const text of [
  'program p { about "we‸"',
  'program p { // the we‸',
  'program p { // the week ‸\n}',
  'program p { stage a { say "a \\"we‸',
  'program p { table t by week {\n 1 ‸',
]) {
  test(`nothing: ${text}`, () => assert.equal(offers(text), []));
}

test('the word being typed is replaced, with what follows of it', () => {
  const text = program('    advance to tr‸aining');
  const offset = text.indexOf('‸');
  const [first] = offers(text);
  assert.equal(first?.replace, { start: offset - 2, end: offset + 6 });
});

test('skills come from outside where they are known', () => {
  const text = program('    command "x" { say with skill ');
  const offset = text.indexOf('say with skill ') + 'say with skill '.length;
  assert.equal(
    complete(text, offset, { skills: ['cheer'] }).map((one) => [one.label, one.kind]),
    [['cheer', 'skill']],
  );
});

test('every offer says what it is, and the text around it may be anything', () => {
  const text = program('    advance to over when done > 3');
  for (let offset = 0; offset <= text.length; offset += 7) {
    const found = complete(text.slice(0, offset), offset);
    for (const one of found)
      assert.ok(one.label !== '' && one.detail !== '' && one.insert !== '' && one.replace.start <= one.replace.end);
    assert.is(new Set(found.map((one) => `${one.kind} ${one.label}`)).size, found.length);
  }
  assert.type(complete('', -5).length, 'number');
  assert.type(complete('x', 99).length, 'number');
});

test.run();
