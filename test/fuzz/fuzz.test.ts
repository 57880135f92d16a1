/**
 * A bounded part of `npm run fuzz`: seeds that never change, so that a failure here is a change's fault.
 * The whole is for the command, which takes as many inputs as it is given.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkInput, slowMs } from './check-input.ts';
import { deleteExits } from './exits.ts';
import { applyFixes } from './fixes.ts';
import { inputMaker } from './inputs.ts';
import { compareLives } from './lives.ts';
import { shrink } from './shrink.ts';
import { readSources } from './sources.ts';

const seed = 20260105;
/** A test is no bench: on a machine that is slow for a while only what hangs is a mistake. The command looks closer. */
const hangsMs = 10 * slowMs;
const sources = readSources();

test('every text of the repository keeps what is promised of every text', () => {
  assert.ok(sources.length > 400, `${sources.length} texts`);
  for (const { name, text, beside, stages } of sources) {
    const named = stages.filter((stage) => stage.name !== '');
    assert.is(
      checkInput({ text, beside, stages: named, isThorough: true, cursors: [0, 0.3, 0.7, 1] }, hangsMs),
      null,
      name,
    );
  }
});

test('texts in which a stage was read otherwise than in the whole file, by what stands behind it', () => {
  for (const text of ['program p{stage{leave l when no}for}', 'program p { stage a { skill no } where }'])
    assert.is(checkInput({ text, beside: [], stages: [], isThorough: true, cursors: [] }, hangsMs), null, text);
});

test('2,500 mutated inputs', () => {
  const make = inputMaker(sources, seed);
  let changed = 0;
  for (let number = 0; number < 2500; number++) {
    const { source, input } = make(number);
    if (input.text !== source.text) changed++;
    assert.is(checkInput(input, hangsMs), null, `node test/fuzz/run.ts --seed ${seed} --only ${number}\n${input.text}`);
  }
  assert.ok(changed > 2300, `${changed} were changed at all`);
});

test('a seed and a number always give the same input, and others give others', () => {
  const make = inputMaker(sources, seed);
  assert.is(make(17).input.text, inputMaker(sources, seed)(17).input.text);
  const texts = new Set(Array.from({ length: 100 }, (_, number) => make(number).input.text));
  assert.ok(texts.size > 95);
});

test('a lost stage is noticed', () => {
  const text = 'program p { stage a { leave as gone after 1 day } }';
  const problem = checkInput({
    text,
    beside: [],
    stages: [{ program: 'p', name: 'b' }],
    isThorough: true,
    cursors: [],
  });
  assert.match(problem ?? '', /stage b of p/);
});

test('a failing text is made small', () => {
  const text = sources.map((source) => source.text).find((one) => one.includes('review') && one.length > 1000) ?? '';
  assert.is(
    shrink(text, (one) => one.includes('review')),
    'review',
  );
});

test('random lives: the machine and the interpreter agree', () => {
  const { tried, failures } = compareLives(seed, 300);
  assert.equal(failures.slice(0, 1), []);
  assert.ok(tried >= 300);
});

test('fixes mend what they are offered for, and break nothing', () => {
  const { tried, failures } = applyFixes(seed, 500);
  assert.equal(failures.slice(0, 1), []);
  assert.ok(tried > 300, `${tried} fixes`);
});

test('a stage without its exits is told', () => {
  const { tried, failures } = deleteExits(seed, 20);
  assert.equal(failures.slice(0, 1), []);
  assert.ok(tried > 200, `${tried} exits`);
});

test.run();
