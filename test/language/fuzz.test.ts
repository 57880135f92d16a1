/**
 * Three thousand broken sources: `parse` never throws, is never slow, its spans are sound and its
 * diagnostics lie in the text. The mutations come from a fixed seed, so a failure can be repeated.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../language/limits.ts';
import { parse } from '../../language/parse.ts';
import { tokenize } from '../../language/tokens.ts';
import { coach, everything, story } from '../support/samples.ts';
import { spanProblem } from '../support/spans.ts';

const ROUNDS = 3000;
/** A sample takes about a millisecond; this leaves room for a busy machine. */
const SLOW_MS = 500;

/** Mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const sources = [coach, story, everything];
const pieces = [
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '"',
  '{"',
  '"}',
  '\\',
  ',',
  ':',
  '|',
  '==',
  '!',
  ';',
  '\n',
  '\r\n',
  '\0',
  '\ud800',
  '//',
];

function mutate(random: () => number): string {
  const upTo = (count: number) => Math.floor(random() * count);
  let text = sources[upTo(sources.length)] ?? '';
  for (let changes = 1 + upTo(6); changes > 0; changes--) {
    const tokens = tokenize(text).value;
    const one = tokens[upTo(tokens.length)];
    const other = tokens[upTo(tokens.length)];
    const at = upTo(text.length + 1);
    switch (upTo(7)) {
      case 0:
        text = text.slice(0, at) + (pieces[upTo(pieces.length)] ?? '') + text.slice(at);
        break;
      case 1:
        text = text.slice(0, at) + text.slice(at + 1 + upTo(20));
        break;
      case 2:
        text = text.slice(0, at);
        break;
      case 3:
        text = text.slice(at);
        break;
      case 4:
        text = text.slice(0, at) + String.fromCharCode(upTo(0x3000)) + text.slice(at + 1);
        break;
      default:
        if (!one || !other) break;
        text = text.slice(0, one.startOffset) + other.image + text.slice(one.startOffset + one.image.length);
    }
  }
  return text;
}

test(`${ROUNDS} mutations`, () => {
  const random = randomFrom(20260105);
  let broken = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const text = mutate(random);
    const before = performance.now();
    const { value, diagnostics } = parse(text);
    const ms = performance.now() - before;
    assert.ok(ms < SLOW_MS, `round ${round} took ${ms} ms:\n${text}`);
    assert.is(spanProblem(value, text), undefined, `round ${round}:\n${text}`);
    assert.ok(diagnostics.length <= limits.diagnostics + 1);
    for (const { span, message, hint } of diagnostics) {
      assert.ok(span.start >= 0 && span.start <= span.end && span.end <= text.length, `round ${round}: ${message}`);
      assert.not.match(`${message} ${hint ?? ''}`, /undefined|NaN|\{(found|expected|word|place|remedy|most|more)\}/);
    }
    if (diagnostics.length > 0) broken++;
  }
  assert.ok(broken > ROUNDS * 0.8, `only ${broken} mutations broke something`);
});

const repeated = [
  '(',
  ')',
  '{',
  '}',
  '"',
  '"{',
  '"{"x"',
  '\n"',
  'x\n',
  'stage a {\n',
  'day of ',
  'no x where ',
  'not ',
  '1 + ',
  'a else ',
  'when ',
  'x since ',
  'count(x since ',
  'stage of ',
  'x at ',
  'x in ',
  'ask "a" (text) as x else ',
  'propose x = 1 approved by y else ',
  'track t {\n',
  'fragment f {\n',
  'bands b by ',
  '1 : 1\n',
  'import a from ',
  '+',
  'nurse, ',
];

for (const piece of repeated) {
  test(`much of ${JSON.stringify(piece)}`, () => {
    for (const prefix of ['', 'program p { let x = ', 'program p { stage a { when ']) {
      const before = performance.now();
      const { diagnostics } = parse(prefix + piece.repeat(20_000));
      assert.ok(diagnostics.length > 0);
      assert.ok(performance.now() - before < 3000, `${prefix}: ${performance.now() - before} ms`);
    }
  });
}

test.run();
