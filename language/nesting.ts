/**
 * How deep a text is nested, found on its tokens before anything recursive touches it.
 *
 * The parser calls itself for every bracket and for the few words that can follow themselves
 * (`series of series of …`, `day of day of …`, `ask … else ask …`). Counting both keeps
 * hostile files from exhausting the stack.
 */
import type { IToken, TokenType } from 'chevrotain';
import { tokenSpan } from './cst.ts';
import { type Diagnostic, diagnostic } from './diagnostics.ts';
import { limits } from './limits.ts';
import * as t from './tokens.ts';

/** What a token does to the depth. Looked up by the index of its type: every token of every text is. */
type Role = 'opens' | 'closes' | 'repeats' | 'ends' | 'asks';
const roles: (Role | undefined)[] = [];
const give = (role: Role, types: TokenType[]) => {
  for (const type of types) roles[type.tokenTypeIdx ?? 0] = role;
};
give('opens', [t.LeftBrace, t.LeftParen, t.LeftBracket]);
give('closes', [t.RightBrace, t.RightParen, t.RightBracket]);
give('repeats', [t.keyword.series, t.keyword.since, t.keyword.of, t.keyword.where]);
give('asks', [t.keyword.ask, t.keyword.propose]);
give('ends', [t.keyword.and, t.keyword.or, t.keyword.let, t.keyword.when, t.Comma, t.Colon]);

/**
 * The place where the nesting passes the limit, and the index of the token from which on the text
 * is not to be parsed: the outermost bracket of the expression that goes too deep.
 */
export function nestingDiagnostic(tokens: IToken[]): { diagnostic: Diagnostic; cut: number } | undefined {
  const outer: { depth: number; index: number; brace: boolean }[] = [];
  let depth = 0;
  let chained = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index];
    if (!token) continue;
    const role = roles[token.tokenTypeIdx];
    if (role === undefined) continue;
    if (role === 'opens') {
      outer.push({ depth, index, brace: token.tokenType === t.LeftBrace });
      depth++;
    } else if (role === 'closes') {
      depth = outer.pop()?.depth ?? 0;
    } else if (role === 'repeats') {
      depth++;
    } else if (role === 'asks') {
      // `ask … else ask … else ask …`: each stands inside the one before.
      const before = tokens[index - 1]?.tokenType;
      chained = before === t.keyword.else || before === t.keyword.refused ? chained + 1 : 0;
    } else {
      depth = (outer.at(-1)?.depth ?? -1) + 1;
    }
    if (depth > limits.nesting || chained > limits.nesting) {
      const cut = outer.find((open) => !open.brace)?.index ?? index;
      return { diagnostic: diagnostic('too-deep', tokenSpan(token), { most: limits.nesting }), cut };
    }
  }
  return undefined;
}
