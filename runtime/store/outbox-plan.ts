/**
 * What is next for a person in the outbox, and what becomes of it: read, planned and marked in one
 * transaction, under the lock on the person, so that two senders never both take it.
 *
 * Nothing is sent here, and nothing is withdrawn: that takes a step, and other locks.
 */
import type { Facts } from '../facts.ts';
import { planSend, type SendPlan, webChannel } from '../send-plan.ts';
import { digestPartsMax, mergeDigest } from '../send-plan-digest.ts';
import type { Channel, OutgoingMessage } from '../services.ts';
import { lapsed } from '../unsent.ts';
import { clockNow } from './clock.ts';
import type { DeliverJob } from './jobs.ts';
import { type Origin, otherVoices, readOrigin, sentToday, waysTo } from './outbox-around.ts';
import {
  lockOutbox,
  markHeld,
  markInWeb,
  markSending,
  markUntried,
  type Open,
  readOpen,
  reveal,
} from './outbox-rows.ts';
import type { Store, Tx } from './store.ts';

export type Next =
  /** Nothing is due. */
  | { do: 'nothing' }
  /** Something was put off, or is in the web chat now: look for the next. */
  | { do: 'look-again' }
  /** Another job is sending to this person. */
  | { do: 'wait' }
  | { do: 'withdraw'; message: Open }
  /** It waits until `at`; now: only its question has to hear that it is shown at last. */
  | { do: 'hold'; message: Open; at: number; why: string[]; readyAt: number }
  /** `ids`: what is sent with it, and is marked as being sent. */
  | { do: 'send'; ids: string[]; outgoing: OutgoingMessage; channel: Channel };

type Desk = {
  store: Store;
  tx: Tx;
  channels: readonly Channel[];
  person: string;
  /** The job that sends. */
  sender: string;
  now: number;
};

/**
 * Takes what is next for the job's person. `sender` is the job that asks: what it was sending when it was cut short it
 * takes up again.
 */
export async function takeNext(
  store: Store,
  tx: Tx,
  channels: readonly Channel[],
  { person }: DeliverJob,
  sender: string,
): Promise<Next> {
  await lockOutbox(store, tx, person);
  const now = await clockNow(store, tx);
  const open = await readOpen(store, tx, person, now);
  const [first] = open;
  if (first === undefined) return { do: 'nothing' };
  const isTheirs = ({ status, sender: other, gone }: Open) => status === 'sending' && other !== sender && !gone;
  if (open.some(isTheirs)) return { do: 'wait' };
  const desk: Desk = { store, tx, channels, person, sender, now };
  // It may have arrived: it goes again as it went, with the same id.
  const isPart = first.digest !== null && first.digest !== first.id;
  return first.status === 'sending' || isPart ? sendAgain(desk, first, open) : sendFirst(desk, first, open);
}

async function sendFirst(desk: Desk, message: Open, open: readonly Open[]): Promise<Next> {
  const { store, tx, channels, person, sender, now } = desk;
  const origin = await readOrigin(store, tx, person, message);
  const { ways, accounts } = await waysTo(store, tx, channels, person);
  const plan = await planFor(desk, message, origin, ways);
  if (isSeen(message, plan) && !isHeldBack(message, origin, now)) {
    await markInWeb(store, tx, [message], { now, why: null });
    return { do: 'look-again' };
  }
  if (origin.state !== null && whyLapsed(message, origin.state.facts) !== null) return { do: 'withdraw', message };
  if (message.unasked && origin.paused !== null) {
    const at = origin.paused === 'person' ? 'resumed' : null;
    await markHeld(store, tx, message, { at, why: ['It is paused.'], readyAt: now });
    return { do: 'look-again' };
  }
  if (plan.at > now) {
    const { at, why, readyAt } = plan;
    return { do: 'hold', message, at, why, readyAt };
  }
  if (isHeldBack(message, origin, now)) return { do: 'hold', message, at: now, why: [], readyAt: plan.readyAt };
  const channel = plan.kind === 'in-app' ? undefined : channels.find(({ name }) => name === plan.channel);
  if (plan.kind === 'in-app' || channel === undefined || channel.name === webChannel) {
    await reveal(store, tx, person, [message], now);
    await markInWeb(store, tx, [message], { now, why: plan.kind === 'in-app' ? plan.why : null });
    return { do: 'look-again' };
  }
  const together = plan.kind === 'digest' ? await gather(desk, message, open, ways) : [message];
  await reveal(store, tx, person, together, now);
  const digest = together.length === 1 ? message.id : `digest:${message.id}`;
  const template = plan.template ?? null;
  await markSending(store, tx, together, { channel: channel.name, template, digest, sender });
  const as = { id: digest, account: accounts.get(channel.name) ?? '', attempt: message.tries + 1, template };
  return { do: 'send', channel, ...(await outgoing(desk, together, as)) };
}

/**
 * Whether it stands in the web chat and is to go nowhere else: then it was sent by being stored, whatever has come
 * between that and its job.
 */
const isSeen = (message: Open, plan: SendPlan): boolean =>
  !message.hidden && plan.kind !== 'in-app' && plan.channel === webChannel;

/** Whether its question is to be shown later than it may be now. */
const isHeldBack = ({ question }: Open, { state }: Origin, now: number): boolean =>
  question !== null && state?.facts.question?.id === question.id && state.facts.question.askedAt > now;

async function sendAgain(desk: Desk, first: Open, open: readonly Open[]): Promise<Next> {
  const { store, tx, channels, person, sender } = desk;
  const together = open.filter((one) => one === first || (first.digest !== null && one.digest === first.digest));
  const channel = channels.find(({ name }) => name === first.channel);
  const { accounts } = await waysTo(store, tx, channels, person);
  const account = accounts.get(first.channel ?? '');
  if (channel === undefined || account === undefined) {
    // The channel, or the account there, is gone meanwhile.
    await markUntried(store, tx, together);
    return { do: 'look-again' };
  }
  const { template } = first;
  const id = first.digest ?? first.id;
  await markSending(store, tx, together, { channel: channel.name, template, digest: id, sender });
  return {
    do: 'send',
    channel,
    ...(await outgoing(desk, together, { id, account, attempt: first.tries + 1, template })),
  };
}

/** Why a message is not to be sent any more, as things stand with its enrollment; null: it still holds. */
export function whyLapsed(message: Open, facts: Facts): string | null {
  const { reason, unasked, visit, lapses } = message;
  const question = message.question?.id ?? null;
  return lapsed({ reason, unasked, visit, lapses, question, writtenAt: message.at.getTime() }, facts);
}

type Ways = Awaited<ReturnType<typeof waysTo>>['ways'];

async function planFor({ store, tx, person, now }: Desk, message: Open, origin: Origin, ways: Ways): Promise<SendPlan> {
  const { unasked, question, program } = message;
  const { preferences, zone, quiet } = origin;
  const silent = { talkedAt: null, beganAt: null, answering: false };
  const [others, sentAt] = await Promise.all([
    unasked ? otherVoices(store, tx, person, program, now) : silent,
    unasked && preferences.perDay !== null ? sentToday(store, tx, person, zone, now) : [],
  ]);
  const around = { zone, preferences, programQuiet: quiet, sentAt, others, ways };
  const readyAt = (message.ready_at ?? message.at).getTime();
  return planSend({ unasked, isQuestion: question !== null, readyAt }, around, now);
}

/** Whatever else goes into a digest now comes with it. */
async function gather(desk: Desk, message: Open, open: readonly Open[], ways: Ways): Promise<Open[]> {
  const { store, tx, person, now } = desk;
  const together = [message];
  for (const one of open) {
    if (together.length === digestPartsMax) break;
    if (one === message || !one.unasked || one.tries > 0) continue;
    const origin = await readOrigin(store, tx, person, one);
    if (origin.paused || (origin.state !== null && whyLapsed(one, origin.state.facts) !== null)) continue;
    const plan = await planFor(desk, one, origin, ways);
    if (plan.kind === 'digest' && plan.at <= now) together.push(one);
  }
  return together;
}

async function outgoing(
  { store, tx }: Desk,
  together: readonly Open[],
  as: { id: string; account: string; attempt: number; template: string | null },
): Promise<{ ids: string[]; outgoing: OutgoingMessage }> {
  const { id, account, attempt, template } = as;
  const titles = await titlesOf(store, tx, together);
  const parts = together.map(({ program, text }) => ({ program, title: titles.get(program) ?? program, text }));
  const question = together.length === 1 ? together[0]?.question : undefined;
  return {
    ids: together.map((one) => one.id),
    outgoing: {
      id,
      account,
      text: mergeDigest(parts),
      attempt,
      ...(question ? { question } : {}),
      ...(template === null ? {} : { template }),
    },
  };
}

async function titlesOf(store: Store, tx: Tx, together: readonly Open[]): Promise<ReadonlyMap<string, string>> {
  const names = [...new Set(together.map(({ program }) => program))];
  if (names.length < 2) return new Map();
  const rows = await tx<{ name: string; title: string }[]>`
    select distinct on (program) program as name, ir->>'title' as title from program_versions
    where workspace_id = ${store.workspace} and program = any(${names}::text[]) order by program, version desc`;
  return new Map(rows.map(({ name, title }) => [name, title]));
}
