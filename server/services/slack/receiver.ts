/**
 * A Bolt receiver without an HTTP server of its own: a request comes in as headers and raw body, and
 * what to answer comes out. The Hapi plugin carries the two.
 *
 * When it answers is the point. Bolt acknowledges an event before any listener has run; if the
 * process dies in between, the message is lost. So an event is answered 200 only when its listeners
 * are done (they store the message in one transaction, which takes milliseconds), 500 when they
 * failed, 503 when they take too long. Slack sends again what was not answered 200, and what is
 * stored already is known by its id. A pressed button is answered when the listener acknowledges,
 * because Slack never sends it again.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { App, Receiver } from '@slack/bolt';
import { isSigned } from './signature.ts';

/** What Hapi is to answer. */
export type Answer = { status: number; body?: string; type?: string };
export type SlackReceiver = Receiver & { handle(headers: Record<string, unknown>, rawBody: string): Promise<Answer> };

export type ReceiverSettings = {
  signingSecret: string;
  log: (line: string) => void;
  /** The machine's time in ms. */
  machineNow: () => number;
  /** Slack waits three seconds; this is less. */
  answerMsMax?: number;
};

const answerMsMaxDefault = 2_500;
const stopMsMax = 1_000;
/** Events worked on at once; further ones are told to come again. */
const inHandMax = 100;

export function createReceiver({
  signingSecret,
  log,
  machineNow,
  answerMsMax = answerMsMaxDefault,
}: ReceiverSettings): SlackReceiver {
  let app: App | null = null;
  let stopping = false;
  const inHand = new Set<Promise<unknown>>();

  const dispatch = (body: Record<string, unknown>, headers: Record<string, unknown>): Promise<Answer> => {
    if (app === null || stopping || inHand.size >= inHandMax) return Promise.resolve({ status: 503 });
    const isEvent = body.type === 'event_callback';
    const retry = Number(headers['x-slack-retry-num']);
    return new Promise((answer) => {
      const late = setTimeout(() => answer({ status: isEvent ? 503 : 200 }), answerMsMax);
      const settle = (given: Answer) => {
        clearTimeout(late);
        answer(given);
      };
      let acknowledged = false;
      const ack = async (response?: unknown): Promise<void> => {
        acknowledged = true;
        if (!isEvent) settle(ackAnswer(response));
      };
      const work = (app as App)
        .processEvent({
          body,
          ack,
          ...(Number.isInteger(retry) ? { retryNum: retry } : {}),
          ...(typeof headers['x-slack-retry-reason'] === 'string'
            ? { retryReason: headers['x-slack-retry-reason'] }
            : {}),
        })
        .then(
          // Nobody wanted it: 404, so that the person who pressed something sees that nothing happened.
          () => settle({ status: acknowledged ? 200 : 404 }),
          (problem: unknown) => {
            log(`Slack: ${problem instanceof Error ? problem.message : 'a listener failed'}`);
            settle({ status: 500 });
          },
        )
        .finally(() => inHand.delete(work));
      inHand.add(work);
    });
  };

  return {
    init(given) {
      app = given;
    },
    async start() {},
    /** Takes nothing new and waits a moment for what is in hand; the rest was not acknowledged and comes again. */
    async stop() {
      stopping = true;
      await Promise.race([Promise.allSettled(inHand), sleep(stopMsMax, undefined, { ref: false })]);
    },
    async handle(headers, rawBody) {
      if (!isSigned(headers, rawBody, signingSecret, machineNow())) return { status: 401 };
      const body = parseBody(headers['content-type'], rawBody);
      if (body === null) return { status: 400 };
      // Slack's own probe; whatever else such a body holds is not looked at.
      if (body.ssl_check !== undefined) return { status: 200 };
      if (body.type === 'url_verification') {
        return {
          status: 200,
          type: 'application/json',
          body: JSON.stringify({ challenge: String(body.challenge ?? '') }),
        };
      }
      return dispatch(body, headers);
    },
  };
}

/** Events come as JSON, buttons as a form whose field `payload` is JSON, commands as a plain form. Null: neither. */
function parseBody(contentType: unknown, rawBody: string): Record<string, unknown> | null {
  // A charset may follow the type.
  const type = String(contentType ?? '')
    .split(';')[0]
    ?.trim()
    .toLowerCase();
  try {
    if (type !== 'application/x-www-form-urlencoded') return asObject(JSON.parse(rawBody));
    const form = new URLSearchParams(rawBody);
    if (form.has('ssl_check')) return { ssl_check: '1' };
    const payload = form.get('payload');
    return payload === null ? Object.fromEntries(form) : asObject(JSON.parse(payload));
  } catch {
    return null;
  }
}

const asObject = (value: unknown): Record<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;

function ackAnswer(response: unknown): Answer {
  if (response === undefined || response === '') return { status: 200 };
  return typeof response === 'string'
    ? { status: 200, type: 'text/plain', body: response }
    : { status: 200, type: 'application/json', body: JSON.stringify(response) };
}
