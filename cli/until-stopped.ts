/**
 * Waits for the signal to stop. The first one stops in order; a second one ends the process at once.
 */

/**
 * npm passes a Ctrl-C on to us although the terminal has sent it to us already: what follows this
 * quickly is the same Ctrl-C, not a second one.
 */
const sameSignalMs = 400;

/** Resolves `asked` on the first signal to stop, and ends the process on the second. */
export function untilStopped(): { asked: Promise<void>; signal: AbortSignal } {
  const aborter = new AbortController();
  let first = 0;
  const asked = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        if (first === 0) {
          first = Date.now();
          aborter.abort();
          resolve();
        } else if (Date.now() - first > sameSignalMs) {
          process.exit(130);
        }
      });
    }
  });
  return { asked, signal: aborter.signal };
}

/** Whether stopping ended in time. */
export function within(limitMs: number, stopping: Promise<void>): Promise<boolean> {
  const late = new Promise<boolean>((resolve) => {
    setTimeout(() => resolve(false), limitMs).unref();
  });
  return Promise.race([stopping.then(() => true), late]);
}
