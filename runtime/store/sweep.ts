/**
 * Does what time owes: claims due enrollments in batches and steps each with the time.
 *
 * Its cost depends on how many are due, not on how many there are. Two sweeps at once share the
 * work (`for update skip locked`). One enrollment that fails never spoils the others: it is tried
 * again after a growing pause and in the end waits for an operator.
 */
import type { Input } from '../inputs.ts';
import { step, timeInput } from '../step.ts';
import { clockNow } from './clock.ts';
import type { LockedEnrollment } from './commit.ts';
import {
  backoffFirstMs,
  backoffMaxMs,
  failuresMax,
  problemLengthMax,
  sweepBatchesMax,
  sweepBatchMax,
} from './limits.ts';
import { loadVersion } from './programs.ts';
import type { Sql, Store, Tx } from './store.ts';
import { addOperatorItem, type Stepped, writeSteps } from './write-steps.ts';

export type SweepReport = {
  due: number;
  succeeded: number;
  failed: { enrollment: string; problem: string }[];
  durationMs: number;
};

type Claimed = LockedEnrollment & { failures: number };
type Failure = { claimed: Claimed; problem: string };

/** Works off what is due now. A sweep that finds nothing leaves no record. */
export async function sweep(store: Store): Promise<SweepReport> {
  const began = performance.now();
  const report: SweepReport = { due: 0, succeeded: 0, failed: [], durationMs: 0 };
  for (let batch = 0; batch < sweepBatchesMax; batch++) {
    // Asked outside a transaction first: most sweeps find nothing.
    if ((await nextSweepAt(store)) > (await clockNow(store))) break;
    const done = await store.sql.begin((tx) => sweepBatch(store, tx));
    report.due += done.due;
    report.succeeded += done.succeeded;
    report.failed.push(...done.failed);
    if (done.due < sweepBatchMax) break;
  }
  report.durationMs = Math.round(performance.now() - began);
  if (report.due > 0) {
    const { due, succeeded, failed, durationMs } = report;
    await store.sql`
      insert into sweeps (workspace_id, at, due, succeeded, failed, duration_ms)
      values (${store.workspace}, ${new Date(await clockNow(store))}, ${due}, ${succeeded}, ${store.sql.json(failed)}, ${durationMs})`;
  }
  return report;
}

/** When the sweep has something to do next, in ms; `Infinity` when time alone brings nothing to anybody. */
export async function nextSweepAt(store: Store): Promise<number> {
  const [row] = await store.sql<{ at: Date | null }[]>`
    select least(
      (select min(sweep_at) from enrollments
        where workspace_id = ${store.workspace} and sweep_at is not null and last_reviewed_at is null),
      (select min(sweep_at) from enrollments
        where workspace_id = ${store.workspace} and sweep_at is not null and last_reviewed_at is not null)) as at`;
  return row?.at?.getTime() ?? Number.POSITIVE_INFINITY;
}

async function sweepBatch(store: Store, tx: Tx): Promise<Omit<SweepReport, 'durationMs'>> {
  const now = await clockNow(store, tx);
  // Those who were never reviewed come first; two queries, so that each is one walk along its index.
  const first = await claim(store, tx, now, true, sweepBatchMax);
  const claimed = [...first, ...(await claim(store, tx, now, false, sweepBatchMax - first.length))];
  const steps: { claimed: Claimed; stepped: Stepped }[] = [];
  const failures: Failure[] = [];
  for (const one of claimed) {
    try {
      steps.push({ claimed: one, stepped: await stepOnce(store, tx, one, now) });
    } catch (error) {
      failures.push({ claimed: one, problem: problemOf(error) });
    }
  }
  const unwritten = await writeAll(store, tx, steps);
  failures.push(...unwritten);
  for (const failure of failures) await backOff(store, tx, failure, now);
  return {
    due: claimed.length,
    succeeded: claimed.length - failures.length,
    failed: failures.map((one) => ({ enrollment: one.claimed.id, problem: one.problem })),
  };
}

async function claim(store: Store, sql: Sql, now: number, first: boolean, limit: number): Promise<Claimed[]> {
  if (limit <= 0) return [];
  const rows = await sql<(Omit<Claimed, 'steppedAt'> & { stepped_at: Date })[]>`
    select id, program, version, person_id as person, state, stepped_at, failures from enrollments
    where workspace_id = ${store.workspace} and sweep_at <= ${new Date(now)}
      and ${first ? sql`last_reviewed_at is null` : sql`last_reviewed_at is not null`}
    order by sweep_at limit ${limit} for update skip locked`;
  return rows.map(({ stepped_at, ...row }) => ({ ...row, steppedAt: stepped_at.getTime() }));
}

async function stepOnce(store: Store, tx: Tx, claimed: Claimed, now: number): Promise<Stepped> {
  const program = await loadVersion(store, tx, claimed.program, claimed.version);
  const input: Input = timeInput(claimed.state);
  const at = Math.max(now, claimed.steppedAt);
  const result = step(program, claimed.state, input, at, claimed.id);
  if (result.rows.length === 0 && result.nextDueAt !== null && result.nextDueAt <= at) {
    throw new Error(`Due at once again (${result.nextDueWhat ?? 'for no reason given'}), although nothing came of it.`);
  }
  return { enrollment: claimed, input, result, at };
}

/** Writes all at once; if that fails, one by one, so that only those that cannot be written fail. */
async function writeAll(store: Store, tx: Tx, steps: { claimed: Claimed; stepped: Stepped }[]): Promise<Failure[]> {
  if (steps.length === 0) return [];
  try {
    await tx.savepoint((inner) =>
      writeSteps(
        store,
        inner,
        steps.map((one) => one.stepped),
      ),
    );
    return [];
  } catch {
    const failures: Failure[] = [];
    for (const { claimed, stepped } of steps) {
      try {
        await tx.savepoint((inner) => writeSteps(store, inner, [stepped]));
      } catch (error) {
        failures.push({ claimed, problem: problemOf(error) });
      }
    }
    return failures;
  }
}

async function backOff(store: Store, tx: Tx, { claimed, problem }: Failure, now: number): Promise<void> {
  const failures = claimed.failures + 1;
  const isLast = failures >= failuresMax;
  const pause = Math.min(backoffFirstMs * 2 ** (failures - 1), backoffMaxMs);
  store.log(`Enrollment ${claimed.id} failed in the sweep (${failures} of ${failuresMax}): ${problem}`);
  await tx`
    update enrollments set failures = ${failures}, failing = ${problem}, sweep_at = ${isLast ? null : new Date(now + pause)}
    where workspace_id = ${store.workspace} and id = ${claimed.id}`;
  if (!isLast) return;
  await addOperatorItem(store, tx, {
    id: `stuck:${claimed.id}:${claimed.state.seq}`,
    kind: 'failure',
    enrollment: claimed.id,
    person: claimed.person,
    program: claimed.program,
    to: 'operator',
    text: `Nothing more happens by itself: ${failures} attempts failed. ${problem}`,
    at: now,
  });
}

/** What went wrong, as one bounded line. */
export function problemOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').trim().slice(0, problemLengthMax);
}
