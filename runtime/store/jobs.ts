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
import type { Sql } from './store.ts';
import type { Stepped } from './write-steps.ts';

/** What jobs there are, beside the sweep's own. */
export const tasks = ['run', 'deliver', 'tell-cohort', 'join-cohort', 'bulk', 'adopt'] as const;

export type RunJob = { workspace: string; enrollment: string; run: string };
/** `waits` counts how often the channel asked for patience. */
export type DeliverJob = { workspace: string; person: string; message: string; waits?: number };
/** One of the sweeps that a workspace may have in hand at once. */
export type SweepJob = { workspace: string; slot: number };

/** Words for the others of a cohort (of the program, where it is null), from the enrollment behind `after` on, in the order of ids. */
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
  payload: RunJob | DeliverJob | SweepJob | TellCohortJob | JoinCohortJob | BulkJob | AdoptJob;
  key: string;
  attempts: number;
  priority: number;
  /** Not before this many ms from now. */
  afterMs?: number;
};

/** The jobs that follow from a step. */
export function jobsOf(workspace: string, { enrollment, result, at }: Stepped): QueueJob[] {
  return result.effects.flatMap((effect): QueueJob[] => {
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
  const carried = carry();
  const rows = jobs.map(({ afterMs, payload, ...job }) => ({
    ...job,
    payload: { ...payload, ...carried },
    after_ms: afterMs ?? null,
  }));
  return sql`select add_workspace_jobs(${sql.json(rows as never)})`;
}
