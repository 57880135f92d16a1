/**
 * Whether to tell the reader that the connection is gone: only once it has been gone for a while.
 */
import { useRef, useState } from 'preact/hooks';
import type { StreamState } from '../event-stream.ts';

/** A stream that comes back sooner than this is not worth a banner. */
const patienceMs = 2_500;

export function useConnection(): { shown: boolean; offline: boolean; set: (state: StreamState) => void } {
  const [shown, setShown] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  return {
    shown,
    offline: !navigator.onLine,
    set(state) {
      if (state === 'lost') {
        timer.current ??= setTimeout(() => setShown(true), patienceMs);
        return;
      }
      if (state === 'open') {
        clearTimeout(timer.current);
        timer.current = undefined;
        setShown(false);
      }
    },
  };
}
