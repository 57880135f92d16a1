/**
 * Keeps the end of the conversation in view while the reader is there; tells when something new came
 * below what they read.
 *
 * Only a reader who scrolls up leaves the end. That the end moved away, because something long came
 * or the window became smaller, is no reason to stop following it.
 */
import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

/** The reader counts as being at the end while they are this close to it. */
const nearEndPx = 120;

export type StayAtEnd = {
  scroller: RefObject<HTMLElement | null>;
  /** Something came that the reader has not seen. */
  behind: boolean;
  /** Goes to the end, and follows it from now on. */
  go: () => void;
  scrolled: () => void;
  /** Call before something is put in above: what the reader looks at stays where it is. */
  holdPlace: () => void;
};

/** `mark` changes whenever something is added at the end. */
export function useStayAtEnd(mark: string): StayAtEnd {
  const scroller = useRef<HTMLElement>(null);
  const follows = useRef(true);
  const lastTop = useRef(0);
  const heldFromEnd = useRef<number | null>(null);
  const [behind, setBehind] = useState(false);

  const go = (): void => {
    follows.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
    setBehind(false);
  };
  useLayoutEffect(() => {
    if (heldFromEnd.current === null || scroller.current === null) return;
    scroller.current.scrollTop = scroller.current.scrollHeight - heldFromEnd.current;
    heldFromEnd.current = null;
  });
  useEffect(() => {
    if (follows.current) go();
    else setBehind(true);
  }, [mark]);
  // A phone's keyboard, a growing composer or a turned screen make the window on the conversation smaller.
  useEffect(() => {
    if (scroller.current === null) return;
    const watcher = new ResizeObserver(() => {
      if (follows.current) go();
    });
    watcher.observe(scroller.current);
    return () => watcher.disconnect();
  }, []);

  return {
    scroller,
    behind,
    go,
    scrolled() {
      const element = scroller.current;
      if (element === null) return;
      const near = element.scrollHeight - element.scrollTop - element.clientHeight < nearEndPx;
      if (near) {
        follows.current = true;
        setBehind(false);
      } else if (element.scrollTop < lastTop.current) follows.current = false;
      lastTop.current = element.scrollTop;
    },
    holdPlace() {
      const element = scroller.current;
      if (element !== null) heldFromEnd.current = element.scrollHeight - element.scrollTop;
    },
  };
}
