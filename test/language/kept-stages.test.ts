/**
 * A text that is read again after a change gives the same tree and the same diagnostics as one that is read
 * for the first time: random edits, one after the other, in whatever is written in the language here.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readingMemory } from '../../language/kept-stages.ts';
import { parse } from '../../language/parse.ts';
import { chanceFrom } from '../../runtime/population/chance.ts';
import { readSources } from '../fuzz/sources.ts';

const ROUNDS = 25;
const EDITS = 25;
const pieces = [
  '{',
  '}',
  '"',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '//',
  'stage x {',
  '\n  stage extra "Extra" { say "a {week}" }\n',
];
const more = ['week', '7', '%', '\ud800', '==', ' when week > 3', '\n    say "Hello."\n', '\n\n', '\t', 'é'];

/** Somebody who types, deletes, pastes, and takes back what was done. */
function* edits(text: string, seed: number): Generator<string> {
  const random = chanceFrom(seed, 0);
  const upTo = (count: number) => Math.floor(random.next() * count);
  const texts = [text];
  for (let count = 0; count < EDITS; count++) {
    const now = texts.at(-1) as string;
    const at = upTo(now.length + 1);
    const to = Math.min(now.length, at + upTo(random.next() < 0.2 ? 400 : 6));
    const piece = [...pieces, ...more][upTo(pieces.length + more.length)] as string;
    const ways = [
      () => now.slice(0, at) + piece + now.slice(at),
      () => now.slice(0, at) + now.slice(to),
      () => now.slice(0, to) + now.slice(at),
      () => texts.at(-2) ?? now,
    ];
    const next = (ways[upTo(ways.length)] as () => string)();
    texts.push(next);
    yield next;
  }
}

const plain = (text: string, memory = readingMemory()) => JSON.stringify(parse(text, memory));

test('what is read again is what is read for the first time', () => {
  const sources = readSources().filter(({ stages }) => stages.length > 1);
  assert.ok(sources.length > 20);
  for (let round = 0; round < ROUNDS; round++) {
    const { name, text } = sources[(round * 7) % sources.length] as (typeof sources)[number];
    const memory = readingMemory();
    let before = parse(text, memory);
    let shown = JSON.stringify(before);
    for (const next of edits(text, round)) {
      const again = plain(next, memory);
      if (again !== plain(next))
        assert.unreachable(`${name}, round ${round}, is read differently: ${JSON.stringify(next.slice(0, 2000))}`);
      // What was given out stays as it was.
      assert.is(JSON.stringify(before), shown);
      before = parse(next, memory);
      shown = again;
    }
  }
});

test('a stage that did not change is not built again', () => {
  const stage = (name: string) => `  stage ${name} "Stage" {\n    say "This is {week}."\n  }\n`;
  const program = (first: string) =>
    `program walk "Walk" {\n  data { week : number = 1 }\n${stage(first)}${stage('other')}}\n`;
  const memory = readingMemory();
  const stages = (text: string) =>
    parse(text, memory).value.programs.flatMap(({ items }) => items.filter(({ kind }) => kind === 'stage'));
  const [, before] = stages(program('one'));
  const [, same] = stages(program('two'));
  assert.is(same, before);
  const [, moved] = stages(program('three'));
  assert.is.not(moved, before);
  assert.is(moved?.span.start, (before?.span.start ?? 0) + 2);
});

test.run();
