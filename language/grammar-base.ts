/**
 * What every layer of the grammar shares: the parser's settings, looking at lines and gaps, and the
 * error productions that take in what nobody knows.
 *
 * The lowest of the layers: expressions, types, values, actions, rules, stages, programs, expectations and
 * scenarios (`grammar-….ts`) build on it in this order, and `grammar.ts` on all (a Chevrotain parser is a
 * class, so the layers inherit).
 *
 * How to read a rule: `CONSUME` is a token, `SUBRULE` another rule, `OPTION` may be missing, `MANY` comes any number
 * of times, `OR` is one of several ways. The second use of one of these in a rule is `CONSUME2`, and so on. A `GATE` is
 * a condition where tokens alone do not decide; only ways have one, so a token with a condition stands in an `OR` of
 * one way. `MAX_LOOKAHEAD: 1` with `IGNORE_AMBIGUITIES`: the first way that begins with the token ahead and whose gate
 * is open is taken, so their order counts; most keywords are names, too. Some rules read more than the language has
 * ("is read too, and reported"): then the message can name the mistake.
 */
import {
  CstParser,
  type IParserConfig,
  type IParserErrorMessageProvider,
  type IToken,
  NoViableAltException,
  type TokenType,
} from 'chevrotain';
import { type CstNode, emptyNode, isNode, type Part, passesOn } from './cst.ts';
import * as t from './tokens.ts';

/** The part of Chevrotain's parser that makes errors. */
type Errors = {
  errorMessageProvider: IParserErrorMessageProvider;
  maxLookahead: number;
  getCurrRuleFullName: () => string;
  SAVE_ERROR: (error: NoViableAltException) => Error;
  raiseNoAltException: (occurrence: number, description: string | undefined) => never;
};

/** The part that leaves rules after an error, up to one that can go on. */
type Leaving = {
  invokeRuleCatch: (error: unknown, ...rest: unknown[]) => unknown;
  findReSyncTokenType: () => TokenType;
};

export class BaseGrammar extends CstParser {
  constructor(vocabulary: TokenType[], config: IParserConfig) {
    super(vocabulary, config);
  }

  // Three internal methods of Chevrotain 13 are replaced, so that the tree is of nodes of our own (`cst.ts`).

  private get openNodes(): CstNode[] {
    return (this as unknown as { CST_STACK: CstNode[] }).CST_STACK;
  }

  protected cstInvocationStateUpdate(name: string): void {
    this.openNodes.push(emptyNode(name));
  }

  protected cstPostTerminal(name: string, token: IToken): void {
    addPart(this.openNodes.at(-1), name, token, token.startOffset, (token.endOffset as number) + 1);
  }

  protected cstPostNonTerminal(node: CstNode, name: string): void {
    const [, only] = node.parts;
    const passed = node.parts.length === 2 && passesOn(node.name) && isNode(only as Part) ? (only as CstNode) : node;
    addPart(this.openNodes.at(-1), name, passed, node.start, node.end);
  }

  /** What could have stood at each choice at which something once did not fit. */
  private readonly expectedAt = new Map<string, TokenType[][][]>();

  /**
   * Replaces an internal method of Chevrotain 13, which works out anew for every error what could have
   * stood there: milliseconds each, because every way through an expression is looked at.
   */
  protected raiseNoAltException(occurrence: number, description?: string): never {
    const inner = this as unknown as Errors;
    const own = inner.errorMessageProvider;
    const ruleName = inner.getCurrRuleFullName();
    const choice = `${ruleName} ${occurrence}`;
    const expectedPathsPerAlt = this.expectedAt.get(choice);
    if (expectedPathsPerAlt !== undefined) {
      const previous = this.LA(0);
      const actual = Array.from({ length: inner.maxLookahead }, (_, index) => this.LA(index + 1));
      const customUserDescription = description ?? '';
      const message = own.buildNoViableAltMessage({
        expectedPathsPerAlt,
        actual,
        previous,
        customUserDescription,
        ruleName,
      });
      throw inner.SAVE_ERROR(new NoViableAltException(message, this.LA(1), previous));
    }
    inner.errorMessageProvider = {
      ...own,
      buildNoViableAltMessage: (options) => {
        this.expectedAt.set(choice, options.expectedPathsPerAlt);
        return own.buildNoViableAltMessage(options);
      },
    };
    try {
      return (CstParser.prototype as unknown as Errors).raiseNoAltException.call(this, occurrence, description);
    } finally {
      inner.errorMessageProvider = own;
    }
  }

  /** The error because of which a rule is being left. */
  private leaving: unknown;
  /** Where one error is left behind. */
  private goingOn: { error: unknown; type: TokenType } | undefined;

  // Two more are replaced, so that each error asks once which token to go on with. Chevrotain asks anew in every
  // rule that is left, of all rules around it, and nested a hundred times that is many. The answer stays: the rule
  // that knows the token lies further out, and the rules inside it are left.

  protected invokeRuleCatch(error: unknown, ...rest: unknown[]): unknown {
    this.leaving = error;
    try {
      const recovered = (CstParser.prototype as unknown as Leaving).invokeRuleCatch.call(this, error, ...rest);
      this.goingOn = undefined;
      return recovered;
    } finally {
      this.leaving = undefined;
    }
  }

  protected findReSyncTokenType(): TokenType {
    const error = this.leaving;
    if (error !== undefined && this.goingOn?.error === error) return this.goingOn.type;
    const type = (CstParser.prototype as unknown as Leaving).findReSyncTokenType.call(this);
    if (error !== undefined) this.goingOn = { error, type };
    return type;
  }

  protected sameLine(): boolean {
    return this.LA(1).startLine === this.LA(0).startLine;
  }

  /** Whether the token ahead is this word, where it is only a filler and no keyword: `from`, `the`. */
  protected wordAhead(word: string, ahead = 1): boolean {
    const next = this.LA(ahead);
    return next.tokenType === t.Word && next.image === word;
  }

  protected static is(type: TokenType, category: TokenType): boolean {
    return type === category || (type.CATEGORIES ?? []).includes(category);
  }

  protected gap(before: IToken, after: IToken): number {
    const gap = after.startOffset - (before.endOffset ?? before.startOffset) - 1;
    return before.startLine === after.startLine ? gap : Number.POSITIVE_INFINITY;
  }

  /** A made-up brace would pair with a real one further down and misplace all between. */
  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return type !== t.LeftBrace && type !== t.RightBrace;
  }

  // ------------------------------------------------------------ error productions

  /**
   * Something no list of items knows: the rest of its line and the block that follows it. Having
   * a rule for it keeps braces paired, which skipping tokens would not.
   */
  unknown = this.RULE('unknown', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.AnyToken);
          this.MANY({
            GATE: () => this.sameLine() && !this.startsItem(this.LA(1).tokenType),
            DEF: () => this.CONSUME2(t.AnyToken),
          });
          this.OPTION({ GATE: () => this.sameLine(), DEF: () => this.SUBRULE(this.block) });
        },
      },
      { ALT: () => this.SUBRULE2(this.block) },
    ]);
  });

  block = this.RULE('block', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.AnyToken) }, { ALT: () => this.SUBRULE(this.block) }]);
    });
    this.CONSUME(t.RightBrace);
  });

  /** Whether a token surely begins the next item of the list at hand. Layers above know more. */
  protected startsItem(type: TokenType): boolean {
    return type === t.RightBrace;
  }
}

/** Places of tokens that the parser made up are no numbers, and move no end. */
function addPart(node: CstNode | undefined, name: string, part: CstNode | IToken, start: number, end: number): void {
  if (node === undefined) return;
  node.parts.push(name, part);
  if (node.start === -1) {
    node.start = start;
    node.end = end;
  } else if (node.end < end) node.end = end;
}
