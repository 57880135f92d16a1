/**
 * A stage graph in the DOT language of Graphviz.
 *
 * Every name and every word of the author stands in double quotes, escaped. Colors are the ones of the
 * pages by day: Graphviz draws for paper.
 */
import type { Graph, GraphEdge, GraphNode } from './graph.ts';
import type { Move } from './ir.ts';
import { hasName } from './layout-graph.ts';

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
  const starts = graph.nodes.some(({ id }) => id === graph.initial);
  const lines = [
    `digraph ${quote(graph.name)} {`,
    `${indent}graph [rankdir=TB, fontname="sans-serif"]`,
    `${indent}node [shape=box, style="rounded,filled", fillcolor="#ffffff", color="#cfcfca", fontname="sans-serif"]`,
    `${indent}edge [fontname="sans-serif", fontsize=11]`,
    ...(starts ? [`${indent}${quote(startNode)} [shape=point, width=0.12]`] : []),
    ...graph.nodes.map((node) => `${indent}${quote(node.id)} [${describeNode(node)}]`),
    ...(starts ? [`${indent}${quote(startNode)} -> ${quote(graph.initial)}`] : []),
    ...graph.edges.map((edge) => `${indent}${quote(edge.from)} -> ${quote(edge.to)} [${describeEdge(edge)}]`),
    '}',
  ];
  return `${lines.join('\n')}\n`;
}

function describeNode(node: GraphNode): string {
  const label = `label=${quote(hasName(node) ? `${node.title}\n${node.id}` : node.title)}`;
  if (node.kind === 'final') return `${label}, peripheries=2`;
  return node.kind === 'stage' ? label : `${label}, fillcolor="#f1f1ee", color="#f1f1ee"`;
}

/** Advancing is what arrows do; every other way is named. */
function describeEdge({ direction, label }: GraphEdge): string {
  const words = direction === 'advance' ? label : [direction, label].filter((part) => part !== '').join(': ');
  const style = dashed.includes(direction) ? ', style=dashed' : '';
  return `label=${quote(words)}, color="${colors[direction]}", fontcolor="${colors[direction]}"${style}`;
}

/** A quoted text of DOT; a backslash would be an escape in a label, and a line break ends a line of it. */
function quote(words: string): string {
  const lines = words.split('\n').map((line) => line.replace(/\p{Control}/gu, '').replace(/["\\]/g, '\\$&'));
  return `"${lines.join('\\n')}"`;
}
