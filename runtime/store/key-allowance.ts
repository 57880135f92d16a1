/**
 * How often a key may ask: a bucket for each, that fills again as time passes, in the database for all servers
 * together.
 *
 * It is taken from in the same question that looks the key up, so it costs no way to the database. Its table is
 * unlogged: nothing durable hangs on it, and after a crash or on a standby every bucket is full.
 */
import type { Sql, Store } from './store.ts';

/** Requests that may come at once, and in the long run in one minute. */
export const requestsPerMinuteMax = 600;

const everyMs = 60_000 / requestsPerMinuteMax;

export type Allowance = {
  allowed: boolean;
  /** Requests left now. */
  left: number;
  /** Until there is one more, in whole seconds. */
  againInSeconds: number;
};

/** What the table says after a request; `left` has a part of the next one in it. */
export type AllowanceRow = { allowed: boolean; left: number };

/** Takes one for each key in `known` (a CTE with the column `id`); gives the columns of `AllowanceRow`. */
export const takeAllowance = (store: Store, sql: Sql) => sql`
  insert into key_allowances as k (workspace_id, key_id, requests_left, allowed, at)
  select ${store.workspace}, id, ${requestsPerMinuteMax - 1}, true, clock_timestamp() from known
  on conflict (workspace_id, key_id) do update set (requests_left, allowed, at) = (
    select now.full - case when now.full >= 1 then 1 else 0 end, now.full >= 1, now.at
    from (select at, least(${requestsPerMinuteMax}::double precision,
      k.requests_left + greatest(0, extract(epoch from at - k.at)) * 1000 / ${everyMs}::double precision) as full
      from clock_timestamp() as at) now)
  returning key_id, allowed, requests_left as left`;

export function allowanceOf({ allowed, left }: AllowanceRow): Allowance {
  const missing = Math.max(0, 1 - left);
  return { allowed, left: Math.floor(left), againInSeconds: Math.ceil((missing * everyMs) / 1000) };
}
