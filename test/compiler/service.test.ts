/**
 * The language service without a host: what names mean, what may be renamed, what can be mended, folded and colored.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { codeActions, diagnosticsOf, fixAll } from '../../compiler/service/code-actions.ts';
import { completion } from '../../compiler/service/completion.ts';
import { definition, references } from '../../compiler/service/definition.ts';
import { folding } from '../../compiler/service/folding.ts';
import { formatting } from '../../compiler/service/formatting.ts';
import { hover } from '../../compiler/service/hover.ts';
import { outline } from '../../compiler/service/outline.ts';
import { applyEdits, rename } from '../../compiler/service/rename.ts';
import { semanticTokens } from '../../compiler/service/semantic-tokens.ts';
import { textChange } from '../../compiler/service/text-change.ts';
import { createWorkspace, type Workspace } from '../../compiler/service/workspace.ts';
import { coach, programFiles } from '../support/samples.ts';

const program = `program plan "Plan" {
  agent coach
  roles nurse
  data {
    week : number 1 to 3 = 1
    mood : (good | bad)?  agent may set
    runs : series { minutes: number, felt: (easy | hard)? }
    heart : yes/no?
  }
  table target by week {
    1  10
    2  20
    3  30
  }
  let enough = target[week]
  anytime {
    command "stop" { leave as gone }
    leave as gone after 90 days of silence
  }
  stage intake {
    skill intake
    ask "Any pain?" (yes | no) as heart
    advance to training with week = 1 when heart = no
    leave as gone after 21 days of silence
  }
  stage training {
    skill run_coach
    nudge after 4 days without runs
    let done = count(runs where minutes >= enough, this visit)
    on runs where felt = hard { say "Well: {last run.minutes else 0}, {done} so far." }
    when no runs for 14 days { escalate to nurse }
    return to intake when mood = bad and no runs for 30 days
    advance to over when done >= 3
  }
  stage over final success { say with skill run_coach }
}
`;
const story = `scenario "three runs" of plan {
  start mon 2026-01-05 09:00 in "Europe/London" at training with week = 2
  runs { minutes: 20, felt: easy }
  expect stage training, done = 1, week = 2
  they say "stop"
  expect left as gone
}
`;

function plan(text = program, scenario = story): Workspace {
  const workspace = createWorkspace();
  workspace.put('p/plan.regimen', text);
  workspace.put('p/plan.scenario', scenario);
  return workspace;
}

/** The offset just inside the first `words`; of those before, `in` names which file. */
function at(workspace: Workspace, words: string, inside = 0, path = 'p/plan.regimen'): number {
  const found = workspace.file(path)?.text.indexOf(words) ?? -1;
  assert.ok(found >= 0, `${path} has ${words}`);
  return found + inside;
}

test('the sample is without problems, so that what follows means something', () => {
  const workspace = plan();
  for (const path of workspace.paths()) {
    assert.equal(
      diagnosticsOf(workspace, path).map((one) => one.message),
      [],
    );
  }
});

/** Where each name is asked from, how often it is written, and the line that makes it. */
const names: [from: string, inside: number, count: number, made: string][] = [
  ['program plan', 8, 2, 'program plan "Plan" {'],
  ['to nurse', 3, 2, 'roles nurse'],
  ['with week', 5, 6, 'week : number 1 to 3 = 1'],
  ['when mood', 5, 2, 'mood : (good | bad)?  agent may set'],
  ['= bad', 2, 2, 'mood : (good | bad)?  agent may set'],
  ['without runs', 8, 8, 'runs : series { minutes: number, felt: (easy | hard)? }'],
  ['last run', 5, 8, 'runs : series { minutes: number, felt: (easy | hard)? }'],
  ['where minutes', 6, 4, 'runs : series { minutes: number, felt: (easy | hard)? }'],
  ['felt = hard', 0, 3, 'runs : series { minutes: number, felt: (easy | hard)? }'],
  ['= hard', 2, 2, 'runs : series { minutes: number, felt: (easy | hard)? }'],
  ['heart = no', 0, 3, 'heart : yes/no?'],
  ['target[', 0, 2, 'table target by week {'],
  ['>= enough', 3, 2, 'let enough = target[week]'],
  ['{done}', 1, 4, 'let done = count(runs where minutes >= enough, this visit)'],
  ['to intake', 3, 2, 'stage intake {'],
  ['to training', 3, 4, 'stage training {'],
  ['as gone after 21', 3, 4, 'command "stop" { leave as gone }'],
];
for (const [from, inside, count, made] of names) {
  test(`“${from}” leads to where it is made and to everywhere it is written`, () => {
    const workspace = plan();
    const offset = at(workspace, from, inside);
    const target = definition(workspace, 'p/plan.regimen', offset)?.targets[0];
    assert.ok(target);
    assert.is(target.path, 'p/plan.regimen');
    const lineStart = program.lastIndexOf('\n', target.span.start) + 1;
    assert.is(program.slice(lineStart, program.indexOf('\n', target.span.start)).trim(), made);
    assert.is(references(workspace, 'p/plan.regimen', offset).length, count);
  });
}

test('from a scenario the way leads into the program, also to a let of the stage it is in', () => {
  const workspace = plan();
  for (const [words, inside, made] of [
    ['of plan', 3, 'program plan'],
    ['at training', 3, 'stage training'],
    ['week = 2', 0, 'week : number'],
    ['runs {', 0, 'runs : series'],
    ['minutes:', 0, 'minutes: number'],
    [': easy', 2, 'easy | hard'],
    ['done = 1', 0, 'done = count'],
    ['as gone', 3, 'gone }'],
  ] as const) {
    const offset = at(workspace, words, inside, 'p/plan.scenario');
    const target = definition(workspace, 'p/plan.scenario', offset)?.targets[0];
    assert.ok(target, words);
    assert.is(target.path, 'p/plan.regimen', words);
    assert.ok(program.slice(target.span.start).startsWith(made.replace(/^(program|stage) /, '')), words);
  }
});

test('a skill leads to its folder, which the host knows', () => {
  const workspace = plan();
  const found = definition(workspace, 'p/plan.regimen', at(workspace, 'skill run_coach', 7));
  assert.is(found?.skill, 'run_coach');
});

test('the same word of two programs is two names', () => {
  const workspace = plan();
  workspace.put('p/other.regimen', program.replace('program plan', 'program other'));
  assert.is(references(workspace, 'p/plan.regimen', at(workspace, 'to training', 3)).length, 4);
});

// ---------------------------------------------------------------- the wider language

const clinic = `import nights from "./shared.regimen"

program clinic "Clinic" {
  agent coach
  roles nurse, lead
  services billing
  ladder clinical { nurse for 4h then lead for 1 day then operator }
  holidays berlin { 2026-05-25 "Whit Monday" }
  use nights
  parameters { target : number = 100 }
  data {
    level : number 1 to 3 = 1  nurse may set
    quit : date?
    runs : series { minutes: number }
  }
  let recent = mean(runs.minutes)
  bands change by recent { at least 180 : 4  under 180 : 2  missing : 0 }
  window second = today + 3 days to today + 5 days
  track diary "Diary" when level > 1 {
    stage morning { skill diary leave as gone after 10 days of silence }
  }
  list tasks by title {
    data { title : text  done : yes/no = no }
    starts with { title: "Laptop" }
    stage open { when done { advance to closed } }
    stage closed final success { }
  }
  stage intake {
    skill intake
    command "date" (date) as new_date { set quit = new_date }
    when stage of diary = morning { tell nurse "Hey {change}" }
    when today in second { call billing charge { amount: target } }
    each tasks where not done { say "{title}" }
    add tasks { title: "More" }
    send report to lead "All {level}"
    escalate to clinical after 2 days
    leave as gone after 4 business days in berlin
  }
}
scenario "told" of clinic {
  start mon 2026-01-05 09:00 in "Europe/London" at intake
  nurse sets level = 2
  expect stage intake, told nurse "Hey", sent report to lead
}
`;
const nights = 'fragment nights {\n  quiet 21:00 to 08:00\n  let late = level > 2\n}\n';

/** Each name of the wider language: from where, how often it is written, and where it is made. */
for (const [from, inside, count, made] of [
  ['use nights', 4, 3, 'shared: fragment nights'],
  ['tell nurse', 5, 6, 'roles nurse'],
  ['call billing', 5, 2, 'services billing'],
  ['to clinical', 3, 2, 'ladder clinical'],
  ['in berlin', 3, 2, 'holidays berlin'],
  ['amount: target', 8, 2, 'parameters { target'],
  ['{change}', 1, 2, 'bands change'],
  ['in second', 3, 2, 'window second'],
  ['of diary', 3, 2, 'track diary'],
  ['= morning', 2, 2, 'stage morning'],
  ['each tasks', 5, 3, 'list tasks'],
  ['{title}', 1, 5, 'data { title'],
  ['not done', 4, 3, 'title : text  done'],
  ['to closed', 3, 2, 'stage closed'],
  ['= new_date', 2, 2, 'as new_date'],
  ['sent report', 5, 2, 'send report'],
  ['set quit', 4, 2, 'quit'],
  ['level > 1', 0, 5, 'level'],
] as const) {
  test(`“${from}” of the wider language is understood`, () => {
    const workspace = createWorkspace();
    workspace.put('c/clinic.regimen', clinic);
    workspace.put('c/shared.regimen', nights);
    const offset = at(workspace, from, inside, 'c/clinic.regimen');
    const target = definition(workspace, 'c/clinic.regimen', offset)?.targets[0];
    assert.ok(target);
    const [file, words] = made.startsWith('shared: ')
      ? ['c/shared.regimen', made.slice(8)]
      : ['c/clinic.regimen', made];
    assert.is(target.path, file);
    const before = workspace.file(file)?.text.slice(0, target.span.end) ?? '';
    assert.ok(before.endsWith(words), `${before.slice(-40)} ends with ${words}`);
    assert.is(references(workspace, 'c/clinic.regimen', offset).length, count);
  });
}

test('the path of an import leads to the file', () => {
  const workspace = createWorkspace();
  workspace.put('c/clinic.regimen', clinic);
  workspace.put('elsewhere/x.regimen', 'program x { }');
  workspace.put('c/shared.regimen', nights);
  const found = definition(workspace, 'c/clinic.regimen', at(workspace, './shared', 2, 'c/clinic.regimen'));
  assert.is(found?.targets[0]?.path, 'c/shared.regimen');
});

for (const [text, offered] of [
  ['tell ‸', ['nurse', 'lead', 'operator', 'clinical']],
  ['call ‸', ['billing']],
  ['add ‸', ['tasks']],
  ['add tasks { ‸', ['title', 'done']],
  ['each tasks where ‸', ['title', 'done']],
  ['leave as gone after 4 business days in ‸', ['berlin']],
  ['when today in ‸', ['second']],
  ['when stage of ‸', ['diary']],
  ['advance to ‸', ['intake']],
  ['escalate to ‸', ['nurse', 'clinical']],
] as const) {
  test(`after “${text}” comes ${offered.join(', ')}`, () => {
    const whole = clinic.replace('    add tasks', `    ${text.replace('‸', '')}\n    add tasks`);
    const workspace = createWorkspace();
    workspace.put('c/clinic.regimen', whole);
    workspace.put('c/shared.regimen', nights);
    const place = `    ${text.replace('‸', '')}\n    add tasks`;
    const offset = at(workspace, place, place.indexOf('\n'), 'c/clinic.regimen');
    const labels = completion(workspace, 'c/clinic.regimen', offset).map((one) => one.label);
    for (const one of offered) assert.ok(labels.includes(one), `${one} is missing among ${labels.join(', ')}`);
  });
}

test('inside a track or a list its own stages are offered', () => {
  const workspace = createWorkspace();
  workspace.put('c/clinic.regimen', clinic.replace('advance to closed', 'advance to '));
  const offset = at(workspace, 'advance to ', 11, 'c/clinic.regimen');
  assert.equal(
    completion(workspace, 'c/clinic.regimen', offset).map((one) => one.label),
    ['open', 'closed'],
  );
});

// ---------------------------------------------------------------- rename

/** Renames and gives both texts, or the sentence that refuses. */
function renamed(from: string, inside: number, name: string, path = 'p/plan.regimen'): string | [string, string] {
  const workspace = plan();
  const found = rename(workspace, path, at(workspace, from, inside, path), name);
  if ('refused' in found) return found.refused;
  const made = (file: string) =>
    applyEdits(workspace.file(file)?.text ?? '', found.files.find((one) => one.path === file)?.edits ?? []);
  return [made('p/plan.regimen'), made('p/plan.scenario')];
}

const wordwise = (text: string, word: string, other: string) => text.replace(new RegExp(`\\b${word}\\b`, 'g'), other);

for (const [from, inside, word, name] of [
  ['program plan', 8, 'plan', 'couch'],
  ['week :', 0, 'week', 'stretch'],
  ['minutes:', 0, 'minutes', 'length'],
  ['done =', 0, 'done', 'runs_done'],
  ['let enough', 4, 'enough', 'goal'],
  ['table target', 6, 'target', 'aims'],
  ['stage training', 6, 'training', 'running'],
  ['roles nurse', 6, 'nurse', 'carer'],
  ['as gone', 3, 'gone', 'lost'],
  ['easy |', 0, 'easy', 'light'],
  ['heart :', 0, 'heart', 'chest'],
] as const) {
  test(`${word} becomes ${name} in the program and in its scenarios, and nothing else changes`, () => {
    assert.equal(renamed(from, inside, name), [wordwise(program, word, name), wordwise(story, word, name)]);
  });
}

test('one of a series is renamed with the series, whichever of the two is meant', () => {
  const text = wordwise(wordwise(program, 'runs', 'strolls'), 'run', 'stroll');
  const scenario = wordwise(story, 'runs', 'strolls').replace('three strolls', 'three runs');
  assert.equal(renamed('runs :', 0, 'strolls'), [text, scenario]);
  assert.equal(renamed('last run', 5, 'stroll'), [text, scenario]);
  const plain = wordwise(wordwise(program, 'runs', 'mileage'), 'run', 'mileage');
  assert.is(renamed('runs :', 0, 'mileage')[0], plain, 'a word without a singular stands for one as well');
});

test('the field that cohorts are made by is known, renamed and told about where the line names it', () => {
  const workspace = createWorkspace();
  const text =
    'program p "P" {\n  cohort by team\n  data { team : text? }\n  stage a { skill s  tell cohort "Hello"  leave as done after 1 day }\n}\n';
  workspace.put('c/p.regimen', text);
  const place = at(workspace, 'by team', 4, 'c/p.regimen');
  const found = rename(workspace, 'c/p.regimen', place, 'crew');
  if ('refused' in found) throw new Error(found.refused);
  assert.is(applyEdits(text, found.files[0]?.edits ?? []), wordwise(text, 'team', 'crew'));
  assert.match(hover(workspace, 'c/p.regimen', place)?.code ?? '', /team : text/);
  const word = at(workspace, 'cohort by', 2, 'c/p.regimen');
  assert.match(hover(workspace, 'c/p.regimen', word)?.note ?? '', /belong together/);
});

test('a scenario can be where it is renamed from', () => {
  assert.equal(renamed('stage training', 6, 'running', 'p/plan.scenario'), [
    wordwise(program, 'training', 'running'),
    wordwise(story, 'training', 'running'),
  ]);
});

for (const [from, inside, name, sentence] of [
  ['stage training', 6, 'intake', /There is a stage `intake` already/],
  ['week :', 0, 'mood', /There is a field `mood` already/],
  ['week :', 0, 'runs', /cannot be called `runs`/],
  ['done =', 0, 'week', /cannot be called `week`/],
  ['done =', 0, 'minutes', /cannot be called `minutes`/],
  ['week :', 0, 'when', /`when` is a word of the language/],
  ['week :', 0, '', /at least one letter/],
  ['week :', 0, '1st', /`1st` is not a name/],
  ['week :', 0, 'a b', /`a b` is not a name/],
  ['week :', 0, 'x'.repeat(101), /at most 100 characters/],
  ['week :', 0, 'constructor', /cannot be called `constructor`/],
  ['skill intake', 7, 'hello', /rename skills\/intake/],
  ['agent coach', 7, 'other', /Agents are set up outside/],
  ['about', 0, 'other', /Put the cursor on a name/],
] as const) {
  test(`${from} cannot become ${name.slice(0, 20) || 'nothing'}`, () => {
    const text = from === 'about' ? program.replace('agent', 'about "x"\n  agent') : program;
    const workspace = plan(text);
    const found = rename(workspace, 'p/plan.regimen', at(workspace, from, inside), name);
    assert.ok('refused' in found, 'it was allowed');
    assert.match(found.refused, sentence);
  });
}

test('a name nobody declares is not renamed', () => {
  const workspace = plan(program.replace('to over', 'to nowhere'));
  const found = rename(workspace, 'p/plan.regimen', at(workspace, 'to nowhere', 4), 'over');
  assert.match('refused' in found ? found.refused : '', 'Nothing declares `nowhere`');
});

// ---------------------------------------------------------------- fixes

test('a fix is offered where its problem stands, and the missing stage or field with it', () => {
  const text = program.replace('to over', 'to ovr').replace('when heart = no', 'when haert = no');
  const workspace = plan(text);
  const offset = at(workspace, 'to ovr', 4);
  const actions = codeActions(workspace, 'p/plan.regimen', { start: offset, end: offset });
  assert.equal(
    actions.map((one) => [one.kind, one.preferred, one.title]),
    [
      ['fix', true, 'Write `over`'],
      ['fix', false, 'Add a stage `ovr`'],
      ['fix-all', false, 'Fix 2 problems in this file'],
    ],
  );
  const field = at(workspace, 'haert', 1);
  const [, made] = codeActions(workspace, 'p/plan.regimen', { start: field, end: field });
  assert.is(made?.title, 'Add a field `haert`');
  assert.match(applyEdits(text, made?.edits ?? []), '    haert : yes/no?\n');
});

test('all fixes at once leave a text without the problems, and nothing where nothing can be mended', () => {
  const workspace = plan(program.replace('to over', 'to ovr').replace('when heart = no', 'when haert = no'));
  const [action] = fixAll(workspace, 'p/plan.regimen');
  assert.is(applyEdits(workspace.file('p/plan.regimen')?.text ?? '', action?.edits ?? []), program);
  assert.equal(fixAll(plan(), 'p/plan.regimen'), []);
});

// ---------------------------------------------------------------- shapes of a text

test('the outline is a tree, also of a file full of mistakes', () => {
  const shape = (text: string) => {
    const workspace = plan(text);
    const file = workspace.file('p/plan.regimen');
    assert.ok(file);
    return outline(file.ast, file.text).map((one) => [one.name, one.children.map((child) => child.name)]);
  };
  const whole = [['plan', ['data', 'target', 'enough', 'anytime', 'intake', 'training', 'over']]];
  assert.equal(shape(program), whole);
  assert.equal(shape(program.replace('advance to over when', 'advance advance advance (')), whole);
});

test('folds are blocks and comments of several lines', () => {
  const text = '// one\n// two\nprogram a {\n  data {\n    x : text?\n  }\n}\n// alone\n';
  assert.equal(folding(text), [
    { startLine: 1, endLine: 2, kind: 'comment' },
    { startLine: 3, endLine: 6, kind: 'block' },
    { startLine: 4, endLine: 5, kind: 'block' },
  ]);
});

test('colors: names by their meaning, also in texts; never two for one place', () => {
  const workspace = plan(
    `// A "comment".\n${program.replace('agent coach', 'about "http://x {" // b\n  agent coach')}`,
  );
  const text = workspace.file('p/plan.regimen')?.text ?? '';
  const tokens = semanticTokens(workspace, 'p/plan.regimen');
  const typeOf = (words: string, inside: number) => {
    const offset = at(workspace, words, inside);
    return tokens.find((one) => one.start === offset)?.type;
  };
  assert.is(typeOf('// A', 0), 'comment');
  assert.is(typeOf('// b', 0), 'comment');
  assert.is(typeOf('stage training', 6), 'class');
  assert.is(typeOf('{done}', 1), 'variable');
  assert.is(typeOf('= hard', 2), 'enumMember');
  assert.is(typeOf('last run', 5), 'struct');
  assert.is(typeOf('advance to', 0), 'keyword');
  assert.is(typeOf('90 days', 0), 'number');
  let end = 0;
  for (const one of tokens) {
    assert.ok(one.start >= end, `${text.slice(one.start, one.start + one.length)} overlaps`);
    assert.not.match(text.slice(one.start, one.start + one.length), '\n');
    end = one.start + one.length;
  }
});

for (const [words, inside, code, note] of [
  ['{done}', 1, /let done = count/, /in stage training: a number\. Used 3 times, in 2 files/],
  [
    'when mood',
    6,
    /mood : \(good \| bad\)\?/,
    /one of good, bad\. It may be missing\. The agent may set it\. Used once/,
  ],
  ['last run', 6, /runs : series/, /series of entries/],
  ['target[', 2, /table target by week/, /3 rows, by week/],
  ['to over', 4, /stage over final success/, /final stage/],
  ['skill run_coach', 8, /skill run_coach/, /skills\/run-coach\/SKILL\.md/],
  ['nudge', 1, /nudge/, /./],
] as const) {
  test(`hover on “${words}”`, () => {
    const workspace = plan();
    const found = hover(workspace, 'p/plan.regimen', at(workspace, words, inside));
    assert.match(found?.code ?? '', code);
    assert.match(found?.note ?? '', note);
  });
}

test('a scenario in a file of its own is completed with the names of its program', () => {
  const scenario = story.replace('stage training,', 'stage ');
  const workspace = plan(program, scenario);
  const items = completion(workspace, 'p/plan.scenario', at(workspace, 'expect stage ', 13, 'p/plan.scenario'));
  assert.equal(
    items.map((one) => one.label),
    ['intake', 'training', 'over'],
  );
});

test('formatting is told as edits of the lines that change', () => {
  const workspace = plan(coach.replace('  data {', 'data   {'));
  const done = formatting(workspace, 'p/plan.regimen');
  assert.ok('edits' in done);
  assert.is(done.edits.length, 1);
  for (const [before, after] of [
    ['', ''],
    ['', 'a\n'],
    ['a\nb\nc', 'a\nB\nc'],
    ['a\nb\nc\n', 'c\n'],
    ['x', 'x\n'],
    ['a\nb\na\nb\n', 'a\nb\n'],
  ] as const) {
    assert.is(applyEdits(before, textChange(before, after)), after);
  }
});

// ---------------------------------------------------------------- any text

test('no text makes any of it throw, and every place it names is inside the text', () => {
  const texts = programFiles().map(({ text }) => text);
  const broken = [program, story, ...texts].flatMap((text) =>
    [0.2, 0.5, 0.8].flatMap((part) => {
      const cut = Math.floor(text.length * part);
      return [
        text.slice(0, cut),
        text.slice(cut),
        `${text.slice(0, cut)}}${text.slice(cut)}`,
        text.slice(0, cut) + text.slice(cut + 40),
      ];
    }),
  );
  for (const text of broken) {
    const workspace = createWorkspace();
    workspace.put('a.regimen', text);
    const inside = (span: { start: number; end: number }) =>
      assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length);
    for (let offset = 0; offset <= text.length; offset += Math.ceil(text.length / 25)) {
      for (const one of references(workspace, 'a.regimen', offset)) inside(one.span);
      for (const one of definition(workspace, 'a.regimen', offset)?.targets ?? []) inside(one.span);
      hover(workspace, 'a.regimen', offset);
    }
    const file = workspace.file('a.regimen');
    assert.ok(file);
    for (const one of outline(file.ast, text)) inside(one.span);
    for (const one of semanticTokens(workspace, 'a.regimen')) inside({ start: one.start, end: one.start + one.length });
    folding(text);
    fixAll(workspace, 'a.regimen');
  }
});

test('every name of the samples is resolved: none is left that nothing declares', () => {
  const workspace = createWorkspace();
  for (const { path, text } of programFiles()) workspace.put(path, text);
  for (const path of workspace.paths()) {
    const lost = (workspace.group(path)?.index.inFile(path) ?? []).filter(
      ({ symbol }) => !symbol.occurrences.some((one) => one.role === 'declares'),
    );
    assert.equal(
      lost.map(({ symbol }) => `${path}: ${symbol.id}`),
      [],
    );
  }
});

test.run();
