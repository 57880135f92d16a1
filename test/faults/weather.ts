/**
 * Bad weather over workers: they are killed, stopped for a while, cut off, slowed down; the database is restarted;
 * jobs that were done are asked for again. Whoever falls is raised again at once, as a supervisor would.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Chance } from '../../runtime/population/chance.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { BadLine } from './bad-line.ts';

/** Workers beside each other. */
const workersAtOnce = 3;
/** The clocks of their machines are wrong by up to this much. */
const skewMaxMs = 60_000;
/** Starting takes a second or two; longer than this is a fault of its own. */
const startLimitMs = 60_000;
/** A worker that was stopped goes on after so long. */
const stoppedMaxMs = 4_000;

export type Counts = Record<
  'kills' | 'killsWhileStarting' | 'stops' | 'cuts' | 'terminations' | 'slowings' | 'restarts' | 'crashes' | 'repeats',
  number
>;

export type Weather = {
  counts: Counts;
  /** Resolves when so many workers have been killed, with the sun out and every worker well. */
  over: Promise<void>;
  /** Ends the workers. */
  end(): Promise<void>;
};

export type WeatherOptions = {
  kills: number;
  random: Chance;
  line: BadLine;
  vendorUrl: string;
  /** The database behind the line, and the folder of its Postgres. */
  store: Store;
  dataFolder: string;
};

export async function startWeather(options: WeatherOptions): Promise<Weather> {
  const { kills, random, line, vendorUrl } = options;
  const counts: Counts = {
    kills: 0,
    killsWhileStarting: 0,
    stops: 0,
    cuts: 0,
    terminations: 0,
    slowings: 0,
    restarts: 0,
    crashes: 0,
    repeats: 0,
  };
  const workers = new Set<ChildProcess>();
  const starting = new Set<ChildProcess>();
  let ending = false;

  const raise = async (): Promise<void> => {
    for (let tries = 0; !ending; tries++) {
      const skew = Math.round((random.next() * 2 - 1) * skewMaxMs);
      const child = fork(
        fileURLToPath(new URL('./storm-worker.ts', import.meta.url)),
        [line.url, vendorUrl, `${skew}`],
        {
          // What they complain of is the weather.
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        },
      );
      workers.add(child);
      starting.add(child);
      child.once('exit', () => {
        workers.delete(child);
        starting.delete(child);
        if (!ending) raise().catch(failed);
      });
      const ready = await Promise.race([
        new Promise<boolean>((done) => child.once('message', () => done(true)).once('exit', () => done(false))),
        sleep(startLimitMs, false, { ref: false }),
      ]);
      starting.delete(child);
      // One that could not start (the database was away) ends by itself and is raised by its end.
      if (ready || !workers.has(child)) return;
      if (tries > 3) throw new Error('No worker comes up.');
      child.kill('SIGKILL');
    }
  };
  let fail: (error: unknown) => void = () => {};
  const failed = (error: unknown) => fail(error);
  const failing = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failing.catch(() => {});

  const one = (): ChildProcess | undefined => random.pick([...workers]);
  const faults: [share: number, strike: () => Promise<void> | void][] = [
    [
      78,
      () => {
        const worker = one();
        if (worker === undefined) return;
        counts.kills += 1;
        if (starting.has(worker)) counts.killsWhileStarting += 1;
        worker.kill('SIGKILL');
      },
    ],
    [
      5,
      async () => {
        counts.terminations += 1;
        await options.store.queue`
          select pg_terminate_backend(pid) from pg_stat_activity
          where pid <> pg_backend_pid() and application_name like 'regimen%' and random() < 0.5`;
      },
    ],
    [
      4,
      () => {
        counts.cuts += 1;
        line.cut();
      },
    ],
    [
      4,
      () => {
        counts.slowings += 1;
        line.delay(5 + random.upTo(60));
        setTimeout(() => line.delay(0), 300 + random.upTo(1_500)).unref();
      },
    ],
    [
      3,
      () => {
        const worker = one();
        if (worker === undefined) return;
        counts.stops += 1;
        worker.kill('SIGSTOP');
        setTimeout(() => worker.kill('SIGCONT'), random.upTo(stoppedMaxMs)).unref();
      },
    ],
    [
      3,
      async () => {
        counts.repeats += 1;
        await repeatJobs(options.store);
      },
    ],
    [
      2,
      () => {
        counts.restarts += 1;
        signalPostgres(options.dataFolder, 'SIGINT');
      },
    ],
    [
      1,
      () => {
        counts.crashes += 1;
        signalPostgres(options.dataFolder, 'SIGQUIT');
      },
    ],
  ];
  const shares = faults.reduce((sum, [share]) => sum + share, 0);

  const storm = async (): Promise<void> => {
    await Promise.all(Array.from({ length: workersAtOnce }, raise));
    while (counts.kills < kills) {
      await sleep(50 + random.upTo(500));
      let dice = random.upTo(shares);
      const strike = faults.find(([share]) => {
        dice -= share;
        return dice < 0;
      })?.[1];
      // The database may be away just now: then this fault has nothing to strike.
      await (async () => strike?.())().catch(() => undefined);
    }
    line.delay(0);
    // Those that were stopped go on within this.
    await sleep(kills === 0 ? 0 : stoppedMaxMs);
  };

  return {
    counts,
    over: Promise.race([storm(), failing]),
    end: async () => {
      ending = true;
      for (const child of workers) {
        child.kill('SIGCONT');
        child.kill('SIGKILL');
      }
      while (workers.size > 0) await sleep(10);
    },
  };
}

/** Asks again for deliveries and runs that were done. */
async function repeatJobs(store: Store): Promise<void> {
  await store.queue`
    select graphile_worker.add_job('deliver', json_build_object('workspace', m.workspace_id, 'person', m.person_id, 'message', m.id))
    from (select * from messages where direction = 'out' and status = 'sent' order by position desc limit 5) m`;
  await store.queue`
    select graphile_worker.add_job('run', json_build_object('workspace', r.workspace_id, 'enrollment', r.enrollment_id, 'run', r.id))
    from (select * from agent_runs where finished_at is not null order by started_at desc limit 5) r`;
}

/** SIGINT: everybody is disconnected and the database comes back in order; SIGQUIT: it recovers as after a power cut. */
function signalPostgres(dataFolder: string, signal: 'SIGINT' | 'SIGQUIT'): void {
  const pid = Number(readFileSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
  if (pid > 1) process.kill(pid, signal);
}
