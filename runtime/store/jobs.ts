/**
 * Jobs: what is put into the queue, in which order it is taken, and under which key.
 *
 * A key makes one job of the same job added twice. Of those that wait, lower priorities are taken
 * first, then the older ones: an answer to a person comes before what time sets going.
 */
import type { AdoptJob } from './adopt-jobs.ts';
import type { BulkJob } from './bulk-jobs.ts';
import { cohortAttemptsMax, jobAttemptsMax, sweepJobAttemptsMax } from './limits.ts';
import { carry } from './origin.ts';
import type { Stepped } from './stepped.ts';
import type { Sql } from './store.ts';

/** What jobs there are, beside the sweep's own. */
export const tasks = ['run', 'deliver', 'wake', 'tell-cohort', 'join-cohort', 'bulk', 'adopt'] as const;

export type RunJob = { workspace: string; enrollment: string; run: string };
/** `waits` counts how often the channel asked for patience. */
export type DeliverJob = { workspace: string; person: string; message: string; waits?: number };
/** Looks at what was held for the pause of one enrollment: it is over. */
export type WakeJob = { workspace: string; person: string; enrollment: string };
/** One of the sweeps that a workspace may have in hand at once. */
export type SweepJob = { workspace: string; slot: number };

/**
 * Words for the others of a cohort (of the program, where it is null), from the enrollment behind `after` on, in the
 * order of ids.
 */
export type TellCohortJob = {
  workspace: string;
  program: string;
  /** The enrollment whose program tells them. */
  teller: string;
  effect: string;
  cohort: string | null;
  text: string;
  document?: string;
  /** ms; who comes later is not told. */
  at: number;
  after: string;
};
export type JoinCohortJob = { workspace: string; enrollment: string; effect: string };

export type QueueJob = {
  task: (typeof tasks)[number] | 'sweep';
  payload: RunJob | DeliverJob | WakeJob | SweepJob | TellCohortJob | JoinCohortJob | BulkJob | AdoptJob;
  key: string;
  attempts: number;
  priority: number;
  /** Not before this many ms from now. */
  afterMs?: number;
};

/** The jobs that follow from a step. */
export function jobsOf(workspace: string, stepped: Stepped): QueueJob[] {
  const { enrollment, result, at } = stepped;
  const jobs = result.effects.flatMap((effect): QueueJob[] => {
    switch (effect.type) {
      case 'deliver':
        return [deliverJob(workspace, enrollment.person, effect.id)];
      case 'run':
        return [runJob({ workspace, enrollment: enrollment.id, run: effect.id }, effect.reason === 'reply')];
      case 'tell-cohort': {
        const { id, cohort, text, document } = effect;
        const about = document === undefined ? {} : { document };
        const of = { workspace, program: enrollment.program, teller: enrollment.id, at };
        return [tellCohortJob({ ...of, effect: id, cohort, text, ...about, after: '' })];
      }
      case 'join-cohort':
        return [joinCohortJob({ workspace, enrollment: enrollment.id, effect: effect.id })];
      default:
        return [];
    }
  });
  return endsPause(stepped) ? [...jobs, wakeJob(workspace, enrollment)] : jobs;
}

/** Whether the person's pause is over with this step: they go on, or have left. */
function endsPause({ result: { rows, state } }: Stepped): boolean {
  const isLeft = state.facts.paused !== undefined && rows.some(({ kind }) => kind === 'finished');
  return isLeft || rows.some(({ kind }) => kind === 'resumed');
}

function wakeJob(workspace: string, { id, person }: Stepped['enrollment']): QueueJob {
  const payload: WakeJob = { workspace, person, enrollment: id };
  return { task: 'wake', payload, key: `wake:${workspace}:${id}`, attempts: jobAttemptsMax, priority: 1 };
}

/** The job that does one agent run. `answering`: somebody waits for it. */
export function runJob(payload: RunJob, answering = true): QueueJob {
  const { workspace, run } = payload;
  const key = `run:${workspace}:${run}`;
  return { task: 'run', payload, key, attempts: jobAttemptsMax, priority: answering ? 1 : 2 };
}

/** The job that sends one message. */
export function deliverJob(workspace: string, person: string, message: string, waits = 0): QueueJob {
  const payload: DeliverJob = { workspace, person, message, ...(waits === 0 ? {} : { waits }) };
  const key = `deliver:${workspace}:${person}:${message}`;
  return { task: 'deliver', payload, key, attempts: jobAttemptsMax, priority: 0 };
}

/** The job that sweeps a workspace for a while. */
export function sweepJob(workspace: string, slot: number): QueueJob {
  const payload: SweepJob = { workspace, slot };
  return { task: 'sweep', payload, key: `sweep:${workspace}:${slot}`, attempts: sweepJobAttemptsMax, priority: 0 };
}

/** The job that tells one batch of a cohort; it adds the job for the next. */
export function tellCohortJob(payload: TellCohortJob): QueueJob {
  const { workspace, effect, after } = payload;
  const key = `tell-cohort:${workspace}:${effect}:${after}`;
  return { task: 'tell-cohort', payload, key, attempts: cohortAttemptsMax, priority: 1 };
}

/** The job that gives somebody what their cohort shared before they came. */
export function joinCohortJob(payload: JoinCohortJob): QueueJob {
  const { workspace, effect } = payload;
  const key = `join-cohort:${workspace}:${effect}`;
  return { task: 'join-cohort', payload, key, attempts: cohortAttemptsMax, priority: 1 };
}

/** Adds jobs to the queue, in the caller's transaction and in one call, as each call notifies. */
export async function addQueueJobs(sql: Sql, jobs: readonly QueueJob[]): Promise<void> {
  if (jobs.length > 0) await sql`${queueJobs(sql, jobs)}`;
}

/** The question that adds jobs to the queue. */
export function queueJobs(sql: Sql, jobs: readonly QueueJob[]) {
  return sql`select add_workspace_jobs(${sql.json(jobs.map(rowOf) as never)})`;
}

/** The same for the jobs of steps. The key of most follows from the step: nobody can have added one before. */
export function queueJobsOfSteps(sql: Sql, jobs: readonly QueueJob[]) {
  const [first, second] = jobs;
  const isNew = second === undefined && (first?.task === 'run' || first?.task === 'deliver');
  return isNew ? sql`select add_new_job(${sql.json(rowOf(first) as never)})` : queueJobs(sql, jobs);
}

/** A job as the database takes it, with the id of what it all began with. */
function rowOf({ afterMs, payload, ...job }: QueueJob) {
  return { ...job, payload: { ...payload, ...carry() }, after_ms: afterMs ?? null };
}
