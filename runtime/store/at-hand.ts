/**
 * What an agent run begins with, kept by the process that has just written it: a worker in the same process need not
 * read it again.
 *
 * Kept for answers alone, in a process that does runs, for a moment and for so many enrollments. What is not at hand is
 * read (`run-agent.ts`). Somebody else may have written meanwhile; then the run is void, and its result changes nothing.
 */
import { contextRowsMax } from '../run-context.ts';
import type { State } from '../state.ts';
import type { StepResult } from '../step.ts';
import type { TimelineRow } from '../timeline.ts';
import type { Found } from './at-once.ts';
import { budgetIsSpent } from './budget.ts';
import type { RunJob } from './jobs.ts';
import { atHandMax, atHandMs } from './limits.ts';
import { loadVersion } from './programs.ts';
import type { Store } from './store.ts';
import { readTimeline } from './timeline-rows.ts';

export type AtHand = {
  program: string;
  version: number;
  person: string;
  state: State;
  /** The newest rows of the timeline, oldest first. */
  rows: TimelineRow[];
  /** The month's money of the person in the program is spent. */
  spent: boolean;
  /** ms; the moment of the step. */
  now: number;
};

type Kept = { run: string; since: number; what: Promise<AtHand | null> };

/** By workspace and enrollment; one for each process and database, whose stores share their loaded programs. */
const kept = new WeakMap<Store['programs'], Map<string, Kept>>();

/** From now on this process does runs; until the function that comes back is called. */
export function beginKeeping(store: Store): () => void {
  kept.set(store.programs, new Map());
  return () => kept.delete(store.programs);
}

/**
 * Reads what the run of a step needs beside its result, while that is being written. Gives what is to be called once it
 * is; null where the step starts no run that somebody waits for, or nobody here does runs.
 */
export function prepareRun(store: Store, found: Found, { state, rows }: StepResult, now: number): (() => void) | null {
  const all = kept.get(store.programs);
  const { run } = state.facts;
  if (all === undefined || run === null || !run.answering || found.paused || run.id === found.state.facts.run?.id)
    return null;
  const what = read(store, found, state, rows, now).catch(() => null);
  return () => {
    const key = keyOf(store, found.id);
    all.delete(key);
    all.set(key, { run: run.id, since: performance.now(), what });
    for (const oldest of all.keys()) {
      if (all.size <= atHandMax) break;
      all.delete(oldest);
    }
  };
}

async function read(store: Store, found: Found, state: State, rows: TimelineRow[], now: number): Promise<AtHand> {
  const { id, program, version, person } = found;
  const { ir } = await loadVersion(store, store.sql, program, version);
  const [before, spent] = await Promise.all([
    readTimeline(store, store.sql, id, { newest: contextRowsMax }),
    budgetIsSpent(store, { id, person, program, state, ir }, now),
  ]);
  // The step may be written by now, or not yet.
  const older = before.filter(({ seq }) => seq <= found.state.seq);
  return { program, version, person, state, rows: [...older, ...rows], spent, now };
}

/** What is at hand for a run, once; null where it has to be read. */
export async function takeAtHand(store: Store, { enrollment, run }: RunJob): Promise<AtHand | null> {
  const all = kept.get(store.programs);
  const key = keyOf(store, enrollment);
  const one = all?.get(key);
  if (one === undefined) return null;
  all?.delete(key);
  return one.run === run && performance.now() - one.since <= atHandMs ? one.what : null;
}

const keyOf = ({ workspace }: Store, enrollment: string): string => `${workspace}/${enrollment}`;
