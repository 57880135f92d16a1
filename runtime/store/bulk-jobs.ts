/**
 * Applies and undoes bulk moves: so many people by one job, then the next job.
 *
 * Each person is done in a transaction of their own, with their row of the bulk move: a job that is cut short is
 * done again and finds who is left. One person who cannot be moved spoils nobody else's move.
 */
import { bulkInput, damageText, outcomeText } from '../bulk-outcome.ts';
import { Refusal } from '../control.ts';
import type { Input } from '../inputs.ts';
import type { Bulk, BulkPersonStatus } from '../operator-control.ts';
import { readBulk } from './bulk-records.ts';
import { clockNow } from './clock.ts';
import { type LockedEnrollment, lockEnrollments } from './commit.ts';
import { addOperatorItem } from './items.ts';
import { addQueueJobs } from './jobs.ts';
import { operateIn } from './operate.ts';
import { isPassing } from './problem.ts';
import { loadVersion } from './programs.ts';
import type { Sql, Store, Tx } from './store.ts';

/** People done by one job; the others are for the next. */
const peopleMax = 200;
/** People worked on at once by one job. */
const atOnceMax = 4;
/** Attempts of one such job; it waits longer after each. */
const bulkAttemptsMax = 14;
/** Inputs that nobody made: after them a move can still be undone. */
const ofTheirOwn = ['time', 'run-finished', 'run-failed', 'told', 'joined', 'held', 'unsent'];

export type BulkJob = { workspace: string; bulk: string };

/** The job that goes on with a bulk move. */
export async function addBulkJob(store: Store, sql: Sql, bulk: string): Promise<void> {
  const payload: BulkJob = { workspace: store.workspace, bulk };
  const key = `bulk:${store.workspace}:${bulk}`;
  await addQueueJobs(sql, [{ task: 'bulk', payload, key, attempts: bulkAttemptsMax, priority: 2 }]);
}

/** Does a bulk move for the next people, and leaves the others to the next job. */
export async function workOnBulk(store: Store, { bulk: id }: BulkJob): Promise<void> {
  const bulk = await readBulk(store, store.sql, id);
  const undoing = bulk.status === 'undoing';
  if (!undoing && bulk.status !== 'applying') return;
  const left = await store.sql<{ enrollment: string }[]>`
    select enrollment_id as enrollment from bulk_move_people
    where workspace_id = ${store.workspace} and bulk_id = ${id} and status = ${undoing ? 'done' : 'ready'}
    order by enrollment_id limit ${peopleMax}`;
  const next = left.values();
  const work = async (): Promise<void> => {
    for (const { enrollment } of next) await doOne(store, bulk, enrollment);
  };
  await Promise.all(Array.from({ length: atOnceMax }, work));
  if (left.length === peopleMax) return addBulkJob(store, store.sql, id);
  await store.sql`
    update bulk_moves set status = ${undoing ? 'undone' : 'applied'}
    where workspace_id = ${store.workspace} and id = ${id} and status = ${bulk.status}
      and not exists (select 1 from bulk_move_people
        where workspace_id = ${store.workspace} and bulk_id = ${id} and status = ${undoing ? 'done' : 'ready'})`;
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

async function doOne(store: Store, bulk: Bulk, enrollment: string): Promise<void> {
  const undoing = bulk.status === 'undoing';
  try {
    await store.sql.begin(async (tx) => {
      const [locked] = await lockEnrollments(store, tx, [enrollment]);
      const person = await lockPerson(store, tx, bulk, enrollment);
      // Another job was quicker.
      if (locked === undefined || person.status !== (undoing ? 'done' : 'ready')) return;
      await (undoing ? undo(store, tx, bulk, locked, person) : apply(store, tx, bulk, locked, person));
    });
  } catch (error) {
    // The database, or the way to it: the job is done again.
    if (!(error instanceof Refusal) && isPassing(error)) throw error;
    const why = error instanceof Refusal ? error.message : damageText(error);
    await tell(store, store.sql, bulk, enrollment, undoing ? 'stayed' : 'refused', why);
  }
}

type Person = {
  status: BulkPersonStatus;
  stage: string;
  seq_after: number | null;
  before: { until?: number | null; reason?: string };
};

async function lockPerson(store: Store, tx: Tx, bulk: Bulk, enrollment: string): Promise<Person> {
  const [row] = await tx<Person[]>`
    select status, stage, seq_after, before from bulk_move_people
    where workspace_id = ${store.workspace} and bulk_id = ${bulk.id} and enrollment_id = ${enrollment} for update`;
  return row as Person;
}

async function apply(store: Store, tx: Tx, bulk: Bulk, locked: LockedEnrollment, { stage }: Person): Promise<void> {
  const { facts } = locked.state;
  if (facts.finished === null && locked.state.stage !== stage)
    throw new Refusal('conflict', `They have gone on to ${locked.state.stage} since the preview.`);
  const { deed, reason, id } = bulk;
  const by = bulk.appliedBy ?? bulk.by;
  const input = bulkInput(deed, { id: `bulk:${id}`, reason, by });
  const { seq, rows } = await operateIn(store, tx, locked, [input], by, {
    action: deed.action,
    reason,
    details: { bulk: id },
  });
  const program = await loadVersion(store, tx, locked.program, locked.version);
  const before = facts.paused ? { until: facts.paused.until, reason: facts.paused.reason } : {};
  await tx`
    update bulk_move_people set status = 'done', outcome = ${outcomeText(program, rows, facts.zone)}, seq_after = ${seq},
      before = ${JSON.stringify(before)}::text::json
    where workspace_id = ${store.workspace} and bulk_id = ${id} and enrollment_id = ${locked.id}`;
}

async function undo(store: Store, tx: Tx, bulk: Bulk, locked: LockedEnrollment, person: Person): Promise<void> {
  const since = await happenedSince(store, tx, locked.id, person.seq_after ?? 0);
  if (since && bulk.deed.action === 'move')
    throw new Refusal('conflict', 'Something has happened since: they stay where they are.');
  const { id, reason } = bulk;
  const by = bulk.undoneBy ?? bulk.by;
  const input = undoing(bulk, locked, person, { id: `bulk:${id}:undo`, by });
  const { rows } = await operateIn(store, tx, locked, [input], by, {
    action: `undo-${bulk.deed.action}`,
    reason,
    details: { bulk: id },
  });
  const program = await loadVersion(store, tx, locked.program, locked.version);
  await tell(store, tx, bulk, locked.id, 'undone', outcomeText(program, rows, locked.state.facts.zone));
}

/** The input that brings one person back to how they were. */
function undoing(
  { reason, deed, appliedBy }: Bulk,
  { state }: LockedEnrollment,
  { stage, before }: Person,
  how: { id: string; by: string },
): Input {
  if (deed.action === 'move') return { type: 'move', to: stage, reason, back: true, ...how };
  if (deed.action === 'pause') {
    // Another pause than ours is not ours to end.
    if (state.facts.paused?.reason !== reason || state.facts.paused.by !== appliedBy)
      throw new Refusal('conflict', 'The pause is over, or another one has begun since.');
    return { type: 'resume', ...how };
  }
  const until = before.until ?? undefined;
  return { type: 'pause', reason: before.reason ?? reason, ...(until === undefined ? {} : { until }), ...how };
}

/** Whether anybody has done anything since a row: the person, an operator, a service. */
async function happenedSince(store: Store, tx: Tx, enrollment: string, seq: number): Promise<boolean> {
  const [row] = await tx`
    select 1 from timeline
    where workspace_id = ${store.workspace} and enrollment_id = ${enrollment} and seq > ${seq} and kind = 'input'
      and entry->'input'->>'type' <> all (${ofTheirOwn}) limit 1`;
  return row !== undefined;
}

async function tell(
  store: Store,
  sql: Sql,
  bulk: Bulk,
  enrollment: string,
  status: BulkPersonStatus,
  outcome: string,
): Promise<void> {
  await sql`
    update bulk_move_people set status = ${status}, outcome = ${outcome}
    where workspace_id = ${store.workspace} and bulk_id = ${bulk.id} and enrollment_id = ${enrollment}`;
}
