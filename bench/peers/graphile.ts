/**
 * Graphile Worker doing nothing as fast as it can: the queue alone, in its best batch mode.
 */
import { Logger, run } from 'graphile-worker';
import pg from 'pg';

/** Jobs fetched at once, and how long completions wait for each other. */
const batch = 500;
const completeAfterMs = 50;
const concurrency = 10;

/** Jobs a second, from the start of a worker that finds `jobs` of them waiting to the last one done. */
export async function graphileRate(databaseUrl: string, jobs: number): Promise<number> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: concurrency });
  await pool.query(
    `select count(*) from graphile_worker.add_jobs(array(
      select ('nothing', json_build_object('n', n), null, null, null, null, null, null)::graphile_worker.job_spec
      from generate_series(1, $1::integer) n))`,
    [jobs],
  );
  let done = 0;
  let finish = () => {};
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  const began = performance.now();
  const runner = await run({
    pgPool: pool,
    concurrency,
    noHandleSignals: true,
    logger: new Logger(() => () => {}),
    preset: {
      worker: {
        localQueue: { size: batch },
        completeJobBatchDelay: completeAfterMs,
        failJobBatchDelay: completeAfterMs,
      },
    },
    taskList: {
      nothing: () => {
        done += 1;
        if (done === jobs) finish();
      },
    },
  });
  await finished;
  const ms = performance.now() - began;
  await runner.stop();
  const { rows } = await pool.query('select count(*)::integer as left from graphile_worker.jobs');
  await pool.end();
  if (rows[0].left !== 0) throw new Error(`Graphile Worker left ${rows[0].left} jobs undone.`);
  return (jobs / ms) * 1000;
}
