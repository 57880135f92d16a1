/**
 * One input in two questions to the database: read without a lock, step, and write onto the state that
 * was read.
 *
 * Where somebody else was quicker nothing is written, and the caller takes the way with the lock. For
 * messages and clicks, which come one by one and whose sender waits.
 */
import type { Ir } from '../../compiler/ir.ts';
import type { Input } from '../inputs.ts';
import { type StepResult, step } from '../step.ts';
import { type Ahead, aheadIn, beginningOf } from './ahead.ts';
import { answer, answersItself } from './answers.ts';
import { clockIn } from './clock.ts';
import { type Committed, type LockedEnrollment, noted } from './committed.ts';
import { runJob } from './jobs.ts';
import { loadVersion } from './programs.ts';
import { rowsOf, type StepRows } from './step-rows.ts';
import type { Sql, Store } from './store.ts';
import type { Answered, Hold } from './write-states.ts';
import { Superseded, writeRows } from './write-steps.ts';

/** An enrollment as it was read: not locked. */
export type Found = LockedEnrollment & {
  /** The input has been taken before. */
  seen: boolean;
  /** The program, or the workspace, is paused. */
  paused: boolean;
  /** ms; the clock as it was read. */
  now: number;
  /**
   * What a run that answers may need beside the state; null where none is looked for, and in a process that does no
   * runs.
   */
  ahead: Ahead | null;
};

type Row = Omit<Found, 'steppedAt' | 'now'> & { stepped_at: Date; now: Date };

/** The enrollment with this id. */
export function findEnrollment(store: Store, id: string, input: string): Promise<Found | null> {
  return find(store, input, store.sql`e.id = ${id}`);
}

/** The enrollment of a person that is active in a program. `seen` also where the message came before it. */
export async function findActive(
  store: Store,
  of: { person: string; program: string },
  message: string,
): Promise<Found | null> {
  const { person, program } = of;
  const { sql } = store;
  const which = sql`e.person_id = ${person} and e.program = ${program} and e.status = 'active'`;
  const orSeen = sql`or exists (
    select from messages m
    where m.workspace_id = ${store.workspace} and m.person_id = ${person} and m.direction = 'in' and m.id = ${message})`;
  const ahead = answersItself(store) ? aheadIn(store, sql`clock.now`) : sql`null`;
  return find(store, message, which, { orSeen, ahead });
}

/** A part of a question. */
export type Fragment = ReturnType<typeof clockIn>;

async function find(
  store: Store,
  input: string,
  which: Fragment,
  more: { orSeen?: Fragment; ahead?: Fragment } = {},
): Promise<Found | null> {
  const { sql } = store;
  const { orSeen = sql``, ahead = sql`null` } = more;
  const [row] = await sql<Row[]>`
    select e.id, e.program, e.version, e.person_id as person, e.state, e.stepped_at, clock.now,
      p.paused_at is not null or w.paused_at is not null as paused,
      exists (
        select from timeline t
        where t.workspace_id = e.workspace_id and t.enrollment_id = e.id and t.input_id = ${input})
      ${orSeen} as seen, ${ahead} as ahead
    from enrollments e
    cross join (select ${clockIn(store, sql)} as now offset 0) clock
    join programs p on p.workspace_id = e.workspace_id and p.name = e.program
    join workspaces w on w.id = e.workspace_id
    where e.workspace_id = ${store.workspace} and ${which}`;
  if (row === undefined) return null;
  const { stepped_at, now, ...rest } = row;
  return { ...rest, steppedAt: stepped_at.getTime(), now: now.getTime() };
}

/**
 * Steps and writes. Null, and nothing has happened, where somebody else was quicker, or `wanted` does not
 * want what would come of it.
 */
export async function commitAtOnce(
  store: Store,
  found: Found,
  input: Input,
  wanted: (result: StepResult) => boolean = () => true,
): Promise<Committed | null> {
  const { seen, now, paused: _paused, ahead: _ahead, ...enrollment } = found;
  const { id, program: name, version, state, steppedAt } = enrollment;
  return noted<Committed | null>(store, id, input, async () => {
    if (seen) return { fresh: false, enrollment, state, rows: [] };
    // A life that is over may be erased meanwhile, and have as many rows as before: only the lock tells.
    if (state.facts.finished !== null) return null;
    const program = await loadVersion(store, store.sql, name, version);
    const at = Math.max(now, steppedAt);
    const result = step(program, state, input, at, id);
    if (!wanted(result)) return null;
    const rows = rowsOf(store.workspace, { enrollment, input, result, at });
    try {
      await (answerWhile(store, found, result, rows, program.ir) ?? write(store, rows));
    } catch (error) {
      if (wasQuicker(error)) return null;
      throw error;
    }
    return { fresh: true, enrollment, state: result.state, rows: result.rows };
  });
}

function write(store: Store, rows: StepRows, answered?: Answered): Promise<void> {
  const hold: Hold = { kind: 'unlocked', ...(answered === undefined ? {} : { answered }) };
  return writeRows(store, store.sql as Sql, [rows], hold);
}

/** Writes, and begins the run that answers meanwhile; null where that is left to a job. */
function answerWhile(store: Store, found: Found, result: StepResult, rows: StepRows, { budget }: Ir) {
  const begins = beginningOf(found, result, { now: rows.at, budget });
  if (begins === null) return null;
  const { run, beginning } = begins;
  const job = { workspace: store.workspace, enrollment: found.id, run };
  const jobs = rows.jobs.filter(({ key }) => key !== runJob(job).key);
  return answer(store, job, beginning, (by) => write(store, { ...rows, jobs }, { by, run }));
}

/** The state was another one already, or the same input was just being written. */
const wasQuicker = (error: unknown): boolean =>
  error instanceof Superseded || (error as { code?: unknown }).code === uniqueViolation;

const uniqueViolation = '23505';
