/**
 * Does what time owes: claims due enrollments in batches and steps each with the time.
 *
 * Its cost depends on how many are due, not on how many there are. Sweeps at once share the work. A
 * batch is claimed, stepped in memory and written with a few statements in one transaction. One
 * enrollment that fails never spoils the others: it is tried again after a growing pause and in the
 * end waits for an operator.
 */
import { setImmediate as letOthersRun } from 'node:timers/promises';
import type { LoadedProgram } from '../load.ts';
import type { State } from '../state.ts';
import { step, timeInput } from '../step.ts';
import { backOff, type Failure } from './back-off.ts';
import { type Claimed, claim, dueByProgram, type LeftOver, ranks, removeLeftOver } from './claim.ts';
import { claimedUpTo, fromBeginning, keepClaimedUpTo } from './claimed-up-to.ts';
import { clockNow } from './clock.ts';
import { failedToldMax, stepSliceMs, sweepBatchesMax, sweepBatchMax } from './limits.ts';
import { note } from './notes.ts';
import { isPassing, problemOf } from './problem.ts';
import { loadVersion } from './programs.ts';
import { makeRoom, markWaiting, runRoom } from './run-room.ts';
import { rowsOf, type StepRows } from './step-rows.ts';
import type { Store, Tx } from './store.ts';
import type { Hold } from './write-states.ts';
import { writeRows } from './write-steps.ts';

export type SweepReport = {
  due: number;
  succeeded: number;
  /** Of those due: how many wait until there is room for their agent runs. */
  waiting: number;
  /** The first few of those that failed. */
  failed: { enrollment: string; problem: string }[];
  durationMs: number;
  /** There was more than the batches allowed. */
  more: boolean;
};

/** A step that was taken and is not written yet. */
type Step = { claimed: Claimed; rows: StepRows };

type Batch = {
  due: number;
  /** Rows of the list of who is due that are no longer where they were: looking again may find others. */
  moved: number;
  waiting: number;
  failures: Failure[];
  /** It took as many as a batch may: there may be more behind them. */
  isFull: boolean;
};

/** Where in the list a batch begins: with whoever has been due longest, or where this process's last claim ended. */
type From = 'beginning' | 'last claim';

/** Works off what is due now, in at most so many batches. A sweep that finds nothing leaves no record. */
export async function sweep(store: Store, batchesMax = sweepBatchesMax): Promise<SweepReport> {
  const began = performance.now();
  const report: SweepReport = { due: 0, succeeded: 0, waiting: 0, failed: [], durationMs: 0, more: false };
  const batches = { left: batchesMax };
  let moved: number;
  do moved = await round(store, report, batches);
  while (moved > 0 && !report.more);
  report.durationMs = Math.round(performance.now() - began);
  if (report.due > 0) await record(store, report);
  return report;
}

/**
 * Goes once through who is due, from the beginning of the list to its end; programs take turns, a batch each. Gives how
 * many rows of the list have moved: then somebody may be due again, or wait for room, whom only another round finds.
 */
async function round(store: Store, report: SweepReport, batches: { left: number }): Promise<number> {
  let moved = 0;
  // Asked outside a transaction first: most sweeps find nothing.
  let programs = await dueNow(store);
  for (let from: From = 'beginning'; programs.length > 0; from = 'last claim') {
    const unfinished: string[] = [];
    for (const program of programs) {
      if (batches.left === 0) {
        report.more = true;
        return moved;
      }
      batches.left -= 1;
      const batch = await sweepBatch(store, program, from);
      add(report, batch);
      moved += batch.moved;
      if (batch.isFull) unfinished.push(program);
    }
    programs = unfinished;
  }
  return moved;
}

function add(report: SweepReport, { due, waiting, failures }: Batch): void {
  report.due += due;
  report.waiting += waiting;
  report.succeeded += due - waiting - failures.length;
  const room = failedToldMax - report.failed.length;
  report.failed.push(...failures.slice(0, room).map(({ claimed, problem }) => ({ enrollment: claimed.id, problem })));
}

async function record(store: Store, { due, succeeded, waiting, failed, durationMs }: SweepReport): Promise<void> {
  note(store, { kind: 'sweep', due, succeeded, failed: due - succeeded - waiting, ms: durationMs });
  await store.sql`
    insert into sweeps (workspace_id, at, due, succeeded, waiting, failed, duration_ms)
    values (${store.workspace}, ${new Date(await clockNow(store))}, ${due}, ${succeeded}, ${waiting},
      ${store.sql.json(failed)}, ${durationMs})`;
}

/** When the sweep has something to do next, in ms; `Infinity` when time alone brings nothing to anybody. */
export async function nextSweepAt(store: Store): Promise<number> {
  return (await dueByProgram(store))[0]?.at ?? Number.POSITIVE_INFINITY;
}

/** The programs for whose people something can be done now. Those who wait for room count only where there is some. */
async function dueNow(store: Store): Promise<string[]> {
  const lastRank = (await runRoom(store, store.sql)) > 0 ? ranks.waitsForRun : ranks.reviewed;
  const [due, now] = await Promise.all([dueByProgram(store, lastRank), clockNow(store)]);
  return due.filter(({ at }) => at <= now).map(({ program }) => program);
}

/** One batch; where it cannot be written as a whole it is claimed again and written so that only the bad ones fail. */
async function sweepBatch(store: Store, program: string, from: From): Promise<Batch> {
  try {
    return await store.sql.begin((tx) => batchIn(store, tx, { program, from }, writeTogether));
  } catch (error) {
    if (isPassing(error)) throw error;
    return store.sql.begin((tx) => batchIn(store, tx, { program, from: 'beginning' }, writeApart));
  }
}

/** Writes steps, and gives those that could not be written. */
type Write = (store: Store, tx: Tx, steps: readonly Step[]) => Promise<Failure[]>;

async function batchIn(store: Store, tx: Tx, where: { program: string; from: From }, write: Write): Promise<Batch> {
  const now = await clockNow(store, tx);
  const { claimed, leftOver, isFull } = await claimBatch(store, tx, where, now);
  await removeLeftOver(store, tx, leftOver);
  if (claimed.length === 0) return { due: 0, moved: leftOver.length, waiting: 0, failures: [], isFull };
  const { steps, failures } = await stepAll(store, tx, claimed, now);
  const { admitted, waiting } = await makeRoom(store, tx, steps);
  failures.push(...(await write(store, tx, admitted)));
  const toMark = waiting.filter(({ claimed: { rank } }) => rank !== ranks.waitsForRun);
  await markWaiting(
    store,
    tx,
    toMark.map((one) => one.claimed.id),
  );
  await backOff(store, tx, failures, now);
  // Who waited for room before, and still does, is where they were.
  const stayed = waiting.length - toMark.length;
  return {
    due: claimed.length,
    moved: leftOver.length + claimed.length - stayed,
    waiting: waiting.length,
    failures,
    isFull,
  };
}

async function claimBatch(store: Store, tx: Tx, where: { program: string; from: From }, now: number) {
  const { program } = where;
  const claimed: Claimed[] = [];
  const leftOver: LeftOver[] = [];
  for (const rank of [ranks.neverReviewed, ranks.reviewed, ranks.waitsForRun]) {
    const left = sweepBatchMax - claimed.length;
    if (left === 0) break;
    const limit = rank === ranks.waitsForRun ? Math.min(left, await runRoom(store, tx)) : left;
    const from = where.from === 'beginning' ? fromBeginning : claimedUpTo(store, { program, rank });
    const found = await claim(store, tx, { program, rank, from, now, limit });
    claimed.push(...found.claimed);
    leftOver.push(...found.leftOver);
    keepClaimedUpTo(store, { program, rank }, found.reached ?? fromBeginning);
  }
  return { claimed, leftOver, isFull: claimed.length + leftOver.length >= sweepBatchMax };
}

async function stepAll(
  store: Store,
  tx: Tx,
  claimed: readonly Claimed[],
  now: number,
): Promise<{ steps: Step[]; failures: Failure[] }> {
  const programs = await loadAll(store, tx, claimed);
  const steps: Step[] = [];
  const failures: Failure[] = [];
  let sliceBegan = performance.now();
  for (const one of claimed) {
    try {
      const program = programs.get(one.version);
      if (program === undefined || 'problem' in program) throw new Error(program?.problem ?? 'No program.');
      steps.push({ claimed: one, rows: stepOnce(store, program.loaded, one, now) });
    } catch (error) {
      failures.push({ claimed: one, problem: problemOf(error) });
    }
    if (performance.now() - sliceBegan > stepSliceMs) {
      await letOthersRun();
      sliceBegan = performance.now();
    }
  }
  return { steps, failures };
}

type Loaded = { loaded: LoadedProgram } | { problem: string };

/** The versions of the program that these people are on, each loaded once. */
async function loadAll(store: Store, tx: Tx, claimed: readonly Claimed[]): Promise<Map<number, Loaded>> {
  const programs = new Map<number, Loaded>();
  for (const { program, version } of claimed) {
    if (programs.has(version)) continue;
    try {
      programs.set(version, { loaded: await loadVersion(store, tx, program, version) });
    } catch (error) {
      if (isPassing(error)) throw error;
      programs.set(version, { problem: problemOf(error) });
    }
  }
  return programs;
}

function stepOnce({ workspace }: Store, program: LoadedProgram, claimed: Claimed, now: number): StepRows {
  const state = JSON.parse(claimed.state) as State;
  const input = timeInput(state);
  const at = Math.max(now, claimed.steppedAt);
  const result = step(program, state, input, at, claimed.id);
  if (result.rows.length === 0 && result.nextDueAt !== null && result.nextDueAt <= at) {
    throw new Error(`Due at once again (${result.nextDueWhat ?? 'for no reason given'}), although nothing came of it.`);
  }
  const { id, person, program: name } = claimed;
  return rowsOf(workspace, { enrollment: { id, person, program: name }, input, result, at });
}

const writeTogether: Write = async (store, tx, steps) => {
  await writeAs(store, tx, steps, { kind: 'claimed', places: steps.map(({ claimed }) => claimed.place) });
  return [];
};

const writeAs = (store: Store, tx: Tx, steps: readonly Step[], hold: Hold): Promise<void> =>
  writeRows(
    store,
    tx,
    steps.map(({ rows }) => rows),
    hold,
  );

/** Writes halves of what cannot be written as a whole, down to the ones that cannot be written at all. */
const writeApart: Write = async (store, tx, steps) => {
  const [first] = steps;
  if (first === undefined) return [];
  try {
    await tx.savepoint((inner) => writeAs(store, inner, steps, { kind: 'locked' }));
    return [];
  } catch (error) {
    if (isPassing(error)) throw error;
    if (steps.length === 1) return [{ claimed: first.claimed, problem: problemOf(error) }];
    const half = steps.length >> 1;
    return [
      ...(await writeApart(store, tx, steps.slice(0, half))),
      ...(await writeApart(store, tx, steps.slice(half))),
    ];
  }
};
