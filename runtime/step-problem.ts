/**
 * Why a step cannot be completed: it would go on for ever, or the stored state does not fit the program.
 *
 * Nothing has happened then. The message names the limit or what does not fit, for an operator to read.
 */
export class StepProblem extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'StepProblem';
  }
}
