/**
 * A bar that fills while something long is done, on one line of a terminal; nothing where nobody watches.
 */

const width = 30;
/** The line is written anew no more often than this. */
const pauseMs = 100;

export type ProgressBar = { show(done: number): void; end(): void };

/** `what` is counted: `people`. The line is taken away in the end. */
export function progressBar(stream: NodeJS.WriteStream, all: number, what: string): ProgressBar {
  if (stream.isTTY !== true) return { show: () => {}, end: () => {} };
  const began = performance.now();
  let shownAt = Number.NEGATIVE_INFINITY;
  return {
    show: (done) => {
      const now = performance.now();
      if (now - shownAt < pauseMs && done < all) return;
      shownAt = now;
      const filled = Math.round((done / all) * width);
      const left = done === 0 ? '' : `, ${Math.ceil((((now - began) / done) * (all - done)) / 1000)} s left`;
      const bar = `${'█'.repeat(filled)}${'░'.repeat(width - filled)}`;
      stream.write(`\r\u001b[K${bar} ${done.toLocaleString('en')} of ${all.toLocaleString('en')} ${what}${left}`);
    },
    end: () => {
      stream.write('\r\u001b[K');
    },
  };
}

/** The same where only the work itself finds out how much there is. */
export function lazyBar(
  stream: NodeJS.WriteStream,
  what: string,
): { show(done: number, all: number): void; end(): void } {
  let bar: ProgressBar | null = null;
  return {
    show: (done, all) => {
      bar ??= progressBar(stream, all, what);
      bar.show(done);
    },
    end: () => bar?.end(),
  };
}
