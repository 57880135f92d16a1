/**
 * The control surface on Postgres: `runtime/control.ts` says what each call promises.
 *
 * Whatever changes something is in a file of its own; here are the reading calls and the list.
 */
import type { ChatMessage, Control, EnrollmentSummary, Person, ProgramSummary } from '../control.ts';
import { letsInScope, why } from '../explain.ts';
import { forecast } from '../forecast.ts';
import { waiting } from '../waiting.ts';
import { act, answerItem, closeItem, decideItem } from './act.ts';
import { addAudit } from './audit.ts';
import { clockNow } from './clock.ts';
import { correctShared, recordShared } from './cohort.ts';
import { unknownEnrollment } from './commit.ts';
import { enrollIn, lockAdmission } from './enroll.ts';
import { type EnrollmentRow, enrollmentColumns, summaryOf } from './enrollment-rows.ts';
import { erasePerson } from './erase-person.ts';
import { pausesAround } from './holds.ts';
import { pageMax } from './limits.ts';
import { createOperatorControl } from './operator-control.ts';
import { openItems } from './operator-items.ts';
import { outbox } from './outbox.ts';
import { bindAccount, boundChannels, personByAccount, personByEmail, presentPerson, readPerson } from './people.ts';
import { preferences, setPreferences } from './preferences.ts';
import { importableFiles, readVersion } from './programs.ts';
import { answer, approveAccess, checkId, receive } from './receive.ts';
import { record } from './record.ts';
import { setZone } from './set-zone.ts';
import type { Sql, Store } from './store.ts';
import { readTimeline } from './timeline-rows.ts';
import { createVersionControl, pastVersions, publishFor } from './version-control.ts';
import { checkDays, whatNext } from './what-next.ts';

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
    enrollment: (id, daysAhead) => enrollment(store, id, daysAhead),
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
    await lockAdmission(store, tx, input.person, input.program);
    const person: Person = await presentPerson(store, tx, input.person);
    const { id, fresh } = await enrollIn(store, tx, { ...input, person });
    const { actor, reason, program } = input;
    if (fresh && actor !== undefined)
      await addAudit(store, tx, { actor, action: 'enroll', target: `enrollment:${id}`, reason, details: { program } });
    return (await enrollments(store, tx, { id, limit: 1 }))[0] as EnrollmentSummary;
  });
}

type Wanted = { id?: string; program?: string; person?: string; status?: 'active' | 'finished'; limit: number };

async function enrollments(store: Store, sql: Sql, wanted: Wanted): Promise<EnrollmentSummary[]> {
  const rows = await readRows(store, sql, wanted);
  const now = await clockNow(store, sql);
  const found: EnrollmentSummary[] = [];
  for (const row of rows) found.push((await summaryOf(store, sql, row, now)).summary);
  return found;
}

function readRows(store: Store, sql: Sql, { id, program, person, status, limit }: Wanted) {
  return sql<EnrollmentRow[]>`
    ${enrollmentColumns(sql)}
    where e.workspace_id = ${store.workspace}
      ${id === undefined ? sql`` : sql`and e.id = ${id}`}
      ${program === undefined ? sql`` : sql`and e.program = ${program}`}
      ${person === undefined ? sql`` : sql`and e.person_id = ${person}`}
      ${status === undefined ? sql`` : sql`and e.status = ${status}`}
    order by e.created_at desc, e.id limit ${pageOf(limit)}`;
}

async function enrollment(store: Store, id: string, daysAhead?: number): ReturnType<Control['enrollment']> {
  if (daysAhead !== undefined) checkDays(daysAhead);
  return store.sql.begin('isolation level repeatable read read only', async (tx) => {
    const [row] = await readRows(store, tx, { id, limit: 1 });
    if (row === undefined) throw unknownEnrollment(id);
    const { state, cohort } = row;
    const now = await clockNow(store, tx);
    const { summary, program } = await summaryOf(store, tx, row, now);
    const around = await pausesAround(store, tx, summary.program);
    return {
      ...summary,
      seq: state.seq,
      cohort,
      facts: state.facts,
      ir: program.ir,
      past: await pastVersions(store, tx, summary),
      source: program.source,
      lets: letsInScope(program, state, now),
      why: why(program, state, now, around),
      waiting: waiting(program, state, now),
      ahead: daysAhead === undefined ? null : forecast(program, state, now, daysAhead, around),
    };
  });
}

function pageOf(limit: number): number {
  return Math.max(0, Math.min(Math.trunc(limit) || 0, pageMax));
}
