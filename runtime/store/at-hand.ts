/**
 * What an agent run begins with, kept by the process that has just written it: a worker in the same process need not
 * read it again.
 *
 * Kept for answers alone, in a process that does runs, for a moment and for so many enrollments. It is read together
 * with the state that is stepped, as a question of its own takes longer than what it asks for. What is not at hand is
 * read (`run-agent.ts`). Somebody else may have written meanwhile; then the run is void, and its result changes
 * nothing.
 */
import type { Ir } from '../../compiler/ir.ts';
import { contextRowsMax } from '../run-context.ts';
import type { State } from '../state.ts';
import type { StepResult } from '../step.ts';
import type { TimelineRow } from '../timeline.ts';
import type { Found, Fragment } from './at-once.ts';
import type { RunJob } from './jobs.ts';
import { atHandMax, atHandMs } from './limits.ts';
import type { Store } from './store.ts';
import { type Stored, timelineRow } from './timeline-rows.ts';

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

/** What a run may need beside the state, as it was read with it. */
export type Ahead = {
  /** The newest rows of the timeline, the newest first. */
  rows: (Omit<Stored, 'at'> & { at: string })[];
  /** The month has taken no more money of the person in the program than this. */
  usdAtMost: number;
};

type Kept = { run: string; since: number; what: AtHand };

/** Days; a month is shorter in every zone. */
const monthDaysMax = 32;

/** By workspace and enrollment; one for each process and database, whose stores share their loaded programs. */
const kept = new WeakMap<Store['programs'], Map<string, Kept>>();

/** From now on this process does runs; until the function that comes back is called. */
export function beginKeeping(store: Store): () => void {
  kept.set(store.programs, new Map());
  return () => kept.delete(store.programs);
}

/** What to read with an enrollment `e` at the moment `now`, as one JSON; null in a process that does no runs. */
export function aheadIn({ sql, programs }: Store, now: Fragment): Fragment {
  if (!kept.has(programs)) return sql`null`;
  return sql`json_build_object(
    'rows', (select coalesce(json_agg(newest), '[]') from (
      select t.seq, t.at, t.cause, t.entry from timeline t
      where t.workspace_id = e.workspace_id and t.enrollment_id = e.id
      order by t.seq desc limit ${contextRowsMax}) newest),
    'usdAtMost', (select coalesce(sum(a.usd), 0) from agent_runs a
      where a.workspace_id = e.workspace_id and a.person_id = e.person_id and a.program = e.program
        and a.finished_at >= ${now} - ${monthDaysMax} * interval '1 day'))`;
}

/**
 * Keeps what the run of a step needs, once the step is written: where it starts a run that somebody waits for, the
 * program goes on, and there is money left for certain.
 */
export function keepAtHand(
  store: Store,
  found: Found,
  { state, rows }: StepResult,
  { now, budget }: { now: number; budget: Ir['budget'] },
): void {
  const all = kept.get(store.programs);
  const { id, program, version, person, paused, ahead } = found;
  const { run } = state.facts;
  if (all === undefined || ahead === null || paused) return;
  if (budget !== undefined && ahead.usdAtMost >= budget.usdPerMonth) return;
  if (run === null || !run.answering || run.id === found.state.facts.run?.id) return;
  const older = ahead.rows.map((row) => timelineRow({ ...row, at: new Date(row.at) }));
  const what: AtHand = { program, version, person, state, rows: [...older.reverse(), ...rows], spent: false, now };
  const key = keyOf(store, id);
  all.delete(key);
  all.set(key, { run: run.id, since: performance.now(), what });
  for (const oldest of all.keys()) {
    if (all.size <= atHandMax) break;
    all.delete(oldest);
  }
}

/** What is at hand for a run, once; null where it has to be read. */
export function takeAtHand(store: Store, { enrollment, run }: RunJob): AtHand | null {
  const all = kept.get(store.programs);
  const key = keyOf(store, enrollment);
  const one = all?.get(key);
  if (one === undefined) return null;
  all?.delete(key);
  return one.run === run && performance.now() - one.since <= atHandMs ? one.what : null;
}

const keyOf = ({ workspace }: Store, enrollment: string): string => `${workspace}/${enrollment}`;
