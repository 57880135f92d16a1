/** `regimen explain` as a process, and that `regimen check` leads to it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { explainedCodes } from '../../compiler/explain-code.ts';
import { folderWith, regimen } from '../support/command.ts';

const test = suite('explain');

test('a code: what it means, what fails, what is said, and the mending', async () => {
  const { code, out, err } = await regimen(['explain', 'unknown-stage']);
  assert.is(err, '');
  assert.is(code, 0);
  assert.match(out, /^error unknown-stage\n\nA move leads to a stage that this program does not have\./);
  assert.match(out, /\nFails, in a stage\n\n {4}advance to finished when week = 9\n/);
  assert.match(out, /\n {2}\| There is no stage `finished`\.\n/);
  assert.match(out, /\nWorks\n\n {4}advance to graduated when week = 9\n$/);
  assert.ok(out.split('\n').every((line) => line.length <= 100));
});

test('a warning is called one', async () => {
  assert.match((await regimen(['explain', 'silent-for-ever'])).out, /^warning silent-for-ever\n/);
});

test('json: the same for tools', async () => {
  const explained = JSON.parse((await regimen(['explain', 'dead-end', '--format', 'json'])).out);
  assert.equal(Object.keys(explained), ['code', 'severity', 'meaning', 'within', 'fails', 'says', 'mended']);
  assert.is(explained.within, 'file');
  assert.is(explained.says.message, 'The stage `rest` has no way out.');
});

test('no code: all of them, each with a sentence', async () => {
  const { out } = await regimen(['explain']);
  for (const code of explainedCodes()) assert.match(out, new RegExp(`^ {2}${code} +\\S`, 'm'));
  const listed = JSON.parse((await regimen(['explain', '--format', 'json'])).out);
  assert.equal(
    listed.map((one: { code: string }) => one.code),
    explainedCodes(),
  );
});

test('as it is copied from the output of check', async () => {
  const { out } = await regimen(['explain', 'dead-end']);
  for (const word of ['error dead-end:', 'Dead_End', ' dead-end '])
    assert.is((await regimen(['explain', word])).out, out);
});

const wrong: [args: string[], sentence: RegExp][] = [
  [['unknown-stge'], /"unknown-stge"\. Did you mean unknown-stage\?/],
  [['range'], /"range"\. Did you mean out-of-range, may-leave-range or empty-range\?/],
  [['E0308'], /"E0308"\. Run `regimen explain` to see them all\./],
  [['unknown'], /Run `regimen explain` to see them all\./],
  [['constructor'], /No diagnostic has the code "constructor"/],
  [[''], /No diagnostic has the code ""/],
  [['dead-end', 'skill-file'], /takes one word/],
  [['dead-end', '--format', 'html'], /It takes pretty or json\./],
];
for (const [args, sentence] of wrong) {
  test(`wrong use: regimen explain ${args.join(' ')}`, async () => {
    const { code, out, err } = await regimen(['explain', ...args]);
    assert.is(out, '');
    assert.match(err, sentence);
    assert.is(err.trimEnd().split('\n').length, 1, err);
    assert.is(code, 2);
  });
}

test('check says once that there is more, and only to people, and only when something is wrong', async () => {
  const good = 'program p { stage a { skill s  leave as lost after 9 days of silence } }';
  const files = {
    'good/p.regimen': good,
    'one/p.regimen': good.replace('skill s', ''),
    'two/p.regimen': 'program p { quiet 8pm to 7am }',
  };
  const { path, remove } = folderWith(files);
  try {
    const check = async (...args: string[]) => (await regimen(['check', ...args], { cwd: path })).out;
    assert.match(
      await check('one'),
      /\nMore about it, with an example: regimen explain no-skill\n1 warning in 1 file\n$/,
    );
    const two = await check('two');
    assert.match(two, /\nMore about each, with an example: regimen explain CODE, such as regimen explain \S+\n.*\n$/);
    assert.is(two.match(/regimen explain CODE/g)?.length, 1);
    assert.not.match(await check('good'), /explain/);
    assert.not.match(await check('two', '--format', 'github'), /explain/);
    assert.not.match(await check('two', '--format', 'json'), /explain/);
  } finally {
    remove();
  }
});

test.run();
