/**
 * What committing one input begins with and comes to, whichever way it is written (`commit.ts`, `at-once.ts`).
 *
 * Every such work is done in a span of its own and leaves a note, without anybody's words.
 */
import type { Input } from '../inputs.ts';
import type { State } from '../state.ts';
import type { StepResult } from '../step.ts';
import { note } from './notes.ts';
import { inSpan } from './origin.ts';
import type { Store } from './store.ts';

export type LockedEnrollment = {
  id: string;
  program: string;
  version: number;
  person: string;
  state: State;
  /** ms; the moment of the last step. */
  steppedAt: number;
};

export type Committed = {
  /** False when the input had been taken before, or comes too late: then nothing happened. */
  fresh: boolean;
  enrollment: LockedEnrollment;
  state: State;
  rows: StepResult['rows'];
};

/** Does the work in a span of its own, and notes what came of it. */
export async function noted<T extends Committed | null>(
  store: Store,
  enrollment: string,
  { id, type }: Input,
  work: () => Promise<T>,
): Promise<T> {
  const began = performance.now();
  return inSpan('step', { 'regimen.input': type }, async () => {
    const committed = await work();
    const ms = Math.round(performance.now() - began);
    if (committed !== null) note(store, { kind: 'input', type, enrollment, input: id, fresh: committed.fresh, ms });
    return committed;
  });
}
