/**
 * Time that is not as it should be: everything is down for two days and comes up in the night in which the clocks
 * change, or the database's own clock jumps a day ahead and back. Nobody is spoken to at night, or twice for the same.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OutgoingMessage } from '../../runtime/services.ts';
import { advance, drain } from '../../runtime/store/advance.ts';
import { clockNow, setClock } from '../../runtime/store/clock.ts';
import { createControl } from '../../runtime/store/control.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { agentOf, day, hour, nothing, withWorker } from '../runtime-store/story.ts';
import { withDatabase } from '../support/database.ts';

const test = suite('outage');

const program = `program coach "Coach" {
  about     "A word every day."
  enroll    anyone verified at "acme.com"
  timezone  theirs else "Europe/London"
  quiet     21:00 to 08:00

  data { ready : yes/no? }

  stage here "Here" {
    skill  coach
    check  daily at 18:00 { say "How was today?" }
    check  daily at 02:30 { say "Said in the night." }
    nudge  after 30 hours of silence, at most 2 times
    ask    "Are you ready?" (yes | no) as ready, within 3 days else escalate to operator
    leave  as lost after 60 days of silence
  }
}
`;
const zones = ['Europe/London', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
/** Of a change of the clocks: in Europe on 29 March 2026, on Lord Howe on 5 April. */
const before = Date.UTC(2026, 2, 27, 12);

type Sent = OutgoingMessage & { at: number };
type Told = { zone: string; person: string; enrollment: string; account: string };

async function enrollAll(store: Store): Promise<Told[]> {
  const control = createControl(store);
  await control.publish({ source: program, path: 'coach.regimen', by: 'test' });
  const told: Told[] = [];
  for (const [index, zone] of zones.entries()) {
    const { id: person } = await control.personByEmail(`p${index}@acme.com`, { zone });
    await control.bindAccount({ channel: 'vendor', account: `V${index}`, person });
    const { id: enrollment } = await control.enroll({ person, program: 'coach', by: 'operator', id: `e${index}` });
    told.push({ zone, person, enrollment, account: `V${index}` });
  }
  return told;
}

function working(store: Store, sent: Sent[], work: () => Promise<unknown>): Promise<unknown> {
  const agent = agentOf(({ reason }) => ({ ...nothing, says: [`The agent's ${reason}.`] }));
  const send = async (message: OutgoingMessage) => void sent.push({ ...message, at: await clockNow(store) });
  return withWorker(store, { agent, channels: [{ name: 'vendor', send }] }, work);
}

const hourIn = (zone: string, at: number): number =>
  Number(new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: 'numeric', hour12: false }).format(at));

/** Once each, by day, and nothing is left. Gives what each heard, in order. */
async function lookAt(store: Store, told: readonly Told[], sent: readonly Sent[]): Promise<string[][]> {
  const ids = sent.map(({ id }) => id);
  assert.is(new Set(ids).size, ids.length, 'each is sent once');
  for (const { zone, enrollment, account } of told) {
    for (const { at, text } of sent.filter((one) => one.account === account))
      assert.ok(
        hourIn(zone, at) >= 8 && hourIn(zone, at) < 21,
        `${zone}: “${text}” at ${new Date(at).toISOString()} is at night`,
      );
    const { differences, stored } = await rebuild(store, enrollment);
    assert.equal(differences, []);
    assert.equal(
      stored.rows.map(({ at }) => at),
      stored.rows.map(({ at }) => at).toSorted((a, b) => a - b),
    );
  }
  assert.equal([...(await store.sql`select status from messages where status in ('queued', 'sending', 'failed')`)], []);
  return told.map(({ account }) => sent.filter((one) => one.account === account).map(({ text }) => text));
}

for (const [change, from] of [
  ['Europe’s clocks', before],
  ['Lord Howe’s clocks', before + 7 * day],
] as const)
  test(`down for two days, and up in the night of ${change}`, () =>
    withDatabase(async (database) => {
      const store = await database.open({ startAt: from });
      const told = await enrollAll(store);
      const sent: Sent[] = [];
      await working(store, sent, () => drain(store));
      const greeted = sent.length;
      // Nobody works; then somebody does, in the hour that there is not, or is twice.
      const up = from + day + 13.5 * hour;
      await setClock(store, up);
      await working(store, sent, async () => {
        await advance(store, up);
        await advance(store, up + 20 * hour);
      });
      const heard = await lookAt(store, told, sent);
      for (const [index, texts] of heard.entries()) {
        const zone = zones[index] ?? '';
        const count = (text: string) => texts.filter((one) => one === text).length;
        // The day that was missed and the one that has come; never one for each that was missed.
        assert.ok(count('How was today?') <= 2, `${zone}: ${texts}`);
        assert.ok(count('Said in the night.') <= 2, `${zone}: ${texts}`);
        assert.ok(count("The agent's nudge.") <= 1, `${zone}: ${texts}`);
        assert.is(count('Are you ready?'), 1, `${zone}: ${texts}`);
      }
      assert.ok(sent.length > greeted, 'it goes on');
    }));

test('the database’s clock jumps a day ahead and back while people talk', () =>
  withDatabase(async (database) => {
    const store = await database.open({ startAt: before });
    const told = await enrollAll(store);
    const control = createControl(store);
    const sent: Sent[] = [];
    const clockIs = (at: number) => store.sql`update development_clock set frozen_at = ${new Date(at)}`;
    await working(store, sent, async () => {
      let turn = 0;
      for (const jump of [0, day, 0, hour, -hour, day, -day, 0]) {
        await clockIs(before + hour + jump);
        for (const { person } of told)
          await control.receive({ person, program: 'coach', channel: 'vendor', id: `m${turn}`, text: `Word ${turn}` });
        turn += 1;
        await advance(store, before + hour + jump);
      }
      await advance(store, before + 3 * day);
    });
    for (const { person } of told) {
      const talk = await control.conversation({ person, program: 'coach', after: 0, limit: 1_000 });
      const words = talk.filter(({ direction }) => direction === 'in').map(({ text }) => text);
      assert.equal(
        words,
        Array.from({ length: 8 }, (_, index) => `Word ${index}`),
      );
    }
    const ids = sent.map(({ id }) => id);
    assert.is(new Set(ids).size, ids.length, 'each is sent once');
    for (const { enrollment } of told) {
      const { differences, stored } = await rebuild(store, enrollment);
      assert.equal(differences, []);
      const said = stored.rows.filter((row) => row.kind === 'message' && row.text === 'How was today?').length;
      assert.ok(said >= 3 && said <= 4, `asked ${said} times in four days`);
      assert.is(stored.state.facts.run, null);
    }
    assert.equal(
      [...(await store.sql`select status from messages where status in ('queued', 'sending', 'failed')`)],
      [],
    );
  }));

test.run();
