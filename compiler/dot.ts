/**
 * A stage graph in the DOT language of Graphviz.
 *
 * Every name and every word of the author stands in double quotes, escaped. Colors are the ones of the
 * pages by day: Graphviz draws for paper.
 */
import { flowsOfGraph } from './arrange-graph.ts';
import { edgeWords, type Graph, type GraphEdge, type GraphGroup, type GraphNode, groupWords } from './graph.ts';
import type { Move } from './ir.ts';
import { caption } from './layout-graph.ts';

const indent = '  ';

const colors: Record<Move['direction'], string> = {
  advance: '#0b7459',
  return: '#8a5200',
  restart: '#686c74',
  interrupt: '#686c74',
  resume: '#686c74',
  leave: '#686c74',
};
const dashed: readonly Move['direction'][] = ['interrupt', 'leave'];

/** The dot where people begin: no stage can be called so. */
const startNode = '*';

/** The same graph gives the same text. It ends with a line break. */
export function dot(graph: Graph): string {
  const lines = [
    `digraph ${quote(graph.name)} {`,
    `${indent}graph [rankdir=TB, fontname="sans-serif"]`,
    `${indent}node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#cfcfca", fontname="sans-serif"]`,
    `${indent}edge [fontname="sans-serif", fontsize=11]`,
    ...flowsOfGraph(graph).flatMap(({ graph: flow, group }) =>
      group === undefined ? drawFlow(flow, startNode) : drawGroup(flow, group),
    ),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function drawFlow({ nodes, edges, initial }: Graph, start: string): string[] {
  const starts = nodes.some(({ id }) => id === initial);
  return [
    ...(starts ? [`${indent}${quote(start)} [shape=point, width=0.12]`] : []),
    ...nodes.map((node) => `${indent}${quote(node.id)} [${describeNode(node)}]`),
    ...(starts ? [`${indent}${quote(start)} -> ${quote(initial)}`] : []),
    ...edges.map((edge) => `${indent}${quote(edge.from)} -> ${quote(edge.to)} [${describeEdge(edge)}]`),
  ];
}

/** Graphviz frames what stands in a subgraph whose name begins with `cluster`. */
function drawGroup(flow: Graph, group: GraphGroup): string[] {
  return [
    `${indent}subgraph ${quote(`cluster ${group.id}`)} {`,
    `${indent}${indent}graph [label=${quote(groupWords(group))}, style="rounded,dashed", color="#cfcfca", fontcolor="#686c74"]`,
    ...drawFlow(flow, `${startNode}${group.id}`).map((line) => indent + line),
    `${indent}}`,
  ];
}

function describeNode(node: GraphNode): string {
  const below = caption(node);
  const label = `label=${quote(below === '' ? node.title : `${node.title}\n${below}`)}`;
  const border = node.protected ? ', color="#686c74", penwidth=2' : '';
  if (node.kind === 'final') return `${label}, peripheries=2${border}`;
  return node.kind === 'stage' ? `${label}${border}` : `${label}, fillcolor="#f1f1ee", color="#f1f1ee"`;
}

/** Advancing is what arrows do; every other way is named. */
function describeEdge(edge: GraphEdge): string {
  const { direction } = edge;
  const label = edgeWords(edge);
  const words = direction === 'advance' ? label : [direction, label].filter((part) => part !== '').join(': ');
  const style = dashed.includes(direction) ? ', style=dashed' : '';
  return `label=${quote(words)}, color="${colors[direction]}", fontcolor="${colors[direction]}"${style}`;
}

/** A quoted text of DOT; a backslash would be an escape in a label, and a line break ends a line of it. */
function quote(words: string): string {
  const lines = words.split('\n').map((line) => line.replace(/\p{Control}/gu, '').replace(/["\\]/g, '\\$&'));
  return `"${lines.join('\\n')}"`;
}
