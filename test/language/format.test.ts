/**
 * The formatter: what its style looks like (cases), and what holds for every text: formatting twice is
 * formatting once, the tree and the comments stay, nothing is thrown.
 */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { format } from '../../language/format.ts';
import { limits } from '../../language/limits.ts';
import { parse } from '../../language/parse.ts';
import { softWords, tokenize } from '../../language/tokens.ts';
import { readCases, testCases } from '../support/cases.ts';
import { coach, everything, programFiles, story } from '../support/samples.ts';

const folder = `${import.meta.dirname}/cases`;

/** The formatted text, which must be one. */
function formatted(text: string): string {
  const result = format(text);
  if ('problem' in result) throw new Error(`${result.problem.message} in\n${text}`);
  assert.is(result.changed, result.text !== text);
  return result.text;
}

// ------------------------------------------------------------ the style

testCases(`${folder}/format.txt`, (source) => formatted(source).trimEnd());

test('a text of nothing', () => {
  assert.equal(format(''), { text: '', changed: false });
  assert.equal(format(' \n\n\t'), { text: '', changed: true });
});

test('the mark at the beginning, tabs and all line ends', () => {
  const expected = 'scenario "s" of p {\n  // a\n  wait 1 day\n\n  // b\n  wait 2 days\n}\n';
  for (const end of ['\n', '\r\n', '\r']) {
    const text = `\uFEFFscenario "s" of p {\n\t// a\n\twait\t1 day\n\n\n// b\n wait 2 days}`.replaceAll('\n', end);
    assert.is(formatted(text), formatted(expected), JSON.stringify(end));
  }
});

test('a mistake in the grammar: where it is, and no text', () => {
  const text = 'program p {\n  stage a {\n    say "x" == 3\n  }\n}\n';
  const result = format(text);
  assert.ok('problem' in result);
  assert.is(text.slice(result.problem.span.start, result.problem.span.end), '==');
  assert.ok(result.problem.message.length > 0);
});

test('a mistake in the meaning does not matter', () => {
  assert.match(
    formatted('program p { stage a { advance to nowhere when wek = 3 } }'),
    /advance to nowhere when wek = 3/,
  );
});

// ------------------------------------------------------------ what always holds

const guide = readFileSync(new URL('../../docs/language.md', import.meta.url), 'utf8');
const guideSamples = [...guide.matchAll(/```regimen\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
const cases = ['programs', 'scenarios', 'diagnostics', 'format'].flatMap((name) =>
  readCases(`${folder}/${name}.txt`).map(({ source }) => source),
);
const expressions = readCases(`${folder}/expressions.txt`).map(({ source }) => `program p {\nlet it = ${source}\n}`);
const corpus = [
  coach,
  story,
  everything,
  ...programFiles().map(({ text }) => text),
  ...guideSamples,
  ...cases,
  ...expressions,
];
const sound = corpus.filter((text) => parse(text).diagnostics.every(({ severity }) => severity !== 'error'));

test('the samples of the reference are in style', () => {
  for (const sample of guideSamples) assert.is(sample, formatted(sample));
});

/** The tree without its places. */
const tree = (text: string) =>
  JSON.stringify(parse(text).value, (key, value) => (key === 'span' ? undefined : isPlace(value) ? true : value));

/** The place of a mark such as `once`: that it is there counts, where it is does not. */
const isPlace = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.keys(value).toSorted().join() === 'end,start';

/** All comments, sorted: they lie between the tokens. */
function comments(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  for (const { startOffset, image } of [...tokenize(text).value, { startOffset: text.length, image: '' }]) {
    for (const [one] of text.slice(from, startOffset).matchAll(/\/\/[^\r\n]*/g)) found.push(one.trimEnd());
    from = startOffset + image.length;
  }
  return found.sort();
}

function holds(text: string): void {
  const once = formatted(text);
  assert.is(formatted(once), once, `not the same the second time:\n${text}`);
  assert.is(tree(once), tree(text), `another tree:\n${text}\n${once}`);
  assert.equal(comments(once), comments(text), `other comments:\n${text}\n${once}`);
  assert.not.match(once, /[ \t]\n|\n\n\n|\{\n\n|\n\n *\}|^\n|\r/, `loose blanks:\n${once}`);
}

test(`all ${sound.length} sound texts of the corpus`, () => {
  assert.ok(sound.length > 80, `${sound.length}`);
  for (const text of sound) holds(text);
});

/** Types and values with which some word of the language could go on. */
const openTypes = ['number', 'number kg', 'number 1 to 5', 'text', 'yes/no', 'series of number', '(a | b)', 'number?'];
const openValues = [
  ...['o', 'o.x', '1', '1 day', '2 business days', '08:00', '"x"', 'no', 'now', 'last x', 'last 3 of x', 'stage'],
  ...['stage of x', 'stage is x', 'f(x)', 't[x]', 'no runs for 4 days', '1 day since x', 'o at 08:00', 'o in x'],
];

test('a mark is read as one behind every type and value, whatever the role is called', () => {
  let marked = 0;
  for (const role of ['nurse', ...softWords]) {
    for (const before of [...openTypes, ...openValues.map((value) => `text = ${value}`)]) {
      const text = `program p { data { it : ${before}, ${role} may set } }`;
      if (parse(text).diagnostics.some(({ severity }) => severity === 'error')) continue;
      marked++;
      holds(text);
    }
  }
  assert.ok(marked > 4000, `${marked}`);
});

test('texts that cannot be read are never formatted', () => {
  const unsound = corpus.filter((text) => !sound.includes(text));
  assert.ok(unsound.length > 25, `${unsound.length}`);
  for (const text of unsound) assert.ok('problem' in format(text), text);
});

/** What is put between two tokens; `#` becomes a number, so that no two comments are alike. */
const gaps = [
  '',
  ' ',
  '   ',
  '\t',
  '\n',
  '\r\n',
  '\n\n\n',
  ' // c#\n',
  '\n//c#\n',
  '\n\n  // { c# "x"\n\n',
  ' //c#\r\n //  d#  \n',
];

type Change = { at: number; gap: string };

/**
 * A sound text with other blanks, and comments, between some of its tokens, and perhaps with longer names and texts.
 */
function spread(text: string, changes: Change[], long: boolean): string {
  const tokens = tokenize(text).value;
  const places = new Map(
    changes.map(({ at, gap }, index) => [at % (tokens.length + 1), gap.replaceAll('#', `${index}`)]),
  );
  let out = '';
  let from = 0;
  tokens.forEach((token, index) => {
    out += places.get(index) ?? text.slice(from, token.startOffset);
    out += long ? lengthened(token.image, token.tokenType.name) : token.image;
    from = token.startOffset + token.image.length;
  });
  return out + text.slice(from) + (places.get(tokens.length) ?? '');
}

function lengthened(image: string, type: string): string {
  if (type === 'Word') return image + '_more'.repeat((image.length * 3) % 7);
  return type === 'Text' ? `${image.slice(0, -1)}${' and some more'.repeat(image.length % 4)}"` : image;
}

test('500 texts with other blanks and with comments between any tokens', () => {
  const change = fc.record({ at: fc.nat(5000), gap: fc.constantFrom(...gaps) });
  let valid = 0;
  fc.assert(
    fc.property(
      fc.constantFrom(...sound),
      fc.array(change, { minLength: 1, maxLength: 30 }),
      fc.boolean(),
      (text, changes, long) => {
        const other = spread(text, changes, long);
        // Where a line ends is sometimes part of the grammar: what is no longer sound is left out.
        fc.pre(parse(other).diagnostics.every(({ severity }) => severity !== 'error'));
        holds(other);
        valid++;
      },
    ),
    { numRuns: 500, seed: 20260105, maxSkipsPerRun: 20 },
  );
  assert.ok(valid >= 500);
});

test('nothing throws: 2,000 broken texts', () => {
  const cut = fc.record({
    from: fc.nat(6000),
    length: fc.nat(30),
    put: fc.oneof(fc.string(), fc.constantFrom('{', '}', '"', '//', '\r', '(')),
  });
  fc.assert(
    fc.property(fc.constantFrom(...corpus), fc.array(cut, { minLength: 1, maxLength: 4 }), (text, cuts) => {
      let broken = text;
      for (const { from, length, put } of cuts) {
        const at = from % (broken.length + 1);
        broken = broken.slice(0, at) + put + broken.slice(at + length);
      }
      const result = format(broken);
      if ('problem' in result) assert.is.not(result.problem.code, 'not-proven', broken);
      else assert.is(formatted(result.text), result.text);
    }),
    { numRuns: 2000, seed: 20260105 },
  );
});

test('deep nesting', () => {
  const deep = (depth: number) => `program p {\nlet x = ${'('.repeat(depth)}1${')'.repeat(depth)}\n}\n`;
  holds(deep(limits.nesting - 5));
  assert.ok('problem' in format(deep(5000)));
  const bodies = (depth: number) => `program p { stage a { ${'when x { '.repeat(depth)}${'}'.repeat(depth)} } }`;
  holds(bodies(limits.nesting - 5));
  holds(bodies(limits.nesting - 5).replaceAll('{ ', '{\n'));
});

test.run();
