/** What the parser says about broken sources, and about those beyond its limits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../language/limits.ts';
import { parse } from '../../language/parse.ts';
import { readCases, testCases } from '../support/cases.ts';
import { renderAll } from '../support/render.ts';

const file = `${import.meta.dirname}/cases/diagnostics.txt`;

testCases(file, (source) => renderAll(source, parse(source).diagnostics));

/** Each limit as a source beyond it, with the code it must give: too large to stand in a file. */
const beyond: [code: string, source: string][] = [
  ['too-long', 'x'.repeat(limits.textLength + 1)],
  ['too-deep', `program p { let x = ${'('.repeat(limits.nesting + 1)} }`],
  ['too-deep', `program p { let x = ${'1 + '.repeat(2 * limits.nesting)} 1 }`],
  ['too-deep', `program p { data { x : ${'series of '.repeat(limits.nesting + 1)} text } }`],
  ['gave-up', `program p { stage a { ${'when '.repeat(2 * limits.syntaxErrors)} } }`],
  ['too-many-mistakes', 'x\n'.repeat(limits.diagnostics + 1)],
];

for (const [code, source] of beyond) {
  test(`${code}: ${source.slice(0, 40).trim()}…`, () => {
    const codes = parse(source).diagnostics.map((found) => found.code);
    assert.ok((codes as string[]).includes(code), `${code} is not among ${codes.join(', ')}`);
    assert.ok(codes.length <= limits.diagnostics + 1);
  });
}

test('every fix removes the diagnostic that offers it', () => {
  let tried = 0;
  for (const { name, source } of readCases(file)) {
    for (const found of parse(source).diagnostics) {
      if (!found.fix) continue;
      tried++;
      let mended = source;
      for (const { span, text } of found.fix.edits.toSorted((a, b) => b.span.start - a.span.start)) {
        mended = mended.slice(0, span.start) + text + mended.slice(span.end);
      }
      const same = parse(mended).diagnostics.filter(
        (after) =>
          after.code === found.code && after.message === found.message && after.span.start === found.span.start,
      );
      assert.equal(same, [], `${name}: the fix “${found.fix.title}” changes nothing`);
    }
  }
  assert.ok(tried > 15);
});

test.run();
