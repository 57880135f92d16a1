/**
 * A person at the web chat whose server comes and goes: does over HTTP what the page does.
 *
 * Whatever is sent has an id made here and is sent again until it is acknowledged; the event stream
 * is opened again after the last position. `where` says where the server is at the moment.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChatState, ShownMessage } from '../../server/chat-state.ts';

const answerLimitMs = 8_000;
const tryAgainMs = 40;
/** A server that was there for so long, all in all, and never answered, or none for so long: it is gone for good. */
const patienceMs = 30_000;
const awayMaxMs = 120_000;

type Answer = { status: number; body: unknown };

export type PersistentPerson = {
  email: string;
  /** What was acknowledged, in order. */
  said: { id: string; text: string }[];
  records: string[];
  /** Messages as the stream brought them. */
  streamed: ShownMessage[];
  signIn(): Promise<void>;
  say(text: string): Promise<void>;
  /** Presses a button of the open question; false when none is open. */
  press(value: string): Promise<boolean>;
  /** Records a run; false before there is an enrollment. */
  record(fields: Record<string, unknown>): Promise<boolean>;
  state(): Promise<ChatState>;
  /** Follows the stream until `hangUp`; once is enough. */
  follow(): void;
  /** Ends the stream, and whatever is still being sent. */
  hangUp(): Promise<void>;
};

export function persistentPerson(email: string, program: string, where: () => string | null): PersistentPerson {
  const cookies = new Map<string, string>();
  const hangingUp = new AbortController();
  let made = 0;
  const newId = () => `${email.split('@')[0]}-${String(++made).padStart(8, '0')}`;
  const cookie = (): Record<string, string> =>
    cookies.size === 0 ? {} : { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') };

  /** Sends until there is an answer that is not the server's own trouble. */
  async function send(method: string, path: string, body?: unknown): Promise<Answer> {
    let last = 'it was never there';
    const began = Date.now();
    let asked = 0;
    for (; asked < patienceMs && Date.now() - began < awayMaxMs; await sleep(tryAgainMs)) {
      if (hangingUp.signal.aborted) throw new Error(`${email} has hung up.`);
      const url = where();
      if (url === null) continue;
      const triedAt = Date.now();
      try {
        const response = await fetch(url + path, {
          method,
          redirect: 'manual',
          signal: AbortSignal.timeout(answerLimitMs),
          headers: {
            connection: 'close',
            ...cookie(),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        last = `${response.status} ${text.slice(0, 300)}`;
        if (response.status >= 500 || response.status === 429) continue;
        for (const line of response.headers.getSetCookie()) {
          const [name = '', value = ''] = (line.split(';')[0] ?? '').split(/=(.*)/s);
          if (/max-age=0/i.test(line)) cookies.delete(name);
          else cookies.set(name, value);
        }
        return { status: response.status, body: text === '' ? null : JSON.parse(text) };
      } catch (error) {
        last = String((error as Error).cause ?? error);
      } finally {
        asked += Date.now() - triedAt;
      }
    }
    const tried = `${Math.round(asked / 1000)} of ${Math.round((Date.now() - began) / 1000)} seconds`;
    throw new Error(`${method} ${path} of ${email} was asked for during ${tried} and not answered: ${last}`);
  }

  const expectStatus = (answer: Answer, ...statuses: number[]): void => {
    if (!statuses.includes(answer.status))
      throw new Error(`${email} was answered with ${answer.status}: ${JSON.stringify(answer.body)}`);
  };

  const said: PersistentPerson['said'] = [];
  const records: string[] = [];
  const streamed: ShownMessage[] = [];
  let following: Promise<void> | null = null;

  const state = async (): Promise<ChatState> => {
    const answer = await send('GET', `/api/chat/${program}/messages?after=${streamed.at(-1)?.position ?? 0}`);
    expectStatus(answer, 200);
    return (answer.body as { state: ChatState }).state;
  };

  /** One connection of the stream, until it ends in whatever way. */
  async function listen(url: string): Promise<void> {
    const response = await fetch(`${url}/api/chat/${program}/events`, {
      headers: { ...cookie(), 'last-event-id': String(streamed.at(-1)?.position ?? 0) },
      signal: hangingUp.signal,
    });
    if (response.status !== 200 || response.body === null) return;
    let rest = '';
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + part).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = /^event: message\ndata: (.*)$/m.exec(block)?.[1];
        if (data !== undefined) streamed.push(JSON.parse(data) as ShownMessage);
      }
    }
  }

  return {
    email,
    said,
    records,
    streamed,
    state,
    async signIn() {
      // A kill between the right code and its answer has used the code up: then another is asked for.
      for (let attempt = 0; attempt < 5; attempt++) {
        const asked = await send('POST', '/api/sign-in', { email });
        expectStatus(asked, 202);
        const code = (asked.body as { developmentCode: string }).developmentCode;
        const { status } = await send('POST', '/api/sign-in/code', { code, zone: 'Europe/London' });
        if (status === 200) return;
      }
      throw new Error(`${email} could not sign in.`);
    },
    async say(text) {
      const message = { id: newId(), text };
      expectStatus(await send('POST', `/api/chat/${program}/messages`, message), 202);
      said.push(message);
    },
    async press(value) {
      const { openQuestion } = await state();
      if (openQuestion === null) return false;
      const id = newId();
      expectStatus(await send('POST', `/api/chat/${program}/answers`, { id, question: openQuestion, value }), 202);
      said.push({ id, text: value });
      return true;
    },
    async record(fields) {
      const { enrollment } = await state();
      if (enrollment === null) return false;
      const id = newId();
      const event = { id, series: 'runs', fields };
      expectStatus(await send('POST', `/api/enrollments/${enrollment.id}/events`, event), 200, 201);
      records.push(id);
      return true;
    },
    follow() {
      following ??= (async () => {
        while (!hangingUp.signal.aborted) {
          const url = where();
          if (url !== null) await listen(url).catch(() => undefined);
          await sleep(tryAgainMs);
        }
      })();
    },
    async hangUp() {
      hangingUp.abort();
      await following;
    },
  };
}
