/**
 * A stage graph as a Mermaid state diagram, for wikis and pull requests that draw it.
 *
 * Every stage gets an id of its own that Mermaid cannot mistake for a keyword; its title and the words
 * on the arrows are the author's, with every sign that means something to Mermaid written as an entity.
 */
import type { Graph, GraphEdge, GraphNode } from './graph.ts';
import { hasName } from './layout-graph.ts';

const indent = '  ';

/** The same graph gives the same text. It ends with a line break. */
export function mermaid(graph: Graph): string {
  const ids = new Map(graph.nodes.map((node, index) => [node.id, mermaidId(node, index)]));
  const id = (name: string) => ids.get(name) ?? name;
  const first = ids.get(graph.initial);
  const ends = graph.nodes.filter(({ kind }) => kind === 'final' || kind === 'exit');
  const lines = [
    'stateDiagram-v2',
    ...graph.nodes.map((node) => `${indent}state "${written(title(node))}" as ${id(node.id)}`),
    ...(first === undefined ? [] : [`${indent}[*] --> ${first}`]),
    ...sameWay(graph.edges).flatMap((edges) => drawWay(edges, id)),
    ...ends.map((node) => `${indent}${id(node.id)} --> [*]`),
  ];
  return `${lines.join('\n')}\n`;
}

/** `stage_training`, `exit_left_as_lost`, `anytime`. Letters beyond ASCII give way, and the number tells such names apart. */
function mermaidId({ id, kind }: GraphNode, index: number): string {
  if (kind === 'anytime') return 'anytime';
  const plain = id.replace(/[^A-Za-z0-9_]/g, '_');
  const told = plain === id ? plain : `${plain}_${index}`;
  return `${kind === 'exit' ? 'exit' : 'stage'}_${told}`;
}

const title = (node: GraphNode): string => (hasName(node) ? `${node.title} (${node.id})` : node.title);

/** Mermaid draws only one of several arrows that go the same way, so they become one with all their words. */
function sameWay(edges: readonly GraphEdge[]): GraphEdge[][] {
  const ways = new Map<string, GraphEdge[]>();
  for (const edge of edges) {
    const way = `${edge.from} ${edge.to}`;
    ways.set(way, [...(ways.get(way) ?? []), edge]);
  }
  return [...ways.values()];
}

/** The words of a loop stand in a note beside the stage: on the arrow Mermaid would lay them over its neighbors. */
function drawWay(edges: GraphEdge[], id: (name: string) => string): string[] {
  const [edge] = edges;
  if (edge === undefined) return [];
  const [from, to] = [id(edge.from), id(edge.to)];
  const arrow = `${indent}${from} --> ${to}`;
  if (from === to) {
    const words = edges.map(({ direction, label }) => [direction, label].filter((part) => part !== '').join(': '));
    return [
      arrow,
      `${indent}note right of ${from}`,
      ...words.map((one) => indent + indent + written(one)),
      `${indent}end note`,
    ];
  }
  // Advancing is what arrows do; every other way is named.
  const words = edges
    .map(({ direction, label }) => (direction === 'advance' ? [label] : [direction, label]))
    .map((parts) => written(parts.filter((part) => part !== '').join(': ')))
    .filter((one) => one !== '');
  return [words.length === 0 ? arrow : `${arrow} : ${words.join('<br/>')}`];
}

/**
 * Mermaid reads `#60;` as the sign of that number, in titles, notes and on arrows; every sign that could
 * be syntax or markup is written so, and the space in the words that end a note.
 */
function written(words: string): string {
  return words
    .replace(/\s+/g, ' ')
    .replace(/\p{Control}/gu, '')
    .replace(/["#:;<>&`\\{}[\]*_~$%|]|(?<=\bend) (?=note\b)/gi, (sign) => `#${sign.charCodeAt(0)};`);
}
