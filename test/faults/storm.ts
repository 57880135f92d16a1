/**
 * A storm: people live in a program on a virtual clock while everything around them fails, and then the same
 * people live the same days undisturbed. Both must have left the same behind (`storm-compare.ts`).
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
import { openStore, type Store } from '../../runtime/store/store.ts';
import { startWorker } from '../../runtime/store/worker.ts';
import { openBadLine } from './bad-line.ts';
import { raiseCrew } from './crew.ts';
import { type Compared, compare } from './storm-compare.ts';
import { type StormDeed, stormProgram, stormStart, stormTick, stormZones } from './storm-people.ts';
import { doDeed, stormAgent, vendorChannel } from './storm-work.ts';
import type { Asked } from './storm-worker.ts';
import { startVendor, type Vendor } from './vendor.ts';
import { type Counts, startWeather } from './weather.ts';

/** What fails while the database or the workers are away is tried again so often in a row, and after this pause. */
const triesMax = 1_000;
const againMs = 100;
/** Deeds of different people that are under way at one time. */
const deedsAtOnce = 6;
/** What waits for the end of a night, or for a week's cap, is said within this after the last deed. */
const calmingMs = 36 * 3_600_000;
/**
 * Ticks lived at least, and those over which the kills are spread; where they take longer, it goes on until all were.
 */
const ticksMin = 6;
const ticksOfKills = 20;
const killsPerTickMin = 2;
const ticksMax = 5_000;

export type StormReport = Compared & {
  seed: number;
  people: number;
  ticks: number;
  counts: Counts;
  /** The storm, the same days without it, and the whole. */
  seconds: { storm: number; calm: number; all: number };
};

type StormOptions = {
  kills: number;
  people: number;
  seed: number;
  tell?: (line: string) => void;
  /** Ends it before its time: it throws, and leaves no process and no folder behind. */
  signal?: AbortSignal;
};

export async function storm(options: StormOptions): Promise<StormReport> {
  const { kills, people, seed, tell = () => {}, signal = new AbortController().signal } = options;
  const began = performance.now();
  const since = (from: number) => Math.round((performance.now() - from) / 1000);
  const folder = await mkdtemp(join(tmpdir(), 'regimen-storm-'));
  chmodSync(folder, 0o755);
  const postgres = await startPostgres({ dataFolder: folder });
  const vendor = await startVendor();
  const calmVendor = await startVendor();
  try {
    const disturbed = await makeDatabase(postgres.url, 'disturbed');
    const calm = await makeDatabase(postgres.url, 'calm');
    tell(`${people} people, ${kills} kills, seed ${seed}`);
    const { ticks, counts } = await liveDisturbed({
      url: disturbed,
      vendor,
      folder,
      people,
      seed,
      kills,
      tell,
      signal,
    });
    const seconds = { storm: since(began), calm: 0, all: 0 };
    tell(`The storm is over after ${ticks} ticks and ${seconds.storm} seconds. The same days without it:`);
    await liveCalmly({ url: calm, vendor: calmVendor, people, seed, ticks, tell, signal });
    seconds.calm = since(began) - seconds.storm;
    const compared = await compare(disturbed, calm, vendor, calmVendor);
    seconds.all = since(began);
    return { seed, people, ticks, counts, seconds, ...compared };
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
  vendor: Vendor;
  people: number;
  seed: number;
  tell: (line: string) => void;
  signal: AbortSignal;
};

/** Until the storm is over: its workers, and the deeds that come in through them, are killed and cut off. */
async function liveDisturbed(
  life: Life & { folder: string; kills: number },
): Promise<{ ticks: number; counts: Counts }> {
  const { url, vendor, folder, people, seed, kills, tell } = life;
  const store = await openVirtual(url);
  const line = await openBadLine(url);
  const random = chanceFrom(seed, 0);
  const enrolled = await enrollAll(store, people);
  const crew = raiseCrew({ databaseUrl: line.url, vendorUrl: vendor.url, folder, random });
  const failed = new AbortController();
  try {
    const signal = AbortSignal.any([life.signal, failed.signal]);
    const perTick = Math.max(killsPerTickMin, Math.ceil(kills / ticksOfKills));
    let ticksBegun = 0;
    const allowed = () => perTick * ticksBegun;
    const { counts, over } = startWeather({ kills, allowed, random, crew, line, store, dataFolder: folder, signal });
    let isOver = false;
    const raging = over.then(() => {
      isOver = true;
    });
    const living = liveTicks(store, life, enrolled, crew.ask, (tick) => {
      if (tick > 0) tell(`  ${tick} ticks, ${counts.kills} kills`);
      ticksBegun = tick + 1;
      return tick >= ticksMax || (isOver && tick >= ticksMin);
    });
    const [ticks] = await Promise.all([living, raging]);
    return { ticks, counts };
  } finally {
    failed.abort();
    await crew.end();
    await line.stop();
    await store.close();
  }
}

/** So many ticks, with one worker in this process, and nothing between it and the database. */
async function liveCalmly(life: Life & { ticks: number }): Promise<void> {
  const { url, vendor, people, ticks, tell } = life;
  const store = await openVirtual(url);
  const agent = stormAgent(async () => {});
  const channels = [vendorChannel(vendor.url)];
  const worker = await startWorker(store, { agent, scripted: agent, skills: () => undefined, channels });
  try {
    const control = createControl(store);
    const enrolled = await enrollAll(store, people);
    await liveTicks(
      store,
      life,
      enrolled,
      (deed) => doDeed(control, deed),
      (tick) => {
        if (tick > 0) tell(`  ${tick} of ${ticks} ticks`);
        return tick === ticks;
      },
    );
  } finally {
    await worker.stop();
    await store.close();
  }
}

/** Ids of people and enrollments are counted, so that both lives have the same. */
function openVirtual(databaseUrl: string): Promise<Store> {
  let made = 0;
  const newId = () => `n${String(made++).padStart(6, '0')}`;
  return openStore({ databaseUrl, clock: 'virtual', startAt: stormStart, newId });
}

type Enrolled = { person: string; enrollment: string };
type Do = (deed: Asked) => Promise<void>;

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

/** Lives tick by tick until `isOver`, asked before each with how many were lived; gives how many. */
async function liveTicks(
  store: Store,
  { seed, people, signal }: Life,
  enrolled: readonly Enrolled[],
  act: Do,
  isOver: (tick: number) => boolean,
): Promise<number> {
  let tick = 0;
  for (; !isOver(tick); tick++) {
    const { at, deeds } = stormTick(seed, tick, people);
    await persist(signal, () => advance(store, at));
    await doAll(store, deeds, enrolled, act, signal);
  }
  // Whatever waits for the end of a night is said before both are compared.
  await persist(signal, () => advance(store, stormTick(seed, tick, 0).at + calmingMs));
  await persist(signal, () => drain(store));
  return tick;
}

/** Those of one person in order, different people beside each other; all jobs that follow are done before the next. */
async function doAll(
  store: Store,
  deeds: readonly StormDeed[],
  enrolled: readonly Enrolled[],
  act: Do,
  signal: AbortSignal,
): Promise<void> {
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
          const asked = { ...deed, ...(enrolled[deed.person] as Enrolled) };
          await persist(signal, () => act(asked));
        }
      }),
    );
    await persist(signal, () => drain(store));
  }
}

/** Asks again while the database or whoever was asked is away, as every client must. */
async function persist<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      signal.throwIfAborted();
      return await work();
    } catch (error) {
      if (signal.aborted || tries === triesMax) throw error;
      await sleep(againMs);
    }
  }
}
