/**
 * A step that was taken and is not written yet.
 */
import type { Input } from '../inputs.ts';
import type { StepResult } from '../step.ts';

export type Stepped = {
  enrollment: { id: string; person: string; program: string };
  input: Input;
  result: StepResult;
  /** ms; the moment of the step. */
  at: number;
};
