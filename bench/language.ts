/**
 * How fast the language is: checking, typing, completing, analyzing, starting; ours beside others.
 *
 * The limits are the product's promises, named in `limits`. Peers that are handed a text are first
 * made to refuse a broken one, so that nobody is measured doing nothing.
 */
import { analyze } from '../compiler/analyze.ts';
import { deadEnds } from '../compiler/checks/dead-ends.ts';
import { reachability } from '../compiler/checks/reachability.ts';
import { silence } from '../compiler/checks/silence.ts';
import { compile } from '../compiler/compile.ts';
import { costOf } from '../compiler/cost.ts';
import { format } from '../language/format.ts';
import { benchColdStart } from './cold-start.ts';
import { warmLines } from './contenders.ts';
import { benchCompletions, benchKeystrokes } from './keystrokes.ts';
import { median, percentile, rounded } from './measure.ts';
import { programOfLines, programOfStages } from './programs.ts';
import type { Figure } from './report.ts';
import { benchWarmChecks } from './warm-checks.ts';

export const limits = {
  aheadOfLangium: 10,
  perLineOfWasm: 1,
  coldOverBareNode: 4,
  keystrokeP95Ms: 30,
  completionP95Ms: 20,
  analysisMs: 10,
} as const;

const STAGES = 200;

/** `scale` shortens the bench: 1 is the whole, 0.2 a quick look. */
export async function benchLanguage(scale: number): Promise<Figure[]> {
  const text = programOfLines(warmLines);
  return [
    ...(await benchWarmChecks(Math.ceil(20 * scale), limits)),
    ...(await benchColdStart(text, Math.ceil(15 * scale), limits.coldOverBareNode)),
    await benchKeystrokes(text, Math.ceil(400 * scale), limits.keystrokeP95Ms),
    await benchCompletions(text, Math.ceil(400 * scale), limits.completionP95Ms),
    ...analyses(Math.ceil(60 * scale)),
    formatting(text, Math.ceil(60 * scale)),
  ];
}

/** The analyses alone, on the IR of a program of many stages: those that are promised a time, and all of them. */
function analyses(rounds: number): Figure[] {
  const compiled = compile([{ path: 'program.regimen', text: programOfStages(STAGES) }]);
  const ir = compiled.programs[0]?.ir;
  const tree = compiled.files[0]?.ast.programs[0];
  if (ir === undefined || tree === undefined) throw new Error('The program of many stages does not compile.');
  const promised = timesOf(rounds, () => {
    analyze(ir, tree, () => {}, {}, [], [reachability, deadEnds, silence]);
    costOf(ir);
  });
  const all = timesOf(rounds, () => analyze(ir, tree, () => {}));
  return [
    {
      name: `cost and dead ends of ${STAGES} stages`,
      value: rounded(median(promised)),
      unit: 'ms',
      limit: { at: 'most', value: limits.analysisMs },
      note: `p95 ${rounded(percentile(promised, 0.95))} ms: what a month costs, ways in and out, silence`,
    },
    {
      name: `all analyses of ${STAGES} stages`,
      value: rounded(median(all)),
      unit: 'ms',
      note: `p95 ${rounded(percentile(all, 0.95))} ms: everything \`analyze\` asks, conditions compared with each other too`,
    },
  ];
}

/** The one style for a whole text: read, set out, read again to prove that its meaning is the same. */
function formatting(text: string, rounds: number): Figure {
  const ms = timesOf(rounds, () => {
    if (!('text' in format(text))) throw new Error('The program cannot be formatted.');
  });
  return {
    name: `format of ${warmLines} lines`,
    value: rounded(median(ms)),
    unit: 'ms',
    note: `p95 ${rounded(percentile(ms, 0.95))} ms: read, set out in the one style, and read again`,
  };
}

/** Milliseconds of each round, after some that do not count. */
function timesOf(rounds: number, work: () => void): number[] {
  const ms: number[] = [];
  for (let round = -20; round < rounds; round++) {
    const before = performance.now();
    work();
    if (round >= 0) ms.push(performance.now() - before);
  }
  return ms;
}
