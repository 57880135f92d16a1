/**
 * One voice for a person: programs do not talk over each other, wishes are kept, what has become untrue is withdrawn.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Control } from '../../runtime/control.ts';
import { type DeliveryPreferences, noPreferences } from '../../runtime/preferences.ts';
import type { Channel, OutgoingMessage } from '../../runtime/services.ts';
import { advance, drain } from '../../runtime/store/advance.ts';
import { createControl } from '../../runtime/store/control.ts';
import { deliver, giveUpDelivery } from '../../runtime/store/deliver.ts';
import { dispatchHeld, wakeForgotten } from '../../runtime/store/outbox.ts';
import { rebuild } from '../../runtime/store/rebuild.ts';
import type { Store } from '../../runtime/store/store.ts';
import { withDatabase } from '../support/database.ts';
import { agentOf, day, hour, nothing, withWorker } from './story.ts';

const test = suite('voice');
const minute = 60_000;
/** Monday 5 January 2026, 12:00 UTC. */
const noon = Date.UTC(2026, 0, 5, 12);

/** Speaks each evening at eight: by a check (`says`), or by the agent (`review`). */
const program = (
  name: string,
  { says = '', more = '', stage = '' }: { says?: string; more?: string; stage?: string },
) => `
program ${name} "${name[0]?.toUpperCase()}${name.slice(1)}" {
  about     "A word every evening."
  enroll    anyone verified at "acme.com"
  timezone  theirs else "UTC"
  ${more}

  anytime { command "stop" { leave as opted_out } }

  stage here "Here" {
    skill talk
    ${says === '' ? '' : `check daily at 20:00 { say "${says}" }`}
    ${stage}
    leave as lost after 300 days of silence
  }
}
`;
const diary = program('diary', { says: 'Your diary, please.' });
const steps = program('steps', { says: 'How far did you walk?' });

type Setting = {
  store: Store;
  control: Control;
  person: string;
  /** By name of program. */
  enrollments: Record<string, string>;
  sent: OutgoingMessage[];
  slack: Channel;
};

async function setting(
  store: Store,
  sources: Record<string, string>,
  { zone = 'UTC', window }: { zone?: string; window?: Channel['window'] } = {},
): Promise<Setting> {
  const control = createControl(store);
  const { id: person } = await control.personByEmail('ada@acme.com', { name: 'Ada', zone });
  await control.bindAccount({ channel: 'slack', account: 'U1', person });
  const enrollments: Record<string, string> = {};
  for (const [name, source] of Object.entries(sources)) {
    await control.publish({ source, path: `${name}.regimen`, by: 'test' });
    enrollments[name] = (await control.enroll({ person, program: name, by: 'operator' })).id;
  }
  const sent: OutgoingMessage[] = [];
  const slack: Channel = {
    name: 'slack',
    send: async (message) => void sent.push(message),
    ...(window === undefined ? {} : { window }),
  };
  return { store, control, person, enrollments, sent, slack };
}

const wishes = ({ control, person }: Setting, some: Partial<DeliveryPreferences>) =>
  control.setPreferences(person, { ...noPreferences, ...some }, person);
const texts = (sent: readonly OutgoingMessage[]) => sent.map(({ text }) => text);
const conversation = async ({ control, person }: Setting, program: string) =>
  (await control.conversation({ person, program, after: 0, limit: 100 })).map(({ text }) => text);
const states = async ({ store }: Setting) =>
  (
    await store.sql<{ status: string }[]>`select status from messages where direction = 'out' order by at, position`
  ).map(({ status }) => status);
/** The state of every enrollment is the fold of its timeline. */
async function foldsHold({ store, enrollments }: Setting): Promise<void> {
  for (const id of Object.values(enrollments)) assert.equal((await rebuild(store, id)).differences, []);
}
const heldUntil = async ({ control, person }: Setting) =>
  (await control.outbox(person)).map(({ text, sendAt, why }) => [
    text,
    sendAt === null ? null : (sendAt - noon) / hour,
    why,
  ]);

test('two programs that speak at the same moment do so one after the other', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary, steps });
    await withWorker(one.store, { channels: [one.slack] }, async () => {
      await advance(one.store, noon + 8 * hour);
      assert.is(one.sent.length, 1);
      const [waits] = await one.control.outbox(one.person);
      assert.is(waits?.state, 'held');
      assert.is(waits?.sendAt, noon + 8 * hour + minute);
      assert.equal(waits?.why, ['Another program speaks with the person.']);
      assert.equal(
        await conversation(one, waits?.program ?? ''),
        [],
        'what is held is no part of the conversation yet',
      );
      await advance(one.store, noon + 8 * hour + 2 * minute);
    });
    assert.equal(new Set(texts(one.sent)), new Set(['Your diary, please.', 'How far did you walk?']));
    assert.equal(await conversation(one, 'diary'), ['Your diary, please.']);
    assert.equal(await conversation(one, 'steps'), ['How far did you walk?']);
    await foldsHold(one);
  }));

test('a review waits until the conversation with another program is over; an answer never waits', () =>
  withDatabase(async (database) => {
    const reviewed = program('steps', { stage: 'review daily at 20:00' });
    const one = await setting(await database.open({ startAt: noon }), { diary: program('diary', {}), steps: reviewed });
    const agent = agentOf(({ reason, ir }) => ({ ...nothing, says: [`${ir.name}: ${reason}`] }));
    await withWorker(one.store, { channels: [one.slack], agent }, async () => {
      await advance(one.store, noon + 8 * hour - 2 * minute);
      await one.control.receive({ person: one.person, program: 'diary', channel: 'slack', id: 'm1', text: 'Hello' });
      await drain(one.store);
      assert.equal(texts(one.sent), ['diary: reply']);
      await advance(one.store, noon + 8 * hour + minute);
      assert.equal(texts(one.sent), ['diary: reply'], 'the conversation goes on');
      assert.is((await one.control.enrollment(one.enrollments.steps ?? '')).facts.run?.reason, 'review');
      await one.control.receive({ person: one.person, program: 'diary', channel: 'slack', id: 'm2', text: 'Yes' });
      await drain(one.store);
      assert.equal(texts(one.sent), ['diary: reply', 'diary: reply']);
      await advance(one.store, noon + 8 * hour + 10 * minute + 59_999);
      assert.is(one.sent.length, 2);
      await advance(one.store, noon + 8 * hour + 11 * minute);
    });
    assert.equal(texts(one.sent), ['diary: reply', 'diary: reply', 'steps: review']);
    await foldsHold(one);
  }));

test('a night of the person in Kathmandu holds back a program that knows none', () =>
  withDatabase(async (database) => {
    // 20:00 in Kathmandu is 14:15 UTC; the person sleeps from half past seven.
    const one = await setting(await database.open({ startAt: noon }), { diary }, { zone: 'Asia/Kathmandu' });
    await wishes(one, { quiet: { from: 19 * 60 + 30, to: 6 * 60 + 30 } });
    await withWorker(one.store, { channels: [one.slack] }, async () => {
      await advance(one.store, noon + 2.5 * hour);
      assert.equal(await heldUntil(one), [['Your diary, please.', 12.75, ['It is quiet hours.']]]);
      await advance(one.store, noon + 12.75 * hour - 1);
      assert.is(one.sent.length, 0);
      await advance(one.store, noon + 12.75 * hour);
    });
    assert.equal(texts(one.sent), ['Your diary, please.']);
    const [shown] = await one.control.conversation({ person: one.person, program: 'diary', after: 0, limit: 9 });
    assert.is(shown?.at, noon + 12.75 * hour, 'it is part of the conversation from when it was sent');
  }));

test('what is wished for may change while something is held: it is planned anew', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary });
    await wishes(one, { quiet: { from: 19 * 60, to: 7 * 60 } });
    await withWorker(one.store, { channels: [one.slack] }, async () => {
      await advance(one.store, noon + 9 * hour);
      assert.equal(await heldUntil(one), [['Your diary, please.', 19, ['It is quiet hours.']]]);
      await wishes(one, { quiet: { from: 22 * 60, to: 7 * 60 }, when: { kind: 'preferred', at: 21 * 60 + 30 } });
      await advance(one.store, noon + 9 * hour + 1);
      assert.equal(await heldUntil(one), [
        ['Your diary, please.', 9.5, ['The person likes to hear from us at 21:30.']],
      ]);
      await wishes(one, {});
      await advance(one.store, noon + 9 * hour + 2);
    });
    assert.equal(texts(one.sent), ['Your diary, please.']);
    assert.equal(await one.control.preferences(one.person), noPreferences);
  }));

test('a digest is one message in order, marks each of its parts as sent by it, and appears in each conversation', () =>
  withDatabase(async (database) => {
    const noisy = program('steps', { stage: 'check daily at 13:00, 15:00 { say "Walk a little." }' });
    const one = await setting(await database.open({ startAt: noon }), { diary, steps: noisy });
    await wishes(one, { when: { kind: 'digest', at: 21 * 60 } });
    await withWorker(one.store, { channels: [one.slack] }, async () => {
      await advance(one.store, noon + 9 * hour - 1);
      assert.is(one.sent.length, 0);
      assert.equal(
        (await heldUntil(one)).map(([, at]) => at),
        [9, 9, 9],
      );
      await advance(one.store, noon + 9 * hour);
    });
    assert.equal(texts(one.sent), ['Steps:\nWalk a little.\n\nWalk a little.\n\nDiary:\nYour diary, please.']);
    const parts = await one.store.sql<{ digest: string; status: string }[]>`
      select digest, status from messages where direction = 'out'`;
    assert.equal(
      new Set(parts.map(({ digest, status }) => `${status} ${digest}`)),
      new Set([`sent ${one.sent[0]?.id}`]),
    );
    assert.equal(await conversation(one, 'steps'), ['Walk a little.', 'Walk a little.']);
    assert.equal(await conversation(one, 'diary'), ['Your diary, please.']);
  }));

test('a limit of one message a day holds over all programs', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary, steps });
    await wishes(one, { perDay: 1 });
    await withWorker(one.store, { channels: [one.slack] }, () => advance(one.store, noon + 3 * day));
    const days = await one.store.sql<{ day: string; count: number }[]>`
      select to_char(sent_at at time zone 'UTC', 'YYYY-MM-DD') as day, count(*)::integer from messages
      where status = 'sent' group by 1 order by 1`;
    assert.equal(
      days.map(({ day, count }) => [day, count]),
      [
        ['2026-01-05', 1],
        ['2026-01-06', 1],
        ['2026-01-07', 1],
        ['2026-01-08', 1],
      ],
    );
    assert.ok((await one.control.outbox(one.person)).length > 0, 'the others wait, and are not dropped');
  }));

test('STOP withdraws what is held, and the timeline says so', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary, steps });
    await wishes(one, { when: { kind: 'digest', at: 22 * 60 } });
    await withWorker(one.store, { channels: [one.slack] }, async () => {
      await advance(one.store, noon + 8.5 * hour);
      assert.is((await one.control.outbox(one.person)).length, 2);
      await one.control.receive({ person: one.person, program: 'diary', channel: 'slack', id: 'm1', text: 'STOP' });
      await advance(one.store, noon + 8.5 * hour + 1);
      assert.equal(
        (await one.control.outbox(one.person)).map(({ program }) => program),
        ['steps'],
      );
      const rows = await one.control.timeline(one.enrollments.diary ?? '');
      const withdrawn = rows.find((row) => row.kind === 'withdrawn');
      const written = rows.find((row) => row.kind === 'message');
      assert.equal([withdrawn?.id, withdrawn?.why], [written?.id, 'The person has left.']);
      await advance(one.store, noon + 11 * hour);
    });
    assert.equal(
      texts(one.sent).filter((text) => text.includes('diary')),
      [],
    );
    assert.ok(texts(one.sent).includes('How far did you walk?'));
    await foldsHold(one);
  }));

const asking = program('steps', {
  more: 'data { ready: yes/no? }',
  stage: 'ask "Ready?" (yes | no) as ready, within 2 hours else escalate to operator',
});
const asleepUntil20 = { quiet: { from: 8 * 60, to: 20 * 60 } };

test('a question that is held is shown when it is sent: no earlier word is its answer, and the time for it runs from there', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), {});
    await wishes(one, asleepUntil20);
    const { control, person, store } = one;
    await control.publish({ source: asking, path: 'steps.regimen', by: 'test' });
    await withWorker(store, { channels: [one.slack] }, async () => {
      const { id } = await control.enroll({ person, program: 'steps', by: 'operator' });
      one.enrollments.steps = id;
      await drain(store);
      const open = async () => (await control.enrollment(id)).facts.question;
      assert.equal([(await open())?.askedAt, (await open())?.expiresAt], [noon + 8 * hour, noon + 10 * hour]);
      await control.receive({ person, program: 'steps', channel: 'slack', id: 'm1', text: 'yes' });
      await advance(store, noon + hour);
      assert.is((await control.enrollment(id)).facts.data.ready, null, 'it was not said to the question');
      await wishes(one, {});
      await advance(store, noon + 1.5 * hour);
      assert.equal(texts(one.sent).slice(-1), ['Ready?']);
      assert.is((await open())?.expiresAt, noon + 3 * hour, 'it was shown earlier than it was to be');
      await control.receive({ person, program: 'steps', channel: 'slack', id: 'm2', text: 'yes' });
      assert.is((await control.enrollment(id)).facts.data.ready, true);
      const rows = await control.timeline(id);
      const held = rows.flatMap((row) => (row.kind === 'held' ? [[(row.until - noon) / hour, row.why]] : []));
      assert.equal(held, [[8, 'It is quiet hours.']]);
    });
    await foldsHold(one);
  }));

test('a question that is closed while it is held is not asked any more', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), {});
    await wishes(one, asleepUntil20);
    const { control, person, store } = one;
    const later = 'stage later "Later" { skill talk\n leave as lost after 300 days of silence }\n}';
    const source = asking
      .replace('leave as lost', 'advance to later when ready\n leave as lost')
      .replace(/}\s*$/, later);
    await control.publish({ source, path: 'steps.regimen', by: 'test' });
    await withWorker(store, { channels: [one.slack] }, async () => {
      const { id } = await control.enroll({ person, program: 'steps', by: 'operator' });
      one.enrollments.steps = id;
      await drain(store);
      assert.equal(
        (await heldUntil(one)).map(([text]) => text),
        ['Ready?'],
      );
      await control.move({ id: 'move', enrollment: id, to: 'later', reason: 'Ready already.', by: 'ada' });
      await advance(store, noon + 1);
      assert.equal(await heldUntil(one), []);
      await advance(store, noon + 10 * hour);
    });
    const rows = await control.timeline(one.enrollments.steps ?? '');
    assert.equal(
      rows.flatMap((row) => (row.kind === 'withdrawn' && row.why.includes('question') ? [row.why] : [])),
      ['The question is no longer open.'],
    );
    assert.equal(await states(one), ['withdrawn']);
    assert.is(one.sent.length, 0);
    await foldsHold(one);
  }));

test('a nudge that was held is withdrawn once the person has spoken', () =>
  withDatabase(async (database) => {
    const nudging = program('steps', { stage: 'nudge after 8 hours of silence, at most 1 time' });
    const one = await setting(await database.open({ startAt: noon }), { steps: nudging });
    await wishes(one, { quiet: { from: 19 * 60, to: 22 * 60 } });
    const { control, person, store } = one;
    const agent = agentOf(({ reason }) => ({ ...nothing, says: [reason] }));
    await withWorker(store, { channels: [one.slack], agent }, async () => {
      await advance(store, noon + 8 * hour);
      assert.equal(await heldUntil(one), [['nudge', 10, ['It is quiet hours.']]]);
      await advance(store, noon + 9 * hour);
      await control.receive({ person, program: 'steps', channel: 'slack', id: 'm1', text: 'I am here' });
      await advance(store, noon + 10 * hour);
    });
    assert.equal(texts(one.sent), ['reply']);
    const rows = await control.timeline(one.enrollments.steps ?? '');
    assert.equal(
      rows.flatMap((row) => (row.kind === 'withdrawn' ? [row.why] : [])),
      ['The person spoke first.'],
    );
    await foldsHold(one);
  }));

const by = 'ada';
const standing: [what: string, (one: Setting, is: 'pause' | 'resume') => Promise<unknown>][] = [
  [
    'the program',
    ({ control }, is) =>
      is === 'pause'
        ? control.pauseProgram({ program: 'diary', reason: 'A mistake in it.', by })
        : control.resumeProgram({ program: 'diary', by }),
  ],
  [
    'the workspace',
    ({ control }, is) =>
      is === 'pause' ? control.pauseWorkspace({ reason: 'A fire.', by }) : control.resumeWorkspace({ by }),
  ],
  [
    'the person',
    ({ control, enrollments }, is) => {
      const deed = { enrollment: enrollments.diary ?? '', id: is, by };
      return is === 'pause' ? control.pause({ ...deed, reason: 'On holiday.' }) : control.resume(deed);
    },
  ],
];

for (const [what, does] of standing)
  test(`a pause of ${what} holds what was written; it goes on when the pause ends`, () =>
    withDatabase(async (database) => {
      const one = await setting(await database.open({ startAt: noon }), { diary });
      await wishes(one, { quiet: { from: 19 * 60, to: 21 * 60 } });
      await withWorker(one.store, { channels: [one.slack] }, async () => {
        await advance(one.store, noon + 8.5 * hour);
        await does(one, 'pause');
        await advance(one.store, noon + 10 * hour);
        assert.equal(await heldUntil(one), [['Your diary, please.', null, ['It is paused.']]]);
        await does(one, 'resume');
        await advance(one.store, noon + 10 * hour + 1);
      });
      assert.equal(texts(one.sent), ['Your diary, please.']);
      await foldsHold(one);
    }));

/**
 * The person wishes for quiet in the evening and is paused meanwhile: what fell due then waits for the end of the
 * pause.
 */
async function pausedWithOneHeld(one: Awaited<ReturnType<typeof setting>>, enrollment: string): Promise<void> {
  await wishes(one, { quiet: { from: 19 * 60, to: 21 * 60 } });
  await advance(one.store, noon + 8.5 * hour);
  await one.control.pause({ enrollment, id: 'p', reason: 'On holiday.', by });
  await advance(one.store, noon + 10 * hour);
}

test('what was held for a pause that ended without a job is found all the same', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary });
    const enrollment = one.enrollments.diary ?? '';
    await withWorker(one.store, { channels: [one.slack] }, async () => {
      await pausedWithOneHeld(one, enrollment);
    });
    await one.control.resume({ enrollment, id: 'r', by });
    await one.store
      .queue`select graphile_worker.remove_job(key) from graphile_worker.jobs where task_identifier = 'wake'`;
    await dispatchHeld(one.store);
    assert.equal((await heldUntil(one)).length, 1);
    await wakeForgotten(one.store);
    assert.is(await dispatchHeld(one.store), 1);
  }));

test('what waits for the end of a pause is looked at when it ends, not before; of who leaves, it is withdrawn', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary });
    const enrollment = one.enrollments.diary ?? '';
    await withWorker(one.store, { channels: [one.slack] }, async () => {
      await pausedWithOneHeld(one, enrollment);
      const version = () => one.store.sql`select xmin::text, status from messages where direction = 'out'`;
      const before = await version();
      assert.is(await dispatchHeld(one.store), 0);
      await wakeForgotten(one.store);
      assert.equal([...(await version())], [...before]);
      await one.control.withdraw({ enrollment, id: 'w', reason: 'Moved away.', by });
      await advance(one.store, noon + 10 * hour + 1);
    });
    assert.equal(texts(one.sent), []);
    const rows = await one.control.timeline(enrollment);
    assert.is(
      rows.some((row) => row.kind === 'withdrawn' && row.why === 'The person has left.'),
      true,
    );
    assert.equal(await heldUntil(one), []);
    await foldsHold(one);
  }));

test('a channel is written to within its window, else by its template, else the web chat alone has it', () =>
  withDatabase(async () => {
    for (const [template, expected] of [
      ['reminder', ['sent', 'sent', 'sent']],
      [undefined, ['sent', 'sent', 'in-app']],
    ] as const) {
      await withDatabase(async (own) => {
        const window = { ms: day, ...(template === undefined ? {} : { template }) };
        const one = await setting(await own.open({ startAt: noon }), { diary }, { window });
        await withWorker(one.store, { channels: [one.slack] }, async () => {
          await one.control.receive({
            person: one.person,
            program: 'diary',
            channel: 'slack',
            id: 'm1',
            text: 'Hello',
          });
          await advance(one.store, noon + 9 * hour);
          await advance(one.store, noon + 33 * hour);
        });
        assert.equal(await states(one), expected);
        assert.equal(
          one.sent.map((message) => message.template),
          template === undefined ? [undefined, undefined] : [undefined, undefined, 'reminder'],
        );
        assert.is((await conversation(one, 'diary')).length, 4, 'there is always a copy in the web chat');
      });
    }
  }));

test('a crash between the sending and the mark: the message is offered again with its id, and never as the first time', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary });
    const { store, person, slack, sent } = one;
    await one.control.receive({ person, program: 'diary', channel: 'slack', id: 'm1', text: 'STOP' });
    await one.control.receive({ person, program: 'diary', channel: 'slack', id: 'm2', text: 'Hello?' });
    const [message] = await store.sql<
      { id: string }[]
    >`select id from messages where direction = 'out' and status = 'queued'`;
    const job = { workspace: store.workspace, person, message: message?.id ?? '' };
    // The channel takes the message, and the process dies: nothing after the sending happens.
    const died = new Promise<never>(() => {});
    const dies: Channel = {
      name: 'slack',
      send: (one) => {
        sent.push(one);
        return died;
      },
    };
    void deliver(store, [dies], job, 'job 1').catch(() => undefined);
    while (sent.length === 0) await new Promise((done) => setTimeout(done, 5));
    assert.equal(await states(one), ['sending']);
    // Another job does not take it; the same one, tried again, does.
    await deliver(store, [slack], job, 'job 2');
    assert.is(sent.length, 1);
    await deliver(store, [slack], job, 'job 1');
    assert.equal(
      sent.map(({ id, attempt }) => [id, attempt]),
      [
        [message?.id, 1],
        [message?.id, 2],
      ],
    );
    assert.equal(await states(one), ['sent']);
    await deliver(store, [slack], job, 'job 3');
    assert.is(sent.length, 2, 'what was sent is not sent again');
  }));

test('what a sender left behind for long is taken by any other', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary });
    const { store, person, slack, sent } = one;
    await one.control.receive({ person, program: 'diary', channel: 'slack', id: 'm1', text: 'STOP' });
    await one.control.receive({ person, program: 'diary', channel: 'slack', id: 'm2', text: 'Hello?' });
    await store.sql`
      update messages set status = 'sending', tries = 1, channel = 'slack', digest = id, sender = 'gone',
        sending_since = clock_timestamp() - interval '2 minutes' where direction = 'out'`;
    const [message] = await store.sql<{ id: string }[]>`select id from messages where direction = 'out'`;
    await deliver(store, [slack], { workspace: store.workspace, person, message: message?.id ?? '' }, 'job 9');
    assert.equal(
      sent.map(({ attempt }) => attempt),
      [2],
    );
  }));

test('many jobs at once for one person send everything once', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary });
    const { store, control, person, slack, sent } = one;
    await control.receive({ person, program: 'diary', channel: 'slack', id: 'stop', text: 'STOP' });
    for (let n = 0; n < 8; n++)
      await control.receive({ person, program: 'diary', channel: 'slack', id: `m${n}`, text: 'Hello?' });
    const messages = await store.sql<{ id: string }[]>`
      select id from messages where direction = 'out' order by position`;
    const job = (id: string) => ({ workspace: store.workspace, person, message: id });
    await Promise.all(messages.map(({ id }, n) => deliver(store, [slack], job(id), `job ${n}`)));
    // Those that met another sender come back later.
    await deliver(store, [slack], job(messages.at(-1)?.id ?? ''), 'job 99');
    assert.equal(
      sent.map(({ id }) => id),
      messages.map(({ id }) => id),
    );
    assert.equal(new Set(await states(one)), new Set(['sent']));
  }));

test('of two programs that wait for the morning the question comes first, whenever it was written', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), {
      diary,
      steps: program('steps', {
        more: 'data { ready: yes/no? }',
        stage: 'check daily at 21:00 { ask "Ready?" (yes | no) as ready }',
      }),
    });
    await wishes(one, { quiet: { from: 19 * 60, to: 7 * 60 } });
    await withWorker(one.store, { channels: [one.slack] }, async () => {
      await advance(one.store, noon + 19 * hour);
      assert.equal(texts(one.sent), ['Ready?']);
      await advance(one.store, noon + 19 * hour + minute);
    });
    assert.equal(texts(one.sent), ['Ready?', 'Your diary, please.']);
  }));

test('what a job could not send is given up with it, also where it was not the message it was for', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), { diary });
    const { store, control, person } = one;
    await control.receive({ person, program: 'diary', channel: 'slack', id: 'stop', text: 'STOP' });
    await control.receive({ person, program: 'diary', channel: 'slack', id: 'm1', text: 'Hello?' });
    const down: Channel = { name: 'slack', send: () => Promise.reject(new Error('Slack is down.')) };
    const job = { workspace: store.workspace, person, message: 'sent long ago' };
    try {
      await deliver(store, [down], job, 'job 1');
      assert.unreachable();
    } catch (error) {
      assert.is((error as Error).message, 'Slack is down.');
    }
    assert.equal(await states(one), ['queued']);
    await giveUpDelivery(store, job, 'Slack is down.', 'job 2');
    assert.equal(await states(one), ['queued'], 'it was not that job that tried it');
    await giveUpDelivery(store, job, 'Slack is down.', 'job 1');
    assert.equal(await states(one), ['failed']);
    assert.equal(
      (await control.openItems()).map(({ text }) => text),
      ['A message could not be delivered: Slack is down.'],
    );
  }));

test('preferences that cannot be kept are refused with a sentence', () =>
  withDatabase(async (database) => {
    const one = await setting(await database.open({ startAt: noon }), {});
    try {
      await wishes(one, { quiet: { from: 60, to: 60 } });
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code?: string }).code, 'malformed');
      assert.match((error as Error).message, 'Quiet hours need an end');
    }
  }));

test.run();
