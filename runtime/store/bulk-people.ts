/**
 * Does a bulk move for its next people, or undoes it: many in one transaction, set by set as the sweep does.
 *
 * Each is locked and looked at again, as things stand now, and stepped in memory; states, timelines, audit rows and
 * their rows of the bulk move are written together. So a transaction that is cut short has done nothing, and nobody
 * is done twice. Who cannot be moved is told why and stays as they are; `bulk-jobs.ts` sees to who cannot be written.
 */
import { bulkInput, damageText, outcomeText } from '../bulk-outcome.ts';
import { Refusal } from '../control.ts';
import type { Input } from '../inputs.ts';
import type { Bulk, BulkPersonStatus } from '../operator-control.ts';
import { step } from '../step.ts';
import { type AuditEntry, addAudits } from './audit.ts';
import { clockNow } from './clock.ts';
import type { LockedEnrollment } from './committed.ts';
import { isPassing, problemOf } from './problem.ts';
import { loadVersion } from './programs.ts';
import type { Stepped } from './stepped.ts';
import type { Store, Tx } from './store.ts';
import { writeSteps } from './write-steps.ts';

/** Inputs that nobody made: after them a move can still be undone. */
const ofTheirOwn = ['time', 'run-finished', 'run-failed', 'told', 'joined', 'held', 'unsent'];

/** Somebody whose turn it is, with what their row of the bulk move says. */
type Chosen = LockedEnrollment & {
  /** Where they were when it was looked at. */
  wasIn: string;
  seqAfter: number | null;
  before: { until?: number | null; reason?: string };
  /** Somebody has done something since it was done: the person, an operator, a service. */
  hasGoneOn: boolean;
};

type Outcome = {
  enrollment: string;
  status: BulkPersonStatus;
  outcome: string;
  seqAfter: number | null;
  before: Chosen['before'];
  stepped: Stepped | null;
};

/** Does the next people; gives how many there were. `only`: this one. Who is locked has their turn later. */
export function doNext(store: Store, bulk: Bulk, limit: number, only?: string): Promise<number> {
  return store.sql.begin(async (tx) => {
    const now = await clockNow(store, tx);
    const chosen = await choose(store, tx, bulk, limit, only);
    const outcomes: Outcome[] = [];
    for (const one of chosen) outcomes.push(await doOne(store, tx, bulk, one, now));
    const done = outcomes.filter(({ stepped }) => stepped !== null);
    await writeSteps(
      store,
      tx,
      done.flatMap(({ stepped }) => stepped ?? []),
    );
    await addAudits(
      store,
      tx,
      done.map(({ enrollment }) => auditOf(bulk, enrollment)),
    );
    await writeOutcomes(store, tx, bulk, outcomes);
    return chosen.length;
  }) as Promise<number>;
}

/** The people whose turn it is, in the order in which they are taken. */
export async function nextPeople(store: Store, bulk: Bulk, limit: number): Promise<string[]> {
  const rows = await store.sql<{ id: string }[]>`
    select enrollment_id as id from bulk_move_people
    where workspace_id = ${store.workspace} and bulk_id = ${bulk.id} and status = ${turnOf(bulk)}
    order by enrollment_id limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Somebody for whom it cannot be written: the others go on. */
export async function leaveOut(store: Store, bulk: Bulk, enrollment: string, problem: unknown): Promise<void> {
  await store.sql`
    update bulk_move_people set status = ${failingAs(bulk)}, outcome = ${`It could not be written: ${problemOf(problem)}`}
    where workspace_id = ${store.workspace} and bulk_id = ${bulk.id} and enrollment_id = ${enrollment}
      and status = ${turnOf(bulk)}`;
}

const isUndoing = ({ status }: Bulk): boolean => status === 'undoing';
const turnOf = (bulk: Bulk): BulkPersonStatus => (isUndoing(bulk) ? 'done' : 'ready');
const failingAs = (bulk: Bulk): BulkPersonStatus => (isUndoing(bulk) ? 'stayed' : 'refused');

async function choose(store: Store, tx: Tx, bulk: Bulk, limit: number, only: string | undefined): Promise<Chosen[]> {
  const rows = await tx<(Omit<Chosen, 'steppedAt' | 'hasGoneOn'> & { stepped_at: Date })[]>`
    select e.id, e.program, e.version, e.person_id as person, e.state, e.stepped_at, p.stage as "wasIn",
      p.seq_after as "seqAfter", p.before
    from bulk_move_people p join enrollments e on e.workspace_id = p.workspace_id and e.id = p.enrollment_id
    where p.workspace_id = ${store.workspace} and p.bulk_id = ${bulk.id} and p.status = ${turnOf(bulk)}
      ${only === undefined ? tx`` : tx`and p.enrollment_id = ${only}`}
    order by p.enrollment_id limit ${limit} for update of e, p skip locked`;
  const goneOn = isUndoing(bulk) && bulk.deed.action === 'move' ? await whoWentOn(store, tx, rows) : new Set();
  return rows.map(({ stepped_at, ...row }) => ({
    ...row,
    steppedAt: stepped_at.getTime(),
    hasGoneOn: goneOn.has(row.id),
  }));
}

async function whoWentOn(
  store: Store,
  tx: Tx,
  rows: readonly Pick<Chosen, 'id' | 'seqAfter'>[],
): Promise<ReadonlySet<string>> {
  const found = await tx<{ id: string }[]>`
    select x.id from unnest(${rows.map(({ id }) => id)}::text[],
      ${rows.map(({ seqAfter }) => seqAfter ?? 0)}::integer[]) as x(id, seq)
    where exists (
      select from timeline t
      where t.workspace_id = ${store.workspace} and t.enrollment_id = x.id and t.seq > x.seq and t.kind = 'input'
        and t.entry->'input'->>'type' <> all (${ofTheirOwn}))`;
  return new Set(found.map(({ id }) => id));
}

async function doOne(store: Store, tx: Tx, bulk: Bulk, one: Chosen, now: number): Promise<Outcome> {
  const { id, program: name, version, state } = one;
  const row = { enrollment: id, seqAfter: one.seqAfter, before: one.before };
  try {
    const input = isUndoing(bulk) ? undoingInput(bulk, one) : applyingInput(bulk, one);
    const program = await loadVersion(store, tx, name, version);
    const at = Math.max(now, one.steppedAt);
    const result = step(program, state, input, at, id);
    const refused = result.rows.find((told) => told.kind === 'refused' && told.what === input.type);
    if (refused?.kind === 'refused') throw new Refusal('conflict', refused.why);
    const { paused, zone } = state.facts;
    return {
      ...row,
      status: isUndoing(bulk) ? 'undone' : 'done',
      outcome: outcomeText(program, result.rows, zone),
      ...(isUndoing(bulk)
        ? {}
        : { seqAfter: result.state.seq, before: paused ? { until: paused.until, reason: paused.reason } : {} }),
      stepped: { enrollment: one, input, result, at },
    };
  } catch (error) {
    // The database, or the way to it: the job is done again.
    if (isPassing(error)) throw error;
    const outcome = error instanceof Refusal ? error.message : damageText(error);
    return { ...row, status: failingAs(bulk), outcome, stepped: null };
  }
}

/** What is done to one person; refuses where it is not what was looked at any more. */
function applyingInput({ id, deed, reason, ...bulk }: Bulk, { state, wasIn }: Chosen): Input {
  if (state.facts.finished !== null)
    throw new Refusal('finished', 'This enrollment has finished: nothing can be changed.');
  if (state.stage !== wasIn) throw new Refusal('conflict', `They have gone on to ${state.stage} since the preview.`);
  return bulkInput(deed, { id: `bulk:${id}`, reason, by: bulk.appliedBy ?? bulk.by });
}

/** What brings one person back to how they were; refuses where that would undo what others have done since. */
function undoingInput(bulk: Bulk, { state, wasIn, before, hasGoneOn }: Chosen): Input {
  const { id, deed, reason, appliedBy } = bulk;
  const how = { id: `bulk:${id}:undo`, by: bulk.undoneBy ?? bulk.by };
  if (state.facts.finished !== null)
    throw new Refusal('finished', 'This enrollment has finished: nothing can be changed.');
  if (deed.action === 'move') {
    if (hasGoneOn) throw new Refusal('conflict', 'Something has happened since: they stay where they are.');
    return { type: 'move', to: wasIn, reason, back: true, ...how };
  }
  if (deed.action === 'pause') {
    // Another pause than ours is not ours to end.
    if (state.facts.paused?.reason !== reason || state.facts.paused.by !== appliedBy)
      throw new Refusal('conflict', 'The pause is over, or another one has begun since.');
    return { type: 'resume', ...how };
  }
  const until = before.until ?? undefined;
  return { type: 'pause', reason: before.reason ?? reason, ...(until === undefined ? {} : { until }), ...how };
}

function auditOf(bulk: Bulk, enrollment: string): AuditEntry {
  const { action } = bulk.deed;
  return {
    actor: (isUndoing(bulk) ? bulk.undoneBy : bulk.appliedBy) ?? bulk.by,
    action: isUndoing(bulk) ? `undo-${action}` : action,
    target: `enrollment:${enrollment}`,
    reason: bulk.reason,
    details: { bulk: bulk.id },
  };
}

async function writeOutcomes(store: Store, tx: Tx, bulk: Bulk, outcomes: readonly Outcome[]): Promise<void> {
  const rows = outcomes.map(({ stepped: _, ...row }) => row);
  if (rows.length === 0) return;
  await tx`
    update bulk_move_people p set status = x.status, outcome = x.outcome, seq_after = x."seqAfter", before = x.before
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as x(
      enrollment text, status text, outcome text, "seqAfter" integer, before json)
    where p.workspace_id = ${store.workspace} and p.bulk_id = ${bulk.id} and p.enrollment_id = x.enrollment
      and p.enrollment_id = any(${rows.map(({ enrollment }) => enrollment)})`;
}
