/**
 * IR to the graph of stages that people look at: nodes and named edges.
 *
 * Stages and exits are nodes; every rule that moves somebody is an edge. What holds `anytime` is
 * drawn once, from a node of its own, instead of from every stage: with ten stages the same two
 * arrows ten times over would hide the program. A track or a list is a group with nodes of its own,
 * whose ids begin with its name: `diary.morning`.
 */
import type { Span } from '../language/ast.ts';
import { interruptedBy } from './emit.ts';
import type { Flow, Ir, Move, Rule, Text } from './ir.ts';
import { exitState } from './machine.ts';
import { isStopRule } from './stop.ts';

export type GraphNode = {
  /** The stage's name, the exit's state, or `anytime`; in a track or list with its name before. */
  id: string;
  title: string;
  kind: 'stage' | 'final' | 'exit' | 'anytime';
  /** The track or list it belongs to; absent: the program itself. */
  group?: string;
  /** Reached only by what the agent cannot write. */
  protected?: true;
  span?: Span;
};

export type GraphEdge = {
  from: string;
  to: string;
  direction: Move['direction'];
  /** In the author's words, short. */
  label: string;
  /** Who must approve first. */
  approvedBy?: string;
  rule: string;
  span: Span;
};

/**
 * A track, or what each item of a list goes through. `initial` is the id of the node where it begins;
 * `when` are the author's words for what a track waits for.
 */
export type GraphGroup = {
  id: string;
  title: string;
  kind: 'track' | 'list';
  initial: string;
  when?: string;
  span: Span;
};

/** `groups` is left out where there are none. */
export type Graph = { name: string; initial: string; nodes: GraphNode[]; edges: GraphEdge[]; groups?: GraphGroup[] };

/** The id of the node from which `anytime` rules lead. */
export const ANYTIME = 'anytime';
const LABEL_LENGTH_MAX = 64;

export function graph(ir: Ir): Graph {
  const main = flowGraph(ir, ir, '');
  const apart = [
    ...Object.values(ir.tracks).map((flow) => ({ flow, kind: 'track' as const })),
    // A list without stages is a plain collection: there is nothing to draw.
    ...Object.values(ir.lists)
      .filter((flow) => flow.stageOrder.length > 0)
      .map((flow) => ({ flow, kind: 'list' as const })),
  ].map(({ flow, kind }) => {
    const { name: id, title, initial, span } = flow;
    const when = 'when' in flow && flow.when !== undefined ? { when: shortened(flow.source) } : {};
    return { ...flowGraph(ir, flow, id), group: { id, title, kind, initial: `${id}.${initial}`, ...when, span } };
  });
  const flows = [main, ...apart];
  return {
    name: ir.name,
    initial: ir.initial,
    nodes: flows.flatMap((one) => one.nodes),
    edges: flows.flatMap((one) => one.edges),
    ...(apart.length === 0 ? {} : { groups: apart.map((one) => one.group) }),
  };
}

type Place = { ir: Ir; flow: Flow; ids: ReadonlySet<string>; idOf: (name: string) => string };

/** The nodes and edges of one flow; `group` is empty for the program itself. */
function flowGraph(ir: Ir, flow: Flow, group: string): Pick<Graph, 'nodes' | 'edges'> {
  const idOf = (name: string) => (group === '' ? name : `${group}.${name}`);
  const own = group === '' ? {} : { group };
  const stages = flow.stageOrder.flatMap((name) => flow.stages[name] ?? []);
  const nodes: GraphNode[] = stages.map(({ name, title, final, protected: isProtected, span }) => ({
    id: idOf(name),
    title: plainTitle(title) || name,
    kind: final === undefined ? 'stage' : 'final',
    ...own,
    ...(isProtected ? { protected: true as const } : {}),
    span,
  }));
  const place: Place = { ir, flow, ids: new Set(flow.stageOrder), idOf };
  // The word that ends every program would only fill the picture.
  const edges = stages.flatMap((stage) =>
    stage.rules.flatMap((rule) => (isStopRule(rule) ? [] : edgesOf(place, stage.name, rule))),
  );
  const always = flow.anytime.flatMap((rule) => edgesOf(place, ANYTIME, rule));
  if (always.length > 0) nodes.unshift({ id: idOf(ANYTIME), title: 'at any time', kind: 'anytime', ...own });
  for (const exit of flow.exits) {
    const id = idOf(exitState(exit));
    const way = edges.concat(always).find((edge) => edge.to === id);
    if (way) nodes.push({ id, title: exit.replaceAll('_', ' '), kind: 'exit', ...own, span: way.span });
  }
  return { nodes, edges: [...always, ...edges] };
}

function edgesOf(place: Place, from: string, rule: Rule): GraphEdge[] {
  const { move, trigger } = rule;
  if (move === undefined) return [];
  const approvedBy =
    trigger.kind === 'decided' && trigger.approved ? place.ir.proposals[trigger.proposal]?.by : undefined;
  const edge = (to: string): GraphEdge => ({
    from: place.idOf(from),
    to: place.idOf(to),
    direction: move.direction,
    label: label(rule),
    ...(approvedBy === undefined ? {} : { approvedBy }),
    rule: rule.id,
    span: rule.span,
  });
  switch (move.direction) {
    case 'leave':
      return [edge(exitState(move.as))];
    case 'restart':
      return from === ANYTIME ? [] : [edge(from)];
    case 'resume':
      return backFrom(place.flow, from).map(edge);
    default:
      return place.ids.has(move.to) ? [edge(move.to)] : [];
  }
}

/** Where `resume` leads back to: one arrow to `anytime` stands for all the stages it interrupts. */
function backFrom(flow: Flow, from: string): string[] {
  const always = flow.anytime.some(({ move }) => move?.direction === 'interrupt' && move.to === from);
  const own = interruptedBy(flow, from).filter((stage) =>
    flow.stages[stage]?.rules.some(({ move }) => move?.direction === 'interrupt' && move.to === from),
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
const label = (rule: Rule): string => shortened(labelWords(rule));

function shortened(words: string): string {
  const short = words.trim();
  return short.length > LABEL_LENGTH_MAX ? `${short.slice(0, LABEL_LENGTH_MAX - 1).trimEnd()}…` : short;
}

function labelWords({ trigger, source }: Rule): string {
  switch (trigger.kind) {
    case 'command':
      return `“${trigger.words.map((word) => word.replaceAll('_', ' ')).join('”, “')}”`;
    case 'holds':
      return reason(source);
    case 'decided':
      return trigger.approved ? reason(source) : `refused: ${reason(source)}`;
    case 'becomes':
    case 'recorded': {
      const text = source.replace(/\s*\{.*$/, '').replace(/,\s*once$/, '');
      return text.replace(/^(when|on)\s+/, trigger.kind === 'recorded' ? '$1 ' : '');
    }
    case 'cadence':
    case 'reached':
      return source.replace(/\s*\{.*$/, '').replace(/,\s*once$/, '');
  }
}

/** `advance to x with … when …, approved by …`: what is set is no reason, and who approves is told apart. */
function reason(source: string): string {
  if (/^pause\b/.test(source)) return source.replace(/^pause while\b/, 'no longer');
  const plain = source.replace(/,?\s*\bapproved by\b.*$/, '');
  return (
    /\b(?:when|after)\b.*$/
      .exec(plain.replace(/\bwith\b.*?(?=\b(?:when|after)\b|$)/, ''))?.[0]
      .replace(/^when\s+/, '') ?? ''
  );
}

/** The words on an edge, with who must approve of it. */
export function edgeWords({ label, approvedBy }: Pick<GraphEdge, 'label' | 'approvedBy'>): string {
  return [label, approvedBy === undefined ? '' : `approved by ${approvedBy.replaceAll('_', ' ')}`]
    .filter((part) => part !== '')
    .join(', ');
}

/** `track · Diary, when in_diary`. */
export const groupWords = ({ kind, title, when }: GraphGroup): string =>
  `${kind} · ${title}${when === undefined ? '' : `, when ${when}`}`;
