/**
 * Figures for Prometheus: what the notes tell, what requests take, and what stands in the database.
 *
 * What stands in the database (due, queued) is asked when somebody looks, with the connections of the
 * tables' owner; a process that has none leaves it out. Labels are of few values: never a person, an
 * enrollment or a program.
 */
import type { Server } from '@hapi/hapi';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Noted } from '../runtime/store/notes.ts';
import type { Store } from '../runtime/store/store.ts';

const httpBucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const runBucketsSeconds = [0.1, 0.5, 1, 2, 5, 10, 20, 40, 80, 120];
const sweepBucketsSeconds = [0.005, 0.025, 0.1, 0.5, 1, 2.5, 5, 15];

export type Figures = {
  /** Counts what happened. */
  note(note: Noted): void;
  /** Measures the requests of a server. */
  watch(server: Server): void;
  /** What stands in the database of this store, from now on. */
  look(store: Store): void;
  /** The text that Prometheus reads. */
  text(): Promise<{ type: string; text: string }>;
};

export function openFigures(): Figures {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry });
  const inputs = new Counter({
    name: 'regimen_inputs_total',
    help: 'What reached enrollments, by kind. Time is counted by the sweeps.',
    labelNames: ['type', 'outcome'],
    registers,
  });
  const steps = new Histogram({
    name: 'regimen_input_seconds',
    help: 'From the lock on an enrollment until its step was written.',
    buckets: httpBucketsSeconds,
    registers,
  });
  const runs = new Counter({
    name: 'regimen_runs_total',
    help: 'Agent runs, by how they ended.',
    labelNames: ['outcome'],
    registers,
  });
  const runSeconds = new Histogram({
    name: 'regimen_run_seconds',
    help: 'How long agent runs took that were done.',
    buckets: runBucketsSeconds,
    registers,
  });
  const usd = new Counter({ name: 'regimen_run_usd_total', help: 'What agent runs cost, in US dollars.', registers });
  const deliveries = new Counter({
    name: 'regimen_deliveries_total',
    help: 'Messages handed to channels.',
    labelNames: ['channel', 'outcome'],
    registers,
  });
  const sweeps = new Counter({ name: 'regimen_sweeps_total', help: 'Sweeps that found something due.', registers });
  const swept = new Counter({
    name: 'regimen_swept_total',
    help: 'Enrollments that time had something to do for.',
    labelNames: ['outcome'],
    registers,
  });
  const sweepSeconds = new Histogram({
    name: 'regimen_sweep_seconds',
    help: 'How long sweeps took.',
    buckets: sweepBucketsSeconds,
    registers,
  });
  const tidied = new Counter({
    name: 'regimen_tidied_rows_total',
    help: 'Rows removed because their time was over.',
    labelNames: ['what'],
    registers,
  });
  const requests = new Histogram({
    name: 'regimen_http_request_seconds',
    help: 'Requests, by route.',
    labelNames: ['method', 'route', 'status'],
    buckets: httpBucketsSeconds,
    registers,
  });

  return {
    note(told) {
      switch (told.kind) {
        case 'input':
          inputs.inc({ type: told.type, outcome: told.fresh ? 'taken' : 'repeat' });
          steps.observe(told.ms / 1000);
          return;
        case 'run':
          runs.inc({ outcome: told.outcome });
          if (told.usd !== undefined) usd.inc(told.usd);
          if (told.outcome === 'done') runSeconds.observe(told.ms / 1000);
          return;
        case 'delivery':
          deliveries.inc({ channel: told.channel, outcome: told.outcome });
          return;
        case 'sweep':
          sweeps.inc();
          swept.inc({ outcome: 'stepped' }, told.succeeded);
          swept.inc({ outcome: 'failed' }, told.failed);
          sweepSeconds.observe(told.ms / 1000);
          return;
        case 'tidied':
          tidied.inc({ what: told.what }, told.rows);
      }
    },
    watch(server) {
      server.events.on('response', (request) => {
        const { response } = request;
        const status = response !== null && 'statusCode' in response ? response.statusCode : 500;
        const seconds = (request.info.responded - request.info.received) / 1000;
        requests.observe({ method: request.method, route: request.route.path, status }, Math.max(0, seconds));
      });
    },
    look: (store) => addGauges(store, registers),
    text: async () => ({ type: registry.contentType, text: await registry.metrics() }),
  };
}

/** What stands in the database. A question that fails leaves its figure out: an old number would mislead. */
function addGauges(store: Store, registers: Registry[]): void {
  const asked = (ask: (gauge: Gauge) => Promise<void>) =>
    async function collect(this: Gauge): Promise<void> {
      this.reset();
      await ask(this).catch(() => this.reset());
    };
  new Gauge({
    name: 'regimen_due_lag_seconds',
    help: 'How long the longest waiting enrollment has been due.',
    registers,
    collect: asked(async (gauge) => {
      const [row] = await store.queue<{ seconds: number }[]>`
        select coalesce(max(lag_seconds), 0)::float8 as seconds from workspaces_due(${store.clock})`;
      gauge.set(row?.seconds ?? 0);
    }),
  });
  new Gauge({
    name: 'regimen_queue_jobs',
    help: 'Jobs in the queue, by task and state.',
    labelNames: ['task', 'state'],
    registers,
    collect: asked(async (gauge) => {
      const rows = await store.queue<{ task: string; state: string; jobs: number }[]>`
        select task_identifier as task,
          case when locked_at is not null then 'in-hand' when attempts >= max_attempts then 'given-up'
            when run_at > now() then 'later' else 'waiting' end as state, count(*)::int as jobs
        from graphile_worker.jobs group by 1, 2`;
      for (const { task, state, jobs } of rows) gauge.set({ task, state }, jobs);
    }),
  });
  new Gauge({
    name: 'regimen_database_wait_seconds',
    help: 'How long the shortest question takes through the pool: waiting for a connection, and back.',
    registers,
    collect: asked(async (gauge) => {
      const began = performance.now();
      await store.sql`select 1`;
      gauge.set((performance.now() - began) / 1000);
    }),
  });
}
