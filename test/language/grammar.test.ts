/** The page of the grammar: it is up to date, hangs together, and what it allows the parser reads. */

import { readdirSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readGrammar } from '../../docs/ebnf.ts';
import { grammarPage, grammarPictures, grammarRules } from '../../docs/grammar.ts';
import { parse } from '../../language/parse.ts';
import { updateOrCompare } from '../compiler/support.ts';
import { writeSentence } from '../support/write-sentences.ts';

const rules = grammarRules();
const grammar = readGrammar(rules);

const words: Record<string, readonly string[]> = {
  NAME: ['alpha', 'beta_2', 'émile'],
  TEXT: ['"words"', '"Week {alpha}"'],
  NUMBER: ['1', '3'],
  DURATION: ['14 days', '2 weeks'],
  BUSINESS_DAYS: ['4 business days'],
  TIME: ['18:00'],
  DATE: ['2026-01-05'],
  WEEKDAY: ['mon', 'Friday'],
  MONEY: ['$0.40'],
  COMPARISON: ['=', '<='],
  OPERATOR: ['and', 'or', '+', '>', 'else'],
};

test('docs/grammar.md is up to date', () => {
  updateOrCompare(new URL('../../docs/grammar.md', import.meta.url), grammarPage());
});

test('the pictures are up to date, and there are no others', () => {
  const folder = new URL('../../docs/grammar/', import.meta.url);
  const pictures = grammarPictures();
  for (const [file, picture] of pictures) {
    updateOrCompare(new URL(file, folder), picture);
    assert.ok(grammarPage().includes(`grammar/${file}`), file);
  }
  assert.equal(readdirSync(folder).toSorted(), [...pictures.keys()].toSorted());
});

test('every word on the page is a rule, a class or quoted', () => {
  for (const rule of rules)
    for (const [word] of rule.replace(/"[^"]*"/g, '').matchAll(/\w+/g))
      assert.ok(grammar.has(word) || words[word] !== undefined, `${word} in ${rule}`);
});

/** What no grammar can say: the page says it beside. */
const besides = new Set([
  'clause-twice',
  'chained-comparison',
  'not-a-confidence',
  'not-a-selection',
  'too-many-mistakes',
  'duplicate-clause',
  'no-such-day',
  'period-on-weekday',
  'not-whole',
]);
/** Words that can be read in two ways, where the page says which it is. */
const ambiguous = [
  /since (enrolled|entered|\S+ changed)( in \S+)* at /,
  /\bstart\b.* at \S+ [.([]/s,
  /expected `\)`.*\bsince\b/s,
];
const lines = ['whenRule', 'atRule', 'transition', 'condition', 'step', 'band', 'fieldLine', 'bodyItem', 'stageItem'];

for (const start of ['fragmentDeclaration', 'programDeclaration', 'scenarioDeclaration'])
  for (const deepest of [6, 9, 12])
    test(`what the grammar writes from ${start}, ${deepest} levels deep, is read without a syntax error`, () => {
      const sentences = Number(process.env.SENTENCES ?? 60);
      const seen = new Map<string, string>();
      for (let seed = 1; seed <= sentences; seed++) {
        const text = writeSentence(grammar, start, words, chanceFrom(seed), deepest, lines);
        for (const found of parse(text).diagnostics) {
          const near = text.slice(text.lastIndexOf('\n', found.span.start - 1) + 1, found.span.end + 30);
          if (besides.has(found.code) || ambiguous.some((words) => words.test(found.message + near))) continue;
          const key = `${found.code}: ${found.message}`;
          if (!seen.has(key)) seen.set(key, near);
        }
      }
      assert.equal(
        [...seen].map(([message, near]) => `${message}  «${near}»`),
        [],
      );
    });

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function chanceFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test.run();
