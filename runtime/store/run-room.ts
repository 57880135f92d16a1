/**
 * Room for agent runs: how many of those that time sets going may be in hand in one workspace.
 *
 * A million reviews that each want the agent do not become a million jobs. Whose step would start a
 * run when there is no room is not stepped: they stay due, as the program says, and are marked as
 * waiting. When runs end there is room again, and who has waited longest is stepped first.
 */
import { ranks } from './claim.ts';
import { runsInHandMax } from './limits.ts';
import type { StepRows } from './step-rows.ts';
import type { Sql, Store, Tx } from './store.ts';

/** How many more runs there is room for. */
export async function runRoom(store: Store, sql: Sql): Promise<number> {
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from (
      select 1 from runs_in_hand where workspace_id = ${store.workspace} limit ${runsInHandMax}) running`;
  return Math.max(0, runsInHandMax - (row?.count ?? 0));
}

/** Parts steps into those that are admitted and those that wait for room; the first ones have it first. */
export async function makeRoom<T extends { rows: StepRows }>(
  store: Store,
  tx: Tx,
  steps: readonly T[],
): Promise<{ admitted: T[]; waiting: T[] }> {
  if (!steps.some(startsRun)) return { admitted: [...steps], waiting: [] };
  // Two batches at once must not both take the last place.
  await tx`select pg_advisory_xact_lock(hashtextextended(${`runs:${store.workspace}`}, 0))`;
  let room = await runRoom(store, tx);
  const admitted: T[] = [];
  const waiting: T[] = [];
  for (const one of steps) {
    if (!startsRun(one)) admitted.push(one);
    else if (room > 0) {
      room -= 1;
      admitted.push(one);
    } else waiting.push(one);
  }
  return { admitted, waiting };
}

/** Marks enrollments as waiting for room. When they are due does not change. */
export async function markWaiting(store: Store, tx: Tx, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    update enrollments set sweep_rank = ${ranks.waitsForRun}
    where workspace_id = ${store.workspace} and id = any(${ids as string[]}::text[])`;
}

const startsRun = ({ rows }: { rows: StepRows }): boolean => rows.startsRun;
