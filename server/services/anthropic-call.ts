/**
 * One call of the Messages API: our own time limit, few retries, and errors as sentences.
 *
 * The client's own retries are off: it obeys any Retry-After, however long, and sends a timed-out
 * request again although the first one may be billed. Here a wait is bounded, and a longer one is
 * handed to the caller, whose job comes back later.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import Anthropic from '@anthropic-ai/sdk';
import { AgentProblem } from '../../runtime/services.ts';
import { boundedFetch } from './bounded-fetch.ts';

export type AnthropicSettings = { apiKey: string; baseURL: string };
export type Call = (body: Anthropic.MessageCreateParamsNonStreaming, signal: AbortSignal) => Promise<Anthropic.Message>;

export type CallLimits = {
  /** For one request and the whole of its answer, in ms. */
  requestMs: number;
  /** Tries of one request, the first counted. */
  triesMax: number;
  /** The longest wait between two tries in ms; if the vendor asks for more, the run is given up for now. */
  waitMsMax: number;
  /** The wait after the first failed try in ms; doubled after each further one. */
  waitMs: number;
};

export const callLimits: CallLimits = { requestMs: 60_000, triesMax: 3, waitMsMax: 15_000, waitMs: 500 };

/** The largest answer that is read: many times what the tokens asked for can take. */
const answerBytesMax = 1_000_000;
/** The vendor's words shown in a problem are cut to this length. */
const vendorWordsMax = 300;

/** Throws when the key is empty: the client would otherwise look for credentials elsewhere on the machine. */
export function createCall(settings: AnthropicSettings, limits: CallLimits = callLimits): Call {
  if (settings.apiKey.trim() === '')
    throw new Error('Set ANTHROPIC_API_KEY to a key, or leave it out to use the scripted agent.');
  const client = new Anthropic({
    apiKey: settings.apiKey,
    authToken: null,
    baseURL: settings.baseURL,
    timeout: limits.requestMs,
    maxRetries: 0,
    fetch: boundedFetch(answerBytesMax),
    // People's words go to the vendor and to nobody else: not to the console, not to a tracer.
    logLevel: 'off',
    openTelemetry: false,
  });
  return async (body, signal) => {
    for (let attempt = 1; ; attempt++) {
      // The client's own limit ends with the first words of an answer.
      const late = AbortSignal.timeout(limits.requestMs);
      try {
        const message = await client.messages.create(body, { signal: AbortSignal.any([signal, late]) });
        if (!isMessage(message)) throw malformed();
        return message;
      } catch (given) {
        const error = late.aborted && !signal.aborted ? new Anthropic.APIConnectionTimeoutError() : given;
        const problem = asProblem(error, settings.apiKey, signal);
        const waitMs = problem.retryAfterMs ?? limits.waitMs * 2 ** (attempt - 1);
        if (!worthWaiting(error) || attempt >= limits.triesMax || waitMs > limits.waitMsMax) throw problem;
        await sleep(waitMs, undefined, { signal }).catch(() => {
          throw stopped();
        });
      }
    }
  };
}

/**
 * Whether an answer has the parts that are read of it; what a tool is called with is looked at by who takes the call.
 */
function isMessage(answer: Anthropic.Message | null): answer is Anthropic.Message {
  if (!Array.isArray(answer?.content) || !isObject(answer.usage)) return false;
  const { usage } = answer;
  const counts = [
    usage.input_tokens,
    usage.output_tokens,
    usage.cache_read_input_tokens ?? 0,
    usage.cache_creation_input_tokens ?? 0,
    usage.cache_creation?.ephemeral_5m_input_tokens ?? 0,
    usage.cache_creation?.ephemeral_1h_input_tokens ?? 0,
  ];
  return (
    counts.every((count) => Number.isSafeInteger(count) && count >= 0) &&
    answer.content.every(
      (block) =>
        isObject(block) &&
        (block.type !== 'tool_use' || (typeof block.id === 'string' && typeof block.name === 'string')),
    )
  );
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

/** Not a timeout: the first request may still be at work, and would be paid for twice. */
const worthWaiting = (error: unknown): boolean =>
  error instanceof Anthropic.APIConnectionTimeoutError
    ? false
    : error instanceof Anthropic.APIConnectionError ||
      (error instanceof Anthropic.APIError && error.status !== undefined && againStatus(error.status));

const againStatus = (status: number): boolean => status === 408 || status === 409 || status === 429 || status >= 500;

function asProblem(error: unknown, secret: string, signal: AbortSignal): AgentProblem {
  if (error instanceof AgentProblem) return error;
  if (signal.aborted || error instanceof Anthropic.APIUserAbortError) return stopped();
  if (error instanceof Anthropic.APIConnectionTimeoutError) {
    return new AgentProblem('The model did not answer in time.', { again: true });
  }
  if (error instanceof Anthropic.APIConnectionError) {
    return new AgentProblem('The model could not be reached: check ANTHROPIC_BASE_URL and the network.', {
      again: true,
    });
  }
  if (error instanceof Anthropic.APIError && error.status !== undefined) {
    const again = againStatus(error.status);
    return new AgentProblem(statusSentence(error.status, safe(error.apiMessage, secret)), {
      again,
      retryAfterMs: again ? retryAfter(error.headers) : null,
    });
  }
  // What is left is an answer that is no JSON, or a mistake of ours; neither's text is fit to be shown.
  return malformed();
}

function statusSentence(status: number, words: string): string {
  const said = words === '' ? '' : ` It said: ${words}`;
  switch (status) {
    case 401:
    case 403:
      return `The model's service refused the key: check ANTHROPIC_API_KEY.${said}`;
    case 402:
      return `The model's service asks for payment: check the account.${said}`;
    case 404:
      return `The model is not known there: check REGIMEN_MODEL, REGIMEN_SMALL_MODEL and ANTHROPIC_BASE_URL.${said}`;
    case 413:
      return `The request was too large for the model's service.${said}`;
    case 429:
      return `The model's rate limit is reached.${said}`;
    case 529:
      return `The model's service is overloaded.${said}`;
    default:
      return status >= 500
        ? `The model's service failed (${status}).${said}`
        : `The model's service refused the request (${status}).${said}`;
  }
}

/** What the vendor says, cut, on one line, and without the key should it be echoed. */
function safe(words: string | null, secret: string): string {
  const clean = (words ?? '')
    .replaceAll(secret, '[key]')
    .replace(/sk-[\w-]{8,}/g, '[key]')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length <= vendorWordsMax ? clean : `${clean.slice(0, vendorWordsMax)}…`;
}

/** `retry-after-ms`, or `retry-after` in seconds or as a date; null when there is none that makes sense. */
function retryAfter(headers: Headers | undefined): number | null {
  const exact = Number.parseFloat(headers?.get('retry-after-ms') ?? '');
  if (exact >= 0) return exact;
  const given = headers?.get('retry-after') ?? '';
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(given) ? Number(given) : (Date.parse(given) - Date.now()) / 1000;
  return seconds >= 0 ? seconds * 1000 : null;
}

const stopped = () => new AgentProblem('The run was stopped before the model had answered.', { again: true });
const malformed = () =>
  new AgentProblem('The model’s service answered in a form that cannot be read.', { again: true });
