/** Killing the worker at random moments loses nothing and repeats nothing. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { drain } from '../../runtime/store/advance.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { withDatabase } from '../support/database.ts';
import { begin, monday } from './story.ts';

const test = suite('kill');
const kills = 12;

async function startProcess(url: string, file: string): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL('./worker-process.ts', import.meta.url)), [url, file]);
  await new Promise((done, fail) =>
    child.once('message', done).once('exit', (code) => fail(new Error(`The worker ended with ${code}.`))),
  );
  return child;
}

function kill(child: ChildProcess): Promise<unknown> {
  child.removeAllListeners('exit');
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  return gone;
}

test(`the worker is killed ${kills} times with runs and deliveries in hand`, () =>
  withDatabase(async (database) => {
    const folder = await mkdtemp(join(tmpdir(), 'regimen-kill-'));
    const file = join(folder, 'sent');
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    await control.bindAccount({ channel: 'vendor', account: 'V1', person });
    for (let round = 0; round < kills; round++) {
      const child = await startProcess(database.url, file);
      await control.receive({ person, program: 'walking', channel: 'vendor', id: `m${round}`, text: `Hello ${round}` });
      await sleep(Math.random() * 120);
      await kill(child);
    }
    const last = await startProcess(database.url, file);
    await drain(store);
    await kill(last);

    assert.equal((await rebuild(store, enrollment)).differences, []);
    assert.is((await control.enrollment(enrollment)).facts.run, null, 'no run is left in hand');
    const talk = await control.conversation({ person, program: 'walking', after: 0, limit: 1000 });
    const heard = talk.filter((one) => one.direction === 'in').map((one) => one.text);
    assert.equal(
      heard,
      Array.from({ length: kills }, (_, round) => `Hello ${round}`),
      'nothing said is lost',
    );
    const said = talk.filter((one) => one.direction === 'out');
    assert.is(new Set(said.map((one) => one.text)).size, said.length, 'no run spoke twice');
    assert.ok(said.length >= 1);
    assert.is((talk.at(-1) as { direction: string }).direction, 'out', 'the last message was answered');
    const sent = (await readFile(file, 'utf8')).trim().split('\n');
    assert.equal(
      [...new Set(sent)],
      said.map((one) => one.id),
      'everything was sent, in order',
    );
    assert.is((await store.sql`select 1 from messages where status <> 'sent' and direction = 'out'`).length, 0);
    await rm(folder, { recursive: true, force: true });
  }));

test.run();
