/**
 * Rebuilds an enrollment from its timeline: the state must equal the fold of the inputs.
 *
 * Run in tests, and whenever there is doubt. Nothing is written.
 */
import { isDeepStrictEqual } from 'node:util';
import type { State } from '../state.ts';
import { type StepResult, step } from '../step.ts';
import type { TimelineRow } from '../timeline.ts';
import { unknownEnrollment } from './commit.ts';
import { loadVersion } from './programs.ts';
import type { Store } from './store.ts';
import { readWholeTimeline } from './timeline-rows.ts';

export type Rebuilt = {
  equal: boolean;
  /** What differs, in words; empty when equal. */
  differences: string[];
  stored: { state: State; rows: TimelineRow[] };
  folded: { state: State | null; rows: TimelineRow[] };
};

/** Folds the timeline's inputs with `step` and compares state and rows with what is stored. */
export async function rebuild(store: Store, enrollment: string): Promise<Rebuilt> {
  const stored = await store.sql.begin('isolation level repeatable read read only', async (tx) => {
    const [row] = await tx<{ program: string; version: number; state: State }[]>`
      select program, version, state from enrollments where workspace_id = ${store.workspace} and id = ${enrollment}`;
    if (row === undefined) throw unknownEnrollment(enrollment);
    return { ...row, rows: await readWholeTimeline(store, tx, enrollment) };
  });
  const program = await loadVersion(store, store.sql, stored.program, stored.version);
  let state: State | null = null;
  const rows: TimelineRow[] = [];
  for (const row of stored.rows) {
    if (row.kind !== 'input') continue;
    const result: StepResult = step(program, state, row.input, row.at, enrollment);
    state = result.state;
    rows.push(...result.rows);
  }
  const differences: string[] = [];
  if (!isDeepStrictEqual(plain(state), plain(stored.state)))
    differences.push('The stored state is not the fold of the timeline.');
  if (rows.length !== stored.rows.length) {
    differences.push(`The timeline has ${stored.rows.length} rows; its inputs give ${rows.length}.`);
  }
  const first = stored.rows.findIndex((row, index) => !isDeepStrictEqual(plain(row), plain(rows[index] ?? null)));
  if (first >= 0) differences.push(`Row ${stored.rows[first]?.seq} differs from what its input gives.`);
  return {
    equal: differences.length === 0,
    differences,
    stored: { state: stored.state, rows: stored.rows },
    folded: { state, rows },
  };
}

/** As it is after being stored: JSON knows no `undefined`. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
