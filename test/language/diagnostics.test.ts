/** What the parser says about broken sources, and about those beyond its limits. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../language/limits.ts';
import { parse } from '../../language/parse.ts';
import { readCases, testCases } from '../support/cases.ts';
import { renderAll } from '../support/render.ts';
import { spanProblem } from '../support/spans.ts';

const file = `${import.meta.dirname}/cases/diagnostics.txt`;

testCases(file, (source) => renderAll(source, parse(source).diagnostics));

/** Each limit as a source beyond it, with the code it must give: too large to stand in a file. */
const beyond: [code: string, source: string][] = [
  ['too-long', 'x'.repeat(limits.textLength + 1)],
  ['too-deep', `program p { let x = ${'('.repeat(limits.nesting + 1)} }`],
  ['too-deep', `program p { let x = ${'1 + '.repeat(2 * limits.levels)} 1 }`],
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

/** Behind as many mistakes as are looked for, what is missing is at the end: all of the file has been read. */
for (const ending of ['program', 'import x', 'scenario "s"']) {
  test(`a file that ends with ${ending} behind ${limits.syntaxErrors} mistakes keeps what it has`, () => {
    const source = `program p { stage a { skill s } }\n${'program { }\n'.repeat(limits.syntaxErrors)}${ending}`;
    const { value, diagnostics } = parse(source);
    assert.equal(
      value.programs[0]?.items.map(({ kind }) => kind),
      ['stage'],
    );
    assert.not((diagnostics.map(({ code }) => code) as string[]).includes('gave-up'));
    for (const { span } of diagnostics) assert.is(spanProblem({ span }, source), undefined);
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
