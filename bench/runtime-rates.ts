/**
 * How many reviews one worker does in a second, beside others on the same Postgres in the same run.
 *
 * A review here needs no model: rules, the timeline's rows, the new state and due time, everything
 * that `step` and `commit` promise. Who is not installed is left out and named.
 */

import type { State } from '../runtime/state.ts';
import { step, timeInput } from '../runtime/step.ts';
import { setClock } from '../runtime/store/clock.ts';
import { dispatch } from '../runtime/store/dispatch.ts';
import type { Noted } from '../runtime/store/notes.ts';
import { loadVersion } from '../runtime/store/programs.ts';
import type { Store } from '../runtime/store/store.ts';
import { startWorker } from '../runtime/store/worker.ts';
import { copyId, makeDue } from '../test/support/crowd.ts';
import { type TestDatabase, withDatabase } from '../test/support/database.ts';
import { median, rounded } from './measure.ts';
import { graphileRate } from './peers/graphile.ts';
import type { Figure } from './report.ts';
import { addCopies, beginOriginal, programName, reviewsDue, silentTalkers, start } from './runtime-population.ts';

export const rateLimits = { ofGraphile: 0.5, aheadOfDbos: 25, aheadOfLangGraph: 40 } as const;

const rounds = 5;
const warmRounds = 2;
const minute = 60_000;
const spreadMs = 50_000;

type Contender = { name: string; rate: () => Promise<number>; close: () => Promise<void> };

/** `scale` shortens the rounds: 1 is the whole. */
export async function benchRates(scale: number): Promise<Figure[]> {
  const reviews = Math.ceil(25_000 * scale);
  return withDatabase((ours) =>
    withDatabase((queue) =>
      withDatabase((dbos) =>
        withDatabase(async (graph) => {
          const regimen = await openRegimen(ours, reviews);
          const opened = [
            await peer('DBOS', async () => {
              const { openDbos } = await import('./peers/dbos.ts');
              const { rate, close } = await openDbos(dbos.url, () => regimen.turn());
              return { rate: () => rate(Math.ceil(1_500 * scale)), close };
            }),
            await peer('LangGraph', async () => {
              const { openLangGraph } = await import('./peers/langgraph.ts');
              const { rate, close } = await openLangGraph(graph.url, regimen.state, () => regimen.turn());
              return { rate: () => rate(Math.ceil(1_000 * scale)), close };
            }),
          ];
          const contenders: Contender[] = [
            { name: 'Regimen', rate: regimen.rate, close: regimen.close },
            {
              name: 'Graphile',
              rate: () => graphileRate(queue.url, Math.ceil(50_000 * scale)),
              close: async () => {},
            },
            ...opened.flatMap((one) => ('rate' in one ? [one] : [])),
          ];
          const rates = await measure(contenders);
          for (const { close } of contenders) await close();
          return figures(
            rates,
            opened.flatMap((one) => ('missing' in one ? [one.missing] : [])),
          );
        }),
      ),
    ),
  );
}

/** Each contender in turn, each round beginning with another one; rates by name. */
async function measure(contenders: readonly Contender[]): Promise<Map<string, number[]>> {
  const rates = new Map(contenders.map(({ name }): [string, number[]] => [name, []]));
  for (let round = -warmRounds; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const one = contenders[(turn + round + warmRounds) % contenders.length] as Contender;
      const rate = await one.rate();
      if (round >= 0) rates.get(one.name)?.push(rate);
    }
  }
  return rates;
}

function figures(rates: Map<string, number[]>, missing: readonly string[]): Figure[] {
  const of = (name: string) => median(rates.get(name) ?? []);
  const ours = of('Regimen');
  /** The median of the rounds' ratios: what disturbed one round disturbed both sides of it. */
  const ratio = (name: string) =>
    rounded(median((rates.get(name) ?? []).map((rate, round) => (rates.get('Regimen')?.[round] ?? Number.NaN) / rate)));
  const absolute = (name: string) => `${rounded(of(name)).toLocaleString('en')} a second`;
  const found: Figure[] = [
    { name: 'reviews by rules, one worker', value: rounded(ours), unit: 'a second', note: 'Couch to 5K, nothing new' },
    {
      name: 'against no-op jobs of Graphile Worker',
      value: ratio('Graphile'),
      unit: '×',
      limit: { at: 'least', value: rateLimits.ofGraphile },
      note: `in its best batch mode: ${absolute('Graphile')}`,
    },
  ];
  for (const [name, what, value] of [
    ['DBOS', 'ahead of DBOS, workflows of one step', rateLimits.aheadOfDbos],
    ['LangGraph', 'ahead of LangGraph with Postgres checkpointer', rateLimits.aheadOfLangGraph],
  ] as const) {
    if (!rates.has(name)) continue;
    found.push({ name: what, value: ratio(name), unit: '×', limit: { at: 'least', value }, note: absolute(name) });
  }
  for (const one of missing) found.push({ name: `${one} is not installed`, value: 0, unit: '', note: 'npm install' });
  return found;
}

async function peer(
  name: string,
  open: () => Promise<Omit<Contender, 'name'>>,
): Promise<Contender | { missing: string }> {
  try {
    return { name, ...(await open()) };
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_MODULE_NOT_FOUND') return { missing: name };
    throw error;
  }
}

/** A worker, and for each round people who come due when the clock is moved by a minute. */
async function openRegimen(database: TestDatabase, reviews: number) {
  let succeeded = 0;
  let reached = () => {};
  const note = (told: Noted) => {
    if (told.kind !== 'sweep') return;
    if (told.failed > 0) throw new Error(`${told.failed} reviews failed.`);
    succeeded += told.succeeded;
    reached();
  };
  const store = await database.open({ startAt: start, note });
  await beginOriginal(store);
  for (let round = 0; round < rounds + warmRounds; round++) {
    await addCopies(store, round * reviews + 1, (round + 1) * reviews);
    await makeDue(store, round * reviews + 1, (round + 1) * reviews, reviewsDue + (round + 1) * minute);
  }
  // Within their minute in no order: reviews are spread, and ids are random.
  await store.sql`
    update enrollments set sweep_at = sweep_at - random() * ${spreadMs} * interval '1 millisecond' where sweep_at is not null`;
  await store.sql`vacuum analyze enrollments`;
  const worker = await startWorker(store, { ...silentTalkers, channels: [] });
  const { state, turn } = await oneTurn(store);
  let round = 0;
  return {
    state,
    turn,
    rate: async () => {
      round += 1;
      succeeded = 0;
      const done = new Promise<void>((resolve) => {
        reached = () => {
          if (succeeded >= reviews) resolve();
        };
      });
      const began = performance.now();
      await setClock(store, reviewsDue + round * minute);
      await dispatch(store);
      await done;
      return (reviews / (performance.now() - began)) * 1000;
    },
    close: () => worker.stop(),
  };
}

/** What a review comes to in memory, for those that are to do the same. */
async function oneTurn(store: Store): Promise<{ state: State; turn: () => State }> {
  const [row] = await store.sql<{ state: State; version: number }[]>`
    select state, version from enrollments where id = ${copyId(1)}`;
  if (row === undefined) throw new Error('There is nobody to review.');
  const program = await loadVersion(store, store.sql, programName, row.version);
  const { state } = row;
  return { state, turn: () => step(program, state, timeInput(state), reviewsDue, copyId(1)).state };
}
