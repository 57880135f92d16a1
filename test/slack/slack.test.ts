/**
 * Slack through the real door: a listening server, signed requests, a stand-in of the Web API, and a control surface
 * that writes down what it is asked.
 */
import Hapi from '@hapi/hapi';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Control, type Person, type Received, Refusal } from '../../runtime/control.ts';
import { DeliveryProblem } from '../../runtime/services.ts';
import type { TimelineRow } from '../../runtime/timeline.ts';
import type { ServerParts } from '../../server/parts.ts';
import { slack as slackDoor, slackPath } from '../../server/plugins/slack.ts';
import { createSlackChannel } from '../../server/services/slack/channel.ts';
import {
  botUser,
  dmOf,
  member,
  sender,
  signingSecret,
  slackToken,
  startStandInSlack,
  team,
} from '../support/stand-in-slack.ts';

const test = suite('slack');

/** A control surface in memory: only what Slack asks of it. */
function notebook() {
  const people = new Map<string, Person>();
  const accounts = new Map<string, string>();
  const received: Parameters<Control['receive']>[0][] = [];
  const answered: Parameters<Control['answer']>[0][] = [];
  const seen = new Set<string>();
  const timeline: TimelineRow[] = [];
  const behave = {
    receive: async (): Promise<void> => {},
    answer: async (): Promise<void> => {},
    programs: ['running'],
  };
  const take = (id: string): Received => {
    const fresh = !seen.has(id);
    seen.add(id);
    return { fresh, enrollment: 'e1', notice: null };
  };
  const control = {
    async personByEmail(email: string, details: { name?: string; zone?: string } = {}) {
      const person = people.get(email) ?? {
        id: `p${people.size + 1}`,
        email,
        name: details.name ?? '',
        zone: details.zone ?? null,
      };
      people.set(email, person);
      return person;
    },
    async personByAccount(channel: string, account: string) {
      return [...people.values()].find((person) => person.id === accounts.get(`${channel} ${account}`)) ?? null;
    },
    async bindAccount({ channel, account, person }: { channel: string; account: string; person: string }) {
      accounts.set(`${channel} ${account}`, person);
    },
    async setZone(id: string, zone: string) {
      for (const person of people.values()) if (person.id === id) person.zone = zone;
    },
    async programs() {
      return behave.programs.map((name) => ({ name }));
    },
    async receive(input: Parameters<Control['receive']>[0]) {
      await behave.receive();
      const result = take(input.id);
      if (result.fresh) received.push(input);
      return result;
    },
    async answer(input: Parameters<Control['answer']>[0]) {
      await behave.answer();
      const result = take(input.id);
      if (!result.fresh) return result;
      const first = answered.length === 0;
      answered.push(input);
      const seq = timeline.length + 1;
      const { id, question, value, channel } = input;
      timeline.push({ seq, at: 0, cause: seq, kind: 'input', input: { type: 'answer', id, question, value, channel } });
      timeline.push({
        seq: seq + 1,
        at: 0,
        cause: seq,
        ...(first
          ? { kind: 'answered', question, id: question, value }
          : { kind: 'refused', what: 'answer', why: 'That question is no longer open.' }),
      });
      return result;
    },
    async timeline(_: string, { after = 0, limit = 500 } = {}) {
      return timeline.filter((row) => row.seq > after).slice(0, limit);
    },
  };
  return { control: control as unknown as Control, people, accounts, received, answered, behave };
}

async function setUp({
  program = 'running' as string | null,
  users = {} as Record<string, unknown>,
  url = 'https://regimen.example.org' as string | null,
} = {}) {
  const slack = await startStandInSlack({ U1: member('U1', 'Ana@Example.org'), ...users });
  const book = notebook();
  const lines: string[] = [];
  const server = Hapi.server({ host: '127.0.0.1', port: 0 });
  const parts = {
    config: { url, slack: { botToken: slackToken, signingSecret, apiUrl: slack.apiUrl, program } },
    control: book.control,
    log: (line: string) => lines.push(line),
    machineNow: Date.now,
  } as unknown as ServerParts;
  await server.register({ plugin: slackDoor, options: parts });
  await server.start();
  const stop = async () => {
    await server.stop({ timeout: 500 });
    await slack.stop();
    assert.not.match(lines.join('\n'), /must-not-appear|signing-secret/, 'no secret in the log');
  };
  return { slack, ...book, lines, server, from: sender(`${server.info.uri}${slackPath}`), stop };
}

/** One test with everything running. */
const story = (
  name: string,
  tell: (world: Awaited<ReturnType<typeof setUp>>) => Promise<void>,
  options: Parameters<typeof setUp>[0] = {},
) =>
  test(name, async () => {
    const world = await setUp(options);
    try {
      await tell(world);
    } finally {
      await world.stop();
    }
  });

story(
  'a direct message reaches the program as this person’s, once',
  async ({ from, received, people, accounts, slack }) => {
    assert.is((await from.message('U1', 'hi &amp; &lt;hello&gt; <https://a.b|site>', { ts: '1.1' })).status, 200);
    assert.equal(received, [
      {
        person: 'p1',
        program: 'running',
        channel: 'slack',
        id: `slack:${team}:${dmOf('U1')}:1.1`,
        text: 'hi & <hello> site',
      },
    ]);
    assert.equal(
      [...people.values()],
      [{ id: 'p1', email: 'ana@example.org', name: 'Person U1', zone: 'America/New_York' }],
    );
    assert.equal([...accounts], [[`slack ${team}:U1`, 'p1']]);
    assert.is(
      (
        await from.message(
          'U1',
          'hi',
          { ts: '1.1' },
          { headers: { 'x-slack-retry-num': '1', 'x-slack-retry-reason': 'http_timeout' } },
        )
      ).status,
      200,
    );
    assert.is(received.length, 1, 'a repeat is one message');
    await from.message('U1', 'again', { ts: '1.2' }, { envelope: { event_id: undefined } });
    await from.message('U1', 'and again', { ts: '1.3' }, { envelope: { event_id: undefined } });
    assert.equal(
      received.map((one) => one.text),
      ['hi & <hello> site', 'again', 'and again'],
      'events without an id are told apart',
    );
    assert.is(slack.count('users.info'), 1, 'once bound, the account is enough');
    assert.is(slack.messages.length, 0);
  },
);

story('only what a person says in private is heard', async ({ from, received, slack }) => {
  const silent = [
    { subtype: 'message_changed', message: { text: 'x' } },
    { subtype: 'message_deleted' },
    { subtype: 'bot_message', bot_id: 'B9' },
    { bot_id: 'B9' },
    { user: botUser },
    { channel_type: 'channel', channel: 'C1' },
    { channel_type: 'mpim', channel: 'G1' },
    { channel_type: 'group', channel: 'G2' },
  ];
  for (const more of silent) assert.is((await from.message('U1', 'x', more)).status, 200, JSON.stringify(more));
  assert.is(
    (await from.message('U1', 'x', {}, { envelope: { team_id: 'T-OTHER', authorizations: undefined } })).status,
    200,
  );
  assert.equal(received, []);
  assert.is(slack.messages.length, 0);
  await from.message('U1', 'see my photo', { subtype: 'file_share', files: [] });
  assert.equal(
    received.map((one) => one.text),
    ['see my photo'],
  );
  await from.message('U1', '', { subtype: 'file_share', files: [] });
  assert.match(slack.messages[0]?.text ?? '', /can read only text/);
});

story(
  'a mention in a channel is pointed to the direct conversation, once, and says nothing else',
  async ({ from, received, slack }) => {
    const mention = {
      type: 'app_mention',
      channel: 'C1',
      user: 'U1',
      text: `<@${botUser}> how is my week?`,
      ts: '9.1',
    };
    await from.event(mention);
    await from.event(mention, { headers: { 'x-slack-retry-num': '1' } });
    assert.is(slack.messages.length, 1);
    assert.equal([slack.messages[0]?.channel, slack.messages[0]?.thread_ts], ['C1', '9.1']);
    assert.is(slack.messages[0]?.text, 'I talk about programs only in private: write to me in a direct message.');
    assert.equal(received, []);
  },
);

const strangers: [string, Record<string, unknown>, RegExp | null][] = [
  ['no email is shown', { profile: {} }, /users:read\.email.*https:\/\/regimen\.example\.org/],
  ['the email is not confirmed', { is_email_confirmed: false }, /not confirmed in Slack yet/],
  ['nobody says that the email is confirmed', { is_email_confirmed: undefined }, /not confirmed/],
  ['a guest', { is_restricted: true }, /only with full members/],
  ['a single-channel guest', { is_ultra_restricted: true }, /only with full members/],
  ['a stranger', { is_stranger: true }, /only with full members/],
  ['somebody of another workspace', { team_id: 'T-OTHER' }, /only with full members/],
  ['a bot', { is_bot: true }, null],
  ['a deleted account', { deleted: true }, null],
];
for (const [what, more, sentence] of strangers) {
  story(
    `not known: ${what}`,
    async ({ from, received, people, accounts, slack }) => {
      assert.is((await from.message('U2', 'hi', { ts: '5.5' })).status, 200);
      await from.message('U2', 'hi', { ts: '5.5' }, { headers: { 'x-slack-retry-num': '1' } });
      assert.equal([received.length, people.size, accounts.size], [0, 0, 0]);
      assert.is(slack.messages.length, sentence ? 1 : 0, 'told once');
      if (sentence) assert.match(slack.messages[0]?.text ?? '', sentence);
    },
    { users: { U2: member('U2', 'ben@example.org', more) } },
  );
}

story(
  'a member through the organization is known; a zone somebody has is kept, a missing one is filled',
  async ({ from, people, control }) => {
    const person = await control.personByEmail('ben@example.org');
    assert.is(person.zone, null);
    await from.message('U2', 'hi');
    assert.is(people.get('ben@example.org')?.zone, 'America/New_York');
    await control.setZone(person.id, 'Asia/Tokyo');
    await from.message('U2', 'hi');
    assert.is(people.get('ben@example.org')?.zone, 'Asia/Tokyo');
  },
  { users: { U2: member('U2', 'ben@example.org', { team_id: 'T-HOME', enterprise_user: { teams: [team] } }) } },
);

story('a refusal of the control surface is told in its own words', async ({ from, behave, slack }) => {
  behave.receive = async () => {
    throw new Refusal('too-large', 'A message may have 4,000 characters.');
  };
  assert.is((await from.message('U1', 'long')).status, 200);
  assert.is(slack.messages[0]?.text, 'A message may have 4,000 characters.');
});

story(
  'without SLACK_PROGRAM the only program is meant; with several, that is said',
  async ({ from, behave, received, slack }) => {
    await from.message('U1', 'hi');
    assert.is(received[0]?.program, 'running');
    behave.programs = ['running', 'onboarding'];
    await from.message('U1', 'hi');
    assert.match(slack.messages[0]?.text ?? '', /sets SLACK_PROGRAM/);
  },
  { program: null },
);

story(
  'what could not be stored is not acknowledged, so that Slack sends it again',
  async ({ from, behave, received, lines }) => {
    behave.receive = async () => {
      throw new Error('the database is away');
    };
    assert.is((await from.message('U1', 'hi', { ts: '3.3' })).status, 500);
    assert.match(lines.join('\n'), /the database is away/);
    behave.receive = async () => {};
    assert.is((await from.message('U1', 'hi', { ts: '3.3' }, { headers: { 'x-slack-retry-num': '1' } })).status, 200);
    assert.is(received.length, 1);
    let release = () => {};
    behave.receive = () => new Promise((done) => (release = done));
    const slow = await from.message('U1', 'slow', { ts: '3.4' });
    assert.is(slow.status, 503, 'before Slack’s three seconds are over');
    release();
  },
);

story('Slack away: nothing crashes, the event comes again', async ({ from, slack, received }) => {
  slack.troubles.push({ method: 'auth.test', dropCall: true }, { method: 'users.info', retryAfter: 30 });
  // The greeting may have taken the first trouble; either way the server stands.
  const statuses = [];
  for (let attempt = 0; attempt < 3; attempt++) statuses.push((await from.message('U1', 'hi', { ts: '4.4' })).status);
  assert.is(statuses.at(-1), 200);
  assert.ok(statuses.includes(500));
  assert.is(received.length, 1);
});

test('a wrong token is one sentence in the log, and the server runs', async () => {
  const world = await setUp();
  try {
    world.slack.troubles.push({ method: 'auth.test', error: 'invalid_auth' });
    const { createSlackApp } = await import('../../server/services/slack/app.ts');
    const app = createSlackApp(
      { botToken: 'xoxb-wrong-must-not-appear', signingSecret, apiUrl: world.slack.apiUrl, program: null, url: null },
      { control: world.control, log: () => {}, machineNow: Date.now },
    );
    const line = await app.greet();
    assert.match(line, /check SLACK_BOT_TOKEN/);
    assert.not.match(line, /must-not-appear/);
  } finally {
    await world.stop();
  }
});

story('requests that are not Slack’s', async ({ from, received, server }) => {
  const body = JSON.stringify({
    type: 'event_callback',
    team_id: team,
    event: { type: 'message', channel_type: 'im', channel: 'D', user: 'U1', text: 'x', ts: '1' },
  });
  const now = Math.floor(Date.now() / 1000);
  const json = 'application/json';
  assert.is((await from.post(body, json, {}, now, 'another-secret')).status, 401, 'another secret');
  assert.is((await from.post(body, json, {}, now - 301)).status, 401, 'old');
  assert.is((await from.post(body, json, {}, now + 301)).status, 401, 'from the future');
  assert.is((await from.post(body, json, { 'x-slack-signature': 'v1=abc' })).status, 401, 'another version');
  assert.is((await from.post(body, json, { 'x-slack-signature': '' })).status, 401, 'empty');
  assert.is((await from.post(body, json, { 'x-slack-request-timestamp': 'NaN' })).status, 401, 'no time');
  const bare = await fetch(`${server.info.uri}${slackPath}`, {
    method: 'POST',
    body,
    headers: { 'content-type': json },
  });
  assert.is(bare.status, 401, 'no headers');
  assert.is((await from.post('{"type":', json)).status, 400, 'signed, but no JSON');
  assert.is((await from.post('[]', json)).status, 400);
  assert.is((await from.post('x'.repeat(4 * 1024 * 1024 + 1), json)).status, 413);
  assert.equal(received, []);
});

story('Slack’s own probes', async ({ from, received }) => {
  const challenge = await from.post(
    JSON.stringify({ type: 'url_verification', challenge: 'c-1' }),
    'application/json; charset=utf-8',
  );
  assert.equal(challenge, { status: 200, body: '{"challenge":"c-1"}' });
  const smuggled = `ssl_check=1&payload=${encodeURIComponent(JSON.stringify({ type: 'block_actions' }))}`;
  assert.is((await from.post(smuggled, 'application/x-www-form-urlencoded; charset=utf-8')).status, 200);
  assert.is(
    (await from.post('command=%2Fregimen&team_id=T0001&user_id=U1', 'application/x-www-form-urlencoded')).status,
    404,
    'nobody listens for commands',
  );
  assert.equal(received, []);
});

const post = async (slack: Awaited<ReturnType<typeof startStandInSlack>>, id = 'm1') => {
  const channel = createSlackChannel({ botToken: slackToken, apiUrl: slack.apiUrl });
  await channel.send({
    id,
    attempt: 1,
    account: `${team}:U1`,
    text: 'Any pain? <b> & co',
    question: { id: 'q1', options: ['yes', 'no'] },
  });
  const message = slack.messages.at(-1);
  if (!message) throw new Error('nothing was posted');
  return message;
};

story(
  'a question’s button answers it once; the message then shows what was chosen',
  async ({ from, slack, answered }) => {
    await from.message('U1', 'hi');
    const message = await post(slack);
    assert.is(message.blocks?.[0].text.text, 'Any pain? &lt;b&gt; &amp; co');
    const [yes, no] = message.blocks?.[1].elements ?? [];
    assert.equal([yes.text.text, no.text.text], ['yes', 'no']);
    const clicked = { ...message, blocks: message.blocks ?? [] };
    assert.is((await from.click('U1', clicked, yes)).status, 200);
    assert.equal(answered, [
      {
        person: 'p1',
        channel: 'slack',
        id: `slack:${team}:U1:${message.ts}:1770000000.1`,
        question: 'q1',
        value: 'yes',
      },
    ]);
    await until(() => message.blocks?.length === 2 && message.blocks[1].type === 'context');
    assert.is(message.blocks?.[1].elements[0].text, 'You answered: yes');
    await from.click('U1', clicked, yes);
    assert.is(answered.length, 1, 'the same click sent twice is one');
    await from.click('U1', clicked, { ...no, action_ts: '1770000000.2' });
    await until(() => slack.count('chat.update') === 3);
    assert.is(
      message.blocks?.[1].elements[0].text,
      'You answered: yes',
      'a later press does not make it look otherwise',
    );
  },
);

story(
  'buttons that are not ours, or pressed by somebody unknown, are acknowledged and do nothing',
  async ({ from, slack, answered }) => {
    await from.message('U1', 'hi');
    const message = await post(slack);
    const yes = message.blocks?.[1].elements[0];
    for (const button of [
      { ...yes, action_id: 'other' },
      { ...yes, value: 'not json' },
      { ...yes, value: '{"question":1}' },
      { ...yes, value: undefined },
    ]) {
      assert.is((await from.click('U1', message, button)).status, 200);
    }
    assert.is((await from.click('U-NOBODY', message, yes)).status, 500, 'Slack shows that it failed');
    assert.is((await from.click('U1', message, yes, { team: { id: 'T-OTHER' } })).status, 200);
    assert.equal(answered, []);
  },
);

story(
  'an answer that is refused is told in the message; one that could not be stored is not acknowledged',
  async ({ from, slack, behave, answered }) => {
    await from.message('U1', 'hi');
    const message = await post(slack);
    const yes = message.blocks?.[1].elements[0];
    behave.answer = async () => {
      throw new Error('the database is away');
    };
    assert.is((await from.click('U1', { ...message }, yes)).status, 500);
    behave.answer = async () => {
      throw new Refusal('finished', 'You have finished this program.');
    };
    assert.is((await from.click('U1', { ...message }, yes)).status, 200);
    await until(() => message.blocks?.[1].type === 'context');
    assert.is(message.blocks?.[1].elements[0].text, 'You have finished this program.');
    assert.equal(answered, []);
  },
);

test('sending: once, and never twice after a lost answer', async () => {
  const slack = await startStandInSlack({ U1: member('U1', 'ana@example.org') });
  try {
    const channel = createSlackChannel({ botToken: slackToken, apiUrl: slack.apiUrl });
    const message = { id: 'm1', account: `${team}:U1`, text: 'Hello' };
    slack.troubles.push({ method: 'chat.postMessage', dropAnswer: true });
    const problem = await channel.send({ ...message, attempt: 1 }).catch((error: unknown) => error);
    assert.instance(problem, DeliveryProblem);
    assert.is((problem as DeliveryProblem).again, true);
    await channel.send({ ...message, attempt: 2 });
    await channel.send(message);
    assert.is(slack.messages.length, 1);
    assert.equal(slack.messages[0]?.metadata, { event_type: 'regimen_message', event_payload: { id: 'm1' } });
    assert.is(slack.messages[0]?.channel, dmOf('U1'));
    for (let index = 0; index < 150; index++)
      await channel.send({ id: `n${index}`, account: message.account, text: 'x', attempt: 1 });
    await channel.send({ ...message, attempt: 2 });
    assert.is(slack.messages.length, 151, 'found on the second page, too');
    await channel.send({ ...message, id: 'm2', attempt: 2 });
    assert.is(slack.messages.length, 152, 'a repeat that never arrived is posted');
    assert.is(slack.count('conversations.open'), 1);
    assert.ok(slack.calls.every((call) => call.authorization === `Bearer ${slackToken}`));
  } finally {
    await slack.stop();
  }
});

const troubles: [string, Parameters<typeof send>[0], RegExp, boolean, number | null][] = [
  ['a rate limit comes back later', { method: 'chat.postMessage', retryAfter: 7 }, /asks to wait 7 s/, true, 7000],
  ['a failure', { method: 'chat.postMessage', status: 503 }, /failed \(503\)/, true, null],
  ['a wrong token', { method: 'chat.postMessage', error: 'invalid_auth' }, /check SLACK_BOT_TOKEN/, false, null],
  [
    'a person who left',
    { method: 'conversations.open', error: 'user_not_found' },
    /does not know this person/,
    false,
    null,
  ],
  [
    'an error nobody foresaw',
    { method: 'chat.postMessage', error: 'internal_error' },
    /refused the request \(internal_error\)/,
    true,
    null,
  ],
  [
    'an error that is a novel',
    { method: 'chat.postMessage', error: `Your token ${slackToken}` },
    /refused the request \(unknown error\)/,
    true,
    null,
  ],
];
async function send(
  trouble: Awaited<ReturnType<typeof startStandInSlack>>['troubles'][number],
): Promise<DeliveryProblem> {
  const slack = await startStandInSlack({ U1: member('U1', 'ana@example.org') });
  try {
    slack.troubles.push(trouble);
    const channel = createSlackChannel({ botToken: slackToken, apiUrl: slack.apiUrl });
    await channel.send({ id: 'm', account: `${team}:U1`, text: 'Hello', attempt: 1 });
    throw new Error('it was sent');
  } catch (error) {
    return error as DeliveryProblem;
  } finally {
    await slack.stop();
  }
}
for (const [what, trouble, sentence, again, retryAfterMs] of troubles) {
  test(`sending: ${what}`, async () => {
    const problem = await send(trouble);
    assert.instance(problem, DeliveryProblem);
    assert.match(problem.message, sentence);
    assert.equal([problem.again, problem.retryAfterMs], [again, retryAfterMs]);
    assert.not.match(`${problem.message} ${problem.stack} ${String(problem.cause)}`, /must-not-appear/);
  });
}

test('without a configuration there is no door', async () => {
  const server = Hapi.server();
  await server.register({ plugin: slackDoor, options: { config: { slack: null } } as unknown as ServerParts });
  assert.is((await server.inject({ method: 'POST', url: slackPath })).statusCode, 404);
});

/** Waits for something that happens right after the answer. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (holds()) return;
    await new Promise((done) => setTimeout(done, 10));
  }
  assert.unreachable('it never happened');
}

test.run();
