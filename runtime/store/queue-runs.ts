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
  await sql`
    with given_up as (
      update enrollments e set answered_by = null, answered_run = null
      from jsonb_to_recordset(${sql.json(runs as never)}) as x(workspace text, enrollment text, run text)
      where e.workspace_id = x.workspace and e.id = x.enrollment and e.answered_run = x.run)
    ${queueJobs(sql, jobs)}`;
}
