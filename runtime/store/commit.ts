/**
 * One input to one enrollment, in one transaction: lock, know a repeat, step, write.
 *
 * Whatever happens to an enrollment happens here or in the sweep, and both write through
 * `writeSteps`. An input whose id was taken before changes nothing, so everything may be sent twice.
 */
import { Refusal } from '../control.ts';
import type { Input } from '../inputs.ts';
import type { State } from '../state.ts';
import { type StepResult, step } from '../step.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { loadVersion } from './programs.ts';
import type { Store, Tx } from './store.ts';
import { writeSteps } from './write-steps.ts';

export type LockedEnrollment = {
  id: string;
  program: string;
  version: number;
  person: string;
  state: State;
  steppedAt: number;
};

export type Committed = {
  /** False when the input had been taken before: then nothing happened. */
  fresh: boolean;
  enrollment: LockedEnrollment;
  state: State;
  rows: StepResult['rows'];
};

/**
 * Brings an input to an enrollment. `now` (ms) is for tests; without it the clock is read once the
 * enrollment is locked. Throws `Refusal` for an unknown enrollment, `StepProblem` when a limit is
 * reached; then nothing has happened.
 */
export async function commit(
  store: Store,
  what: { enrollment: string; input: Input },
  now?: number,
): Promise<Committed> {
  return store.sql.begin((tx) => commitIn(store, tx, what, now)) as Promise<Committed>;
}

/** The same inside a transaction that does more. */
export async function commitIn(
  store: Store,
  tx: Tx,
  what: { enrollment: string; input: Input },
  now?: number,
): Promise<Committed> {
  const [enrollment] = await lockEnrollments(store, tx, [what.enrollment]);
  if (enrollment === undefined) throw unknownEnrollment(what.enrollment);
  const input = cleanText(what.input);
  const [seen] = await tx`
    select 1 from timeline
    where workspace_id = ${store.workspace} and enrollment_id = ${enrollment.id} and input_id = ${input.id}`;
  if (seen !== undefined) return { fresh: false, enrollment, state: enrollment.state, rows: [] };
  const program = await loadVersion(store, tx, enrollment.program, enrollment.version);
  const at = Math.max(now ?? (await clockNow(store, tx)), enrollment.steppedAt);
  const result = step(program, enrollment.state, input, at, enrollment.id);
  await writeSteps(store, tx, [{ enrollment, input, result, at }]);
  return { fresh: true, enrollment, state: result.state, rows: result.rows };
}

/** Locks enrollments until the transaction ends, always in the order of their ids. Unknown ones are left out. */
export async function lockEnrollments(store: Store, tx: Tx, ids: string[]): Promise<LockedEnrollment[]> {
  const rows = await tx<(Omit<LockedEnrollment, 'steppedAt'> & { stepped_at: Date })[]>`
    select id, program, version, person_id as person, state, stepped_at from enrollments
    where workspace_id = ${store.workspace} and id = any(${ids}) order by id for update`;
  return rows.map(({ stepped_at, ...row }) => ({ ...row, steppedAt: stepped_at.getTime() }));
}

export function unknownEnrollment(id: string): Refusal {
  return new Refusal('unknown-enrollment', `There is no enrollment ${id.slice(0, 100)}.`);
}
