/**
 * The parser's tree, and looking into it: parts by name, spans, and the marks of recovery.
 *
 * A recovered tree misses parts and holds tokens the parser made up; these functions hide the
 * latter and answer `undefined` for the former, so that building the AST can stay plain.
 */
import type { IToken } from 'chevrotain';
import type { Expr, Name, Span } from './ast.ts';
import type { Diagnostic } from './diagnostics.ts';
import type { KeptItem, NotedItem, ReadingMemory } from './kept-items.ts';

/**
 * What a rule read. A list and no objects by name: most nodes have one part or two, and making objects of many shapes
 * takes longer than reading.
 */
export type CstNode = {
  /** The rule. */
  name: string;
  /**
   * By turns the name of a part and the part: a rule and its node, or the type of token that was wanted and the token.
   */
  parts: (string | CstNode | IToken)[];
  /** The first offset, -1 where nothing was read, and the one behind the last. */
  start: number;
  end: number;
  /** For an item that may be kept, or was. */
  noted: NotedItem | undefined;
  /** Whether the parser lost its way in it. */
  recoveredNode?: boolean;
};

/** What is in a tree. */
export type Part = CstNode | IToken;

/**
 * Rules that leave no node of their own where they only pass on what another rule read: `7` would be five nodes in
 * each other. Under the name of the part stands then what was passed on: an `operand` that is a `numberWithUnit`.
 */
const passing: ReadonlySet<string> = new Set([
  'stageItem',
  'bodyItem',
  'expression',
  'operand',
  'postfix',
  'primary',
  'length',
]);

export const passesOn = (rule: string): boolean => passing.has(rule);

/** What was passed on, where it could be read. */
export const passedOn = (from: CstNode): CstNode | undefined => (passing.has(from.name) ? onlyNode(from) : from);

export const emptyNode = (name: string): CstNode => ({ name, parts: [], start: -1, end: 0, noted: undefined });

/** What building the AST carries along. */
export type Build = {
  text: string;
  diagnostics: Diagnostic[];
  /** How many levels each expression has; kept beside the tree to bound chains like `a + a + …`. */
  depths: Map<Expr, number>;
  /** What an earlier reading of the file left. */
  memory: ReadingMemory;
  /** The kept items of the item that is being built. */
  inside: KeptItem[];
};

export const isNode = (part: Part): part is CstNode => (part as CstNode).parts !== undefined;

const isReal = (token: IToken): boolean => token.isInsertedInRecovery !== true;

const none: never[] = [];

// These are asked some ten times for every node: loops, and no list for what is not there. By its name a part is
// known to be a node or a token, because no rule is called like a type of tokens; a test holds the grammar to that.

/** The child rules called `name`, in order. */
export function nodes(parent: CstNode | undefined, name: string): CstNode[] {
  if (parent === undefined) return none;
  const { parts } = parent;
  let found: CstNode[] = none;
  for (let index = 0; index < parts.length; index += 2) {
    if (parts[index] !== name) continue;
    const node = parts[index + 1] as CstNode;
    if (found === none) found = [node];
    else found.push(node);
  }
  return found;
}

export const node = (parent: CstNode | undefined, name: string): CstNode | undefined => nth(parent, name, 0);

/** The child rule called `name` at an index among them. */
export function nth(parent: CstNode | undefined, name: string, index: number): CstNode | undefined {
  if (parent === undefined) return undefined;
  const { parts } = parent;
  let left = index;
  for (let at = 0; at < parts.length; at += 2) if (parts[at] === name && left-- === 0) return parts[at + 1] as CstNode;
  return undefined;
}

/** The tokens consumed as `name`, in order, without those the parser made up. */
export function tokens(parent: CstNode | undefined, name: string): IToken[] {
  if (parent === undefined) return none;
  const { parts } = parent;
  let found: IToken[] = none;
  for (let index = 0; index < parts.length; index += 2) {
    if (parts[index] !== name || !isReal(parts[index + 1] as IToken)) continue;
    const token = parts[index + 1] as IToken;
    if (found === none) found = [token];
    else found.push(token);
  }
  return found;
}

/** The token consumed as `name`, the first or the one at `nth`. */
export function token(parent: CstNode | undefined, name: string, nth = 0): IToken | undefined {
  if (parent === undefined) return undefined;
  const { parts } = parent;
  let left = nth;
  for (let index = 0; index < parts.length; index += 2)
    if (parts[index] === name && isReal(parts[index + 1] as IToken) && left-- === 0) return parts[index + 1] as IToken;
  return undefined;
}

export function has(parent: CstNode | undefined, name: string): boolean {
  if (parent === undefined) return false;
  const { parts } = parent;
  for (let index = 0; index < parts.length; index += 2)
    if (parts[index] === name && isReal(parts[index + 1] as IToken)) return true;
  return false;
}

/** The only child rule of a node that holds one of several; undefined where none could be read. */
export function onlyNode({ parts }: CstNode): CstNode | undefined {
  for (let index = 1; index < parts.length; index += 2)
    if (isNode(parts[index] as Part)) return parts[index] as CstNode;
  return undefined;
}

/** The first token that somebody wrote, and what it was read as. */
export function onlyToken({ parts }: CstNode): { name: string; token: IToken } | undefined {
  for (let index = 1; index < parts.length; index += 2) {
    const token = parts[index] as Part;
    if (!isNode(token) && isReal(token)) return { name: parts[index - 1] as string, token };
  }
  return undefined;
}

export function tokenSpan(of: IToken): Span {
  return { start: of.startOffset, end: of.startOffset + of.image.length };
}

/** From the first to the last character the rule read; an empty span at 0 where it read nothing. */
export function nodeSpan({ start, end }: CstNode): Span {
  return start < 0 || Number.isNaN(start) ? { start: 0, end: 0 } : { start, end: Math.max(start, end) };
}

export function toName(of: IToken): Name {
  return { text: of.image, span: tokenSpan(of) };
}

/** The name consumed at `index` in a rule. */
export function nameAt(parent: CstNode | undefined, index = 0): Name | undefined {
  const found = token(parent, 'Name', index);
  return found && toName(found);
}

export const covering = (first: Span, last: Span): Span => ({ start: first.start, end: Math.max(first.end, last.end) });

/** The list without its holes. */
export function present<T>(items: (T | undefined)[]): T[] {
  return items.includes(undefined) ? items.filter((item) => item !== undefined) : (items as T[]);
}
