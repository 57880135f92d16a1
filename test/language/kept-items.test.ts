/**
 * A text that is read again after a change gives the same tree and the same diagnostics as one that is read
 * for the first time: random edits, one after the other, in whatever is written in the language here. And what
 * did not change is the same object as before, with its spans where it stands now.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ReadingMemory, readingMemory } from '../../language/kept-items.ts';
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
    parse(text, memory);
    for (const next of edits(text, round)) {
      if (plain(next, memory) !== plain(next))
        assert.unreachable(`${name}, round ${round}, is read differently: ${JSON.stringify(next.slice(0, 2000))}`);
    }
  }
});

const sample = `// A walk.
program walk "Walk" {
  about "Steps."
  data { week : number = 1  mood : text? }
  let high = week
  let low = week
  anytime { command "stop" { leave as opted_out } }
  track diary "Diary" {
    let open = week > 1
    // The evening.
    stage evening { say "Good evening {week}." }
    stage morning { say "Good morning {mood else "you"}." }
  }
  list tasks by title {
    data { title : text }
    starts with { title: "Laptop" }
    stage todo { say "Do {title}." }
  }
  stage one "One" {
    say "This is {week}."
    advance to two when week > 3
  }
  stage two "Two" { say "Two." }
}
scenario "walks" of walk { start mon 2026-01-05 09:00 in "Europe/London" expect stage one }
`;

/** Every item of a file that may be kept, by what stands in the text there. */
function itemsOf(text: string, memory: ReadingMemory): Map<string, object> {
  const { value, diagnostics } = parse(text, memory);
  assert.equal(diagnostics, []);
  const items = value.programs.flatMap((one) => one.items);
  const inner = items.flatMap((one) => (one.kind === 'track' || one.kind === 'list' ? one.items : []));
  const all = [...items, ...inner, ...value.scenarios];
  return new Map(all.map((item) => [text.slice(item.span.start, item.span.end), item]));
}

/** What is replaced by what, and the beginnings of the items that are other objects then. */
const changes: { what: string; from: string; to: string; changed: string[] }[] = [
  { what: 'a comment before everything', from: 'A walk.', to: 'A long walk.\n// And more.', changed: [] },
  { what: 'a comment between items', from: '// The evening.', to: '// The late evening.\n\n', changed: ['track'] },
  { what: 'the title of the program', from: '"Walk"', to: '"Wander"', changed: [] },
  { what: 'a clause', from: 'Steps', to: 'Many steps', changed: ['about'] },
  { what: 'a stage', from: 'This is', to: 'That is', changed: ['stage one'] },
  { what: 'a comment in a stage', from: 'advance to', to: '// Or so.\n    advance to', changed: ['stage one'] },
  { what: 'a stage of a track', from: 'Good evening', to: 'Good night', changed: ['track', 'stage evening'] },
  { what: 'a let of a track', from: 'week > 1', to: 'week > 12', changed: ['track', 'let open'] },
  { what: 'a stage of a list', from: 'Do {', to: 'Please do {', changed: ['list', 'stage todo'] },
  { what: 'the scenario', from: 'expect stage one', to: 'expect stage two', changed: ['scenario'] },
  { what: 'how the next item begins', from: 'let low', to: 'let lower', changed: ['let low'] },
  { what: 'an item that goes on', from: 'let low', to: '+ 1\n  let low', changed: ['let high'] },
  { what: 'a new item', from: '  let low', to: '  let mid = week\n  let low', changed: ['let mid'] },
  { what: 'an item less', from: '  let low = week\n', to: '', changed: ['let high', 'let low'] },
  { what: 'the last stage', from: 'say "Two."', to: 'say "Two!"\n', changed: ['stage two'] },
];

for (const { what, from, to, changed } of changes)
  test(`what did not change is the same object: ${what}`, () => {
    assert.ok(sample.includes(from));
    const memory = readingMemory();
    const before = itemsOf(sample, memory);
    for (const text of [sample.replace(from, to), sample]) {
      const known = new Set(before.values());
      const again = itemsOf(text, memory);
      const others = [...again].filter(([, item]) => !known.has(item)).map(([words]) => words);
      const expected = [...again.keys()].filter((words) => changed.some((start) => words.startsWith(start)));
      assert.equal(others, expected);
      assert.is(plain(text, memory), plain(text));
    }
  });

test('a text that is broken and mended finds its items again', () => {
  const breaks = [
    ['let low = week', 'let low ='],
    ['week > 3', 'week == 3'],
    ['say "Two."', 'say "Two.'],
    ['stage two "Two" {', 'stage two "Two"'],
    ['advance to two', 'advanse too two'],
    ['list tasks by title {', 'list tasks by title'],
    ['let open = week > 1', 'let open = week > 1 }'],
  ] as const;
  for (const [from, to] of breaks) {
    const memory = readingMemory();
    const before = itemsOf(sample, memory);
    const broken = sample.replace(from, to);
    for (const text of [broken, `\n${broken}`, `\n${sample}`]) assert.is(plain(text, memory), plain(text));
    const after = itemsOf(`\n${sample}`, memory);
    const touched = [...after].filter(([words, item]) => before.get(words) !== item).map(([words]) => words);
    assert.equal(
      touched.filter((words) => !words.includes(from)),
      [],
    );
  }
});

test('what a whole text is searched for is found when it comes, and gone when it goes', () => {
  const deep = `${'('.repeat(150)}week${')'.repeat(150)}`;
  const coming = [
    ['a character that nobody sees', 'A walk.', 'A wa\u200blk.'],
    ['letters of two alphabets', 'let low', 'let l\u043ew'],
    ['a name that looks like another', 'let low = week', 'let \u0430\u0435 = week  let ae = week'],
    ['brackets in brackets', 'let low = week', `let low = (${deep})`],
    ['more of them', 'let low = week', `let low = ${deep.replaceAll('(', '((').replaceAll(')', '))')}`],
  ] as const;
  for (const [what, from, to] of coming) {
    const memory = readingMemory();
    const texts = [sample, `${sample}\n`, sample.replace(from, to), `${sample.replace(from, to)}\n`, sample];
    for (const text of texts) assert.is(plain(text, memory), plain(text), what);
  }
});

test('the same text again gives the very same reading', () => {
  const memory = readingMemory();
  assert.is(parse(sample, memory), parse(sample, memory));
  assert.is.not(parse(`${sample} `, memory), parse(sample, memory));
});

test('readings with memories of their own stay apart', () => {
  const [one, other] = [readingMemory(), readingMemory()];
  const [mine] = parse(sample, one).value.programs;
  const shown = JSON.stringify(mine);
  const [theirs] = parse(sample, other).value.programs;
  parse(`\n${sample}`, other);
  assert.is(JSON.stringify(mine), shown);
  assert.is.not(mine?.items[0], theirs?.items[0]);
  assert.is(theirs?.items[0]?.span.start, (mine?.items[0]?.span.start ?? 0) + 1);
});

test.run();
