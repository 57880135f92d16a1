/**
 * Export and import of one enrollment: everything needed to rebuild it, as one JSON document.
 *
 * The document holds the program texts of every version on the way, the person, the timeline and the
 * conversation. It is imported under a fresh id, for the person with the same email there, into the same or
 * another workspace or database, onto the versions with the same texts (`carry-versions.ts`); one that does not
 * rebuild is refused, and then nothing has happened.
 * What is under way outside (a run, an unsent message) is not carried: what was unsent is shown as withdrawn.
 */
import { isDeepStrictEqual } from 'node:util';
import { Ajv, type JSONSchemaType } from 'ajv';
import { Refusal } from '../control.ts';
import { type Folded, fold, inputsOf, type Told, versionsOf } from '../fold.ts';
import type { LoadedProgram } from '../load.ts';
import type { State } from '../state.ts';
import { StepProblem, step, timeInput } from '../step.ts';
import type { TimelineRow } from '../timeline.ts';
import { addAudit } from './audit.ts';
import { type CarriedVersion, numberedHere, placeVersions } from './carry-versions.ts';
import { unknownEnrollment } from './commit.ts';
import { lockAdmission } from './enroll.ts';
import { readVersion } from './programs.ts';
import { addVersions } from './publish.ts';
import { plain, replaceLife } from './replace-timeline.ts';
import type { Store } from './store.ts';
import { readWholeTimeline } from './timeline-rows.ts';

/** Raised when the shape of the document changes. */
const formatVersion = 1;
/** Rows and messages of one document. */
const rowsMax = 200_000;
const versionsMax = 200;

/**
 * What stands before and after the enrollment's id: `finished:`; the row and the place in it, or the visit and its
 * question.
 */
const idHead = /^(?:[a-z-]+:)*$/;
const idTail = /^:\d+:[\w./-]+(?::\d+)*$/;

type CarriedMessage = {
  id: string;
  direction: 'in' | 'out';
  channel: string | null;
  text: string;
  reason: string;
  author: string;
  at: string;
};

export type CarriedEnrollment = {
  format: 'regimen-enrollment';
  formatVersion: number;
  exportedAt: string;
  enrollment: string;
  program: { name: string; versions: CarriedVersion[] };
  person: { email: string; name: string; zone: string | null };
  version: number;
  timeline: TimelineRow[];
  messages: CarriedMessage[];
};

/** What must be there before anything is looked at; the fold proves the rest. */
const schema = {
  type: 'object',
  required: ['format', 'formatVersion', 'enrollment', 'program', 'person', 'version', 'timeline', 'messages'],
  properties: {
    format: { const: 'regimen-enrollment' },
    formatVersion: { const: formatVersion },
    exportedAt: { type: 'string' },
    enrollment: { type: 'string', minLength: 1, maxLength: 200 },
    program: {
      type: 'object',
      required: ['name', 'versions'],
      properties: {
        name: { type: 'string' },
        versions: {
          type: 'array',
          minItems: 1,
          maxItems: versionsMax,
          items: {
            type: 'object',
            required: ['version', 'path', 'source', 'imports'],
            properties: {
              version: { type: 'integer', minimum: 1 },
              path: { type: 'string' },
              source: { type: 'string' },
              imports: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['path', 'text'],
                  properties: { path: { type: 'string' }, text: { type: 'string' } },
                },
              },
            },
          },
        },
      },
    },
    person: {
      type: 'object',
      required: ['email', 'name', 'zone'],
      properties: { email: { type: 'string' }, name: { type: 'string' }, zone: { type: ['string', 'null'] } },
    },
    version: { type: 'integer', minimum: 1 },
    timeline: {
      type: 'array',
      minItems: 1,
      maxItems: rowsMax,
      items: {
        type: 'object',
        required: ['seq', 'at', 'cause', 'kind'],
        properties: {
          seq: { type: 'integer' },
          at: { type: 'number' },
          cause: { type: 'integer' },
          kind: { type: 'string' },
        },
      },
    },
    messages: {
      type: 'array',
      maxItems: rowsMax,
      items: {
        type: 'object',
        required: ['id', 'direction', 'channel', 'text', 'reason', 'author', 'at'],
        properties: {
          id: { type: 'string' },
          direction: { enum: ['in', 'out'] },
          channel: { type: ['string', 'null'] },
          text: { type: 'string' },
          reason: { type: 'string' },
          author: { type: 'string' },
          at: { type: 'string' },
        },
      },
    },
  },
} as const;
const validate = new Ajv({ strictTypes: false }).compile<CarriedEnrollment>(
  schema as unknown as JSONSchemaType<CarriedEnrollment>,
);

/** The document of one enrollment. Refuses an unknown one. */
export async function exportEnrollment(store: Store, enrollment: string): Promise<CarriedEnrollment> {
  return store.sql.begin('isolation level repeatable read read only', async (tx): Promise<CarriedEnrollment> => {
    const [row] = await tx<{ program: string; version: number; email: string; name: string; zone: string | null }[]>`
      select e.program, e.version, p.email, p.name, p.zone
      from enrollments e join people p on p.workspace_id = e.workspace_id and p.id = e.person_id
      where e.workspace_id = ${store.workspace} and e.id = ${enrollment}`;
    if (row === undefined) throw unknownEnrollment(enrollment);
    const timeline = await readWholeTimeline(store, tx, enrollment);
    const versions: CarriedVersion[] = [];
    for (const number of new Set(versionsOf(inputsOf(timeline), row.version))) {
      const { version, path, source, imports } = await readVersion(store, tx, row.program, number);
      versions.push({ version, path, source, imports });
    }
    const messages = await tx<(Omit<CarriedMessage, 'at'> & { at: Date })[]>`
      select id, direction, channel, text, reason, author, at from messages
      where workspace_id = ${store.workspace} and enrollment_id = ${enrollment} order by position limit ${rowsMax}`;
    return {
      format: 'regimen-enrollment',
      formatVersion,
      exportedAt: new Date().toISOString(),
      enrollment,
      program: { name: row.program, versions },
      person: { email: row.email, name: row.name, zone: row.zone },
      version: row.version,
      timeline,
      messages: messages.map(({ at, ...message }) => ({ ...message, at: at.toISOString() })),
    };
  }) as Promise<CarriedEnrollment>;
}

/**
 * Brings the enrollment of a document in. Its versions are those with the same texts here; what is not here is
 * published under its number. Refuses what is no such document, what does not rebuild, a version whose number is
 * another text here, and somebody who is in the program already.
 */
export async function importEnrollment(
  store: Store,
  document: unknown,
  { by }: { by: string },
): Promise<{ enrollment: string; person: string }> {
  if (!validate(document)) {
    const [error] = validate.errors ?? [];
    throw new Refusal('malformed', `This is no exported enrollment: ${error?.instancePath || 'it'} ${error?.message}.`);
  }
  const id = store.newId();
  const { program: carried, version } = document;
  const { numbers, programs, missing } = await placeVersions(store, carried);
  const program = programs.get(version);
  if (program === undefined) throw unsound('the version it is on is not among its programs');
  const timeline = renamed(document.timeline, document.enrollment, id);
  const told = inputsOf(timeline);
  const there = foldWhole(programs, told, version, id);
  const differs = timeline.findIndex((row, index) => !isDeepStrictEqual(plain(row), there.rows[index]));
  if (differs >= 0 || there.rows.length !== timeline.length || there.version !== version)
    throw unsound(`row ${(differs < 0 ? there.rows.length : differs) + 1} does not follow from what came before`);
  const here = numberedHere({ told, programs, version }, numbers);
  const folded = here === null ? there : foldWhole(here.programs, here.told, here.version, id);
  const { state } = folded;
  if (!isDeepStrictEqual(state, there.state)) throw unsound('the numbers that its versions have here change its way');
  // What time owes next is what a step that changes nothing would say.
  const { nextDueAt } = step(program, state, timeInput(state), state.at, id);

  return store.sql.begin(async (tx): Promise<{ enrollment: string; person: string }> => {
    await addVersions(store, tx, { name: carried.name, versions: missing, by });
    const { email, name: called, zone } = document.person;
    const [known] = await tx<{ id: string }[]>`
      insert into people (workspace_id, id, email, name, zone, created_at)
      values (${store.workspace}, ${store.newId()}, ${email.toLowerCase()}, ${called}, ${zone}, now())
      on conflict (workspace_id, email) do update set email = excluded.email returning id`;
    const person = (known as { id: string }).id;
    await lockAdmission(store, tx, person, carried.name);
    const earlier = await tx<{ status: string; attempt: number }[]>`
      select status, attempt from enrollments
      where workspace_id = ${store.workspace} and program = ${carried.name} and person_id = ${person} order by attempt desc`;
    if (state.facts.finished === null && earlier.some((one) => one.status === 'active'))
      throw new Refusal('already-enrolled', `${email} is already in ${carried.name}.`);
    await tx`
      insert into enrollments (workspace_id, id, program, version, person_id, attempt, status, stage, state, seq, created_at, stepped_at)
      values (${store.workspace}, ${id}, ${carried.name}, ${folded.version}, ${person}, ${(earlier[0]?.attempt ?? 0) + 1}, 'finished',
        ${state.stage}, '{}', 0, ${new Date(state.facts.enrolledAt)}, ${new Date(state.at)})`;
    await replaceLife(store, tx, id, folded, { program, nextDueAt });
    for (const message of renamed(document.messages, document.enrollment, id)) {
      await tx`
        insert into messages (workspace_id, id, person_id, program, enrollment_id, direction, channel, text, reason, author,
          status, at)
        values (${store.workspace}, ${message.id}, ${person}, ${carried.name}, ${id}, ${message.direction}, ${message.channel},
          ${message.text}, ${message.reason}, ${message.author},
          ${message.direction === 'in' ? 'received' : message.channel === null ? 'withdrawn' : 'sent'}, ${message.at})
        on conflict do nothing`;
    }
    await addAudit(store, tx, { actor: by, action: 'import', target: `enrollment:${id}` });
    return { enrollment: id, person };
  }) as Promise<{ enrollment: string; person: string }>;
}

/** What the inputs come to, as it is stored; `current` is the version it ends on. */
function foldWhole(
  programs: ReadonlyMap<number, LoadedProgram>,
  told: readonly Told[],
  current: number,
  id: string,
): Folded & { state: State } {
  try {
    const folded = plain(fold(programs, versionsOf(told, current)[0] ?? current, told, id));
    if (folded.state === null) throw unsound('nobody is enrolled in it');
    return { ...folded, state: folded.state };
  } catch (error) {
    if (error instanceof StepProblem) throw unsound(error.message.replace(/\.$/, ''));
    throw error;
  }
}

/**
 * Ids of effects, runs and questions hold the enrollment's: everywhere they stand they get the new one. Only what
 * is such an id as a whole: an enrollment may be called by a word that people write, too.
 */
function renamed<T>(value: T, from: string, to: string): T {
  if (typeof value === 'string') {
    const at = value.indexOf(`${from}:`);
    if (at < 0 || !idHead.test(value.slice(0, at)) || !idTail.test(value.slice(at + from.length))) return value;
    return `${value.slice(0, at)}${to}${value.slice(at + from.length)}` as T;
  }
  if (Array.isArray(value)) return value.map((one) => renamed(one, from, to)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [renamed(key, from, to), renamed(one, from, to)]),
  ) as T;
}

const unsound = (why: string): Refusal =>
  new Refusal('malformed', `This enrollment does not rebuild: ${why}. Nothing was imported.`);
