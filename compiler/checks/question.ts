/**
 * What a file in `checks/` is: one question, asked of a checked program or of its IR.
 *
 * A `Check` sees names and types; an `Analysis` sees the whole flow of stages. Both only report.
 */
import type { Span } from '../../language/ast.ts';
import type { Ir } from '../ir.ts';
import type { Checked, Report } from '../symbols.ts';

/**
 * What is known outside the files: the names of the skills there are (with underscores). Without a
 * folder of skills nothing is known, and no name is judged.
 */
export type Environment = { skills?: readonly string[] | undefined };

export type Check = (checked: Checked, report: Report, environment: Environment) => void;

/** `nameOf` is where a stage's name stands in the text. */
export type Analysis = (ir: Ir, report: Report, nameOf: (stage: string) => Span) => void;
