/**
 * Messages on their way to the server: written at once, kept over reloads, sent until they are known.
 *
 * Each has an id made here, so that sending again never doubles it. A message leaves the outbox when
 * the stream brings it back. Where the server cannot be reached it is tried again with a growing
 * delay; where the server refuses it stays, with the sentence, until the person decides.
 */
import { useEffect, useRef, useState } from 'preact/hooks';
import { call, goToSignIn, isApiProblem, newId, sentenceOf } from '../api.ts';

export type Outgoing = {
  id: string;
  text: string;
  at: number;
  state: 'sending' | 'waiting' | 'sent' | 'failed';
  problem?: string;
};

const delayMinMs = 1_000;
const delayMaxMs = 20_000;
/** More than this is not kept: nobody types ahead so far. */
const keptMax = 50;

export type Outbox = {
  messages: Outgoing[];
  add(text: string, at: number): void;
  retry(id: string): void;
  remove(id: string): void;
  /** The stream brought these: they need no further care. */
  known(ids: string[]): void;
};

/** `name` keeps the outboxes of different people and programs apart. */
export function useOutbox(name: string, path: string): Outbox {
  const key = `regimen.outbox.${name}`;
  const [messages, setMessages] = useState<Outgoing[]>(() => kept(key));
  const latest = useRef(messages);
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());

  const change = (next: Outgoing[]): void => {
    latest.current = next;
    keep(key, next);
    setMessages(next);
  };
  const update = (id: string, part: Partial<Outgoing>): void =>
    change(latest.current.map((message) => (message.id === id ? { ...message, ...part } : message)));

  async function send(id: string, delay: number): Promise<void> {
    clearTimeout(timers.current.get(id));
    const message = latest.current.find((candidate) => candidate.id === id);
    if (message === undefined || message.state === 'sent') return;
    update(id, { state: 'sending' });
    try {
      await call('POST', path, { id, text: message.text });
      update(id, { state: 'sent' });
    } catch (error) {
      if (isApiProblem(error) && error.status === 401) {
        update(id, { state: 'waiting' });
        goToSignIn();
      } else if (isApiProblem(error) && (error.status === 0 || error.status >= 500 || error.status === 429)) {
        update(id, { state: 'waiting' });
        timers.current.set(
          id,
          setTimeout(() => void send(id, Math.min(delay * 2, delayMaxMs)), delay),
        );
      } else {
        update(id, { state: 'failed', problem: sentenceOf(error) });
      }
    }
  }

  useEffect(() => {
    const sendWaiting = (): void => {
      for (const message of latest.current) if (message.state === 'waiting') void send(message.id, delayMinMs);
    };
    sendWaiting();
    addEventListener('online', sendWaiting);
    return () => {
      removeEventListener('online', sendWaiting);
      for (const timer of timers.current.values()) clearTimeout(timer);
    };
  }, []);

  return {
    messages,
    add(text, at) {
      const message: Outgoing = { id: newId(), text, at, state: 'sending' };
      change([...latest.current, message]);
      void send(message.id, delayMinMs);
    },
    retry: (id) => void send(id, delayMinMs),
    remove: (id) => change(latest.current.filter((message) => message.id !== id)),
    known(ids) {
      const left = latest.current.filter((message) => !ids.includes(message.id));
      if (left.length !== latest.current.length) change(left);
    },
  };
}

function kept(key: string): Outgoing[] {
  try {
    const messages = JSON.parse(localStorage.getItem(key) ?? '[]') as Outgoing[];
    // Whether a message that was being sent has arrived is not known: it is sent again, under its id.
    return messages.map((message) => (message.state === 'failed' ? message : { ...message, state: 'waiting' }));
  } catch {
    return [];
  }
}

function keep(key: string, messages: Outgoing[]): void {
  try {
    if (messages.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(messages.slice(-keptMax)));
  } catch {
    // A browser that keeps nothing (private mode): the message still goes out from this page.
  }
}
