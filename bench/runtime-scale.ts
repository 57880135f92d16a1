/**
 * What may not grow with the number of enrollments: finding who is due, and taking a message.
 *
 * Few people and very many, in two databases of one Postgres, in turn. Who is due, and who writes,
 * lies scattered among all.
 */
import type { RunResult } from '../runtime/inputs.ts';
import type { Agent } from '../runtime/services.ts';
import { createControl } from '../runtime/store/control.ts';
import type { Noted } from '../runtime/store/notes.ts';
import type { Talkers } from '../runtime/store/run-agent.ts';
import type { Store } from '../runtime/store/store.ts';
import { sweep } from '../runtime/store/sweep.ts';
import { startWorker } from '../runtime/store/worker.ts';
import { copyId } from '../test/support/crowd.ts';
import { withDatabase } from '../test/support/database.ts';
import { median, rounded } from './measure.ts';
import type { Figure } from './report.ts';
import { addCopies, addPasts, beginOriginal, programName, reviewsDue, start } from './runtime-population.ts';

export const scaleLimits = { sweepGrowth: 1.3, contextOverReadAndCommit: 2 } as const;

const few = 10_000;
const dueAtOnce = 1_000;
/** A sweep takes a tenth of a second, and what Postgres writes meanwhile comes in gusts. */
const rounds = 15;
const warmRounds = 2;
const messages = 200;
/** Until the code is compiled and every connection has its plans, as in a server that has run for a minute. */
const warmMessages = 400;
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
      const listening = listen();
      const [one, other] = [
        await small.open({ startAt: start }),
        await large.open({ startAt: start, note: listening.note }),
      ];
      await fill(one, few);
      await fill(other, many);
      const elsewhere = await large.open();
      return [await sweepGrowth(one, other, many), ...(await messageToContext(other, many, elsewhere, listening))];
    }),
  );
}

async function fill(store: Store, people: number): Promise<void> {
  await beginOriginal(store);
  // Until it is settled.
  await store.queue`alter table timeline set (autovacuum_enabled = off)`;
  for (let from = 1; from <= people; from += chunk) {
    const to = Math.min(people, from + chunk - 1);
    await addCopies(store, from, to, reviewsDue + day);
    if (to <= livedMost) await addPasts(store, from, to);
  }
  await settle(store);
}

/**
 * Brings the tables into the state of a server that has run for long. Of the timeline, which is only added to, what is
 * left of each page is filled once, when a vacuum has told of it. Told of all pages at once, which were filled at once
 * here, every row that follows would go into a page of its own, and that be logged whole: so it is read, which marks
 * its rows as lasting, and not vacuumed.
 */
async function settle({ queue }: Store): Promise<void> {
  await queue`vacuum analyze enrollments, people, messages, due, agent_runs`;
  await queue`select count(entry) from timeline`;
  await queue`analyze timeline`;
  await queue`checkpoint`;
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
 * A message, until the agent is called with its context: in a process that takes messages and does runs, where the
 * agent begins while the message is being stored; and beside it, in turn, one row read by its primary key and one row
 * changed and committed. Then with the message in one process and the agent in another: the whole way through the queue.
 */
async function messageToContext(
  store: Store,
  people: number,
  elsewhere: Store,
  listening: Listening,
): Promise<Figure[]> {
  // Each writes once: a message that was heard before would start nothing.
  const writing = draw(Math.min(people, livedMost), warmMessages + 2 * messages, 'writing');
  const least: number[] = [];
  const ours: number[] = [];
  const storing: number[] = [];
  const worker = await startWorker(store, { ...listening.talkers, channels: [] });
  await forgetRuns(store);
  for (const [index, number] of writing.slice(messages).entries()) {
    const simple = await timed(() => readAndCommit(store, number, index));
    const { called, done } = listening.next();
    const before = performance.now();
    const [stored, at] = await Promise.all([timed(() => say(store, number)), called]);
    const reached = at - before;
    // The other's turn begins when what the run brings back is written, too.
    await done;
    if (index < warmMessages) continue;
    least.push(simple);
    ours.push(reached);
    storing.push(stored);
  }
  const whole: number[] = [];
  for (const number of writing.slice(0, messages)) {
    const { called, done } = listening.next();
    const before = performance.now();
    await say(elsewhere, number);
    whole.push((await called) - before);
    await done;
  }
  await worker.stop();
  const among = `among ${people.toLocaleString('en')}`;
  return [
    {
      name: 'message to context ready, median',
      value: rounded(median(ours) / median(least)),
      unit: '× a read and a commit',
      limit: { at: 'most', value: scaleLimits.contextOverReadAndCommit },
      note: `${rounded(median(ours))} ms against ${rounded(median(least))} ms, ${among}: the agent is called`,
    },
    {
      name: 'message stored, median',
      value: rounded(median(storing) / median(least)),
      unit: '× a read and a commit',
      note: `${rounded(median(storing))} ms: its sender is told; nothing the agent says counts before`,
    },
    {
      name: 'message to context through the queue, median',
      value: rounded(median(whole) / median(least)),
      unit: '× a read and a commit',
      note: `${rounded(median(whole))} ms: a worker elsewhere is told, takes the job, and reads the context`,
    },
  ];
}

const say = (store: Store, number: number): Promise<unknown> =>
  createControl(store).receive({
    person: copyId(number).replace('e-', 'p-'),
    program: programName,
    channel: 'web',
    id: `m${number}`,
    text: 'How long is it today?',
  });

type Listening = ReturnType<typeof listen>;

/** An agent that says nothing; `next` tells when it is called the next time (ms), and when that run is over. */
function listen() {
  let [called, done] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
  const agent: Agent = {
    kind: 'bench',
    run: async () => {
      called.resolve(performance.now());
      return { result: nothing, usage: { model: 'none', inputTokens: 0, outputTokens: 0, usd: 0, toolCalls: [] } };
    },
  };
  const talkers: Talkers = { agent, scripted: agent, skills: () => undefined };
  return {
    talkers,
    note: ({ kind }: Noted) => {
      if (kind === 'run') done.resolve();
    },
    next() {
      [called, done] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()];
      return { called: called.promise, done: done.promise };
    },
  };
}

/** What was begun before is not to be done now. */
async function forgetRuns(store: Store): Promise<void> {
  await store.sql`select graphile_worker.complete_jobs(array(select id from graphile_worker.jobs))`;
  await store.sql`update enrollments set in_run = false where in_run`;
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
