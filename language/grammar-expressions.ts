/**
 * The grammar of expressions: tokens to CST.
 *
 * Builds on `grammar-base.ts`; `grammar-types.ts` is the next layer. Meaning, order of operators
 * and missing parts are left to the `build-*` files.
 */
import type { TokenType } from 'chevrotain';
import { BaseGrammar } from './grammar-base.ts';
import { limits } from './limits.ts';
import * as t from './tokens.ts';

const k = t.keyword;

/**
 * Where an expression ends early. `narrow`: what is selected from, where `since` begins a clause of the
 * selection unless a written length stands before it. `line`: a row of bands, which ends with its line.
 */
type Mode = 'narrow' | 'line';
type Passed = { ARGS: [Mode] };
/** Shared, so that the parser makes no new object for every operand. */
export const narrowly: Passed = { ARGS: ['narrow'] };
export const toTheLineEnd: Passed = { ARGS: ['line'] };

function passedOn(mode: Mode | undefined): Passed | undefined {
  if (mode === undefined) return undefined;
  return mode === 'narrow' ? narrowly : toTheLineEnd;
}

export class ExpressionGrammar extends BaseGrammar {
  private static readonly calendarWords = new Set<TokenType>([k.visit, k.day, k.week, k.month]);

  /**
   * Whether a colon ends what stands before it, as in bands (`at least 60 kg : 1`), or belongs to the
   * word before it, as in records (`{ minutes: 28 completed: yes }`). Every rule that cares sets it.
   */
  protected colonEnds = false;

  /** Whether `at` before a name begins a clause of its own: `start mon with week = 5 at training`. */
  protected atNamesStage = false;

  /** A unit follows its number at once or after one space, so that table cells stay apart. */
  protected unitFollows(): boolean {
    const next = this.LA(1);
    return (
      next.tokenType === t.Word &&
      !this.wordAhead('default') &&
      this.gap(this.LA(0), next) <= 1 &&
      (this.colonEnds || this.LA(2).tokenType !== t.Colon) &&
      !this.mayFollows(1)
    );
  }

  /** Whether `agent may`, `nurse, lead may` stands `ahead`. */
  protected mayFollows(ahead: number): boolean {
    let at = ahead;
    for (let names = 0; names < limits.namesBeforeMay; names++) {
      if (!ExpressionGrammar.is(this.LA(at).tokenType, t.Name)) return false;
      at++;
      if (this.LA(at).tokenType === k.may) return true;
      const joint = at;
      if (this.LA(at).tokenType === t.Comma) at++;
      if (this.LA(at).tokenType === k.and) at++;
      if (at === joint) return false;
    }
    return false;
  }

  protected slashFollows(): boolean {
    return this.gap(this.LA(0), this.LA(1)) === 0 && this.gap(this.LA(1), this.LA(2)) === 0;
  }

  private windowFollows(): boolean {
    const ahead = this.LA(1).tokenType === t.Comma ? 2 : 1;
    const first = this.LA(ahead).tokenType;
    const second = this.LA(ahead + 1).tokenType;
    if (first === k.this) return ExpressionGrammar.calendarWords.has(second) || this.wordAhead('year', ahead + 1);
    if (first === k.since) return true;
    if (first === k.of) return second === k.those;
    if (first === k.in) return second === k.last || this.LA(ahead + 2).tokenType === k.last;
    return first === k.today && ahead === 1;
  }

  /** `no runs for …` and not the word `no` before something else, or at the end of a block. */
  private absenceFollows(): boolean {
    if (this.LA(2).tokenType === t.RightBrace) return false;
    const third = this.LA(3).tokenType;
    return third === k.for || third === k.where;
  }

  /** A value is missing and the next line begins an item: `when` ⏎ `skill coach`. */
  protected itemBegins(): boolean {
    if (this.sameLine() || !this.startsItem(this.LA(1).tokenType)) return false;
    const second = this.LA(2).tokenType;
    return (
      second === t.Text || second === t.LeftBrace || second === t.Name || (second.CATEGORIES ?? []).includes(t.Name)
    );
  }

  /** `due at 09:00`: on one line, because `at` begins a rule on the next one. */
  private timeFollows(): boolean {
    if (!this.sameLine()) return false;
    const next = this.LA(2).tokenType;
    if (next === k.least || next === k.most) return false;
    if (next === t.LeftParen || ExpressionGrammar.is(next, t.Time)) return true;
    return ExpressionGrammar.is(next, t.Name) && !this.atNamesStage;
  }

  /** `today in second`, and not `runs in last 7 days`. */
  private inWindowFollows(): boolean {
    const name = this.LA(2);
    if (name.startLine !== this.LA(1).startLine) return false;
    return ExpressionGrammar.is(name.tokenType, t.Name) && this.LA(3).tokenType !== k.last;
  }

  /** Whether an expression goes on with the token ahead, if that is one of the words of many uses. */
  private goesOn(mode: Mode | undefined): boolean {
    if (mode === 'line' && !this.sameLine()) return false;
    const next = this.LA(1).tokenType;
    if (next === k.at) return this.timeFollows();
    return next !== k.in || this.inWindowFollows();
  }

  /** `14 days since …`, `gap since …`, `14 days of silence`. */
  private lengthGoesOn(mode: Mode | undefined): boolean {
    const next = this.LA(1).tokenType;
    if (next === k.since) return mode !== 'narrow' || this.LA(0).tokenType === t.Duration;
    return next === k.of && this.LA(2).tokenType === k.silence;
  }

  /** `stage is training`, `stage of diary is morning`; otherwise `stage` is a name like any other. */
  private stageAsked(): boolean {
    if (this.LA(2).tokenType === k.is) return true;
    return this.LA(2).tokenType === k.of && ExpressionGrammar.is(this.LA(3).tokenType, t.Name);
  }

  /** `occurred`, `enrolled`, `entered` alone, and no function or table of that name. */
  private standsAlone(): boolean {
    const next = this.LA(2).tokenType;
    return next !== t.LeftParen && next !== t.LeftBracket && next !== t.Dot;
  }

  // ------------------------------------------------------------ expressions

  /**
   * Flat on purpose: a rule for each level of precedence would cost ten nested nodes for every
   * number and three times the parsing time. `build-expressions.ts` sorts out what binds tighter.
   */
  expression = this.RULE('expression', (mode?: Mode) => {
    const passed = passedOn(mode);
    this.SUBRULE(this.operand, passed);
    this.MANY({
      GATE: () => this.goesOn(mode),
      DEF: () => {
        this.OR([
          {
            ALT: () => {
              this.CONSUME(t.BinaryOperator);
              this.SUBRULE2(this.operand, passed);
            },
          },
          { ALT: () => this.SUBRULE(this.isTest) },
          { ALT: () => this.SUBRULE(this.atTime) },
          { ALT: () => this.SUBRULE(this.inWindow) },
        ]);
      },
    });
  });

  /** `quit_date at 09:00`: the date before it becomes a moment. */
  atTime = this.RULE('atTime', () => {
    this.CONSUME(k.at);
    this.SUBRULE(this.clockTime);
  });

  /** A time of day: written, named, looked up, or in parentheses. */
  clockTime = this.RULE('clockTime', () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.Time) },
        { ALT: () => this.SUBRULE(this.group) },
        { GATE: () => !this.itemBegins(), ALT: () => this.SUBRULE(this.namedValue) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  /** How many: written, named, looked up, or in parentheses. */
  amount = this.RULE('amount', () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.NumberToken) },
        { ALT: () => this.SUBRULE(this.group) },
        { ALT: () => this.SUBRULE(this.namedValue) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  /** A name, a look-up or a call, and fields of it. */
  namedValue = this.RULE('namedValue', () => {
    this.SUBRULE(this.reference);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.CONSUME(t.Name);
    });
  });

  /** `today in second`. */
  inWindow = this.RULE('inWindow', () => {
    this.CONSUME(k.in);
    this.CONSUME(t.Name);
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

  operand = this.RULE('operand', (mode?: Mode) => {
    this.MANY(() => {
      this.CONSUME(k.not);
    });
    this.MANY2(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Minus) }, { ALT: () => this.CONSUME(t.Plus) }]);
    });
    this.SUBRULE(this.postfix);
    this.OPTION({
      GATE: () => this.lengthGoesOn(mode),
      DEF: () => {
        this.OR2([
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
      },
    });
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
        { ALT: () => this.SUBRULE(this.writtenLength) },
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
        { GATE: () => this.stageAsked(), ALT: () => this.SUBRULE(this.stageOf) },
        { GATE: () => this.standsAlone(), ALT: () => this.CONSUME(k.occurred) },
        { GATE: () => this.standsAlone(), ALT: () => this.CONSUME(k.enrolled) },
        { GATE: () => this.standsAlone(), ALT: () => this.CONSUME(k.entered) },
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
    this.SUBRULE(this.expression, narrowly);
    this.OPTION(() => {
      this.CONSUME(k.where);
      this.SUBRULE2(this.expression, narrowly);
    });
    this.MANY({
      GATE: () => this.windowFollows(),
      DEF: () => {
        this.OPTION2(() => {
          this.CONSUME(t.Comma);
        });
        this.OR([{ ALT: () => this.SUBRULE(this.selected) }, { ALT: () => this.SUBRULE(this.ofThose) }]);
      },
    });
  });

  /** `of those where missed`: asked of what was selected. */
  ofThose = this.RULE('ofThose', () => {
    this.CONSUME(k.of);
    this.CONSUME(k.those);
    this.OPTION(() => {
      this.CONSUME(k.where);
    });
    this.SUBRULE(this.expression, narrowly);
  });

  selected = this.RULE('selected', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.this);
          this.OR2([
            { ALT: () => this.CONSUME(k.visit) },
            { ALT: () => this.CONSUME(k.day) },
            { ALT: () => this.CONSUME(k.week) },
            { ALT: () => this.CONSUME(k.month) },
            { GATE: () => this.wordAhead('year'), ALT: () => this.CONSUME(t.Word) },
          ]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.in);
          this.OPTION({ GATE: () => this.wordAhead('the'), DEF: () => this.CONSUME2(t.Word) });
          this.CONSUME(k.last);
          this.SUBRULE(this.length);
        },
      },
      { ALT: () => this.CONSUME(k.today) },
      {
        ALT: () => {
          this.CONSUME(k.since);
          this.SUBRULE(this.anchor);
        },
      },
    ]);
  });

  numberWithUnit = this.RULE('numberWithUnit', () => {
    this.CONSUME(t.NumberToken);
    this.OPTION({ GATE: () => this.unitFollows(), DEF: () => this.SUBRULE(this.unit) });
  });

  /** `kg`, `mg/dL`, `kcal/kg/day`. */
  unit = this.RULE('unit', () => {
    this.CONSUME(t.Word);
    this.MANY({
      GATE: () => this.slashFollows(),
      DEF: () => {
        this.CONSUME(t.Slash);
        this.CONSUME(t.Name);
      },
    });
  });

  /** `14 days`, `4 business days in berlin`. */
  writtenLength = this.RULE('writtenLength', () => {
    this.CONSUME(t.Duration);
    this.OPTION({
      GATE: () => /(business|working) day/.test(this.LA(0).image) && this.inWindowFollows(),
      DEF: () => {
        this.CONSUME(k.in);
        this.CONSUME(t.Name);
      },
    });
  });

  /** A length of time where nothing else can stand: written, named, looked up, or in parentheses. */
  length = this.RULE('length', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.writtenLength) },
        { ALT: () => this.SUBRULE(this.group) },
        { GATE: () => !this.itemBegins(), ALT: () => this.SUBRULE(this.namedValue) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
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
        { GATE: () => this.LA(2).tokenType !== t.Dot, ALT: () => this.CONSUME(k.enrolled) },
        { GATE: () => this.LA(2).tokenType !== t.Dot, ALT: () => this.CONSUME(k.entered) },
        {
          ALT: () => {
            this.SUBRULE(this.postfix);
            this.OPTION({
              GATE: () => this.timeFollows(),
              DEF: () => this.SUBRULE(this.atTime),
            });
          },
        },
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
    this.SUBRULE(this.length);
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

  /** `stage`, `stage of diary`: the name of the stage at hand. */
  stageOf = this.RULE('stageOf', () => {
    this.CONSUME(k.stage);
    this.OPTION(() => {
      this.CONSUME(k.of);
      this.CONSUME(t.Name);
    });
  });

  judgement = this.RULE('judgement', () => {
    this.CONSUME(k.judged);
    this.CONSUME(t.Text);
    this.CONSUME(k.at);
    this.CONSUME(t.NumberToken);
    this.OPTION({
      GATE: () => this.atMostFollows(),
      DEF: () => {
        this.OPTION2(() => {
          this.CONSUME(t.Comma);
        });
        this.SUBRULE(this.atMost);
        this.CONSUME(k.else);
        this.SUBRULE(this.postfix);
      },
    });
  });

  private atMostFollows(): boolean {
    const ahead = this.LA(1).tokenType === t.Comma ? 2 : 1;
    return this.LA(ahead).tokenType === k.at && this.LA(ahead + 1).tokenType === k.most;
  }

  /** `at most 3 times`, `at most once`. */
  atMost = this.RULE('atMost', () => {
    this.CONSUME(k.at);
    this.CONSUME(k.most);
    this.OR([
      { ALT: () => this.CONSUME(k.once) },
      { GATE: () => this.wordAhead('twice'), ALT: () => this.CONSUME(t.Word) },
      {
        ALT: () => {
          this.CONSUME(t.NumberToken);
          this.OPTION({
            GATE: () => this.sameLine(),
            DEF: () => this.OR2([{ ALT: () => this.CONSUME(k.times) }, { ALT: () => this.CONSUME(k.time) }]),
          });
        },
      },
    ]);
  });
}
