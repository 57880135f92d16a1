/**
 * The worker of the soak, in a process of its own: what it takes of memory is the worker's alone.
 */
import type { Noted } from '../runtime/store/notes.ts';
import { openStore } from '../runtime/store/store.ts';
import { startWorker } from '../runtime/store/worker.ts';
import { silentTalkers } from './runtime-population.ts';

/** How often it tells what it takes. */
const sampleMs = 250;

export type Told = { rss: number; succeeded: number; failed: number };

const told: Told = { rss: 0, succeeded: 0, failed: 0 };
const store = await openStore({
  databaseUrl: process.argv[2] ?? '',
  clock: 'virtual',
  note: (noted: Noted) => {
    if (noted.kind !== 'sweep') return;
    told.succeeded += noted.succeeded;
    told.failed += noted.failed;
  },
});
const worker = await startWorker(store, { ...silentTalkers, channels: [] });
const sampling = setInterval(() => process.send?.({ ...told, rss: process.memoryUsage().rss }), sampleMs);
process.once('message', async () => {
  clearInterval(sampling);
  await worker.stop();
  await store.close();
  process.disconnect?.();
});
