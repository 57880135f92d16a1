/**
 * One thread of a simulation: lives the lives it is handed and gives back what came of them.
 *
 * It is told a stretch of people at a time and answers each with their tally; it ends when the command
 * ends it. Which thread a life is lived in makes no difference to it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Ir } from '../compiler/ir.ts';
import { load } from '../runtime/load.ts';
import { type Living, liveThrough } from '../runtime/population/life.ts';
import { countLife, emptyTally, type Tally } from '../runtime/population/tally.ts';

/** What a thread is started with. */
export type Task = { ir: Ir } & Pick<Living, 'seed' | 'start' | 'days'>;
/** People from `first` on, `count` of them. */
export type Stretch = { first: number; count: number };
export type Done = { stretch: Stretch; tally: Tally };

const { ir, ...of } = workerData as Task;
const program = load(ir, '');

parentPort?.on('message', (stretch: Stretch) => {
  const tally = emptyTally();
  for (let person = stretch.first; person < stretch.first + stretch.count; person += 1) {
    const counting = countLife(tally, person);
    counting.end(liveThrough({ program, person, ...of }, counting.see));
  }
  parentPort?.postMessage({ stretch, tally } satisfies Done);
});
