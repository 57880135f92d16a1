/**
 * What an agent run begins with, worked out before the message is stored that it answers: the process that hears it
 * need not read anything again.
 *
 * It is read together with the state that is stepped, as a question of its own takes longer than what it asks for.
 */
import type { Ir } from '../../compiler/ir.ts';
import { contextRowsMax } from '../run-context.ts';
import type { State } from '../state.ts';
import type { StepResult } from '../step.ts';
import type { TimelineRow } from '../timeline.ts';
import type { Found, Fragment } from './at-once.ts';
import type { Store } from './store.ts';
import { type Stored, timelineRow } from './timeline-rows.ts';

/** What a run begins with. */
export type Beginning = {
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

/** Days; a month is shorter in every zone. */
const monthDaysMax = 32;

/** What to read with an enrollment `e` at the moment `now`, as one JSON. */
export function aheadIn({ sql }: Store, now: Fragment): Fragment {
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
 * The run that a step starts and somebody waits for, with what it begins with: where the program goes on, and there is
 * money left for certain. Null where there is none such.
 */
export function beginningOf(
  { program, version, person, paused, ahead, state: before }: Found,
  { state, rows }: StepResult,
  { now, budget }: { now: number; budget: Ir['budget'] },
): { run: string; beginning: Beginning } | null {
  const { run } = state.facts;
  if (ahead === null || paused) return null;
  if (budget !== undefined && ahead.usdAtMost >= budget.usdPerMonth) return null;
  if (run === null || !run.answering || run.id === before.facts.run?.id) return null;
  const older = ahead.rows.map((row) => timelineRow({ ...row, at: new Date(row.at) }));
  const beginning = { program, version, person, state, rows: [...older.reverse(), ...rows], spent: false, now };
  return { run: run.id, beginning };
}
