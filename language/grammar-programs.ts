/**
 * The grammar of programs: everything between `program … {` and its `}`.
 *
 * Every list of items ends in the `unknown` alternative, so that one bad line costs that line
 * and nothing else. See `grammar-expressions.ts` for the layer below.
 */
import type { TokenType } from 'chevrotain';
import { ExpressionGrammar } from './grammar-expressions.ts';
import { limits } from './limits.ts';
import * as t from './tokens.ts';

const k = t.keyword;

/** Tokens after which an expression must go on, so that a keyword there can only be a name. */
const expectsOperand = new Set<TokenType>([
  k.when, k.and, k.or, k.not, k.else, k.is, k.where, k.since, k.last, k.of, k.no, k.was, k.at, k.for,
  t.LeftParen, t.LeftBracket, t.Comma, t.Dot,
]);

const itemStarts = new Set<TokenType>([
  k.skill, k.review, k.nudge, k.ask, k.let, k.command, k.on, k.when, k.advance, k.return, k.leave, k.resume,
  k.escalate, k.say, k.set, k.record, k.restart, k.interrupt, k.stage, k.anytime, k.table, k.data,
]);

export class ProgramGrammar extends ExpressionGrammar {
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
      if (itemStarts.has(type) && !this.needsOperand(this.LA(ahead - 1).tokenType)) return false;
    }
    return false;
  }

  private needsOperand(type: TokenType): boolean {
    return expectsOperand.has(type) || (type.CATEGORIES ?? []).some((category) => operatorCategories.has(category));
  }

  programDeclaration = this.RULE('programDeclaration', () => {
    this.CONSUME(k.program);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Text);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.SUBRULE(this.programItem);
    });
    this.CONSUME(t.RightBrace);
  });

  programItem = this.RULE('programItem', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.aboutItem) },
        { ALT: () => this.SUBRULE(this.enrollItem) },
        { ALT: () => this.SUBRULE(this.reenterItem) },
        { ALT: () => this.SUBRULE(this.timezoneItem) },
        { ALT: () => this.SUBRULE(this.quietItem) },
        { ALT: () => this.SUBRULE(this.budgetItem) },
        { ALT: () => this.SUBRULE(this.agentItem) },
        { ALT: () => this.SUBRULE(this.rolesItem) },
        { ALT: () => this.SUBRULE(this.dataItem) },
        { ALT: () => this.SUBRULE(this.tableDeclaration) },
        { ALT: () => this.SUBRULE(this.letItem) },
        { ALT: () => this.SUBRULE(this.anytimeItem) },
        { ALT: () => this.SUBRULE(this.stageDeclaration) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  aboutItem = this.RULE('aboutItem', () => {
    this.CONSUME(k.about);
    this.CONSUME(t.Text);
  });

  enrollItem = this.RULE('enrollItem', () => {
    this.CONSUME(k.enroll);
    this.CONSUME(k.anyone);
    this.OPTION(() => {
      this.CONSUME(k.verified);
      this.OPTION2(() => {
        this.CONSUME(k.at);
        this.CONSUME(t.Text);
      });
    });
    this.OPTION3(() => {
      this.CONSUME(t.Comma);
      this.CONSUME(k.others);
      this.OR([{ ALT: () => this.CONSUME(k.ask) }, { ALT: () => this.CONSUME(k.refuse) }]);
    });
  });

  reenterItem = this.RULE('reenterItem', () => {
    this.CONSUME(k.reenter);
    this.OPTION(() => {
      this.CONSUME(k.after);
      this.CONSUME(t.Duration);
    });
    this.OPTION2(() => {
      this.CONSUME(k.keeping);
      this.SUBRULE(this.names);
    });
  });

  names = this.RULE('names', () => {
    this.CONSUME(t.Name);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.CONSUME2(t.Name);
    });
  });

  timezoneItem = this.RULE('timezoneItem', () => {
    this.CONSUME(k.timezone);
    this.OPTION(() => {
      this.CONSUME(k.theirs);
      this.CONSUME(k.else);
    });
    this.CONSUME(t.Text);
  });

  quietItem = this.RULE('quietItem', () => {
    this.CONSUME(k.quiet);
    this.CONSUME(t.Time);
    this.CONSUME(k.to);
    this.CONSUME2(t.Time);
  });

  budgetItem = this.RULE('budgetItem', () => {
    this.CONSUME(k.budget);
    this.CONSUME(t.Money);
    this.CONSUME(k.per);
    this.CONSUME(k.month);
  });

  agentItem = this.RULE('agentItem', () => {
    this.CONSUME(k.agent);
    this.CONSUME(t.Name);
  });

  rolesItem = this.RULE('rolesItem', () => {
    this.CONSUME(k.roles);
    this.SUBRULE(this.names);
  });

  dataItem = this.RULE('dataItem', () => {
    this.CONSUME(k.data);
    this.SUBRULE(this.recordType);
  });

  tableDeclaration = this.RULE('tableDeclaration', () => {
    this.CONSUME(k.table);
    this.CONSUME(t.Name);
    this.CONSUME(k.by);
    this.SUBRULE(this.names);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.SUBRULE(this.cell);
    });
    this.CONSUME(t.RightBrace);
  });

  /** Cells stand side by side without commas, so each is a single value. */
  cell = this.RULE('cell', () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.OPTION(() => {
              this.CONSUME(t.Minus);
            });
            this.SUBRULE(this.numberWithUnit);
          },
        },
        { ALT: () => this.CONSUME(t.Text) },
        { ALT: () => this.CONSUME(t.Duration) },
        { ALT: () => this.CONSUME(t.Time) },
        { ALT: () => this.CONSUME(t.DateToken) },
        { ALT: () => this.CONSUME(k.yes) },
        { ALT: () => this.CONSUME(k.no) },
        { ALT: () => this.CONSUME(t.Name) },
        { ALT: () => this.CONSUME(t.Comma) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  letItem = this.RULE('letItem', () => {
    this.CONSUME(k.let);
    this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.SUBRULE(this.reservedName) }]);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  anytimeItem = this.RULE('anytimeItem', () => {
    this.CONSUME(k.anytime);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [{ ALT: () => this.SUBRULE(this.rule) }, { ALT: () => this.SUBRULE(this.unknown) }],
        MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  rule = this.RULE('rule', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.commandRule) },
      { ALT: () => this.SUBRULE(this.onRule) },
      { ALT: () => this.SUBRULE(this.whenRule) },
      { ALT: () => this.SUBRULE(this.transition) },
    ]);
  });

  commandRule = this.RULE('commandRule', () => {
    this.CONSUME(k.command);
    this.CONSUME(t.Text);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.CONSUME2(t.Text);
    });
    this.SUBRULE(this.body);
  });

  onRule = this.RULE('onRule', () => {
    this.CONSUME(k.on);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(k.where);
      this.SUBRULE(this.expression);
    });
    this.SUBRULE(this.body);
  });

  whenRule = this.RULE('whenRule', () => {
    this.CONSUME(k.when);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.body);
  });

  /** Where a move goes: `advance to x`, `return to x`, `leave as x`, `resume`. */
  direction = this.RULE('direction', () => {
    this.OR([
      {
        ALT: () => {
          this.OR2([{ ALT: () => this.CONSUME(k.advance) }, { ALT: () => this.CONSUME(k.return) }]);
          this.CONSUME(k.to);
          this.CONSUME(t.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.leave);
          this.CONSUME(k.as);
          this.CONSUME2(t.Name);
        },
      },
      { ALT: () => this.CONSUME(k.resume) },
    ]);
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
          this.CONSUME(t.Duration);
          this.OPTION(() => {
            this.CONSUME(k.of);
            this.CONSUME(k.silence);
          });
        },
      },
    ]);
  });

  withClause = this.RULE('withClause', () => {
    this.CONSUME(k.with);
    this.SUBRULE(this.assignments);
  });

  // ------------------------------------------------------------ stages

  stageDeclaration = this.RULE('stageDeclaration', () => {
    this.CONSUME(k.stage);
    this.CONSUME(t.Name);
    this.MANY(() => {
      this.OR([{ ALT: () => this.CONSUME(t.Text) }, { ALT: () => this.SUBRULE(this.finality) }]);
    });
    this.CONSUME(t.LeftBrace);
    this.MANY2(() => {
      this.SUBRULE(this.stageItem);
    });
    this.CONSUME(t.RightBrace);
  });

  finality = this.RULE('finality', () => {
    this.CONSUME(k.final);
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(k.success) }, { ALT: () => this.CONSUME(k.failure) }]);
    });
  });

  stageItem = this.RULE('stageItem', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.skillItem) },
        { ALT: () => this.SUBRULE(this.reviewItem) },
        { ALT: () => this.SUBRULE(this.nudgeItem) },
        { ALT: () => this.SUBRULE(this.askItem) },
        { ALT: () => this.SUBRULE(this.letItem) },
        { ALT: () => this.SUBRULE(this.rule) },
        { ALT: () => this.SUBRULE(this.action) },
        { ALT: () => this.SUBRULE(this.unknown) },
      ],
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
    });
  });

  skillItem = this.RULE('skillItem', () => {
    this.CONSUME(k.skill);
    this.CONSUME(t.Name);
  });

  reviewItem = this.RULE('reviewItem', () => {
    this.CONSUME(k.review);
    this.SUBRULE(this.cadence);
    this.OPTION(() => {
      this.CONSUME(t.Comma);
      this.CONSUME(k.spread);
      this.CONSUME(k.over);
      this.CONSUME(t.Duration);
    });
  });

  cadence = this.RULE('cadence', () => {
    this.OR([
      { ALT: () => this.CONSUME(k.daily) },
      { ALT: () => this.CONSUME(k.weekdays) },
      {
        ALT: () => {
          this.CONSUME(k.weekly);
          this.OPTION({
            GATE: () => this.LA(2).tokenType === t.Weekday,
            DEF: () => {
              this.CONSUME(k.on);
              this.SUBRULE(this.days);
            },
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.every);
          this.CONSUME(t.Duration);
        },
      },
      { ALT: () => this.SUBRULE2(this.days) },
    ]);
    this.OPTION2(() => {
      this.CONSUME(k.at);
      this.CONSUME(t.Time);
    });
  });

  nudgeItem = this.RULE('nudgeItem', () => {
    this.CONSUME(k.nudge);
    this.CONSUME(k.after);
    this.CONSUME(t.Duration);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.of);
          this.CONSUME(k.silence);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.without);
          this.CONSUME(t.Name);
        },
      },
    ]);
    this.OPTION(() => {
      this.CONSUME(t.Comma);
      this.CONSUME(k.at);
      this.CONSUME(k.most);
      this.CONSUME(t.NumberToken);
      this.OR2([{ ALT: () => this.CONSUME(k.times) }, { ALT: () => this.CONSUME(k.time) }]);
    });
  });

  askItem = this.RULE('askItem', () => {
    this.CONSUME(k.ask);
    this.CONSUME(t.Text);
    this.SUBRULE(this.type);
    this.CONSUME(k.as);
    this.CONSUME(t.Name);
    this.OPTION(() => {
      this.CONSUME(t.Comma);
      this.CONSUME(k.within);
      this.CONSUME(t.Duration);
    });
    this.OPTION2(() => {
      this.CONSUME(k.else);
      this.OR([{ ALT: () => this.SUBRULE(this.body) }, { ALT: () => this.SUBRULE(this.bodyItem) }]);
    });
  });

  // ------------------------------------------------------------ bodies

  body = this.RULE('body', () => {
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [
          { ALT: () => this.SUBRULE(this.bodyItem) },
          { ALT: () => this.CONSUME(t.Comma) },
          { ALT: () => this.SUBRULE(this.unknown) },
        ],
        MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
  });

  bodyItem = this.RULE('bodyItem', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.move) },
      { ALT: () => this.SUBRULE(this.condition) },
      { ALT: () => this.SUBRULE(this.action) },
    ]);
  });

  move = this.RULE('move', () => {
    this.SUBRULE(this.direction);
    this.OPTION(() => {
      this.SUBRULE(this.withClause);
    });
  });

  /** `when … { … } else { … }` inside a body; `else when … { … }` goes on. */
  condition = this.RULE('condition', () => {
    this.CONSUME(k.when);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.body);
    this.MANY({
      GATE: () => this.LA(2).tokenType === k.when,
      DEF: () => {
        this.CONSUME(k.else);
        this.CONSUME2(k.when);
        this.SUBRULE2(this.expression);
        this.SUBRULE2(this.body);
      },
    });
    this.OPTION(() => {
      this.CONSUME2(k.else);
      this.SUBRULE3(this.body);
    });
  });

  action = this.RULE('action', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.say);
          this.OR2([
            { ALT: () => this.CONSUME(t.Text) },
            {
              ALT: () => {
                this.CONSUME(k.with);
                this.CONSUME(k.skill);
                this.CONSUME(t.Name);
              },
            },
          ]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.set);
          this.SUBRULE(this.assignment);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.record);
          this.CONSUME2(t.Name);
          this.SUBRULE(this.entry);
        },
      },
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
          this.CONSUME2(k.with);
          this.CONSUME3(t.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.escalate);
          this.CONSUME(k.to);
          this.CONSUME4(t.Name);
          this.OPTION2(() => {
            this.OR3([
              { ALT: () => this.CONSUME2(t.Text) },
              {
                ALT: () => {
                  this.CONSUME(k.after);
                  this.CONSUME(t.Duration);
                },
              },
            ]);
          });
        },
      },
    ]);
  });
}

const operatorCategories = new Set<TokenType>([t.CompareOperator, t.AddOperator, t.MultiplyOperator]);
