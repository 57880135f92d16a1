/**
 * A stage graph as an SVG document, ready to be put into a page.
 *
 * No colors here, only classes; the page decides: `stage-graph`, `graph-node` with `is-stage`,
 * `is-final`, `is-exit`, `is-anytime`, `is-current`, `is-highlighted`, `is-protected`; inside it `graph-box`,
 * `graph-outline`, `graph-title`, `graph-name`; `graph-edge` with `edge-advance`, `edge-return`,
 * `edge-restart`, `edge-interrupt`, `edge-resume`, `edge-leave`; inside it `graph-line`,
 * `graph-arrow`, `graph-label-back`, `graph-label`; rows inside a box are `graph-row` with the same
 * `edge-…`; `graph-start` for the dot where people begin; `graph-group` with `is-track` or
 * `is-list`, inside it `graph-frame` and `graph-group-title`. Stages carry `data-stage`, moves `data-rule`.
 * Sizes of type are set, since the layout counts on them; the typeface is the page's.
 */
import { edgeWords, type Graph } from './graph.ts';
import {
  caption,
  type Direction,
  isPill,
  type Layout,
  layoutGraph,
  type PlacedEdge,
  type PlacedNode,
  type PlacedRow,
  type Point,
  size,
} from './layout-graph.ts';

export type DrawOptions = {
  /** The stage (or exit state) the person is in. */
  current?: string;
  /** Stages of tracks and lists that the person, or an item, is in. */
  alsoCurrent?: readonly string[];
  /** The stage the reader is looking at. */
  highlight?: string;
  direction?: Direction;
  /** The room there is, in px: `TB` uses it to put groups beside each other. */
  width?: number;
};

/** The same graph and options give the same text. */
export function drawGraph(graph: Graph, options: DrawOptions = {}): string {
  const layout = layoutGraph(graph, options.direction ?? 'LR', options);
  const { width, height } = layout;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" class="stage-graph" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(`Stages of ${graph.name}`)}">`,
    ...layout.frames.map(drawFrame),
    ...layout.edges.map(drawLine),
    ...layout.starts.map(drawStart),
    ...layout.nodes.map((node) => drawNode(node, options)),
    ...layout.edges.map(drawLabel),
    '</svg>',
  ].join('\n');
}

function drawNode(placed: PlacedNode, { current, alsoCurrent, highlight }: DrawOptions): string {
  const { node, x, y, width, height, titleLines, rows } = placed;
  const left = round(x - width / 2);
  const top = round(y - height / 2);
  const classes = ['graph-node', `is-${node.kind}`];
  if (node.id === current || alsoCurrent?.includes(node.id)) classes.push('is-current');
  if (node.id === highlight) classes.push('is-highlighted');
  if (node.protected) classes.push('is-protected');
  const pill = isPill(node, rows);
  const radius = pill ? height / 2 : 10;
  const box = (inset: number, name: string) =>
    `<rect class="${name}" x="${round(left + inset)}" y="${round(top + inset)}" width="${width - 2 * inset}" height="${height - 2 * inset}" rx="${round(radius - inset)}"/>`;
  const stage = node.kind === 'anytime' ? '' : ` data-stage="${escapeXml(node.id)}"`;
  const baseline = top + size.padding + size.title - 2;
  const parts = [
    `<g class="${classes.join(' ')}"${stage}>`,
    `<title>${escapeXml(node.title)}</title>`,
    box(0, 'graph-box'),
    // The second line of a final state, as in every state diagram.
    node.kind === 'final' ? box(3.5, 'graph-outline') : '',
    ...titleLines.map((line, index) =>
      text(line, x, (pill ? baseline - 2 : baseline) + index * size.titleLine, 'graph-title', size.title, 'middle'),
    ),
    caption(node) !== ''
      ? text(caption(node), x, baseline + titleLines.length * size.titleLine - 1, 'graph-name', size.name, 'middle')
      : '',
    ...rows.map((row) => drawRow(row, left, top)),
    '</g>',
  ];
  return parts.filter((part) => part !== '').join('');
}

/** A move inside a box: its words after a small arrow, turning where it leads back to its own stage. */
function drawRow({ edge, lines, y }: PlacedRow, left: number, top: number): string {
  const cx = left + size.padding + 5;
  const cy = top + y + size.labelLine / 2;
  const r = 4.5;
  const turn = `M${round(cx + r * 0.5)} ${round(cy - r * 0.87)}A${r} ${r} 0 1 0 ${round(cx + r)} ${round(cy)}`;
  const back = edge.from === edge.to;
  const away = `M${round(cx - r)} ${round(cy)}H${round(cx + r - 2)}`;
  const tip = back ? { x: cx + r, y: cy - 2.5 } : { x: cx + r + 1, y: cy };
  return [
    `<g class="graph-row edge-${edge.direction}" data-rule="${escapeXml(edge.rule)}">`,
    `<path class="graph-line" d="${back ? turn : away}" fill="none"/>`,
    arrow(tip, back ? { x: 0, y: -1 } : { x: 1, y: 0 }, 4.5),
    ...lines.map((line, index) =>
      text(
        line,
        left + size.padding + size.rowIndent,
        top + y + 11 + index * size.labelLine,
        'graph-label',
        size.label,
        'start',
      ),
    ),
    '</g>',
  ].join('');
}

function drawLine({ edge, points }: PlacedEdge): string {
  return `<g class="graph-edge edge-${edge.direction}" data-rule="${escapeXml(edge.rule)}">${line(points)}</g>`;
}

function drawLabel({ edge, label }: PlacedEdge): string {
  const { x, y, width, height, lines } = label;
  if (lines.length === 0) return '';
  const top = y - height / 2;
  return [
    `<g class="graph-edge edge-${edge.direction}" data-rule="${escapeXml(edge.rule)}">`,
    `<title>${escapeXml(`${edge.direction}: ${edgeWords(edge)}`)}</title>`,
    `<rect class="graph-label-back" x="${round(x - width / 2)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="5"/>`,
    ...lines.map((one, index) => text(one, x, top + 13 + index * size.labelLine, 'graph-label', size.label, 'middle')),
    '</g>',
  ].join('');
}

function drawStart({ at: { x, y }, points }: Layout['starts'][number]): string {
  return `<g class="graph-start"><circle cx="${round(x)}" cy="${round(y)}" r="${size.start}"/>${line(points)}</g>`;
}

/** A track or a list: a frame around its stages. */
function drawFrame({ group, title, x, y, width, height }: Layout['frames'][number]): string {
  return [
    `<g class="graph-group is-${group.kind}" data-group="${escapeXml(group.id)}">`,
    `<rect class="graph-frame" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="12"/>`,
    text(title, x + size.padding, y + size.titleLine, 'graph-group-title', size.label, 'start'),
    '</g>',
  ].join('');
}

// ---------------------------------------------------------------- shapes

/** Length of an arrow's head; the line ends at its base. */
const ARROW = 8;

/** A smooth line through points with an arrow at its end. */
function line(points: Point[]): string {
  const [first] = points;
  const end = points.at(-1);
  if (first === undefined || end === undefined) return '';
  const before = points.at(-2) ?? first;
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const way = { x: (end.x - before.x) / length, y: (end.y - before.y) / length };
  const base = { x: end.x - way.x * ARROW * 0.8, y: end.y - way.y * ARROW * 0.8 };
  return `<path class="graph-line" d="${smooth([...points.slice(0, -1), base])}" fill="none"/>${arrow(end, way, ARROW)}`;
}

/** How far a bend reaches towards the points beside it. */
const TENSION = 6;

/** A Catmull-Rom spline: it goes through every point, and so through the label on the line. */
function smooth(points: Point[]): string {
  const at = (index: number): Point => points[Math.min(Math.max(index, 0), points.length - 1)] ?? { x: 0, y: 0 };
  const show = ({ x, y }: Point) => `${round(x)} ${round(y)}`;
  let path = `M${show(at(0))}`;
  for (let index = 0; index < points.length - 1; index++) {
    const [before, from, to, after] = [at(index - 1), at(index), at(index + 1), at(index + 2)];
    const out = { x: from.x + (to.x - before.x) / TENSION, y: from.y + (to.y - before.y) / TENSION };
    const into = { x: to.x - (after.x - from.x) / TENSION, y: to.y - (after.y - from.y) / TENSION };
    path += `C${show(out)} ${show(into)} ${show(to)}`;
  }
  return path;
}

function arrow(tip: Point, way: Point, length: number): string {
  const half = length * 0.42;
  const back = { x: tip.x - way.x * length, y: tip.y - way.y * length };
  const corners = [
    tip,
    { x: back.x - way.y * half, y: back.y + way.x * half },
    { x: back.x + way.y * half, y: back.y - way.x * half },
  ];
  return `<polygon class="graph-arrow" points="${corners.map(({ x, y }) => `${round(x)},${round(y)}`).join(' ')}"/>`;
}

function text(words: string, x: number, y: number, name: string, fontSize: number, anchor: 'start' | 'middle'): string {
  return `<text class="${name}" x="${round(x)}" y="${round(y)}" font-size="${fontSize}" text-anchor="${anchor}">${escapeXml(words)}</text>`;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Safe in XML text and attributes; control characters, which XML cannot hold, are dropped. */
function escapeXml(words: string): string {
  return words
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
