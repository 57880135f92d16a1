/**
 * The stage graph beside the text. The stage the cursor is in is marked; a press on a stage or an
 * arrow moves the cursor to it.
 *
 * The drawing comes finished from the language worker, the same as everywhere else in the product;
 * here it only becomes part of the page and gets its marks and listeners.
 */
import '../server/pages/graph.css';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Span } from '../language/ast.ts';
import type { Checked } from './protocol.ts';

/** The drawing shrinks to its pane, but never so far that its words cannot be read; then the pane scrolls. */
const scaleMin = 0.8;
/** Room left around a part that is scrolled into view, in pixels. */
const margin = 16;

type Properties = {
  checked: Checked | null;
  /** The graph, drawn; null with nothing to draw, undefined while nothing has been drawn yet. */
  drawing: string | null | undefined;
  /** The stage the cursor is in. */
  stage: string | null;
  go: (span: Span) => void;
};

export function GraphPane({ checked, drawing: drawn, stage, go }: Properties) {
  const host = useRef<HTMLDivElement>(null);
  /** Shrunk to be seen whole, however small its words become. */
  const [whole, setWhole] = useState(false);
  const begun = useRef(false);
  const drawing = drawn ?? null;
  const latest = useRef({ checked, go });
  latest.current = { checked, go };

  useEffect(() => {
    if (host.current === null) return;
    const scroll = { left: host.current.scrollLeft, top: host.current.scrollTop };
    host.current.replaceChildren(...(drawing === null ? [] : [svgOf(drawing)]));
    makePressable(host.current, latest.current.checked);
    host.current.scrollTo(scroll);
  }, [drawing]);

  // A new drawing needs its mark again, so it counts here beside the stage.
  useEffect(() => {
    if (host.current === null) return;
    // With the cursor in no stage yet, the first picture shows where people begin.
    const initial = latest.current.checked?.graph?.initial;
    const first =
      begun.current || stage !== null || initial === undefined
        ? null
        : host.current.querySelector(`[data-stage="${CSS.escape(initial)}"]`);
    if (first !== null) center(host.current, first);
    if (drawing !== null) begun.current = true;
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
    <section class="pane pane-graph" aria-labelledby="graph-title">
      <header class="pane-head">
        <h2 id="graph-title">Stages</h2>
        {stage !== null && <p class="pane-note">{stage}</p>}
        {drawing !== null && (
          <button type="button" class="button is-quiet is-small" aria-pressed={whole} onClick={() => setWhole(!whole)}>
            {whole ? 'Readable size' : 'Show all'}
          </button>
        )}
      </header>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the stages and arrows inside are the buttons; this only hears them */}
      <div
        class="graph-host"
        data-whole={whole}
        ref={host}
        onClick={(event) => press(event.target)}
        onKeyDown={(event) => {
          if ((event.key === 'Enter' || event.key === ' ') && press(event.target)) event.preventDefault();
        }}
      />
      {checked !== null && drawn === null && (
        <p class="graph-empty">The stages appear here as soon as the text has a program with a stage in it.</p>
      )}
    </section>
  );
}

/** Gives every stage and every move one stop for the Tab key, with a name for those who do not see the drawing. */
function makePressable(host: HTMLElement, checked: Checked | null): void {
  // As a picture the drawing would hide its parts from screen readers.
  host.querySelector('svg')?.setAttribute('role', 'group');
  const stops = new Map<string, Element>();
  for (const part of host.querySelectorAll('[data-stage], [data-rule]')) {
    if (spanOf(part, checked) === null) continue;
    part.classList.add('is-pressable');
    const rule = part.getAttribute('data-rule');
    // A move has a line and a label: the label, drawn later, is the stop. A stage's rows must not lie inside a button.
    if (rule !== null) stops.set(rule, part);
    else stops.set(`stage ${part.getAttribute('data-stage')}`, part.querySelector('.graph-box') ?? part);
  }
  for (const stop of stops.values()) {
    stop.setAttribute('tabindex', '0');
    stop.setAttribute('role', 'button');
    const part = stop.closest('[data-stage], [data-rule]');
    if (part !== null) stop.setAttribute('aria-label', labelOf(part, checked));
  }
}

/** Where in the text a part of the drawing comes from: a stage's name, or the rule behind an arrow. */
function spanOf(part: Element, checked: Checked | null): Span | null {
  if (checked === null) return null;
  const rule = part.getAttribute('data-rule');
  if (rule !== null) return checked.graph?.edges.find((edge) => edge.rule === rule)?.span ?? null;
  const stage = part.getAttribute('data-stage');
  const item = checked.outline.find((one) => one.kind === 'stage' && one.name === stage);
  return item?.nameSpan ?? checked.graph?.nodes.find((node) => node.id === stage)?.span ?? null;
}

/** What a press leads to: `Stage training: Week …`, `training: advance when done >= 3`. */
function labelOf(part: Element, checked: Checked | null): string {
  const rule = part.getAttribute('data-rule');
  const edge = rule === null ? undefined : checked?.graph?.edges.find((one) => one.rule === rule);
  if (edge !== undefined) return `${edge.from}: ${edge.direction} ${edge.label}`;
  const stage = part.getAttribute('data-stage');
  return `Stage ${stage}: ${checked?.graph?.nodes.find((node) => node.id === stage)?.title ?? ''}`;
}

/** The drawing is text we made ourselves; it is still read as a document and never as HTML. */
function svgOf(drawing: string): Node {
  const svg = new DOMParser().parseFromString(drawing, 'image/svg+xml').documentElement;
  const width = Number(svg.getAttribute('width'));
  if (width > 0) svg.style.setProperty('--readable-width', `${Math.round(width * scaleMin)}px`);
  return document.importNode(svg, true);
}

/** Scrolls the pane itself only, and only as far as the part is out of sight. */
function keepInView(host: HTMLElement, part: Element): void {
  const outer = host.getBoundingClientRect();
  const inner = part.getBoundingClientRect();
  if (inner.height === 0) return;
  const beyond = (from: number, to: number, start: number, end: number) =>
    from < start ? from - start - margin : to > end ? to - end + margin : 0;
  host.scrollBy({
    left: beyond(inner.left, inner.right, outer.left, outer.right),
    top: beyond(inner.top, inner.bottom, outer.top, outer.bottom),
    behavior: 'smooth',
  });
}

/** Scrolls the pane, at once, so that a part stands in its middle as far as the drawing reaches. */
function center(host: HTMLElement, part: Element): void {
  const outer = host.getBoundingClientRect();
  const inner = part.getBoundingClientRect();
  host.scrollBy({ left: inner.left + inner.width / 2 - outer.left - outer.width / 2 });
}
