/**
 * A stand-in for Slack on loopback, for tests: its Web API, and the side that sends signed events.
 *
 * The Web API takes form-encoded bodies with JSON in `blocks` and `metadata`, as the client sends
 * them, and keeps conversations, so that what was posted can be read back. Trouble can be ordered:
 * a rate limit, a lost answer after the post, an error code, a slow answer. `sender` signs what
 * Slack would send to our endpoint. Written from the client's code and Slack's documentation; it is
 * no proof that Slack agrees.
 */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

// biome-ignore lint/suspicious/noExplicitAny: payloads of a vendor, looked at by tests as they came.
type Json = any;
export type Posted = {
  channel: string;
  ts: string;
  text: string;
  blocks?: Json[];
  metadata?: Json;
  thread_ts?: string;
};
export type SlackCall = { method: string; args: Record<string, string>; authorization: string | undefined };
/** What goes wrong with the next call of a method. */
export type Trouble = {
  method: string;
  error?: string;
  retryAfter?: number;
  dropAnswer?: true;
  dropCall?: true;
  delayMs?: number;
  status?: number;
};

export type StandInSlack = {
  /** For SLACK_API_URL. */
  apiUrl: string;
  users: Record<string, Json>;
  calls: SlackCall[];
  /** What stands in the conversations now, oldest first. */
  messages: Posted[];
  troubles: Trouble[];
  /** Calls of a method so far. */
  count(method: string): number;
  stop(): Promise<void>;
};

export const slackToken = 'xoxb-test-token-that-must-not-appear';
export const signingSecret = 'signing-secret-for-tests-only';
export const team = 'T0001';
export const botUser = 'UBOT';

/** A full member with a confirmed email. */
export const member = (id: string, email: string, more: Record<string, unknown> = {}) => ({
  id,
  team_id: team,
  name: id.toLowerCase(),
  real_name: `Person ${id}`,
  deleted: false,
  is_bot: false,
  is_restricted: false,
  is_ultra_restricted: false,
  is_email_confirmed: true,
  tz: 'America/New_York',
  profile: { real_name: `Person ${id}`, email },
  ...more,
});

export async function startStandInSlack(users: Record<string, Json> = {}): Promise<StandInSlack> {
  const slack: StandInSlack = {
    apiUrl: '',
    users,
    calls: [],
    messages: [],
    troubles: [],
    count: (method) => slack.calls.filter((call) => call.method === method).length,
    stop: async () => {},
  };
  const server = createServer((request, response) => {
    serve(slack, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  slack.apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  slack.stop = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return slack;
}

async function serve(slack: StandInSlack, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const chunk of request) text += chunk;
  const method = /^\/api\/([\w.]+)$/.exec(request.url ?? '')?.[1] ?? '';
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded');
  const args = isForm ? Object.fromEntries(new URLSearchParams(text)) : {};
  slack.calls.push({ method, args, authorization: request.headers.authorization });
  const index = slack.troubles.findIndex((one) => one.method === method);
  const trouble = index < 0 ? undefined : slack.troubles.splice(index, 1)[0];
  if (trouble?.delayMs) await sleep(trouble.delayMs);
  if (trouble?.dropCall) return void response.destroy();
  if (trouble?.retryAfter !== undefined)
    return void response.writeHead(429, { 'retry-after': String(trouble.retryAfter) }).end();
  if (trouble?.status) return void response.writeHead(trouble.status).end('trouble');
  const result = trouble?.error
    ? { ok: false, error: trouble.error }
    : request.headers.authorization !== `Bearer ${slackToken}`
      ? { ok: false, error: 'invalid_auth' }
      : isForm
        ? perform(slack, method, args)
        : { ok: false, error: 'invalid_form_data' };
  if (trouble?.dropAnswer) return void response.destroy();
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result));
}

function perform(slack: StandInSlack, method: string, args: Record<string, string>): Json {
  const parsed = (name: string) => (args[name] === undefined ? undefined : JSON.parse(args[name]));
  switch (method) {
    case 'auth.test':
      return {
        ok: true,
        team: 'Testers',
        team_id: team,
        user_id: botUser,
        bot_id: 'B0001',
        url: 'https://testers.slack.com/',
      };
    case 'users.info': {
      const user = slack.users[args.user ?? ''];
      return user ? { ok: true, user } : { ok: false, error: 'user_not_found' };
    }
    case 'conversations.open':
      return slack.users[args.users ?? '']
        ? { ok: true, channel: { id: dmOf(args.users ?? '') } }
        : { ok: false, error: 'user_not_found' };
    case 'conversations.history':
    case 'conversations.replies': {
      const found = slack.messages.filter(
        (one) =>
          one.channel === args.channel &&
          (method === 'conversations.history' ? !one.thread_ts : one.thread_ts === args.ts),
      );
      const newest = method === 'conversations.history' ? [...found].reverse() : found;
      const from = Number(args.cursor ?? 0);
      const limit = Number(args.limit ?? 100);
      const messages = newest
        .slice(from, from + limit)
        .map(({ metadata, ...one }) => (args.include_all_metadata === 'true' ? { ...one, metadata } : one));
      return {
        ok: true,
        messages,
        response_metadata: { next_cursor: from + limit < newest.length ? String(from + limit) : '' },
      };
    }
    case 'chat.postMessage': {
      const blocks = parsed('blocks');
      const wrong = blocks && blockComplaint(blocks);
      if (wrong) return { ok: false, error: 'invalid_blocks', response_metadata: { messages: [`[ERROR] ${wrong}`] } };
      const message: Posted = {
        channel: args.channel ?? '',
        ts: `${1_760_000_000 + slack.messages.length}.000100`,
        text: args.text ?? '',
        blocks,
        metadata: parsed('metadata'),
        ...(args.thread_ts ? { thread_ts: args.thread_ts } : {}),
      };
      slack.messages.push(message);
      return { ok: true, channel: message.channel, ts: message.ts, message };
    }
    case 'chat.update': {
      const message = slack.messages.find((one) => one.channel === args.channel && one.ts === args.ts);
      if (!message) return { ok: false, error: 'message_not_found' };
      Object.assign(message, { text: args.text ?? message.text, blocks: parsed('blocks') });
      return { ok: true, channel: message.channel, ts: message.ts };
    }
    default:
      return { ok: false, error: 'unknown_method' };
  }
}

/** Slack's limits on blocks. */
function blockComplaint(blocks: Json[]): string | null {
  if (blocks.length > 50) return 'no more than 50 blocks';
  for (const block of blocks) {
    if (block.type === 'section' && (block.text.text.length > 3000 || block.text.text.length === 0))
      return 'section text length';
    if (block.type !== 'actions') continue;
    if (block.elements.length === 0 || block.elements.length > 25) return 'actions elements';
    const ids = block.elements.map((element: Json) => element.action_id);
    if (new Set(ids).size !== ids.length) return 'action_id must be unique';
    if (block.elements.some((element: Json) => element.text.text.length > 75 || element.value.length > 2000))
      return 'button length';
  }
  return null;
}

/** The direct conversation with a user. */
export const dmOf = (user: string): string => `D-${user}`;

/** What Slack's side sends to `url`. Every method resolves with our answer. */
export function sender(url: string) {
  let events = 0;
  const post = async (
    body: string,
    contentType: string,
    headers: Record<string, string> = {},
    seconds = Math.floor(Date.now() / 1000),
    secret = signingSecret,
  ) => {
    const signature = `v0=${createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex')}`;
    const response = await fetch(url, {
      method: 'POST',
      body,
      headers: {
        'content-type': contentType,
        'x-slack-request-timestamp': String(seconds),
        'x-slack-signature': signature,
        ...headers,
      },
    });
    return { status: response.status, body: await response.text() };
  };
  const event = (given: Json, { headers, envelope }: { headers?: Record<string, string>; envelope?: Json } = {}) => {
    events++;
    const body = {
      token: 'x',
      team_id: team,
      api_app_id: 'A1',
      type: 'event_callback',
      event_id: `Ev${events}`,
      event_time: 1,
      authorizations: [{ team_id: team, user_id: botUser, is_bot: true }],
      event: given,
      ...envelope,
    };
    return post(JSON.stringify(body), 'application/json', headers);
  };
  return {
    post,
    event,
    /** A direct message. `more.ts` makes two of them one. */
    message(
      user: string,
      text: string,
      more: Json = {},
      how: { headers?: Record<string, string>; envelope?: Json } = {},
    ) {
      return event(
        {
          type: 'message',
          channel_type: 'im',
          channel: dmOf(user),
          user,
          text,
          ts: `${1_770_000_000 + events}.000200`,
          team,
          ...more,
        },
        how,
      );
    },
    /** A click on a button of a posted message. */
    click(user: string, message: Posted, button: Json, more: Json = {}) {
      const payload = {
        type: 'block_actions',
        team: { id: team, domain: 'testers' },
        user: { id: user, username: user, team_id: team },
        api_app_id: 'A1',
        token: 'x',
        trigger_id: 'trigger',
        container: { type: 'message', message_ts: message.ts, channel_id: message.channel },
        channel: { id: message.channel, name: 'directmessage' },
        message: { type: 'message', user: botUser, ts: message.ts, text: message.text, blocks: message.blocks },
        actions: [{ type: 'button', block_id: 'b', action_ts: '1770000000.1', ...button }],
        ...more,
      };
      return post(
        new URLSearchParams({ payload: JSON.stringify(payload) }).toString(),
        'application/x-www-form-urlencoded',
      );
    },
  };
}
