/**
 * Compares what a storm has left behind with what the same days left without it: every row of every timeline,
 * messages, items, enrollments, jobs, and what came to the vendor.
 */

import { rebuild } from '../../runtime/store/rebuild.ts';
import { openStore, type Store } from '../../runtime/store/store.ts';
import { readWholeTimeline } from '../../runtime/store/timeline-rows.ts';
import type { Vendor } from './vendor.ts';

export type Compared = {
  /** Timeline rows compared. */
  rows: number;
  /** Messages that came to the vendor, each counted once. */
  messages: number;
  /** How often one came again, marked as perhaps a repeat: the documented window. */
  offeredAgain: number;
  /** What must not be, in words; empty when all is well. */
  wrong: string[];
};

export async function compare(disturbed: string, calm: string, vendor: Vendor, calmVendor: Vendor): Promise<Compared> {
  const stormy = await openStore({ databaseUrl: disturbed, clock: 'virtual' });
  const still = await openStore({ databaseUrl: calm, clock: 'virtual' });
  try {
    const { rows, wrong } = await compareTimelines(stormy, still);
    for (const [what, read] of Object.entries(kept)) {
      const [was, would] = await Promise.all([read(stormy), read(still)]);
      wrong.push(...compareLines(what, was, would));
    }
    const jobs = await stormy.queue`select task_identifier, last_error from graphile_worker.jobs`;
    if (jobs.length > 0) wrong.push(`${jobs.length} jobs are left behind, like ${JSON.stringify(jobs[0])}`);
    const sent = compareVendors(vendor, calmVendor);
    return { rows, messages: sent.messages, offeredAgain: sent.offeredAgain, wrong: [...wrong, ...sent.wrong] };
  } finally {
    await stormy.close();
    await still.close();
  }
}

async function compareTimelines(stormy: Store, still: Store): Promise<{ rows: number; wrong: string[] }> {
  const wrong: string[] = [];
  let rows = 0;
  for (const { id } of await still.sql<{ id: string }[]>`select id from enrollments order by id`) {
    const read = async (store: Store) =>
      (await readWholeTimeline(store, store.sql, id)).map((row) => JSON.stringify(row));
    const [was, would] = await Promise.all([read(stormy), read(still)]);
    rows += would.length;
    const at = Array.from({ length: Math.max(was.length, would.length) }).findIndex(
      (_, index) => was[index] !== would[index],
    );
    if (at >= 0)
      wrong.push(`${id}: row ${at + 1} is ${was[at] ?? 'missing'} and would have been ${would[at] ?? 'nothing'}`);
    const { equal, differences } = await rebuild(stormy, id);
    if (!equal) wrong.push(`${id}: ${differences.join(' ')}`);
  }
  return { rows, wrong };
}

function compareLines(what: string, was: readonly string[], would: readonly string[]): string[] {
  const [are, were] = [new Set(was), new Set(would)];
  const missing = would.filter((line) => !are.has(line));
  const more = was.filter((line) => !were.has(line));
  return [
    ...(missing.length > 0 ? [`${what}: ${missing.length} are missing, like ${missing[0]}`] : []),
    ...(more.length > 0 ? [`${what}: ${more.length} are too many, like ${more[0]}`] : []),
    ...(was.length !== would.length ? [`${what}: there are ${was.length} instead of ${would.length}`] : []),
  ];
}

function compareVendors(vendor: Vendor, calmVendor: Vendor) {
  const ids = (of: Vendor) => of.taken.map(({ id }) => id);
  const once = new Set(ids(vendor));
  const wrong = compareLines('messages at the vendor', [...once], [...new Set(ids(calmVendor))]);
  const certain = new Set<string>();
  for (const { id, first } of vendor.taken) {
    // A worker that was stopped may bring the first offer after another one has brought the repeat.
    if (first && certain.has(id)) wrong.push(`${id} came twice, and both times was said to be the first`);
    if (first) certain.add(id);
  }
  const calmly = new Set<string>();
  for (const id of ids(calmVendor)) {
    if (calmly.has(id)) wrong.push(`${id} came twice although nothing was disturbed`);
    calmly.add(id);
  }
  return { messages: once.size, offeredAgain: vendor.taken.length - once.size, wrong };
}

/** What must be alike besides the timelines, as lines. */
const kept: Record<string, (store: Store) => Promise<string[]>> = {
  messages: async ({ sql }) =>
    linesOf(
      await sql`
        select concat_ws(' ', person_id, direction, id, status, text) as line from messages order by person_id, position`,
    ),
  'items for operators': async ({ sql }) =>
    linesOf(await sql`select concat_ws(' ', kind, id, text) as line from operator_items`),
  enrollments: async ({ sql }) =>
    linesOf(await sql`select concat_ws(' ', id, stage, status, next_due_at, failing) as line from enrollments`),
};

const linesOf = (rows: readonly unknown[]): string[] => (rows as { line: string }[]).map(({ line }) => line);
