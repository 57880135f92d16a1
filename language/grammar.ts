/**
 * The whole grammar: scenarios, files, and the one parser everybody shares.
 *
 * Tokens come in, a CST goes out together with the syntax errors; the parser recovers and its
 * tree is partial where the text is wrong. It is a singleton, because analysing a grammar takes
 * milliseconds and parsing a file takes less. Not reentrant: one parse at a time.
 */
import type { CstNode, IParserErrorMessageProvider, IRecognitionException, IToken, TokenType } from 'chevrotain';
import { ProgramGrammar } from './grammar-programs.ts';
import { limits } from './limits.ts';
import { expectedPhrases } from './messages.ts';
import { nearest } from './nearest.ts';
import * as t from './tokens.ts';

const k = t.keyword;

/** What scenarios count, in the words that follow a number. */
export const countedThings = new Map<string, 'nudges' | 'messages' | 'reviews'>([
  ['nudges', 'nudges'],
  ['nudge', 'nudges'],
  ['messages', 'messages'],
  ['reviews', 'reviews'],
  ['review', 'reviews'],
]);

const stepStarts = new Set<TokenType>([k.expect, k.wait, k.each, k.they, k.agent, k.scenario, k.program]);

export class RegimenGrammar extends ProgramGrammar {
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

  protected override startsItem(type: TokenType): boolean {
    return super.startsItem(type) || stepStarts.has(type);
  }

  /** Field names may look like the words of expectations: `expect stage = 2`. */
  private comparisonFollows(): boolean {
    const next = this.LA(2).tokenType;
    return next === k.is || (next.CATEGORIES ?? []).includes(t.CompareOperator);
  }

  file = this.RULE('file', () => {
    this.MANY(() => {
      this.OR({
        DEF: [
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

  scenarioDeclaration = this.RULE('scenarioDeclaration', () => {
    this.CONSUME(k.scenario);
    this.CONSUME(t.Text);
    this.CONSUME(k.of);
    this.CONSUME(t.Name);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.SUBRULE(this.step);
    });
    this.CONSUME(t.RightBrace);
  });

  step = this.RULE('step', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.startStep) },
        { ALT: () => this.SUBRULE(this.eachStep) },
        { ALT: () => this.SUBRULE(this.waitStep) },
        { ALT: () => this.SUBRULE(this.expectStep) },
        {
          GATE: () => this.LA(1).tokenType === k.on || this.LA(2).tokenType === t.NumberToken,
          ALT: () => this.SUBRULE(this.dated),
        },
        { GATE: () => this.deedFollows(), ALT: () => this.SUBRULE(this.deed) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  private deedFollows(): boolean {
    const first = this.LA(1).tokenType;
    if (first === k.they || first === k.agent || this.LA(2).tokenType === t.LeftBrace) return true;
    // `wiat 3 days` is a misspelled step and no entry.
    const misspelled = nearest(this.LA(1).image, ['wait', 'expect', 'start']) !== undefined;
    const text = this.LA(2).tokenType === t.Text;
    return first === t.Word && this.plainValueFollows(2) && !misspelled && !text;
  }

  startStep = this.RULE('startStep', () => {
    this.CONSUME(k.start);
    this.SUBRULE(this.moment);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(k.in);
            this.CONSUME(t.Text);
          },
        },
        {
          ALT: () => {
            this.CONSUME(k.at);
            this.CONSUME(t.Name);
          },
        },
        { ALT: () => this.SUBRULE(this.withClause) },
      ]);
    });
  });

  /** `mon 2026-01-05 09:00`, `wed at 07:30`, `day 3 at 07:30`. */
  moment = this.RULE('moment', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Weekday);
          this.OPTION(() => {
            this.CONSUME(t.DateToken);
          });
        },
      },
      { ALT: () => this.CONSUME2(t.DateToken) },
      {
        ALT: () => {
          this.CONSUME(k.day);
          this.CONSUME(t.NumberToken);
        },
      },
    ]);
    this.OPTION2({
      GATE: () => this.LA(1).tokenType !== k.at || this.isTime(2),
      DEF: () => {
        this.OPTION3(() => {
          this.CONSUME(k.at);
        });
        this.CONSUME(t.Time);
      },
    });
  });

  private isTime(ahead: number): boolean {
    const type = this.LA(ahead).tokenType;
    return type === t.Time || (type.CATEGORIES ?? []).includes(t.Time);
  }

  eachStep = this.RULE('eachStep', () => {
    this.CONSUME(k.each);
    this.CONSUME(k.of);
    this.SUBRULE(this.days);
    this.CONSUME(k.at);
    this.CONSUME(t.Time);
    this.SUBRULE(this.deed);
  });

  dated = this.RULE('dated', () => {
    this.OPTION(() => {
      this.CONSUME(k.on);
    });
    this.SUBRULE(this.moment);
    this.SUBRULE(this.deed);
  });

  waitStep = this.RULE('waitStep', () => {
    this.CONSUME(k.wait);
    this.OPTION(() => {
      this.CONSUME(k.for);
    });
    this.OR([
      { ALT: () => this.CONSUME(t.Duration) },
      {
        ALT: () => {
          this.CONSUME(k.until);
          this.SUBRULE(this.moment);
        },
      },
    ]);
  });

  deed = this.RULE('deed', () => {
    this.OR({
      DEF: [
        { GATE: () => this.LA(2).tokenType !== t.LeftBrace, ALT: () => this.SUBRULE(this.theyDeed) },
        { GATE: () => this.LA(2).tokenType !== t.LeftBrace, ALT: () => this.SUBRULE(this.agentDeed) },
        { ALT: () => this.SUBRULE(this.recorded) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  theyDeed = this.RULE('theyDeed', () => {
    this.CONSUME(k.they);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.say);
          this.CONSUME(t.Text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.answer);
          this.SUBRULE(this.expression);
        },
      },
    ]);
  });

  agentDeed = this.RULE('agentDeed', () => {
    this.CONSUME(k.agent);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.says);
          this.CONSUME(t.Text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.sets);
          this.SUBRULE(this.assignments);
        },
      },
      { ALT: () => this.SUBRULE(this.judgesDeed) },
    ]);
  });

  judgesDeed = this.RULE('judgesDeed', () => {
    this.CONSUME(k.judges);
    this.CONSUME(t.Text);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(k.yes) }, { ALT: () => this.CONSUME(k.no) }]);
    });
    this.OPTION2(() => {
      this.CONSUME(t.NumberToken);
    });
    this.OPTION3(() => {
      this.CONSUME(k.quoting);
      this.CONSUME2(t.Text);
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.CONSUME3(t.Text);
      });
    });
  });

  expectStep = this.RULE('expectStep', () => {
    this.CONSUME(k.expect);
    this.SUBRULE(this.expectation);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.Comma);
            this.OPTION(() => {
              this.CONSUME(k.and);
            });
          },
        },
        { ALT: () => this.CONSUME2(k.and) },
      ]);
      this.SUBRULE2(this.expectation);
    });
  });

  expectation = this.RULE('expectation', () => {
    this.OR({
      DEF: [
        {
          GATE: () => !this.comparisonFollows(),
          ALT: () => {
            this.CONSUME(k.stage);
            this.CONSUME(t.Name);
          },
        },
        {
          GATE: () => !this.comparisonFollows(),
          ALT: () => {
            this.CONSUME(k.left);
            this.CONSUME(k.as);
            this.CONSUME2(t.Name);
          },
        },
        {
          GATE: () => !this.comparisonFollows(),
          ALT: () => {
            this.CONSUME(k.escalated);
            this.CONSUME(k.to);
            this.CONSUME3(t.Name);
          },
        },
        { GATE: () => this.countFollows(), ALT: () => this.SUBRULE(this.wholeCount) },
        { ALT: () => this.SUBRULE(this.countExpectation) },
        {
          GATE: () => this.LA(2).tokenType === k.message,
          ALT: () => this.SUBRULE(this.noMessage),
        },
        {
          GATE: () => !this.comparisonFollows(),
          ALT: () => {
            this.CONSUME(k.message);
            this.OPTION(() => {
              this.CONSUME(t.Text);
            });
          },
        },
        { ALT: () => this.SUBRULE(this.expression) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  countExpectation = this.RULE('countExpectation', () => {
    this.OR([
      { ALT: () => this.CONSUME(k.nudges) },
      { ALT: () => this.CONSUME(k.messages) },
      { ALT: () => this.CONSUME(k.reviews) },
    ]);
    this.CONSUME(t.CompareOperator);
    this.CONSUME(t.NumberToken);
  });

  /** `2 nudges`, `no reviews`; `no message` asks something else. */
  private countFollows(): boolean {
    const first = this.LA(1).tokenType;
    return (first === t.NumberToken || first === k.no) && countedThings.has(this.LA(2).image);
  }

  wholeCount = this.RULE('wholeCount', () => {
    this.OR([{ ALT: () => this.CONSUME(t.NumberToken) }, { ALT: () => this.CONSUME(k.no) }]);
    this.CONSUME(t.Name);
  });

  noMessage = this.RULE('noMessage', () => {
    this.CONSUME(k.no);
    this.CONSUME(k.message);
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(t.Text) },
        {
          ALT: () => {
            this.CONSUME(k.between);
            this.CONSUME(t.Time);
            this.CONSUME(k.and);
            this.CONSUME2(t.Time);
          },
        },
      ]);
    });
  });

  /** The entry rule for the expression in a text's hole. */
  hole = this.RULE('hole', () => {
    this.SUBRULE(this.expression);
  });
}

let parser: RegimenGrammar | undefined;

export type Read = {
  tree: CstNode | undefined;
  errors: IRecognitionException[];
  /** The token at which the parser gave up, when there were more errors than the limit. */
  gaveUpAt?: IToken;
};

/** Parses tokens as a whole file, or as the expression of a hole. */
export function readTokens(tokens: IToken[], rule: 'file' | 'hole'): Read {
  parser ??= new RegimenGrammar({ validate: false });
  try {
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
