/**
 * Erasing a person: a planted word is in no column of no table afterwards, whoever else is there keeps
 * everything, and every enrollment is the fold of its timeline as before.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Refusal } from '../../runtime/control.ts';
import { noPreferences } from '../../runtime/preferences.ts';
import { type Agent, AgentProblem, type RunUsage } from '../../runtime/services.ts';
import { drain } from '../../runtime/store/advance.ts';
import { appUrl } from '../../runtime/store/app-role.ts';
import { commitAtOnce, findEnrollment } from '../../runtime/store/at-once.ts';
import { commit, lockEnrollments } from '../../runtime/store/commit.ts';
import { createControl } from '../../runtime/store/control.ts';
import { erasePerson } from '../../runtime/store/erase-person.ts';
import { lockOutbox } from '../../runtime/store/outbox-rows.ts';
import { setPreferences } from '../../runtime/store/preferences.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { runAgent } from '../../runtime/store/run-agent.ts';
import { setZone } from '../../runtime/store/set-zone.ts';
import type { Store } from '../../runtime/store/store.ts';
import { openStores } from '../../runtime/store/stores.ts';
import { createSignIns } from '../../server/sign-ins.ts';
import { withDatabase } from '../support/database.ts';
import { agentOf, begin, monday, nothing, withWorker } from './story.ts';

/** In the email, the name and everything the person writes. */
const mark = 'quillfeather';

const usage: RunUsage = { model: 'test', inputTokens: 1, outputTokens: 1, usd: 0.01, toolCalls: [] };

/** Where in the whole database a word stands: `table.column`. */
async function placesOf({ sql }: Store, word: string): Promise<string[]> {
  const columns = await sql<{ schema: string; table: string; column: string }[]>`
    select table_schema as schema, table_name as table, column_name as column from information_schema.columns
    where table_schema in ('public', 'graphile_worker') and table_name not in (
      select table_name from information_schema.views where table_schema in ('public', 'graphile_worker'))`;
  const found: string[] = [];
  for (const { schema, table, column } of columns) {
    const [row] = await sql`
      select 1 from ${sql(schema)}.${sql(table)} where ${sql(column)}::text ilike ${`%${word}%`} limit 1`;
    if (row !== undefined) found.push(`${table}.${column}`);
  }
  return found.sort();
}

test('a person who is erased is nowhere, and everything still adds up', () =>
  withDatabase(async (database) => {
    const owner = await database.open({ startAt: monday });
    // As in production: the role that serves people does it, and may change no timeline otherwise.
    const stores = await openStores({
      databaseUrl: database.url,
      appUrl: appUrl(database.url),
      clock: 'virtual',
      startAt: monday,
    });
    try {
      const store = stores.home;
      const { control, person, enrollment } = await begin(store, { email: `${mark}@acme.com` });
      const other = await begin(store, { email: 'ben@acme.com', at: 'walking' });
      await control.personByEmail(`${mark}@acme.com`, { name: `Ada ${mark}` });
      await control.bindAccount({ channel: 'web2', account: `U-${mark}`, person });
      const signIns = createSignIns(store.sql, { workspace: store.workspace, secret: 'x'.repeat(40) });
      await signIns.ask({ email: `${mark}@acme.com`, address: '127.0.0.1', now: Date.now() });
      await signIns.begin(person, Date.now());
      const agent = agentOf(({ conversation }) => ({
        ...nothing,
        says: [`You said: ${conversation.at(-1)?.text}`],
        sets: [{ field: 'why', value: `because: ${conversation.at(-1)?.text}` }],
      }));
      await withWorker(store, { agent }, async () => {
        for (const [at, text] of [`I am ${mark}`, 'yes', `My ${mark} hurts`].entries()) {
          await control.receive({ person, program: 'walking', channel: 'web', id: `m${at}`, text });
          await drain(store);
        }
        await control.record({
          enrollment,
          id: 'w1',
          series: 'walks',
          fields: { minutes: 20, felt: 'easy' },
          by: 'person',
        });
        await control.receive({
          person: other.person,
          program: 'walking',
          channel: 'web',
          id: 'b1',
          text: 'I am Ben and stay',
        });
        await drain(store);
      });
      const before = await placesOf(owner, mark);
      for (const place of ['people.email', 'timeline.entry', 'enrollments.state', 'messages.text', 'accounts.account'])
        assert.ok(before.includes(place), `${place} is among ${before.join(', ')}`);

      const erased = await erasePerson(store, { person, by: 'command', reason: 'They asked for it.' });
      assert.equal(erased, { fresh: true, enrollments: 1, changed: 0 });
      assert.equal(await placesOf(owner, mark), []);
      assert.equal((await rebuild(store, enrollment)).differences, []);
      const view = await control.enrollment(enrollment);
      assert.is(view.status, 'finished');
      assert.is(view.facts.data.ready, true, 'what the program knew without words stays');
      assert.is(view.facts.series.walks?.[0]?.fields.minutes, 20);
      assert.equal((await rebuild(store, other.enrollment)).differences, []);
      assert.ok((await placesOf(owner, 'I am Ben and stay')).includes('messages.text'));
      assert.is(await control.personByAccount('web2', `U-${mark}`), null);
      const [audit] = await createControl(store)
        .audit({ limit: 1 })
        .then((page) => ('rows' in page ? page.rows : page));
      assert.equal([audit?.action, audit?.target], ['erase', `person:${person}`]);

      assert.equal(await erasePerson(store, { person, by: 'command', reason: 'again' }), {
        fresh: false,
        enrollments: 0,
        changed: 0,
      });
      const refused = await erasePerson(store, { person: 'nobody', by: 'command', reason: '' }).then(
        () => '',
        (error: Error) => error.message,
      );
      assert.match(refused, /There is no person nobody/);
      // Whoever comes with the same email is somebody new.
      assert.is.not((await control.personByEmail(`${mark}@acme.com`)).id, person);
    } finally {
      await stores.close();
    }
  }));

test('who is just being written to is erased after it, and what was read before it is not written back', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: mark });
    await control.withdraw({ enrollment, id: 'w1', reason: 'They moved.', by: 'person:operator' });
    const found = await findEnrollment(store, enrollment, 'late');
    if (found === null) throw new Error('They were in the program.');

    let erasing: ReturnType<typeof erasePerson> | undefined;
    await store.sql.begin(async (tx) => {
      // As a step does: the enrollment, then the person.
      await lockEnrollments(store, tx, [enrollment]);
      erasing = erasePerson(store, { person, by: 'command', reason: 'They asked for it.' });
      await untilSomebodyWaits(store);
      await lockOutbox(store, tx, person);
    });
    assert.is((await erasing)?.fresh, true);

    const late = { type: 'record', id: 'late', series: 'walks', fields: { minutes: 20 }, by: 'service' } as const;
    assert.is(await commitAtOnce(store, found, late), null);
    await commit(store, { enrollment, input: late });
    assert.equal(await placesOf(store, mark), []);
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

test('what was read of an active life is not written back either, though the erased one may have as many rows', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store, { at: 'walking' });
    await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: mark });
    const found = await findEnrollment(store, enrollment, 'late');
    if (found === null) throw new Error('They were in the program.');
    await erasePerson(store, { person, by: 'command', reason: 'They asked for it.' });
    const { seq } = await control.enrollment(enrollment);
    const late = { type: 'record', id: 'late', series: 'walks', fields: { minutes: 20 }, by: 'service' } as const;
    const asLong = { ...found, state: { ...found.state, seq } };
    assert.is(await commitAtOnce(store, asLong, late), null);
    assert.equal(await placesOf(store, mark), []);
    assert.equal((await rebuild(store, enrollment)).differences, []);
  }));

const answers: [what: string, ends: () => Awaited<ReturnType<Agent['run']>>][] = [
  [
    'answers',
    () => ({
      result: { ...nothing, says: [`You said ${mark}.`], sets: [{ field: 'why', value: mark }] },
      usage: { ...usage, toolCalls: [{ name: 'set', input: { why: mark } }] },
    }),
  ],
  [
    'fails, and is to be tried again',
    () => {
      throw new AgentProblem(`No word for ${mark}.`, { again: true, usage });
    },
  ],
  [
    'fails for good',
    () => {
      throw new AgentProblem(`No word for ${mark}.`, { again: false, usage });
    },
  ],
];

for (const [what, ends] of answers) {
  test(`a run that ${what} after its person was erased brings nothing of them back`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: monday });
      const { control, person, enrollment } = await begin(store, { at: 'walking' });
      await control.receive({ person, program: 'walking', channel: 'web', id: 'm1', text: mark });
      const run = (await control.enrollment(enrollment)).facts.run?.id ?? '';
      const agent: Agent = {
        kind: 'test',
        run: async ({ conversation }) => {
          assert.is(conversation.at(-1)?.text, mark);
          await erasePerson(store, { person, by: 'command', reason: 'They asked for it.' });
          return ends();
        },
      };
      const job = { workspace: store.workspace, enrollment, run };
      const talkers = { agent, scripted: agent, skills: () => undefined };
      await runAgent(store, talkers, job, new AbortController().signal).catch(() => undefined);
      assert.equal(await placesOf(store, mark), []);
      const [paid] = await store.sql<{ usd: number }[]>`select usd::float8 as usd from agent_runs where id = ${run}`;
      assert.is(paid?.usd, usage.usd, 'what it cost is known');
      assert.equal((await rebuild(store, enrollment)).differences, []);
    }));
}

/** The one question that was asked. */
async function questionOf({ sql }: Store): Promise<string> {
  const [asked] = await sql<{ id: string }[]>`select question->>'id' as id from messages where question is not null`;
  if (asked === undefined) throw new Error('Nothing was asked.');
  return asked.id;
}

test('who answers while they are being erased does not stand in its way, nor it in theirs', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person, enrollment } = await begin(store);
    const question = await questionOf(store);
    let erasing: ReturnType<typeof erasePerson> | undefined;
    let answering: Promise<unknown> | undefined;
    await store.sql.begin(async (tx) => {
      await lockEnrollments(store, tx, [enrollment]);
      erasing = erasePerson(store, { person, by: 'command', reason: 'They asked for it.' });
      await untilSomebodyWaits(store);
      answering = control.answer({ person, channel: 'web', id: 'm1', question, value: mark }).catch((error) => error);
      await untilSomebodyWaits(store, 2);
    });
    assert.is((await erasing)?.fresh, true);
    assert.is(`${await answering}`, `Refusal: The person ${person} was erased.`);
    assert.equal(await placesOf(store, mark), []);
  }));

test('of somebody who was erased nothing new is taken, whoever still has their id', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: monday });
    const { control, person } = await begin(store);
    const question = await questionOf(store);
    await erasePerson(store, { person, by: 'operator', reason: 'They asked.' });
    const doors: Record<string, () => Promise<unknown>> = {
      message: () => control.receive({ person, program: 'walking', channel: 'web', id: 'm9', text: `Hello ${mark}` }),
      answer: () => control.answer({ person, channel: 'web', id: 'm8', question, value: mark }),
      enrollment: () => control.enroll({ person, program: 'walking', by: 'operator' }),
      account: () => control.bindAccount({ channel: 'web2', account: `U-${mark}`, person }),
      zone: () => setZone(store, person, 'Europe/Paris'),
      preferences: () => setPreferences(store, person, { ...noPreferences, perDay: 1 }, person),
    };
    for (const [what, knock] of Object.entries(doors)) {
      const refusal = await knock().then(
        () => null,
        (error: unknown) => error,
      );
      assert.instance(refusal, Refusal, what);
      assert.is((refusal as Refusal).message, `The person ${person} was erased.`, what);
    }
    assert.equal(await placesOf(store, mark), []);
  }));

/** Resolves once so many connections of this database wait for a lock of another one. */
async function untilSomebodyWaits({ sql }: Store, many = 1): Promise<void> {
  for (let looks = 0; looks < 200; looks += 1) {
    const waiting = await sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    if (waiting.length >= many) return;
    await sleep(10);
  }
  throw new Error('Nobody waits.');
}

test('a timeline cannot be changed otherwise, not even with the words of the erasure', () =>
  withDatabase(async (database) => {
    const owner = await database.open({ startAt: monday });
    const { enrollment } = await begin(owner);
    for (const attempt of [
      'delete from timeline',
      "select set_config('regimen.erasing', 'yes', false); delete from timeline",
      `select set_config('regimen.erasing', pg_current_xact_id()::text || ':${enrollment}', true); update timeline set seq = seq + 100`,
      'truncate timeline',
    ]) {
      const answer = await owner.sql.unsafe(attempt).then(
        () => 'done',
        (error: { code?: string }) => error.code,
      );
      assert.is(answer, '23001', attempt);
    }
    const stores = await openStores({
      databaseUrl: database.url,
      appUrl: appUrl(database.url),
      clock: 'virtual',
      startAt: monday,
    });
    try {
      await owner.sql`insert into workspaces (id, name) values ('clinic', 'Clinic')`;
      const answer = await stores.of('clinic').sql`select replace_timeline('default', ${enrollment}, '[]')`.then(
        () => 'done',
        (error: { code?: string }) => error.code,
      );
      assert.is(answer, '42501');
    } finally {
      await stores.close();
    }
    assert.equal((await rebuild(owner, enrollment)).differences, []);
  }));

test.run();
