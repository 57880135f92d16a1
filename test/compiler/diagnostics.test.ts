/** What the compiler says about programs with mistakes, and that it has a case for everything it can say. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { readCases, testCases } from '../support/cases.ts';
import { renderAll } from '../support/render.ts';

const file = `${import.meta.dirname}/cases/diagnostics.txt`;

/** `// skills: a, b` in the first line says which skills there are. */
function diagnose(source: string) {
  const listed = /^\/\/ skills: (.*)$/m.exec(source)?.[1]?.split(', ');
  const compiled = compile([{ path: 'case.regimen', text: source }], listed === undefined ? {} : { skills: listed });
  return { compiled, diagnostics: compiled.files[0]?.diagnostics ?? [] };
}

testCases(file, (source) => renderAll(source, diagnose(source).diagnostics));

test('every code of meaning has a case', () => {
  const catalogue = readFileSync(new URL('../../language/catalogue.ts', import.meta.url), 'utf8');
  const section = catalogue.slice(catalogue.indexOf('// Meaning'), catalogue.indexOf('} as const'));
  const codes = [...section.matchAll(/^ {2}'([a-z-]+)':/gm)].map((match) => match[1] ?? '');
  assert.ok(codes.length > 50);
  const seen = new Set<string>();
  for (const { expected } of readCases(file)) {
    for (const [, code] of expected.matchAll(/(?:error|warning) ([a-z-]+):/g)) seen.add(code ?? '');
  }
  assert.equal(
    codes.filter((code) => !seen.has(code)),
    [],
  );
});

test('no message has an unfilled hole', () => {
  for (const { name, expected } of readCases(file)) {
    const said = expected.split('\n').filter((line) => !line.startsWith('  |'));
    for (const line of said) assert.not.match(line, /undefined|\{(what|name|of|range|value|left|right)\}/, name);
  }
});

test('spans lie in the text, and a program with errors is not ok', () => {
  for (const { name, source } of readCases(file)) {
    const { compiled, diagnostics } = diagnose(source);
    for (const { span, related } of diagnostics) {
      for (const one of [span, ...related.map((other) => other.span)]) {
        assert.ok(one.start >= 0 && one.start <= one.end && one.end <= source.length, name);
      }
    }
    const errors = diagnostics.some((one) => one.severity === 'error');
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
  for (const { name, source } of readCases(file)) {
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
