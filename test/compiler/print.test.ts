/**
 * Text → IR → text: what is printed compiles to the same IR (but for places and the author's words), is
 * in the one style, and is printed the same again.
 */
import { globSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { exampleText, explainedCodes } from '../../compiler/explain-code.ts';
import type { Ir } from '../../compiler/ir.ts';
import { print } from '../../compiler/print.ts';
import { format } from '../../language/format.ts';
import { readCases } from '../support/cases.ts';
import { programText } from '../support/random-programs.ts';
import { irOf } from './support.ts';

/** Without what the IR keeps of the text itself. */
const meaning = (ir: Ir): unknown =>
  JSON.parse(JSON.stringify(ir, (key, value) => (key === 'span' || key === 'source' ? undefined : value)));

/** The programs of a text that have no errors. */
const soundPrograms = (text: string): Ir[] =>
  compile([{ path: 'test.regimen', text }]).programs.flatMap(({ ir, ok }) => (ok ? [ir] : []));

function assertComesBack(ir: Ir, name: string): void {
  const text = print(ir);
  const compiled = compile([{ path: 'printed.regimen', text }]);
  const errors = compiled.files.flatMap((file) => file.diagnostics.filter(({ severity }) => severity === 'error'));
  const told = errors.map(({ code, message, span }) => `${code}: ${message} ${text.slice(span.start, span.end)}`);
  assert.equal(told, [], `${name} was printed as\n${text}`);
  const [program] = compiled.programs;
  assert.ok(program, name);
  assert.equal(meaning(program.ir), meaning(ir), `${name} was printed as\n${text}`);
  assert.is(print(program.ir), text, name);
  const formatted = format(text);
  assert.ok('text' in formatted && !formatted.changed, `${name} is not in the one style:\n${text}`);
}

const root = new URL('../../', import.meta.url);
const files = globSync('{programs,test}/**/*.regimen', { cwd: root }).map((path) => ({
  name: path,
  text: readFileSync(new URL(path, root), 'utf8'),
}));
const cases = ['compiler/cases/diagnostics.txt', 'language/cases/programs.txt', 'language/cases/expressions.txt'];
const sources = [
  ...files,
  ...cases.flatMap((path) =>
    readCases(new URL(`test/${path}`, root).pathname).map(({ name, source }) => ({
      name: `${path}: ${name}`,
      text: source,
    })),
  ),
  ...explainedCodes()
    .filter((code) => code !== 'skill-file')
    .map((code) => ({ name: `explain ${code}`, text: exampleText(code, 'mended') })),
];

test('every program there is comes back', () => {
  let tried = 0;
  for (const { name, text } of sources) {
    for (const ir of soundPrograms(text)) {
      tried++;
      assertComesBack(ir, name);
    }
  }
  assert.ok(tried > 100, `only ${tried}`);
});

test('programs put together at random come back', () => {
  let tried = 0;
  fc.assert(
    fc.property(programText, (text) => {
      for (const ir of soundPrograms(text)) {
        tried++;
        assertComesBack(ir, 'a random program');
      }
    }),
    { numRuns: 150, seed: 3 },
  );
  assert.ok(tried > 30, `only ${tried}`);
});

// ---------------------------------------------------------------- what the others do not say

const head = `roles nurse, lead
services billing
ladder clinical { nurse for 4h  then lead for settle  then operator }
holidays berlin { 2026-05-25 "Whit \\"Monday\\""  2026-12-25 }
holidays gulf, weekend fri, sat { 2026-12-02 }
messages at most 5 per day, 20 per week, 2h apart
reenter after settle keeping week
cohort by site
parameters { settle : duration = 3 days  target : number mg = 100  per person }
data {
  week : number 1 to 9 = 1   agent, nurse may set
  cold : number -20 to 40 = -3
  felt : (easy | hard)?      agent may set  personal
  owner : role = nurse
  site : (berlin | gulf) = berlin
  due : date?
  wakes : time = 07:00
  met : moment?
  sure : yes/no = no
  pills : number?
  fbg : series number mg   nurse, agent may record
  runs : series { minutes: number min, felt: (easy | hard)?, ok: yes/no }   billing may record  shared
}
table cell by felt, week { 1 2
 easy 1 day 2 days
 hard 3 days 4 days }
list tasks by title "To do" {
  data { title : text  kind : (small | large) = small  done : yes/no = no  due : date? }
  starts with { title: "A", kind: large }, { title: "B" }
  bands weight { when kind is large : 3  otherwise : 1 }
  stage open { at due - 1 day at 09:00 { tell owner "{title}" }  on runs where ok and minutes > weight { set done = yes }  advance to over when done }
  stage over final { }
}
list notes { data { words : text } }
track diary "The diary" when week > 2 {
  window first = today to today + 3 days
  anytime { when sure { set sure = no } }
  stage day { check daily at wakes { say in turn "1", "2" }  advance to night when today in first }
  stage night final failure { }
}
migrate from 2 { stage old becomes a  list things becomes tasks  drop mood  set week = 2 }`;

/** Lines of a stage that no other test program says, alone and together. */
const lines = [
  'check daily at 07:00 { ask "Glucose {week}?" (number mg) as fbg, within 4h else tell lead "None." }',
  'check business days in gulf at 09:00, 10:00 { when sure { say "A" } else { when week > 3 { say "B" } else { restart stage } } }',
  'check business days in site at wakes { say "C" }',
  'check every 2 weeks on mon, thu at 08:30 { when sure { say "A" }  when week > 3 { say "B" }  say "C" }',
  'check monthly on last fri at 09:00 { send note to participant "{felt else easy}"  clear felt }',
  'check every 3 months on 1, last at 09:00 { say "A" }',
  'check every 6 months on last fri at 09:00 { say "A" }',
  'check every 1 month at 09:00 { say "A" }',
  'check monthly on 1, last at 09:00 { tell cohort "Hello" }',
  'check weekdays, week times between 09:00 and wakes { say in turn "x", "y {week}" }',
  'check every 90 min { set cold = -week }',
  'at (due else today) - 4 business days in berlin at wakes, once { escalate to clinical "Now" }',
  'at met { call billing charge { amount: week * 2, why: "due" } }',
  'at day of enrolled + 2 days at 10:00 { add tasks { title: "T {week}", kind: large } }',
  'when sure and week > 2 { when week > 3 { say "A" } }',
  'when sure, once { say "A"  when week > 3 { say "B" } else { when felt is hard { say "C" } }  set sure = no }',
  'when 5 days since entered and entered > enrolled, once { each tasks where kind is large and not done { set done = yes  tell owner "{title}" } }',
  'when count(tasks where stage is open) > 2 and (tasks["A"].done else no) { set week = week + 1  say "Many." }',
  'when stage of diary is day and weekday(today) = mon { escalate to lead }',
  'when streak(runs where ok, of those where felt is hard) >= 2 or gap(runs, since entered) > 3 { say "Gap." }',
  'when (mean(last 4 of fbg since week changed) else 0) > 3 and days(runs in last 28 days) > 2 { say "Mean." }',
  'when no runs where minutes > 20 for (settle * 2) or (settle since last run) { say "None." }',
  'on runs where felt is hard and occurred > now - 2 days { say "Hard at {occurred}."  set felt = hard }',
  'on fbg where value < 54 { when sure { leave as low }  say "Low." }',
  'command "date", "day" (date) as given { set due = given  say "Noted {given}." }',
  'command "felt" ((easy | hard)) as given { when given is easy { set felt = given } else { clear felt } }',
  'command "ask" { ask lead "Why?" (text) as why, within settle }',
  'command "more" { when sure { propose week = week + 1 approved by lead within 1 day else escalate to nurse, refused { say "No." } } else { propose week = 1 approved by nurse } }',
  'advance to b with week = 1, felt = easy when week > 4, approved by lead within 2 days else { tell nurse "Late"  clear due }, refused { when sure { say "No." } else { set sure = yes } }',
  'return to b when judged "is \\"fine\\" \\\\ \\{x\\}" at 0.8, at most 5 times else no',
  'pause while sure and week < 3',
  'pause while felt is hard',
  'ask nurse "How many?" (number) as pills, within 4 business days in gulf else tell lead "None."',
  'let wait = cell[felt else easy, 2]',
  'bands step by fbg_mean { at least 180 : 4  140 to under 180 : 2  under 140 : 0  missing : 0 }  let fbg_mean = mean(fbg.value)',
  'bands mood by felt { easy : 1  hard : 2  missing : 0 }',
  'window soon = due - 3 days to due + 1 week  when today in soon or today > (soon.closes else today) { say "Soon." }',
  'nudge after settle of silence, at most 2 times',
  'escalate to clinical after 3 weeks',
  'propose week = 2 approved by lead, refused { say "Entry." }',
  'set met = today at 09:00',
  'when (due else today) - today > 3 days and mod(week, 2) = 1 and floor(((due else today) - today) / 1 week) = 2 { say "Odd." }',
  'when not (business_day(today, gulf) or sure) and not sure { say "Open." }',
  'when (week else 2) + 1 - (2 - 1) * 3 / (4 / 2) > -(week + 1) { say "Sum." }',
];

const stages = (body: readonly string[]) =>
  `program p "Of {" {\n${head}\nprotected stage a "Week {week}" { skill s\n${body.join('\n')}\nleave as lost after 90 days\n}\nstage b { skill s  leave as lost after 9 days of silence }\n}`.replace(
    '"Of {"',
    '"Of it"',
  );

for (const line of lines) {
  test(line, () => {
    // Told here where it does not compile: otherwise nothing would be tried.
    assertComesBack(irOf(stages([line])), line);
  });
}

test('a series that takes each value once comes back', () => {
  const data = 'services billing  data { paid : series { id: text, sum: number }  once per id  billing may record }';
  const ir = irOf(
    `program p { ${data} stage a { skill s  leave as done when sum(paid.sum) > 9 leave as lost after 9 days } }`,
  );
  assert.is(ir.series.paid?.oncePer, 'id');
  assertComesBack(ir, 'once per id');
});

test('together they come back as well', () => {
  let tried = 0;
  fc.assert(
    fc.property(fc.shuffledSubarray(lines, { minLength: 2, maxLength: 8 }), (body) => {
      for (const ir of soundPrograms(stages(body))) {
        tried++;
        assertComesBack(ir, body.join('\n'));
      }
    }),
    { numRuns: 60, seed: 5 },
  );
  assert.ok(tried > 20, `only ${tried}`);
});

test.run();
