/**
 * The real runtime as a world for stories: one enrollment on Postgres, under a virtual clock.
 *
 * Scenarios run in it as they do in the pure simulation, and leave the same timeline. The store's
 * clock must be virtual and a worker must be running with the story's agent and skills.
 */
import type { State } from '../state.ts';
import type { World } from '../world.ts';
import { advance, drain } from './advance.ts';
import { clockNow, setClock } from './clock.ts';
import { commit, unknownEnrollment } from './commit.ts';
import { enrollIn } from './enroll.ts';
import { readPerson } from './people.ts';
import type { Store } from './store.ts';
import { readWholeTimeline } from './timeline-rows.ts';

export type StoreWorld = {
  /** A person who is not in the program. */
  person: string;
  program: string;
  /** The id the enrollment is to have; effects and the spread of reviews follow from it. */
  enrollment: string;
  /** ms; where the clock stands at first. The store's must not be later. */
  start: number;
};

/** A world for one person's story. */
export async function createWorld(store: Store, { person, program, enrollment, start }: StoreWorld): Promise<World> {
  if (store.clock !== 'virtual') throw new Error('A story needs a store with a virtual clock.');
  await setClock(store, start);
  let now = await clockNow(store);
  if (now !== start) throw new Error('The clock of this store has gone on already: a story needs a fresh one.');
  return {
    now: () => now,
    send: async (input) => {
      if (input.type === 'enroll') {
        await store.sql.begin(async (tx) =>
          enrollIn(store, tx, {
            person: { ...(await readPerson(store, tx, person)), zone: input.zone },
            program,
            id: enrollment,
            inputId: input.id,
            ...(input.at === undefined ? {} : { at: input.at }),
            ...(input.data === undefined ? {} : { data: input.data }),
          }),
        );
      } else {
        await commit(store, { enrollment, input });
      }
      await drain(store);
    },
    advanceTo: async (at) => {
      await advance(store, at);
      now = Math.max(now, at);
    },
    state: async () => {
      const [row] = await store.sql<{ state: State }[]>`
        select state from enrollments where workspace_id = ${store.workspace} and id = ${enrollment}`;
      if (row === undefined) throw unknownEnrollment(enrollment);
      return row.state;
    },
    timeline: () => readWholeTimeline(store, store.sql, enrollment),
  };
}
