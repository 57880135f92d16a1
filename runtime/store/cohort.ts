/**
 * Cohorts in the store: a shared entry recorded once and there for everybody who belongs, now or later;
 * and words for the others, brought to each of them.
 *
 * Each enrollment takes what comes in a transaction of its own, as an input whose id follows from the
 * entry's or the effect's: what is interrupted is finished by doing it again, and nobody gets it twice.
 * What being told means (quiet hours, caps, a conversation that is over) is for each one's step to say.
 */
import type { Ir, Value } from '../../compiler/ir.ts';
import { cohortNamed, type SharedEntry } from '../cohort.ts';
import { conform, conformFields, occurredProblem } from '../conform.ts';
import { type Control, Refusal, type RoleDeed } from '../control.ts';
import type { Input } from '../inputs.ts';
import { StepProblem } from '../step.ts';
import { act } from './act.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { commit, commitIn } from './commit.ts';
import { addOperatorItem } from './items.ts';
import { addQueueJobs, type JoinCohortJob, type TellCohortJob, tellCohortJob } from './jobs.ts';
import { cohortBatchMax, cohortPagesMax } from './limits.ts';
import { problemOf } from './problem.ts';
import { readVersion } from './programs.ts';
import { checkId } from './receive.ts';
import { correctKept, keepEntry, sharedBefore } from './shared-entries.ts';
import type { Store } from './store.ts';

/** Cohorts named to somebody who has to choose one. */
const namedMax = 20;

// ---------------------------------------------------------------- entries that are shared

/** Records for everybody who is in the cohort now, and keeps the entry for who comes later. */
export async function recordShared(
  store: Store,
  given: Parameters<Control['recordShared']>[0],
): ReturnType<Control['recordShared']> {
  const { ir } = await readVersion(store, store.sql, given.program);
  const of = { program: ir.name, cohort: await cohortMeant(store, ir, given.cohort) };
  const told = await readEntry(store, ir, given);
  await refuseTooMany(store, of);
  const kept = await keepEntry(store, ir.name, of.cohort, told);
  if (kept === null) return { recorded: 0, again: 0, refused: 0 };
  const { id, series, fields, occurredAt } = kept;
  const deed = { kind: 'record', series, fields, occurredAt } as const;
  const { fresh, ...others } = await bring(store, id, deed, (after) => membersAfter(store, { ...of, after }));
  return { recorded: fresh, ...others };
}

/** Puts a shared entry right, or takes it back, for everybody who has it and for who comes later. */
export async function correctShared(
  store: Store,
  given: Parameters<Control['correctShared']>[0],
): ReturnType<Control['correctShared']> {
  const { ir } = await readVersion(store, store.sql, given.program);
  const id = `cohort:${checkId(given.id)}`;
  const entry = checkId(given.entry);
  const { series, fields } = await correctKept(store, ir, entry, cleanText(given.fields));
  const deed: RoleDeed = { kind: 'correct', series, entry, ...(fields === undefined ? {} : { fields }) };
  const { fresh, ...others } = await bring(store, id, deed, (after) =>
    holdersAfter(store, { program: ir.name, series, entry, after }),
  );
  return { corrected: fresh, ...others };
}

/**
 * Brings a deed of the cohort to each enrollment, one page after another. `refused`: those whose version does not take
 * it.
 */
async function bring(
  store: Store,
  id: string,
  deed: RoleDeed,
  pageAfter: (enrollment: string) => Promise<string[]>,
): Promise<{ fresh: number; again: number; refused: number }> {
  const done = { fresh: 0, again: 0, refused: 0 };
  for (let after: string | undefined = '', pages = 0; after !== undefined && pages < cohortPagesMax; pages += 1) {
    const page: string[] = await pageAfter(after);
    for (const enrollment of page) {
      try {
        const { fresh } = await act(store, { enrollment, id, role: 'cohort', deed });
        done[fresh ? 'fresh' : 'again'] += 1;
      } catch (error) {
        if (!isOwnProblem(error)) throw error;
        done.refused += 1;
      }
    }
    after = page.length < cohortBatchMax ? undefined : page.at(-1);
  }
  return done;
}

/** A call that would take too long is refused before anything is kept, so that nobody is left out in silence. */
async function refuseTooMany(store: Store, of: { program: string; cohort: string | null }): Promise<void> {
  const [row] = await store.sql<{ people: number }[]>`
    select count(*)::integer as people from enrollments
    where workspace_id = ${store.workspace} and program = ${of.program} and status = 'active'
      ${of.cohort === null ? store.sql`` : store.sql`and cohort = ${of.cohort}`}`;
  // Half of what is gone through: people may come in meanwhile.
  const most = (cohortPagesMax * cohortBatchMax) / 2;
  if (row !== undefined && row.people > most) {
    throw new Refusal('too-large', `${row.people} people would share this: at most ${most} can take an entry at once.`);
  }
}

/**
 * Which cohort is meant; null: everybody in the program. Refused where it must be said, and where there is none to say.
 */
async function cohortMeant(store: Store, ir: Ir, given: Value | undefined): Promise<string | null> {
  const field = ir.cohort === undefined ? undefined : ir.data[ir.cohort];
  if (field === undefined) {
    if (given === undefined || given === null) return null;
    throw new Refusal('malformed', `${ir.title} has no cohorts: leave the cohort out, and everybody takes the entry.`);
  }
  if (given !== undefined && given !== null) {
    const conformed = conform(field.type, cleanText(given), field.name, ir.zone.fallback);
    if (!conformed.ok) throw new Refusal('malformed', conformed.problem);
    const cohort = cohortNamed(conformed.value);
    if (cohort !== null) return cohort;
  }
  const known = await store.sql<{ cohort: string }[]>`
    select distinct cohort from enrollments
    where workspace_id = ${store.workspace} and program = ${ir.name} and status = 'active' and cohort is not null
    order by cohort limit ${namedMax}`;
  const names = known.map(({ cohort }) => cohort).join(', ');
  throw new Refusal(
    'malformed',
    `${ir.title} has a cohort for each ${field.name}: say which one it is. There are people in: ${names || 'none yet'}.`,
  );
}

/** The entry as it is kept; refused where the newest version has no such shared series. */
async function readEntry(store: Store, ir: Ir, given: Parameters<Control['recordShared']>[0]): Promise<SharedEntry> {
  const series = Object.hasOwn(ir.series, given.series) ? ir.series[given.series] : undefined;
  if (series === undefined || !series.shared) {
    const shared = Object.values(ir.series).flatMap((one) => (one.shared ? [one.name] : []));
    throw new Refusal(
      'malformed',
      `${ir.title} has no shared series ${given.series.slice(0, 100)}. There are: ${shared.join(', ') || 'none'}.`,
    );
  }
  const conformed = conformFields(series, cleanText(given.fields), ir.zone.fallback);
  if (!conformed.ok) throw new Refusal('malformed', conformed.problems.join(' '));
  const now = await clockNow(store);
  const occurredAt = given.occurredAt ?? now;
  const untimely = occurredProblem(occurredAt, now);
  if (untimely !== undefined) throw new Refusal('malformed', untimely);
  return { id: `cohort:${checkId(given.id)}`, series: series.name, fields: conformed.fields, occurredAt };
}

/** Gives somebody who has come into a cohort what it shared before. */
export async function joinCohort(store: Store, { enrollment, effect }: JoinCohortJob): Promise<void> {
  await store.sql.begin(async (tx) => {
    const [row] = await tx<{ program: string; cohort: string | null }[]>`
      select program, cohort from enrollments
      where workspace_id = ${store.workspace} and id = ${enrollment} and status = 'active' for update`;
    if (row === undefined || row.cohort === null) return;
    const shared = await sharedBefore(store, tx, row.program, row.cohort);
    if (shared.length === 0) return;
    await commitIn(store, tx, { enrollment, input: { type: 'joined', id: `joined:${effect}`, shared } });
  });
}

// ---------------------------------------------------------------- words for the others

/** Tells one batch of a cohort, and leaves the next to another job. Who came later than the words is not told. */
export async function tellCohort(store: Store, job: TellCohortJob): Promise<void> {
  const page = await membersAfter(store, job);
  const { effect, text, document } = job;
  const input: Input = { type: 'told', id: `told:${effect}`, text, ...(document === undefined ? {} : { document }) };
  for (const enrollment of page) {
    if (enrollment === job.teller) continue;
    try {
      await commit(store, { enrollment, input });
    } catch (error) {
      // What is wrong with one of them keeps nothing from the others.
      if (!isOwnProblem(error)) throw error;
      await reportUntold(store, { id: `untold:${effect}:${enrollment}`, enrollment, program: job.program }, error);
    }
  }
  const last = page.at(-1);
  if (last !== undefined && page.length === cohortBatchMax) {
    await addQueueJobs(store.sql, [tellCohortJob({ ...job, after: last })]);
  }
}

/** Tells an operator that a job for a cohort was tried in vain. */
export async function giveUpCohort(store: Store, job: TellCohortJob | JoinCohortJob, problem: string): Promise<void> {
  const enrollment = 'teller' in job ? job.teller : job.enrollment;
  const [row] = await store.sql<{ program: string }[]>`
    select program from enrollments where workspace_id = ${store.workspace} and id = ${enrollment}`;
  if (row === undefined) return;
  await reportUntold(store, { id: `untold:${job.effect}`, enrollment, program: row.program }, problem);
}

async function reportUntold(
  store: Store,
  of: { id: string; enrollment: string; program: string },
  problem: unknown,
): Promise<void> {
  const text = `What a cohort shares did not get through: ${typeof problem === 'string' ? problem : problemOf(problem)}`;
  await store.sql.begin(async (tx) => {
    const at = await clockNow(store, tx);
    await addOperatorItem(store, tx, { ...of, kind: 'failure', person: null, to: 'operator', text, at });
  });
}

// ---------------------------------------------------------------- who belongs

/** Active enrollments of the program that have this shared entry, wherever they belong by now. */
async function holdersAfter(
  store: Store,
  { program, series, entry, after }: { program: string; series: string; entry: string; after: string },
): Promise<string[]> {
  const rows = await store.sql<{ id: string }[]>`
    select e.id from enrollments e
    where e.workspace_id = ${store.workspace} and e.program = ${program} and e.status = 'active' and e.id > ${after}
      and exists (select 1 from json_array_elements(e.state->'facts'->'series'->${series}) x where x->>'id' = ${entry})
    order by e.id limit ${cohortBatchMax}`;
  return rows.map(({ id }) => id);
}

/**
 * Active enrollments of the cohort (of the program, where it is null) in the order of their ids; of `at`, who was in by
 * then.
 */
async function membersAfter(
  store: Store,
  { program, cohort, after, at }: { program: string; cohort: string | null; after: string; at?: number },
): Promise<string[]> {
  const { sql } = store;
  const rows = await sql<{ id: string }[]>`
    select id from enrollments
    where workspace_id = ${store.workspace} and program = ${program} and status = 'active' and id > ${after}
      ${cohort === null ? sql`` : sql`and cohort = ${cohort}`}
      ${at === undefined ? sql`` : sql`and created_at <= ${new Date(at)}`}
    order by id limit ${cohortBatchMax}`;
  return rows.map(({ id }) => id);
}

/** What is wrong with one enrollment or its program, and not with the database. */
const isOwnProblem = (error: unknown): boolean => error instanceof Refusal || error instanceof StepProblem;
