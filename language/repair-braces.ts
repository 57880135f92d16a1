/**
 * Finds the lost and the extra brace, so that one of them does not cost every stage after it.
 *
 * A file is cut where a line begins, be it with `}` before it, a `program`, a `scenario`, a `stage` or something else
 * that holds stages: between two such landmarks braces must come out even. Where they do not, indentation says which
 * brace is wrong: a line that steps back although its block is open has lost a `}`, and a `}` out of line with its `{`
 * is extra. The tokens come back repaired, with a diagnostic for each repair. Only files that do not parse come here; a
 * healthy file may be indented as it likes.
 */
import { createTokenInstance, type IToken, type TokenType } from 'chevrotain';
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import { fixOf } from './fixes.ts';
import { limits } from './limits.ts';
import { keyword as k, LeftBrace, Name, RightBrace, Text } from './tokens.ts';

/** `holders`: the braces around it, the outermost first. `indent`: the column at which its line begins. */
type Landmark = { index: number; holders: IToken[]; indent: number };
type Open = { token: IToken; indent: number };

/** Repairs unbalanced braces. `changed` is false when there was nothing to repair. */
export function repairBraces(tokens: IToken[]): { tokens: IToken[]; diagnostics: Diagnostic[]; changed: boolean } {
  const diagnostics: Diagnostic[] = [];
  const repaired: IToken[] = [];
  const landmarks = findLandmarks(tokens);
  const first = landmarks[0]?.index ?? tokens.length;
  for (const token of tokens.slice(0, first)) repaired.push(token);
  for (const [i, landmark] of landmarks.entries()) {
    const next = landmarks[i + 1];
    const slice = tokens.slice(landmark.index, next?.index ?? tokens.length);
    const expected = (next?.holders.length ?? 0) - landmark.holders.length;
    const { lowest, last } = depths(slice);
    // A slice may close too much and open as much again: what it opens is then not what the next one stands in.
    const extra = Math.max(0, Math.min(0, expected) - lowest, expected - last);
    const isGuessable = extra <= limits.extraBraces;
    const kept = extra > 0 && isGuessable ? withoutExtra(slice, extra, expected, landmark, diagnostics) : slice;
    const missing = isGuessable ? last + extra - expected : 0;
    if (missing > 0) closeOpen(kept, missing, landmark, repaired, diagnostics);
    else for (const token of kept) repaired.push(token);
  }
  return { tokens: repaired, diagnostics, changed: diagnostics.length > 0 };
}

/** Landmarks with the braces they stand in. A stage belongs to the track or list above it when it is further in. */
function findLandmarks(tokens: IToken[]): Landmark[] {
  const landmarks: Landmark[] = [];
  let root: IToken | undefined;
  let flow: { brace: IToken | undefined; indent: number } | undefined;
  let indent = 1;
  let behindBraces = false;
  for (const [index, token] of tokens.entries()) {
    const first = startsLine(tokens, index);
    if (first) indent = token.startColumn ?? 1;
    if (!first && !behindBraces) continue;
    behindBraces = token.tokenType === RightBrace;
    const kind = kindOf(tokens, index);
    if (kind === undefined) continue;
    if (flow && (kind === 'root' || kind === 'flow' || indent <= flow.indent)) flow = undefined;
    const holders = kind === 'root' || !root ? [] : flow?.brace ? [root, flow.brace] : [root];
    landmarks.push({ index, holders, indent });
    const brace = () => openingBrace(tokens, index);
    if (kind === 'root') root = token.tokenType === k.scenario ? undefined : brace();
    if (kind === 'flow') flow = { brace: brace(), indent };
  }
  return landmarks;
}

function kindOf(tokens: IToken[], index: number): 'root' | 'flow' | 'stage' | undefined {
  const [first, second] = [tokens[index]?.tokenType, tokens[index + 1]?.tokenType];
  if (first === k.scenario) return second === Text ? 'root' : undefined;
  if (first === k.protected) return second === k.stage ? kindOf(tokens, index + 1) : undefined;
  const named = second === Name || (second?.CATEGORIES ?? []).includes(Name);
  const third = tokens[index + 2]?.tokenType;
  if (!named || third === undefined || !afterName.has(third)) return undefined;
  if (first === k.program || first === k.fragment) return 'root';
  if (first === k.track || first === k.list) return 'flow';
  return first === k.stage ? 'stage' : undefined;
}

/** What may follow the name of a program, a stage and the like. */
const afterName = new Set<TokenType>([LeftBrace, Text, k.final, k.by, k.when]);

/** The brace on the line of a landmark. */
function openingBrace(tokens: IToken[], index: number): IToken | undefined {
  const line = tokens[index]?.startLine;
  for (let i = index; tokens[i]?.startLine === line; i++) if (tokens[i]?.tokenType === LeftBrace) return tokens[i];
  return undefined;
}

const startsLine = (tokens: IToken[], index: number) => tokens[index - 1]?.startLine !== tokens[index]?.startLine;

/** Whether each brace has a partner. */
export function comeOutEven(tokens: readonly IToken[]): boolean {
  const { lowest, last } = depths(tokens);
  return lowest === 0 && last === 0;
}

/** Opening less closing braces: where they are fewest, and at the end. */
function depths(tokens: readonly IToken[]): { lowest: number; last: number } {
  let lowest = 0;
  let last = 0;
  for (const { tokenType } of tokens) {
    if (tokenType === LeftBrace) last++;
    if (tokenType === RightBrace) lowest = Math.min(lowest, --last);
  }
  return { lowest, last };
}

/**
 * Adds `missing` closing braces where lines step back, and what is left over at the end. The
 * braces of the program and the track were opened before a slice that is a stage: they are closed last.
 */
function closeOpen(
  slice: IToken[],
  missing: number,
  landmark: Landmark,
  out: IToken[],
  diagnostics: Diagnostic[],
): void {
  const stack: Open[] = [];
  let left = missing;
  let { indent } = landmark;
  const close = (reason: 'indent' | 'end') => {
    const open = stack.pop();
    const previous = out.at(-1);
    if (!open || !previous) return;
    out.push(insertedBrace(previous));
    left--;
    const at = previous.startOffset + previous.image.length;
    const span = { start: open.token.startOffset, end: open.token.startOffset + 1 };
    const fix = fixOf('close-brace', '', { span: { start: at, end: at }, text: ' }' });
    diagnostics.push(diagnostic('unclosed-brace', span, {}, reason === 'indent' ? { fix } : {}));
  };
  for (const [i, token] of slice.entries()) {
    if (i > 0 && startsLine(slice, i)) {
      indent = token.startColumn ?? 1;
      const closing = token.tokenType === RightBrace;
      while (left > 0) {
        const open = stack.at(-1);
        if (!open || open.token.startLine === token.startLine) break;
        // A closing brace may stand as far left as its opening line; anything else is inside it.
        if (closing ? indent >= open.indent : indent > open.indent) break;
        close('indent');
      }
    }
    if (token.tokenType === LeftBrace) stack.push({ token, indent });
    if (token.tokenType === RightBrace) stack.pop();
    out.push(token);
  }
  while (left > 0 && stack.length > 0) close('end');
  for (const holder of landmark.holders.toReversed()) {
    if (left <= 0) break;
    stack.push({ token: holder, indent: 1 });
    close('end');
  }
}

/** Leaves out `extra` closing braces: the ones that fit their opening line least. */
function withoutExtra(
  slice: IToken[],
  extra: number,
  expected: number,
  { indent }: Landmark,
  diagnostics: Diagnostic[],
): IToken[] {
  const dropped = new Set<number>();
  for (let round = 0; round < extra; round++) {
    const index = worstCloser(slice, dropped, expected, indent);
    const token = slice[index];
    if (!token) break;
    dropped.add(index);
    const span = { start: token.startOffset, end: token.startOffset + 1 };
    const fix = fixOf('remove-brace', '', { span, text: '' });
    diagnostics.push(diagnostic('extra-brace', span, {}, { fix }));
  }
  return slice.filter((_, i) => !dropped.has(i));
}

/**
 * The closing brace that most likely is extra: one at the end of a line that closes a block opened
 * on an earlier line, else one out of line with its block, else the last one.
 */
function worstCloser(slice: IToken[], dropped: Set<number>, expected: number, firstIndent: number): number {
  const stack: Open[] = [];
  let indent = firstIndent;
  let misaligned = -1;
  let last = -1;
  let surplus = -expected;
  for (const [i, token] of slice.entries()) {
    const first = i > 0 && startsLine(slice, i);
    if (first) indent = token.startColumn ?? 1;
    if (dropped.has(i)) continue;
    if (token.tokenType === LeftBrace) stack.push({ token, indent });
    if (token.tokenType !== RightBrace) continue;
    last = i;
    const open = stack.pop();
    if (!open) {
      // These close what was opened before the slice: the program, once, and then nothing.
      if (surplus-- <= 0) return i;
    } else if (open.token.startLine !== token.startLine) {
      if (!first) return i;
      if (misaligned < 0 && indent !== open.indent) misaligned = i;
    }
  }
  return misaligned >= 0 ? misaligned : last;
}

/** A brace that is not in the text, right behind the token before it. */
function insertedBrace(previous: IToken): IToken {
  const at = previous.startOffset + previous.image.length;
  const line = previous.startLine ?? 1;
  const column = (previous.startColumn ?? 1) + previous.image.length;
  return createTokenInstance(RightBrace, '', at, at - 1, line, line, column, column);
}
