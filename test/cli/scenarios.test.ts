/** `regimen test`: coverage, thresholds, rewriting expectations, watching, JUnit. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rewrite } from '../../cli/update-expectations.ts';
import { regimen, startRegimenProcess } from '../support/command.ts';
import { elementsOf, readXml } from '../support/read-xml.ts';
import { standInKey, startStandInAnthropic } from '../support/stand-in-anthropic.ts';
import { testFolders } from '../support/test-folders.ts';

const program = `program walk "Walk" {
  timezone "Europe/London"
  data {
    walks : series { minutes: number min, hilly: yes/no? }
    mood  : (fine | low)?
  }
  anytime {
    command "stop" { leave as opted_out }
  }
  stage walking "Walking" {
    skill walk_coach
    nudge after 2 days of silence, at most 2 times
    command "low" { set mood = low }
    on walks where hilly { say "Uphill!" }
    advance to done when count(walks, this visit) >= 2
    leave as lost after 14 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;
const scenario = `scenario "two walks are enough" of walk {
  start mon 2026-01-05 09:00 in "Europe/London"
  they say "low"
  expect stage walking, mood = low
  each of mon, wed at 10:00 walks { minutes: 20, hilly: yes }
  expect stage done, message "Uphill"
}
`;

const test = suite('test');
const folder = testFolders(test);

test('coverage: what was gone through, and what was not, with its place', async () => {
  const cwd = folder({ 'walk.regimen': program, 'walk.scenario': scenario });
  const { code, out } = await regimen(['test', '--coverage', '--format', 'json'], { cwd });
  assert.is(code, 0, out);
  const [coverage] = JSON.parse(out).coverage;
  assert.is(coverage.program, 'walk');
  assert.equal(coverage.stages, { covered: 2, total: 2, percent: 100 });
  assert.equal(coverage.transitions, { covered: 1, total: 3, percent: 33 });
  assert.equal(coverage.handlers, { covered: 2, total: 2, percent: 100 });
  // `hilly` was never seen not to hold, silence never to hold; the count was seen both ways.
  assert.equal(coverage.conditions, { covered: 4, total: 6, percent: 66 });
  const places = coverage.missing.map((one: { kind: string; line: number }) => `${one.kind} ${one.line}`);
  assert.equal(places, ['transition 8', 'condition 14', 'transition 16', 'condition 16']);
});

test('coverage says which part of an approval or of a pause is missing', async () => {
  const cwd = folder({
    'rest.regimen': `program rest "Rest" {
  timezone "UTC"
  skill plain
  roles nurse
  data { away : yes/no = no  nurse may set  fit : yes/no = no  nurse may set }
  stage resting {
    pause while away and not 30 days since away changed
    advance to over when fit, approved by nurse, refused { say "Not yet." }
    leave as lost after 60 days of silence
  }
  stage over final {}
}
scenario "away" of rest { start mon 2026-01-05 09:00  nurse sets away = yes }`,
  });
  const { out } = await regimen(['test', '--coverage'], { cwd });
  const said = [...out.matchAll(/rest\.regimen:(\d+):\d+ “.*” is never (\w+)$/gm)].map(
    ([, line, word]) => `${line} ${word}`,
  );
  assert.equal(said, ['7 ended', '8 proposed', '8 approved', '8 refused', '9 taken']);
});

test('coverage for people, and its threshold', async () => {
  const cwd = folder({ 'walk.regimen': program, 'walk.scenario': scenario });
  const enough = await regimen(['test', '--coverage', '--threshold', '33'], { cwd });
  assert.is(enough.code, 0, enough.err);
  assert.match(enough.out, /transitions +33 % {2}1 of 3/);
  assert.match(enough.out, /walk\.regimen:16:5 “leave as lost after 14 days of silence” is never taken/);
  assert.match(enough.out, /\n1 passed, 0 failed\n$/);
  const more = await regimen(['test', '--coverage', '--threshold', '90'], { cwd });
  assert.is(more.code, 1);
  assert.match(more.err, /walk: 33 % of transitions are covered, and --threshold asks for 90 %\./);
  assert.match(more.err, /66 % of conditions/);
});

test('a program of which no scenario tells has nothing covered', async () => {
  const cwd = folder({
    'walk.regimen': program,
    'walk.scenario': scenario,
    'other.regimen': program.replace('program walk', 'program stroll'),
  });
  const { out } = await regimen(['test', '--coverage', '--format', 'json'], { cwd });
  const other = JSON.parse(out).coverage.find((one: { program: string }) => one.program === 'stroll');
  assert.is(other.stages.covered, 0);
});

test('--update rewrites what has one wording, shows it, and leaves the rest', async () => {
  const wrong = scenario
    .replace('mood = low', 'mood = fine, nudges = 3')
    .replace('stage done, message "Uphill"', 'stage walking, message "Downhill"');
  const cwd = folder({ 'walk.regimen': program, 'walk.scenario': wrong });
  const first = await regimen(['test', '--update'], { cwd, env: { CI: undefined } });
  assert.is(first.code, 1, 'the message stays a failure');
  assert.match(first.err, /rewrote walk\.scenario:4:\d+\n {2}- mood = fine\n {2}\+ mood = low/);
  assert.match(first.err, /- nudges = 3\n {2}\+ nudges = 0/);
  assert.match(first.err, /- stage walking\n {2}\+ stage done/);
  assert.match(first.out, /expected {2}message "Downhill"/);
  assert.is(
    readFileSync(join(cwd, 'walk.scenario'), 'utf8'),
    scenario.replace('mood = low', 'mood = low, nudges = 0').replace('"Uphill"', '"Downhill"'),
  );
  const again = await regimen(['test', '--update'], { cwd, env: { CI: undefined } });
  assert.match(again.err, /nothing to rewrite/);
});

/** What an expectation is rewritten to; undefined where that is not for a machine to say. */
const rewritten: [expected: string, happened: string, now: string | undefined][] = [
  ['stage done', 'stage walking', 'stage walking'],
  ['stage walking', 'finished in done', 'stage done'],
  ['stage walking', 'left as lost', 'left as lost'],
  ['left as lost', 'stage walking', 'stage walking'],
  ['nudges = 2', 'nudges = 1', 'nudges = 1'],
  ['messages >= 2', 'messages = 1', 'messages = 1'],
  ['week = 2', 'week is 3', 'week = 3'],
  ['injured = no', 'injured is yes', 'injured = yes'],
  ['why = "x"', 'why is missing', 'why is missing'],
  ['why = "x"', 'why is y', undefined],
  ['week = 2', 'week is 3, done is 1', undefined],
  ['day = 2026-01-05', 'day is Mon 5 Jan', undefined],
  ['message "x"', 'no message', undefined],
  ['no message', '“x”', undefined],
  ['week > 2', 'week is 1', undefined],
];
for (const [expected, happened, now] of rewritten)
  test(`rewriting ${expected}, where ${happened}`, () => assert.is(rewrite({ expected, happened }), now));

test('options that do not go together', async () => {
  const cwd = folder({ 'walk.regimen': program, 'walk.scenario': scenario });
  const cases: [args: string[], env: Record<string, string | undefined>, says: RegExp][] = [
    [['--threshold', '90'], {}, /--threshold is about coverage/],
    [['--threshold', '101', '--coverage'], {}, /whole number from 0 to 100/],
    [['--update', '--watch'], { CI: undefined }, /cannot go together/],
    [['--update'], { CI: 'true' }, /this is continuous integration/],
    [['--format', 'sarif'], {}, /It takes pretty, json or junit/],
  ];
  for (const [args, env, says] of cases) {
    const { code, out, err } = await regimen(['test', ...args], { cwd, env });
    assert.is(code, 2, args.join(' '));
    assert.is(out, '');
    assert.match(err, says);
  }
});

test('junit: a suite for each file, errors too', async () => {
  const cwd = folder({
    'walk.regimen': program,
    'walk.scenario': scenario.replace('stage done', 'stage walking'),
    'other.scenario': 'scenario "x" of wlk { start mon 2026-01-05 09:00 }\n',
  });
  const { code, out } = await regimen(['test', '--format', 'junit'], { cwd });
  assert.is(code, 1);
  const root = readXml(out.trimEnd());
  const names = elementsOf(root, 'testsuite').map(({ attributes }) => attributes.name);
  assert.equal(names.sort(), ['other.scenario', 'walk.scenario']);
  const failures = elementsOf(root, 'failure').map(({ attributes }) => attributes.type);
  assert.ok(failures.includes('expectation') && failures.includes('unknown-program'), failures.join());
});

const judged = `program walk "Walk" {
  timezone "Europe/London"
  stage asking "Asking" {
    skill walk_coach
    advance to done when judged "wants to walk of their own accord" at 0.8
    leave as lost after 14 days of silence
  }
  stage done final success "Done" { say "Well done." }
}
`;
const willing = `scenario "somebody who wants to" of walk {
  start mon 2026-01-05 09:00 in "Europe/London"
  they say "I want to walk for my children"
  expect stage done
}
`;

test('--record keeps what a model did; without it the recording speaks, and says when the story is another', async () => {
  const cwd = folder({
    'walk.regimen': judged,
    'walk.scenario': willing,
    'skills/walk-coach/SKILL.md': '---\nname: walk-coach\ndescription: Talks.\n---\nBe kind.\n',
  });
  const criterion = 'asking/criterion-1';
  const judge = { criterion, holds: true, confidence: 0.9, quotes: ['I want to walk for my children'] };
  const model = await startStandInAnthropic([
    {
      tools: [
        { name: 'say', input: { text: 'Good to hear.' } },
        { name: 'judge', input: judge },
      ],
    },
    { text: '' },
  ]);
  try {
    const before = await regimen(['test'], { cwd });
    assert.is(before.code, 1, 'the scripted agent judges nothing');
    const env = { ANTHROPIC_API_KEY: standInKey, ANTHROPIC_BASE_URL: model.url };
    const recorded = await regimen(['test', '--record'], { cwd, env });
    assert.is(recorded.code, 0, recorded.out + recorded.err);
    assert.match(recorded.err, /recorded 1 run in walk\.recorded\.json\nThe model cost \$\d+\.\d{4}\.\n/);
    assert.not.match(recorded.out + recorded.err, new RegExp(standInKey));
  } finally {
    await model.stop();
  }
  const file = join(cwd, 'walk.recorded.json');
  const kept = JSON.parse(readFileSync(file, 'utf8')).scenarios['somebody who wants to'];
  assert.equal(kept[0].heard, 'I want to walk for my children');
  assert.equal(kept[0].result.judgements, [judge]);

  assert.is((await regimen(['test'], { cwd })).code, 0);
  writeFileSync(join(cwd, 'walk.scenario'), willing.replace('my children', 'fun'));
  const other = await regimen(['test'], { cwd });
  assert.is(other.code, 1);
  assert.match(other.out, /The recording is of another story: it goes on with a reply in stage asking after “I want/);
  writeFileSync(file, '{"version": 1, "scenarios": {"x": [{"stage": 3}]}}');
  const wrong = await regimen(['test'], { cwd });
  assert.is(wrong.code, 2);
  assert.match(wrong.err, /walk\.recorded\.json is not a recording: \/scenarios\/x\/0 must/);
});

test('--record without a key', async () => {
  const cwd = folder({ 'walk.regimen': judged, 'walk.scenario': willing });
  const { code, out, err } = await regimen(['test', '--record'], { cwd });
  assert.is(code, 2);
  assert.is(out, '');
  assert.match(err, /Set ANTHROPIC_API_KEY/);
});

test('what a file imports is found, covered and watched where it is', async () => {
  const shared = 'fragment rest {\n  command "pause" { say "Rest well." }\n}\n';
  const importing = `import rest from "../shared.regimen"\n${program.replace('    nudge', '    use rest\n    nudge')}`;
  const root = folder({ 'shared.regimen': shared, 'a/walk.regimen': importing, 'a/walk.scenario': scenario });
  const cwd = join(root, 'a');
  assert.is((await regimen(['check'], { cwd })).code, 0);
  const { code, out } = await regimen(['test', '--coverage'], { cwd });
  assert.is(code, 0, out);
  assert.match(out, /\.\.\/shared\.regimen:2:3 “command "pause" \{ say "Rest well\." \}” is never taken/);
  const started = startRegimenProcess(['test', '--watch'], { cwd });
  await started.wrote(/1 passed, 0 failed[\s\S]*Waiting for a change/);
  writeFileSync(join(root, 'shared.regimen'), shared.replace('say', 'sya'));
  await started.wrote(/1 failed[\s\S]*Waiting for a change/);
  started.child.kill('SIGINT');
  assert.is((await started.ended).code, 1);
});

test('--watch runs again when a file is saved, and ends with Ctrl-C as the last run did', async () => {
  const cwd = folder({ 'walk.regimen': program, 'walk.scenario': scenario });
  const started = startRegimenProcess(['test', '--watch'], { cwd });
  await started.wrote(/1 passed, 0 failed[\s\S]*Waiting for a change/);
  writeFileSync(join(cwd, 'walk.scenario'), scenario.replace('stage done', 'stage walking'));
  await started.wrote(/0 passed, 1 failed[\s\S]*Waiting for a change/);
  writeFileSync(join(cwd, 'walk.regimen'), program.replace('stage done final', 'stage done finl'));
  await started.wrote(/finl[\s\S]*Waiting for a change/);
  started.child.kill('SIGINT');
  const { code, signal, err } = await started.ended;
  assert.is(signal, null);
  assert.is(code, 1, err);
});

test.run();
