/**
 * The grammar of what scenarios expect.
 *
 * Builds on `grammar-programs.ts`; `grammar-scenarios.ts` is the next layer.
 */
import type { TokenType } from 'chevrotain';
import { ProgramGrammar } from './grammar-programs.ts';
import * as t from './tokens.ts';

const k = t.keyword;

/** What scenarios count, in the words that follow a number. */
export const countedThings = new Map<string, 'nudges' | 'messages' | 'reviews' | 'escalations' | 'proposals'>([
  ['nudges', 'nudges'],
  ['nudge', 'nudges'],
  ['messages', 'messages'],
  ['reviews', 'reviews'],
  ['review', 'reviews'],
  ['escalations', 'escalations'],
  ['escalation', 'escalations'],
  ['proposals', 'proposals'],
  ['proposal', 'proposals'],
]);

const events = new Set<TokenType>([k.told, k.sent, k.called, k.proposed, k.asked]);

export class ExpectationGrammar extends ProgramGrammar {
  /** Field names may look like the words of expectations: `expect stage = 2`. */
  private comparisonFollows(ahead = 2): boolean {
    const next = this.LA(ahead).tokenType;
    return next === k.is || ExpectationGrammar.is(next, t.CompareOperator);
  }

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
        { GATE: () => this.eventFollows(), ALT: () => this.SUBRULE(this.eventExpectation) },
        {
          GATE: () => this.LA(2).tokenType === k.stage && !this.comparisonFollows(3) && this.LA(3).tokenType !== k.of,
          ALT: () => this.SUBRULE(this.notStage),
        },
        {
          GATE: () => !this.comparisonFollows() && this.LA(2).tokenType !== k.of,
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
        { GATE: () => this.escalatedFollows(), ALT: () => this.SUBRULE(this.escalatedExpectation) },
        { GATE: () => this.countFollows(), ALT: () => this.SUBRULE(this.wholeCount) },
        { GATE: () => this.LA(2).tokenType !== t.Dot, ALT: () => this.SUBRULE(this.countExpectation) },
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

  /** `not stage training`. */
  notStage = this.RULE('notStage', () => {
    this.CONSUME(k.not);
    this.CONSUME(k.stage);
    this.CONSUME(t.Name);
  });

  countExpectation = this.RULE('countExpectation', () => {
    this.OR([
      { ALT: () => this.CONSUME(k.nudges) },
      { ALT: () => this.CONSUME(k.messages) },
      { ALT: () => this.CONSUME(k.reviews) },
      { ALT: () => this.CONSUME(k.escalations) },
      { ALT: () => this.CONSUME(k.proposals) },
    ]);
    this.SUBRULE(this.countedWithin);
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
    this.SUBRULE(this.countedWithin);
  });

  /** `today`, `this week`, or nothing: since the start. */
  countedWithin = this.RULE('countedWithin', () => {
    this.OPTION(() => {
      this.OR([
        { ALT: () => this.CONSUME(k.today) },
        {
          ALT: () => {
            this.CONSUME(k.this);
            this.OR2([{ ALT: () => this.CONSUME(k.day) }, { ALT: () => this.CONSUME(k.week) }]);
          },
        },
      ]);
    });
  });

  private escalatedFollows(): boolean {
    const negated = this.LA(1).tokenType === k.not;
    return this.LA(negated ? 2 : 1).tokenType === k.escalated && !this.comparisonFollows(negated ? 3 : 2);
  }

  /** `escalated to nurse`, `escalated to nurse "190"`, `not escalated to lead`. */
  escalatedExpectation = this.RULE('escalatedExpectation', () => {
    this.OPTION(() => {
      this.CONSUME(k.not);
    });
    this.CONSUME(k.escalated);
    this.CONSUME(k.to);
    this.CONSUME(t.Name);
    this.OPTION2(() => {
      this.CONSUME(t.Text);
    });
  });

  /** `told nurse`, `not told nurse`, `no proposal`; `told = yes` is a condition over a field. */
  private eventFollows(): boolean {
    const first = this.LA(1).tokenType;
    if (first !== k.not && first !== k.no) return events.has(first) && !this.comparisonFollows();
    const second = this.LA(2).tokenType;
    const third = this.LA(3).tokenType;
    // `no proposals today` is counted.
    if (first === k.no && (second === k.proposal || second === k.proposals))
      return third !== k.today && third !== k.this;
    return events.has(second) && !this.comparisonFollows(3);
  }

  /** What happened since the expectation before: `told nurse "missed"`, `sent report to lead`, `not called billing`. */
  eventExpectation = this.RULE('eventExpectation', () => {
    this.OPTION(() => {
      this.OR([{ ALT: () => this.CONSUME(k.not) }, { ALT: () => this.CONSUME(k.no) }]);
    });
    this.OR2([
      {
        ALT: () => {
          this.CONSUME(k.told);
          this.OR3([{ GATE: () => this.sameLine(), ALT: () => this.CONSUME(t.Name) }]);
          this.OPTION2(() => {
            this.CONSUME(t.Text);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.sent);
          this.OR4([{ GATE: () => this.sameLine(), ALT: () => this.CONSUME2(t.Name) }]);
          this.OPTION3(() => {
            this.CONSUME(k.to);
            this.CONSUME3(t.Name);
          });
          this.OPTION4(() => {
            this.CONSUME2(t.Text);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.called);
          this.OR5([{ GATE: () => this.sameLine(), ALT: () => this.CONSUME4(t.Name) }]);
          this.OPTION5({ GATE: () => this.sameLine(), DEF: () => this.CONSUME5(t.Name) });
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.proposed);
          this.OPTION6({
            GATE: () => this.sameLine(),
            DEF: () => {
              this.CONSUME6(t.Name);
              this.OPTION7(() => {
                this.CONSUME(t.Equals);
                this.SUBRULE(this.expression);
              });
            },
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.asked);
          this.OPTION8({ GATE: () => this.sameLine(), DEF: () => this.CONSUME7(t.Name) });
          this.OPTION9(() => {
            this.CONSUME3(t.Text);
          });
        },
      },
      { ALT: () => this.CONSUME(k.proposal) },
      { ALT: () => this.CONSUME(k.proposals) },
    ]);
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
}
