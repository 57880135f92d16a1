/**
 * Writes what steps came to: the one way anything happens to an enrollment.
 *
 * One statement for any number of steps: states, timeline rows, messages, operator items, jobs and the
 * notifications of live pages. Each step is written only onto the state it was taken from: either the
 * caller holds the lock on the enrollment, or hears that somebody else was quicker.
 */
import type { Input } from '../inputs.ts';
import type { State } from '../state.ts';
import type { StepResult } from '../step.ts';
import type { TimelineEntry, TimelineRow } from '../timeline.ts';
import { closedBy, closeItems, insertItems, itemsOf } from './items.ts';
import { jobsOf, queueJobsOfSteps } from './jobs.ts';
import { insertMessages, lockPeople, messagesOf } from './messages.ts';
import { isoOf } from './moments.ts';
import { pack, sendNotices } from './notices.ts';
import { bearsOnHeld, lookAgainAfter } from './outbox.ts';
import type { Sql, Store } from './store.ts';

export type Stepped = {
  enrollment: { id: string; person: string; program: string };
  input: Input;
  result: StepResult;
  /** ms; the moment of the step. */
  at: number;
};

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
 * in a transaction, which then has to end. `unlocked`: they were taken from states that nobody has locked, of people
 * who had not finished; who was erased meanwhile has finished, perhaps with as many rows. Throws `Superseded`, and the
 * driver's errors.
 */
export async function writeSteps(
  store: Store,
  sql: Sql,
  steps: readonly Stepped[],
  { unlocked = false }: { unlocked?: boolean } = {},
): Promise<void> {
  if (steps.length === 0) return;
  const changed = steps.filter((one) => one.result.rows.length > 0);
  const messages = messagesOf(changed);
  const eventful = changed.filter(bearsOnHeld);
  const people = [...messages.map((row) => row.person_id), ...eventful.map(({ enrollment }) => enrollment.person)];
  const closed = closedBy(changed);
  const items = itemsOf(changed, closed);
  const jobs = changed.flatMap((one) => jobsOf(store.workspace, one));
  const notices = pack(
    changed.map(({ enrollment: { id, person, program } }) => ({
      workspace: store.workspace,
      person,
      program,
      enrollment: id,
    })),
  );
  const none = sql``;
  // What only selects is not done unless somebody looks at what it gives. States come first, and with them the locks.
  try {
    await sql`
      with stepped as (${writeStates(store, sql, steps, unlocked)}),
      unlisted as (${unlist(store, sql)}), listed as (${list(store, sql)})
      ${changed.length === 0 ? none : sql`, lines as (${insertTimeline(store, sql, changed)})`}
      ${people.length === 0 ? none : sql`, held as materialized (${lockPeople(store, sql, people)})`}
      ${eventful.length === 0 ? none : sql`, looked_at as (${lookAgainAfter(store, sql, eventful)})`}
      ${messages.length === 0 ? none : sql`, said as (${insertMessages(store, sql, messages)})`}
      ${items.length === 0 ? none : sql`, asked as (${insertItems(store, sql, items)})`}
      ${closed.length === 0 ? none : sql`, closed as (${closeItems(store, sql, closed)})`}
      ${jobs.length === 0 ? none : sql`, queued as (${queueJobsOfSteps(sql, jobs)})`}
      ${notices.length === 0 ? none : sql`, told as (${sendNotices(sql, notices)})`}
      select all_or_nothing((select count(*) from stepped), ${steps.length})
      ${jobs.length === 0 ? none : sql`, (select count(*) from queued)`}
      ${notices.length === 0 ? none : sql`, (select count(*) from told)`}`;
  } catch (error) {
    if ((error as { code?: unknown }).code === supersededCode) throw new Superseded();
    throw error;
  }
}

function writeStates(store: Store, sql: Sql, steps: readonly Stepped[], unlocked: boolean) {
  const results = steps.map(({ result }) => result);
  const states = results.map(({ state }) => state);
  return sql`
    update enrollments e set
      state = x.state::json, stage = x.stage, seq = x.seq, status = x.status, cohort = x.cohort, in_run = x.in_run,
      next_due_at = x.next_due_at, sweep_at = x.next_due_at, listed_seq = x.seq,
      sweep_rank = case when x.last_reviewed_at is null then 0 else 1 end, last_reviewed_at = x.last_reviewed_at,
      finished_at = x.finished_at, stepped_at = x.stepped_at, failures = 0, failing = null
    from enrollments was, unnest(${steps.map(({ enrollment }) => enrollment.id)}::text[],
      ${results.map(({ state, rows }) => state.seq - rows.length)}::integer[],
      string_to_array(${linesOf(states.map(changingLast))}, E'\\n'),
      ${states.map(({ stage }) => stage)}::text[],
      ${states.map(({ seq }) => seq)}::integer[],
      ${states.map(({ facts }) => (facts.finished === null ? 'active' : 'finished'))}::text[],
      ${results.map(({ cohort }) => cohort)}::text[],
      ${states.map(({ facts }) => String(facts.run !== null))}::text[]::boolean[],
      ${results.map(({ nextDueAt }) => isoOf(nextDueAt))}::text[]::timestamptz[],
      ${states.map(({ facts }) => isoOf(facts.review.lastAt))}::text[]::timestamptz[],
      ${states.map(({ facts }) => isoOf(facts.finished?.at ?? null))}::text[]::timestamptz[],
      ${steps.map(({ at }) => isoOf(at))}::text[]::timestamptz[])
      as x(id, before, state, stage, seq, status, cohort, in_run, next_due_at, last_reviewed_at, finished_at, stepped_at)
    where e.workspace_id = ${store.workspace} and e.id = x.id and e.seq = x.before
      ${unlocked ? sql`and e.status = 'active'` : sql``}
      and was.workspace_id = e.workspace_id and was.id = e.id
    returning e.id, e.program, e.sweep_rank as rank, e.sweep_at as at, was.sweep_rank as rank_before,
      was.sweep_at as at_before`;
}

/** Of those stepped: who is due at another time than before, as far as the list of who is due goes (`claim.ts`). */
const listsAnew = (sql: Sql) => sql`(s.rank_before, s.at_before) is distinct from (s.rank, s.at)`;

/** Takes them out of the list. */
function unlist(store: Store, sql: Sql) {
  return sql`
    delete from due d using stepped s
    where d.workspace_id = ${store.workspace} and d.program = s.program and d.rank = s.rank_before and d.at = s.at_before
      and d.enrollment_id = s.id and ${listsAnew(sql)}`;
}

/** Puts them into it again. */
function list(store: Store, sql: Sql) {
  return sql`
    insert into due (workspace_id, program, rank, at, enrollment_id)
    select ${store.workspace}, s.program, s.rank, s.at, s.id from stepped s
    where s.at is not null and ${listsAnew(sql)} and not exists (
      select from due d where d.workspace_id = ${store.workspace} and d.program = s.program and d.rank = s.rank
        and d.at = s.at and d.enrollment_id = s.id)`;
}

function insertTimeline(store: Store, sql: Sql, steps: readonly Stepped[]) {
  const ids: string[] = [];
  const rows: TimelineRow[] = [];
  const entries: TimelineEntry[] = [];
  for (const { enrollment, result } of steps) {
    for (const row of result.rows) {
      const { seq: _seq, at: _at, cause: _cause, ...entry } = row;
      ids.push(enrollment.id);
      rows.push(row);
      entries.push(entry);
    }
  }
  return sql`
    insert into timeline (workspace_id, enrollment_id, seq, at, cause, kind, input_id, entry)
    select ${store.workspace}, x.enrollment_id, x.seq, x.at, x.cause, x.kind, x.input_id, x.entry::json
    from unnest(${ids}::text[],
      ${rows.map((row) => row.seq)}::integer[],
      ${rows.map((row) => isoOf(row.at))}::text[]::timestamptz[],
      ${rows.map((row) => row.cause)}::integer[],
      ${rows.map((row) => row.kind)}::text[],
      ${rows.map(inputIdOf)}::text[],
      string_to_array(${linesOf(entries)}, E'\\n'))
      as x(enrollment_id, seq, at, cause, kind, input_id, entry)`;
}

/**
 * The id by which a repeat of the input is known. The time has none: it follows from the row's number, which is
 * taken once, and no id from outside may ever stand in its way.
 */
function inputIdOf(row: TimelineRow): string | null {
  return row.kind === 'input' && row.input.type !== 'time' ? row.input.id : null;
}

/**
 * What each step changes stands last, and most of the facts before it: of a row that is rewritten in its page Postgres
 * logs what lies between the first and the last byte that are others.
 */
const changingLast = ({ enrollment, stage, facts, at, seq }: State): State => ({ enrollment, stage, facts, at, seq });

/** JSON of many rows as one text, a line each: Postgres takes it apart twice as fast as anything else. */
const linesOf = (values: readonly unknown[]): string => values.map((value) => JSON.stringify(value)).join('\n');
