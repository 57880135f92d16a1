/**
 * A server-sent event stream that comes back by itself and goes on where it was.
 *
 * The browser's own `EventSource` gives up on an error status and does not notice a connection that
 * died silently (a laptop that slept), so this watches the heartbeat and opens anew, after the last
 * id, with a growing delay. The caller drops what it has seen already; the server sends nothing twice.
 */
import { call, goToSignIn, isApiProblem } from './api.ts';

/** The server's heartbeat comes each 15 s; without a sign for this long the stream is dead. */
const silenceMaxMs = 40_000;
const delayMinMs = 1_000;
const delayMaxMs = 15_000;

export type StreamState = 'connecting' | 'open' | 'lost';

/** Browsers allow six connections to a server: a page that is out of sight this long gives its own up. */
const unseenMaxMs = 60_000;

/** `probe` is read when the stream fails, to learn whether the session has ended. Returns the way to close. */
export function followEvents(options: {
  path: string;
  after: number;
  probe: string;
  on: Record<string, (data: never) => void>;
  state: (state: StreamState) => void;
}): () => void {
  let source: EventSource | null = null;
  let after = options.after;
  let delay = delayMinMs;
  let closed = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let again: ReturnType<typeof setTimeout> | undefined;
  let unseen: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    if (closed) return;
    clearTimeout(again);
    source?.close();
    source = new EventSource(`${options.path}?after=${after}`);
    source.onopen = () => {
      delay = delayMinMs;
      options.state('open');
      listen();
    };
    source.onerror = lost;
    source.addEventListener('heartbeat', listen);
    for (const [event, handle] of Object.entries(options.on)) {
      source.addEventListener(event, (message: MessageEvent<string>) => {
        listen();
        if (message.lastEventId !== '') after = Math.max(after, Number(message.lastEventId));
        handle(JSON.parse(message.data) as never);
      });
    }
    listen();
  }

  function listen(): void {
    clearTimeout(silence);
    silence = setTimeout(lost, silenceMaxMs);
  }

  function lost(): void {
    if (closed) return;
    source?.close();
    source = null;
    clearTimeout(silence);
    options.state('lost');
    clearTimeout(again);
    again = setTimeout(comeBack, delay);
    delay = Math.min(delay * 2, delayMaxMs);
  }

  /** Not lost: it goes on when the page is looked at again. */
  function pause(): void {
    source?.close();
    source = null;
    clearTimeout(silence);
    clearTimeout(again);
  }

  async function comeBack(): Promise<void> {
    try {
      await call('GET', `${options.probe}?after=${after}`);
    } catch (error) {
      if (isApiProblem(error) && error.status === 401) {
        goToSignIn();
        return;
      }
      lost();
      return;
    }
    open();
  }

  const hurry = (): void => {
    if (source === null && !closed) {
      delay = delayMinMs;
      clearTimeout(again);
      void comeBack();
    }
  };
  const seen = (): void => {
    clearTimeout(unseen);
    if (document.visibilityState === 'visible') hurry();
    else unseen = setTimeout(pause, unseenMaxMs);
  };
  addEventListener('online', hurry);
  document.addEventListener('visibilitychange', seen);
  options.state('connecting');
  open();
  return () => {
    closed = true;
    pause();
    clearTimeout(unseen);
    removeEventListener('online', hurry);
    document.removeEventListener('visibilitychange', seen);
  };
}
