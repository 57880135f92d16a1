/** What the language worker says about a text: problems, outline, graph, completion, hover. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../compiler/compile.ts';
import { answer, know } from '../../../editor/answer.ts';
import {
  type Answers,
  type Project,
  type Question,
  type QuestionKind,
  textCharactersMax,
} from '../../../editor/protocol.ts';
import { starterText } from '../../../editor/starter.ts';
import { readSkill } from '../../../runtime/skills.ts';

const sample = readFileSync(new URL('../../../programs/couch_to_5k.regimen', import.meta.url), 'utf8');

const walks = `program walks "Morning walks" {
  about "Walk more."
  data {
    goal  : number min = 10   agent may set
    walks : series { minutes: number min }
  }
  stage begin "Begin" {
    skill begin
    let done = count(walks, this visit)
    review daily at 09:00
    advance to going when done >= 1
    leave as lost after 14 days of silence
  }
  stage going final success "Going" { say "Off you go." }
}
`;

/** A text with nothing beside it. */
const alone: Project = { path: 'program.regimen', files: [], environment: {}, skills: {} };
const codes = ({ diagnostics }: Answers['check']) => diagnostics.map(({ code }) => code);

async function ask<Kind extends QuestionKind>(question: Extract<Question, { kind: Kind }>): Promise<Answers[Kind]> {
  // Through JSON, as `postMessage` would: nothing but plain data may cross.
  const response = JSON.parse(JSON.stringify(await answer({ id: 4, version: 9, question })));
  assert.is(response.id, 4);
  assert.is(response.version, 9);
  assert.is(response.ok, true, response.problem);
  return response.value;
}

/** The offset just after the first `place` in the text. */
const after = (text: string, place: string) => {
  const at = text.indexOf(place);
  assert.ok(at >= 0, `the text has ${place}`);
  return at + place.length;
};

test('the sample program is checked as the command checks it', async () => {
  const checked = await ask({ kind: 'check', text: sample });
  const [file] = compile([{ path: 'couch_to_5k.regimen', text: sample }]).files;
  assert.equal(checked.diagnostics, JSON.parse(JSON.stringify(file?.diagnostics)));
  assert.is(checked.errors, 0);
  assert.equal(checked.program, { name: 'couch_to_5k', title: 'Couch to 5K' });
});

test('the outline names the program and its stages where they stand', async () => {
  const { outline } = await ask({ kind: 'check', text: walks });
  assert.equal(
    outline.map((item) => [item.kind, item.name, walks.slice(item.nameSpan.start, item.nameSpan.end)]),
    [
      ['program', 'walks', 'walks'],
      ['stage', 'begin', 'begin'],
      ['stage', 'going', 'going'],
    ],
  );
  for (const item of outline) assert.ok(walks.slice(item.span.start, item.span.end).startsWith(item.kind));
});

test('every stage and arrow of the drawing leads back to its place in the text', async () => {
  const checked = await ask({ kind: 'check', text: walks });
  const drawing = (await ask({ kind: 'draw', text: walks })) ?? '';
  for (const stage of ['begin', 'going']) assert.match(drawing, `data-stage="${stage}"`);
  const advance = checked.graph?.edges.find((edge) => edge.from === 'begin' && edge.to === 'going');
  assert.ok(advance?.rule);
  assert.match(drawing, `data-rule="${advance.rule}"`);
  assert.match(walks.slice(advance.span.start, advance.span.end), /^advance to going when/);
});

test('a broken program keeps its outline and its graph', async () => {
  const broken = walks.replace('advance to going when', 'advance to going whne');
  const checked = await ask({ kind: 'check', text: broken });
  assert.ok(checked.errors > 0);
  assert.equal(
    checked.outline.map((item) => item.name),
    ['walks', 'begin', 'going'],
  );
  assert.match((await ask({ kind: 'draw', text: broken })) ?? '', 'data-stage="begin"');
});

for (const text of ['', ' ', '}', 'program', 'stage a {', '"', '\u0000', 'scenario "x" of y { }']) {
  test(`nothing to draw is no trouble: ${JSON.stringify(text)}`, async () => {
    const checked = await ask({ kind: 'check', text });
    for (const one of checked.diagnostics) assert.ok(one.span.start >= 0 && one.span.end <= text.length);
  });
}

test('a text beyond the limit is refused in a sentence and not looked at', async () => {
  const checked = await ask({ kind: 'check', text: 'a'.repeat(textCharactersMax + 1) });
  assert.is(checked.errors, 1);
  assert.match(checked.diagnostics[0]?.message ?? '', /at most 500,000 characters/);
});

test('formatting: the text set out anew, or the place that cannot be read', async () => {
  const formatted = await ask({ kind: 'format', text: walks });
  assert.ok('text' in formatted && formatted.changed);
  assert.match(formatted.text, '    goal  : number min = 10  agent may set\n');
  assert.equal(await ask({ kind: 'format', text: formatted.text }), { text: formatted.text, changed: false });
  const refused = await ask({ kind: 'format', text: walks.replace('stage going', 'stge going') });
  assert.ok('problem' in refused);
  assert.ok(refused.problem.span.start >= walks.indexOf('stage going'));
});

test('the text to start from is in style', async () => {
  for (const skills of [[], ['coach']]) {
    const text = starterText('my_program', 'My program', skills);
    assert.equal(await ask({ kind: 'format', text }), { text, changed: false });
  }
});

test('after `advance to` come the stages and nothing else', async () => {
  const text = walks.replace('advance to going when done >= 1', 'advance to ');
  const items = await ask({ kind: 'complete', text, offset: after(text, 'advance to ') });
  assert.equal(items.map((item) => item.label).sort(), ['begin', 'going']);
  assert.ok(items.every((item) => item.kind === 'stage'));
});

for (const [place, code, note] of [
  ['advance to goi', /stage going/, /final stage/],
  ['when don', /let done = count\(walks, this visit\)/, /stage begin/],
  ['goa', /goal\s*: number min = 10/, /agent may set it/],
  ['count(walk', /walks\s*: series/, /series of entries/],
  ['revie', /review/, /speaks first|looks at/],
] as const) {
  test(`hover on “${place}…”`, async () => {
    const offset = after(walks, place);
    const found = await ask({ kind: 'hover', text: walks, offset });
    assert.ok(found);
    assert.match(found.code, code);
    assert.match(found.note, note);
    assert.ok(found.span.start < offset && offset <= found.span.end);
  });
}

test('between words there is nothing to say', async () => {
  assert.is(await ask({ kind: 'hover', text: 'program  x', offset: 8 }), null);
});

test('a fault of ours is an answer, not a dead worker', async () => {
  const question = { kind: 'check', text: null } as unknown as Question;
  const response = await answer({ id: 1, version: 1, question });
  assert.is(response.ok, false);
});

test('which skills there are is told: a missing one is a problem, and completion offers them', async () => {
  const environment = { skills: ['intake', 'stretching'] };
  know({ ...alone, environment });
  const checked = await ask({ kind: 'check', text: walks });
  assert.equal(
    checked.diagnostics.map(({ code, span }) => [code, walks.slice(span.start, span.end)]),
    [['unknown-skill', 'begin']],
  );
  const items = await ask({ kind: 'complete', text: walks, offset: after(walks, 'skill ') });
  assert.equal(
    items.map(({ label }) => label),
    environment.skills,
  );
  know(alone);
});

test('the texts of skills are held against the program', async () => {
  const skillTexts = { begin: 'When they have walked, record it in `walks`.' };
  know({ ...alone, environment: { skills: ['begin'], skillTexts } });
  assert.equal(codes(await ask({ kind: 'check', text: walks })), ['skill-oversteps']);
  know(alone);
});

test('what the text imports is brought in, seen from where the text lies', async () => {
  const text = `import leaving from "../shared/leaving.regimen"
program rounds "Rounds" {
  timezone "UTC"
  use leaving
  stage a { skill s  advance to b after 2 days }
  stage b final success { }
}
scenario "out" of rounds {
  start  mon 2026-01-05 09:00
  wait   1 day
  expect stage a
}
`;
  const shared = (body: string) => ({ path: 'shared/leaving.regimen', text: `fragment leaving { ${body} }` });
  const project: Project = { ...alone, path: 'rounds/main.regimen', files: [shared('quiet 21:00 to 08:00')] };
  assert.equal(codes(await ask({ kind: 'check', text })), ['unknown-file']);
  know(project);
  const checked = await ask({ kind: 'check', text });
  assert.equal(codes(checked), []);
  assert.is(checked.program?.name, 'rounds');
  assert.equal(
    (await ask({ kind: 'run', text, wanted: [{ title: 'out' }] })).map(({ passed }) => passed),
    [true],
  );
  // Its fragment is declared in a file that is not on the page.
  assert.equal((await ask({ kind: 'define', text, offset: after(text, 'use leav') }))?.targets, []);
  assert.ok('refused' in (await ask({ kind: 'rename', text, offset: after(text, 'use leav'), name: 'going' })));
  know({ ...project, files: [shared('quiet 21:00 to')] });
  assert.equal(codes(await ask({ kind: 'check', text })), ['imported-mistake']);
  know(alone);
});

test('a scenario is told with the scripts of the skills', async () => {
  const text = `program hello "Hello" {
  timezone "UTC"
  stage a { skill greeter  leave as lost after 9 days of silence }
}
scenario "greets" of hello {
  start  mon 2026-01-05 09:00
  they say "Hi"
  expect message "Welcome in"
}
`;
  const run = async () => (await ask({ kind: 'run', text, wanted: [{ title: 'greets' }] })).map(({ passed }) => passed);
  const read = readSkill(
    'greeter',
    {
      'SKILL.md': '---\nname: greeter\ndescription: Greets.\n---\nGreet.\n',
      'scripted.yaml': 'reply:\n  - Welcome in.\n',
    },
    'v1',
  );
  assert.ok(read.skill, JSON.stringify(read.problems));
  assert.equal(await run(), [false]);
  know({ ...alone, skills: { greeter: read.skill } });
  assert.equal(await run(), [true]);
  know(alone);
});

test('definition, references and rename lead through the text', async () => {
  const offset = after(walks, 'when don');
  const found = await ask({ kind: 'define', text: walks, offset });
  assert.equal(
    found?.targets.map(({ span }) => walks.slice(span.start, span.end + 2)),
    ['done ='],
  );
  assert.is((await ask({ kind: 'refer', text: walks, offset })).length, 2);
  assert.equal(await ask({ kind: 'prepare-rename', text: walks, offset }), {
    span: { start: walks.indexOf('done >='), end: walks.indexOf(' >= 1') },
    text: 'done',
  });
  const renamed = await ask({ kind: 'rename', text: walks, offset, name: 'walked' });
  assert.ok('edits' in renamed && renamed.edits.length === 2);
  assert.equal(await ask({ kind: 'rename', text: walks, offset, name: 'goal' }), {
    refused: 'The `let` `done` cannot be called `goal`. The name `goal` is used twice.',
  });
});

const scenario = (expectation: string) => `${walks}
scenario "one walk" of walks {
  start mon 2026-01-05 08:00 in "Europe/London"
  walks { minutes: 20 }
  expect ${expectation}
}
`;

test('a scenario under the program is run from its lens', async () => {
  const text = scenario('stage going');
  const lenses = await ask({ kind: 'lenses', text });
  assert.equal(
    lenses.map((lens) => lens.title),
    ['Run 1 scenario', 'Run scenario'],
  );
  const wanted = lenses[1]?.runs ?? [];
  assert.equal(
    wanted.map((run) => run.start),
    [text.indexOf('scenario "one')],
  );
  assert.is((await ask({ kind: 'run', text, wanted }))[0]?.passed, true);
  const wrong = scenario('stage begin');
  const [told] = await ask({ kind: 'run', text: `\n${wrong}`, wanted });
  assert.is(told?.passed, false);
  const [failure] = told?.failures ?? [];
  assert.is(`\n${wrong}`.slice(failure?.span.start, failure?.span.end), 'stage begin');
  assert.match(failure?.happened ?? '', 'going');
});

test('the next times of a cadence follow from the moment that is given', async () => {
  const now = Date.parse('2026-01-05T12:00:00Z');
  const hint = (await ask({ kind: 'hints', text: walks, now })).find(({ text }) => !text.startsWith('$'));
  assert.is(hint?.text, 'Tue 09:00, Wed 09:00, Thu 09:00');
  assert.is(walks.slice(0, hint?.offset).split('\n').at(-1)?.trim(), 'review daily at 09:00');
});

test('what a month in a stage costs stands behind its head, and nothing where nothing is spent', async () => {
  const hints = (await ask({ kind: 'hints', text: walks, now: 0 })).filter(({ text }) => text.startsWith('$'));
  assert.equal(
    hints.map(({ offset }) => walks.slice(0, offset).split('\n').at(-1)?.trim()),
    ['stage begin "Begin"'],
  );
  assert.match(hints[0]?.text ?? '', /^\$\d+\.\d\d a month$/);
  assert.match(hints[0]?.tooltip ?? '', /about \$\d+\.\d\d for a usual person, at most \$\d+\.\d\d\./);
});

test('a picture is laid out anew only when the graph has changed', async () => {
  const first = await ask({ kind: 'draw', text: walks });
  assert.is(await ask({ kind: 'draw', text: `// One line more.\n${walks}` }), first);
  assert.is.not(await ask({ kind: 'draw', text: walks.replaceAll('going', 'moving') }), first);
});

test.run();
