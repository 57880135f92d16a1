/**
 * One contender of the warm check, in a worker of its own: reads and validates its text when told to.
 *
 * A worker each, because Regimen and Langium stand on the same parsing library: in one heap, each
 * would spoil the optimized code of the other, which happens to nobody who uses either.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { contenders } from './contenders.ts';
import { assertValidates } from './peers/peer.ts';

/**
 * Checks in one turn: the caches of the processor are those of whoever is at work, as in a process that does one thing.
 */
export const checksInTurn = 10;

/** What the bench asks: get ready, or take a turn. */
export type Asked = 'ready' | 'run';
export type Answered =
  | { kind: 'ready'; version: string; does: string; lines: number; characters: number }
  | { kind: 'ran'; ms: number[] }
  | { kind: 'failed'; problem: string };

const { name } = workerData as { name: string };
const contender = contenders[name];
if (parentPort === null || contender === undefined) throw new Error(`There is no contender called ${name}.`);
const port = parentPort;
const sound = await contender(false);

port.on('message', async (asked: Asked) => {
  try {
    port.postMessage(asked === 'ready' ? await ready() : await run());
  } catch (error) {
    port.postMessage({ kind: 'failed', problem: (error as Error).message } satisfies Answered);
  }
});

async function ready(): Promise<Answered> {
  await assertValidates(sound, (await contender?.(true)) ?? sound);
  const { version, does, lines, text } = sound;
  return { kind: 'ready', version, does, lines, characters: text.length };
}

async function run(): Promise<Answered> {
  const ms: number[] = [];
  for (let check = 0; check < checksInTurn; check++) {
    const before = performance.now();
    const given = sound.validate();
    if (given instanceof Promise) await given;
    ms.push(performance.now() - before);
  }
  return { kind: 'ran', ms };
}
