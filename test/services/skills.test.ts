/** Skill files: what is read, and the sentence for each mistake, as cases. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSkill } from '../../runtime/skills.ts';
import { openSkillFolders } from '../../server/services/skill-files.ts';

const good = `---
name: run-coach
description: Talks runners through the week.
---

# Run coach

Keep it short.
`;
const front = (...keys: string[]) => `---\n${keys.join('\n')}\n---\nBody.\n`;
const named = (...keys: string[]) => front('name: run-coach', 'description: Talks.', ...keys);

const test = suite('skills');

test('a good skill is read whole', () => {
  const { skill, problems } = readSkill(
    'run_coach',
    {
      'SKILL.md': good,
      'scripted.yaml': `
welcome:
  - Welcome to week {week}.
hear:
  - match: \\b(?<minutes>\\d+) min
    say: [Well run.]
    record: { series: runs, fields: { minutes: "{minutes}", completed: yes, effort: 3 } }
  - match: knee
    set: { injured: true, week: "{week}" }
    judge: { holds: true, confidence: 0.9 }
`,
    },
    'v1',
  );
  assert.equal(problems, []);
  assert.equal(skill, {
    name: 'run_coach',
    description: 'Talks runners through the week.',
    body: '# Run coach\n\nKeep it short.',
    version: 'v1',
    script: {
      welcome: ['Welcome to week {week}.'],
      hear: [
        {
          match: '\\b(?<minutes>\\d+) min',
          say: ['Well run.'],
          record: { series: 'runs', fields: { minutes: '{minutes}', completed: 'yes', effort: '3' } },
        },
        { match: 'knee', set: { injured: 'true', week: '{week}' }, judge: { holds: true, confidence: 0.9 } },
      ],
    },
  });
});

test('every known key of the format is accepted, Windows line ends and a byte order mark too', () => {
  const source = named('license: MIT', 'compatibility: any', 'metadata:', '  version: 1.0', 'allowed-tools: Read Grep');
  assert.equal(readSkill('run_coach', { 'SKILL.md': `\uFEFF${source.replaceAll('\n', '\r\n')}` }).problems, []);
});

const mainCases: [string, string, number, RegExp][] = [
  ['no front matter', '# Hello', 1, /begins with a block between two `---` lines that holds `name: run-coach`/],
  ['unclosed front matter', '---\nname: run-coach\n', 1, /has no end/],
  [
    'a name that is not the folder',
    front('name: runner', 'description: x'),
    2,
    /`runner`, but the folder is `run-coach`/,
  ],
  [
    'underscores in the name',
    front('name: run_coach', 'description: x'),
    2,
    /lower-case letters a to z, digits and single hyphens/,
  ],
  ['a double hyphen', front('name: run--coach', 'description: x'), 2, /single hyphens/],
  ['no description', front('name: run-coach'), 2, /The line `description: …` is missing/],
  ['an empty description', front('name: run-coach', 'description: ""'), 3, /`description` is empty/],
  ['a long description', front('name: run-coach', `description: ${'x'.repeat(1025)}`), 3, /longer than 1024/],
  ['an unknown key', named('author: Ana'), 4, /`author` is not known here.*`allowed-tools`/],
  ['a key twice', named('name: run-coach'), 4, /stands here twice/],
  ['an unquoted colon', front('name: run-coach', 'description: Use this: always'), 3, /put it in quotes/],
  ['metadata that is a list', named('metadata: [a]'), 4, /`metadata` must be a group of keys/],
  ['no body', '---\nname: run-coach\ndescription: x\n---\n\n', 4, /nothing after the block/],
  ['a long file', `${named()}${'x'.repeat(70_000)}`, 1, /longer than 64000 characters/],
];
for (const [what, source, line, message] of mainCases) {
  test(`SKILL.md: ${what}`, () => {
    const { skill, problems } = readSkill('run_coach', { 'SKILL.md': source });
    assert.is(skill, undefined);
    assert.is(problems.length, 1, JSON.stringify(problems));
    assert.is(problems[0]?.file, 'SKILL.md');
    assert.match(problems[0]?.message ?? '', message);
    assert.is(problems[0]?.line, line);
  });
}

const scriptCases: [string, string, number, RegExp][] = [
  ['an unknown key', 'say: [Hi.]\nshout: [HI]', 2, /`shout` is not known here.*`welcome`/],
  ['a text where a list belongs', 'say: Hi.', 1, /`say` must be a list/],
  ['an empty list', 'welcome: []', 1, /`welcome` is empty/],
  ['an item that is a group', 'say:\n  - ok\n  - a: b', 3, /Item 2 of `say` must be a text/],
  ['a hearing without match', 'hear:\n  - say: [x]', 2, /Item 1 of `hear` needs `match`/],
  ['a broken expression', 'hear:\n  - say: [x]\n    match: "(a"', 3, /not a regular expression/],
  ['an expression without end', 'hear:\n  - match: "^(\\\\w+\\\\s?)*$"', 2, /would never finish/],
  ['an expression without end, nested', 'hear:\n  - match: "((ab*)c)+"', 2, /would never finish/],
  ['an optional part, repeated', 'hear:\n  - match: "(aa?)*b"', 2, /leaves it out/],
  ['alternatives that begin alike', 'hear:\n  - match: "(a|a)*b"', 2, /may begin alike/],
  ['alternatives within', 'hear:\n  - match: "(x(a|ab))*y"', 2, /would never finish/],
  ['often instead of without end', 'hear:\n  - match: "(.*,){20}x"', 2, /would never finish/],
  ['anything, over and over', 'hear:\n  - match: "^(.*)(.*)(.*)(.*)x"', 2, /would take minutes/],
  [
    'a misspelt group',
    'hear:\n  - match: (?<minutes>\\d+) min\n    set:\n      ran: "{minuts}"',
    4,
    /`\{minuts\}` is not a named group.*Did you mean `\{minutes\}`/,
  ],
  [
    'a confidence above one',
    'hear:\n  - match: a\n    judge: { holds: true, confidence: 2 }',
    3,
    /`confidence` must be at most 1/,
  ],
  [
    'a series that is no name',
    'hear:\n  - match: a\n    record: { series: My Runs, fields: {} }',
    3,
    /a name as it stands in the program/,
  ],
  ['broken YAML', 'say:\n  - "x\n', 3, /not valid YAML/],
];
for (const [what, source, line, message] of scriptCases) {
  test(`scripted.yaml: ${what}`, () => {
    const { skill, problems } = readSkill('run_coach', { 'SKILL.md': good, 'scripted.yaml': source });
    assert.is(skill, undefined);
    assert.ok(problems.length > 0);
    assert.is(problems[0]?.file, 'scripted.yaml');
    assert.match(problems[0]?.message ?? '', message);
    assert.is(problems[0]?.line, line);
  });
}

test('alternatives, classes and lazy repetition are not taken for endless expressions', () => {
  for (const match of [
    '(?:yes|no)+',
    '(?<n>\\d+) (min|minutes)?',
    '[(+]+x',
    '\\(a+\\)+',
    '(a|b){2,4}',
    '(?:done)+!*',
    '',
  ]) {
    const { problems } = readSkill('run_coach', {
      'SKILL.md': good,
      'scripted.yaml': JSON.stringify({ hear: [{ match: match || 'x' }] }),
    });
    assert.equal(problems, [], match);
  }
});

test('no text makes it throw', () => {
  for (let seed = 0; seed < 300; seed++) {
    const cut = (text: string, by: number) =>
      text.slice(0, (seed * by) % text.length) + ['', ':', '- ', '\t', '"', '&a *a', '{'][seed % 7];
    readSkill('run_coach', {
      'SKILL.md': cut(good, 13),
      'scripted.yaml': cut('hear:\n  - match: a\n    set: {a: b}\n', 7),
    });
  }
});

test('folders on disk: found, read again when changed, versioned by content, never outside', async () => {
  const root = await mkdtemp(join(tmpdir(), 'skills-'));
  try {
    const skills = openSkillFolders(join(root, 'skills'));
    assert.is(await skills.names(), undefined);
    await mkdir(join(root, 'skills/run-coach'), { recursive: true });
    const file = join(root, 'skills/run-coach/SKILL.md');
    await writeFile(file, good);
    assert.equal(await skills.names(), ['run_coach']);
    const first = await skills.read('run_coach');
    assert.match(first.skill?.version ?? '', /^[0-9a-f]{64}$/);
    assert.is(await skills.read('run_coach'), first, 'unchanged files are not read again');
    await writeFile(file, `${good}More.\n`);
    const second = await skills.read('run_coach');
    assert.match(second.skill?.body ?? '', /More\.$/);
    assert.is.not(second.skill?.version, first.skill?.version);
    assert.match((await skills.read('missing')).problems[0]?.message ?? '', /make the file skills\/missing\/SKILL\.md/);
    for (const name of ['../run_coach', 'run-coach', '', 'a/b']) {
      assert.match((await skills.read(name)).problems[0]?.message ?? '', /is not the name of a skill/);
    }
    await mkdir(join(root, 'skills/odd/SKILL.md'), { recursive: true });
    assert.match((await skills.read('odd')).problems[0]?.message ?? '', /There is no skill/);
  } finally {
    await rm(root, { recursive: true });
  }
});

test.run();
