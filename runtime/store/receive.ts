/**
 * What people say: finds their enrollment, lets them in where the program's policy allows, and
 * answers for the system where there is nobody else to.
 *
 * Each message is taken in one transaction together with everything it brings about, so a repeat
 * finds either all of it or nothing. What the system itself says (a notice) is part of the
 * conversation: it is stored, and delivered like any other message.
 */
import { lackingAtStart } from '../../compiler/given-at-start.ts';
import type { Ir, Value } from '../../compiler/ir.ts';
import { durationText, longLocalTime } from '../calendar.ts';
import { type Person, type Received, Refusal } from '../control.ts';
import { addLength, resolveLength } from '../evaluate.ts';
import type { Facts } from '../facts.ts';
import type { Input } from '../inputs.ts';
import { unheard } from '../unheard.ts';
import { commitAtOnce, findActive } from './at-once.ts';
import { addAudit } from './audit.ts';
import { cleanText } from './clean-text.ts';
import { clockNow } from './clock.ts';
import { commitIn } from './commit.ts';
import { enrollIn, lockAdmission } from './enroll.ts';
import { addOperatorItem } from './items.ts';
import { addQueueJobs, deliverJob } from './jobs.ts';
import { idLengthMax, messageLengthMax, waitingMessagesMax } from './limits.ts';
import { addMessages, heardMessage, type MessageRow } from './messages.ts';
import { notify } from './notices.ts';
import { withOrigin } from './origin.ts';
import { presentPerson } from './people.ts';
import { loadVersion, readVersion } from './programs.ts';
import type { Store, Tx } from './store.ts';

type Incoming = { person: string; program: string; channel: string; id: string; text: string };

/** Takes a message of a person to a program. */
export async function receive(store: Store, raw: Incoming): Promise<Received> {
  const incoming = { ...raw, id: checkId(raw.id), text: checkText(raw.text) };
  return withOrigin(incoming.id, async () => (await receiveAtOnce(store, incoming)) ?? receiveOnce(store, incoming));
}

/** The message of somebody who is in the program, where something comes of it: nothing else needs more than this. */
async function receiveAtOnce(store: Store, { person, program, channel, id, text }: Incoming): Promise<Received | null> {
  const found = await findActive(store, { person, program }, id);
  if (found === null || found.seen) return null;
  const input: Input = { type: 'message', id, text, channel };
  const committed = await commitAtOnce(store, found, input, ({ rows }) => rows.length > 1);
  return committed && { fresh: committed.fresh, enrollment: found.id, notice: null };
}

function receiveOnce(store: Store, incoming: Incoming): Promise<Received> {
  return store.sql.begin(async (tx): Promise<Received> => {
    await lockAdmission(store, tx, incoming.person, incoming.program);
    const person = await presentPerson(store, tx, incoming.person);
    const { ir } = await readVersion(store, tx, incoming.program);
    const repeated = await findRepeat(store, tx, person.id, incoming.id);
    if (repeated !== null) return repeated;
    const last = await lastEnrollment(store, tx, person.id, ir.name);
    if (last?.status === 'active') return converse(store, tx, incoming, last.id, false);
    const admitted =
      last === null ? await admitNew(store, tx, person, ir) : await admitAgain(store, tx, last.facts, ir);
    if ('notice' in admitted) return tell(store, tx, incoming, last?.id ?? null, admitted.notice);
    // The conversation begins with what the person wrote; the welcome answers it.
    const at = new Date(await clockNow(store, tx)).toISOString();
    const shared = { person_id: person.id, program: ir.name, enrollment_id: null, at };
    await addMessages(store, tx, [heardMessage(shared, incoming.id, incoming.channel, incoming.text)]);
    const { id } = await enrollIn(store, tx, { person, program: ir.name, by: 'person', ...admitted });
    return converse(store, tx, incoming, id, await hasWelcomed(store, tx, id));
  });
}

/** Takes a pressed button. */
export async function answer(
  store: Store,
  raw: { person: string; channel: string; id: string; question: string; value: string },
): Promise<Received> {
  const { person, channel, question } = raw;
  const [id, value] = [checkId(raw.id), checkText(raw.value)];
  return store.sql.begin(async (tx): Promise<Received> => {
    const [asked] = await tx<{ program: string; enrollment: string; title: string; status: string; facts: Facts }[]>`
      select m.program, e.id as enrollment, v.ir->>'title' as title, e.status, e.state->'facts' as facts
      from messages m
      join enrollments e on e.workspace_id = m.workspace_id and e.id = m.enrollment_id
      join program_versions v on v.workspace_id = e.workspace_id and v.program = e.program and v.version = e.version
      where m.workspace_id = ${store.workspace} and m.person_id = ${person} and m.question->>'id' = ${question}
      order by m.position desc limit 1`;
    if (asked !== undefined) await lockAdmission(store, tx, person, asked.program);
    await presentPerson(store, tx, person);
    if (asked === undefined) throw new Refusal('malformed', 'Nobody asked this person that question.');
    const repeated = await findRepeat(store, tx, person, id);
    if (repeated !== null) return repeated;
    if (asked.status === 'finished') {
      const incoming = { person, program: asked.program, channel, id, text: value };
      return tell(store, tx, incoming, asked.enrollment, finishedSentence(asked.title, asked.facts));
    }
    return bring(store, tx, asked.enrollment, { type: 'answer', id, question, value, channel });
  });
}

/**
 * Lets somebody in whose request waits, and brings what they have written meanwhile. Once done, doing it again changes
 * nothing.
 */
export async function approveAccess(store: Store, item: string, by: string): Promise<void> {
  await store.sql.begin(async (tx) => {
    const [request] = await tx<{ person: string; program: string; closed_at: Date | null }[]>`
      select person_id as person, program, closed_at from operator_items
      where workspace_id = ${store.workspace} and id = ${item} and kind = 'access-request' for update`;
    if (request === undefined) throw new Refusal('malformed', `There is no request for access ${item.slice(0, 100)}.`);
    if (request.closed_at !== null) return;
    await lockAdmission(store, tx, request.person, request.program);
    const person = await presentPerson(store, tx, request.person);
    const last = await lastEnrollment(store, tx, person.id, request.program);
    const id =
      last?.status === 'active' ? last.id : (await enrollIn(store, tx, { person, program: request.program })).id;
    const waiting = await tx<{ id: string; text: string; channel: string }[]>`
      select id, text, channel from messages
      where workspace_id = ${store.workspace} and person_id = ${person.id} and program = ${request.program}
        and direction = 'in' and enrollment_id is null
      order by position limit ${waitingMessagesMax}`;
    for (const { id: message, text, channel } of waiting) {
      await commitIn(store, tx, { enrollment: id, input: { type: 'message', id: message, text, channel } });
    }
    await tx`
      update operator_items set closed_at = ${new Date(await clockNow(store, tx))}, closed_by = ${by}
      where workspace_id = ${store.workspace} and id = ${item}`;
    await addAudit(store, tx, { actor: by, action: 'approve-access', target: `enrollment:${id}` });
  });
}

/** An id from outside: short, and without characters that cannot be stored. */
export function checkId(id: string): string {
  if (id.length === 0 || id.length > idLengthMax || cleanText(id) !== id) {
    throw new Refusal('malformed', `An id needs 1 to ${idLengthMax} ordinary characters.`);
  }
  return id;
}

function checkText(text: string): string {
  if (text.length > messageLengthMax) {
    throw new Refusal(
      'too-large',
      `A message may have ${messageLengthMax} characters; this one has ${text.length}. Send it in parts.`,
    );
  }
  const clean = cleanText(text);
  if (clean.trim() === '') throw new Refusal('malformed', 'The message is empty.');
  return clean;
}

async function bring(store: Store, tx: Tx, enrollment: string, input: Input): Promise<Received> {
  const { fresh } = await commitIn(store, tx, { enrollment, input });
  return { fresh, enrollment, notice: null };
}

/** Brings a message. Where nothing came of it, and the person has not just been welcomed, the system answers. */
async function converse(
  store: Store,
  tx: Tx,
  incoming: Incoming,
  enrollment: string,
  welcomed: boolean,
): Promise<Received> {
  const { id, text, channel } = incoming;
  const input: Input = { type: 'message', id, text, channel };
  const committed = await commitIn(store, tx, { enrollment, input });
  const { fresh, rows, state } = committed;
  if (!fresh || rows.length > 1 || welcomed) return { fresh, enrollment, notice: null };
  const { program, version } = committed.enrollment;
  const loaded = await loadVersion(store, tx, program, version);
  return tell(store, tx, incoming, enrollment, unheard(loaded, state, state.at));
}

/** Whether the program has said something to a person who was let in by this very message. */
async function hasWelcomed(store: Store, tx: Tx, enrollment: string): Promise<boolean> {
  const [spoken] = await tx`
    select 1 from messages
    where workspace_id = ${store.workspace} and enrollment_id = ${enrollment} and direction = 'out' limit 1`;
  return spoken !== undefined;
}

async function findRepeat(store: Store, tx: Tx, person: string, id: string): Promise<Received | null> {
  const [heard] = await tx<{ enrollment: string | null; notice: string | null }[]>`
    select m.enrollment_id as enrollment, n.text as notice from messages m
    left join messages n on n.workspace_id = m.workspace_id and n.person_id = m.person_id and n.direction = 'out'
      and n.id = ${noticeId(id)}
    where m.workspace_id = ${store.workspace} and m.person_id = ${person} and m.direction = 'in' and m.id = ${id}`;
  return heard === undefined ? null : { fresh: false, ...heard };
}

async function lastEnrollment(store: Store, tx: Tx, person: string, program: string) {
  const [row] = await tx<{ id: string; status: 'active' | 'finished'; facts: Facts }[]>`
    select id, status, state->'facts' as facts from enrollments
    where workspace_id = ${store.workspace} and person_id = ${person} and program = ${program}
    order by attempt desc limit 1`;
  return row ?? null;
}

type Admitted = { notice: string } | { data?: Record<string, Value> };

/** A first contact: let in by the program's policy, or told why not. */
async function admitNew(store: Store, tx: Tx, person: Person, ir: Ir): Promise<Admitted> {
  const { verified, domain, others } = ir.enroll;
  // Whoever is a person here has a verified email; `anyone` alone asks for nothing more.
  const isAmong = !verified || domain === undefined || person.email.endsWith(`@${domain.toLowerCase()}`);
  // What has to be given with an enrollment, somebody has to give: nobody comes in by writing.
  const isReady = lackingAtStart(ir).length === 0;
  if (isAmong && isReady) return {};
  if (!isAmong && others === 'refuse') {
    return { notice: `${ir.title} is not open to ${person.email}. If it should be, ask whoever runs it.` };
  }
  const fresh = await addOperatorItem(store, tx, {
    id: `access:${ir.name}:${person.id}`,
    kind: 'access-request',
    enrollment: null,
    person: person.id,
    program: ir.name,
    to: 'operator',
    text: `${person.name === '' ? person.email : `${person.name} (${person.email})`} asks to join ${ir.title}.`,
    at: await clockNow(store, tx),
  });
  return {
    notice: fresh
      ? `${ir.title} lets people in by hand. I have asked; you will hear from me here once you are in.`
      : `Your request to join ${ir.title} is with the people who run it. What you write is kept until they answer.`,
  };
}

/** Somebody who has finished: begins again where the program allows it and the time has come. */
async function admitAgain(store: Store, tx: Tx, facts: Facts, ir: Ir): Promise<Admitted> {
  const finished = finishedSentence(ir.title, facts);
  if (ir.reenter === undefined || facts.finished === null) return { notice: `${finished} It cannot be begun again.` };
  const now = await clockNow(store, tx);
  const env = { ir, facts, now };
  const from = addLength(facts.finished.at, ir.reenter.after, env);
  // A time beyond the calendar never comes.
  if (Number.isNaN(from)) return { notice: `${finished} It cannot be begun again.` };
  if (now < from) {
    const { duration } = resolveLength(ir.reenter.after, env);
    return {
      notice: `${finished} You can begin again ${duration ? `${durationText(duration)} later, ` : ''}from ${day(from, facts.zone)}: just write to me then.`,
    };
  }
  const kept = ir.reenter.keeping.filter((name) => Object.hasOwn(ir.data, name) && facts.data[name] !== undefined);
  // Parameters of the person are theirs still.
  kept.push(...lackingAtStart(ir).filter((name) => !kept.includes(name) && (facts.data[name] ?? null) !== null));
  return { data: Object.fromEntries(kept.map((name) => [name, facts.data[name] ?? null])) };
}

function finishedSentence(title: string, facts: Facts): string {
  const { finished } = facts;
  if (finished === null) return `You are not in ${title}.`;
  return `You ${finished.outcome === 'left' ? 'left' : 'finished'} ${title} on ${day(finished.at, facts.zone)}.`;
}

/** `5 January 2026`, in the person's zone. */
function day(at: number, zone: string): string {
  return longLocalTime(at, zone).split(',')[0]?.split(' ').slice(1).join(' ') ?? '';
}

function noticeId(message: string): string {
  return `notice:${message}`;
}

/** Stores the message and what the system says to it. */
async function tell(
  store: Store,
  tx: Tx,
  incoming: Incoming,
  enrollment: string | null,
  notice: string,
): Promise<Received> {
  const shared = {
    person_id: incoming.person,
    program: incoming.program,
    enrollment_id: enrollment,
    at: new Date(await clockNow(store, tx)).toISOString(),
  };
  const said: MessageRow = {
    ...shared,
    id: noticeId(incoming.id),
    direction: 'out',
    channel: null,
    text: notice,
    reason: 'notice',
    author: 'system',
    question: null,
    status: 'queued',
  };
  await addMessages(store, tx, [heardMessage(shared, incoming.id, incoming.channel, incoming.text), said]);
  await addQueueJobs(tx, [deliverJob(store.workspace, incoming.person, said.id)]);
  await notify(tx, [{ workspace: store.workspace, person: incoming.person, program: incoming.program, enrollment }]);
  return { fresh: true, enrollment, notice };
}
