/**
 * Agent runs that have to wait: for the end of a pause of a program or of the workspace (the sweep passes the
 * people in them over by itself), or for their turn with a person (`voice.ts`).
 *
 * Such a run stays in hand without a job. So no job has to wait, look again
 * or be woken: whoever tidies up finds runs without a job once it is their time.
 */
import type { State } from '../state.ts';
import { addQueueJobs, runJob } from './jobs.ts';
import { runsMissedMax } from './limits.ts';
import type { Store } from './store.ts';

/**
 * Gives a job to every run in hand that has none, is not paused and does not wait for its turn. Of all workspaces;
 * gives how many there were. An answer has no turn to wait for: the moment is that of a run before it.
 */
export async function resumeRuns(store: Store): Promise<number> {
  const missing = await store.queue<{ workspace: string; enrollment: string; run: State['facts']['run'] }[]>`
    select e.workspace_id as workspace, e.id as enrollment, e.state->'facts'->'run' as run
    from runs_in_hand r join enrollments e on e.workspace_id = r.workspace_id and e.id = r.enrollment_id
    join programs p on p.workspace_id = e.workspace_id and p.name = e.program
    join workspaces w on w.id = e.workspace_id
    where e.in_run and p.paused_at is null and w.paused_at is null
      and (e.run_waits_until is null or e.run_waits_until <= now_in(e.workspace_id, ${store.clock})
        or (e.state->'facts'->'run'->>'answering')::boolean)
      and not exists (
      select from graphile_worker.jobs
      where key = 'run:' || e.workspace_id || ':' || (e.state->'facts'->'run'->>'id'))
    limit ${runsMissedMax}`;
  await addQueueJobs(
    store.queue,
    missing.flatMap(({ workspace, enrollment, run }) =>
      run === null ? [] : [runJob({ workspace, enrollment, run: run.id }, run.reason === 'reply')],
    ),
  );
  return missing.length;
}
