/**
 * What one reading of a text leaves for the next: its tokens (`kept-tokens.ts`), and its items where they were sound.
 *
 * Between two keystrokes nearly all of a text is the same. An item (a line of a program, a stage, a track, a
 * scenario) that is read from the very same tokens as before is the very same object as before, and its spans are
 * moved in place. So a tree that was given out moves along with the text; whoever wants an old tree beside the new
 * one reads with another memory. What comes of a text does not depend on what was read before it, and a test holds
 * every reading to that.
 */
import type { IToken } from 'chevrotain';
import type { SourceFile, Span } from './ast.ts';
import type { CstNode } from './cst.ts';
import type { Diagnostic, WithDiagnostics } from './diagnostics.ts';
import { type Cut, cutAgain, type KeptText } from './kept-tokens.ts';
import { endOfFile } from './tokens.ts';

/** Belongs to one file. */
export type ReadingMemory = KeptText & {
  /** What came of `text`, once that is known. */
  given: WithDiagnostics<SourceFile> | undefined;
  /**
   * Sound items by their rules and their first tokens: while a text is broken, a stage may be read as an item of
   * something else.
   */
  items: Map<string, Map<IToken, KeptItem>>;
};

/** What the node of an item was read from: its tokens, and what was looked at behind them. */
export type NotedItem = { tokens: readonly IToken[]; ahead: readonly Ahead[]; kept: KeptItem | undefined };

/** A token behind an item that took part in finding its end; `gap` is Infinity where it begins a line. */
type Ahead = { type: number; image: string; gap: number };

/** `start` is where the first token stood when `value` had its spans. */
export type KeptItem = {
  tokens: readonly IToken[];
  ahead: readonly Ahead[];
  start: number;
  value: object;
  /** The kept items inside, as stages are in a track: they know their own places. */
  inner: readonly KeptItem[];
  /** Every span of `value` that is not of an inner item; collected when it is first moved. */
  spans: readonly Span[] | undefined;
};

export const readingMemory = (): ReadingMemory => ({
  text: '',
  tokens: [],
  diagnostics: [],
  isPlain: false,
  isShallow: false,
  given: undefined,
  items: new Map(),
});

/** The tokens of `text`, as `tokenize` gives them; what is kept of the lines that changed is forgotten. */
export function tokensOf(memory: ReadingMemory, text: string): Cut {
  const cut = cutAgain(memory, text, ({ start, end }) => {
    // Also where no token changed: a comment that grows moves what stands behind it in its item, and nothing before it.
    for (const items of memory.items.values())
      for (const [first, { tokens }] of items)
        if (first.startOffset < end && (tokens.at(-1)?.endOffset as number) >= start) items.delete(first);
  });
  if (cut.changed === undefined) memory.items.clear();
  return cut;
}

/**
 * The item of the rule that is known to begin at `from`: how many tokens it has and how many it looks at, and a node
 * for it.
 */
export function knownItem(
  memory: ReadingMemory,
  rule: string,
  tokens: readonly IToken[],
  from: number,
): { node: CstNode; count: number; ahead: number } | undefined {
  const kept = memory.items.get(rule)?.get(tokens[from] as IToken);
  if (kept === undefined) return undefined;
  const count = kept.tokens.length;
  for (let index = 0; index < count; index++) if (kept.tokens[index] !== tokens[from + index]) return undefined;
  for (let index = 0; index < kept.ahead.length; index++)
    if (!isAlike(kept.ahead[index] as Ahead, tokens, from + count + index)) return undefined;
  const start = (kept.tokens[0] as IToken).startOffset;
  const end = ((kept.tokens[count - 1] as IToken).endOffset as number) + 1;
  const noted = { tokens: kept.tokens, ahead: kept.ahead, kept };
  const node = { name: rule, parts: [], start, end, noted };
  return { node, count, ahead: kept.ahead.length };
}

/**
 * Notes that a node was read without a mistake from the tokens `from` to `to`, having looked at those before `seen`.
 */
export function noteSoundItem(node: CstNode, tokens: readonly IToken[], from: number, to: number, seen: number): void {
  const ahead: Ahead[] = [];
  for (let index = to; index < Math.min(seen, tokens.length + 1); index++) {
    const { tokenTypeIdx: type, image } = tokens[index] ?? endOfFile;
    ahead.push({ type, image, gap: gapBefore(tokens, index) });
  }
  node.noted = { tokens: tokens.slice(from, to), ahead, kept: undefined };
}

function isAlike({ type, image, gap }: Ahead, tokens: readonly IToken[], index: number): boolean {
  const token = tokens[index] ?? endOfFile;
  return token.tokenTypeIdx === type && token.image === image && gapBefore(tokens, index) === gap;
}

/** Characters between a token and the one before it on the same line. */
function gapBefore(tokens: readonly IToken[], index: number): number {
  const before = tokens[index - 1] as IToken;
  const token = tokens[index] ?? endOfFile;
  if (before.startLine !== token.startLine) return Number.POSITIVE_INFINITY;
  return token.startOffset - (before.endOffset as number);
}

/**
 * What a node stands for: what is known of it, or what `make` makes of it, which is kept where it tells of nothing
 * wrong. `inside` collects the kept items of the item around this one.
 */
export function itemOf<Made extends object | undefined>(
  build: { memory: ReadingMemory; diagnostics: readonly Diagnostic[]; inside: KeptItem[] },
  node: CstNode,
  make: () => Made,
): Made {
  const { noted } = node;
  if (noted === undefined) return make();
  if (noted.kept !== undefined) {
    settle(noted.kept);
    build.inside.push(noted.kept);
    return noted.kept.value as Made;
  }
  const [told, outer] = [build.diagnostics.length, build.inside];
  build.inside = [];
  const value = make();
  const inner = build.inside;
  build.inside = outer;
  if (value === undefined || build.diagnostics.length > told) return value;
  const { tokens, ahead } = noted;
  const first = tokens[0] as IToken;
  const kept = { tokens, ahead, start: first.startOffset, value, inner, spans: undefined };
  keep(build.memory.items, node.name, kept);
  outer.push(kept);
  return value;
}

function keep(items: ReadingMemory['items'], rule: string, kept: KeptItem): void {
  const ofRule = items.get(rule) ?? new Map<IToken, KeptItem>();
  items.set(rule, ofRule.set(kept.tokens[0] as IToken, kept));
}

/** Moves an item, and those inside, to where their tokens stand now. */
function settle(kept: KeptItem): void {
  const start = (kept.tokens[0] as IToken).startOffset;
  const by = start - kept.start;
  if (by !== 0) {
    kept.spans ??= spansOf(kept);
    for (const span of kept.spans) {
      span.start += by;
      span.end += by;
    }
    kept.start = start;
  }
  for (const inner of kept.inner) settle(inner);
}

/** The spans of an item, each once, without those of the items inside. */
function spansOf(kept: KeptItem): Span[] {
  const found = new Set<Span>();
  const others = new Set(kept.inner.flatMap(({ value }) => (Array.isArray(value) ? value : [value])));
  const collect = (part: object): void => {
    if (others.has(part)) return;
    if (isSpan(part)) {
      found.add(part);
      return;
    }
    for (const key in part) {
      const value: unknown = part[key as keyof typeof part];
      if (typeof value === 'object' && value !== null) collect(value);
    }
  };
  collect(kept.value);
  return [...found];
}

const isSpan = (part: object): part is Span => typeof (part as Span).start === 'number' && 'end' in part;
