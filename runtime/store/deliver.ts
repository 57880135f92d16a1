/**
 * Delivers messages: through the channel the person used last.
 *
 * A message leaves in its turn: the job of a later one sends the earlier ones first. What has been
 * sent is marked and never sent again; only when the process dies between the sending and the mark
 * is it offered to the channel once more, with the same id. The web chat delivers by storing.
 */
import { type Channel, DeliveryProblem } from '../services.ts';
import { clockNow } from './clock.ts';
import { deliverLimitMs, deliveryWaitsMax, retryAfterMaxMs } from './limits.ts';
import type { Store, Tx } from './store.ts';
import { problemOf } from './sweep.ts';
import { addOperatorItem, addQueueJobs, type DeliverJob, deliverJob, notify } from './write-steps.ts';

/** The channel that needs no sending. */
const webChannel = 'web';
/** Messages sent by one job; the others have jobs of their own. */
const messagesAtOnceMax = 100;

/**
 * Sends a person's queued messages up to and including this one. `attempt` is the queue's count for
 * this job. Throws when a channel fails, and the queue tries again; a channel's wish to wait is granted.
 */
export async function deliver(store: Store, channels: Channel[], job: DeliverJob, attempt: number): Promise<void> {
  try {
    for (let sent = 0; sent < messagesAtOnceMax; sent++) {
      if (!(await store.sql.begin((tx) => sendNext(store, tx, channels, job, attempt)))) return;
    }
  } catch (error) {
    const waits = (job.waits ?? 0) + 1;
    const wish = error instanceof DeliveryProblem ? error.retryAfterMs : null;
    if (wish === null || waits > deliveryWaitsMax) throw error;
    const later = deliverJob(store.workspace, job.person, job.message, waits);
    await addQueueJobs(store.sql, [{ ...later, afterMs: Math.min(wish, retryAfterMaxMs) }]);
  }
}

/** Marks a message as failed for good and tells an operator. One that is no longer queued stays as it is. */
export async function giveUpDelivery(store: Store, job: DeliverJob, problem: string): Promise<void> {
  await store.sql.begin((tx) => markFailed(store, tx, job.person, job.message, problem));
}

async function markFailed(store: Store, tx: Tx, person: string, id: string, problem: string): Promise<void> {
  const [message] = await tx<{ program: string; enrollment: string | null }[]>`
    update messages set status = 'failed'
    where workspace_id = ${store.workspace} and person_id = ${person} and direction = 'out' and id = ${id}
      and status = 'queued' returning program, enrollment_id as enrollment`;
  if (message === undefined) return;
  await addOperatorItem(store, tx, {
    id: `undelivered:${id}`,
    kind: 'failure',
    enrollment: message.enrollment,
    person,
    program: message.program,
    to: 'operator',
    text: `A message could not be delivered: ${problem}`,
    at: await clockNow(store, tx),
  });
  await notify(tx, [{ workspace: store.workspace, person, ...message }]);
}

type Queued = {
  position: string;
  id: string;
  program: string;
  enrollment: string | null;
  text: string;
  question: { id: string; options: string[] } | null;
};

/** Sends the first queued message that is not after the job's; false when there is none. */
async function sendNext(store: Store, tx: Tx, channels: Channel[], job: DeliverJob, attempt: number): Promise<boolean> {
  // One sender for a person at a time keeps the order; the lock ends with the transaction.
  await tx`select pg_advisory_xact_lock(hashtextextended(${`deliver:${store.workspace}:${job.person}`}, 0))`;
  const [message] = await tx<Queued[]>`
    select position, id, program, enrollment_id as enrollment, text, question from messages
    where workspace_id = ${store.workspace} and person_id = ${job.person} and status = 'queued'
      and position <= (select position from messages where workspace_id = ${store.workspace}
        and person_id = ${job.person} and direction = 'out' and id = ${job.message})
    order by position limit 1`;
  if (message === undefined) return false;
  const { channel, account } = await findWay(store, tx, channels, job.person);
  if (channel !== null) {
    const { id, text, question } = message;
    // Only the first attempt of a message's own job knows that nobody has tried it before.
    const isFirst = id === job.message && attempt === 1 && job.waits === undefined;
    const outgoing = {
      id,
      account,
      text,
      ...(question === null ? {} : { question }),
      ...(isFirst ? { attempt: 1 } : {}),
    };
    try {
      await withLimit(channel.send(outgoing), channel.name);
    } catch (error) {
      if (!(error instanceof DeliveryProblem) || error.again) throw error;
      // It will never go through; the ones behind it may.
      await markFailed(store, tx, job.person, id, problemOf(error));
      return true;
    }
  }
  await tx`
    update messages set status = 'sent', channel = ${channel?.name ?? webChannel}, sent_at = ${new Date(await clockNow(store, tx))}
    where workspace_id = ${store.workspace} and position = ${message.position}`;
  return true;
}

/** The channel used last that can be reached; null: the web chat, where the message already is. */
async function findWay(
  store: Store,
  tx: Tx,
  channels: Channel[],
  person: string,
): Promise<{ channel: Channel | null; account: string }> {
  const nowhere = { channel: null, account: '' };
  const [heard] = await tx<{ channel: string }[]>`
    select channel from messages
    where workspace_id = ${store.workspace} and person_id = ${person} and direction = 'in'
    order by position desc limit 1`;
  if (heard?.channel === webChannel) return nowhere;
  const accounts = await tx<{ channel: string; account: string }[]>`
    select channel, account from accounts where workspace_id = ${store.workspace} and person_id = ${person}
    order by channel = ${heard?.channel ?? ''} desc, created_at desc`;
  for (const { channel: name, account } of accounts) {
    const channel = channels.find((one) => one.name === name && name !== webChannel);
    if (channel !== undefined) return { channel, account };
  }
  return nowhere;
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
