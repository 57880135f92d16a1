/** The compiler through its one door: the sample program, broken programs, and texts made of anything. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../compiler/compile.ts';
import { complete } from '../../compiler/complete.ts';
import { drawGraph } from '../../compiler/draw-graph.ts';
import { emit } from '../../compiler/emit.ts';
import { graph } from '../../compiler/graph.ts';
import { agentTools } from '../../compiler/tools.ts';
import { readCases } from '../support/cases.ts';
import { irOf, updateOrCompare } from './support.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const sample = read('test/language/cases/couch_to_5k.regimen');
const story = read('test/language/cases/couch_to_5k.scenario');

const errorsOf = (compiled: ReturnType<typeof compile>) =>
  compiled.files.flatMap((file) => file.diagnostics).filter((one) => one.severity === 'error');

test('the sample program and its scenario have no errors', () => {
  const compiled = compile([
    { path: 'a.regimen', text: sample },
    { path: 'a.scenario', text: story },
  ]);
  assert.equal(errorsOf(compiled), []);
  assert.ok(compiled.programs.every((one) => one.ok) && compiled.scenarios.every((one) => one.ok));
  assert.is(compiled.scenarios.length, 1);
});

test('the programs that come with Regimen have neither errors nor warnings', () => {
  const compiled = compile([
    { path: 'a.regimen', text: read('programs/couch_to_5k.regimen') },
    { path: 'a.scenario', text: read('programs/couch_to_5k.scenario') },
  ]);
  assert.equal(
    compiled.files.flatMap((file) => file.diagnostics),
    [],
  );
});

test('the IR of the sample is the one that was read and found right', () => {
  const [program] = compile([{ path: 'a.regimen', text: sample }]).programs;
  const text = JSON.stringify(program?.ir, (key, value) => (key === 'span' ? undefined : value), 2);
  updateOrCompare(new URL('cases/couch_to_5k.ir.txt', import.meta.url), `${text}\n`);
});

test('the IR is plain JSON', () => {
  const { programs, scenarios } = compile([{ path: 'a', text: `${sample}\n${story}` }]);
  for (const one of [programs[0]?.ir, scenarios[0]?.scenario]) assert.equal(JSON.parse(JSON.stringify(one)), one);
});

test('a program may stand in another file than its scenario, in any order', () => {
  const compiled = compile([
    { path: 'a.scenario', text: story },
    { path: 'a.regimen', text: sample },
  ]);
  assert.equal(errorsOf(compiled), []);
  assert.equal(
    compiled.scenarios.map((one) => [one.path, one.ok]),
    [['a.scenario', true]],
  );
});

test('what is told of a scenario shows no places of another file', () => {
  const program = `program walk "Walk" {
  data { week : number = 1 }
  stage only { skill coach  say "On."  leave as done after 3 days of silence }
  track diary { let open = week > 1  stage first { say "Dear diary." } }
}`;
  const scenario = 'scenario "A week" of walk {\n  start mon 2026-01-05 09:00 in "UTC"\n  expect open\n}';
  const related = (files: string[]) =>
    compile(files.map((text, index) => ({ path: `${index}.regimen`, text })))
      .files.flatMap(({ text, diagnostics }) => diagnostics.map((one) => ({ ...one, text })))
      .filter(({ code }) => code === 'unknown-name')
      .map((one) => one.related.map(({ span }) => one.text.slice(span.start, span.end)));
  assert.equal(related([program, scenario]), [[]]);
  assert.equal(related([`${program}\n${scenario}`]), [['let open = week > 1']]);
});

test('a program of every construct, and its scenario, have no errors', () => {
  const text = read('test/compiler/cases/everything.regimen');
  const compiled = compile([{ path: 'everything.regimen', text }], { skills: ['care'] });
  assert.equal(
    errorsOf(compiled).map(({ code, message, span }) => `${code}: ${message} ${text.slice(span.start, span.end)}`),
    [],
  );
  assert.ok(compiled.programs.every((one) => one.ok) && compiled.scenarios.every((one) => one.ok));
});

const withoutPlaces = (value: unknown) =>
  JSON.parse(JSON.stringify(value, (key, part) => (key === 'span' ? undefined : part)));

const parts = {
  program: 'quiet 21:00 to 08:00\n  roles nurse\n  anytime { command "help" { tell nurse "Help with week {week}." } }',
  stage: 'check daily at 09:00 { say "Week {week}." }\n    leave as lost after 9 days of silence',
};
const around = (first: string, second: string, third: string) =>
  `program p {\n  ${first}\n  data { week : number = 1 }\n  stage a { skill s\n    ${second}\n  }\n  stage b { skill s\n    ${third}\n  }\n}`;
const fragments = `fragment house { ${parts.program} }\nfragment days { ${parts.stage} }\n`;
const written = around(parts.program, parts.stage, `${parts.stage}  advance to a when week = 3`);
const used = around('use house', 'use days', 'use days  advance to a when week = 3');

test('a fragment means what it would mean written in its place, in the same file and in another', () => {
  const wanted = withoutPlaces(irOf(written));
  assert.equal(withoutPlaces(irOf(`${fragments}${used}`)), wanted);
  const apart = compile([
    { path: 'programs/p.regimen', text: `import house, days from "../parts/shared.regimen"\n${used}` },
    { path: 'parts/shared.regimen', text: fragments },
  ]);
  assert.equal(errorsOf(apart), []);
  assert.equal(withoutPlaces(apart.programs[0]?.ir), wanted);
});

test('a mistake in a fragment is told once, in the file where it stands, and makes the program not ok', () => {
  const shared = 'fragment days { when wek > 3 { say "x" } }';
  const text = `import days from "./s.regimen"\n${around('quiet 21:00 to 08:00', 'use days', 'use days  advance to a after 1 day')}`;
  const { files, programs } = compile([
    { path: 'p.regimen', text },
    { path: 's.regimen', text: shared },
  ]);
  const told = files.map(({ diagnostics }) => diagnostics.filter((one) => one.code === 'unknown-name'));
  assert.equal(
    told.map((of) => of.map(({ span, fix }) => [shared.slice(span.start, span.end), fix?.edits.length])),
    [[], [['wek', 1]]],
  );
  assert.is(programs[0]?.ok, false);
});

test('lengths and numbers of a unit of time meet', () => {
  const ir = irOf(`program p {
    data { pace : series number min  wait : number days = 3  begun : date = 2026-01-05 }
    let long = count(pace where value >= 1 h)
    let due = begun + wait
    stage a { skill s  leave as done after wait  leave as off when long > 3 and today > due }
  }`);
  const [long, due] = ['long', 'due'].map((name) => withoutPlaces(ir.lets[name]?.value));
  assert.equal(long.selection.where.right, { op: 'value', value: 60 });
  assert.equal(due.right, {
    op: 'arithmetic',
    by: '*',
    left: { op: 'data', name: 'wait' },
    right: { op: 'value', value: { duration: { amount: 1, unit: 'days' } } },
  });
});

/** Rules that are the only way out of their stage in the sample. */
const onlyExits = ['resume when not injured', 'leave    as lost after 21 days of silence'];

test('deleting the one exit of a stage is told as a dead end', () => {
  const one = sample.replace(onlyExits[0] ?? '', '');
  assert.ok(one !== sample);
  assert.ok(errorsOf(compile([{ path: 'a', text: one }])).some((found) => found.code === 'dead-end'));
  // Each stage in turn loses all its ways out.
  const ir = irOf(sample);
  let tried = 0;
  for (const stage of Object.values(ir.stages)) {
    const exits = stage.rules.filter(({ move }) => move && !('to' in move && move.to === stage.name));
    if (exits.length === 0) continue;
    tried++;
    let text = sample;
    for (const { span } of exits.toSorted((a, b) => b.span.start - a.span.start)) {
      text = text.slice(0, span.start) + text.slice(span.end);
    }
    const found = errorsOf(compile([{ path: 'a', text }])).find((other) => other.code === 'dead-end');
    assert.ok(found, stage.name);
    assert.is(text.slice(found.span.start, found.span.end), stage.name);
  }
  assert.is(tried, 3);
});

test('a part that cannot be read is not also told as missing', () => {
  const text = sample.replace('resume when not injured', 'resume wen not injured');
  const compiled = compile([{ path: 'a', text }]);
  assert.not(compiled.programs[0]?.ok);
  assert.not(compiled.files[0]?.diagnostics.some((found) => found.code === 'dead-end'));
});

test('very long and very deep expressions are compiled or refused, not crashed on', () => {
  for (const middle of [
    `${'1 + '.repeat(150)}1`,
    `${'('.repeat(150)}1${')'.repeat(150)}`,
    `${'not '.repeat(150)}yes`,
    `${'1 + '.repeat(20_000)}1`,
    Array.from({ length: 150 }, (_, index) => `week = ${index}`).join(' or '),
  ]) {
    const text = `program p { data { week : number = 1 } let x = ${middle} stage a { skill s leave as off after 1 day } }`;
    assert.ok(compile([{ path: 'a', text }]).programs.length <= 1);
  }
});

test('nothing that is written makes the compiler throw, and it tells the same twice', () => {
  const sources = [
    sample,
    `${sample}\n${story}`,
    read('programs/couch_to_5k.regimen'),
    ...readCases(new URL('cases/diagnostics.txt', import.meta.url).pathname).map((one) => one.source),
  ];
  const random = generator(20260105);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  for (let round = 0; round < 300; round++) {
    const text = mutate(pick(sources), pick, random);
    const compiled = compile([{ path: 'a', text }]);
    for (const { ir } of compiled.programs) {
      emit(ir);
      if (round % 4 === 0) drawGraph(graph(ir));
      for (const stage of ir.stageOrder) agentTools(ir, stage);
    }
    if (round % 5 === 0) complete(text, Math.floor(random() * (text.length + 1)));
    if (round % 50 === 0) assert.equal(compile([{ path: 'a', text }]), compiled);
  }
});

test('lets that go round are told, whatever they go round through', () => {
  const rounds = ['b else 1', '(b else 1) + b', 'min(b, 2)', 'sum(runs) else b', '-b', 'count(runs where value > b)'];
  for (const value of rounds) {
    const text = `program p {
  data { runs : series number }
  let a = ${value}
  let b = a else 2
  stage s {
    skill talk
    leave as off when a > 3 and b < 9
    leave as lost after 9 days of silence
  }
}
`;
    const codes = errorsOf(compile([{ path: 'a.regimen', text }])).map(({ code }) => code);
    assert.ok(codes.includes('let-cycle'), `${value}: ${codes.join()}`);
  }
});

/** Small numbers in a fixed order, so that a failure can be repeated. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function mutate(source: string, pick: <Item>(items: readonly Item[]) => Item, random: () => number): string {
  const tokens = source.split(/(\s+|[^\w\s])/).filter((token) => token !== '');
  const at = () => Math.floor(random() * tokens.length);
  for (let change = 0; change < 1 + random() * 6; change++) {
    const kind = random();
    if (kind < 0.3) tokens.splice(at(), 1);
    else if (kind < 0.6) tokens.splice(at(), 1, pick(tokens));
    else if (kind < 0.8) tokens.splice(at(), 0, pick(tokens));
    else if (kind < 0.9)
      tokens.splice(
        at(),
        0,
        pick(['__proto__', 'constructor', '"', '{', '}', '\u0000', '😀', '0', '-1', '1e99', 'toString']),
      );
    else tokens.length = at();
    if (tokens.length === 0) return '';
  }
  return tokens.join('');
}

test.run();
