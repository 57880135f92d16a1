/** Live notifications reach every process, once the change is there to read, also after a lost connection. */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openLive } from '../../runtime/store/live.ts';
import { withDatabase } from '../support/database.ts';
import { begin, monday } from './story.ts';

const test = suite('live');

/** Waits until something holds; the limit is a failure. */
async function until(holds: () => boolean, what: string): Promise<void> {
  for (let waited = 0; waited < 5_000; waited += 5) {
    if (holds()) return;
    await sleep(5);
  }
  assert.unreachable(what);
}

test('who subscribes to a person or an enrollment is called, others are not', () =>
  withDatabase(async (database) => {
    const [writer, reader] = [await database.open({ startAt: monday }), await database.open()];
    const { control, person, enrollment } = await begin(writer, { at: 'walking' });
    const other = await begin(writer, { email: 'bob@acme.com', at: 'walking' });
    const live = await openLive(reader);
    const calls: Record<string, number> = { person: 0, enrollment: 0, other: 0, ended: 0, all: 0 };
    const count = (name: string) => () => {
      calls[name] = (calls[name] ?? 0) + 1;
    };
    live.subscribe({ person }, count('person'));
    live.subscribe({ enrollment }, count('enrollment'));
    live.subscribe({ enrollment }, () => {
      throw new Error('a page that fails spoils nothing');
    });
    live.subscribe({ person: other.person }, count('other'));
    live.subscribe({ person }, count('ended'))();
    live.subscribe('all', count('all'));
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'goal' });
    await until(() => calls.person === 1 && calls.enrollment === 1 && calls.all === 1, 'everybody is called');
    assert.equal(calls, { person: 1, enrollment: 1, other: 0, ended: 0, all: 1 });
    await live.close();
  }));

test('after a lost connection everybody is called, as something may have been missed', () =>
  withDatabase(async (database) => {
    const [writer, reader] = [await database.open({ startAt: monday }), await database.open()];
    const { control, person } = await begin(writer, { at: 'walking' });
    const live = await openLive(reader);
    let calls = 0;
    live.subscribe({ person }, () => {
      calls += 1;
    });
    await writer.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ilike 'listen%' and pid <> pg_backend_pid()`;
    await until(() => calls === 1, 'called on reconnection');
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'goal' });
    await until(() => calls === 2, 'notified again');
    await live.close();
  }));

test.run();
