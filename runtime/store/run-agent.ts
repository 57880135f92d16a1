/**
 * One agent run: context out, proposed events back in, and a record of what it cost.
 *
 * The result's input id follows from the run, so a run that is done twice, because the process died
 * between the answer and the commit, counts once. A run that is no longer in hand is not begun: the
 * person has spoken or moved meanwhile. A failed attempt is thrown for the queue to try again; the
 * last one becomes an event, and the program goes on.
 */

import { erasedText } from '../erase.ts';
import type { Input, RunResult } from '../inputs.ts';
import { contextRowsMax, runContext, skillOf } from '../run-context.ts';
import { type Agent, AgentProblem, type RunUsage, type Skill } from '../services.ts';
import type { State } from '../state.ts';
import { runFinished } from '../step.ts';
import type { Beginning } from './ahead.ts';
import { budgetIsSpent } from './budget.ts';
import { clockIn, clockNow } from './clock.ts';
import { commitIn, unknownEnrollment } from './commit.ts';
import { addOperatorItem } from './items.ts';
import type { RunJob } from './jobs.ts';
import {
  problemLengthMax,
  retryAfterMaxMs,
  runAttemptsMax,
  runAwayAttemptsMax,
  runAwayPauseMaxMs,
  runLimitMs,
} from './limits.ts';
import { note } from './notes.ts';
import { problemOf } from './problem.ts';
import { loadVersion } from './programs.ts';
import { queueRuns } from './queue-runs.ts';
import type { Sql, Store, Tx } from './store.ts';
import { readTimeline } from './timeline-rows.ts';
import { waitsForTurn } from './voice.ts';

/** Finds a skill by the name a program uses; undefined when there is none. */
export type Skills = (name: string) => Skill | undefined | Promise<Skill | undefined>;

export type Talkers = {
  agent: Agent;
  /** Speaks when the budget is spent. */
  scripted: Agent;
  skills: Skills;
};

/** What is known of a run before its message is `stored`. */
export type Known = { beginning: Beginning; stored: Promise<void> };

/** Does a run. Throws when an attempt failed and another one is due. `signal` aborts when the worker stops. */
export async function runAgent(
  store: Store,
  talkers: Talkers,
  job: RunJob,
  signal: AbortSignal,
  known?: Known,
): Promise<void> {
  const begun = await beginRun(store, talkers, job, known);
  if (begun === null) return noteRun(store, job, 'void', { ms: 0 });
  const began = performance.now();
  let done: { result: RunResult; usage: RunUsage };
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(runLimitMs)]);
    // While it was made ready the worker may have stopped, or the message not have been stored.
    limit.throwIfAborted();
    done = await untilAborted(begun.agent.run(begun.context, limit), limit);
    await begun.recorded;
  } catch (error) {
    await begun.recorded;
    if (error instanceof AgentProblem && error.usage) await recordCost(store, job, error.usage);
    if (signal.aborted) throw new Error('The worker stopped; the run is done again.', { cause: error });
    if (error instanceof AgentProblem && !error.again) return giveUp(store, job, problemOf(error));
    const problem = timedOut(error) ? `It took longer than ${runLimitMs / 1000} seconds.` : problemOf(error);
    return failed(store, job, problem, isAway(error) ? { retryAfterMs: error.retryAfterMs ?? 0 } : null);
  }
  const durationMs = Math.round(performance.now() - began);
  try {
    await store.sql.begin(async (tx) => {
      await commitIn(store, tx, { enrollment: job.enrollment, input: runFinished(job.run, done.result) });
      await recordUsage(store, tx, job, done.usage, durationMs);
    });
    noteRun(store, job, 'done', { agent: begun.agent.kind, usd: done.usage.usd, ms: durationMs });
  } catch (error) {
    await failed(store, job, problemOf(error));
  }
}

function noteRun(
  store: Store,
  { enrollment, run }: RunJob,
  outcome: 'done' | 'failed' | 'given-up' | 'void',
  told: { ms: number; agent?: string; usd?: number },
): void {
  note(store, { kind: 'run', enrollment, run, outcome, ...told });
}

/** Gives a run up: the program learns of it, and an operator. A run that is over already stays as it is. */
export async function giveUp(store: Store, job: RunJob, problem: string): Promise<void> {
  noteRun(store, job, 'given-up', { ms: 0 });
  await store.sql.begin(async (tx) => {
    const input: Input = {
      type: 'run-failed',
      id: `failed:${job.run}`,
      run: job.run,
      problem: problem.slice(0, problemLengthMax),
    };
    const at = await clockNow(store, tx);
    const committed = await commitIn(store, tx, { enrollment: job.enrollment, input });
    await tx`
      with person as materialized (${personOf(store, tx, job)})
      update agent_runs set problem = ${unlessErased(tx, input.problem)}, finished_at = ${new Date(at)} from person
      where workspace_id = ${store.workspace} and id = ${job.run} and finished_at is null`;
    if (!committed.rows.some((row) => row.kind === 'run-failed')) return;
    await addOperatorItem(store, tx, {
      id: `run:${job.run}`,
      kind: 'failure',
      enrollment: job.enrollment,
      person: committed.enrollment.person,
      program: committed.enrollment.program,
      to: 'operator',
      text: `The agent could not speak: ${input.problem}`,
      at,
    });
  });
}

/** Gets a run's context ready, and who speaks; null where the run is not in hand, or in a pause. */
export async function beginRun(store: Store, talkers: Talkers, job: RunJob, known?: Known) {
  const what = known?.beginning ?? (await readRun(store, job));
  if (what === null) return null;
  const { state, person, now, spent } = what;
  const { run } = state.facts;
  if (run?.id !== job.run) return null;
  const program = await loadVersion(store, store.sql, what.program, what.version);
  const name = skillOf(program, state, run);
  const skill = (await talkers.skills(name)) ?? { name, description: '', body: '', version: 'none' };
  const context = runContext(program, state, what.rows, skill, run, now);
  const agent = spent ? talkers.scripted : talkers.agent;
  // Nobody waits for the record before speaking, only before what is said counts.
  const recorded = (async () => {
    await known?.stored;
    await store.sql`
      insert into agent_runs (workspace_id, id, enrollment_id, person_id, program, reason, skill, skill_version, agent, started_at)
      values (${store.workspace}, ${job.run}, ${job.enrollment}, ${person}, ${what.program}, ${run.reason}, ${skill.name},
        ${skill.version}, ${agent.kind}, ${new Date(now)})
      on conflict (workspace_id, id) do update set agent = excluded.agent, skill_version = excluded.skill_version`;
  })();
  recorded.catch(() => undefined);
  return { agent, context, recorded };
}

/** Reads what a run begins with; null where it is not in hand, in a pause, or waits for its turn with the person. */
async function readRun(store: Store, job: RunJob): Promise<Beginning | null> {
  const [[row], rows] = await Promise.all([
    store.sql<{ program: string; version: number; person: string; state: State; paused: boolean; now: Date }[]>`
      select e.program, e.version, e.person_id as person, e.state, ${clockIn(store, store.sql)} as now,
        p.paused_at is not null or w.paused_at is not null as paused
      from enrollments e
      join programs p on p.workspace_id = e.workspace_id and p.name = e.program
      join workspaces w on w.id = e.workspace_id
      where e.workspace_id = ${store.workspace} and e.id = ${job.enrollment}`,
    readTimeline(store, store.sql, job.enrollment, { newest: contextRowsMax }),
  ]);
  if (row === undefined) throw unknownEnrollment(job.enrollment);
  const { program, version, person, state } = row;
  const { run } = state.facts;
  // In a pause it keeps its place, and gets a job again afterwards (`pauses.ts`).
  if (run?.id !== job.run || row.paused) return null;
  const now = row.now.getTime();
  const enrollment = { id: job.enrollment, program, person, state };
  if (!run.answering && (await waitsForTurn(store, enrollment, run, now))) return null;
  const { ir } = await loadVersion(store, store.sql, program, version);
  const spent = await budgetIsSpent(store, { ...enrollment, ir }, now);
  return { program, version, person, state, rows: rows.filter(({ seq }) => seq <= state.seq), spent, now };
}

async function recordUsage(store: Store, tx: Tx, job: RunJob, usage: RunUsage, durationMs: number): Promise<void> {
  await tx`
    with person as materialized (${personOf(store, tx, job)})
    update agent_runs set model = ${usage.model}, input_tokens = ${usage.inputTokens}, output_tokens = ${usage.outputTokens},
      usd = usd + ${usage.usd}, duration_ms = ${durationMs}, problem = null,
      tool_calls = case when person.erased then '[]' else ${JSON.stringify(usage.toolCalls)}::text::jsonb end,
      finished_at = ${new Date(await clockNow(store, tx))}
    from person
    where workspace_id = ${store.workspace} and id = ${job.run}`;
}

/**
 * Whether the person of a run has been erased; nobody erases them until the statement, or its transaction, has ended.
 */
const personOf = (store: Store, sql: Sql, { run }: RunJob) => sql`
  select p.erased_at is not null as erased from agent_runs r
  join people p on p.workspace_id = r.workspace_id and p.id = r.person_id
  where r.workspace_id = ${store.workspace} and r.id = ${run} for key share of p`;

/** A problem may be told in the words of the `person`. */
const unlessErased = (sql: Sql, problem: string) => sql`case when person.erased then ${erasedText} else ${problem} end`;

/** What an attempt cost that came to nothing: it counts towards the budget all the same. */
async function recordCost(store: Store, job: RunJob, usage: RunUsage): Promise<void> {
  await store.sql`
    update agent_runs set model = ${usage.model}, usd = usd + ${usage.usd}
    where workspace_id = ${store.workspace} and id = ${job.run}`;
}

/**
 * Counts a failed attempt; after the last one the run is given up, before it the job is done again. `away`: the agent was
 * not to be had, and may wish to be left alone for so long; that often lasts for a while.
 */
async function failed(
  store: Store,
  job: RunJob,
  problem: string,
  away: { retryAfterMs: number } | null = null,
): Promise<void> {
  noteRun(store, job, 'failed', { ms: 0 });
  const [row] = await store.sql<{ failures: number }[]>`
    with person as materialized (${personOf(store, store.sql, job)})
    update agent_runs set failures = failures + 1, problem = ${unlessErased(store.sql, problem)} from person
    where workspace_id = ${store.workspace} and id = ${job.run} returning failures`;
  if (row !== undefined && row.failures < (away === null ? runAttemptsMax : runAwayAttemptsMax)) {
    if (away === null) throw new Error(problem);
    const pauseMs = Math.min(1_000 * Math.exp(row.failures), runAwayPauseMaxMs);
    const afterMs = Math.min(Math.max(pauseMs, away.retryAfterMs), retryAfterMaxMs);
    return queueRuns(store.sql, [{ ...job, answering: true }], Math.round(afterMs));
  }
  store.log(`Agent run ${job.run} was given up: ${problem}`);
  await giveUp(store, job, problem);
}

/** Whether the agent has not even begun: what was spent says otherwise. */
const isAway = (error: unknown): error is AgentProblem => error instanceof AgentProblem && error.usage === null;

/** An agent that ignores its signal must not hold the worker. The signal has not been aborted yet. */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, fail) => {
    const abort = () => fail(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(done, fail).finally(() => signal.removeEventListener('abort', abort));
  });
}

function timedOut(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
