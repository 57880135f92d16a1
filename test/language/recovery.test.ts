/** What is left of a file after a mistake: the other stages, with sound spans. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../language/parse.ts';
import { renderAll } from '../support/render.ts';
import { coach, programFiles, story } from '../support/samples.ts';
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

test('a truncated file keeps every stage it has', () => {
  for (const [i, name] of stages.entries()) {
    const start = coach.indexOf(`stage ${name}`);
    const end = coach.indexOf('skill', start);
    const kept = stagesOf(coach.slice(0, end));
    assert.equal(kept, stages.slice(0, i + 1));
  }
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
