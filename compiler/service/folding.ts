/**
 * What can be folded away: every block in braces, and comments that go over several lines.
 *
 * Reads tokens only, so it works on any text. Lines count from 1; a fold keeps its first line, and
 * a block keeps the line of its closing brace.
 */
import { type LineMap, lineMap } from '../../language/position.ts';
import { LeftBrace, RightBrace, tokenize } from '../../language/tokens.ts';

export type Fold = { startLine: number; endLine: number; kind: 'block' | 'comment' };

export function folding(text: string, lines: LineMap = lineMap(text)): Fold[] {
  return [...blocks(text, lines), ...comments(text, lines)].sort((a, b) => a.startLine - b.startLine);
}

function blocks(text: string, lines: LineMap): Fold[] {
  const found: Fold[] = [];
  const open: number[] = [];
  for (const token of tokenize(text).value) {
    if (token.tokenType === LeftBrace) open.push(token.startOffset);
    if (token.tokenType !== RightBrace) continue;
    const from = open.pop();
    if (from === undefined) continue;
    const startLine = lines.position(from).line;
    const endLine = lines.position(token.startOffset).line - 1;
    // Two blocks that open on one line fold as one.
    if (endLine > startLine && found.at(-1)?.startLine !== startLine) found.push({ startLine, endLine, kind: 'block' });
  }
  return found;
}

function comments(text: string, lines: LineMap): Fold[] {
  const found: Fold[] = [];
  let first = 0;
  for (let line = 1; line <= lines.count + 1; line++) {
    const { start, end } = lines.line(line);
    const isComment = line <= lines.count && /^[ \t]*\/\//.test(text.slice(start, end));
    if (isComment && first === 0) first = line;
    if (isComment || first === 0) continue;
    if (line - 1 > first) found.push({ startLine: first, endLine: line - 1, kind: 'comment' });
    first = 0;
  }
  return found;
}
