/**
 * The jobs of bulk moves: so many people by one job, then the next job.
 *
 * A job that is cut short is done again and finds who is left. One person who cannot be moved spoils nobody else's
 * move. What is done to them is `bulk-people.ts`'s.
 */

import type { Bulk } from '../operator-control.ts';
import { doNext, leaveOut, nextPeople } from './bulk-people.ts';
import { readBulk } from './bulk-records.ts';
import { clockNow } from './clock.ts';
import { addOperatorItem } from './items.ts';
import { addQueueJobs } from './jobs.ts';
import { doSet } from './set-by-set.ts';
import type { Sql, Store } from './store.ts';

/** People done in one transaction. */
const peopleAtOnce = 100;
/** Such transactions in one job; what is left is for the next. */
const batchesMax = 20;
/** Attempts of one such job; it waits longer after each. */
const bulkAttemptsMax = 14;
/** The pause before people are looked at again who are all in other hands. */
const lockedAgainMs = 500;

export type BulkJob = { workspace: string; bulk: string };

/** The job that goes on with a bulk move. */
export async function addBulkJob(store: Store, sql: Sql, bulk: string, afterMs?: number): Promise<void> {
  const payload: BulkJob = { workspace: store.workspace, bulk };
  const key = `bulk:${store.workspace}:${bulk}`;
  const job = { task: 'bulk', payload, key, attempts: bulkAttemptsMax, priority: 2 } as const;
  await addQueueJobs(sql, [afterMs === undefined ? job : { ...job, afterMs }]);
}

/** Does a bulk move for the next people, or undoes it, and leaves the others to the next job. */
export async function workOnBulk(store: Store, { bulk: id }: BulkJob): Promise<void> {
  const bulk = await readBulk(store, store.sql, id);
  if (bulk.status !== 'applying' && bulk.status !== 'undoing') return;
  for (let batch = 0; batch < batchesMax; batch += 1) {
    if ((await doBatch(store, bulk)) > 0) continue;
    if ((await nextPeople(store, bulk, 1)).length > 0) return addBulkJob(store, store.sql, id, lockedAgainMs);
    return finish(store, bulk);
  }
  await addBulkJob(store, store.sql, id);
}

const doBatch = (store: Store, bulk: Bulk): Promise<number> =>
  doSet(
    {
      next: (limit, only) => doNext(store, bulk, limit, only),
      waiting: (limit) => nextPeople(store, bulk, limit),
      leaveOut: (enrollment, error) => leaveOut(store, bulk, enrollment, error),
    },
    peopleAtOnce,
  );

async function finish(store: Store, { id, status }: Bulk): Promise<void> {
  await store.sql`
    update bulk_moves set status = ${status === 'undoing' ? 'undone' : 'applied'}
    where workspace_id = ${store.workspace} and id = ${id} and status = ${status}`;
}

/** Tells an operator that it goes no further; it can be applied, or undone, again. */
export async function giveUpBulk(store: Store, { bulk: id }: BulkJob, problem: string): Promise<void> {
  await store.sql.begin(async (tx) => {
    const bulk = await readBulk(store, tx, id, true);
    await addOperatorItem(store, tx, {
      id: `bulk:${id}:${bulk.status}`,
      kind: 'failure',
      enrollment: null,
      person: null,
      program: bulk.program,
      to: 'operator',
      text: `A bulk move stopped before everybody was done: ${problem}`,
      at: await clockNow(store, tx),
    });
  });
}
