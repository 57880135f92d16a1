/**
 * The grammar of what makes something happen: rules, transitions, and the cadences of checks and reviews.
 *
 * Used by `anytime` and by stages; `grammar-stages.ts` builds on it, `grammar-actions.ts`
 * is the layer below.
 */
import type { TokenType } from 'chevrotain';
import { ActionGrammar } from './grammar-actions.ts';
import { limits } from './limits.ts';
import * as t from './tokens.ts';

const k = t.keyword;

/** Tokens after which an expression must go on, so that a keyword there can only be a name. */
const expectsOperand = new Set<TokenType>([
  k.when,
  k.and,
  k.or,
  k.not,
  k.else,
  k.is,
  k.where,
  k.since,
  k.last,
  k.of,
  k.no,
  k.was,
  k.at,
  k.for,
  t.LeftParen,
  t.LeftBracket,
  t.Comma,
  t.Dot,
]);

const operatorCategories = new Set<TokenType>([t.CompareOperator, t.AddOperator, t.MultiplyOperator]);

/** What an item of a stage, of `anytime` or of a track can begin with. */
const itemStarts = new Set<TokenType>([
  k.skill,
  k.review,
  k.nudge,
  k.ask,
  k.let,
  k.command,
  k.on,
  k.when,
  k.advance,
  k.return,
  k.leave,
  k.resume,
  k.escalate,
  k.say,
  k.set,
  k.record,
  k.restart,
  k.interrupt,
  k.stage,
  k.anytime,
  k.table,
  k.data,
  k.check,
  k.pause,
  k.propose,
  k.tell,
  k.send,
  k.call,
  k.add,
  k.each,
  k.clear,
  k.use,
  k.window,
  k.bands,
  k.track,
  k.list,
]);

/** What follows the name in `doses times between`, `doses[week] times between`. */
const afterAmount = new Set<TokenType>([k.times, t.Dot, t.LeftBracket, t.LeftParen]);

export class RuleGrammar extends ActionGrammar {
  protected override startsItem(type: TokenType): boolean {
    return type === t.RightBrace || itemStarts.has(type);
  }

  /**
   * Whether the `when` ahead begins a rule of its own (`when … {`) and is no clause of the
   * transition before it. Only a new line can begin a rule there: on the same line, a condition
   * with a body would leave the transition without its condition. An expression holds no `{`, so
   * the first brace or item start decides.
   */
  private whenBeginsRule(): boolean {
    if (this.sameLine()) return false;
    for (let ahead = 2; ahead < limits.whenLookahead; ahead++) {
      const type = this.LA(ahead).tokenType;
      if (type === t.LeftBrace) return true;
      if (type === t.RightBrace || type.name === 'EOF') return false;
      // `when lapse > 2, approved by lead, refused { … }`: the braces are those of the approval.
      if (type === k.approved && this.LA(ahead + 1).tokenType === k.by) return false;
      if (type === k.at && this.LA(ahead).startLine !== this.LA(ahead - 1).startLine) return false;
      if (itemStarts.has(type) && !this.operandExpected(ahead)) return false;
    }
    return false;
  }

  /** Whether the token `ahead` is a name inside an expression, because the one before it asks for an operand. */
  private operandExpected(ahead: number): boolean {
    const before = this.LA(ahead - 1).tokenType;
    if (before !== k.no) return this.needsOperand(before);
    // `no` asks for a series in `no runs for …`, and ends an expression in `heart = no`.
    const after = this.LA(ahead + 1).tokenType;
    return after === k.for || after === k.where;
  }

  private needsOperand(type: TokenType): boolean {
    return expectsOperand.has(type) || (type.CATEGORIES ?? []).some((category) => operatorCategories.has(category));
  }

  /** Whether what follows is no rule, but an action on entering the stage: `restart`, `interrupt` without `when`. */
  protected actionAhead(): boolean {
    const first = this.LA(1);
    if (first.tokenType !== k.restart && first.tokenType !== k.interrupt) return false;
    // Behind `interrupt with x`, behind `restart stage`, or behind `restart`.
    const whenAhead = first.tokenType === k.interrupt ? 4 : this.LA(2).tokenType === k.stage ? 3 : 2;
    const next = this.LA(whenAhead);
    return next.tokenType !== k.when || next.startLine !== first.startLine;
  }

  rule = this.RULE('rule', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.moveRule) },
      { ALT: () => this.SUBRULE(this.commandRule) },
      { ALT: () => this.SUBRULE(this.onRule) },
      { ALT: () => this.SUBRULE(this.whenRule) },
      { ALT: () => this.SUBRULE(this.checkRule) },
      { ALT: () => this.SUBRULE(this.atRule) },
      { ALT: () => this.SUBRULE(this.pauseRule) },
      { ALT: () => this.SUBRULE(this.transition) },
    ]);
  });

  moveRule = this.RULE('moveRule', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.restart);
          this.OPTION(() => {
            this.CONSUME(k.stage);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.interrupt);
          this.CONSUME(k.with);
          this.CONSUME(t.Name);
        },
      },
    ]);
    this.CONSUME(k.when);
    this.SUBRULE(this.expression);
  });

  commandRule = this.RULE('commandRule', () => {
    this.CONSUME(k.command);
    this.CONSUME(t.Text);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Comma) }, { ALT: () => this.CONSUME(k.or) }]);
      this.CONSUME2(t.Text);
    });
    this.OPTION(() => {
      this.SUBRULE(this.parenthesizedType);
      this.CONSUME(k.as);
      this.CONSUME(t.Name);
    });
    this.SUBRULE(this.body);
  });

  onRule = this.RULE('onRule', () => {
    this.CONSUME(k.on);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      // `on runs when …` is read too, and reported.
      this.OR([{ ALT: () => this.CONSUME(k.where) }, { ALT: () => this.CONSUME(k.when) }]);
      this.SUBRULE(this.expression);
    });
    this.SUBRULE(this.body);
  });

  whenRule = this.RULE('whenRule', () => {
    this.CONSUME(k.when);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.onceMark);
    this.SUBRULE(this.body);
  });

  /** `, once`: once in a whole enrollment; the mark may be missing. */
  onceMark = this.RULE('onceMark', () => {
    this.OPTION(() => {
      this.OPTION2(() => {
        this.CONSUME(t.Comma);
      });
      this.CONSUME(k.once);
    });
  });

  /** `check daily at 07:00 { … }`. */
  checkRule = this.RULE('checkRule', () => {
    this.CONSUME(k.check);
    this.SUBRULE(this.cadence);
    this.SUBRULE(this.body);
  });

  /** `at due - 1 day at 09:00 { … }`. */
  atRule = this.RULE('atRule', () => {
    this.CONSUME(k.at);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.onceMark);
    this.SUBRULE(this.body);
  });

  pauseRule = this.RULE('pauseRule', () => {
    this.CONSUME(k.pause);
    // `pause when …` is read too, and reported.
    this.OR([{ ALT: () => this.CONSUME(k.while) }, { ALT: () => this.CONSUME(k.when) }]);
    this.SUBRULE(this.expression);
  });

  transition = this.RULE('transition', () => {
    this.SUBRULE(this.direction);
    this.MANY({
      GATE: () => this.LA(1).tokenType !== k.when || !this.whenBeginsRule(),
      DEF: () => this.SUBRULE(this.clause),
    });
  });

  clause = this.RULE('clause', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.withClause) },
      {
        ALT: () => {
          this.CONSUME(k.when);
          this.SUBRULE(this.expression);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.after);
          this.SUBRULE(this.length);
          this.OPTION({
            GATE: () => this.LA(1).tokenType !== k.silence || this.sameLine(),
            DEF: () => {
              this.OR2([
                {
                  ALT: () => {
                    this.CONSUME(k.of);
                    this.CONSUME(k.silence);
                  },
                },
                { ALT: () => this.CONSUME2(k.silence) },
                {
                  ALT: () => {
                    this.CONSUME(k.without);
                    this.CONSUME(t.Name);
                  },
                },
              ]);
            },
          });
        },
      },
      {
        ALT: () => {
          this.OPTION2(() => {
            this.CONSUME(t.Comma);
          });
          this.SUBRULE(this.approval);
        },
      },
    ]);
  });

  // ------------------------------------------------------------ cadences

  /** When reviews and checks come: `daily at 07:00`, `monthly on last fri`, `daily, 3 times between …`. */
  cadence = this.RULE('cadence', () => {
    this.OR([
      { ALT: () => this.CONSUME(k.daily) },
      { ALT: () => this.CONSUME(k.weekdays) },
      {
        ALT: () => {
          this.CONSUME(k.weekly);
          this.OPTION({
            GATE: () => this.LA(1).tokenType === t.Weekday || this.LA(2).tokenType === t.Weekday,
            DEF: () => {
              this.OPTION3(() => {
                this.CONSUME(k.on);
              });
              this.SUBRULE(this.days);
            },
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.every);
          this.SUBRULE(this.period);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.monthly);
          this.CONSUME2(k.on);
          this.SUBRULE(this.monthDays);
        },
      },
      { ALT: () => this.SUBRULE(this.businessDays) },
      { ALT: () => this.SUBRULE2(this.days) },
    ]);
    this.OPTION2({
      GATE: () => this.timesOfDayFollow(),
      DEF: () => {
        this.OR2({
          DEF: [{ ALT: () => this.SUBRULE(this.timesOfDay) }, { ALT: () => this.SUBRULE(this.spaced) }],
          MAX_LOOKAHEAD: 1,
          IGNORE_AMBIGUITIES: true,
        });
      },
    });
  });

  /** `at 09:00`, `, 3 times between …`; not `, spread over 2h`, and not the next line. */
  private timesOfDayFollow(): boolean {
    if (this.LA(1).tokenType === k.at) return this.sameLine() || ActionGrammar.is(this.LA(2).tokenType, t.Time);
    if (this.LA(1).tokenType === t.Comma) return this.LA(2).tokenType !== k.spread;
    if (!this.sameLine()) return false;
    const next = this.LA(1).tokenType;
    return next === t.NumberToken || next === t.LeftParen || afterAmount.has(this.LA(2).tokenType);
  }

  /** `at 09:00, 14:00`; a name or a look-up may stand for each. */
  timesOfDay = this.RULE('timesOfDay', () => {
    this.CONSUME(k.at);
    this.SUBRULE(this.clockTime);
    this.MANY({
      GATE: () => this.LA(2).tokenType !== k.spread,
      DEF: () => {
        this.SUBRULE(this.listSign);
        this.SUBRULE2(this.clockTime);
      },
    });
  });

  /** `, 3 times between 09:00 and 21:00`. */
  spaced = this.RULE('spaced', () => {
    this.OPTION(() => {
      this.CONSUME(t.Comma);
    });
    this.SUBRULE(this.amount);
    this.CONSUME(k.times);
    this.CONSUME(k.between);
    this.SUBRULE(this.clockTime);
    this.CONSUME(k.and);
    this.SUBRULE2(this.clockTime);
  });

  /** What follows `every`: `3 days`, `day`, `weekday`, `week on mon`, `3 months on 1`, `month`, `mon, wed`. */
  period = this.RULE('period', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Duration) },
      { ALT: () => this.CONSUME(k.day) },
      { ALT: () => this.CONSUME(k.week) },
      { ALT: () => this.CONSUME(k.month) },
      { GATE: () => this.wordAhead('weekday'), ALT: () => this.CONSUME(t.Word) },
      { ALT: () => this.SUBRULE(this.days) },
    ]);
    this.OPTION({
      GATE: () => this.LA(2).tokenType === t.Weekday || this.monthDayFollows(),
      DEF: () => {
        this.CONSUME(k.on);
        this.OR2({
          DEF: [
            { GATE: () => this.LA(1).tokenType === t.Weekday, ALT: () => this.SUBRULE2(this.days) },
            { ALT: () => this.SUBRULE(this.monthDays) },
          ],
          MAX_LOOKAHEAD: 1,
          IGNORE_AMBIGUITIES: true,
        });
      },
    });
  });

  /** `on 1`, `on last`, `on second thu`; not the `on runs { … }` of the next line. */
  private monthDayFollows(): boolean {
    const next = this.LA(2).tokenType;
    return next === t.NumberToken || next === k.last || this.LA(3).tokenType === t.Weekday;
  }

  /** `1, 15`, `last`, `second thu`, `last fri`. */
  monthDays = this.RULE('monthDays', () => {
    this.OR({
      DEF: [
        {
          GATE: () => this.LA(2).tokenType === t.Weekday,
          ALT: () => {
            this.OR2([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.CONSUME(k.last) }]);
            this.CONSUME(t.Weekday);
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.monthDay);
            this.MANY({
              GATE: () => {
                const ahead = this.LA(2).tokenType === k.and ? 3 : 2;
                const [next, after] = [this.LA(ahead).tokenType, this.LA(ahead + 1).tokenType];
                return after !== k.times && (next === t.NumberToken || next === k.last);
              },
              DEF: () => {
                this.SUBRULE(this.listSign);
                this.SUBRULE2(this.monthDay);
              },
            });
          },
        },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  monthDay = this.RULE('monthDay', () => {
    this.OR([{ ALT: () => this.CONSUME(t.NumberToken) }, { ALT: () => this.CONSUME(k.last) }]);
  });

  /** `business days`, `business days in berlin`. */
  businessDays = this.RULE('businessDays', () => {
    this.CONSUME(k.business);
    this.OR([
      { GATE: () => this.wordAhead('days'), ALT: () => this.CONSUME(t.Word) },
      { ALT: () => this.CONSUME(k.day) },
    ]);
    this.OPTION(() => {
      this.CONSUME(k.in);
      this.CONSUME(t.Name);
    });
  });
}
