/**
 * Reads one stage with mistakes by the parser that knows about mistakes, so that the rest of a sound
 * file need not be read by it: that one takes ten times as long.
 *
 * The parser is given the head of the program, the stage and the end, and so stands where it would
 * stand in the whole file. What it makes of the stage counts only where every mistake lies inside, and
 * the stage ends where its braces say: else the parser has looked for its way beyond the stage, and the
 * whole file has to be read. The fuzz run compares the two.
 */
import type { IRecognitionException, IToken } from 'chevrotain';
import { type CstNode, nodes, token } from './cst.ts';
import { keyword as k, LeftBrace, RightBrace } from './tokens.ts';

/** A stage with its mistakes, and how many tokens it is long. */
export type MendedStage = { node: CstNode; errors: IRecognitionException[]; count: number };

/** Tokens of one stage; with more, reading the whole is as good. */
const TOKENS_MAX = 3000;

/** Reads the stage that begins at `first` in the program that begins at `program`; `readFile` is the parser. */
export function mendStage(
  tokens: readonly IToken[],
  program: number,
  first: number,
  readFile: (tokens: IToken[]) => { tree: CstNode | undefined; errors: IRecognitionException[] },
): MendedStage | undefined {
  const end = endOfStage(tokens, first);
  const opening = tokens.indexOf(tokens.slice(program, first).find(isOpening) as IToken, program);
  if (end === undefined || opening < 0) return undefined;
  const stage = tokens.slice(first, end);
  const closing = stage.at(-1) as IToken;
  const { tree, errors } = readFile([...tokens.slice(program, opening + 1), ...stage, { ...closing }]);
  const node = onlyStage(tree, closing);
  const inside = new Set(stage.slice(0, -1));
  const isInside = (error: IRecognitionException) =>
    inside.has(error.token) && error.resyncedTokens.every((token) => inside.has(token));
  return node !== undefined && errors.every(isInside) ? { node, errors, count: stage.length } : undefined;
}

const isOpening = ({ tokenType }: IToken): boolean => tokenType === LeftBrace;

/** Where the brace that closes the stage has been; undefined where another stage begins before it. */
function endOfStage(tokens: readonly IToken[], first: number): number | undefined {
  let depth = 0;
  for (let index = first; index < Math.min(tokens.length, first + TOKENS_MAX); index++) {
    const { tokenType, startLine } = tokens[index] as IToken;
    const startsLine = startLine !== tokens[index - 1]?.startLine;
    if (tokenType === k.stage && startsLine && depth > 0) return undefined;
    if (tokenType === LeftBrace) depth++;
    if (tokenType === RightBrace && --depth <= 0) return depth === 0 ? index + 1 : undefined;
  }
  return undefined;
}

/** The one stage of the one program, where it ends with `closing` and nothing was made up around it. */
function onlyStage(tree: CstNode | undefined, closing: IToken): CstNode | undefined {
  const program = only(tree, 'programDeclaration');
  const stage = only(only(program, 'programItem'), 'stageDeclaration');
  return token(program, 'RightBrace') && token(stage, 'RightBrace') === closing ? stage : undefined;
}

/** The only part of a node, where it is called so; heads of programs have parts of their own. */
function only(parent: CstNode | undefined, name: string): CstNode | undefined {
  const [found, ...others] = nodes(parent, name);
  return others.length === 0 ? found : undefined;
}
