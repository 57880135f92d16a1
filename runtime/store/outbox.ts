/**
 * The outbox: messages on their way to people, and what waits there for its time.
 *
 * A message is `held` (waits for its time), `queued` (leaves in its turn), `sending` (handed to a channel, which
 * has not answered), then `sent`, `failed`, `withdrawn`, or `in-app` (shown in the web chat only). Nothing is
 * scheduled: `send_at` says when a held one is looked at again, and whoever looks gives its person a job. What
 * has happened meanwhile, to the program or to the person, only brings that moment nearer.
 */
import type { OutboxMessage } from '../control.ts';
import type { TimelineRow } from '../timeline.ts';
import { clockNow } from './clock.ts';
import { addQueueJobs, deliverJob, type WakeJob } from './jobs.ts';
import { heldAtOnceMax, pageMax, unsentAtOnceMax } from './limits.ts';
import { isoOf } from './moments.ts';
import { lockOutbox } from './outbox-rows.ts';
import { readPerson } from './people.ts';
import type { StepRows } from './step-rows.ts';
import type { Stepped } from './stepped.ts';
import type { Sql, Store, Tx } from './store.ts';

/**
 * Gives a job to each person for whom something held is due, also what was held for a pause that is over. Of all
 * workspaces; gives how many there were.
 */
export async function dispatchHeld(store: Store): Promise<number> {
  await wakePaused(store);
  const due = await store.queue<{ workspace: string; person: string; message: string }[]>`
    select distinct on (w.id, held.person_id) w.id as workspace, held.person_id as person, held.id as message
    from workspaces w
    cross join lateral (select now_in(w.id, ${store.clock}) as at offset 0) now
    cross join lateral (
      select m.person_id, m.id, m.position from messages m
      where m.workspace_id = w.id and m.status = 'held' and m.send_at <= now.at
      order by m.send_at limit ${heldAtOnceMax}) held
    where not exists (
      select from graphile_worker.jobs
      where key = 'deliver:' || w.id || ':' || held.person_id || ':' || held.id)
    order by w.id, held.person_id, held.position`;
  await addQueueJobs(
    store.queue,
    due.map(({ workspace, person, message }) => deliverJob(workspace, person, message)),
  );
  return due.length;
}

/**
 * What waited for the end of a pause of its program, or of the workspace. Looked for, and not told by whoever ends it:
 * so none is missed that was held in that very moment, and nobody who is paused is looked at.
 */
async function wakePaused(store: Store): Promise<void> {
  await store.queue`
    with over as (
      select m.workspace_id, m.position from messages m
      join workspaces w on w.id = m.workspace_id
      join programs p on p.workspace_id = m.workspace_id and p.name = m.program
      where m.status = 'held' and m.send_at is null and not m.until_resumed
        and p.paused_at is null and w.paused_at is null
      limit ${heldAtOnceMax} for update of m skip locked)
    update messages m set send_at = now_in(m.workspace_id, ${store.clock})
    from over where m.workspace_id = over.workspace_id and m.position = over.position`;
}

/**
 * What waited for the end of a person's pause is looked at now. A job, under the lock on the person, and not part of
 * the step that ends it: that one cannot see what is being held in the very moment.
 */
export async function wakeResumed(store: Store, { person, enrollment }: WakeJob): Promise<void> {
  await store.sql.begin(async (tx) => {
    await lockOutbox(store, tx, person);
    await tx`
      update messages set send_at = ${new Date(await clockNow(store, tx))}, until_resumed = false
      where workspace_id = ${store.workspace} and enrollment_id = ${enrollment} and status = 'held' and until_resumed`;
  });
}

/**
 * The same for everybody whose pause is over, in all workspaces: looked for now and then, since processes of the
 * version before end a pause without that job.
 */
export async function wakeForgotten(store: Store): Promise<void> {
  await store.queue`
    update messages m set send_at = now_in(m.workspace_id, ${store.clock}), until_resumed = false
    from enrollments e
    where m.status = 'held' and m.until_resumed and e.workspace_id = m.workspace_id and e.id = m.enrollment_id
      and (e.status = 'finished' or (e.state->'facts'->'paused') is null)`;
}

/**
 * Gives a job to whoever has a message on its way that has none: somebody has put the queue in order by hand, or only
 * the rest of the database was restored. Of all workspaces; gives how many there were.
 */
export async function sendForgotten(store: Store): Promise<number> {
  const left = await store.queue<{ workspace: string; person: string; message: string }[]>`
    select distinct on (m.workspace_id, m.person_id) m.workspace_id as workspace, m.person_id as person, m.id as message
    from messages m
    where m.direction = 'out' and m.status in ('queued', 'sending') and not exists (
      select from graphile_worker.jobs
      where key = 'deliver:' || m.workspace_id || ':' || m.person_id || ':' || m.id)
    order by m.workspace_id, m.person_id, m.position limit ${unsentAtOnceMax}`;
  await addQueueJobs(
    store.queue,
    left.map(({ workspace, person, message }) => deliverJob(workspace, person, message)),
  );
  return left.length;
}

/** When something held, or a run that waits for its turn, is looked at next (ms); `Infinity` when nothing waits. */
export async function nextHeldAt(store: Store): Promise<number> {
  const [row] = await store.sql<{ at: Date | null }[]>`
    select least(
      (select min(send_at) from messages where workspace_id = ${store.workspace} and status = 'held'),
      (select min(e.run_waits_until) from runs_in_hand r
        join enrollments e on e.workspace_id = r.workspace_id and e.id = r.enrollment_id
        join programs p on p.workspace_id = e.workspace_id and p.name = e.program
        join workspaces w on w.id = e.workspace_id
        where e.workspace_id = ${store.workspace} and e.in_run and p.paused_at is null and w.paused_at is null)) as at`;
  return row?.at?.getTime() ?? Number.POSITIVE_INFINITY;
}

/** After these rows what was written for the person may have lost its reason, or its obstacle. */
const telling: ReadonlySet<TimelineRow['kind']> = new Set([
  'entered',
  'finished',
  'answered',
  'unanswered',
  'withdrawn',
]);

/** Whether a step bears on what is held for its person. */
export const bearsOnHeld = ({ input, result }: Stepped): boolean =>
  input.type === 'message' || input.type === 'answer' || result.rows.some(({ kind }) => telling.has(kind));

/** The update by which what is held from these enrollments is looked at again now; people must be `held`. */
export function lookAgainAfter(store: Store, sql: Sql, steps: readonly StepRows[]) {
  return sql`
    update messages m set send_at = x.at
    from unnest(${steps.map(({ enrollment }) => enrollment.id)}::text[],
      ${steps.map(({ at }) => isoOf(at))}::text[]::timestamptz[]) as x(enrollment, at)
    where m.workspace_id = ${store.workspace} and m.enrollment_id = x.enrollment and m.status = 'held' and m.send_at > x.at
      and (select count(*) from held) > 0`;
}

/** All that is held for a person is planned anew at `at` (ms). */
export async function planAnew(store: Store, tx: Tx, person: string, at: number): Promise<void> {
  await lockOutbox(store, tx, person);
  await tx`
    update messages set send_at = ${new Date(at)}
    where workspace_id = ${store.workspace} and person_id = ${person} and status = 'held' and send_at > ${new Date(at)}`;
}

/** What is on its way to a person, in the order in which it was written; the newest `pageMax`. */
export async function outbox(store: Store, person: string): Promise<OutboxMessage[]> {
  await readPerson(store, store.sql, person);
  type Row = Omit<OutboxMessage, 'writtenAt' | 'sendAt'> & { at: Date; send_at: Date | null };
  const rows = await store.sql<Row[]>`
    select m.id, m.program, v.ir->>'title' as "programTitle", m.enrollment_id as enrollment, m.text, m.reason,
      m.status as state, m.at, case when m.status = 'held' then m.send_at end as send_at, m.why
    from messages m
    cross join lateral (
      select ir from program_versions v where v.workspace_id = m.workspace_id and v.program = m.program
      order by version desc limit 1) v
    where m.workspace_id = ${store.workspace} and m.person_id = ${person} and m.direction = 'out'
      and m.status in ('held', 'queued', 'sending')
    order by m.position desc limit ${pageMax}`;
  return rows
    .map(({ at, send_at, ...row }) => ({ ...row, writtenAt: at.getTime(), sendAt: send_at?.getTime() ?? null }))
    .reverse();
}
