/**
 * The tokens of a text as the formatter prints them: each with the comments before it, how it stands
 * to its neighbor, and the block it opens.
 *
 * Comments lie between tokens, so none can be lost as long as every token is printed with what it
 * carries. Layout is left to `format-lines.ts`.
 */
import type { IToken } from 'chevrotain';
import type { BlockKind, BreakLevel, MarkedBlock, MarkedItem, Marks, Stop } from './format-marks.ts';
import * as t from './tokens.ts';

/**
 * `newlines` counts the line ends before it, back to the comment or token before: 0 is the same line, 2 a blank one.
 */
export type Comment = { text: string; newlines: number };

export type FormatToken = {
  text: string;
  /** Whether a space parts it from the token before. */
  space: boolean;
  line: number;
  comments: Comment[];
  /** As for comments: back to its own last comment, or to the token before. */
  newlines: number;
  level: 0 | BreakLevel;
  stop?: Stop;
  branch: boolean;
  block?: Block;
};

/** `from` and `to` are indices of tokens, both inclusive. */
export type Item = { from: number; to: number; name: string; padded: boolean };
/** `open` and `close` are the indices of its braces; the file's are -1 and that of the end. */
export type Block = {
  kind: BlockKind;
  open: number;
  close: number;
  items: Item[];
  hasHeading: boolean;
  /** The author wrote it on one line. */
  oneLine: boolean;
};

/** The tokens that are printed, an empty one at the end for the comments there, and the file as a block. */
export function readLayout(text: string, raw: IToken[], marks: Marks): { tokens: FormatToken[]; file: Block } {
  const kept = raw.filter((token) => !marks.dropped.has(token.startOffset));
  const tokens: FormatToken[] = [];
  /** Indices by the offset at which a token starts, and by the one behind it. */
  const starts = new Map<number, number>();
  const ends = new Map<number, number>();
  let before: IToken | undefined;
  for (const token of kept) {
    const gap = readGap(text, before ? endOf(before) : 0, token.startOffset);
    const made: FormatToken = {
      text: spelled(token),
      space: before !== undefined && !touching(before, token, marks),
      line: token.startLine ?? 0,
      ...gap,
      level: marks.breakBefore.get(token.startOffset) ?? (before && marks.breakAfter.get(before.startOffset)) ?? 0,
      branch: marks.branches.has(token.startOffset),
    };
    const stop = marks.stops.get(token.startOffset);
    if (stop) made.stop = stop;
    const last = tokens.at(-1);
    if (last && marks.commaBefore.has(token.startOffset)) last.text += ',';
    starts.set(token.startOffset, tokens.length);
    ends.set(endOf(token), tokens.length);
    tokens.push(made);
    before = token;
  }
  const gap = readGap(text, before ? endOf(before) : 0, text.length);
  tokens.push({ text: '', space: false, line: Number.POSITIVE_INFINITY, ...gap, level: 0, branch: false });

  const itemAt = ({ start, end, name, padded }: MarkedItem): Item[] => {
    const [from, to] = [starts.get(start), ends.get(end)];
    return from === undefined || to === undefined ? [] : [{ from, to, name, padded }];
  };
  const blockAt = (marked: MarkedBlock, open: number, close: number): Block => {
    const oneLine = open >= 0 && tokens[open]?.line === tokens[close]?.line;
    const { kind, hasHeading } = marked;
    return { kind, open, close, items: marked.items.flatMap(itemAt), hasHeading, oneLine };
  };
  for (const [offset, marked] of marks.blocks) {
    const [open, close] = [starts.get(offset), starts.get(marked.close)];
    const token = open === undefined ? undefined : tokens[open];
    if (token && open !== undefined && close !== undefined) token.block = blockAt(marked, open, close);
  }
  const whole = marks.blocks.get(-1) ?? { kind: 'file', close: -1, items: [], hasHeading: false };
  return { tokens, file: blockAt(whole, -1, tokens.length - 1) };
}

/** The comments of a text, in order, for comparing. Blanks at their ends do not count. */
export function commentsOf(text: string, raw: IToken[]): string[] {
  const found: string[] = [];
  let from = 0;
  for (const token of raw) {
    for (const { text: comment } of readGap(text, from, token.startOffset).comments) found.push(comment);
    from = endOf(token);
  }
  return [...found, ...readGap(text, from, text.length).comments.map((comment) => comment.text)];
}

const endOf = (token: IToken) => token.startOffset + token.image.length;

/** Between two tokens stand only blanks, comments and commas that are dropped. */
function readGap(text: string, start: number, end: number): { comments: Comment[]; newlines: number } {
  const comments: Comment[] = [];
  let newlines = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code === 10 || (code === 13 && text.charCodeAt(i + 1) !== 10)) newlines++;
    if (code !== 47) continue;
    let stop = i;
    while (stop < end && text.charCodeAt(stop) !== 10 && text.charCodeAt(stop) !== 13) stop++;
    comments.push({ text: text.slice(i, stop).trimEnd(), newlines });
    newlines = 0;
    i = stop - 1;
  }
  return { comments, newlines };
}

const touchesBefore = new Set(['RightParen', 'RightBracket', 'Comma', 'Dot', 'Question', 'Colon']);
const touchesAfter = new Set(['LeftParen', 'LeftBracket', 'Dot']);

function touching(before: IToken, token: IToken, marks: Marks): boolean {
  if (marks.apart.has(token.startOffset)) return false;
  return (
    touchesBefore.has(token.tokenType.name) ||
    touchesAfter.has(before.tokenType.name) ||
    marks.gluedBefore.has(token.startOffset) ||
    marks.gluedAfter.has(before.startOffset)
  );
}

/** `14days`, and what has another space there → `14 days`; units of one letter stay where they are: `2h`. */
function spelled(token: IToken): string {
  if (token.tokenType !== t.Duration) return token.image;
  return token.image.replace(/(\d)\s?([a-z]{2,}(?:\s[a-z]+)?)$/, '$1 $2').replace(/\s/g, ' ');
}
