/**
 * Entries of shared series as they are kept for who comes later: recorded once, read at enrollment and by
 * those who come into a cohort. That the people who are there take them is `cohort.ts`'s business.
 */
import type { Ir, Value } from '../../compiler/ir.ts';
import { cohortOf, type SharedEntry, sharesSomething } from '../cohort.ts';
import { conformFields } from '../conform.ts';
import { Refusal } from '../control.ts';
import { clockNow } from './clock.ts';
import { sharedBeforeMax } from './limits.ts';
import type { Store, Tx } from './store.ts';

/** No fields: it was taken back. */
type Kept = { id: string; cohort: string | null; series: string; fields: Record<string, Value> | null; occurred: Date };

/**
 * Keeps an entry for a cohort (null: for everybody in the program). Where the id is known it stays as it was
 * first told or since put right, and that is given back; null where it has been taken back. Whoever is enrolling
 * meanwhile has come in when this is done, or finds it.
 */
export function keepEntry(
  store: Store,
  program: string,
  cohort: string | null,
  entry: SharedEntry,
): Promise<SharedEntry | null> {
  const { id, series, fields, occurredAt } = entry;
  return store.sql.begin(async (tx) => {
    await lockSharing(store, tx, program);
    const added = await tx`
      insert into shared_entries (workspace_id, program, id, cohort, series, fields, occurred_at, recorded_at)
      values (${store.workspace}, ${program}, ${id}, ${cohort}, ${series}, ${JSON.stringify(fields)}::text::json,
        ${new Date(occurredAt)}, ${new Date(await clockNow(store, tx))})
      on conflict do nothing`;
    if (added.count > 0) return entry;
    const [kept] = await tx<Kept[]>`
      select id, cohort, series, fields, occurred_at as occurred from shared_entries
      where workspace_id = ${store.workspace} and program = ${program} and id = ${id}`;
    if (kept === undefined || kept.cohort !== cohort || kept.series !== series) {
      throw new Refusal('malformed', 'This id belongs to another shared entry: choose a new one.');
    }
    return kept.fields === null ? null : { id, series, fields: kept.fields, occurredAt: kept.occurred.getTime() };
  }) as Promise<SharedEntry | null>;
}

/**
 * Puts the kept entry right (`fields`: all of them), or takes it back. Gives its series and its fields as they are
 * kept now. Refused where there is none of this id, and where the fields do not fit.
 */
export function correctKept(
  store: Store,
  ir: Ir,
  id: string,
  fields: Record<string, unknown> | undefined,
): Promise<{ series: string; fields: Record<string, Value> | undefined }> {
  return store.sql.begin(async (tx) => {
    await lockSharing(store, tx, ir.name);
    const [kept] = await tx<Kept[]>`
      select id, cohort, series, fields, occurred_at as occurred from shared_entries
      where workspace_id = ${store.workspace} and program = ${ir.name} and id = ${id}`;
    const series = kept && Object.hasOwn(ir.series, kept.series) ? ir.series[kept.series] : undefined;
    if (series === undefined) {
      throw new Refusal('malformed', `${ir.title} has no shared entry ${id.slice(0, 100)}.`);
    }
    const conformed = fields === undefined ? undefined : conformFields(series, fields, ir.zone.fallback);
    if (conformed && !conformed.ok) throw new Refusal('malformed', conformed.problems.join(' '));
    const now = conformed?.fields;
    await tx`
      update shared_entries set fields = ${now === undefined ? null : JSON.stringify(now)}::text::json
      where workspace_id = ${store.workspace} and program = ${ir.name} and id = ${id}`;
    return { series: series.name, fields: now };
  }) as Promise<{ series: string; fields: Record<string, Value> | undefined }>;
}

/**
 * What was shared before with the cohort somebody enrolls into, for the input that enrolls them. Null where
 * the program shares nothing, and while nobody knows the cohort: then they are given it when they come into one.
 */
export async function sharedAtStart(
  store: Store,
  tx: Tx,
  ir: Ir,
  data: Record<string, Value> | undefined,
): Promise<SharedEntry[] | null> {
  if (!sharesSomething(ir)) return null;
  const initial = Object.values(ir.data).map((field): [string, Value] => [field.name, field.initial]);
  const cohort = cohortOf(ir, { ...Object.fromEntries(initial), ...data });
  if (ir.cohort !== undefined && cohort === null) return null;
  return sharedBefore(store, tx, ir.name, cohort);
}

/**
 * The newest shared entries of a cohort, the oldest first; what is for everybody among them. What is shared or put
 * right meanwhile waits until this transaction ends, and then finds whoever comes in with it.
 */
export async function sharedBefore(
  store: Store,
  tx: Tx,
  program: string,
  cohort: string | null,
): Promise<SharedEntry[]> {
  await tx`select pg_advisory_xact_lock_shared(hashtextextended(${lockOf(store, program)}, 0))`;
  const entries = await tx<(Kept & { fields: Record<string, Value> })[]>`
    select id, cohort, series, fields, occurred_at as occurred from shared_entries
    where workspace_id = ${store.workspace} and program = ${program} and (cohort is null or cohort = ${cohort})
      and fields is not null
    order by occurred_at desc, id desc limit ${sharedBeforeMax}`;
  return entries
    .map(({ id, series, fields, occurred }) => ({ id, series, fields, occurredAt: occurred.getTime() }))
    .reverse();
}

/** Waits for those who are coming in, and keeps others from it until the transaction ends. */
async function lockSharing(store: Store, tx: Tx, program: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${lockOf(store, program)}, 0))`;
}

const lockOf = (store: Store, program: string): string => `share:${store.workspace}:${program}`;
