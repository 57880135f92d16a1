/**
 * Mutated inputs by the thousand, over all cores: finds them out, makes the failing ones small.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { checkInput } from './check-input.ts';
import { inputMaker } from './inputs.ts';
import { shrink } from './shrink.ts';
import { readSources } from './sources.ts';
import type { Found, Task } from './worker.ts';

export type Failure = { number: number; problem: string; source: string; text: string };
export type Outcome = { inputs: number; sources: number; seconds: number; failed: number; failures: Failure[] };

/** A worker that has not moved for so long hangs. */
const hangMs = 30_000;
/** Slow inputs that are asked again. */
const slowAskedMax = 20;
/** Kinds of failures that are made small and shown; the others are counted. */
const shownMax = 8;

/** Checks the inputs `first` up to `first + count` of a seed. */
export async function fuzzMutants(seed: number, first: number, count: number): Promise<Outcome> {
  const started = performance.now();
  const workers = Math.min(availableParallelism(), Math.max(1, Math.ceil(count / 500)));
  const at = new SharedArrayBuffer(8 * workers);
  const found: { number: number; problem: string }[] = [];
  await Promise.all(
    Array.from({ length: workers }, (_, slot) =>
      work({ seed, first: first + slot, end: first + count, stride: workers, at, slot }, found),
    ),
  );
  const kept = await withoutSlowMoments(seed, found);
  const seconds = (performance.now() - started) / 1000;
  const sources = readSources();
  const failures = firstOfEachKind(kept).map(({ number, problem }) => explain(seed, number, problem));
  return { inputs: count, sources: sources.length, seconds, failed: kept.length, failures };

  function explain(seed: number, number: number, problem: string): Failure {
    const { source, input } = inputMaker(sources, seed)(number);
    // A hang is not shrunk: every attempt would hang as well.
    if (problem.startsWith('hangs')) return { number, problem, source: source.name, text: input.text };
    const same = kindOf(problem);
    const fails = (text: string) => {
      const again = checkInput({ ...input, text, stages: input.stages });
      return again !== null && kindOf(again) === same;
    };
    return { number, problem, source: source.name, text: fails(input.text) ? shrink(input.text, fails) : input.text };
  }
}

/**
 * What is slow by itself is slow again in a fresh worker, which has not collected the garbage of a hundred thousand
 * inputs before it. Of more than `slowAskedMax` none is asked again.
 */
async function withoutSlowMoments(
  seed: number,
  found: readonly { number: number; problem: string }[],
): Promise<{ number: number; problem: string }[]> {
  const slow = found.filter(({ problem }) => isSlow(problem));
  if (slow.length > slowAskedMax) return [...found];
  const kept = found.filter(({ problem }) => !isSlow(problem));
  for (const { number } of slow) {
    await work({ seed, first: number, end: number + 1, stride: 1, at: new SharedArrayBuffer(8), slot: 0 }, kept);
  }
  return kept;
}

const isSlow = (problem: string): boolean => / takes \d+ ms/.test(problem);

/** Runs one worker to its end; a hang ends it and is a finding. */
function work(task: Task, found: { number: number; problem: string }[]): Promise<void> {
  const progress = new BigInt64Array(task.at);
  // A worker that is still reading its sources is at no input yet.
  Atomics.store(progress, task.slot, -1n);
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: task });
    let seen = -2n;
    let seenAt = performance.now();
    const watch = setInterval(() => {
      const now = Atomics.load(progress, task.slot);
      if (now !== seen) {
        seen = now;
        seenAt = performance.now();
      } else if (now >= 0n && performance.now() - seenAt > hangMs) {
        found.push({ number: Number(now), problem: `hangs: no end after ${hangMs / 1000} seconds` });
        void worker.terminate();
        finish();
      }
    }, 1000);
    const finish = (error?: Error) => {
      clearInterval(watch);
      if (error) reject(error);
      else resolve();
    };
    worker.on('message', (told: Found) => {
      if (told.kind === 'found') found.push({ number: told.number, problem: told.problem });
      else finish();
    });
    worker.on('error', (error) => finish(error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', () => finish());
  });
}

/** What a failure is, without the places and numbers that differ from input to input. */
const kindOf = (problem: string): string =>
  (problem.split('\n').find((line) => line.includes('at ')) ?? problem)
    .replace(/["“{`].*$/s, '')
    .replace(/\d+/g, '#')
    .slice(0, 160);

function firstOfEachKind(found: { number: number; problem: string }[]): { number: number; problem: string }[] {
  const kinds = new Map<string, { number: number; problem: string }>();
  for (const one of found.sort((a, b) => a.number - b.number)) {
    if (!kinds.has(kindOf(one.problem))) kinds.set(kindOf(one.problem), one);
  }
  return [...kinds.values()].slice(0, shownMax);
}
