/**
 * One worker of the fuzz command: takes every n-th input and tells what it finds.
 *
 * Where it is at stands in shared memory, so that the command sees a worker that hangs.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { checkInput } from './check-input.ts';
import { inputMaker } from './inputs.ts';
import { readSources } from './sources.ts';

export type Task = { seed: number; first: number; end: number; stride: number; at: SharedArrayBuffer; slot: number };
export type Found = { kind: 'found'; number: number; problem: string } | { kind: 'done' };

/** Failures after which a worker stops: something is thoroughly wrong, and more of it tells nothing. */
const failuresMax = 200;

const { seed, first, end, stride, at, slot } = workerData as Task;
const progress = new BigInt64Array(at);
const make = inputMaker(readSources(), seed);
const tell = (found: Found) => parentPort?.postMessage(found);

let failures = 0;
for (let number = first; number < end && failures < failuresMax; number += stride) {
  Atomics.store(progress, slot, BigInt(number));
  const problem = checkInput(make(number).input);
  if (problem !== null) {
    failures++;
    tell({ kind: 'found', number, problem });
  }
}
Atomics.store(progress, slot, -1n);
tell({ kind: 'done' });
