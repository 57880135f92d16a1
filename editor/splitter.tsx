/**
 * The edge between the text and what stands beside it: dragged with a pointer, moved with the arrow
 * keys, and back to its usual place with a double press or Home. Where it was put is kept in the browser.
 */
import { useEffect, useState } from 'preact/hooks';

const key = 'regimen.editor.side';
/** The width of the side in percent of the panes. */
const usualSide = 32;
const sideMin = 20;
const sideMax = 60;
const keyStep = 2;

/** Gives the width of the side in percent, and the edge that moves it. */
export function useSplitter(): { side: number; edge: preact.JSX.Element } {
  const [side, setSide] = useState(kept);
  useEffect(() => keep(side), [side]);
  const move = (to: number): void => setSide(Math.min(sideMax, Math.max(sideMin, Math.round(to * 10) / 10)));

  const drag = (event: preact.TargetedPointerEvent<HTMLDivElement>): void => {
    const handle = event.currentTarget;
    const panes = handle.parentElement?.getBoundingClientRect();
    if (panes === undefined || event.button !== 0) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    const follow = ({ clientX }: PointerEvent): void => move(((panes.right - clientX) / panes.width) * 100);
    const stop = (): void => {
      handle.removeEventListener('pointermove', follow);
      handle.removeEventListener('pointerup', stop);
      handle.removeEventListener('pointercancel', stop);
    };
    handle.addEventListener('pointermove', follow);
    handle.addEventListener('pointerup', stop);
    handle.addEventListener('pointercancel', stop);
  };

  const pressed = (event: preact.TargetedKeyboardEvent<HTMLDivElement>): void => {
    const to = { ArrowLeft: side + keyStep, ArrowRight: side - keyStep, Home: usualSide }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };

  return {
    side,
    edge: (
      // biome-ignore lint/a11y/useSemanticElements: a line of a text cannot be moved; this is ARIA's window splitter.
      <div
        class="splitter"
        role="separator"
        aria-orientation="vertical"
        aria-label="Width of the stages and problems. Arrow keys change it."
        aria-valuenow={Math.round(side)}
        aria-valuemin={sideMin}
        aria-valuemax={sideMax}
        tabIndex={0}
        title="Drag to change the width"
        onPointerDown={drag}
        onKeyDown={pressed}
        onDblClick={() => move(usualSide)}
      />
    ),
  };
}

function kept(): number {
  try {
    const width = Number(localStorage.getItem(key));
    return width >= sideMin && width <= sideMax ? width : usualSide;
  } catch {
    return usualSide;
  }
}

function keep(width: number): void {
  try {
    if (width === usualSide) localStorage.removeItem(key);
    else localStorage.setItem(key, String(width));
  } catch {
    // A browser that keeps nothing: the edge is where it was put until the page is left.
  }
}
