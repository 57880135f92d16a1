/**
 * One input to one enrollment: read, know a repeat, step, write; all of it or nothing.
 *
 * It is tried without a lock first (`at-once.ts`), and with one where somebody else was quicker. Enrollments begin in
 * `enroll.ts`; many are stepped together in the sweep (`sweep.ts`), in bulk moves (`bulk-people.ts`) and in going over
 * (`adopt-people.ts`). All write through `write-steps.ts`. An input whose id was taken before changes nothing, so
 * everything may be sent twice.
 */
import { Refusal } from '../control.ts';
import type { Input } from '../inputs.ts';
import { step } from '../step.ts';
import { commitAtOnce, findEnrollment } from './at-once.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { type Committed, type LockedEnrollment, noted } from './committed.ts';
import { withOrigin } from './origin.ts';
import { isErased } from './people.ts';
import { loadVersion } from './programs.ts';
import type { Store, Tx } from './store.ts';
import { writeSteps } from './write-steps.ts';

/**
 * Brings an input to an enrollment. `now` (ms) is for tests; without it the clock is read. Throws
 * `Refusal` for an unknown enrollment, `StepProblem` when a limit is reached; then nothing has happened.
 */
export async function commit(
  store: Store,
  what: { enrollment: string; input: Input },
  now?: number,
): Promise<Committed> {
  const input = cleanText(what.input);
  return withOrigin(input.id, async () => {
    const found = await findEnrollment(store, what.enrollment, input.id);
    if (found === null) throw unknownEnrollment(what.enrollment);
    const committed = await commitAtOnce(store, { ...found, now: now ?? found.now }, input);
    return committed ?? store.sql.begin((tx) => commitIn(store, tx, what, now));
  }) as Promise<Committed>;
}

/** The same inside a transaction that does more, with the enrollment locked until that ends. */
export async function commitIn(
  store: Store,
  tx: Tx,
  what: { enrollment: string; input: Input },
  now?: number,
): Promise<Committed> {
  const input = cleanText(what.input);
  return withOrigin(input.id, () =>
    noted(store, what.enrollment, input, () => commitLocked(store, tx, what.enrollment, input, now)),
  );
}

async function commitLocked(
  store: Store,
  tx: Tx,
  id: string,
  input: Input,
  now: number | undefined,
): Promise<Committed> {
  const [enrollment] = await lockEnrollments(store, tx, [id]);
  if (enrollment === undefined) throw unknownEnrollment(id);
  const [seen] = await tx`
    select 1 from timeline
    where workspace_id = ${store.workspace} and enrollment_id = ${enrollment.id} and input_id = ${input.id}`;
  const isRepeat = seen !== undefined;
  if (isRepeat || (await comesTooLate(store, tx, enrollment, input)))
    return { fresh: false, enrollment, state: enrollment.state, rows: [] };
  const program = await loadVersion(store, tx, enrollment.program, enrollment.version);
  const at = Math.max(now ?? (await clockNow(store, tx)), enrollment.steppedAt);
  const result = step(program, enrollment.state, input, at, enrollment.id);
  await writeSteps(store, tx, [{ enrollment, input, result, at }]);
  return { fresh: true, enrollment, state: result.state, rows: result.rows };
}

/** Whether an agent brings this back of somebody who was erased while it ran: there may be words of theirs in it. */
async function comesTooLate(
  store: Store,
  tx: Tx,
  { state, person }: LockedEnrollment,
  { type }: Input,
): Promise<boolean> {
  if ((type !== 'run-finished' && type !== 'run-failed') || state.facts.finished === null) return false;
  return isErased(store, tx, person);
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
