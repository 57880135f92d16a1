/**
 * Messages as rows: what steps heard and said, and what the system itself says.
 *
 * Positions are given out under a lock on the person, so within a conversation they grow in the order
 * of commits: a reader who has seen one has seen all before it. The lock is on the person's row, and not
 * an advisory one: of these a batch may take as many as it has people.
 *
 * What Regimen begins is born held where it may have to wait for the person's wishes or for another program, and
 * is no part of the conversation until then (`outbox.ts`); everything else leaves in its turn.
 */
import { isoOf } from './moments.ts';
import type { Stepped } from './stepped.ts';
import type { Sql, Store, Tx } from './store.ts';

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
  /** Regimen began it: as in the effect. */
  unasked?: boolean;
  visit?: number;
  lapses?: 'heard' | 'moved';
};

/** What a step heard and said, in order. */
export function messagesOf({ enrollment, input, result, at }: Stepped): MessageRow[] {
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
            ...(effect.unasked === undefined ? {} : { unasked: true, ...effect.unasked }),
          },
        ],
  );
  return [...heard, ...said];
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

/** Adds messages in order; one that is there already only learns its enrollment. */
export async function addMessages(store: Store, tx: Tx, rows: readonly MessageRow[]): Promise<void> {
  if (rows.length === 0) return;
  const people = rows.map((row) => row.person_id);
  await tx`with held as materialized (${lockPeople(store, tx, people)}) ${insertMessages(store, tx, rows)}`;
}

/** The lock under which positions are given out; always taken in the order of the people's ids. */
export function lockPeople(store: Store, sql: Sql, people: readonly string[]) {
  return sql`
    select id from people where workspace_id = ${store.workspace} and id = any(${[...new Set(people)]}::text[])
    order by id for no key update`;
}

/**
 * The insert of messages whose people are `held`. Whether one waits is asked once for each (`offset 0`), and of the
 * person's own enrollments: `status = 'active'` would let Postgres walk along those of everybody.
 */
export function insertMessages(store: Store, sql: Sql, rows: readonly MessageRow[]) {
  return sql`
    insert into messages (workspace_id, id, person_id, program, enrollment_id, direction, channel, text, reason, author,
      question, at, unasked, visit, lapses, status, hidden, send_at)
    select ${store.workspace}, x.id, x.person_id, x.program, x.enrollment_id, x.direction, x.channel, x.text, x.reason,
      x.author, nullif(x.question, 'null'::jsonb), x.at, coalesce(x.unasked, false), x.visit, x.lapses,
      case when waits.it then 'held' else x.status end, waits.it, case when waits.it then x.at end
    from jsonb_to_recordset(${sql.json(rows.map((row, order) => ({ ...row, order })) as never)}) as x(
      "order" integer, id text, person_id text, program text, enrollment_id text, direction text, channel text, text text,
      reason text, author text, question jsonb, status text, at timestamptz, unasked boolean, visit integer, lapses text)
    cross join lateral (select coalesce(x.unasked, false) and (
      exists (select from delivery_preferences d where d.workspace_id = ${store.workspace} and d.person_id = x.person_id)
      or exists (select from enrollments e where e.workspace_id = ${store.workspace} and e.person_id = x.person_id
        and e.program <> x.program and e.status <> 'finished')) as it offset 0) waits
    where (select count(*) from held) > 0
    order by x."order"
    on conflict (workspace_id, person_id, direction, id) do update
      set enrollment_id = coalesce(messages.enrollment_id, excluded.enrollment_id)`;
}
