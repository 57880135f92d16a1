/**
 * Delivers messages: takes what is next for a person from the outbox, and hands it to its channel.
 *
 * What is handed over is marked as being sent first, in a transaction of its own, and as sent when the channel has
 * answered. A process that dies between the two leaves the first mark: the message is then handed over again, with
 * the same id and a higher `attempt`, and a channel that can looks whether it has it. That, and a database that stays
 * away for longer than a moment, is the one window in which a message may arrive twice. The web chat delivers by
 * storing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Channel, DeliveryProblem } from '../services.ts';
import { heldInput, unsentInput } from '../unsent.ts';
import { clockNow } from './clock.ts';
import { commitIn, lockEnrollments } from './commit.ts';
import { addOperatorItem } from './items.ts';
import { addQueueJobs, type DeliverJob, deliverJob } from './jobs.ts';
import {
  deliverAttemptsMax,
  deliverLimitMs,
  deliveryWaitsMax,
  heldToldMs,
  retryAfterMaxMs,
  senderBusyMs,
  sentMarkAgainMs,
  sentMarkMs,
} from './limits.ts';
import { note } from './notes.ts';
import { notify } from './notices.ts';
import { inSpan } from './origin.ts';
import { type Next, takeNext, whyLapsed } from './outbox-plan.ts';
import { lockOutbox, markHeld, type Open } from './outbox-rows.ts';
import { isPassing, problemOf } from './problem.ts';
import type { Store, Tx } from './store.ts';

/** Messages seen to by one job; the others have jobs of their own. */
const messagesAtOnceMax = 100;

/**
 * Sends what is due for the job's person, in order. `sender` is the queue's own id of the job, the same when it is
 * tried again. Throws when a channel fails, and the queue tries again; a channel's wish to wait is granted.
 */
export async function deliver(
  store: Store,
  channels: readonly Channel[],
  job: DeliverJob,
  sender: string,
): Promise<void> {
  try {
    for (let done = 0; done < messagesAtOnceMax; done++) {
      const next = (await store.sql.begin((tx) => takeNext(store, tx, channels, job, sender))) as Next;
      if (next.do === 'nothing') return;
      if (next.do === 'wait') return comeBack(store, job, senderBusyMs);
      if (next.do === 'hold') await hold(store, job.person, next);
      if (next.do === 'withdraw') await withdraw(store, next.message);
      if (next.do === 'send') await send(store, job, sender, next);
    }
  } catch (error) {
    const waits = (job.waits ?? 0) + 1;
    const wish = error instanceof DeliveryProblem ? error.retryAfterMs : null;
    if (wish === null || waits > deliveryWaitsMax) throw error;
    await comeBack(store, { ...job, waits }, Math.min(wish, retryAfterMaxMs));
  }
}

async function comeBack(
  store: Store,
  { workspace, person, message, waits }: DeliverJob,
  afterMs: number,
): Promise<void> {
  await addQueueJobs(store.sql, [{ ...deliverJob(workspace, person, message, waits), afterMs }]);
}

/**
 * Marks the job's message, and what the job tried last (`sender`: its id), as failed for good, and tells an operator.
 * What is no longer on its way stays as it is.
 */
export async function giveUpDelivery(store: Store, job: DeliverJob, problem: string, sender: string): Promise<void> {
  await store.sql.begin(async (tx) => {
    const tried = await tx<{ id: string }[]>`
      select id from messages
      where workspace_id = ${store.workspace} and person_id = ${job.person} and direction = 'out' and sender = ${sender}
        and status in ('queued', 'sending')`;
    await markFailed(store, tx, job.person, [job.message, ...tried.map(({ id }) => id)], problem);
  });
}

async function send(store: Store, job: DeliverJob, sender: string, next: Extract<Next, { do: 'send' }>): Promise<void> {
  const { channel, outgoing, ids } = next;
  const began = performance.now();
  const noteIt = (outcome: 'sent' | 'again' | 'failed') =>
    note(store, {
      kind: 'delivery',
      message: outgoing.id,
      channel: channel.name,
      outcome,
      ms: Math.round(performance.now() - began),
    });
  try {
    await inSpan(`deliver ${channel.name}`, {}, () => withLimit(channel.send(outgoing), channel.name));
  } catch (error) {
    const again = !(error instanceof DeliveryProblem) || error.again;
    noteIt(again ? 'again' : 'failed');
    if (!again) {
      // It will never go through; the ones behind it may.
      await store.sql.begin((tx) => markFailed(store, tx, job.person, ids, problemOf(error)));
      return;
    }
    // A channel that asks for patience has not failed, until it has asked too often.
    const asks = error instanceof DeliveryProblem && error.retryAfterMs !== null;
    const counts = asks && (job.waits ?? 0) < deliveryWaitsMax ? 0 : 1;
    const tried = await store.sql<{ failures: number }[]>`
      update messages set status = 'queued', sending_since = null, failures = failures + ${counts}
      where workspace_id = ${store.workspace} and person_id = ${job.person} and direction = 'out'
        and id = any(${ids}::text[]) and status = 'sending' and sender = ${sender} returning failures`;
    if (tried.every(({ failures }) => failures < deliverAttemptsMax)) throw error;
    await store.sql.begin((tx) => markFailed(store, tx, job.person, ids, problemOf(error)));
    return;
  }
  await markSent(store, job.person, ids);
  noteIt('sent');
}

/**
 * The channel has it: while the database is away for a moment this is tried again, as without the mark it would go out
 * twice.
 */
async function markSent(store: Store, person: string, ids: readonly string[]): Promise<void> {
  for (const until = performance.now() + sentMarkMs; ; await sleep(sentMarkAgainMs)) {
    try {
      await store.sql`
        update messages set status = 'sent', sent_at = ${new Date(await clockNow(store))}
        where workspace_id = ${store.workspace} and person_id = ${person} and direction = 'out'
          and id = any(${ids as string[]}::text[]) and status = 'sending'`;
      return;
    } catch (error) {
      if (!isPassing(error) || performance.now() > until) throw error;
    }
  }
}

/** Puts a message off. What waits for long, and any question, its enrollment hears of, so that the timeline says so. */
async function hold(store: Store, person: string, put: Extract<Next, { do: 'hold' }>): Promise<void> {
  const { message, at, why } = put;
  const { id, enrollment, question } = message;
  await store.sql.begin(async (tx) => {
    const isTold = question !== null || at - (await clockNow(store, tx)) >= heldToldMs;
    // The enrollment first, then the person: as in every step.
    if (enrollment !== null && isTold)
      await commitIn(store, tx, { enrollment, input: heldInput(id, at, why.join(' '), question?.id ?? null) });
    await lockOutbox(store, tx, person);
    await markHeld(store, tx, message, put);
  });
}

/** Withdraws a message whose reason is gone: its enrollment learns of it, so that the timeline says so. */
async function withdraw(store: Store, message: Open): Promise<void> {
  const { id, enrollment } = message;
  if (enrollment === null) return;
  await store.sql.begin(async (tx) => {
    // The enrollment first, then the person: as in every step.
    const [locked] = await lockEnrollments(store, tx, [enrollment]);
    const why = locked === undefined ? null : whyLapsed(message, locked.state.facts);
    if (locked === undefined || why === null) return;
    await lockOutbox(store, tx, locked.person);
    const [withdrawn] = await tx`
      update messages set status = 'withdrawn', why = ${[why]}
      where workspace_id = ${store.workspace} and enrollment_id = ${enrollment} and direction = 'out' and id = ${id}
        and status in ('held', 'queued') returning 1`;
    if (withdrawn !== undefined)
      await commitIn(store, tx, { enrollment, input: unsentInput(id, why, message.at.getTime()) });
  });
}

async function markFailed(
  store: Store,
  tx: Tx,
  person: string,
  ids: readonly string[],
  problem: string,
): Promise<void> {
  const failed = await tx<{ id: string; program: string; enrollment: string | null }[]>`
    update messages set status = 'failed', sender = null
    where workspace_id = ${store.workspace} and person_id = ${person} and direction = 'out' and id = any(${ids as string[]}::text[])
      and status in ('queued', 'sending') returning id, program, enrollment_id as enrollment`;
  for (const { id, program, enrollment } of failed) {
    await addOperatorItem(store, tx, {
      id: `undelivered:${id}`,
      kind: 'failure',
      enrollment,
      person,
      program,
      to: 'operator',
      text: `A message could not be delivered: ${problem}`,
      at: await clockNow(store, tx),
    });
    await notify(tx, [{ workspace: store.workspace, person, program, enrollment }]);
  }
}

function withLimit(sending: Promise<void>, name: string): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, fail) => {
    timer = setTimeout(
      () => fail(new Error(`${name} did not answer within ${deliverLimitMs / 1000} seconds.`)),
      deliverLimitMs,
    );
  });
  return Promise.race([sending, limit]).finally(() => clearTimeout(timer));
}
