/**
 * Rebuilds an enrollment from its timeline: the state must equal the fold of the inputs.
 *
 * Run in tests, and whenever there is doubt. Nothing is written.
 */
import { isDeepStrictEqual } from 'node:util';
import { fold, inputsOf, versionsOf } from '../fold.ts';
import type { LoadedProgram } from '../load.ts';
import type { State } from '../state.ts';
import type { TimelineRow } from '../timeline.ts';
import { unknownEnrollment } from './commit.ts';
import { loadVersion } from './programs.ts';
import type { Store } from './store.ts';
import { readWholeTimeline } from './timeline-rows.ts';

export type Rebuilt = {
  equal: boolean;
  /** What differs, in words; empty when equal. */
  differences: string[];
  /** The place in the rows of the first that differs; null where none does. */
  firstDifferent: number | null;
  stored: { state: State; rows: TimelineRow[] };
  folded: { state: State | null; rows: TimelineRow[] };
};

/** Folds the timeline's inputs, through every version on the way, and compares state and rows with what is stored. */
export async function rebuild(store: Store, enrollment: string): Promise<Rebuilt> {
  const stored = await store.sql.begin('isolation level repeatable read read only', async (tx) => {
    const [row] = await tx<{ program: string; version: number; state: State }[]>`
      select program, version, state from enrollments where workspace_id = ${store.workspace} and id = ${enrollment}`;
    if (row === undefined) throw unknownEnrollment(enrollment);
    return { ...row, rows: await readWholeTimeline(store, tx, enrollment) };
  });
  const told = inputsOf(stored.rows);
  const versions = versionsOf(told, stored.version);
  const programs = new Map<number, LoadedProgram>();
  for (const version of versions) {
    programs.set(version, await loadVersion(store, store.sql, stored.program, version));
  }
  const { state, rows, version } = fold(programs, versions[0] ?? stored.version, told, enrollment);
  const differences: string[] = [];
  if (!isDeepStrictEqual(plain(state), plain(stored.state)))
    differences.push('The stored state is not the fold of the timeline.');
  if (version !== stored.version)
    differences.push(`It is stored on version ${stored.version}; the timeline leads to ${version}.`);
  if (rows.length !== stored.rows.length) {
    differences.push(`The timeline has ${stored.rows.length} rows; its inputs give ${rows.length}.`);
  }
  const length = Math.max(stored.rows.length, rows.length);
  const first = Array.from({ length }, (_, index) => index).find(
    (index) => !isDeepStrictEqual(plain(stored.rows[index] ?? null), plain(rows[index] ?? null)),
  );
  if (first !== undefined) differences.push(`Row ${first + 1} differs from what its input gives.`);
  return {
    equal: differences.length === 0,
    differences,
    firstDifferent: first ?? null,
    stored: { state: stored.state, rows: stored.rows },
    folded: { state, rows },
  };
}

/** As it is after being stored: JSON knows no `undefined`. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}
