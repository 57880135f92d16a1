/**
 * Workers on machines of their own, as far as one machine can have them: each in a network namespace, with a line
 * to the database that is taken down while it works. Needs root and `ip netns`; elsewhere it says so and is left out.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drain } from '../../runtime/store/advance.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { begin, monday } from '../runtime-store/story.ts';
import { withDatabase } from '../support/database.ts';
import { openBadLine } from './bad-line.ts';
import { startVendor } from './vendor.ts';

const test = suite('namespaces');
const ip = (...args: string[]) => execFileSync('ip', args, { stdio: 'pipe' });
/** Named after the process: two of these tests may run beside each other. */
const mark = process.pid % 10_000;
const machines = [1, 2].map((number) => ({
  name: `rgm${mark}n${number}`,
  near: `rgm${mark}h${number}`,
  far: `rgm${mark}w${number}`,
  host: `10.${70 + number}.${mark % 250}.1`,
  guest: `10.${70 + number}.${mark % 250}.2`,
}));

const refused = makeMachines();
test.after(removeMachines);

/** Why there can be none here; null when they are there. */
function makeMachines(): string | null {
  try {
    for (const { name, near, far, host, guest } of machines) {
      ip('netns', 'add', name);
      ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far);
      ip('link', 'set', far, 'netns', name);
      ip('addr', 'add', `${host}/24`, 'dev', near);
      ip('link', 'set', near, 'up');
      ip('-n', name, 'addr', 'add', `${guest}/24`, 'dev', far);
      ip('-n', name, 'link', 'set', far, 'up');
      ip('-n', name, 'link', 'set', 'lo', 'up');
    }
    return null;
  } catch (error) {
    removeMachines();
    return (error as Error).message.split('\n')[0] ?? 'for no reason given';
  }
}

function removeMachines(): void {
  for (const { name, near } of machines) {
    for (const args of [
      ['link', 'del', near],
      ['netns', 'del', name],
    ]) {
      try {
        ip(...args);
      } catch {
        // It was never made, or is gone.
      }
    }
  }
}

async function startWorker(machine: string, databaseUrl: string, vendorUrl: string): Promise<ChildProcess> {
  const file = fileURLToPath(new URL('./storm-worker.ts', import.meta.url));
  const child = spawn('ip', ['netns', 'exec', machine, process.execPath, file, databaseUrl, vendorUrl, '0'], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  await new Promise((done, fail) =>
    child.once('message', done).once('exit', (code) => fail(new Error(`The worker ended with ${code}.`))),
  );
  child.removeAllListeners('exit');
  return child;
}

test('a machine falls off the network and comes back: another does its work, and nothing happens twice', async () => {
  if (refused !== null) {
    console.log(`Left out: no network namespaces here (${refused})`);
    return;
  }
  await withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const story = await begin(store, { at: 'walking' });
    await story.control.bindAccount({ channel: 'vendor', account: 'V1', person: story.person });
    const parts = await Promise.all(
      machines.map(async ({ host }) => ({
        line: await openBadLine(database.url, host),
        vendor: await startVendor(host),
      })),
    );
    const workers: ChildProcess[] = [];
    try {
      for (const [index, { name }] of machines.entries())
        workers.push(await startWorker(name, parts[index]?.line.url ?? '', parts[index]?.vendor.url ?? ''));
      const say = (id: string) =>
        story.control.receive({ person: story.person, program: 'walking', channel: 'vendor', id, text: `Word ${id}` });
      for (let round = 0; round < 3; round++) {
        const gone = machines[round % machines.length];
        await say(`a${round}`);
        await sleep(round * 8);
        if (gone) ip('link', 'set', gone.near, 'down');
        await say(`b${round}`);
        await drain(store);
        if (gone) ip('link', 'set', gone.near, 'up');
        await sleep(300);
      }
      await drain(store);
    } finally {
      for (const worker of workers) worker.kill('SIGKILL');
      for (const { line, vendor } of parts) {
        await line.stop();
        await vendor.stop();
      }
    }
    const { equal, differences, stored } = await rebuild(store, story.enrollment);
    assert.ok(equal, differences.join(' '));
    assert.is(stored.state.facts.run, null);
    const talk = await story.control.conversation({ person: story.person, program: 'walking', after: 0, limit: 100 });
    assert.is(talk.filter(({ direction }) => direction === 'in').length, 6);
    const said = talk.filter(({ direction }) => direction === 'out').map(({ text }) => text);
    assert.is(new Set(said).size, said.length, 'no run spoke twice');
    assert.is(talk.at(-1)?.direction, 'out', 'the last message was answered');
    const taken = parts.flatMap(({ vendor }) => vendor.taken);
    for (const { id } of talk.filter(({ direction }) => direction === 'out'))
      assert.ok(
        taken.some((one) => one.id === id),
        `${id} came to the vendor`,
      );
    const certain = taken.filter(({ first }) => first).map(({ id }) => id);
    assert.is(new Set(certain).size, certain.length, 'none was twice said to be sent for the first time');
  });
});

test.run();
