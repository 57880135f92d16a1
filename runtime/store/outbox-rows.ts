/**
 * Rows of the outbox: what is open for a person, in the order in which it is taken, and the marks that say
 * what became of each. All of it under the lock on the person, which the caller takes with `lockOutbox`.
 */
import type { MessageReason } from '../facts.ts';
import { webChannel } from '../send-plan.ts';
import { byImportance } from '../send-plan-turn.ts';
import { openMax, senderGoneMs } from './limits.ts';
import { note } from './notes.ts';
import { notify } from './notices.ts';
import type { Store, Tx } from './store.ts';

export type Open = {
  position: string;
  id: string;
  program: string;
  enrollment: string | null;
  text: string;
  reason: MessageReason | 'notice';
  question: { id: string; options: string[] } | null;
  status: 'held' | 'queued' | 'sending';
  unasked: boolean;
  visit: number | null;
  lapses: 'heard' | 'moved' | null;
  at: Date;
  ready_at: Date | null;
  hidden: boolean;
  tries: number;
  sender: string | null;
  /** It has been with its sender for longer than any sending takes. */
  gone: boolean;
  channel: string | null;
  template: string | null;
  digest: string | null;
};

/** Locks the person: positions of messages are given out under this lock, and one at a time decides what is next. */
export async function lockOutbox(store: Store, tx: Tx, person: string): Promise<void> {
  await tx`select 1 from people where workspace_id = ${store.workspace} and id = ${person} for no key update`;
}

/** What is being sent, or may be by now, in the order in which it is taken. */
export async function readOpen(store: Store, tx: Tx, person: string, now: number): Promise<Open[]> {
  const rows = await tx<Open[]>`
    select position, id, program, enrollment_id as enrollment, text, reason, question, status, unasked, visit, lapses, at,
      ready_at, hidden, tries, sender, channel, template, digest,
      coalesce(sending_since < clock_timestamp() - ${senderGoneMs} * interval '1 millisecond', false) as gone
    from messages
    where workspace_id = ${store.workspace} and person_id = ${person} and direction = 'out'
      and (status in ('queued', 'sending') or (status = 'held' and send_at <= ${new Date(now)}))
    order by position limit ${openMax}`;
  return inTurn(rows);
}

const ranks = { sending: 0, queued: 1, held: 2 } as const;

/**
 * What was begun, what leaves in its turn, then what was held: of several programs the one with the most important
 * message first, and each program's in the order in which they were written.
 */
function inTurn(rows: readonly Open[]): Open[] {
  const most = new Map<string, MessageReason>();
  for (const { status, program, reason } of rows) {
    if (status !== 'held' || reason === 'notice') continue;
    const known = most.get(program);
    if (known === undefined || byImportance(reason, known) < 0) most.set(program, reason);
  }
  const importance = (a: Open, b: Open): number => {
    if (a.status !== 'held' || a.program === b.program) return 0;
    const [one, other] = [most.get(a.program), most.get(b.program)];
    return one === undefined || other === undefined ? 0 : byImportance(one, other);
  };
  // Of programs that are as important, the one whose message is the oldest; rows come in the order of positions.
  const began = new Map([...rows].reverse().map((row, index) => [row.program, -index]));
  const eldest = (a: Open, b: Open) =>
    a.status === 'held' ? (began.get(a.program) ?? 0) - (began.get(b.program) ?? 0) : 0;
  return [...rows].sort((a, b) => ranks[a.status] - ranks[b.status] || importance(a, b) || eldest(a, b));
}

/**
 * It waits until `at` (null: until its program goes on; `resumed`: until the person does); from `readyAt` on only other
 * programs stand in its way.
 */
export async function markHeld(
  store: Store,
  tx: Tx,
  message: Open,
  { at, why, readyAt }: { at: number | null | 'resumed'; why: string[]; readyAt: number },
): Promise<void> {
  await tx`
    update messages set status = 'held', send_at = ${typeof at === 'number' ? new Date(at) : null}, why = ${why},
      until_resumed = ${at === 'resumed'}, ready_at = ${new Date(readyAt)}
    where workspace_id = ${store.workspace} and position = ${message.position} and status in ('held', 'queued')`;
}

/** What was hidden becomes part of the conversation, with a new position: whoever reads on from one finds it. */
export async function reveal(store: Store, tx: Tx, person: string, messages: Open[], now: number): Promise<void> {
  for (const message of messages) {
    if (!message.hidden) continue;
    const [row] = await tx<{ position: string }[]>`
      update messages set hidden = false, shown_at = ${new Date(now)}, position = default
      where workspace_id = ${store.workspace} and position = ${message.position} returning position`;
    if (row !== undefined) message.position = row.position;
    const { program, enrollment } = message;
    await notify(tx, [{ workspace: store.workspace, person, program, enrollment }]);
  }
}

/** It is handed to a channel; `as`: what it is part of there. Kept before the channel is asked. */
export async function markSending(
  store: Store,
  tx: Tx,
  messages: readonly Open[],
  as: { channel: string; template: string | null; digest: string; sender: string },
): Promise<void> {
  await tx`
    update messages set status = 'sending', channel = ${as.channel}, template = ${as.template}, digest = ${as.digest},
      tries = tries + 1, sender = ${as.sender}, sending_since = clock_timestamp()
    where workspace_id = ${store.workspace} and position = any(${positionsOf(messages)}::bigint[])`;
}

/** It is in the web chat, and goes nowhere else. `why`: set where it should have gone elsewhere. */
export async function markInWeb(
  store: Store,
  tx: Tx,
  messages: readonly Open[],
  { now, why }: { now: number; why: string[] | null },
): Promise<void> {
  await tx`
    update messages set status = ${why === null ? 'sent' : 'in-app'}, channel = ${webChannel}, sent_at = ${new Date(now)},
      why = ${why ?? []}
    where workspace_id = ${store.workspace} and position = any(${positionsOf(messages)}::bigint[])`;
  for (const { id } of messages)
    note(store, { kind: 'delivery', message: id, channel: webChannel, outcome: 'sent', ms: 0 });
}

/** It is planned anew, as if it had never been handed to anybody. */
export async function markUntried(store: Store, tx: Tx, messages: readonly Open[]): Promise<void> {
  await tx`
    update messages set status = 'queued', channel = null, template = null, digest = null, tries = 0, sender = null,
      sending_since = null
    where workspace_id = ${store.workspace} and position = any(${positionsOf(messages)}::bigint[])`;
}

const positionsOf = (messages: readonly Open[]): string[] => messages.map(({ position }) => position);
