/**
 * An explanation made ready to be read: its examples as people see them and as whole files, and what
 * the compiler really says about the one that fails.
 *
 * Leaves to others how it is printed (the command, the page `docs/diagnostics.md`, the editor).
 */
import { catalogue } from '../language/catalogue.ts';
import type { Severity } from '../language/diagnostics.ts';
import type { Example, Place } from '../language/explanation.ts';
import { type ExplainedCode, explanationParts, explanations } from '../language/explanations.ts';
import { compile, type Environment } from './compile.ts';

export type Explained = {
  code: ExplainedCode;
  severity: Severity;
  meaning: string;
  /** What the examples are a part of. */
  within: Place | 'file';
  fails: string;
  /** What is said about the failing example: the sentence and the remedy. Absent for the files of skills. */
  says?: { message: string; hint?: string };
  mended: string;
};

/** The skills there are for the examples. */
export const exampleEnvironment: Environment = {
  skills: ['run_coach'],
  skillTexts: { run_coach: 'Ask how they feel, and set `mood` to what they say.' },
};

/** Every code under the title of its part, each with one sentence about it. */
export function explainedParts(): { title: string; codes: ExplainedCode[]; summaries: string[] }[] {
  return explanationParts.map(({ title, codes }) => ({
    title,
    codes,
    summaries: codes.map((code) => explanations[code].meaning[0] ?? ''),
  }));
}

/** Every code, in the order of the catalogue. */
export const explainedCodes = (): ExplainedCode[] => explanationParts.flatMap(({ codes }) => codes);

export const isExplained = (code: string): code is ExplainedCode => Object.hasOwn(explanations, code);

/** Compiles the failing example; the longest takes about a second. */
export function explainCode(code: ExplainedCode): Explained {
  const { meaning, within = 'file', fails, mended } = explanations[code];
  const says = sayings(code);
  return {
    code,
    severity: code === 'skill-file' ? 'error' : catalogue[code].severity,
    meaning: meaning.join(' '),
    within,
    fails: shown(fails),
    ...(says === undefined ? {} : { says }),
    mended: shown(mended),
  };
}

function sayings(code: ExplainedCode): Explained['says'] {
  if (code === 'skill-file') return undefined;
  const { files } = compile(exampleFiles(code, 'fails'), exampleEnvironment);
  const said = files.flatMap(({ diagnostics }) => diagnostics).find((one) => one.code === code);
  return said && { message: said.message, ...(said.hint === undefined ? {} : { hint: said.hint }) };
}

/** An example with the files that lie beside it. */
export function exampleFiles(code: ExplainedCode, which: 'fails' | 'mended'): { path: string; text: string }[] {
  const { beside = [] } = explanations[code];
  return [{ path: 'example.regimen', text: exampleText(code, which) }, ...beside];
}

/** An example as a whole file that can be compiled. */
export function exampleText(code: ExplainedCode, which: 'fails' | 'mended'): string {
  const { within, [which]: example } = explanations[code];
  const part = typeof example === 'string' ? shown(example) : example.text();
  if (within === 'program') return inProgram(part);
  if (within === 'stage') return inStage(part);
  return within === 'scenario' ? inScenario(part) : part;
}

function inProgram(part: string): string {
  return `program example "Example" {
${part}
  stage only { skill run_coach  leave as lost after 21 days of silence }
}`;
}

/** The facts of Couch to 5K, a stage around the part, and one to move to. */
function inStage(part: string): string {
  return `program example "Example" {
  roles nurse
  data {
    week    : number 1 to 9 = 1
    weight  : number kg?           agent may set
    why     : text?                agent may set
    injured : yes/no = no          agent may set
    felt    : (easy | ok | hard)?  agent may set
    runs    : series { minutes: number min?, completed: yes/no }   agent may record
  }
  stage training {
    skill run_coach
    let done = count(runs where completed, this visit)
${part}
    leave as lost after 21 days of silence
    advance to graduated when judged "speaks of running as theirs" at 0.8
  }
  stage graduated final success { say "Well done." }
}`;
}

function inScenario(part: string): string {
  return `${inStage('')}
scenario "example" of example {
  start mon 2026-01-05 09:00
${part}
}`;
}

/** The text without the indentation that it has in the source of its explanation. */
function shown(example: Example): string {
  const lines = (typeof example === 'string' ? example : example.shown).replace(/^\n/, '').split('\n');
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.length - line.trimStart().length);
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join('\n');
}
