/**
 * Enrollments as rows: the columns every list and page begins with, and what is shown of each.
 */
import type { EnrollmentSummary } from '../control.ts';
import { fillText } from '../evaluate.ts';
import type { LoadedProgram } from '../load.ts';
import type { State } from '../state.ts';
import { loadVersion } from './programs.ts';
import type { Sql, Store } from './store.ts';

export type EnrollmentRow = {
  id: string;
  program: string;
  version: number;
  attempt: number;
  status: 'active' | 'finished';
  state: State;
  cohort: string | null;
  person: EnrollmentSummary['person'];
  next_due_at: Date | null;
  created_at: Date;
  finished_at: Date | null;
  /** `created_at` to the last digit. */
  place: string;
};

/** The beginning of a query for rows; enrollments are `e`. */
export const enrollmentColumns = (sql: Sql) => sql`
  select e.id, e.program, e.version, e.attempt, e.status, e.state, e.cohort, e.next_due_at, e.created_at, e.finished_at,
    (e.created_at at time zone 'UTC')::text || '+00' as place,
    jsonb_build_object('id', p.id, 'email', p.email, 'name', p.name) as person
  from enrollments e join people p on p.workspace_id = e.workspace_id and p.id = e.person_id`;

/** What is shown of one at `now` (ms), with the program of its version. */
export async function summaryOf(
  store: Store,
  sql: Sql,
  row: EnrollmentRow,
  now: number,
): Promise<{ summary: EnrollmentSummary; program: LoadedProgram }> {
  const { id, program: name, version, person, attempt, status, state } = row;
  const program = await loadVersion(store, sql, name, version);
  const summary = {
    id,
    program: name,
    programTitle: program.ir.title,
    version,
    person,
    attempt,
    status,
    stage: state.stage,
    stageTitle: stageTitle(program.ir, state, now),
    nextDueAt: row.next_due_at?.getTime() ?? null,
    createdAt: row.created_at.getTime(),
    finishedAt: row.finished_at?.getTime() ?? null,
  };
  return { summary, program };
}

/** The stage's title as it reads for this person; after leaving, how they left. */
function stageTitle(ir: LoadedProgram['ir'], { stage, facts }: State, now: number): string {
  const found = Object.hasOwn(ir.stages, stage) ? ir.stages[stage] : undefined;
  if (found !== undefined) return fillText(found.title, { ir, facts, now }).text;
  return `Left: ${(facts.finished?.as ?? stage).replaceAll('_', ' ')}`;
}
