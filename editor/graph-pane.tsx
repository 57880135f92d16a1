/**
 * The stage graph beside the text. The stage the cursor is in is marked; a press on a stage or an
 * arrow moves the cursor to it.
 *
 * The drawing comes finished from the language worker, the same as everywhere else in the product;
 * here it only becomes part of the page and gets its marks and listeners.
 */
import { useEffect, useRef } from 'preact/hooks';
import type { Span } from '../language/ast.ts';
import type { Checked } from './protocol.ts';

type Properties = {
  checked: Checked | null;
  /** The stage the cursor is in. */
  stage: string | null;
  go: (span: Span) => void;
};

export function GraphPane({ checked, stage, go }: Properties) {
  const host = useRef<HTMLDivElement>(null);
  const drawing = checked?.drawing ?? null;
  const latest = useRef({ checked, go });
  latest.current = { checked, go };

  useEffect(() => {
    if (host.current === null) return;
    const scroll = { left: host.current.scrollLeft, top: host.current.scrollTop };
    host.current.replaceChildren(...(drawing === null ? [] : [svgOf(drawing)]));
    for (const part of host.current.querySelectorAll<SVGElement>('[data-stage], [data-rule]')) {
      if (spanOf(part, latest.current.checked) === null) continue;
      part.setAttribute('tabindex', '0');
      part.setAttribute('role', 'button');
      part.classList.add('is-pressable');
    }
    host.current.scrollTo(scroll);
  }, [drawing]);

  // A new drawing needs its mark again, so it counts here beside the stage.
  useEffect(() => {
    if (host.current === null) return;
    for (const part of host.current.querySelectorAll('[data-stage]')) {
      const here = part.getAttribute('data-stage') === stage;
      part.classList.toggle('is-highlighted', here);
      if (here) part.setAttribute('aria-current', 'true');
      else part.removeAttribute('aria-current');
      if (here) keepInView(host.current, part);
    }
  }, [stage, drawing]);

  const press = (target: EventTarget | null) => {
    const part = (target as Element | null)?.closest?.('[data-stage], [data-rule]');
    const span = part ? spanOf(part, latest.current.checked) : null;
    if (span !== null) latest.current.go(span);
    return span !== null;
  };

  return (
    <section class="pane graph" aria-labelledby="graph-title">
      <header class="pane-head">
        <h2 id="graph-title">Stages</h2>
        {stage !== null && <p class="pane-note">{stage}</p>}
      </header>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the stages and arrows inside are the buttons; this only hears them */}
      <div
        class="graph-host"
        ref={host}
        onClick={(event) => press(event.target)}
        onKeyDown={(event) => {
          if ((event.key === 'Enter' || event.key === ' ') && press(event.target)) event.preventDefault();
        }}
      />
      {checked !== null && drawing === null && (
        <p class="graph-empty">The stages appear here as soon as the text has a program with a stage in it.</p>
      )}
    </section>
  );
}

/** Where in the text a part of the drawing comes from: a stage's name, or the rule behind an arrow. */
function spanOf(part: Element, checked: Checked | null): Span | null {
  if (checked === null) return null;
  const rule = part.getAttribute('data-rule');
  if (rule !== null) return checked.graph?.edges.find((edge) => edge.rule === rule)?.span ?? null;
  const stage = part.getAttribute('data-stage');
  return checked.outline.find((item) => item.kind === 'stage' && item.name === stage)?.nameSpan ?? null;
}

/** The drawing is text we made ourselves; it is still read as a document and never as HTML. */
function svgOf(drawing: string): Node {
  return document.importNode(new DOMParser().parseFromString(drawing, 'image/svg+xml').documentElement, true);
}

/** Scrolls the pane itself only, and only when the part is out of sight. */
function keepInView(host: HTMLElement, part: Element): void {
  const outer = host.getBoundingClientRect();
  const inner = part.getBoundingClientRect();
  if (inner.height === 0) return;
  const margin = 16;
  if (inner.top < outer.top + margin) host.scrollBy({ top: inner.top - outer.top - margin, behavior: 'smooth' });
  else if (inner.bottom > outer.bottom - margin)
    host.scrollBy({ top: inner.bottom - outer.bottom + margin, behavior: 'smooth' });
}
