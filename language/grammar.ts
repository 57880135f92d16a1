/**
 * The whole grammar: files, and the one parser everybody shares.
 *
 * Tokens come in, a CST goes out together with the syntax errors; the parser recovers and its
 * tree is partial where the text is wrong. It is a singleton, because analysing a grammar takes
 * milliseconds and parsing a file takes less. Not reentrant: one parse at a time.
 */
import type { CstNode, IParserErrorMessageProvider, IRecognitionException, IToken } from 'chevrotain';
import { ScenarioGrammar } from './grammar-scenarios.ts';
import { limits } from './limits.ts';
import { expectedPhrases } from './messages.ts';
import { soundReader } from './read-sound.ts';
import * as t from './tokens.ts';

export class RegimenGrammar extends ScenarioGrammar {
  constructor(options: { validate: boolean }) {
    super(t.vocabulary, {
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: 'onlyOffset',
      skipValidations: !options.validate,
      errorMessageProvider: countingPhrases,
    });
    this.performSelfAnalysis();
  }

  file = this.RULE('file', () => {
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
    });
    this.ACTION(() => {
      this.colonEnds = false;
    });
    this.SUBRULE(this.expression);
  });
}

let parser: RegimenGrammar | undefined;
let readSound: ReturnType<typeof soundReader> | undefined;

export type Read = {
  tree: CstNode | undefined;
  errors: IRecognitionException[];
  /** The token at which the parser gave up, when there were more errors than the limit. */
  gaveUpAt?: IToken;
};

/** Parses tokens as a whole file, or as the expression of a hole. */
export function readTokens(tokens: IToken[], rule: 'file' | 'hole'): Read {
  parser ??= new RegimenGrammar({ validate: false });
  readSound ??= soundReader(parser);
  try {
    const sound = readSound(tokens, rule);
    if (sound !== undefined) return { tree: sound, errors: [] };
    return readOnce(parser, tokens, rule, limits.syntaxErrors);
  } catch (error) {
    if (!(error instanceof GaveUp)) throw error;
    const readable = tokens.slice(0, Math.max(0, tokens.indexOf(error.token)));
    return { ...readOnce(parser, readable, rule, Number.POSITIVE_INFINITY), gaveUpAt: error.token };
  } finally {
    parser.reset();
  }
}

function readOnce(grammar: RegimenGrammar, tokens: IToken[], rule: 'file' | 'hole', errorsMax: number): Read {
  grammar.input = tokens;
  errorsLeft = errorsMax;
  const tree: CstNode | undefined = grammar[rule]();
  return { tree, errors: grammar.errors };
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

function counted(token: IToken | undefined): void {
  if (token && errorsLeft-- <= 0) throw new GaveUp(token);
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
