/**
 * The audit: who changed what, and why. One row for each change, written with it or not at all.
 *
 * Whoever changes something for an operator or a service adds a row in the same transaction. What
 * people say and what is recorded of them stands in their timelines instead.
 */
import { Refusal } from '../control.ts';
import type { AuditedChange, Page } from '../operator-control.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { pageFrom, pageOf, readCursor } from './cursor.ts';
import type { Store, Tx } from './store.ts';

/** Longest reason kept, in characters. */
export const reasonLengthMax = 1_000;

export type AuditEntry = {
  /** `person:<id>` or the email a door knows them by, `service:<key id>`, or a word such as `files` or `command`. */
  actor: string;
  /** A verb and its object: `move`, `publish`, `pause-program`. */
  action: string;
  /** `enrollment:<id>`, `person:<id>`, `program:<name>`, `bulk:<id>`, `key:<id>`, or `workspace`. */
  target: string;
  reason?: string | undefined;
  /** Plain JSON; never what people wrote, nor secrets. */
  details?: Record<string, unknown>;
};

/** A reason as it is kept; refuses one that says nothing or too much. */
export function checkReason(reason: string): string {
  const clean = cleanText(reason).trim();
  if (clean === '') throw new Refusal('malformed', 'Say why: a reason of a few words is kept with the change.');
  if (clean.length > reasonLengthMax)
    throw new Refusal('too-large', `A reason may have ${reasonLengthMax} characters; this one has ${clean.length}.`);
  return clean;
}

/** Who somebody is whom a door knows by email; anything else stays as it is. The audit holds no addresses. */
async function actorOf(store: Store, tx: Tx, by: string): Promise<string> {
  if (!by.includes('@')) return by;
  const [person] = await tx<{ id: string }[]>`
    select id from people where workspace_id = ${store.workspace} and email = ${by.toLowerCase()}`;
  return person === undefined ? 'somebody' : `person:${person.id}`;
}

/** Adds a row, in the transaction of the change. */
export function addAudit(store: Store, tx: Tx, entry: AuditEntry): Promise<void> {
  return addAudits(store, tx, [entry]);
}

/** The same for changes of many at once, in their order, with one statement. */
export async function addAudits(store: Store, tx: Tx, entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const actors = new Map<string, string>();
  for (const { actor } of entries) if (!actors.has(actor)) actors.set(actor, await actorOf(store, tx, actor));
  const rows = entries.map(({ actor, action, target, reason, details }) => ({
    actor: actors.get(actor),
    action,
    target,
    reason: reason === undefined ? null : cleanText(reason).slice(0, reasonLengthMax),
    details: cleanText(details ?? {}),
  }));
  await tx`
    insert into audit (workspace_id, at, actor, action, target, reason, details)
    select ${store.workspace}, ${new Date(await clockNow(store, tx))}, x.actor, x.action, x.target, x.reason, x.details
    from jsonb_to_recordset(${tx.json(rows as never)}) as x(actor text, action text, target text, reason text, details jsonb)`;
}

/** The newest first; of one target where it is named. */
export async function readAudit(
  store: Store,
  { after, target, limit: wanted }: { after?: string; target?: string; limit: number },
): Promise<Page<AuditedChange>> {
  type Row = Omit<AuditedChange, 'id' | 'at'> & { id: string; at: Date };
  const limit = pageOf(wanted);
  const [before] = after === undefined ? [Number.MAX_SAFE_INTEGER] : readCursor<[number]>(after, ['number']);
  const rows = await store.sql<Row[]>`
    select id, at, actor, action, target, reason, details from audit
    where workspace_id = ${store.workspace} and id < ${before}::bigint
      ${target === undefined ? store.sql`` : store.sql`and target = ${target}`}
    order by id desc limit ${limit + 1}`;
  return pageFrom(
    rows,
    limit,
    (row) => [Number(row.id)],
    (row) => ({ ...row, id: Number(row.id), at: row.at.getTime() }),
  );
}
