/**
 * Begins an enrollment: the row, its first step, and everything that follows from it.
 *
 * Who may enroll is decided elsewhere (`receive.ts`, and whoever asks control). One enrollment of a person in a program
 * is active at a time; a lock on the pair keeps two beginnings apart.
 */
import { lackingAtStart } from '../../compiler/given-at-start.ts';
import type { Value } from '../../compiler/ir.ts';
import { isZone } from '../calendar.ts';
import { conform } from '../conform.ts';
import { Refusal } from '../control.ts';
import type { Input } from '../inputs.ts';
import { step } from '../step.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { loadVersion, readVersion } from './programs.ts';
import { sharedAtStart } from './shared-entries.ts';
import type { Store, Tx } from './store.ts';
import { writeSteps } from './write-steps.ts';

export type Enrolling = {
  person: { id: string; name: string; email: string; zone: string | null };
  program: string;
  /** Becomes the enrollment's id; a repeat finds the enrollment it made. Made up when there is none. */
  id?: string;
  /** The id of the first input; `enroll` without. */
  inputId?: string;
  /** A stage other than the first. */
  at?: string;
  data?: Record<string, Value>;
  /** The person enrolls by talking: what the program says at once is an answer. */
  by?: 'person' | 'operator';
};

/** Enrolls on the newest version. Gives the id, and whether it was made now. Refuses while another one is active. */
export async function enrollIn(store: Store, tx: Tx, what: Enrolling): Promise<{ id: string; fresh: boolean }> {
  await lockAdmission(store, tx, what.person.id, what.program);
  const { name, version, ir } = await readVersion(store, tx, what.program);
  const id = what.id ?? store.newId();
  const [same] = await tx<{ person_id: string; program: string }[]>`
    select person_id, program from enrollments where workspace_id = ${store.workspace} and id = ${id}`;
  if (same !== undefined) {
    if (same.person_id === what.person.id && same.program === name) return { id, fresh: false };
    throw new Refusal('malformed', `The id ${id} belongs to another enrollment: choose a new one.`);
  }
  const earlier = await tx<{ id: string; status: string; attempt: number }[]>`
    select id, status, attempt from enrollments
    where workspace_id = ${store.workspace} and program = ${name} and person_id = ${what.person.id}
    order by attempt desc`;
  if (earlier.some((one) => one.status === 'active')) {
    throw new Refusal('already-enrolled', `${what.person.name || what.person.email} is already in ${ir.title}.`);
  }
  if (what.at !== undefined && !Object.hasOwn(ir.stages, what.at)) {
    throw new Refusal('malformed', `${ir.title} has no stage ${what.at}; it has ${ir.stageOrder.join(', ')}.`);
  }
  const data = checkData(ir.data, what.data);
  const lacking = lackingAtStart(ir, data);
  if (lacking.length > 0) {
    const [have, them] = lacking.length === 1 ? ['has', 'it'] : ['have', 'them'];
    throw new Refusal(
      'malformed',
      `${lacking.join(', ')} ${have} to be given with every enrollment in ${ir.title}: name ${them} in the data.`,
    );
  }
  const shared = await sharedAtStart(store, tx, ir, data);
  const zone = what.person.zone !== null && isZone(what.person.zone) ? what.person.zone : ir.zone.fallback;
  const input: Input = {
    type: 'enroll',
    id: what.inputId ?? 'enroll',
    zone,
    ...(data === undefined ? {} : { data }),
    ...(what.at === undefined ? {} : { at: what.at }),
    ...(what.by === undefined ? {} : { by: what.by }),
    ...(shared === null ? {} : { shared }),
  };
  const program = await loadVersion(store, tx, name, version);
  const at = await clockNow(store, tx);
  const result = step(program, null, input, at, id);
  await tx`
    insert into enrollments (workspace_id, id, program, version, person_id, attempt, status, stage, state, seq, created_at, stepped_at)
    values (${store.workspace}, ${id}, ${name}, ${version}, ${what.person.id}, ${(earlier[0]?.attempt ?? 0) + 1}, 'active',
      ${result.state.stage}, '{}', 0, ${new Date(at)}, ${new Date(at)})`;
  await writeSteps(store, tx, [{ enrollment: { id, person: what.person.id, program: name }, input, result, at }]);
  return { id, fresh: true };
}

/** Keeps beginnings of one person in one program apart. Always taken before any enrollment is locked. */
export async function lockAdmission(store: Store, tx: Tx, person: string, program: string): Promise<void> {
  await tx`select pg_advisory_xact_lock(hashtextextended(${`admit:${store.workspace}:${person}:${program}`}, 0))`;
}

function checkData(
  fields: Record<string, { type: Parameters<typeof conform>[0]; optional: boolean }>,
  given: Record<string, Value> | undefined,
): Record<string, Value> | undefined {
  if (given === undefined) return undefined;
  const problems: string[] = [];
  const data: Record<string, Value> = {};
  for (const [name, raw] of Object.entries(cleanText(given))) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (field === undefined) {
      const known = Object.keys(fields);
      problems.push(`There is no field ${name}; there ${known.length === 1 ? 'is' : 'are'} ${known.join(', ')}.`);
    } else if (raw === null) {
      if (field.optional) data[name] = null;
      else problems.push(`${name} cannot be missing.`);
    } else {
      const conformed = conform(field.type, raw, name);
      if (conformed.ok) data[name] = conformed.value;
      else problems.push(conformed.problem);
    }
  }
  if (problems.length > 0) throw new Refusal('malformed', problems.join(' '));
  return data;
}
