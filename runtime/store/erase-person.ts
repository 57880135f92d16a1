/**
 * Erases a person: who they were and what they wrote is gone; what their programs went through stays, of nobody.
 *
 * Everything happens in one transaction. Active enrollments end first. Their timelines become those of
 * `runtime/erase.ts`, which fold to the stored state as before. What is elsewhere is named in
 * docs/operations.md: backups, the logs of the database, vendors' own copies.
 */
import { Refusal } from '../control.ts';
import { type Erased, erasedText, eraseLife } from '../erase.ts';
import { inputsOf, versionsOf } from '../fold.ts';
import type { LoadedProgram } from '../load.ts';
import type { State } from '../state.ts';
import { addAudit } from './audit.ts';
import { clockNow } from './clock.ts';
import { commitIn, lockEnrollments } from './commit.ts';
import { loadVersion } from './programs.ts';
import { plain, replaceLife } from './replace-timeline.ts';
import type { Store, Tx } from './store.ts';
import { readWholeTimeline } from './timeline-rows.ts';

export type ErasedPerson = {
  /** False when the person had been erased before. */
  fresh: boolean;
  enrollments: number;
  /** Of how many enrollments the way came out differently without the person's words. */
  changed: number;
};

/** Erases the person with this id. Refuses one that there is not. */
export async function erasePerson(
  store: Store,
  { person, by, reason }: { person: string; by: string; reason: string },
): Promise<ErasedPerson> {
  return store.sql.begin(async (tx): Promise<ErasedPerson> => {
    // The enrollments first, then the person: as in every step.
    const known = await enrollmentsOf(store, tx, person);
    await lockEnrollments(
      store,
      tx,
      known.map(({ id }) => id),
    );
    const [row] = await tx<{ email: string; erased: boolean }[]>`
      select email, erased_at is not null as erased from people
      where workspace_id = ${store.workspace} and id = ${person} for update`;
    if (row === undefined) throw new Refusal('unknown-person', `There is no person ${person.slice(0, 100)}.`);
    if (row.erased) return { fresh: false, enrollments: 0, changed: 0 };
    // With the person locked no other enrollment can begin.
    const ids = await enrollmentsOf(store, tx, person);
    let changed = 0;
    for (const { id, status } of ids) {
      const input = { type: 'withdraw', id: `erased:${person}`, reason: erasedText, by } as const;
      if (status === 'active') await commitIn(store, tx, { enrollment: id, input });
      if (!(await eraseEnrollment(store, tx, id))) changed += 1;
    }
    await erasePlaces(
      store,
      tx,
      person,
      ids.map(({ id }) => id),
      row.email,
    );
    const now = new Date(await clockNow(store, tx));
    await tx`
      update people set email = ${`erased-${person.toLowerCase()}@erased.invalid`}, name = '', zone = null, erased_at = ${now}
      where workspace_id = ${store.workspace} and id = ${person}`;
    await addAudit(store, tx, { actor: by, action: 'erase', target: `person:${person}`, reason });
    return { fresh: true, enrollments: ids.length, changed };
  }) as Promise<ErasedPerson>;
}

function enrollmentsOf(store: Store, tx: Tx, person: string) {
  return tx<{ id: string; status: string }[]>`
    select id, status from enrollments where workspace_id = ${store.workspace} and person_id = ${person} order by id`;
}

/** The timeline of one enrollment, without its person. False when its way came out differently. */
async function eraseEnrollment(store: Store, tx: Tx, id: string): Promise<boolean> {
  const [enrollment] = await lockEnrollments(store, tx, [id]);
  if (enrollment === undefined) return true;
  const rows = await readWholeTimeline(store, tx, id);
  const told = inputsOf(rows);
  const versions = versionsOf(told, enrollment.version);
  const programs = new Map<number, LoadedProgram>();
  for (const version of versions) programs.set(version, await loadVersion(store, tx, enrollment.program, version));
  const erased = plain(eraseLife(programs, versions[0] ?? enrollment.version, told, rows, id)) as Erased & {
    state: State;
  };
  const program = programs.get(erased.version) as LoadedProgram;
  await replaceLife(store, tx, id, erased, { program, nextDueAt: null });
  return erased.kept;
}

/** Everything else that is about the person, table by table. */
async function erasePlaces(store: Store, tx: Tx, person: string, enrollments: string[], email: string): Promise<void> {
  const here = tx`workspace_id = ${store.workspace}`;
  const theirs = tx`${here} and person_id = ${person}`;
  const ofThem = tx`${here} and enrollment_id = any(${enrollments})`;
  await tx`
    update messages set text = ${erasedText}, question = null, why = '{}',
      status = case when status in ('held', 'queued', 'sending') then 'withdrawn' else status end
    where ${theirs}`;
  await tx`
    update agent_runs set tool_calls = '[]', problem = case when problem is null then null else ${erasedText} end
    where ${theirs}`;
  await tx`
    update operator_items set text = ${erasedText}, details = '{}', closed_at = coalesce(closed_at, now()),
      closed_by = coalesce(closed_by, 'erasure')
    where ${here} and (person_id = ${person} or enrollment_id = any(${enrollments}))`;
  await tx`update bulk_move_people set outcome = ${erasedText}, before = '{}' where ${ofThem}`;
  await tx`update version_plan_people set why = null where ${ofThem}`;
  for (const table of ['accounts', 'sessions', 'delivery_preferences'])
    await tx`delete from ${tx(table)} where ${theirs}`;
  await tx`delete from sign_in_codes where ${here} and email = ${email}`;
  // Answers that were kept for repeats; what they were about is found by the ids in them.
  await tx`
    delete from idempotency_keys
    where ${here} and exists (select from unnest(${[person, email, ...enrollments]}::text[]) as id
      where strpos(answer::text, id) > 0)`;
}
