/** `regimen check` for tools, its mending, and what is not a program at all. */
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { regimen } from '../support/command.ts';
import { elementsOf, readXml } from '../support/read-xml.ts';
import { testFolders } from '../support/test-folders.ts';

const good = `program walk "Walk" {
  timezone "Europe/London"
  data {
    walks : series { minutes: number min }
    goal : number 1 to 9 = 1
  }
  stage walking "Walking" {
    skill walk_coach
    advance to done when count(walks, this visit) >= 2 and goal = 1
    leave as lost after 14 days of silence
  }
  stage done final success "Done" { say "Well <done> & 'so' on." }
}
`;
const broken = good.replace('to done when', 'to dnoe when').replace('2 and goal = 1', '2 && goal == 1');

const test = suite('check, for tools');
const folder = testFolders(test);

/** The parts of the public schema of SARIF 2.1.0 that it requires, and those that are written here. */
const text = { type: 'object', required: ['text'], properties: { text: { type: 'string', minLength: 1 } } };
const positive = { type: 'integer', minimum: 1 };
const artifact = {
  type: 'object',
  required: ['uri'],
  additionalProperties: false,
  properties: { uri: { type: 'string', pattern: '^[^ \\\\]+$' }, uriBaseId: { const: '%SRCROOT%' } },
};
const region = {
  type: 'object',
  additionalProperties: false,
  required: ['startLine', 'startColumn', 'endLine', 'endColumn'],
  properties: { startLine: positive, startColumn: positive, endLine: positive, endColumn: positive },
};
const location = {
  type: 'object',
  additionalProperties: false,
  required: ['physicalLocation'],
  properties: {
    id: { type: 'integer', minimum: 0 },
    message: text,
    physicalLocation: {
      type: 'object',
      additionalProperties: false,
      required: ['artifactLocation', 'region'],
      properties: { artifactLocation: artifact, region },
    },
  },
};
const level = { enum: ['none', 'note', 'warning', 'error'] };
const sarif = {
  type: 'object',
  additionalProperties: false,
  required: ['$schema', 'version', 'runs'],
  properties: {
    $schema: { type: 'string', pattern: 'sarif-schema-2\\.1\\.0\\.json$' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['tool', 'results', 'columnKind'],
        properties: {
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          tool: {
            type: 'object',
            additionalProperties: false,
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                additionalProperties: false,
                required: ['name', 'rules'],
                properties: {
                  name: { type: 'string', minLength: 1 },
                  semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+$' },
                  rules: {
                    type: 'array',
                    uniqueItems: true,
                    items: {
                      type: 'object',
                      additionalProperties: false,
                      required: ['id'],
                      properties: {
                        id: { type: 'string', minLength: 1 },
                        shortDescription: text,
                        fullDescription: text,
                        help: text,
                        defaultConfiguration: { type: 'object', properties: { level } },
                      },
                    },
                  },
                },
              },
            },
          },
          results: {
            type: 'array',
            items: {
              type: 'object',
              additionalProperties: false,
              required: ['message', 'ruleId', 'ruleIndex', 'level', 'locations'],
              properties: {
                message: text,
                ruleId: { type: 'string' },
                ruleIndex: { type: 'integer', minimum: 0 },
                level,
                locations: { type: 'array', minItems: 1, items: location },
                relatedLocations: { type: 'array', uniqueItems: true, items: location },
                fixes: {
                  type: 'array',
                  items: {
                    type: 'object',
                    required: ['artifactChanges'],
                    properties: {
                      description: text,
                      artifactChanges: {
                        type: 'array',
                        minItems: 1,
                        items: {
                          type: 'object',
                          required: ['artifactLocation', 'replacements'],
                          properties: {
                            artifactLocation: artifact,
                            replacements: {
                              type: 'array',
                              minItems: 1,
                              items: {
                                type: 'object',
                                required: ['deletedRegion'],
                                properties: { deletedRegion: region, insertedContent: { type: 'object' } },
                              },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    },
  },
};

test('sarif: valid, on the right lines, with rules and fixes', async () => {
  const root = folder({
    'my programs/walk.regimen': broken,
    'my programs/good.regimen': good.replace('walk "', 'stroll "'),
  });
  const { code, out, err } = await regimen(['check', '--format', 'sarif'], {
    cwd: join(root, 'my programs'),
    env: { GITHUB_WORKSPACE: root },
  });
  assert.is(code, 1);
  assert.match(err, /in 1 file/);
  const log = JSON.parse(out);
  const validate = new Ajv({ allErrors: true }).compile(sarif);
  const isValid: boolean = validate(log);
  assert.ok(isValid, JSON.stringify(validate.errors));
  const [run] = JSON.parse(out).runs;
  const result = run.results.find((one: { ruleId: string }) => one.ruleId === 'unknown-stage');
  assert.is(run.tool.driver.rules[result.ruleIndex].id, 'unknown-stage');
  assert.match(run.tool.driver.rules[result.ruleIndex].help.text, /This fails/);
  const { artifactLocation, region: place } = result.locations[0].physicalLocation;
  assert.is(artifactLocation.uri, 'my%20programs/walk.regimen');
  assert.equal(place, { startLine: 9, startColumn: 16, endLine: 9, endColumn: 20 });
  assert.equal(result.fixes[0].artifactChanges[0].replacements, [
    { deletedRegion: place, insertedContent: { text: 'done' } },
  ]);
  const none = await regimen(['check', '--format', 'sarif', 'good.regimen'], { cwd: join(root, 'my programs') });
  assert.is(none.code, 0);
  assert.ok(validate(JSON.parse(none.out)), JSON.stringify(validate.errors));
});

test('junit: well-formed whatever the words, a failed case for each error', async () => {
  const cwd = folder({
    'a&b.regimen': broken.replace('say "Well', 'say "\u0001 Well'),
    'good.regimen': good.replace('walk "', 'stroll "'),
  });
  const { code, out } = await regimen(['check', '--format', 'junit'], { cwd });
  assert.is(code, 1);
  const root = readXml(out.trimEnd());
  assert.is(root.name, 'testsuites');
  const suites = elementsOf(root, 'testsuite');
  assert.equal(
    suites.map(({ attributes }) => attributes.name),
    ['a&b.regimen', 'good.regimen'],
  );
  const failures = elementsOf(root, 'failure');
  assert.is(String(failures.length), root.attributes.failures);
  assert.ok(
    failures.some(({ attributes, text: words }) => attributes.type === 'foreign-spelling' && words.includes('&&')),
  );
  assert.is(suites[1]?.attributes.failures, '0');
  assert.is(suites[1]?.children.length, 1);
});

test('--fix mends the file, says what it did, and leaves the rest', async () => {
  const cwd = folder({ 'walk.regimen': broken.replace('skill walk_coach', 'skill walk_coach\n    colour red') });
  const { code, out } = await regimen(['check', '--fix'], { cwd });
  assert.is(code, 1, 'what has no mending is still wrong');
  assert.match(out, /^fixed walk\.regimen:10:16 unknown-stage: /m);
  assert.match(out, /^fixed walk\.regimen:10:\d+ foreign-spelling: Write `and`/m);
  assert.match(out, /colour/);
  const mended = readFileSync(join(cwd, 'walk.regimen'), 'utf8');
  assert.match(mended, /advance to done when count\(walks, this visit\) >= 2 and goal = 1/);
  assert.match(mended, /colour red/);
  const again = await regimen(['check', '--fix', '--format', 'json'], { cwd });
  assert.equal(JSON.parse(again.out).mended, []);
  assert.is(readFileSync(join(cwd, 'walk.regimen'), 'utf8'), mended);
});

test('--fix keeps the byte-order mark and the line ends; a format for tools stays clean', async () => {
  const cwd = folder({ 'walk.regimen': `\uFEFF${broken.replaceAll('\n', '\r\n')}` });
  const { code, out, err } = await regimen(['check', '--fix', '--format', 'sarif'], { cwd });
  assert.is(code, 0, out + err);
  assert.is(JSON.parse(out).runs[0].results.length, 0);
  assert.match(err, /^fixed walk\.regimen/m);
  const mended = readFileSync(join(cwd, 'walk.regimen'), 'utf8');
  assert.ok(mended.startsWith('\uFEFFprogram'));
  assert.is(mended.replaceAll('\r\n', '').includes('\n'), false);
});

test('what is hidden or installed is passed over', async () => {
  const cwd = folder({
    'walk.regimen': good,
    'node_modules/x/broken.regimen': 'program',
    '.git/broken.regimen': 'program',
    'deep/er/node_modules/broken.regimen': 'program',
  });
  symlinkSync('..', join(cwd, 'deep', 'circle'));
  const { code, out } = await regimen(['check'], { cwd });
  assert.is(code, 0, out);
  assert.match(out, /^1 file, no problems/);
});

test('byte-order mark, CRLF and tabs: lines and columns are right', async () => {
  const crlf = `\uFEFF${broken.replaceAll('\n', '\r\n').replace('    advance', '\tadvance')}`;
  const { code, out } = await regimen(['check', '--format', 'json'], { cwd: folder({ 'walk.regimen': crlf }) });
  assert.is(code, 1);
  const problem = JSON.parse(out).problems.find((one: { code: string }) => one.code === 'unknown-stage');
  assert.equal(problem.place, { line: 9, column: 13, endLine: 9, endColumn: 17 });
});

test('front matter with mistakes: the line of the skill’s file', async () => {
  const cwd = folder({
    'walk.regimen': good,
    'skills/walk-coach/SKILL.md': '---\r\nname: walk-coach\r\ndescription: "Talks\r\n---\r\nBe kind.\r\n',
  });
  const { code, out } = await regimen(['check'], { cwd });
  assert.is(code, 1);
  assert.match(out, /--> skills\/walk-coach\/SKILL\.md:[34]:/);
});

/** What is not a program at all: one sentence, never a stack, and 2. */
const bad: { name: string; args: string[]; make(cwd: string): void; says: RegExp }[] = [
  {
    name: 'a folder where a file was meant',
    args: ['check', 'walk.regimen'],
    make: (cwd) => mkdirSync(join(cwd, 'walk.regimen')),
    says: /walk\.regimen is a folder, although its name ends like that of a program/,
  },
  { name: 'nothing there', args: ['check'], make: () => {}, says: /no \.regimen or \.scenario file in this folder/ },
  { name: 'an empty path', args: ['check', ''], make: () => {}, says: /path is empty/ },
  {
    name: 'bytes that are no text',
    args: ['check'],
    make: (cwd) => writeFileSync(join(cwd, 'a.regimen'), Buffer.from([0xff, 0xfe, 0x00, 0x70])),
    says: /a\.regimen is not text in UTF-8/,
  },
  {
    name: 'far too long to be a program',
    args: ['check'],
    make: (cwd) => writeFileSync(join(cwd, 'a.regimen'), Buffer.alloc(41_000_000, 32)),
    says: /a\.regimen has 41 MB/,
  },
  {
    name: 'a link that leads nowhere',
    args: ['check', 'a.regimen'],
    make: (cwd) => symlinkSync('nowhere.regimen', join(cwd, 'a.regimen')),
    says: /a\.regimen cannot be read: it does not exist/,
  },
];
for (const { name, args, make, says } of bad) {
  test(`no program: ${name}`, async () => {
    const cwd = folder({ '.keep': '' });
    make(cwd);
    for (const format of ['pretty', 'sarif']) {
      const { code, out, err } = await regimen([...args, '--format', format], { cwd });
      assert.is(out, '');
      assert.match(err, says);
      assert.is(err.trimEnd().split('\n').length, 1, err);
      assert.is(code, 2);
    }
  });
}

test('a file that may not be read', async () => {
  const cwd = folder({ 'a.regimen': good });
  chmodSync(join(cwd, 'a.regimen'), 0o000);
  const { code, out, err } = await regimen(['check'], { cwd });
  // The superuser may read everything.
  if (process.getuid?.() === 0) assert.is(code, 0, out + err);
  else {
    assert.match(err, /a\.regimen cannot be read: you have no permission/);
    assert.is(code, 2);
  }
});

test('ten megabytes of text: a diagnostic, soon', async () => {
  const cwd = folder({ 'a.regimen': `${good}${'// words and words\n'.repeat(530_000)}` });
  const { code, out, err, ms } = await regimen(['check'], { cwd });
  assert.is(code, 1, err);
  assert.match(out, /^error /);
  assert.ok(ms < 20_000, `${ms} ms`);
});

test.run();
