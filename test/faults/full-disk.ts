/**
 * One life on a disk that fills up: a process of its own, whose data folder lies on a small disk that
 * `full-disk.test.ts` has brought. Writes one line of JSON: what was accepted before, during and after, and what became
 * of it.
 *
 *   node full-disk.ts FOLDER
 */
import { closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startPostgres } from '../../runtime/postgres/embedded.ts';
import { migrate } from '../../runtime/store/migrate.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { openStore } from '../../runtime/store/store.ts';
import { beginStory } from '../support/walkers.ts';

const megabyte = 1 << 20;
/** What is left to the database's log. */
const leftBytes = 3 * megabyte;
/** Messages tried until the disk is full, and tries until somebody is served again; each failure is waited out. */
const messagesMax = 20_000;
const triesMax = 120;
const pauseMs = 250;
/** Refusals in a row after which the disk counts as full. */
const refusedMax = 8;

const folder = process.argv[2] as string;
const ballast = join(folder, 'ballast');
const running = await startPostgres({ dataFolder: join(folder, 'data') });
await migrate(running.url);
const store = await openStore({ databaseUrl: running.url });
const { control, enroll } = await beginStory(store);
await enroll('ann', 'go');
const { person } = await control.enrollment('ann');
const accepted: string[] = [];
const say = async (id: string): Promise<boolean> => {
  const text = `mood ${id.padEnd(400, '.')}`;
  const done = control.receive({ person: person.id, program: 'walk', channel: 'web', id, text }).then(
    () => accepted.push(id) > 0,
    () => false,
  );
  if (await done) return true;
  await sleep(pauseMs);
  return false;
};

fill();
let refused = 0;
for (let count = 0; count < messagesMax && refused < refusedMax; count += 1)
  refused = (await say(`during-${count}`)) ? 0 : refused + 1;
const before = accepted.length;
rmSync(ballast);
let tries = 0;
while (tries < triesMax && !(await say('after'))) tries += 1;

const rows = await store.sql<{ id: string }[]>`select input_id as id from timeline where kind = 'input'`;
const there = new Set(rows.map(({ id }) => id));
const lost = accepted.filter((id) => !there.has(id));
const { differences } = await rebuild(store, 'ann');
await store.close();
await running.stop();
console.log(
  JSON.stringify({ before, isFull: refused === refusedMax, servedAgain: tries < triesMax, lost, differences }),
);

/** Fills the disk up to what is left to the log. */
function fill(): void {
  const file = openSync(ballast, 'w');
  const part = Buffer.alloc(megabyte);
  for (;;) {
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < leftBytes + megabyte) break;
    writeSync(file, part);
  }
  closeSync(file);
}
