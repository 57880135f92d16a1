/**
 * What a run begins with, kept by the process that wrote it: the same as what would be read, and never for longer than
 * it holds.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { beginKeeping, takeAtHand } from '../../runtime/store/at-hand.ts';
import type { RunJob } from '../../runtime/store/jobs.ts';
import { atHandMax } from '../../runtime/store/limits.ts';
import { beginRun, type Talkers } from '../../runtime/store/run-agent.ts';
import type { Store } from '../../runtime/store/store.ts';
import { withDatabase } from '../support/database.ts';
import { agentOf, begin, monday, nothing } from './story.ts';

const test = suite('at hand');

const agent = agentOf(() => nothing);
const talkers: Talkers = { agent, scripted: { ...agent, kind: 'scripted' }, skills: () => undefined };

/** The runs whose jobs wait, the oldest first. */
async function jobs(store: Store): Promise<RunJob[]> {
  const rows = await store.sql<{ payload: RunJob }[]>`
    select j.payload from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier = 'run' order by j.id`;
  return rows.map(({ payload }) => payload);
}

async function asked(store: Store, texts: string[]) {
  const story = await begin(store, { at: 'walking' });
  for (const [index, text] of texts.entries())
    await story.control.receive({ person: story.person, program: 'walking', channel: 'web', id: `m${index}`, text });
  return { ...story, jobs: await jobs(store) };
}

test('the context at hand is the one that would be read', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const end = beginKeeping(store);
    const { jobs } = await asked(store, ['goal', 'How far today?']);
    const job = jobs.at(-1) as RunJob;
    const atHand = await beginRun(store, talkers, job);
    assert.is(takeAtHand(store, job), null, 'it is given once');
    end();
    const read = await beginRun(store, talkers, job);
    assert.ok(
      read?.context.timeline.some((row) => row.kind === 'message'),
      'what was said before is in it',
    );
    assert.equal(JSON.parse(JSON.stringify(atHand?.context)), JSON.parse(JSON.stringify(read?.context)));
    assert.is(atHand?.agent, read?.agent);
  }));

test('it is at hand once the message is stored, and only in a process that does runs', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { jobs: unkept } = await asked(store, ['Hello']);
    assert.is(takeAtHand(store, unkept[0] as RunJob), null);
    beginKeeping(store);
    const other = await database.open();
    const control = (await begin(store, { email: 'ben@acme.com', at: 'walking', id: 'ben' })).control;
    const [ben] = await store.sql<{ id: string }[]>`select person_id as id from enrollments where id = 'ben'`;
    await control.receive({ person: ben?.id ?? '', program: 'walking', channel: 'web', id: 'm9', text: 'Hello' });
    const job = (await jobs(store)).at(-1) as RunJob;
    assert.is(job.enrollment, 'ben');
    assert.is(takeAtHand(other, job), null, 'another process has nothing');
    assert.is(takeAtHand(store, job)?.state.facts.run?.id, job.run);
  }));

test('of two messages only the run of the newer one begins', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    beginKeeping(store);
    const { jobs } = await asked(store, ['Hello', 'Are you there?']);
    const [older, newer] = jobs;
    assert.is(jobs.length, 2);
    assert.is(await beginRun(store, talkers, older as RunJob), null);
    assert.is((await beginRun(store, talkers, newer as RunJob))?.context.run, newer?.run);
  }));

test('in a pause of the program nothing is kept, and no run begins', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    beginKeeping(store);
    const { control, person } = await begin(store, { at: 'walking' });
    await store.sql`update programs set paused_at = now(), paused_by = 'test', paused_reason = 'test'`;
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
    const [row] = await store.sql<{ enrollment: string; run: string }[]>`
      select id as enrollment, state->'facts'->'run'->>'id' as run from enrollments`;
    const job = { workspace: 'default', enrollment: row?.enrollment ?? '', run: row?.run ?? '' };
    assert.ok(job.run, 'the run is in hand');
    assert.is(takeAtHand(store, job), null);
    assert.is(await beginRun(store, talkers, job), null);
  }));

test('once the money of the month is spent the scripted agent speaks', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    beginKeeping(store);
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    await store.sql`
      insert into agent_runs (workspace_id, id, enrollment_id, person_id, program, reason, skill, skill_version, agent, usd,
        started_at, finished_at)
      values ('default', 'r1', ${enrollment}, ${person}, 'walking', 'reply', 'coach', '1', 'model', 0.5,
        ${new Date(monday)}, ${new Date(monday)})`;
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
    const begun = await beginRun(store, talkers, (await jobs(store))[0] as RunJob);
    assert.is(begun?.agent.kind, 'scripted');
    assert.is((await store.sql`select from operator_items where id like 'budget:%'`).length, 1);
  }));

test('money of the month before is no money of this one, though it has to be read', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    beginKeeping(store);
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    const lastMonth = new Date(monday - 10 * 86_400_000);
    await store.sql`
      insert into agent_runs (workspace_id, id, enrollment_id, person_id, program, reason, skill, skill_version, agent, usd,
        started_at, finished_at)
      values ('default', 'r1', ${enrollment}, ${person}, 'walking', 'reply', 'coach', '1', 'model', 0.5,
        ${lastMonth}, ${lastMonth})`;
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
    const job = (await jobs(store))[0] as RunJob;
    assert.is(takeAtHand(store, job), null);
    assert.is((await beginRun(store, talkers, job))?.agent.kind, agent.kind);
    assert.is((await store.sql`select from operator_items where id like 'budget:%'`).length, 0);
  }));

test('no more are kept than there is room for: the oldest goes', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    beginKeeping(store);
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
    const first = (await jobs(store))[0] as RunJob;
    await store.sql`
      insert into people (workspace_id, id, email, name, created_at)
      select 'default', 'q' || n, 'q' || n || '@acme.com', '', now() from generate_series(1, ${atHandMax}::integer) n`;
    await store.sql`
      insert into enrollments (workspace_id, id, program, version, person_id, attempt, status, stage, state, seq, created_at, stepped_at)
      select e.workspace_id, 'q' || n, program, version, 'q' || n, 1, status, stage, replace(state::text, ${enrollment}, 'q' || n)::json,
        seq, created_at, stepped_at
      from enrollments e, generate_series(1, ${atHandMax}::integer) n where id = ${enrollment}`;
    for (let number = 1; number <= atHandMax; number++)
      await control.receive({ person: `q${number}`, program: 'walking', channel: 'web', id: 'm1', text: 'Hello' });
    assert.is(takeAtHand(store, first), null);
    const last = (await jobs(store)).at(-1) as RunJob;
    assert.is(takeAtHand(store, last)?.state.facts.run?.id, last.run);
  }));

test.run();
