/**
 * A stage graph as a Mermaid state diagram, for wikis and pull requests that draw it.
 *
 * Every stage gets an id of its own that Mermaid cannot mistake for a keyword; its title and the words
 * on the arrows are the author's, with every sign that means something to Mermaid written as an entity.
 */
import { flowsOfGraph } from './arrange-graph.ts';
import {
  ANYTIME,
  edgeWords,
  type Graph,
  type GraphEdge,
  type GraphGroup,
  type GraphNode,
  groupWords,
} from './graph.ts';
import { caption } from './layout-graph.ts';

const indent = '  ';

/** The same graph gives the same text. It ends with a line break. */
export function mermaid(graph: Graph): string {
  const ids = new Map(graph.nodes.map((node, index) => [node.id, mermaidId(node, index)]));
  const lines = flowsOfGraph(graph).flatMap(({ graph: flow, group }, index) => {
    const drawn = drawFlow(flow, ids);
    return group === undefined ? drawn : drawGroup(group, index, drawn);
  });
  return `${['stateDiagram-v2', ...lines].join('\n')}\n`;
}

function drawFlow({ nodes, edges, initial }: Graph, ids: ReadonlyMap<string, string>): string[] {
  const id = (name: string) => ids.get(name) ?? name;
  const first = ids.get(initial);
  const ends = nodes.filter(({ kind }) => kind === 'final' || kind === 'exit');
  return [
    ...nodes.map((node) => `${indent}state "${written(title(node))}" as ${id(node.id)}`),
    ...(first === undefined ? [] : [`${indent}[*] --> ${first}`]),
    ...sameWay(edges).flatMap((way) => drawWay(way, id)),
    ...ends.map((node) => `${indent}${id(node.id)} --> [*]`),
  ];
}

/** A track or a list is a state with states inside. */
function drawGroup(group: GraphGroup, index: number, drawn: string[]): string[] {
  const id = `${group.kind}_${index}`;
  return [
    `${indent}state "${written(groupWords(group))}" as ${id}`,
    `${indent}state ${id} {`,
    ...drawn.map((line) => indent + line),
    `${indent}}`,
  ];
}

/**
 * `stage_training`, `exit_left_as_lost`, `anytime`. Letters beyond ASCII give way, and the number tells such names
 * apart.
 */
function mermaidId({ id, kind }: GraphNode, index: number): string {
  if (id === ANYTIME) return 'anytime';
  const plain = id.replace(/[^A-Za-z0-9_]/g, '_');
  const told = plain === id ? plain : `${plain}_${index}`;
  return `${kind === 'exit' || kind === 'anytime' ? kind : 'stage'}_${told}`;
}

const title = (node: GraphNode): string => (caption(node) === '' ? node.title : `${node.title} (${caption(node)})`);

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
    const words = edges.map((edge) => [edge.direction, edgeWords(edge)].filter((part) => part !== '').join(': '));
    return [
      arrow,
      `${indent}note right of ${from}`,
      ...words.map((one) => indent + indent + written(one)),
      `${indent}end note`,
    ];
  }
  // Advancing is what arrows do; every other way is named.
  const words = edges
    .map((edge) => (edge.direction === 'advance' ? [edgeWords(edge)] : [edge.direction, edgeWords(edge)]))
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
