/**
 * What becomes of an enrollment that the sweep could not step: a growing pause, then an operator.
 *
 * Something that helps it (a message, a new entry) sets it going again at once.
 */
import type { Claimed } from './claim.ts';
import { addOperatorItems, type NewItem } from './items.ts';
import { backoffFirstMs, backoffMaxMs, failedLoggedMax, failuresMax } from './limits.ts';
import type { Store, Tx } from './store.ts';

export type Failure = { claimed: Claimed; problem: string };

/** Puts off those that failed, from `now` (ms) on; who failed too often waits for an operator. */
export async function backOff(store: Store, tx: Tx, failures: readonly Failure[], now: number): Promise<void> {
  if (failures.length === 0) return;
  const rows = failures.map(({ claimed: { id, failures: before }, problem }) => {
    const count = before + 1;
    const pause = Math.min(backoffFirstMs * 2 ** before, backoffMaxMs);
    return { id, count, problem, again: count < failuresMax ? new Date(now + pause).toISOString() : null };
  });
  await tx`
    update enrollments e set failures = x.count, failing = x.problem, sweep_at = x.again
    from jsonb_to_recordset(${tx.json(rows)}) as x(id text, count integer, problem text, again timestamptz)
    where e.workspace_id = ${store.workspace} and e.id = x.id`;
  const stuck = failures.filter((_, index) => rows[index]?.again === null);
  await addOperatorItems(
    store,
    tx,
    stuck.map((failure) => stuckItem(failure, now)),
  );
  for (const { id, count, problem } of rows.slice(0, failedLoggedMax)) {
    store.log(`Enrollment ${id} failed in the sweep (${count} of ${failuresMax}): ${problem}`);
  }
  if (rows.length > failedLoggedMax) store.log(`So did ${rows.length - failedLoggedMax} more enrollments.`);
}

function stuckItem({ claimed, problem }: Failure, now: number): NewItem {
  return {
    id: `stuck:${claimed.id}:${claimed.seq}`,
    kind: 'failure',
    enrollment: claimed.id,
    person: claimed.person,
    program: claimed.program,
    to: 'operator',
    text: `Nothing more happens by itself: ${failuresMax} attempts failed. ${problem}`,
    at: now,
  };
}
