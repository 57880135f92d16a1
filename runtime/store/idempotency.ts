/**
 * Answers that are kept, so that a request sent twice is done once and answered alike.
 *
 * The first request with a key is noted before it is done. A repeat gets the answer that was given; while
 * the first is in hand it is told to wait; the same key with another request is refused. Only answers of
 * what was done are kept: one that was refused changed nothing and may be tried again. Real time.
 */
import { Refusal } from '../control.ts';
import type { Store } from './store.ts';

/** How long answers are kept. */
export const keptForMs = 24 * 60 * 60_000;
/** A request that has not ended by then was cut short: its repeat is done anew. */
export const inHandMaxMs = 60_000;
/** Old answers that are let go at each new one. */
const forgottenAtOnce = 20;

export type KeptAnswer = { status: number; answer: unknown; headers: Record<string, string> };

/** `service`: whose key it is. `id`: the key as it came. `hash`: of everything that makes the request what it is. */
type Which = { service: string; id: string; hash: string };

export type Begun =
  | { state: 'new' }
  | { state: 'done'; kept: KeptAnswer }
  /** The first request is in hand; it may be asked again after so long. */
  | { state: 'in-hand'; retryAfterMs: number };

/** Notes a request. Refuses a key that stands for another one. */
export async function beginRequest(store: Store, { service, id, hash }: Which): Promise<Begun> {
  const { sql, workspace } = store;
  const [mine] = await sql`
    insert into idempotency_keys (workspace_id, service, id, hash) values (${workspace}, ${service}, ${id}, ${hash})
    on conflict (workspace_id, service, id) do update
      set hash = excluded.hash, status = null, answer = null, headers = null, begun_at = now()
      where idempotency_keys.begun_at < now() - ${keptForMs} * interval '1 millisecond'
        or (idempotency_keys.status is null and idempotency_keys.hash = excluded.hash
          and idempotency_keys.begun_at < now() - ${inHandMaxMs} * interval '1 millisecond')
    returning 1`;
  if (mine !== undefined) {
    await forgetOld(store);
    return { state: 'new' };
  }
  const [row] = await sql<{ hash: string; status: number | null; answer: unknown; headers: Record<string, string> }[]>`
    select hash, status, answer, headers from idempotency_keys
    where workspace_id = ${workspace} and service = ${service} and id = ${id}`;
  // Let go between the two questions: it is free again.
  if (row === undefined) return { state: 'in-hand', retryAfterMs: 1_000 };
  if (row.hash !== hash)
    throw new Refusal(
      'key-reused',
      'This Idempotency-Key was sent with another request. A key stands for one request: make a new one for each.',
    );
  if (row.status === null) return { state: 'in-hand', retryAfterMs: 1_000 };
  return { state: 'done', kept: { status: row.status, answer: row.answer, headers: row.headers } };
}

/** Keeps the answer of a request that was done. */
export async function keepAnswer(store: Store, { service, id }: Which, kept: KeptAnswer): Promise<void> {
  await store.sql`
    update idempotency_keys set status = ${kept.status}, answer = ${JSON.stringify(kept.answer ?? null)}::text::json,
      headers = ${store.sql.json(kept.headers)}
    where workspace_id = ${store.workspace} and service = ${service} and id = ${id}`;
}

/** Lets a key go whose request came to nothing. */
export async function releaseRequest(store: Store, { service, id }: Which): Promise<void> {
  await store.sql`
    delete from idempotency_keys
    where workspace_id = ${store.workspace} and service = ${service} and id = ${id} and status is null`;
}

async function forgetOld({ sql, workspace }: Store): Promise<void> {
  await sql`
    delete from idempotency_keys where workspace_id = ${workspace} and (service, id) in (
      select service, id from idempotency_keys
      where workspace_id = ${workspace} and begun_at < now() - ${keptForMs} * interval '1 millisecond'
      limit ${forgottenAtOnce})`;
}
