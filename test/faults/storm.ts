/**
 * A storm: people live in a program on a virtual clock while everything around them fails, and then the same
 * people live the same days undisturbed. Both must have left the same behind.
 */

import { chmodSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chanceFrom } from '../../runtime/population/chance.ts';
import { startPostgres } from '../../runtime/postgres/embedded.ts';
import { advance, drain } from '../../runtime/store/advance.ts';
import { createControl } from '../../runtime/store/control.ts';
import connect from '../../runtime/store/driver.ts';
import { migrate } from '../../runtime/store/migrate.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { openStore, type Store } from '../../runtime/store/store.ts';
import { readWholeTimeline } from '../../runtime/store/timeline-rows.ts';
import { type BadLine, openBadLine } from './bad-line.ts';
import { type StormDeed, stormProgram, stormStart, stormTick, stormZones } from './storm-people.ts';
import { startVendor, type Vendor } from './vendor.ts';
import { type Counts, startWeather } from './weather.ts';

/** What is asked while the database is away is asked again for this long. */
const patienceMs = 120_000;
/** Deeds of different people that are under way at one time. */
const deedsAtOnce = 6;
/** What waits for the end of a night, or for a week's cap, is said within this after the last deed. */
const calmingMs = 36 * 3_600_000;
/** Ticks lived at least, however soon the storm is over; and at most. */
const ticksMin = 6;
const ticksMax = 5_000;

export type StormReport = {
  seed: number;
  people: number;
  ticks: number;
  counts: Counts;
  seconds: number;
  rows: number;
  messages: number;
  /** Messages that came to the vendor twice, the second time marked as perhaps a repeat: the documented window. */
  offeredAgain: number;
  /** What must not be, in words; empty when all is well. */
  wrong: string[];
};

export async function storm(options: {
  kills: number;
  people: number;
  seed: number;
  tell?: (line: string) => void;
}): Promise<StormReport> {
  const { kills, people, seed, tell = () => {} } = options;
  const began = performance.now();
  const folder = await mkdtemp(join(tmpdir(), 'regimen-storm-'));
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataFolder: folder });
  const vendor = await startVendor();
  const calmVendor = await startVendor();
  try {
    const disturbed = await makeDatabase(postgres.url, 'disturbed');
    const calm = await makeDatabase(postgres.url, 'calm');
    const line = await openBadLine(disturbed);
    tell(`${people} people, ${kills} kills, seed ${seed}`);
    const lived = await live({ url: disturbed, line, vendor, folder, people, seed, kills, ticks: null, tell });
    await line.stop();
    tell(`The storm is over after ${lived.ticks} ticks. The same days without it:`);
    const still = await openBadLine(calm);
    await live({
      url: calm,
      line: still,
      vendor: calmVendor,
      folder,
      people,
      seed,
      kills: 0,
      ticks: lived.ticks,
      tell,
    });
    await still.stop();
    const compared = await compare(disturbed, calm, vendor, calmVendor);
    return {
      seed,
      people,
      ticks: lived.ticks,
      counts: lived.counts,
      seconds: Math.round((performance.now() - began) / 1000),
      ...compared,
    };
  } finally {
    await vendor.stop();
    await calmVendor.stop();
    await postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeDatabase(url: string, name: string): Promise<string> {
  const admin = connect(url, { max: 1, onnotice: () => {} });
  await admin.unsafe(`create database ${name}`);
  await admin.end();
  const made = url.replace(/\/[^/]*$/, `/${name}`);
  await migrate(made);
  return made;
}

type Life = {
  url: string;
  line: BadLine;
  vendor: Vendor;
  folder: string;
  people: number;
  seed: number;
  kills: number;
  /** Null: until the storm is over. */
  ticks: number | null;
  tell: (line: string) => void;
};

async function live(life: Life): Promise<{ ticks: number; counts: Counts }> {
  const { url, line, vendor, folder, people, seed, kills, tell } = life;
  let made = 0;
  const store = await openStore({
    databaseUrl: url,
    clock: 'virtual',
    startAt: stormStart,
    newId: () => `n${String(made++).padStart(6, '0')}`,
  });
  try {
    const enrolled = await enrollAll(store, people);
    const random = chanceFrom(seed, 0);
    const weather = await startWeather({ kills, random, line, vendorUrl: vendor.url, store, dataFolder: folder });
    let isOver = false;
    let failure: unknown = null;
    weather.over.then(
      () => {
        isOver = true;
      },
      (error) => {
        failure = error;
      },
    );
    let tick = 0;
    try {
      for (; tick < (life.ticks ?? ticksMax); tick++) {
        if (failure !== null) throw failure;
        if (life.ticks === null && isOver && tick >= ticksMin) break;
        const { at, deeds } = stormTick(seed, tick, people);
        await persist(() => advance(store, at));
        await doAll(store, deeds, enrolled);
        await persist(() => drain(store));
        if (tick % 10 === 9) tell(`  tick ${tick + 1}: ${weather.counts.kills} kills`);
      }
      // Whatever waits for the end of a night is said before both are compared.
      await persist(() => advance(store, stormTick(seed, tick, 0).at + calmingMs));
      await persist(() => drain(store));
    } finally {
      await weather.end();
    }
    return { ticks: tick, counts: weather.counts };
  } finally {
    await store.close();
  }
}

type Enrolled = { person: string; enrollment: string };

async function enrollAll(store: Store, people: number): Promise<Enrolled[]> {
  const control = createControl(store);
  await control.publish({ source: stormProgram, path: 'storm.regimen', by: 'test' });
  const enrolled: Enrolled[] = [];
  for (let index = 0; index < people; index++) {
    const zone = stormZones[index % stormZones.length] ?? 'UTC';
    const { id: person } = await control.personByEmail(`p${index}@example.org`, { zone });
    await control.bindAccount({ channel: 'vendor', account: `A${index}`, person });
    const { id: enrollment } = await control.enroll({ person, program: 'storm', by: 'operator', id: `e${index}` });
    enrolled.push({ person, enrollment });
  }
  return enrolled;
}

/** Those of one person in order, different people beside each other; all jobs that follow are done before the next. */
async function doAll(store: Store, deeds: readonly StormDeed[], enrolled: readonly Enrolled[]): Promise<void> {
  const byTurn = new Map<number, StormDeed[]>();
  const turns = new Map<number, number>();
  for (const deed of deeds) {
    const turn = turns.get(deed.person) ?? 0;
    turns.set(deed.person, turn + 1);
    byTurn.set(turn, [...(byTurn.get(turn) ?? []), deed]);
  }
  for (const those of byTurn.values()) {
    const waiting = [...those];
    await Promise.all(
      Array.from({ length: deedsAtOnce }, async () => {
        for (let deed = waiting.shift(); deed !== undefined; deed = waiting.shift()) {
          const one = deed;
          await persist(() => doOne(store, one, enrolled[one.person] as Enrolled));
        }
      }),
    );
    await persist(() => drain(store));
  }
}

async function doOne(store: Store, deed: StormDeed, { person, enrollment }: Enrolled): Promise<void> {
  const control = createControl(store);
  if (deed.kind === 'say') {
    await control.receive({ person, program: 'storm', channel: 'vendor', id: deed.id, text: deed.text });
    return;
  }
  const fields = { minutes: deed.minutes };
  await control
    .record({ enrollment, id: deed.id, series: 'runs', fields, by: 'service' })
    // Whoever has left records no more; in both lives alike.
    .catch((error: { code?: string }) => {
      if (error.code !== 'finished' && error.code !== 'not-allowed') throw error;
    });
}

/** Asks again while the database is away, as every client must. What is refused is refused. */
async function persist<T>(work: () => Promise<T>): Promise<T> {
  const until = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if ((error as Error).name === 'Refusal' || performance.now() > until) throw error;
      await sleep(100);
    }
  }
}

async function compare(
  disturbed: string,
  calm: string,
  vendor: Vendor,
  calmVendor: Vendor,
): Promise<Pick<StormReport, 'rows' | 'messages' | 'offeredAgain' | 'wrong'>> {
  const wrong: string[] = [];
  const [stormy, still] = await Promise.all(
    [disturbed, calm].map((databaseUrl) => openStore({ databaseUrl, clock: 'virtual' })),
  );
  if (stormy === undefined || still === undefined) throw new Error('Two stores were opened.');
  try {
    let rows = 0;
    const ids = await stormy.sql<{ id: string }[]>`select id from enrollments order by id`;
    for (const { id } of ids) {
      const [was, would] = await Promise.all(
        [stormy, still].map(async (store) =>
          (await readWholeTimeline(store, store.sql, id)).map((row) => JSON.stringify(row)),
        ),
      );
      rows += would?.length ?? 0;
      const length = Math.max(was?.length ?? 0, would?.length ?? 0);
      const at = Array.from({ length }, (_, index) => index).find((index) => was?.[index] !== would?.[index]);
      if (at !== undefined)
        wrong.push(`${id}: row ${at + 1} is ${was?.[at] ?? 'missing'} and would have been ${would?.[at] ?? 'nothing'}`);
      const { equal, differences } = await rebuild(stormy, id);
      if (!equal) wrong.push(`${id}: ${differences.join(' ')}`);
    }
    for (const [what, read] of Object.entries(kept)) {
      const [was, would] = await Promise.all([read(stormy), read(still)]);
      const missing = would.filter((one) => !was.includes(one));
      const more = was.filter((one) => !would.includes(one));
      if (missing.length > 0) wrong.push(`${what}: ${missing.length} are missing, like ${missing[0]}`);
      if (more.length > 0) wrong.push(`${what}: ${more.length} are too many, like ${more[0]}`);
    }
    const jobs = await stormy.queue`select task_identifier, last_error from graphile_worker.jobs`;
    if (jobs.length > 0) wrong.push(`${jobs.length} jobs are left behind, like ${JSON.stringify(jobs[0])}`);
    const sent = vendor.taken.map(({ id }) => id);
    const once = new Set(sent);
    const missing = calmVendor.taken.filter(({ id }) => !once.has(id));
    if (missing.length > 0) wrong.push(`${missing.length} messages never came to the vendor, like ${missing[0]?.id}`);
    const wanted = new Set(calmVendor.taken.map(({ id }) => id));
    const unwanted = [...once].filter((id) => !wanted.has(id));
    if (unwanted.length > 0) wrong.push(`${unwanted.length} messages came that nobody said, like ${unwanted[0]}`);
    const seen = new Set<string>();
    let offeredAgain = 0;
    for (const { id, first } of vendor.taken) {
      if (seen.has(id) && first) wrong.push(`${id} came twice, and the second time was said to be the first`);
      if (seen.has(id)) offeredAgain += 1;
      seen.add(id);
    }
    const twice = calmVendor.taken.filter(
      ({ id }, index) => calmVendor.taken.findIndex((one) => one.id === id) < index,
    );
    for (const { id, first } of twice)
      wrong.push(`${id} came twice although nothing was disturbed${first ? ', and said to be the first' : ''}`);
    return { rows, messages: once.size, offeredAgain, wrong };
  } finally {
    await stormy.close();
    await still.close();
  }
}

/** What must be alike besides the timelines, as lines. */
const kept: Record<string, (store: Store) => Promise<string[]>> = {
  messages: async ({ sql }) =>
    (
      await sql<{ line: string }[]>`
        select concat_ws(' ', person_id, direction, id, status, text) as line from messages order by person_id, position`
    ).map(({ line }) => line),
  'items for operators': async ({ sql }) =>
    (await sql<{ line: string }[]>`select concat_ws(' ', kind, id, text) as line from operator_items`).map(
      ({ line }) => line,
    ),
  enrollments: async ({ sql }) =>
    (
      await sql<{ line: string }[]>`
        select concat_ws(' ', id, stage, status, next_due_at, failing) as line from enrollments`
    ).map(({ line }) => line),
};
