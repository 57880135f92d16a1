/** Which versions lead from one to another, as data: a row is what each version's blocks speak of. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { versionsText, wayBetween } from '../../runtime/version-way.ts';

const test = suite('version way');

type Case = [what: string, blocks: Record<number, number[]>, from: number, to: number, via: number[]];
const cases: Case[] = [
  ['no block anywhere', { 1: [], 2: [], 3: [] }, 1, 3, []],
  ['the newer one speaks of it', { 1: [], 2: [1], 3: [1, 2] }, 1, 3, []],
  ['the newer one speaks of the one between', { 1: [], 2: [1], 3: [2] }, 1, 3, [2]],
  ['the one between says nothing', { 1: [], 2: [], 3: [2] }, 1, 3, [2]],
  ['only the one between says something', { 1: [], 2: [1], 3: [] }, 1, 3, [2]],
  ['what comes before is no matter', { 1: [], 2: [1], 3: [] }, 2, 3, []],
  ['four versions, each of the one before', { 1: [], 2: [1], 3: [2], 4: [3] }, 1, 4, [2, 3]],
  ['one is leapt over', { 1: [], 2: [1], 3: [1], 4: [2] }, 1, 4, [2]],
  ['the last one that it speaks of', { 1: [], 2: [1], 3: [1], 4: [2, 3] }, 1, 4, [3]],
  ['a version that was never published', { 1: [], 3: [2], 4: [] }, 1, 4, []],
  ['of a later one than the new one', { 1: [], 2: [], 3: [5] }, 1, 3, []],
  ['back it is the same way', { 1: [], 2: [1], 3: [2] }, 3, 1, [2]],
  ['straight back', { 1: [], 2: [1], 3: [1] }, 3, 1, []],
];

for (const [what, blocks, from, to, via] of cases)
  test(what, () => {
    const known = new Map(Object.entries(blocks).map(([version, spoken]) => [Number(version), spoken]));
    assert.equal(wayBetween(from, to, known), via);
  });

test('versions are told in words', () => {
  assert.equal([[2], [2, 3], [2, 3, 4]].map(versionsText), ['version 2', 'versions 2 and 3', 'versions 2, 3 and 4']);
});

test.run();
