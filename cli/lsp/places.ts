/**
 * Places as the protocol has them: URIs instead of paths, lines and characters from 0 instead of
 * offsets. Characters are UTF-16 code units on both sides, so a character is a column less one.
 */
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Position, Range } from 'vscode-languageserver';
import type { Span } from '../../language/ast.ts';
import type { LineMap } from '../../language/position.ts';

/** The path of a file; a URI of another kind (`untitled:…`) stands for itself. */
export function pathOf(uri: string): string {
  if (!uri.startsWith('file:')) return uri;
  try {
    return fileURLToPath(uri).replaceAll('\\', '/');
  } catch {
    return uri;
  }
}

/** The way back; a path that came from another kind of URI is that URI. */
export function uriOf(path: string): string {
  return /^(\/|[A-Za-z]:\/)/.test(path) ? pathToFileURL(path).href : path;
}

export function rangeOf(lines: LineMap, span: Span): Range {
  return { start: positionOf(lines, span.start), end: positionOf(lines, Math.max(span.start, span.end)) };
}

export function positionOf(lines: LineMap, offset: number): Position {
  const { line, column } = lines.position(offset);
  return { line: line - 1, character: column - 1 };
}

/** Places outside the text are moved to the nearest one inside. */
export function offsetOf(lines: LineMap, { line, character }: Position): number {
  // A line behind the last stands for the end of the text.
  if (line >= lines.count) return lines.offset({ line: lines.count, column: Number.MAX_SAFE_INTEGER });
  return lines.offset({ line: line + 1, column: character + 1 });
}

export function spanOf(lines: LineMap, { start, end }: Range): Span {
  return { start: offsetOf(lines, start), end: offsetOf(lines, end) };
}
