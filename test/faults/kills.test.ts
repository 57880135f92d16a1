/**
 * `kill -9` of the whole of Regimen, at random moments, while three people talk, press buttons and
 * record runs, the model answers slowly and the clock moves: nothing is lost, nothing visible
 * happens twice.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ChatMessage } from '../../runtime/control.ts';
import type { Effect } from '../../runtime/inputs.ts';
import { load } from '../../runtime/load.ts';
import { embeddedUrl } from '../../runtime/postgres/embedded.ts';
import { step } from '../../runtime/step.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import { openStore, type Store } from '../../runtime/store/store.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { inboundId } from '../../server/chat-state.ts';
import { makeProject, type Project, program, seeded, takeSeed } from '../support/dev.ts';
import { type PersistentPerson, persistentPerson } from '../support/persistent-person.ts';
import { type Reply, type StandIn, standInKey, startStandInAnthropic } from '../support/stand-in-anthropic.ts';

const kills = 20;
/** At this kill the database left behind is killed as well. */
const killWithDatabase = 10;
/** Every so many kills, one comes while it is still starting. */
const killWhileStarting = 4;
/** Few enough that nobody finishes the nine weeks. */
const recordsMax = 12;
const settleLimitMs = 30_000;

const test = suite('kills');

test(`killed ${kills} times: nothing is lost and nothing visible happens twice`, async () => {
  const random = seeded(takeSeed());
  const between = (least: number, most: number) => least + random() * (most - least);
  const project = await makeProject();
  const model = await slowModel(between);
  const env = { ANTHROPIC_API_KEY: standInKey, ANTHROPIC_BASE_URL: model.url };
  let url: string | null = null;
  let busy = true;
  let moves = 0;
  let killing: Promise<void> | null = null;
  const people = ['ada', 'bob', 'eve'].map((name) => persistentPerson(`${name}@example.org`, program, () => url));

  async function live(person: PersistentPerson): Promise<void> {
    await person.signIn();
    person.follow();
    for (let turn = 1; busy; turn++) {
      const dice = random();
      if (dice < 0.2 && person.records.length < recordsMax) await person.record({ completed: dice < 0.15 });
      else if (dice < 0.4) await person.press('no');
      else if (dice < 0.5) await person.say('workout');
      else await person.say(`Word ${turn} of ${person.email}`);
      await sleep(random() < 0.1 ? 800 : between(0, 250));
    }
  }

  async function moveClock(): Promise<void> {
    while (busy) {
      await sleep(between(50, 500));
      const by = `${Math.round(between(3, 40))} hours`;
      const answer = await fetch(`${url ?? 'http://127.0.0.1:1'}/api/clock/advance`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', connection: 'close' },
        body: JSON.stringify({ by }),
      }).catch(() => null);
      if (answer?.ok) moves += 1;
      await answer?.arrayBuffer().catch(() => undefined);
    }
  }

  try {
    const living = [...people.map(live), moveClock()];
    // What fails in them is told at once, not after all the kills.
    const failing = Promise.all(living);
    killing = (async () => {
      for (let round = 0; round < kills && busy; round++) {
        const dev = project.spawn(env);
        if (round % killWhileStarting === killWhileStarting - 1) {
          await Promise.race([sleep(between(50, 1_400)), dev.ended]);
        } else {
          url = await project.reached(dev);
          if (url === null) throw new Error(await lastWords(dev));
          await sleep(between(30, 1_500));
        }
        if (dev.child.exitCode !== null) throw new Error(await lastWords(dev));
        dev.child.kill('SIGKILL');
        url = null;
        await dev.ended;
        const database = project.postgres();
        if (round === killWithDatabase && database !== null) process.kill(database, 'SIGKILL');
      }
    })();
    await Promise.race([killing, failing]);
    const { dev, url: last } = await project.start(env);
    url = last;
    await sleep(500);
    busy = false;
    await failing;
    // What waits for the end of the night must be said, too.
    await settle(project);
    await advance(last, '2 days');
    await settle(project);
    await followed(project, people);
    await Promise.all(people.map((person) => person.hangUp()));

    const told = await inspect(project, people, model);
    console.log(`${moves} moves of the clock, ${told}`);
    assert.ok(moves >= 1, 'the clock was moved');

    dev.child.kill('SIGINT');
    const { code, err } = await dev.ended;
    assert.is(code, 0, err);
    assert.equal(project.left(), []);
  } finally {
    busy = false;
    await killing?.catch(() => undefined);
    await Promise.all(people.map((person) => person.hangUp()));
    await model.stop();
    await project.remove();
  }
});

/** Answers for ever, each time with words of its own, after 50 to 400 ms. */
async function slowModel(between: (least: number, most: number) => number): Promise<StandIn> {
  const model = await startStandInAnthropic();
  let answers = 0;
  const answer = (body: { tools?: { name: string; input_schema: { properties: object } }[] }): Reply => {
    model.plan.push(answer);
    const set = body.tools?.find((tool) => tool.name === 'set_data');
    const fields = Object.fromEntries(Object.keys(set?.input_schema.properties ?? {}).map((name) => [name, null]));
    const words = { name: 'say', input: { text: `Answer ${++answers}.` } };
    const tools = 'why' in fields ? [{ name: 'set_data', input: { ...fields, why: 'To feel well.' } }, words] : [words];
    return { delayMs: between(50, 400), tools };
  };
  model.plan.push(answer);
  return model;
}

async function lastWords(dev: ReturnType<Project['spawn']>): Promise<string> {
  const { code, signal, out, err } = await dev.ended;
  return `It ended by itself with ${code ?? signal}:\n${out}${err}`;
}

async function advance(url: string, by: string): Promise<void> {
  const response = await fetch(`${url}/api/clock/advance`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ by }),
  });
  assert.is(response.status, 200, await response.text());
}

async function withStore<T>(project: Project, work: (store: Store) => Promise<T>): Promise<T> {
  const databaseUrl = await embeddedUrl(project.data);
  assert.ok(databaseUrl);
  const store = await openStore({ databaseUrl: databaseUrl ?? '', clock: 'development' });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Waits until no job is left and no run is in hand; says what is left when that does not come. */
async function settle(project: Project): Promise<void> {
  await withStore(project, async (store) => {
    let left: unknown[] = [];
    for (const limit = Date.now() + settleLimitMs; Date.now() < limit; await sleep(50)) {
      left = [
        ...(await store.sql`select task_identifier, attempts, last_error, locked_by from graphile_worker.jobs`),
        ...(await store.sql`select id, state->'facts'->'run' as run from enrollments where state->'facts'->>'run' is not null`),
      ];
      if (left.length === 0) return;
    }
    assert.unreachable(`Left after ${settleLimitMs / 1000} seconds: ${JSON.stringify(left)}`);
  });
}

/** Waits until every stream has brought the last message. */
async function followed(project: Project, people: PersistentPerson[]): Promise<void> {
  await withStore(project, async (store) => {
    for (const person of people) {
      const [row] = await store.sql<{ last: string }[]>`
        select max(position) as last from messages m join people p on p.id = m.person_id where p.email = ${person.email}`;
      const last = Number(row?.last);
      for (const limit = Date.now() + 5_000; Date.now() < limit && person.streamed.at(-1)?.position !== last; )
        await sleep(20);
    }
  });
}

/** Looks at everything that is left, and says in words how much it was. */
async function inspect(project: Project, people: PersistentPerson[], model: StandIn): Promise<string> {
  return withStore(project, async (store) => {
    const control = createControl(store);
    const counts = { messages: 0, answers: 0, voided: 0, records: 0 };
    for (const person of people) {
      const known = await control.personByEmail(person.email);
      const talk = await wholeTalk(store, known.id);
      const heard = talk.filter((one) => one.direction === 'in');
      assert.equal(
        heard.map(({ id, text }) => ({ id, text })),
        person.said.map(({ id, text }) => ({ id: inboundId(known, id), text })),
        `${person.email}: what was acknowledged is in the conversation once and in order`,
      );
      assert.equal(
        person.streamed.map((one) => one.position),
        talk.map((one) => one.position),
        `${person.email}: the stream brought every message once and in order`,
      );

      const enrollments = await control.enrollments({ person: known.id, limit: 10 });
      assert.is(enrollments.length, 1);
      const id = enrollments[0]?.id ?? '';
      const { equal, differences, stored } = await rebuild(store, id);
      assert.ok(equal, `${person.email}: ${differences.join(' ')}`);
      assert.is(stored.state.facts.run, null, 'no run is left in hand');
      assert.equal(stored.state.facts.planned, [], 'nothing waits that should have been said');

      const said = talk.filter((one) => one.direction === 'out');
      assert.equal(
        said.map(({ id, text }) => ({ id, text })),
        delivered(await effectsOf(store, id, stored.rows)),
        `${person.email}: what was said is what the steps said, once and in order`,
      );
      assert.is((await store.sql`select 1 from messages where status not in ('sent', 'received')`).length, 0);
      const answers = said.filter((one) => one.author === 'agent').map((one) => one.text);
      assert.is(new Set(answers).size, answers.length, `${person.email}: an answer of the model came twice`);
      assert.ok(answers.every((text) => /^Answer \d+\.$/.test(text)));

      counts.voided += checkRuns(stored.rows, person.email);
      counts.messages += heard.length;
      counts.answers += answers.length;

      const recorded = stored.rows.flatMap((row) =>
        row.kind === 'input' && row.input.type === 'record' ? [row.input.id] : [],
      );
      assert.equal(
        recorded,
        person.records.map((record) => `web:${known.id}:${record}`),
        `${person.email}: each recorded run is there once`,
      );
      assert.is(stored.rows.filter((row) => row.kind === 'recorded').length, person.records.length);
      assert.is(stored.state.facts.series.runs?.length, person.records.length);
      counts.records += recorded.length;
    }
    assert.is((await store.sql`select 1 from graphile_worker.jobs`).length, 0, 'no job is left behind');
    assert.equal(await control.openItems(), [], 'nothing was given up');
    assert.ok(counts.answers >= people.length * 3 && counts.records >= 1, JSON.stringify(counts));
    return `${counts.messages} messages, ${counts.answers} answers of ${model.seen.length} asked for, ${counts.voided} runs voided, ${counts.records} records`;
  });
}

async function wholeTalk(store: Store, person: string): Promise<ChatMessage[]> {
  const control = createControl(store);
  const talk: ChatMessage[] = [];
  for (;;) {
    const page = await control.conversation({ person, program, after: talk.at(-1)?.position ?? 0, limit: 500 });
    if (page.length === 0) return talk;
    talk.push(...page);
  }
}

/** What the inputs of a timeline, stepped once more, ask of the world. */
async function effectsOf(store: Store, enrollment: string, rows: TimelineRow[]): Promise<Effect[]> {
  const { source, ir } = await createControl(store).programSource(program);
  const loaded = load(ir, source);
  let state: ReturnType<typeof step>['state'] | null = null;
  const effects: Effect[] = [];
  for (const row of rows) {
    if (row.kind !== 'input') continue;
    const result: ReturnType<typeof step> = step(loaded, state, row.input, row.at, enrollment);
    state = result.state;
    effects.push(...result.effects);
  }
  return effects;
}

function delivered(effects: Effect[]): { id: string; text: string }[] {
  return effects.flatMap((effect) => (effect.type === 'deliver' ? [{ id: effect.id, text: effect.text }] : []));
}

/**
 * Every run that was begun was answered once, or voided by something newer; every message of the
 * person was reacted to. Gives how many runs were voided.
 */
function checkRuns(rows: TimelineRow[], who: string): number {
  const caused = (seq: number) => rows.filter((row) => row.cause === seq && row.kind !== 'input');
  const speaks = (seq: number) => caused(seq).filter((row) => row.kind === 'message' || row.kind === 'planned').length;
  const voided = new Map(rows.flatMap((row) => (row.kind === 'run-void' ? [[row.run, row.cause] as const] : [])));
  const results = new Map<string, number[]>();
  for (const row of rows) {
    if (row.kind !== 'input' || row.input.type !== 'run-finished') continue;
    results.set(row.input.run, [...(results.get(row.input.run) ?? []), row.seq]);
  }
  for (const row of rows) {
    if (row.kind === 'run-failed') assert.unreachable(`${who}: run ${row.run} was given up: ${row.problem}`);
    if (row.kind === 'input' && row.input.type === 'message')
      assert.ok(caused(row.seq).length > 0, `${who}: nothing came of “${row.input.text}”`);
    if (row.kind !== 'run-started') continue;
    const ends = results.get(row.run) ?? [];
    const voidedBy = voided.get(row.run);
    if (voidedBy === undefined) {
      assert.is(ends.length, 1, `${who}: run ${row.run} ended ${ends.length} times`);
      assert.ok(speaks(ends[0] ?? 0) > 0, `${who}: nothing was said after run ${row.run}`);
    } else {
      assert.ok(voidedBy > row.cause, `${who}: run ${row.run} was voided by something older`);
      for (const end of ends)
        assert.ok(end < voidedBy || caused(end).length === 0, `${who}: a voided run still did something`);
    }
  }
  return voided.size;
}

test.run();
