/**
 * What is kept only so long: a day's work, done in small batches, for every workspace.
 *
 * Timelines are kept for ever, as the state is their fold; erasing a person is another matter
 * (`erase-person.ts`). The texts of conversations, records of runs and sweeps, plans of versions and bulk moves, and
 * what is needed only to know repeats go when their time is over. A workspace may keep the first three shorter or
 * longer.
 */
import { Refusal } from '../control.ts';
import { addAudit } from './audit.ts';
import { note } from './notes.ts';
import type { Store } from './store.ts';

/** How many days things are kept where the workspace says nothing; null: for ever. */
export const keptDays = { messages: null, runs: 400, sweeps: 30 } as const;
/** Kept for every workspace alike: repeats of vendors' events, answers to repeats, what signing in leaves. */
const channelEventDays = 14;
const answerDays = 2;
/** Plans of versions and bulk moves that were only looked at; and those that were done, by which they are undone. */
const lookedAtDays = 7;
const plansDays = 90;
/** How often it is looked whether something's time is over. */
export const retentionIntervalMs = 60 * 60_000;
/** Rows removed in one statement, and statements of one look; the rest is for the next. */
const batchMax = 5_000;
const batchesMax = 20;
/** Plans, and bulk moves, that one look removes, each with all its people. */
const plansMax = 20;
const daysMax = 36_500;

export type Kept = keyof typeof keptDays;
export type Retention = Partial<Record<Kept, number | null>>;

/**
 * Removes in every workspace what need not be kept any more. Any number of workers may do it at once. With the owner's
 * connections: those of each workspace would all be opened for it. Where it fails in one, the others are done, and the
 * first failure is thrown at the end.
 */
export async function removeOld(store: Store): Promise<void> {
  const workspaces = await store.queue<{ id: string; retention: Retention }[]>`select id, retention from workspaces`;
  const failures: unknown[] = [];
  for (const { id, retention } of workspaces) {
    const kept = { ...keptDays, ...retention };
    await removeOldOf({ ...store, workspace: id }, kept).catch((error) => failures.push(error));
  }
  if (failures.length > 0) throw failures[0];
}

async function removeOldOf(store: Store, kept: Record<Kept, number | null>): Promise<void> {
  const { queue: sql } = store;
  const here = sql`workspace_id = ${store.workspace}`;
  const before = agoIn(sql);
  const rules: [what: string, table: string, old: ReturnType<typeof sql> | null][] = [
    // What waits to be sent is not old, however long ago it was written.
    [
      'messages',
      'messages',
      kept.messages === null
        ? null
        : sql`at < ${before(kept.messages)} and status not in ('held', 'queued', 'sending')`,
    ],
    ['runs', 'agent_runs', kept.runs === null ? null : sql`finished_at < ${before(kept.runs)}`],
    ['sweeps', 'sweeps', kept.sweeps === null ? null : sql`at < ${before(kept.sweeps)}`],
    ['channel-events', 'channel_events', sql`received_at < ${before(channelEventDays)}`],
    ['answers', 'idempotency_keys', sql`begun_at < ${before(answerDays)}`],
    ['sessions', 'sessions', sql`expires_at < now()`],
    ['sign-in-codes', 'sign_in_codes', sql`expires_at < ${before(1)}`],
  ];
  for (const [what, table, old] of rules) {
    if (old === null) continue;
    let rows = 0;
    for (let batch = 0; batch < batchesMax; batch++) {
      const { count } = await sql`
        delete from ${sql(table)} where ${here} and ctid = any(array(
          select ctid from ${sql(table)} where ${here} and ${old} limit ${batchMax}))`;
      rows += count;
      if (count < batchMax) break;
    }
    if (rows > 0) note(store, { kind: 'tidied', what, rows });
  }
  await removePlans(store);
}

/** So many days ago by the database's clock: one worker whose clock is wrong must not remove what is to be kept. */
const agoIn = (sql: Store['queue']) => (days: number) => sql`clock_timestamp() - ${days} * interval '1 day'`;

/**
 * Each goes with the rows of its people in one statement, so that none is ever undone by half. Of every program the
 * plan that was applied last stays, and what is under way.
 */
async function removePlans(store: Store): Promise<void> {
  const { queue: sql } = store;
  const before = agoIn(sql);
  const here = sql`workspace_id = ${store.workspace}`;
  const old = {
    version_plans: sql`(status = 'planned' and created_at < ${before(lookedAtDays)})
      or (status = 'rolled-back' and rolled_back_at < ${before(plansDays)})
      or (status = 'applied' and applied_at < ${before(plansDays)} and exists (
        select from version_plans newer
        where newer.workspace_id = one.workspace_id and newer.program = one.program and newer.status = 'applied'
          and newer.applied_at > one.applied_at))`,
    bulk_moves: sql`(status = 'previewed' and created_at < ${before(lookedAtDays)})
      or (status in ('applied', 'undone') and coalesce(undone_at, applied_at) < ${before(plansDays)})`,
  };
  for (const [what, table, people, key] of [
    ['plans', 'version_plans', 'version_plan_people', 'plan_id'],
    ['bulk-moves', 'bulk_moves', 'bulk_move_people', 'bulk_id'],
  ] as const) {
    let rows = 0;
    for (; rows < plansMax; rows += 1) {
      const { count } = await sql`
        with gone as (select id from ${sql(table)} one where ${here} and (${old[table]}) limit 1 for update skip locked),
          theirs as (delete from ${sql(people)} where ${here} and ${sql(key)} in (select id from gone))
        delete from ${sql(table)} where ${here} and id in (select id from gone)`;
      if (count === 0) break;
    }
    if (rows > 0) note(store, { kind: 'tidied', what, rows });
  }
}

/** Sets how long a workspace keeps things; what is not named stays as it is. With the owner's connections. */
export async function setRetention(store: Store, workspace: string, wanted: Retention, by: string): Promise<void> {
  for (const [what, days] of Object.entries(wanted)) {
    if (days === null || (Number.isInteger(days) && days >= 1 && days <= daysMax)) continue;
    throw new Refusal('malformed', `${what} are kept for a whole number of days from 1 to ${daysMax}, or for ever.`);
  }
  await store.queue.begin(async (tx) => {
    const changed = await tx`
      update workspaces set retention = retention || ${tx.json(wanted)} where id = ${workspace}`;
    if (changed.count === 0) throw new Refusal('malformed', `There is no workspace ${workspace.slice(0, 60)}.`);
    const entry = { actor: by, action: 'set-retention', target: 'workspace', details: wanted };
    await addAudit({ ...store, workspace }, tx, entry);
  });
}
