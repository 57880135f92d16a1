/**
 * Where everything of a stage graph goes: sizes from the words, places from dagre.
 *
 * Text is measured by a table of average widths, since there is no page here; the drawing leaves
 * enough room for the difference between fonts. Rules that lead back to their own stage become
 * rows inside its box: loops beside it would be wider than the graph. Drawn from top to bottom, so do
 * all that `arrange-graph.ts` takes for rows, which keeps the picture as narrow as its widest box.
 */
import dagre from '@dagrejs/dagre';
import { arrangeGraph, flowsOfGraph, type Group } from './arrange-graph.ts';
import { edgeWords, type Graph, type GraphEdge, type GraphGroup, type GraphNode, groupWords } from './graph.ts';

export type Direction = 'LR' | 'TB';
export type Point = { x: number; y: number };
export type PlacedRow = { edge: GraphEdge; lines: string[]; y: number };
/** Centers; `rows` are offsets from the top of the box. */
export type PlacedNode = Point & {
  node: GraphNode;
  width: number;
  height: number;
  titleLines: string[];
  rows: PlacedRow[];
};
export type PlacedEdge = {
  edge: GraphEdge;
  points: Point[];
  label: Point & { width: number; height: number; lines: string[] };
};
export type Layout = {
  width: number;
  height: number;
  nodes: PlacedNode[];
  edges: PlacedEdge[];
  /** A dot for each flow, with the way to where it begins. */
  starts: { at: Point; points: Point[] }[];
  /** Tracks and lists: the top left corner, and the line of the title. */
  frames: (Point & { group: GraphGroup; title: string; width: number; height: number })[];
};

export const size = {
  title: 14,
  titleLine: 18,
  name: 11,
  label: 11,
  labelLine: 14,
  padding: 14,
  rowIndent: 20,
  rowGap: 8,
  margin: 16,
  start: 5,
} as const;

const TITLE_CHARACTERS = 24;
const LABEL_CHARACTERS = 26;
const ROW_CHARACTERS = 38;
/** Lines of one label; longer ones end in `…`. */
const LINES_MAX = 4;
const START = 'start';

/**
 * `LR`: everything from left to right, as one picture. `TB`: from top to bottom in groups (see
 * `arrange-graph.ts`), beside each other where `width` (px) has room for them, else one below the other.
 */
export function layoutGraph(
  graph: Graph,
  direction: Direction,
  { current, width = 0 }: { current?: string; width?: number } = {},
): Layout {
  const titles = new Map(graph.nodes.map((node) => [node.id, node.title]));
  const pictures = flowsOfGraph(graph).flatMap(({ graph: flow, group }) => {
    const parts = direction === 'TB' ? arrangeGraph(flow, current) : [asOne(flow)];
    const drawn = parts.map((part) => layoutGroup(part, flow.initial, direction, titles));
    return group === undefined ? drawn : [frame(compose(drawn, width), group)];
  });
  return compose(pictures, width);
}

/** A picture with a frame around it and the name of its track or list above. */
function frame(picture: Layout, group: GraphGroup): Layout {
  const title = groupWords(group);
  const top = size.titleLine;
  const room = textWidth(title, size.label) * 1.1 + 4 * size.margin;
  const width = Math.ceil(Math.max(picture.width, room));
  const by = { x: (width - picture.width) / 2, y: top };
  const inset = size.margin / 2;
  const around = {
    group,
    title,
    x: inset,
    y: inset,
    width: width - 2 * inset,
    height: picture.height + top - 2 * inset,
  };
  const moved = moveBy(picture, by);
  return { ...moved, width, height: picture.height + top, frames: [around, ...moved.frames] };
}

function moveBy(picture: Layout, by: Point): Layout {
  const moved = ({ x, y }: Point): Point => ({ x: x + by.x, y: y + by.y });
  return {
    width: picture.width,
    height: picture.height,
    nodes: picture.nodes.map((node) => ({ ...node, ...moved(node) })),
    edges: picture.edges.map((edge) => ({
      ...edge,
      points: edge.points.map(moved),
      label: { ...edge.label, ...moved(edge.label) },
    })),
    starts: picture.starts.map(({ at, points }) => ({ at: moved(at), points: points.map(moved) })),
    frames: picture.frames.map((one) => ({ ...one, ...moved(one) })),
  };
}

/** The whole graph as arrows; only moves that lead back to their own stage are rows. */
function asOne({ nodes, edges }: Graph): Group {
  const ids = new Set(nodes.map((node) => node.id));
  const known = edges.filter((edge) => ids.has(edge.from) && ids.has(edge.to));
  return {
    nodes,
    arrows: known.filter((edge) => edge.from !== edge.to),
    rows: known.filter((edge) => edge.from === edge.to),
  };
}

function layoutGroup(
  { nodes, arrows, rows }: Group,
  initial: string,
  direction: Direction,
  titles: ReadonlyMap<string, string>,
): Layout {
  const g = new dagre.graphlib.Graph({ multigraph: true });
  g.setGraph({ rankdir: direction, nodesep: 36, edgesep: 20, ranksep: 34, marginx: size.margin, marginy: size.margin });
  const measured = nodes.map((node) =>
    measure(
      node,
      rows.filter((edge) => edge.from === node.id),
      titles,
    ),
  );
  // Numbers instead of the author's names: dagre keeps its tables in plain objects.
  const numbers = new Map(nodes.map((node, index) => [node.id, `${index}`]));
  const number = (id: string): string => numbers.get(id) ?? '';
  for (const { node, width, height } of measured) g.setNode(number(node.id), { width, height });
  if (numbers.has(initial)) {
    g.setNode(START, { width: 2 * size.start, height: 2 * size.start });
    g.setEdge(START, number(initial), { width: 0, height: 0, weight: 3 }, START);
  }
  arrows.forEach((edge, index) => {
    const lines = wrap(edgeWords(edge), LABEL_CHARACTERS);
    const width = Math.max(0, ...lines.map((line) => textWidth(line, size.label))) + 10;
    const height = lines.length * size.labelLine + 6;
    // What leads on makes the spine of the drawing; ways back and out bend around it.
    g.setEdge(
      number(edge.from),
      number(edge.to),
      { width, height, labelpos: 'c', weight: edge.direction === 'advance' ? 3 : 1 },
      String(index),
    );
  });
  dagre.layout(g);

  const { width = 0, height = 0 } = g.graph() as { width?: number; height?: number };
  const layout: Layout = {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: measured.map((one) => ({ ...one, ...(g.node(number(one.node.id)) as Point) })),
    edges: arrows.map((edge, index) => {
      const placed = g.edge(number(edge.from), number(edge.to), String(index)) as {
        points: Point[];
        x: number;
        y: number;
        width: number;
        height: number;
      };
      const { points, x, y, width: labelWidth, height: labelHeight } = placed;
      return {
        edge,
        points,
        label: { x, y, width: labelWidth, height: labelHeight, lines: wrap(edgeWords(edge), LABEL_CHARACTERS) },
      };
    }),
    starts: [],
    frames: [],
  };
  if (g.hasNode(START)) {
    const { x, y } = g.node(START) as Point;
    const { points } = g.edge(START, number(initial), START) as { points: Point[] };
    layout.starts.push({ at: { x, y }, points });
  }
  return layout;
}

/** Pictures beside each other where `room` allows, else one below the other, on one axis. */
function compose(pictures: Layout[], room: number): Layout {
  const empty = { nodes: [], edges: [], starts: [], frames: [] };
  const [first] = pictures;
  if (first === undefined) return { width: 2 * size.margin, height: 2 * size.margin, ...empty };
  if (pictures.length === 1) return first;
  const across = pictures.reduce((sum, one) => sum + one.width, 0);
  const widest = Math.max(...pictures.map((one) => one.width));
  const beside = across <= room;
  const all: Layout = { width: beside ? across : widest, height: 0, nodes: [], edges: [], starts: [], frames: [] };
  let along = 0;
  for (const picture of pictures) {
    const by = beside ? { x: along, y: 0 } : { x: (widest - picture.width) / 2, y: along };
    along += beside ? picture.width : picture.height;
    all.height = beside ? Math.max(all.height, picture.height) : along;
    const moved = moveBy(picture, by);
    all.nodes.push(...moved.nodes);
    all.edges.push(...moved.edges);
    all.starts.push(...moved.starts);
    all.frames.push(...moved.frames);
  }
  return all;
}

function measure(node: GraphNode, own: GraphEdge[], titles: ReadonlyMap<string, string>): Omit<PlacedNode, 'x' | 'y'> {
  const titleLines = wrap(node.title, TITLE_CHARACTERS);
  let y = size.padding + titleLines.length * size.titleLine + (caption(node) === '' ? 0 : size.name + 6);
  const rows = own.map((edge) => {
    const lines = wrap(rowWords(edge, titles), ROW_CHARACTERS);
    y += size.rowGap;
    const row = { edge, lines, y };
    y += lines.length * size.labelLine;
    return row;
  });
  const widths = [
    ...titleLines.map((line) => textWidth(line, size.title) * 1.1),
    textWidth(caption(node), size.name) * 1.15,
    ...rows.flatMap((row) => row.lines.map((line) => textWidth(line, size.label) + size.rowIndent)),
  ];
  const small = isPill(node, rows);
  const width = Math.ceil(Math.max(small ? 60 : 110, ...widths) + 2 * size.padding);
  return {
    node,
    titleLines,
    rows,
    width,
    height: Math.ceil(y + (small ? size.padding - 4 : size.padding - 2)) - (small ? 4 : 0),
  };
}

/** Exits, and `anytime` where nothing is written in it, are rounded like a pill. */
export function isPill(node: GraphNode, rows: readonly unknown[]): boolean {
  return node.kind === 'exit' || (node.kind === 'anytime' && rows.length === 0);
}

/** A move inside a box is read alone, so it is a phrase: `return when no runs for 14 days`. */
function rowWords(edge: GraphEdge, titles: ReadonlyMap<string, string>): string {
  const { direction, from, to } = edge;
  const label = edgeWords(edge);
  const preposition = { advance: 'to ', return: 'to ', interrupt: 'with ', leave: 'as ', restart: '', resume: '' };
  const away = from !== to && direction !== 'resume';
  const move = away ? `${direction} ${preposition[direction]}${titles.get(to) ?? to}` : direction;
  if (label === '') return move;
  if (edge.label === '') return `${move}, ${label}`;
  if (label.startsWith('“')) return `${move} on ${label}`;
  return /^(after|on|check|at|pause) /.test(label) ? `${move} ${label}` : `${move} when ${label}`;
}

/** What stands under the title of a stage: its own name where that is another, and that it is protected. */
export function caption(node: GraphNode): string {
  if (node.kind !== 'stage' && node.kind !== 'final') return '';
  const name = node.group === undefined ? node.id : node.id.slice(node.group.length + 1);
  return [node.title === name ? '' : name, node.protected ? 'protected' : ''].filter((part) => part !== '').join(' · ');
}

/** Breaks a text at its spaces; a word that is too long is cut. */
export function wrap(text: string, characters: number): string[] {
  if (text === '') return [];
  const lines: string[] = [];
  let line = '';
  // A comparison stays together: `week <` at the end of a line reads badly.
  const joined = text.replace(/ (>=|<=|!=|=|<|>) /g, '\u00a0$1\u00a0');
  for (const word of joined.split(' ')) {
    const short = word.length > characters ? `${word.slice(0, characters - 1)}…` : word;
    if (line !== '' && line.length + 1 + short.length > characters) {
      lines.push(line);
      line = short;
    } else line = line === '' ? short : `${line} ${short}`;
  }
  lines.push(line);
  if (lines.length <= LINES_MAX) return lines;
  return [...lines.slice(0, LINES_MAX - 1), `${lines[LINES_MAX - 1] ?? ''}…`];
}

/** About how wide a text is in an ordinary sans-serif, in the unit of `fontSize`. */
function textWidth(text: string, fontSize: number): number {
  let ems = 0;
  for (const character of text) {
    if (/[iljtfrI.,:;'|! ]/.test(character)) ems += 0.36;
    else if (/[mwMW…]/.test(character)) ems += 0.9;
    else if (/[A-Z]/.test(character)) ems += 0.72;
    // Scripts without small letters take a whole em.
    else if (character.charCodeAt(0) > 0x2e80) ems += 1;
    else ems += 0.61;
  }
  return ems * fontSize;
}
