/**
 * People for the runtime's bench: one real life, told to the runtime once, and copied in SQL as often as wanted.
 *
 * The copies are what the runtime itself would have written, under other ids: the same state, the same
 * due time. What is measured afterwards does not know them from people who were enrolled one by one.
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
 * Publishes Couch to 5K and lets the one who is copied live up to Tuesday: enrolled in training, looked at by
 * the agent once. From then on a review finds nothing new until the nudge of the fourth day.
 */
export async function beginOriginal(store: Store): Promise<void> {
  const control = createControl(store);
  const path = new URL(`../programs/${programName}.regimen`, import.meta.url);
  await control.publish({ source: readFileSync(path, 'utf8'), path: `${programName}.regimen`, by: 'bench' });
  await setClock(store, start);
  const person = await control.personByEmail('original@example.com', { zone: 'Europe/London' });
  await control.enroll({ person: person.id, program: programName, id: original, at: 'training', by: 'operator' });
  await setClock(store, start + 14 * hour);
  await sweep(store);
  const { facts } = await control.enrollment(original);
  if (facts.run === null) throw new Error('The first review was to start a run.');
  await commit(store, {
    enrollment: original,
    input: runFinished(facts.run.id, { says: [], sets: [], records: [], judgements: [], author: 'agent' }),
  });
  await store.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
  await store.sql`update enrollments set sweep_at = null where workspace_id = ${store.workspace} and id = ${original}`;
  await setClock(store, reviewsDue);
}

/** For workers that have nobody to talk to. */
const silent: Agent = {
  kind: 'bench',
  run: async () => {
    throw new Error('No run was to be started.');
  },
};
export const silentTalkers: Talkers = { agent: silent, scripted: silent, skills: () => undefined };

/** Copies numbered `from` to `to`, none of them due yet as far as the sweep knows. */
export const addCopies = (store: Store, from: number, to: number): Promise<void> => copy(store, original, from, to);
