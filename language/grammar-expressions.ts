/**
 * The grammar of expressions: tokens to CST.
 *
 * Builds on `grammar-base.ts`; `grammar-types.ts` is the next layer. Meaning, order of operators
 * and missing parts are left to the `build-*` files.
 */
import type { TokenType } from 'chevrotain';
import { BaseGrammar } from './grammar-base.ts';
import * as t from './tokens.ts';

const k = t.keyword;

export class ExpressionGrammar extends BaseGrammar {
  private static readonly calendarWords = new Set<TokenType>([k.visit, k.day, k.week, k.month]);

  /** A unit follows its number at once or after one space, so that table cells stay apart. */
  protected unitFollows(): boolean {
    const next = this.LA(1);
    return (
      next.tokenType === t.Word &&
      !this.wordAhead('default') &&
      this.gap(this.LA(0), next) <= 1 &&
      this.LA(2).tokenType !== t.Colon
    );
  }

  protected slashFollows(): boolean {
    return this.gap(this.LA(0), this.LA(1)) === 0 && this.gap(this.LA(1), this.LA(2)) === 0;
  }

  private windowFollows(): boolean {
    const ahead = this.LA(1).tokenType === t.Comma ? 2 : 1;
    const first = this.LA(ahead).tokenType;
    const second = this.LA(ahead + 1).tokenType;
    if (first === k.this) return ExpressionGrammar.calendarWords.has(second);
    if (first === k.in) return second === k.last || this.LA(ahead + 2).tokenType === k.last;
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
          this.OPTION({ GATE: () => this.wordAhead('the'), DEF: () => this.CONSUME(t.Word) });
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
}
