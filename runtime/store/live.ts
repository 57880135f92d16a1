/**
 * Live notifications: one listening connection, handed on to whoever in this process subscribes.
 *
 * A notification says that something of a person or an enrollment changed; the subscriber reads
 * what. When the connection was lost and is back, everybody is told, as something may have been
 * missed. So a page that reads after each call loses nothing.
 */
import { liveChannel, unpack } from './notices.ts';
import type { Store } from './store.ts';

/** Subscribers in one process; beyond it something leaks. */
const subscribersMax = 10_000;

export type Live = {
  /** Calls back on every change of the person, or of the enrollment. Gives the function that ends it. */
  subscribe(to: { person: string } | { enrollment: string } | 'all', callback: () => void): () => void;
  close(): Promise<void>;
};

/** Begins to listen. Resolves once listening, so that nothing after it is missed. */
export async function openLive(store: Store): Promise<Live> {
  const subscribers = new Map<string, Set<() => void>>();
  const call = (key: string) => {
    for (const callback of subscribers.get(key) ?? []) {
      try {
        callback();
      } catch (error) {
        store.log(`A live subscriber failed: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  };
  const take = (payload: string) => {
    const notices = unpack(payload).filter((notice) => notice.workspace === store.workspace);
    if (notices.length === 0) return;
    const keys = notices.flatMap(({ person, enrollment }) =>
      enrollment === null ? [`person:${person}`] : [`person:${person}`, `enrollment:${enrollment}`],
    );
    for (const key of new Set(keys)) call(key);
    call('all');
  };
  let isFirst = true;
  // The shared pool listens once for all workspaces.
  const listening = await store.queue.listen(liveChannel, take, () => {
    if (!isFirst) for (const key of subscribers.keys()) call(key);
    isFirst = false;
  });
  let count = 0;
  return {
    subscribe(to, callback) {
      if (count >= subscribersMax) throw new Error(`More than ${subscribersMax} live subscribers in one process.`);
      const key = to === 'all' ? 'all' : 'person' in to ? `person:${to.person}` : `enrollment:${to.enrollment}`;
      // A wrapper of its own, so that the same function may subscribe twice.
      const wrapped = () => callback();
      const set = subscribers.get(key) ?? new Set();
      subscribers.set(key, set.add(wrapped));
      count += 1;
      return () => {
        if (!set.delete(wrapped)) return;
        count -= 1;
        if (set.size === 0) subscribers.delete(key);
      };
    },
    close: async () => {
      subscribers.clear();
      await listening.unlisten();
    },
  };
}
