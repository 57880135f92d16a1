/**
 * The workers of a storm: so many work beside each other, others stand by with everything loaded. Whoever falls is
 * replaced at once, as a supervisor would; what people do is asked of whichever works.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Chance } from '../../runtime/population/chance.ts';
import type { Asked, FromWorker, ToWorker } from './storm-worker.ts';

/** Workers beside each other, and those that stand by. */
const workersAtOnce = 3;
const sparesAtOnce = 3;
/** The clocks of their machines are wrong by up to this much. */
export const skewMaxMs = 60_000;
/** Starting takes a second or two; on a busy machine longer. More than this is a fault of its own. */
const startLimitMs = 60_000;
/** Starts in a row that come to nothing, all over the crew, before it is given up. */
const failedStartsMax = 200;
/** A deed that was not answered for this long is asked of somebody else. */
const answerLimitMs = 30_000;

export type Crew = {
  /** Those that work, and those that begin to. */
  working(): ChildProcess[];
  beginning(): ChildProcess[];
  /** Has one of those that work do it. Throws when it falls, or refuses; then it may be asked again. */
  ask(deed: Asked): Promise<void>;
  /** Resolves once all work. */
  complete(): Promise<void>;
  /** Ends them all. Throws what went wrong in raising them. */
  end(): Promise<void>;
};

export function raiseCrew(options: { databaseUrl: string; vendorUrl: string; folder: string; random: Chance }): Crew {
  const { databaseUrl, vendorUrl, folder, random } = options;
  const spares: ChildProcess[] = [];
  const beginning = new Set<ChildProcess>();
  const working = new Set<ChildProcess>();
  const all = new Set<ChildProcess>();
  const asked = new Map<number, { of: ChildProcess; answer: (problem: string | null) => void }>();
  let asks = 0;
  let failedStarts = 0;
  let ending = false;
  let failure: Error | null = null;

  const raise = (): void => {
    const skew = Math.round((random.next() * 2 - 1) * skewMaxMs);
    const child = fork(
      fileURLToPath(new URL('./storm-worker.ts', import.meta.url)),
      [databaseUrl, vendorUrl, `${skew}`, 'spare'],
      {
        // What they complain of is the weather.
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
      },
    );
    all.add(child);
    child.on('error', () => {});
    child.on('message', (what) => hear(child, what as FromWorker));
    child.once('exit', () => bury(child));
  };

  const hear = (child: ChildProcess, what: FromWorker): void => {
    if (what === 'loaded') {
      spares.push(child);
      fill();
    } else if (what === 'ready') {
      failedStarts = 0;
      beginning.delete(child);
      working.add(child);
    } else {
      asked.get(what.done)?.answer(what.problem);
    }
  };

  const bury = (child: ChildProcess): void => {
    all.delete(child);
    working.delete(child);
    if (spares.includes(child)) spares.splice(spares.indexOf(child), 1);
    // Starts fail while the database is away; for ever they may not.
    if (beginning.delete(child)) failedStarts += 1;
    if (failedStarts > failedStartsMax)
      failure = new Error(`No worker comes up: ${failedStarts} starts failed in a row.`);
    for (const { of, answer } of [...asked.values()]) if (of === child) answer('The worker has fallen.');
    if (!ending) fill();
  };

  const fill = (): void => {
    while (working.size + beginning.size < workersAtOnce) {
      const child = spares.shift();
      if (child === undefined) break;
      beginning.add(child);
      child.send('begin' satisfies ToWorker, () => {});
      setTimeout(() => beginning.has(child) && child.kill('SIGKILL'), startLimitMs).unref();
    }
    while (all.size < workersAtOnce + sparesAtOnce) raise();
  };
  fill();

  const ask = async (deed: Asked): Promise<void> => {
    if (failure !== null) throw failure;
    const of = [...working][asks % Math.max(1, working.size)];
    if (of === undefined) throw new Error('Nobody works just now.');
    const number = ++asks;
    const problem = await new Promise<string | null>((answer) => {
      asked.set(number, { of, answer });
      setTimeout(() => answer('It was not answered in time.'), answerLimitMs).unref();
      of.send({ ask: number, deed } satisfies ToWorker, (error) => error && answer(error.message));
    }).finally(() => asked.delete(number));
    if (problem !== null) throw new Error(problem);
  };

  return {
    working: () => [...working],
    beginning: () => [...beginning],
    ask,
    complete: async () => {
      while (working.size < workersAtOnce) {
        if (failure !== null) throw failure;
        await sleep(20);
      }
    },
    end: async () => {
      ending = true;
      for (const child of all) {
        child.kill('SIGCONT');
        child.kill('SIGKILL');
      }
      while (all.size > 0) await sleep(10);
      if (failure !== null) throw failure;
    },
  };
}
