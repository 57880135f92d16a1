/**
 * Files that are compiled again after an edit come out as files that are compiled for the first time. Tried with edits
 * after which one stage means something else because another was changed, and with random ones in whatever is
 * written in the language here. What did not change is not looked at again: it is the same object as before.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programOfLines } from '../../bench/programs.ts';
import { compile } from '../../compiler/compile.ts';
import { compileMemory } from '../../compiler/compile-memory.ts';
import type { Ir } from '../../compiler/ir.ts';
import { compileAgain } from '../fuzz/again.ts';
import { againProblem } from '../support/compile-again.ts';

const EDITS = 600;
const environment = {};

const program = `// A walk.
import calm from "./shared.regimen"
fragment quick { let soon = week > 2  when soon { say "Soon {runs_lately}." } }
program walk "Walk" {
  about "Steps."
  roles nurse
  skill companion
  cohort by group
  data { week : number 1 to 9 = 1  group : text = "a"  runs : series { minutes: number } }
  let runs_lately = count(runs in last 2 days)
  let busy = count(runs in last 7 days) > 3
  anytime { command "help" { say "Ask." } }
  stage intro "Start" {
    let first_runs = count(runs this visit)
    ask "How much?" (number 1 to 9) as amount
    say "Hello."
    pause while busy
    when week > 5 { interrupt with recovery }
    advance to training when first_runs > 2
  }
  stage training {
    let enough = (amount else 0) > 3
    say "You said {amount else 0}."
    pause while week > 3
    command "walk" { say "Here too." }
    when week > 4 { set week = 1 }
    when enough { tell cohort "Done." }
    when count(tasks where done) > 2 { say "All done." }
    advance to graduated when enough and judged "sounds sure" at 0.8
    leave as tired after 9 days of silence
  }
  stage recovery { use quick  resume when week > 2 }
  stage graduated final success { say "Well done." }
  list tasks by title {
    data { title : text  done : yes/no = no }
    stage open { say "A task." advance to closed when done }
    stage closed final { say "Done." }
  }
  track diary "Diary" when week > 1 {
    let open = week > 1
    stage evening { say "Good evening." use calm advance to morning when open }
    stage morning { say "Good morning." }
  }
}`;

const shared = `// For all.
fragment calm { when week > 3 { say "Calm, week {week}." } }`;

const scenario = `// Of a week.
scenario "A week" of walk {
  start mon 2026-01-05 09:00 in "UTC"
  they say "hello"
  expect stage intro
  agent judges "sounds sure" 0.9 quoting "I am"
  expect left as tired
}`;

/** Edits of the program or the scenario, one after the other: what is replaced, and by what. */
const stories: Record<string, [string, string][]> = {
  'another type of an answer that another stage uses': [['(number 1 to 9) as amount', '(yes | no) as amount']],
  'a question that is gone, and comes back': [
    ['ask "How much?" (number 1 to 9) as amount', ''],
    ['say "Hello."', 'say "Hello."  ask "How much?" (number 1 to 9) as amount'],
  ],
  'what interrupts there is gone': [['when week > 5 { interrupt with recovery }', '']],
  'fewer pauses, and more': [
    ['pause while busy', ''],
    ['say "Hello."', 'pause while week > 8  pause while week > 7'],
  ],
  'a let of another stage that an error speaks of': [
    ['set week = 1', 'set first_runs = 1'],
    ['let first_runs', 'let many_runs'],
    ['let many_runs', 'let   first_runs'],
  ],
  'an error that points into another stage': [
    ['when week > 4', 'when first_runs > 4'],
    ['    let first_runs', '\n\n    let first_runs'],
    ['count(runs this visit)', 'count(runs)'],
  ],
  'an error behind a text that grows': [
    ['set week = 1', 'set nothing = 1'],
    ['Hello.', 'Hello, hello, hello.'],
    ['// A walk.', '// A long walk.\n'],
  ],
  'a command that is answered anytime': [
    ['command "walk"', 'command "help"'],
    ['// A walk.', ''],
    ['command "help" { say "Ask." }', 'command "more" { say "Ask." }'],
  ],
  'a stage that becomes the last': [['stage recovery {', 'stage recovery final {']],
  'a criterion that a scenario speaks of': [['"sounds sure" at 0.8', '"sounds glad" at 0.8']],
  'an exit that a scenario speaks of': [['leave as tired', 'leave as spent']],
  'the others are told no more': [['when enough { tell cohort "Done." }', '']],
  'a stage broken and mended': [
    ['say "Hello."', 'say "Hello.'],
    ['say "Hello.', 'say "Hello."'],
  ],
  'a stage gone and back': [
    ['stage recovery { use quick  resume when week > 2 }', ''],
    ['stage graduated', 'stage recovery { use quick  resume when week > 2 }\n  stage graduated'],
  ],
  'a let that is another one for a moment': [
    ['(amount else 0) > 3', 'amount'],
    ['let enough = amount', 'let enough = (amount else 0) > 3'],
  ],
  'in a track': [
    ['Good evening.', 'Good evening, {nobody}.'],
    ['let open = week > 1', 'let open = week'],
    ['when week > 1 {', 'when weak > 1 {'],
  ],
  'in a list': [
    ['A task.', 'A task for {nurse}.'],
    ['done : yes/no = no', 'done : number = 0'],
  ],
  'a clause': [
    ['roles nurse', 'roles nurse, lead'],
    ['skill companion', ''],
  ],
  'in a fragment': [
    ['week > 2  when', 'weak > 2  when'],
    ['// A walk.', ''],
    ['weak > 2', 'week'],
    ['use quick', ''],
  ],
  'in an imported fragment': [
    ['Calm, week {week}', 'Calm, week {weak}'],
    ['// For all.', ''],
    ['Good evening.', 'Good evening, everybody.'],
    ['fragment calm {', 'fragment calm { let week = 3 '],
  ],
  'in the scenario': [
    ['say "hello"', 'say "hullo"'],
    ['left as tired', 'left as tried'],
  ],
};

for (const [name, edits] of Object.entries(stories)) {
  test(`again: ${name}`, () => {
    const memory = compileMemory();
    let files = [
      { path: 'walk.regimen', text: program },
      { path: 'walk.scenario', text: scenario },
      { path: 'shared.regimen', text: shared },
    ];
    assert.is(againProblem(files, environment, memory), undefined);
    for (const [from, to] of edits) {
      assert.ok(
        files.some(({ text }) => text.includes(from)),
        from,
      );
      files = files.map(({ path, text }) => ({ path, text: text.replace(from, () => to) }));
      assert.is(againProblem(files, environment, memory), undefined, to);
    }
  });
}

test('again: other skills are known', () => {
  const memory = compileMemory();
  const files = [{ path: 'walk.regimen', text: program }];
  for (const skills of [undefined, ['companion'], ['coach'], ['companion']]) {
    assert.is(againProblem(files, { skills }, memory), undefined, String(skills));
  }
});

test('again: random edits of whatever is written', () => {
  const { tried, failures } = compileAgain(1, EDITS);
  assert.equal(failures.slice(0, 1), []);
  assert.ok(tried >= EDITS);
});

test('what did not change is the same object as before, at its new place', () => {
  const memory = compileMemory();
  const text = programOfLines(300);
  const irOf = (now: string): Ir =>
    compile([{ path: 'long.regimen', text: now }], undefined, memory).programs[0]?.ir as Ir;
  const before = irOf(text).stages;
  const typed = text.replace('say "Noted.', 'say "Noted down.');
  const after = irOf(typed).stages;
  const changed = Object.keys(after).filter((name) => after[name] !== before[name]);
  assert.equal(changed, ['part_1']);
  for (const { name, span } of Object.values(after)) {
    assert.match(typed.slice(span.start, span.end), new RegExp(`^stage ${name} [^]*}$`));
  }
  assert.is.not(irOf(typed.replace('felt is hard', 'felt is easy')).stages.part_2, after.part_2);
});

test('a scenario is told again only where it or its program has changed', () => {
  const memory = compileMemory();
  const told = (its: string, story: string) => {
    const files = [
      { path: 'walk.regimen', text: its },
      { path: 'walk.scenario', text: story },
      { path: 'shared.regimen', text: shared },
    ];
    return compile(files, undefined, memory).scenarios[0]?.scenario;
  };
  const first = told(program, scenario);
  assert.is(told(`// Before.\n${program}`, scenario), first);
  assert.is(told(program, `// Before.\n${scenario}`), first);
  assert.is.not(told(program.replace('Hello.', 'Hullo.'), scenario), first);
});

test.run();
