/**
 * People for the runtime's bench: one real life, told to the runtime once, and copied in SQL as often as wanted.
 *
 * The copies are what the runtime itself would have written, under other ids: the same state, the same
 * due time, and where it matters the same past. What is measured afterwards does not know them from people
 * who were enrolled one by one.
 */
import { readFileSync } from 'node:fs';
import type { Agent } from '../runtime/services.ts';
import { runFinished } from '../runtime/step.ts';
import { setClock } from '../runtime/store/clock.ts';
import { commit } from '../runtime/store/commit.ts';
import { createControl } from '../runtime/store/control.ts';
import type { Talkers } from '../runtime/store/run-agent.ts';
import type { Store } from '../runtime/store/store.ts';
import { sweep } from '../runtime/store/sweep.ts';
import { addCopies as copy, copyId } from '../test/support/crowd.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** Monday 5 January 2026, 07:00 UTC. */
export const start = Date.UTC(2026, 0, 5, 7);
/** Two days on all reviews of the Wednesday, at 18:00 spread over two hours, are due. */
export const reviewsDue = start + 2 * day + 14 * hour;

export const programName = 'couch_to_5k';
/** The life that is copied. Its id is as long as those of its copies. */
const original = copyId(0);

/**
 * Publishes Couch to 5K and lets the one who is copied live up to Tuesday: enrolled in training, answered once, looked
 * at by the agent once. From then on a review finds nothing new until the nudge of the fourth day.
 */
export async function beginOriginal(store: Store): Promise<void> {
  const control = createControl(store);
  const path = new URL(`../programs/${programName}.regimen`, import.meta.url);
  await control.publish({ source: readFileSync(path, 'utf8'), path: `${programName}.regimen`, by: 'bench' });
  await setClock(store, start);
  const { id: person } = await control.personByEmail('original@example.com', { zone: 'Europe/London' });
  await control.enroll({ person, program: programName, id: original, at: 'training', by: 'operator' });
  await setClock(store, start + hour);
  await control.receive({ person, program: programName, channel: 'web', id: original, text: 'What is first?' });
  await finishRun(store, ['Half an hour today, a minute of it running at a time.']);
  await setClock(store, start + 14 * hour);
  await sweep(store);
  await finishRun(store, []);
  await store.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
  await store.sql`update messages set status = 'sent', sent_at = at where direction = 'out'`;
  await store.sql`update enrollments set sweep_at = null where workspace_id = ${store.workspace} and id = ${original}`;
  await setClock(store, reviewsDue);
}

/** What the agent comes to in the run that the original has in hand. */
async function finishRun(store: Store, says: string[]): Promise<void> {
  const { facts } = await createControl(store).enrollment(original);
  if (facts.run === null) throw new Error('A run was to be in hand.');
  const input = runFinished(facts.run.id, { says, sets: [], records: [], judgements: [], author: 'agent' });
  await commit(store, { enrollment: original, input });
}

/** For workers that have nobody to talk to. */
const silent: Agent = {
  kind: 'bench',
  run: async () => {
    throw new Error('No run was to be started.');
  },
};
export const silentTalkers: Talkers = { agent: silent, scripted: silent, skills: () => undefined };

/** Copies numbered `from` to `to`; the sweep takes them for due at `sweepAt` (ms), without it never. */
export const addCopies = (store: Store, from: number, to: number, sweepAt?: number): Promise<void> =>
  copy(store, original, from, to, sweepAt);

/**
 * What the copies from `from` to `to` have lived through: their timelines and what was said to them. Without it
 * tables would be empty that are large wherever many are enrolled.
 */
export async function addPasts({ sql, workspace }: Store, from: number, to: number): Promise<void> {
  const copies = sql`
    (select id, person_id from enrollments where workspace_id = ${workspace} and id between ${copyId(from)} and ${copyId(to)}) copy`;
  await sql`
    insert into timeline (workspace_id, enrollment_id, seq, at, cause, kind, input_id, entry)
    select t.workspace_id, copy.id, t.seq, t.at, t.cause, t.kind, replace(t.input_id, ${original}, copy.id),
      replace(t.entry::text, ${original}, copy.id)::json
    from ${copies}, timeline t where t.workspace_id = ${workspace} and t.enrollment_id = ${original}`;
  await sql`
    insert into messages (workspace_id, id, person_id, program, enrollment_id, direction, channel, text, reason, author,
      status, at, sent_at)
    select m.workspace_id, replace(m.id, ${original}, copy.id), copy.person_id, m.program, copy.id, m.direction, m.channel,
      m.text, m.reason, m.author, m.status, m.at, m.sent_at
    from ${copies}, messages m where m.workspace_id = ${workspace} and m.enrollment_id = ${original}`;
}
