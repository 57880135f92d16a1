/**
 * What a file holds, as a tree: for the outline, the list of symbols of a workspace and the way down
 * to the cursor. Made from whatever could be read.
 */
import type { Fragment, Name, Program, Scenario, SourceFile, Span, TextLiteral } from '../../language/ast.ts';
import { isName } from './collect-names.ts';
import type { SymbolKind } from './meanings.ts';
import type { Workspace } from './workspace.ts';

export type OutlineKind = SymbolKind | 'scenario' | 'rule' | 'question' | 'block';

export type OutlineNode = {
  kind: OutlineKind;
  name: string;
  /** One short phrase beside the name, such as a stage's title. */
  detail?: string;
  /** Where the name stands, inside `span`. */
  nameSpan: Span;
  span: Span;
  children: OutlineNode[];
};

/** Words of a rule shown in the outline are cut here. */
const LABEL_LENGTH_MAX = 60;

type Node = { kind?: string; span?: Span } & Record<string, unknown>;

/** Programs, fragments and scenarios of a file with what they hold, in the order of the text. */
export function outline(file: SourceFile, text: string): OutlineNode[] {
  const declarations: (Program | Scenario | Fragment)[] = [
    ...file.programs,
    ...(file.fragments ?? []),
    ...file.scenarios,
  ];
  return declarations
    .map((one) => (one.kind === 'scenario' ? scenarioNode(one) : nodeOf(one as unknown as Node, text)))
    .filter((one) => one !== undefined)
    .sort((a, b) => a.span.start - b.span.start);
}

function scenarioNode(scenario: Scenario): OutlineNode {
  return {
    kind: 'scenario',
    name: words(scenario.title) || 'a scenario',
    detail: scenario.program.text,
    nameSpan: scenario.title.span,
    span: scenario.span,
    children: [],
  };
}

/** Rules are shown by their first words. */
const rules = new Set(['command', 'on', 'when', 'transition', 'check', 'at', 'pause']);

function nodeOf(node: Node, text: string): OutlineNode | undefined {
  const { kind, span } = node;
  if (span === undefined || kind === undefined) return undefined;
  if (kind === 'ask' && isName(node.as)) return leaf('question', node.as, span);
  if (rules.has(kind)) return { kind: 'rule', ...label(text, span), span, children: [] };
  if (kind === 'data' || kind === 'parameters' || kind === 'anytime') {
    const nameSpan = { start: span.start, end: Math.min(span.end, span.start + kind.length) };
    return { kind: 'block', name: kind, nameSpan, span, children: childrenOf(node, text) };
  }
  if (kind === 'skill' || kind === 'agent' || kind === 'use' || !isName(node.name) || !declares(kind)) return undefined;
  const title = isText(node.title) ? words(node.title) : '';
  return {
    kind,
    name: node.name.text,
    ...(title === '' ? {} : { detail: title }),
    nameSpan: node.name.span,
    span,
    children: childrenOf(node, text),
  };
}

/** Kinds of nodes with a name that only act on what is declared elsewhere. */
const acts = new Set(['set', 'clear', 'propose', 'name', 'drop']);
const declares = (kind: string) => !acts.has(kind);

function childrenOf(node: Node, text: string): OutlineNode[] {
  const fields = Array.isArray(node.fields) ? (node.fields as Node[]).flatMap(fieldNode) : [];
  const items = Array.isArray(node.items) ? (node.items as Node[]).map((item) => nodeOf(item, text)) : [];
  return [...fields, ...items.filter((one) => one !== undefined)];
}

function fieldNode(field: Node): OutlineNode[] {
  const type = field.type as { kind: string; of?: { kind: string; fields?: Node[] } } | undefined;
  if (!isName(field.name) || field.span === undefined || type === undefined) return [];
  const parts = type.kind === 'series' && type.of?.kind === 'record' ? (type.of.fields ?? []).flatMap(fieldNode) : [];
  return [{ ...leaf(type.kind === 'series' ? 'series' : 'field', field.name, field.span), children: parts }];
}

const leaf = (kind: OutlineKind, name: Name, span: Span): OutlineNode => ({
  kind,
  name: name.text,
  nameSpan: name.span,
  span,
  children: [],
});

/** The first line of a rule, without its body. */
function label(text: string, span: Span): { name: string; nameSpan: Span } {
  const whole = text.slice(span.start, span.end);
  const head = (/^[^{\r\n]*/.exec(whole)?.[0] ?? '').trimEnd();
  const name = head.replace(/\s+/g, ' ');
  return {
    name: name.length > LABEL_LENGTH_MAX ? `${name.slice(0, LABEL_LENGTH_MAX - 1)}…` : name || whole.slice(0, 1),
    nameSpan: { start: span.start, end: span.start + Math.max(head.length, 1) },
  };
}

const words = (text: TextLiteral) => text.parts.map((part) => (typeof part === 'string' ? part : '…')).join('');

const isText = (value: unknown): value is TextLiteral =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'text' && 'parts' in value;

/** At most so many answers: a list that nobody reads to its end. */
const WORKSPACE_SYMBOLS_MAX = 500;

/** Everything in the workspace whose name holds the letters of `query` in their order. */
export function workspaceSymbols(
  workspace: Workspace,
  query: string,
): (Omit<OutlineNode, 'children'> & { path: string; within: string })[] {
  const wanted = query.toLowerCase();
  const found: (Omit<OutlineNode, 'children'> & { path: string; within: string })[] = [];
  for (const path of workspace.paths()) {
    const file = workspace.file(path);
    if (file === undefined) continue;
    const look = (nodes: readonly OutlineNode[], within: string) => {
      for (const { children, ...node } of nodes) {
        if (found.length >= WORKSPACE_SYMBOLS_MAX) return;
        if (!unnamed.has(node.kind) && holdsInOrder(node.name.toLowerCase(), wanted))
          found.push({ ...node, path, within });
        look(children, node.kind === 'block' ? within : node.name);
      }
    };
    look(outline(file.ast, file.text), '');
  }
  return found;
}

/** They have no name of their own to be looked for. */
const unnamed = new Set<OutlineKind>(['block', 'rule']);

function holdsInOrder(name: string, wanted: string): boolean {
  let at = 0;
  for (const letter of wanted) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
