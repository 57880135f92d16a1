/**
 * The grammar of programs: everything between `program … {` and its `}`.
 *
 * Every list of items ends in the `unknown` alternative, so that one bad line costs that line
 * and nothing else. See `grammar-rules.ts` for the layer below.
 */
import { RuleGrammar } from './grammar-rules.ts';
import * as t from './tokens.ts';

const k = t.keyword;

export class ProgramGrammar extends RuleGrammar {
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
      this.SUBRULE(this.listSign);
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
    this.OPTION({ GATE: () => this.wordAhead('from'), DEF: () => this.CONSUME(t.Word) });
    this.CONSUME(t.Time);
    this.SUBRULE(this.rangeSign);
    this.CONSUME2(t.Time);
  });

  budgetItem = this.RULE('budgetItem', () => {
    this.CONSUME(k.budget);
    this.CONSUME(t.Money);
    this.OR([{ GATE: () => this.wordAhead('a'), ALT: () => this.CONSUME(t.Word) }, { ALT: () => this.CONSUME(k.per) }]);
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

  anytimeItem = this.RULE('anytimeItem', () => {
    this.CONSUME(k.anytime);
    this.CONSUME(t.LeftBrace);
    this.MANY(() => {
      this.OR({
        DEF: [
          { GATE: () => !this.actionAhead(), ALT: () => this.SUBRULE(this.rule) },
          { ALT: () => this.SUBRULE(this.unknown) },
        ],
        MAX_LOOKAHEAD: 1,
        IGNORE_AMBIGUITIES: true,
      });
    });
    this.CONSUME(t.RightBrace);
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
        { GATE: () => !this.actionAhead(), ALT: () => this.SUBRULE(this.rule) },
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
      this.OPTION2(() => {
        this.CONSUME(t.Comma);
      });
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
      { ALT: () => this.SUBRULE2(this.days) },
    ]);
    this.OPTION2(() => {
      this.CONSUME(k.at);
      this.CONSUME(t.Time);
    });
  });

  /** What follows `every`: `3 days`, `day`, `weekday`, `week on mon`, `mon, wed`. */
  period = this.RULE('period', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Duration) },
      { ALT: () => this.CONSUME(k.day) },
      { ALT: () => this.CONSUME(k.week) },
      { GATE: () => this.wordAhead('weekday'), ALT: () => this.CONSUME(t.Word) },
      { ALT: () => this.SUBRULE(this.days) },
    ]);
    this.OPTION({
      GATE: () => this.LA(2).tokenType === t.Weekday,
      DEF: () => {
        this.CONSUME(k.on);
        this.SUBRULE2(this.days);
      },
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
      this.OPTION2(() => {
        this.CONSUME(t.Comma);
      });
      this.CONSUME(k.at);
      this.CONSUME(k.most);
      this.OR2([
        { GATE: () => this.wordAhead('once') || this.wordAhead('twice'), ALT: () => this.CONSUME(t.Word) },
        {
          ALT: () => {
            this.CONSUME(t.NumberToken);
            this.OPTION3({
              GATE: () => this.sameLine(),
              DEF: () => this.OR3([{ ALT: () => this.CONSUME(k.times) }, { ALT: () => this.CONSUME(k.time) }]),
            });
          },
        },
      ]);
    });
  });

  askItem = this.RULE('askItem', () => {
    this.CONSUME(k.ask);
    this.CONSUME(t.Text);
    this.SUBRULE(this.type);
    this.CONSUME(k.as);
    this.CONSUME(t.Name);
    this.OPTION({
      MAX_LOOKAHEAD: 1,
      GATE: () => this.LA(2).tokenType !== k.else,
      DEF: () => {
        this.OPTION2(() => {
          this.CONSUME(t.Comma);
        });
        this.CONSUME(k.within);
        this.CONSUME(t.Duration);
      },
    });
    this.OPTION3({
      GATE: () => this.LA(1).tokenType === k.else || this.LA(2).tokenType === k.else,
      DEF: () => {
        this.OPTION4(() => {
          this.CONSUME2(t.Comma);
        });
        this.CONSUME(k.else);
        this.OR([{ ALT: () => this.SUBRULE(this.body) }, { ALT: () => this.SUBRULE(this.bodyItem) }]);
      },
    });
  });
}
