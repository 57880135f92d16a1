/**
 * Writes what steps came to: the one way anything happens to an enrollment.
 *
 * One statement for any number of steps: states, timeline rows, messages, operator items, jobs and the
 * notifications of live pages. Each step is written only onto the state it was taken from: either the
 * caller holds the lock on the enrollment, or hears that somebody else was quicker.
 */
import { columnsOf } from './columns.ts';
import { closeItems, insertItems } from './items.ts';
import { queueJobsOfSteps } from './jobs.ts';
import { insertMessages, lockPeople } from './messages.ts';
import { pack, sendNotices } from './notices.ts';
import { lookAgainAfter } from './outbox.ts';
import { rowsOf, type StepRows } from './step-rows.ts';
import type { Stepped } from './stepped.ts';
import type { Sql, Store } from './store.ts';
import { type Hold, listDue, unlistDue, writeStates } from './write-states.ts';

/** What `all_or_nothing` raises. */
const supersededCode = 'RG409';

/** Somebody else has stepped the enrollment meanwhile; nothing was written. */
export class Superseded extends Error {
  constructor() {
    super('The enrollment went on meanwhile.');
    this.name = 'Superseded';
  }
}

/**
 * Writes the results of steps, one for each enrollment: all of them, or none and throws. Several only
 * in a transaction, which then has to end. Throws `Superseded`, and the driver's errors.
 */
export function writeSteps(
  store: Store,
  sql: Sql,
  steps: readonly Stepped[],
  hold: Hold = { kind: 'locked' },
): Promise<void> {
  const rows = steps.map((one) => rowsOf(store.workspace, one));
  return writeRows(store, sql, rows, hold);
}

/** The same for steps whose rows have been worked out. */
export async function writeRows(store: Store, sql: Sql, steps: readonly StepRows[], hold: Hold): Promise<void> {
  if (steps.length === 0) return;
  const changed = steps.filter(({ timeline }) => timeline.length > 0);
  const messages = changed.flatMap((one) => one.messages);
  const eventful = changed.filter(({ looksAgain }) => looksAgain);
  const people = [...messages.map((row) => row.person_id), ...eventful.map(({ enrollment }) => enrollment.person)];
  const closed = changed.flatMap((one) => one.closed);
  const items = changed.flatMap((one) => one.items);
  const jobs = changed.flatMap((one) => one.jobs);
  const notices = pack(
    changed.map(({ enrollment: { id, person, program } }) => ({
      workspace: store.workspace,
      person,
      program,
      enrollment: id,
    })),
  );
  const none = sql``;
  // States come first, and with them the locks: whoever was slower adds no jobs and tells nobody.
  try {
    await sql`
      with stepped as (${writeStates(store, sql, steps, hold)}),
      unlisted as (${unlistDue(store, sql, hold)}), listed as (${listDue(store, sql, hold)})
      ${changed.length === 0 ? none : sql`, lines as (${insertTimeline(store, sql, changed)})`}
      ${people.length === 0 ? none : sql`, held as materialized (${lockPeople(store, sql, people)})`}
      ${eventful.length === 0 ? none : sql`, looked_at as (${lookAgainAfter(store, sql, eventful)})`}
      ${messages.length === 0 ? none : sql`, said as (${insertMessages(store, sql, messages)})`}
      ${items.length === 0 ? none : sql`, asked as (${insertItems(store, sql, items)})`}
      ${closed.length === 0 ? none : sql`, closed as (${closeItems(store, sql, closed)})`}
      select all_or_nothing((select count(*) from stepped), ${steps.length})
      ${jobs.length === 0 ? none : sql`, (${queueJobsOfSteps(sql, jobs)})`}
      ${notices.length === 0 ? none : sql`, (${sendNotices(sql, notices)})`}`;
  } catch (error) {
    if ((error as { code?: unknown }).code === supersededCode) throw new Superseded();
    throw error;
  }
}

function insertTimeline(store: Store, sql: Sql, steps: readonly StepRows[]) {
  const of = columnsOf(
    sql,
    steps.flatMap(({ enrollment, timeline }) => timeline.map((line) => ({ enrollment: enrollment.id, line }))),
  );
  return sql`
    insert into timeline (workspace_id, enrollment_id, seq, at, cause, kind, input_id, entry)
    select ${store.workspace}, x.enrollment_id, x.seq, x.at, x.cause, x.kind, x.input_id, x.entry::json
    from unnest(
      ${of(({ enrollment }) => enrollment)}, ${of(({ line }) => line.seq)}::integer[],
      ${of(({ line }) => line.at)}::timestamptz[], ${of(({ line }) => line.cause)}::integer[],
      ${of(({ line }) => line.kind)}, ${of(({ line }) => line.inputId)}, ${of(({ line }) => line.json)})
      as x(enrollment_id, seq, at, cause, kind, input_id, entry)`;
}
