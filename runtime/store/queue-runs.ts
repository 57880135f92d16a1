/**
 * Runs in hand that get a job, because nobody does them by themselves any more (`answers.ts`, `pauses.ts`).
 */
import { queueJobs, type RunJob, runJob } from './jobs.ts';
import type { Sql } from './store.ts';

/** A run; `answering`: somebody waits for it. */
export type WaitingRun = RunJob & { answering: boolean };

/** Gives each a job that waits so long (ms), and takes down who answered it: the next to do it is whoever takes the job. */
export async function queueRuns(sql: Sql, runs: readonly WaitingRun[], afterMs = 0): Promise<void> {
  if (runs.length === 0) return;
  const jobs = runs.map(({ answering, ...job }) => ({
    ...runJob(job, answering),
    ...(afterMs > 0 ? { afterMs } : {}),
  }));
  // Locked in the order of their ids, as everywhere.
  await sql`
    with answered as materialized (
      select e.workspace_id, e.id from enrollments e
      join jsonb_to_recordset(${sql.json(runs as never)}) as x(workspace text, enrollment text, run text)
        on e.workspace_id = x.workspace and e.id = x.enrollment and e.answered_run = x.run
      order by e.workspace_id, e.id for update of e),
    given_up as (
      update enrollments e set answered_by = null, answered_run = null from answered a
      where e.workspace_id = a.workspace_id and e.id = a.id)
    ${queueJobs(sql, jobs)}`;
}
