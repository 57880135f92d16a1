/**
 * The grammar of what makes something happen: rules, transitions, bodies and their actions.
 *
 * Used by `anytime` and by stages; `grammar-programs.ts` builds on it, `grammar-types.ts`
 * is the layer below.
 */
import type { TokenType } from 'chevrotain';
import { TypeGrammar } from './grammar-types.ts';
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
]);

export class RuleGrammar extends TypeGrammar {
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

  letItem = this.RULE('letItem', () => {
    this.CONSUME(k.let);
    this.OR([{ ALT: () => this.CONSUME(t.Name) }, { ALT: () => this.SUBRULE(this.reservedName) }]);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  /** `restart stage when …`, `interrupt with x when …`: the move that stands alone, with its condition. */
  private movesWhen(): boolean {
    const [restarts, interrupts] = [this.LA(1).tokenType === k.restart, this.LA(1).tokenType === k.interrupt];
    const ahead = interrupts ? 4 : this.LA(2).tokenType === k.stage ? 3 : 2;
    const next = this.LA(ahead);
    return (restarts || interrupts) && next.tokenType === k.when && next.startLine === this.LA(1).startLine;
  }

  /** Whether what follows is no rule, but an action on entering the stage. */
  protected actionAhead(): boolean {
    const type = this.LA(1).tokenType;
    return (type === k.restart || type === k.interrupt) && !this.movesWhen();
  }

  rule = this.RULE('rule', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.moveRule) },
      { ALT: () => this.SUBRULE(this.commandRule) },
      { ALT: () => this.SUBRULE(this.onRule) },
      { ALT: () => this.SUBRULE(this.whenRule) },
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
    ]);
  });

  withClause = this.RULE('withClause', () => {
    this.CONSUME(k.with);
    this.SUBRULE(this.assignments);
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
          this.SUBRULE(this.recorded);
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
