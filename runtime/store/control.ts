/**
 * The control surface on Postgres: `runtime/control.ts` says what each call promises.
 *
 * Whatever changes something is in a file of its own; here are the reading calls and the list.
 */
import type { ChatMessage, Control, EnrollmentSummary, Person, ProgramSummary } from '../control.ts';
import { letsInScope, why } from '../explain.ts';
import type { State } from '../state.ts';
import { waiting } from '../waiting.ts';
import { act, answerItem, closeItem, decideItem } from './act.ts';
import { addAudit } from './audit.ts';
import { clockNow } from './clock.ts';
import { correctShared, recordShared } from './cohort.ts';
import { unknownEnrollment } from './commit.ts';
import { enrollIn } from './enroll.ts';
import { erasePerson } from './erase-person.ts';
import { pageMax } from './limits.ts';
import { stageTitle } from './listings.ts';
import { createOperatorControl } from './operator-control.ts';
import { openItems } from './operator-items.ts';
import { outbox } from './outbox.ts';
import { bindAccount, boundChannels, personByAccount, personByEmail, readPerson, setZone } from './people.ts';
import { preferences, setPreferences } from './preferences.ts';
import { importableFiles, loadVersion, readVersion } from './programs.ts';
import { answer, approveAccess, checkId, receive } from './receive.ts';
import { record } from './record.ts';
import type { Sql, Store } from './store.ts';
import { readTimeline } from './timeline-rows.ts';
import { createVersionControl, pastVersions, publishFor } from './version-control.ts';
import { whatNext } from './what-next.ts';

/** The control surface of a store. */
export function createControl(
  store: Store,
  { skills }: { skills?: () => Promise<string[] | undefined> } = {},
): Control {
  const environment = async () => (skills ? { skills: await skills() } : {});
  return {
    ...createOperatorControl(store),
    ...createVersionControl(store, environment),
    publish: async (input) => publishFor(store, input, await environment()),
    programs: () => programs(store),
    programSource: (name, version) => readVersion(store, store.sql, name, version),
    importableFiles: () => importableFiles(store),
    personByEmail: (email, details) => personByEmail(store, email, details),
    person: (id) => readPerson(store, store.sql, id),
    erasePerson: (input) => erasePerson(store, input),
    setZone: (person, zone) => setZone(store, person, zone),
    bindAccount: (input) => bindAccount(store, input),
    personByAccount: (channel, account) => personByAccount(store, channel, account),
    receive: (input) => receive(store, input),
    answer: (input) => answer(store, input),
    conversation: (input) => conversation(store, input),
    enroll: (input) => enroll(store, input),
    enrollments: (input) => enrollments(store, store.sql, input),
    enrollment: (id) => enrollment(store, id),
    timeline: async (id, options = {}) => {
      await enrollments(store, store.sql, { id, limit: 1 }).then((found) => {
        if (found.length === 0) throw unknownEnrollment(id);
      });
      return readTimeline(store, store.sql, id, options);
    },
    whatNext: (id, days) => whatNext(store, id, days),
    record: (input) => record(store, input),
    recordShared: (input) => recordShared(store, input),
    correctShared: (input) => correctShared(store, input),
    preferences: (person) => preferences(store, person),
    setPreferences: (person, wished, by) => setPreferences(store, person, wished, by),
    channels: (person) => boundChannels(store, person),
    outbox: (person) => outbox(store, person),
    openItems: () => openItems(store),
    closeItem: (id, by) => closeItem(store, id, by),
    approveAccess: (item, by) => approveAccess(store, item, by),
    act: (input) => act(store, input),
    decideItem: (item, decision, by) => decideItem(store, item, decision, by),
    answerItem: (item, value, by) => answerItem(store, item, value, by),
  };
}

async function programs(store: Store): Promise<ProgramSummary[]> {
  const rows = await store.sql<(Omit<ProgramSummary, 'publishedAt'> & { published_at: Date })[]>`
    select v.program as name, v.ir->>'title' as title, v.ir->>'about' as about, v.version, v.published_at,
      (select count(*)::integer from enrollments e
        where e.workspace_id = v.workspace_id and e.program = v.program and e.status = 'active') as active,
      (select count(*)::integer from enrollments e
        where e.workspace_id = v.workspace_id and e.program = v.program and e.status = 'finished') as finished
    from programs p
    cross join lateral (
      select * from program_versions v where v.workspace_id = p.workspace_id and v.program = p.name
      order by version desc limit 1) v
    where p.workspace_id = ${store.workspace} order by title, name`;
  return rows.map(({ published_at, ...row }) => ({ ...row, publishedAt: published_at.getTime() }));
}

async function conversation(store: Store, input: Parameters<Control['conversation']>[0]): Promise<ChatMessage[]> {
  type Row = Omit<ChatMessage, 'position' | 'at'> & { position: string; at: Date };
  const rows = await store.sql<Row[]>`
    select m.position, m.id, m.enrollment_id as enrollment, m.direction, m.text, coalesce(m.shown_at, m.at) as at, m.reason, m.author,
      m.question || jsonb_build_object('open',
        coalesce(e.state->'facts'->'question'->>'id' = m.question->>'id', false)) as question
    from messages m
    left join enrollments e on e.workspace_id = m.workspace_id and e.id = m.enrollment_id
    where m.workspace_id = ${store.workspace} and m.person_id = ${input.person} and m.program = ${input.program}
      and m.position > ${input.after} and not m.hidden
    order by m.position limit ${pageOf(input.limit)}`;
  return rows.map((row) => ({ ...row, position: Number(row.position), at: row.at.getTime() }));
}

async function enroll(store: Store, input: Parameters<Control['enroll']>[0]): Promise<EnrollmentSummary> {
  if (input.id !== undefined) checkId(input.id);
  return store.sql.begin(async (tx) => {
    const person: Person = await readPerson(store, tx, input.person);
    const { id, fresh } = await enrollIn(store, tx, { ...input, person });
    const { actor, reason, program } = input;
    if (fresh && actor !== undefined)
      await addAudit(store, tx, { actor, action: 'enroll', target: `enrollment:${id}`, reason, details: { program } });
    return (await enrollments(store, tx, { id, limit: 1 }))[0] as EnrollmentSummary;
  });
}

type Wanted = { id?: string; program?: string; person?: string; status?: 'active' | 'finished'; limit: number };

async function enrollments(store: Store, sql: Sql, wanted: Wanted): Promise<EnrollmentSummary[]> {
  type Row = {
    id: string;
    program: string;
    version: number;
    attempt: number;
    status: 'active' | 'finished';
    state: State;
    person: EnrollmentSummary['person'];
    next_due_at: Date | null;
    created_at: Date;
    finished_at: Date | null;
  };
  const rows = await sql<Row[]>`
    select e.id, e.program, e.version, e.attempt, e.status, e.state, e.next_due_at, e.created_at, e.finished_at,
      jsonb_build_object('id', p.id, 'email', p.email, 'name', p.name) as person
    from enrollments e join people p on p.workspace_id = e.workspace_id and p.id = e.person_id
    where e.workspace_id = ${store.workspace}
      ${wanted.id === undefined ? sql`` : sql`and e.id = ${wanted.id}`}
      ${wanted.program === undefined ? sql`` : sql`and e.program = ${wanted.program}`}
      ${wanted.person === undefined ? sql`` : sql`and e.person_id = ${wanted.person}`}
      ${wanted.status === undefined ? sql`` : sql`and e.status = ${wanted.status}`}
    order by e.created_at desc, e.id limit ${pageOf(wanted.limit)}`;
  const now = await clockNow(store, sql);
  const found: EnrollmentSummary[] = [];
  for (const row of rows) {
    const { ir } = await loadVersion(store, sql, row.program, row.version);
    found.push({
      id: row.id,
      program: row.program,
      programTitle: ir.title,
      version: row.version,
      person: row.person,
      attempt: row.attempt,
      status: row.status,
      stage: row.state.stage,
      stageTitle: stageTitle(ir, row.state, now),
      nextDueAt: row.next_due_at?.getTime() ?? null,
      createdAt: row.created_at.getTime(),
      finishedAt: row.finished_at?.getTime() ?? null,
    });
  }
  return found;
}

async function enrollment(store: Store, id: string): ReturnType<Control['enrollment']> {
  return store.sql.begin('isolation level repeatable read', async (tx) => {
    const [summary] = await enrollments(store, tx, { id, limit: 1 });
    if (summary === undefined) throw unknownEnrollment(id);
    const [row] = await tx<{ state: State; cohort: string | null }[]>`
      select state, cohort from enrollments where workspace_id = ${store.workspace} and id = ${id}`;
    const { state, cohort } = row as { state: State; cohort: string | null };
    const program = await loadVersion(store, tx, summary.program, summary.version);
    const now = await clockNow(store, tx);
    return {
      ...summary,
      seq: state.seq,
      cohort,
      facts: state.facts,
      ir: program.ir,
      past: await pastVersions(store, tx, summary),
      source: program.source,
      lets: letsInScope(program, state, now),
      why: why(program, state, now),
      waiting: waiting(program, state, now),
    };
  });
}

function pageOf(limit: number): number {
  return Math.max(0, Math.min(Math.trunc(limit) || 0, pageMax));
}
