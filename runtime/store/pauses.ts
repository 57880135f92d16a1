/**
 * Agent runs that have to wait: for the end of a pause of a program or of the workspace (the sweep passes the
 * people in them over by itself), or for their turn with a person (`voice.ts`). And those that are left over from a
 * process that answered by itself (`answers.ts`).
 *
 * Such a run stays in hand without a job. So no job has to wait, look again
 * or be woken: whoever tidies up finds runs without a job once it is their time.
 */
import type { State } from '../state.ts';
import { answersUnder } from './answers.ts';
import { isAlive } from './life.ts';
import { runsMissedMax } from './limits.ts';
import { queueRuns } from './queue-runs.ts';
import type { Store, Tx } from './store.ts';

type Missing = { workspace: string; enrollment: string; run: State['facts']['run']; by: string | null };

/**
 * Gives a job to every run in hand that has none, is not paused, does not wait for its turn, and that nobody does by
 * themselves. Of all workspaces; gives how many there were. An answer has no turn to wait for: the moment is that of a
 * run before it. What is left over from an answer has a job in a pause, too: it does nothing, and the run waits like any
 * other from then on.
 */
export function resumeRuns(store: Store): Promise<number> {
  return store.queue.begin(async (tx) => {
    const missing = await tx<Missing[]>`
      select e.workspace_id as workspace, e.id as enrollment, e.state->'facts'->'run' as run,
        case when e.answered_run = e.state->'facts'->'run'->>'id' then e.answered_by end as by
      from runs_in_hand r join enrollments e on e.workspace_id = r.workspace_id and e.id = r.enrollment_id
      join programs p on p.workspace_id = e.workspace_id and p.name = e.program
      join workspaces w on w.id = e.workspace_id
      where e.in_run
        and (p.paused_at is null and w.paused_at is null or e.answered_run = e.state->'facts'->'run'->>'id')
        and (e.run_waits_until is null or e.run_waits_until <= now_in(e.workspace_id, ${store.clock})
          or (e.state->'facts'->'run'->>'answering')::boolean)
        and not exists (
        select from graphile_worker.jobs
        where key = 'run:' || e.workspace_id || ':' || (e.state->'facts'->'run'->>'id'))
      limit ${runsMissedMax}`;
    const alive = await aliveOf(tx, missing);
    const left = missing.flatMap(({ workspace, enrollment, run, by }) => {
      if (run === null) return [];
      const job = { workspace, enrollment, run: run.id };
      const isDone = by !== null && (answersUnder(by)?.has(job) ?? alive.has(by));
      return isDone ? [] : [{ ...job, answering: run.reason === 'reply' }];
    });
    await queueRuns(tx, left);
    return left.length;
  });
}

/** Of those who answer in other processes: who lives. Of this one it is known what it does. */
async function aliveOf(tx: Tx, missing: readonly Missing[]): Promise<Set<string>> {
  const alive = new Set<string>();
  for (const by of new Set(missing.map((one) => one.by))) {
    if (by !== null && answersUnder(by) === null && (await isAlive(tx, by))) alive.add(by);
  }
  return alive;
}
