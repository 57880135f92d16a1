/**
 * What must be true after people have talked through kills and outages: nothing is lost, nothing visible happened
 * twice, no job and no run is left, and every stream brought everything.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import type { ChatMessage } from '../../runtime/control.ts';
import type { Effect } from '../../runtime/inputs.ts';
import { load } from '../../runtime/load.ts';
import { step } from '../../runtime/step.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import { inboundId } from '../../server/chat-state.ts';
import { program } from '../support/dev.ts';
import type { PersistentPerson } from '../support/persistent-person.ts';
import type { StandIn } from '../support/stand-in-anthropic.ts';

/** A story in which fewer answers came to each says nothing. */
const answersMin = 2;
/** On a busy machine, too. */
const settleLimitMs = 60_000;

/** Waits until no job is left and no run is in hand; says what is left when that does not come. */
export async function settle(store: Store): Promise<void> {
  let left: unknown[] = [];
  for (const limit = Date.now() + settleLimitMs; Date.now() < limit; await sleep(50)) {
    left = [
      ...(await store.sql`select task_identifier, attempts, last_error, locked_by from graphile_worker.jobs`),
      ...(await store.sql`select id, state->'facts'->'run' as run from enrollments where state->'facts'->>'run' is not null`),
    ];
    if (left.length === 0) return;
  }
  assert.unreachable(`Left after ${settleLimitMs / 1000} seconds: ${JSON.stringify(left)}`);
}

/** Waits until every stream has brought the last message. */
export async function followed(store: Store, people: PersistentPerson[]): Promise<void> {
  for (const person of people) {
    const [row] = await store.sql<{ last: string }[]>`
        select max(position) as last from messages m join people p on p.id = m.person_id where p.email = ${person.email}`;
    const last = Number(row?.last);
    for (const limit = Date.now() + 5_000; Date.now() < limit && person.streamed.at(-1)?.position !== last; )
      await sleep(20);
  }
}

/** Looks at everything that is left, and says in words how much it was. */
export async function inspect(store: Store, people: PersistentPerson[], model: StandIn): Promise<string> {
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
    const unsent = await store.sql`
      select id, status, reason, send_at, sender, tries, why from messages where status not in ('sent', 'received')`;
    assert.equal([...unsent], [], `${person.email}: what was written has left`);
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
  assert.ok(counts.answers >= people.length * answersMin, JSON.stringify(counts));
  return `${counts.messages} messages, ${counts.answers} answers of ${model.seen.length} asked for, ${counts.voided} runs voided, ${counts.records} records`;
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
