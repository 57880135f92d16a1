/**
 * Answers: the runs that a process does itself, because it has just heard the message.
 *
 * Such a run has no job. It begins while the message is still being stored, with what was read to take the message; what
 * comes of it counts only once the message is stored. The enrollment says who answers (`answered_by`), and an advisory lock
 * shows that they live (`life.ts`). Where they do not, where the attempt failed, or where the process stops, the run gets
 * a job like any other: from here, or from whoever tidies up (`pauses.ts`). What there is no room for has a job at once.
 */
import { randomUUID } from 'node:crypto';
import type { Beginning } from './ahead.ts';
import type { RunJob } from './jobs.ts';
import { beginLife } from './life.ts';
import { answerAgainMs, answersAtOnce, endingMs } from './limits.ts';
import { inSpan } from './origin.ts';
import { problemOf } from './problem.ts';
import { queueRuns } from './queue-runs.ts';
import type { Store } from './store.ts';
import { waitAtMost } from './wait-at-most.ts';

/** Does a run that begins with what is given; it counts once `stored` resolves. Throws where it is to be done again. */
export type DoRun = (
  store: Store,
  job: RunJob,
  beginning: Beginning,
  stored: Promise<void>,
  signal: AbortSignal,
) => Promise<void>;

export type Answers = {
  /** Names who answers in `enrollments.answered_by`. */
  id: string;
  /** Whether the run is in hand. */
  has(run: RunJob): boolean;
  /** Takes no more. What is in hand may take so long (ms); then it is cut short and given to the queue. */
  stop(withinMs: number): Promise<void>;
};

/** Stores the message, with who answers it (for `enrollments.answered_by`). */
type Write = (by: string) => Promise<void>;

type Answering = Answers & {
  answer(store: Store, job: RunJob, beginning: Beginning, write: Write): Promise<void> | null;
};

/** Who takes what this process hears: for each database the last that began; its stores share their loaded programs. */
const taking = new WeakMap<Store['programs'], Answering>();
/** All of this process that have not ended, by their ids: those, too, that take no more. */
const living = new Map<string, Answers>();

/** Whether this process answers what it hears. */
export const answersItself = ({ programs }: Store): boolean => taking.has(programs);

/** What is answered under this id in this process; null where it is another one's. */
export const answersUnder = (id: string): Answers | null => living.get(id) ?? null;

/**
 * Begins a run of this process while its message is stored, and resolves when that is done. Null, and nothing has
 * happened, where this process does not answer, or has no room.
 */
export const answer = (store: Store, job: RunJob, beginning: Beginning, write: Write): Promise<void> | null =>
  taking.get(store.programs)?.answer(store, job, beginning, write) ?? null;

/** From now on this process answers what it hears. */
export async function openAnswers(home: Store, doRun: DoRun): Promise<Answers> {
  const id = `answers-${randomUUID()}`;
  const life = await beginLife(home);
  await life.show(id).catch(async (error) => {
    await life.end();
    throw error;
  });
  const stopping = new AbortController();
  const inHand = new Map<string, Promise<void>>();

  /** Sees a run through. Never throws: whoever tidies up finds what is left of it. */
  async function seeThrough(store: Store, job: RunJob, beginning: Beginning, stored: Promise<void>): Promise<void> {
    const unstored = new AbortController();
    const isStored = stored.then(
      () => true,
      () => false,
    );
    void isStored.then((is) => is || unstored.abort(new Error('The message was not stored.')));
    const signal = AbortSignal.any([stopping.signal, unstored.signal]);
    try {
      await inSpan('answer', { 'regimen.workspace': store.workspace }, () =>
        doRun(store, job, beginning, stored, signal),
      );
    } catch (error) {
      if (!(await isStored)) return;
      const afterMs = stopping.signal.aborted ? 0 : answerAgainMs;
      await queueRuns(store.sql, [{ ...job, answering: true }], afterMs).catch(() =>
        store.log(`A run waits for a job: ${problemOf(error)}`),
      );
    }
  }

  const answering: Answering = {
    id,
    has: (run) => inHand.has(keyOf(run)),
    answer(store, job, beginning, write) {
      const key = keyOf(job);
      if (inHand.size >= answersAtOnce || inHand.has(key)) return null;
      const stored = write(id);
      const done = seeThrough(store, job, beginning, stored).finally(() => inHand.delete(key));
      inHand.set(key, done);
      return stored;
    },
    async stop(withinMs) {
      if (taking.get(home.programs) === answering) taking.delete(home.programs);
      const ended = () => Promise.all(inHand.values());
      await waitAtMost(withinMs, ended());
      stopping.abort(new Error('The worker stops.'));
      // Without a database what is left may never end: then others find it.
      await waitAtMost(endingMs, ended());
      living.delete(id);
      await waitAtMost(endingMs, life.end());
    },
  };
  living.set(id, answering);
  taking.set(home.programs, answering);
  return answering;
}

const keyOf = ({ workspace, run }: RunJob): string => `${workspace}/${run}`;
