/**
 * The grammar of what is done: moves, questions, approvals, and the actions in bodies.
 *
 * Used by rules and by what is done on entering a stage; `grammar-rules.ts` builds on it,
 * `grammar-values.ts` is the layer below.
 */
import type { TokenType } from 'chevrotain';
import { ofNamedValue } from './grammar-types.ts';
import { ValueGrammar } from './grammar-values.ts';
import * as t from './tokens.ts';

const k = t.keyword;

export class ActionGrammar extends ValueGrammar {
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
      { ALT: () => this.SUBRULE(this.moveAction) },
      { ALT: () => this.SUBRULE(this.condition) },
      { ALT: () => this.SUBRULE(this.askItem) },
      { ALT: () => this.SUBRULE(this.proposeAction) },
      { ALT: () => this.SUBRULE(this.eachAction) },
      { ALT: () => this.SUBRULE(this.action) },
    ]);
  });

  moveAction = this.RULE('moveAction', () => {
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

  /** `each tasks where not done { … }`: once for every item. */
  eachAction = this.RULE('eachAction', () => {
    this.CONSUME(k.each);
    // `each of tasks`, `each task in tasks` are not read: a list is named as it is.
    this.CONSUME(t.Name);
    this.OPTION(() => {
      // `each tasks when …` is read too, and reported.
      this.OR([{ ALT: () => this.CONSUME(k.where) }, { ALT: () => this.CONSUME(k.when) }]);
      this.SUBRULE(this.expression);
    });
    this.SUBRULE(this.body);
  });

  // ------------------------------------------------------------ questions and approvals

  /** `ask "…" (yes | no) as heart, within 2 days else escalate to nurse`; `ask nurse "…" …`. */
  askItem = this.RULE('askItem', () => {
    this.CONSUME(k.ask);
    this.OPTION(() => {
      this.CONSUME(t.Name);
    });
    this.CONSUME(t.Text);
    this.SUBRULE(this.type);
    this.CONSUME(k.as);
    this.CONSUME2(t.Name);
    this.SUBRULE(this.deadline);
  });

  /** `, within 2 days else escalate to nurse`: both parts may be missing. */
  deadline = this.RULE('deadline', () => {
    this.OPTION({
      GATE: () => this.clauseFollows(k.within) || this.misspelledFollows(),
      MAX_LOOKAHEAD: 1,
      DEF: () => {
        this.OPTION2(() => {
          this.CONSUME(t.Comma);
        });
        this.CONSUME(k.within);
        this.SUBRULE(this.length);
      },
    });
    this.OPTION3({
      GATE: () => this.clauseFollows(k.else),
      DEF: () => {
        this.OPTION4(() => {
          this.CONSUME2(t.Comma);
        });
        this.CONSUME(k.else);
        this.SUBRULE(this.consequence);
      },
    });
  });

  /** Whether a clause that begins with this word stands ahead, with or without a comma before it. */
  protected clauseFollows(word: TokenType): boolean {
    return this.LA(this.LA(1).tokenType === t.Comma ? 2 : 1).tokenType === word;
  }

  /** `, wihtin 2 days`: after a comma stands no plain word but a mistyped one. */
  private misspelledFollows(): boolean {
    return this.LA(1).tokenType === t.Comma && this.LA(2).tokenType === t.Word;
  }

  /** One action, or several in braces. */
  consequence = this.RULE('consequence', () => {
    this.OR([{ ALT: () => this.SUBRULE(this.body) }, { ALT: () => this.SUBRULE(this.bodyItem) }]);
  });

  /** `approved by clinician within 1 day else escalate to lead, refused { … }`. */
  approval = this.RULE('approval', () => {
    this.CONSUME(k.approved);
    this.CONSUME(k.by);
    this.CONSUME(t.Name);
    this.SUBRULE(this.deadline);
    this.OPTION({
      GATE: () => this.clauseFollows(k.refused),
      DEF: () => {
        this.OPTION2(() => {
          this.CONSUME(t.Comma);
        });
        this.CONSUME(k.refused);
        this.SUBRULE(this.consequence);
      },
    });
  });

  /** `propose dose = dose + 2 approved by clinician`. */
  proposeAction = this.RULE('proposeAction', () => {
    this.CONSUME(k.propose);
    this.SUBRULE(this.assignment);
    this.OPTION(() => {
      this.CONSUME(t.Comma);
    });
    this.SUBRULE(this.approval);
  });

  // ------------------------------------------------------------ actions

  action = this.RULE('action', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.sayAction) },
      { ALT: () => this.SUBRULE(this.tellAction) },
      { ALT: () => this.SUBRULE(this.callAction) },
      {
        ALT: () => {
          this.CONSUME(k.set);
          this.SUBRULE(this.assignment);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.clear);
          this.OR4([{ GATE: () => !this.itemBegins(), ALT: () => this.CONSUME(t.Name) }]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.record);
          this.SUBRULE(this.recorded, ofNamedValue);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.add);
          this.OR5([{ GATE: () => !this.itemBegins(), ALT: () => this.CONSUME2(t.Name) }]);
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
          this.CONSUME(k.with);
          this.CONSUME3(t.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.escalate);
          this.CONSUME(k.to);
          this.CONSUME4(t.Name);
          this.OPTION2(() => {
            this.OR2([
              { ALT: () => this.CONSUME(t.Text) },
              {
                ALT: () => {
                  this.CONSUME(k.after);
                  this.SUBRULE(this.length);
                },
              },
            ]);
          });
        },
      },
    ]);
  });

  /**
   * `tell nurse "…"`, `send report to lead "…"`. A name that is missing at the end of a line is not the next line's
   * word.
   */
  tellAction = this.RULE('tellAction', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(k.tell);
          this.OR2([{ GATE: () => !this.itemBegins(), ALT: () => this.CONSUME(t.Name) }]);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.send);
          this.OR3([{ GATE: () => !this.itemBegins(), ALT: () => this.CONSUME2(t.Name) }]);
          this.CONSUME(k.to);
          this.CONSUME3(t.Name);
        },
      },
    ]);
    this.CONSUME(t.Text);
  });

  /** `call billing charge { amount: fee }`. */
  callAction = this.RULE('callAction', () => {
    this.CONSUME(k.call);
    this.OR([{ GATE: () => !this.itemBegins(), ALT: () => this.CONSUME(t.Name) }]);
    this.OR2([{ GATE: () => !this.itemBegins(), ALT: () => this.CONSUME2(t.Name) }]);
    this.OPTION(() => {
      this.SUBRULE(this.entry);
    });
  });

  sayAction = this.RULE('sayAction', () => {
    this.CONSUME(k.say);
    this.OR([
      { ALT: () => this.CONSUME(t.Text) },
      {
        ALT: () => {
          this.CONSUME(k.now);
          this.CONSUME4(t.Text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.with);
          this.CONSUME(k.skill);
          this.CONSUME(t.Name);
        },
      },
      {
        ALT: () => {
          this.CONSUME(k.in);
          this.CONSUME(k.turn);
          this.CONSUME2(t.Text);
          this.MANY({
            GATE: () => ValueGrammar.is(this.LA(2).tokenType, t.Text),
            DEF: () => {
              this.CONSUME(t.Comma);
              this.CONSUME3(t.Text);
            },
          });
        },
      },
    ]);
  });
}
