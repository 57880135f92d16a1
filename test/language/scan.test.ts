/**
 * Cutting a text into tokens: which token begins where, on which line and in which column, and what is left out.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tokenize } from '../../language/tokens.ts';

/** Text → its tokens, each as `type image`. */
const cases: [text: string, tokens: string[]][] = [
  ['14 14.5 1.', ['NumberToken 14', 'NumberToken 14.5', 'NumberToken 1', 'Dot .']],
  ['14 days 2h 3 business days', ['Duration 14 days', 'Duration 2h', 'Duration 3 business days']],
  ['2  days', ['NumberToken 2', 'Word days']],
  [
    '18:00 6pm 6:30 am 123:45',
    ['Time 18:00', 'TwelveHourTime 6pm', 'TwelveHourTime 6:30 am', 'NumberToken 123', 'Colon :', 'NumberToken 45'],
  ],
  ['2026-01-05 2026-01', ['DateToken 2026-01-05', 'NumberToken 2026', 'Minus -', 'NumberToken 01']],
  ['12dé 12d', ['NumberToken 12', 'Word dé', 'Duration 12d']],
  ['yes/no yes/nothing yes', ['YesNo yes/no', 'yes yes', 'Slash /', 'Word nothing', 'yes yes']],
  ['week_1 Schritte naïve 歩く', ['Word week_1', 'Word Schritte', 'Word naïve', 'Word 歩く']],
  ['a<=b <>c', ['Word a', 'AtMost <=', 'Word b', 'StrictNotEquals <>', 'Word c']],
  [
    '== === = => =< != !== !',
    [
      'DoubleEquals ==',
      'DoubleEquals ===',
      'Equals =',
      'AtLeastSign =>',
      'AtMostSign =<',
      'NotEquals !=',
      'StrictNotEquals !==',
      'Exclamation !',
    ],
  ],
  ['"a {b else "c"} d" e', ['Text "a {b else "c"} d"', 'Word e']],
  ['"open\nnext', ['Text "open', 'Word next']],
  ['a // b "c\nd / e', ['Word a', 'Word d', 'Slash /', 'Word e']],
  ['$0.40 $ 5', ['Money $0.40', 'NumberToken 5']],
  ['mon Monday monday', ['Weekday mon', 'Weekday Monday', 'Weekday monday']],
];

test('at each place the first type that fits wins', () => {
  for (const [text, expected] of cases) {
    const found = tokenize(text).value.map(({ tokenType, image }) => `${tokenType.name} ${image}`);
    assert.equal(found, expected, text);
  }
});

test('lines end with a line feed, a return, or both; columns count from 1', () => {
  const text = 'a\n b\r\n\tc\rd\n\n\u00a0e';
  const places = tokenize(text).value.map(({ image, startLine, startColumn, startOffset, endOffset }) => [
    image,
    startLine,
    startColumn,
    text.slice(startOffset, (endOffset ?? 0) + 1),
  ]);
  assert.equal(places, [
    ['a', 1, 1, 'a'],
    ['b', 2, 2, 'b'],
    ['c', 3, 2, 'c'],
    ['d', 4, 1, 'd'],
    ['e', 6, 2, 'e'],
  ]);
});

test('characters with which nothing begins are left out and told together', () => {
  const { value, diagnostics } = tokenize('a @@ b ~c $');
  assert.equal(
    value.map(({ image }) => image),
    ['a', 'b', 'c'],
  );
  assert.equal(
    diagnostics.map(({ code, span }) => [code, span.start, span.end]),
    [
      ['unknown-character', 2, 4],
      ['unknown-character', 7, 8],
      ['unknown-character', 10, 11],
    ],
  );
});

test('a stretch of a text is cut with the offsets of the whole', () => {
  const text = 'say "week {week + 1}"';
  const { value } = tokenize(text, text.indexOf('week +'), text.indexOf('}'));
  assert.equal(
    value.map(({ image, startOffset }) => [image, startOffset]),
    [
      ['week', 11],
      ['+', 16],
      ['1', 18],
    ],
  );
});

test.run();
