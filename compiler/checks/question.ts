/**
 * What a file in `checks/` is: one question, asked of a checked program or of its IR.
 *
 * A `Check` sees names and types; an `Analysis` sees the whole flow of stages. Both only report.
 */
import type { Span } from '../../language/ast.ts';
import type { CostAssumptions } from '../cost-assumptions.ts';
import type { FlowPart } from '../flow.ts';
import type { Ir } from '../ir.ts';
import type { Checked, Report } from '../symbols.ts';

/**
 * What is known outside the files: the names of the skills there are (with underscores), and their texts
 * by these names where they have been read. Without a folder of skills nothing is known, and no name
 * is judged. `cost` says what the budget is held against where that differs from the usual.
 */
export type Environment = {
  skills?: readonly string[] | undefined;
  skillTexts?: Readonly<Record<string, string>> | undefined;
  cost?: CostAssumptions | undefined;
};

export type Check = (checked: Checked, report: Report, environment: Environment) => void;

/** `nameOf` is where a stage's name stands in the text. */
export type Analysis = (ir: Ir, report: Report, context: AnalysisContext) => void;

export type AnalysisContext = {
  /** The program's own flow, its tracks and its lists. */
  flows: FlowPart[];
  /** Where the name of a stage of that flow stands. */
  nameOf: (flow: FlowPart, stage: string) => Span;
  /** Where the program's name stands. */
  program: Span;
  /** Where a clause of the program's head stands; the name where it has none. */
  clause: (kind: 'budget' | 'messages' | 'quiet') => Span;
  /** Where stages name their skills. */
  skills: { stage: string; flow: string | undefined; name: string; span: Span }[];
  /** Whether a condition, or a part of it, has been told as one that always or never holds. */
  isTold: (span: Span) => boolean;
  environment: Environment;
};
