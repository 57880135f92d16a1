/**
 * Starts the Postgres of a data folder in a process of its own, tells about it, and waits to be killed or told to stop.
 */
import { startPostgres } from '../../runtime/postgres/embedded.ts';

const notes: string[] = [];
try {
  const { url, port, adopted, stop } = await startPostgres({
    dataFolder: process.argv[2] ?? '',
    log: (line) => notes.push(line),
  });
  process.send?.({ url, port, adopted, notes });
  process.once('message', async () => {
    await stop();
    process.exit(0);
  });
} catch (error) {
  process.send?.({ problem: (error as Error).message });
  process.exit(1);
}
