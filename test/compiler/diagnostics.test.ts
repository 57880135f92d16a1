/**
 * What the compiler says about programs with mistakes; that everything it can say is there is held in `words.test.ts`.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readCases, testCases } from '../support/cases.ts';
import { diagnose } from '../support/diagnose.ts';
import { renderAll } from '../support/render.ts';

const cases = ['diagnostics', 'meanings', 'oversights', 'remedies'].map(
  (name) => `${import.meta.dirname}/cases/${name}.txt`,
);
const allCases = () => cases.flatMap(readCases);

function render(source: string): string {
  const { compiled, diagnostics, beside } = diagnose(source);
  const [own] = compiled.files;
  const theirs = beside.map(({ path, text, diagnostics }) => `in ${path}:\n${renderAll(text, diagnostics, path)}`);
  return [renderAll(own?.text ?? '', diagnostics), ...theirs].join('\n').trimEnd();
}

for (const file of cases) testCases(file, render);

test('no message has an unfilled hole', () => {
  for (const { name, expected } of allCases()) {
    const said = expected.split('\n').filter((line) => /^(error|warning|see|fix:| +=) /.test(line));
    assert.ok(said.length > 0 || expected.includes('no diagnostics'), name);
    for (const line of said) assert.not.match(line, /undefined|\{(what|name|of|range|value|left|right)\}/, name);
  }
});

test('spans lie in the text, and a program with errors is not ok', () => {
  for (const { name, source } of allCases()) {
    const { compiled, diagnostics } = diagnose(source);
    for (const { span, related } of diagnostics) {
      for (const one of [span, ...related.map((other) => other.span)]) {
        assert.ok(one.start >= 0 && one.start <= one.end && one.end <= source.length, name);
      }
    }
    const errors = compiled.files.some((file) => file.diagnostics.some((one) => one.severity === 'error'));
    const all = [...compiled.programs, ...compiled.scenarios];
    assert.is(
      all.every((one) => one.ok),
      !errors,
      name,
    );
  }
});

test('every fix removes the diagnostic that offers it', () => {
  let tried = 0;
  for (const { name, source } of allCases()) {
    for (const found of diagnose(source).diagnostics) {
      if (!found.fix) continue;
      tried++;
      let mended = source;
      for (const { span, text } of found.fix.edits.toSorted((a, b) => b.span.start - a.span.start)) {
        mended = mended.slice(0, span.start) + text + mended.slice(span.end);
      }
      const same = diagnose(mended).diagnostics.filter(
        (after) => after.code === found.code && after.span.start === found.span.start,
      );
      assert.equal(same, [], `${name}: the fix “${found.fix.title}” changes nothing`);
    }
  }
  assert.ok(tried > 15);
});

test.run();
