/**
 * What one reading of a text leaves for the next: its tokens, and its stages where they were sound.
 *
 * Between two keystrokes nearly all of a text is the same. Tokens never go beyond a line, so only the
 * lines that changed are cut into tokens again; the tokens behind them move. A stage that is read from
 * the very same tokens as before is the stage of before, moved. That is all that is reused: what comes
 * of a text does not depend on what was read before it, and a test holds every reading to that.
 */
import type { CstNode, IToken } from 'chevrotain';
import type { Stage } from './ast.ts';
import type { Diagnostic, WithDiagnostics } from './diagnostics.ts';
import { tokenize } from './tokens.ts';

/** Belongs to one file. Trees that were given out are never changed; the tokens in it are. */
export type ReadingMemory = {
  text: string;
  tokens: IToken[];
  /** Sound stages by their first tokens. */
  stages: Map<IToken, KeptStage>;
  /** The nodes of one reading that stand for stages which may be kept, or were. */
  nodes: WeakMap<CstNode, { tokens: readonly IToken[]; kept: KeptStage | undefined }>;
};

/** `start` is where the stage's first token stood when `stage` was made. */
type KeptStage = { tokens: readonly IToken[]; start: number; stage: Stage };

export const readingMemory = (): ReadingMemory => ({ text: '', tokens: [], stages: new Map(), nodes: new WeakMap() });

// ---------------------------------------------------------------- tokens

/** The tokens of `text`, as `tokenize` gives them. */
export function tokensOf(memory: ReadingMemory, text: string): WithDiagnostics<IToken[]> {
  const again = memory.tokens.length === 0 ? undefined : changedTokens(memory, text);
  if (again === undefined) {
    const { value, diagnostics } = tokenize(text);
    // Tokens with a diagnostic would have to tell it again: such a text is cut as a whole every time.
    remember(memory, text, diagnostics.length === 0 ? value : []);
    memory.stages.clear();
    return { value, diagnostics };
  }
  remember(memory, text, again);
  return { value: again, diagnostics: none };
}

const none: Diagnostic[] = [];

function remember(memory: ReadingMemory, text: string, tokens: IToken[]): void {
  memory.text = text;
  memory.tokens = tokens;
}

/** The old tokens with those of the changed lines in their place; undefined where something is wrong in these. */
function changedTokens(memory: ReadingMemory, text: string): IToken[] | undefined {
  const { text: before, tokens } = memory;
  if (before === text) return tokens;
  const { start, end, length } = changedLines(before, text);
  const { value, diagnostics } = tokenize(text, start, start + length);
  if (diagnostics.length > 0) return undefined;
  for (const [first, kept] of memory.stages) {
    const last = kept.tokens.at(-1) as IToken;
    if (first.startOffset < end && (last.endOffset as number) >= start) memory.stages.delete(first);
  }
  const from = indexFrom(tokens, start);
  const to = indexFrom(tokens, end);
  const linesBefore = linesIn(text, 0, start);
  for (const token of value) token.startLine = (token.startLine as number) + linesBefore;
  const moved = length - (end - start);
  const lines = linesIn(text, start, start + length) - linesIn(before, start, end);
  if (moved !== 0 || lines !== 0) {
    for (let index = to; index < tokens.length; index++) {
      const token = tokens[index] as IToken;
      token.startOffset += moved;
      token.endOffset = (token.endOffset as number) + moved;
      token.startLine = (token.startLine as number) + lines;
    }
  }
  return [...tokens.slice(0, from), ...value, ...tokens.slice(to)];
}

/** The whole lines `start` to `end` of `before` in whose place now stand `length` characters. */
function changedLines(before: string, now: string): { start: number; end: number; length: number } {
  const most = Math.min(before.length, now.length);
  let same = 0;
  while (same < most && before.charCodeAt(same) === now.charCodeAt(same)) same++;
  const start = same === 0 ? 0 : before.lastIndexOf('\n', same - 1) + 1;
  let behind = 0;
  while (
    behind < most - start &&
    before.charCodeAt(before.length - 1 - behind) === now.charCodeAt(now.length - 1 - behind)
  )
    behind++;
  const lineEnd = before.indexOf('\n', before.length - behind);
  const end = lineEnd < 0 ? before.length : lineEnd + 1;
  return { start, end, length: now.length - (before.length - end) - start };
}

/** The index of the first token that begins at `offset` or behind it. */
function indexFrom(tokens: readonly IToken[], offset: number): number {
  let [low, high] = [0, tokens.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle] as IToken).startOffset < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Ends of lines between two offsets, counted as the scanner counts them. */
function linesIn(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === LINE_FEED || (code === RETURN && text.charCodeAt(at + 1) !== LINE_FEED)) count++;
  }
  return count;
}

const LINE_FEED = 10;
const RETURN = 13;

// ---------------------------------------------------------------- stages

/** How many tokens from `from` on are a stage that is known, and the node that stands for it. */
export function knownStage(
  memory: ReadingMemory,
  tokens: readonly IToken[],
  from: number,
): { node: CstNode; count: number } | undefined {
  const kept = memory.stages.get(tokens[from] as IToken);
  if (kept === undefined) return undefined;
  const count = kept.tokens.length;
  for (let index = 0; index < count; index++) if (kept.tokens[index] !== tokens[from + index]) return undefined;
  const startOffset = (kept.tokens[0] as IToken).startOffset;
  const endOffset = (kept.tokens[count - 1] as IToken).endOffset as number;
  const node = { name: 'stageDeclaration', children: {}, location: { startOffset, endOffset } } as unknown as CstNode;
  memory.nodes.set(node, { tokens: kept.tokens, kept });
  return { node, count };
}

/** Notes that a node was read without a mistake from these tokens. */
export function noteSoundStage(memory: ReadingMemory, node: CstNode, tokens: readonly IToken[]): void {
  memory.nodes.set(node, { tokens, kept: undefined });
}

/** The stage of a node: what is known of it, or what `build` makes of it; kept where `build` finds nothing wrong. */
export function stageOf(memory: ReadingMemory, node: CstNode, told: readonly unknown[], build: () => Stage): Stage {
  const noted = memory.nodes.get(node);
  if (noted === undefined) return build();
  const start = (noted.tokens[0] as IToken).startOffset;
  const { kept } = noted;
  const before = told.length;
  const stage = kept === undefined ? build() : moved(kept.stage, start - kept.start);
  if (told.length === before) memory.stages.set(noted.tokens[0] as IToken, { tokens: noted.tokens, start, stage });
  return stage;
}

/** A copy of a part of a tree that stands `by` characters further on. */
function moved<Part>(part: Part, by: number): Part {
  return by === 0 ? part : (copied(part, by) as Part);
}

function copied(part: unknown, by: number): unknown {
  if (typeof part !== 'object' || part === null) return part;
  if (Array.isArray(part)) return part.map((one) => copied(one, by));
  const copy: Record<string, unknown> = {};
  for (const key in part) {
    const value = (part as Record<string, unknown>)[key];
    copy[key] = (key === 'start' || key === 'end') && typeof value === 'number' ? value + by : copied(value, by);
  }
  return copy;
}
