/** Every sample of the language reference is compiled: a page that is not true fails. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';

const page = readFileSync(new URL('../../docs/language.md', import.meta.url), 'utf8');
const samples = [...page.matchAll(/```regimen\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');

test('the reference has samples', () => assert.ok(samples.length >= 3));

test('its samples have no errors', () => {
  const compiled = compile(samples.map((text, index) => ({ path: `sample-${index + 1}.regimen`, text })));
  const problems = compiled.files.flatMap((file) =>
    file.diagnostics.filter((one) => one.severity === 'error').map((one) => `${file.path}: ${one.message}`),
  );
  assert.equal(problems, []);
  assert.ok(compiled.programs.length >= 2 && compiled.scenarios.length >= 1);
});

const parts = [...page.matchAll(/```regimen-part\n([\s\S]*?)```/g)].map((match) => match[1] ?? '');
for (const part of parts) {
  test(`its part “${part.trim().split('\n')[0]}”`, () => {
    const text = `program part "Part" { timezone "UTC" data { week: number 1 to 9 = 1 runs: series { completed: yes/no } }
${part}
stage only { skill plain leave as done after 1 day } }`;
    const errors = compile([{ path: 'part.regimen', text }]).files.flatMap((file) =>
      file.diagnostics.filter((one) => one.severity === 'error').map((one) => one.message),
    );
    assert.equal(errors, []);
  });
}

test.run();
