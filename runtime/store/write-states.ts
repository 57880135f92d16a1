/**
 * The states of steps as statements: the enrollments' rows, and the list of who is due (`claim.ts`).
 *
 * Each is written only onto the state from which the step was taken. `writeStates` has to stand as `stepped` before
 * `unlistDue` and `listDue`, which go by what it gives.
 */
import { columnsOf } from './columns.ts';
import { isoOf } from './moments.ts';
import type { StepRows } from './step-rows.ts';
import type { Sql, Store } from './store.ts';

/**
 * Where the rows of a claimed enrollment lie, as Postgres names places, in `enrollments` and in `due`: they stay there
 * while the claim's transaction holds the lock. To go there costs a fraction of looking for them.
 */
export type Place = { enrollment: string; due: string };

/**
 * How the enrollments are held while they are written. `locked`, `claimed`: the caller has locked them, in the second
 * case by a claim. `unlocked`: not at all. Then an enrollment is written only where it is as it was read, had not
 * finished, and nobody has put it off meanwhile: who was erased meanwhile has finished, perhaps with as many rows.
 */
export type Hold =
  | { kind: 'locked' }
  | { kind: 'unlocked'; answered?: Answered }
  | { kind: 'claimed'; places: readonly Place[] };

/** Who does a run that a step starts, without a job; and the run. */
export type Answered = { by: string; run: string };

export function writeStates(store: Store, sql: Sql, steps: readonly StepRows[], hold: Hold) {
  const claimed = hold.kind === 'claimed';
  const of = columnsOf(sql, steps);
  const lies = columnsOf(sql, claimed ? hold.places : []);
  const none = sql``;
  const answered = hold.kind === 'unlocked' ? hold.answered : undefined;
  const marks = answered ? sql`, answered_by = ${answered.by}, answered_run = ${answered.run}` : none;
  return sql`
    update enrollments e set
      state = x.state::json, stage = x.stage, seq = x.seq, cohort = x.cohort, in_run = x.in_run,
      status = case when x.finished_at is null then 'active' else 'finished' end,
      next_due_at = x.next_due_at, sweep_at = x.next_due_at, listed_seq = x.seq,
      sweep_rank = case when x.last_reviewed_at is null then 0 else 1 end, last_reviewed_at = x.last_reviewed_at,
      finished_at = x.finished_at, stepped_at = x.stepped_at, failures = 0, failing = null ${marks}
    from ${claimed ? none : sql`enrollments was,`} unnest(
      ${of(({ enrollment }) => enrollment.id)}, ${of(({ state }) => state.before)}::integer[],
      ${of(({ state }) => state.json)}, ${of(({ state }) => state.stage)}, ${of(({ state }) => state.seq)}::integer[],
      ${of(({ state }) => state.cohort)}, ${of(({ state }) => state.inRun)}::boolean[],
      ${of(({ state }) => state.nextDueAt)}::timestamptz[], ${of(({ state }) => state.lastReviewedAt)}::timestamptz[],
      ${of(({ state }) => state.finishedAt)}::timestamptz[], ${of(({ at }) => isoOf(at))}::timestamptz[]
      ${claimed ? sql`, ${lies(({ enrollment }) => enrollment)}::tid[], ${lies(({ due }) => due)}::tid[]` : none})
      as x(id, before, state, stage, seq, cohort, in_run, next_due_at, last_reviewed_at, finished_at, stepped_at
      ${claimed ? sql`, place, listed_at` : none})
    where e.workspace_id = ${store.workspace} and e.id = x.id and e.seq = x.before
      ${hold.kind === 'unlocked' ? sql`and e.status = 'active' and ${isListedAsRead(sql)}` : none}
      ${claimed ? sql`and e.ctid = x.place` : sql`and was.workspace_id = e.workspace_id and was.id = e.id`}
    returning e.id, e.program, e.sweep_rank as rank, e.sweep_at as at,
      ${claimed ? sql`x.listed_at` : sql`was.sweep_rank as rank_before, was.sweep_at as at_before`}`;
}

/**
 * What others wrote while this statement waited for their lock is in `e` and not in `was`: by that the list would be
 * brought up to date wrongly, and somebody be lost from it.
 */
const isListedAsRead = (sql: Sql) =>
  sql`(was.sweep_rank, was.sweep_at) is not distinct from (e.sweep_rank, e.sweep_at)`;

/** Of those stepped: who is due at another time than before. */
const listsAnew = (sql: Sql) => sql`(s.rank_before, s.at_before) is distinct from (s.rank, s.at)`;

/** Takes them out of the list. */
export function unlistDue(store: Store, sql: Sql, { kind }: Hold) {
  return kind === 'claimed'
    ? sql`
    delete from due d using stepped s
    where d.ctid = s.listed_at and d.workspace_id = ${store.workspace} and d.enrollment_id = s.id`
    : sql`
    delete from due d using stepped s
    where d.workspace_id = ${store.workspace} and d.program = s.program and d.rank = s.rank_before and d.at = s.at_before
      and d.enrollment_id = s.id and ${listsAnew(sql)}`;
}

/**
 * Puts them into it again, where nothing was left over there at the very same moment. A claim does not look for that:
 * then the database refuses the whole, and it is written in halves.
 */
export function listDue(store: Store, sql: Sql, { kind }: Hold) {
  const none = sql``;
  return sql`
    insert into due (workspace_id, program, rank, at, enrollment_id)
    select ${store.workspace}, s.program, s.rank, s.at, s.id from stepped s
    where s.at is not null ${kind === 'claimed' ? none : sql`and ${listsAnew(sql)} on conflict do nothing`}`;
}
