/** The cursor after formatting: `|` is where it stands before and after. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { samePlace } from '../../../editor/same-place.ts';

const cases: [before: string, after: string][] = [
  ['stage a{sk|ill x}', 'stage a { sk|ill x }'],
  ['stage a{|skill x}', 'stage a {| skill x }'],
  ['stage a{ |skill x}', 'stage a {\n  |skill x\n}'],
  ['|', '|'],
  ['|  wait', '|wait'],
  ['wait 1 day  |', 'wait 1 day|\n'],
  ['say "a", | say "b"', 'say "a"|  say "b"'],
  ['mon,wed| at', 'mon, wed| at'],
];
for (const [before, after] of cases) {
  test(before, () => {
    const [from, to] = [before.replace('|', ''), after.replace('|', '')];
    assert.is(samePlace(from, to, before.indexOf('|')), after.indexOf('|'));
  });
}

test('an offset beyond the text', () => assert.is(samePlace('ab', 'a b', 99), 3));

test.run();
