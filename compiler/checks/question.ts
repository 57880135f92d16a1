/**
 * What a file in `checks/` is: one question, asked of a checked program or of its IR.
 *
 * A `Check` sees names and types; an `Analysis` sees the whole flow of stages. Both only report.
 */
import type { Rule, Span } from '../../language/ast.ts';
import type { AnalysisMemory } from '../analysis-memory.ts';
import type { CostAssumptions } from '../cost-assumptions.ts';
import type { FlowPart } from '../flow.ts';
import type { Ir } from '../ir.ts';
import type { Checked, Report } from '../symbols.ts';
import { type Part, rulesOf } from '../walk.ts';

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

/**
 * Asked of each part of a program by itself, so that a part that has not changed need not be asked again. What is
 * asked of one may go by everything outside the stages, and by the faces of the stages (`faces.ts`).
 */
export type Check = {
  /** Asked of what stands outside of all stages. */
  outside?: (checked: Checked, report: Report, environment: Environment) => void;
  /** Asked of each stage, and of what stands outside of the stages in each flow. */
  part?: (part: Part, checked: Checked, report: Report, environment: Environment) => void;
  /** Asked of the whole program, every time: it goes by what is inside of several stages. */
  whole?: (checked: Checked, report: Report, environment: Environment) => void;
};

/** The rules that stand in a part: in `anytime`, or in the stage. */
export const rulesOfPart = ({ flow, stage }: Part): readonly Rule[] =>
  stage === undefined ? flow.anytime : rulesOf(stage);

/** Asked of the IR of a whole program. */
export type Analysis = (ir: Ir, report: Report, context: AnalysisContext) => void;

/** A stage (of a track or list, or with `flow` undefined of the program) that names its skill. */
export type SkillNamed = { stage: string; flow: string | undefined; name: string; span: Span };

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
  skills: () => SkillNamed[];
  /** Whether a condition, or a part of it, has been told as one that always or never holds. */
  isTold: (span: Span) => boolean;
  environment: Environment;
  /** What was found out about parts of the IR, now or the last time. */
  memory: AnalysisMemory;
};
