/**
 * Everything in the repository that is written in Regimen: what mutations start from.
 *
 * Programs and scenarios, the samples of the documents, the sources of the test cases, the examples
 * of the explanations. A scenario comes with the program that it tells of.
 */
import { globSync, readFileSync } from 'node:fs';
import type { IToken } from 'chevrotain';
import { explanations } from '../../language/explanations.ts';
import { parse } from '../../language/parse.ts';
import { tokenize } from '../../language/tokens.ts';
import { readCases } from '../support/cases.ts';

export type Source = {
  /** Where it comes from, for people. */
  name: string;
  text: string;
  tokens: { start: number; end: number; image: string }[];
  /** Stages with the place where each ends, as the unchanged text declares them. */
  stages: { program: string; name: string; end: number }[];
  /** The file with the program that a scenario tells of, where it is in another file. */
  beside: { path: string; text: string }[];
};

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

/** All sources, always in the same order. A text that occurs twice comes once. */
export function readSources(): Source[] {
  const texts = new Map<string, string>();
  const add = (name: string, text: string) => {
    if (text.trim() !== '' && !texts.has(text)) texts.set(text, name);
  };
  for (const path of find('{programs,test}/**/*.{regimen,scenario}')) add(path, read(path));
  for (const path of find('docs/**/*.md')) {
    const samples = [...read(path).matchAll(/```regimen[^\n]*\n([\s\S]*?)```/g)];
    for (const [index, sample] of samples.entries()) add(`${path} sample ${index + 1}`, sample[1] ?? '');
  }
  for (const path of find('test/**/cases/*.txt')) {
    for (const { name, source } of readCases(new URL(path, root).pathname)) add(`${path}: ${name}`, source);
  }
  for (const [code, { fails, mended }] of Object.entries(explanations)) {
    if (typeof fails === 'string') add(`${code} fails`, fails);
    if (typeof mended === 'string') add(`${code} mended`, mended);
  }
  const programs = programFiles(texts);
  return [...texts].map(([text, name]) => source(name, text, programs));
}

const find = (pattern: string) =>
  globSync(pattern, { cwd: root })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();

function source(name: string, text: string, programs: Map<string, { path: string; text: string }>): Source {
  const { value: tree } = parse(text);
  const own = new Set(tree.programs.map((program) => program.name.text));
  const told = tree.scenarios.map((scenario) => scenario.program.text).filter((program) => !own.has(program));
  return {
    name,
    text,
    tokens: tokenize(text).value.map(({ startOffset, image }: IToken) => ({
      start: startOffset,
      end: startOffset + image.length,
      image,
    })),
    stages: tree.programs.flatMap((program) =>
      program.items.flatMap((item) =>
        item.kind === 'stage' ? [{ program: program.name.text, name: item.name.text, end: item.span.end }] : [],
      ),
    ),
    beside: [...new Set(told)].flatMap((program) => programs.get(program) ?? []),
  };
}

/** The first file of each program's name, shortest text first: a scenario needs some program, not the longest. */
function programFiles(texts: Map<string, string>): Map<string, { path: string; text: string }> {
  const found = new Map<string, { path: string; text: string }>();
  for (const [text, path] of texts) {
    for (const { name } of parse(text).value.programs) if (!found.has(name.text)) found.set(name.text, { path, text });
  }
  return found;
}
