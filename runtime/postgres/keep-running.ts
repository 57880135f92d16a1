/**
 * Looks after something that must run: looks now and then, and starts it again when it has ended.
 *
 * Nothing here knows Postgres. What cannot be started is tried again, ever more slowly; it is told
 * once, and so is that it runs again.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** How often it is looked at; also the first pause after a start that failed. */
const lookMs = 1_000;
const pauseMaxMs = 30_000;

export type Kept = { end(): Promise<void> };

/** Keeps it running until `end`, which waits until nothing is being started any more. */
export function keepRunning(given: {
  isRunning(): Promise<boolean>;
  /** Throws when it cannot; `signal` aborts at the end. */
  startAgain(signal: AbortSignal): Promise<void>;
  ended: string;
  again: string;
  log: (line: string) => void;
}): Kept {
  const ending = new AbortController();
  const { signal } = ending;

  async function look(): Promise<void> {
    let failures = 0;
    while (!signal.aborted) {
      const pause = Math.min(lookMs * 2 ** failures, pauseMaxMs);
      await sleep(pause, undefined, { signal, ref: false }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        if (await given.isRunning()) continue;
        if (failures === 0) given.log(given.ended);
        await given.startAgain(signal);
        given.log(given.again);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (failures === 1 && !signal.aborted) given.log(`Not yet: ${(error as Error).message}`);
      }
    }
  }

  const looking = look();
  return {
    async end() {
      ending.abort();
      await looking;
    },
  };
}
