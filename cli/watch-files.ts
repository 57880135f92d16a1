/**
 * Does something again each time files change, until it is stopped.
 *
 * Looks at times and sizes instead of asking the system to tell: editors save in many ways, and not
 * every disk tells. The files are found anew each time, so new ones are seen.
 */
import { statSync } from 'node:fs';

/** How long a look waits for the next; a person does not notice it. */
const lookMs = 300;
/** More files than this are not watched: each look would keep the machine busy. */
export const watchedMax = 2_000;

/**
 * Calls `act` at first and after every change among the files that `list` names (absolute paths). A file
 * that is named only later (because `act` found it out) counts as changed when it is younger than that.
 * Resolves when `stop` aborts.
 */
export async function watchFiles(list: () => string[], act: () => Promise<void>, stop: AbortSignal): Promise<void> {
  let seen = new Map<string, Stamp>();
  let began = Number.NEGATIVE_INFINITY;
  for (let first = true; !stop.aborted; first = false) {
    const now = new Map(
      list()
        .slice(0, watchedMax)
        .map((path) => [path, stampOf(path)]),
    );
    if (first || isChanged(seen, now, began)) {
      began = Date.now();
      await act();
    }
    // What changes while it runs is seen by the next look.
    seen = now;
    await pause(stop);
  }
}

type Stamp = { changedAt: number; bytes: number };

function stampOf(path: string): Stamp {
  const found = statSync(path, { throwIfNoEntry: false });
  return { changedAt: found?.mtimeMs ?? -1, bytes: found?.size ?? -1 };
}

function isChanged(before: Map<string, Stamp>, now: Map<string, Stamp>, began: number): boolean {
  for (const [path, { changedAt, bytes }] of now) {
    const known = before.get(path);
    if (known === undefined ? changedAt >= began : known.changedAt !== changedAt || known.bytes !== bytes) return true;
  }
  return [...before.keys()].some((path) => !now.has(path));
}

function pause(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, lookMs);
    stop.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      stop.removeEventListener('abort', done);
      resolve();
    }
  });
}
