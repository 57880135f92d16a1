/**
 * The grammar of expressions, types and the small literals: tokens to CST.
 *
 * The lowest of four layers (`grammar-rules.ts`, `grammar-programs.ts` and `grammar.ts` build on it; a
 * Chevrotain parser is a class, so the layers inherit). Meaning, order of operators and missing
 * parts are left to the `build-*` files.
 */
import {
  type CstNode,
  type CstNodeLocation,
  CstParser,
  type IParserConfig,
  type IToken,
  type TokenType,
} from 'chevrotain';
import * as t from './tokens.ts';

const k = t.keyword;

export class ExpressionGrammar extends CstParser {
  constructor(vocabulary: TokenType[], config: IParserConfig) {
    super(vocabulary, config);
  }

  /**
   * Replaces an internal method of Chevrotain 13, which makes `children` with `Object.create(null)`:
   * such objects are hash tables, and a file of 1,000 lines then takes 15 ms, most of it garbage
   * collection, in place of 8. No rule or token is called like a property of `Object.prototype`.
   */
  protected cstInvocationStateUpdate(name: string): void {
    const stack = (this as unknown as { CST_STACK: CstNode[] }).CST_STACK;
    stack.push({ name, children: {}, location: { startOffset: -1, endOffset: -1 } as CstNodeLocation });
  }

  /** Words of a field's type that read better as the type than as a choice's only option. */
  private static readonly typeWords = new Set<TokenType>([k.number, k.text, k.date, k.time, k.series]);
  private static readonly calendarWords = new Set<TokenType>([k.visit, k.day, k.week, k.month]);

  protected sameLine(): boolean {
    return this.LA(1).startLine === this.LA(0).startLine;
  }

  /** A unit follows its number at once or after one space, so that table cells stay apart. */
  protected unitFollows(): boolean {
    const next = this.LA(1);
    return next.tokenType === t.Word && this.gap(this.LA(0), next) <= 1 && this.LA(2).tokenType !== t.Colon;
  }

  protected slashFollows(): boolean {
    return this.gap(this.LA(0), this.LA(1)) === 0 && this.gap(this.LA(1), this.LA(2)) === 0;
  }

  private gap(before: IToken, after: IToken): number {
    const gap = after.startOffset - (before.endOffset ?? before.startOffset) - 1;
    return before.startLine === after.startLine ? gap : Number.POSITIVE_INFINITY;
  }

  private windowFollows(): boolean {
    const ahead = this.LA(1).tokenType === t.Comma ? 2 : 1;
    const first = this.LA(ahead).tokenType;
    const second = this.LA(ahead + 1).tokenType;
    if (first === k.this) return ExpressionGrammar.calendarWords.has(second);
    if (first === k.in) return second === k.last;
    return first === k.today && ahead === 1;
  }

  /** `no runs for …` and not the word `no` before something else. */
  private absenceFollows(): boolean {
    const third = this.LA(3).tokenType;
    return third === k.for || third === k.where;
  }

  /** A value is missing and the next line begins an item: `when` ⏎ `skill coach`. */
  private itemBegins(): boolean {
    if (this.sameLine() || !this.startsItem(this.LA(1).tokenType)) return false;
    const second = this.LA(2).tokenType;
    return (
      second === t.Text || second === t.LeftBrace || second === t.Name || (second.CATEGORIES ?? []).includes(t.Name)
    );
  }

  /** A made-up brace would pair with a real one further down and misplace all between. */
  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return type !== t.LeftBrace && type !== t.RightBrace;
  }

  // ------------------------------------------------------------ expressions

  /**
   * Flat on purpose: a rule for each level of precedence would cost ten nested nodes for every
   * number and three times the parsing time. `build-expressions.ts` sorts out what binds tighter.
   */
  expression = this.RULE('expression', () => {
    this.SUBRULE(this.operand);
    this.MANY(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.BinaryOperator);
            this.SUBRULE2(this.operand);
          },
        },
        { ALT: () => this.SUBRULE(this.isTest) },
      ]);
    });
  });

  isTest = this.RULE('isTest', () => {
    this.CONSUME(k.is);
    this.OPTION({
      MAX_LOOKAHEAD: 1,
      DEF: () => this.CONSUME(k.not),
    });
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(k.set) },
        { ALT: () => this.CONSUME(k.known) },
        { ALT: () => this.CONSUME(k.missing) },
        { ALT: () => this.SUBRULE(this.operand) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  operand = this.RULE('operand', () => {
    this.MANY(() => {
      this.CONSUME(k.not);
    });
    this.MANY2(() => {
      this.CONSUME(t.Minus);
    });
    this.SUBRULE(this.postfix);
  });

  postfix = this.RULE('postfix', () => {
    this.SUBRULE(this.primary);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.CONSUME(t.Name);
    });
  });

  primary = this.RULE('primary', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.numberWithUnit) },
        { ALT: () => this.SUBRULE(this.durationPhrase) },
        { ALT: () => this.CONSUME(t.Time) },
        { ALT: () => this.CONSUME(t.DateToken) },
        { ALT: () => this.CONSUME(t.Text) },
        { ALT: () => this.CONSUME(k.yes) },
        { GATE: () => this.absenceFollows(), ALT: () => this.SUBRULE(this.absence) },
        { ALT: () => this.CONSUME(k.no) },
        { ALT: () => this.CONSUME(k.today) },
        { ALT: () => this.CONSUME(k.now) },
        { ALT: () => this.SUBRULE(this.newest) },
        { GATE: () => this.LA(2).tokenType === k.of, ALT: () => this.SUBRULE(this.dayOf) },
        { GATE: () => this.LA(2).tokenType === t.Text, ALT: () => this.SUBRULE(this.judgement) },
        { ALT: () => this.SUBRULE(this.group) },
        { GATE: () => !this.itemBegins(), ALT: () => this.SUBRULE(this.reference) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  group = this.RULE('group', () => {
    this.CONSUME(t.LeftParen);
    this.SUBRULE(this.expression);
    this.CONSUME(t.RightParen);
  });

  /** A name, a call of a function, or a look-up in a table. */
  reference = this.RULE('reference', () => {
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.LeftParen);
            this.OPTION2(() => {
              this.SUBRULE(this.argument);
              this.MANY(() => {
                this.CONSUME(t.Comma);
                this.SUBRULE2(this.argument);
              });
            });
            this.CONSUME(t.RightParen);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LeftBracket);
            this.SUBRULE(this.expression);
            this.MANY2(() => {
              this.CONSUME2(t.Comma);
              this.SUBRULE2(this.expression);
            });
            this.CONSUME(t.RightBracket);
          },
        },
      ]);
    });
  });

  /** `runs where completed, this visit`: a selection, or any expression. */
  argument = this.RULE('argument', () => {
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(k.where);
      this.SUBRULE2(this.expression);
    });
    this.OPTION2({
      GATE: () => this.windowFollows(),
      DEF: () => {
        this.OPTION3(() => {
          this.CONSUME(t.Comma);
        });
        this.SUBRULE(this.window);
      },
    });
  });

  window = this.RULE('window', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.this);
          this.OR2([
            { ALT: () => this.CONSUME(k.visit) },
            { ALT: () => this.CONSUME(k.day) },
            { ALT: () => this.CONSUME(k.week) },
            { ALT: () => this.CONSUME(k.month) },
          ]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.in);
          this.CONSUME(k.last);
          this.CONSUME(t.Duration);
        },
      },
      { ALT: () => this.CONSUME(k.today) },
    ]);
  });

  numberWithUnit = this.RULE('numberWithUnit', () => {
    this.CONSUME(t.NumberToken);
    this.OPTION({ GATE: () => this.unitFollows(), DEF: () => this.SUBRULE(this.unit) });
  });

  /** `kg`, `mg/dL`. */
  unit = this.RULE('unit', () => {
    this.CONSUME(t.Word);
    this.OPTION({
      GATE: () => this.slashFollows(),
      DEF: () => {
        this.CONSUME(t.Slash);
        this.CONSUME2(t.Word);
      },
    });
  });

  /** `14 days`, `14 days of silence`, `14 days since last run`. */
  durationPhrase = this.RULE('durationPhrase', () => {
    this.CONSUME(t.Duration);
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(k.of);
            this.CONSUME(k.silence);
          },
        },
        {
          ALT: () => {
            this.CONSUME(k.since);
            this.SUBRULE(this.anchor);
          },
        },
      ]);
    });
  });

  anchor = this.RULE('anchor', () => {
    this.OR({
      DEF: [
        {
          GATE: () => this.LA(2).tokenType === k.changed,
          ALT: () => {
            this.CONSUME(t.Name);
            this.CONSUME(k.changed);
          },
        },
        { ALT: () => this.CONSUME(k.enrolled) },
        { ALT: () => this.CONSUME(k.entered) },
        { ALT: () => this.SUBRULE(this.postfix) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  /** `no runs where completed for 14 days`. */
  absence = this.RULE('absence', () => {
    this.CONSUME(k.no);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(k.where);
      this.SUBRULE(this.expression);
    });
    this.CONSUME(k.for);
    this.CONSUME(t.Duration);
  });

  /** `last run`, `last run was today or yesterday`, `last 3 of fbg`. */
  newest = this.RULE('newest', () => {
    this.CONSUME(k.last);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.NumberToken);
          this.CONSUME(k.of);
          this.CONSUME(t.Name);
          this.OPTION(() => {
            this.CONSUME(t.Dot);
            this.CONSUME2(t.Name);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME3(t.Name);
          this.OPTION2(() => {
            this.CONSUME(k.was);
            this.SUBRULE(this.recentDay);
            this.MANY({
              GATE: () => [k.today, k.yesterday].includes(this.LA(2).tokenType),
              DEF: () => {
                this.CONSUME(k.or);
                this.SUBRULE2(this.recentDay);
              },
            });
          });
        },
      },
    ]);
  });

  recentDay = this.RULE('recentDay', () => {
    this.OR([{ ALT: () => this.CONSUME(k.today) }, { ALT: () => this.CONSUME(k.yesterday) }]);
  });

  dayOf = this.RULE('dayOf', () => {
    this.CONSUME(k.day);
    this.CONSUME(k.of);
    this.SUBRULE(this.postfix);
  });

  judgement = this.RULE('judgement', () => {
    this.CONSUME(k.judged);
    this.CONSUME(t.Text);
    this.CONSUME(k.at);
    this.CONSUME(t.NumberToken);
  });

  // ------------------------------------------------------------ types

  type = this.RULE('type', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.numberType) },
      { ALT: () => this.CONSUME(k.text) },
      { ALT: () => this.CONSUME(t.YesNo) },
      { ALT: () => this.CONSUME(k.date) },
      { ALT: () => this.CONSUME(k.time) },
      {
        ALT: () => {
          this.CONSUME(k.series);
          this.OPTION(() => {
            this.CONSUME(k.of);
          });
          this.SUBRULE(this.type);
        },
      },
      { ALT: () => this.SUBRULE(this.parenthesizedType) },
      { ALT: () => this.SUBRULE(this.recordType) },
    ]);
  });

  numberType = this.RULE('numberType', () => {
    this.CONSUME(k.number);
    this.OPTION({
      GATE: () => this.sameLine() && this.LA(2).tokenType !== t.Colon,
      DEF: () => this.SUBRULE(this.unit),
    });
    this.OPTION2({
      GATE: () => this.sameLine(),
      DEF: () => {
        this.SUBRULE(this.bound);
        this.CONSUME(k.to);
        this.SUBRULE2(this.bound);
      },
    });
  });

  bound = this.RULE('bound', () => {
    this.OPTION(() => {
      this.CONSUME(t.Minus);
    });
    this.CONSUME(t.NumberToken);
  });

  parenthesizedType = this.RULE('parenthesizedType', () => {
    this.CONSUME(t.LeftParen);
    this.OR({
      DEF: [
        {
          GATE: () => this.LA(2).tokenType !== t.Pipe && ExpressionGrammar.typeWords.has(this.LA(1).tokenType),
          ALT: () => this.SUBRULE(this.type),
        },
        { ALT: () => this.SUBRULE(this.choice) },
        { ALT: () => this.SUBRULE2(this.type) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
    this.CONSUME(t.RightParen);
  });

  choice = this.RULE('choice', () => {
    this.SUBRULE(this.choiceOption);
    this.MANY(() => {
      this.CONSUME(t.Pipe);
      this.SUBRULE2(this.choiceOption);
    });
  });

  choiceOption = this.RULE('choiceOption', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Name) },
      { ALT: () => this.CONSUME(k.yes) },
      { ALT: () => this.CONSUME(k.no) },
    ]);
  });

  recordType = this.RULE('recordType', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY({
      DEF: () => {
        this.OR({
          DEF: [
            {
              GATE: () => this.LA(2).tokenType === t.Colon,
              ALT: () => this.SUBRULE(this.field),
            },
            { ALT: () => this.CONSUME(t.Comma) },
            { ALT: () => this.SUBRULE(this.unknown) },
          ],
          MAX_LOOKAHEAD: 1,
          IGNORE_AMBIGUITIES: true,
        });
      },
    });
    this.CONSUME(t.RightBrace);
  });

  /** `week : number 1 to 9 = 1  agent may set`: a line of `data` or a field of a record. */
  field = this.RULE('field', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.SUBRULE(this.reservedName) }]);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(t.Question);
    });
    this.OPTION2(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE(this.expression);
    });
    this.OPTION3({
      GATE: () => this.LA(2).tokenType === k.may,
      DEF: () => this.SUBRULE(this.agentMay),
    });
  });

  /** A word that may not be a name, taken as one so that the rest can be read. */
  reservedName = this.RULE('reservedName', () => {
    this.OR(t.reservedWords.map((word) => ({ ALT: () => this.CONSUME(k[word]) })));
  });

  agentMay = this.RULE('agentMay', () => {
    this.CONSUME(k.agent);
    this.CONSUME(k.may);
    this.OR([{ ALT: () => this.CONSUME(k.set) }, { ALT: () => this.CONSUME(k.record) }]);
  });

  // ------------------------------------------------------------ shared parts

  /** `week = 1, why = "x"`. */
  assignments = this.RULE('assignments', () => {
    this.SUBRULE(this.assignment);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.assignment);
    });
  });

  assignment = this.RULE('assignment', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  /** `{ minutes: 28, completed: yes }`. */
  entry = this.RULE('entry', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR([{ ALT: () => this.SUBRULE(this.entryField) }, { ALT: () => this.CONSUME(t.Comma) }]);
    });
    this.CONSUME(t.RightBrace);
  });

  entryField = this.RULE('entryField', () => {
    this.CONSUME(t.Name);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  /** `mon, wed, fri`. */
  days = this.RULE('days', () => {
    this.CONSUME(t.Weekday);
    this.MANY({
      GATE: () => this.LA(2).tokenType === t.Weekday,
      DEF: () => {
        this.CONSUME(t.Comma);
        this.CONSUME2(t.Weekday);
      },
    });
  });

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
