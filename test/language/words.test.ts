/** Places, near words, keywords, and the grammar's own consistency. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RegimenGrammar } from '../../language/grammar.ts';
import { keywords } from '../../language/keywords.ts';
import { nearest } from '../../language/nearest.ts';
import { parse } from '../../language/parse.ts';
import { lineMap } from '../../language/position.ts';
import { reservedWords, softWords } from '../../language/tokens.ts';

test('the grammar has no mistakes Chevrotain can find', () => {
  assert.not.throws(() => new RegimenGrammar({ validate: true }).analyzed());
});

test('positions, with every kind of line ending', () => {
  const text = 'ab\ncd\r\n\r\ne\rf';
  const map = lineMap(text);
  assert.is(map.count, 5);
  const places: [offset: number, line: number, column: number][] = [
    [0, 1, 1],
    [2, 1, 3],
    [3, 2, 1],
    [7, 3, 1],
    [9, 4, 1],
    [11, 5, 1],
    [12, 5, 2],
  ];
  for (const [offset, line, column] of places) {
    assert.equal(map.position(offset), { line, column });
    assert.is(map.offset({ line, column }), offset);
  }
  assert.equal(map.line(2), { start: 3, end: 5 });
  assert.equal(map.position(99), { line: 5, column: 2 });
  assert.equal(map.position(-1), { line: 1, column: 1 });
  assert.is(map.offset({ line: 1, column: 99 }), 2);
  assert.is(map.offset({ line: 99, column: 1 }), 11);
  assert.equal(lineMap('').position(0), { line: 1, column: 1 });
});

const near: [word: string, candidates: string[], found: string | undefined][] = [
  ['trainig', ['training', 'graduated'], 'training'],
  ['wehn', ['when', 'with'], 'when'],
  ['Week', ['week'], 'week'],
  ['promt', ['prompt', 'review'], 'prompt'],
  ['x', ['y'], undefined],
  ['banana', ['training'], undefined],
  ['week', ['week'], undefined],
  ['', ['a'], undefined],
  ['a'.repeat(1000), ['a'], undefined],
];
for (const [word, candidates, found] of near) {
  test(`nearest to ${word.slice(0, 20)}`, () => assert.is(nearest(word, candidates), found));
}

test('every keyword is a word of the grammar, and is documented once', () => {
  const known = new Set<string>([...reservedWords, ...softWords, 'yes/no']);
  const seen = new Set<string>();
  for (const { word, where, doc } of keywords) {
    assert.ok(known.has(word), word);
    assert.not.ok(seen.has(word), `${word} twice`);
    seen.add(word);
    assert.ok(where.length > 0 && doc.endsWith('.'), word);
  }
});

test('every soft keyword can be a field, a stage and a value', () => {
  for (const word of softWords) {
    const source = `program p {\n  data {\n    ${word} : number = 1\n  }\n  stage ${word} {\n    advance to ${word} with ${word} = ${word} + 1 when ${word} > 1 and (${word} = 2)\n  }\n}`;
    const { diagnostics } = parse(source);
    assert.equal(
      diagnostics.map((found) => found.message),
      [],
      word,
    );
  }
});

test.run();
