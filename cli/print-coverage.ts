/**
 * Coverage in words and as JSON: how much, and what is missing, each with its place in the program.
 */
import type { Span } from '../language/ast.ts';
import { type LineMap, lineMap } from '../language/position.ts';
import { type Measure, measure, percent } from '../runtime/coverage.ts';
import type { Paint } from './command.ts';
import type { Covered } from './run-scenarios.ts';

/** What no scenario has been through. `line` and `column` count from 1. */
export type Missing = {
  kind: 'stage' | 'transition' | 'handler' | 'condition';
  name: string;
  words: string;
  /** The program's file, or that of the fragment the words stand in. */
  path: string;
  line: number;
  column: number;
};

/** Longer lists of what is missing are no help in a terminal; JSON has them all. */
const missingShownMax = 40;
/** A rule's words, as long as a line. */
const wordsMax = 80;

export function missingOf({ path, texts, coverage }: Covered): Missing[] {
  const lines = new Map<string, LineMap>();
  const missing: (Omit<Missing, 'path' | 'line' | 'column'> & { span: Span })[] = [];
  for (const [name, { span, entered }] of Object.entries(coverage.stages))
    if (!entered) missing.push({ kind: 'stage', name, words: `stage ${name} is never entered`, span });
  for (const [name, { source, span, moves, taking, taken }] of Object.entries(coverage.rules)) {
    const kind = moves ? 'transition' : 'handler';
    if (!taken) missing.push({ kind, name, words: `${shorten(source)} is never ${taking}`, span });
  }
  for (const [name, { source, span, held, failed }] of Object.entries(coverage.conditions)) {
    const what = !held && !failed ? 'is never asked' : !held ? 'never holds' : !failed ? 'never fails to hold' : null;
    if (what !== null) missing.push({ kind: 'condition', name, words: `${shorten(source)} ${what}`, span });
  }
  return missing
    .map(({ span, ...one }) => {
      const file = span.file ?? path;
      const map = lines.get(file) ?? lineMap(texts.get(file) ?? '');
      lines.set(file, map);
      return { ...one, path: file, ...map.position(span.start) };
    })
    .sort((a, b) => Number(a.path !== path) - Number(b.path !== path) || a.line - b.line || a.column - b.column);
}

const shorten = (words: string): string =>
  `“${words.length > wordsMax ? `${words.slice(0, wordsMax).trimEnd()}…` : words}”`;

export function coverageJson(covered: Covered) {
  const measures = measure(covered.coverage);
  return {
    program: covered.program,
    path: covered.path,
    ...Object.fromEntries(Object.entries(measures).map(([name, of]) => [name, { ...of, percent: percent(of) }])),
    missing: missingOf(covered),
  };
}

/** The lines of one program's coverage, with an empty one at the end. */
export function printCoverage(covered: Covered, paint: Paint): string[] {
  const measures = Object.entries(measure(covered.coverage));
  const missing = missingOf(covered);
  return [
    `${paint('bold', `coverage of ${covered.program}`)}`,
    ...measures.map(([name, of]) => {
      const share = `${String(percent(of)).padStart(3)} %`;
      const style = percent(of) === 100 ? 'green' : 'yellow';
      return `  ${name.padEnd(12)} ${paint(style, share)}  ${of.covered} of ${of.total}`;
    }),
    ...missing
      .slice(0, missingShownMax)
      .map(({ words, path, line, column }) => `  ${paint('blue', `${path}:${line}:${column}`)} ${words}`),
    ...(missing.length > missingShownMax ? [`  … and ${missing.length - missingShownMax} more: --format json`] : []),
    '',
  ];
}

/** What falls short of the threshold, in words; empty when nothing does. */
export function shortfalls(covered: readonly Covered[], threshold: number): string[] {
  return covered.flatMap(({ program, coverage }) =>
    Object.entries(measure(coverage))
      .filter((entry): entry is [string, Measure] => percent(entry[1]) < threshold)
      .map(
        ([name, of]) => `${program}: ${percent(of)} % of ${name} are covered, and --threshold asks for ${threshold} %.`,
      ),
  );
}
