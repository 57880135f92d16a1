/**
 * What the analyses of one program leave for the next time it is analyzed.
 *
 * Belongs to one frame: as long as it lives, everything outside the stages is the same, and so is what the
 * stages show to each other (`frame.ts`). A stage's answers are kept by its IR, which is the same object as long
 * as the stage is the same; so are those of lets and of rules of `anytime`. Its spans move in place with the
 * text: what is kept holds span objects, never offsets.
 */
import type { Diagnostic } from '../language/diagnostics.ts';
import type { Report } from './symbols.ts';

/** By what was asked about (a part of the IR), the answers to each question. */
export type AnalysisMemory = WeakMap<object, Map<Question, unknown>>;

/** Questions are told apart by the function that answers them. */
type Question = (...args: never[]) => unknown;

export const analysisMemory = (): AnalysisMemory => new WeakMap();

/** The answer to a question about a part of the IR: worked out once, and kept. */
export function remember<Answer>(memory: AnalysisMemory, of: object, question: Question, work: () => Answer): Answer {
  let answers = memory.get(of);
  if (answers === undefined) {
    answers = new Map();
    memory.set(of, answers);
  }
  const known = answers.get(question);
  if (known !== undefined) return known as Answer;
  const answer = work();
  answers.set(question, answer);
  return answer;
}

const nothing: readonly Diagnostic[] = [];

/** Tells what `ask` finds in a part of the IR: what it found the last time, where that is kept. */
export function tell(
  memory: AnalysisMemory,
  of: object,
  question: Question,
  report: Report,
  ask: (report: Report) => void,
): void {
  const found = remember(memory, of, question, () => findingsOf(ask));
  for (const one of found) report(one);
}

/** What is reported. */
export function findingsOf(ask: (report: Report) => void): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  ask((one) => found.push(one));
  return found.length === 0 ? nothing : found;
}
