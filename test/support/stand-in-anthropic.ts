/**
 * A stand-in for Anthropic's Messages API on loopback, for tests.
 *
 * It answers by a plan, and checks what the real one checks: the key as a Bearer token, the version,
 * parameters that are no longer taken, turns that alternate, every tool call answered in the next
 * turn, at most four cache marks. It keeps a prompt cache like the real one (by prefix, in the order
 * tools, system, messages) and counts tokens as characters divided by four. It was written from the
 * vendor's documentation and client; that it agrees with a client is no proof that the vendor does.
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** One answer. Without `stop` it is `tool_use` where there are tools, else `end_turn`. */
export type Reply = {
  text?: string;
  tools?: { name: string; input: unknown }[];
  stop?: string;
  stopDetails?: unknown;
  /** An error status; the body is the vendor's error shape with these words. */
  status?: number;
  words?: string;
  headers?: Record<string, string>;
  /** Waits first. */
  delayMs?: number;
  /** Answers 200 with exactly this. */
  raw?: string;
  /** Closes the connection without an answer. */
  drop?: true;
};

// biome-ignore lint/suspicious/noExplicitAny: what a client sent is looked at by tests, whatever it is.
type Json = any;
export type Seen = { headers: IncomingMessage['headers']; body: Json };
export type StandIn = {
  url: string;
  seen: Seen[];
  /** Answers still to be given, in order. When none is left, every request gets an error that says so. */
  plan: (Reply | ((body: Json) => Reply))[];
  stop(): Promise<void>;
};

export const standInKey = 'test-key-that-must-not-appear';
const version = '2026-10-21';
const bodyLengthMax = 4_000_000;

export async function startStandInAnthropic(plan: StandIn['plan'] = []): Promise<StandIn> {
  const cache = new Set<string>();
  const standIn: StandIn = { url: '', seen: [], plan: [...plan], stop: async () => {} };
  const server = createServer((request, response) => {
    answer(standIn, cache, request, response).catch((error) => sendError(response, 500, 'api_error', String(error)));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  standIn.stop = () =>
    new Promise((done) => {
      server.close(() => done());
      server.closeAllConnections();
    });
  return standIn;
}

async function answer(
  standIn: StandIn,
  cache: Set<string>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let text = '';
  for await (const chunk of request) {
    text += chunk;
    if (text.length > bodyLengthMax) return sendError(response, 413, 'request_too_large', 'too large');
  }
  if (request.method !== 'POST' || request.url !== '/v1/messages')
    return sendError(response, 404, 'not_found_error', 'no such path');
  if (request.headers.authorization !== `Bearer ${standInKey}`) {
    return sendError(response, 401, 'authentication_error', `invalid key ${request.headers.authorization}`);
  }
  const body: Json = JSON.parse(text);
  standIn.seen.push({ headers: request.headers, body });
  const wrong = request.headers['anthropic-version'] !== version ? 'anthropic-version' : complaint(body);
  if (wrong) return sendError(response, 400, 'invalid_request_error', wrong);
  const next = standIn.plan.shift();
  if (!next) return sendError(response, 400, 'invalid_request_error', 'the plan of the stand-in has no further answer');
  const reply = typeof next === 'function' ? next(body) : next;
  if (reply.delayMs) await sleep(reply.delayMs);
  if (reply.drop) return void response.destroy();
  if (reply.raw !== undefined) return send(response, 200, reply.raw, reply.headers);
  if (reply.status)
    return sendError(response, reply.status, errorType(reply.status), reply.words ?? 'as planned', reply.headers);
  send(response, 200, JSON.stringify(message(body, reply, cache)), reply.headers);
}

function message(body: Json, reply: Reply, cache: Set<string>): object {
  const content = [
    ...(reply.text === undefined ? [] : [{ type: 'text', text: reply.text, citations: null }]),
    ...(reply.tools ?? []).map((tool) => ({ type: 'tool_use', id: `toolu_${randomUUID()}`, ...tool })),
  ];
  if (reply.stop === 'pause_turn') paused.add(JSON.stringify(content));
  return {
    id: `msg_${randomUUID()}`,
    type: 'message',
    role: 'assistant',
    model: body.model,
    content,
    stop_reason: reply.stop ?? (reply.tools?.length ? 'tool_use' : 'end_turn'),
    stop_sequence: null,
    stop_details: reply.stopDetails ?? null,
    usage: usage(body, JSON.stringify(content), cache),
  };
}

/** What is sent, in the order in which the vendor caches it, cut after each mark. */
function usage(body: Json, output: string, cache: Set<string>): object {
  const blocks = [
    ...(body.tools ?? []),
    ...[body.system ?? []].flat(),
    ...body.messages.flatMap((one: Json) => [one.content].flat()),
  ];
  let prefix = body.model;
  let before = 0;
  let read = 0;
  const fresh: string[] = [];
  for (const { cache_control: mark, ...block } of blocks) {
    prefix += JSON.stringify(block);
    before = prefix.length;
    if (!mark) continue;
    if (cache.has(prefix)) read = before;
    else fresh.push(prefix);
  }
  for (const one of fresh) cache.add(one);
  const written = Math.max(0, (fresh.at(-1)?.length ?? 0) - read);
  const tokens = (length: number) => Math.ceil(length / 4);
  return {
    input_tokens: tokens(before - read - written),
    cache_read_input_tokens: tokens(read),
    cache_creation_input_tokens: tokens(written),
    cache_creation: { ephemeral_5m_input_tokens: tokens(written), ephemeral_1h_input_tokens: 0 },
    output_tokens: tokens(output.length),
    output_tokens_details: null,
    server_tool_use: null,
    service_tier: 'standard',
    speed: 'standard',
    inference_geo: null,
  };
}

/** The contents of turns that were paused. */
const paused = new Set<string>();

/** What the real interface would refuse, or null. */
function complaint(body: Json): string | null {
  for (const gone of ['temperature', 'top_p', 'top_k']) if (gone in body) return `${gone}: no longer supported`;
  if (typeof body.model !== 'string' || !(body.max_tokens > 0)) return 'model and max_tokens are required';
  const messages: { role: string; content: Json[] }[] = (body.messages ?? []).map((one: Json) => ({
    role: one.role,
    content: typeof one.content === 'string' ? [{ type: 'text', text: one.content }] : one.content,
  }));
  if (messages[0]?.role !== 'user') return 'messages: the first turn must be the user’s';
  // Only a turn that was paused is sent back as it stands, to be continued.
  if (messages.at(-1)?.role !== 'user' && !paused.has(JSON.stringify(body.messages.at(-1).content)))
    return 'this model does not support assistant message prefill';
  const names = (body.tools ?? []).map((tool: Json) => tool.name);
  if (new Set(names).size !== names.length) return 'tools: names must be unique';
  if ((body.tools ?? []).some((tool: Json) => !/^[\w-]{1,64}$/.test(tool.name) || tool.input_schema?.type !== 'object'))
    return 'tools: malformed';
  const blocks = [...(body.tools ?? []), ...[body.system ?? []].flat(), ...messages.flatMap((one) => one.content)];
  if (blocks.filter((block) => block.cache_control).length > 4)
    return 'a maximum of 4 blocks with cache_control may be provided';
  if (blocks.some((block) => block.type === 'text' && (block.text ?? '').trim() === ''))
    return 'text content blocks must be non-empty';
  for (const [index, turn] of messages.entries()) {
    if (turn.content.length === 0) return 'messages: content must not be empty';
    if (index > 0 && messages[index - 1]?.role === turn.role) return 'messages: roles must alternate';
    const asked =
      turn.role === 'assistant'
        ? turn.content.filter((block) => block.type === 'tool_use').map((block) => block.id)
        : [];
    const next = messages[index + 1]?.content ?? [];
    const answered = next.filter((block) => block.type === 'tool_result').map((block) => block.tool_use_id);
    if (asked.some((id) => !answered.includes(id)))
      return 'tool_use ids were found without tool_result blocks immediately after';
    if (turn.role === 'assistant' && answered.some((id) => !asked.includes(id)))
      return 'unexpected tool_use_id in tool_result';
    if (
      turn.role === 'user' &&
      turn.content.findLastIndex((block) => block.type === 'tool_result') >
        turn.content.findIndex((block) => block.type !== 'tool_result') &&
      turn.content.some((block) => block.type === 'tool_result') &&
      turn.content.some((block) => block.type !== 'tool_result')
    ) {
      return 'tool_result blocks must come first';
    }
  }
  return null;
}

const errorType = (status: number): string =>
  ({
    400: 'invalid_request_error',
    401: 'authentication_error',
    403: 'permission_error',
    404: 'not_found_error',
    413: 'request_too_large',
    429: 'rate_limit_error',
    529: 'overloaded_error',
  })[status] ?? 'api_error';

const sendError = (
  response: ServerResponse,
  status: number,
  type: string,
  words: string,
  headers?: Record<string, string>,
): void => send(response, status, JSON.stringify({ type: 'error', error: { type, message: words } }), headers);

function send(response: ServerResponse, status: number, body: string, headers: Record<string, string> = {}): void {
  if (response.destroyed) return;
  response
    .writeHead(status, { 'content-type': 'application/json', 'request-id': `req_${randomUUID()}`, ...headers })
    .end(body);
}
