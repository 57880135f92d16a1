/**
 * A simulated population on all cores: hands stretches of people to threads and adds up their tallies.
 *
 * The result is the same on any number of cores. A thread that fails fails the whole.
 */
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { emptyTally, inOrder, type Tally, together } from '../runtime/population/tally.ts';
import type { Done, Stretch, Task } from './population-worker.ts';

/** People that one thread is handed at a time: few enough that all end together, and that progress shows. */
const stretchPeople = 50;

export type Population = Task & { people: number; cores: number };

/** `progress` is told how many people are done. */
export async function runPopulation(
  { people, cores, ...task }: Population,
  progress: (done: number) => void,
): Promise<Tally> {
  const stretches: Stretch[] = [];
  for (let first = 1; first <= people; first += stretchPeople)
    stretches.push({ first, count: Math.min(stretchPeople, people - first + 1) });
  const workers = Array.from({ length: Math.min(cores, stretches.length) }, () => startWorker(task));
  let tally = emptyTally();
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            const goOn = (): void => {
              const stretch = stretches.shift();
              if (stretch === undefined) resolve();
              else worker.postMessage(stretch);
            };
            worker.on('message', (done: Done) => {
              tally = together(tally, done.tally);
              progress(tally.people);
              goOn();
            });
            worker.on('error', reject);
            worker.on('exit', (code) => reject(new Error(`A thread of the simulation ended with ${code}.`)));
            goOn();
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return inOrder(tally);
}

/** From its source where that is, else as it was built. */
function startWorker(task: Task): Worker {
  const source = new URL('./population-worker.ts', import.meta.url);
  const file = existsSync(source) ? source : new URL('../dist/commands/population-worker.js', import.meta.url);
  return new Worker(file, { workerData: task });
}
