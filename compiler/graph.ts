/**
 * IR to the graph of stages that people look at: nodes and named edges.
 *
 * Stages and exits are nodes; every rule that moves somebody is an edge. What holds `anytime` is
 * drawn once, from a node of its own, instead of from every stage: with ten stages the same two
 * arrows ten times over would hide the program.
 */
import type { Span } from '../language/ast.ts';
import { interruptedBy } from './emit.ts';
import type { Ir, Move, Rule, Text } from './ir.ts';
import { exitState } from './machine.ts';
import { isStopRule } from './stop.ts';

export type GraphNode = {
  /** The stage's name, the exit's state, or `anytime`. */
  id: string;
  title: string;
  kind: 'stage' | 'final' | 'exit' | 'anytime';
  span?: Span;
};

export type GraphEdge = {
  from: string;
  to: string;
  direction: Move['direction'];
  /** In the author's words, short. */
  label: string;
  rule: string;
  span: Span;
};

export type Graph = { name: string; initial: string; nodes: GraphNode[]; edges: GraphEdge[] };

/** The id of the node from which `anytime` rules lead. */
export const ANYTIME = 'anytime';
const LABEL_LENGTH_MAX = 64;

export function graph(ir: Ir): Graph {
  const stages = ir.stageOrder.flatMap((name) => ir.stages[name] ?? []);
  const nodes: GraphNode[] = stages.map(({ name, title, final, span }) => ({
    id: name,
    title: plainTitle(title) || name,
    kind: final === undefined ? 'stage' : 'final',
    span,
  }));
  const ids = new Set(nodes.map((node) => node.id));
  const edges: GraphEdge[] = [];
  // The word that ends every program would only fill the picture.
  for (const stage of stages) {
    for (const rule of stage.rules) if (!isStopRule(rule)) edges.push(...edgesOf(ir, stage.name, rule, ids));
  }
  const always = ir.anytime.flatMap((rule) => edgesOf(ir, ANYTIME, rule, ids));
  if (always.length > 0) nodes.unshift({ id: ANYTIME, title: 'at any time', kind: 'anytime' });
  for (const exit of ir.exits) {
    const way = edges.concat(always).find((edge) => edge.to === exitState(exit));
    if (way) nodes.push({ id: exitState(exit), title: exit.replaceAll('_', ' '), kind: 'exit', span: way.span });
  }
  return { name: ir.name, initial: ir.initial, nodes, edges: [...always, ...edges] };
}

function edgesOf(ir: Ir, from: string, rule: Rule, ids: ReadonlySet<string>): GraphEdge[] {
  const { move } = rule;
  if (move === undefined) return [];
  const edge = (to: string): GraphEdge => ({
    from,
    to,
    direction: move.direction,
    label: label(rule),
    rule: rule.id,
    span: rule.span,
  });
  switch (move.direction) {
    case 'leave':
      return [edge(exitState(move.as))];
    case 'restart':
      return from === ANYTIME ? [] : [edge(from)];
    case 'resume':
      return backFrom(ir, from).map(edge);
    default:
      return ids.has(move.to) ? [edge(move.to)] : [];
  }
}

/** Where `resume` leads back to: one arrow to `anytime` stands for all the stages it interrupts. */
function backFrom(ir: Ir, from: string): string[] {
  const always = ir.anytime.some(({ move }) => move?.direction === 'interrupt' && move.to === from);
  const own = interruptedBy(ir, from).filter((stage) =>
    ir.stages[stage]?.rules.some(({ move }) => move?.direction === 'interrupt' && move.to === from),
  );
  return always ? [ANYTIME, ...own] : own;
}

/** The title with each hole as `…`. */
function plainTitle(title: Text): string {
  return title.parts
    .map((part) => (typeof part === 'string' ? part : '…'))
    .join('')
    .trim();
}

/** What brings the move about: the condition without the words that the drawing shows anyway. */
function label(rule: Rule): string {
  const { trigger, source } = rule;
  if (trigger.kind === 'command') return `“${trigger.words.map((word) => word.replaceAll('_', ' ')).join('”, “')}”`;
  const text =
    trigger.kind === 'holds'
      ? // `advance to x with … when …`: what is set is no reason.
        (/\b(?:when|after)\b.*$/.exec(source.replace(/\bwith\b.*?(?=\b(?:when|after)\b|$)/, ''))?.[0] ?? '')
      : source.replace(/\s*\{.*$/, '');
  const short = text.replace(/^(when|on)\s+/, trigger.kind === 'recorded' ? '$1 ' : '').trim();
  return short.length > LABEL_LENGTH_MAX ? `${short.slice(0, LABEL_LENGTH_MAX - 1).trimEnd()}…` : short;
}
