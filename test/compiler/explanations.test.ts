/** Every diagnostic is explained, and its examples do what they promise. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import {
  exampleEnvironment,
  exampleFiles,
  exampleText,
  explainCode,
  explainedCodes,
} from '../../compiler/explain-code.ts';
import { diagnosticsPage } from '../../docs/diagnostics.ts';
import { catalogue } from '../../language/catalogue.ts';
import { explanations } from '../../language/explanations.ts';
import { readSkill } from '../../runtime/skills.ts';
import { updateOrCompare } from './support.ts';

test('every code of the catalogue is explained, and no other', () => {
  assert.equal(explainedCodes().toSorted(), [...Object.keys(catalogue), 'skill-file'].toSorted());
});

/** The diagnostics of a text, as `code` with the worst severity of it. */
function diagnose(example: { path: string; text: string }[]): { code: string; severity: string }[] {
  const { files } = compile(example, exampleEnvironment);
  return files.flatMap(({ diagnostics }) => diagnostics.map(({ code, severity }) => ({ code, severity })));
}

for (const code of explainedCodes()) {
  if (code === 'skill-file') continue;
  const { also = [], within, fails, mended, meaning } = explanations[code];

  test(`${code}: the failing example gives it, and nothing that is not listed`, () => {
    const given = [...new Set(diagnose(exampleFiles(code, 'fails')).map((one) => one.code))];
    assert.equal(given.toSorted(), [code, ...also].toSorted());
  });

  test(`${code}: the mended example is clean`, () => {
    assert.equal(diagnose(exampleFiles(code, 'mended')), []);
  });

  test(`${code}: the words are a few short sentences`, () => {
    const words = meaning.join(' ');
    assert.ok(words.length >= 60 && words.length <= 420, `${words.length} characters`);
    for (const sentence of meaning) assert.match(sentence, /^[A-Z`“].*[.?]$/);
    assert.not.match(words, /\b(token|parser|AST|CST|node|syntax|identifier|expression|boolean|null)\b/i);
    assert.is.not(fails, mended);
    if (within !== undefined) assert.ok(explainCode(code).fails.split('\n').length <= 8);
  });

  test(`${code}: what is said about it has no hole left`, () => {
    const { says } = explainCode(code);
    assert.ok(says && says.message.length > 0);
    assert.not.match(says.message, /undefined/);
  });
}

test('skill-file: the failing skill is refused, the mended one is read', () => {
  const read = (which: 'fails' | 'mended') =>
    readSkill('run_coach', { 'SKILL.md': exampleText('skill-file', which) }).problems;
  assert.is(read('fails').length > 0, true);
  assert.equal(read('mended'), []);
});

test('docs/diagnostics.md is up to date', () => {
  updateOrCompare(new URL('../../docs/diagnostics.md', import.meta.url), diagnosticsPage());
});

test.run();
