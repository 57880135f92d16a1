/** Every sample of the reference and of the guide is compiled: a page that is not true fails. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { samplesOf } from '../support/documentation.ts';

const pages = ['language.md', 'how-do-i.md'];
const samples = pages.flatMap(samplesOf);

test('the pages have samples', () => {
  for (const page of pages) assert.ok(samples.filter(({ title }) => title.startsWith(page)).length >= 8, page);
});

for (const { title, files } of samples) {
  test(title, () => {
    const compiled = compile(files);
    const problems = compiled.files.flatMap((file) =>
      file.diagnostics.filter((one) => one.severity === 'error').map((one) => `${one.code}: ${one.message}`),
    );
    assert.equal(problems, []);
    assert.ok(compiled.programs.length > 0);
  });
}

test.run();
