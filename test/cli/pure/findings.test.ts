/** Findings as people and as GitHub see them: carets stand under what they mean, whatever the characters. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findingsOf, skillFinding } from '../../../cli/finding.ts';
import { printFinding } from '../../../cli/print-findings.ts';
import { printGithub } from '../../../cli/print-github.ts';
import { columnWidth } from '../../../language/column-width.ts';
import type { Diagnostic } from '../../../language/diagnostics.ts';

const plain = (_: string, text: string) => text;

/** A diagnostic at the words between « and », in a text that is given with them. */
function findingAt(marked: string, details: Partial<Diagnostic> = {}) {
  const start = marked.indexOf('«');
  const end = marked.indexOf('»') - 1;
  const text = marked.replace(/[«»]/g, '');
  const diagnostic: Diagnostic = {
    code: 'unexpected-text',
    severity: 'error',
    message: 'This is wrong.',
    span: { start, end },
    related: [],
    ...details,
  };
  const [finding] = findingsOf('programs/a.regimen', text, [diagnostic]);
  if (finding === undefined) throw new Error('no finding');
  return finding;
}

const cases: { name: string; marked: string; details?: Partial<Diagnostic>; shown: string[] }[] = [
  {
    name: 'a word, with what to do',
    marked: 'program a {\n  «stag» one\n}\n',
    details: { hint: 'Did you mean `stage`?' },
    shown: [
      'error unexpected-text: This is wrong.',
      ' --> programs/a.regimen:2:3',
      '  |',
      '2 |   stag one',
      '  |   ^^^^',
      '  = Did you mean `stage`?',
    ],
  },
  {
    name: 'tabs and wide characters',
    marked: '\tsay "走る 👟 é«x»"',
    details: { severity: 'warning' },
    shown: [
      'warning unexpected-text: This is wrong.',
      ' --> programs/a.regimen:1:14',
      '  |',
      '1 |     say "走る 👟 éx"',
      `  | ${' '.repeat(4 + 5 + 4 + 1 + 2 + 1 + 1)}^`,
    ],
  },
  {
    name: 'a place of no width, at the end of the file',
    marked: 'program a {\n«»',
    shown: ['error unexpected-text: This is wrong.', ' --> programs/a.regimen:2:1', '  |', '2 |', '  | ^'],
  },
  {
    name: 'several lines',
    marked: '  «stage a {\n    skill b\n  }»\n',
    shown: [
      'error unexpected-text: This is wrong.',
      ' --> programs/a.regimen:1:3',
      '  |',
      '1 |   stage a {',
      '  |   ^^^^^^^^^',
      '2 |     skill b',
      '  |     ^^^^^^^',
      '3 |   }',
      '  |   ^',
    ],
  },
  {
    name: 'many lines: only the ends',
    marked: '«1\n2\n3\n4\n5\n6»\n',
    shown: [
      'error unexpected-text: This is wrong.',
      ' --> programs/a.regimen:1:1',
      '  |',
      '1 | 1',
      '  | ^',
      '2 | 2',
      '  | ^',
      '  …',
      '6 | 6',
      '  | ^',
    ],
  },
  {
    name: 'a related place',
    marked: 'let a = 1\nlet «a» = 2\n',
    details: { related: [{ message: 'it is first said here', span: { start: 4, end: 5 } }] },
    shown: [
      'error unexpected-text: This is wrong.',
      ' --> programs/a.regimen:2:5',
      '  |',
      '2 | let a = 2',
      '  |     ^',
      '  |',
      'see: it is first said here',
      ' --> programs/a.regimen:1:5',
      '  |',
      '1 | let a = 1',
      '  |     -',
    ],
  },
];

const test = suite('findings');

for (const { name, marked, details, shown } of cases) {
  test(name, () => assert.fixture(printFinding(findingAt(marked, details), plain), shown.join('\n')));
}

test('a very long line is cut around its carets', () => {
  const finding = findingAt(`${'x'.repeat(5000)}«here»${'y'.repeat(5000)}`);
  const lines = printFinding(finding, plain).split('\n');
  const source = lines.find((line) => line.startsWith('1 |')) ?? '';
  const marks = lines.at(-1) ?? '';
  assert.ok(source.length < 200, String(source.length));
  assert.is(source.slice(marks.indexOf('^'), marks.lastIndexOf('^') + 1), 'here');
});

test('control characters do not reach the terminal', () => {
  const shown = printFinding(findingAt('say \u001b[31m«x»\u0007'), plain);
  assert.not.ok(shown.includes('\u001b') || shown.includes('\u0007'), shown);
});

test('GitHub: the right line and columns, everything escaped', () => {
  const finding = {
    ...findingAt('a\nsay «100%»'),
    path: 'programs/a,b:c.regimen',
    message: '50% is\r\nwrong: no',
    hint: 'Write 0.5.',
  };
  assert.is(
    printGithub(finding, '/repo', undefined),
    '::error file=programs/a%2Cb%3Ac.regimen,line=2,col=5,endLine=2,endColumn=9,title=unexpected-text::50%25 is%0D%0Awrong: no%0AWrite 0.5.',
  );
});

test('GitHub: a place over several lines has no columns, which the runner would drop', () => {
  assert.is(
    printGithub(findingAt('«a\nb»', { severity: 'warning' }), '/repo', undefined),
    '::warning file=programs/a.regimen,line=1,endLine=2,title=unexpected-text::This is wrong.',
  );
});

test('GitHub: paths start at the root of the checkout, wherever the command ran', () => {
  assert.match(printGithub(findingAt('«a»'), '/repo/sub', '/repo'), /file=sub\/programs\/a\.regimen,/);
  assert.match(printGithub(findingAt('«a»'), '/repo/sub', '/elsewhere'), /file=programs\/a\.regimen,/);
});

test('a problem of a skill points at its line', () => {
  const { place } = skillFinding('skills/a/SKILL.md', '---\nname: a\n---\n', 2, 'No.');
  assert.equal(place, { line: 2, column: 1, endLine: 2, endColumn: 8 });
});

test('columns of a terminal', () => {
  for (const [text, columns] of [
    ['abc', 3],
    ['é', 1],
    ['e\u0301', 1],
    ['走る', 4],
    ['👟', 2],
    ['👩‍👧', 2],
    ['한국', 4],
    ['\u200b', 0],
    ['', 0],
  ] as const) {
    assert.is(columnWidth(text), columns, JSON.stringify(text));
  }
});

test.run();
