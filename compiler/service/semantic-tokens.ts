/**
 * What each word is, for coloring: one legend for every editor.
 *
 * Names have the meaning that the index gave them; everything else is read from the tokens, also in
 * the holes of texts. Tokens come in the order of the text and never overlap.
 */
import type { IToken } from 'chevrotain';
import { readText } from '../../language/texts.ts';
import * as t from '../../language/tokens.ts';
import type { SymbolKind } from './meanings.ts';
import type { Hit } from './symbol-index.ts';
import type { Workspace } from './workspace.ts';

/** The standard names of the Language Server Protocol, so that every theme has a color for them. */
export const tokenTypes = [
  'namespace',
  'class',
  'struct',
  'enumMember',
  'property',
  'variable',
  'parameter',
  'function',
  'event',
  'type',
  'keyword',
  'comment',
  'string',
  'number',
  'operator',
] as const;
export type TokenType = (typeof tokenTypes)[number];

/** Bits of `modifiers`, the first is 1. */
export const tokenModifiers = ['declaration', 'readonly'] as const;

export type SemanticToken = { start: number; length: number; type: TokenType; modifiers: number };

const declaration = 1;
const readonly = 2;

const typeOfKind: Readonly<Record<string, TokenType>> = {
  program: 'namespace',
  fragment: 'namespace',
  track: 'namespace',
  list: 'struct',
  stage: 'class',
  series: 'struct',
  field: 'property',
  parameter: 'parameter',
  entry: 'property',
  argument: 'parameter',
  let: 'variable',
  bands: 'variable',
  window: 'variable',
  table: 'function',
  option: 'enumMember',
  exit: 'event',
} satisfies Partial<Record<SymbolKind, TokenType>>;

/** Names of the world outside: roles, skills, agents, services, calendars. */
const outsideType: TokenType = 'type';
const worked = new Set<SymbolKind>(['let', 'bands', 'window', 'table', 'parameter']);

/** Deeper holes in holes are left plain. */
const HOLES_MAX = 8;

export function semanticTokens(workspace: Workspace, path: string): SemanticToken[] {
  const file = workspace.file(path);
  if (file === undefined) return [];
  const hits = workspace.group(path)?.index.inFile(path) ?? [];
  const byStart = new Map(hits.map((hit) => [hit.occurrence.span.start, hit]));
  const found: SemanticToken[] = [];
  addTokens(file.text, 0, file.text.length, byStart, found, 0);
  addComments(file.text, found);
  return found.sort((a, b) => a.start - b.start);
}

function addTokens(
  text: string,
  start: number,
  end: number,
  hits: ReadonlyMap<number, Hit>,
  found: SemanticToken[],
  depth: number,
): void {
  for (const token of t.tokenize(text, start, end).value) {
    const { startOffset: at, image } = token;
    const hit = hits.get(at);
    if (hit !== undefined && hit.occurrence.span.end - at === image.length)
      found.push(nameToken(hit, at, image.length));
    else if (token.tokenType === t.Text) addText(text, token, hits, found, depth);
    else {
      const type = typeOfToken(token);
      if (type !== undefined) found.push({ start: at, length: image.length, type, modifiers: 0 });
    }
  }
}

function nameToken({ symbol, occurrence }: Hit, start: number, length: number): SemanticToken {
  const modifiers = (occurrence.role === 'declares' ? declaration : 0) | (worked.has(symbol.kind) ? readonly : 0);
  return { start, length, type: typeOfKind[symbol.kind] ?? outsideType, modifiers };
}

/** The words of a text are a string; what stands in its holes is program. */
function addText(
  text: string,
  token: IToken,
  hits: ReadonlyMap<number, Hit>,
  found: SemanticToken[],
  depth: number,
): void {
  const start = token.startOffset;
  const end = start + token.image.length;
  const closed = token.image.length > 1 && token.image.endsWith('"');
  const holes = depth >= HOLES_MAX ? [] : readText(text, start, end, closed).filter((piece) => piece.kind === 'hole');
  let at = start;
  const words = (until: number) => {
    if (until > at) found.push({ start: at, length: until - at, type: 'string', modifiers: 0 });
  };
  for (const hole of holes) {
    words(hole.start);
    addTokens(text, hole.start, hole.end, hits, found, depth + 1);
    at = hole.end;
  }
  words(end);
}

const numbers = new Set([t.Duration, t.Time, t.DateToken, t.Money, t.NumberToken]);
const typeWords = new Set(['number', 'text', 'date', 'time', 'moment', 'duration', 'series', 'role']);

function typeOfToken({ tokenType, image }: IToken): TokenType | undefined {
  if (numbers.has(tokenType)) return 'number';
  if (tokenType === t.YesNo) return 'type';
  if (tokenType === t.Weekday) return 'number';
  if (tokenType === t.Word) return undefined;
  const categories = tokenType.CATEGORIES ?? [];
  if (/^[a-z]/.test(image)) return typeWords.has(image) ? 'type' : 'keyword';
  return categories.includes(t.BinaryOperator) || categories.includes(t.CompareOperator) ? 'operator' : undefined;
}

/** Comments lie between the tokens, and a `//` in a text is no comment. */
function addComments(text: string, found: SemanticToken[]): void {
  const strings = found.filter((one) => one.type === 'string').sort((a, b) => a.start - b.start);
  let index = 0;
  const pattern = /\/\/[^\r\n]*/g;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const at = match.index;
    while (index < strings.length && endOf(strings[index]) <= at) index++;
    const around = strings[index];
    if (around !== undefined && around.start <= at) {
      // Words of a text: what comes behind it may still be a comment.
      pattern.lastIndex = endOf(around);
      continue;
    }
    found.push({ start: at, length: match[0].length, type: 'comment', modifiers: 0 });
  }
}

const endOf = (one: SemanticToken | undefined) => (one === undefined ? 0 : one.start + one.length);
