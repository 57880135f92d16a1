/** What is left of a file after a mistake: the other stages, with sound spans. */
import { CstParser } from 'chevrotain';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { limits } from '../../language/limits.ts';
import { parse } from '../../language/parse.ts';
import { renderAll } from '../support/render.ts';
import { coach, everything, programFiles, story } from '../support/samples.ts';
import { spanProblem } from '../support/spans.ts';

function stagesOf(source: string): string[] {
  const items = parse(source).value.programs.flatMap((program) => program.items);
  return items.flatMap((item) => (item.kind === 'stage' ? [item.name.text] : []));
}

/** The sample with the `occurrence`th `piece` replaced. */
function without(piece: string, by: string, occurrence: number): string {
  let at = -1;
  for (let i = 0; i < occurrence; i++) at = coach.indexOf(piece, at + 1);
  assert.ok(at >= 0, `no ${occurrence}. ${piece}`);
  return coach.slice(0, at) + by + coach.slice(at + piece.length);
}

const stages = ['intake', 'training', 'recovery', 'graduated'];

for (const { path, text } of [
  { path: 'the sample', text: coach },
  { path: 'its story', text: story },
  { path: 'every construct', text: everything },
  ...programFiles(),
]) {
  test(`${path} parses without diagnostics`, () => {
    const { value, diagnostics } = parse(text);
    assert.is(renderAll(text, diagnostics), 'no diagnostics');
    assert.ok(value.programs.length + value.scenarios.length > 0);
    assert.is(spanProblem(value, text), undefined);
  });
}

const count = (piece: string) => coach.split(piece).length - 1;

for (let i = 1; i <= count('{'); i++) {
  test(`an extra opening brace (${i}) loses no other stage`, () => {
    const source = without('{', '{ {', i);
    const broken = parse(source);
    assert.ok(broken.diagnostics.length > 0 || source.includes('"{ {'));
    assert.ok(stagesOf(source).length >= 3, `left: ${stagesOf(source).join(', ')}`);
  });
}

for (let i = 1; i <= count('}'); i++) {
  test(`a lost closing brace (${i}) loses no other stage`, () => {
    const source = without('}', '', i);
    assert.ok(parse(source).diagnostics.length > 0);
    assert.ok(stagesOf(source).length >= 3, `left: ${stagesOf(source).join(', ')}`);
  });
  test(`an extra closing brace (${i}) loses no other stage`, () => {
    const source = without('}', '} }', i);
    assert.ok(stagesOf(source).length >= 3, `left: ${stagesOf(source).join(', ')}`);
  });
}

test('stages behind a brace that closes the program too early are kept', () => {
  const part = 'stage a {\n    skill s\n  stage b {\n    skill t\n  }\n  stage c { skill u }\n}';
  for (const blank of ['', ' ']) {
    const source = `program p {\n  ${Array(3).fill(part).join(blank)}\n`;
    assert.equal(stagesOf(source).join(), 'a,b,c,a,b,c,a,b,c');
    assert.is(spanProblem(parse(source).value, source), undefined);
  }
});

test('a brace that closes the program too early is found, though another opens before the next stage', () => {
  const more = '} odd {\n    skill u\n  stage d { skill v }\n} stage e {\n    skill w\n  stage f { skill x }\n';
  const source = `program p {\n  stage a {\n    skill s\n  stage b { skill t }\n${more.repeat(4)}}\n`;
  assert.equal([...new Set(stagesOf(source))], ['a', 'b', 'd', 'e', 'f']);
});

/** Names of all stages, in tracks and lists too, of everything that can be declared beside them. */
function declaredIn(source: string): string[] {
  const file = parse(source).value;
  const names: string[] = file.fragments.map((fragment) => fragment.name.text);
  for (const item of file.programs.flatMap((program) => program.items)) {
    if (item.kind === 'stage') names.push(item.name.text);
    if (item.kind !== 'track' && item.kind !== 'list') continue;
    names.push(item.name.text);
    for (const inner of item.items) if (inner.kind === 'stage') names.push(`${item.name.text}.${inner.name.text}`);
  }
  return names;
}

const declared = declaredIn(everything);
const places = (piece: string) => [
  ...everything.matchAll(new RegExp(`\\${piece}(?=[^"\n]*(?:"[^"\n]*"[^"\n]*)*$)`, 'gm')),
];

for (const [piece, by] of [
  ['{', '{ {'],
  ['}', ''],
  ['}', '} }'],
] as const) {
  test(`every construct, with ${piece} as ${JSON.stringify(by)} in each place: at most three declarations are lost`, () => {
    assert.ok(declared.length > 9, declared.join());
    for (const { index } of places(piece)) {
      const source = everything.slice(0, index) + by + everything.slice(index + 1);
      const kept = new Set(declaredIn(source));
      const lost = declared.filter((name) => !kept.has(name));
      assert.ok(lost.length <= 3, `${source.slice(Math.max(0, index - 60), index + 20)}: lost ${lost.join(', ')}`);
    }
  });
}

test('each line of every construct can be broken without losing another declaration', () => {
  const lines = everything.split('\n');
  for (const [index, line] of lines.entries()) {
    if (/^\s*(\/\/.*|[})]*|.*[{]|.*}.*)$/.test(line)) continue;
    const source = lines.map((text, at) => (at === index ? text.replace(/(\w+)(\s|$)/, '?? $2') : text)).join('\n');
    const kept = new Set(declaredIn(source));
    const lost = declared.filter((name) => !kept.has(name));
    assert.equal(lost, [], `${index + 1}: ${line}`);
  }
});

/** What is at stake: the same tree, whichever way the lines end and whatever stands before them. */
test('the mark at the beginning, line ends and tabs', () => {
  const tree = (text: string) =>
    JSON.stringify(parse(text).value, (key, value) => (key === 'start' || key === 'end' ? 0 : value));
  const others: [name: string, text: string][] = [
    ['CRLF', everything.replaceAll('\n', '\r\n')],
    ['CR', everything.replaceAll('\n', '\r')],
    ['BOM', `\uFEFF${everything}`],
    ['tabs', everything.replace(/^ +/gm, (blanks) => '\t'.repeat(blanks.length))],
    ['no-break spaces', everything.replace(/^ +/gm, (blanks) => '\u00A0'.repeat(blanks.length))],
  ];
  for (const [name, text] of others) {
    assert.equal(parse(text).diagnostics, [], name);
    assert.is(tree(text), tree(everything), name);
  }
});

test('10 MB of text take no longer than a second for every 10,000 lines', () => {
  const line = 'let x = 1\n';
  const text = `program p {\n${line.repeat(Math.floor((limits.textLength - 14) / line.length))}}\n`;
  assert.ok(text.length <= limits.textLength);
  const before = performance.now();
  const { diagnostics } = parse(text);
  assert.equal(diagnostics, []);
  assert.ok(performance.now() - before < 60_000, `${performance.now() - before} ms`);
});

test('a text that goes too deep keeps the stages before, though a brace is missing there', () => {
  const text = `program p {\n  stage a {\n    skill s\n  stage b {\n    skill t\n  }\n  let x = ${'('.repeat(limits.nesting + 1)}`;
  const codes = parse(text).diagnostics.map(({ code }) => code);
  assert.equal(codes, ['too-deep']);
  assert.equal(stagesOf(text), ['a', 'b']);
});

test('what is nested as deep as it may be is read within half of an ordinary stack', () => {
  const within: [inner: string, before: string][] = [
    ['(', 'let x = '],
    ['not (', 'let x = '],
    ['-(', 'let x = '],
    ['no x where ', 'let x = '],
    ['count of x where ', 'let x = '],
    ['day of ', 'let x = '],
    ['max(1, ', 'let x = '],
    ['series of ', 'data { x : '],
    ['when x { ', 'stage a { skill s '],
    ['each x where y { ', 'stage a { skill s '],
    ['ask "?" as x else ', 'stage a { skill s '],
  ];
  const read = (inner: string, before: string, depth: number) => parse(`program p { ${before}${inner.repeat(depth)}`);
  const isTooDeep = ({ diagnostics }: ReturnType<typeof parse>) => diagnostics.some(({ code }) => code === 'too-deep');
  for (const [inner, before] of within) {
    let depth = limits.nesting + 1;
    while (depth > 0 && isTooDeep(read(inner, before, depth))) depth -= 1;
    assert.ok(depth >= limits.nesting / 2 - 2, `${inner}: ${depth}`);
    const { value } = onHalfTheStack(() => read(inner, before, depth));
    assert.is(value.programs.length, 1, inner);
  }
});

/** Runs with so much of the stack used up beforehand that about half of it is left. */
function onHalfTheStack<T>(run: () => T): T {
  let most = 0;
  const count = (depth: number): number => {
    most = depth;
    return count(depth + 1) + 1;
  };
  try {
    count(0);
  } catch {}
  const down = (depth: number): T => (depth === 0 ? run() : ([down(depth - 1)][0] as T));
  return down(Math.floor(most / 2));
}

test('where to go on is asked once for each error, however many rules are left', () => {
  const own = CstParser.prototype as unknown as { findReSyncTokenType: () => unknown };
  const { findReSyncTokenType } = own;
  let asked = 0;
  own.findReSyncTokenType = function (this: unknown) {
    asked += 1;
    return findReSyncTokenType.call(this);
  };
  try {
    const { diagnostics } = parse(`program p {\nlet odd = ${'no x where '.repeat(190)}\n}\n`);
    assert.ok(diagnostics.length > 0);
    assert.ok(asked > 0 && asked < 10, `asked ${asked} times`);
  } finally {
    own.findReSyncTokenType = findReSyncTokenType;
  }
});

test('a truncated file keeps every stage it has', () => {
  for (const [i, name] of stages.entries()) {
    const start = coach.indexOf(`stage ${name}`);
    const end = coach.indexOf('skill', start);
    const kept = stagesOf(coach.slice(0, end));
    assert.equal(kept, stages.slice(0, i + 1));
  }
});

test('a stage counts for more than the lines of another that an extra brace leaves behind', () => {
  const text = `program p {
  stage a {
    skill s
  stage b {
    skill t
  }
no x
    leave as well   when score <= 9
    leave as unwell when score >= 11
    leave as lost   after 21 days of silence
  }
}
re stagenot c { skill u }
}`;
  assert.equal(stagesOf(text), ['a', 'b']);
});

test('a whole stage counts for more than the rest of a broken one, also where all braces have a partner', () => {
  const text = `program p {
  stage a {
    skill s
  stage b { skill t }
} stage c )
    skill u }`;
  assert.equal(stagesOf(text), ['a', 'b']);
});

test('a broken line costs that line', () => {
  const sound = parse(coach).value.programs[0]?.items.find(
    (item) => item.kind === 'stage' && item.name.text === 'training',
  );
  const broken = parse(coach.replace('let done = count(', 'let done = (count(')).value.programs[0]?.items.find(
    (item) => item.kind === 'stage' && item.name.text === 'training',
  );
  assert.ok(sound?.kind === 'stage' && broken?.kind === 'stage');
  assert.ok(broken.items.length >= sound.items.length - 1);
});

test.run();
