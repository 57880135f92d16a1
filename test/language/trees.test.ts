/** What the parser makes of sound sources: cases of programs, scenarios and expressions. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from '../../language/parse.ts';
import { testCases } from '../support/cases.ts';
import { outline } from '../support/outline.ts';
import { renderAll } from '../support/render.ts';

const folder = `${import.meta.dirname}/cases`;

function tree(source: string, pick: (file: ReturnType<typeof parse>['value']) => unknown): string {
  const { value, diagnostics } = parse(source);
  if (diagnostics.length > 0) return renderAll(source, diagnostics);
  return outline(pick(value)).trimStart().replace(/ +$/gm, '');
}

testCases(`${folder}/programs.txt`, (source) => tree(source, (file) => file.programs));
testCases(`${folder}/scenarios.txt`, (source) => tree(source, (file) => file.scenarios.flatMap(({ steps }) => steps)));
testCases(`${folder}/expressions.txt`, (source) =>
  tree(`program p {\nlet it = ${source}\n}`, (file) => {
    const [item] = file.programs[0]?.items ?? [];
    return item?.kind === 'let' ? item.value : 'no let';
  }),
);

test('a hole knows where it stands in the file', () => {
  const source = 'program p {\n  about "ä {deep + "x{week}"}"\n}';
  const { value, diagnostics } = parse(source);
  assert.equal(diagnostics, []);
  const words: string[] = [];
  JSON.stringify(value, (_, part) => {
    if (part?.kind === 'name') words.push(source.slice(part.span.start, part.span.end));
    return part;
  });
  assert.equal(words, ['deep', 'week']);
});

test.run();
