/**
 * What may not grow with the number of enrollments: finding who is due, and taking a message.
 *
 * Few people and very many, in two databases of one Postgres, in turn. Who is due, and who writes,
 * lies scattered among all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunResult } from '../runtime/inputs.ts';
import type { Agent } from '../runtime/services.ts';
import { beginKeeping } from '../runtime/store/at-hand.ts';
import { createControl } from '../runtime/store/control.ts';
import { beginRun } from '../runtime/store/run-agent.ts';
import type { Store } from '../runtime/store/store.ts';
import { sweep } from '../runtime/store/sweep.ts';
import { startWorker } from '../runtime/store/worker.ts';
import { copyId } from '../test/support/crowd.ts';
import { withDatabase } from '../test/support/database.ts';
import { median, rounded } from './measure.ts';
import type { Figure } from './report.ts';
import {
  addCopies,
  addPasts,
  beginOriginal,
  programName,
  reviewsDue,
  silentTalkers,
  start,
} from './runtime-population.ts';

export const scaleLimits = { sweepGrowth: 1.3, contextOverReadAndCommit: 2 } as const;

const few = 10_000;
const dueAtOnce = 1_000;
/** A sweep takes a tenth of a second, and what Postgres writes meanwhile comes in gusts. */
const rounds = 15;
const warmRounds = 2;
const messages = 200;
/** Until the code is compiled and every connection has its plans, as in a server that has run for a minute. */
const warmMessages = 400;
/** The pause after a run, so that its end does not fall on the next message. */
const restMs = 20;
const nothing: RunResult = { says: [], sets: [], records: [], judgements: [], author: 'agent' };
/** Copies made by one statement. */
const chunk = 100_000;
/** Nobody is due of themselves while it is measured. */
const day = 24 * 3_600_000;
/** How many have a past to speak of, those who write among them; more only takes disk. */
const livedMost = 500_000;

/** `scale` below 1 takes a tenth of the people. */
export async function benchScale(scale: number): Promise<Figure[]> {
  const many = scale < 1 ? 500_000 : 5_000_000;
  return withDatabase((small) =>
    withDatabase(async (large) => {
      const [one, other] = [await small.open({ startAt: start }), await large.open({ startAt: start })];
      await fill(one, few);
      await fill(other, many);
      return [await sweepGrowth(one, other, many), ...(await messageToContext(other, many))];
    }),
  );
}

async function fill(store: Store, people: number): Promise<void> {
  await beginOriginal(store);
  for (let from = 1; from <= people; from += chunk) {
    const to = Math.min(people, from + chunk - 1);
    await addCopies(store, from, to, reviewsDue + day);
    if (to <= livedMost) await addPasts(store, from, to);
  }
  await store.sql`vacuum analyze`;
  await store.sql`checkpoint`;
}

async function sweepGrowth(one: Store, other: Store, many: number): Promise<Figure> {
  const ratios: number[] = [];
  const times: number[] = [];
  for (let round = -warmRounds; round < rounds; round++) {
    const order = round % 2 === 0 ? [one, other] : [other, one];
    const ms = new Map<Store, number>();
    for (const store of order) ms.set(store, await timeSweep(store, store === one ? few : many));
    if (round < 0) continue;
    ratios.push((ms.get(other) ?? 0) / (ms.get(one) ?? 0));
    times.push(ms.get(other) ?? 0);
  }
  return {
    name: `sweep of ${dueAtOnce.toLocaleString('en')} due among ${many.toLocaleString('en')}`,
    value: rounded(median(ratios)),
    unit: `× as long as among ${few.toLocaleString('en')}`,
    limit: { at: 'most', value: scaleLimits.sweepGrowth },
    note: `${rounded(median(times))} ms`,
  };
}

/** Milliseconds of one sweep over people drawn from all. */
async function timeSweep(store: Store, people: number): Promise<number> {
  const ids = draw(people, dueAtOnce, 'swept').map(copyId);
  await store.sql`
    update enrollments set sweep_at = ${new Date(reviewsDue - 1)}
    where workspace_id = ${store.workspace} and id = any(${ids}::text[])`;
  const before = performance.now();
  const { due, succeeded } = await sweep(store);
  const ms = performance.now() - before;
  if (due !== dueAtOnce || succeeded !== dueAtOnce) throw new Error(`${succeeded} of ${due} were reviewed.`);
  return ms;
}

/** So many different people out of all; nobody is both swept and writes. */
function draw(people: number, count: number, what: 'swept' | 'writing'): number[] {
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(1 + 2 * Math.floor((Math.random() * people) / 2) + (what === 'swept' ? 0 : 1));
  return [...drawn];
}

/**
 * A message, until it is stored with all that follows and the agent's context is ready, in a process that takes
 * messages and does runs; and beside it, in turn, one row read by its primary key and one row changed and committed.
 * Then the whole way through the queue.
 */
async function messageToContext(store: Store, people: number): Promise<Figure[]> {
  const control = createControl(store);
  const say = (number: number) =>
    control.receive({
      person: copyId(number).replace('e-', 'p-'),
      program: programName,
      channel: 'web',
      id: `m${number}`,
      text: 'How long is it today?',
    });
  // Each writes once: a message that was heard before would start nothing.
  const [number = 0, ...writing] = draw(Math.min(people, livedMost), 1 + warmMessages + 2 * messages, 'writing');
  await say(number);
  const first = { number, run: await runOf(store, number) };
  const least: number[] = [];
  const ours: number[] = [];
  const endKeeping = beginKeeping(store);
  for (const [index, number] of writing.slice(messages).entries()) {
    const simple = await timed(() => readAndCommit(store, number, index));
    const before = performance.now();
    await say(number);
    const { recorded } = await contextOf(store, number, first);
    const taken = performance.now() - before;
    // Written beside the run: the other's turn begins when the database has nothing else to do.
    await recorded;
    if (index < warmMessages) continue;
    least.push(simple);
    ours.push(taken);
  }
  endKeeping();
  const whole = await throughTheQueue(store, say, writing.slice(0, messages));
  return [
    {
      name: 'message to context ready, median',
      value: rounded(median(ours) / median(least)),
      unit: '× a read and a commit',
      limit: { at: 'most', value: scaleLimits.contextOverReadAndCommit },
      note: `${rounded(median(ours))} ms against ${rounded(median(least))} ms, among ${people.toLocaleString('en')}`,
    },
    {
      name: 'the same through the queue, median',
      value: rounded(median(whole) / median(least)),
      unit: '× a read and a commit',
      note: `${rounded(median(whole))} ms: a worker is told, takes the job, and reads the context`,
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}

async function readAndCommit({ sql, workspace }: Store, number: number, round: number): Promise<void> {
  const id = copyId(number);
  await sql`select id, state from enrollments where workspace_id = ${workspace} and id = ${id}`;
  await sql`
    update people set name = ${`Round ${round}`} where workspace_id = ${workspace} and id = ${id.replace('e-', 'p-')}`;
}

/**
 * What the worker does first of a run. All copies stand where the original stands, so their runs have the
 * same name but for whose they are: `first` is one that was heard already.
 */
async function contextOf(store: Store, number: number, first: { number: number; run: string }) {
  const enrollment = copyId(number);
  const job = { workspace: store.workspace, enrollment, run: first.run.replace(copyId(first.number), enrollment) };
  const begun = await beginRun(store, silentTalkers, job);
  if (begun === null) throw new Error('The message was to start a run.');
  return begun;
}

async function runOf(store: Store, number: number): Promise<string> {
  const [row] = await store.sql<{ run: string | null }[]>`
    select state->'facts'->'run'->>'id' as run from enrollments
    where workspace_id = ${store.workspace} and id = ${copyId(number)}`;
  if (!row?.run) throw new Error('The message was to start a run.');
  return row.run;
}

/** Milliseconds from a message until the agent is called, with a worker that has nothing else to do. */
async function throughTheQueue(
  store: Store,
  say: (number: number) => Promise<unknown>,
  numbers: readonly number[],
): Promise<number[]> {
  await store.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
  await store.sql`update enrollments set in_run = false where in_run`;
  let called = () => {};
  const agent: Agent = {
    kind: 'bench',
    run: async () => {
      called();
      return { result: nothing, usage: { model: 'none', inputTokens: 0, outputTokens: 0, usd: 0, toolCalls: [] } };
    },
  };
  const worker = await startWorker(store, { agent, scripted: agent, skills: () => undefined, channels: [] });
  const ms: number[] = [];
  for (const number of numbers) {
    const reached = new Promise<void>((resolve) => {
      called = resolve;
    });
    const before = performance.now();
    await say(number);
    await reached;
    ms.push(performance.now() - before);
    await sleep(restMs);
  }
  await worker.stop();
  return ms;
}
