/**
 * Writes what steps came to: the one way anything happens to an enrollment.
 *
 * Timeline rows, the new state, messages, operator items and jobs of any number of steps go in with
 * one statement each, in the caller's transaction: all of it or nothing. The caller holds the lock
 * on the enrollment rows. A notification tells live pages where to look, and nothing more.
 */
import type { OperatorItemDetails, OperatorItemKind } from '../control.ts';
import type { Effect, Input } from '../inputs.ts';
import type { StepResult } from '../step.ts';
import { deliverAttemptsMax, runJobAttemptsMax } from './limits.ts';
import type { Sql, Store, Tx } from './store.ts';

/** The Postgres channel of live notifications. */
export const liveChannel = 'regimen';

export type Stepped = {
  enrollment: { id: string; person: string; program: string };
  input: Input;
  result: StepResult;
  /** ms; the moment of the step. */
  at: number;
};

/** What a notification carries: ids only. */
export type Notice = { workspace: string; person: string; program: string; enrollment: string | null };

/** Writes the results of steps, one for each enrollment. */
export async function writeSteps(store: Store, tx: Tx, steps: Stepped[]): Promise<void> {
  if (steps.length === 0) return;
  await writeStates(store, tx, steps);
  await writeTimeline(store, tx, steps);
  await writeMessages(store, tx, steps);
  await writeOperatorItems(store, tx, steps);
  await addJobs(store, tx, steps);
  const changed = steps.filter((one) => one.result.rows.length > 0);
  await notify(
    tx,
    changed.map(({ enrollment: { id, person, program } }) => ({
      workspace: store.workspace,
      person,
      program,
      enrollment: id,
    })),
  );
}

async function writeStates(store: Store, tx: Tx, steps: Stepped[]): Promise<void> {
  const rows = steps.map(({ enrollment, result: { state, nextDueAt }, at }) => ({
    id: enrollment.id,
    state,
    stage: state.stage,
    seq: state.seq,
    status: state.facts.finished === null ? 'active' : 'finished',
    next_due_at: isoOf(nextDueAt),
    last_reviewed_at: isoOf(state.facts.review.lastAt),
    finished_at: isoOf(state.facts.finished?.at ?? null),
    stepped_at: isoOf(at),
  }));
  await tx`
    update enrollments e set
      state = x.state, stage = x.stage, seq = x.seq, status = x.status,
      next_due_at = x.next_due_at, sweep_at = x.next_due_at, last_reviewed_at = x.last_reviewed_at,
      finished_at = x.finished_at, stepped_at = x.stepped_at, failures = 0, failing = null
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as x(
      id text, state json, stage text, seq integer, status text, next_due_at timestamptz,
      last_reviewed_at timestamptz, finished_at timestamptz, stepped_at timestamptz)
    where e.workspace_id = ${store.workspace} and e.id = x.id`;
}

async function writeTimeline(store: Store, tx: Tx, steps: Stepped[]): Promise<void> {
  const rows = steps.flatMap(({ enrollment, result }) =>
    result.rows.map(({ seq, at, cause, ...entry }) => ({
      enrollment_id: enrollment.id,
      seq,
      at: isoOf(at),
      cause,
      kind: entry.kind,
      input_id: entry.kind === 'input' ? entry.input.id : null,
      entry,
    })),
  );
  if (rows.length === 0) return;
  await tx`
    insert into timeline (workspace_id, enrollment_id, seq, at, cause, kind, input_id, entry)
    select ${store.workspace}, x.enrollment_id, x.seq, x.at, x.cause, x.kind, x.input_id, x.entry
    from json_to_recordset(${JSON.stringify(rows)}::text::json) as x(
      enrollment_id text, seq integer, at timestamptz, cause integer, kind text, input_id text, entry json)`;
}

export type MessageRow = {
  id: string;
  person_id: string;
  program: string;
  enrollment_id: string | null;
  direction: 'in' | 'out';
  channel: string | null;
  text: string;
  reason: string;
  author: string;
  question: { id: string; options: string[] } | null;
  status: 'received' | 'queued' | 'sent';
  at: string | null;
};

async function writeMessages(store: Store, tx: Tx, steps: Stepped[]): Promise<void> {
  const rows = steps.flatMap(({ enrollment, input, result, at }): MessageRow[] => {
    const shared = {
      person_id: enrollment.person,
      program: enrollment.program,
      enrollment_id: enrollment.id,
      at: isoOf(at),
    };
    const heard: MessageRow[] =
      input.type === 'message' || (input.type === 'answer' && input.role === undefined)
        ? [heardMessage(shared, input.id, input.channel, input.type === 'message' ? input.text : input.value)]
        : [];
    const said = result.effects.flatMap((effect): MessageRow[] =>
      effect.type !== 'deliver'
        ? []
        : [
            {
              ...shared,
              id: effect.id,
              direction: 'out',
              channel: null,
              text: effect.text,
              reason: effect.reason,
              author: effect.author,
              question: effect.question ?? null,
              status: 'queued',
            },
          ],
    );
    return [...heard, ...said];
  });
  await addMessages(store, tx, rows);
}

/** A message from a person, as a row. */
export function heardMessage(
  shared: Pick<MessageRow, 'person_id' | 'program' | 'enrollment_id' | 'at'>,
  id: string,
  channel: string,
  text: string,
): MessageRow {
  return {
    ...shared,
    id,
    direction: 'in',
    channel,
    text,
    reason: 'inbound',
    author: 'person',
    question: null,
    status: 'received',
  };
}

/**
 * Adds messages in order; one that is there already only learns its enrollment.
 * Positions are given out under a lock on the conversation, so within it they grow in the order of
 * commits: a reader who has seen one has seen all before it.
 */
export async function addMessages(store: Store, tx: Tx, rows: MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  const conversations = [
    ...new Set(rows.map((row) => `talk:${store.workspace}:${row.person_id}:${row.program}`)),
  ].sort();
  for (const one of conversations) await tx`select pg_advisory_xact_lock(hashtextextended(${one}, 0))`;
  await tx`
    insert into messages (workspace_id, id, person_id, program, enrollment_id, direction, channel, text, reason, author,
      question, status, at)
    select ${store.workspace}, x.id, x.person_id, x.program, x.enrollment_id, x.direction, x.channel, x.text, x.reason,
      x.author, nullif(x.question, 'null'::jsonb), x.status, x.at
    from jsonb_to_recordset(${tx.json(rows.map((row, order) => ({ ...row, order })) as never)}) as x(
      "order" integer, id text, person_id text, program text, enrollment_id text, direction text, channel text, text text,
      reason text, author text, question jsonb, status text, at timestamptz)
    order by x."order"
    on conflict (workspace_id, person_id, direction, id) do update
      set enrollment_id = coalesce(messages.enrollment_id, excluded.enrollment_id)`;
}

async function writeOperatorItems(store: Store, tx: Tx, steps: Stepped[]): Promise<void> {
  for (const { enrollment, result, at } of steps) {
    for (const effect of result.effects) {
      const item = itemOf(effect);
      if (item === null) continue;
      await addOperatorItem(store, tx, {
        ...item,
        id: effect.id,
        enrollment: enrollment.id,
        person: enrollment.person,
        program: enrollment.program,
        at,
      });
    }
    await closeItems(store, tx, result, at);
  }
}

type ItemOf = { kind: OperatorItemKind; to: string; text: string; details?: OperatorItemDetails };

/** What somebody must look at, or do outside, because of an effect; null where the effect is for the person. */
function itemOf(effect: Effect): ItemOf | null {
  switch (effect.type) {
    case 'escalate': {
      const { to, text, climb } = effect;
      return { kind: 'escalation', to, text, ...(climb === undefined ? {} : { details: { climb } }) };
    }
    case 'tell': {
      const { to, text, question } = effect;
      if (question === undefined) return { kind: 'message', to, text };
      return { kind: 'question', to, text, details: { options: question.options } };
    }
    case 'propose':
      return { kind: 'proposal', to: effect.by, text: effect.what, details: { expiresAt: effect.expiresAt } };
    case 'output':
      return { kind: 'document', to: effect.to, text: effect.text, details: { name: effect.name } };
    case 'call': {
      const { service, action, fields } = effect;
      return { kind: 'call', to: service, text: `${service}: ${action}`, details: { service, action, fields } };
    }
    default:
      return null;
  }
}

/** What has been decided, answered, acknowledged or has lapsed waits no longer. */
async function closeItems(store: Store, tx: Tx, { rows }: StepResult, at: number): Promise<void> {
  const done = rows.flatMap((row): { id: string; climb: string | null; by: string }[] => {
    if (row.kind === 'decided') return [{ id: row.id, climb: null, by: row.role }];
    if (row.kind === 'acknowledged') return [{ id: row.climb, climb: row.climb, by: row.role }];
    if (row.kind === 'lapsed' || row.kind === 'withdrawn' || row.kind === 'answered' || row.kind === 'unanswered')
      return [{ id: row.id, climb: null, by: 'program' }];
    return [];
  });
  if (done.length === 0) return;
  await tx`
    update operator_items i set closed_at = ${new Date(at)}, closed_by = x.by
    from jsonb_to_recordset(${tx.json(done)}) as x(id text, climb text, by text)
    where i.workspace_id = ${store.workspace} and i.closed_at is null and (i.id = x.id or i.details->>'climb' = x.climb)`;
}

/** Adds something for an operator to look at; the same id again adds nothing. True when it was new. */
export async function addOperatorItem(
  store: Store,
  tx: Tx,
  item: {
    id: string;
    kind: OperatorItemKind;
    enrollment: string | null;
    person: string | null;
    program: string | null;
    to: string;
    text: string;
    at: number;
    details?: OperatorItemDetails;
  },
): Promise<boolean> {
  const added = await tx`
    insert into operator_items (workspace_id, id, kind, enrollment_id, person_id, program, addressee, text, at, details)
    values (${store.workspace}, ${item.id}, ${item.kind}, ${item.enrollment}, ${item.person}, ${item.program}, ${item.to},
      ${item.text}, ${new Date(item.at)}, ${tx.json((item.details ?? {}) as never)})
    on conflict do nothing`;
  return added.count > 0;
}

export type RunJob = { workspace: string; enrollment: string; run: string };
/** `waits` counts how often the channel asked for patience. */
export type DeliverJob = { workspace: string; person: string; message: string; waits?: number };

async function addJobs(store: Store, tx: Tx, steps: Stepped[]): Promise<void> {
  const jobs = steps.flatMap(({ enrollment, result }) =>
    result.effects.flatMap((effect): QueueJob[] => {
      const { workspace } = store;
      if (effect.type === 'deliver') return [deliverJob(workspace, enrollment.person, effect.id)];
      if (effect.type !== 'run') return [];
      return [runJob({ workspace, enrollment: enrollment.id, run: effect.id })];
    }),
  );
  await addQueueJobs(tx, jobs);
}

/** The job that does one agent run. */
export function runJob(payload: RunJob): QueueJob {
  const { workspace, run } = payload;
  return { task: 'run', payload, key: `run:${workspace}:${run}`, attempts: runJobAttemptsMax, priority: 1 };
}

/** The job that sends one message. */
export function deliverJob(workspace: string, person: string, message: string, waits = 0): QueueJob {
  const payload: DeliverJob = { workspace, person, message, ...(waits === 0 ? {} : { waits }) };
  return {
    task: 'deliver',
    payload,
    key: `deliver:${workspace}:${person}:${message}`,
    attempts: deliverAttemptsMax,
    priority: 0,
  };
}

type QueueJob = {
  task: 'run' | 'deliver';
  payload: RunJob | DeliverJob;
  key: string;
  attempts: number;
  priority: number;
  /** Not before this many ms from now. */
  afterMs?: number;
};

/** Adds jobs to the queue, in the caller's transaction and in one call, as each call notifies. */
export async function addQueueJobs(tx: Sql, jobs: QueueJob[]): Promise<void> {
  if (jobs.length === 0) return;
  const rows = jobs.map(({ afterMs, ...job }) => ({ ...job, after_ms: afterMs ?? null }));
  await tx`
    select count(*) from graphile_worker.add_jobs(array(
      select (x.task, x.payload, null, now() + x.after_ms * interval '1 millisecond', x.attempts, x.key, x.priority, null)::graphile_worker.job_spec
      from jsonb_to_recordset(${tx.json(rows as never)}) as x(
        task text, payload json, key text, attempts smallint, priority smallint, after_ms integer)))`;
}

/** Tells live pages that something changed, when and if the transaction commits. */
export async function notify(tx: Tx, notices: Notice[]): Promise<void> {
  if (notices.length === 0) return;
  await tx`select pg_notify(${liveChannel}, x::text) from jsonb_array_elements(${tx.json(notices as never)}) as x`;
}

function isoOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
