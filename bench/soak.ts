/**
 * A worker that goes on for a long time: a million reviews, and what it takes of memory on the way.
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { makeDue } from '../test/support/crowd.ts';
import { withDatabase } from '../test/support/database.ts';
import { rounded } from './measure.ts';
import type { Figure } from './report.ts';
import { addCopies, beginOriginal, reviewsDue, start } from './runtime-population.ts';
import type { Told } from './soak-worker.ts';

export const workerMegabytesMax = 300;

const reviews = 1_000_000;
/** People who come due at once. */
const wave = 50_000;
/** How long one wave may take on a busy machine. */
const waveLimitMs = 10 * 60_000;
const megabyte = 1024 * 1024;

/** `scale` below 1 does fewer reviews. */
export async function benchSoak(scale: number): Promise<Figure[]> {
  const waves = Math.max(1, Math.round((reviews * scale) / wave));
  return withDatabase(async (database) => {
    const store = await database.open({ startAt: start });
    await beginOriginal(store);
    const file = fileURLToPath(new URL('./soak-worker.ts', import.meta.url));
    const worker = fork(file, [database.url]);
    const samples: number[] = [];
    let last: Told = { rss: 0, succeeded: 0, failed: 0 };
    let heard = () => {};
    worker.on('message', (message) => {
      last = message as Told;
      samples.push(last.rss / megabyte);
      heard();
    });
    const ended = new Promise<never>((_, fail) => {
      worker.once('exit', (code) => fail(new Error(`The worker ended with ${code}.`)));
    });
    ended.catch(() => undefined);
    let ms = 0;
    for (let one = 0; one < waves; one++) {
      await addCopies(store, one * wave + 1, (one + 1) * wave);
      const before = performance.now();
      await makeDue(store, one * wave + 1, (one + 1) * wave, reviewsDue - 1);
      const enough = (one + 1) * wave;
      const deadline = performance.now() + waveLimitMs;
      while (last.succeeded < enough) {
        if (performance.now() > deadline) throw new Error(`${last.succeeded} of ${enough} reviews were done in time.`);
        const next = new Promise<void>((resolve) => {
          heard = resolve;
        });
        await Promise.race([next, ended]);
      }
      ms += performance.now() - before;
    }
    const gone = new Promise((resolve) => worker.once('exit', resolve));
    worker.send('stop');
    await gone;
    if (last.failed > 0) throw new Error(`${last.failed} reviews failed.`);
    const [kept] = await store.sql<{ count: number }[]>`
      select count(*)::integer as count from timeline where kind = 'reviewed'`;
    // The original's one review beside the copies'.
    if (kept?.count !== waves * wave + 1) throw new Error(`${kept?.count} reviews are in the timelines.`);
    const later = samples.slice(samples.length >> 1);
    return [
      {
        name: 'memory of a worker at most',
        value: rounded(Math.max(...samples)),
        unit: 'MB',
        limit: { at: 'most', value: workerMegabytesMax },
        note: `${(waves * wave).toLocaleString('en')} reviews, ${samples.length} samples; in the second half at most ${rounded(Math.max(...later))} MB`,
      },
      { name: 'reviews', value: rounded((waves * wave) / (ms / 1000)), unit: 'a second' },
    ];
  });
}
