/** What the compiler says about programs with mistakes, and that it has a case for everything it can say. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { readCases, testCases } from '../support/cases.ts';
import { renderAll } from '../support/render.ts';

const cases = ['diagnostics', 'meanings'].map((name) => `${import.meta.dirname}/cases/${name}.txt`);
const allCases = () => cases.flatMap(readCases);

/** `// skills: a, b` in the first line says which skills there are; `// file: ./b.regimen` begins another file. */
function diagnose(source: string) {
  const listed = /^\/\/ skills: (.*)$/m.exec(source)?.[1]?.split(', ');
  const [text = '', ...others] = source.split(/^(?=\/\/ file: )/m);
  const beside = others.map((other) => ({ path: /^\/\/ file: (.*)$/m.exec(other)?.[1] ?? '', text: other }));
  const files = [{ path: 'case.regimen', text }, ...beside];
  const compiled = compile(files, listed === undefined ? {} : { skills: listed });
  return { compiled, diagnostics: compiled.files[0]?.diagnostics ?? [], beside: compiled.files.slice(1) };
}

function render(source: string): string {
  const { compiled, diagnostics, beside } = diagnose(source);
  const [own] = compiled.files;
  const theirs = beside.map(({ path, text, diagnostics }) => `in ${path}:\n${renderAll(text, diagnostics)}`);
  return [renderAll(own?.text ?? '', diagnostics), ...theirs].join('\n').trimEnd();
}

for (const file of cases) testCases(file, render);

test('every code of meaning has a case', () => {
  const read = (name: string) => {
    const text = readFileSync(new URL(`../../language/${name}.ts`, import.meta.url), 'utf8');
    return text.slice(text.indexOf('// Meaning'), text.indexOf('} as const'));
  };
  const section = read('catalogue') + read('catalogue-meaning');
  const codes = [...section.matchAll(/^ {2}'([a-z-]+)':/gm)].map((match) => match[1] ?? '');
  assert.ok(codes.length > 50);
  const seen = new Set<string>();
  for (const { expected } of allCases()) {
    for (const [, code] of expected.matchAll(/(?:error|warning) ([a-z-]+):/g)) seen.add(code ?? '');
  }
  assert.equal(
    codes.filter((code) => !seen.has(code)),
    [],
  );
});

test('no message has an unfilled hole', () => {
  for (const { name, expected } of allCases()) {
    const said = expected.split('\n').filter((line) => !line.startsWith('  |'));
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
