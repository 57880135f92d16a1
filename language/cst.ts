/**
 * Looking into the parser's tree: children by name, spans, and the marks of recovery.
 *
 * A recovered tree misses children and holds tokens the parser made up; these functions hide the
 * latter and answer `undefined` for the former, so that building the AST can stay plain.
 */
import type { CstElement, CstNode, IToken } from 'chevrotain';
import type { Expr, Name, Span } from './ast.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { ReadingMemory } from './kept-stages.ts';

/** What building the AST carries along. */
export type Build = {
  text: string;
  diagnostics: Diagnostic[];
  /** How many levels each expression has; kept beside the tree to bound chains like `a + a + …`. */
  depths: Map<Expr, number>;
  /** What an earlier reading of the file left. */
  memory: ReadingMemory;
};

const isNode = (element: CstElement): element is CstNode => (element as CstNode).children !== undefined;

const isReal = (element: CstElement): element is IToken => !isNode(element) && element.isInsertedInRecovery !== true;

const none: never[] = [];

// These four are asked some ten times for every node: loops, and no list where the tree's own will do.

/** The child rules called `name`, in order. */
export function nodes(parent: CstNode | undefined, name: string): CstNode[] {
  const list = parent?.children[name];
  if (list === undefined) return none;
  for (const element of list) if (!isNode(element)) return list.filter(isNode);
  return list as CstNode[];
}

export function node(parent: CstNode | undefined, name: string): CstNode | undefined {
  const list = parent?.children[name];
  if (list === undefined) return undefined;
  for (const element of list) if (isNode(element)) return element;
  return undefined;
}

/** The tokens consumed as `name`, in order, without those the parser made up. */
export function tokens(parent: CstNode | undefined, name: string): IToken[] {
  const list = parent?.children[name];
  if (list === undefined) return none;
  for (const element of list) if (!isReal(element)) return list.filter(isReal);
  return list as IToken[];
}

export function token(parent: CstNode | undefined, name: string): IToken | undefined {
  const list = parent?.children[name];
  if (list === undefined) return undefined;
  for (const element of list) if (isReal(element)) return element;
  return undefined;
}

export function has(parent: CstNode | undefined, name: string): boolean {
  return token(parent, name) !== undefined || node(parent, name) !== undefined;
}

/** The only child rule of a node that holds one of several. */
export function onlyNode(parent: CstNode): CstNode | undefined {
  for (const name in parent.children) {
    const found = node(parent, name);
    if (found) return found;
  }
  return undefined;
}

export function tokenSpan(of: IToken): Span {
  return { start: of.startOffset, end: of.startOffset + of.image.length };
}

/** From the first to the last character the rule read; an empty span at 0 where it read nothing. */
export function nodeSpan(of: CstNode): Span {
  const start = of.location?.startOffset ?? -1;
  const end = of.location?.endOffset ?? -1;
  return start < 0 || Number.isNaN(start) ? { start: 0, end: 0 } : { start, end: Math.max(start, end + 1) };
}

export function toName(of: IToken): Name {
  return { text: of.image, span: tokenSpan(of) };
}

/** The name consumed at `index` in a rule. */
export function nameAt(parent: CstNode | undefined, index = 0): Name | undefined {
  const found = tokens(parent, 'Name')[index];
  return found && toName(found);
}

export const covering = (first: Span, last: Span): Span => ({ start: first.start, end: Math.max(first.end, last.end) });

/** The list without its holes. */
export function present<T>(items: (T | undefined)[]): T[] {
  return items.filter((item) => item !== undefined);
}
