/**
 * How deep a text is nested, found on its tokens before anything recursive touches it.
 *
 * The parser calls itself for every bracket and for the few words that can follow themselves
 * (`series of series of …`, `day of day of …`, `1 day since 1 day since …`). Counting both keeps
 * hostile files from exhausting the stack.
 */
import type { IToken, TokenType } from 'chevrotain';
import { tokenSpan } from './cst.ts';
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import { limits } from './limits.ts';
import * as t from './tokens.ts';

const opening = new Set<TokenType>([t.LeftBrace, t.LeftParen, t.LeftBracket]);
const closing = new Set<TokenType>([t.RightBrace, t.RightParen, t.RightBracket]);
const repeating = new Set<TokenType>([t.keyword.series, t.keyword.since, t.keyword.of, t.keyword.where]);
const ending = new Set<TokenType>([t.keyword.and, t.keyword.or, t.keyword.let, t.keyword.when, t.Comma, t.Colon]);

/**
 * The place where the nesting passes the limit, and the index of the token from which on the text
 * is not to be parsed: the outermost bracket of the expression that goes too deep.
 */
export function nestingDiagnostic(tokens: IToken[]): { diagnostic: Diagnostic; cut: number } | undefined {
  const outer: { depth: number; index: number; brace: boolean }[] = [];
  let depth = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token) continue;
    const type = token.tokenType;
    if (opening.has(type)) {
      outer.push({ depth, index, brace: type === t.LeftBrace });
      depth++;
    } else if (closing.has(type)) {
      depth = outer.pop()?.depth ?? 0;
    } else if (repeating.has(type)) {
      depth++;
    } else if (ending.has(type)) {
      depth = (outer.at(-1)?.depth ?? -1) + 1;
    }
    if (depth > limits.nesting) {
      const cut = outer.find((open) => !open.brace)?.index ?? index;
      return { diagnostic: diagnostic('too-deep', tokenSpan(token), { most: limits.nesting }), cut };
    }
  }
  return undefined;
}
