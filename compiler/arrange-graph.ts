/**
 * A stage graph → groups that are drawn one below, or beside, the other, so that it stays narrow.
 *
 * The first group is the way people go from the first stage; the second what can happen at any time
 * and what is reached only so. Moves inside a group are arrows. All others are rows in the box they
 * start from: ways out of the program (their exits need no box then), and moves from one group into
 * the other. An arrow across the whole picture tells less than the words.
 */
import { ANYTIME, type Graph, type GraphEdge, type GraphNode } from './graph.ts';

export type Group = { nodes: GraphNode[]; arrows: GraphEdge[]; rows: GraphEdge[] };

/** Empty groups are left out. `current` keeps its box even where it is an exit. */
export function arrangeGraph({ nodes, edges, initial }: Graph, current?: string): Group[] {
  const boxes = nodes.filter((node) => node.kind !== 'exit' || node.id === current);
  const ids = new Set(boxes.map((node) => node.id));
  const onTheWay = reachedFrom(initial, edges, ids);
  const apart = reachedFrom(ANYTIME, edges, ids);
  const isApart = (id: string) => apart.has(id) && (id === ANYTIME || !onTheWay.has(id));
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
function reachedFrom(start: string, edges: readonly GraphEdge[], ids: ReadonlySet<string>): Set<string> {
  const reached = new Set<string>(ids.has(start) ? [start] : []);
  // A set is walked through to its end, also while it grows.
  for (const id of reached) {
    for (const edge of edges) if (edge.from === id && edge.to !== ANYTIME && ids.has(edge.to)) reached.add(edge.to);
  }
  return reached;
}
