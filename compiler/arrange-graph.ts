/**
 * The graph of one flow → groups that are drawn one below, or beside, the other, so that it stays narrow.
 *
 * The first group is the way people go from the first stage; the second what can happen at any time
 * and what is reached only so. Moves inside a group are arrows. All others are rows in the box they
 * start from: ways out of the program (their exits need no box then), and moves from one group into
 * the other. An arrow across the whole picture tells less than the words.
 */
import type { Graph, GraphEdge, GraphGroup, GraphNode } from './graph.ts';

export type Group = { nodes: GraphNode[]; arrows: GraphEdge[]; rows: GraphEdge[] };

/** A graph for each flow: first the program itself, then its tracks and lists, each with its group. */
export function flowsOfGraph(graph: Graph): { graph: Graph; group?: GraphGroup }[] {
  const groups = graph.groups ?? [];
  if (groups.length === 0) return [{ graph }];
  const part = (group: GraphGroup | undefined): Graph => {
    const nodes = graph.nodes.filter((node) => node.group === group?.id);
    const ids = new Set(nodes.map((node) => node.id));
    const edges = graph.edges.filter((edge) => ids.has(edge.from));
    return { name: graph.name, initial: group?.initial ?? graph.initial, nodes, edges };
  };
  return [{ graph: part(undefined) }, ...groups.map((group) => ({ graph: part(group), group }))];
}

/** Empty groups are left out. `current` keeps its box even where it is an exit. */
export function arrangeGraph({ nodes, edges, initial }: Graph, current?: string): Group[] {
  const boxes = nodes.filter((node) => node.kind !== 'exit' || node.id === current);
  const ids = new Set(boxes.map((node) => node.id));
  const anytime = nodes.find((node) => node.kind === 'anytime')?.id;
  const onTheWay = reachedFrom(initial, edges, ids, anytime);
  const apart = anytime === undefined ? new Set<string>() : reachedFrom(anytime, edges, ids, anytime);
  const isApart = (id: string) => apart.has(id) && (id === anytime || !onTheWay.has(id));
  return [false, true]
    .map((side) => {
      const own = boxes.filter((node) => isApart(node.id) === side);
      const names = new Set(own.map((node) => node.id));
      const from = edges.filter((edge) => names.has(edge.from));
      const isArrow = (edge: GraphEdge) => edge.from !== edge.to && names.has(edge.to);
      return { nodes: own, arrows: from.filter(isArrow), rows: from.filter((edge) => !isArrow(edge)) };
    })
    .filter((group) => group.nodes.length > 0);
}

/** What moves lead to, `start` included; not through `anytime`, which every stage would lead to. */
function reachedFrom(
  start: string,
  edges: readonly GraphEdge[],
  ids: ReadonlySet<string>,
  anytime: string | undefined,
): Set<string> {
  const reached = new Set<string>(ids.has(start) ? [start] : []);
  // A set is walked through to its end, also while it grows.
  for (const id of reached) {
    for (const edge of edges) if (edge.from === id && edge.to !== anytime && ids.has(edge.to)) reached.add(edge.to);
  }
  return reached;
}
