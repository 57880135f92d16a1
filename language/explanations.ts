/**
 * What every diagnostic means, by its code. A code without an explanation is a type error.
 *
 * `skill-file` stands for every problem of a skill's own files, which the command finds.
 */
import type { Code } from './diagnostics.ts';
import type { Explanation } from './explanation.ts';
import { analyses } from './explanations/analyses.ts';
import { many } from './explanations/many.ts';
import { names } from './explanations/names.ts';
import { oversights } from './explanations/oversights.ts';
import { people } from './explanations/people.ts';
import { reading } from './explanations/reading.ts';
import { scenarios, skillFile } from './explanations/scenarios.ts';
import { stages } from './explanations/stages.ts';
import { values } from './explanations/values.ts';

export type ExplainedCode = Code | 'skill-file';

/** In the order of the catalogue, which is that of a text's way through the compiler. */
export const explanations: Record<ExplainedCode, Explanation> = {
  ...reading,
  ...names,
  ...values,
  ...people,
  ...stages,
  ...many,
  ...analyses,
  ...oversights,
  ...scenarios,
  'skill-file': skillFile,
};

const part = (title: string, of: Partial<Record<ExplainedCode, Explanation>>) => ({
  title,
  codes: Object.keys(of) as ExplainedCode[],
});

/** The codes as a reader looks for them: by what was being written. */
export const explanationParts: { title: string; codes: ExplainedCode[] }[] = [
  part('Words and signs', reading),
  part('Names', names),
  part('Values and tables', values),
  part('People, services and parameters', people),
  part('Stages, moves and the head of a program', stages),
  part('Lists, tracks, bands, days and files', many),
  part('The whole: lines in the way, load, cost, trust', analyses),
  part('Easily overlooked', oversights),
  part('Scenarios and skills', { ...scenarios, 'skill-file': skillFile }),
];
