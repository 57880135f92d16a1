/**
 * The shape of an explanation: what a diagnostic means, a text that gives it, and the text mended.
 *
 * The data are in `explanations/`, one file for each part of the catalogue, and `explanations.ts`
 * joins them. `compiler/explain-code.ts` fills an example into the rest of its program and asks the
 * compiler about it, so that no example can say what is not so.
 */
import type { Code } from './diagnostics.ts';

/** A text as people should see it. One that is too long to show has `…` where `text` has the length. */
export type Example = string | { shown: string; text: () => string };

/** What an example is a part of; without one it is a whole file. */
export type Place = 'program' | 'stage' | 'scenario' | 'skill';

export type Explanation = {
  /** Two or three sentences for somebody who designs programs, not for somebody who writes code. */
  meaning: readonly string[];
  within?: Place;
  /** Files that lie beside the example, which is called `example.regimen`. */
  beside?: readonly { path: string; text: string }[];
  fails: Example;
  mended: Example;
  /** Other codes that the failing example gives as well, because the mistake cannot be made alone. */
  also?: readonly Code[];
};
