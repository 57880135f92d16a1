/**
 * One deed for many people: looked at first, then applied as jobs, and undone where that can be.
 *
 * The preview tries the very step that is done later and keeps what it would come to; what is applied is the
 * preview, person by person, each in a transaction with its audit row. Doing it is `bulk-jobs.ts`'s.
 */
import { bulkInput, damageText, tryInput } from '../bulk-outcome.ts';
import { Refusal } from '../control.ts';
import type { Input } from '../inputs.ts';
import type { Bulk, BulkDeed, BulkFilter, OperatorControl } from '../operator-control.ts';
import type { State } from '../state.ts';
import { addAudit, checkReason } from './audit.ts';
import { addBulkJob } from './bulk-jobs.ts';
import { readBulk } from './bulk-records.ts';
import { clockNow } from './clock.ts';
import { isPassing } from './problem.ts';
import { loadVersion, readVersion } from './programs.ts';
import type { Store, Tx } from './store.ts';

/** People of one bulk move. */
export const bulkPeopleMax = 10_000;
/** Enrollments tried at once in a preview. */
const triedAtOnce = 500;

/** Looks what a deed would do to each, and keeps it. Refuses more than `bulkPeopleMax` people. */
export async function previewBulk(store: Store, given: Parameters<OperatorControl['previewBulk']>[0]): Promise<Bulk> {
  const reason = checkReason(given.reason);
  const { deed, filter, by } = given;
  const { name } = await checkDeed(store, given.program, deed);
  if ((filter.ids?.length ?? 0) > bulkPeopleMax)
    throw new Refusal('too-large', `At most ${bulkPeopleMax} people at a time; these are ${filter.ids?.length}.`);
  const id = store.newId();
  await store.sql.begin(async (tx) => {
    const now = await clockNow(store, tx);
    await tx`
      insert into bulk_moves (workspace_id, id, action, program, parameters, reason, actor, status, created_at)
      values (${store.workspace}, ${id}, ${deed.action}, ${name}, ${JSON.stringify({ deed, filter })}::text::json, ${reason},
        ${by}, 'previewed', ${new Date(now)})`;
    await tryEach(store, tx, { id, program: name, deed, filter, reason, by, now });
  });
  return readBulk(store, store.sql, id);
}

/** The program; refuses a deed that the newest version knows nobody can have done to them. */
async function checkDeed(store: Store, program: string, deed: BulkDeed): Promise<{ name: string }> {
  const { name, ir } = await readVersion(store, store.sql, program);
  if (deed.action === 'move' && !Object.hasOwn(ir.stages, deed.to))
    throw new Refusal(
      'malformed',
      `${ir.title} has no stage ${deed.to.slice(0, 100)}; it has ${ir.stageOrder.join(', ')}.`,
    );
  if (deed.action === 'pause' && deed.until !== undefined && deed.until <= (await clockNow(store)))
    throw new Refusal('malformed', 'A pause can only end at a moment that lies ahead.');
  return { name };
}

type Trying = {
  id: string;
  program: string;
  deed: BulkDeed;
  filter: BulkFilter;
  reason: string;
  by: string;
  now: number;
};

/** `state` is as it is stored, however damaged. */
type Looked = { id: string; version: number; stage: string; state: State | null };

async function tryEach(store: Store, tx: Tx, { id, program, deed, filter, reason, by, now }: Trying): Promise<void> {
  const input = bulkInput(deed, { id: `bulk:${id}`, reason, by });
  let total = 0;
  for (let after = ''; ; ) {
    const page = await tx<Looked[]>`
      select id, version, stage, state from enrollments
      where workspace_id = ${store.workspace} and program = ${program} and status = 'active' and id > ${after}
        ${filter.stage === undefined ? tx`` : tx`and stage = ${filter.stage}`}
        ${filter.version === undefined ? tx`` : tx`and version = ${filter.version}`}
        ${filter.cohort === undefined ? tx`` : tx`and cohort = ${filter.cohort}`}
        ${filter.ids === undefined ? tx`` : tx`and id = any(${filter.ids})`}
      order by id limit ${triedAtOnce}`;
    const chosen = page.filter(
      ({ state }) => filter.paused === undefined || filter.paused === (state?.facts?.paused !== undefined),
    );
    total += chosen.length;
    if (total > bulkPeopleMax)
      throw new Refusal('too-large', `These are more than ${bulkPeopleMax} people: choose fewer, by stage or version.`);
    const rows = [];
    for (const one of chosen) {
      const { can, outcome } = await tryOne(store, tx, program, one, input, now);
      rows.push({ enrollment: one.id, status: can ? 'ready' : 'cannot', stage: one.stage, outcome });
    }
    await tx`
      insert into bulk_move_people (workspace_id, bulk_id, enrollment_id, status, stage, outcome)
      select ${store.workspace}, ${id}, x.enrollment, x.status, x.stage, x.outcome
      from json_to_recordset(${JSON.stringify(rows)}::text::json) as x(enrollment text, status text, stage text, outcome text)`;
    after = page.at(-1)?.id ?? after;
    if (page.length < triedAtOnce) return;
  }
}

/** Whoever it cannot even be tried with is told so, and spoils nobody else's preview. */
async function tryOne(
  store: Store,
  tx: Tx,
  program: string,
  { version, state }: Looked,
  input: Input,
  now: number,
): Promise<{ can: boolean; outcome: string }> {
  try {
    if (state === null) throw new Error('there is nothing.');
    return tryInput(await loadVersion(store, tx, program, version), state, input, now);
  } catch (error) {
    if (isPassing(error)) throw error;
    return { can: false, outcome: damageText(error) };
  }
}

/** Begins to apply it; what was applied before, or is being, stays as it is. */
export async function applyBulk(store: Store, { id, by }: { id: string; by: string }): Promise<Bulk> {
  await store.sql.begin(async (tx) => {
    const bulk = await readBulk(store, tx, id, true);
    if (bulk.status === 'undoing' || bulk.status === 'undone')
      throw new Refusal('conflict', 'It was undone: make a new preview.');
    // Asked for again while it is under way: where its job was given up, it goes on.
    if (bulk.status === 'applying') return addBulkJob(store, tx, id);
    if (bulk.status !== 'previewed') return;
    await tx`
      update bulk_moves set status = 'applying', applied_by = ${by}, applied_at = ${new Date(await clockNow(store, tx))}
      where workspace_id = ${store.workspace} and id = ${id}`;
    const { action } = bulk.deed;
    await addAudit(store, tx, {
      actor: by,
      action: `bulk-${action}`,
      target: `bulk:${id}`,
      reason: bulk.reason,
      details: { program: bulk.program, people: bulk.counts.ready },
    });
    await addBulkJob(store, tx, id);
  });
  return readBulk(store, store.sql, id);
}

/** Begins to undo it; refuses where people were taken out, or it was never applied. */
export async function undoBulk(store: Store, { id, by }: { id: string; by: string }): Promise<Bulk> {
  await store.sql.begin(async (tx) => {
    const bulk = await readBulk(store, tx, id, true);
    if (!bulk.undoable)
      throw new Refusal('conflict', 'Nobody who was taken out can be brought back: enroll them anew.');
    if (bulk.status === 'previewed' || bulk.status === 'applying')
      throw new Refusal('conflict', 'It has not been applied to everybody yet: there is nothing to undo.');
    if (bulk.status === 'undoing') return addBulkJob(store, tx, id);
    if (bulk.status !== 'applied') return;
    await tx`
      update bulk_moves set status = 'undoing', undone_by = ${by}, undone_at = ${new Date(await clockNow(store, tx))}
      where workspace_id = ${store.workspace} and id = ${id}`;
    await addAudit(store, tx, {
      actor: by,
      action: `undo-bulk-${bulk.deed.action}`,
      target: `bulk:${id}`,
      reason: bulk.reason,
      details: { program: bulk.program, people: bulk.counts.done },
    });
    await addBulkJob(store, tx, id);
  });
  return readBulk(store, store.sql, id);
}
