/**
 * Writes a whole timeline with its state at once: of somebody who was erased, or who came from elsewhere.
 *
 * The rows must be the fold of their inputs; whoever calls has folded them.
 */
import { cohortOf } from '../cohort.ts';
import type { Folded } from '../fold.ts';
import type { LoadedProgram } from '../load.ts';
import type { State } from '../state.ts';
import type { TimelineRow } from '../timeline.ts';
import { isoOf } from './moments.ts';
import type { Store, Tx } from './store.ts';

/** Rows as `replace_timeline` takes them. */
function timelineJson(rows: readonly TimelineRow[]): string {
  return JSON.stringify(
    rows.map(({ seq, at, cause, ...entry }) => ({
      seq,
      at: isoOf(at),
      cause,
      kind: entry.kind,
      // The time has no id by which a repeat would be known (`write-steps.ts`).
      input_id: entry.kind === 'input' && entry.input.type !== 'time' ? entry.input.id : null,
      entry,
    })),
  );
}

/** Puts a folded life in the place of an enrollment's. `nextDueAt` null: time has nothing to do for it. */
export async function replaceLife(
  store: Store,
  tx: Tx,
  enrollment: string,
  { state, rows, version }: Folded & { state: State },
  { program, nextDueAt }: { program: LoadedProgram; nextDueAt: number | null },
): Promise<void> {
  await tx`select replace_timeline(${store.workspace}, ${enrollment}, ${timelineJson(rows)}::text::json)`;
  const { facts } = state;
  await tx`
    update enrollments set state = ${JSON.stringify(state)}::text::json, stage = ${state.stage}, seq = ${state.seq},
      version = ${version}, status = ${facts.finished === null ? 'active' : 'finished'},
      cohort = ${cohortOf(program.ir, facts.data)}, in_run = ${facts.run !== null},
      next_due_at = ${isoOf(nextDueAt)}, sweep_at = ${isoOf(nextDueAt)},
      sweep_rank = ${facts.review.lastAt === null ? 0 : 1}, last_reviewed_at = ${isoOf(facts.review.lastAt)},
      finished_at = ${isoOf(facts.finished?.at ?? null)}, stepped_at = ${isoOf(state.at)}, failures = 0, failing = null
    where workspace_id = ${store.workspace} and id = ${enrollment}`;
}

/** As it is after being stored: JSON knows no `undefined`. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
