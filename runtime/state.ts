/**
 * The stored state of one enrollment: its place in the machine, and its facts.
 *
 * Plain JSON. `stage` is the XState value (a stage, or an exit state after `leave`).
 * The next due time is not part of it: it follows from the state and is computed by each step.
 */
import type { Facts } from './facts.ts';

export type State = {
  /** The enrollment's id; effects are named after it. */
  enrollment: string;
  /** The last timeline row. */
  seq: number;
  stage: string;
  /** ms; the moment of the last row. A person's time never goes back before it. */
  at: number;
  facts: Facts;
};
