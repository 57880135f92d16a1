/**
 * Bad weather over a crew of workers: they are killed, stopped for a while, their clocks step, they are cut off and
 * slowed down; the database is restarted, and somebody holds its rows; jobs that were done are asked for again.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Chance } from '../../runtime/population/chance.ts';
import { addQueueJobs, deliverJob, runJob } from '../../runtime/store/jobs.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { BadLine } from './bad-line.ts';
import { type Crew, skewMaxMs } from './crew.ts';
import type { ToWorker } from './storm-worker.ts';

/** A strike comes after this long, more or less. */
const pauseMinMs = 50;
const pauseMaxMs = 550;
/** Nothing strikes while fewer than this work: on a busy machine nobody would ever get anything done. */
const workingMin = 2;
/** Of so many kills one hits a worker that is still beginning, where there is one. */
const beginningShare = 0.25;
/** A worker that was stopped goes on after so long; longer than it takes others to notice. */
const stoppedMaxMs = 4_000;
/** A clock that steps goes back by this, or to anywhere within what it may be wrong by. */
const stepBackMs = 3_600_000;
/** An operator's session that holds rows lets them go after so long. */
const heldMaxMs = 3_000;
const repeatedJobsMax = 5;

export type Counts = Record<
  | 'kills'
  | 'killsWhileBeginning'
  | 'stops'
  | 'clockSteps'
  | 'cuts'
  | 'terminations'
  | 'slowings'
  | 'locks'
  | 'restarts'
  | 'crashes'
  | 'repeats',
  number
>;

export type WeatherOptions = {
  /** It is over after so many kills; of these it may have struck `allowed` by now, and rests until it may go on. */
  kills: number;
  allowed: () => number;
  random: Chance;
  crew: Crew;
  line: BadLine;
  /** The database without the line between, and the folder of its Postgres. */
  store: Store;
  dataFolder: string;
  /** Ends it before its time. */
  signal: AbortSignal;
};

/** Counts as it goes; `over` resolves once enough were killed, the line is good again and every worker is well. */
export function startWeather(options: WeatherOptions): { counts: Counts; over: Promise<void> } {
  const { kills, allowed, random, crew, line, store, dataFolder, signal } = options;
  const counts: Counts = {
    kills: 0,
    killsWhileBeginning: 0,
    stops: 0,
    clockSteps: 0,
    cuts: 0,
    terminations: 0,
    slowings: 0,
    locks: 0,
    restarts: 0,
    crashes: 0,
    repeats: 0,
  };
  const later = (ms: number, work: () => void) => setTimeout(work, ms).unref();

  const kill = (): void => {
    const [working, beginning] = [crew.working(), crew.beginning()];
    const early = beginning.length > 0 && (working.length === 0 || random.happens(beginningShare));
    const from = early ? beginning : working;
    if (from.length === 0) return;
    counts.kills += 1;
    if (early) counts.killsWhileBeginning += 1;
    random.pick(from).kill('SIGKILL');
  };
  const stop = (): void => {
    const [worker] = crew.working();
    if (worker === undefined) return;
    counts.stops += 1;
    worker.kill('SIGSTOP');
    later(random.upTo(stoppedMaxMs), () => worker.kill('SIGCONT'));
  };
  const stepClock = (): void => {
    const [worker] = crew.working();
    if (worker === undefined) return;
    counts.clockSteps += 1;
    const skewMs = random.happens(0.3) ? -stepBackMs : Math.round((random.next() * 2 - 1) * skewMaxMs);
    worker.send({ skewMs } satisfies ToWorker, () => {});
  };
  const cut = (): void => {
    counts.cuts += 1;
    line.cut();
  };
  const slow = (): void => {
    counts.slowings += 1;
    line.delay(5 + random.upTo(60));
    later(300 + random.upTo(1_500), () => line.delay(0));
  };
  const terminate = async (): Promise<void> => {
    counts.terminations += 1;
    await store.queue`
      select pg_terminate_backend(pid) from pg_stat_activity
      where pid <> pg_backend_pid() and application_name like 'regimen%' and random() < 0.5`;
  };
  const lock = (): void => {
    counts.locks += 1;
    holdRows(store, random.upTo(heldMaxMs)).catch(() => undefined);
  };
  const repeat = async (): Promise<void> => {
    counts.repeats += 1;
    await repeatJobs(store);
  };
  const restart = (): void => {
    counts.restarts += 1;
    signalPostgres(dataFolder, 'SIGINT');
  };
  const crash = (): void => {
    counts.crashes += 1;
    signalPostgres(dataFolder, 'SIGQUIT');
  };

  const faults: [share: number, strike: () => Promise<void> | void][] = [
    [76, kill],
    [5, terminate],
    [4, cut],
    [4, slow],
    [3, stop],
    [3, repeat],
    [2, stepClock],
    [2, lock],
    [2, restart],
    [1, crash],
  ];
  const shares = faults.reduce((sum, [share]) => sum + share, 0);

  const storm = async (): Promise<void> => {
    await crew.complete();
    while (counts.kills < kills && !signal.aborted) {
      await sleep(pauseMinMs + random.upTo(pauseMaxMs - pauseMinMs));
      if (crew.working().length < workingMin || counts.kills >= allowed()) continue;
      let dice = random.upTo(shares);
      const strike = faults.find(([share]) => {
        dice -= share;
        return dice < 0;
      })?.[1];
      // The database may be away just now: then this fault has nothing to strike.
      await (async () => strike?.())().catch(() => undefined);
    }
    line.delay(0);
    if (signal.aborted) return;
    // Those that were stopped go on within this.
    await sleep(stoppedMaxMs);
    await crew.complete();
  };
  return { counts, over: storm() };
}

/**
 * As somebody at a console does who has begun a transaction and thinks: rows that everybody needs are locked meanwhile.
 */
async function holdRows(store: Store, ms: number): Promise<void> {
  await store.queue.begin(async (tx) => {
    await tx`select 1 from enrollments order by random() limit 20 for update`;
    await sleep(ms);
  });
}

/** Asks again for deliveries and runs that were done. */
async function repeatJobs({ queue }: Store): Promise<void> {
  const sent = await queue<{ workspace: string; person: string; id: string }[]>`
    select workspace_id as workspace, person_id as person, id from messages
    where direction = 'out' and status = 'sent' order by position desc limit ${repeatedJobsMax}`;
  const done = await queue<{ workspace: string; enrollment: string; run: string }[]>`
    select workspace_id as workspace, enrollment_id as enrollment, id as run from agent_runs
    where finished_at is not null order by started_at desc limit ${repeatedJobsMax}`;
  await addQueueJobs(queue, [
    ...sent.map(({ workspace, person, id }) => deliverJob(workspace, person, id)),
    ...done.map((job) => runJob(job)),
  ]);
}

/**
 * SIGINT: everybody is disconnected and the database comes back in order; SIGQUIT: it recovers as after a power cut.
 */
function signalPostgres(dataFolder: string, signal: 'SIGINT' | 'SIGQUIT'): void {
  const pid = Number(readFileSync(join(dataFolder, 'postgres', 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
  if (pid > 1) process.kill(pid, signal);
}
