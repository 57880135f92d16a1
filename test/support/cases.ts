/**
 * Tests that are data: a file of cases, each a name, a source and the text expected for it.
 *
 *     === name of the case
 *     source
 *     --- expected
 *     the expected text
 *
 * `UPDATE=1` writes what came out into the file instead of comparing; read that diff.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

export type Case = { name: string; source: string; expected: string };

export function readCases(file: string): Case[] {
  return readFileSync(file, 'utf8')
    .split(/^=== /m)
    .slice(1)
    .map((section) => {
      const [head = '', expected = ''] = section.split(/^--- expected\n/m);
      const newline = head.indexOf('\n');
      return { name: head.slice(0, newline), source: head.slice(newline + 1, -1), expected: expected.trimEnd() };
    });
}

/** Adds a test for each case of a file: `outcome(source)` must be its expected text. */
export function testCases(file: string, outcome: (source: string) => string): Case[] {
  const cases = readCases(file);
  if (cases.length === 0) throw new Error(`${file} holds no cases.`);
  if (process.env.UPDATE === '1') {
    const sections = cases.map((one) => `=== ${one.name}\n${one.source}\n--- expected\n${outcome(one.source)}\n`);
    writeFileSync(file, sections.join('\n'));
    return cases;
  }
  for (const { name, source, expected } of cases) {
    test(name, () => assert.fixture(outcome(source), expected));
  }
  return cases;
}
