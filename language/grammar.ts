/**
 * The whole grammar: files, and the one parser everybody shares.
 *
 * Tokens come in, a CST goes out together with the syntax errors; the parser recovers and its
 * tree is partial where the text is wrong. It is a singleton, because analyzing a grammar takes longer
 * than parsing a file, and is left until a text has mistakes. Not reentrant: one parse at a time.
 */
import { EOF, type IParserErrorMessageProvider, type IRecognitionException, type IToken } from 'chevrotain';
import type { CstNode } from './cst.ts';
import { ScenarioGrammar } from './grammar-scenarios.ts';
import type { ReadingMemory } from './kept-items.ts';
import { limits } from './limits.ts';
import { mendStage } from './mend-stage.ts';
import { expectedPhrases } from './messages.ts';
import { soundReader } from './read-sound.ts';
import * as t from './tokens.ts';

export class RegimenGrammar extends ScenarioGrammar {
  constructor(options: { validate: boolean }) {
    super(t.vocabulary, {
      recoveryEnabled: true,
      maxLookahead: 2,
      skipValidations: !options.validate,
      errorMessageProvider: countingPhrases,
    });
  }

  private isAnalyzed = false;

  /**
   * The grammar, ready to read what has mistakes: that takes an analysis of all rules, which is longer than
   * most texts need. Sound texts are read without it.
   */
  analyzed(): this {
    if (!this.isAnalyzed) this.performSelfAnalysis();
    this.isAnalyzed = true;
    return this;
  }

  file = this.RULE('file', () => {
    this.ACTION(() => {
      this.colonEnds = false;
    });
    this.MANY(() => {
      this.OR({
        DEF: [
          { ALT: () => this.SUBRULE(this.importDeclaration) },
          { ALT: () => this.SUBRULE(this.fragmentDeclaration) },
          { ALT: () => this.SUBRULE(this.programDeclaration) },
          { ALT: () => this.SUBRULE(this.scenarioDeclaration) },
          { ALT: () => this.CONSUME(t.RightBrace) },
          { ALT: () => this.SUBRULE(this.unknown) },
        ],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
  });

  /** The entry rule for the expression in a text's hole. */
  hole = this.RULE('hole', () => {
    this.ACTION(() => {
      this.atNamesStage = false;
      this.colonEnds = false;
    });
    this.SUBRULE(this.expression);
  });
}

/** Two, because the reader of sound texts changes how its own looks at tokens. */
let parser: RegimenGrammar | undefined;
let readSound: ReturnType<typeof soundReader> | undefined;

export type Read = {
  tree: CstNode | undefined;
  errors: IRecognitionException[];
  /** The token at which the parser gave up, when there were more errors than the limit. */
  gaveUpAt?: IToken;
};

/** Parses tokens as a whole file, or as the expression of a hole. Items that `memory` knows are not read again. */
export function readTokens(tokens: IToken[], rule: 'file' | 'hole', memory?: ReadingMemory): Read {
  readSound ??= soundReader(new RegimenGrammar({ validate: false }));
  const errors: IRecognitionException[] = [];
  const mend = (all: IToken[], program: number, first: number) => {
    const mended = mendStage(all, program, first, readPart);
    errors.push(...(mended?.errors ?? []));
    return errors.length <= limits.syntaxErrors ? mended : undefined;
  };
  const tree = readSound(tokens, rule, { memory, mend });
  return tree === undefined ? readWhole(tokens, rule) : { tree, errors };
}

/** The same by the parser that knows about mistakes, from the first token to the last. */
export function readWhole(tokens: IToken[], rule: 'file' | 'hole'): Read {
  try {
    return readOnce(tokens, rule, limits.syntaxErrors);
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error;
    const readable = tokens.slice(0, Math.max(0, tokens.indexOf(error.token)));
    return { ...readOnce(readable, rule, Number.POSITIVE_INFINITY), gaveUpAt: error.token };
  } finally {
    parser?.reset();
  }
}

/** Reads a part of a file as if it were one; nothing comes of more mistakes than the limit. */
function readPart(tokens: IToken[]): Read {
  try {
    return readOnce(tokens, 'file', limits.syntaxErrors);
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error;
    return { tree: undefined, errors: [] };
  }
}

function readOnce(tokens: IToken[], rule: 'file' | 'hole', errorsMax: number): Read {
  const grammar = analyzedParser();
  grammar.input = tokens;
  errorsLeft = errorsMax;
  // `grammar-base.ts` has made it of nodes of our own.
  const tree = grammar[rule]() as unknown as CstNode | undefined;
  return { tree, errors: grammar.errors };
}

/** A parser that began its analysis on a stack that was too small is of no use any more. */
function analyzedParser(): RegimenGrammar {
  parser ??= new RegimenGrammar({ validate: false });
  try {
    return parser.analyzed();
  } catch (error) {
    parser = undefined;
    throw error;
  }
}

/** Leaves the parser, which has no other way to stop early. Never leaves this file. */
class GaveUp extends Error {
  readonly token: IToken;
  constructor(token: IToken) {
    super('Too many syntax errors.');
    this.token = token;
  }
}

let errorsLeft = 0;

/**
 * What is missing at the end is not counted: everything has been read by then, and no more can be missing than
 * `limits.nesting` lets stand open.
 */
function counted(token: IToken | undefined): void {
  if (token && token.tokenType !== EOF && errorsLeft-- <= 0) throw new GaveUp(token);
}

/** The message provider, counting: it is asked once for every error. */
const countingPhrases: IParserErrorMessageProvider = {
  buildMismatchTokenMessage(options) {
    counted(options.actual);
    return expectedPhrases.buildMismatchTokenMessage(options);
  },
  buildNotAllInputParsedMessage: (options) => expectedPhrases.buildNotAllInputParsedMessage(options),
  buildNoViableAltMessage(options) {
    counted(options.actual[0]);
    return expectedPhrases.buildNoViableAltMessage(options);
  },
  buildEarlyExitMessage(options) {
    counted(options.actual[0]);
    return expectedPhrases.buildEarlyExitMessage(options);
  },
};
